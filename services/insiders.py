"""Whether whoever wrote into a thread belongs to the account it is about.

A thread is found by the ids of its mails, and these are no secret: they stand in every forwarded
mail. So somebody else can write into it, with good papers of their own. They are read and shown;
but they teach nothing, answer for nobody, take no open question away from whoever asked it, and
what is written to them rests on nothing but the mails they were on.
"""

from collections.abc import Iterable
from uuid import UUID

from db import customers
from db.models.conversations import Message
from db.session import ReadTx


async def is_stranger(tx: ReadTx, message: Message, account_id: UUID | None) -> bool:
    """Nobody's contact, or another account's. In a thread of no account nobody is a stranger."""
    if account_id is None:
        return False
    contact = await customers.get_contact(tx, message.contact_id)
    return contact is None or contact.account_id not in (None, account_id)


def seen_by(email: str, mails: Iterable[Message]) -> tuple[Message, ...]:
    """Those of the mails that this person wrote or was sent."""
    return tuple(mail for mail in mails if email.lower() in _people_of(mail))


def _people_of(mail: Message) -> set[str]:
    named = (*mail.recipients.get("to", ()), *mail.recipients.get("cc", ()))
    return {str(one).lower() for one in (mail.sender.get("email", ""), *named)}
