"""SQL of urgent texts: the rows of kind `urgent` among the approval mails. They leave by SMS, carry
no token, and are claimed and settled as mails are."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from db.models.approvals import ApprovalMail
from db.models.tenants import Member
from db.session import ReadTx

KIND = "urgent"


async def list_failed_texts(tx: ReadTx, request_id: UUID) -> Sequence[tuple[str, str]]:
    """Whom no text reached for sure: name, and why."""
    rows = await tx.session.execute(
        select(Member.name, ApprovalMail.note)
        .join(
            Member,
            (Member.tenant_id == ApprovalMail.tenant_id) & (Member.id == ApprovalMail.member_id),
        )
        .where(
            ApprovalMail.tenant_id == tx.tenant_id,
            ApprovalMail.request_id == request_id,
            ApprovalMail.kind == KIND,
            ApprovalMail.status.in_(("failed", "unknown")),
        )
        .order_by(ApprovalMail.created_at, ApprovalMail.id)
    )
    return [(name, note or "") for name, note in rows]
