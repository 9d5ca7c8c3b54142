"""Outcomes that code can't judge: did it come to something? One click each."""

from blocks.action_ids import ActionId, CallbackId, numbered
from blocks.learning_values import Label, Page
from blocks.learning_words import KINDS
from blocks.modals import modal
from blocks.parts import (
    Block,
    actions,
    button,
    context,
    count,
    cut,
    moment,
    one_line,
    quotation,
    section,
    short,
)
from services.types.me import LabelPage, ToLabel

SAYS: tuple[tuple[str, str], ...] = (("Yes", "yes"), ("No", "no"), ("Can't tell", "unsure"))
TITLE = "What came of it?"
QUOTE = 110
"""Two lines."""
HEAD = "Did this come to something?"
WHY = (
    "Yes and No count in how well my percentages hold; another button takes it back. "
    "Can't tell counts nowhere."
)


def to_label_modal(view: LabelPage, told: str = "") -> Block:
    """The list; `told` is what the last click did."""
    blocks = [section(f"_{short(told, 300)}_")] if told else []
    if not view.items:
        blocks.append(section("Nothing waits for your word."))
        return modal(TITLE, blocks, callback_id=CallbackId.TOLD)
    for number, one in enumerate(view.items):
        blocks += _item(one, number, view)
    return modal(
        TITLE,
        [section(f"*{HEAD}* · {count(view.total, 'mail')}"), *blocks, *_turns(view), context(WHY)],
        callback_id=CallbackId.TOLD,
    )


def _item(one: ToLabel, number: int, view: LabelPage) -> list[Block]:
    reader = view.reader
    whose = f" · {short(one.whose, 60)}'s mail" if view.team and one.whose else ""
    what = "" if one.kind == "email_engagement" else f"\nHoped for: {KINDS.get(one.kind, one.kind)}"
    when = moment(one.at, reader.now, reader.timezone)
    blocks = [section(f"*{short(one.about, 120) or 'A mail'}*{whose}{what}")]
    if one.quote:
        blocks.append(
            quotation(cut(one_line(one.quote), QUOTE), f"{one.source or 'Somebody'} wrote, {when}")
        )
    else:
        blocks.append(context(short(one.reason, 200) or f"No text to show, {when}."))
    ways = [
        button(
            words,
            numbered(ActionId.LABEL, number * len(SAYS) + at),
            Label.model_validate({"id": one.outcome_id, "said": said, "page": view.page}).encode(),
            style="primary" if one.said == said else None,
            label=f"{words}: {one.about}",
        )
        for at, (words, said) in enumerate(SAYS)
    ]
    blocks.append(actions(*ways))
    if one.said is not None:
        said = next(words for words, value in SAYS if value == one.said)
        by = f"{short(one.by, 60)} said: " if one.by else ""
        blocks.append(context(f"{by}{said}"))
    return blocks


def _turns(view: LabelPage) -> list[Block]:
    pages = -(-view.total // view.size)
    if pages < 2:  # noqa: PLR2004 - a list that fits
        return []
    ways = [
        button(
            words,
            f"{ActionId.TO_LABEL_TURN}#{words.lower()}",
            Page(page=to).encode(),
            label=f"{words} in the list of outcomes",
        )
        for words, to in (("Back", view.page - 1), ("Next", view.page + 1))
        if 0 <= to < pages
    ]
    return [actions(*ways)]
