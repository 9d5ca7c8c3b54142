"""SQL of figures by day: marks, the count of one day, and sums over days.

Everything below is a range of one index: a day's actions by when they were proposed, what hangs on
each by its key, and the days themselves. How many actions there were before changes nothing.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Literal, NamedTuple
from uuid import UUID

from db.models.analytics import LearningDay
from db.session import ReadTx, Tx, raw_connection

By = Literal["member", "week", "month", "type", "weekday"]

# A row of one's own: an upsert of the day's row would make every click of a day wait for the
# commit of the one before.
MARK = """
insert into learning_marks (tenant_id, id, created_at, day)
select tenant_id, $3, $4, (created_at at time zone 'UTC')::date
from actions where tenant_id = $1 and id = $2
"""

# What a person decided on counts by whose words left; `rule` is the surface of what nobody decided
# on. Times that run backwards (a clock was set back) are unknown, not negative.
COUNTED: Mapping[str, str] = {
    "proposed": "true",
    "unchanged": "agreed and author = 'model'",
    "edited": "agreed and author in ('member', 'gmail')",
    "rejected": "status = 'rejected'",
    "handled": "status = 'handled'",
    "overtaken": "status = 'voided'",
    "undone": "undone",
    "sent": "status = 'done'",
    "by_itself": "status = 'done' and decided_surface = 'rule'",
    "answered": "outcome = 'positive'",
    "expired": "outcome = 'expired'",
    "negative": "outcome = 'negative'",
    "ambiguous": "outcome = 'ambiguous'",
    "undelivered": "outcome = 'undelivered'",
    "open": "outcome = 'pending'",
    "timed": "seconds >= 0",
    "answers_timed": "answer_seconds >= 0",
    "requests": "requested",
}
"""Column → of which actions it is the number. `agreed`: a person let it leave, whether or not it
has. `outcome`: of the prediction that somebody answers."""
SUMMED: Mapping[str, str] = {
    "seconds": "seconds",
    "answer_seconds": "answer_seconds",
    "good": "good",
    "bad": "bad",
}
COLUMNS = tuple(
    column.name for column in LearningDay.__table__.columns if column.name in {**COUNTED, **SUMMED}
)

_CASES = """
select a.owner_id as member_id, a.type as action_type, a.status, a.decided_surface, r.author,
    a.status in ('approved', 'done', 'failed') and a.decided_surface <> 'rule'
        and a.decided_at is not null as agreed,
    coalesce(f.undone, false) or exists (
        select from judgements j where j.tenant_id = a.tenant_id and j.action_id = a.id
            and j.undone_at is not null) as undone,
    (select o.status from outcomes o where o.tenant_id = a.tenant_id and o.action_id = a.id
        and o.kind = 'email_engagement') as outcome,
    case when a.decided_surface <> 'rule' and a.status <> 'handled' then (
        select extract(epoch from a.decided_at - c.first_shown_at)::bigint from cards c
        where c.tenant_id = a.tenant_id and c.kind = 'mail' and c.subject_id = a.id
            and c.recipient_id = a.decided_by) end as seconds,
    case when a.status = 'done' then (
        select extract(epoch from f.left_at - m.received_at)::bigint from messages m
        where m.tenant_id = a.tenant_id and m.id = d.message_id and m.direction = 'inbound')
        end as answer_seconds,
    b.good, b.bad,
    exists (select from approval_requests q
        where q.tenant_id = a.tenant_id and q.action_id = a.id) as requested
from actions a
left join drafts d on d.tenant_id = a.tenant_id and d.id = a.draft_id
left join draft_revisions r on r.tenant_id = a.tenant_id and r.draft_id = a.draft_id
    and r.number = a.decided_revision
left join lateral (
    select bool_or(e.undo_at is not null and e.status = 'cancelled') as undone,
        max(coalesce(e.claimed_at, e.settled_at)) filter (where e.status = 'done') as left_at
    from effects e where e.tenant_id = a.tenant_id and e.action_id = a.id
) f on true
left join lateral (
    select count(*) filter (where w.rating > 0) as good, count(*) filter (where w.rating < 0) as bad
    from feedback w where w.tenant_id = a.tenant_id and w.target_id in (a.id, a.draft_id)
        and w.target in ('decision', 'message')
) b on true
where a.tenant_id = $1 and a.created_at >= $2 and a.created_at < $3 and a.status <> 'held'
"""


def _count() -> str:
    """The count of one day. It says whose figures became others."""
    sums = [
        *(f"count(*) filter (where {what}) as {name}" for name, what in COUNTED.items()),
        *(
            f"coalesce(sum({what}) filter (where {what} >= 0), 0)::bigint as {name}"
            for name, what in SUMMED.items()
        ),
    ]
    names = ", ".join(COLUMNS)
    old = ", ".join(f"n.{name}" for name in COLUMNS)
    new = ", ".join(f"excluded.{name}" for name in COLUMNS)
    return f"""
