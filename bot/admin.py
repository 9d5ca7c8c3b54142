"""`understudy migrate`, `audit verify`, `audit export`, `keys generate`."""

import argparse
import asyncio
import sys

from bot import audit_export
from bot.config import Settings, load_settings
from bot.logs import set_up_logs
from services.vault import generate


def add_parser(
    subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str
) -> None:
    parser = subparsers.add_parser(name)
    if name == "audit":
        verbs = parser.add_subparsers(dest="verb", required=True)
        verify = verbs.add_parser("verify", help="recompute the chain of every tenant")
        verify.add_argument("--workspace", default=None, help="Slack team id; default: all")
        audit_export.add_arguments(verbs.add_parser("export", help="write the entries as CSV/JSON"))
    elif name == "keys":
        verbs = parser.add_subparsers(dest="verb", required=True)
        verbs.add_parser("generate", help="print a fresh key for ENCRYPTION_KEYS")


def run(args: argparse.Namespace) -> int:
    if args.command == "keys":
        print(generate())  # noqa: T201 - this is the answer
        return 0
    settings = load_settings()
    set_up_logs(settings.log_level if args.command == "migrate" else "WARNING")
    # Imported here: making a key needs neither database nor Slack.
    from bot.processes import StartupError  # noqa: PLC0415
    from services.errors import ServiceError  # noqa: PLC0415

    try:
        return asyncio.run(_work(settings, args))
    except (StartupError, ServiceError) as error:
        print(f"understudy {args.command}: {error}", file=sys.stderr)  # noqa: T201 - for a person
        return 2


async def _work(settings: Settings, args: argparse.Namespace) -> int:
    if args.command != "audit":
        return await _migrate(settings)
    if args.verb == "export":
        return await audit_export.export(settings, args)
    return await _verify(settings, args.workspace)


async def _migrate(settings: Settings) -> int:
    from bot.migrate import SchemaState, migrate, schema_state  # noqa: PLC0415 - see run
    from bot.processes import StartupError, stores  # noqa: PLC0415 - see run

    if settings.embedded:
        async with stores(settings):
            print("The embedded database is up to date.")  # noqa: T201 - for a person
        return 0
    if settings.database_owner_url is None:
        raise StartupError("Set DATABASE_OWNER_URL: migrations run as the tables' owner.")
    if await schema_state(settings.database_owner_url) in {
        SchemaState.AHEAD,
        SchemaState.TOO_FAR_AHEAD,
    }:
        print("The database is newer than this release: nothing to do.")  # noqa: T201 - for a person
        return 0
    await migrate(settings.database_owner_url)
    print("The database is up to date.")  # noqa: T201 - for a person
    return 0


async def _verify(settings: Settings, team_id: str | None) -> int:
    from bot.processes import runtime  # noqa: PLC0415 - see run

    broken = False
    async with runtime(settings) as built:
        for team, tenant_id in await built.services.tenants.list_all():
            if team_id is not None and team != team_id:
                continue
            known = built.anchors.all(tenant_id)
            report = await built.services.audit.verify(tenant_id, *known)
            state = "whole"
            if report.broken_at is not None:
                state = f"BROKEN at link {report.broken_at}"
            elif report.missing_tail:
                state = f"CUT: {report.missing_tail} links that were anchored are gone"
            newest = f"{known[-1].sequence} (of {len(known)})" if known else ""
            anchored = f"anchored at {newest}" if known else "no anchor yet"
            print(  # noqa: T201 - this is the answer
                f"{team}: {state} · {report.links} links · {report.unchained} not chained yet · "
                f"{anchored}"
            )
            broken = broken or not report.whole
    return 1 if broken else 0
