"""SQL of accounts that become one, and of the way back. Rows are moved by their table: a table that
names an account stands in one of the three lists below, and a test fails for one that doesn't."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, cast
from uuid import UUID

from sqlalchemy import ColumnElement, Select, delete, func, select, text, update
from sqlalchemy.orm import aliased

from db.base import Base, TenantRow
from db.merged import WITH_MERGED
from db.models.actions import Action
from db.models.agent import AgentAnswer
from db.models.approvals import ApprovalRequest, Concession
from db.models.autonomy import Narrowing
from db.models.compose import Capture, Note
from db.models.conversations import Conversation, Message
from db.models.customers import Account, AccountMerge, AccountOwner, Contact, Deal
from db.models.health import HealthRecord
from db.models.looks import AccountLook
from db.models.meetings import Meeting, SlackThread, Transcript
from db.models.outcomes import Outcome, OutcomeCredit
from db.models.outreach import Trigger
from db.models.search import SearchEntry
from db.models.signals import Detection, ScanAccount, Signal
from db.models.summaries import Summary, SummaryLease
from db.search import later, texts_of
from db.session import ReadTx, Tx

MOVED: Final[tuple[type[TenantRow], ...]] = (
    Contact,
    Deal,
    Conversation,
    Meeting,
    Transcript,
    SlackThread,
    Note,
    Capture,
    Action,
    ApprovalRequest,
    Concession,
    AgentAnswer,
    Trigger,
    Outcome,
    OutcomeCredit,
)
"""What goes along with its account."""
APART: Final[tuple[type[TenantRow], ...]] = (AccountOwner, Narrowing)
"""Moved by a rule of its own."""
DERIVED: Final[tuple[type[TenantRow], ...]] = (
    AccountLook,
    Detection,
    HealthRecord,
    ScanAccount,
    SearchEntry,
    Signal,
    Summary,
    SummaryLease,
)
"""Made of the others: made anew for the target instead, or the history of a look that was had."""

Moved = dict[str, list[UUID]]
"""Table → ids."""
LOCK = text("select pg_advisory_xact_lock(hashtextextended(:key, 0))")


# ── Merges and accounts ─────────────────────────────────────────────────────────────────────────
async def lock_moves(tx: Tx) -> None:
    """One merge or split of a tenant at a time: the second finds what the first has made."""
    await tx.session.execute(LOCK, {"key": f"account moves|{tx.tenant_id}"})


async def lock_accounts(tx: Tx, account_ids: Collection[UUID]) -> dict[UUID, Account]:
    """These accounts, merged ones too. Nothing new comes to refer to them before the end of the
    transaction; what is being written is waited for."""
    rows = await tx.session.scalars(
        select(Account)
        .where(Account.tenant_id == tx.tenant_id, Account.id.in_(account_ids))
        .order_by(Account.id)
        .with_for_update()
        .execution_options(populate_existing=True, **WITH_MERGED)
    )
    return {account.id: account for account in rows}


async def find_named(tx: ReadTx, name: str) -> Sequence[Account]:
    """Accounts of exactly this name but for capitals, merged ones too."""
    rows = await tx.session.scalars(
        select(Account)
        .where(Account.tenant_id == tx.tenant_id, func.lower(Account.name) == name.lower())
        .order_by(Account.merged_into_id.is_not(None), Account.name)
        .execution_options(**WITH_MERGED)
    )
    return rows.all()


async def get_merge(tx: ReadTx, merge_id: UUID) -> AccountMerge | None:
    return await tx.session.get(AccountMerge, (tx.tenant_id, merge_id), populate_existing=True)


async def find_standing(tx: ReadTx, source_id: UUID) -> AccountMerge | None:
    """The merge that made this account part of another."""
    rows = await tx.session.scalars(
        select(AccountMerge).where(
            AccountMerge.tenant_id == tx.tenant_id,
            AccountMerge.source_id == source_id,
            AccountMerge.split_at.is_(None),
        )
    )
    return rows.one_or_none()


async def list_merges(tx: ReadTx) -> list[tuple[AccountMerge, str, str]]:
    """Every merge with the names of its source and its target, the newest first."""
    source, target = aliased(Account), aliased(Account)
    mine = AccountMerge.tenant_id
    rows = await tx.session.execute(
        select(AccountMerge, source.name, target.name)
        .join(source, (source.tenant_id == mine) & (source.id == AccountMerge.source_id))
        .join(target, (target.tenant_id == mine) & (target.id == AccountMerge.target_id))
        .where(mine == tx.tenant_id)
        .order_by(AccountMerge.merged_at.desc(), AccountMerge.id.desc())
        .execution_options(**WITH_MERGED)
    )
    return [(merge, before, after) for merge, before, after in rows]


async def list_parts(tx: ReadTx) -> list[tuple[str, UUID]]:
    """Merged accounts: (name, the account each stands in now)."""
    rows = await tx.session.execute(
        select(Account.name, Account.merged_into_id)
        .where(Account.tenant_id == tx.tenant_id, Account.merged_into_id.is_not(None))
        .execution_options(**WITH_MERGED)
    )
    return [(name, into) for name, into in rows if into is not None]


async def list_deal_names(tx: ReadTx, deal_ids: Collection[UUID]) -> dict[UUID, str]:
    rows = await tx.session.execute(
        select(Deal.id, Deal.name).where(Deal.tenant_id == tx.tenant_id, Deal.id.in_(deal_ids))
    )
    return {row[0]: row[1] for row in rows}


async def list_deals_at(tx: ReadTx, account_id: UUID) -> Sequence[Deal]:
    rows = await tx.session.scalars(
        select(Deal)
        .where(Deal.tenant_id == tx.tenant_id, Deal.account_id == account_id)
        .order_by(Deal.created_at, Deal.id)
        .execution_options(populate_existing=True)
    )
    return rows.all()


# ── Moving ──────────────────────────────────────────────────────────────────────────────────────
async def move_all(tx: Tx, source_id: UUID, target_id: UUID) -> Moved:
    """Everything that goes along; the ids, by table. A transcript that the target has too stays."""
    moved: Moved = {}
    for row in MOVED:
        where = [_account(row) == source_id]
        if row is Transcript:
            where.append(Transcript.sha256.not_in(_files_of(tx, target_id)))
        moved[row.__tablename__] = await _move(tx, row, target_id, where)
    functions = select(AccountOwner.function).where(
        AccountOwner.tenant_id == tx.tenant_id, AccountOwner.account_id == target_id
    )
    where = [AccountOwner.account_id == source_id, AccountOwner.function.not_in(functions)]
    moved[AccountOwner.__tablename__] = await _move(tx, AccountOwner, target_id, where)
    where = [Narrowing.account_id == source_id, ~_narrowed_at(tx, target_id)]
    moved[Narrowing.__tablename__] = await _move(tx, Narrowing, target_id, where)
    moved[Account.__tablename__] = await _point(tx, Account.merged_into_id == source_id, target_id)
    return {table: ids for table, ids in moved.items() if ids}


async def move_back(
    tx: Tx, moved: Mapping[str, Sequence[UUID]], target_id: UUID, source_id: UUID
) -> Moved:
    """Those of the rows that still stand at the target go back to the source."""
    back: Moved = {}
    for row in (*MOVED, *APART):
        table = row.__tablename__
        where = [_account(row) == target_id, row.id.in_(moved.get(table, ()))]
        back[table] = await _move(tx, row, source_id, where)
    parts = moved.get(Account.__tablename__, ())
    back[Account.__tablename__] = await _point(
        tx, (Account.merged_into_id == target_id) & Account.id.in_(parts), source_id
    )
    return {table: ids for table, ids in back.items() if ids}


async def move_later_contacts(
    tx: Tx, domain: str, target_id: UUID, source_id: UUID, since: datetime
) -> list[UUID]:
    """People learnt since then at the source's own mail domain."""
    of_domain = func.split_part(Contact.email, "@", 2) == domain
    where = [Contact.account_id == target_id, Contact.created_at >= since, of_domain]
    return await _move(tx, Contact, source_id, where)


