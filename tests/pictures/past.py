"""Weeks that no picture can wait for: what people decided and what left by itself, as the rows the
services leave behind. The product weighs them itself."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import delete

import db.models.all  # noqa: F401 - actions refer to goals, whoever imports them
from db import jobs
from db.models.actions import Action, Effect
from db.models.autonomy import EarnedLevel, Judgement, LevelMove
from db.models.cards import Card
from db.models.conversations import Conversation
from db.models.drafts import Draft, DraftRevision
from db.models.outcomes import Outcome
from db.session import Database, Tx
from services.autonomy.lineage import lineage_of
from services.offline.model import OfflineModel
from services.types.actions import ActionType, AutonomyLevel
from services.weighing import WEIGH
from tests.e2e.rig import Json, Rig

FOLLOW_UP = ActionType.SEND_FOLLOW_UP_EMAIL.value
LINEAGE = lineage_of(OfflineModel().name)
BY = "priya@brightpath.example"
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
TEXT = """Hi {name},

I said I would come back to you this week. Is there anything you still need from us?

Best regards
{rep}"""
CONTACTS = """
select c.id, c.name, c.email, a.id as account_id, a.name as account, a.owner_id,
       m.name as owner, m.email as sender
from contacts c
join accounts a on a.tenant_id = c.tenant_id and a.id = c.account_id
join members m on m.tenant_id = a.tenant_id and m.id = a.owner_id
order by c.email
"""
SUBJECTS = ("Following up", "Next steps", "Your question of last week", "After our call")


@dataclass(kw_only=True)
class Past:
    """Of the only workspace there is."""

    office: Rig
    now: datetime = field(init=False)

    def __post_init__(self) -> None:
        self.now = self.office.db.value("select now()")

    def stands(self, action_type: str, level: AutonomyLevel) -> None:
        """From now on this kind of action is trusted so far."""

        async def write(tx: Tx) -> None:
            await self._stand(tx, action_type, level, self.now)
            by = self._member(BY)
            move = {"before": "approve", "after": level.value, "moved_by": by, "kind": "promoted"}
            tx.session.add(of_tenant(tx, LevelMove, self.now, action_type=action_type, **move))

        self._do(write)

    def decided(self, number: int, *, days: float, edited: int) -> None:
        """So many follow-ups that people decided on, evenly over the days up to now, every
        `edited`-th with other words; then the product looks at them."""

        async def write(tx: Tx) -> None:
            await self._stand(tx, FOLLOW_UP, AutonomyLevel.APPROVE, self.now - DAY * (days + 1))
            for index, (to, at) in enumerate(self._spread(number, days)):
                anew = index % edited == edited - 1
                await Case(tx=tx, to=to, index=index, at=at, edited=anew).write(self.now)
            await jobs.enqueue(tx, WEIGH, {"action_type": FOLLOW_UP})

        self._do(write)

    def left(self, number: int, *, days: float, stopped: Sequence[str]) -> None:
        """So many that left by themselves since the level was raised; the newest were stopped by
        these people."""
        by = {number - 1 - at: self._member(email) for at, email in enumerate(stopped)}

        async def write(tx: Tx) -> None:
            since = self.now - DAY * (days + 1)
            await self._stand(tx, FOLLOW_UP, AutonomyLevel.UNDO_WINDOW, since)
            for index, (to, at) in enumerate(self._spread(number, days)):
                undone = by.get(index)
                case = Case(tx=tx, to=to, index=index, at=at, by_rule=True, undone_by=undone)
                await case.write(self.now)
            await jobs.enqueue(tx, WEIGH, {"action_type": FOLLOW_UP})

        self._do(write)

    def _spread(self, number: int, days: float) -> Iterator[tuple[Json, datetime]]:
        """To whom, and when."""
        contacts = [dict(row) for row in self.office.db.fetch(CONTACTS)]
        for index in range(number):
            back = DAY * days * (number - index) / number
            yield contacts[(index * 7) % len(contacts)], self.now - back

    @staticmethod
    async def _stand(tx: Tx, action_type: str, level: AutonomyLevel, since: datetime) -> None:
        await tx.session.execute(delete(EarnedLevel).where(EarnedLevel.action_type == action_type))
        tx.session.add(of_tenant(tx, EarnedLevel, since, **_stands(level, since, action_type)))
        await tx.session.flush()

    def _member(self, email: str) -> UUID:
        found: UUID = self.office.db.value("select id from members where email = $1", email)
        return found

    def _do(self, write: Callable[[Tx], Awaitable[None]]) -> None:
        tenant = self.office.db.value("select tenant_id from tenants")

        async def work() -> None:
            database = Database(self.office.admin_url(), pool_size=1)
            try:
                async with database.transaction(tenant) as tx:
                    await write(tx)
            finally:
                await database.close()

        asyncio.run(work())


def _stands(level: AutonomyLevel, since: datetime, action_type: str = FOLLOW_UP) -> Json:
    return {
        "action_type": action_type,
        "earned": level.value,
        "since": since,
        "lineage": LINEAGE,
    }


@dataclass(kw_only=True)
class Case:
    """One follow-up: the mail, who decided on it or that nobody had to, and what came of it."""

    tx: Tx
    to: Json
    index: int
    at: datetime
    by_rule: bool = False
    edited: bool = False
    undone_by: UUID | None = None

    async def write(self, now: datetime) -> None:
        subject, to = SUBJECTS[self.index % len(SUBJECTS)], self.to
        thread = await self._add(
            Conversation,
            subject=subject,
            link="linked",
            account_id=to["account_id"],
            last_message_at=self.at,
        )
        draft = await self._add(
            Draft,
            conversation_id=thread.id,
            status="sent",
            revision=self._revisions,
            purpose="follow_up",
            contact_id=to["id"],
        )
        await self._texts(draft, subject)
        action = await self._action(thread, draft)
        await self._sent(action, draft)
        if not self.undone_by:
            await self._outcome(action, thread, now)

    @property
    def _revisions(self) -> int:
        return 2 if self.edited else 1

    @property
    def _level(self) -> str:
        return "undo_window" if self.by_rule else "approve"

    def text(self, _number: int) -> str:
        """Of this revision."""
        return TEXT.format(name=self.to["name"].split()[0], rep=self.to["owner"])

    async def _texts(self, draft: Draft, subject: str) -> None:
        for number in range(1, self._revisions + 1):
            await self._add(
                DraftRevision,
                draft_id=draft.id,
                number=number,
                author="model" if number == 1 else "member",
                author_id=None if number == 1 else self.to["owner_id"],
                model=OfflineModel().name,
                sender=self.to["sender"],
                sender_name=self.to["owner"],
                to=[self.to["email"]],
                subject=subject,
                text=self.text(number),
                content_hash=uuid4().hex,
            )

    async def _action(self, thread: Conversation, draft: Draft) -> Action:
        owner, begun = self.to["owner_id"], self.at - HOUR
        action: Action = await self._add(
            Action,
            created_at=begun,
            type=FOLLOW_UP,
            conversation_id=thread.id,
            account_id=self.to["account_id"],
            draft_id=draft.id,
            owner_id=owner,
            trigger="outreach",
            verdict="autonomous" if self.by_rule else "approval_required",
            confidence=Decimal("0.7"),
            status="rejected" if self.undone_by else "done",
            level=self._level,
            lineage=LINEAGE,
            decided_by=None if self.by_rule else owner,
            decided_at=self.at,
            decided_surface="rule" if self.by_rule else "slack",
            decided_revision=self._revisions,
        )
        await self._add(
            Judgement,
            created_at=begun,
            action_id=action.id,
            revision=1,
            level=self._level,
            verdict="autonomous",
            decision="queued" if self.by_rule else "asked",
            would="send",
            types=[FOLLOW_UP],
            lineage=LINEAGE,
            undone_by=self.undone_by,
            undone_at=self.at if self.undone_by else None,
        )
        seen = {"subject_id": action.id, "recipient_id": owner, "first_shown_at": begun + HOUR / 2}
        await self._add(Card, kind="mail", **seen)
        return action

    async def _sent(self, action: Action, draft: Draft) -> None:
        undone = self.undone_by is not None
        await self._add(
            Effect,
            action_id=action.id,
            draft_id=draft.id,
            kind="send_draft",
            revision=self._revisions,
            status="cancelled" if undone else "done",
            due_at=self.at,
            claimed_at=None if undone else self.at,
            settled_at=self.at,
            undo_by=self.undone_by,
            undo_at=self.at if undone else None,
        )

    async def _outcome(self, action: Action, thread: Conversation, now: datetime) -> None:
        """Two of three are answered the next day; of the third a week says so."""
        answered = bool(self.index % 3)
        known = self.at + (DAY if answered else 7 * DAY)
        status = "positive" if answered else "expired"
        await self._add(
            Outcome,
            action_id=action.id,
            conversation_id=thread.id,
            kind="email_engagement",
            event="human reply within 7 days",
            predicted=Decimal("0.7"),
            status=status if known < now else "pending",
            window_ends_at=self.at + 7 * DAY,
            resolved_at=known if known < now else None,
        )

    async def _add(self, sort: type[Any], **values: Any) -> Any:
        row = of_tenant(self.tx, sort, values.pop("created_at", self.at), **values)
        self.tx.session.add(row)
        await self.tx.session.flush()
        return row


def of_tenant(tx: Tx, sort: type[Any], at: datetime, **values: Any) -> Any:
    return sort(**({"tenant_id": tx.tenant_id, "id": uuid4(), "created_at": at} | values))
