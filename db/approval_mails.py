"""SQL of approval mails: who was written to, with which token, and whether it was used."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert

from db.models.approvals import ApprovalMail
from db.session import ReadTx, Tx

ON_ITS_WAY = ("queued", "sending")
LEFT = ("sending", "sent", "unknown")


async def add_mail(tx: Tx, mail: ApprovalMail) -> bool:
    """False when this very mail exists already."""
    rows = await tx.session.execute(
        insert(ApprovalMail)
        .values(
            tenant_id=tx.tenant_id,
            id=mail.id,
            created_at=mail.created_at,
            request_id=mail.request_id,
            member_id=mail.member_id,
            kind=mail.kind,
            number=mail.number,
            status=mail.status,
            token_hash=mail.token_hash,
            payload_hash=mail.payload_hash,
            rule_version=mail.rule_version,
            expires_at=mail.expires_at,
            suggestion=mail.suggestion,
        )
        .on_conflict_do_nothing(
            index_elements=["tenant_id", "request_id", "member_id", "kind", "number"]
        )
        .returning(ApprovalMail.id)
    )
    return rows.scalar_one_or_none() is not None


async def get_mail(tx: ReadTx, mail_id: UUID) -> ApprovalMail | None:
    return await tx.session.get(ApprovalMail, (tx.tenant_id, mail_id), populate_existing=True)


async def find_by_hash(tx: ReadTx, token_hash: bytes) -> ApprovalMail | None:
    rows = await tx.session.execute(
        select(ApprovalMail).where(
            ApprovalMail.tenant_id == tx.tenant_id, ApprovalMail.token_hash == token_hash
        )
    )
    return rows.scalar_one_or_none()


async def last_number(tx: ReadTx, request_id: UUID, member_id: UUID, kind: str) -> int | None:
    """The number of the last mail of this kind to this person; None before the first."""
    rows = await tx.session.execute(
        select(func.max(ApprovalMail.number)).where(
            ApprovalMail.tenant_id == tx.tenant_id,
            ApprovalMail.request_id == request_id,
            ApprovalMail.member_id == member_id,
            ApprovalMail.kind == kind,
        )
    )
    return rows.scalar_one_or_none()


async def claim_mail(tx: Tx, mail_id: UUID, token_hash: bytes) -> bool:
    """Make the mail ready to leave with this token; False when another job did."""
    return await _move(tx, mail_id, "queued", {"status": "sending", "token_hash": token_hash})


async def settle_mail(
    tx: Tx,
    mail_id: UUID,
    *,
    expect: str,
    status: str,
    note: str | None = None,
    sent_at: datetime | None = None,
) -> bool:
    """Move the mail from one status to the next; False when another job did."""
    values: dict[str, Any] = {"status": status, "note": note}
    if sent_at is not None:
        values["sent_at"] = sent_at
    return await _move(tx, mail_id, expect, values)


async def _move(tx: Tx, mail_id: UUID, expect: str, values: dict[str, Any]) -> bool:
    rows = await tx.session.execute(
        update(ApprovalMail)
        .where(
            ApprovalMail.tenant_id == tx.tenant_id,
            ApprovalMail.id == mail_id,
            ApprovalMail.status == expect,
        )
        .values(**values)
        .returning(ApprovalMail.id)
        .execution_options(synchronize_session="fetch")
    )
    return rows.scalar_one_or_none() is not None


async def use_mail(tx: Tx, mail_id: UUID, at: datetime, by: str) -> bool:
    """Use the token up, and say with what; False when it was used before."""
    rows = await tx.session.execute(
        update(ApprovalMail)
        .where(
            ApprovalMail.tenant_id == tx.tenant_id,
            ApprovalMail.id == mail_id,
            ApprovalMail.used_at.is_(None),
        )
        .values(used_at=at, suggestion=ApprovalMail.suggestion.op("||")({"used_by": by}))
        .returning(ApprovalMail.id)
        .execution_options(synchronize_session="fetch")
    )
    return rows.scalar_one_or_none() is not None


async def give_back(tx: Tx, mail_id: UUID, at: datetime) -> None:
    """Nothing was decided with it: the use of that moment is taken back."""
    await tx.session.execute(
        update(ApprovalMail)
        .where(
            ApprovalMail.tenant_id == tx.tenant_id,
            ApprovalMail.id == mail_id,
            ApprovalMail.used_at == at,
        )
        .values(used_at=None)
        .execution_options(synchronize_session="fetch")
    )


async def list_unsent(tx: ReadTx, before: datetime) -> Sequence[UUID]:
    """Mails that were wanted before a moment and are not settled: for the sweep. Urgent texts leave
    by another way (db/approval_texts)."""
    rows = await tx.session.execute(
        select(ApprovalMail.id).where(
            ApprovalMail.tenant_id == tx.tenant_id,
            ApprovalMail.kind != "urgent",
            ApprovalMail.status.in_(ON_ITS_WAY),
            ApprovalMail.created_at < before,
        )
    )
    return rows.scalars().all()


async def list_asked_back(tx: ReadTx, request_id: UUID) -> Sequence[tuple[UUID, datetime]]:
    """Who answered by mail in words that weren't clear, and when they were asked back."""
    rows = await tx.session.execute(
        select(ApprovalMail.member_id, ApprovalMail.created_at)
        .where(
            ApprovalMail.tenant_id == tx.tenant_id,
            ApprovalMail.request_id == request_id,
            ApprovalMail.kind == "confirm",
        )
        .order_by(ApprovalMail.created_at, ApprovalMail.id)
    )
    return [(member, at) for member, at in rows]
