"""Starting and stopping: web, worker, scheduler, or all three in one process."""

import asyncio
import gc
import platform
import signal
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, nullcontext
from dataclasses import dataclass
from typing import Any

import asyncpg
import structlog
from aiohttp import web
from sqlalchemy.exc import SQLAlchemyError

from bot.config import Settings
from bot.embedded import embedded_postgres, prepare
from bot.keys import load_vault
from bot.migrate import SchemaState, migrate, schema_state
from bot.ops import ops_door
from bot.scheduler import Scheduler
from bot.slack_app import start_socket_mode
from bot.telemetry import traced
from bot.version import own_version
from bot.wiring import Runtime, build
from bot.worker import Worker
from db.metrics import LIMIT
from db.session import is_disconnect
from services.errors import Forbidden, ServiceError, TransientError
from services.metrics import BUILD, ROLE

log = structlog.get_logger()

WEB, WORKER, SCHEDULER = "web", "worker", "scheduler"
ALL = frozenset({WEB, WORKER, SCHEDULER})
DRAIN_SECONDS = 25
PAUSES = (0.5, 1, 2, 4, 4, 4)
"""Seconds between looks for a database that is away at the start."""
AWAY = (OSError, TimeoutError, asyncpg.CannotConnectNowError, asyncpg.PostgresConnectionError)
VISIT_SECONDS = 60


class StartupError(Exception):
    """The process can't start as configured; the message says what to change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stores:
    """Where the data are: the runtime's database address and the owner's, if we have it."""

    runtime_url: str
    owner_url: str | None


@asynccontextmanager
async def stores(settings: Settings) -> AsyncIterator[Stores]:
    """A migrated database: the embedded one, brought up to date here, or the named one, which has
    to be up to date already, or newer in a way this code can live with."""
    if settings.database_url is not None:
        refuse_other_tables(await schema_state(settings.database_url))
        yield Stores(runtime_url=settings.database_url, owner_url=settings.database_owner_url)
        return
    with embedded_postgres(settings.data_dir) as embedded:
        await prepare(embedded)
        found = await schema_state(embedded.owner_url)
        if found is SchemaState.BEHIND:
            await migrate(embedded.owner_url)
        else:
            refuse_other_tables(found)
        yield Stores(runtime_url=embedded.runtime_url, owner_url=embedded.owner_url)


def refuse_other_tables(found: SchemaState) -> None:
    """Tables this code would fail on stop the start; newer ones that it can live with are a
    rolling upgrade under way."""
    if found is SchemaState.BEHIND:
        raise StartupError("The database is behind its migrations. Run: understudy migrate")
    if found is SchemaState.TOO_FAR_AHEAD:
        raise StartupError(
            "The database was migrated by a newer release that this one can't share it with. "
            "Start that release, or restore the backup taken before its migration."
        )
    if found is SchemaState.AHEAD:
        log.warning("the database is newer than this release: an upgrade is under way")


async def database_answers(settings: Settings, pauses: Sequence[float] = PAUSES) -> None:
    """Wait for a named database that is being restarted, or started beside us; not for ever, so
    that a wrong address is told. Raises StartupError."""
    if settings.database_url is None:
        return
    left = list(pauses)
    while True:
        try:
            connection = await asyncpg.connect(settings.database_url, timeout=10)
        except AWAY as error:
            if not left:
                raise StartupError(f"The database doesn't answer: {error}") from None
            log.warning("the database does not answer yet, trying again", reason=str(error))
            await asyncio.sleep(left.pop(0))
        else:
            await connection.close()
            return


async def refuse_powerful_role(url: str) -> None:
    """A role that passes row-level security would make tenancy a matter of luck."""
    connection = await asyncpg.connect(url)
    try:
        powerful = await connection.fetchval(
            # Whatever it may become counts: membership is one SET ROLE away.
            "select exists (select from pg_roles where (rolsuper or rolbypassrls) "
            "and pg_has_role(current_user, oid, 'member')) or exists (select from pg_tables "
            "where schemaname = 'public' and pg_has_role(current_user, tableowner, 'member'))"
        )
    finally:
        await connection.close()
    if powerful:
        raise StartupError(
            "DATABASE_URL is, or may become, a superuser, a role with BYPASSRLS or the tables' "
            "owner. "
            "Use a login that only belongs to understudy_app."
        )


def check_settings(settings: Settings, roles: frozenset[str]) -> None:
    """What would only fail later, or be unsafe, is said at the start."""
    if WEB in roles and settings.slack_signing_secret is None and settings.slack_app_token is None:
        raise StartupError("Set SLACK_SIGNING_SECRET (or SLACK_APP_TOKEN for Socket Mode).")
    secret = settings.slack_signing_secret
    if WEB in roles and secret is not None and not secret.get_secret_value().strip():
        raise StartupError("SLACK_SIGNING_SECRET is empty: anyone could forge Slack's requests.")
    if settings.production and settings.gmail_push_audience is None and WEB in roles:
        raise StartupError(
            "In production (PUBLIC_URL is https) GMAIL_PUSH_AUDIENCE must be set: "
            "otherwise anyone could push."
        )
    if roles == {WORKER} and settings.qdrant_url is None:
        log.warning(
            "QDRANT_URL is not set: vectors are kept here, so this has to be the one worker"
        )
    if settings.gmail_push_audience is not None and settings.gmail_push_service_account is None:
        log.warning("GMAIL_PUSH_SERVICE_ACCOUNT is not set: any Google account may push")


@asynccontextmanager
async def runtime(settings: Settings, known: Stores | None = None) -> AsyncIterator[Runtime]:
    """A built runtime over a ready database, for the processes and for every other command. Whoever
    needs the database's addresses themselves gives what `stores` told them."""
    async with stores(settings) if known is None else nullcontext(known) as ready:
        await refuse_powerful_role(ready.runtime_url)
        built = await build(settings, database_url=ready.runtime_url, vault=load_vault(settings))
        try:
            await built.clock.follow(built.database)
            yield built
        finally:
            await built.close()


