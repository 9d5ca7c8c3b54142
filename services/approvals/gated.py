"""Gated drafts: what a request for one asks, and what its approval does.

What is approved is exactly one revision. It leaves on the path of a click: the same statement
settles the action and queues the effect, the approver is its decider, and the claim compares the
hash once more. A hard stop has no way through here: nothing is opened for it, and an approval from
before it became one sends nothing.
"""

from dataclasses import dataclass
from uuid import UUID

from db import actions as action_rows
from db import approval_gates as gate_rows
from db import approvals as fast
from db import jobs, members, tenants
from db.approval_requests import lock_request
from db.autonomy import stopped_types
from db.cards import BumpedCard
from db.models.actions import Action
from db.models.approvals import ApprovalRequest
from db.models.drafts import Draft, DraftRevision
from db.models.tenants import Member
from db.session import Database, ReadTx, Tx
from services.approvals.voters import lost_voice
from services.audit import AuditService
from services.autonomy.levels import stopped_words
from services.cards import deliver_bumped, touch
from services.case_policy import SWITCHED_OFF, judged_case, switched_off
from services.counting import count_entry
from services.errors import Conflict, Forbidden
from services.gates import decider_of, gate_of
from services.members import actor_of
from services.ports import Clock, Ids
from services.reach import SHADOW_ON, in_shadow
from services.revisions import judge
from services.types.actions import Verdict
from services.types.people import LEADS
from services.undo_waits import AT_ONCE, UndoWaits

PAGE = 200
GONE = "This draft is no longer there."
CHANGED = "The text has changed since this was asked."
NO_MAILBOX = "There is no mailbox to send this from. Connect Gmail first."
TOO_LARGE = "This mail is too large for me. Please send it from Gmail."


async def require_gate(
    tx: ReadTx, requester: Member, action: Action, draft: Draft, revision: DraftRevision
) -> str:
    """The type a request for this revision carries. Raises where none may be opened: it isn't the
    requester's to ask, policy never lets it leave, no rule asks for a request, or somebody said no
    to these very words."""
    if requester.id != action.owner_id and requester.role not in LEADS:
        raise Forbidden("Only who answers this mail, or a manager, asks for its approval.")
    everything, stopped = await stopped_types(tx)
    if everything:
        raise Forbidden(SWITCHED_OFF)
    if in_shadow(await tenants.get_tenant(tx)):
        raise Forbidden(SHADOW_ON)
    judged = await judge(tx, action, draft, revision.text, doubtful=bool(revision.findings))
    held = stopped_words(stopped, (judged.action_type, *judged.types))
    if held is not None:
        raise Forbidden(held)
    if judged.verdict is Verdict.HARD_STOP:
        raise Forbidden(f"{judged.reasons[0]} No approval changes that. Change the text.")
    gate = gate_of(judged, await gate_rows.get_gated_types(tx))
    if gate is None:
        raise Conflict("This mail needs no approval request. Approve it on its card.")
    if draft.mailbox_id is None:
        raise Conflict(NO_MAILBOX)
    if revision.raw is None and revision.attachments:
        raise Conflict(TOO_LARGE)
    await _require_unasked(tx, action.id)
    refused = await gate_rows.refused_request(tx, action.id, content_hash=revision.content_hash)
    if refused is not None:
        decider = await members.get_member(tx, refused.settled_by or UUID(int=0))
        who = decider.name if decider else "Somebody"
        raise Conflict(f"{who} said no to this very text. Change it, then ask again.")
    return gate


async def _require_unasked(tx: ReadTx, action_id: UUID) -> None:
    asked = await gate_rows.newest_request(tx, action_id)
    if asked is None:
        return
    if asked.status == "pending":
        requester = await members.get_member(tx, asked.requester_id)
        who = requester.name if requester else "Somebody"
        raise Conflict(f"{who} is already asking for this. The card says who decides.")
    if asked.status == "approved" and asked.carry_status == "queued":
        raise Conflict("This is approved and about to leave.")


