"""What is written down whenever something becomes of a goal: its version, the change, the audit;
and who is shown it anew."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from db import goals, members, timers
from db.models.goals import Goal, GoalChange
from db.models.tenants import Member
from db.session import ReadTx, Tx
from services.audit import AuditService
from services.cards import touch
from services.home_cards import touch_homes
from services.ports import Clock, Ids
from services.types.goals import CARD, GoalScope, GoalStatus
from services.types.people import Actor

TIMER = "goal.day"


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalBook:
    clock: Clock
    ids: Ids
    audit: AuditService

    async def write(
        self,
        tx: Tx,
        goal: Goal,
        what: str,
        *,
        actor: Actor | None = None,
        before: Decimal | None = None,
        after: Decimal | None = None,
        why: str = "",
    ) -> None:
        """The next version of a goal; its first is the one it is made with."""
        if what != "made":
            goal.version += 1
        row = GoalChange(
            tenant_id=tx.tenant_id,
            id=self.ids.new(),
            created_at=self.clock.now(),
            goal_id=goal.id,
            version=goal.version,
            what=what,
            before=before,
            after=after,
            changed_by=actor.member_id if actor else None,
            why=why,
        )
        await goals.add_change(tx, row)
        facts = {
            "version": goal.version,
            "status": goal.status,
            "before": _text(before),
            "after": _text(after),
            "why": why,
        }
        await self.audit.append(tx, f"goal.{what}", actor=actor, subject_id=goal.id, facts=facts)

    async def end(
        self, tx: Tx, goal: Goal, status: GoalStatus, *, why: str = "", actor: Actor | None = None
    ) -> None:
        """Settle it for good: nothing more is reckoned."""
        goal.status, goal.settled_at = status.value, self.clock.now()
        goal.note = why or goal.note
        await timers.drop_timer(tx, TIMER, goal.id)
        what = "dropped" if status is GoalStatus.DROPPED else "settled"
        await self.write(tx, goal, what, actor=actor, after=goal.target, why=why)

    async def show(self, tx: Tx, goal: Goal, *, told: Sequence[UUID] = ()) -> None:
        """Show its cards and the Home tabs it stands on anew; whoever is `told` has a card from now
        on. Call it last in the transaction."""
        await touch(tx, CARD, goal.id, told, clock=self.clock, ids=self.ids)
        await touch_homes(tx, await readers_of(tx, goal), now=self.clock.now())

    async def tell(self, tx: Tx, goal: Goal) -> None:
        """Show it to everybody it concerns."""
        await self.show(tx, goal, told=await readers_of(tx, goal))


async def readers_of(tx: ReadTx, goal: Goal) -> list[UUID]:
    """Who is told of it: its person, and whoever made it; without any, the admins."""
    wanted = [goal.member_id if goal.scope == GoalScope.MEMBER else None, goal.created_by]
    found: list[Member] = []
    for member_id in dict.fromkeys(one for one in wanted if one is not None):
        member = await members.get_member(tx, member_id)
        if member is not None and member.active:
            found.append(member)
    return [one.id for one in found] or await members.list_admin_ids(tx)


def _text(amount: Decimal | None) -> str | None:
    return None if amount is None else f"{amount:.2f}"
