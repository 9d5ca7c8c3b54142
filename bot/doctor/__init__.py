"""`understudy doctor`: what is wrong, and what to do about it.

Exit code 0: nothing is; notes don't count. 1: something is. 2: it could not be looked at, because
of settings that can't be read or a database that can't be asked.
"""

import argparse
import asyncio
import sys
from collections.abc import Awaitable, Callable
from uuid import UUID

import asyncpg
import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot.config import Settings, load_settings
from bot.doctor.approvals import approval_lines
from bot.doctor.clocks import check_clocks
from bot.doctor.database import check_server, look_at_schema
from bot.doctor.findings import Finding, Level, as_json, bad, lines, ordered, sentence
from bot.doctor.keys import check_keys
from bot.doctor.machine import check_address, check_machine, settings_findings
from bot.doctor.mailboxes import check_mailboxes
from bot.doctor.models import check_models
from bot.doctor.search import search_lines
from bot.doctor.signals import scan_line
from bot.doctor.slack import check_slack
from bot.doctor.ward import Check, Ward, WorkspaceCheck
from bot.doctor.work import check_standing, check_work
from bot.keys import load_vault
from bot.logs import set_up_logs
from bot.processes import StartupError, runtime
from services.errors import ServiceError

log = structlog.get_logger(__name__)

WELL, WRONG, BLIND = 0, 1, 2
UNSEEN = (StartupError, ServiceError, SQLAlchemyError, asyncpg.PostgresError, OSError)


def add_parser(
    subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str
) -> None:
    parser = subparsers.add_parser(
        name,
        help="say what is wrong and what to do",
        epilog="exit code: 0 nothing is wrong, 1 something is, 2 it could not be looked at",
    )
    parser.add_argument("--json", action="store_true", help="the same for machines")


def run(args: argparse.Namespace) -> int:
    settings = load_settings()
    set_up_logs("ERROR")
    code, findings = asyncio.run(examine(settings))
    told = as_json(findings) if args.json else "\n".join(lines(findings))
    sys.stdout.write(f"{told}\n")
    return code


async def examine(settings: Settings) -> tuple[int, list[Finding]]:
    """The exit code and all findings, the worst first."""
    found = settings_findings(settings)
    try:
        if settings.database_url is not None:
            found += await look_at_schema(settings.database_url)
        async with runtime(settings) as built:
            ward = Ward(
                settings=settings,
                built=built,
                vault=load_vault(settings),
                workspaces=list(await built.services.tenants.list_all()),
            )
            found += await look(ward)
    except UNSEEN as error:
        named = settings.database_url is not None
        where = "DATABASE_URL" if named else "DATA_DIR and that its disk has room"
        trouble = str(error).strip() or type(error).__name__
        found.append(bad(f"database: {trouble}", f"check {where}; nothing else was looked at"))
        return BLIND, ordered(found)
    wrong = any(one.level is Level.BAD for one in found)
    return (WRONG if wrong else WELL), ordered(found)


CHECKS: tuple[Check, ...] = (check_machine, check_server, check_clocks, check_address, check_work)


async def look(ward: Ward) -> list[Finding]:
    """Every check; one that fails is a finding and keeps none of the others."""
    found = []
    if not ward.workspaces:
        found.append(
            bad(
                "no workspace yet",
                "start understudy run, then open /slack/install, or set SLACK_BOT_TOKEN before",
            )
        )
    for check in CHECKS:
        found += await _safely(_name(check), lambda check=check: check(ward))  # type: ignore[misc]
    for team, tenant_id in ward.workspaces:
        for one in OF_WORKSPACES:
            found += await _safely(
                _name(one),
                lambda one=one, team=team, tenant_id=tenant_id: one(ward, team, tenant_id),  # type: ignore[misc]
                team,
            )
    return found


async def _safely(
    name: str, check: Callable[[], Awaitable[list[Finding]]], team: str = ""
) -> list[Finding]:
    try:
        return await check()
    except Exception as error:  # noqa: BLE001 - the others are to be looked at all the same
        says = f"{name}: could not be looked at ({type(error).__name__})"
        return [bad(says, "run it again; if it stays, this is a fault of Understudy", team)]


def _name(check: Callable[..., object]) -> str:
    return check.__name__.removeprefix("check_")


# ── told in lines of their own ──────────────────────────────────────────────────────────────────
async def check_approvals(ward: Ward, team: str, tenant_id: UUID) -> list[Finding]:
    told = await approval_lines(ward.built, tenant_id)
    return [sentence(line, serious=serious, workspace=team) for serious, line in told]


async def check_search(ward: Ward, team: str, tenant_id: UUID) -> list[Finding]:
    told = await search_lines(ward.built, tenant_id)
    return [sentence(line, serious=serious, workspace=team) for serious, line in told]


async def check_signals(ward: Ward, team: str, tenant_id: UUID) -> list[Finding]:
    well, line = await scan_line(ward.built, tenant_id)
    if well:
        return [Finding(level=Level.OK, says=line, workspace=team)]
    remedy = "see that understudy run or worker is up, and its log for signals.scan"
    return [bad(line, remedy, team)]


OF_WORKSPACES: tuple[WorkspaceCheck, ...] = (
    check_slack,
    check_mailboxes,
    check_keys,
    check_standing,
    check_models,
    check_approvals,
    check_search,
    check_signals,
)
