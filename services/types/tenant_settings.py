"""What a tenant's admins have set, read from `tenants.settings`: a word nobody knows is as good as
none, so an old or a newer version of us never stumbles over it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

SHADOW = "shadow"
PRESET = "preset"
"""The keys."""


class Preset(StrEnum):
    """How much a draft needs before it may leave, in three steps. Each is a set of approval rules:
    see services/presets.py."""

    CAUTIOUS = "cautious"
    STANDARD = "standard"
    OPEN = "open"


@dataclass(frozen=True, slots=True, kw_only=True)
class TenantSettings:
    """`shadow`: everything is read, decided and written down, nothing is shown unasked and nothing
    leaves. `preset` is None until an admin has chosen one."""

    shadow: bool = False
    preset: Preset | None = None


def read_settings(stored: Mapping[str, Any]) -> TenantSettings:
    """The stored values as types."""
    preset = stored.get(PRESET)
    known = isinstance(preset, str) and preset in {one.value for one in Preset}
    return TenantSettings(
        shadow=stored.get(SHADOW) is True, preset=Preset(preset) if known else None
    )
