"""SQL of mails that answer nothing: whom they may go to, and which thread they belong to."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select, text

from db.models.conversations import Conversation, Message
from db.models.customers import Account, Contact
from db.models.drafts import Draft
from db.session import ReadTx
from db.visibility import assigned

# `p` is the contact. Neither side has written to the other in any conversation of their account.
FIRST_CONTACT = """
not exists (
    select 1 from messages w
    join conversations v on v.tenant_id = w.tenant_id and v.id = w.conversation_id
    where v.tenant_id = p.tenant_id and v.account_id = p.account_id
      and ((w.direction = 'inbound' and w.contact_id = p.id)
           or (w.direction = 'outbound'
               and (w.recipients -> 'to' ? p.email or w.recipients -> 'cc' ? p.email)))
)
"""
_ASK = text(f"select {FIRST_CONTACT} from contacts p where p.tenant_id = :tenant and p.id = :id")  # noqa: S608 - a constant of ours
_HELD = 2000


async def is_first_contact(tx: ReadTx, contact_id: UUID) -> bool:
    rows = await tx.session.execute(_ASK, {"tenant": tx.tenant_id, "id": contact_id})
    return bool(rows.scalar_one_or_none())


async def newest_thread(tx: ReadTx, account_id: UUID) -> Conversation | None:
    """The account's conversation in which something was said last."""
    rows = await tx.session.execute(
        select(Conversation)
        .where(
            Conversation.tenant_id == tx.tenant_id,
            Conversation.account_id == account_id,
            Conversation.link.in_(("linked", "lead")),
            Conversation.last_message_at.is_not(None),
        )
        .order_by(Conversation.last_message_at.desc(), Conversation.id.desc())
        .limit(1)
    )
    return rows.scalar_one_or_none()


async def last_from(tx: ReadTx, contact: Contact) -> Message | None:
    """The last mail this person wrote to us."""
    rows = await tx.session.execute(
        select(Message)
        .join(
            Conversation,
            (Conversation.tenant_id == Message.tenant_id)
            & (Conversation.id == Message.conversation_id),
        )
        .where(
            Message.tenant_id == tx.tenant_id,
            Conversation.account_id == contact.account_id,
            Message.contact_id == contact.id,
            Message.direction == "inbound",
        )
        .order_by(Message.received_at.desc())
        .limit(1)
    )
    return rows.scalar_one_or_none()


async def conversation_of_draft(
    tx: ReadTx, mailbox_id: UUID, *, draft_id: UUID | None, thread_id: str | None
) -> UUID | None:
    """The conversation of a draft of ours in this mailbox, by the draft itself or by the Gmail
    thread it stood in."""
    if draft_id is not None:
        where = Draft.id == draft_id
    elif thread_id is not None:
        where = Draft.gmail_thread_id == thread_id
    else:
        return None
    rows = await tx.session.scalars(
        select(Draft.conversation_id)
        .where(Draft.tenant_id == tx.tenant_id, Draft.mailbox_id == mailbox_id, where)
        .order_by(Draft.created_at.desc())
        .limit(1)
    )
    return rows.first()


async def list_accounts_named(tx: ReadTx, names: Sequence[str]) -> Sequence[Account]:
    """Accounts whose name is one of these, letter by letter: by index."""
    rows = await tx.session.execute(
        select(Account)
        .where(Account.tenant_id == tx.tenant_id, Account.name.in_(names))
        .order_by(Account.name)
        .limit(5)
    )
    return rows.scalars().all()


async def list_people_named(tx: ReadTx, names: Sequence[str]) -> Sequence[Contact]:
    """Contacts of an account whose name is one of these, letter by letter."""
    rows = await tx.session.execute(
        select(Contact)
        .where(
            Contact.tenant_id == tx.tenant_id,
            Contact.name.in_(names),
            Contact.account_id.is_not(None),
        )
        .limit(5)
    )
    return rows.scalars().all()


async def list_account_names(
    tx: ReadTx, start: str, *, only: UUID | None = None
) -> Sequence[Account]:
    """Accounts whose name begins like this, among those the member may see: what a mistyped name
    may have meant."""
    wanted = start.lower().replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")
    rows = await tx.session.execute(
        select(Account)
        .where(
            Account.tenant_id == tx.tenant_id,
            Account.name.ilike(f"{wanted}%"),
            *([assigned(tx, only)] if only else []),
        )
        .order_by(Account.name)
        .limit(_HELD)
    )
    return rows.scalars().all()


async def lock_contact(tx: ReadTx, contact_id: UUID) -> Contact | None:
    rows = await tx.session.execute(
        select(Contact)
        .where(Contact.tenant_id == tx.tenant_id, Contact.id == contact_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return rows.scalar_one_or_none()
