"""Who acts, read again inside the transaction: what the edge knew may be a minute old."""

from db import members
from db.models.tenants import Member
from db.session import ReadTx
from services.errors import Forbidden, NotFound
from services.types.people import Actor, Role

UNKNOWN = "I don't know you in this workspace yet. Ask your admin to add you."
ADMINS_ONLY = "Only an admin of Understudy may do that."


async def require_member(tx: ReadTx, actor: Actor) -> Member:
    """Still a member."""
    member = await members.get_member(tx, actor.member_id)
    if member is None or not member.active:
        raise NotFound(UNKNOWN)
    return member


async def require_admin(tx: ReadTx, actor: Actor) -> Member:
    """An active admin."""
    member = await require_member(tx, actor)
    if member.role != Role.ADMIN:
        raise Forbidden(ADMINS_ONLY)
    return member
