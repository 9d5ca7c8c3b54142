"""Reads a mail sentence by sentence and gathers what it shows."""

from services.offline.asks import find_ask
from services.offline.criteria import find_criteria
from services.offline.signals import find_signals
from services.offline.summary import summarise
from services.offline.text import sentences
from services.types.model import Ask, Extraction, ExtractionRequest, Finding, Signal

_MOST_TEXT = 100_000
_LONGEST_SENTENCE = 1_000
_MOST_ASKS = 12


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
        summary=summarise(tuple(asks), tuple(findings), request.text, request.today),
        findings=tuple(findings),
        asks=tuple(asks),
        signals=tuple(signals),
    )
