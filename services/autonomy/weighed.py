"""A type's evidence as the page tells it: what the last weighing found and wrote down. The part
that earns knows far more of it; this is what is read."""

from collections.abc import Mapping
from typing import Any

from services.types.autonomy_views import EvidenceView
from services.types.earning import Came, Condition, interval_of

NEEDS = 3


def evidence_view(weighed: Mapping[str, Any]) -> EvidenceView:
    """`weighed` is EarnedLevel.weighed; of what isn't there nothing is known."""
    decided, success = int(weighed.get("counted", 0)), interval_of(weighed.get("success", {}))
    return EvidenceView(
        decided=decided,
        good=weighed["good"] / decided if decided else None,
        undone=weighed.get("by", {}).get(Came.UNDONE, 0),
        success=success.value,
        spread=success.half_width if success.value is not None else None,
        still_needs=tuple(
            one.words
            for one in (Condition(*kept) for kept in weighed.get("conditions", ()))
            if not one.met
        )[:NEEDS],
    )
