# ruff: noqa: E501 - a language's words stand on one line
"""What people of the customer said that means something: from what reading each mail has found, or
by the offline rules where it wasn't read. Pure; what a text says is remembered, since ten detectors
ask."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from services.offline.asks import find_ask
from services.offline.context import ELSEWHERE, HYPOTHETICAL
from services.offline.rules import Rule, rule
from services.offline.signals import find_signals
from services.offline.text import Sentence, sentences
from services.signals.detectors.seen import believed
from services.types.model import Signal, SignalKind
from services.types.signals import AccountFacts, SeenText

WINDOW = timedelta(days=45)
MOST_TEXTS = 80
"""The newest: an account that writes more says the same in its newest ones."""
_MOST_TEXT = 20_000
_LONGEST_SENTENCE = 1_000
_ANY_DAY = date(2000, 1, 1)
MORE = "wants more"
_NOT = r"\b(?:not|\w{0,6}n't|no longer|never|fewer|less|instead of|cancel\w*|kein\w*|nicht|pas|non|niet|inte|não)\b"
_EXPANSION: tuple[Rule, ...] = (
    rule(
        0.85,
        r"\b(?:add(?:ing)?|need|buy|order|want|require|get|purchase|like|for|take) (?:\w+ ){0,3}?(?:another|additional|extra|more|\d+ (?:more|additional|extra|further|new)) (?:\w+ ){0,2}?(?:seats?|licen[cs]es?|users?|accounts?|workspaces?|modules?|units?|sites?)\b|\b(?:increase|double|triple|raise|extend|expand) (?:our|the) (?:\w+ ){0,2}?(?:seats?|licen[cs]es?|plan|subscription|contract|number of (?:seats|users|licen[cs]es))\b",
        _NOT,
        name=MORE,
    ),
    rule(
        0.8,
        r"\b(?:roll(?:ing)? (?:it|this|you|\w+) out|rollout|expand(?:ing)?|extend(?:ing)?|scale|scaling) (?:\w+ ){0,3}?(?:to|across|into|company-?wide|globally) ?(?:\w+ ){0,3}?(?:teams?|departments?|offices?|regions?|countries|company|sites?|subsidiar\w+|business units?|organi[sz]ation|europe|globally|group|plants?)?|\b(?:other|another|second|more|further|our (?:\w+ )?) ?(?:teams?|departments?|offices?|subsidiar\w+|business units?|sites?|regions?) (?:also |now |too )?(?:want|wants|would like|is asking|are asking|asked|is interested|are interested|need|needs)\b|\bupgrad(?:e|ing) (?:to|our|the)\b",
        _NOT,
        name=MORE,
    ),
    rule(
        0.8,
        r"\b(?:weitere|zusätzliche|mehr) (?:\w+ )?(?:lizenzen|nutzer|benutzer|plätze|standorte|arbeitsplätze)\b|\bauf (?:weitere|andere|alle) (?:teams|abteilungen|standorte|länder) (?:aus\w+|erweitern)|\b(?:licences|utilisateurs|postes|licencias|usuarios|licenze|utenti|licenças) (?:supplémentaires|de plus|adicionales|más|aggiuntiv[ei]|in più|adicionais)\b|\b(?:extra|meer) (?:licenties|gebruikers)\b|\b(?:fler|ytterligare) (?:licenser|användare)\b",
        _NOT,
        name=MORE,
    ),
)
_CANCELLED = re.compile(
    r"\b(?:cancel\w*|call(?:ed)? off|can't make|cannot make|won't be able to (?:make|join|attend)|have to (?:skip|postpone)|postpone\w*|push back|drop) (?:\w+ ){0,4}?(?:meeting|call|demo|appointment|session|workshop|review|kick-?off|sync)\b|"
    r"\b(?:meeting|call|demo|appointment|session|workshop|review|kick-?off|sync) (?:\w+ ){0,4}?(?:cancel\w*|called off|off the calendar|postponed)\b|"
    r"\b(?:termin|besprechung|meeting) (?:\w+ ){0,4}?(?:absagen|abgesagt|ausfallen|verschieben|streichen)\b|\b(?:annuler|reporter) (?:\w+ ){0,3}?(?:réunion|rendez-vous|démo)\b|\b(?:cancelar|posponer|aplazar) (?:\w+ ){0,3}?(?:reunión|reunião|llamada|demo)\b|\b(?:annullare|rimandare) (?:\w+ ){0,3}?(?:riunione|incontro|demo)\b|\b(?:afspraak|vergadering) (?:\w+ ){0,3}?(?:annuleren|afzeggen|verzetten)\b|\b(?:ställa in|boka av) (?:\w+ ){0,3}?(?:möte\w*|demo\w*)\b",
    re.IGNORECASE,
)
# A model names what it finds in its own short words; these give them the names the rules use.
_NAMED: tuple[tuple[SignalKind, str, str], ...] = (
    (SignalKind.RISK, "competitor named", r"compet|rival|alternative|other vendor"),
    (SignalKind.RISK, "cancellation", r"cancel|churn|terminat|renew|leav(?:e|ing) us"),
    (SignalKind.RISK, "budget cut", r"budget|funding|freeze|afford"),
    (SignalKind.RISK, "price objection", r"pric|cost|expens"),
    (SignalKind.RISK, "champion leaving", r"champion|sponsor|contact (?:leaving|left)"),
    (SignalKind.RISK, "escalation", r"escalat|legal"),
    (SignalKind.RISK, "dissatisfaction", r"dissatisf|unhapp|frustrat|complain|disappoint"),
    (SignalKind.RISK, "going quiet", r"hold|postpon|delay|priorit|stall|quiet"),
    (SignalKind.RISK, "deal lost", r"lost|declin|reject|not interested"),
    (SignalKind.BUYING, MORE, r"expan|upsell|more seats|additional|rollout|upgrade"),
    (SignalKind.BUYING, "pricing asked", r"pric|quote|cost|discount"),
    (SignalKind.BUYING, "contract requested", r"contract|order form|paperwork|legal"),
    (SignalKind.BUYING, "ready to buy", r"ready|commit|sign|decid|purchase|verbal|go.?ahead"),
    (SignalKind.BUYING, "budget stated", r"budget|fund"),
    (SignalKind.BUYING, "timeline named", r"timeline|deadline|urgen|date"),
    (SignalKind.BUYING, "stakeholder added", r"stakeholder|executive|introduc"),
    (SignalKind.BUYING, "next step proposed", r"next step|demo|meeting|pilot|trial|call"),
)


@dataclass(frozen=True, slots=True)
class Said:
    """One sentence that means `name`, verbatim, and how sure reading it made us."""

    text: SeenText
    name: str
    confidence: float
    quote: str


def sayings(facts: AccountFacts) -> Iterator[Said]:
    """What was said lately, oldest first. Of a text, each name's sentences in their order."""
    texts = believed(facts, facts.now - WINDOW)[-MOST_TEXTS:]
    for text in texts:
        for signal in said_in(text):
            if signal.evidence in text.text:
                yield Said(text, signal.name, signal.confidence, signal.evidence)


