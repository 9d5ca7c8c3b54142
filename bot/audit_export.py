"""`understudy audit export`: the audit's entries as CSV or JSON lines, streamed.

Every line carries the stored text and its link, so that whoever gets the file can recompute
hash = sha256(previous ‖ entry id ‖ stored text) without our database.
"""

import argparse
import csv
import json
import os
import sys
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any, TextIO
from uuid import UUID

from bot.config import Settings
from db.audit import ExportedEntry
from services.audit import AuditService
from services.csv_cells import cell
from services.errors import InvalidInput
from services.json_lines import json_line

COLUMNS = (
    "workspace",
    "sequence",
    "at",
    "actor",
    "verb",
    "subject",
    "facts",
    "entry_id",
    "previous",
    "hash",
    "stored",
)
ALL = "csv", "json"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--format", choices=ALL, default="csv", help="json: one object a line")
    parser.add_argument("--workspace", default=None, help="Slack team id; default: all")
    parser.add_argument("--since", type=since, default=None, help="day or moment (UTC), included")
    parser.add_argument("--until", type=until, default=None, help="day (included) or moment, UTC")
    parser.add_argument(
        "--verb",
        dest="verbs",
        action="append",
        default=[],
        metavar="VERB",
        help="only these, `approval.*` for all of a kind; may be given more than once",
    )
    parser.add_argument("--output", default=None, metavar="FILE", help="default: standard output")


def since(text: str) -> datetime:
    """A moment, or the beginning of a day."""
    day = _day(text)
    return datetime.combine(day, time(), UTC) if day else _moment(text)


def until(text: str) -> datetime:
    """A moment, or the end of a day."""
    day = _day(text)
    return datetime.combine(day + timedelta(days=1), time(), UTC) if day else _moment(text)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


def _moment(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{text!r} is no day or moment; write 2026-11-21 or 2026-11-21T09:30Z"
        ) from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


async def export(settings: Settings, args: argparse.Namespace) -> int:
    """Write what was asked for. A file appears only when it is whole."""
    from bot.processes import runtime  # noqa: PLC0415 - see bot.admin.run

    async with runtime(settings) as built:
        known = await built.services.tenants.list_all()
        if args.workspace is not None and args.workspace not in dict(known):
            names = ", ".join(dict(known)) or "none"
            raise InvalidInput(f"There is no workspace {args.workspace}. Known: {names}")
        chosen = [(team, one) for team, one in known if args.workspace in {None, team}]
        rows = _rows(built.services.audit, chosen, args)
        try:
            with file_or_output(args.output) as target:
                count = await write(rows, target, args.format)
        except BrokenPipeError:
            # `| head` has seen enough. What Python would still flush goes nowhere.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return 0
    if args.output is not None:
        sys.stderr.write(f"{count} entries written to {args.output}\n")
    return 0


async def _rows(
    audit: AuditService, chosen: list[tuple[str, Any]], args: argparse.Namespace
) -> AsyncIterator[dict[str, Any]]:
    for team, tenant_id in chosen:
        entries = audit.export(
            UUID(str(tenant_id)), since=args.since, until=args.until, verbs=args.verbs
        )
        async for entry in entries:
            facts = audit.facts(UUID(str(tenant_id)), entry.id, entry.body, entry.key)
            yield row(team, entry, facts)


def row(team: str, entry: ExportedEntry, facts: Mapping[str, Any]) -> dict[str, Any]:
    """One entry: readable, and with all that its link is made of. `stored` is what the link is made
    of: what it tells of somebody is sealed there, and stands in `facts` while its key exists."""
    stored = entry.body.decode("utf-8", "replace")
    told = json.loads(stored)
    link = entry.link
    return {
        "workspace": team,
        "sequence": link.sequence if link else None,
        "at": told.get("at", entry.at.isoformat()),
        "actor": told.get("actor"),
        "verb": entry.verb,
        "subject": str(entry.subject_id) if entry.subject_id else None,
        "facts": dict(facts),
        "entry_id": str(entry.id),
        "previous": link.previous.hex() if link else None,
        "hash": link.hash.hex() if link else None,
        "stored": stored,
    }


async def write(rows: AsyncIterator[dict[str, Any]], target: TextIO, form: str) -> int:
    """How many were written."""
    count = 0
    if form == "json":
        async for one in rows:
            target.write(json_line(one) + "\n")
            count += 1
        return count
    table = csv.writer(target, lineterminator="\r\n")
    table.writerow(COLUMNS)
    async for one in rows:
        table.writerow([cell(one[name], exact=name == "stored") for name in COLUMNS])
        count += 1
    return count


@contextmanager
def file_or_output(output: str | None) -> Iterator[TextIO]:
    if output is None:
        yield sys.stdout
        sys.stdout.flush()
        return
    path = Path(output)
    part = path.with_name(f"{path.name}.part")
    # What an audit holds is for its admins: nobody else on this machine reads the file.
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as target:
            yield target
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
