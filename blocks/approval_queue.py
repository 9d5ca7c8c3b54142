"""Queues of approval requests, and how approvals go."""

from blocks.action_ids import ActionId, numbered
from blocks.approval_words import STATUS, TYPES, named, until
from blocks.inbox import permalink
from blocks.lint import fitted
from blocks.parts import (
    Block,
    actions,
    button,
    context,
    count,
    link_button,
    option,
    plain,
    section,
    short,
)
from blocks.terms import sentence
from blocks.values import Target
from services.types.approval_views import (
    ApprovalFigures,
    FiguresView,
    QueueFilter,
    QueueItem,
    QueueView,
)
from services.types.approvals import RequestStatus
from services.types.people import Role

SHOWN = 15
AT_HOME = 5
HOME_LINKS = 100
"""Link buttons of the Home tab's other lists come before these numbers."""
EVERY_TYPE = "every"
FILTERS: dict[QueueFilter, str] = {
    "mine": "Waiting for me",
    "asked": "Asked by me",
    "all": "All that wait",
    "decided": "Lately decided",
}
_NONE: dict[QueueFilter, str] = {
    "mine": "No approval waits for you",
    "asked": "You have asked for nothing that waits",
    "all": "No request waits",
    "decided": "Nothing was decided in the last two weeks",
}
MINUTES = 60
HOURS = 24


# ── As an answer ────────────────────────────────────────────────────────────────────────────────
def queue_blocks(view: QueueView) -> list[Block]:
    """The most pressing first; the buttons show another list in its place."""
    return fitted(
        [section(f"*{_head(view)}*"), *_items(view, SHOWN, 0), *_absence(view), *_bar(view)]
    )


def _head(view: QueueView) -> str:
    type_ = f" ({TYPES.get(view.type, view.type).lower()})" if view.type else ""
    if not view.items:
        return f"{_NONE[view.which]}{type_}"
    return f"{FILTERS[view.which]}{type_}: {count(view.total, 'request')}"


def _items(view: QueueView, most: int, first_link: int) -> list[Block]:
    blocks = [_item(item, view, first_link + n) for n, item in enumerate(view.items[:most])]
    rest = view.total - min(len(view.items), most)
    return [*blocks, context(f"{rest} more after these.")] if rest > 0 else blocks


def _item(item: QueueItem, view: QueueView, number: int) -> Block:
    """One line of what and by when, one of who."""
    text = _item_text(item, view)
    if item.channel and item.ts:
        link = permalink(item.channel, item.ts)
        return section(text, link_button("Open", link, number, label=f"Open: {item.title}"))
    return section(text)


def _item_text(item: QueueItem, view: QueueView) -> str:
    return f"*{short(item.title, 120)}* · {_when(item, view)}\n{_who(item, view)}"


def _when(item: QueueItem, view: QueueView) -> str:
    if item.status != RequestStatus.PENDING:
        decided = item.status in {RequestStatus.APPROVED, RequestStatus.REJECTED}
        by = f" by {named(item.deciders, 'and')}" if decided and item.deciders else ""
        return f"{STATUS[item.status]}{by}"
    when = until(item.due_at, view.reader)
    return f"*was due {when}*" if item.overdue else f"due {when}"


def _who(item: QueueItem, view: QueueView) -> str:
    own = item.requester == view.reader.name
    asks = "asks" if item.status == RequestStatus.PENDING else "asked"
    parts = ["you asked" if own else f"{short(item.requester, 60)} {asks}"]
    if item.status == RequestStatus.PENDING and view.which != "mine":
        has = "has" if len(item.deciders) < 2 else "have"  # noqa: PLR2004 - one or several
        others = named(item.deciders[:3], "and")
        parts.append(f"{others} {has} it" if others else "nobody holds it")
    if item.urgency.value in {"high", "critical"}:
        parts.append("urgent" if item.urgency.value == "high" else "critical")
    return sentence(" · ".join(parts))


def _absence(view: QueueView) -> list[Block]:
    return [context(short(view.absence, 300))] if view.absence else []


def _bar(view: QueueView) -> list[Block]:
    """The other lists, the types, and the way to an absence."""
    others = [
        button(name, f"{ActionId.QUEUE}#{number}", which)
        for number, (which, name) in enumerate(_filters(view).items())
        if which != view.which
    ]
    away = button("Out of office", ActionId.AWAY, "absence")
    return [actions(*others, _types(view), away)]


def _filters(view: QueueView) -> dict[QueueFilter, str]:
    """A rep sees what concerns them; `all` would say the same twice."""
    leads = view.reader.role != Role.REP
    return {which: name for which, name in FILTERS.items() if leads or which != "all"}


