"""Counting what was found against what was labelled. Pure.

A name counts once a case, whatever it is about. What a label calls arguable (`may`) counts neither
as found nor as missed.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from services.types.signals import (
    CATALOGUE,
    AccountFacts,
    Detected,
    Evidence,
    EvidenceSource,
    SignalName,
)
from tests.evals.corpus import Case, Label
from tests.evals.facts import id_of
from tests.evals.looking import Look

NONE = "none"


@dataclass(slots=True)
class Tally:
    """Right, found in vain, missed; of the right ones, how many stand on a labelled place."""

    right: int = 0
    wrong: int = 0
    missed: int = 0
    proven: int = 0

    @property
    def precision(self) -> float | None:
        return _share(self.right, self.right + self.wrong)

    @property
    def recall(self) -> float | None:
        return _share(self.right, self.right + self.missed)

    @property
    def f1(self) -> float | None:
        return _share(2 * self.right, 2 * self.right + self.wrong + self.missed)

    @property
    def evidence(self) -> float | None:
        return _share(self.proven, self.right)

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(
            right=self.right + other.right,
            wrong=self.wrong + other.wrong,
            missed=self.missed + other.missed,
            proven=self.proven + other.proven,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """One case: the names right, found in vain and missed; which of the right ones are proven."""

    look: Look
    right: frozenset[SignalName]
    wrong: frozenset[SignalName]
    missed: frozenset[SignalName]
    proven: frozenset[SignalName]


def judge(look: Look) -> Verdict:
    case = look.case
    found = {one.name for one in look.found} - (case.may - case.expect.keys())
    right = frozenset(found & case.expect.keys())
    proven = frozenset(one.name for one in look.found if one.name in right and _stands(look, one))
    return Verdict(
        look=look,
        right=right,
        wrong=frozenset(found - case.expect.keys()),
        missed=frozenset(case.expect.keys() - found),
        proven=proven,
    )


def by_name(verdicts: Iterable[Verdict]) -> dict[SignalName, Tally]:
    tallies = {name: Tally() for name in SignalName}
    for verdict in verdicts:
        for name in verdict.right:
            tallies[name] += Tally(right=1, proven=int(name in verdict.proven))
        for name in verdict.wrong:
            tallies[name] += Tally(wrong=1)
        for name in verdict.missed:
            tallies[name] += Tally(missed=1)
    return tallies


def by_kind(names: dict[SignalName, Tally]) -> dict[str, Tally]:
    kinds = {sort.kind.value: Tally() for sort in CATALOGUE.values()}
    for name, tally in names.items():
        kinds[CATALOGUE[name].kind.value] += tally
    return kinds


def micro(names: dict[SignalName, Tally]) -> Tally:
    return sum(names.values(), Tally())


def macro(names: dict[SignalName, Tally]) -> tuple[float, float, float]:
    """The mean precision, recall and F1 over the names that are labelled or were found."""
    rows = [one for one in names.values() if one.right or one.wrong or one.missed]
    return (
        _mean([one.precision or 0.0 for one in rows]),
        _mean([one.recall or 0.0 for one in rows]),
        _mean([one.f1 or 0.0 for one in rows]),
    )


def confusion(verdicts: Iterable[Verdict]) -> Counter[tuple[str, str]]:
    """(expected, found) → how often. What is right counts on the diagonal. What was missed counts
    against each thing that was found in vain in the same case, or against nothing; likewise what
    was found in vain where nothing was missed."""
    cells: Counter[tuple[str, str]] = Counter()
    for verdict in verdicts:
        cells.update((name.value, name.value) for name in verdict.right)
        missed = [one.value for one in verdict.missed] or [NONE] * bool(verdict.wrong)
        wrong = [one.value for one in verdict.wrong] or [NONE] * bool(verdict.missed)
        cells.update((one, other) for one in missed for other in wrong)
        if not verdict.look.case.expect and not verdict.wrong:
            cells[NONE, NONE] += 1
    return cells


# ── Evidence ────────────────────────────────────────────────────────────────────────────────────
def _stands(look: Look, found: Detected) -> bool:
    """Some of its evidence is from where the label says it should be."""
    labels = look.case.expect[found.name]
    return any(_on(look.case, look.facts, piece, labels) for piece in found.evidence)


def _on(case: Case, facts: AccountFacts, piece: Evidence, labels: Sequence[Label]) -> bool:
    messages = {id_of(case, number) for label in labels for number in label.messages}
    things = {label.thing for label in labels}
    if piece.source in (EvidenceSource.DEAL, EvidenceSource.MEETING):
        return piece.source.value in things
    if piece.source is EvidenceSource.CONTACT:
        wrote = {text.contact_id for text in facts.texts if text.id in messages}
        return piece.source_id in wrote
    if piece.source is EvidenceSource.FIGURE:
        meetings = {one.id for one in facts.meetings} if "meeting" in things else set()
        return bool(set(piece.of) & (messages | meetings))
    return piece.source_id in messages


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0
