"""The most useful thing to do for an account now, and why. Pure: rules in a fixed order, the first
that has something to say speaks."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

from services.types.account_view import (
    AccountView,
    NextStep,
    Part,
    Person,
    Promise,
    PromiseState,
    Side,
    SignalLine,
)
from services.types.qualification import BANT, MEDDIC, Criterion
from services.zones import zone_of

NOTHING = NextStep(words="Nothing presses.", why="No mail, promise, signal or date asks for it.")
SOON = timedelta(days=14)
NEAR = timedelta(days=2)
SILENT = timedelta(days=21)
_ASK_NEXT: dict[Criterion, str] = {
    Criterion.AUTHORITY: "Ask who decides.",
    Criterion.ECONOMIC_BUYER: "Ask who holds the budget.",
    Criterion.BUDGET: "Ask what budget is set aside.",
    Criterion.NEED: "Ask what they need it for.",
    Criterion.TIMELINE: "Ask by when they want to decide.",
    Criterion.IDENTIFY_PAIN: "Ask what it costs them today.",
    Criterion.CHAMPION: "Find out who wants this inside.",
    Criterion.DECISION_PROCESS: "Ask how they decide.",
    Criterion.DECISION_CRITERIA: "Ask what they will judge by.",
    Criterion.METRICS: "Ask what success would be in numbers.",
}


def next_step(view: AccountView) -> NextStep:
    step = next((step for rule in _RULES if (step := rule(view)) is not None), NOTHING)
    return replace(step, why="As far as I could read.") if _half_read(step, view) else step


def _half_read(step: NextStep, view: AccountView) -> bool:
    """Nothing was found, but not everything was looked at."""
    return step == NOTHING and bool(view.missing)


def today_of(view: AccountView) -> date:
    return view.reader.now.astimezone(zone_of(view.reader.timezone)).date()


def gaps(view: AccountView) -> tuple[Criterion, ...]:
    """Criteria nobody has said anything on; without an open deal none is asked for, and none is
    called missing while their mail can't be read."""
    if not view.open_deals or Part.MAIL in view.missing:
        return ()
    return tuple(one for one in (*BANT, *MEDDIC) if view.fact(one.value) is None)


# ── The rules, the most pressing first ──────────────────────────────────────────────────────────
def _decide(view: AccountView) -> NextStep | None:
    """A draft waits: the reader's own before a colleague's, the one that is due first."""
    if not view.pending:
        return None
    reader = view.reader.member_id
    one = min(
        view.pending,
        key=lambda p: (
            p.owner_id not in (None, reader),
            p.due or date.max,
            p.at,
            str(p.action_id),
        ),
    )
    what = f"the answer to {one.who}" if one.who else "the mail that is drafted"
    due = f", due {_day(one.due)}" if one.due else ""
    why = f"“{one.asks[0]}”" if one.asks else one.subject or "It waits for a word."
    mine = one.owner_id in (None, reader)
    words = f"Decide on {what}{due}." if mine else f"{one.owner} has to decide on {what}{due}."
    return NextStep(words=words, why=why, where=one.where)


def _late(view: AccountView) -> NextStep | None:
    for one in _owed(view, Side.OURS):
        if one.state is PromiseState.OVERDUE:
            words = f"Keep what {one.who} promised: it was due {_day(one.due)}."
            return NextStep(words=words, why=f"“{one.quote}”", where=one.where)
    for one in _owed(view, Side.ASKED):
        if one.due is not None and one.due <= today_of(view) + NEAR:
            words = f"Answer {one.who}: they asked for it by {_day(one.due)}."
            return NextStep(words=words, why=f"“{one.quote}”", where=one.where)
    return None


def _grave(view: AccountView) -> NextStep | None:
    """The gravest open signal of high severity or above."""
    for one in view.signals:
        if not one.settled and one.severity in ("critical", "high"):
            return NextStep(words=_on_signal(one, view), why=one.why, where=one.where)
    return None


def _asked(view: AccountView) -> NextStep | None:
    for one in _owed(view, Side.ASKED):
        words = f"Answer {one.who}: nobody has yet."
        return NextStep(words=words, why=f"“{one.quote}”", where=one.where)
    return None


def _closing(view: AccountView) -> NextStep | None:
    """A close date that has passed or is near, with what is still unknown."""
    today, missing = today_of(view), gaps(view)
    for deal in sorted(view.open_deals, key=lambda d: (d.close_date or date.max, str(d.id))):
        if deal.close_date is None or deal.close_date > today + SOON:
            continue
        if deal.close_date < today:
            words = f"Settle a new close date for {deal.name}."
            return NextStep(
                words=words, why=f"It should have closed {_day(deal.close_date)}.", where=deal.where
            )
        if missing:
            why = f"{deal.name} closes {_day(deal.close_date)}, and nobody has said it."
            return NextStep(words=_ASK_NEXT[missing[0]], why=why, where=deal.where)
    return None


def _promised(view: AccountView) -> NextStep | None:
    for one in _owed(view, Side.OURS):
        due = f" by {_day(one.due)}" if one.due else ""
        words = f"Do what {one.who} promised{due}."
        return NextStep(words=words, why=f"“{one.quote}”", where=one.where)
    for one in _owed(view, Side.THEIRS):
        if one.state is PromiseState.OVERDUE:
            words = f"Remind {one.who}: it was due {_day(one.due)}."
            return NextStep(words=words, why=f"“{one.quote}”", where=one.where)
    return None


def _silent(view: AccountView) -> NextStep | None:
    """Nobody has written for long, and a deal is open."""
    spoken = [at for one in view.people for at in (one.wrote_at, one.reached_at) if at]
    if not view.open_deals or not spoken or view.reader.now - max(spoken) < SILENT:
        return None
    to = next((one for one in view.people if _may_write(one)), None)
    words = f"Write to {to.name}." if to else "Find somebody there to write to."
    weeks = (view.reader.now - max(spoken)).days // 7
    return NextStep(
        words=words,
        why=f"Nobody has written for {weeks} weeks.",
        where=to.where if to else None,
    )


def _unknown(view: AccountView) -> NextStep | None:
    missing = gaps(view)
    if not missing:
        return None
    deal = view.open_deals[0]
    return NextStep(
        words=_ASK_NEXT[missing[0]],
        why=f"Nobody has said it yet, and {deal.name} is in {deal.stage.replace('_', ' ')}.",
        where=deal.where,
    )


_RULES: tuple[Callable[[AccountView], NextStep | None], ...] = (
    _decide,
    _late,
    _grave,
    _asked,
    _closing,
    _promised,
    _silent,
    _unknown,
)


def _owed(view: AccountView, side: Side) -> list[Promise]:
    return [one for one in view.promises if one.side is side and one.state is not PromiseState.KEPT]


def _may_write(person: Person) -> bool:
    return person.confirmed and not person.outsider and not person.unreachable


def _on_signal(signal: SignalLine, view: AccountView) -> str:
    to = next((one for one in view.people if _may_write(one)), None)
    about = f"{signal.words[:1].upper()}{signal.words[1:]}"
    return f"{about}: write to {to.name}." if to else f"{about}: look into it."


def _day(day: date | None) -> str:
    return f"{day.day} {day:%b}" if day else "some day"
