"""👍 and 👎 by button, what was wrong, and reviews. Reactions are events: handlers/events.py."""

from uuid import UUID

from blocks.action_ids import ActionId, CallbackId, FieldId
from blocks.feedback import review_modal, wrong_modal
from blocks.values import Fault, Rating, Target, Word
from handlers.edge import Click, Routes, Submission
from handlers.payloads import read_value
from handlers.verbs import Verbs
from services.errors import InvalidInput, ServiceError
from services.types.feedback import Review


async def rated(verbs: Verbs, click: Click) -> None:
    rating = read_value(Rating, click.value)
    ask = await verbs.feedback.rate(
        click.actor,
        rating.id,
        rating=1 if rating.up else -1,
        reason=None,
        source="button",
        target=rating.of,
    )
    if ask:
        await _ask(click, Fault(id=rating.id, of=rating.of))


async def _ask(click: Click, fault: Fault) -> None:
    """The word is kept; that the question can't be shown takes nothing from it."""
    try:
        await click.open(wrong_modal(fault))
    except ServiceError:
        return


async def wrong_chosen(verbs: Verbs, click: Click) -> None:
    fault = read_value(Fault, click.value)
    await verbs.feedback.say_why(click.actor, fault.id, what=fault.what, words="", target=fault.of)


async def wrong_more_clicked(_verbs: Verbs, click: Click) -> None:
    await click.open(wrong_modal(read_value(Fault, click.value)))


async def wrong_told(verbs: Verbs, submission: Submission) -> None:
    fault = read_value(Fault, submission.form.view.private_metadata)
    await verbs.feedback.say_why(
        submission.actor,
        fault.id,
        what=submission.form.text(FieldId.WRONG),
        words=submission.form.text(FieldId.WORDS),
        target=fault.of,
    )


async def review_clicked(verbs: Verbs, click: Click) -> None:
    await open_review(verbs, click, read_value(Target, click.value).id)


async def open_review(verbs: Verbs, click: Click, action_id: UUID) -> None:
    said = await verbs.feedback.words(click.actor, action_id)
    await click.open(review_modal(Target(id=action_id), said))


async def word_clicked(verbs: Verbs, click: Click) -> None:
    """Said at once; what is filled in below stays."""
    word = read_value(Word, click.value)
    said = await verbs.feedback.word(click.actor, word.id, word.of, word.rating)
    await click.update(review_modal(Target(id=word.id), said))


async def reviewed(verbs: Verbs, submission: Submission) -> None:
    target = read_value(Target, submission.form.view.private_metadata)
    form = submission.form
    overall = _score(form.text(FieldId.OVERALL), FieldId.OVERALL)
    if overall is None:
        raise InvalidInput("Choose a score from 1 to 5.", field=FieldId.OVERALL)
    review = Review(
        target=form.text(FieldId.REVIEWED) or "decision",
        overall=overall,
        accuracy=_score(form.text(FieldId.ACCURACY), FieldId.ACCURACY),
        tone=_score(form.text(FieldId.TONE), FieldId.TONE),
        usefulness=_score(form.text(FieldId.USEFULNESS), FieldId.USEFULNESS),
        words=form.text(FieldId.WORDS),
    )
    await verbs.feedback.review(submission.actor, target.id, review)


def _score(text: str, field: FieldId) -> int | None:
    if not text:
        return None
    if len(text) != 1 or text not in "12345":
        raise InvalidInput("Choose a score from 1 to 5.", field=field)
    return int(text)


ROUTES = Routes(
    clicks={
        ActionId.RATE: rated,
        ActionId.REVIEW: review_clicked,
        ActionId.WORD: word_clicked,
        ActionId.WRONG: wrong_chosen,
        ActionId.WRONG_MORE: wrong_more_clicked,
    },
    views={CallbackId.WRONG: wrong_told, CallbackId.REVIEW: reviewed},
)
