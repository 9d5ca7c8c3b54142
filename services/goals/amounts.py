"""Targets and currencies as people type them: pure. A comma or a space before three digits sets
thousands apart; the page shows at once how it was read."""

import re
from collections.abc import Sequence
from decimal import Decimal

from services.errors import InvalidInput
from services.types.goals import GoalKind

MOST = Decimal(1_000_000_000_000)
COMMON = ("USD", "EUR", "GBP", "JPY", "CHF", "CAD", "AUD", "SEK", "NOK", "DKK", "PLN", "INR")
"""What may be chosen where there is no deal yet to learn it from."""
_SIGNS = {"$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY"}
_TIMES = {"": Decimal(1), "K": Decimal(1000), "M": Decimal(1_000_000)}
_SEPARATORS = re.compile(r"(?<=\d)[,' \u00a0\u202f\u2019](?=\d{3}(?!\d))")
_AMOUNT = re.compile(r"([A-Z]{3})?\s*([0-9]+(?:\.[0-9]{1,2})?)\s*([KM]?)\s*([A-Z]{3})?")
LONGEST = 40


def read_target(text: str, kind: GoalKind) -> tuple[Decimal, str | None]:
    """`520,000`, `$520k`, `1.2m EUR`: the target and the currency it names, if it names one.
    InvalidInput says what is wrong, at the field `target`."""
    plain = text.strip()
    if len(plain) > LONGEST:
        raise InvalidInput("This is too long for a number.", field="target")
    if plain.startswith(("-", "\u2212")):
        raise InvalidInput("A target is more than 0.", field="target")
    told = {code for sign, code in _SIGNS.items() if sign in plain}
    for sign in _SIGNS:
        plain = plain.replace(sign, "", 1)
    match = _AMOUNT.fullmatch(_SEPARATORS.sub("", plain.strip().upper()))
    if match is None:
        raise InvalidInput("A target is a number like 520,000.", field="target")
    told |= {code for code in (match[1], match[4]) if code}
    if len(told) > 1:
        raise InvalidInput("This names two currencies.", field="target")
    amount = Decimal(match[2]) * _TIMES[match[3]]
    if amount <= 0:
        raise InvalidInput("A target is more than 0.", field="target")
    if amount > MOST:
        raise InvalidInput("This is more than I can handle.", field="target")
    if not kind.money and (told or amount != amount.to_integral_value()):
        raise InvalidInput("Activity is counted: a whole number like 120.", field="target")
    return amount, next(iter(told), None)


def read_currency(chosen: str, told: str | None, used: Sequence[str]) -> str:
    """The goal's currency: what was chosen or named, else what most deals are in. `used` are the
    currencies of the tenant's deals."""
    given = chosen.strip().upper()
    if given and told and given != told:
        raise InvalidInput(f"The target says {told}, the currency {given}.", field="currency")
    wanted = given or told
    if wanted is None:
        return used[0] if used else COMMON[0]
    if used and wanted not in used:
        raise InvalidInput(
            f"No deal is in {wanted[:8]}. Yours are in {', '.join(used[:5])}.", field="currency"
        )
    if not used and wanted not in COMMON:
        raise InvalidInput("Name the currency by its code, like USD.", field="currency")
    return wanted
