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
    return TenantSettings(
        shadow=stored.get(SHADOW) is True,
        preset=next((one for one in Preset if one == preset), None),
    )


PRESET_WORDS: Mapping[Preset, tuple[str, str]] = {
    Preset.CAUTIOUS: (
        "Cautious",
        (
            "Every mail I draft leaves only after the sender's manager has approved it. "
            "Discounts, refunds and exceptions go to whom your rules name."
        ),
    ),
    Preset.STANDARD: (
        "Standard",
        (
            "Whoever answers a mail approves it, or a manager. Discounts, refunds and exceptions "
            "go to whom your rules name."
        ),
    ),
    Preset.OPEN: (
        "Open",
        (
            "Like Standard, and low-risk discounts up to 5 % and refunds up to $100 are granted at "
            "once, five of each a month and person."
        ),
    ),
}
"""Name, and what it means."""
PRESET_ALWAYS = "Whichever you choose, a person approves every mail, and a hard stop stays one."
