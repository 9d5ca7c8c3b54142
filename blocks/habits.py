"""The question about an edit that comes again and again, the list of rules, and their effect."""

from datetime import datetime

from blocks.action_ids import ActionId, CallbackId, numbered
from blocks.lint import fitted
from blocks.modals import modal
from blocks.parts import (
    Block,
    actions,
    button,
    context,
    count,
    divider,
    literal,
    moment,
    percent,
    quoted,
    section,
    short,
    within,
)
from blocks.values import Target
from services.types.alerts import Share
from services.types.habit_views import HabitEffect, HabitExamples, HabitLine, HabitPage
from services.types.habits import Change, Place

ENOUGH = 20
"""Of fewer mails nothing is claimed."""
MOST_LINES = 12
"""Of a part of the list; the rest is counted."""
NOTHING_YET = (
    "*No rules yet.*\nWhen you make the same edit in three different conversations, I ask whether "
    "to make it a rule. I ask once a week at most."
)
BOUNDS = (
    "A rule changes wording and nothing else: no fact, price, recipient or approval. What a "
    "customer asked for stays. Only you see these words, unless you share examples."
)


# ── The card ────────────────────────────────────────────────────────────────────────────────────
def habit_text(line: HabitLine) -> str:
    if line.status == "asked":
        return f"{_seen_words(line)} {_wish(line)}"
    return f"{_STANDING[line.status]}: {rule_words(line)}"


def habit_card(line: HabitLine) -> list[Block]:
    """Asked: what you do, how often, what I would do. Answered: what holds, and the way back."""
    if line.status != "asked":
        back = _remove(line, 0) if line.status == "accepted" else _yes(line, 0, "Make it a rule")
        every = button("All my rules", ActionId.RULES_OPEN, "rules")
        return [
            section(f"*{_STANDING[line.status]}*\n{rule_words(line)}"),
            actions(back, every),
        ]
    yes = _yes(line, 0, "Yes, stop" if line.change is Change.CUT else "Yes, do that")
    no = button("No", ActionId.HABIT_NO, _target(line))
    show = button("Show three of them", ActionId.HABIT_SHOW, _target(line))
    return [
        section(f"*{_seen_words(line)}*\n{_why(line)}"),
        section(f"*{_wish(line)}*\n{_what_then(line)}"),
        actions({**yes, "style": "primary"}, no, show),
        context("I ask about one edit a week at most. `/understudy rules` lists what you allowed."),
    ]


def _seen_words(line: HabitLine) -> str:
    of = f"{line.seen.made} of {count(max(line.seen.of, line.seen.made), 'draft')}"
    match line.change:
        case Change.CUT:
            return f"You've cut {_said(line.before)} from {of}."
        case Change.ADD:
            return f"You've added {_said(line.after)} to {of}."
        case Change.REPLACE:
            return f"You've changed {_said(line.before)} to {_said(line.after)} in {of}."


def _wish(line: HabitLine) -> str:
    if line.change is Change.CUT:
        return "Stop writing it?"
    return "Write it from now on?" if line.change is Change.ADD else "Write it your way?"


def _why(line: HabitLine) -> str:
    threads = count(line.seen.threads, "conversation")
    return f"In {threads} with {count(line.seen.accounts, 'account')}, over the last 90 days."


def _what_then(line: HabitLine) -> str:
    return f"From the next draft on I {_deed(line)}. {BOUNDS}"


def _deed(line: HabitLine) -> str:
    match line.change:
        case Change.CUT:
            return "leave it out"
        case Change.ADD:
            where = "beginning" if line.place is Place.BEGINNING else "end"
            return f"put it at the {where} of mails in this language"
        case Change.REPLACE:
            return "write yours"


_STANDING = {
    "accepted": "Your rule",
    "declined": "Not a rule",
    "removed": "Rule removed",
    "asked": "Asked",
}


def rule_words(line: HabitLine) -> str:
    """The rule in one line."""
    match line.change:
        case Change.CUT:
            return f"Leave out {_said(line.before)}"
        case Change.ADD:
            where = "beginning" if line.place is Place.BEGINNING else "end"
            return f"Add {_said(line.after)} at the {where}"
        case Change.REPLACE:
            return f"Write {_said(line.after)} instead of {_said(line.before)}"


def _said(words: str) -> str:
    """Their words in one line; what stands for a name says so."""
    return f"“{short(words.replace('{name}', '(name)').replace('{company}', '(company)'), 120)}”"


# ── The list ────────────────────────────────────────────────────────────────────────────────────
def rules_modal(page: HabitPage) -> Block:
    return modal("Your rules", rules_blocks(page), callback_id=CallbackId.TOLD)


def rules_reply(page: HabitPage) -> list[Block]:
    """The same where no window can be opened."""
    return fitted(rules_blocks(page))


