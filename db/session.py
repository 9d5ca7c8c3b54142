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
from typing import Any, TypeVar, cast
from uuid import UUID

import asyncpg
from sqlalchemy import URL, make_url
from sqlalchemy.exc import DBAPIError, EmulatedDBAPIException
from sqlalchemy.ext.asyncio import (
    AsyncConnection,
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)

import db.models.all  # noqa: F401 - a key to a table nobody has imported can't be resolved
from db import metrics, tracing
from db.merged import StandingSession

# A transaction begins with naming its tenant, in one round trip. The tenant's id is a UUID, so
# nothing foreign stands in the statement; the simple protocol takes no arguments.
BEGIN = "begin; select set_config('app.tenant_id', '{}', true)"
BEGIN_TO_READ = "begin read only; select set_config('app.tenant_id', '{}', true)"
COMMIT, ROLLBACK = "commit", "rollback"


@dataclass(slots=True)
class ReadTx:
    """An open transaction that only reads. `tenant` is None among the directories."""

    connection: AsyncConnection
    raw: asyncpg.Connection
    tenant: UUID | None
    sessions: async_sessionmaker[AsyncSession]
    open: bool = field(default=True)
    begun_session: AsyncSession | None = field(default=None)

    @property
    def tenant_id(self) -> UUID:
        if self.tenant is None:
            raise RuntimeError("no tenant was named for this transaction")
        return self.tenant

    @property
    def session(self) -> AsyncSession:
        """The ORM over this transaction, made for whoever asks first: the verbs people wait for
        need none, and it costs as much as two of their statements."""
        if self.begun_session is None:
            self.begun_session = self.sessions(bind=self.connection)
        return self.begun_session


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
                # The session sets the savepoint when it first speaks; the driver's own statements,
                # which it doesn't see, have to lie inside as well.
                await self.session.connection()
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

    What came outside a transaction would survive a rollback, so that is refused. What the session
    holds is flushed first, as before any statement of its own.
    """
    if not tx.raw.is_in_transaction():
        raise RuntimeError("no open transaction on this connection")
    session = tx.begun_session
    if session is not None and (session.new or session.dirty or session.deleted):
        await session.flush()
    return tx.raw


class Database:
    """The connection pool of one process."""

    def __init__(self, dsn: str, *, pool_size: int = 10) -> None:
        # No overflow: those connections are closed after each use, and opening one costs more than
        # a decision. Waiting for a warm one is shorter; the last used is the warmest. SQLAlchemy
        # begins and ends nothing by itself: `_open` does, on the driver's connection.
        self.engine: AsyncEngine = create_async_engine(
            async_url(dsn),
            pool_size=pool_size,
            max_overflow=0,
            pool_use_lifo=True,
            # An error would show its statement's values, and its traceback is logged: mails.
            hide_parameters=True,
            isolation_level="AUTOCOMMIT",
        )
        self._sessions = async_sessionmaker(
            expire_on_commit=False, sync_session_class=StandingSession
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
        async with self._turn(_sort(sort, tenant), tenant), self._begun(sort, tenant) as tx:
            token = _current.set(tx)
            try:
                yield tx
                if isinstance(tx, Tx) and tx.store_jobs is not None:
                    await tx.store_jobs(tx)
            finally:
                tx.open = False
                _current.reset(token)
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

    @asynccontextmanager
    async def _begun(self, sort: type[AnyTx], tenant: UUID | None) -> AsyncIterator[AnyTx]:
        """A transaction on a connection of the pool, committed when the block ends well."""
        if not isinstance(tenant, UUID | None):  # it stands in the statement as it is
            raise TypeError("a tenant is named by its UUID")
        opening = BEGIN if sort is Tx else BEGIN_TO_READ
        connection, raw = await self._begin(opening.format(tenant or ""))
        tx = sort(connection=connection, raw=raw, tenant=tenant, sessions=self._sessions)
        try:
            yield tx
            await _commit(tx)
        except BaseException:
            # Whoever is cancelled here leaves a clean connection behind all the same.
            await asyncio.shield(_roll_back(tx))
            raise
        # Given back without a word to the server: nothing to wait for, nothing to be cancelled in.
        await connection.close()

    async def _begin(self, opening: str) -> tuple[AsyncConnection, asyncpg.Connection]:
        """Begin with naming the tenant. Nothing has happened yet, so when the connection turns out
        to be lost (a restarted server), it is done once more on a new one, and nobody sees an
        error. SQLAlchemy's pre_ping gives the same for three round trips on every transaction."""
        try:
            return await self._begin_once(opening)
        except Exception as error:
            if not is_disconnect(error):
                raise
            metrics.RECONNECTS.inc()
            await self.engine.dispose()  # the pool's other connections are gone as well
            return await self._begin_once(opening)

    async def _begin_once(self, opening: str) -> tuple[AsyncConnection, asyncpg.Connection]:
        connection = await self.engine.connect()
        try:
            raw = (await connection.get_raw_connection()).driver_connection
            await cast("asyncpg.Connection", raw).execute(opening)
        except BaseException:
            # Nobody knows how far it came.
            await asyncio.shield(_drop(connection))
            raise
        return connection, cast("asyncpg.Connection", raw)

    async def close(self) -> None:
        await self.engine.dispose()


async def _commit(tx: ReadTx) -> None:
    """Raises when the server rolled back instead: somebody went on after a failed statement."""
    session = tx.begun_session
    if session is not None:
        await session.commit()  # flushes; the word itself is ours
        session.sync_session.close()
    if await tx.raw.execute(COMMIT) != "COMMIT":
        raise RuntimeError("the transaction had failed before its commit, nothing was kept")


async def _roll_back(tx: ReadTx) -> None:
    """Undo and give the connection back, or drop it where the server can't be told."""
    try:
        if tx.begun_session is not None:
            await tx.begun_session.close()
        if tx.raw.is_in_transaction():
            await tx.raw.execute(ROLLBACK)
    except Exception:  # noqa: BLE001 - the error that led here is the one to be told
        await _drop(tx.connection)
        return
    if tx.raw.is_closed():
        await _drop(tx.connection)
    else:
        await tx.connection.close()


async def _drop(connection: AsyncConnection) -> None:
    """Close it for good: it goes to nobody else."""
    await connection.invalidate()
    await connection.close()


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
    if isinstance(error, EmulatedDBAPIException):
        # What went wrong while connecting comes wrapped once more.
        return is_disconnect(error.orig or ValueError())
    if isinstance(error, FileNotFoundError):
        # The socket of a server on this machine, while it restarts; a file of ours has a name.
        return error.filename is None
    return isinstance(
        error,
        asyncpg.PostgresConnectionError
        | asyncpg.CannotConnectNowError
        | asyncpg.AdminShutdownError
        | asyncpg.InterfaceError
        | asyncpg.InternalClientError  # of a connection whose answer broke off in the middle
        | ConnectionError,
    )
