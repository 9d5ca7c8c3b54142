"""Evidence as the page tells it. The part that earns knows far more of it; this is what is read."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from services.types.autonomy_views import EvidenceView

UNDONE = "undone"
NEEDS = 3


class Share(Protocol):
    @property
    def value(self) -> float | None: ...
    @property
    def half_width(self) -> float: ...


class Success(Protocol):
    @property
    def share(self) -> Share: ...


class Condition(Protocol):
    """One thing a higher level wants, and what there is of it, in words."""

    @property
    def met(self) -> bool: ...
    @property
    def words(self) -> str: ...


class Weighed(Protocol):
    """What speaks for or against the next level of a type (services/types/earning.py)."""

    @property
    def counted(self) -> int: ...
    @property
    def good(self) -> int: ...
    @property
    def by(self) -> Mapping[str, int]: ...
    @property
    def success(self) -> Success: ...
    @property
    def conditions(self) -> Sequence[Condition]: ...


def evidence_view(weighed: Weighed) -> EvidenceView:
    share = weighed.success.share
    return EvidenceView(
        decided=weighed.counted,
        good=weighed.good / weighed.counted if weighed.counted else None,
        undone=weighed.by.get(UNDONE, 0),
        success=share.value,
        spread=share.half_width if share.value is not None else None,
        still_needs=tuple(one.words for one in weighed.conditions if not one.met)[:NEEDS],
    )
