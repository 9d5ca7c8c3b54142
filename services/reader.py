"""A member as the reader of what is shown: name, role, zone, and the moment they look."""

from db.models.tenants import Member
from services.ports import Clock
from services.types.people import Role
from services.types.views import Reader


def reader_of(member: Member, clock: Clock) -> Reader:
    return Reader(
        member_id=member.id,
        name=member.name,
        role=Role(member.role),
        timezone=member.timezone,
        now=clock.now(),
        email=member.email,
    )
