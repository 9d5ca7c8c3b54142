"""What a mail says: one structured model call, its quotes checked against the mail itself.

The model never changes state: it answers, `verified` drops whatever the mail doesn't say, and the
caller merges the rest. When the model can't be asked, the offline rules still find the asks, so
that a card stays useful, and the qualification stays as it was.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

import structlog

from services.errors import LimitReached, TransientError
from services.merge import find_quote, verified
from services.model_calls import ModelCallService
from services.ports import LanguageModel
from services.suspicion import assess
from services.types.model import (
    Ask,
    AskKind,
    Extraction,
    ExtractionRequest,
    Finding,
    Purpose,
    Suspicion,
)

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis:
    """`analysed` is False when the model could not be asked: then there are no findings."""

    analysed: bool
    summary: str
    findings: tuple[Finding, ...]
    extraction: Extraction
    suspicion: Suspicion
    model: str

    def stored(self) -> dict[str, Any]:
        """As it is kept with the message."""
        return {
            "analysed": self.analysed,
            "summary": self.summary,
            "model": self.model,
            "asks": [
                {**asdict(ask), "due": ask.due.isoformat() if ask.due else None}
                for ask in self.extraction.asks
            ],
            "signals": [asdict(signal) for signal in self.extraction.signals],
            # Also what lost against what was known already: the account view weighs by time.
            "findings": [asdict(finding) for finding in self.findings],
            "suspicious": asdict(self.suspicion),
        }

    def heeding(self, stored: Mapping[str, Any]) -> "Analysis":
        """With the orders that stand where no model reads (services.suspicion.orders_beneath)."""
        beneath = stored.get("suspicious", {})
        if self.suspicion.injection or not beneath.get("injection"):
            return self
        return replace(self, suspicion=Suspicion(**beneath))


def asks_from(stored: dict[str, Any]) -> tuple[Ask, ...]:
    """The asks of a stored analysis."""
    return tuple(
        Ask(
            quote=ask["quote"],
            kind=AskKind(ask["kind"]),
            due=date.fromisoformat(ask["due"]) if ask.get("due") else None,
        )
        for ask in stored.get("asks", ())
    )


@dataclass(frozen=True, slots=True)
class Analyst:
    """Asks the model, and the offline rules when it can't answer."""

    model: LanguageModel
    offline: LanguageModel
    calls: ModelCallService

    async def analyse(
        self, tenant_id: UUID, conversation_id: UUID | None, request: ExtractionRequest
    ) -> Analysis:
        # The model reads all three, and the other side chooses all three.
        suspicion = assess(f"{request.sender_name}\n{request.subject}\n{request.text}")
        analysed, model = True, self.model
        try:
            extraction = await self.calls.run(
                tenant_id,
                Purpose.EXTRACT,
                lambda: self.model.extract(request),
                model=self.model,
                conversation_id=conversation_id,
                text=request.text,
            )
        except (TransientError, LimitReached) as error:
            log.warning("the model could not read a mail", reason=str(error))
            analysed, model = False, self.offline
            extraction, _ = await self.offline.extract(request)
        kept, dropped = verified(extraction.findings, request.text)
        if dropped:
            log.info("quotes that the mail doesn't hold were dropped", dropped=len(dropped))
        asks = tuple(ask for ask in extraction.asks if find_quote(ask.quote, request.text))
        signals = tuple(s for s in extraction.signals if find_quote(s.evidence, request.text))
        return Analysis(
            analysed=analysed,
            summary=extraction.summary,
            findings=tuple(kept) if analysed else (),
            extraction=Extraction(
                summary=extraction.summary,
                asks=asks,
                signals=signals,
                insights=extraction.insights if analysed else (),
            ),
            suspicion=suspicion,
            model=model.name,
        )
