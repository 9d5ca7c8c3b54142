"""`understudy doctor`: what is wrong, and what to do about it."""

import argparse
import asyncio
import sys
from collections.abc import AsyncIterator, Mapping
from datetime import datetime, timedelta
from uuid import UUID

import asyncpg
from sqlalchemy.exc import SQLAlchemyError

from bot.config import Settings, load_settings
from bot.doctor_approvals import approval_lines
from bot.doctor_search import search_lines, store_line
from bot.doctor_signals import scan_line
from bot.logs import set_up_logs
from bot.processes import StartupError, check_settings, runtime
from bot.wiring import Runtime
from bot.wiring_mail_decisions import public_url
from db import actions, jobs, overviews, tenants
from db.models.mailboxes import Mailbox
from services.errors import ServiceError

QUIET_TOO_LONG = timedelta(minutes=15)
GOOD, NOTE, BAD = "ok", "note", "BAD"


def add_parser(
    subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str
) -> None:
    subparsers.add_parser(name, help="say what is wrong and what to do")


def run(args: argparse.Namespace) -> int:  # noqa: ARG001 - every command has the same face
    settings = load_settings()
    set_up_logs("ERROR")
    return asyncio.run(_run(settings))


async def _run(settings: Settings) -> int:
    """A line per check; 0 when all is well."""
    bad = False
    try:
        check_settings(settings, frozenset({"web"}))
        _say(GOOD, "settings")
    except StartupError as error:
        bad = True
        _say(BAD, f"settings: {error}")
    try:
        async with runtime(settings) as built:
            _say(NOTE, _install_line(settings))
            _say(GOOD, "database: reachable, migrated, role without power over tenancy")
            async for well, line in _tenants(built):
                bad = bad or not well
                _say(GOOD if well else BAD, line)
            async for serious, line in _approvals(built):
                bad = bad or serious
                _say(BAD if serious else NOTE, line)
            async for serious, line in _search(built):
                bad = bad or serious
                _say(BAD if serious else NOTE, line)
    except (StartupError, ServiceError, SQLAlchemyError, asyncpg.PostgresError, OSError) as error:
        bad = True
        _say(BAD, f"database: {error}")
    return 1 if bad else 0


async def _tenants(built: Runtime) -> AsyncIterator[tuple[bool, str]]:
    workspaces = await built.services.tenants.list_all()
    if not workspaces:
        yield (
            False,
            (
                "no workspace yet: start understudy run, then open /slack/install, or set "
                "SLACK_BOT_TOKEN before"
            ),
        )
    for team, tenant_id in workspaces:
        async for well, line in _tenant(built, tenant_id):
            yield well, f"{team}: {line}"
    async with built.database.directory() as tx:
        held = await jobs.held(tx)
    for line in _held(held):
        yield False, line


async def _approvals(built: Runtime) -> AsyncIterator[tuple[bool, str]]:
    for team, tenant_id in await built.services.tenants.list_all():
        for serious, line in await approval_lines(built, tenant_id):
            yield serious, f"{team}: {line}"


async def _search(built: Runtime) -> AsyncIterator[tuple[bool, str]]:
    yield store_line(built.settings)
    for team, tenant_id in await built.services.tenants.list_all():
        for serious, line in await search_lines(built, tenant_id):
            yield serious, f"{team}: {line}"


def _may_renew(settings: Settings) -> bool:
    return bool(settings.slack_client_id) and settings.slack_client_secret is not None


def _install_line(settings: Settings) -> str:
    """Where workspaces are added, or what is missing for it."""
    url = public_url(settings)
    if not _may_renew(settings):
        return "adding workspaces: set SLACK_CLIENT_ID and SLACK_CLIENT_SECRET for /slack/install"
    return f"adding workspaces: {url}/slack/install" if url else "adding workspaces: set PUBLIC_URL"


async def _slack(built: Runtime, tenant_id: UUID) -> tuple[bool, str]:
    """Paused is told before Slack is asked: asking would only be refused again."""
    async with built.database.read(tenant_id) as tx:
        tenant = await tenants.get_tenant(tx)
        held = len(await actions.list_open_effects(tx))
    if tenant is not None and tenant.paused_at is not None:
        return False, (
            f"paused since {tenant.paused_at:%Y-%m-%d %H:%M} UTC: {tenant.paused_why}; "
            f"{held} sends wait. Connect it again at /slack/install, or start with a new "
            "SLACK_BOT_TOKEN"
        )
    if tenant is not None and tenant.bot_grant is not None and not _may_renew(built.settings):
        return False, (
            "its Slack token ends within half a day and can't be renewed: "
            "set SLACK_CLIENT_ID and SLACK_CLIENT_SECRET"
        )
    try:
        found = await (await built.chats.of(tenant_id)).team()
    except ServiceError as error:
        return False, f"Slack: {error}"
    return True, f"Slack answers for {found.name}"


async def _tenant(built: Runtime, tenant_id: UUID) -> AsyncIterator[tuple[bool, str]]:
    yield await _slack(built, tenant_id)
    now = built.clock.now()
    async with built.database.read(tenant_id) as tx:
        mailboxes = await overviews.list_mailboxes(tx)
        held = await jobs.held(tx)
        stopped = await actions.kill_switch_engaged(tx)
    if not mailboxes:
        yield False, "no mailbox: connect one in App Home, or with understudy mailbox add EMAIL"
    for box in mailboxes:
        late = box.synced_at is None or now - box.synced_at > QUIET_TOO_LONG
        if box.status == "disconnected":
            continue
        if box.status != "connected":
            yield (
                False,
                (
                    f"{box.address}: {box.status}; connect it again in App Home, or with "
                    f"understudy mailbox add{_because(box.reconnect_reason)}"
                ),
            )
        elif late:
            yield False, f"{box.address}: not read for a while; is understudy run or worker up?"
        else:
            yield True, f"{box.address}: read lately"
        for line in _pushes(box, now, pushes=built.settings.gmail_topic is not None):
            yield False, f"{box.address}: {line}"
    for line in _held(held):
        yield False, line
    yield await scan_line(built, tenant_id)
    if stopped:
        yield False, "the kill switch is on: nothing leaves"


def _held(held: Mapping[str, int]) -> list[str]:
    return [
        f"{count} held {kind} jobs: their last tries failed, see the worker's log"
        for kind, count in held.items()
    ]


def _pushes(box: Mailbox, now: datetime, *, pushes: bool) -> list[str]:
    """What keeps Gmail from telling of new mail; the poll brings it all the same."""
    if not pushes or box.status != "connected":
        return []
    trouble = []
    if box.watch_trouble:
        trouble.append(box.watch_trouble)
    if box.watch_expires_at is not None and box.watch_expires_at < now:
        trouble.append("Gmail's watch has ended; pushes are off, polling goes on")
    if box.push_silent_since is not None:
        trouble.append(
            "mail comes that no push told of; look at the Pub/Sub subscription: where does it "
            "push to, and what is it answered? Polling goes on"
        )
    return trouble


def _because(reason: str | None) -> str:
    return f" ({reason.rstrip('.')})" if reason else ""


def _say(mark: str, line: str) -> None:
    sys.stdout.write(f"{mark:<5}{line}\n")
