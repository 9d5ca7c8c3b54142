"""One person's counts for whoever leads them. Never a text, unless the person shares theirs."""

from collections.abc import Sequence
from datetime import datetime

from blocks.action_ids import ActionId, CallbackId, numbered
from blocks.coaching import opportunity_lines
from blocks.habits import rule_words
from blocks.learning_words import (
    ENDED,
    answers,
    counted,
    days_words,
    fates,
    health_words,
    took,
)
from blocks.lint import fitted
from blocks.modals import modal
from blocks.parts import (
    Block,
    actions,
    button,
    clean,
    clock_time,
    context,
    count,
    cut,
    literal,
    moment,
    quoted,
    section,
    short,
)
from blocks.team import TOLD
from blocks.values import Target
from services.types.coaching import Opportunities, Opportunity
from services.types.habits import Change
from services.types.team import ExampleView, PersonPage

EXAMPLES = 3
TEXT = 2900
RULES = 5
CHANGES = {
    Change.CUT: "Something cut",
    Change.ADD: "Something added",
    Change.REPLACE: "Something replaced",
}


def person_modal(view: PersonPage) -> Block:
    return modal(view.person.name, person_blocks(view), callback_id=CallbackId.TOLD)


def person_blocks(view: PersonPage) -> list[Block]:
    spans, now = view.spans, view.spans.now
    person = view.person
    lines = [
        *fates(spans, mine=False),
        f"• Time to decide: {took(now.seconds, now.timed)}",
        f"• Time to answer: {took(now.answer_seconds, now.answers_timed)}",
        f"• {count(person.accounts, 'account')}, average health {health_words(person.health)}",
    ]
    back = [
        f"*What came back* · {days_words(spans.first, spans.last)}",
        *answers(spans),
    ]
    if now.open:
        back.append(f"• Still open: {now.open:,}")
    if view.place is not None:
        back.append(f"• The team: {counted(view.average)}; {TOLD[view.place.told]}")
    return [
        section("\n".join([f"*{count(now.proposed, 'draft')}* in {spans.days} days", *lines])),
        section("\n".join(back)),
        section(_edits(view)),
        *_to_talk_about(view),
        actions(button("How it's counted", ActionId.HOW_COUNTED, "person")),
        context(_foot(view)),
    ]


def _edits(view: PersonPage) -> str:
    """As numbers; the words of rules only of somebody who shares theirs."""
    edits = view.edits
    lines = [f"• Changed before they left: {counted(edits.changed)}"] if edits.changed.of else []
    lines += [
        f"• {CHANGES[change]}: the same way, in {count(times, 'mail')}"
        for change, times in edits.changes
    ]
    if edits.rules:
        back = f", put back in {edits.undone:,}" if edits.undone else ""
        did = f"applied in {count(edits.applied, 'draft')}{back}"
        lines.append(f"• {count(edits.rules, 'edit')} made into a rule, {did}")
    lines += [f"    ◦ {rule_words(one)}" for one in view.shared_rules[:RULES]]
    return "\n".join(["*Edits* · 90 days", *(lines or ["No mail of theirs has left."])])


def _to_talk_about(view: PersonPage) -> list[Block]:
    head = section("*To talk about*")
    if view.opportunities:
        return [head, *_lines(view.opportunities, named=False)]
    return [section(f"*To talk about*\n{_nothing(view.looked_at)}")]


def _lines(found: Sequence[Opportunity], *, named: bool = True) -> list[Block]:
    """With a way to the mails of those who share theirs."""
    blocks = []
    for number, one in enumerate(found):
        blocks += opportunity_lines(one, named=named)
        ways = [
            button(
                f"Mail {at + 1}",
                numbered(ActionId.EXAMPLE, number * EXAMPLES + at),
                Target(id=action_id).encode(),
                label=f"Mail {at + 1} behind it, by {one.member_name}",
            )
            for at, action_id in enumerate(one.examples[:EXAMPLES])
        ]
        blocks += [actions(*ways)] if ways and one.shares else []
    return blocks


def example_modal(view: ExampleView) -> Block:
    """One mail of somebody who shares theirs, word for word."""
    reader = view.reader
    about = " · ".join(short(part, 100) for part in (view.account, view.subject) if part)
    came = f" · {ENDED.get(view.outcome, view.outcome)}" if view.outcome else ""
    when = moment(view.at, reader.now, reader.timezone)
    return modal(
        "A mail behind it",
        [
            section(f"*{about or 'A mail'}*\n{short(view.name, 60)}, {when}{came}"),
            quoted(literal(cut(clean(view.text), TEXT) or "Its text is no longer there.")),
            context(f"{short(view.name, 60)} shares the mails behind what was found."),
        ],
        callback_id=CallbackId.TOLD,
    )


def coaching_modal(view: Opportunities) -> Block:
    """What to talk about with whom: by name, never by how somebody did."""
    lines = _lines(view.found)
    told = f"{count(view.compared, 'comparison')} made over {count(view.reps, 'person', 'people')}"
    foot = context(f"By name, not by how they did. {told}; what chance explains isn't listed.")
    return modal(
        "To talk about",
        fitted([*(lines or [section(_nothing(view.looked_at))]), foot]),
        callback_id=CallbackId.TOLD,
    )


def _nothing(looked_at: datetime | None) -> str:
    if looked_at is None:
        return "I look for patterns each night, and haven't had enough to look at yet."
    return "Nothing held up against chance."


def _foot(view: PersonPage) -> str:
    name = short(view.person.name, 60)
    texts = "shares the mails behind them" if view.shares else "doesn't share the mails behind them"
    as_of = f"As of {clock_time(view.as_of or view.reader.now, view.reader.timezone)}."
    return f"{name} sees the same counts, and {texts}. {as_of}"
