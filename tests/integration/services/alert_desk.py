"""The desk with alerts: signals by hand, cards in a workspace in memory."""

from dataclasses import dataclass, fields
from typing import Any
from uuid import UUID

from typing_extensions import override

from bot.wiring_alerts import alert_services, alert_timers
from db.models.customers import Account
from db.models.signals import Signal
from db.models.tenants import Member
from db.session import Database
from handlers.alert_cards import alert_renderers
from handlers.cards import CardDelivery
from handlers.rollout_cards import rollout_renderers
from services.compose import ComposeService
from services.members import MemberService
from services.sweeps import SweepService
from services.types.alerts import AlertView
from tests import factories as make
from tests.integration.services.rollout_desk import Desk, make_desk


@dataclass
class AlertDesk(Desk):
    """Rita owns the account; Mona is her manager."""

    @override
    def __post_init__(self) -> None:
        super().__post_init__()
        db, clock, ids = self.database, self.clock, self.ids
        composer = ComposeService(db, clock, ids, self.audit)
        self.alerts = alert_services(db, clock, ids, self.audit, composer=composer)
        self.sweeps = SweepService(
            db, clock, alert_timers(self.alerts), (self.alerts.alerts.follow,)
        )
        self.delivery = CardDelivery(
            cards=self.card_service,
            people=MemberService(db=db, clock=clock, ids=ids, chats=self.chat),
            views=self.views,
            chats=self.chat,
            more={
                **rollout_renderers(self.rollout.imports, self.rollout.waiting),
                **alert_renderers(self.alerts.views, self.alerts.thresholds),
            },
        )

    async def raise_(self, *, account: Account | None = None, **fields_: Any) -> Signal:
        """A signal, raised and told of."""
        now = self.clock.now()
        async with self.database.transaction(self.tenant) as tx:
            signal = await make.make_signal(
                tx, account or self.account, raised_at=now, seen_at=now, **fields_
            )
            await self.alerts.alerts.show_raised(tx, [signal])
        return signal

    async def clear(self, signal: Signal, why: str) -> None:
        async with self.database.transaction(self.tenant) as tx:
            held = await tx.session.get_one(Signal, (self.tenant, signal.id))
            held.status, held.settled_why, held.settled_at = "cleared", why, self.clock.now()
            held.version += 1
            await tx.session.flush()
            await self.alerts.alerts.show_cleared(tx, [held])

    async def signal(self, signal_id: UUID) -> Signal:
        return next(one for one in await self.rows(Signal) if one.id == signal_id)

    async def look(self, signal: Signal, reader: Member) -> AlertView:
        return await self.alerts.views.look(self.actor(reader), signal.id)

    async def tick(self) -> None:
        await self.sweeps.tick()
        await self.drain()


async def make_alert_desk(database: Database) -> AlertDesk:
    desk = await make_desk(database)
    desk = AlertDesk(**{one.name: getattr(desk, one.name) for one in fields(Desk)})
    async with database.transaction(desk.tenant) as tx:
        rita = await tx.session.get_one(Member, (desk.tenant, desk.rita.id))
        account = await tx.session.get_one(Account, (desk.tenant, desk.account.id))
        rita.manager_id, account.owner_id = desk.mona.id, rita.id
        await tx.session.flush()
    return desk
