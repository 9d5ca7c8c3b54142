"""Members of a tenant and the actor behind an operation."""

from dataclasses import dataclass
from enum import StrEnum

from services.types.ids import MemberId, TenantId


class Role(StrEnum):
    REP = "rep"
    MANAGER = "manager"
    EXECUTIVE = "executive"
    ADMIN = "admin"


LEADS = frozenset({Role.MANAGER, Role.ADMIN})
"""Those who decide for others, and about how far the copilot is trusted."""
OVERSEERS = LEADS | {Role.EXECUTIVE}
"""Those who may look at everything of the tenant."""


class Function(StrEnum):
    SALES = "sales"
    ONBOARDING = "onboarding"
    SUPPORT = "support"
    SUCCESS = "success"


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """The member who performs an operation, as the edge found them. Rendering may trust it; a
    decision reads the member again inside its own transaction."""

    tenant_id: TenantId
    member_id: MemberId
    role: Role
    name: str
    timezone: str
    slack_user_id: str | None = None
