"""Reads a mail sentence by sentence and gathers what it shows."""

from services.offline.asks import find_ask
from services.offline.criteria import find_criteria
from services.offline.signals import find_signals
from services.offline.text import sentences
from services.types.model import Ask, Extraction, ExtractionRequest, Finding, Signal

_MOST_TEXT = 100_000
_LONGEST_SENTENCE = 1_000
_MOST_ASKS = 12
_SUMMARY = 200


def extract(request: ExtractionRequest) -> Extraction:
    """Everything the rules find; each quote stands verbatim in the request's text."""
    findings: list[Finding] = []
    asks: list[Ask] = []
    signals: list[Signal] = []
    read = sentences(request.text[:_MOST_TEXT])
    for place, sentence in enumerate(read):
        if len(sentence.quote) > _LONGEST_SENTENCE:
            continue
        found = tuple(find_criteria(sentence, request.today))
        ask = find_ask(sentence, request.today, read[max(0, place - 2) : place][::-1])
        findings.extend(found)
        signals.extend(find_signals(sentence, ask, found))
        if ask is not None and len(asks) < _MOST_ASKS:
            asks.append(ask)
    return Extraction(
        summary=_summary(tuple(asks), tuple(findings), request.text),
        findings=tuple(findings),
        asks=tuple(asks),
        signals=tuple(signals),
    )


def _summary(asks: tuple[Ask, ...], findings: tuple[Finding, ...], text: str) -> str:
    """The sentence that matters most, in the sender's own words."""
    if asks:
        chosen = asks[0].quote
    elif findings:
        chosen = max(findings, key=lambda finding: finding.confidence).quote
    else:
        first = sentences(text[:2_000])
        chosen = max(first[:4], key=lambda one: len(one.quote)).quote if first else ""
    flat = " ".join(chosen.split())
    return flat if len(flat) <= _SUMMARY else flat[: _SUMMARY - 1].rsplit(" ", 1)[0] + "…"
