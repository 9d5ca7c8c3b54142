"""The desk with outreach: Rita owns the account, Mona leads her, and it is a Monday morning."""

from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, timedelta
from typing import Any, Self
from uuid import UUID

from sqlalchemy import event, select
from typing_extensions import override

from bot.wiring_outreach import outreach_checks, outreach_services, outreach_timers
from db.models.autonomy import EarnedLevel
from db.models.cards import Card
from db.models.conversations import Message
from db.models.customers import Account
from db.models.outreach import OutreachCheck, Trigger
from db.models.tenants import Member
from db.session import Database
from handlers.cards import CardDelivery
from handlers.outreach_cards import outreach_renderers
from handlers.outreach_jobs import outreach_jobs
from services.compose import ComposeService
from services.members import MemberService
from services.sweeps import SweepService
from tests import factories as make
from tests.integration.services.rollout_desk import Desk, make_desk

MONDAY = datetime(2026, 11, 23, 9, 10, tzinfo=UTC)
ASKED = "Could you tell me whether the offer works for you?"
HOUR = timedelta(hours=1)


@dataclass
class OutreachDesk(Desk):
    @override
    def __post_init__(self) -> None:
        super().__post_init__()
        db, clock, ids = self.database, self.clock, self.ids
        composer = ComposeService(db, clock, ids, self.audit)
        self.outreach = outreach_services(db, clock, ids, self.audit, composer=composer)
        self.sweeps = SweepService(
            db, clock, outreach_timers(self.outreach), outreach_checks(self.outreach)
        )
        self.delivery = CardDelivery(
            cards=self.card_service,
            people=MemberService(db=db, clock=clock, ids=ids, chats=self.chat),
            views=self.views,
            chats=self.chat,
            more=outreach_renderers(self.outreach.views),
        )

    @override
    async def _run_more(self, kind: str, body: dict[str, Any], ids: dict[str, UUID]) -> None:
        run = outreach_jobs(self.outreach).get(kind)
        if run is not None:
            await run(self.tenant, body)
        else:
            await super()._run_more(kind, body, ids)

    # ── the world ───────────────────────────────────────────────────────────────────────────────
    async def said(self, days: float, words: str, *, ours: bool = True) -> Message:
        """A mail in the account's thread, so many days ago."""
        at = self.clock.now() - timedelta(days=days)
        person = self.rita if ours else self.contact
        async with self.database.transaction(self.tenant) as tx:
            talk = await tx.session.get_one(
                type(self.conversation), (self.tenant, self.conversation.id)
            )
            return await make.make_message(
                tx,
                talk,
                direction="outbound" if ours else "inbound",
                attention="ours" if ours else "quiet",
                sender={"email": person.email, "name": person.name},
                recipients={"to": [self.contact.email if ours else self.rita.email], "cc": []},
                contact_id=None if ours else self.contact.id,
                text=words,
                received_at=at,
                created_at=at,
            )

    async def unanswered(self, days: float = 7) -> Message:
        """They wrote, we asked, and nothing came."""
        await self.said(days + 2, "Please send the offer.", ours=False)
        return await self.said(days, ASKED)

    async def renewing(self, name: str, days: int = 20, **more: Any) -> Account:
        """Another account of Rita's, with somebody to write to, that renews so many days on."""
        async with self.database.transaction(self.tenant) as tx:
            account = await make.make_account(
                tx, name=name, owner_id=self.rita.id, renewal_date=day(days), **more
            )
            await make.make_contact(tx, account_id=account.id, name=f"Pat {name}")
        return account

    async def trust(self, level: str, action_type: str = "send_follow_up_email") -> None:
        async with self.database.transaction(self.tenant) as tx:
            tx.session.add(
                EarnedLevel(
                    tenant_id=self.tenant,
                    id=self.ids.new(),
                    created_at=self.clock.now(),
                    action_type=action_type,
                    earned=level,
                    since=self.clock.now(),
                )
            )

    # ── the hour ────────────────────────────────────────────────────────────────────────────────
    async def look(self, after: timedelta = HOUR) -> None:
        """The tick of a later hour, and all that comes of it."""
        self.clock.move(after)
        await self.sweeps.tick()
        await self.drain(skip=("audit.chain",))

    async def triggers(self) -> list[Trigger]:
        return await self.rows(Trigger)

    async def trigger(self) -> Trigger:
        (only,) = await self.triggers()
        return only

    async def checks(self) -> list[OutreachCheck]:
        return await self.rows(OutreachCheck)

    async def proposals_to(self, member: Member) -> list[Card]:
        async with self.database.read(self.tenant) as tx:
            rows = await tx.session.scalars(
                select(Card).where(
                    Card.tenant_id == self.tenant,
                    Card.kind == "proposal",
                    Card.recipient_id == member.id,
                    Card.ts.is_not(None),
                )
            )
            return list(rows)


def day(days: int) -> date:
    return MONDAY.date() + timedelta(days=days)


class Counted:
    """How many statements were sent."""

    def __init__(self, database: Database) -> None:
        self.number = 0
        self._engine = database.engine.sync_engine

    def __enter__(self) -> Self:
        event.listen(self._engine, "before_cursor_execute", self._count)
        return self

    def __exit__(self, *_: object) -> None:
        event.remove(self._engine, "before_cursor_execute", self._count)

    def _count(self, *_: Any) -> None:
        self.number += 1


async def make_outreach_desk(database: Database) -> OutreachDesk:
    desk = await make_desk(database)
    desk = OutreachDesk(**{one.name: getattr(desk, one.name) for one in fields(Desk)})
    desk.clock.move(MONDAY - desk.clock.now())
    async with database.transaction(desk.tenant) as tx:
        rita = await tx.session.get_one(Member, (desk.tenant, desk.rita.id))
        rita.manager_id = desk.mona.id
        await tx.session.flush()
    return desk
