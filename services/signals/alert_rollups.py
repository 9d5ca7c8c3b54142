"""Alerts that came together: the way from their one card to cards of their own."""

from dataclasses import dataclass
from uuid import UUID

from db import alerts as rows
from db import jobs, rollups
from db.session import Database
from services.bursts import want_rollup
from services.errors import NotFound
from services.home_cards import DELIVER
from services.ports import Clock, Ids
from services.types.alerts import CARD, ROLLUP
from services.types.people import Actor

SHOWN_AT_ONCE = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRollups:
    db: Database
    clock: Clock
    ids: Ids

    async def show(self, actor: Actor, signal_id: UUID | None) -> None:
        """Give one alert, or the next few, cards of their own."""
        now, member_id = self.clock.now(), actor.member_id
        async with self.db.transaction(actor.tenant_id) as tx:
            wanted = [signal_id] if signal_id else []
            if signal_id is None:
                found = await rows.list_rolled_up(tx, member_id, now=now, limit=SHOWN_AT_ONCE)
                wanted = [row["id"] for row in found]
            shown = await rollups.take_out(tx, member_id, wanted, now, CARD)
            for card_id in shown:
                await jobs.enqueue(tx, DELIVER, {"card_id": card_id})
            await want_rollup(
                tx, member_id, kind=ROLLUP, fresh=False, clock=self.clock, ids=self.ids
            )
        if not shown and signal_id is not None:
            # The transaction is kept: the roll-up that offered it is out of date and comes anew.
            raise NotFound("This one has been shown or settled meanwhile.")
