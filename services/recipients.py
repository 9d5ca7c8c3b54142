"""Who gets an answer, and from which address: decided by code, from what the database knows.

An answer goes to the address the mail came from; a Reply-To elsewhere is not followed. Everybody
else on the mail is copied if we know them: confirmed contacts of the same account, and our own
people. Whoever was only learned from mail, or is nobody's, is left out. It leaves from the address
the customer wrote to, where that is one of the mailbox's own.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from db import customers, drafts, linking
from db.models.conversations import Message
from db.models.customers import Contact
from db.models.drafts import Draft
from db.models.mailboxes import Mailbox
from db.session import ReadTx
from services.linking import spellings
from services.seniority import titles_of_all
from services.types.mail import Address

MOST = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """Where an answer goes and where it comes from."""

    sender: Address
    to: tuple[str, ...]
    cc: tuple[str, ...] = ()


async def reply_of(tx: ReadTx, message: Message, sender: Address, mailbox: Mailbox | None) -> Reply:
    """The recipients of an answer to this mail. `sender` is who answers, by their main address."""
    own = frozenset((sender.email, *(mailbox.aliases if mailbox else ())))
    named = _named(message)
    known: frozenset[str] = frozenset()
    if named:
        emails = {email for one in named for email in spellings(Address(email=one))}
        colleagues = await linking.list_colleagues(tx, emails)
        confirmed = await customers.list_confirmed(tx, message.conversation_id, emails)
        known = colleagues | confirmed
    writer = str(message.sender["email"])
    return Reply(
        sender=Address(email=written_to(named, sender.email, own), name=sender.name),
        to=(writer,),
        cc=copied(named, without={writer, *own}, known=known),
    )


async def titles_reached(
    tx: ReadTx, draft: Draft, message: Message | None, contact: Contact | None
) -> str | None:
    """The titles of all whom the draft's text reaches, or would, before there is one."""
    if contact is None:
        return None
    reached = await drafts.list_reached(tx, draft.id, draft.revision) if draft.revision else None
    if reached is None:
        reached = _named(message) if message is not None else []
    forms = {form for one in reached for form in spellings(Address(email=one.lower()))}
    titles = await customers.list_titles(tx, contact.account_id, forms - {contact.email})
    confirmed = contact.status == "confirmed"
    return titles_of_all(contact.title, confirmed=confirmed, others=titles)


def written_to(named: Sequence[str], main: str, own: Collection[str]) -> str:
    """Which of our own addresses the mail was written to; the main one when it names none."""
    return next((one for one in named if one in own), main)


def copied(
    named: Sequence[str], *, without: Collection[str], known: Collection[str]
) -> tuple[str, ...]:
    """Who is copied, in the order in which the mail names them. A plus tag is the same person."""
    left_out = {email for one in without for email in spellings(Address(email=one))}
    kept: dict[str, str] = {}
    for one in named:
        forms = spellings(Address(email=one))
        if any(form in left_out for form in forms) or not any(form in known for form in forms):
            continue
        kept.setdefault(forms[-1], one)
    return tuple(kept.values())[:MOST]


def _named(message: Message) -> list[str]:
    """Everybody in To and Cc, To first."""
    recipients = message.recipients
    fields = (*recipients.get("to", ()), *recipients.get("cc", ()))
    return [str(one).lower() for one in fields if "@" in str(one)]
