"""The page of the copilot's autonomy: the level in force of every kind of action, why, and on what
evidence; what moved one kind; a member's own limits."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from db import autonomy_chain as rows
from db import autonomy_figures as figures
from db import tenants
from db.autonomy_chain import MoveRow, SwitchRow
from db.models.autonomy import EarnedLevel, Promotion
from db.session import Database, ReadTx
from services.actors import require_member
from services.autonomy.levels import first_level
from services.autonomy.seeing import sight_of
from services.autonomy.weighed import evidence_view
from services.errors import Forbidden, InvalidInput
from services.guardrails import TABLE
from services.ports import Clock
from services.reader import reader_of
from services.types.actions import ActionType, AutonomyLevel, Verdict
from services.types.autonomy import Authority
from services.types.autonomy_views import (
    AutonomyView,
    Because,
    EvidenceView,
    MoveLine,
    NarrowForm,
    NarrowingLine,
    PendingPromotion,
    Standing,
    Totals,
    TypeLine,
    TypeView,
)
from services.types.people import Actor, Role
from services.types.preferences import read_preferences
from services.types.tenant_settings import read_settings

DAYS = 30
MOVES = 10
NARROWINGS = 50
TOTALS_ONLY = "What each kind of action may do is for whoever works with it. You see the totals."
UNKNOWN = "I don't know this kind of action."


@dataclass(frozen=True, slots=True, kw_only=True)
class OverviewService:
    db: Database
    clock: Clock

    async def page(self, actor: Actor) -> AutonomyView:
        """As this member may see it; totals only for executives."""
        now = self.clock.now()
        async with self.db.read(actor.tenant_id) as tx:
            member = await require_member(tx, actor)
            tenant, switch = await tenants.get_tenant(tx), await rows.get_switch(tx)
            sight = await sight_of(tx, member)
            counted = await figures.count_totals(tx, sight, now - timedelta(days=DAYS))
            whole = member.role != Role.EXECUTIVE
            narrows = whole and member.role != Role.ADMIN
            return AutonomyView(
                reader=reader_of(member, self.clock),
                totals=Totals(days=DAYS, **counted),
                types=await self._types(tx, switch) if whole else (),
                may_change=member.role == Role.ADMIN,
                may_narrow=narrows,
                stopped=switch.engaged,
                stopped_since=switch.at if switch.engaged else None,
                stopped_by=switch.by if switch.engaged else "",
                shadow=tenant is not None and read_settings(tenant.settings).shadow,
                narrowings=await _narrowings(tx, member.id) if narrows else (),
                daily_cap=read_preferences(member.preferences).daily_cap if narrows else None,
            )

    async def type(self, actor: Actor, action_type: str, *, before: UUID | None = None) -> TypeView:
        """One kind of action, with a page of what moved it, newest first."""
        if action_type not in set(ActionType):
            raise InvalidInput(UNKNOWN)
        async with self.db.read(actor.tenant_id) as tx:
            member = await require_member(tx, actor)
            if member.role == Role.EXECUTIVE:
                raise Forbidden(TOTALS_ONLY)
            switch = await rows.get_switch(tx)
            line = next(
                one for one in await self._types(tx, switch) if one.action_type == action_type
            )
            moves = await rows.list_moves(tx, action_type, limit=MOVES + 1, before=before)
            return TypeView(
                reader=reader_of(member, self.clock),
                line=line,
                moves=tuple(_move(one) for one in moves[:MOVES]),
                moves_in_all=await rows.count_moves(tx, action_type),
                may_change=member.role == Role.ADMIN,
                may_narrow=member.role != Role.ADMIN,
                older=moves[MOVES - 1].id if len(moves) > MOVES else None,
                first_page=before is None,
            )

    async def narrow_form(self, actor: Actor, action_type: str = "") -> NarrowForm:
        """What the actor may narrow: every type the copilot may ever do, with its level."""
        async with self.db.read(actor.tenant_id) as tx:
            member = await require_member(tx, actor)
            if member.role == Role.EXECUTIVE:
                raise Forbidden(TOTALS_ONLY)
            found = await self._types(tx, await rows.get_switch(tx))
            return NarrowForm(
                types=tuple(
                    (one.action_type, one.level)
                    for one in found
                    if one.standing is not Standing.NEVER
                ),
                action_type=action_type,
                daily_cap=read_preferences(member.preferences).daily_cap,
            )

    async def _types(self, tx: ReadTx, switch: SwitchRow) -> tuple[TypeLine, ...]:
        """Every type in the order of ActionType, with what its last weighing found."""
        earned, pending = await rows.list_earned(tx), await rows.list_pending(tx)
        last = await rows.last_moves(tx)
        lines = []
        for action_type in ActionType:
            never, row = TABLE[action_type].base is Verdict.HARD_STOP, earned.get(action_type)
            lines.append(
                type_line(
                    action_type,
                    switch=switch,
                    earned=row,
                    last=last.get(action_type),
                    pending=pending.get(action_type),
                    evidence=None if never else evidence_view(row.weighed if row else {}),
                )
            )
        return tuple(lines)


MOVED = (Because.RESET, Because.DEMOTED, Because.EARNED)
"""What has a moment since which it holds."""


def type_line(
    action_type: ActionType,
    *,
    switch: SwitchRow,
    earned: EarnedLevel | None = None,
    last: MoveRow | None = None,
    pending: Promotion | None = None,
    evidence: EvidenceView | None = None,
) -> TypeLine:
    """What holds for the whole tenant; a member's own limits come on top of it."""
    authority = Authority(
        earned=AutonomyLevel(earned.earned) if earned else first_level(action_type),
        ceiling=AutonomyLevel(earned.ceiling) if earned and earned.ceiling else None,
        stopped=switch.engaged or action_type in switch.stopped_types,
    )
    because = _because(action_type, authority, switch, last)
    return TypeLine(
        action_type=action_type,
        standing=_standing(action_type, authority),
        level=authority.level,
        earned=authority.earned,
        ceiling=authority.ceiling,
        stopped=action_type in switch.stopped_types,
        because=because,
        since=last.at if last and because in MOVED else None,
        evidence=evidence,
        pending=PendingPromotion(
            before=pending.before, after=pending.after, since=pending.created_at
        )
        if pending
        else None,
    )


