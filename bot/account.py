"""`understudy account merge NAME --into NAME`, `split ID`, `merges`: accounts that become one, and
the way back."""

import argparse
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING
from uuid import UUID

from bot.commanding import carried_out
from services.errors import InvalidInput

if TYPE_CHECKING:
    from bot.config import Settings
    from services.account_moves import AccountMoveService, Merge

NONE = "No account was ever merged."
WORDS = {
    "account_owners": "owner",
    "accounts": "earlier part",
    "actions": "proposal",
    "agent_answers": "answer",
    "approval_requests": "approval request",
    "captures": "capture",
    "concessions": "concession",
    "contacts": "contact",
    "conversations": "conversation",
    "deals": "deal",
    "meetings": "meeting",
    "narrowings": "limit",
    "notes": "note",
    "outcome_credits": "credit",
    "outcomes": "prediction",
    "slack_threads": "Slack thread",
    "transcripts": "transcript",
    "triggers": "outreach reason",
}


def add_parser(
    subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str = "account"
) -> None:
    parser = subparsers.add_parser(
        name,
        help="make two accounts one, and take it back",
        description="A merge takes mail, deals, contacts and all else of one account along to "
        "another; a split gives back what is still there.",
    )
    verbs = parser.add_subparsers(dest="verb", required=True)
    merge = verbs.add_parser("merge", help="make an account part of another")
    merge.add_argument("source", metavar="NAME", help="the account that becomes part of another")
    merge.add_argument("--into", required=True, metavar="NAME", help="the account that stays")
    split = verbs.add_parser("split", help="take a merge back")
    split.add_argument("merge_id", metavar="MERGE_ID", help="as `account merges` lists it")
    listed = verbs.add_parser("merges", help="list every merge there was")
    for verb in (merge, split, listed):
        verb.add_argument("--workspace", help="Slack team id; the only one is the default")


def run(args: argparse.Namespace) -> int:
    return carried_out("account", lambda settings: _run(settings, args))


async def _run(settings: "Settings", args: argparse.Namespace) -> int:
    from bot.processes import runtime  # noqa: PLC0415 - see run
    from bot.workspaces import choose_workspace  # noqa: PLC0415 - see run

    async with runtime(settings) as built:
        await move(
            args,
            tenant_id=await choose_workspace(built, args.workspace),
            moves=built.services.moves,
            write=lambda line: sys.stdout.write(line + "\n"),
        )
    return 0


async def move(
    args: argparse.Namespace,
    *,
    tenant_id: UUID,
    moves: "AccountMoveService",
    write: Callable[[str], object],
) -> None:
    """One verb of the command. Raises ServiceError with what to tell."""
    if args.verb == "merges":
        for line in [merge_line(one) for one in await moves.list_all(tenant_id)] or [NONE]:
            write(line)
    elif args.verb == "split":
        write(split_words(await moves.split(tenant_id, None, _id(args.merge_id))))
    else:
        source = await moves.find(tenant_id, args.source)
        target = await moves.find(tenant_id, args.into)
        write(merge_words(await moves.merge(tenant_id, None, source, target)))


def merge_words(merge: "Merge") -> str:
    """What a merge took along, and the way back."""
    return (
        f"{merge.source} is part of {merge.target} now. Taken along: {counted(merge)}.\n"
        f"To take it back: understudy account split {merge.id}"
    )


def split_words(merge: "Merge") -> str:
    """What a split gave back."""
    return f"{merge.source} stands by itself again. Back from {merge.target}: {counted(merge)}."


def merge_line(merge: "Merge") -> str:
    """One merge in the list."""
    end = f", split {merge.split_at}" if merge.split_at else ""
    return f"{merge.id}  {merge.at}  {merge.source} → {merge.target}{end}"


def counted(merge: "Merge") -> str:
    """`3 contacts, 1 deal`; `nothing`."""
    counts = [
        f"{number:,} {WORDS[table]}{'' if number == 1 else 's'}"
        for table, number in merge.rows.items()
    ]
    return ", ".join(counts) or "nothing"


def _id(words: str) -> UUID:
    try:
        return UUID(words)
    except ValueError:
        raise InvalidInput(
            f"{words} is no id of a merge. understudy account merges lists them."
        ) from None
