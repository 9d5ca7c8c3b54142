"""Who is who on an account's mails: the customer's people, ours, and others. Pure."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from db.models.customers import Contact
from services.linking import spellings
from services.types.mail import Address
from services.types.signals import EvidenceSource, SeenContact, SeenText

FEWEST_AS_CHAMPION = 5
SHARE_AS_CHAMPION = 0.5
_SURE_AFTER = timedelta(days=45)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    """`ours` holds our addresses and mail domains; `others` people of other accounts; `domain` is
    the account's own, where it isn't one that anybody may have."""

    ours: frozenset[str]
    others: frozenset[str]
    contacts: frozenset[str]
    domain: str | None

    def is_ours(self, email: str) -> bool:
        return email in self.ours or email.rpartition("@")[2] in self.ours

    def is_theirs(self, email: str) -> bool:
        """Known to be of this customer: a contact, or somebody at its own domain."""
        if not email or email in self.others or self.is_ours(email):
            return False
        return email in self.contacts or email.rpartition("@")[2] == self.domain

    def is_strange(self, contact_id: UUID | None, email: str) -> bool:
        """Somebody of whom nothing says that they are this customer's."""
        known = contact_id is not None and email not in self.others
        return not known and not self.is_theirs(email)


def plain(email: str) -> str:
    """The address without a plus tag."""
    return spellings(Address(email=email))[-1]


def addresses_of(mail: Any) -> set[str]:
    """Everybody on a mail."""
    return {plain(email) for email in (_sender(mail), *_recipients(mail)) if email}


def people_of(mail: Any, sides: Sides) -> tuple[str, ...]:
    """The customer's people on a mail."""
    sender = plain(_sender(mail))
    theirs = not sides.is_ours(sender) and not sides.is_strange(mail.contact_id, sender)
    writer = {sender} if mail.direction == "inbound" and theirs else set()
    on = {plain(email) for email in _recipients(mail)}
    return tuple(sorted({one for one in on if sides.is_theirs(one)} | (writer - {""})))


def _sender(mail: Any) -> str:
    return str((mail.sender or {}).get("email") or "")


def _recipients(mail: Any) -> list[str]:
    told = mail.recipients or {}
    return [str(email) for part in ("to", "cc") for email in told.get(part) or ()]


# ── Contacts ────────────────────────────────────────────────────────────────────────────────────
def contacts_seen(
    contacts: Sequence[Contact],
    texts: Sequence[SeenText],
    champions: Sequence[tuple[list[str], str]],
    *,
    whole: bool,
    now: datetime,
) -> tuple[SeenContact, ...]:
    """When each was first on a mail and last wrote. Without the `whole` history, who first shows up
    near its beginning may have been there before: then nothing is said of the first time."""
    known_from = texts[0].happened_at + _SURE_AFTER if texts and not whole else None
    chosen = champion_of(contacts, texts, champions)
    seen: list[SeenContact] = []
    for contact in contacts:
        on = [text for text in texts if contact.email in text.people or _by(contact, text)]
        first = on[0].happened_at if on else None
        if contact.status == "observed":
            # It was learned from a mail: it can't be newer than that.
            first = min(filter(None, (first, min(contact.created_at, now))))
        elif first is not None and known_from is not None and first < known_from:
            first = None
        wrote = [text for text in on if text.inbound and text.human and _by(contact, text)]
        seen.append(
            SeenContact(
                id=contact.id,
                email=contact.email,
                name=contact.name,
                title=contact.title,
                champion=contact.id in chosen,
                first_seen_at=first,
                last_wrote_at=wrote[-1].happened_at if wrote else None,
            )
        )
    return tuple(seen)


def champion_of(
    contacts: Sequence[Contact],
    texts: Sequence[SeenText],
    champions: Iterable[tuple[list[str], str]],
) -> frozenset[Any]:
    """The champion as the qualification has it: named there, or the writer of the words that prove
    it. Where it has none, whoever wrote at least half of a customer's mails."""
    for values, evidence in champions:
        named = {one.id for one in contacts if _is_named(one, values)}
        proofs = [quote.strip() for quote in evidence.split(" | ") if quote.strip()]
        writers = {
            one.id
            for text in texts
            if text.theirs and any(quote in text.text for quote in proofs)
            for one in contacts
            if _by(one, text)
        }
        if named or writers:
            return frozenset(named or writers)
    return _most_active(contacts, texts)


def _is_named(contact: Contact, values: Iterable[str]) -> bool:
    name = " ".join(contact.name.split()).casefold()
    return " " in name and any(name in value.casefold() for value in values)


def _most_active(contacts: Sequence[Contact], texts: Sequence[SeenText]) -> frozenset[Any]:
    mails = [one for one in texts if one.theirs and one.source is EvidenceSource.MESSAGE]
    counts = Counter(one.id for text in mails for one in contacts if _by(one, text))
    if not counts or len(counts) < 2:  # noqa: PLR2004 - who writes alone is the account, no champion
        return frozenset()
    who, number = min(counts.items(), key=lambda one: (-one[1], one[0]))
    enough = number >= FEWEST_AS_CHAMPION and number >= SHARE_AS_CHAMPION * len(mails)
    return frozenset({who}) if enough else frozenset()


def _by(contact: Contact, text: SeenText) -> bool:
    return text.contact_id == contact.id or text.sender_email == contact.email
