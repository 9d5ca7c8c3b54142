"""The detector that asks a model: one structured call for an account with something new to read.

What comes back is a proposal. It counts as far as its quotes stand in the sources they name, in
words of a customer; the rest is dropped. What was found is remembered (services/signals/
model_memory), so an account with nothing new costs nothing, and grows paler with its evidence's
age, as what the rules find does.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

import structlog

from db.looks import Spent
from db.session import Database
from services.model_calls import ModelCallService
from services.ports import LanguageModel
from services.prompts.detect import PROMPT_VERSION, messages
from services.signals.detector import PERSON_SIGNALS
from services.signals.grading import MOST, freshness
from services.signals.model_memory import Memory
from services.signals.model_sources import Sources, sources_of
from services.summaries.history import history_for_model
from services.tokens import count
from services.types.detection import MODEL_NAMES, DetectionRequest, Proposed
from services.types.model import Purpose, Usage
from services.types.signals import AccountFacts, Detected, Evidence, SignalName

log = structlog.get_logger()

SOURCES_TOKENS = 4_000
HISTORY_TOKENS = 600
MOST_TOKENS = 8_000
"""Of a whole request: what is over it is cut from the oldest."""
NAME = "model"

_COMING = frozenset({SignalName.READY_TO_BUY, SignalName.EXPANSION})
_GOING = frozenset({SignalName.CANCELLATION})
_NUMBERS = re.compile(r"(?m)^\[\d+(?:, \d+)*\] ")


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelDetectors:
    """Makes the detector for one look at one account."""

    db: Database
    model: LanguageModel
    calls: ModelCallService

    def about(self, tenant_id: UUID, memory: Memory) -> "ModelDetector":
        return ModelDetector(deps=self, tenant_id=tenant_id, memory=memory)


@dataclass(slots=True, kw_only=True)
class ModelDetector:
    """A Detector for one look. Afterwards `memory` is what to keep and `spent` what it cost."""

    deps: ModelDetectors
    tenant_id: UUID
    memory: Memory
    spent: Spent = field(default_factory=Spent)

    @property
    def name(self) -> str:
        return NAME

    @property
    def names(self) -> frozenset[SignalName]:
        return MODEL_NAMES

    async def detect(self, facts: AccountFacts) -> tuple[Detected, ...]:
        """Raises TransientError when the model can't be asked, LimitReached when the tenant's
        budget is used up; then nothing is forgotten."""
        sources = sources_of(facts, self._count, SOURCES_TOKENS)
        reader, marks = f"{self.deps.model.name}|{PROMPT_VERSION}", sources.marks()
        if sources.theirs and not self.memory.knows(marks, reader):
            proposed = await self._ask(facts, sources)
            found = without_opposites(_detected(facts, sources, one) for one in proposed)
            kept = [one for one in self.memory.found if _elsewhere(one, sources)]
            self.memory = self.memory.after(marks, reader, [*found, *kept])
        return tuple(_aged(one, facts.now) for one in self.memory.found)

    async def _ask(self, facts: AccountFacts, sources: Sources) -> tuple[Proposed, ...]:
        async with self.deps.db.read(self.tenant_id) as tx:
            earlier = await history_for_model(
                tx,
                facts.account_id,
                facts.now,
                HISTORY_TOKENS,
                model=self.deps.model.name,
                recent=False,
            )
        request = self._fitting(
            DetectionRequest(
                account_name=facts.account_name,
                today=facts.now.date(),
                sources=sources.texts,
                # Its own numbers would be taken for those of the sources.
                history=_NUMBERS.sub("", earlier.text),
            )
        )
        used = Usage(model=self.deps.model.name)

        async def call() -> tuple[tuple[Proposed, ...], Usage]:
            nonlocal used
            answer, used = await self.deps.model.detect(request)
            return answer, used

        proposed = await self.deps.calls.run(
            self.tenant_id,
            Purpose.DETECT,
            call,
            model=self.deps.model,
            conversation_id=None,
            text=_sent(request),
        )
        self.spent = Spent(
            model_calls=1,
            tokens_in=used.tokens_in,
            tokens_out=used.tokens_out,
            cost_usd=used.cost_usd,
        )
        return proposed[: request.most]

    def _fitting(self, request: DetectionRequest) -> DetectionRequest:
        """Counted before it is asked. History goes first, then the oldest sources."""
        if self._count(_sent(request)) > MOST_TOKENS:
            request = replace(request, history="")
        while len(request.sources) > 1 and self._count(_sent(request)) > MOST_TOKENS:
            request = replace(request, sources=request.sources[1:])
        return request

    def _count(self, text: str) -> int:
        return count(text, self.deps.model.name)


def _sent(request: DetectionRequest) -> str:
    return "\n".join(message["content"] for message in messages(request, "0" * 24))


def _detected(facts: AccountFacts, sources: Sources, one: Proposed) -> Detected | None:
    """What of a proposal is proven; None when nothing is."""
    shown = {text.number for text in sources.texts}
    evidence = _distinct(
        found
        for quote in one.quotes
        if quote.number in shown and (found := sources.proven(quote.number, quote.words))
    )
    if len(evidence) < len(one.quotes):
        log.info(
            "quotes that no source holds were dropped",
            name=one.name.value,
            dropped=len(one.quotes) - len(evidence),
        )
    if one.name not in MODEL_NAMES or not evidence:
        return None
    contact = None
    if one.name in PERSON_SIGNALS:
        contact, evidence = _of_one_person(facts, evidence)
    return Detected(
        name=one.name,
        confidence=min(one.confidence, MOST),
        evidence=evidence,
        detector=NAME,
        cause=str(contact) if contact else "",
        contact_id=contact,
    )


def without_opposites(found: Iterable[Detected | None]) -> tuple[Detected, ...]:
    """A model that quotes one sentence for staying and for leaving has read neither in it."""
    told = [one for one in found if one is not None]
    coming, going = (
        {piece.key for one in told if one.name in names for piece in one.evidence}
        for names in (_COMING, _GOING)
    )
    left = (
        replace(one, evidence=tuple(p for p in one.evidence if p.key not in coming & going))
        if one.name in _COMING | _GOING
        else one
        for one in told
    )
    return tuple(one for one in left if one.evidence)


def _of_one_person(
    facts: AccountFacts, evidence: tuple[Evidence, ...]
) -> tuple[UUID | None, tuple[Evidence, ...]]:
    """Whoever said the newest of it, and what they said."""
    who = {(text.source, text.id, text.happened_at): text.contact_id for text in facts.texts}

    def contact_of(one: Evidence) -> UUID | None:
        return who.get((one.source, one.source_id, one.at)) if one.source_id and one.at else None

    newest = max(evidence, key=lambda one: (one.at is not None, one.at or facts.now))
    contact = contact_of(newest)
    return contact, tuple(one for one in evidence if contact_of(one) == contact)


def _elsewhere(one: Detected, sources: Sources) -> bool:
    """It rests on nothing that was read again just now."""
    shown = sources.shown
    return not any((piece.source, piece.source_id) in shown for piece in one.evidence)


def _aged(one: Detected, now: datetime) -> Detected:
    newest = max((piece.at for piece in one.evidence if piece.at), default=now)
    return replace(one, confidence=round(one.confidence * freshness(newest, now), 4))


def _distinct(evidence: Iterable[Evidence]) -> tuple[Evidence, ...]:
    return tuple({one.key: one for one in evidence}.values())
