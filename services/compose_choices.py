"""What can be chosen for a mail: the account the words name, its people, and the purpose."""

import re
from datetime import UTC, datetime
from uuid import UUID

from db import customers
from db.models.customers import Account, Contact
from db.models.tenants import Member
from db.session import ReadTx
from db.visibility import may_see
from services.account_names import accounts_meant
from services.barred import why_barred
from services.errors import InvalidInput
from services.types.compose import ComposeForm, ContactChoice, MailPurpose
from services.visibility import only_of

SHOWN = 100
_BETWEEN = re.compile(
    r"\s+(?:for|to|about|regarding|because|with)\s+|\s*[:,]\s+|\s+[-–—]\s+",  # noqa: RUF001 - dashes people type
    re.IGNORECASE,
)
_DROPPED = re.compile(r"^(?:[:,–—-]\s*|(?:for|to)\s+)+", re.IGNORECASE)  # noqa: RUF001 - see above
_PURPOSES: tuple[tuple[MailPurpose, re.Pattern[str]], ...] = tuple(
    (purpose, re.compile(words, re.IGNORECASE))
    for purpose, words in (
        (MailPurpose.ESCALATION, r"\b(?:escalat\w*|complain\w*|urgent\w*|problem)\b"),
        (MailPurpose.OUTREACH, r"\b(?:outreach|introduc\w*|intro|first (?:mail|contact))\b"),
        (MailPurpose.UPDATE, r"\b(?:updates?|status|news|progress)\b"),
    )
)
LONG_AGO = datetime.min.replace(tzinfo=UTC)


def purpose_of(words: str) -> MailPurpose:
    """What the words ask for; a nudge, like anything unnamed, is a follow-up."""
    found = (purpose for purpose, pattern in _PURPOSES if pattern.search(words))
    return next(found, MailPurpose.FOLLOW_UP)


async def accounts_named(
    tx: ReadTx, words: str, only: UUID | None = None
) -> tuple[tuple[Account, ...], str]:
    """The accounts the words begin with, and what is said after them. An account's own name may
    hold a `for`: the longest beginning that names one counts."""
    said = _DROPPED.sub("", words)
    cuts = [len(said), *sorted((m.start() for m in _BETWEEN.finditer(said)), reverse=True)]
    for at in cuts if said else ():
        found = await accounts_meant(tx, said[:at].strip(), only)
        if found:
            return tuple(found), _DROPPED.sub("", said[at:].strip())
    return (), words


async def people_of(tx: ReadTx, account: Account) -> tuple[ContactChoice, ...]:
    """Everyone at the account: who can be written to first, and of those who wrote last."""
    heard = await customers.last_heard(tx, account.id)
    choices = [
        (
            contact,
            ContactChoice(
                id=contact.id,
                name=contact.name or contact.email,
                email=contact.email,
                title=contact.title,
                observed=contact.status == "observed" and not contact.excluded,
                barred=why_barred(contact, account_excluded=account.excluded),
            ),
        )
        for contact in await customers.list_contacts(tx, account.id)
    ]
    choices.sort(key=lambda one: one[1].name)
    choices.sort(key=lambda one: heard.get(one[0].id, LONG_AGO), reverse=True)
    choices.sort(key=lambda one: one[1].barred is not None)
    return tuple(choice for _, choice in choices[:SHOWN])


async def recipient_of(tx: ReadTx, form: ComposeForm) -> tuple[Account, Contact]:
    """The account and its confirmed contact; refused with a sentence that says why."""
    account = await customers.get_account(tx, form.account_id)
    if account is None:
        raise InvalidInput("Choose the account.", field="account")
    contact = await customers.get_contact(tx, form.contact_id)
    if contact is None or contact.account_id != account.id:
        raise InvalidInput(f"Choose somebody at {account.name}.", field="contact")
    why = why_barred(contact, account_excluded=account.excluded)
    if why is not None:
        raise InvalidInput(
            f"I can't write to {contact.name or contact.email}: {why}.", field="contact"
        )
    return account, contact


async def account_seen(tx: ReadTx, member: Member, account_id: UUID | None) -> Account | None:
    """The account, where the member may see it."""
    account = await customers.get_account(tx, account_id)
    if account is None or not await may_see(tx, account.id, only_of(member)):
        return None
    return account
