"""Which accounts a member may see: the one place that says it in SQL (services/visibility.py says
whom it holds for)."""

from uuid import UUID

from sqlalchemy import ColumnElement, select, union
from sqlalchemy.orm import aliased

from db.models.conversations import Conversation
from db.models.customers import Account, AccountOwner, Deal
from db.session import ReadTx


def assigned(tx: ReadTx, member_id: UUID) -> ColumnElement[bool]:
    """Accounts the member owns or looks after, whose deal is theirs, whose mail they answer, or
    that nobody has been given yet. A union, each part of it on an index: alternatives in one
    condition would have every account of the tenant looked at."""
    free = aliased(Account)
    owners = select(AccountOwner.id).where(
        AccountOwner.tenant_id == free.tenant_id, AccountOwner.account_id == free.id
    )
    parts = (
        select(free.id).where(free.tenant_id == tx.tenant_id, free.owner_id == member_id),
        select(free.id).where(
            free.tenant_id == tx.tenant_id, free.owner_id.is_(None), ~owners.exists()
        ),
        select(AccountOwner.account_id).where(
            AccountOwner.tenant_id == tx.tenant_id, AccountOwner.member_id == member_id
        ),
        select(Deal.account_id).where(Deal.tenant_id == tx.tenant_id, Deal.owner_id == member_id),
        select(Conversation.account_id).where(
            Conversation.tenant_id == tx.tenant_id,
            Conversation.responder_id == member_id,
            Conversation.account_id.is_not(None),
        ),
    )
    return Account.id.in_(union(*parts))


async def may_see(tx: ReadTx, account_id: UUID, only: UUID | None) -> bool:
    if only is None:
        return True
    rows = await tx.session.execute(
        select(Account.id).where(
            Account.tenant_id == tx.tenant_id, Account.id == account_id, assigned(tx, only)
        )
    )
    return rows.first() is not None
