"""`understudy jobs`: what is held after its last try, and what becomes of it once somebody looked.

Every job may be repeated: it looks at its rows first and does what is still to be done.
"""

import argparse
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from bot.commanding import carried_out
from db import jobs
from db.jobs import HeldJobs

if TYPE_CHECKING:
    from bot.config import Settings


def add_parser(
    subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str = "jobs"
) -> None:
    parser = subparsers.add_parser(name, help="list held jobs, try them again, or forget them")
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("held", help="what is held, by kind and workspace")
    retry = verbs.add_parser("retry", help="try held jobs again, once their cause is gone")
    retry.add_argument("kind", nargs="?", metavar="KIND", help="of this kind only")
    drop = verbs.add_parser("drop", help="forget held jobs; what is still wanted is found again")
    drop.add_argument("kind", metavar="KIND", help="as `jobs held` shows it")


def run(args: argparse.Namespace) -> int:
    return carried_out("jobs", lambda settings: _told(settings, args))


async def _told(settings: "Settings", args: argparse.Namespace) -> int:
    sys.stdout.write(f"{await _run(settings, args)}\n")
    return 0


async def _run(settings: "Settings", args: argparse.Namespace) -> str:
    from bot.processes import runtime  # noqa: PLC0415 - see above

    async with runtime(settings) as built:
        teams = {str(one): team for team, one in await built.services.tenants.list_all()}
        async with built.database.directory() as tx:
            if args.verb == "held":
                return held_words(await jobs.list_held(tx), teams)
            if args.verb == "retry":
                return f"{await jobs.retry_held(tx, args.kind)} jobs are tried again."
            return f"{await jobs.drop_held(tx, args.kind)} jobs are forgotten."


def held_words(held: Sequence[HeldJobs], teams: Mapping[str, str]) -> str:
    """A line a kind and workspace; of whom none is known, a dash."""
    lines = [
        f"{one.many:>5}  {one.kind:<24} {teams.get(one.tenant or '', '-'):<12} "
        f"since {one.since:%Y-%m-%d %H:%M} UTC"
        for one in held
    ]
    return "\n".join(lines) or "No job is held."
