"""A look at a case: all detectors, merged, proven, and what would be raised at the thresholds that
hold where nobody has moved them."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from services.errors import LimitReached, TransientError
from services.ports import LanguageModel
from services.signals import model_detector
from services.signals.detectors import DETECTORS
from services.signals.lifecycle import proven
from services.signals.merging import merge
from services.signals.model_sources import sources_of
from services.signals.raising import enough
from services.tokens import count
from services.types.detection import DetectionRequest
from services.types.signals import THRESHOLD, AccountFacts, Detected
from tests.evals.corpus import Case
from tests.evals.facts import Reader, facts_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """`found` is what would be raised, `below` what was seen and isn't sure or proven enough."""

    case: Case
    facts: AccountFacts
    found: tuple[Detected, ...]
    below: tuple[Detected, ...]


async def look_at(cases: Iterable[Case], model: LanguageModel) -> tuple[Sequence[Look], Reader]:
    """Every case by itself; with a configured model it is asked about each account too."""
    reader = Reader(model)
    return await asyncio.gather(*(_look(case, reader) for case in cases)), reader


async def _look(case: Case, reader: Reader) -> Look:
    facts = await facts_of(case, reader)
    said = [one for detector in DETECTORS for one in await detector.detect(facts)]
    if not reader.model.offline:
        said += await _asked(facts, reader)
    seen = proven(facts, merge(said))
    found = tuple(one for one in seen if enough(one, THRESHOLD))
    return Look(
        case=case, facts=facts, found=found, below=tuple(one for one in seen if one not in found)
    )


async def _asked(facts: AccountFacts, reader: Reader) -> Sequence[Detected]:
    """What the model says of the account, on the way the product believes it. There are no earlier
    months to tell, so the detector's own reading of them is left out."""
    sources = sources_of(
        facts, lambda text: count(text, reader.model.name), model_detector.SOURCES_TOKENS
    )
    if not sources.theirs:
        return ()
    request = DetectionRequest(
        account_name=facts.account_name, today=facts.now.date(), sources=sources.texts
    )
    async with reader.room:
        try:
            proposed, usage = await reader.model.detect(request)
        except (TransientError, LimitReached):
            reader.spent.failed += 1
            return ()
    reader.spent.add(usage)
    found = (model_detector._detected(facts, sources, one) for one in proposed[: request.most])
    return [one for one in found if one is not None]
