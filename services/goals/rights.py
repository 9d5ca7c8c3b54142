"""Who sees and who changes which goals.

A person's goal is theirs, their managers' up the line, and the admins'; one of a rep whom nobody
leads is every manager's. A persona's and the tenant's are the managers' and admins'. An executive
sees the tenant's and their own.
"""

from uuid import UUID

from db import goals
from db.models.goals import Goal
from db.models.tenants import Member
from db.session import ReadTx
from services.types.goals import GoalScope
from services.types.people import Role


async def may_change(tx: ReadTx, actor: Member, scope: str, member_id: UUID | None) -> bool:
    """Whether the actor may make, change or drop a goal of this scope."""
    if actor.role == Role.ADMIN:
        return True
    if scope == GoalScope.MEMBER:
        if member_id == actor.id:
            return True
        return actor.role == Role.MANAGER and member_id in await goals.list_team(tx, actor.id)
    return actor.role == Role.MANAGER


async def may_see(tx: ReadTx, actor: Member, goal: Goal) -> bool:
    if actor.role == Role.EXECUTIVE and goal.scope == GoalScope.TENANT:
        return True
    return await may_change(tx, actor, goal.scope, goal.member_id)
