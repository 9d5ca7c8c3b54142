"""`understudy autonomy export`: what the copilot did, one row an action, as CSV or JSON lines,
streamed."""

import argparse
import asyncio
import os
import sys
from collections.abc import AsyncIterator, Sequence
from typing import Any, TextIO
from uuid import UUID

from bot.audit_export import ALL, file_or_output, since, until
from bot.config import Settings, load_settings
from bot.logs import set_up_logs
from db.autonomy_figures import Chosen
from services.autonomy.exporting import ExportService, head_line, line_of, values_of
from services.errors import InvalidInput
from services.types.actions import ActionType


def add_parser(
    subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str
) -> None:
    verbs = subparsers.add_parser(name).add_subparsers(dest="verb", required=True)
    parser = verbs.add_parser("export", help="write what the copilot did, one row an action")
    parser.add_argument("--format", choices=ALL, default="csv", help="json: one object a line")
    parser.add_argument("--workspace", default=None, help="Slack team id; default: all")
    parser.add_argument("--since", type=since, default=None, help="day or moment (UTC), included")
    parser.add_argument("--until", type=until, default=None, help="day (included) or moment, UTC")
    parser.add_argument(
        "--type",
        dest="types",
        action="append",
        default=[],
        choices=[one.value for one in ActionType],
        metavar="TYPE",
        help="only these, as send_follow_up_email; may be given more than once",
    )
    parser.add_argument("--output", default=None, metavar="FILE", help="default: standard output")


def run(args: argparse.Namespace) -> int:
    settings = load_settings()
    set_up_logs("WARNING")
    # Imported here: `--help` needs neither database nor Slack.
    from bot.processes import StartupError  # noqa: PLC0415
    from services.errors import ServiceError  # noqa: PLC0415

    try:
        return asyncio.run(export(settings, args))
    except (StartupError, ServiceError) as error:
        print(f"understudy autonomy: {error}", file=sys.stderr)  # noqa: T201 - for a person
        return 2


async def export(settings: Settings, args: argparse.Namespace) -> int:
    """Write what was asked for. A file appears only when it is whole."""
    from bot.processes import runtime  # noqa: PLC0415 - see run

    async with runtime(settings) as built:
        known = await built.services.tenants.list_all()
        if args.workspace is not None and args.workspace not in dict(known):
            names = ", ".join(dict(known)) or "none"
            raise InvalidInput(f"There is no workspace {args.workspace}. Known: {names}")
        chosen = Chosen(since=args.since, until=args.until, types=args.types)
        tenants = [(team, one) for team, one in known if args.workspace in {None, team}]
        rows = values(built.services.autonomy.export, tenants, chosen)
        try:
            with file_or_output(args.output) as target:
                count = await write(rows, target, args.format)
        except BrokenPipeError:
            # `| head` has seen enough. What Python would still flush goes nowhere.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return 0
    if args.output is not None:
        sys.stderr.write(f"{count} actions written to {args.output}\n")
    return 0


async def values(
    service: ExportService, tenants: Sequence[tuple[str, Any]], chosen: Chosen
) -> AsyncIterator[dict[str, Any]]:
    for team, tenant_id in tenants:
        async for row in service.rows(UUID(str(tenant_id)), chosen):
            yield values_of(team, row)


async def write(rows: AsyncIterator[dict[str, Any]], target: TextIO, form: str) -> int:
    """How many were written."""
    count = 0
    target.write(head_line(form))
    async for one in rows:
        target.write(line_of(one, form))
        count += 1
    return count
