"""What is shown of proposals, read afresh at every delivery."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from db import actions as action_rows
from db import customers, members
from db import outreach as rows
from db.models.customers import Account
from db.models.goals import Goal
from db.models.outreach import Trigger
from db.models.tenants import Member
from db.session import Database, ReadTx
from db.visibility import may_see
from services.actors import require_member
from services.errors import Forbidden, NotFound
from services.outreach.candidates import candidate_of
from services.outreach.proposals import GONE, NOT_EXECUTIVES
from services.outreach.wording import sketch_of
from services.ports import Clock
from services.reader import reader_of
from services.signals.alert_views import evidence_lines, moved_to
from services.signals.evidence import from_json
from services.types.alerts import MailSketch
from services.types.goals import GoalKind, GoalName
from services.types.outreach import (
    ProposalLine,
    ProposalsView,
    ProposalView,
    TriggerKind,
    TriggerStatus,
)
from services.types.people import Actor, Role
from services.visibility import only_of

LISTED, LEFT_LISTED = 10, 15
TOLD_FOR = timedelta(days=14)
"""So long it is told what was decided against."""
_OPEN = ("proposed", "found", "scheduled")
_LEFT = ("declined", "lapsed", "dismissed")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalViews:
    db: Database
    clock: Clock

    async def card(self, tenant_id: UUID, trigger_id: UUID, member_id: UUID) -> ProposalView | None:
        """The proposal for one reader; None when it or they are gone."""
        async with self.db.read(tenant_id) as tx:
            member = await members.get_member(tx, member_id)
            trigger = await rows.get_trigger(tx, trigger_id)
            if member is None or trigger is None:
                return None
            return await self._view(tx, trigger, member)

    async def look(self, actor: Actor, trigger_id: UUID) -> ProposalView:
        """The same for somebody who asks to see it: only where they may see the account."""
        async with self.db.read(actor.tenant_id) as tx:
            member = await require_member(tx, actor)
            trigger = await rows.get_trigger(tx, trigger_id)
            if trigger is None or not await may_see(tx, trigger.account_id, only_of(member)):
                raise NotFound(GONE)
            if member.role == Role.EXECUTIVE:
                raise Forbidden(NOT_EXECUTIVES)
            view = await self._view(tx, trigger, member)
            if view is None:
                raise NotFound(GONE)
            return view

    async def mine(self, actor: Actor) -> ProposalsView:
        """What is open at the actor's accounts, and what was decided against; of their people's
        too, for whoever leads some; of everybody's, for admins."""
        async with self.db.read(actor.tenant_id) as tx:
            member = await require_member(tx, actor)
            if member.role == Role.EXECUTIVE:
                raise Forbidden(NOT_EXECUTIVES)
            whose = None if member.role == Role.ADMIN else await members.list_led(tx, member.id)
            now = self.clock.now()
            open_ones = await rows.list_triggers(tx, _OPEN, members=whose, limit=LISTED)
            left = await rows.list_triggers(
                tx, _LEFT, members=whose, since=now - TOLD_FOR, limit=LEFT_LISTED
            )
            return ProposalsView(
                reader=reader_of(member, self.clock),
                open=tuple(_line(row, member) for row in open_ones),
                open_total=_total(open_ones),
                left=tuple(_line(row, member) for row in left),
                left_total=_total(left),
            )

    async def _view(self, tx: ReadTx, trigger: Trigger, member: Member) -> ProposalView | None:
        account = await customers.get_account(tx, trigger.account_id)
        if account is None:
            return None
        status, kind = TriggerStatus(trigger.status), TriggerKind(trigger.kind)
        by = await members.get_member(tx, trigger.settled_by) if trigger.settled_by else None
        action = await action_rows.get_action(tx, trigger.action_id) if trigger.action_id else None
        mine = action is not None and action.owner_id == member.id
        goal = await rows.get_goal(tx, trigger.goal_id) if trigger.goal_id else None
        return ProposalView(
            reader=reader_of(member, self.clock),
            trigger_id=trigger.id,
            version=trigger.version,
            kind=kind,
            status=status,
            account_id=account.id,
            account_name=account.name,
            why=trigger.why,
            evidence=await evidence_lines(tx, member, from_json(trigger.evidence)),
            suggestion=candidate_of(kind, trigger.name).words,
            sketch=await _sketch(tx, trigger, account) if status.open else None,
            found_at=trigger.created_at,
            put_off_until=trigger.due_at,
            why_not=trigger.why_not,
            settled_at=trigger.settled_at,
            settled_by=by.name if by else None,
            drafted_by=by.name if by and status is TriggerStatus.SCHEDULED else None,
            draft_id=action.id if action is not None and mine else None,
            goal=_named(goal) if goal is not None else None,
            moved_to=await moved_to(tx, member, account),
        )


async def _sketch(tx: ReadTx, trigger: Trigger, account: Account) -> MailSketch | None:
    contact = await rows.get_contact_of(tx, trigger)
    if contact is None:
        return None
    return await sketch_of(
        tx, candidate_of(TriggerKind(trigger.kind), trigger.name), account, contact
    )


def _line(row: Any, reader: Member) -> ProposalLine:
    trigger, account, member, _ = row
    return ProposalLine(
        trigger_id=trigger.id,
        account_name=account,
        kind=TriggerKind(trigger.kind),
        status=TriggerStatus(trigger.status),
        why=trigger.why,
        why_not=trigger.why_not,
        at=trigger.settled_at or trigger.created_at,
        member=member if member and trigger.member_id != reader.id else "",
    )


def _total(found: Sequence[Any]) -> int:
    return int(found[0][3]) if found else 0


def _named(goal: Goal) -> GoalName:
    return GoalName(kind=GoalKind(goal.kind), starts_on=goal.starts_on, ends_on=goal.ends_on)