with cases as materialized ({_CASES}),
counted as materialized (
    select member_id, action_type, {", ".join(sums)} from cases group by member_id, action_type
),
put as (
    insert into learning_days as n
        (tenant_id, id, created_at, changed_at, day, member_id, action_type, {names})
    select $1, md5(concat_ws('|', $1::uuid, $4::date, member_id, action_type))::uuid, $5, $5,
        $4::date, member_id, action_type, {names}
    from counted
    on conflict (tenant_id, day, member_id, action_type) do update
    set ({names}, changed_at) = row({new}, excluded.changed_at)
    where ({old}) is distinct from ({new})
    returning n.member_id
),
gone as (
    delete from learning_days n
    where n.tenant_id = $1 and n.day = $4::date and not exists (
        select from counted c
        where c.member_id is not distinct from n.member_id and c.action_type = n.action_type)
    returning n.member_id
)
select member_id from put union select member_id from gone
"""  # noqa: S608 - constants of ours


COUNT = _count()

KEYS: Mapping[By | None, str] = {
    None: "null::text",
    "member": "member_id",
    "week": "date_trunc('week', day::timestamp)::date",
    "month": "date_trunc('month', day::timestamp)::date",
    "type": "action_type",
    "weekday": "extract(isodow from day)::int",
}


async def add_mark(tx: Tx, action_id: UUID, *, mark_id: UUID, at: datetime) -> None:
    connection = await raw_connection(tx)
    await connection.execute(MARK, tx.tenant_id, action_id, mark_id, at)


async def add_marks(tx: Tx, marks: Sequence[tuple[UUID, date]], *, at: datetime) -> None:
    """Each with an id of its own."""
    connection = await raw_connection(tx)
    await connection.execute(
        "insert into learning_marks (tenant_id, id, created_at, day) "
        "select $1, m.id, $4, m.day from unnest($2::uuid[], $3::date[]) m (id, day)",
        tx.tenant_id,
        [mark_id for mark_id, _ in marks],
        [day for _, day in marks],
        at,
    )


async def list_marked(tx: ReadTx, limit: int) -> list[date]:
    """Days that wait to be counted, the newest first: those are looked at."""
    connection = await raw_connection(tx)
    rows = await connection.fetch(
        "select distinct day from learning_marks where tenant_id = $1 order by day desc limit $2",
        tx.tenant_id,
        limit,
    )
    return [row["day"] for row in rows]


async def is_due(tx: ReadTx, *, at: datetime, pace: timedelta) -> bool:
    """Whether there is anything to do: figures never begun, a day marked, Home tabs behind. One
    statement, because every tenant is asked every minute."""
    connection = await raw_connection(tx)
    due: bool = await connection.fetchval(
        "select exists (select from learning_marks where tenant_id = $1) "
        "or coalesce((select version > shown_version and (shown_at <= $2::timestamptz - "
        "$3::interval or shown_at > $2) from learning_states where tenant_id = $1), true)",
        tx.tenant_id,
        at,
        pace,
    )
    return due


async def first_proposed(tx: ReadTx) -> datetime | None:
    """When the first action of all was proposed."""
    connection = await raw_connection(tx)
    first: datetime | None = await connection.fetchval(
        "select created_at from actions where tenant_id = $1 order by created_at, id limit 1",
        tx.tenant_id,
    )
    return first


async def count_day(tx: Tx, day: date, *, at: datetime) -> list[UUID | None] | None:
    """Count one day anew and take its marks away: whose figures became others, or None when no
    mark was left. A mark that comes while it counts stays.

    One at a time: the one who began earlier may not write last. The marks are read by a statement
    of their own, so that the count, which begins later, sees all that they were set for."""
    connection = await raw_connection(tx)
    await connection.execute(
        "select pg_advisory_xact_lock(hashtextextended($1, 0))",
        f"learning day:{tx.tenant_id}:{day}",
    )
    marks = await connection.fetch(
        "select id from learning_marks where tenant_id = $1 and day = $2", tx.tenant_id, day
    )
    if not marks:
        return None
    since = datetime.combine(day, time(), UTC)
    until = since + timedelta(days=1)
    changed = await connection.fetch(COUNT, tx.tenant_id, since, until, day, at)
    await connection.execute(
        "delete from learning_marks where tenant_id = $1 and id = any($2)",
        tx.tenant_id,
        [mark["id"] for mark in marks],
    )
    return [row["member_id"] for row in changed]


def sum_query(by: By | None, *, some: bool) -> str:
    """$1 tenant, $2 the first day, $3 the last; with `some` $4 the members."""
    sums = ", ".join(f"coalesce(sum({name}), 0)::bigint as {name}" for name in COLUMNS)
    people = "and member_id = any($4) " if some else ""
    return (
        f"select {KEYS[by]} as key, {sums} from learning_days "  # noqa: S608 - constants of ours
        f"where tenant_id = $1 and day between $2 and $3 {people}group by 1 order by 1 nulls last"
    )


async def sum_days(
    tx: ReadTx,
    member_ids: Collection[UUID] | None,
    first: date,
    last: date,
    by: By | None,
) -> dict[Any, dict[str, int]]:
    """Both days included; each key is of the sort that `by` names, each sum by its column."""
    connection = await raw_connection(tx)
    people = () if member_ids is None else (list(member_ids),)
    rows = await connection.fetch(
        sum_query(by, some=member_ids is not None), tx.tenant_id, first, last, *people
    )
    return {row["key"]: {name: row[name] for name in COLUMNS} for row in rows}


async def get_version(tx: ReadTx) -> int:
    """Of the tenant's figures; 0 before anything was counted."""
    connection = await raw_connection(tx)
    version: int | None = await connection.fetchval(
        "select version from learning_states where tenant_id = $1", tx.tenant_id
    )
    return version or 0


