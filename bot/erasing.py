"""`understudy erase`: somebody, or a whole workspace. Without `--yes` it only says what it would
do."""

import argparse
import asyncio
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from bot.commanding import carried_out
from bot.erasure_book import ErasureBook
from services.errors import Conflict, InvalidInput

if TYPE_CHECKING:
    from bot.config import Settings
    from bot.wiring import Runtime
    from services.privacy.erasing import Plan

PATIENCE, LOOK = 60, 1.0
"""Looks, a minute, that a workspace's last mails and grants are waited for."""
ONLY_SAID = "Nothing was changed. The same with --yes does it."
NO_OWNER = (
    "Only the tables' owner may delete an audit: set DATABASE_OWNER_URL for this command. What "
    "could leave has been stopped, and nothing was deleted."
)
WAS_ERASED = (
    "This workspace was erased as a whole before the restore. Do it again: "
    "understudy erase --workspace T… --everything --yes"
)
Write = Callable[[str], Any]


def add_parser(
    subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str = "erase"
) -> None:
    parser = subparsers.add_parser(
        name,
        help="erase somebody, or a whole workspace",
        description="Erases for good. Without --yes it only says what would go.",
    )
    who = parser.add_mutually_exclusive_group(required=True)
    who.add_argument("--contact", metavar="EMAIL", help="somebody outside")
    who.add_argument("--member", metavar="EMAIL", help="a member who has left")
    who.add_argument("--everything", action="store_true", help="the workspace as a whole")
    who.add_argument("--lift", metavar="EMAIL", help="may be learned of again, of their own will")
    who.add_argument("--replay", action="store_true", help="after a restore: erase them again")
    who.add_argument("--list", action="store_true", help="every erasure and how far it is")
    parser.add_argument("--workspace", help="Slack team id; the only one is the default")
    parser.add_argument("--yes", action="store_true", help="do it")


def run(args: argparse.Namespace) -> int:
    return carried_out("erase", lambda settings: _run(settings, args))


async def _run(settings: "Settings", args: argparse.Namespace) -> int:
    from bot.processes import runtime, stores  # noqa: PLC0415 - see run
    from bot.workspaces import choose_workspace  # noqa: PLC0415 - see run

    async with stores(settings) as ready, runtime(settings, ready) as built:
        if args.everything and args.workspace is None:
            raise InvalidInput("Name the workspace: --workspace T… --everything")
        tenant_id = await choose_workspace(built, args.workspace)
        if args.everything:
            return await erase_workspace(built, tenant_id, ready.owner_url, args, say)
        return await erase_person(built, tenant_id, args, say)


def say(line: str) -> None:
    sys.stdout.write(line + "\n")


async def erase_person(
    built: "Runtime", tenant_id: UUID, args: argparse.Namespace, write: Write
) -> int:
    erasing = built.services.privacy.erasing
    if args.list:
        for view in await erasing.list_all(tenant_id):
            write(f"{view.id}  {view.kind}  {view.status}  {_counts(view.waiting or view.counts)}")
        return 0
    if args.lift:
        lifted = await erasing.lift(tenant_id, args.lift)
        write("They may be learned of again." if lifted else "Nobody with this address was erased.")
        return 0
    if args.replay:
        book = book_of(built)
        if str(tenant_id) in {line["tenant"] for line in book.workspaces()}:
            raise Conflict(WAS_ERASED)
        begun = await erasing.replay(tenant_id, book.lines(tenant_id))
        write(f"{len(begun)} erased again" if begun else "Nobody in the ledger is there.")
        for one in begun:
            await erasing.run(tenant_id, one)
        return 0
    kind, email = ("contact", args.contact) if args.contact else ("member", args.member)
    plan = await erasing.plan(tenant_id, kind, email)
    for line in plan_lines(plan):
        write(line)
    if not args.yes:
        write(ONLY_SAID)
        return 0
    view = await erasing.ask(tenant_id, kind, email)
    await erasing.run(tenant_id, view.id)
    now = next(one for one in await erasing.list_all(tenant_id) if one.id == view.id)
    if now.status == "done":
        write(f"Erased: {_counts(now.counts)}")
    else:
        write(f"Begun ({view.id}). A worker goes on when others are done: {_counts(now.waiting)}")
    return 0


def plan_lines(plan: "Plan") -> list[str]:
    """What a person reads before they say yes."""
    if not plan.known:
        return [f"Nothing is held about {plan.email}. Erasing it all the same keeps it so."]
    names = f" ({', '.join(plan.names)})" if plan.names else ""
    many = "1,000 or more" if plan.mails >= 1_000 else str(plan.mails)  # noqa: PLR2004 - db's limit
    lines = [f"{plan.email}{names}", f"  mails they wrote or got: {many}"]
    lines += [f"  rows of {table} that name them: {n}" for table, n in sorted(plan.traces.items())]
    return [*lines, "  what the audit tells of them can't be read any more; its chain stays whole"]


async def erase_workspace(
    built: "Runtime",
    tenant_id: UUID,
    owner_url: str | None,
    args: argparse.Namespace,
    write: Write,
) -> int:
    from db.session import Database  # noqa: PLC0415 - see run

    whole = built.services.privacy.whole
    plan = await whole.plan(tenant_id)
    write(f"{plan.name}: {_counts(plan.rows)}")
    if not args.yes:
        write(ONLY_SAID)
        return 0
    waiting = await whole.quiet(tenant_id)
    if owner_url is None:
        raise Conflict(NO_OWNER)
    for _ in range(PATIENCE):
        if not waiting:
            break
        await asyncio.sleep(LOOK)
        waiting = await whole.quiet(tenant_id)
    if waiting.get("sending"):
        raise Conflict(f"Mails are still leaving ({waiting['sending']}). Try again in a minute.")
    owner = Database(owner_url, pool_size=1)
    try:
        counts = await whole.drop(owner, tenant_id)
    finally:
        await owner.close()
    line = {"workspace": args.workspace, "tenant": str(tenant_id), "rows": sum(counts.values())}
    book_of(built).note_workspace(line | {"at": built.clock.now().isoformat()})
    _drop_files(built.settings.data_dir, tenant_id)
    write(f"Erased: {sum(counts.values())} rows. Take the app out of Slack there as well.")
    if waiting.get("revoking"):
        write(f"{waiting['revoking']} grants are still to be taken back in Google's own pages.")
    return 0


def book_of(built: "Runtime") -> ErasureBook:
    return ErasureBook(built.settings.data_dir / "erasures")


def _drop_files(data_dir: Path, tenant_id: UUID) -> None:
    """What lies outside the database. The ledger stays: it names nobody."""
    (data_dir / "anchors" / f"{tenant_id}.jsonl").unlink(missing_ok=True)


def _counts(found: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {number}" for name, number in sorted(found.items())) or "nothing"
