"""SQL of approval mails: who was written to, with which token, and whether it was used."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from db.models.approvals import ApprovalMail
from db.session import ReadTx, Tx


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
            sent_at=mail.sent_at,
            suggestion=mail.suggestion,
        )
        .on_conflict_do_nothing(
            index_elements=["tenant_id", "request_id", "member_id", "kind", "number"]
        )
        .returning(ApprovalMail.id)
    )
    return rows.scalar_one_or_none() is not None


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
