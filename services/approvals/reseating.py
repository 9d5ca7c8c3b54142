"""A seat whose vote no longer stands is asked anew: of its holder while they may, else of somebody
else."""

from collections.abc import Collection
from uuid import UUID

from db.session import Tx
from services.approvals.deps import Deps
from services.approvals.handover import (
    find_another,
    hand_over,
    load_roster,
    lock_case,
    may_hold,
    show,
)


async def ask_anew(tx: Tx, deps: Deps, request_id: UUID, seat_ids: Collection[UUID]) -> bool:
    """Find who speaks on these seats of a request the caller has locked. Says whether anybody else
    was asked, and then all cards are wanted anew already."""
    case = await lock_case(tx, request_id)
    if case is None:
        return False
    roster = await load_roster(tx, deps.clock.now())
    for seat in case.open_seats:
        if seat.id not in seat_ids:
            continue
        if not may_hold(case, seat, roster):
            why = f"{roster.name(seat.holder_id)} can no longer decide"
            await find_another(tx, deps, case, seat, roster=roster, why=why)
        elif seat.delegate_id is not None and not roster.present(seat.delegate_id):
            why = f"{roster.name(seat.delegate_id)} can no longer decide, so it goes back."
            await hand_over(
                tx,
                deps,
                case,
                seat,
                roster=roster,
                verb="approval.delegated",
                why=why,
                holder_id=seat.holder_id,
            )
    await show(tx, deps, [case], roster)
    return case.changed
