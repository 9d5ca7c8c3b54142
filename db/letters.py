"""SQL of all mails of ours that carry a token, whatever they are about; and of those about
drafts. `sort` is the table's model."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert

from db.models.letters import DraftLetter, Letter
from db.session import ReadTx, Tx

ON_ITS_WAY = ("queued", "sending")
L = TypeVar("L", bound=Letter)


async def get_letter(tx: ReadTx, sort: type[L], letter_id: UUID) -> L | None:
    return await tx.session.get(sort, (tx.tenant_id, letter_id), populate_existing=True)


async def find_by_hash(tx: ReadTx, sort: type[L], token_hash: bytes) -> L | None:
    rows = await tx.session.execute(
        select(sort).where(sort.tenant_id == tx.tenant_id, sort.token_hash == token_hash)
    )
    return rows.scalar_one_or_none()


async def claim_letter(
    tx: Tx, sort: type[L], letter_id: UUID, token_hash: bytes, **shows: object
) -> bool:
    """Make it ready to leave with this token, and say what it shows; False when another job did."""
    values = {"status": "sending", "token_hash": token_hash, **shows}
    return await _move(tx, sort, letter_id, "queued", values)


async def settle_letter(
    tx: Tx,
    sort: type[L],
    letter_id: UUID,
    *,
    expect: str,
    status: str,
    note: str | None = None,
    sent_at: datetime | None = None,
) -> bool:
    """Move it from one status to the next; False when another job did."""
    values: dict[str, Any] = {"status": status, "note": note}
    if sent_at is not None:
        values["sent_at"] = sent_at
    return await _move(tx, sort, letter_id, expect, values)


async def _move(
    tx: Tx, sort: type[L], letter_id: UUID, expect: str, values: dict[str, Any]
) -> bool:
    rows = await tx.session.execute(
        update(sort)
        .where(sort.tenant_id == tx.tenant_id, sort.id == letter_id, sort.status == expect)
        .values(**values)
        .returning(sort.id)
        .execution_options(synchronize_session="fetch")
    )
    return rows.scalar_one_or_none() is not None


async def use_letter(tx: Tx, sort: type[L], letter_id: UUID, at: datetime, by: str) -> bool:
    """Use the token up, and say with what; False when it was used before."""
    rows = await tx.session.execute(
        update(sort)
        .where(sort.tenant_id == tx.tenant_id, sort.id == letter_id, sort.used_at.is_(None))
        .values(used_at=at, suggestion=sort.suggestion.op("||")({"used_by": by}))
        .returning(sort.id)
        .execution_options(synchronize_session="fetch")
    )
    return rows.scalar_one_or_none() is not None


async def give_back(tx: Tx, sort: type[L], letter_id: UUID, at: datetime) -> None:
    """Nothing was decided with it: the use of that moment is taken back."""
    await tx.session.execute(
        update(sort)
        .where(sort.tenant_id == tx.tenant_id, sort.id == letter_id, sort.used_at == at)
        .values(used_at=None)
        .execution_options(synchronize_session="fetch")
    )


# ── About drafts ────────────────────────────────────────────────────────────────────────────────
async def add_draft_letter(tx: Tx, letter: DraftLetter) -> bool:
    """False when the thread has a letter of this number already."""
    rows = await tx.session.execute(
        insert(DraftLetter)
        .values(
            tenant_id=tx.tenant_id,
            id=letter.id,
            created_at=letter.created_at,
            action_id=letter.action_id,
            member_id=letter.member_id,
            kind=letter.kind,
            number=letter.number,
            status=letter.status,
            token_hash=letter.token_hash,
            revision=letter.revision,
            content_hash=letter.content_hash,
            expires_at=letter.expires_at,
            suggestion=letter.suggestion,
        )
        .on_conflict_do_nothing(index_elements=["tenant_id", "action_id", "member_id", "number"])
        .returning(DraftLetter.id)
    )
    return rows.scalar_one_or_none() is not None


async def last_draft_letter(
    tx: ReadTx, action_id: UUID, member_id: UUID, kinds: Sequence[str] = ()
) -> DraftLetter | None:
    """The newest of the thread, of these kinds or of any."""
    query = select(DraftLetter).where(
        DraftLetter.tenant_id == tx.tenant_id,
        DraftLetter.action_id == action_id,
        DraftLetter.member_id == member_id,
    )
    if kinds:
        query = query.where(DraftLetter.kind.in_(kinds))
    rows = await tx.session.execute(query.order_by(DraftLetter.number.desc()).limit(1))
    return rows.scalar_one_or_none()


async def count_draft_letters(tx: ReadTx, action_id: UUID, member_id: UUID, kind: str) -> int:
    rows = await tx.session.execute(
        select(func.count())
        .select_from(DraftLetter)
        .where(
            DraftLetter.tenant_id == tx.tenant_id,
            DraftLetter.action_id == action_id,
            DraftLetter.member_id == member_id,
            DraftLetter.kind == kind,
        )
    )
    return rows.scalar_one()


async def note_change(tx: Tx, letter_id: UUID, base: int, asked_in: str) -> None:
    """Its reader asked, in the mail `asked_in`, for another text than revision `base`: that one is
    to come by mail too."""
    await tx.session.execute(
        update(DraftLetter)
        .where(DraftLetter.tenant_id == tx.tenant_id, DraftLetter.id == letter_id)
        .values(
            suggestion=DraftLetter.suggestion.op("||")({"changing": base, "asked_in": asked_in})
        )
        .execution_options(synchronize_session="fetch")
    )


async def asked_for_change(
    tx: ReadTx, action_id: UUID, member_id: UUID, base: int
) -> Mapping[str, Any] | None:
    """What is noted of the mail in which this member asked for another text than revision `base`;
    None when they didn't."""
    rows = await tx.session.execute(
        select(DraftLetter.suggestion)
        .where(
            DraftLetter.tenant_id == tx.tenant_id,
            DraftLetter.action_id == action_id,
            DraftLetter.member_id == member_id,
            DraftLetter.suggestion["changing"].as_integer() == base,
        )
        .order_by(DraftLetter.number.desc())
        .limit(1)
    )
    return rows.scalar_one_or_none()
