"""Whether a request still asks for what it asked for: the deal as it was, the draft as it was, the
rules no stricter. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Protocol

from db.approval_votes import DraftNow
from services.approvals.payload import CLOSED, money

OPEN_ACTION = "pending"
READY, PREPARING = "ready", "preparing"
STRICTER = "The approval rules have become stricter since this was asked."


class DealFacts(Protocol):
    """A deal as far as a request rests on it."""

    @property
    def stage(self) -> str: ...
    @property
    def amount(self) -> Decimal | None: ...
    @property
    def currency(self) -> str: ...
    @property
    def close_date(self) -> date | None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """Why a request no longer holds, in a sentence, and whether asking anew makes sense."""

    why: str
    reissue: bool


def deal_moved(basis: Mapping[str, Any], deal: DealFacts | None) -> Moved | None:
    """What changed of the deal since the request was made; None when nothing that matters did."""
    if "stage" not in basis:
        return None
    if deal is None:
        return Moved(why="The deal is gone.", reissue=False)
    if deal.stage != basis["stage"]:
        why = f"The deal moved from {_words(basis['stage'])} to {_words(deal.stage)}."
        return Moved(why=why, reissue=deal.stage not in CLOSED)
    why = _other_change(basis, deal)
    return Moved(why=why, reissue=True) if why else None


def _other_change(basis: Mapping[str, Any], deal: DealFacts) -> str:
    if deal.currency != basis.get("currency"):
        return f"The deal is in {deal.currency} now, no longer in {basis.get('currency')}."
    before, after = basis.get("amount"), money(deal.amount)
    if before != after:
        was, now = _figure(before, deal.currency), _figure(after, deal.currency)
        return f"The deal's amount changed from {was} to {now}."
    closed, closes = basis.get("close_date"), deal.close_date
    if closed != (closes.isoformat() if closes else None):
        return f"The deal's close date changed from {closed or 'none'} to {closes or 'none'}."
    return ""


def draft_moved(payload: Mapping[str, Any], draft: DraftNow | None) -> Moved | None:
    """What changed of the draft since its approval was asked for. A draft that is being written
    anew has not changed yet: the new revision will."""
    if "content_hash" not in payload:
        return None
    if draft is None:
        return Moved(why="The draft is gone.", reissue=False)
    if draft.action_status != OPEN_ACTION or draft.draft_status not in {READY, PREPARING}:
        return Moved(why="The draft is no longer waiting to be sent.", reissue=False)
    same = (
        draft.revision == payload.get("revision") and draft.content_hash == payload["content_hash"]
    )
    if not same:
        return Moved(why="The text has changed since this was asked.", reissue=True)
    return None


def _words(stage: str) -> str:
    return stage.replace("_", " ")


def _figure(amount: str | None, currency: str) -> str:
    if amount is None:
        return "unknown"
    number = Decimal(amount)
    whole = number == number.to_integral_value()
    return f"{number:,.0f} {currency}" if whole else f"{number:,.2f} {currency}"
