"""SQL of the account view: one row that stands behind a line, if it is the account's."""

from typing import TypeVar
from uuid import UUID

from sqlalchemy import select

from db.base import TenantRow
from db.models.conversations import Conversation, Message
from db.models.customers import Deal, DealChange
from db.models.meetings import SlackPost, SlackThread
from db.session import ReadTx

Found = TypeVar("Found", bound=TenantRow)


async def get_of_account(
    tx: ReadTx, table: type[Found], row_id: UUID, account_id: UUID
) -> Found | None:
    """A row that names its account."""
    row = await tx.session.get(table, (tx.tenant_id, row_id))
    return row if getattr(row, "account_id", None) == account_id else None


async def get_message(tx: ReadTx, message_id: UUID, account_id: UUID) -> Message | None:
    rows = await tx.session.execute(
        select(Message)
        .join(
            Conversation,
            (Conversation.tenant_id == Message.tenant_id)
            & (Conversation.id == Message.conversation_id),
        )
        .where(
            Message.tenant_id == tx.tenant_id,
            Message.id == message_id,
            Conversation.account_id == account_id,
        )
    )
    return rows.scalar_one_or_none()


async def get_post(tx: ReadTx, post_id: UUID, account_id: UUID) -> SlackPost | None:
    rows = await tx.session.execute(
        select(SlackPost)
        .join(
            SlackThread,
            (SlackThread.tenant_id == SlackPost.tenant_id)
            & (SlackThread.id == SlackPost.thread_id),
        )
        .where(
            SlackPost.tenant_id == tx.tenant_id,
            SlackPost.id == post_id,
            SlackThread.account_id == account_id,
        )
    )
    return rows.scalar_one_or_none()


async def get_change(tx: ReadTx, change_id: UUID, account_id: UUID) -> DealChange | None:
    rows = await tx.session.execute(
        select(DealChange)
        .join(Deal, (Deal.tenant_id == DealChange.tenant_id) & (Deal.id == DealChange.deal_id))
        .where(
            DealChange.tenant_id == tx.tenant_id,
            DealChange.id == change_id,
            Deal.account_id == account_id,
        )
    )
    return rows.scalar_one_or_none()
