"""`understudy retention show|set`: how long each sort of data is kept."""

import argparse
import sys
from typing import TYPE_CHECKING

from bot.commanding import carried_out

if TYPE_CHECKING:
    from bot.config import Settings
    from services.retention.running import KeptView


def add_parser(
    subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str = "retention"
) -> None:
    parser = subparsers.add_parser(name, help="show and set how long each sort of data is kept")
    verbs = parser.add_subparsers(dest="verb", required=True)
    show = verbs.add_parser("show", help="every sort, with its days, its bounds and why")
    change = verbs.add_parser("set", help="from the next day's look on")
    change.add_argument("sort", help="as `retention show` names it")
    change.add_argument("days", type=int, help="0: time alone takes nothing, where that is allowed")
    for verb in (show, change):
        verb.add_argument("--workspace", help="Slack team id; the only one is the default")


def run(args: argparse.Namespace) -> int:
    return carried_out("retention", lambda settings: _run(settings, args))


async def _run(settings: "Settings", args: argparse.Namespace) -> int:
    from bot.processes import runtime  # noqa: PLC0415 - see run
    from bot.workspaces import choose_workspace  # noqa: PLC0415 - see run

    async with runtime(settings) as built:
        tenant_id = await choose_workspace(built, args.workspace)
        retention = built.services.privacy.retention
        if args.verb == "set":
            await retention.set(tenant_id, args.sort, args.days)
        for view in await retention.show(tenant_id):
            if args.verb == "show" or view.name == args.sort:
                sys.stdout.write(line_of(view) + "\n")
    return 0


def line_of(view: "KeptView") -> str:
    kept = f"{view.days} days" if view.days else "for ever"
    return f"{view.name:15} {kept:>10}  ({view.least} to {view.most})  {view.what}: {view.why}"
