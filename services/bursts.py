"""Bursts: when many mails want somebody's word in the same minute, the first few are shown each by
itself and the rest together, in one card that is kept up to date. Of alerts a few come each by
itself, and as soon as there are more, those that come together are one card from the start.

Asked inside the claim of a card (services/cards.py), so that whatever delivers cards obeys it.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from db import actions, alerts, cards, jobs, rollups
from db.models.cards import Card
from db.session import Tx
from services.home_cards import DELIVER
from services.ports import Clock, Ids
from services.types.alerts import CARD as ALERT
from services.types.alerts import ROLLUP as ALERT_ROLLUP
from services.undo_waits import by_rule

CARD = "rollup"
# So many messages of their own within this time; what comes on top is rolled up.
ALONE = 8
WITHIN = timedelta(minutes=1)
ALERTS_ALONE = 3
ALERTS_WITHIN = timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Burst:
    """What is rolled up, and when: more than `alone` within that time. `together`: what is about to
    come counts as well."""

    card: str
    alone: int
    within: timedelta
    together: bool
    standing: Callable[[Tx, UUID, datetime], Awaitable[int]]
    """How many stand in the reader's roll-up."""


async def _mails(tx: Tx, recipient_id: UUID, _now: datetime) -> int:
    return await rollups.count_rolled_up(tx, recipient_id)


BURSTS = {
    rollups.KIND: Burst(card=CARD, alone=ALONE, within=WITHIN, together=False, standing=_mails),
    ALERT: Burst(
        card=ALERT_ROLLUP,
        alone=ALERTS_ALONE,
        within=ALERTS_WITHIN,
        together=True,
        standing=alerts.count_rolled_up,
    ),
}


async def roll_up(tx: Tx, card: Card, *, clock: Clock, ids: Ids) -> bool:
    """Whether this card stands in its reader's roll-up instead of in a message of its own."""
    burst = BURSTS.get(card.kind)
    if burst is None or card.ts is not None or card.posting_since is not None:
        return False
    now = clock.now()
    if card.rolled_up_at is None:
        if card.asked_for_at is not None or await _leaves_by_itself(tx, card):
            return False
        await rollups.lock_reader(tx, card.recipient_id)
        if not await _too_many(tx, card, burst, now):
            return False
    fresh = await burst.standing(tx, card.recipient_id, now) == 0
    card.rolled_up_at = card.rolled_up_at or now
    card.delivered_rev = card.wanted_rev
    await tx.session.flush()
    await want_rollup(tx, card.recipient_id, kind=burst.card, fresh=fresh, clock=clock, ids=ids)
    return True


async def _leaves_by_itself(tx: Tx, card: Card) -> bool:
    """Whoever may undo it has to see it, and a roll-up lists only what waits for a word."""
    if card.kind != rollups.KIND:
        return False
    action = await actions.get_action(tx, card.subject_id)
    return action is not None and by_rule(action)


async def _too_many(tx: Tx, card: Card, burst: Burst, now: datetime) -> bool:
    shown = await rollups.count_shown_since(tx, card.recipient_id, now - burst.within, card.kind)
    if not burst.together:
        return shown >= burst.alone
    standing = await burst.standing(tx, card.recipient_id, now)
    coming = await rollups.count_coming(tx, card.recipient_id, card.kind)
    return standing > 0 or shown + coming > burst.alone


async def want_rollup(
    tx: Tx, recipient_id: UUID, *, kind: str = CARD, fresh: bool, clock: Clock, ids: Ids
) -> None:
    """A new burst makes the roll-up appear anew; later additions change it in place."""
    await cards.add_cards(
        tx,
        ids=[ids.new()],
        kind=kind,
        subject_id=recipient_id,
        recipient_ids=[recipient_id],
        now=clock.now(),
    )
    afresh = [recipient_id] if fresh else []
    for bumped in await cards.bump_cards(tx, kind=kind, subject_id=recipient_id, afresh=afresh):
        await jobs.enqueue(tx, DELIVER, {"card_id": bumped.id})
