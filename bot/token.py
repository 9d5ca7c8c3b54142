"""`understudy token add|list|revoke`: bearer tokens for /api, from the command line."""

import argparse
import sys
from typing import TYPE_CHECKING
from uuid import UUID

from bot.commanding import carried_out
from services.errors import InvalidInput

if TYPE_CHECKING:
    from bot.config import Settings
    from services.api.tokens import TokenService
    from services.types.api import TokenLine


def add_parser(
    subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str = "token"
) -> None:
    parser = subparsers.add_parser(
        name,
        help="make, list and revoke bearer tokens for the HTTP API",
        description="A token acts as its member and reads what they may read; it ends with them.",
    )
    verbs = parser.add_subparsers(dest="verb", required=True)
    add = verbs.add_parser("add", help="make a token; it is printed once and kept nowhere")
    add.add_argument("--member", required=True, metavar="EMAIL", help="whom it acts as")
    add.add_argument("--name", required=True, metavar="NAME", help="what it is for")
    add.add_argument("--days", type=int, default=90, metavar="N", help="1 to 365; default 90")
    listed = verbs.add_parser("list", help="list tokens, the newest first")
    revoke = verbs.add_parser("revoke", help="end a token at once")
    revoke.add_argument("token_id", metavar="ID", help="as `token list` shows it")
    for verb in (add, listed, revoke):
        verb.add_argument("--workspace", help="Slack team id; the only one is the default")


def run(args: argparse.Namespace) -> int:
    return carried_out("token", lambda settings: _run(settings, args))


async def _run(settings: "Settings", args: argparse.Namespace) -> int:
    from bot.processes import runtime  # noqa: PLC0415 - see run
    from bot.workspaces import choose_workspace  # noqa: PLC0415 - see run

    async with runtime(settings) as built:
        tenant_id = await choose_workspace(built, args.workspace)
        await obey(args, tenant_id, built.services.api.tokens)
    return 0


async def obey(args: argparse.Namespace, tenant_id: UUID, tokens: "TokenService") -> None:
    """The token goes to standard output, so that it can be piped; all else to standard error."""
    if args.verb == "add":
        made = await tokens.make_for(tenant_id, args.member, name=args.name, days=args.days)
        sys.stdout.write(made.text + "\n")
        sys.stderr.write(f"{_line(made.line)}\nIt is shown this once and kept nowhere.\n")
    elif args.verb == "list":
        for line in await tokens.list_of(tenant_id):
            sys.stdout.write(_line(line) + "\n")
    else:
        ended = await tokens.revoke_of(tenant_id, _id(args.token_id))
        sys.stdout.write(f"“{ended.name}” opens nothing any more.\n")


def _line(line: "TokenLine") -> str:
    state = "ended" if line.ended else f"until {line.expires_at:%Y-%m-%d}"
    used = f"{line.last_used_at:%Y-%m-%d %H:%M} UTC" if line.last_used_at else "never"
    return f"{line.token_id}  {line.name}  {line.member}  {state}  last used: {used}"


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise InvalidInput(f"{text} is no id of a token; `token list` shows them.") from None
