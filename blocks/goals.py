"""Goals: the list, the card, and lines for Home and the digest."""

from collections.abc import Sequence

from blocks.action_ids import ActionId, CallbackId, numbered
from blocks.goal_words import KINDS, MEANS, about, amount, left_out, pace, plain_title, title
from blocks.lint import fitted
from blocks.modals import modal
from blocks.parts import Block, actions, button, confirm, context, count, escape, section, short
from blocks.values import Target
from services.types.goal_views import GoalsView, GoalView
from services.types.goals import GoalLine, GoalStatus

NONE_YET = (
    "No goal yet. Set a target for a month or a quarter, or leave it empty: I watch for 30 days "
    "and propose one."
)


# ── The list ────────────────────────────────────────────────────────────────────────────────────
def goals_text(view: GoalsView) -> str:
    return count(view.total, "goal") if view.total else "No goal yet"


def goals_blocks(view: GoalsView) -> list[Block]:
    """A line a goal, the running ones first."""
    lines = [
        section(
            f"*{title(line)}*\n{pace(line)[:1].upper()}{pace(line)[1:]}",
            button(
                "Open",
                numbered(ActionId.GOAL_OPEN, number),
                Target(id=line.goal_id, rev=line.version).encode(),
                label=f"Open {plain_title(line)}",
            ),
        )
        for number, line in enumerate(view.lines)
    ]
    rest = view.total - len(view.lines)
    more = [context(f"{rest:,} more, which end later.")] if rest > 0 else []
    more += [context("As of last night; a goal's page counts until now.")] if lines else []
    make = [actions(button("New goal", ActionId.GOAL_NEW, "new"))] if view.may_make else []
    return fitted([*(lines or [section(NONE_YET)]), *more, *make])


def goals_modal(view: GoalsView) -> Block:
    return modal("Goals", goals_blocks(view), callback_id=CallbackId.TOLD)


# ── The card ────────────────────────────────────────────────────────────────────────────────────
def goal_text(view: GoalView) -> str:
    """The stand-in for notifications."""
    return f"{escape(plain_title(view.line))}: {_news(view)}"


def goal_card(view: GoalView) -> list[Block]:
    """What it is about, what it stands on, what can be done."""
    blocks = [section(f"*{title(view.line)}: {_news(view)}*\n{_why(view)}")]
    outside = left_out(view.tally, view.line)
    if outside:
        blocks.append(section("\n".join(f"• {one}" for one in outside)))
    return [*blocks, actions(*buttons(view), open_button(view.line)), context(_foot(view))]


def _news(view: GoalView) -> str:
    line = view.line
    if line.status is GoalStatus.PROPOSED:
        return f"I propose {amount(line.proposed, line)}"
    if line.status is GoalStatus.ACTIVE:
        return f"the target is {amount(line.target, line)}"
    if line.status is GoalStatus.OBSERVING:
        return "I can't propose a target yet" if view.note else "I watch first"
    return line.status.value


def _why(view: GoalView) -> str:
    line = view.line
    if line.status is GoalStatus.PROPOSED:
        return proposal_words(view)
    told = pace(line)
    words = f"{told[:1].upper()}{told[1:]}."
    return f"{short(view.note, 200)} {words}" if view.note else words


def proposal_words(view: GoalView) -> str:
    """What a proposed target was made of."""
    line = view.line
    since = view.observe_from
    seen = f"since {since.day} {since:%b}" if since else "while I watched"
    return (
        f"I saw {amount(view.baseline, line)} {seen}. That scaled to the working days of the "
        "period, and 10 % more."
    )


def _foot(view: GoalView) -> str:
    kind = view.line.kind
    made = f" · made by {short(view.made_by, 60)}" if view.made_by else ""
    return f"{KINDS[kind]}: {MEANS[kind]}{made}"


def buttons(view: GoalView) -> list[Block]:
    """What the reader may do about it."""
    line = view.line
    if not view.may_change:
        return []
    value = Target(id=line.goal_id, rev=line.version).encode()
    proposed = line.status is GoalStatus.PROPOSED
    accept = f"Accept {amount(line.proposed, line)}"
    sure = confirm(
        "Drop this goal?",
        "It counts no more. What was written down stays, and a new one can be made.",
        "Drop",
        "Keep it",
    )
    return [
        *([button(accept, ActionId.GOAL_ACCEPT, value, style="primary")] if proposed else []),
        button("Change target" if line.target else "Set a target", ActionId.GOAL_TARGET, value),
        button("Drop", ActionId.GOAL_DROP, value, style="danger", confirm=sure),
    ]


def open_button(line: GoalLine) -> Block:
    value = Target(id=line.goal_id, rev=line.version).encode()
    return button("Open", numbered(ActionId.GOAL_OPEN, 0), value)


# ── Home and the digest ─────────────────────────────────────────────────────────────────────────
def home_goals(lines: Sequence[GoalLine]) -> list[Block]:
    """As of last night."""
    if not lines:
        return []
    told = "\n".join(f"• {title(line)}: {pace(line)}" for line in lines)
    return [section(f"*Goals*\n{told}", button("All goals", ActionId.GOALS, "home"))]


def digest_goals(lines: Sequence[GoalLine]) -> list[Block]:
    """Those that fell behind: once, on the morning after."""
    if not lines:
        return []
    told = "\n".join(f"• {title(line)}: {pace(line)}" for line in lines[:5])
    return [section(f"*Fallen behind*\n{told}\nSee /understudy goals")]


def range_words(line: GoalLine) -> str:
    """The forecast with its range."""
    found = line.progress
    if found.forecast is None or found.low is None or found.high is None:
        return "too little for a forecast"
    return (
        f"about {about(found.forecast, line)}, in four of five cases between "
        f"{about(found.low, line)} and {about(found.high, line)}"
    )
