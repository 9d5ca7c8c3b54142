"""`/understudy me`: how my drafts fared, who hasn't answered yet, what I said, what to try."""

from blocks.action_ids import ActionId, CallbackId
from blocks.coaching import mails_button, points, to_try_blocks
from blocks.learning_values import Page
from blocks.learning_words import (
    ENDED,
    HOW,
    HOW_PEOPLE,
    HOW_WORK,
    KINDS,
    answers,
    counted,
    days_words,
    fates,
)
from blocks.lint import fitted
from blocks.modals import modal
from blocks.parts import (
    Block,
    actions,
    button,
    clock_time,
    confidence_words,
    context,
    count,
    day,
    local_day,
    percent,
    section,
    short,
)
from blocks.terms import state_words
from services.types.me import HomeLearning, MePage, OpenOutcome, Said
from services.types.people import OVERSEERS

TITLE = "How you're doing"
SOME = 30
"""Mails it takes about before anything can be compared."""


def me_text(view: MePage) -> str:
    now = view.spans.now
    return f"{TITLE}: {now.unchanged:,} of {now.decided:,} drafts sent unchanged in 30 days"


def me_blocks(view: MePage) -> list[Block]:
    """One page, for the member alone."""
    spans = view.spans
    blocks = [
        section("\n".join([f"*How your drafts fared* · {_many(view)}", *_fates(view)])),
    ]
    if spans.answers.resolved or spans.answers.left_out:
        head = f"*What came back* · {days_words(spans.first, spans.last)}"
        peers = []
        if view.peers is not None:
            peers = [f"• The rest of your team: {counted(view.peers)}"]
        blocks.append(section("\n".join([head, *answers(spans), *peers])))
    blocks += [*_open(view), *_said(view), *_streak(view), *_tips(view)]
    if view.rules:
        blocks.append(
            context(f"{count(view.rules, 'edit rule')} of yours in force: `/understudy rules`")
        )
    return [*blocks, actions(*_ways(view)), context(_foot(view))]


def me_modal(view: MePage) -> Block:
    return modal(TITLE, me_blocks(view), callback_id=CallbackId.TOLD)


def to_try_modal(view: MePage) -> Block:
    """All there is to try, what was compared, and what is missing for the rest."""
    return modal("To try", fitted(to_try_blocks(view.tips)), callback_id=CallbackId.TOLD)


def how_modal() -> Block:
    """Every figure's formula."""
    return modal(
        "How it's counted",
        [section(HOW), section(HOW_PEOPLE), section(HOW_WORK)],
        callback_id=CallbackId.TOLD,
    )


def _many(view: MePage) -> str:
    drafts, days = view.spans.now.proposed, view.spans.days
    return f"{drafts:,} in {days} days" if drafts else f"{days} days"


def _fates(view: MePage) -> list[str]:
    lines = fates(view.spans, mine=True)
    if not view.spans.now.proposed and not view.has_mailbox:
        lines.append("Your Gmail isn't connected, so I read nothing for you: see the Home tab.")
    return lines


# ── What is open ────────────────────────────────────────────────────────────────────────────────
def _open(view: MePage) -> list[Block]:
    if not view.open_total:
        return []
    lines = [_waits(one, view) for one in view.open]
    rest = view.open_total - len(view.open)
    more = [f"and {rest:,} more, later"] if rest > 0 else []
    head = f"*Not answered yet* · {count(view.open_mails, 'mail')}"
    others = view.open_total - view.open_mails
    if others:
        head += f" · besides {others:,} open on deals, meetings and requests"
    return [section("\n".join([head, *lines, *more]))]


def _waits(one: OpenOutcome, view: MePage) -> str:
    reader = view.reader
    last = day(local_day(one.until, reader.timezone), local_day(reader.now, reader.timezone))
    until = f"until {last} {clock_time(one.until, reader.timezone)}"
    chance = "chance unknown"
    if one.chance is not None:
        chance = f"{confidence_words(one.chance)} ({percent(one.chance)})"
    what = "" if one.kind == "email_engagement" else f"{KINDS.get(one.kind, one.kind)}, "
    return f"• {short(one.about, 60) or 'A mail'}: {what}{chance}, {until}"


