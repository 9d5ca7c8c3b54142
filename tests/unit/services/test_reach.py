"""Who is shown what unasked: one pure question."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from db.models.tenants import Member, Tenant
from services.reach import GATED, IN_SHADOW, LEFT, NOT_ENABLED, PAUSED, holds_back, in_shadow
from services.types.tenant_settings import Preset, TenantSettings, read_settings

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
SOON, BEFORE = NOW + timedelta(hours=1), NOW - timedelta(hours=1)


def _member(**values: Any) -> Member:
    return Member(id=uuid4(), **{"active": True, "enabled_at": BEFORE, **values})


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
    ],
)
@pytest.mark.parametrize("kind", sorted(GATED))
def test_what_comes_unasked_is_held_back_with_its_reason(
    member: Member, tenant: Tenant, why: str | None, kind: str
) -> None:
    assert holds_back(member, tenant, kind, NOW) == why


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
