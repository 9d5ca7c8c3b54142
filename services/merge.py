"""How findings become a qualification: pure rules, in one place.

Identified beats unidentified, higher confidence wins, ties keep what stands, evidence only grows,
list criteria extend, insights appear once. Nothing enters whose quote isn't in the source.
"""

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import reduce
from typing import Any

from services.types.model import Finding
from services.types.qualification import (
    LIST_CRITERIA,
    Change,
    Criterion,
    CriterionState,
    Qualification,
)

SCHEMA_VERSION = 1
SEPARATOR = " | "


def merge(
    existing: Qualification, found: Iterable[Finding], *, insights: Iterable[str] = ()
) -> tuple[Qualification, tuple[Change, ...]]:
    """The qualification with all findings in it, and one Change per criterion whose value moved.

    Findings are taken as they are: pass them through `verified` first.
    """
    criteria = dict(existing.criteria)
    changed: dict[Criterion, Change] = {}
    for finding in found:
        name = finding.criterion
        old = criteria.get(name, CriterionState())
        new = _join(name, old, _state_of(finding))
        criteria[name] = new
        if new.value != old.value:
            changed[name] = Change(
                criterion=name,
                before=existing.get(name).value,
                after=new.value,
                quote=finding.quote.strip(),
                confidence=new.confidence,
            )
    merged = Qualification(
        criteria=criteria, insights=_distinct((*existing.insights, *_clean(insights)))
    )
    # Two findings may move a value away and back: that is no change to tell anyone about.
    return merged, tuple(change for change in changed.values() if change.after != change.before)


def fold(states: Iterable[Qualification]) -> Qualification:
    """One view over several conversations of a deal, oldest first, by the same rules."""
    return reduce(_fold_two, states, Qualification())


def _fold_two(left: Qualification, right: Qualification) -> Qualification:
    criteria = dict(left.criteria)
    for name, state in right.criteria.items():
        criteria[name] = _join(name, criteria.get(name, CriterionState()), state)
    return Qualification(criteria=criteria, insights=_distinct((*left.insights, *right.insights)))


def _state_of(finding: Finding) -> CriterionState:
    """A finding without a value proves nothing, but its quote is still evidence."""
    values = _clean([finding.value])
    return CriterionState(
        identified=bool(values),
        values=values,
        confidence=_bounded(finding.confidence),
        evidence=finding.quote.strip(),
    )


def _join(name: Criterion, old: CriterionState, new: CriterionState) -> CriterionState:
    wins = (new.identified, new.confidence) > (old.identified, old.confidence)
    winner = new if wins else old
    if name in LIST_CRITERIA and old.identified and new.identified:
        # A list names several things at once: the winner gives its confidence, both their values.
        winner = replace(winner, values=_distinct((*old.values, *new.values)))
    return replace(winner, evidence=_appended(old.evidence, new.evidence))


def _appended(evidence: str, more: str) -> str:
    if not more or f"{SEPARATOR}{more}{SEPARATOR}" in f"{SEPARATOR}{evidence}{SEPARATOR}":
        return evidence
    if not evidence:
        return more
    # Both sides may already be several quotes; each one that is new is added, none twice.
    parts = evidence.split(SEPARATOR)
    fresh = [part for part in dict.fromkeys(more.split(SEPARATOR)) if part not in parts]
    return SEPARATOR.join([evidence, *fresh])


def _clean(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(clean for text in texts if (clean := " ".join(text.split())))


def _distinct(texts: Iterable[str]) -> tuple[str, ...]:
    """Each text once, whatever its case; the first spelling stays."""
    kept: dict[str, str] = {}
    for text in texts:
        kept.setdefault(text.casefold(), text)
    return tuple(kept.values())


def _bounded(confidence: float) -> float:
    return min(max(confidence, 0.0), 1.0) if math.isfinite(confidence) else 0.0


# ── Evidence ────────────────────────────────────────────────────────────────────────────────────
_SAME = ('"“”„‟«»″', "'‘’‚‛‹›′`´", "-‐‑‒–—―−")  # noqa: RUF001 - the look-alikes are the point
_LONGEST_QUOTE = 2_000
# Scripts written without spaces: a word boundary can't be asked for, and four signs say something.
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]")
_FEWEST_SIGNS = 4


