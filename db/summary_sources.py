"""SQL of what summaries are made of: everything said and done with an account, as one kind of row.

A mail counts from when it was received, whatever its sender dates it; a meeting from when it is
held, unless that is years away from when it was announced. Automatic answers and bounces say
nothing about an account.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from db.session import ReadTx

LONGEST_MAIL = 4_000
LONGEST_TRANSCRIPT = 60_000

# Each: kind, id, at, who, inbound, title, words, judged. The same rows are summarised and
# fingerprinted, so the hash is over exactly what is read.
_ROWS = """
select 'message' as kind, m.id, m.received_at as at,
       coalesce(nullif(m.sender->>'name', ''), m.sender->>'email', '') as who,
       m.direction = 'inbound' as inbound, m.subject as title,
       left(m.text, :longest) as words,
       m.analysis #>> '{suspicious,injection}' as judged
  from conversations c
  join messages m on m.tenant_id = c.tenant_id and m.conversation_id = c.id
 where c.tenant_id = :tenant and c.account_id = :account and c.link in ('linked', 'lead')
   and m.kind = 'human' and m.text is not null
   and m.received_at >= :since and m.received_at < :until
union all
select 'slack_post', p.id, p.posted_at, p.author, false, '', left(p.text, :longest), null
  from slack_threads t
  join slack_posts p on p.tenant_id = t.tenant_id and p.thread_id = t.id
 where t.tenant_id = :tenant and t.account_id = :account
   and p.posted_at >= :since and p.posted_at < :until
union all
select 'transcript', r.id, g.starts_at, '', false, g.title,
       left((select string_agg((turn.value->>'speaker') || ': ' || (turn.value->>'text'), E'\\n'
                               order by turn.ordinality)
               from jsonb_array_elements(r.turns) with ordinality as turn), :longest_transcript),
       null
  from transcripts r
  join meetings g on g.tenant_id = r.tenant_id and g.id = r.meeting_id
 where r.tenant_id = :tenant and r.account_id = :account
   and g.starts_at >= :since and g.starts_at < :until
union all
select 'meeting', g.id, h.at, g.organizer, false, g.title,
       concat_ws('; ', case g.status when 'cancelled' then 'cancelled' else 'meeting' end,
                 case when g.moves > 0 then 'moved ' || g.moves || ' times' end,
                 (select string_agg(coalesce(nullif(a.value->>'name', ''), a.value->>'email'), ', '
                                    order by a.ordinality)
                    from jsonb_array_elements(g.attendees) with ordinality as a)),
       null
  from meetings g
 cross join lateral (select case when g.starts_at between g.changed_at - interval '2 years'
                                  and g.changed_at + interval '2 years'
                                 then g.starts_at else g.changed_at end as at) h
 where g.tenant_id = :tenant and g.account_id = :account and h.at >= :since and h.at < :until
union all
select 'deal_change', x.id, x.created_at, '', false, d.name,
       replace(x.field, '_', ' ') || ': ' || coalesce(nullif(x.before, ''), 'none') || ' → '
       || coalesce(nullif(x.after, ''), 'none'), null
  from deals d
  join deal_changes x on x.tenant_id = d.tenant_id and x.deal_id = d.id
 where d.tenant_id = :tenant and d.account_id = :account
   and x.created_at >= :since and x.created_at < :until
union all
select 'note', n.id, n.created_at, n.said_by, false, n.comment, left(n.text, :longest), null
  from notes n
 where n.tenant_id = :tenant and n.account_id = :account
   and n.created_at >= :since and n.created_at < :until
"""
_FINGERPRINTS = text(f"""
select kind, id, at, encode(sha256(convert_to(concat_ws(E'\\x1f', who, inbound, title,
       coalesce(words, ''), coalesce(judged, 'false')), 'UTF8')), 'hex') as digest
  from ({_ROWS}) as said
""")  # noqa: S608 - of our own constants
_TEXTS = text(f"select * from ({_ROWS}) as said order by at desc, id limit :most")  # noqa: S608
_STANDING = {
    "message": "select m.id from messages m join conversations c on c.tenant_id = m.tenant_id "
    "and c.id = m.conversation_id where m.tenant_id = :tenant and m.id = any(:ids) "
    "and m.text is not null and c.account_id = :account and c.link in ('linked', 'lead')",
    "slack_post": "select p.id from slack_posts p join slack_threads t "
    "on t.tenant_id = p.tenant_id and t.id = p.thread_id "
    "where p.tenant_id = :tenant and p.id = any(:ids) "
    "and t.account_id = :account",
    "transcript": "select id from transcripts where tenant_id = :tenant and id = any(:ids) "
    "and account_id = :account",
    "meeting": "select id from meetings where tenant_id = :tenant and id = any(:ids) "
    "and account_id = :account",
    "deal_change": "select x.id from deal_changes x join deals d on d.tenant_id = x.tenant_id "
    "and d.id = x.deal_id where x.tenant_id = :tenant and x.id = any(:ids) "
    "and d.account_id = :account",
    "note": "select id from notes where tenant_id = :tenant and id = any(:ids) "
    "and account_id = :account",
}


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """That something was said or done, and a digest of its words."""

    kind: str
    id: UUID
    at: datetime
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceText:
    """One thing that was said or done. `suspicious` is what was found when it was read: whether
    its words give orders to a machine; None where nobody has judged them yet."""

    kind: str
    id: UUID
    at: datetime
    who: str
    inbound: bool
    title: str
    words: str
    suspicious: bool | None


async def list_fingerprints(
    tx: ReadTx, account_id: UUID, since: datetime, until: datetime
) -> list[Fingerprint]:
    """Of everything from `since` to before `until`, in no order."""
    rows = await tx.session.execute(_FINGERPRINTS, _where(tx, account_id, since, until))
    return [Fingerprint(row.kind, row.id, row.at, row.digest) for row in rows]


async def list_texts(
    tx: ReadTx, account_id: UUID, since: datetime, until: datetime, *, most: int
) -> list[SourceText]:
    """The newest first."""
    where = _where(tx, account_id, since, until) | {"most": most}
    rows = await tx.session.execute(_TEXTS, where)
    return [
        SourceText(
            kind=row.kind,
            id=row.id,
            at=row.at,
            who=row.who,
            inbound=row.inbound,
            title=row.title,
            words=row.words or "",
            suspicious=None if row.judged is None else row.judged == "true",
        )
        for row in rows
    ]


async def list_standing(
    tx: ReadTx, account_id: UUID, sources: Iterable[tuple[str, UUID]]
) -> set[tuple[str, UUID]]:
    """Which of these (kind, id) are still there and still about the account."""
    by_kind: dict[str, set[UUID]] = {}
    for kind, source_id in sources:
        by_kind.setdefault(kind, set()).add(source_id)
    found: set[tuple[str, UUID]] = set()
    for kind, ids in by_kind.items():
        if kind in _STANDING:
            rows = await tx.session.execute(
                text(_STANDING[kind]),
                {"tenant": tx.tenant_id, "account": account_id, "ids": sorted(ids)},
            )
            found |= {(kind, row.id) for row in rows}
    return found


def _where(tx: ReadTx, account_id: UUID, since: datetime, until: datetime) -> dict[str, Any]:
    return {"tenant": tx.tenant_id, "account": account_id, "since": since, "until": until} | {
        "longest": LONGEST_MAIL,
        "longest_transcript": LONGEST_TRANSCRIPT,
    }
