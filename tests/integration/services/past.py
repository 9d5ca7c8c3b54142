"""An account with a past, and the service that summarises it, over a test's own database."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import text

from db.jobs import live_payloads
from db.models.conversations import Conversation
from db.models.customers import Account
from db.models.summaries import Summary
from db.session import Database
from db.summaries import StoredSummary, list_stored, list_summaries
from services.model_calls import ModelCallService
from services.offline.model import OfflineModel
from services.ports import LanguageModel
from services.summaries.history import BUDGET, History, history_for_model
from services.summaries.making import Maker
from services.summaries.periods import recent_from
from services.summaries.planning import BEGINNING
from services.summaries.service import JOB, SummaryService
from tests import factories as make
from tests.fakes.clock import FrozenClock, UuidIds
from tests.fakes.scripted_model import ScriptedModel

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
FILL = """
insert into messages (tenant_id, id, created_at, conversation_id, rfc_message_id, direction, kind,
                      proof, sender, recipients, subject, refs, text, language, received_at,
                      attention, analysis, notes, attachments, body_sha256)
select :tenant, gen_random_uuid(), :now, :conversation, gen_random_uuid()::text,
       case when n % 3 = 0 then 'outbound' else 'inbound' end, 'human', 'pass',
       jsonb_build_object('name', 'Person ' || n % 7, 'email', 'p@globex.test'), '{}',
       'Subject ' || n, '[]',
       'Mail ' || n || ': could you send us the report about ' || md5(n::text)
       || '? We decide after that, together with our colleagues in procurement and security.',
       'en', cast(:now as timestamptz) - (n * cast(:days as float) / :mails) * interval '1 day',
       'quiet', '{"suspicious": {"injection": false}}', '[]', '[]', ''
from generate_series(1, :mails) n
"""


@dataclass
class Past:
    database: Database
    tenant: UUID
    account: Account
    conversation: Conversation
    model: LanguageModel = field(default_factory=ScriptedModel)
    clock: FrozenClock = field(default_factory=lambda: FrozenClock(NOW))

    @property
    def scripted(self) -> ScriptedModel:
        assert isinstance(self.model, ScriptedModel)
        return self.model

    @property
    def service(self) -> SummaryService:
        ids = UuidIds()
        calls = ModelCallService(self.database, self.clock, ids)
        maker = Maker(self.model, OfflineModel(), calls)
        return SummaryService(self.database, self.clock, ids, maker)

    async def mail(self, at: datetime, words: str = "We need a report.", **fields: Any) -> UUID:
        async with self.database.transaction(self.tenant) as tx:
            message = await make.make_message(
                tx, self.conversation, head=False, received_at=at, text=words, **fields
            )
            return message.id

    async def add(self, row: type[Any], **fields: Any) -> UUID:
        async with self.database.transaction(self.tenant) as tx:
            values = {"id": uuid4(), "tenant_id": self.tenant, "created_at": NOW} | fields
            tx.session.add(row(**values))
            return values["id"]

    async def fill(self, mails: int, days: int) -> None:
        """So many mails, evenly over the last days."""
        await self.run(
            FILL, tenant=self.tenant, now=NOW, conversation=self.conversation.id,
            days=days, mails=mails,
        )  # fmt: skip

    async def run(self, sql: str, **values: Any) -> None:
        async with self.database.transaction(self.tenant) as tx:
            await tx.session.execute(text(sql), values)

    async def make(self) -> int:
        """One job; how often it asked the model."""
        asked = len(self.scripted.requests)
        await self.service.make(self.tenant, self.account.id)
        return len(self.scripted.requests) - asked

    async def make_all(self) -> None:
        """All the jobs it takes."""
        while True:
            await self.run("delete from jobs.pgqueuer where entrypoint = 'summaries.make'")
            await self.service.make(self.tenant, self.account.id)
            if not await self.queued():
                return

    async def stored(self) -> list[Summary]:
        async with self.database.read(self.tenant) as tx:
            return list(await list_stored(tx, self.account.id))

    async def listed(self) -> list[StoredSummary]:
        async with self.database.read(self.tenant) as tx:
            until = recent_from(self.clock.now())
            return await list_summaries(tx, self.account.id, BEGINNING.date(), until)

    async def history(self, budget: int = BUDGET, **more: Any) -> History:
        async with self.database.read(self.tenant) as tx:
            return await history_for_model(tx, self.account.id, self.clock.now(), budget, **more)

    async def queued(self) -> int:
        async with self.database.read(self.tenant) as tx:
            return len(await live_payloads(tx, JOB))


async def open_past(database: Database, **fields: Any) -> Past:
    tenant = await make.make_tenant(database)
    async with database.transaction(tenant) as tx:
        account = await make.make_account(tx, name="Globex")
        conversation = await make.make_conversation(tx, account_id=account.id)
    return Past(database, tenant, account, conversation, **fields)