def rules_blocks(page: HabitPage) -> list[Block]:
    """What holds, with its effect; what waits for an answer; what was said no to."""
    held = [one for one in page.lines if one.status == "accepted"]
    asked = [one for one in page.lines if one.status == "asked"]
    rest = [one for one in page.lines if one.status in ("declined", "removed")]
    blocks = [section(f"*{count(len(held), 'rule')} for what I write for you*")] if held else []
    for number, line in enumerate(held):
        blocks.append(section(f"*{rule_words(line)}*", _remove(line, number)))
        if line.effect is not None:
            blocks.append(context(effect_words(line.effect, page)))
    blocks = blocks or [section(NOTHING_YET)]
    if asked:
        blocks += [divider(), section("*I asked, and you haven't answered*")]
    for number, line in enumerate(asked[:MOST_LINES]):
        no = button("No", numbered(ActionId.HABIT_NO, number), _target(line))
        blocks += [section(_seen_words(line)), actions(_yes(line, number, "Make it a rule"), no)]
    if rest:
        blocks += [divider(), section("*No longer, or never, a rule*")]
    for number, line in enumerate(rest[:MOST_LINES], len(asked)):
        words = f"{rule_words(line)}\n{_settled(line, page)}"
        blocks.append(section(words, _yes(line, number, "Make it a rule")))
    if len(rest) > MOST_LINES:
        blocks.append(context(f"{len(rest) - MOST_LINES} more are not shown."))
    return [*blocks, context(BOUNDS)]


def _settled(line: HabitLine, page: HabitPage) -> str:
    said = "You said no" if line.status == "declined" else "You removed it"
    return f"{said}{_when(line.decided_at, page)}."


def _when(at: datetime | None, page: HabitPage | HabitExamples) -> str:
    return f", {moment(at, page.now, page.timezone)}" if at else ""


def effect_words(effect: HabitEffect, page: HabitPage) -> str:
    """What the rule did, and whether the member edits less since. Counts always, a claim only above
    the threshold."""
    back = f", put back by you in {effect.undone:,}" if effect.undone else ""
    since = moment(effect.since, page.now, page.timezone)
    if not (effect.applied or effect.since_then.of or effect.changed_since.of):
        return f"Since {since}. No draft has been decided on since."
    did = f"Since {since}: applied in {count(effect.applied, 'draft')}{back}."
    by_hand = (
        f"You made this edit yourself in {_share(effect.before)} in the 90 days before, in "
        f"{_share(effect.since_then)} since."
    )
    at_all = (
        f"You changed {_share(effect.changed_before)} in any way before, "
        f"{_share(effect.changed_since)} since: "
        f"{_compared(effect.changed_before, effect.changed_since)}."
    )
    return f"{did}\n{by_hand}\n{at_all}"


def _share(share: Share) -> str:
    if not share.of:
        return "no mail"
    mails = f"{share.part:,} of {count(share.of, 'mail')}"
    if share.value is None or share.low is None or share.high is None or share.of < ENOUGH:
        return mails
    return f"{mails} ({percent(share.value)}, {within(share.low, share.high)})"


def _compared(before: Share, since: Share) -> str:
    if min(before.of, since.of) < ENOUGH:
        return "too few to tell whether you edit less"
    if before.low is None or before.high is None or since.low is None or since.high is None:
        return "too few to tell whether you edit less"
    if since.high < before.low:
        return "you edit less"
    return "you edit more" if since.low > before.high else "no difference that could not be chance"


# ── The mails behind a question ─────────────────────────────────────────────────────────────────
def examples_modal(view: HabitExamples) -> Block:
    """Each as it stood: before, after."""
    blocks = [section(f"*{_seen_words(view.line)}*\n{_why(view.line)}")]
    for one in view.examples:
        account = f" · {short(one.account, 60)}" if one.account else ""
        when = moment(one.at, view.now, view.timezone)
        blocks.append(section(f"*{short(one.subject or 'no subject', 100)}*{account} · {when}"))
        blocks.append(quoted(literal(_example(one.before, one.after))))
    if not view.examples:
        blocks.append(section("These mails are no longer there, so I can't show them."))
    return modal("Where you did it", blocks, callback_id=CallbackId.TOLD)


def _example(before: str, after: str) -> str:
    if not after:
        return f"I wrote: “{before[:300]}”\nYou cut it."
    if not before:
        return f"You added: “{after[:300]}”"
    return f"I wrote: “{before[:300]}”\nYou sent: “{after[:300]}”"


# ── Buttons ─────────────────────────────────────────────────────────────────────────────────────
def _target(line: HabitLine) -> str:
    return Target(id=line.habit_id).encode()


def _yes(line: HabitLine, number: int, words: str) -> Block:
    return button(
        words,
        numbered(ActionId.HABIT_YES, number),
        _target(line),
        label=f"Make it a rule: {rule_words(line)}",
    )


def _remove(line: HabitLine, number: int) -> Block:
    return button(
        "Remove",
        numbered(ActionId.HABIT_REMOVE, number),
        _target(line),
        label=f"Remove: {rule_words(line)}",
    )
