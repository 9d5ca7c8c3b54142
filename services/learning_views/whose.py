"""Whose figures a member may see.

Everybody sees their own. A manager sees the counts of everybody below them, an admin everybody's;
an executive sees totals, and no single person. Nobody sees anybody's texts here."""

from uuid import UUID

from db import members
from db.models.tenants import Member
from db.session import ReadTx
from services.errors import Forbidden, NotFound
from services.teams import team_of
from services.types.people import Role

NOT_A_LEAD = (
    "A team's figures are for whoever leads people, and you lead nobody here. Your own are at "
    "/understudy me."
)
TOTALS_ONLY = "Single people's figures are for whoever leads them. You see the totals."
NOT_YOURS = "They don't report to you, so their figures aren't yours to see."
GONE = "They are no longer here."


async def require_team(tx: ReadTx, member: Member) -> list[UUID] | None:
    """Everybody below a manager; None is everybody. Forbidden for reps."""
    if member.role == Role.REP:
        raise Forbidden(NOT_A_LEAD)
    return await team_of(tx, member)


async def require_person(tx: ReadTx, member: Member, person_id: UUID) -> Member:
    """Somebody whose counts this member may see one by one."""
    team = await require_team(tx, member)
    if member.role == Role.EXECUTIVE:
        raise Forbidden(TOTALS_ONLY)
    person = await members.get_member(tx, person_id)
    if person is None or not person.active:
        raise NotFound(GONE)
    if team is not None and person.id not in team:
        raise Forbidden(NOT_YOURS)
    return person
