"""Why something was turned down, in words that are ours: what people choose from, and what may be
counted. Whatever they add in their own words is kept with the decision and counted nowhere."""

from collections.abc import Mapping

from services.types.approvals import RequestType

DRAFT_REASONS = (
    ("Wrong tone", "the tone is wrong"),
    ("Facts are wrong", "the facts are wrong"),
    ("I answer myself", "I answer it myself"),
    ("No answer needed", "no answer is needed"),
    ("Not now", "it isn't the time for it"),
)
"""(as it is offered, as it is kept)."""
REJECT_REASONS: Mapping[str, tuple[str, ...]] = {
    RequestType.DISCOUNT: (
        "Too much",
        "The margin is too thin",
        "Not enough proof",
        "Not now",
    ),
    RequestType.REFUND: ("Too much", "Not owed", "Not enough proof", "Not now"),
    RequestType.EXCEPTION: ("Too risky", "Sets a precedent", "Not enough proof", "Not now"),
    RequestType.ESCALATION: ("The team can solve it", "Not enough proof", "Not now"),
}
ACTION_REJECT_REASONS = ("Wrong tone", "Facts are wrong", "Promises too much", "Not now")
_OFFERED = {kept: offered for offered, kept in DRAFT_REASONS} | {
    one: one for reasons in (*REJECT_REASONS.values(), ACTION_REJECT_REASONS) for one in reasons
}


def preset_in(reason: str | None) -> str | None:
    """The preset that a reason begins with, as it is offered; None where it has none."""
    said = (reason or "").strip()
    for kept, offered in _OFFERED.items():
        if said == kept or said.startswith((f"{kept};", f"{kept}:")):
            return offered
    return None
