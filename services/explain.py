"""Says what is made of one mail or text: who wrote it, what it asks, shows and hides. Pure."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from services.mail.kind import classify_text
from services.mail.language import detect
from services.mail.reply import visible_reply
from services.ports import LanguageModel
from services.suspicion import assess
from services.types.mail import MailKind, ParsedMail
from services.types.model import (
    Ask,
    DraftRequest,
    Extraction,
    ExtractionRequest,
    Finding,
    Signal,
    Suspicion,
)
from services.types.qualification import LIST_CRITERIA, Criterion

_LEAST = 0.3  # what is less sure than this is not identified


@dataclass(frozen=True, slots=True, kw_only=True)
class _Subject:
    """One thing to explain, wherever it came from."""

    id: Any
    kind: MailKind
    visible: str
    whole: str
    title: str = ""
    sender_name: str = ""
    author_name: str = ""
    today: date


async def explain_text(model: LanguageModel, text: str, *, id_: Any, today: date) -> dict[str, Any]:
    """What is made of a bare text; header lines at its top are understood."""
    subject = _Subject(
        id=id_, kind=classify_text(text), visible=visible_reply(text), whole=text, today=today
    )
    return await _explain(model, subject)


async def explain_mail(
    model: LanguageModel, mail: ParsedMail, *, id_: Any, today: date
) -> dict[str, Any]:
    """What is made of a parsed mail. 'Next Friday' is counted from the day it was sent."""
    subject = _Subject(
        id=id_,
        kind=mail.kind,
        visible=mail.visible_reply,
        whole=f"{mail.subject}\n{mail.text}",
        title=mail.subject,
        sender_name=mail.sender.name if mail.sender else "",
        author_name=mail.to[0].name if mail.to else "",
        today=mail.sent_at.date() if mail.sent_at else today,
    )
    return await _explain(model, subject)


async def _explain(model: LanguageModel, subject: _Subject) -> dict[str, Any]:
    human = subject.kind is MailKind.HUMAN
    found = await _extract(model, subject) if human else Extraction()
    language = detect(subject.visible or subject.whole)
    return {
        "id": subject.id,
        "kind": subject.kind.value,
        "language": language,
        "visible_reply": subject.visible,
        "asks": [_ask(ask) for ask in found.asks],
        "qualification": _qualification(found.findings),
        "signals": [_signal(signal) for signal in found.signals],
        "suspicious": _suspicion(assess(subject.whole)),
        "draft": await _draft(model, subject, found.asks, language) if found.asks else None,
    }


async def _extract(model: LanguageModel, subject: _Subject) -> Extraction:
    """What the model found, without anything it can't quote word for word."""
    found, _usage = await model.extract(
        ExtractionRequest(
            text=subject.visible,
            subject=subject.title,
            sender_name=subject.sender_name,
            today=subject.today,
        )
    )
    text = subject.visible
    return Extraction(
        findings=tuple(one for one in found.findings if one.quote and one.quote in text),
        asks=tuple(one for one in found.asks if one.quote and one.quote in text),
        signals=tuple(one for one in found.signals if one.evidence and one.evidence in text),
    )


async def _draft(
    model: LanguageModel, subject: _Subject, asks: tuple[Ask, ...], language: str
) -> str:
    draft, _usage = await model.draft(
        DraftRequest(
            text=subject.visible,
            subject=subject.title,
            sender_name=subject.sender_name,
            author_name=subject.author_name,
            company="",
            account_name=None,
            deal_name=None,
            stage=None,
            language=language,
            today=subject.today,
            asks=asks,
        )
    )
    return draft.body


def _qualification(findings: tuple[Finding, ...]) -> dict[str, dict[str, Any]]:
    """Identified criteria only: the surest finding, and for list criteria all of them."""
    shown: dict[str, dict[str, Any]] = {}
    for criterion in Criterion:
        found = [f for f in findings if f.criterion is criterion and f.confidence >= _LEAST]
        if not found:
            continue
        surest = max(found, key=lambda finding: finding.confidence)
        kept = found if criterion in LIST_CRITERIA else [surest]
        shown[criterion.value] = {
            "value": ", ".join(dict.fromkeys(finding.value for finding in kept)),
            "confidence": surest.confidence,
            "evidence": " | ".join(dict.fromkeys(finding.quote for finding in kept)),
        }
    return shown


def _ask(ask: Ask) -> dict[str, Any]:
    due = ask.due.isoformat() if ask.due else None
    return {"quote": ask.quote, "kind": ask.kind.value, "due": due}


def _signal(signal: Signal) -> dict[str, Any]:
    return {
        "kind": signal.kind.value,
        "name": signal.name,
        "confidence": signal.confidence,
        "evidence": signal.evidence,
    }


def _suspicion(suspicion: Suspicion) -> dict[str, Any]:
    return {"injection": suspicion.injection, "score": suspicion.score, "why": suspicion.why}
