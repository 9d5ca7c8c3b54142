"""Roll-ups: the card that holds what came in a burst, and the way out of it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from db import jobs, members, rollups
from db.models.conversations import Message
from db.models.customers import Account
from db.session import Database, ReadTx, Tx
from services.analysis import asks_from
from services.bursts import want_rollup
from services.errors import NotFound
from services.home_cards import DELIVER
from services.ports import Clock, Ids
from services.reader import reader_of
from services.types.people import Actor
from services.types.rollups import RolledUpItem, RollupView

LISTED = 10
SHOWN_AT_ONCE = 5


async def rollup_view(tx: ReadTx, member_id: UUID, clock: Clock) -> RollupView | None:
    """None when the member is gone."""
    member = await members.get_member(tx, member_id)
    if member is None:
        return None
    found = await rollups.list_rolled_up(tx, member_id, LISTED)
    return RollupView(
        reader=reader_of(member, clock),
        items=tuple(
            _item(action.id, account, message, action.created_at)
            for action, account, message in found
        ),
        total=await rollups.count_rolled_up(tx, member_id),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class RollupService:
    db: Database
    clock: Clock
    ids: Ids

    async def show(self, actor: Actor, action_id: UUID | None) -> None:
        """Give one rolled-up mail, or the next few, cards of their own."""
        async with self.db.transaction(actor.tenant_id) as tx:
            wanted = [action_id] if action_id else await self._next(tx, actor)
            shown = await rollups.take_out(tx, actor.member_id, wanted, self.clock.now())
            for card_id in shown:
                await jobs.enqueue(tx, DELIVER, {"card_id": card_id})
            await want_rollup(tx, actor.member_id, fresh=False, clock=self.clock, ids=self.ids)
        if not shown and action_id is not None:
            # The transaction is kept: the roll-up that offered it is out of date and comes anew.
            raise NotFound("This one has been shown or settled meanwhile.")

    @staticmethod
    async def _next(tx: Tx, actor: Actor) -> list[UUID]:
        found = await rollups.list_rolled_up(tx, actor.member_id, SHOWN_AT_ONCE)
        return [action.id for action, _, _ in found]


def _item(
    action_id: UUID, account: Account | None, message: Message | None, created_at: datetime
) -> RolledUpItem:
    asks = asks_from(message.analysis) if message else ()
    sender = str(message.sender.get("name") or message.sender.get("email")) if message else ""
    return RolledUpItem(
        action_id=action_id,
        title=" · ".join(filter(None, (account.name if account else None, sender))),
        why=asks[0].quote if asks else (message.subject if message else ""),
        since=message.received_at if message else created_at,
        due=min((ask.due for ask in asks if ask.due), default=None),
    )
