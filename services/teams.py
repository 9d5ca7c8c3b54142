"""Whose work somebody looks at who leads others: a manager that of everybody below them, admins and
executives everybody's. A rep whom nobody leads is the admins'."""

from uuid import UUID

from db import members
from db.models.tenants import Member
from db.session import ReadTx
from services.types.people import Role


async def team_of(tx: ReadTx, member: Member) -> list[UUID] | None:
    """However far down, without the member; None is everybody, and a rep has nobody."""
    match member.role:
        case Role.REP:
            return []
        case Role.MANAGER:
            return [one for one in await members.list_led(tx, member.id) if one != member.id]
        case _:
            return None
