"""SQL of the Home tab's life: visits, filters, and when it is published anew."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from db.session import ReadTx, Tx, raw_connection

# A look soon after the last one belongs to the same visit: a refresh doesn't wipe what is new.
LOOK = """
insert into home_visits as v (tenant_id, id, created_at, member_id, seen_at)
values ($1, $2, $3, $4, $3)
on conflict (tenant_id, member_id) do update
set since = case when v.seen_at <= $5 then v.seen_at else v.since end,
    seen_at = greatest(v.seen_at, excluded.seen_at)
"""

SINCE = "select since from home_visits where tenant_id = $1 and member_id = $2"

FILTER = """
update members
set preferences = preferences || jsonb_build_object(
    'home', coalesce(preferences -> 'home', '{}') || $3::text::jsonb)
where tenant_id = $1 and id = $2
returning id
"""

# In id order, as everywhere. A Home that wants to be shown anew already has a job that will, or a
# delivery that will see it has been overtaken: it needs no second one.
BUMP = """
with held as (
    select c.id, c.wanted_rev > c.delivered_rev as waits from cards c
    where c.tenant_id = $1 and c.kind = 'home' and c.recipient_id = any($2)
      and exists (select from home_visits v where v.tenant_id = $1
                  and v.member_id = c.recipient_id and v.seen_at >= $3)
    order by c.id for update of c
)
update cards set wanted_rev = wanted_rev + 1 from held
where cards.tenant_id = $1 and cards.id = held.id
returning cards.id, held.waits
"""

CARD = """
select c.kind, c.recipient_id, m.manager_id, c.wanted_rev > c.delivered_rev as waits
from cards c join members m on m.tenant_id = c.tenant_id and m.id = c.recipient_id
where c.tenant_id = $1 and c.id = $2
"""

# Whoever looked lately may be looking now. A clock that was set back is no reason to wait.
TURN = """
with held as (
    select id, published_at, case when seen_at >= $4 then $5::interval else $6 end as pace
    from home_visits where tenant_id = $1 and member_id = $2 for update
),
taken as (
    update home_visits v set published_at = $3::timestamptz from held
    where v.tenant_id = $1 and v.id = held.id
      and coalesce(held.published_at + held.pace <= $3 or held.published_at > $3, true)
    returning v.id
)
select case when t.id is null then h.published_at + h.pace - $3::timestamptz end
from held h left join taken t on t.id = h.id
"""


class HomeCard(NamedTuple):
    id: UUID
    waits: bool
    """It wants to be shown anew already."""


class CardFacts(NamedTuple):
    kind: str
    recipient_id: UUID
    manager_id: UUID | None
    waits: bool


async def look(
    tx: Tx, member_id: UUID, *, visit_id: UUID, now: datetime, new_before: datetime
) -> None:
    """The member looks at their Home; a new visit begins if the last look was before
    `new_before`."""
    connection = await raw_connection(tx)
    await connection.execute(LOOK, tx.tenant_id, visit_id, now, member_id, new_before)


async def get_since(tx: ReadTx, member_id: UUID) -> datetime | None:
    """When the member's visit before this one ended."""
    connection = await raw_connection(tx)
    since: datetime | None = await connection.fetchval(SINCE, tx.tenant_id, member_id)
    return since


async def set_filters(tx: Tx, member_id: UUID, filters: Mapping[str, str | int]) -> bool:
    """What the member wants to see; what isn't named stays. False when there is no such member."""
    connection = await raw_connection(tx)
    stored = await connection.fetchval(FILTER, tx.tenant_id, member_id, json.dumps(dict(filters)))
    return stored is not None


async def bump_homes(tx: Tx, member_ids: Sequence[UUID], *, seen_from: datetime) -> list[HomeCard]:
    """Want the Home tabs of these members anew, as far as they have looked since then."""
    connection = await raw_connection(tx)
    rows = await connection.fetch(BUMP, tx.tenant_id, list(member_ids), seen_from)
    return sorted(HomeCard(*row) for row in rows)


async def get_card_facts(tx: Tx, card_id: UUID) -> CardFacts | None:
    row = await (await raw_connection(tx)).fetchrow(CARD, tx.tenant_id, card_id)
    return CardFacts(*row) if row else None


async def take_turn(
    tx: Tx,
    member_id: UUID,
    *,
    now: datetime,
    lively_from: datetime,
    pace: timedelta,
    calm_pace: timedelta,
) -> timedelta | None:
    """Publish now (None), or so much later."""
    connection = await raw_connection(tx)
    wait: timedelta | None = await connection.fetchval(
        TURN, tx.tenant_id, member_id, now, lively_from, pace, calm_pace
    )
    return wait
