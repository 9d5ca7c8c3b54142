"""Why a signal no longer holds, in plain words. Pure: the facts say what became of it."""

from collections.abc import Callable

from db.models.signals import Signal
from services.signals.detectors.seen import believed
from services.signals.detectors.taken_back import staying_since
from services.signals.saying import count, day, names
from services.types.signals import (
    CATALOGUE,
    AccountFacts,
    SeenDeal,
    SeenText,
    SignalName,
)

Reason = Callable[[Signal, AccountFacts], str | None]


def why_cleared(signal: Signal, facts: AccountFacts) -> str:
    """The first reason that can be told, else that it is no longer found."""
    for reason in _REASONS[SignalName(signal.name)]:
        told = reason(signal, facts)
        if told:
            return told
    return f"I no longer find that {CATALOGUE[SignalName(signal.name)].words} holds"


# ── Reasons ─────────────────────────────────────────────────────────────────────────────────────
def _somebody_wrote(signal: Signal, facts: AccountFacts) -> str | None:
    return _wrote(_last_by(signal, facts, None), facts)


def _they_wrote(signal: Signal, facts: AccountFacts) -> str | None:
    return _wrote(_last_by(signal, facts, str(signal.contact_id or signal.cause)), facts)


def _last_by(signal: Signal, facts: AccountFacts, contact: str | None) -> SeenText | None:
    """The newest word after it was raised: of a contact, or of anybody."""
    later = (
        text
        for text in reversed(facts.texts)
        if text.inbound
        and text.human
        and text.happened_at > signal.raised_at
        and contact in (None, str(text.contact_id))
    )
    return next(later, None)


def _wrote(text: SeenText | None, facts: AccountFacts) -> str | None:
    if text is None:
        return None
    return f"{text.sender_name or text.sender_email} wrote on {day(text.happened_at, facts.now)}"


def _away(_signal: Signal, facts: AccountFacts) -> str | None:
    for text in reversed(facts.texts):
        if text.inbound and text.returns_on is not None and text.returns_on > facts.now:
            who = text.sender_name or text.sender_email
            return f"{who} is away until {day(text.returns_on, facts.now)}"
    return None


def _deal_over(signal: Signal, facts: AccountFacts) -> str | None:
    deal = _deal(signal, facts)
    if deal is None:
        return "The deal is gone" if signal.deal_id or signal.cause else _all_over(signal, facts)
    if deal.open:
        return None
    return f"{deal.name} was {'won' if deal.stage == 'closed_won' else 'lost'}"


def _all_over(signal: Signal, facts: AccountFacts) -> str | None:
    if facts.lifecycle == "churned":
        return f"{facts.account_name} is no longer a customer"
    since = [one for one in facts.deals if one.stage_since and one.stage_since > signal.raised_at]
    if since and not any(deal.open for deal in facts.deals):
        return f"No deal with {facts.account_name} is open any more"
    return None


def _moved_on(signal: Signal, facts: AccountFacts) -> str | None:
    deal = _deal(signal, facts)
    if deal is None or deal.stage_since is None or deal.stage_since <= signal.raised_at:
        return None
    stage = deal.stage.replace("_", " ")
    return f"{deal.name} came into {stage} on {day(deal.stage_since, facts.now)}"


def _date_ahead(signal: Signal, facts: AccountFacts) -> str | None:
    deal = _deal(signal, facts)
    if deal is None or deal.close_date is None:
        return None
    return f"{deal.name} is to close on {day(deal.close_date, facts.now)}"


def _deal(signal: Signal, facts: AccountFacts) -> SeenDeal | None:
    wanted = str(signal.deal_id or signal.cause)
    return next((deal for deal in facts.deals if str(deal.id) == wanted), None)


def _meeting_planned(_signal: Signal, facts: AccountFacts) -> str | None:
    planned = [
        one for one in facts.meetings if one.status == "scheduled" and one.starts_at > facts.now
    ]
    if not planned:
        return None
    first = min(planned, key=lambda one: one.starts_at)
    return f"A meeting is planned for {day(first.starts_at, facts.now)}"


def _people_back(signal: Signal, facts: AccountFacts) -> str | None:
    people = {
        text.sender_name or text.sender_email: None
        for text in facts.texts
        if text.theirs and text.happened_at > signal.raised_at
    }
    if not people:
        return None
    verb = "has" if len(people) == 1 else "have"
    return f"{names(people)} {verb} written since"


def _said_no_more(signal: Signal, facts: AccountFacts) -> str | None:
    since = [text for text in facts.texts if text.theirs and text.happened_at > signal.raised_at]
    if not since:
        return "Nothing like it was said lately"
    told = count(len(since), "message")
    return f"Nothing like it in the {told} they wrote since"


def _they_stay(signal: Signal, facts: AccountFacts) -> str | None:
    since = staying_since(believed(facts, signal.raised_at))
    return f"They wrote on {day(since, facts.now)} that they stay" if since else None


def _says(words: str) -> Reason:
    return lambda _signal, _facts: words


_SAID = (_all_over, _said_no_more)
_REASONS: dict[SignalName, tuple[Reason, ...]] = {
    SignalName.SILENCE: (_somebody_wrote, _away, _all_over),
    SignalName.REPLY_DRIFT: (_all_over, _says("They answer about as fast as before")),
    SignalName.PARTICIPATION_SHRINKING: (_all_over, _people_back),
    SignalName.PARTICIPATION_GROWING: (_says("No longer more people than before take part"),),
    SignalName.SENIOR_CONTACT: (_says("It is some weeks ago by now"),),
    SignalName.CHAMPION_QUIET: (_they_wrote, _away, _all_over),
    SignalName.STAGE_STUCK: (_deal_over, _moved_on),
    SignalName.CLOSE_DATE_SLIPPING: (_deal_over, _date_ahead),
    SignalName.COMPETITOR_NAMED: _SAID,
    SignalName.PRICING_ASKED: _SAID,
    SignalName.MEETING_CANCELLED: (_meeting_planned, _all_over),
    SignalName.SENTIMENT_TURN: (_says("The tone is about what it was before"),),
    SignalName.READY_TO_BUY: _SAID,
    SignalName.EXPANSION: _SAID,
    SignalName.CANCELLATION: (_they_stay, *_SAID),
    SignalName.DISSATISFACTION: _SAID,
    SignalName.BUDGET_TROUBLE: _SAID,
}
