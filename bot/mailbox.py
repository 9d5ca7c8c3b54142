"""`understudy mailbox add EMAIL --credentials authorized_user.json`, or by the workspace's service
account: `understudy mailbox delegate --service-account key.json`, then `add EMAIL --delegated`."""

import argparse
import asyncio
import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from google.auth import crypt

from bot.adapters.google_tokens import SCOPE
from bot.config import Settings, load_settings
from bot.logs import set_up_logs
from bot.processes import StartupError, runtime
from bot.workspaces import choose_workspace
from services.errors import InvalidInput, ServiceError
from services.ports import MailboxCredentials
from services.types.google import ServiceAccountKey

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
TOKEN_URI = "https://oauth2.googleapis.com/token"  # noqa: S105 - an address


def add_parser(
    subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str
) -> None:
    parser = subparsers.add_parser(name, help="connect a Gmail mailbox")
    verbs = parser.add_subparsers(dest="verb", required=True)
    add = verbs.add_parser("add", help="connect a mailbox, or give it new credentials")
    add.add_argument("email")
    opened = add.add_mutually_exclusive_group(required=True)
    opened.add_argument("--credentials", type=Path, help="google-auth's authorized_user.json")
    opened.add_argument(
        "--delegated", action="store_true", help="open it by the workspace's service account"
    )
    add.add_argument("--workspace", default=None, help="Slack team id, when there are several")
    add.add_argument(
        "--system", action="store_true", help="the tenant's own mailbox: digests leave from it"
    )
    delegate = verbs.add_parser(
        "delegate", help="keep a service account that may open members' mailboxes, or remove it"
    )
    which = delegate.add_mutually_exclusive_group(required=True)
    which.add_argument("--service-account", type=Path, help="the key file from Google Cloud")
    which.add_argument(
        "--remove", action="store_true", help="forget it; mailboxes it opens are disconnected"
    )
    delegate.add_argument("--workspace", default=None, help="Slack team id, if there are several")


def run(args: argparse.Namespace) -> int:
    settings = load_settings()
    set_up_logs("WARNING")
    try:
        work = _add if args.verb == "add" else _delegate
        return asyncio.run(work(settings, args))
    except (StartupError, ServiceError) as error:
        print(f"understudy mailbox: {error}", file=sys.stderr)  # noqa: T201 - for a person
        return 2


async def _add(settings: Settings, args: argparse.Namespace) -> int:
    credentials = None if args.delegated else read_credentials(args.credentials)
    if args.delegated and args.system:
        raise InvalidInput("The workspace's own mailbox isn't opened by delegation.")
    async with runtime(settings) as built:
        tenant_id = await choose_workspace(built, args.workspace)
        member = await built.services.members.admit(tenant_id, args.email)
        if member is None and not args.system:
            raise InvalidInput(
                f"{args.email} is no member, and Slack knows nobody by that address. "
                "Add them with: understudy seed members.csv"
            )
        member_id = member.member_id if member else None
        if credentials is None:
            await built.services.delegation.connect(tenant_id, args.email, member_id)
        else:
            await built.services.mailboxes.add(
                tenant_id, args.email, credentials, member_id, is_system=args.system
            )
    print(f"{args.email} is connected.")  # noqa: T201 - for a person
    return 0


async def _delegate(settings: Settings, args: argparse.Namespace) -> int:
    key = None if args.remove else read_key(args.service_account)
    async with runtime(settings) as built:
        tenant_id = await choose_workspace(built, args.workspace)
        if key is None:
            count = await built.services.delegation.remove(tenant_id)
            print(f"The service account is gone; mailboxes disconnected: {count}.")  # noqa: T201
            return 0
        await built.services.delegation.set_key(tenant_id, key)
    print(  # noqa: T201 - for a person
        f"{key.client_email} is kept. In the Admin console, under Security, API controls, "
        f"Domain-wide delegation, client ID {key.client_id} needs the scope {SCOPE}. Then: "
        "understudy mailbox add EMAIL --delegated, or Connect all members in App Home."
    )
    return 0


def read_key(path: Path) -> ServiceAccountKey:
    """Google's key file of a service account."""
    given = _json(path)
    if given.get("type") != "service_account":
        raise InvalidInput(f"{path} is no key of a service account.")
    names = ("client_email", "client_id", "private_key_id", "private_key", "token_uri")
    missing = [name for name in names if not isinstance(given.get(name), str) or not given[name]]
    if missing:
        raise InvalidInput(f"{path} lacks {', '.join(missing)}.")
    try:
        crypt.RSASigner.from_string(  # type: ignore[no-untyped-call]  # the library has no types
            given["private_key"]
        )
    except ValueError as error:
        raise InvalidInput(f"{path} holds a private key that can't be read.") from error
    return ServiceAccountKey(
        client_email=given["client_email"],
        client_id=given["client_id"],
        key_id=given["private_key_id"],
        private_key=given["private_key"],
        token_uri=_safe(path, given["token_uri"]),
    )


def read_credentials(path: Path) -> MailboxCredentials:
    """google-auth's authorized-user file. A token without expiry is used as it is."""
    given = _json(path)
    if not (given.get("token") or given.get("refresh_token")):
        raise InvalidInput(f"{path} holds neither token nor refresh_token.")
    return MailboxCredentials(
        token=given.get("token"),
        refresh_token=given.get("refresh_token"),
        token_uri=_safe(path, given.get("token_uri") or TOKEN_URI),
        client_id=given.get("client_id") or "",
        client_secret=given.get("client_secret") or "",
        expires_at=_expiry(given.get("expiry")),
    )


def _safe(path: Path, address: object) -> str:
    """Where tokens are asked for; secrets go there, so never in the clear but on this machine."""
    try:
        parts = urlsplit(str(address))
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise InvalidInput(f"{path} has a token_uri that can't be read.") from None
    inside = parts.scheme == "http" and host in LOOPBACK
    if not host or parts.username is not None or not (parts.scheme == "https" or inside):
        raise InvalidInput(f"{path} has a token_uri that doesn't start with https:// and a host.")
    return str(address)


def _json(path: Path) -> dict[str, Any]:
    try:
        given: Any = json.loads(path.read_text())
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(f"{path} can't be read: {error}") from error
    except json.JSONDecodeError as error:
        raise InvalidInput(f"{path} is not JSON: line {error.lineno}: {error.msg}") from error
    if not isinstance(given, dict):
        raise InvalidInput(f"{path} is not a JSON object.")
    return given


def _expiry(given: object) -> datetime | None:
    if not isinstance(given, str) or not given:
        return None
    try:
        moment = datetime.fromisoformat(given)
    except ValueError as error:
        raise InvalidInput(f"expiry is not a time: {given}") from error
    # google-auth writes naive UTC.
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