def _types(view: QueueView) -> Block:
    options = [option("Every type", f"{view.which} {EVERY_TYPE}")]
    options += [option(name, f"{view.which} {type_}") for type_, name in TYPES.items()]
    found = [entry for entry in options if entry["value"] == f"{view.which} {view.type}"]
    return {
        "type": "static_select",
        "action_id": ActionId.QUEUE_TYPE,
        "placeholder": plain("Type", 150),
        "options": options,
        "initial_option": (found or options)[0],
    }


# ── In the Home tab ─────────────────────────────────────────────────────────────────────────────
def decide_items(view: QueueView) -> list[Block]:
    """What waits for the reader's decision, each with the way to decide on it."""
    blocks = [
        section(
            _item_text(item, view),
            button(
                "Decide",
                numbered(ActionId.HOME_DECIDE, number),
                Target(id=item.request_id).encode(),
                style="primary",
                label=f"Decide: {item.title}",
            ),
        )
        for number, item in enumerate(view.items[:AT_HOME])
    ]
    rest = view.total - min(len(view.items), AT_HOME)
    more = f"{count(rest, 'more approval')} after these: `/understudy approvals`"
    return [*blocks, context(more)] if rest > 0 else blocks


def queue_section(view: QueueView) -> list[Block]:
    """Another list than the one that waits for the reader: the first few, with a filter."""
    choices = {which: name for which, name in _filters(view).items() if which != "mine"}
    entries = [option(name, which) for which, name in choices.items()]
    chosen = [entry for entry in entries if entry["value"] == view.which]
    choose: Block = {
        "type": "static_select",
        "action_id": ActionId.QUEUE_HOME,
        "placeholder": plain("Which approvals", 150),
        "options": entries,
        "initial_option": (chosen or entries)[0],
    }
    head = f"*Approvals*\n{_head(view) if not view.items else count(view.total, 'request')}"
    return [section(head, choose), *_items(view, AT_HOME, HOME_LINKS), *_absence(view)]


# ── How approvals go ────────────────────────────────────────────────────────────────────────────
def figures_blocks(view: FiguresView) -> list[Block]:
    """Numbers where there are cases; a rep and an approver see their own only."""
    blocks = [section(f"*Approvals in the last {view.own.days} days*")]
    if view.all is not None:
        blocks.append(section(f"*Everybody*\n{_figures(view.all)}"))
        blocks += [
            section(
                f"*{TYPES.get(type_, short(type_.replace('_', ' ').capitalize(), 60))}*\n"
                f"{_figures(figures)}"
            )
            for type_, figures in (view.types[:10] if len(view.types) > 1 else ())
        ]
    blocks.append(section(f"*You*\n{_own(view.own)}"))
    return fitted([*blocks, context("A hasty decision came sooner than the text can be read.")])


def _figures(figures: ApprovalFigures) -> str:
    oldest = figures.oldest_pending_hours
    waits = {0: "no request waits", 1: "1 request waits"}.get(
        figures.pending, f"{figures.pending:,} requests wait"
    )
    lines = [f"{waits}{f', the oldest for {_hours(oldest)}' if oldest is not None else ''}"]
    if figures.decided:
        lines.append(
            f"{figures.decided:,} decided, half within {_minutes(figures.decide_p50_minutes)}, "
            f"nine in ten within {_minutes(figures.decide_p90_minutes)}"
        )
    else:
        lines.append("none decided yet")
    shares = [
        f"{_share(figures.breached_share)} late",
        f"{_share(figures.auto_share)} by a template",
        f"{_share(figures.hasty_share)} hasty",
        f"{figures.expired:,} expired",
    ]
    return "\n".join(f"• {line}" for line in [*lines, ", ".join(shares)])


def _own(figures: ApprovalFigures) -> str:
    if not figures.own_decided:
        return "• You have decided nothing."
    seconds = figures.own_p50_seconds
    pace = f", half of them within {_minutes(seconds / MINUTES)}" if seconds is not None else ""
    return f"• {figures.own_decided:,} decided{pace}\n• {figures.own_hasty:,} of them hasty"


def _share(value: float | None) -> str:
    return "no cases" if value is None else f"{value * 100:.0f} %"


def _minutes(value: float | None) -> str:
    if value is None:
        return "an unknown time"
    if value < 1:
        return f"{value * MINUTES:.0f} s"
    return f"{value:.0f} min" if value < 2 * MINUTES else _hours(value / MINUTES)


def _hours(value: float) -> str:
    return f"{value:.0f} h" if value < 2 * HOURS else f"{value / HOURS:.0f} days"
