"""A LanguageModel that answers what a test tells it to."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from db.session import refuse_inside_transaction
from services.types.agent import AnswerRequest
from services.types.detection import DetectionRequest, Proposed
from services.types.model import (
    DraftRequest,
    DraftText,
    Extraction,
    ExtractionRequest,
    Usage,
)
from services.types.summaries import Channel, SummaryLine, SummaryRequest, SummaryText

Request = ExtractionRequest | DraftRequest | AnswerRequest | DetectionRequest | SummaryRequest
Pieces = Sequence[str | Exception | asyncio.Event]
"""What an answer is made of: pieces of text, an error that ends it, an event it waits for."""


@dataclass
class ScriptedModel:
    """Answers of each kind are taken in order and the last one stays; an exception is raised."""

    extractions: list[Extraction | Exception] = field(default_factory=lambda: [Extraction()])
    drafts: list[DraftText | Exception] = field(
        default_factory=lambda: [DraftText(body="Thanks, I will look into it.", confidence=0.5)]
    )
    answers: list[Pieces | Exception] = field(default_factory=lambda: [["It is quiet there. "]])
    detections: list[tuple[Proposed, ...] | Exception] = field(default_factory=lambda: [()])
    summaries: list[SummaryText | Exception] = field(default_factory=list)
    """None scripted: one line that rests on all the entries and says their channel."""
    name: str = "scripted"
    offline: bool = False
    usage: Usage = field(default_factory=lambda: Usage(model="scripted", tokens_in=1, tokens_out=1))
    requests: list[Request] = field(default_factory=list)
    waiting: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when an answer has come to an event it waits for."""

    async def extract(self, request: ExtractionRequest) -> tuple[Extraction, Usage]:
        refuse_inside_transaction()
        self.requests.append(request)
        return _next(self.extractions), self.usage

    async def draft(self, request: DraftRequest) -> tuple[DraftText, Usage]:
        refuse_inside_transaction()
        self.requests.append(request)
        return _next(self.drafts), self.usage

    async def summarise(self, request: SummaryRequest) -> tuple[SummaryText, Usage]:
        refuse_inside_transaction()
        self.requests.append(request)
        if self.summaries:
            return _next(self.summaries), self.usage
        lines: dict[Channel, list[str]] = {}
        for one in request.entries:
            lines.setdefault(one.channel, []).append(one.key)
        return SummaryText(
            lines=tuple(
                SummaryLine(channel=channel, text=f"Of {len(keys)}.", keys=tuple(keys))
                for channel, keys in lines.items()
            )
        ), self.usage

    async def answer(self, request: AnswerRequest) -> AsyncIterator[str | Usage]:
        refuse_inside_transaction()
        self.requests.append(request)
        for piece in _next(self.answers):
            if isinstance(piece, asyncio.Event):
                self.waiting.set()
                await piece.wait()
            elif isinstance(piece, Exception):
                raise piece
            else:
                yield piece
        yield self.usage

    async def detect(self, request: DetectionRequest) -> tuple[tuple[Proposed, ...], Usage]:
        refuse_inside_transaction()
        self.requests.append(request)
        return _next(self.detections), self.usage


Answer = TypeVar("Answer")


def _next(answers: list[Answer | Exception]) -> Answer:
    answer = answers.pop(0) if len(answers) > 1 else answers[0]
    if isinstance(answer, Exception):
        raise answer
    return answer
