"""`understudy seed FILE…`: members, accounts, contacts and deals from CSV files."""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from uuid import UUID

from bot.commanding import FAILED, carried_out
from bot.config import Settings
from bot.processes import runtime
from bot.workspaces import choose_workspace
from services.digests import DigestService
from services.seed_files import MAX_BYTES, SeedFile
from services.seeding import FileReport, SeedService
from services.suppression import Suppression

SHOWN = 50


def add_parser(
    subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str = "seed"
) -> None:
    """The command's arguments."""
    parser = subparsers.add_parser(
        name,
        help="take in members, accounts, contacts and deals from CSV files",
        description="Takes members.csv, accounts.csv, contacts.csv and deals.csv, in any order. "
        "Running it twice changes nothing.",
    )
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    parser.add_argument("--workspace", help="Slack team id; the only one is the default")


async def seed_files(
    files: Sequence[Path],
    *,
    tenant_id: UUID,
    seeds: SeedService,
    digests: DigestService | None = None,
    write: Callable[[str], object],
) -> int:
    """Exit status: 0 when every file was read (rows left out are told), 2 when one was not."""
    found, failed = [], False
    for path in files:
        try:
            found.append(_open(path))
        except OSError as error:
            failed = True
            write(f"{path}: can't be read ({error.strerror or type(error).__name__}).")
    report = await seeds.seed(tenant_id, found)
    for file in report.files:
        for line in report_lines(file):
            write(line)
    if digests is not None:
        await digests.arm(tenant_id)
    return FAILED if failed or report.unreadable else 0


def run(args: argparse.Namespace) -> int:
    return carried_out("seed", lambda settings: _run(settings, args))


async def _run(settings: Settings, args: argparse.Namespace) -> int:
    async with runtime(settings) as built:
        tenant_id = await choose_workspace(built, args.workspace)
        return await seed_files(
            args.files,
            tenant_id=tenant_id,
            seeds=SeedService(
                db=built.database,
                clock=built.clock,
                ids=built.ids,
                audit=built.services.audit,
                farewell=built.services.rollout.members.farewell,
                erased=Suppression(built.services.audit.vault).among,
            ),
            digests=built.services.digests,
            write=lambda line: sys.stdout.write(line + "\n"),
        )


def _open(path: Path) -> SeedFile:
    with path.open("rb") as stream:
        # One byte over the limit is enough to be refused, and memory stays bounded.
        data = stream.read(MAX_BYTES + 1)
    return SeedFile(label=str(path), stem=path.stem, data=data)


def report_lines(file: FileReport) -> list[str]:
    """What a person reads about one file."""
    if file.error:
        return [f"{file.label}: nothing taken in. {file.error}"]
    counts = (
        f"{file.created} created, {file.updated} updated, "
        f"{file.unchanged} unchanged, {file.skipped} skipped"
    )
    lines = [f"{file.label}: {counts}"]
    lines += [f"{file.label}: {note}" for note in file.notes]
    lines += [f"{file.label}:{line}: {reason}" for line, reason in file.problems[:SHOWN]]
    if len(file.problems) > SHOWN:
        lines.append(f"{file.label}: and {len(file.problems) - SHOWN} more like these.")
    return lines
