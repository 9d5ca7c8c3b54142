"""Seats that nobody can speak for: the holder left, lost the title or role, or there never was one.

Found by the sweep and given to somebody who may decide, at last to an admin; never stuck. Looking
through all pending requests is dear when there are many, so it is done when the members have
changed since the last look, and once an hour besides.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

import structlog

from db import approval_timing as rows
from db.models.approvals import ApprovalSeat
from db.session import Database, Tx, is_disconnect
from services.approval_routing import title_words
from services.approvals.deps import Deps
from services.approvals.handover import (
    Case,
    Roster,
    find_another,
    fit_delegate,
    hand_over,
    load_roster,
    lock_case,
    may_hold,
    show,
)

log = structlog.get_logger()

EVERY = timedelta(hours=1)
BATCH = 50
AT_ONCE = 500
FIRST = UUID(int=0)


@dataclass(slots=True)
class _Look:
    """How far a tenant's requests have been looked through. Only in memory: after a restart
    everything is looked at once more."""

    standing: str
    at: datetime
    after: UUID | None
    """The last request seen when the look had to pause; None: it is complete."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VacancyService:
    """`check` runs at every tick of the sweep."""

    db: Database
    deps: Deps
    looks: dict[UUID, _Look] = field(default_factory=dict)

    async def check(self, tenant_id: UUID) -> int:
        """Find new holders where they are wanted; how many requests were changed."""
        now = self.deps.clock.now()
        async with self.db.read(tenant_id) as tx:
            standing = await rows.standing(tx)
        look = self.looks.get(tenant_id)
        if look is None or look.standing != standing or now - look.at >= EVERY:
            look = _Look(standing, now, FIRST)
            self.looks[tenant_id] = look
        changed = seen = 0
        while look.after is not None and seen < AT_ONCE:
            async with self.db.read(tenant_id) as tx:
                found = await rows.list_broken(tx, now, after=look.after, limit=BATCH)
            changed += await self._mend_all(tenant_id, found, now)
            seen += len(found)
            look.after = found[-1] if len(found) == BATCH else None
        return changed

    async def _mend_all(self, tenant_id: UUID, found: Sequence[UUID], now: datetime) -> int:
        """All at once; where that fails one by one, so that a request that can't be mended keeps
        no other waiting. It is tried again with the next look."""
        try:
            async with self.db.transaction(tenant_id) as tx:
                return await self._mend(tx, list(found), now)
        except Exception as error:
            if is_disconnect(error):
                raise
            log.exception("seats were not mended together", requests=len(found))
        changed = 0
        for one in found:
            try:
                async with self.db.transaction(tenant_id) as tx:
                    changed += await self._mend(tx, [one], now)
            except Exception as error:
                if is_disconnect(error):
                    raise
                log.exception("a seat was not mended", request_id=str(one))
        return changed

    async def _mend(self, tx: Tx, request_ids: list[UUID], now: datetime) -> int:
        if not request_ids:
            return 0
        roster = await load_roster(tx, now)
        cases = [case for one in request_ids if (case := await lock_case(tx, one)) is not None]
        for case in cases:
            for seat in case.open_seats:
                await self._mend_seat(tx, case, seat, roster)
        await show(tx, self.deps, cases, roster)
        return sum(case.changed for case in cases)

    async def _mend_seat(self, tx: Tx, case: Case, seat: ApprovalSeat, roster: Roster) -> None:
        why = self._trouble(case, seat, roster)
        if why is None:
            return
        away = roster.away(seat.holder_id)
        delegate_id = fit_delegate(case, seat, away.delegate_id if away else None, roster)
        here = may_hold(case, seat, roster)
        if here and (delegate_id is not None or away is None):
            decides = roster.name(delegate_id or seat.holder_id)
            await hand_over(
                tx,
                self.deps,
                case,
                seat,
                roster=roster,
                verb="approval.delegated",
                why=f"{why}, so {decides} decides.",
                holder_id=seat.holder_id,
                delegate_id=delegate_id,
            )
        else:
            await find_another(tx, self.deps, case, seat, roster=roster, why=why)

    @staticmethod
    def _trouble(case: Case, seat: ApprovalSeat, roster: Roster) -> str | None:
        """Why nobody can speak for the seat; None when somebody can."""
        if seat.holder_id is None:
            return "Nobody could decide"
        person = roster.people.get(seat.holder_id)
        if person is None or not person.active:
            return f"{roster.name(seat.holder_id)} has left"
        if not may_hold(case, seat, roster):
            return f"{person.name} is no longer {title_words(seat.title)}"
        if seat.delegate_id is None:
            return f"{person.name} is out of office" if roster.away(person.id) else None
        delegate = roster.people.get(seat.delegate_id)
        if delegate is None or not delegate.active:
            return f"{roster.name(seat.delegate_id)} has left"
        return None