def _standing(action_type: ActionType, authority: Authority) -> Standing:
    base = TABLE[action_type].base
    if base is Verdict.HARD_STOP:
        return Standing.NEVER
    if authority.stopped or authority.level.rank < AutonomyLevel.SUGGEST.rank:
        return Standing.RESTS
    if authority.level.acts and base is Verdict.AUTONOMOUS:
        return Standing.ACTS
    return Standing.WAITS


def _because(
    action_type: ActionType, authority: Authority, switch: SwitchRow, last: MoveRow | None
) -> Because:
    """The strongest reason: the first that holds."""
    limited = authority.ceiling is not None and authority.ceiling.rank < authority.earned.rank
    moved = last.kind if last else ""
    reasons = (
        (TABLE[action_type].base is Verdict.HARD_STOP, Because.HARD_STOP),
        (switch.engaged, Because.EVERYTHING_STOPPED),
        (authority.stopped, Because.STOPPED),
        (limited, Because.LIMIT),
        (moved == "reset", Because.RESET),
        (moved == "demoted", Because.DEMOTED),
        (TABLE[action_type].base is Verdict.APPROVAL_REQUIRED, Because.ASKS),
        (moved == "promoted", Because.EARNED),
    )
    return next((because for holds, because in reasons if holds), Because.FIRST)


def _move(row: MoveRow) -> MoveLine:
    return MoveLine(
        move_id=row.id,
        at=row.at,
        kind=row.kind,
        before=row.before,
        after=row.after,
        by=row.by,
        why=row.why,
    )


async def _narrowings(tx: ReadTx, member_id: UUID) -> tuple[NarrowingLine, ...]:
    found = await rows.list_own_narrowings(tx, member_id, limit=NARROWINGS)
    return tuple(
        NarrowingLine(
            account_id=one.account_id,
            account=name or "",
            action_type=one.action_type,
            level=AutonomyLevel(one.ceiling),
        )
        for one, name in found
    )