@dataclass(frozen=True, slots=True, kw_only=True)
class GatedSends:
    """Carries out approved drafts. `send` is the carrying job's SendApproved."""

    db: Database
    clock: Clock
    ids: Ids
    audit: AuditService
    waits: UndoWaits = AT_ONCE

    async def send(self, tx: Tx, request: ApprovalRequest) -> str | None:
        """Approve the revision as the request's decider and queue its sending. Safe to repeat: what
        is on its way under this approval is left alone."""
        decider_id = decider_of(request)
        decider = await members.get_member(tx, decider_id) if decider_id else None
        if request.action_id is None or request.status != "approved":
            return "This request has no approved draft."
        if decider is None or not decider.active:
            return "Whoever approved this is no longer a member."
        case = await fast.lock_case(tx, request.action_id)
        facts = await fast.get_case_facts(tx, request.action_id, decider.id)
        if case is None or facts is None:
            return GONE
        bound = gate_rows.bound_to(request)
        same = (case.draft_revision, facts.content_hash) == (bound.revision, bound.content_hash)
        if same and case.status in {"approved", "done"}:
            return await self._already(tx, request, decider.id)
        why = _why_not(case, facts) or (None if same else CHANGED)
        if why is not None:
            return why
        unheard = await lost_voice(tx, request)
        return unheard or await self._queue(tx, request, decider, bound)

    async def _already(self, tx: Tx, request: ApprovalRequest, decider_id: UUID) -> str | None:
        """Under this approval it is on its way; under somebody's click it is not this one's."""
        action = await action_rows.get_action(tx, request.action_id or UUID(int=0))
        ours = action is not None and action.decided_by == decider_id
        return None if ours else "This mail was already approved by somebody else."

    async def _queue(
        self, tx: Tx, request: ApprovalRequest, decider: Member, bound: gate_rows.Bound
    ) -> str | None:
        try:
            async with tx.savepoint():
                effect_id, bumped = await self._approve(tx, request, decider, bound)
        except Conflict as underway:
            return str(underway)
        await self.audit.chain_soon(tx)
        wait = self.waits.after(_surface(request))
        await jobs.enqueue(tx, "effect.run", {"effect_id": effect_id}, after=wait or None)
        await deliver_bumped(tx, bumped)
        return None

    async def _approve(
        self, tx: Tx, request: ApprovalRequest, decider: Member, bound: gate_rows.Bound
    ) -> tuple[UUID, list[BumpedCard]]:
        """The statement of a click. When an effect of this revision is past the point of no return
        it settles the action without one: then it is taken back."""
        now, action_id = self.clock.now(), request.action_id or UUID(int=0)
        surface = _surface(request)
        facts = {
            "revision": bound.revision,
            "hash": bound.content_hash,
            "surface": surface,
            "request": str(request.id),
        }
        done = await fast.approve_case(
            tx,
            action_id,
            effect_id=self.ids.new(),
            decided_by=decider.id,
            at=now,
            surface=surface,
            revision=bound.revision,
            content_hash=bound.content_hash,
            due_at=now + self.waits.after(surface),
            entry=self.audit.entry(
                tx.tenant_id,
                "action.approved",
                actor=actor_of(decider),
                subject_id=action_id,
                facts=facts,
            ),
            mark_id=self.ids.new(),
        )
        if done is None:
            raise Conflict("This mail is already on its way.")
        count_entry(tx, "action.approved", facts)
        return done

    async def show_gates(self, tenant_id: UUID) -> None:
        """Other types are gated now: every draft that waits shows the button that works."""
        after = UUID(int=0)
        while True:
            async with self.db.transaction(tenant_id) as tx:
                page = await action_rows.list_pending_ids(tx, after=after, limit=PAGE)
                for action_id in page:
                    await touch(tx, "mail", action_id, clock=self.clock, ids=self.ids)
            if not page:
                return
            after = page[-1]

    async def unsent(
        self, tenant_id: UUID, request_id: UUID, why: str, *, carried_at: str | None
    ) -> None:
        """The job `approval.unsent`: what was approved went out of the queue without leaving. The
        request says so to everybody who has its card; an admin may retry it. `carried_at` names
        the try that failed: a job that comes twice says nothing about a later one."""
        async with self.db.transaction(tenant_id) as tx:
            request = await lock_request(tx, request_id)
            if request is None or (request.status, request.carry_status) != ("approved", "done"):
                return
            if carried_at != (request.carried_at.isoformat() if request.carried_at else None):
                return
            request.carry_status, request.carry_note = "failed", why
            await tx.session.flush()
            await self.audit.append(
                tx, "approval.carry_failed", subject_id=request.id, facts={"why": why}
            )
            admins = [
                m.id for m in await members.list_members(tx) if m.active and m.role == "admin"
            ]
            await touch(
                tx,
                "approval",
                request.id,
                [*admins, request.requester_id],
                clock=self.clock,
                ids=self.ids,
            )


def _surface(request: ApprovalRequest) -> str:
    return request.settled_surface or "slack"


def _why_not(case: fast.HeldCase, facts: fast.CaseFacts) -> str | None:
    """Why this can't leave now, from the rows that are held."""
    judged = judged_case(facts)
    held = switched_off(facts, judged)
    reasons = (
        (case.status != "pending", "The draft is no longer waiting to be sent."),
        (case.draft_status == "preparing", "A new draft is being written."),
        (case.draft_status != "ready", "The draft is no longer waiting to be sent."),
        (held is not None, held or ""),
        (facts.shadow, SHADOW_ON),
        (judged.verdict is Verdict.HARD_STOP, judged.reasons[0] if judged.reasons else ""),
        (case.mailbox_id is None, NO_MAILBOX),
        (bool(facts.too_large), TOO_LARGE),
    )
    return next((why for holds, why in reasons if holds), None)
