"""The facts of an approval request as plain lines: one set of words for mails and pages."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from blocks.findings import TITLE, finding_words
from blocks.parts import clean, cut, day, money, one_line
from services.types.approval_views import ApprovalCardView, EffectLine, SeatView
from services.types.approvals import CarryStatus, RequestStatus, Surface, Urgency

LONGEST = 600
WAYS = {
    Surface.SLACK: "in Slack",
    Surface.LINK: "by the link in a mail",
    Surface.REPLY: "by mail",
    Surface.RULE: "by a rule",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    label: str
    lines: tuple[str, ...]


def facts(card: ApprovalCardView) -> tuple[Fact, ...]:
    """Everything a decision needs, in the order it is read. Unknown is said to be unknown."""
    return tuple(
        Fact(label=label, lines=kept)
        for label, lines in _all(card)
        if (kept := tuple(text(line) for line in lines if line.strip()))
    )


def _all(card: ApprovalCardView) -> Iterator[tuple[str, tuple[str, ...]]]:
    pending = card.status == RequestStatus.PENDING
    what = "What will happen" if pending else "What was asked"
    yield what, tuple(effect_words(line) for line in card.effect)
    yield f"Why {card.requester} asks", (card.reason, card.evidence)
    yield "Customer", _customer(card)
    yield "Deal", _deal(card)
    yield "Rule", (card.policy, *card.history)
    if card.needed > 1 or any(seat.choice for seat in card.seats):
        heading = "Who decides" if pending else "Who decided"
        heading += f" ({card.needed} needed)" if card.needed > 1 else ""
        yield heading, tuple(_seat(seat) for seat in card.seats)
    for question in card.questions:
        answer = (
            f"{question.answered_by}: {question.answer}" if question.answer else "No answer yet."
        )
        yield f"{question.asked_by} asked", (question.question, answer)


def _customer(card: ApprovalCardView) -> tuple[str, ...]:
    known = card.customer
    if known is None:
        return ()
    health = f"{known.health} of 100" if known.health is not None else "not known"
    value = money(known.value, known.currency) if known.value is not None else "not known"
    renewal, rival = _renewal(known.renewal_date, card), known.competitor or "none known"
    return (
        f"{known.name}, {known.lifecycle}" if known.lifecycle else known.name,
        f"Open and won deals: {value} · health: {health}",
        f"Renewal: {renewal} · competitor: {rival}",
        *(f"Granted before: {line}" for line in known.granted_before[:3]),
    )


def _renewal(stored: str | None, card: ApprovalCardView) -> str:
    try:
        found = date.fromisoformat(stored or "")
    except ValueError:
        return stored or "not known"
    return day(found, card.reader.now.astimezone(zone_of(card.reader.timezone)).date())


def _deal(card: ApprovalCardView) -> tuple[str, ...]:
    deal = card.deal
    if deal is None:
        return ()
    today = card.reader.now.astimezone(zone_of(card.reader.timezone)).date()
    closes = f", closes {day(deal.close_date, today)}" if deal.close_date else ""
    return (f"{deal.name}: {money(deal.amount, deal.currency)}, {deal.stage}{closes}",)


def _seat(seat: SeatView) -> str:
    who = seat.voter or seat.holder or "nobody yet"
    instead = (
        f" for {seat.holder}" if seat.voter and seat.holder and seat.voter != seat.holder else ""
    )
    said = {"approve": "approved", "reject": "rejected", None: "hasn't decided"}[seat.choice]
    why = f": {seat.reason}" if seat.reason else ""
    tied = f" On condition: {'; '.join(seat.conditions)}." if seat.conditions else ""
    return f"{who}{instead} {said}{why}{tied}"


def effect_words(line: EffectLine) -> str:
    before = f"{line.before} → " if line.before else ""
    return f"{line.label}: {before}{line.after}"


def draft_lines(card: ApprovalCardView) -> tuple[str, ...]:
    """The exact mail that would leave, whole; empty when none would."""
    draft = card.draft
    if draft is None:
        return ()
    found = [f"{TITLE}: {finding_words(one, card.reader)}" for one in draft.findings]
    found += [""] if found else []
    people = (("To", draft.to), ("Cc", draft.cc), ("Bcc", draft.bcc))
    return (
        f"From: {one_line(draft.sender)}",
        *(f"{name}: {one_line(', '.join(who))}" for name, who in people if who),
        f"Subject: {one_line(draft.subject)}",
        "",
        *found,
        clean(draft.text),
    )


def due_words(card: ApprovalCardView) -> str:
    """Until when, where the reader is."""
    due = when(card.due_at, card.reader.timezone)
    if card.overdue:
        return f"It was due {due}."
    hurry = " It is critical." if card.urgency is Urgency.CRITICAL else ""
    return f"Please decide by {due}.{hurry}"


def outcome_words(card: ApprovalCardView) -> str:
    """How it ended, in a sentence; empty while it is pending."""
    at = f" on {when(card.settled_at, card.reader.timezone)}" if card.settled_at else ""
    way = f" {WAYS[card.settled_surface]}" if card.settled_surface else ""
    by = card.settled_by or ("a template" if card.auto_template else "nobody")
    return {
        RequestStatus.PENDING: "",
        RequestStatus.APPROVED: f"{by} approved this{at}{way}.",
        RequestStatus.REJECTED: f"{by} rejected this{at}{way}.",
        RequestStatus.EXPIRED: f"Nobody decided in time, so it ended{at}.",
        RequestStatus.WITHDRAWN: f"{card.requester} took it back{at}.",
        RequestStatus.VOIDED: f"It no longer holds{at}, because what was asked for has changed.",
    }[card.status]


def outcome_facts(card: ApprovalCardView) -> tuple[str, ...]:
    """What goes with the outcome: the reason, the conditions, and how carrying it out went."""
    carried = {
        CarryStatus.QUEUED: "It is being carried out.",
        CarryStatus.DONE: "It has been carried out.",
        CarryStatus.FAILED: f"It couldn't be carried out: {card.carry_note or 'no reason known'}",
    }.get(card.carry_status, "")
    reason = f"Reason: {card.settled_reason}" if card.settled_reason else ""
    tied = tuple(f"Condition: {one}" for one in card.conditions)
    return tuple(text(line) for line in (reason, *tied, carried) if line)


def text(words: str) -> str:
    return cut(one_line(words), LONGEST)


def when(at: datetime, timezone: str) -> str:
    """`Tue 24 Nov, 10:42 (Europe/Berlin)`."""
    zone = zone_of(timezone)
    local = at.astimezone(zone)
    name = getattr(zone, "key", "UTC").replace("_", " ")
    return f"{local:%a} {local.day} {local:%b}, {local:%H:%M} ({name})"


def zone_of(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC
