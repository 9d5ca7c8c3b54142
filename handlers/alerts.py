"""Alerts: what is done on the card and in the lists, and `/understudy alerts`."""

from blocks.action_ids import ActionId, CallbackId, FieldId
from blocks.alert_lists import alerts_blocks, alerts_text
from blocks.alert_modals import alert_modal, alert_why_modal, false_alarm_modal, note_modal
from blocks.alert_quality import quality_blocks
from blocks.modals import told_modal
from blocks.parts import Block, actions, button
from blocks.values import Nap, Target
from handlers.edge import Click, Reply, Routes, Submission
from handlers.payloads import OUTDATED, read_value
from handlers.verbs import Verbs
from services.errors import InvalidInput
from services.types.alerts import Snooze
from services.types.moments import until_words
from services.types.people import Actor, Role


async def alerts_wanted(verbs: Verbs, actor: Actor, rest: str, _command_id: str) -> Reply:
    """One's own open ones, and the way to their quality for whoever leads people; totals for
    executives."""
    if rest.strip().lower().startswith("quality") or actor.role == Role.EXECUTIVE:
        return await _quality(verbs, actor)
    view = await verbs.alerts.reads.mine(actor)
    blocks = alerts_blocks(view)
    if view.may_manage:
        blocks.append(
            actions(
                button("Alert quality", ActionId.ALERT_QUALITY, "list"),
                button("Replay", ActionId.ALERT_REPLAY, "list"),
            )
        )
    return Reply(text=alerts_text(view), blocks=blocks)


async def _quality(verbs: Verbs, actor: Actor) -> Reply:
    quality = await verbs.alerts.quality.quality(actor)
    blocks = quality_blocks(quality)
    if actor.role == Role.EXECUTIVE:
        blocks = [*alerts_blocks(await verbs.alerts.reads.mine(actor)), *blocks]
    return Reply(text="Alert quality", blocks=blocks)


# ── The card ────────────────────────────────────────────────────────────────────────────────────
async def draft_clicked(verbs: Verbs, click: Click) -> None:
    target = read_value(Target, click.value)
    said = await verbs.alerts.deeds.draft(
        click.actor, target.id, version=target.rev, command_id=click.command_id
    )
    if click.in_modal:
        await click.update(told_modal("The mail", said))


async def take_clicked(verbs: Verbs, click: Click) -> None:
    target = read_value(Target, click.value)
    await verbs.alerts.deeds.acknowledge(
        click.actor, target.id, version=target.rev, command_id=click.command_id
    )
    await _again(verbs, click, target)


async def done_clicked(verbs: Verbs, click: Click) -> None:
    target = read_value(Target, click.value)
    await verbs.alerts.deeds.done(
        click.actor, target.id, version=target.rev, command_id=click.command_id
    )
    await _again(verbs, click, target)


async def useful_clicked(verbs: Verbs, click: Click) -> None:
    target = read_value(Target, click.value)
    await verbs.alerts.deeds.useful(click.actor, target.id, command_id=click.command_id)
    await _again(verbs, click, target)


async def snooze_chosen(verbs: Verbs, click: Click) -> None:
    nap = read_value(Nap, click.value)
    spans = {one.value: one for one in Snooze}
    if nap.span not in spans:
        raise InvalidInput(OUTDATED)
    until = await verbs.alerts.deeds.snooze(
        click.actor, nap.id, version=nap.rev, span=spans[nap.span], command_id=click.command_id
    )
    if click.in_modal:
        view = await verbs.alerts.reads.look(click.actor, nap.id)
        when = until_words(until, view.reader.now, view.reader.timezone)
        await click.update(told_modal("Put off", f"It comes back {when}, if it still holds."))


async def why_clicked(verbs: Verbs, click: Click) -> None:
    target = read_value(Target, click.value)
    await click.open(alert_why_modal(await verbs.alerts.reads.look(click.actor, target.id)))


async def false_clicked(_verbs: Verbs, click: Click) -> None:
    await click.open(false_alarm_modal(read_value(Target, click.value)))


async def false_told(verbs: Verbs, submission: Submission) -> Block | None:
    target = read_value(Target, submission.form.view.private_metadata)
    await verbs.alerts.deeds.dismiss(
        submission.actor,
        target.id,
        version=target.rev,
        reason=submission.form.text(FieldId.WORDS),
        command_id=submission.command_id,
    )
    return None


async def note_clicked(verbs: Verbs, click: Click) -> None:
    target = read_value(Target, click.value)
    await click.open(note_modal(await verbs.alerts.reads.look(click.actor, target.id)))


async def note_written(verbs: Verbs, submission: Submission) -> Block | None:
    target = read_value(Target, submission.form.view.private_metadata)
    await verbs.alerts.deeds.note(
        submission.actor,
        target.id,
        version=target.rev,
        words=submission.form.text(FieldId.COMMENT),
        command_id=submission.command_id,
    )
    return None


async def _again(verbs: Verbs, click: Click, target: Target) -> None:
    """A window shows what a card in a message shows by itself."""
    if click.in_modal:
        view = await verbs.alerts.reads.look(click.actor, target.id)
        await click.update(alert_modal(view))


# ── Lists ───────────────────────────────────────────────────────────────────────────────────────
async def open_clicked(verbs: Verbs, click: Click) -> None:
    target = read_value(Target, click.value)
    await click.open(alert_modal(await verbs.alerts.reads.look(click.actor, target.id)))


async def show_clicked(verbs: Verbs, click: Click) -> None:
    await verbs.alerts.rollups.show(click.actor, read_value(Target, click.value).id)


async def next_clicked(verbs: Verbs, click: Click) -> None:
    await verbs.alerts.rollups.show(click.actor, None)


ROUTES = Routes(
    clicks={
        ActionId.ALERT_DRAFT: draft_clicked,
        ActionId.ALERT_TAKE: take_clicked,
        ActionId.ALERT_DONE: done_clicked,
        ActionId.ALERT_USEFUL: useful_clicked,
        ActionId.ALERT_FALSE: false_clicked,
        ActionId.ALERT_SNOOZE: snooze_chosen,
        ActionId.ALERT_WHY: why_clicked,
        ActionId.ALERT_NOTE: note_clicked,
        ActionId.ALERT_OPEN: open_clicked,
        ActionId.ALERT_SHOW: show_clicked,
        ActionId.ALERT_NEXT: next_clicked,
    },
    views={CallbackId.ALERT_FALSE: false_told, CallbackId.ALERT_NOTE: note_written},
)