def verified(
    findings: Iterable[Finding], source_text: str
) -> tuple[tuple[Finding, ...], tuple[Finding, ...]]:
    """Split findings into those the source proves and those it doesn't.

    What is kept carries the source's own spelling of the quote.
    """
    kept: list[Finding] = []
    dropped: list[Finding] = []
    for finding in findings:
        quote = find_quote(finding.quote, source_text)
        sound = math.isfinite(finding.confidence) and 0 <= finding.confidence <= 1
        if quote is not None and sound and finding.value.strip():
            kept.append(replace(finding, quote=quote))
        else:
            dropped.append(finding)
    return tuple(kept), tuple(dropped)


def find_quote(quote: str, source_text: str) -> str | None:
    """The quote as it stands in the source, or None when it isn't there or says too little.

    Only runs of whitespace and typographic quotes and dashes may differ. It has to start and end
    at a word's edge and hold two words or a number.
    """
    words = quote.split()
    text = " ".join(words)
    if not text or len(text) > _LONGEST_QUOTE or not _says_something(text):
        return None
    pattern = r"\s+".join("".join(map(_sign, word)) for word in words)
    if text[0].isalnum() and not _UNSPACED.match(text[0]):
        pattern = rf"(?<!\w){pattern}"
    if text[-1].isalnum() and not _UNSPACED.match(text[-1]):
        pattern = rf"{pattern}(?!\w)"
    match = re.search(pattern, source_text)
    return match.group(0) if match else None


def _says_something(text: str) -> bool:
    words = [word for word in text.split() if any(sign.isalnum() for sign in word)]
    return (
        len(words) > 1
        or any(sign.isdigit() for sign in text)
        or len(_UNSPACED.findall(text)) >= _FEWEST_SIGNS
    )


def _sign(sign: str) -> str:
    for group in _SAME:
        if sign in group:
            return f"[{re.escape(group)}]"
    return re.escape(sign)


# ── Storage ─────────────────────────────────────────────────────────────────────────────────────
def to_json(state: Qualification) -> dict[str, Any]:
    """The stored form; `from_json` reads it back unchanged."""
    return {
        "version": SCHEMA_VERSION,
        "criteria": {
            name.value: {
                "identified": entry.identified,
                "values": list(entry.values),
                "confidence": entry.confidence,
                "evidence": entry.evidence,
            }
            for name, entry in state.criteria.items()
        },
        "insights": list(state.insights),
    }


def from_json(stored: Mapping[str, Any] | None) -> Qualification:
    """Read a stored state. Keys and criteria of another version are passed over, not an error."""
    stored = stored or {}
    criteria = stored.get("criteria")
    entries = criteria.items() if isinstance(criteria, Mapping) else ()
    return Qualification(
        criteria={
            Criterion(name): _entry(entry)
            for name, entry in entries
            if name in set(Criterion) and isinstance(entry, Mapping)
        },
        insights=_strings(stored.get("insights")),
    )


def _entry(entry: Mapping[str, Any]) -> CriterionState:
    values = _strings(entry.get("values"))
    confidence = entry.get("confidence")
    evidence = entry.get("evidence")
    return CriterionState(
        identified=entry.get("identified") is True,
        values=values,
        confidence=_bounded(float(confidence)) if isinstance(confidence, int | float) else 0.0,
        evidence=evidence if isinstance(evidence, str) else "",
    )


def _strings(values: object) -> tuple[str, ...]:
    if not isinstance(values, list | tuple):
        return ()
    return tuple(value for value in values if isinstance(value, str))
