"""Bursts: when many mails want somebody's word in the same minute, the first few are shown each by
itself and the rest together, in one card that is kept up to date.

Asked inside the claim of a card (services/cards.py), so that whatever delivers cards obeys it.
"""

from datetime import timedelta
from uuid import UUID

from db import cards, jobs, rollups
from db.models.cards import Card
from db.session import Tx
from services.home_cards import DELIVER
from services.ports import Clock, Ids

CARD = "rollup"
# So many messages of their own within this time; what comes on top is rolled up.
ALONE = 8
WITHIN = timedelta(minutes=1)


async def roll_up(tx: Tx, card: Card, *, clock: Clock, ids: Ids) -> bool:
    """Whether this card stands in its reader's roll-up instead of in a message of its own."""
    if card.kind != rollups.KIND or card.ts is not None or card.posting_since is not None:
        return False
    now = clock.now()
    if card.rolled_up_at is None:
        if card.asked_for_at is not None:
            return False
        await rollups.lock_reader(tx, card.recipient_id)
        shown = await rollups.count_shown_since(tx, card.recipient_id, now - WITHIN)
        if shown < ALONE:
            return False
    fresh = await rollups.count_rolled_up(tx, card.recipient_id) == 0
    card.rolled_up_at = card.rolled_up_at or now
    card.delivered_rev = card.wanted_rev
    await tx.session.flush()
    await want_rollup(tx, card.recipient_id, fresh=fresh, clock=clock, ids=ids)
    return True


async def want_rollup(tx: Tx, recipient_id: UUID, *, fresh: bool, clock: Clock, ids: Ids) -> None:
    """A new burst makes the roll-up appear anew; later additions change it in place."""
    await cards.add_cards(
        tx,
        ids=[ids.new()],
        kind=CARD,
        subject_id=recipient_id,
        recipient_ids=[recipient_id],
        now=clock.now(),
    )
    afresh = [recipient_id] if fresh else []
    for bumped in await cards.bump_cards(tx, kind=CARD, subject_id=recipient_id, afresh=afresh):
        await jobs.enqueue(tx, DELIVER, {"card_id": bumped.id})
