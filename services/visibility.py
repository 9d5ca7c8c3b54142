"""Who sees which accounts: members those assigned to them, whoever leads people all of them; and
who leads people."""

from uuid import UUID

from db.models.tenants import Member
from services.types.people import LEADS, OVERSEERS


def only_of(member: Member) -> UUID | None:
    """The member whose accounts are shown, or None where all are."""
    return None if member.role in OVERSEERS else member.id


def leads(member: Member) -> bool:
    """Whether the member decides for others too: managers and admins."""
    return member.role in LEADS
