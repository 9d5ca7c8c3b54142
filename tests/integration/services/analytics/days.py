"""A tenant whose days are counted: what became of its actions is written by hand, by the script of
each test."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from db.models.actions import Action
from db.models.cards import Feedback
from db.models.conversations import Conversation
from db.models.tenants import Member
from db.session import Database
from services.analytics.counting import CountingService
from services.analytics.figures import figures
from services.analytics.marking import mark
from services.types.learning import Figures
from tests import factories as make
from tests.fakes.clock import FrozenClock, UuidIds

DAY = make.NOW.date()


@dataclass(kw_only=True)
class Days:
    database: Database
    tenant: UUID
    rita: Member
    cole: Member
    conversation: Conversation
    clock: FrozenClock = field(default_factory=lambda: FrozenClock(make.NOW))
    ids: UuidIds = field(default_factory=UuidIds)

    @property
    def counting(self) -> CountingService:
        return CountingService(db=self.database, clock=self.clock, ids=self.ids)

    async def act(
        self,
        *,
        author: str = "model",
        shown: timedelta | None = None,
        outcome: str = "",
        effect: str = "",
        undone: bool = False,
        waited: timedelta | None = None,
        rating: int = 0,
        **fields: Any,
    ) -> UUID:
        """An action with a draft, and what hangs on it. It was shown `shown` and answered a mail
        that had come `waited` before the moment it was decided, a minute after it was proposed."""
        fields = {"owner_id": self.rita.id, "created_at": make.NOW} | fields
        decided = fields["created_at"] + timedelta(minutes=1)
        if fields.get("status", "pending") not in {"pending", "voided"}:
            fields = {"decided_at": decided, "decided_by": self.rita.id} | fields
            fields = {"decided_surface": "slack", "decided_revision": 1} | fields
        async with self.database.transaction(self.tenant) as tx:
            asked = await make.make_message(
                tx, self.conversation, head=False, received_at=decided - (waited or timedelta())
            )
            draft = await make.make_draft(
                tx, self.conversation, message_id=asked.id if waited is not None else None
            )
            await make.make_revision(tx, draft, author=author)
            action = await make.make_action(tx, self.conversation, draft_id=draft.id, **fields)
            if effect:
                undo = {"undo_at": decided, "undo_by": self.rita.id} if undone else {}
                await make.make_effect(tx, action, status=effect, claimed_at=decided, **undo)
            if outcome:
                await make.make_outcome(tx, action, status=outcome)
            if shown is not None:
                await make.make_card(
                    tx,
                    subject_id=action.id,
                    recipient_id=self.rita.id,
                    first_shown_at=decided - shown,
                )
            if rating:
                tx.session.add(self._word(action.id, rating))
                await tx.session.flush()
            await mark(tx, action.id, clock=self.clock, ids=self.ids)
        return action.id

    def _word(self, action_id: UUID, rating: int) -> Feedback:
        return Feedback(
            tenant_id=self.tenant,
            id=uuid4(),
            created_at=make.NOW,
            member_id=self.cole.id,
            target="decision",
            target_id=action_id,
            rating=rating,
            changed_at=make.NOW,
        )

    async def set(self, action_id: UUID, **values: Any) -> None:
        async with self.database.transaction(self.tenant) as tx:
            action = await tx.session.get_one(Action, (self.tenant, action_id))
            for name, value in values.items():
                setattr(action, name, value)
            await mark(tx, action_id, clock=self.clock, ids=self.ids)

    async def figures(self, *people: UUID, first: date = DAY, last: date = DAY) -> Figures:
        async with self.database.read(self.tenant) as tx:
            return (await figures(tx, people or None, first, last))[None]


async def make_days(database: Database, at: datetime = make.NOW) -> Days:
    tenant = await make.make_tenant(database)
    async with database.transaction(tenant) as tx:
        mona = await make.make_member(tx, name="Mona Manager", role="manager")
        rita = await make.make_member(tx, name="Rita Rep", manager_id=mona.id)
        cole = await make.make_member(tx, name="Cole League")
        conversation = await make.make_conversation(tx)
    return Days(
        database=database,
        tenant=tenant,
        rita=rita,
        cole=cole,
        conversation=conversation,
        clock=FrozenClock(at),
    )
