"""A workspace whose texts are indexed: real PostgreSQL, real Qdrant in memory, embeddings that know
words only."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from bot.adapters.qdrant_store import QdrantStore
from db.models.customers import Account
from db.models.tenants import Member
from db.session import Database
from services.model_calls import ModelCallService
from services.search import entries
from services.search.bundle import SearchServices
from services.search.finding import SearchService
from services.search.indexing import IndexService
from services.search.wishes import FindService
from services.types.people import Actor, Role
from services.types.search import FindView, SearchSource
from tests import factories as make
from tests.fakes.clock import FrozenClock, UuidIds
from tests.fakes.embeddings import FakeEmbeddings


def actor_of(member: Member) -> Actor:
    return Actor(
        tenant_id=member.tenant_id,  # type: ignore[arg-type]
        member_id=member.id,  # type: ignore[arg-type]
        role=Role(member.role),
        name=member.name,
        timezone=member.timezone,
        slack_user_id=member.slack_user_id,
    )


@dataclass
class SearchDesk:
    database: Database
    store: QdrantStore = field(default_factory=QdrantStore)
    embeddings: FakeEmbeddings = field(default_factory=FakeEmbeddings)
    clock: FrozenClock = field(default_factory=lambda: FrozenClock(make.NOW))
    tenant: UUID = field(init=False)
    rita: Member = field(init=False)
    boss: Member = field(init=False)
    acme: Account = field(init=False)

    async def open(self) -> "SearchDesk":
        self.tenant = await make.make_tenant(self.database)
        async with self.database.transaction(self.tenant) as tx:
            self.rita = await make.make_member(tx)
            self.boss = await make.make_member(tx, name="Bo Boss", role="manager")
            self.acme = await make.make_account(tx, name="Acme", owner_id=self.rita.id)
        return self

    @property
    def services(self) -> SearchServices:
        db, ids = self.database, UuidIds()
        calls = ModelCallService(db, self.clock, ids)
        search = SearchService(db, self.clock, self.store, self.embeddings, calls)
        return SearchServices(
            index=IndexService(db, self.clock, ids, self.store, self.embeddings, calls),
            search=search,
            finds=FindService(db, self.clock, ids, search),
        )

    async def mail(self, text: str, account: Account | None = None, **fields: object) -> UUID:
        """A customer's mail, said to be there."""
        account = account or self.acme
        async with self.database.transaction(account.tenant_id) as tx:
            conversation = await make.make_conversation(tx, account_id=account.id)
            more = {"attention": "quiet"} | fields
            message = await make.make_message(tx, conversation, text=text, **more)
            await entries.enqueue(
                tx, SearchSource.MESSAGE, message.id, account.id, at=self.clock.now()
            )
            return message.id

    async def index(self, tenant: UUID | None = None) -> None:
        await self.services.index.run(tenant or self.tenant)

    async def find(
        self, words: str, *, by: Member | None = None, account: UUID | None = None
    ) -> FindView:
        return await self.services.search.find(actor_of(by or self.rita), account, words)

    async def quotes(self, words: str, **more: object) -> list[str]:
        return [item.quote for item in (await self.find(words, **more)).items]  # type: ignore[arg-type]

    async def held(self, tenant: UUID | None = None) -> int:
        return await self.services.index.held(tenant or self.tenant)

    def later(self, seconds: float = 60) -> None:
        self.clock.move(timedelta(seconds=seconds))


@asynccontextmanager
async def search_desk(database: Database) -> AsyncIterator[SearchDesk]:
    desk = await SearchDesk(database).open()
    try:
        yield desk
    finally:
        desk.store.close()
