"""What becomes of one trigger: declined, waiting, proposed, or a mail begun, in one transaction.

What may be done is decided by levels and limits, never by what was written to us. What happens with
a text once it is written (held, asked, queued) is decided where every text is judged.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from db import absences, customers, mailboxes, members, outcomes, tenants
from db import outreach as rows
from db import signals as signal_rows
from db.models.customers import Account, Contact
from db.models.goals import Goal
from db.models.mailboxes import Mailbox
from db.models.outreach import Trigger
from db.models.tenants import Member, Tenant
from db.session import Database, ReadTx, Tx
from services.autonomy.levels import authority_of
from services.barred import why_barred
from services.cards import touch
from services.commissioning import Commissioned, Commissioner, waits_in
from services.outcomes.signals import UNWANTED
from services.outreach.candidates import Candidate, candidate_of
from services.outreach.reasons import (
    JUST_WRITTEN,
    LEFT_ALONE,
    NOBODYS,
    Standing,
    waits_for,
    why_not,
)
from services.outreach.settling import Settling
from services.outreach.wording import instruction_for
from services.reach import in_shadow
from services.signals.readers import keepers_of
from services.types.actions import BY_TRIGGER, AutonomyLevel
from services.types.alerts import CARD as ALERT
from services.types.outreach import TriggerKind, TriggerStatus
from services.types.signals import SignalName
from services.zones import day_begins, today_in

GoalFor = Callable[[ReadTx, UUID, Sequence[str]], Awaitable[Goal | None]]
"""The goal that something of these kinds would serve for a member, if one is active."""
SERVES: Mapping[TriggerKind, tuple[str, ...]] = {
    TriggerKind.RENEWAL_WINDOW: ("revenue",),
    TriggerKind.BUYING_SIGNAL: ("revenue", "pipeline"),
}
BY_DEFAULT = ("pipeline", "activity")
GONE = "The account is gone, or nothing is written to it."
_UNHAPPY = (
    SignalName.CANCELLATION.value,
    SignalName.DISSATISFACTION.value,
    SignalName.SENTIMENT_TURN.value,
)
_SIGNALLED = (TriggerKind.BUYING_SIGNAL, TriggerKind.SILENCE, TriggerKind.STAGE_STUCK)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    """One trigger, and everything its decision rests on."""

    trigger: Trigger
    kind: TriggerKind
    candidate: Candidate
    account: Account
    tenant: Tenant
    member: Member
    contact: Contact | None
    mailbox: Mailbox | None
    standing: Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Deciding:
    db: Database
    settling: Settling
    commissioner: Commissioner
    goal_for: GoalFor

    async def decide(self, tenant_id: UUID, trigger_id: UUID) -> None:
        async with self.db.transaction(tenant_id) as tx:
            trigger = await rows.lock_trigger(tx, trigger_id)
            if trigger is None or trigger.status not in rows.UNDECIDED:
                return
            trigger.weighed_at = self.settling.clock.now()
            shown = await self._weigh(tx, trigger)
            await tx.session.flush()
            if shown is not None:
                await self.settling.show_to(tx, trigger.id, shown)

    async def _weigh(self, tx: Tx, trigger: Trigger) -> UUID | None:
        """The member who is to see a card about it."""
        account = await customers.get_account(tx, trigger.account_id)
        tenant = await tenants.get_tenant(tx)
        if account is None or account.excluded or tenant is None:
            await self.settling.settle(tx, trigger, TriggerStatus.LAPSED, GONE)
            return None
        keepers = await keepers_of(tx, account.id)
        if not keepers:
            await self._decline(tx, trigger, NOBODYS)
            return None
        trigger.member_id = keepers[0].id
        await rows.lock_member_caps(tx, keepers[0].id)
        case = await self._case(tx, trigger, account, tenant, keepers[0])
        no = why_not(case.standing)
        if no is not None:
            await self._decline(tx, trigger, no)
            return None
        if trigger.status == TriggerStatus.DECLINED:
            taken = await rows.open_of_purpose(tx, account.id, trigger.purpose, but=trigger.id)
            if taken is not None:
                return None
            trigger.status, trigger.settled_at = TriggerStatus.FOUND.value, None
            trigger.version += 1
        waits = waits_for(case.standing)
        trigger.why_not = waits or ""
        return None if waits else await self._take_up(tx, case)

    async def _decline(self, tx: Tx, trigger: Trigger, why: str) -> None:
        """Written down once; said again, it changes nothing."""
        if trigger.status != TriggerStatus.DECLINED or trigger.why_not != why:
            await self.settling.settle(tx, trigger, TriggerStatus.DECLINED, why)

    async def _take_up(self, tx: Tx, case: _Case) -> UUID | None:
        trigger, level = case.trigger, case.standing.level
        now = self.settling.clock.now()
        trigger.level, trigger.proposed_at = level.value, now
        trigger.version += 1
        goal = await self.goal_for(tx, case.member.id, SERVES.get(case.kind, BY_DEFAULT))
        trigger.goal_id = goal.id if goal is not None else None
        if level is AutonomyLevel.SUGGEST:
            trigger.status = TriggerStatus.PROPOSED.value
        else:
            await self._begin(tx, case)
        facts = {
            "kind": trigger.kind,
            "account": str(trigger.account_id),
            "level": level.value,
            "to": str(trigger.contact_id),
        }
        await self.settling.audit.append(
            tx, f"outreach.{trigger.status}", subject_id=trigger.id, facts=facts
        )
        return case.member.id if level is AutonomyLevel.SUGGEST else None

    async def _begin(self, tx: Tx, case: _Case) -> None:
        """The copilot's own mail, at the level its type has."""
        trigger, contact, mailbox = case.trigger, case.contact, case.mailbox
        if contact is None or mailbox is None:
            raise ValueError("a mail needs somebody to go to and a mailbox to leave from")
        action = await self.commissioner.begin(
            tx,
            Commissioned(
                owner=case.member,
                account=case.account,
                contact_id=contact.id,
                mailbox=mailbox,
                purpose=case.candidate.mail,
                instruction=await instruction_for(tx, case.candidate, contact),
                trigger=f"{BY_TRIGGER}{trigger.id}",
                source={"trigger": str(trigger.id), "started": True, "why_now": trigger.why},
                thread_id=trigger.thread_id,
                action_type=case.candidate.action_type.value,
                level=case.standing.level,
                goal_id=trigger.goal_id,
            ),
        )
        trigger.status, trigger.action_id = TriggerStatus.SCHEDULED.value, action.id
        trigger.settled_at = trigger.settled_by = None
        if case.kind in _SIGNALLED and case.standing.level is not AutonomyLevel.SHADOW:
            await self._show_on_alert(tx, trigger)

    async def _show_on_alert(self, tx: Tx, trigger: Trigger) -> None:
        """The alert about the signal says that its mail was begun."""
        signal = (
            await signal_rows.get_signal(tx, trigger.subject_id) if trigger.subject_id else None
        )
        if signal is not None:
            signal.action_id = trigger.action_id
            await tx.session.flush()
            await touch(tx, ALERT, signal.id, clock=self.settling.clock, ids=self.settling.ids)

    # ── How things stand ────────────────────────────────────────────────────────────────────────
    async def _case(
        self, tx: Tx, trigger: Trigger, account: Account, tenant: Tenant, member: Member
    ) -> _Case:
        kind = TriggerKind(trigger.kind)
        candidate = candidate_of(kind, trigger.name)
        contact = await customers.get_contact(tx, trigger.contact_id)
        mailbox = await mailboxes.mailbox_of_member(tx, member.id)
        authority = await authority_of(
            tx, candidate.action_type.value, member_id=member.id, account_id=account.id
        )
        level = authority.level
        if in_shadow(tenant):
            level = min(level, AutonomyLevel.SHADOW, key=lambda one: one.rank)
        now = self.settling.clock.now()
        return _Case(
            trigger=trigger,
            kind=kind,
            candidate=candidate,
            account=account,
            tenant=tenant,
            member=member,
            contact=contact,
            mailbox=mailbox,
            standing=Standing(
                now=now,
                kind=kind,
                tenant=tenant,
                member=member,
                authority=authority,
                level=level,
                may_write=_is_theirs(contact, account),
                has_mailbox=mailbox is not None,
                unwanted=contact is not None
                and await outcomes.came_from(tx, contact.id, account.id, UNWANTED),
                draft_waits=await _draft_waits(tx, trigger),
                written_at=await rows.last_written(tx, account.id, now - JUST_WRITTEN),
                heard_at=_newest(trigger),
                alerted=kind in _SIGNALLED
                and trigger.subject_id is not None
                and await rows.is_shown(tx, ALERT, trigger.subject_id, member.id),
                turned_down=await _turned_down(tx, trigger, now),
                unhappy=bool(await rows.list_signals(tx, account.id, _UNHAPPY)),
                absent_until=await _absent_until(tx, member.id, now),
                proposed_today=await rows.count_proposed(
                    tx, member.id, day_begins(today_in(member.timezone, now), member.timezone)
                ),
                proposed_last=await rows.last_proposed(tx, account.id),
            ),
        )


