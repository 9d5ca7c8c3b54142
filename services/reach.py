"""Whether somebody is to be told now, unasked.

One question for everything that comes by itself: cards about mail, digests, alerts. What a person
asked for, what they must decide on (approvals) and what concerns their own connection is never
held back. What is held back stays wanted: it comes as one summary once the reason is gone, not
piece by piece (services/rollout).
"""

from collections.abc import Collection
from datetime import datetime

from db.models.tenants import Member, Tenant
from services.types.preferences import read_preferences
from services.types.tenant_settings import read_settings
from services.zones import next_time, zone_of

GATED: Collection[str] = frozenset(
    {
        "mail",
        "unsorted",
        "digest",
        "rollup",
        "alert",
        "alert_rollup",
        "alert_quality",
        "proposal",
        "handover",
        "welcome",
        "persona",
        "goal",
        "level",
        "habit",
        "report",
    }
)
"""Kinds of card that come unasked."""

SHADOW_ON = "Shadow mode is on, so nothing leaves."
IN_SHADOW = "Shadow mode is on, so nobody is shown anything they didn't ask for."
NOT_ENABLED = "This member isn't enabled yet."
PAUSED = "This member has paused what comes unasked."
QUIET_NOW = "It is one of this member's quiet hours."
LEFT = "This member has left."


def holds_back(member: Member, tenant: Tenant, kind: str, now: datetime) -> str | None:
    """Why this member isn't to be shown a card of this kind now; None when they are."""
    if kind not in GATED:
        return None
    reasons = (
        (not member.active, LEFT),
        (in_shadow(tenant), IN_SHADOW),
        (member.enabled_at is None, NOT_ENABLED),
        (still_paused(member, now) is not None, PAUSED),
        (quiet_until(member, now) is not None, QUIET_NOW),
    )
    return next((why for holds, why in reasons if holds), None)


def still_paused(member: Member, now: datetime) -> datetime | None:
    """Until when the member wants nothing unasked, if they do now."""
    until = member.paused_until
    return until if until is not None and until > now else None


def quiet_until(member: Member, now: datetime) -> datetime | None:
    """When the member's quiet hours end, if it is one of them now."""
    night = read_preferences(member.preferences).night
    if night is None:
        return None
    begins, ends = night
    clock = now.astimezone(zone_of(member.timezone)).time()
    return next_time(member.timezone, now, ends) if clock >= begins or clock < ends else None


def in_shadow(tenant: Tenant | None) -> bool:
    """Whether the tenant only watches. A tenant that is gone does nothing at all."""
    return tenant is None or read_settings(tenant.settings).shadow
