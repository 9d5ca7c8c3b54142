"""Home tabs that are looked at follow what happens.

Nothing of it lies in a decision's own transaction: whatever touches a card also wants the Home of
whoever has the card shown anew, and their manager's, once the card's job has begun. A burst is
shown in few publishes: a Home that wants to be shown anew needs no second job, and two publishes of
one Home keep a distance.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from db import home_visits, jobs
from db.session import Tx

DELIVER = "card.deliver"
KIND = "home"
REMEMBERED = timedelta(days=30)
"""Whoever has not looked for so long is not kept up to date; opening the tab shows it fresh."""
LIVELY = timedelta(hours=1)
PACE = timedelta(seconds=1)
CALM_PACE = timedelta(seconds=30)
"""Slack allows some hundred publishes a minute for a whole workspace: they belong to those who may
be looking at this very moment."""


async def touch_homes(
    tx: Tx,
    member_ids: Collection[UUID | None],
    *,
    now: datetime,
    within: timedelta = REMEMBERED,
) -> None:
    """Show these members' Home tabs anew, as far as they looked at them `within` so long. For what
    changes no card; call it last in the transaction."""
    people = sorted({member_id for member_id in member_ids if member_id is not None})
    if not people:
        return
    for card in await home_visits.bump_homes(tx, people, seen_from=now - within):
        if not card.waits:
            await jobs.enqueue(tx, DELIVER, {"card_id": card.id})


async def take_turn(tx: Tx, card_id: UUID, *, now: datetime) -> bool:
    """At the beginning of a card's job. False: a Home whose turn comes later, and has its job."""
    card = await home_visits.get_card_facts(tx, card_id)
    if card is None or not card.waits:
        return True
    if card.kind != KIND:
        await touch_homes(tx, [card.recipient_id, card.manager_id], now=now)
        return True
    wait = await home_visits.take_turn(
        tx,
        card.recipient_id,
        now=now,
        lively_from=now - LIVELY,
        pace=PACE,
        calm_pace=CALM_PACE,
    )
    if wait is None:
        return True
    await jobs.enqueue(tx, DELIVER, {"card_id": card_id}, after=wait)
    return False
