"""The desk with earned autonomy: weeks of decisions as rows, the product's own services."""

from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from typing_extensions import override

import db.models.all  # noqa: F401 - actions refer to goals, whoever imports them
from bot.wiring_autonomy import autonomy_services
from db.base import TenantRow
from db.models.actions import Action, Effect
from db.models.autonomy import EarnedLevel, Judgement, LevelMove, Promotion
from db.models.cards import Card
from db.models.customers import Account, Contact
from db.models.drafts import Draft
from db.models.outcomes import Outcome
from db.models.tenants import Member
from db.session import Database, Tx
from handlers.autonomy_jobs import autonomy_jobs
from handlers.cards import CardDelivery
from handlers.promotion_cards import promotion_renderers
from services.autonomy.recalling import RECALL
from services.members import MemberService
from services.types.actions import ActionType, AutonomyLevel
from services.types.people import Actor
from services.undo_waits import UndoWaits
from tests import factories as make
from tests.integration.services.rollout_desk import Desk, make_desk

FOLLOW_UP = ActionType.SEND_FOLLOW_UP_EMAIL.value
DAY = timedelta(days=1)


@dataclass
class EarningDesk(Desk):
    """Rita, Cole and Jonas decide; Mona manages, Ada is the admin."""

    jonas: Member = field(kw_only=True)
    accounts: list[Account] = field(kw_only=True)
    contacts: list[Contact] = field(kw_only=True)
    lineage: str = field(default="model-1", kw_only=True)
    recalled: int = field(default=0, kw_only=True)

    @override
    def __post_init__(self) -> None:
        super().__post_init__()
        db, clock, ids = self.database, self.clock, self.ids
        self.autonomy = autonomy_services(
            db,
            clock,
            ids,
            self.audit,
            chats=self.chat,
            lineage=lambda: self.lineage,
            waits=UndoWaits(autonomous=timedelta(minutes=5)),
        )
        self.delivery = CardDelivery(
            cards=self.card_service,
            people=MemberService(db=db, clock=clock, ids=ids, chats=self.chat),
            views=self.views,
            chats=self.chat,
            more=promotion_renderers(self.autonomy.earning_views),
        )

    @override
    async def run(self, kind: str, body: dict[str, Any]) -> None:
        job = autonomy_jobs(self.autonomy).get(kind)
        if kind == RECALL:
            self.recalled += 1
        elif job is not None:
            await job(self.tenant, body)
        else:
            await super().run(kind, body)

    # ── what happened ───────────────────────────────────────────────────────────────────────────
    async def decided(self, number: int, *, days: float = 50, **changes: Any) -> list[UUID]:
        """So many follow-ups that people sent unchanged, spread over the days up to now; the same
        `changes` for all. Says which actions they are."""
        now, rows, actions = self.clock.now(), [], []
        people = (self.rita, self.cole, self.jonas)
        for index in range(number):
            at = now - DAY * days * (number - index) / number
            who = changes.get("who") or people[index % 3]
            case = _Case(self, at, who, index, changes)
            rows.append(case.rows())
            actions.append(case.action)
        async with self.database.transaction(self.tenant) as tx:
            for layer in zip(*rows, strict=True):
                await _add(tx, [row for row in layer if row is not None])
        return actions

    async def left(self, number: int, **changes: Any) -> list[UUID]:
        """So many follow-ups that left by themselves and that somebody had seen before."""
        given = {"level": "undo_window", "decision": "queued", "days": 5, "by_rule": True}
        return await self.decided(number, **(given | changes))

    async def stop(self, action: UUID, who: Member) -> None:
        async with self.database.transaction(self.tenant) as tx:
            judged = await tx.session.get_one(Judgement, (self.tenant, action))
            judged.undone_at, judged.undone_by = self.clock.now(), who.id

    async def weigh(self, action_type: str = FOLLOW_UP) -> None:
        await self.autonomy.earning.weigh(self.tenant, action_type)
        await self.drain()

    async def stand_at(self, level: AutonomyLevel, **values: Any) -> None:
        """The type's row as it is, since the beginning."""
        since = self.clock.now() - 60 * DAY
        given = {"action_type": FOLLOW_UP, "lineage": self.lineage, "since": since, "version": 1}
        row = EarnedLevel(
            tenant_id=self.tenant,
            id=self.ids.new(),
            created_at=since,
            earned=level.value,
            **(given | values),
        )
        async with self.database.transaction(self.tenant) as tx:
            await _add(tx, [row])

    # ── what came of it ─────────────────────────────────────────────────────────────────────────
    async def level(self) -> str:
        found = await self.rows(EarnedLevel)
        return str(next(one.earned for one in found if one.action_type == FOLLOW_UP))

    async def proposal(self) -> Promotion:
        return (await self.rows(Promotion))[-1]

    async def moves(self) -> list[LevelMove]:
        return await self.rows(LevelMove)

    async def allow(self, member: Member | Actor, **changes: Any) -> str:
        found = await self.proposal()
        given = {"version": found.version, "command_id": self.command()} | changes
        actor = self.actor(member) if isinstance(member, Member) else member
        return await self.autonomy.promotions.allow(actor, found.id, **given)

    def shown(self, member: Member) -> str:
        """All that stands in this member's conversation."""
        channel = f"D{member.slack_user_id}"
        found = [one for (at, _), one in self.chat.messages.items() if at == channel]
        return "\n".join(str(one.blocks) for one in found)


