"""SQL of what can be searched: entries, their leases, and the exact words."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import (
    ColumnElement,
    DateTime,
    Select,
    and_,
    bindparam,
    case,
    delete,
    func,
    not_,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert

from db.models.compose import Note
from db.models.conversations import Conversation, Message
from db.models.customers import Account
from db.models.meetings import SlackPost, SlackThread, Transcript
from db.models.search import SearchEntry
from db.models.summaries import Summary
from db.session import ReadTx, Tx
from db.visibility import assigned

ENTRIES = UUID("6f1f0a52-4d5b-5c53-9a68-5b1f2c0d7e11")
"""An entry's id follows from its source: whoever says first that it is there, it is the same."""


# ── What there is ───────────────────────────────────────────────────────────────────────────────
def texts_of(tx: ReadTx) -> dict[str, Select[tuple[UUID, UUID]]]:
    """Every text that may be searched: (id, account). Automatic mail and what belongs to no account
    is left out; nothing is kept of excluded accounts."""
    kept = and_(Account.tenant_id == tx.tenant_id, Account.excluded.is_(False))
    messages = (
        select(Message.id, Conversation.account_id)
        .join(
            Conversation,
            and_(
                Conversation.tenant_id == Message.tenant_id,
                Conversation.id == Message.conversation_id,
            ),
        )
        .join(Account, and_(kept, Account.id == Conversation.account_id))
        .where(
            Message.tenant_id == tx.tenant_id,
            Message.text.is_not(None),
            Message.text != "",
            Message.attention.not_in(("set_aside", "unlinked")),
            or_(Message.kind == "human", Message.direction == "outbound"),
        )
    )
    posts = (
        select(SlackPost.id, SlackThread.account_id)
        .join(
            SlackThread,
            and_(
                SlackThread.tenant_id == SlackPost.tenant_id, SlackThread.id == SlackPost.thread_id
            ),
        )
        .join(Account, and_(kept, Account.id == SlackThread.account_id))
        .where(SlackPost.tenant_id == tx.tenant_id, SlackPost.text != "")
    )
    found: dict[str, Any] = {"message": messages, "slack_post": posts}
    for name, table in (("transcript", Transcript), ("note", Note), ("summary", Summary)):
        found[name] = (
            select(table.id, table.account_id)
            .join(Account, and_(kept, Account.id == table.account_id))
            .where(table.tenant_id == tx.tenant_id)
        )
    return found


async def list_missing(tx: ReadTx, limit: int) -> dict[str, list[tuple[UUID, UUID]]]:
    """Texts without an entry, or whose entry names another account, by source."""
    found: dict[str, list[tuple[UUID, UUID]]] = {}
    for source, query in texts_of(tx).items():
        theirs = query.subquery()
        rows = await tx.session.execute(
            select(theirs.c.id, theirs.c.account_id)
            .outerjoin(
                SearchEntry,
                and_(
                    SearchEntry.tenant_id == tx.tenant_id,
                    SearchEntry.source == source,
                    SearchEntry.source_id == theirs.c.id,
                ),
            )
            .where(
                or_(SearchEntry.id.is_(None), SearchEntry.account_id != theirs.c.account_id),
            )
            .limit(limit)
        )
        found[source] = [(row[0], row[1]) for row in rows]
    return found


async def list_gone(tx: ReadTx, limit: int) -> dict[str, list[UUID]]:
    """Sources of entries that stand as indexed though their text is no longer there to be read."""
    found: dict[str, list[UUID]] = {}
    for source, query in texts_of(tx).items():
        theirs = query.subquery()
        rows = await tx.session.scalars(
            select(SearchEntry.source_id)
            .outerjoin(theirs, theirs.c.id == SearchEntry.source_id)
            .where(
                SearchEntry.tenant_id == tx.tenant_id,
                SearchEntry.source == source,
                SearchEntry.indexed_at.is_not(None),
                theirs.c.id.is_(None),
            )
            .limit(limit)
        )
        found[source] = list(rows)
    return found


async def list_readable(
    tx: ReadTx, source: str, source_ids: Collection[UUID]
) -> Mapping[UUID, UUID]:
    """Which of these texts may be searched, and the account each is about now."""
    theirs = texts_of(tx)[source].subquery()
    rows = await tx.session.execute(
        select(theirs.c.id, theirs.c.account_id).where(theirs.c.id.in_(source_ids))
    )
    return {row[0]: row[1] for row in rows}


