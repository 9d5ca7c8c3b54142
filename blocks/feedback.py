"""The word on what we made: buttons, what was wrong, and the review at length."""

from typing import Literal
from uuid import UUID

from blocks.action_ids import ActionId, CallbackId, FieldId, numbered
from blocks.modals import input_block, modal, text_field
from blocks.parts import (
    Block,
    actions,
    button,
    context,
    divider,
    moment,
    option,
    section,
    short,
)
from blocks.values import OF, Fault, Rating, Target, Word
from services.types.feedback import WRONG, TargetWords, WordsView, WrongView

LABELS = {
    "facts": "Wrong facts",
    "tone": "The tone",
    "length": "Too long",
    "needless": "Not needed",
    "other": "Something else",
}
AT_ONCE = ("facts", "tone", "length")
SCORES = ("1 · poor", "2 · weak", "3 · fair", "4 · good", "5 · very good")
REVIEWED = (
    ("The text", "message"),
    ("That I suggested it", "decision"),
    ("All I did here", "conversation"),
)
QUICK: dict[Literal[1, 0, -1], str] = {1: "Helpful", 0: "Neither", -1: "Not helpful"}
QUESTIONS = (
    (FieldId.OVERALL, "All in all"),
    (FieldId.ACCURACY, "Are the facts right?"),
    (FieldId.TONE, "Is the tone right?"),
    (FieldId.USEFULNESS, "Did it help?"),
)


def feedback_buttons(target_id: UUID, *, rating: int | None, of: OF = "decision") -> Block:
    """👍 and 👎, changeable; the standing word is named in its button."""
    up = "Helpful" + (" (your word)" if rating == 1 else "")
    down = "Not helpful" + (" (your word)" if rating == -1 else "")
    return {
        "type": "context_actions",
        "elements": [
            {
                "type": "feedback_buttons",
                "action_id": ActionId.RATE,
                "positive_button": _button(up, Rating(id=target_id, up=True, of=of)),
                "negative_button": _button(down, Rating(id=target_id, up=False, of=of)),
            }
        ],
    }


def _button(text: str, rating: Rating) -> Block:
    return {
        "text": {"type": "plain_text", "text": text, "emoji": False},
        "value": rating.encode(),
    }


def wrong_modal(fault: Fault) -> Block:
    """After a bad word: what was it? Closing it leaves the word as it is."""
    choices: Block = {
        "type": "radio_buttons",
        "action_id": FieldId.WRONG,
        "options": [option(LABELS[name], name) for name in WRONG],
    }
    words = text_field(FieldId.WORDS, "", multiline=True, length=500)
    return modal(
        "What was wrong?",
        [
            input_block(FieldId.WRONG, "What was it mostly?", choices, optional=True),
            input_block(FieldId.WORDS, "In your words", words, optional=True),
            context("Your word counts already; this tells me why."),
        ],
        callback_id=CallbackId.WRONG,
        target=fault,
        submit="Send",
        close="Not now",
    )


def wrong_card(view: WrongView) -> list[Block]:
    """The same question where no window can be opened; then what was answered."""
    about = short(view.about or "no subject", 100)
    if view.rating != -1:
        return [section(f"You changed your mind about the draft for “{about}”. Nothing to add.")]
    if view.reason:
        return [section(f"*Noted: {short(view.reason, 200)}*\nThe draft for “{about}”")]
    buttons = [
        button(
            LABELS[name],
            numbered(ActionId.WRONG, number),
            Fault(id=view.action_id, what=name).encode(),
        )
        for number, name in enumerate(AT_ONCE)
    ]
    more = button("Something else", ActionId.WRONG_MORE, Fault(id=view.action_id).encode())
    return [section(f"*What was wrong with the draft for “{about}”?*"), actions(*buttons, more)]


def wrong_text(view: WrongView) -> str:
    if view.rating == -1 and not view.reason:
        return f"What was wrong with the draft for “{short(view.about, 100)}”?"
    return f"Your word on the draft for “{short(view.about, 100)}”"


def word_blocks(view: WordsView) -> list[Block]:
    """A quick word on each of the three, the standing one named, and how it came about."""
    names = {target: name for name, target in REVIEWED}
    blocks: list[Block] = []
    for number, one in enumerate(view.targets):
        blocks.append(section(f"*{names[one.target]}*{_said_words(one, view)}"))
        elements = []
        for place, (rating, words) in enumerate(QUICK.items()):
            value = Word(id=view.action_id, of=one.target, rating=rating)
            element = button(
                f"{words} (your word)" if rating == one.rating else words,
                numbered(ActionId.WORD, len(QUICK) * number + place),
                value.encode(),
                label=f"{names[one.target]}: {words}",
            )
            elements.append(element)
        blocks.append(actions(*elements))
    return [*blocks, context("Your last word counts. Saying nothing counts as nothing.")]


def _said_words(one: TargetWords, view: WordsView) -> str:
    """`You said: not helpful, Tuesday · helpful, 14:02`, the oldest first."""
    if not one.said:
        return ""
    parts = [
        f"{_word_of(said.rating)}, {moment(said.at, view.now, view.timezone)}"
        for said in reversed(one.said)
    ]
    return f"\nYou said: {' · '.join(parts)}"


def _word_of(rating: int | None) -> str:
    known = next((words for value, words in QUICK.items() if value == rating), "taken back")
    return known.lower()


def review_modal(target: Target, words_said: WordsView) -> Block:
    """A quick word at once; below it one overall score, three more for who likes, and words."""
    of: Block = {
        "type": "radio_buttons",
        "action_id": FieldId.REVIEWED,
        "options": [option(text, value) for text, value in REVIEWED],
        "initial_option": option(*REVIEWED[0]),
    }
    words = text_field(FieldId.WORDS, "", multiline=True, length=1000)
    return modal(
        "Your word on this",
        [
            *word_blocks(words_said),
            divider(),
            section("*In detail*"),
            input_block(FieldId.REVIEWED, "What do you review?", of),
            *[
                input_block(field, label, _scores(field), optional=field is not FieldId.OVERALL)
                for field, label in QUESTIONS
            ],
            input_block(FieldId.WORDS, "In your words", words, optional=True),
            context("A later review of the same takes the place of this one."),
        ],
        callback_id=CallbackId.REVIEW,
        target=target,
        submit="Save",
        close="Cancel",
    )


def _scores(field: FieldId) -> Block:
    return {
        "type": "static_select",
        "action_id": field,
        "placeholder": {"type": "plain_text", "text": "1 to 5", "emoji": False},
        "options": [option(text, text[0]) for text in reversed(SCORES)],
    }
