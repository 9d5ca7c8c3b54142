"""Words of approvals that cards, forms, queues, pages and mails share."""

from collections.abc import Sequence
from datetime import datetime

from blocks.parts import clock_time, day, local_day, short
from services.types.approval_views import ApprovalCardView
from services.types.approvals import RequestStatus, RequestType, Surface, Urgency
from services.types.reasons import ACTION_REJECT_REASONS, REJECT_REASONS
from services.types.views import Reader

TYPES: dict[str, str] = {
    RequestType.DISCOUNT: "Discount",
    RequestType.REFUND: "Refund",
    RequestType.EXCEPTION: "Exception",
    RequestType.ESCALATION: "Escalation",
}
STATUS: dict[RequestStatus, str] = {
    RequestStatus.PENDING: "waiting",
    RequestStatus.APPROVED: "approved",
    RequestStatus.REJECTED: "rejected",
    RequestStatus.EXPIRED: "expired, nobody decided",
    RequestStatus.WITHDRAWN: "withdrawn",
    RequestStatus.VOIDED: "void",
}
SURFACES: dict[Surface, str] = {
    Surface.SLACK: "",
    Surface.LINK: ", by mail link",
    Surface.REPLY: ", by mail",
    Surface.RULE: "",
}
URGENCIES: dict[Urgency, str] = {
    Urgency.LOW: "low urgency",
    Urgency.NORMAL: "",
    Urgency.HIGH: "urgent",
    Urgency.CRITICAL: "critical",
}
_GOOD = ("Strategic account", "Within what we can afford", "Keeps the customer")
APPROVE_REASONS: dict[str, tuple[str, ...]] = {
    RequestType.DISCOUNT: (*_GOOD, "Meets a competing offer", "Grows the deal"),
    RequestType.REFUND: ("Our mistake", "Owed by contract", "Keeps the customer"),
    RequestType.EXCEPTION: (*_GOOD, "One time only"),
    RequestType.ESCALATION: ("Serious for the customer", "I'll take it up", "Needs more people"),
}
ACTION_APPROVE_REASONS = ("Right as it is", "Agreed with the customer", "Checked with the team")
REASON = 300
NAMES = 4
CONDITION = 200


def takes_conditions(type_: str) -> bool:
    """Whether an approval can be tied to something: a mail leaves at once, as it is."""
    return type_ in TYPES


def approve_reasons(type_: str) -> tuple[str, ...]:
    return APPROVE_REASONS.get(type_, ACTION_APPROVE_REASONS)


def reject_reasons(type_: str) -> tuple[str, ...]:
    return REJECT_REASONS.get(type_, ACTION_REJECT_REASONS)


def until(value: datetime, reader: Reader) -> str:
    """`today 17:00`, `tomorrow 09:30`, `Monday 10:00`, `3 Dec 10:00`."""
    there, today = (local_day(moment, reader.timezone) for moment in (value, reader.now))
    return f"{day(there, today)} {clock_time(value, reader.timezone)}"


def at(value: datetime, reader: Reader) -> str:
    """`at 10:42`, `yesterday at 17:05`, `on 3 Nov at 09:00`."""
    there, today = (local_day(moment, reader.timezone) for moment in (value, reader.now))
    hour = clock_time(value, reader.timezone)
    if there == today:
        return f"at {hour}"
    away = (today - there).days
    named = day(there, today)
    return f"{named} at {hour}" if away == 1 else f"on {named} at {hour}"


def named(names: Sequence[str], joint: str = "or") -> str:
    """`Dana Reyes, Victor Hahn or Sam Lind`."""
    shown = [short(name, 60) for name in names[:NAMES]]
    if len(names) > NAMES:
        shown.append(f"{len(names) - NAMES} more")
    if len(shown) < 2:  # noqa: PLR2004 - one name, or none
        return "".join(shown)
    return f"{', '.join(shown[:-1])} {joint} {shown[-1]}"


def who_may(view: ApprovalCardView) -> str:
    """Who may decide now, as a whole sentence."""
    if not view.deciders:
        return "Nobody holds it at the moment; an admin must see to it."
    return f"{named(view.deciders)} may decide this."


def due_words(view: ApprovalCardView) -> str:
    when = until(view.due_at, view.reader)
    return f"*was due {when}*" if view.overdue else f"due {when}"


def settled_words(view: ApprovalCardView) -> str:
    """`Dana Reyes approved this at 10:42, by mail link.`"""
    when = f" {at(view.settled_at, view.reader)}" if view.settled_at else ""
    by = short(view.settled_by or "Somebody", 60)
    match view.status:
        case RequestStatus.APPROVED if view.auto_template:
            name = short(view.auto_template, 60)
            return f"The rule “{name}” approved this{when}; nobody had to decide."
        case RequestStatus.APPROVED | RequestStatus.REJECTED:
            through = SURFACES[view.settled_surface] if view.settled_surface else ""
            verb = "approved" if view.status == RequestStatus.APPROVED else "rejected"
            return f"{_voices(view) or by} {verb} this{_instead(view)}{when}{through}."
        case RequestStatus.EXPIRED:
            return f"Nobody decided in time: it expired{when}. Nothing takes effect."
        case RequestStatus.WITHDRAWN:
            return f"{by} took it back{when}."
        case RequestStatus.VOIDED:
            why = short(view.settled_reason or "What was asked for has changed.", REASON)
            return f"Void{when}: {why}"
    return ""


def _instead(view: ApprovalCardView) -> str:
    """For whom it was said, where one spoke on another's seat."""
    spoken = [seat for seat in view.seats if seat.choice is not None]
    if len(spoken) != 1 or spoken[0].holder in {None, spoken[0].voter}:
        return ""
    return f" for {short(spoken[0].holder or '', 60)}"


def _voices(view: ApprovalCardView) -> str:
    """Everybody whose voice made it so, where it took more than one."""
    wanted = "approve" if view.status == RequestStatus.APPROVED else "reject"
    names = [s.voter for s in view.seats if s.choice == wanted and s.voter]
    return named(list(dict.fromkeys(names)), "and") if len(names) > 1 else ""