async def connect_workspace(built: Runtime) -> None:
    """Make the tenant of SLACK_BOT_TOKEN from `auth.test`, and wait for Slack as long as needed.
    Where workspaces come by installing, one bad token doesn't keep the others waiting."""
    token = built.settings.slack_bot_token
    if token is None:
        if not await built.services.tenants.list_all():
            log.info("no workspace yet: add one at /slack/install, or set SLACK_BOT_TOKEN")
        return
    gateway = built.chats.with_token(token.get_secret_value())
    team = None
    while team is None:
        try:
            team = await gateway.team()
        except TransientError as error:
            log.warning("Slack does not answer yet, trying again", reason=str(error))
            await asyncio.sleep(2)
        except Forbidden as error:
            if built.services.installs.gateway is None:
                raise
            log.warning("SLACK_BOT_TOKEN is not used", reason=str(error))
            return
    tenant_id = await built.services.tenants.ensure_from_slack(team, token.get_secret_value())
    await built.services.digests.arm(tenant_id)
    log.info("workspace connected", team=team.team_id, tenant_id=str(tenant_id))


async def serve(settings: Settings, roles: frozenset[str] = ALL) -> None:
    """Run until SIGINT or SIGTERM; then finish what has begun and leave."""
    check_settings(settings, roles)
    await database_answers(settings)
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopping.set)
    async with AsyncExitStack() as stack:
        stack.enter_context(traced(settings))
        built = await stack.enter_async_context(runtime(settings))
        await stack.enter_async_context(_probed(built, roles))
        await connect_workspace(built)
        stopped = asyncio.create_task(stopping.wait())
        following = asyncio.create_task(built.clock.keep_following(built.database))
        stack.callback(following.cancel)
        watched: set[asyncio.Task[Any]] = {stopped, following}
        if WORKER in roles:
            watched.add(await stack.enter_async_context(_working(built)))
        if SCHEDULER in roles:
            scheduler = Scheduler(
                built.database, built.clock, poll_seconds=settings.gmail_poll_seconds
            )
            await scheduler.start()
            stack.callback(scheduler.stop)
            built.health.checks[SCHEDULER] = scheduler.trouble
            await stack.enter_async_context(_visiting(built))
        if WEB in roles:
            await stack.enter_async_context(_listening(built))
        # What stands now stays: one look at all of it in the middle of somebody's click cost that
        # click, and the thirty beside it, 150 ms (the slowest of a hundred: 225 ms against 85).
        gc.collect()
        gc.freeze()
        built.health.checks.pop("start", None)
        log.info("ready", roles=sorted(roles), host=settings.host, port=settings.port)
        # A loop that ends by itself takes the process along: better restarted than half alive.
        done, _ = await asyncio.wait(watched, return_when=asyncio.FIRST_COMPLETED)
        stopped.cancel()
        for task in done:
            if task is not stopped:
                task.result()
        log.info("stopping")


