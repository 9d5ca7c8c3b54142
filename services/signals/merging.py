"""Puts together what several detectors say of one thing. Pure; the order they come in is nothing.

One name and cause is one thing. Its evidence is united. The surest detector gives the confidence;
each other one takes away a part of the doubt that is left, in proportion to what its evidence adds
that wasn't there yet: who only repeats a quote adds nothing. It never passes `grading.MOST`.
"""

from collections.abc import Iterable
from dataclasses import replace
from itertools import groupby

from services.signals.grading import MOST, alike
from services.types.signals import CATALOGUE, Detected, Evidence, Severity

SHARED = 0.8
"""How much of a second opinion counts at most: the detectors read the same mails."""
MOST_EVIDENCE = 12
_AND = ", "


def merge(found: Iterable[Detected]) -> tuple[Detected, ...]:
    """One Detected per name and cause, in the order of the names."""
    ranked = sorted(found, key=_rank)
    groups = groupby(ranked, key=lambda one: (one.name, one.cause))
    return tuple(_merged(list(group)) for _, group in groups)


def detectors_of(detected: Detected) -> tuple[str, ...]:
    """Who found it: of a merged one, several."""
    return tuple(detected.detector.split(_AND))


def severity_of(detected: Detected) -> Severity:
    return detected.severity or CATALOGUE[detected.name].severity


def _rank(
    one: Detected,
) -> tuple[str, str, float, str, str, list[tuple[tuple[str, str, str], str, str]]]:
    # A quote is the same piece whatever was said beside it; who comes first decides what stays.
    pieces = [(piece.key, piece.words, piece.who) for piece in one.evidence]
    return (one.name, one.cause, -one.confidence, one.detector, one.why, pieces)


def _merged(group: list[Detected]) -> Detected:
    surest = group[0]
    evidence = list(_distinct(surest.evidence))
    doubt = 1.0 - surest.confidence
    for other in group[1:]:
        pieces = _distinct(other.evidence)
        fresh = [one for one in pieces if not any(alike(one, seen) for seen in evidence)]
        share = len(fresh) / len(pieces) if pieces else 0.0
        doubt *= 1.0 - other.confidence * share * SHARED
        evidence += [one for one in pieces if one.key not in {seen.key for seen in evidence}]
    names = {name for one in group for name in detectors_of(one)}
    return replace(
        surest,
        confidence=max(min(1.0 - doubt, MOST), surest.confidence),
        evidence=tuple(evidence[:MOST_EVIDENCE]),
        detector=_AND.join(sorted(names)),
        severity=max((severity_of(one) for one in group), key=lambda one: one.rank),
        why=next((one.why for one in group if one.why), ""),
        deal_id=next((one.deal_id for one in group if one.deal_id), None),
        contact_id=next((one.contact_id for one in group if one.contact_id), None),
    )


def _distinct(evidence: Iterable[Evidence]) -> tuple[Evidence, ...]:
    """Each piece once, in the order its detector gave: the surest first."""
    return tuple({one.key: one for one in reversed(tuple(evidence))}.values())[::-1]
