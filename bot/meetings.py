"""`understudy import-meeting FILE… --account NAME`: transcripts of meetings from .vtt and .txt
files."""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

from bot.commanding import FAILED, carried_out
from bot.config import Settings
from bot.processes import runtime
from bot.workspaces import choose_workspace
from services.errors import InvalidInput, ServiceError
from services.meetings.transcript_text import LARGEST
from services.meetings.transcripts import TranscriptFile, TranscriptService


def add_parser(
    subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str
) -> None:
    parser = subparsers.add_parser(
        name,
        help="read transcripts of meetings with an account",
        description="Takes .vtt and .txt files as Zoom, Teams and Meet write them. The same file "
        "twice changes nothing. A transcript goes with the account's meeting of that day, if there "
        "is one, else it is a meeting of its own.",
    )
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    parser.add_argument("--account", required=True, help="the account's name or mail domain")
    parser.add_argument("--title", default="", help="what the meeting was called")
    parser.add_argument(
        "--at",
        default="",
        metavar="TIME",
        help="when it was held: 2026-12-01 or 2026-12-01 15:00 (else what the file's name says, "
        "else today)",
    )
    parser.add_argument("--timezone", default="UTC", help="whose clock --at is by; UTC if not said")
    parser.add_argument("--deal", default="", help="the deal it was about, if not the open one")
    parser.add_argument("--workspace", help="Slack team id; the only one is the default")


async def import_files(
    files: Sequence[Path],
    args: argparse.Namespace,
    *,
    tenant_id: UUID,
    transcripts: TranscriptService,
    write: Callable[[str], object],
) -> int:
    """Exit status: 0 when every file was taken (or was before), 2 when one was not."""
    failed = False
    for path in files:
        try:
            file = TranscriptFile(
                name=path.name,
                data=_read(path),
                title=args.title,
                at=args.at,
                deal=args.deal,
                timezone=args.timezone,
            )
            write((await transcripts.import_named(tenant_id, args.account, file)).told)
        except OSError as error:
            failed = True
            write(f"{path}: can't be read ({error.strerror or type(error).__name__}).")
        except ServiceError as error:
            failed = True
            write(f"{path}: nothing taken in. {error}")
    return FAILED if failed else 0


def run(args: argparse.Namespace) -> int:
    return carried_out("import-meeting", lambda settings: _run(settings, args))


async def _run(settings: Settings, args: argparse.Namespace) -> int:
    try:
        ZoneInfo(args.timezone)
    except (KeyError, ValueError, OSError):
        raise InvalidInput(f"{args.timezone} is no time zone. For example: Europe/Vienna") from None
    async with runtime(settings) as built:
        return await import_files(
            args.files,
            args,
            tenant_id=await choose_workspace(built, args.workspace),
            transcripts=built.services.sources.transcripts,
            write=lambda line: sys.stdout.write(line + "\n"),
        )


def _read(path: Path) -> bytes:
    with path.open("rb") as stream:
        # One byte over the limit is enough to be refused, and memory stays bounded.
        return stream.read(LARGEST + 1)
