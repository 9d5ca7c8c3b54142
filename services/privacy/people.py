"""Whom an erasure or an answer to a request is about: the address, its spellings, and the names it
goes by."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from db import people as rows
from db.models.customers import Contact
from db.session import ReadTx
from db.traces import finder_of, pattern_of
from services.errors import InvalidInput
from services.linking import spellings
from services.types.mail import Address

NO_ADDRESS = "This is no mail address."


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """`words`: what names the person in a text. A name of one word alone is somebody else as often
    as not, and isn't among them."""

    email: str
    names: tuple[str, ...] = ()
    contacts: tuple[UUID, ...] = field(default=())
    members: tuple[UUID, ...] = field(default=())

    @property
    def words(self) -> tuple[str, ...]:
        """At least the address, in the spelling behind a plus tag as well."""
        full = (name for name in self.names if len(name.split()) > 1)
        return tuple(dict.fromkeys((*spellings(Address(email=self.email)), *full)))

    @property
    def pattern(self) -> str:
        return pattern_of(self.words)

    def is_in(self, text: str) -> bool:
        return finder_of(self.words).search(text) is not None

    def to_bytes(self) -> bytes:
        told = {
            "email": self.email,
            "names": list(self.names),
            "contacts": [str(one) for one in self.contacts],
            "members": [str(one) for one in self.members],
        }
        return json.dumps(told).encode()

    @classmethod
    def from_bytes(cls, stored: bytes) -> "Person":
        told = json.loads(stored)
        return cls(
            email=told["email"],
            names=tuple(told["names"]),
            contacts=tuple(UUID(one) for one in told["contacts"]),
            members=tuple(UUID(one) for one in told["members"]),
        )


def address_of(text: str) -> str:
    email = text.strip().lower()
    if email.count("@") != 1 or " " in email or email.startswith("@") or email.endswith("@"):
        raise InvalidInput(NO_ADDRESS, field="email")
    return email


async def contact_person(tx: ReadTx, email: str) -> Person:
    """Somebody outside: a contact, or an address that only mails know."""
    contacts: Sequence[Contact] = await rows.find_contacts(tx, spellings(Address(email=email)))
    bare = Person(email=email)
    names = {contact.name for contact in contacts} | await rows.list_names(tx, bare.pattern)
    return Person(
        email=email,
        names=tuple(sorted(name for name in names if name.strip())),
        contacts=tuple(contact.id for contact in contacts),
    )
