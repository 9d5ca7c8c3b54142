"""What deterministic detectors share: their form, and how a finding is put together."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from services.signals.grading import Piece, grade
from services.types.signals import AccountFacts, Detected, SeenContact, SeenDeal, SignalName

Look = Callable[[AccountFacts], Iterable[Detected]]


@dataclass(frozen=True, slots=True)
class Rules:
    """A detector without a model: a pure function of the facts."""

    name: str
    names: frozenset[SignalName]
    look: Look

    async def detect(self, facts: AccountFacts) -> tuple[Detected, ...]:
        return tuple(self.look(facts))


def rules(name: SignalName, look: Look) -> Rules:
    return Rules(name=f"rules.{name.value}", names=frozenset({name}), look=look)


def finding(
    name: SignalName,
    pieces: Iterable[Piece],
    why: str,
    *,
    deal: SeenDeal | None = None,
    contact: SeenContact | None = None,
) -> Detected:
    """Its confidence is what its pieces give; the surest of them come first."""
    ranked = sorted(pieces, key=lambda one: (-one.weight, one.evidence.key))
    about = deal or contact
    return Detected(
        name=name,
        confidence=grade(ranked),
        evidence=tuple(one.evidence for one in ranked),
        detector=f"rules.{name.value}",
        cause=str(about.id) if about else "",
        why=why,
        deal_id=deal.id if deal else None,
        contact_id=contact.id if contact else None,
    )