# ── What I said ─────────────────────────────────────────────────────────────────────────────────
def _said(view: MePage) -> list[Block]:
    if not view.said:
        return []
    lines = [_word(one, view) for one in view.said]
    head = f"*Your feedback* · {view.ups:,} helpful, {view.downs:,} not helpful"
    return [section("\n".join([head, *lines]))]


def _word(one: Said, view: MePage) -> str:
    reader = view.reader
    when = day(local_day(one.at, reader.timezone), local_day(reader.now, reader.timezone))
    said = {1: "Helpful", -1: "Not helpful"}.get(one.rating, "Neither")
    why = f", “{short(one.reason, 80)}”" if one.reason else ""
    return f"• {said}{why} on {short(one.about, 60) or 'a draft'}, {when}: {_became(one)}"


def _became(one: Said) -> str:
    parts = []
    if one.status == "done":
        parts.append("sent edited" if one.edited else "sent unchanged")
    elif one.status == "pending":
        parts.append("not decided yet")
    elif one.status:
        parts.append(state_words(one.status))
    if one.outcome:
        parts.append(ENDED.get(one.outcome, one.outcome))
    return ", ".join(parts) or "no longer there"


def _streak(view: MePage) -> list[Block]:
    if view.streak is None:
        return []
    row, longest = view.streak.days, view.streak.longest
    words = "The last working day that counts left a draft lying over a working day"
    if row:
        words = f"{count(row, 'working day')} on which no draft waited over a working day"
    most = f"; the longest row in 120 days was {longest:,}" if longest > row else ""
    return [section(f"*In a row* · {words}{most}.")]


# ── What to try ─────────────────────────────────────────────────────────────────────────────────
def _tips(view: MePage) -> list[Block]:
    """The strongest with the figures behind it, the others behind a button; or what is missing."""
    tips = view.tips
    if tips.findings:
        first, more = tips.findings[0], len(tips.findings) - 1
        ways = [mails_button(first)]
        if more:
            ways.append(button(f"{more} more to try", ActionId.TO_TRY, "me"))
        words = f"{first.sentence} The difference: {points(first.compared)}."
        return [section(f"*To try: {first.advice}*\n{words}"), actions(*ways)]
    few = view.spans.answers.resolved < SOME
    lacks = f" {short(tips.missing[0], 160)}" if tips.missing and not few else ""
    return [section(f"*To try* · {_nothing(view)}{lacks}")]


def _nothing(view: MePage) -> str:
    need = max(SOME - view.spans.answers.resolved, 0)
    if need:
        return f"nothing yet. I need about {count(need, 'more mail')} whose 7 days are over."
    if view.tips.looked_at is None:
        return "nothing yet. I look at how your mails went each night."
    return "nothing at present."


# ── Below ───────────────────────────────────────────────────────────────────────────────────────
def _ways(view: MePage) -> list[Block]:
    ways = []
    if view.to_label:
        words = f"What came of {count(view.to_label, 'mail')}?"
        ways.append(button(words, ActionId.TO_LABEL, Page().encode(), style="primary"))
    if view.reader.role in OVERSEERS:
        ways.append(button("My team", ActionId.TEAM, Page().encode()))
    ways.append(button("How it's counted", ActionId.HOW_COUNTED, "me"))
    ways.append(button("Settings", ActionId.SETTINGS, "me"))
    return ways


def _foot(view: MePage) -> str:
    who = short(view.led_by, 60)
    seen = f"{who} and admins see these counts" if who else "Admins see these counts"
    texts = "and the mails behind them, because you share them" if view.shares else "never a text"
    as_of = clock_time(view.as_of or view.reader.now, view.reader.timezone)
    return f"{seen}, {texts}. As of {as_of}."


def home_learning(view: HomeLearning | None) -> list[Block]:
    """The Home tab's line."""
    if view is None:
        return []
    counts = view.figures
    whose = "Everybody's" if view.whole else "Your team's" if view.team else "Your"
    parts = [f"{counts.unchanged:,} of {counts.decided:,} sent unchanged"]
    if counts.resolved:
        parts.append(f"{counts.answered:,} of {counts.resolved:,} answered")
    words = f"*{whose} drafts* · {view.days} days\n{', '.join(parts)}"
    way = button(TITLE, ActionId.ME, "home")
    if view.team:
        way = button("How they're doing", ActionId.TEAM, Page().encode())
    return [section(words, way)]