async def move_later_mail(tx: Tx, target_id: UUID, source_id: UUID, since: datetime) -> Moved:
    """Conversations begun since then in which only people of the source have a part, with what
    hangs on them. The contacts stand where they belong by now."""

    def said_by(account_id: UUID) -> ColumnElement[bool]:
        return (
            select(Message.id)
            .join(
                Contact,
                (Contact.tenant_id == Message.tenant_id) & (Contact.id == Message.contact_id),
            )
            .where(
                Message.tenant_id == tx.tenant_id,
                Message.conversation_id == Conversation.id,
                Contact.account_id == account_id,
            )
            .exists()
        )

    where = [Conversation.account_id == target_id, Conversation.created_at >= since]
    where += [said_by(source_id), ~said_by(target_id)]
    talks = await _move(tx, Conversation, source_id, where)
    mails = select(Message.id).where(
        Message.tenant_id == tx.tenant_id, Message.conversation_id.in_(talks)
    )
    actions = [Action.account_id == target_id, Action.conversation_id.in_(talks)]
    meetings = [Meeting.account_id == target_id, Meeting.message_id.in_(mails)]
    found = {
        Conversation.__tablename__: talks,
        Action.__tablename__: await _move(tx, Action, source_id, actions),
        Meeting.__tablename__: await _move(tx, Meeting, source_id, meetings),
    }
    return {table: ids for table, ids in found.items() if ids}


async def part_from_deals(tx: Tx, account_id: UUID) -> None:
    """The account's conversations are about no deal that isn't its own."""
    own = select(Deal.id).where(Deal.tenant_id == tx.tenant_id, Deal.account_id == account_id)
    await tx.session.execute(
        update(Conversation)
        .where(
            Conversation.tenant_id == tx.tenant_id,
            Conversation.account_id == account_id,
            Conversation.deal_id.not_in(own),
        )
        .values(deal_id=None)
        .execution_options(synchronize_session=False)
    )


