"""Who is shown what unasked: one pure question."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from db.models.tenants import Member, Tenant
from services.reach import (
    GATED,
    IN_SHADOW,
    LEFT,
    NOT_ENABLED,
    PAUSED,
    QUIET_NOW,
    holds_back,
    in_shadow,
    quiet_until,
)
from services.types.tenant_settings import Preset, TenantSettings, read_settings

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
WEST = "America/New_York"
SOON, BEFORE = NOW + timedelta(hours=1), NOW - timedelta(hours=1)


def _member(**values: Any) -> Member:
    return Member(
        id=uuid4(),
        **{"active": True, "enabled_at": BEFORE, "timezone": "UTC", "preferences": {}} | values,
    )


def _tenant(**settings: Any) -> Tenant:
    return Tenant(tenant_id=uuid4(), settings=settings)


@pytest.mark.parametrize(
    ("member", "tenant", "why"),
    [
        (_member(), _tenant(), None),
        (_member(), _tenant(shadow=True), IN_SHADOW),
        (_member(enabled_at=None), _tenant(), NOT_ENABLED),
        (_member(enabled_at=None), _tenant(shadow=True), IN_SHADOW),
        (_member(paused_until=SOON), _tenant(), PAUSED),
        (_member(paused_until=NOW), _tenant(), None),
        (_member(paused_until=BEFORE), _tenant(), None),
        (_member(active=False), _tenant(), LEFT),
        (_member(preferences={"quiet_hours": "20:00-09:00"}), _tenant(), None),
        (_member(preferences={"quiet_hours": "20:00-09:00"}, timezone=WEST), _tenant(), QUIET_NOW),
        (_member(preferences={"quiet_hours": "all day"}, timezone=WEST), _tenant(), None),
    ],
)
@pytest.mark.parametrize("kind", sorted(GATED))
def test_what_comes_unasked_is_held_back_with_its_reason(
    member: Member, tenant: Tenant, why: str | None, kind: str
) -> None:
    assert holds_back(member, tenant, kind, NOW) == why


@pytest.mark.parametrize(
    ("now", "ends"),
    [
        ("2026-11-21T19:59", None),
        ("2026-11-21T20:00", "2026-11-22T09:00"),
        ("2026-11-22T08:59", "2026-11-22T09:00"),
        ("2026-11-22T09:00", None),
    ],
)
def test_quiet_hours_begin_and_end_on_the_members_clock(now: str, ends: str | None) -> None:
    zone = ZoneInfo(WEST)
    there = datetime.fromisoformat(now).replace(tzinfo=zone)
    member = _member(preferences={"quiet_hours": "20:00-09:00"}, timezone=WEST)
    until = datetime.fromisoformat(ends).replace(tzinfo=zone) if ends else None
    assert quiet_until(member, there.astimezone(UTC)) == until


@pytest.mark.parametrize("kind", ["approval", "home", "mailbox", "intro", "setup"])
def test_what_somebody_must_decide_or_asked_for_never_is(kind: str) -> None:
    hidden = _member(enabled_at=None, paused_until=SOON)
    assert holds_back(hidden, _tenant(shadow=True), kind, NOW) is None


@pytest.mark.parametrize(
    ("stored", "settings"),
    [
        ({}, TenantSettings()),
        ({"shadow": True, "preset": "open"}, TenantSettings(shadow=True, preset=Preset.OPEN)),
        ({"shadow": "true", "preset": "reckless"}, TenantSettings()),
        ({"shadow": 1, "preset": ["open"]}, TenantSettings()),
    ],
)
def test_settings_that_nobody_knows_are_none(
    stored: dict[str, Any], settings: TenantSettings
) -> None:
    assert read_settings(stored) == settings


def test_a_tenant_that_is_gone_sends_nothing() -> None:
    assert in_shadow(None)
