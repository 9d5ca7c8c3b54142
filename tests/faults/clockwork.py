"""Stepping the clock that the product goes by, forwards and back, while it runs.

The product's Clock and its queue ask PostgreSQL what time it is. Here the runtime's role finds a
`clock_timestamp()` and a `now()` in a schema before pg_catalog's, which add a step kept in one row:
changing the row is the step, for every session at once. The machine's clock stays as it is, and so
do the sandbox's, the processes' own wall clocks, and what a column's default says.
"""

import asyncpg

from bot.embedded import DATABASE, RUNTIME_ROLE

SETTING_UP = """
create schema lab;
create table lab.clock (step interval not null);
insert into lab.clock values (interval '0');
create function lab.clock_timestamp() returns timestamptz language sql stable as
  'select pg_catalog.clock_timestamp() + (select step from lab.clock)';
create function lab.now() returns timestamptz language sql stable as
  'select pg_catalog.now() + (select step from lab.clock)';
grant usage on schema lab to public;
grant select on lab.clock to public;
alter role {role} in database {database} set search_path = lab, pg_catalog, public;
"""


async def run_sql(url: str, sql: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(sql)
    finally:
        await connection.close()


async def install(admin_url: str, database: str = DATABASE) -> None:
    """Before the first process of the product starts: sessions keep the path they began with."""
    await run_sql(admin_url, SETTING_UP.format(role=RUNTIME_ROLE, database=database))


def step_sql(seconds: float) -> str:
    """The statement after which the product's clock is this far from the machine's."""
    return f"update lab.clock set step = interval '{seconds:.3f} seconds'"
