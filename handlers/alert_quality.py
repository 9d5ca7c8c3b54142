"""How good alerts are: the page, thresholds by hand, undo, replay, and what managers hear of."""

from blocks.action_ids import ActionId, CallbackId, FieldId
from blocks.alert_modals import amount_modal
from blocks.alert_quality import quality_modal, replay_modal, replay_result, threshold_modal
from blocks.modals import told_modal
from blocks.parts import Block
from blocks.values import Named, Target
from handlers.edge import Click, Routes, Submission
from handlers.payloads import OUTDATED, read_value
from handlers.verbs import Verbs
from services.errors import InvalidInput
from services.types.signals import SignalName

DAYS = 30


async def quality_clicked(verbs: Verbs, click: Click) -> None:
    await click.open(quality_modal(await verbs.alerts.quality.quality(click.actor)))


async def threshold_clicked(verbs: Verbs, click: Click) -> None:
    name = _name(read_value(Named, click.value).name)
    await click.open(threshold_modal(await verbs.alerts.thresholds.view(click.actor, name)))


async def undo_clicked(verbs: Verbs, click: Click) -> None:
    target = read_value(Target, click.value)
    view = await verbs.alerts.thresholds.undo(click.actor, target.id, command_id=click.command_id)
    await click.update(threshold_modal(view))


async def threshold_set(verbs: Verbs, submission: Submission) -> Block:
    name = _name(read_value(Named, submission.form.view.private_metadata).name)
    view = await verbs.alerts.thresholds.set_by_hand(
        submission.actor,
        name,
        _number(submission.form.text(FieldId.THRESHOLD)),
        reason=submission.form.text(FieldId.REASON),
        command_id=submission.command_id,
    )
    return threshold_modal(view)


async def replay_clicked(_verbs: Verbs, click: Click) -> None:
    await click.open(replay_modal())


async def replayed(verbs: Verbs, submission: Submission) -> Block:
    form = submission.form
    names = [_name(one) for one in form.several(FieldId.SIGNALS)] or list(SignalName)
    days = form.text(FieldId.DAYS)
    view = await verbs.alerts.quality.replay(
        submission.actor,
        names,
        _number(form.text(FieldId.THRESHOLD)),
        int(days[:3]) if days.isdecimal() else DAYS,
    )
    return replay_result(view)


async def amount_clicked(verbs: Verbs, click: Click) -> None:
    await click.open(amount_modal(await verbs.alerts.amounts.amount(click.actor)))


async def amount_set(verbs: Verbs, submission: Submission) -> Block:
    amount = await verbs.alerts.amounts.set_amount(
        submission.actor,
        submission.form.text(FieldId.AMOUNT),
        command_id=submission.command_id,
    )
    return told_modal(
        "Alerts to managers", f"Managers hear of critical risk from {amount:,f} on, from now on."
    )


def _name(word: str) -> SignalName:
    found = {one.value: one for one in SignalName}.get(word)
    if found is None:
        raise InvalidInput(OUTDATED)
    return found


def _number(words: str) -> float:
    """`0.6`, `0,6`, `60 %`."""
    said = words.strip().replace(",", ".")
    percent = said.endswith("%")
    try:
        number = float(said.removesuffix("%").strip())
    except ValueError:
        raise InvalidInput("A threshold is a number like 0.6.", field=FieldId.THRESHOLD) from None
    if number != number:  # noqa: PLR0124 - not a number
        raise InvalidInput("A threshold is a number like 0.6.", field=FieldId.THRESHOLD)
    return number / 100 if percent else number


ROUTES = Routes(
    clicks={
        ActionId.ALERT_QUALITY: quality_clicked,
        ActionId.ALERT_THRESHOLD: threshold_clicked,
        ActionId.ALERT_UNDO: undo_clicked,
        ActionId.ALERT_REPLAY: replay_clicked,
        ActionId.ALERT_AMOUNT: amount_clicked,
    },
    views={
        CallbackId.ALERT_THRESHOLD: threshold_set,
        CallbackId.ALERT_REPLAY: replayed,
        CallbackId.ALERT_AMOUNT: amount_set,
    },
)
