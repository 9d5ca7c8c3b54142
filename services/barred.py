"""Whom a mail of ours may go to. Pure: contacts of the account that somebody has confirmed."""

from db.models.customers import Contact

OBSERVED = "not confirmed yet: learned from mail"
EXCLUDED = "excluded: your workspace writes them nothing"
UNDELIVERABLE = "mail to this address comes back"
GONE = "no longer among the contacts"


def why_barred(contact: Contact | None, *, account_excluded: bool = False) -> str | None:
    """Why nothing may be written to this person, or None."""
    if contact is None:
        return GONE
    reasons = (
        (contact.excluded or account_excluded, EXCLUDED),
        (contact.undeliverable, UNDELIVERABLE),
        (contact.status != "confirmed", OBSERVED),
    )
    return next((why for holds, why in reasons if holds), None)
