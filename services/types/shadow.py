"""What the copilot would have done by itself, beside what people did."""

from dataclasses import dataclass

from services.types.alerts import Share
from services.types.views import Reader


@dataclass(frozen=True, slots=True, kw_only=True)
class ShadowExample:
    """One case: what would have left, and what did; empty when nothing did."""

    account: str
    mine: str
    theirs: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShadowLine:
    """One kind of action. `agreement`: of what it would have sent, how often people sent alike."""

    action_type: str
    would_send: int
    would_ask: int
    would_stop: int
    people_did_alike: int
    people_did_otherwise: int
    people_did_nothing: int
    agreement: Share
    examples: tuple[ShadowExample, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ShadowView:
    reader: Reader
    days: int
    lines: tuple[ShadowLine, ...]
