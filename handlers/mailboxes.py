"""Buttons about mailboxes, on Home and on the message after the first reading."""

from blocks.action_ids import ActionId, CallbackId, FieldId
from blocks.intro import wrong_modal
from blocks.parts import Block
from blocks.values import Target
from handlers.edge import Click, Routes, Submission
from handlers.home import link_opened
from handlers.payloads import read_value
from handlers.verbs import Verbs


async def disconnect_clicked(verbs: Verbs, click: Click) -> None:
    target = read_value(Target, click.value)
    await verbs.mailboxes.endings.disconnect(click.actor, target.id, command_id=click.command_id)


async def connect_all_clicked(verbs: Verbs, click: Click) -> None:
    await verbs.mailboxes.delegation.connect_all(click.actor, command_id=click.command_id)


async def undelegate_clicked(verbs: Verbs, click: Click) -> None:
    await verbs.mailboxes.delegation.remove_by(click.actor, command_id=click.command_id)


async def right_clicked(verbs: Verbs, click: Click) -> None:
    target = read_value(Target, click.value)
    await verbs.mailboxes.readings.answer(
        click.actor, target.id, right=True, text="", command_id=click.command_id
    )


async def wrong_clicked(verbs: Verbs, click: Click) -> None:
    target = read_value(Target, click.value)
    said = await verbs.mailboxes.readings.answer_of(click.actor, target.id)
    await click.open(wrong_modal(target, said))


async def wrong_told(verbs: Verbs, sent: Submission) -> Block | None:
    target = read_value(Target, sent.form.view.private_metadata)
    await verbs.mailboxes.readings.answer(
        sent.actor,
        target.id,
        right=False,
        text=sent.form.text(FieldId.TEXT),
        command_id=sent.command_id,
    )
    return None


async def draft_clicked(verbs: Verbs, click: Click) -> None:
    target = read_value(Target, click.value)
    await verbs.mailboxes.readings.draft_waiting(
        click.actor, target.id, command_id=click.command_id
    )


ROUTES = Routes(
    clicks={
        ActionId.MAILBOX_CONNECT: link_opened,
        ActionId.MAILBOX_DISCONNECT: disconnect_clicked,
        ActionId.MAILBOX_CONNECT_ALL: connect_all_clicked,
        ActionId.MAILBOX_UNDELEGATE: undelegate_clicked,
        ActionId.INTRO_RIGHT: right_clicked,
        ActionId.INTRO_WRONG: wrong_clicked,
        ActionId.INTRO_DRAFT: draft_clicked,
    },
    views={CallbackId.INTRO_WRONG: wrong_told},
)
