"""The one message after the first reading: what I read, what waits, what stands out."""

from blocks.action_ids import ActionId, CallbackId, FieldId
from blocks.lint import fitted
from blocks.modals import input_block, modal, text_field
from blocks.parts import (
    Block,
    actions,
    bold,
    button,
    context,
    count,
    cut,
    day,
    in_quotes,
    literal,
    local_day,
    moment,
    one_line,
    quoted,
    section,
    short,
)
from blocks.values import Target
from services.types.first_reading import IntroView, NoticeView, WaitingView

NAME = 60
SUBJECT = 90
QUOTE = 200
ANSWER = 1500
HEADS = {
    "unanswered": "Unanswered the longest",
    "promise": "You promised something",
    "silent": "Has fallen silent",
    "pricing": "Asked about the price",
    "competitor": "Named a competitor",
    "request": "Asked for something to sign",
}


def intro_card(view: IntroView) -> list[Block]:
    return fitted(
        [
            section(f"*{intro_text(view)}*\n{_read(view)}"),
            *_waiting(view),
            *_noticed(view),
            *_question(view),
            context(
                "I asked nobody anything about mail from before you connected.",
                "Label mail Understudy/never in Gmail, and I forget it.",
            ),
        ]
    )


def intro_text(view: IntroView) -> str:
    """The stand-in for notifications."""
    return f"I have read {short(view.address, NAME)}"


def wrong_modal(target: Target, text: str | None) -> Block:
    field = text_field(FieldId.TEXT, text or "", multiline=True, length=ANSWER)
    return modal(
        "What isn't right?",
        [
            input_block(FieldId.TEXT, "In your words", field),
            context("Your admin can read this; it helps me read the next mailbox better."),
        ],
        callback_id=CallbackId.INTRO_WRONG,
        target=target,
        submit="Send",
        close="Cancel",
    )


def _read(view: IntroView) -> str:
    reader = view.reader
    since = day(local_day(view.since, reader.timezone), local_day(reader.now, reader.timezone))
    if not view.mails:
        return f"There is no mail in it since {since}. From now on I read what comes."
    whose = (
        f"with {count(view.people, 'person', 'people')} of {count(view.accounts, 'account')}"
        if view.accounts
        else "none of it from an account I know"
    )
    rest = ""
    if view.of_no_account and view.accounts:
        rest = f" {view.of_no_account:,} belong to no account; of those I keep the headers only."
    return f"{count(view.mails, 'mail')} since {since}, {whose}.{rest}"


def _waiting(view: IntroView) -> list[Block]:
    total = view.waiting_total
    if not total:
        return [section("*What waits*\nNothing: in every thread you had the last word.")]
    head = "In one thread" if total == 1 else f"In {total} threads"
    lines = [_waits(one, view) for one in view.waiting]
    more = view.waiting_total - len(view.waiting)
    if more > 0:
        lines.append(f"and {more} more")
    return [section(f"*{head} the customer spoke last*\n" + "\n".join(lines))]


def _waits(one: WaitingView, view: IntroView) -> str:
    since = moment(one.since, view.reader.now, view.reader.timezone)
    open_ = " · asks for something" if one.asks else ""
    state = {
        "waiting": open_,
        "asked": " · I'm drafting an answer",
        "answered": " · answered since",
    }
    about = f": {short(one.subject, SUBJECT)}" if one.subject else ""
    return f"• {short(one.who, NAME)}, {short(one.account, NAME)}, {since}{about}{state[one.state]}"


def _noticed(view: IntroView) -> list[Block]:
    if not view.noticed:
        return []
    number = {1: "One thing", 2: "Two things", 3: "Three things"}[len(view.noticed)]
    return [section(f"*{number} I noticed*"), quoted(*_proofs(view))]


def _proofs(view: IntroView) -> list[Block]:
    pieces: list[Block] = []
    for place, one in enumerate(view.noticed):
        head = ("\n" if place else "") + _head(one, view)
        pieces.append(bold(head + "\n"))
        pieces.append(literal(in_quotes(cut(one_line(one.quote), QUOTE))))
    return pieces


def _head(one: NoticeView, view: IntroView) -> str:
    reader = view.reader
    when = moment(one.at, reader.now, reader.timezone)
    who = ", ".join(filter(None, (cut(one_line(one.who), NAME), cut(one_line(one.account), NAME))))
    due = ""
    if one.due is not None:
        today = local_day(reader.now, reader.timezone)
        due = f", for {day(one.due.date(), today)}"
    return f"{HEADS[one.kind]}: {who}, {when}{due}"


def _question(view: IntroView) -> list[Block]:
    target = Target(id=view.reading_id).encode()
    elements = []
    if view.can_draft:
        words = (
            "Draft the answer"
            if view.can_draft == 1
            else f"Draft answers for these {view.can_draft}"
        )
        elements.append(button(words, ActionId.INTRO_DRAFT, target, style="primary"))
    if view.answer is None:
        elements += [
            button("Yes", ActionId.INTRO_RIGHT, target),
            button("Not quite", ActionId.INTRO_WRONG, target),
        ]
        return [section("*Is this right?*"), actions(*elements)]
    said = "You said this is right."
    if view.answer == "no":
        said = f"You said: {short(view.answer_text or 'not quite', 300)}"
        elements.append(button("Say more", ActionId.INTRO_WRONG, target))
    return [section(said), *([actions(*elements)] if elements else [])]
