"""Decisions on what the copilot proposes. Each verb is one transaction that settles once.

The decider is read again inside the transaction: what the edge knew may be a minute old. A decision
names the revision it was made on; another revision, a decided action or a newer mail is a Conflict
whose sentence says what is the case now.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

from db import actions as rows
from db import approvals, commands, conversations, jobs, mailboxes, members, messages
from db import drafts as draft_rows
from db.models.actions import Action
from db.models.drafts import Draft, DraftRevision
from db.models.tenants import Member
from db.session import Database, Tx
from services.audit import AuditService
from services.autonomy.deciding import want
from services.cards import deliver_bumped, touch
from services.case_policy import judged_case, switched_off
from services.counting import count_entry
from services.draft_findings import require_seen
from services.errors import Conflict, Forbidden, InvalidInput, NotFound
from services.gates import gate_of, moved_on, refusal
from services.mail.characters import clean_text, one_line
from services.ports import ChatRef, Clock, Ids
from services.reach import SHADOW_ON
from services.revisions import Revisions, envelope_of
from services.types.actions import GuardrailResult, Verdict
from services.types.people import LEADS, Actor
from services.undo_waits import AT_ONCE, UndoWaits
from services.weighing import want_weighing

MAX_TEXT = 100_000
MAX_SUBJECT = 500
DECIDED = {
    "approved": "This was already approved and is on its way.",
    "done": "This was already sent.",
    "rejected": "This was already rejected.",
    "voided": "A newer mail came, so this draft no longer counts.",
    "handled": "This was already handled by hand.",
    "failed": "This could not be sent; the card says why.",
}


@dataclass(slots=True)
class _Case:
    """An action held for a decision, with everything the decision looks at."""

    action: Action
    draft: Draft
    decider: Member


@dataclass(frozen=True, slots=True)
class ActionService:
    db: Database
    clock: Clock
    ids: Ids
    audit: AuditService
    revisions: Revisions
    waits: UndoWaits = AT_ONCE

    async def approve(
        self,
        actor: Actor,
        action_id: UUID,
        *,
        revision: int,
        surface: str,
        command_id: str,
        seen: str = "",
    ) -> ChatRef | None:
        """Approve exactly this revision; its effect is queued in the same transaction. `seen` is
        the digest of the findings that stood before the actor, where the revision has any.

        Says where the actor's own card stands. The only verb with SQL of its own (db/approvals):
        it is what people do most, and wait for.
        """
        async with self.db.transaction(actor.tenant_id) as tx:
            if await self._done_before(tx, "approve", command_id):
                return None
            case = await approvals.lock_case(tx, action_id)
            facts = await approvals.get_case_facts(tx, action_id, actor.member_id)
            if case is None or facts is None:
                raise NotFound("This is no longer there.")
            await self._require_right(tx, case.owner_id, actor.member_id, facts.role)
            self._require_open(case.status, case.draft_status, case.draft_revision, revision)
            judged = self._require_policy(facts)
            gate = gate_of(judged, facts.gated_types)
            if gate is not None:
                # Whoever clicks, managers too: they decide through the request.
                raise Conflict(await refusal(tx, action_id, gate, revision))
            require_seen(facts.found, seen)
            if facts.content_hash is None or case.mailbox_id is None:
                raise Conflict("There is no mailbox to send this from. Connect Gmail first.")
            if facts.mailbox_gone is not None:
                raise Conflict(
                    f"{facts.mailbox_gone} isn't connected, so nothing can leave from it. Connect "
                    "it again in App Home."
                )
            if facts.too_large:
                raise Conflict("This mail is too large for me. Please send it from Gmail.")
            now, wait = self.clock.now(), self.waits.after(surface)
            told = {"revision": revision, "hash": facts.content_hash, "surface": surface}
            done = await approvals.approve_case(
                tx,
                action_id,
                effect_id=self.ids.new(),
                decided_by=actor.member_id,
                at=now,
                surface=surface,
                revision=revision,
                content_hash=facts.content_hash,
                due_at=now + wait,
                entry=self.audit.entry(
                    actor.tenant_id,
                    "action.approved",
                    actor=actor,
                    subject_id=action_id,
                    facts=told,
                ),
                mark_id=self.ids.new(),
            )
            if done is None:
                raise Conflict(DECIDED["approved"])
            effect_id, bumped = done
            await self.audit.chain_soon(tx)
            count_entry(tx, "action.approved", told)
            await jobs.enqueue(tx, "effect.run", {"effect_id": effect_id}, after=wait or None)
            shown = await deliver_bumped(tx, bumped)
            return next((card.ref for card in shown if card.recipient_id == actor.member_id), None)

    async def reject(
        self,
        actor: Actor,
        action_id: UUID,
        *,
        revision: int,
        reason: str,
        surface: str,
        command_id: str,
    ) -> None:
        """Reject with a reason; the draft leaves Gmail too."""
        reason = one_line(clean_text(reason)).strip()
        if not reason:
            raise InvalidInput(
                "Say in a few words why, so that the next draft is better.", field="reason"
            )
        async with self._deciding(actor, action_id, "reject", command_id) as (tx, case):
            if case is None:
                return
            self._require_open(case.action.status, case.draft.status, case.draft.revision, revision)
            settled = await rows.settle_action(
                tx,
                action_id,
                expect="pending",
                status="rejected",
                decided_by=actor.member_id,
                decided_at=self.clock.now(),
                decided_surface=surface,
                decided_revision=revision,
                decision_reason=reason[:1000],
            )
            if not settled:
                raise Conflict(DECIDED["rejected"])
            await draft_rows.set_draft(tx, case.draft.id, status="rejected")
            await moved_on(tx, action_id, "The draft moved on.")
            await jobs.enqueue(tx, "draft.withdraw", {"draft_id": case.draft.id})
            await want_weighing(tx, case.action.type)
            await self._record(
                tx,
                actor,
                case,
                "action.rejected",
                revision=revision,
                reason=reason,
                surface=surface,
            )
            await self._touch(tx, case)

    async def edit(
        self,
        actor: Actor,
        action_id: UUID,
        *,
        revision: int,
        subject: str,
        text: str,
        command_id: str,
    ) -> None:
        """A person's own words: a new revision, judged anew, waiting for approval."""
        subject, text = one_line(clean_text(subject)).strip(), clean_text(text).strip()
        if not text:
            raise InvalidInput("The mail has no text yet.", field="text")
        if not subject:
            raise InvalidInput("The mail needs a subject.", field="subject")
        if len(text) > MAX_TEXT or len(subject) > MAX_SUBJECT:
            raise InvalidInput("This is longer than a mail should be. Shorten it.", field="text")
        async with self._deciding(actor, action_id, "edit", command_id) as (tx, case):
            if case is None:
                return
            self._require_open(case.action.status, case.draft.status, case.draft.revision, revision)
            current = await self._rewritable(tx, case, revision)
            written = await self.revisions.write(
                tx,
                case.draft,
                case.action,
                envelope=envelope_of(current),
                subject=subject,
                text=text,
                author="member",
                author_id=actor.member_id,
            )
            await jobs.enqueue(tx, "draft.push", {"draft_id": case.draft.id})
            await self._record(tx, actor, case, "draft.edited", revision=written.number)
            await self._touch(tx, case)

    async def regenerate(
        self, actor: Actor, action_id: UUID, *, revision: int, instruction: str, command_id: str
    ) -> None:
        """Ask for another revision with an instruction; the model writes it in a job."""
        instruction = one_line(clean_text(instruction)).strip()
        if not instruction:
            raise InvalidInput("Say what should change, for example: shorter.", field="instruction")
        async with self._deciding(actor, action_id, "regenerate", command_id) as (tx, case):
            if case is None:
                return
            self._require_open(case.action.status, case.draft.status, case.draft.revision, revision)
            await self._rewritable(tx, case, revision)
            await draft_rows.set_draft(tx, case.draft.id, status="preparing")
            await jobs.enqueue(
                tx,
                "draft.compose",
                {
                    "action_id": action_id,
                    "base_revision": revision,
                    "instruction": instruction[:2000],
                    "member_id": actor.member_id,
                },
            )
            await self._record(
                tx, actor, case, "draft.regenerate", revision=revision, instruction=instruction
            )
            await self._touch(tx, case)

    async def take_over(self, actor: Actor, action_id: UUID, *, command_id: str) -> None:
        """Become the responder: the draft moves to the actor's own mailbox as a new revision."""
        async with self._deciding(actor, action_id, "take_over", command_id, own=False) as (
            tx,
            case,
        ):
            if case is None:
                return
            action, draft = case.action, case.draft
            if action.owner_id == actor.member_id:
                return
            if action.status != "pending" or draft.status not in {"ready", "preparing", "held"}:
                raise Conflict(DECIDED.get(action.status, "This can't be taken over now."))
            mailbox = await mailboxes.mailbox_of_member(tx, actor.member_id)
            if mailbox is None:
                raise Conflict("Connect your Gmail first, so that the answer can come from you.")
            held = await mailboxes.thread_in_mailbox(tx, draft.conversation_id, mailbox.id)
            if held is None and not await self._may_take(tx, draft, case.decider):
                raise Forbidden("Only someone who got this mail, or a manager, may take it over.")
            if draft.gmail_draft_id is not None:
                await jobs.enqueue(
                    tx,
                    "draft.withdraw",
                    {
                        "draft_id": draft.id,
                        "mailbox_id": draft.mailbox_id,
                        "gmail_draft_id": draft.gmail_draft_id,
                    },
                )
            action.owner_id = actor.member_id
            draft.mailbox_id = mailbox.id
            draft.gmail_draft_id = draft.gmail_message_id = draft.gmail_revision = None
            draft.gmail_thread_id = held
            await conversations.set_conversation(
                tx,
                draft.conversation_id,
                responder_id=actor.member_id,
                responder_mailbox_id=mailbox.id,
            )
            # The words were signed for somebody else: they are written anew in the new name, for
            # the one who wanted it.
            want(action, draft, actor.member_id)
            await tx.session.flush()
            await moved_on(tx, action_id, "The draft moved on.")
            await jobs.enqueue(
                tx,
                "draft.compose",
                {"action_id": action_id, "base_revision": draft.revision, "fresh": True},
            )
            await self._record(tx, actor, case, "action.taken_over")
            await touch(tx, "mail", action_id, [actor.member_id], clock=self.clock, ids=self.ids)

    # ── shared ──────────────────────────────────────────────────────────────────────────────────
    @asynccontextmanager
    async def _deciding(
        self, actor: Actor, action_id: UUID, verb: str, command_id: str, *, own: bool = True
    ) -> AsyncIterator[tuple[Tx, _Case | None]]:
        """One decision's transaction. Yields None for a command that was carried out before."""
        async with self.db.transaction(actor.tenant_id) as tx:
            if await self._done_before(tx, verb, command_id):
                yield tx, None
                return
            seen = await rows.get_action(tx, action_id)
            if seen is not None and seen.conversation_id is not None:
                # First, as everywhere: a mail being read right now decides before or after us.
                await conversations.lock_conversation(tx, seen.conversation_id)
            action = await rows.lock_action(tx, action_id)
            if action is None or action.draft_id is None:
                raise NotFound("This is no longer there.")
            draft = await draft_rows.lock_draft(tx, action.draft_id)
            decider = await members.get_member(tx, actor.member_id)
            if draft is None or decider is None or not decider.active:
                raise NotFound("This is no longer there.")
            if own:
                await self._require_right(tx, action.owner_id, decider.id, decider.role)
            yield tx, _Case(action=action, draft=draft, decider=decider)

    async def _done_before(self, tx: Tx, verb: str, command_id: str) -> bool:
        done = await commands.claim_command(
            tx,
            result_id=self.ids.new(),
            command_id=command_id,
            verb=verb,
            now=self.clock.now(),
        )
        return done is not None

    @staticmethod
    async def _may_take(tx: Tx, draft: Draft, member: Member) -> bool:
        """Managers may; so may whoever was written to, though their copy hasn't been read yet."""
        if member.role in LEADS:
            return True
        message = await messages.get_message(tx, draft.message_id or UUID(int=0))
        held = await mailboxes.list_candidates(tx, message) if message else ()
        return any(candidate.id == member.id for _, candidate in held)

    @staticmethod
    async def _require_right(tx: Tx, owner_id: UUID | None, decider_id: UUID, role: str) -> None:
        if owner_id == decider_id or role in LEADS:
            return
        owner = await members.get_member(tx, owner_id) if owner_id else None
        who = f"{owner.name} or a manager" if owner else "a manager"
        raise Forbidden(f"This one is for {who} to decide.")

    @staticmethod
    def _require_open(status: str, draft_status: str, current: int, revision: int) -> None:
        if status != "pending":
            raise Conflict(DECIDED.get(status, "This is no longer open."))
        if draft_status == "preparing":
            raise Conflict("A new draft is being written. The card will show it in a moment.")
        if current != revision:
            raise Conflict(
                "The draft has changed since this card was shown. Here is the current one."
            )
        if draft_status != "ready":
            raise Conflict("This draft is no longer open.")

    @staticmethod
    async def _rewritable(tx: Tx, case: _Case, revision: int) -> DraftRevision:
        """The current revision, if words alone make the next one: files that a person attached in
        Gmail would silently be lost."""
        current = await draft_rows.get_revision(tx, case.draft.id, revision)
        if current is None:
            raise NotFound("This draft is no longer there.")
        if current.attachments:
            raise Conflict("This draft has files attached in Gmail. Please change it there.")
        return current

    @staticmethod
    def _require_policy(facts: approvals.CaseFacts) -> GuardrailResult:
        judged = judged_case(facts)
        held = switched_off(facts, judged) or (SHADOW_ON if facts.shadow else None)
        if held is not None:
            raise Forbidden(held)
        if judged.verdict is Verdict.HARD_STOP:
            raise Forbidden(f"{judged.reasons[0]} Change the text, or send it yourself from Gmail.")
        return judged

    async def _record(self, tx: Tx, actor: Actor, case: _Case, verb: str, **facts: object) -> None:
        await self.audit.append(tx, verb, actor=actor, subject_id=case.action.id, facts=facts)

    async def _touch(self, tx: Tx, case: _Case) -> None:
        await touch(tx, "mail", case.action.id, clock=self.clock, ids=self.ids)