def _is_theirs(contact: Contact | None, account: Account) -> bool:
    """Still a confirmed contact of this account who can be reached."""
    if contact is None or contact.account_id != account.id:
        return False
    return why_barred(contact, account_excluded=account.excluded) is None


async def _draft_waits(tx: ReadTx, trigger: Trigger) -> bool:
    if await rows.find_open_mail(tx, trigger.account_id) is not None:
        return True
    return trigger.thread_id is not None and await waits_in(tx, trigger.thread_id)


async def _turned_down(tx: ReadTx, trigger: Trigger, now: datetime) -> tuple[str, datetime] | None:
    found = await rows.last_dismissed(tx, trigger.account_id, trigger.kind, now - LEFT_ALONE)
    if found is None or found.settled_at is None:
        return None
    member = await members.get_member(tx, found.settled_by) if found.settled_by else None
    return (member.name if member else "Somebody", found.settled_at)


async def _absent_until(tx: ReadTx, member_id: UUID, now: datetime) -> datetime | None:
    away = await absences.list_absences_of(tx, member_id, after=now, before=now)
    return max((one.ends_at for one in away), default=None)


def _newest(trigger: Trigger) -> datetime | None:
    told = [datetime.fromisoformat(one["at"]) for one in trigger.evidence if one.get("at")]
    return max(told, default=None)
