"""The model that answers when none is configured: rules and phrase tables, and it says so."""

import asyncio
from collections.abc import AsyncIterator

from services.offline.answer import answer_offline
from services.offline.draft import write_draft
from services.offline.extract import extract
from services.offline.summarise import summarise_offline
from services.types.agent import AnswerRequest
from services.types.detection import DetectionRequest, Proposed
from services.types.model import (
    DraftRequest,
    DraftText,
    Extraction,
    ExtractionRequest,
    Usage,
)
from services.types.summaries import SummaryRequest, SummaryText

_NAME = "offline rules"


class OfflineModel:
    """A LanguageModel without a model: pure, deterministic, free of charge."""

    @property
    def name(self) -> str:
        return _NAME

    @property
    def offline(self) -> bool:
        return True

    async def extract(self, request: ExtractionRequest) -> tuple[Extraction, Usage]:
        """What the rules find in one mail, each finding with its verbatim quote."""
        return extract(request), Usage(model=_NAME)

    async def draft(self, request: DraftRequest) -> tuple[DraftText, Usage]:
        """A short, true reply from phrase tables; nothing is promised that nobody decided."""
        return write_draft(request), Usage(model=_NAME)

    async def summarise(self, request: SummaryRequest) -> tuple[SummaryText, Usage]:
        """Who wrote how often, and their own words; one line a channel."""
        return await asyncio.to_thread(summarise_offline, request), Usage(model=_NAME)

    async def answer(self, request: AnswerRequest) -> AsyncIterator[str | Usage]:
        """What the records say, and that no model was asked."""
        for piece in answer_offline(request):
            yield piece
        yield Usage(model=_NAME)

    async def detect(
        self,
        request: DetectionRequest,  # noqa: ARG002 - the port's
    ) -> tuple[tuple[Proposed, ...], Usage]:
        """Nothing: the deterministic detectors read the same words by the same rules, and a second
        opinion of one's own would count one thing twice."""
        return (), Usage(model=_NAME)