async def begin_state(tx: Tx, *, state_id: UUID, at: datetime) -> bool:
    """False when the tenant's figures have been begun already."""
    connection = await raw_connection(tx)
    begun = await connection.fetchval(
        "insert into learning_states (tenant_id, id, created_at, version, shown_version, shown_at) "
        "values ($1, $2, $3, 0, 0, $3) on conflict (tenant_id) do nothing returning id",
        tx.tenant_id,
        state_id,
        at,
    )
    return begun is not None


async def next_version(tx: Tx, *, state_id: UUID, at: datetime) -> None:
    """The figures became others; held until the transaction ends."""
    connection = await raw_connection(tx)
    await connection.execute(
        "insert into learning_states as s "
        "(tenant_id, id, created_at, version, shown_version, shown_at) "
        "values ($1, $2, $3, 1, 0, $3) "
        "on conflict (tenant_id) do update set version = s.version + 1",
        tx.tenant_id,
        state_id,
        at,
    )


async def take_showing(tx: Tx, *, at: datetime, pace: timedelta) -> datetime | None:
    """When the Home tabs were last wanted anew, if figures have changed since and it is time again;
    now they are. A clock that was set back is no reason to wait."""
    connection = await raw_connection(tx)
    since: datetime | None = await connection.fetchval(
        "with held as (select id, shown_at from learning_states where tenant_id = $1 "
        "and version > shown_version and (shown_at <= $2::timestamptz - $3::interval "
        "or shown_at > $2) for update) "
        "update learning_states s set shown_version = s.version, shown_at = $2 from held "
        "where s.tenant_id = $1 and s.id = held.id returning held.shown_at",
        tx.tenant_id,
        at,
        pace,
    )
    return since


async def list_changed(tx: ReadTx, *, first: date, since: datetime) -> list[UUID]:
    """Whose figures of the days from the first on became others since then, and who sees them in
    theirs: everybody above, and those who oversee the whole tenant."""
    connection = await raw_connection(tx)
    rows = await connection.fetch(
        "with recursive seen as ("
        "select m.id, m.manager_id from learning_days n "
        "join members m on m.tenant_id = n.tenant_id and m.id = n.member_id "
        "where n.tenant_id = $1 and n.day >= $2 and n.changed_at >= $3 "
        "union select m.id, m.manager_id from seen s "
        "join members m on m.tenant_id = $1 and m.id = s.manager_id) "
        "select id from seen union "
        "select id from members where tenant_id = $1 and active "
        "and role in ('admin', 'executive') and exists (select from seen)",
        tx.tenant_id,
        first,
        since,
    )
    return [row["id"] for row in rows]


class StoredPage(NamedTuple):
    body: dict[str, Any]
    made_at: datetime
    version: int


async def get_page(
    tx: ReadTx, key: str, *, version: int | None, since: datetime, until: datetime
) -> StoredPage | None:
    """The page as it was made within this time from this version, or (None) from whichever."""
    connection = await raw_connection(tx)
    row = await connection.fetchrow(
        "select body::text as body, made_at, version from learning_pages where tenant_id = $1 "
        "and key = $2 and version = coalesce($3, version) and made_at > $4 and made_at <= $5",
        tx.tenant_id,
        key,
        version,
        since,
        until,
    )
    return StoredPage(json.loads(row["body"]), row["made_at"], row["version"]) if row else None


async def lock_page(tx: Tx, key: str) -> None:
    """One at a time makes this page, until the transaction ends."""
    connection = await raw_connection(tx)
    await connection.execute(
        "select pg_advisory_xact_lock(hashtextextended($1, 0))",
        f"learning page:{tx.tenant_id}:{key}",
    )


async def set_page(
    tx: Tx, key: str, body: Mapping[str, Any], *, page_id: UUID, version: int, at: datetime
) -> None:
    connection = await raw_connection(tx)
    await connection.execute(
        "insert into learning_pages (tenant_id, id, created_at, key, body, made_at, version) "
        "values ($1, $2, $3, $4, $5::text::jsonb, $3, $6) "
        "on conflict (tenant_id, key) do update "
        "set body = excluded.body, made_at = excluded.made_at, version = excluded.version",
        tx.tenant_id,
        page_id,
        at,
        key,
        json.dumps(body),
        version,
    )


async def drop_pages(tx: Tx, before: datetime) -> None:
    """Pages nobody has had made since."""
    connection = await raw_connection(tx)
    await connection.execute(
        "delete from learning_pages where tenant_id = $1 and made_at < $2", tx.tenant_id, before
    )