@asynccontextmanager
async def _working(built: Runtime) -> AsyncIterator[asyncio.Task[None]]:
    """The job loop beside the rest. On leaving, jobs that run are finished and none is begun."""
    worker = Worker(built.database_url, built.jobs)
    built.health.checks[WORKER] = worker.trouble
    task = asyncio.create_task(worker.run())
    warm: Any = getattr(built.model, "warm", None)
    warming = asyncio.create_task(warm()) if warm is not None else None
    try:
        yield task
    finally:
        worker.stop()
        if warming is not None:
            warming.cancel()
        try:
            await asyncio.wait_for(task, DRAIN_SECONDS)
        except TimeoutError:
            log.warning("jobs did not finish in time; they will be taken up again")


@asynccontextmanager
async def _probed(built: Runtime, roles: frozenset[str]) -> AsyncIterator[None]:
    """What this process is, for the metrics; and the port they are told on, where one is named.
    It opens first: a start that waits for Slack is alive, and not ready."""
    settings = built.settings
    BUILD.labels(own_version(), platform.python_version()).set(1)
    LIMIT.set(built.database.pool_size)
    for role in ALL:
        ROLE.labels(role).set(role in roles)
    built.health.checks["start"] = _starting
    if settings.metrics_port is None:
        yield
        return
    door = ops_door(settings.host, settings.metrics_port, built.health, built.figures.text)
    async with AsyncExitStack() as stack:
        try:
            await stack.enter_async_context(door)
        except OSError as error:
            raise StartupError(
                f"METRICS_PORT {settings.metrics_port} on {settings.host} is taken: "
                f"{error.strerror}."
            ) from error
        yield


async def _starting() -> str | None:
    return "still starting"


@asynccontextmanager
async def _visiting(built: Runtime) -> AsyncIterator[None]:
    """The scheduler's look at how all workspaces stand, once a minute."""

    async def look() -> None:
        while True:
            try:
                await built.figures.visit()
            except (SQLAlchemyError, OSError) as error:
                log.warning("the workspaces could not be looked at", error=str(error))
            await asyncio.sleep(VISIT_SECONDS)

    task = asyncio.create_task(look())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait({task})


@asynccontextmanager
async def _listening(built: Runtime) -> AsyncIterator[None]:
    """The HTTP door; on leaving, requests in flight are answered first."""
    settings = built.settings
    runner = web.AppRunner(built.web, access_log=None, shutdown_timeout=DRAIN_SECONDS)
    await runner.setup()
    try:
        await web.TCPSite(runner, settings.host, settings.port, reuse_address=True).start()
    except OSError as error:
        await runner.cleanup()
        raise StartupError(
            f"Port {settings.port} on {settings.host} is taken: {error.strerror}."
        ) from error
    socket = None
    if settings.slack_app_token is not None and built.slack is not None:
        socket = await start_socket_mode(built.slack, settings.slack_app_token.get_secret_value())
    try:
        yield
    finally:
        if socket is not None:
            await socket.close_async()  # type: ignore[no-untyped-call] # the library's own gap
        await runner.cleanup()


async def try_serving(settings: Settings, roles: frozenset[str] = ALL) -> int:
    """`serve` for the command line: a clear sentence instead of a traceback."""
    try:
        await serve(settings, roles)
    except (StartupError, ServiceError) as error:
        log.error("could not start", reason=str(error))  # noqa: TRY400 - a sentence, no traceback
        return 2
    except Exception as error:
        if not is_disconnect(error):
            raise
        log.error("the database went away", reason=str(error))  # noqa: TRY400 - nothing of ours
        return 2
    return 0
