"""Who may do what with a persona: its maker, and whoever leads people."""

from uuid import UUID

from db import personas as rows
from db.models.personas import Persona
from db.models.tenants import Member
from db.session import Tx
from services.actors import require_member
from services.errors import Conflict, Forbidden, NotFound
from services.types.people import Actor
from services.visibility import leads

GONE = "This persona is no longer there."
NOT_YOURS = "This persona is somebody else's. Whoever made it, a manager or an admin may change it."
LEADS_ONLY = "Only a manager or an admin says who writes with which persona."
MOVED_ON = "This persona has been changed meanwhile. Look at it again."


def may_change(member: Member, persona: Persona) -> bool:
    return persona.created_by == member.id or leads(member)


async def hold(
    tx: Tx, actor: Actor, persona_id: UUID, *, seen: int | None = None
) -> tuple[Member, Persona]:
    """The persona, locked, for somebody who may change it. `seen`: the version they looked at."""
    member = await require_member(tx, actor)
    persona = await rows.lock_persona(tx, persona_id)
    if persona is None or persona.status == "deleted":
        raise NotFound(GONE)
    if not may_change(member, persona):
        raise Forbidden(NOT_YOURS)
    if seen is not None and seen != persona.version:
        raise Conflict(MOVED_ON)
    return member, persona
