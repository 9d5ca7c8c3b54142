"""PostgreSQL: its version, its tables, its connections, and what our login may do."""

from dataclasses import dataclass

import asyncpg

from bot.doctor.findings import Finding, bad, note, well
from bot.doctor.ward import Ward
from bot.migrate import SchemaState, schema_state

LEAST = 15
EACH = 17
"""Connections of a process that does everything: its own pool, the worker's, the listener."""
NEARLY = 0.9

SERVER = """
select current_setting('server_version_num')::int as version,
  current_setting('max_connections')::int
    - current_setting('superuser_reserved_connections')::int as most,
  (select count(*) from pg_stat_activity where backend_type = 'client backend') as used,
  rolconnlimit as own_most,
  (select count(*) from pg_stat_activity where usename = current_user) as own_used,
  rolsuper or rolbypassrls as powerful,
  exists (select from pg_tables where tableowner = current_user and schemaname = 'public') as owner
from pg_roles where rolname = current_user
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """`own_most` is the login's own limit, -1 for none."""

    version: int
    most: int
    used: int
    own_most: int
    own_used: int
    powerful: bool
    owner: bool


def server_findings(server: Server) -> list[Finding]:
    major = server.version // 10_000
    found = []
    if major < LEAST:
        found.append(
            bad(f"database: PostgreSQL {major} is too old", f"upgrade it to {LEAST} or later")
        )
    if server.powerful or server.owner:
        found.append(
            bad(
                "database: the login of DATABASE_URL passes row-level security",
                "use a login that belongs to understudy_app and to nothing else",
            )
        )
    found += _connections(server)
    return found or [
        well(f"database: PostgreSQL {major}, a login without power over tenancy, room for more")
    ]


def _connections(server: Server) -> list[Finding]:
    most, used = server.most, server.used
    if 0 <= server.own_most < most:
        most, used = server.own_most, server.own_used
    said = f"database: {used} of {most} connections are in use"
    if used > NEARLY * most:
        return [bad(said, "raise max_connections, put pgbouncer before it, or run fewer processes")]
    if most - used < EACH:
        return [
            note(
                f"{said}; one more process takes up to {EACH}",
                "raise max_connections before you add one",
            )
        ]
    return []


def schema_findings(found: SchemaState) -> list[Finding]:
    """How the tables stand to this release."""
    match found:
        case SchemaState.CURRENT:
            return [well("database: reachable, and up to date with its migrations")]
        case SchemaState.BEHIND:
            return [
                bad(
                    "database: its tables are behind, or not made yet",
                    "run understudy migrate; no process of this release starts before",
                )
            ]
        case SchemaState.AHEAD:
            return [
                note(
                    "database: its tables are of a newer release",
                    "update this installation; running on is meant for the time of an upgrade only",
                )
            ]
        case SchemaState.TOO_FAR_AHEAD:
            return [
                bad(
                    "database: its tables are of a newer release that this one can't run over",
                    "update this installation; no process of this release starts any more",
                )
            ]


async def look_at_schema(url: str) -> list[Finding]:
    """Asked before anything is built: nothing can be over tables that are behind."""
    return schema_findings(await schema_state(url))


async def check_server(ward: Ward) -> list[Finding]:
    connection = await asyncpg.connect(ward.built.database_url)
    try:
        row = await connection.fetchrow(SERVER)
    finally:
        await connection.close()
    return server_findings(Server(**dict(row)))
