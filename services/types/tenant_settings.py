"""What a tenant's admins have set, read from `tenants.settings`: a word nobody knows is as good as
none, so an old or a newer version of us never stumbles over it."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

SHADOW = "shadow"
PRESET = "preset"
ALERT_AMOUNT = "alert_amount"
"""The keys."""
LARGE = Decimal(50_000)


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
    alert_amount: Decimal = LARGE
    """A manager is told of critical risk where an account's open deals are worth more than this,
    in the deals' own currency."""


def read_settings(stored: Mapping[str, Any]) -> TenantSettings:
    """The stored values as types."""
    preset = stored.get(PRESET)
    return TenantSettings(
        shadow=stored.get(SHADOW) is True,
        preset=next((one for one in Preset if one == preset), None),
        alert_amount=_amount(stored.get(ALERT_AMOUNT)),
    )


def _amount(stored: Any) -> Decimal:
    """Kept as text, so that no figure loses a cent on the way."""
    try:
        amount = Decimal(str(stored))
    except InvalidOperation:
        return LARGE
    return amount if amount.is_finite() and amount >= 0 else LARGE


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
