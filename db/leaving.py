"""SQL of seeing somebody off: what they had open, and what still names them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, or_, select, update

from db.models.actions import Action, Effect
from db.models.cards import Card
from db.models.conversations import Conversation
from db.models.customers import Account, AccountOwner, Deal
from db.models.mailboxes import Mailbox
from db.session import ReadTx, Tx

OPEN_ACTIONS = ("pending", "approved")


@dataclass(frozen=True, slots=True, kw_only=True)
class Owned:
    """What still names somebody as its owner."""

    accounts: int
    deals: int


async def list_open_work(tx: ReadTx, member_id: UUID) -> Sequence[tuple[UUID, UUID | None]]:
    """Actions of the member that aren't settled, and their conversations, in the order in which
    they are locked everywhere."""
    rows = await tx.session.execute(
        select(Action.id, Action.conversation_id)
        .where(
            Action.tenant_id == tx.tenant_id,
            Action.owner_id == member_id,
            Action.status.in_(OPEN_ACTIONS),
        )
        .order_by(Action.conversation_id, Action.id)
    )
    return [(action_id, conversation_id) for action_id, conversation_id in rows]


async def is_sending(tx: ReadTx, action_id: UUID) -> bool:
    """Whether the action's mail is past the point of no return."""
    rows = await tx.session.execute(
        select(Effect.id).where(
            Effect.tenant_id == tx.tenant_id,
            Effect.action_id == action_id,
            Effect.status == "sending",
        )
    )
    return rows.first() is not None


async def pass_on_conversations(
    tx: Tx, *, of: UUID, to: UUID, mailbox_id: UUID | None
) -> Sequence[UUID]:
    """Give the member's conversations with customers to somebody else. What belongs to no account
    stays where it is: those are headers of their own mail, and nobody else's to see."""
    rows = await tx.session.execute(
        update(Conversation)
        .where(
            Conversation.tenant_id == tx.tenant_id,
            Conversation.responder_id == of,
            Conversation.link.in_(("linked", "lead")),
        )
        .values(responder_id=to, responder_mailbox_id=mailbox_id)
        .returning(Conversation.id)
        .execution_options(synchronize_session=False)
    )
    return rows.scalars().all()


async def lock_mailboxes_of(tx: Tx, member_id: UUID) -> Sequence[Mailbox]:
    """The member's own mailboxes that are still connected somehow, as they stand now: whoever is
    just renewing their tokens does so before us, and what is given back is what stands there."""
    rows = await tx.session.execute(
        select(Mailbox)
        .where(
            Mailbox.tenant_id == tx.tenant_id,
            Mailbox.member_id == member_id,
            Mailbox.status != "disconnected",
            Mailbox.is_system.is_(False),
        )
        .order_by(Mailbox.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return rows.scalars().all()


async def count_owned(tx: ReadTx, member_id: UUID) -> Owned:
    """Accounts and deals that name the member as their owner."""
    accounts = await tx.session.execute(
        select(func.count(func.distinct(Account.id)))
        .outerjoin(
            AccountOwner,
            (AccountOwner.tenant_id == Account.tenant_id) & (AccountOwner.account_id == Account.id),
        )
        .where(
            Account.tenant_id == tx.tenant_id,
            or_(Account.owner_id == member_id, AccountOwner.member_id == member_id),
        )
    )
    deals = await tx.session.execute(
        select(func.count())
        .select_from(Deal)
        .where(
            Deal.tenant_id == tx.tenant_id,
            Deal.owner_id == member_id,
            Deal.stage.not_in(("closed_won", "closed_lost")),
        )
    )
    return Owned(accounts=accounts.scalar_one(), deals=deals.scalar_one())


async def hold_card(
    tx: Tx, *, card_id: UUID, kind: str, subject_id: UUID, recipient_id: UUID, now: datetime
) -> None:
    """A card that waits for its reader from the start, if they have none about this yet."""
    known = select(Card.id).where(
        Card.tenant_id == tx.tenant_id,
        Card.kind == kind,
        Card.subject_id == subject_id,
        Card.recipient_id == recipient_id,
    )
    if (await tx.session.execute(known)).first() is None:
        tx.session.add(
            Card(
                tenant_id=tx.tenant_id,
                id=card_id,
                created_at=now,
                kind=kind,
                subject_id=subject_id,
                recipient_id=recipient_id,
                wanted_rev=1,
                held_rev=1,
            )
        )
        await tx.session.flush()