# ── Entries ─────────────────────────────────────────────────────────────────────────────────────
async def want_entries(
    tx: Tx, source: str, keys: Sequence[tuple[UUID, UUID]], at: datetime
) -> None:
    """These (source, account) are to be indexed, whatever the store holds of them."""
    if not keys:
        return
    new = insert(SearchEntry).values(
        [
            {
                "tenant_id": tx.tenant_id,
                "id": uuid5(ENTRIES, f"{tx.tenant_id}:{source}:{source_id}"),
                "created_at": at,
                "source": str(source),
                "source_id": source_id,
                "account_id": account_id,
                "digest": "",
                "passages": 0,
                "wanted_at": at,
            }
            for source_id, account_id in dict(keys).items()
        ]
    )
    await tx.session.execute(
        new.on_conflict_do_update(
            index_elements=["tenant_id", "source", "source_id"],
            set_={
                "account_id": new.excluded.account_id,
                # Two changes within one tick of the clock are still two.
                "wanted_at": later(new.excluded.wanted_at),
                "indexed_at": None,
            },
        )
    )


def later(at: Any) -> ColumnElement[datetime]:
    """This moment, or just after the one that stands there."""
    return func.greatest(at, SearchEntry.wanted_at + func.make_interval(0, 0, 0, 0, 0, 0, 0.000001))


async def withdraw_entries(tx: Tx, source: str, source_ids: Sequence[UUID], at: datetime) -> bool:
    """Have the index look at these again, and forget their words at once. Whether there was any."""
    these = (SearchEntry.source == str(source), SearchEntry.source_id.in_(source_ids))
    return await _withdraw(tx, at, *these)


async def withdraw_accounts(tx: Tx, account_ids: Collection[UUID], at: datetime) -> bool:
    """The same for all of these accounts that can still be found."""
    there = or_(SearchEntry.indexed_at.is_not(None), SearchEntry.words.is_not(None))
    return await _withdraw(tx, at, SearchEntry.account_id.in_(account_ids), there)


async def _withdraw(tx: Tx, at: datetime, *where: ColumnElement[bool]) -> bool:
    rows = await tx.session.execute(
        update(SearchEntry)
        .where(SearchEntry.tenant_id == tx.tenant_id, *where)
        .values(wanted_at=later(at), indexed_at=None, words=None)
        .returning(SearchEntry.id)
        .execution_options(synchronize_session=False)
    )
    return rows.first() is not None


async def want_all(tx: Tx, at: datetime) -> None:
    """Index everything anew: the store has lost it, or is to be made again."""
    await tx.session.execute(
        update(SearchEntry)
        .where(SearchEntry.tenant_id == tx.tenant_id)
        .values(wanted_at=later(at), indexed_at=None, digest="", passages=0)
        .execution_options(synchronize_session=False)
    )


