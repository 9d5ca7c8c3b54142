"""Transactions and tenancy.

`Database.transaction(tenant_id)` is the only way to write and `read(tenant_id)` the only way to
read a tenant's rows; row-level security sees the tenant that was named there and no other. One
transaction is open at a time, and none while the network is spoken to: adapters call
`refuse_inside_transaction()` before every call, and a contextvar that child tasks inherit holds the
mutable mark, so work handed to another task is caught as well.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, TypeVar
from uuid import UUID

import asyncpg
from sqlalchemy import URL, TextClause, make_url, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import (
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)

import db.models.all  # noqa: F401 - a key to a table nobody has imported can't be resolved
from db import metrics, tracing
from db.merged import StandingSession

SET_TENANT = text("select set_config('app.tenant_id', :tenant, true)")
# In one statement: a round trip less in every read.
SET_TENANT_TO_READ = text(
    "select set_config('app.tenant_id', :tenant, true), "
    "set_config('transaction_read_only', 'on', true)"
)


@dataclass(slots=True)
class ReadTx:
    """An open transaction that only reads. `tenant_id` is None among the directories."""

    session: AsyncSession
    tenant: UUID | None
    open: bool = field(default=True)
    raw: asyncpg.Connection | None = field(default=None)

    @property
    def tenant_id(self) -> UUID:
        if self.tenant is None:
            raise RuntimeError("no tenant was named for this transaction")
        return self.tenant


@dataclass(slots=True)
class Tx(ReadTx):
    """An open transaction that may write. Helpers take it as their first argument."""

    # The jobs of this transaction, and what stores them all in one statement before the commit.
    jobs: list[Any] = field(default_factory=list)
    store_jobs: Callable[["Tx"], Awaitable[None]] | None = field(default=None)
    # What is done once it has committed, in memory and without fail: counting.
    committed: list[Callable[[], object]] = field(default_factory=list)

    @asynccontextmanager
    async def savepoint(self) -> AsyncIterator[None]:
        """A part that may fail by itself: its rows and its jobs are taken back, the transaction
        goes on."""
        mark, counted = len(self.jobs), len(self.committed)
        try:
            async with self.session.begin_nested():
                yield
        except BaseException:
            del self.jobs[mark:]
            del self.committed[counted:]
            raise


AnyTx = TypeVar("AnyTx", bound=ReadTx)


def _sort(sort: type[ReadTx], tenant: UUID | None) -> str:
    if tenant is None:
        return "directory"
    return "write" if sort is Tx else "read"


_current: ContextVar[ReadTx | None] = ContextVar("transaction", default=None)


def refuse_inside_transaction() -> None:
    """Raises RuntimeError when a transaction is open here: no lock may span a network call."""
    tx = _current.get()
    if tx is not None and tx.open:
        raise RuntimeError("a network call inside an open transaction")


def async_url(dsn: str) -> URL:
    """The DSN for asyncpg, whichever postgres spelling it came in."""
    return make_url(dsn).set(drivername="postgresql+asyncpg")


async def raw_connection(tx: ReadTx) -> asyncpg.Connection:
    """The asyncpg connection under an open transaction: for the queue's own SQL, and for the few
    statements a person waits for (a seventh of the processor time of the same through the ORM).

    SQLAlchemy opens the transaction lazily; what came before it would run in autocommit and survive
    a rollback. `transaction()` has always run set_config by now, and this makes sure of it. What
    the session holds is flushed first, as before any statement of its own.
    """
    if tx.raw is None:
        connection = await tx.session.connection()
        tx.raw = (await connection.get_raw_connection()).driver_connection
    if tx.raw is None or not tx.raw.is_in_transaction():
        raise RuntimeError("no open transaction on this connection")
    if tx.session.new or tx.session.dirty or tx.session.deleted:
        await tx.session.flush()
    return tx.raw


class Database:
    """The connection pool of one process."""

    def __init__(self, dsn: str, *, pool_size: int = 10) -> None:
        # No overflow: those connections are closed after each use, and opening one costs more than
        # a decision. Waiting for a warm one is shorter; the last used is the warmest.
        self.engine: AsyncEngine = create_async_engine(
            async_url(dsn), pool_size=pool_size, max_overflow=0, pool_use_lifo=True
        )
        self._sessions = async_sessionmaker(
            self.engine, expire_on_commit=False, sync_session_class=StandingSession
        )
        # First come, first served: in the pool's own queue a newcomer may overtake those who wait,
        # and the unlucky ones waited five times as long as the others.
        self._turns = asyncio.Semaphore(pool_size)
        self.pool_size = pool_size

    @asynccontextmanager
    async def transaction(self, tenant_id: UUID) -> AsyncIterator[Tx]:
        """A transaction that may write this tenant's rows; commits when the block ends well."""
        async with self._open(Tx, tenant_id) as tx:
            yield tx

    @asynccontextmanager
    async def read(self, tenant_id: UUID) -> AsyncIterator[ReadTx]:
        """A read-only transaction over this tenant's rows."""
        async with self._open(ReadTx, tenant_id) as tx:
            yield tx

    @asynccontextmanager
    async def directory(self) -> AsyncIterator[Tx]:
        """A transaction among the keys-only directories, before a tenant is known. Tenant tables
        show no row here."""
        async with self._open(Tx, None) as tx:
            yield tx

    @asynccontextmanager
    async def _open(self, sort: type[AnyTx], tenant: UUID | None) -> AsyncIterator[AnyTx]:
        current = _current.get()
        if current is not None and current.open:
            raise RuntimeError("a transaction is already open here")
        async with self._turn(_sort(sort, tenant), tenant), self._sessions() as session:
            await self._begin(session, tenant, SET_TENANT if sort is Tx else SET_TENANT_TO_READ)
            tx = sort(session=session, tenant=tenant)
            token = _current.set(tx)
            try:
                yield tx
                if isinstance(tx, Tx) and tx.store_jobs is not None:
                    await tx.store_jobs(tx)
            finally:
                tx.open = False
                _current.reset(token)
            await session.commit()
        if isinstance(tx, Tx):
            for count in tx.committed:
                count()

    @asynccontextmanager
    async def _turn(self, sort: str, tenant: UUID | None) -> AsyncIterator[None]:
        """One of the connections, counted and timed: the waiting by itself."""
        asked = time.perf_counter()
        with metrics.WAITING.track_inprogress():
            await self._turns.acquire()
        began, result = time.perf_counter(), "rolled_back"
        metrics.WAIT_SECONDS.observe(began - asked)
        metrics.IN_USE.inc()
        try:
            with tracing.span(f"transaction {sort}", tenant_id=str(tenant) if tenant else None):
                yield
            result = "committed"
        finally:
            self._turns.release()
            metrics.IN_USE.dec()
            metrics.TRANSACTION_SECONDS.labels(sort, result).observe(time.perf_counter() - began)

    async def _begin(self, session: AsyncSession, tenant: UUID | None, opening: TextClause) -> None:
        """Begin with naming the tenant. Nothing has happened yet, so when the connection turns out
        to be lost (a restarted server), it is done once more on a new one, and nobody sees an
        error. SQLAlchemy's pre_ping gives the same for three round trips on every transaction."""
        values = {"tenant": str(tenant) if tenant else ""}
        try:
            await session.execute(opening, values)
        except DBAPIError as error:
            if not is_disconnect(error):
                raise
            metrics.RECONNECTS.inc()
            await session.invalidate()
            await self.engine.dispose()  # the pool's other connections are gone as well
            await session.execute(opening, values)

    async def close(self) -> None:
        await self.engine.dispose()


def sql_state(error: BaseException) -> str | None:
    """PostgreSQL's code of a failed statement, sent through the ORM or past it; None when the
    error is none of the database's, "" when the connection was lost with the answer."""
    if isinstance(error, DBAPIError):
        inner = None if error.connection_invalidated else error.orig
        return (sql_state(inner) if inner is not None else "") or ""
    state = getattr(error, "sqlstate", None)
    if isinstance(error, asyncpg.PostgresError) or state is not None:
        return str(state or "")
    return None


def is_disconnect(error: BaseException) -> bool:
    """The database went away (restart, network): worth a retry, no bug."""
    if isinstance(error, DBAPIError):
        return bool(error.connection_invalidated) or is_disconnect(error.orig or ValueError())
    return isinstance(
        error,
        asyncpg.PostgresConnectionError
        | asyncpg.CannotConnectNowError
        | asyncpg.AdminShutdownError
        | asyncpg.InterfaceError
        | ConnectionError,
    )
