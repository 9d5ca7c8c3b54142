"""Whose figures a member may see, and which outcomes they may be asked about.

Everybody sees their own. A manager sees the counts of everybody below them, an admin everybody's;
an executive sees totals, and no single person. Nobody sees anybody's texts here."""

from uuid import UUID

from db import members
from db.models.tenants import Member
from db.session import ReadTx
from services.errors import Forbidden, NotFound
from services.types.people import Role

NOT_A_LEAD = (
    "A team's figures are for whoever leads people, and you lead nobody here. Your own are at "
    "/understudy me."
)
TOTALS_ONLY = "Single people's figures are for whoever leads them. You see the totals."
NOT_YOURS = "They don't report to you, so their figures aren't yours to see."
GONE = "They are no longer here."


async def team_of(tx: ReadTx, member: Member) -> list[UUID] | None:
    """Everybody below a manager; None is everybody. Forbidden for reps."""
    if member.role == Role.REP:
        raise Forbidden(NOT_A_LEAD)
    if member.role != Role.MANAGER:
        return None
    return [one for one in await members.list_led(tx, member.id) if one != member.id]


async def require_person(tx: ReadTx, member: Member, person_id: UUID) -> Member:
    """Somebody whose counts this member may see one by one."""
    team = await team_of(tx, member)
    if member.role == Role.EXECUTIVE:
        raise Forbidden(TOTALS_ONLY)
    person = await members.get_member(tx, person_id)
    if person is None or not person.active:
        raise NotFound(GONE)
    if team is not None and person.id not in team:
        raise Forbidden(NOT_YOURS)
    return person


async def labelled_by(tx: ReadTx, member: Member) -> list[UUID] | None:
    """Whose outcomes this member may be asked about: their own, and those of whom they lead."""
    if member.role == Role.ADMIN:
        return None
    if member.role == Role.MANAGER:
        return await members.list_led(tx, member.id)
    return [member.id]