def said_in(text: SeenText) -> Sequence[Signal]:
    if text.signals is None:
        return _read(text.text[:_MOST_TEXT])
    known = tuple(named(signal) for signal in text.signals)
    return (*known, *_wishes(text.text[:_MOST_TEXT]))


def named(signal: Signal) -> Signal:
    """The signal under the name that the rules have for it, whatever a model called it."""
    for kind, name, pattern in _NAMED:
        if signal.kind is kind and re.search(pattern, signal.name, re.IGNORECASE):
            return Signal(
                kind=kind, name=name, confidence=signal.confidence, evidence=signal.evidence
            )
    return signal


def cancelled_by(text: SeenText) -> list[str]:
    """The sentences that call a meeting off."""
    return [one.quote for one in _sentences(text.text[:_MOST_TEXT]) if _CANCELLED.search(one.flat)]


@lru_cache(maxsize=2_000)
def _read(text: str) -> tuple[Signal, ...]:
    found: list[Signal] = []
    for sentence in _sentences(text):
        # Days aren't wanted here, so any day will do.
        found += find_signals(sentence, find_ask(sentence, _ANY_DAY), ())
    return (*found, *_wishes(text))


@lru_cache(maxsize=2_000)
def _wishes(text: str) -> tuple[Signal, ...]:
    """Sentences that ask for more of what they have."""
    return tuple(
        Signal(kind=SignalKind.BUYING, name=MORE, confidence=found, evidence=sentence.quote)
        for sentence in _sentences(text)
        if (found := _wish(sentence)) is not None
    )


def _wish(sentence: Sentence) -> float | None:
    flat = sentence.flat
    if HYPOTHETICAL.search(flat) or ELSEWHERE.search(flat):
        return None
    return max((one.confidence for one in _EXPANSION if one.match(flat)), default=None)


def _sentences(text: str) -> list[Sentence]:
    return [one for one in sentences(text) if len(one.quote) <= _LONGEST_SENTENCE]