# ── What is made of them ────────────────────────────────────────────────────────────────────────
async def list_open_signals(tx: Tx, account_id: UUID) -> Sequence[Signal]:
    """To be settled, in the order others lock them."""
    rows = await tx.session.scalars(
        select(Signal)
        .where(
            Signal.tenant_id == tx.tenant_id,
            Signal.account_id == account_id,
            Signal.status.in_(("raised", "acknowledged")),
        )
        .order_by(Signal.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return rows.all()


async def forget_derived(tx: Tx, account_id: UUID, at: datetime) -> list[UUID]:
    """Nothing is found of this account any more, and whoever is at it finds their lease gone. The
    ids of the summaries that were dropped."""
    await tx.session.execute(
        update(Detection)
        .where(
            Detection.tenant_id == tx.tenant_id,
            Detection.account_id == account_id,
            Detection.gone_at.is_(None),
        )
        .values(gone_at=at)
        .execution_options(synchronize_session=False)
    )
    held: tuple[type[TenantRow], ...] = (AccountLook, SummaryLease)
    for row in held:
        await tx.session.execute(
            delete(row)
            .where(*_of(tx, row, account_id))
            .execution_options(synchronize_session=False)
        )
    dropped = await tx.session.scalars(
        delete(Summary)
        .where(*_of(tx, Summary, account_id))
        .returning(Summary.id)
        .execution_options(synchronize_session=False)
    )
    return list(dropped)


async def follow_texts(tx: Tx, was_id: UUID, now_id: UUID, at: datetime) -> None:
    """Texts of the one account that belong to the other by now are to be indexed anew."""
    for source, query in texts_of(tx).items():
        theirs = query.subquery()
        of_other = select(theirs.c.id).where(theirs.c.account_id == now_id)
        await tx.session.execute(
            update(SearchEntry)
            .where(
                SearchEntry.tenant_id == tx.tenant_id,
                SearchEntry.source == source,
                SearchEntry.account_id == was_id,
                SearchEntry.source_id.in_(of_other),
            )
            .values(account_id=now_id, wanted_at=later(at), indexed_at=None)
            .execution_options(synchronize_session=False)
        )


async def list_pending(tx: ReadTx, moved: Mapping[str, Sequence[UUID]]) -> list[tuple[str, UUID]]:
    """Cards that people still decide on among what was moved: (kind, subject), in one order."""
    found: list[tuple[str, UUID]] = []
    for kind, row in (("approval", ApprovalRequest), ("mail", Action)):
        rows = await tx.session.scalars(
            select(row.id)
            .where(
                row.tenant_id == tx.tenant_id,
                row.id.in_(moved.get(row.__tablename__, ())),
                row.status == "pending",
            )
            .order_by(row.id)
        )
        found += [(kind, one) for one in rows]
    return found


def tables_of_accounts() -> frozenset[str]:
    """Every table of the metadata that names an account."""
    return frozenset(
        name for name, table in Base.metadata.tables.items() if "account_id" in table.c
    )


def _account(row: Any) -> ColumnElement[UUID]:
    """The column that every one of them has."""
    return cast("ColumnElement[UUID]", row.account_id)


def _of(tx: ReadTx, row: type[TenantRow], account_id: UUID) -> tuple[ColumnElement[bool], ...]:
    return row.tenant_id == tx.tenant_id, _account(row) == account_id


def _narrowed_at(tx: ReadTx, account_id: UUID) -> ColumnElement[bool]:
    """The same member has a limit of the same kind there: that one holds."""
    there = aliased(Narrowing)
    return (
        select(there.id)
        .where(
            there.tenant_id == tx.tenant_id,
            there.account_id == account_id,
            there.member_id == Narrowing.member_id,
            there.action_type == Narrowing.action_type,
        )
        .exists()
    )


def _files_of(tx: ReadTx, account_id: UUID) -> Select[str]:
    return select(Transcript.sha256).where(
        Transcript.tenant_id == tx.tenant_id, Transcript.account_id == account_id
    )


async def _move(
    tx: Tx, row: type[TenantRow], to: UUID, where: Sequence[ColumnElement[bool]]
) -> list[UUID]:
    """The ids, sorted."""
    ids = await tx.session.scalars(
        update(row)
        .where(row.tenant_id == tx.tenant_id, *where)
        .values(account_id=to)
        .returning(row.id)
        .execution_options(synchronize_session=False)
    )
    return sorted(ids)


async def _point(tx: Tx, where: ColumnElement[bool], to: UUID) -> list[UUID]:
    """Accounts that were part of the one are part of the other."""
    ids = await tx.session.scalars(
        update(Account)
        .where(Account.tenant_id == tx.tenant_id, where)
        .values(merged_into_id=to)
        .returning(Account.id)
        .execution_options(synchronize_session=False)
    )
    return sorted(ids)
