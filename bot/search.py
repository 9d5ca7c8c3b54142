"""`understudy search rebuild`: make the index by meaning anew from what PostgreSQL holds."""

import argparse
import asyncio
import sys
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from bot.commanding import FAILED, carried_out

if TYPE_CHECKING:
    from rich.progress import Progress as Bar
    from rich.progress import TaskID

    from bot.config import Settings
    from bot.wiring import Runtime
    from services.search.indexing import IndexService

LOOK = 0.5
SKEW = timedelta(seconds=2)
"""Two processes' clocks are never quite one."""
PATIENCE = 240
"""Looks without any headway, two minutes, after which nobody seems to be at it."""
NOBODY = (
    "Nothing moves: the vectors are held by another process, and no worker takes the work up. Is "
    "understudy run or understudy worker up? What was begun is kept and goes on by itself."
)


def add_parser(
    subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str = "search"
) -> None:
    parser = subparsers.add_parser(name, help="make the index by meaning anew")
    verbs = parser.add_subparsers(dest="verb", required=True)
    rebuild = verbs.add_parser("rebuild", help="index every text anew from the database")
    rebuild.add_argument("--workspace", help="Slack team id; default: all")
    rebuild.add_argument(
        "--resume",
        action="store_true",
        help="go on where one was interrupted: only what is not indexed yet",
    )


def run(args: argparse.Namespace) -> int:
    return carried_out("search", lambda settings: _run(settings, args))


async def _run(settings: "Settings", args: argparse.Namespace) -> int:
    from bot.processes import runtime  # noqa: PLC0415 - see run
    from services.errors import InvalidInput  # noqa: PLC0415 - see run

    async with runtime(settings) as built:
        known = dict(await built.services.tenants.list_all())
        if args.workspace is not None and args.workspace not in known:
            raise InvalidInput(f"There is no workspace {args.workspace}. Known: {', '.join(known)}")
        whole = True
        for team, tenant_id in known.items():
            if args.workspace in (None, team):
                whole = await rebuild(built, team, tenant_id, resume=args.resume) and whole
    return 0 if whole else FAILED


async def rebuild(built: "Runtime", team: str, tenant_id: UUID, *, resume: bool) -> bool:
    """One workspace, with a bar. Begun by us where we may open the store, else by its worker."""
    from rich.console import Console  # noqa: PLC0415 - see run
    from rich.progress import Progress as Bar  # noqa: PLC0415 - see run

    from services.search.ports import StoreBusy  # noqa: PLC0415 - see run

    index = built.services.search.index
    with Bar(console=Console(stderr=True)) as bar:
        task = bar.add_task(team, total=None)
        try:
            if resume:
                await index.complete(tenant_id)
            else:
                await index.begin_rebuild(tenant_id)
            await _turns(index, tenant_id, bar, task)
        except StoreBusy:
            since = None
            if not resume:
                since = index.clock.now() - SKEW
                await index.ask_rebuild(tenant_id)
            if not await _watch(index, tenant_id, bar, task, since=since):
                sys.stderr.write(f"{team}: {NOBODY}\n")
                return False
    done = await index.progress(tenant_id)
    sys.stdout.write(f"{team}: {done.indexed:,} texts can be found by meaning\n")
    return True


async def _turns(index: "IndexService", tenant_id: UUID, bar: "Bar", task: "TaskID") -> None:
    """Until nothing waits. Another process may be at it too: texts are leased, none is done twice
    at a time."""
    while True:
        took = await index.turn(tenant_id)
        far = await index.progress(tenant_id)
        bar.update(task, total=max(far.total, 1), completed=far.indexed if far.total else 1)
        if not far.waiting:
            return
        if not took:
            await asyncio.sleep(LOOK)


async def _watch(
    index: "IndexService", tenant_id: UUID, bar: "Bar", task: "TaskID", *, since: datetime | None
) -> bool:
    """Tell how far the worker is. False when there is no headway."""
    still, last = 0, -1
    while still < PATIENCE:
        far = await index.progress(tenant_id, since)
        bar.update(task, total=max(far.total, 1), completed=far.indexed)
        if not far.waiting:
            return True
        still = still + 1 if far.waiting == last else 0
        last = far.waiting
        await asyncio.sleep(LOOK)
    return False