async def claim_entries(
    tx: Tx, *, token: UUID, now: datetime, until: datetime, limit: int
) -> Sequence[SearchEntry]:
    """The longest waiting that nobody is at, leased until then."""
    waiting = (
        select(SearchEntry.id)
        .where(
            SearchEntry.tenant_id == tx.tenant_id,
            SearchEntry.indexed_at.is_(None),
            or_(SearchEntry.lease_until.is_(None), SearchEntry.lease_until <= now),
        )
        .order_by(SearchEntry.wanted_at, SearchEntry.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("waiting")
    )
    rows = await tx.session.scalars(
        update(SearchEntry)
        .where(SearchEntry.tenant_id == tx.tenant_id, SearchEntry.id.in_(select(waiting.c.id)))
        .values(lease_token=token, lease_until=until)
        .returning(SearchEntry)
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    return rows.all()


async def set_words(tx: Tx, token: UUID, texts: Mapping[UUID, str]) -> None:
    """The entries' words, for exact search; written under the lease."""
    if not texts:
        return
    await _each(
        tx,
        update(SearchEntry)
        .where(*_ours(tx, token))
        .values(words=func.to_tsvector("simple", bindparam("b_text"))),
        [{"b_id": entry_id, "b_text": text} for entry_id, text in texts.items()],
    )


async def settle_entries(
    tx: Tx,
    token: UUID,
    settled: Sequence[tuple[UUID, datetime, str, int]],
    at: datetime,
) -> None:
    """(entry, wanted when it was read, digest, passages): what the store holds now. One that has
    been wanted again meanwhile goes on waiting."""
    if not settled:
        return
    await _each(
        tx,
        update(SearchEntry)
        .where(*_ours(tx, token))
        .values(
            digest=bindparam("b_digest"),
            passages=bindparam("b_passages"),
            indexed_at=case(
                (
                    SearchEntry.wanted_at == bindparam("b_seen"),
                    bindparam("b_at", type_=DateTime(timezone=True)),
                )
            ),
            lease_token=None,
            lease_until=None,
        ),
        [
            {"b_id": one, "b_seen": seen, "b_digest": digest, "b_passages": count, "b_at": at}
            for one, seen, digest, count in settled
        ],
    )


async def drop_entries(tx: Tx, token: UUID, gone: Sequence[tuple[UUID, datetime]]) -> None:
    """Entries whose text is gone, and gone from the store as well."""
    if gone:
        await _each(
            tx,
            delete(SearchEntry).where(
                *_ours(tx, token), SearchEntry.wanted_at == bindparam("b_seen")
            ),
            [{"b_id": entry_id, "b_seen": seen} for entry_id, seen in gone],
        )


async def release_entries(tx: Tx, token: UUID) -> None:
    """Give back what has not been settled; the job comes again."""
    await tx.session.execute(
        update(SearchEntry)
        .where(SearchEntry.tenant_id == tx.tenant_id, SearchEntry.lease_token == token)
        .values(lease_token=None, lease_until=None)
        .execution_options(synchronize_session=False)
    )


def _ours(tx: ReadTx, token: UUID) -> tuple[ColumnElement[bool], ...]:
    return (
        SearchEntry.tenant_id == tx.tenant_id,
        SearchEntry.id == bindparam("b_id"),
        SearchEntry.lease_token == token,
    )


async def _each(tx: Tx, statement: Any, values: Sequence[dict[str, Any]]) -> None:
    """One statement over many rows. Not the session's: it would want whole primary keys."""
    await (await tx.session.connection()).execute(statement, list(values))


# ── How far it is ───────────────────────────────────────────────────────────────────────────────
async def count_entries(tx: ReadTx, since: datetime | None = None) -> tuple[int, int]:
    """Indexed, and waiting; with `since`, what was not wanted anew after that waits too."""
    done: ColumnElement[bool] = SearchEntry.indexed_at.is_not(None)
    if since is not None:
        done = and_(done, SearchEntry.wanted_at >= since)
    rows = await tx.session.execute(
        select(func.count().filter(done), func.count().filter(not_(done))).where(
            SearchEntry.tenant_id == tx.tenant_id
        )
    )
    indexed, waiting = rows.one()
    return indexed, waiting


async def index_state(tx: ReadTx) -> tuple[bool, int]:
    """Whether anything is indexed, and how much waits. Every find asks, so that the entries that
    are done aren't counted."""
    some = select(SearchEntry.id).where(
        SearchEntry.tenant_id == tx.tenant_id, SearchEntry.indexed_at.is_not(None)
    )
    waiting = (
        select(func.count())
        .select_from(SearchEntry)
        .where(SearchEntry.tenant_id == tx.tenant_id, SearchEntry.indexed_at.is_(None))
    )
    row = (await tx.session.execute(select(some.exists(), waiting.scalar_subquery()))).one()
    return bool(row[0]), int(row[1])


async def count_passages(tx: ReadTx) -> int:
    """How many passages the store should hold."""
    rows = await tx.session.execute(
        select(func.coalesce(func.sum(SearchEntry.passages), 0)).where(
            SearchEntry.tenant_id == tx.tenant_id
        )
    )
    return int(rows.scalar_one())


async def oldest_waiting(tx: ReadTx) -> datetime | None:
    rows = await tx.session.execute(
        select(func.min(SearchEntry.wanted_at)).where(
            SearchEntry.tenant_id == tx.tenant_id, SearchEntry.indexed_at.is_(None)
        )
    )
    return rows.scalar_one()


async def is_waiting(tx: ReadTx, before: datetime, now: datetime) -> bool:
    """Whether something waits since then that nobody is at."""
    rows = await tx.session.execute(
        select(SearchEntry.id)
        .where(
            SearchEntry.tenant_id == tx.tenant_id,
            SearchEntry.indexed_at.is_(None),
            SearchEntry.wanted_at < before,
            func.coalesce(SearchEntry.lease_until, now) <= now,
        )
        .limit(1)
    )
    return rows.first() is not None


# ── Finding ─────────────────────────────────────────────────────────────────────────────────────
async def list_visible(tx: ReadTx, only: UUID | None) -> dict[UUID, str]:
    """The accounts a find may show to this member, with their names."""
    query = select(Account.id, Account.name).where(
        Account.tenant_id == tx.tenant_id, Account.excluded.is_(False)
    )
    if only is not None:
        query = query.where(assigned(tx, only))
    return {row[0]: row[1] for row in await tx.session.execute(query)}


async def find_words(
    tx: ReadTx, query: str, accounts: Collection[UUID] | None, limit: int
) -> Sequence[tuple[str, UUID]]:
    """(source, id) of texts that hold the words, the densest first. `query` is a tsquery's text;
    `accounts`: only theirs."""
    wanted = func.to_tsquery("simple", query)
    where = [SearchEntry.tenant_id == tx.tenant_id, SearchEntry.words.op("@@")(wanted)]
    if accounts is not None:
        where.append(SearchEntry.account_id.in_(accounts))
    rows = await tx.session.execute(
        select(SearchEntry.source, SearchEntry.source_id)
        .where(*where)
        .order_by(
            func.ts_rank_cd(SearchEntry.words, wanted, 1).desc(), SearchEntry.created_at.desc()
        )
        .limit(limit)
    )
    return [(row[0], row[1]) for row in rows]