@dataclass
class _Case:
    """One case's rows, in the order in which they need each other."""

    desk: EarningDesk
    at: datetime
    who: Member
    index: int
    changes: dict[str, Any]

    def __post_init__(self) -> None:
        self.action = self.desk.ids.new()

    def rows(self) -> tuple[TenantRow | None, ...]:
        draft, contact = self._draft(), self._contact()
        action = self._of(
            Action,
            id=self.action,
            type=FOLLOW_UP,
            status=self._get("status", "done"),
            account_id=contact.account_id,
            draft_id=draft.id,
            owner_id=self.who.id,
            trigger=self._get("trigger", "outreach"),
            verdict="approval_required",
            confidence=Decimal("0.7"),
            decided_by=None if self.changes.get("by_rule") else self.who.id,
            decided_at=self.at,
            decided_surface="rule" if self.changes.get("by_rule") else "slack",
            decided_revision=self._get("decided_revision", 1),
            level=self._get("level", "approve"),
            lineage=self._get("lineage", self.desk.lineage),
        )
        return draft, action, self._judgement(), self._effect(), self._card(), self._outcome()

    def _contact(self) -> Contact:
        contact = self.changes.get("contact")
        return contact or self.desk.contacts[(self.index * 7) % len(self.desk.contacts)]

    def _draft(self) -> Draft:
        return self._of(
            Draft,
            conversation_id=self.desk.conversation.id,
            status="sent",
            revision=1,
            purpose="follow_up",
            contact_id=self._contact().id,
        )

    def _judgement(self) -> Judgement:
        return self._of(
            Judgement,
            id=self.action,
            created_at=self.at - timedelta(hours=1),
            action_id=self.action,
            revision=1,
            level=self._get("level", "approve"),
            verdict="autonomous",
            decision=self._get("decision", "asked"),
            would=self._get("would", "send"),
            types=[FOLLOW_UP],
            lineage=self._get("lineage", self.desk.lineage),
        )

    def _effect(self) -> Effect | None:
        if self._get("status", "done") != "done":
            return None
        return self._of(
            Effect,
            action_id=self.action,
            kind="send_draft",
            revision=1,
            status="done",
            due_at=self.at,
            claimed_at=self.at,
            settled_at=self.at,
            result={"incident": self._get("incident", None)},
        )

    def _card(self) -> Card:
        seen = self._get("seen", timedelta(minutes=10))
        return self._of(
            Card,
            kind="mail",
            subject_id=self.action,
            recipient_id=self.who.id,
            first_shown_at=self.at - seen if seen is not None else None,
        )

    def _outcome(self) -> Outcome:
        answered = self.index % 3 != 0
        return self._of(
            Outcome,
            action_id=self.action,
            kind="email_engagement",
            event="human reply within 7 days",
            predicted=Decimal("0.7"),
            status=self._get("outcome", "positive" if answered else "expired"),
            window_ends_at=self.at + 7 * DAY,
            resolved_at=self.at + DAY,
        )

    def _get(self, name: str, default: Any) -> Any:
        return self.changes.get(name, default)

    def _of(self, model: type[Any], **values: Any) -> Any:
        base = {"tenant_id": self.desk.tenant, "id": self.desk.ids.new(), "created_at": self.at}
        return model(**(base | values))


async def _add(tx: Tx, rows: list[Any]) -> None:
    tx.session.add_all(rows)
    await tx.session.flush()


async def make_earning_desk(database: Database) -> EarningDesk:
    desk = await make_desk(database)
    desk.clock.move(70 * DAY)
    async with database.transaction(desk.tenant) as tx:
        jonas = await make.make_member(tx, name="Jonas Junior")
        accounts = [await make.make_account(tx) for _ in range(12)]
        contacts = [await make.make_contact(tx, account_id=accounts[n % 12].id) for n in range(24)]
    desk = EarningDesk(
        **{one.name: getattr(desk, one.name) for one in fields(Desk)},
        jonas=jonas,
        accounts=accounts,
        contacts=contacts,
    )
    desk.person(str(jonas.slack_user_id), jonas.name, email=jonas.email)
    return desk
