"""Who sees which accounts: members those assigned to them, whoever leads people all of them."""

from uuid import UUID

from db.models.tenants import Member
from services.types.people import Role

_ALL = frozenset({Role.MANAGER, Role.EXECUTIVE, Role.ADMIN})


def only_of(member: Member) -> UUID | None:
    """The member whose accounts are shown, or None where all are."""
    return None if Role(member.role) in _ALL else member.id
