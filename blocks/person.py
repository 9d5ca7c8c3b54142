"""One person's counts for whoever leads them. Never a text, unless the person shares theirs."""

from blocks.action_ids import ActionId, CallbackId
from blocks.learning_words import (
    answers,
    counted,
    days_words,
    fates,
    health_words,
    took,
)
from blocks.modals import modal
from blocks.parts import Block, actions, button, clock_time, context, count, section, short
from blocks.team import TOLD
from services.types.coaching import Opportunity
from services.types.team import PersonPage

CHANGES = {"cut": "something cut", "add": "something added", "replace": "something replaced"}


def person_modal(view: PersonPage) -> Block:
    return modal(view.person.name, person_blocks(view), callback_id=CallbackId.TOLD)


def person_blocks(view: PersonPage) -> list[Block]:
    spans, now = view.spans, view.spans.now
    person = view.person
    lines = [
        *fates(spans, mine=False),
        f"• Time to decide: {took(now.seconds, now.timed)}",
        f"• Time to answer a customer: {took(now.answer_seconds, now.answers_timed)}",
        f"• {count(person.accounts, 'account')}, average health {health_words(person.health)}",
    ]
    back = [
        f"*What came back* · mails of {days_words(spans.first, spans.last)}",
        *answers(spans),
    ]
    if now.open:
        back.append(f"• Still open: {now.open:,}")
    if view.place is not None:
        back.append(f"• The team together: {counted(view.average)}; {TOLD[view.place.told]}")
    return [
        section("\n".join([f"*{short(person.name, 60)}* · {spans.days} days", *lines])),
        section("\n".join(back)),
        section(_edits(view)),
        section(_to_talk_about(view)),
        actions(button("How it's counted", ActionId.HOW_COUNTED, "person")),
        context(_foot(view)),
    ]


def _edits(view: PersonPage) -> str:
    """As numbers: what is changed again and again is for the person alone."""
    lines = [
        f"• {CHANGES.get(change, change)}: the same way in {count(times, 'mail')}"
        for change, times in view.habits
    ]
    rules = f"• {count(view.rules, 'edit')} made into a rule" if view.rules else ""
    found = [*lines, *([rules] if rules else [])]
    return "\n".join(["*Edits*", *(found or ["Nothing is changed again and again."])])


def _to_talk_about(view: PersonPage) -> str:
    if view.opportunities:
        return "\n".join(["*To talk about*", *(_opportunity(one) for one in view.opportunities)])
    none = "Nothing held up against chance."
    if view.looked_at is None:
        none = "I look for patterns each night, and haven't had enough to look at yet."
    return f"*To talk about*\n{none}"


def _opportunity(one: Opportunity) -> str:
    reasons = ", ".join(f"{short(why, 60)} {times:,} times" for why, times in one.reasons[:3])
    said = f" ({reasons})" if reasons else ""
    mark = "Goes well: " if one.good else ""
    return f"• {mark}{short(one.sentence, 300)}{said} {short(one.why, 200)}"


def _foot(view: PersonPage) -> str:
    name = short(view.person.name, 60)
    texts = "shares the mails behind them" if view.shares else "doesn't share the mails behind them"
    as_of = f"As of {clock_time(view.reader.now, view.reader.timezone)}."
    return f"{name} sees the same counts, and {texts}. {as_of}"
