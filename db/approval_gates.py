"""SQL of gates: which types of action need an approval request, and what became of it.

Nothing here locks a request. Whoever holds an action or a draft must not (the order is request
first): they enqueue a job instead.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, and_, select

from db.models.approvals import ApprovalRequest, ApprovalRuleSet
from db.session import ReadTx, raw_connection

# Whoever could vote now: the one who speaks for an absent holder first.
DECIDERS = """
select m.name
from approval_seats s
join members m on m.tenant_id = s.tenant_id and m.id = coalesce(s.delegate_id, s.holder_id)
left join approval_votes v
    on v.tenant_id = s.tenant_id and v.request_id = s.request_id and v.seat_id = s.id
where s.tenant_id = $1 and s.request_id = $2 and v.id is null and m.active
order by s.number
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """The revision a request of an action is about."""

    revision: int
    content_hash: str


def bound_to(request: ApprovalRequest) -> Bound:
    """What people decide on when they decide on this request."""
    revision = request.payload.get("revision")
    return Bound(
        revision=revision if isinstance(revision, int) else 0,
        content_hash=str(request.payload.get("content_hash", "")),
    )


async def get_gated_types(tx: ReadTx) -> frozenset[str]:
    """The action types that the tenant's present rules name; none without rules."""
    newest = await tx.session.execute(
        select(ApprovalRuleSet.gated_types)
        .where(ApprovalRuleSet.tenant_id == tx.tenant_id)
        .order_by(ApprovalRuleSet.version.desc())
        .limit(1)
    )
    return frozenset(newest.scalar_one_or_none() or ())


async def newest_request(tx: ReadTx, action_id: UUID) -> ApprovalRequest | None:
    """The request about this action that is pending (there is at most one), else the latest."""
    rows = await tx.session.execute(
        select(ApprovalRequest)
        .where(_about(tx, action_id))
        .order_by(
            (ApprovalRequest.status == "pending").desc(),
            ApprovalRequest.created_at.desc(),
            ApprovalRequest.id.desc(),
        )
        .limit(1)
    )
    return rows.scalar_one_or_none()


async def approved_request(
    tx: ReadTx, action_id: UUID, *, revision: int, content_hash: str
) -> ApprovalRequest | None:
    """The approved request for exactly this revision of the action's draft."""
    rows = await tx.session.execute(
        select(ApprovalRequest)
        .where(_about(tx, action_id), ApprovalRequest.status == "approved")
        .order_by(ApprovalRequest.settled_at.desc(), ApprovalRequest.id.desc())
    )
    wanted = Bound(revision=revision, content_hash=content_hash)
    return next((row for row in rows.scalars() if bound_to(row) == wanted), None)


async def refused_request(
    tx: ReadTx, action_id: UUID, *, content_hash: str
) -> ApprovalRequest | None:
    """A request for exactly these words that somebody said no to."""
    rows = await tx.session.execute(
        select(ApprovalRequest)
        .where(_about(tx, action_id), ApprovalRequest.status == "rejected")
        .order_by(ApprovalRequest.settled_at.desc(), ApprovalRequest.id.desc())
    )
    return next((row for row in rows.scalars() if bound_to(row).content_hash == content_hash), None)


async def list_deciders(tx: ReadTx, request_id: UUID) -> Sequence[str]:
    """Names of those whose voice is still missing."""
    found = await (await raw_connection(tx)).fetch(DECIDERS, tx.tenant_id, request_id)
    return [row["name"] for row in found]


def _about(tx: ReadTx, action_id: UUID) -> ColumnElement[bool]:
    return and_(ApprovalRequest.tenant_id == tx.tenant_id, ApprovalRequest.action_id == action_id)
