"""`understudy mailbox add EMAIL --credentials authorized_user.json`."""

import argparse
import asyncio
import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.config import Settings, load_settings
from bot.logs import set_up_logs
from bot.processes import StartupError, runtime
from bot.workspaces import choose_workspace
from services.errors import InvalidInput, ServiceError
from services.ports import MailboxCredentials

TOKEN_URI = "https://oauth2.googleapis.com/token"  # noqa: S105 - an address


def add_parser(
    subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str
) -> None:
    parser = subparsers.add_parser(name, help="connect a Gmail mailbox")
    verbs = parser.add_subparsers(dest="verb", required=True)
    add = verbs.add_parser("add", help="connect a mailbox, or give it new credentials")
    add.add_argument("email")
    add.add_argument(
        "--credentials", type=Path, required=True, help="google-auth's authorized_user.json"
    )
    add.add_argument("--workspace", default=None, help="Slack team id, when there are several")
    add.add_argument(
        "--system", action="store_true", help="the tenant's own mailbox: digests leave from it"
    )


def run(args: argparse.Namespace) -> int:
    settings = load_settings()
    set_up_logs("WARNING")
    try:
        return asyncio.run(_add(settings, args))
    except (StartupError, ServiceError) as error:
        print(f"understudy mailbox: {error}", file=sys.stderr)  # noqa: T201 - for a person
        return 2


async def _add(settings: Settings, args: argparse.Namespace) -> int:
    credentials = read_credentials(args.credentials)
    async with runtime(settings) as built:
        tenant_id = await choose_workspace(built, args.workspace)
        member = await built.services.members.admit(tenant_id, args.email)
        if member is None and not args.system:
            raise InvalidInput(
                f"{args.email} is no member, and Slack knows nobody by that address. "
                "Add them with: understudy seed members.csv"
            )
        await built.services.mailboxes.add(
            tenant_id,
            args.email,
            credentials,
            member.member_id if member else None,
            is_system=args.system,
        )
    print(f"{args.email} is connected.")  # noqa: T201 - for a person
    return 0


def read_credentials(path: Path) -> MailboxCredentials:
    """google-auth's authorized-user file. A token without expiry is used as it is."""
    try:
        given: Any = json.loads(path.read_text())
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(f"{path} can't be read: {error}") from error
    except json.JSONDecodeError as error:
        raise InvalidInput(f"{path} is not JSON: line {error.lineno}: {error.msg}") from error
    if not isinstance(given, dict) or not (given.get("token") or given.get("refresh_token")):
        raise InvalidInput(f"{path} holds neither token nor refresh_token.")
    return MailboxCredentials(
        token=given.get("token"),
        refresh_token=given.get("refresh_token"),
        token_uri=given.get("token_uri") or TOKEN_URI,
        client_id=given.get("client_id") or "",
        client_secret=given.get("client_secret") or "",
        expires_at=_expiry(given.get("expiry")),
    )


def _expiry(given: object) -> datetime | None:
    if not isinstance(given, str) or not given:
        return None
    try:
        moment = datetime.fromisoformat(given)
    except ValueError as error:
        raise InvalidInput(f"expiry is not a time: {given}") from error
    # google-auth writes naive UTC.
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
