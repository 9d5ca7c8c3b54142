"""What people do about a proposal. One transaction a verb; the trigger's row is held, so that of
two clicks the second finds what the first has done."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from db import actions as action_rows
from db import commands, feedback, members, timers
from db import drafts as draft_rows
from db import outreach as rows
from db.models.outreach import Trigger
from db.models.tenants import Member
from db.session import Database, Tx
from db.visibility import may_see
from services.actors import require_member
from services.audit import AuditService
from services.cards import surface_again
from services.compose import ComposeService
from services.errors import Conflict, Forbidden, NotFound
from services.mail.characters import clean_text
from services.outreach.candidates import candidate_of
from services.outreach.reasons import NO_CONTACT, next_workday
from services.outreach.settling import LATER_TIMER, Settling
from services.outreach.wording import instruction_for
from services.ports import Clock, Ids
from services.types.outreach import CARD, Later, TriggerKind, TriggerStatus
from services.types.people import Actor, Role
from services.visibility import only_of

GONE = "This proposal is no longer there, or the account isn't one of yours."
MOVED_ON = "This proposal has changed since you looked. The card shows how it stands now."
NOT_EXECUTIVES = "Proposals are for whoever looks after the account."
OVER = "This is over: it no longer holds."
LONGEST_REASON = 500
DAYS = {Later.NEXT_DAY: 0, Later.A_WEEK: 6}
"""Days after the next morning, from which on the next working day counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalService:
    db: Database
    clock: Clock
    ids: Ids
    audit: AuditService
    settling: Settling
    composer: ComposeService

    TIMER: ClassVar[str] = LATER_TIMER

    # ── verbs ───────────────────────────────────────────────────────────────────────────────────
    async def draft(self, actor: Actor, trigger_id: UUID, *, version: int, command_id: str) -> str:
        """Begin the mail as the actor's own, to whom code has chosen; says what happens."""
        async with self.db.transaction(actor.tenant_id) as tx:
            done = await self._done(tx, "proposal.draft", command_id)
            if done is not None:
                return str(done.get("sentence", ""))
            trigger, member = await self._open(tx, actor, trigger_id, version)
            action_id, sentence = await self._begin(tx, actor, trigger, command_id)
            trigger.status, trigger.action_id = TriggerStatus.SCHEDULED.value, action_id
            # Whose mail it is: what a person asked for is never called off by itself.
            trigger.settled_by, trigger.due_at = member.id, None
            trigger.version += 1
            await tx.session.flush()
            await timers.drop_timer(tx, LATER_TIMER, trigger.id)
            await self._rate(tx, trigger, member, 1, None)
            await commands.set_command_result(tx, command_id, {"sentence": sentence})
            await self._tell(tx, actor, trigger, "proposal.drafted", action=str(action_id))
            return sentence

    async def later(
        self, actor: Actor, trigger_id: UUID, *, version: int, span: Later, command_id: str
    ) -> datetime:
        """Put it off; says until when. It comes back then, if it still holds."""
        async with self.db.transaction(actor.tenant_id) as tx:
            done = await self._done(tx, "proposal.later", command_id)
            if done is not None:
                return datetime.fromisoformat(done["until"])
            trigger, member = await self._open(tx, actor, trigger_id, version)
            until = next_workday(member.timezone, self.clock.now(), DAYS[span])
            trigger.due_at = until
            trigger.version += 1
            await tx.session.flush()
            await timers.set_timer(tx, LATER_TIMER, trigger.id, until)
            await commands.set_command_result(tx, command_id, {"until": until.isoformat()})
            await self._tell(tx, actor, trigger, "proposal.put_off", until=until.isoformat())
            return until

    async def dismiss(
        self, actor: Actor, trigger_id: UUID, *, version: int, reason: str, command_id: str
    ) -> None:
        """It isn't useful, and maybe why: this kind stays away from the account for a while."""
        said = clean_text(reason).strip()[:LONGEST_REASON]
        async with self.db.transaction(actor.tenant_id) as tx:
            if await self._done(tx, "proposal.dismiss", command_id) is not None:
                return
            trigger, member = await self._open(tx, actor, trigger_id, version)
            await self.settling.settle(
                tx, trigger, TriggerStatus.DISMISSED, said, by=member.id, actor=actor
            )
            await self._rate(tx, trigger, member, -1, said or None)
            await self.settling.show(tx, [trigger.id], [])

    async def awake(self, tx: Tx, trigger_id: UUID) -> None:
        """It was put off until now: it comes back, if it is still open."""
        trigger = await rows.lock_trigger(tx, trigger_id)
        if trigger is None or trigger.status != TriggerStatus.PROPOSED or trigger.due_at is None:
            return
        if trigger.due_at > self.clock.now():
            await timers.set_timer(tx, LATER_TIMER, trigger_id, trigger.due_at)
            return
        trigger.due_at = None
        trigger.version += 1
        await tx.session.flush()
        people = [trigger.member_id] if trigger.member_id else []
        await surface_again(tx, CARD, trigger.id, people, clock=self.clock, ids=self.ids)

    # ── inside a transaction ────────────────────────────────────────────────────────────────────
    async def _done(self, tx: Tx, verb: str, command_id: str) -> dict[str, Any] | None:
        return await commands.claim_command(
            tx, result_id=self.ids.new(), command_id=command_id, verb=verb, now=self.clock.now()
        )

    async def _open(
        self, tx: Tx, actor: Actor, trigger_id: UUID, version: int
    ) -> tuple[Trigger, Member]:
        """The trigger, held, for a member who may see its account, while it asks for a decision and
        stands as the actor saw it."""
        member = await require_member(tx, actor)
        trigger = await rows.lock_trigger(tx, trigger_id)
        if trigger is None or not await may_see(tx, trigger.account_id, only_of(member)):
            raise NotFound(GONE)
        if member.role == Role.EXECUTIVE:
            raise Forbidden(NOT_EXECUTIVES)
        if trigger.status != TriggerStatus.PROPOSED:
            raise Conflict(await _settled(tx, trigger))
        if trigger.version != version:
            raise Conflict(MOVED_ON)
        return trigger, member

    async def _begin(
        self, tx: Tx, actor: Actor, trigger: Trigger, command_id: str
    ) -> tuple[UUID, str]:
        candidate = candidate_of(TriggerKind(trigger.kind), trigger.name)
        contact = await rows.get_contact_of(tx, trigger)
        if contact is None:
            raise Conflict(NO_CONTACT)
        action_id, sentence = await self.composer.begin_for(
            tx,
            actor,
            (trigger.account_id, contact.id),
            purpose=candidate.mail,
            instruction=await instruction_for(tx, candidate, contact),
            command_id=f"{command_id}:mail",
            thread_id=trigger.thread_id,
        )
        await _say_why(tx, action_id, trigger)
        return action_id, sentence

    async def _rate(
        self, tx: Tx, trigger: Trigger, member: Member, rating: int, reason: str | None
    ) -> None:
        await feedback.set_feedback(
            tx,
            feedback_id=self.ids.new(),
            member_id=member.id,
            target="trigger",
            target_id=trigger.id,
            rating=rating,
            reason=reason,
            source="button",
            at=self.clock.now(),
        )

    async def _tell(
        self, tx: Tx, actor: Actor, trigger: Trigger, verb: str, **facts: object
    ) -> None:
        told = {"kind": trigger.kind, "account": str(trigger.account_id), **facts}
        await self.audit.append(tx, verb, actor=actor, subject_id=trigger.id, facts=told)
        await self.settling.show(tx, [trigger.id], [])


async def _say_why(tx: Tx, action_id: UUID, trigger: Trigger) -> None:
    """The mail's own card says why now, and what goal it serves."""
    action = await action_rows.get_action(tx, action_id)
    if action is None or action.draft_id is None:
        return
    action.goal_id = trigger.goal_id
    draft = await draft_rows.get_draft(tx, action.draft_id)
    if draft is not None:
        draft.source = {**draft.source, "trigger": str(trigger.id), "why_now": trigger.why}
    await tx.session.flush()


async def _settled(tx: Tx, trigger: Trigger) -> str:
    """What became of it, and through whom."""
    member = await members.get_member(tx, trigger.settled_by) if trigger.settled_by else None
    who = member.name if member else "Somebody"
    return {
        TriggerStatus.SCHEDULED: f"{who if member else 'I'} began this mail already.",
        TriggerStatus.DISMISSED: f"{who} has said that this isn't useful.",
        TriggerStatus.ACTED: "The mail has left.",
    }.get(TriggerStatus(trigger.status), OVER)
