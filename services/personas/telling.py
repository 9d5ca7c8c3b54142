"""Who is shown a persona's card: whoever asked for its samples, and whoever it concerns."""

from collections.abc import Collection
from uuid import UUID

from db import cards
from db.models.personas import Persona
from db.session import Tx
from services.cards import surface_again, touch
from services.home_cards import touch_homes
from services.ports import Clock, Ids

KIND = "persona"


async def show_asked(tx: Tx, persona_id: UUID, member_id: UUID, *, clock: Clock, ids: Ids) -> None:
    """The card of somebody who asked for it, and everybody else's anew. Call it last."""
    await touch(tx, KIND, persona_id, [member_id], clock=clock, ids=ids)
    await cards.set_asked_for(
        tx, kind=KIND, subject_id=persona_id, recipient_id=member_id, at=clock.now()
    )
    await touch_homes(tx, [member_id], now=clock.now())


async def show_anew(
    tx: Tx, earlier: Persona | None, *, besides: UUID, clock: Clock, ids: Ids
) -> None:
    """The cards of what somebody wrote with before: they say who still does."""
    if earlier is not None and earlier.id != besides:
        await touch(tx, KIND, earlier.id, clock=clock, ids=ids)


async def tell(
    tx: Tx, persona_id: UUID, member_ids: Collection[UUID], *, clock: Clock, ids: Ids
) -> None:
    """These members hear once that something about how I write for them is another way now. Call
    it last."""
    people = sorted(set(member_ids))
    if people:
        await surface_again(tx, KIND, persona_id, people, clock=clock, ids=ids)
    else:
        await touch(tx, KIND, persona_id, clock=clock, ids=ids)
    await touch_homes(tx, people, now=clock.now())
