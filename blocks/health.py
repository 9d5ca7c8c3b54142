"""Why an account's health is what it is: the reasons with their points, what isn't known, and its
history."""

from collections.abc import Sequence

from blocks.action_ids import ActionId, CallbackId
from blocks.lint import fitted
from blocks.modals import modal
from blocks.parts import Block, button, context, day, local_day, moment, section, short
from blocks.terms import health_words, listed, sentence, state_words
from blocks.values import Target
from services.types.health import AccountHealthView, PastHealth, Reason, ReasonKind

REASONS = 12
SORTS: dict[ReasonKind, str] = {
    ReasonKind.ENGAGEMENT: "how often they write",
    ReasonKind.SIGNALS: "signals",
    ReasonKind.ASKS: "whether their questions are answered",
    ReasonKind.MEETINGS: "meetings",
    ReasonKind.DEALS: "deals",
    ReasonKind.RENEWAL: "the renewal date",
    ReasonKind.TONE: "the tone of their mails",
}


def health_blocks(view: AccountHealthView) -> list[Block]:
    """The figure, then what makes it, then how it was."""
    blocks = [section(_head(view))]
    counted = [reason for reason in view.reasons if reason.points]
    if view.given_at is not None:
        blocks.append(context(_given(view)))
    if counted:
        blocks.append(section(_reasons(counted)))
    elif view.health is not None and view.given_at is None:
        blocks.append(section("Nothing speaks for or against it."))
    if view.unknown:
        names = listed([SORTS[kind] for kind in view.unknown], len(SORTS))
        blocks.append(context(f"Not known, and so not counted: {names}"))
    history = history_line(view.past, view)
    if history:
        blocks.append(context(history))
    return fitted(blocks)


def health_modal(view: AccountHealthView) -> Block:
    return modal("Health", health_blocks(view), callback_id=CallbackId.TOLD)


def why_button(view_id: Target, health: int | None) -> Block:
    """Beside the head of a brief."""
    text = "Why no health?" if health is None else f"Why {health}?"
    return button(text, ActionId.HEALTH_WHY, view_id.encode())


def history_line(past: Sequence[PastHealth], view: AccountHealthView) -> str:
    """`71 → 66 → 62 since 3 Nov`: the oldest first; empty while there is only one."""
    told = [one for one in reversed(past) if one.health is not None]
    if len(told) < 2:  # noqa: PLR2004 - one figure is no history
        return ""
    today = local_day(view.reader.now, view.reader.timezone)
    since = day(local_day(told[0].at, view.reader.timezone), today)
    figures = " → ".join(f"{one.health}{' (given)' if one.given else ''}" for one in told)
    return f"{figures} since {since}"


def _head(view: AccountHealthView) -> str:
    facts = [health_words(view.health)]
    if view.lifecycle:
        why = f" ({short(view.lifecycle_why, 120)})" if view.lifecycle_why else ""
        facts.append(f"{short(state_words(view.lifecycle), 40)}{why}")
    return f"*{short(view.account_name, 80)}*\n{sentence(' · '.join(facts))}"


def _given(view: AccountHealthView) -> str:
    if view.given_at is None:
        return ""
    when = moment(view.given_at, view.reader.now, view.reader.timezone)
    mine = "" if view.computed is None else f" From what I see it would be {view.computed}."
    return f"Given by a file or a person {when}; it stands for a day.{mine}"


def _reasons(reasons: Sequence[Reason]) -> str:
    """A line each: its points and its words, the heaviest first."""
    lines = [f"`{_points(one.points)}`  {short(one.words, 140)}" for one in reasons[:REASONS]]
    rest = len(reasons) - REASONS
    return "\n".join(["*Why*", *lines, *([f"and {rest} more"] if rest > 0 else [])])


def _points(points: int) -> str:
    return f"+{points}" if points > 0 else f"−{-points}"  # noqa: RUF001 - a minus, not a hyphen
