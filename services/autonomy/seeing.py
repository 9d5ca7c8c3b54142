"""Whose actions a member may see: reps their own and those on their accounts, managers their
people's, admins and executives all (executives see no single one)."""

from db import members
from db.autonomy_figures import Sight
from db.models.tenants import Member
from db.session import ReadTx
from services.types.people import Role
from services.visibility import only_of


async def sight_of(tx: ReadTx, member: Member) -> Sight:
    if member.role == Role.MANAGER:
        return Sight(people=await members.list_led(tx, member.id))
    return Sight(only=only_of(member))
