"""Proposals: what is done on the card, and `/understudy proposals`."""

from blocks.action_ids import ActionId, CallbackId, FieldId
from blocks.modals import told_modal
from blocks.parts import Block
from blocks.proposal_lists import (
    not_useful_modal,
    proposal_modal,
    proposal_why_modal,
    proposals_blocks,
    proposals_text,
)
from blocks.values import Nap, Target
from handlers.edge import Click, Reply, Routes, Submission
from handlers.payloads import OUTDATED, read_value
from handlers.verbs import Verbs
from services.errors import InvalidInput
from services.types.moments import until_words
from services.types.outreach import Later
from services.types.people import Actor


async def proposals_wanted(verbs: Verbs, actor: Actor, _rest: str, _command_id: str) -> Reply:
    view = await verbs.outreach.reads.mine(actor)
    return Reply(text=proposals_text(view), blocks=proposals_blocks(view))


async def draft_clicked(verbs: Verbs, click: Click) -> None:
    target = read_value(Target, click.value)
    said = await verbs.outreach.deeds.draft(
        click.actor, target.id, version=target.rev, command_id=click.command_id
    )
    if click.in_modal:
        await click.update(told_modal("The mail", said))


async def later_chosen(verbs: Verbs, click: Click) -> None:
    nap = read_value(Nap, click.value)
    spans = {one.value: one for one in Later}
    if nap.span not in spans:
        raise InvalidInput(OUTDATED)
    until = await verbs.outreach.deeds.later(
        click.actor, nap.id, version=nap.rev, span=spans[nap.span], command_id=click.command_id
    )
    if click.in_modal:
        view = await verbs.outreach.reads.look(click.actor, nap.id)
        when = until_words(until, view.reader.now, view.reader.timezone)
        await click.update(told_modal("Put off", f"It comes back {when}, if it still holds."))


async def dismiss_clicked(_verbs: Verbs, click: Click) -> None:
    await click.open(not_useful_modal(read_value(Target, click.value)))


async def dismissed(verbs: Verbs, submission: Submission) -> Block | None:
    target = read_value(Target, submission.form.view.private_metadata)
    await verbs.outreach.deeds.dismiss(
        submission.actor,
        target.id,
        version=target.rev,
        reason=submission.form.text(FieldId.WORDS),
        command_id=submission.command_id,
    )
    return None


async def why_clicked(verbs: Verbs, click: Click) -> None:
    target = read_value(Target, click.value)
    await click.open(proposal_why_modal(await verbs.outreach.reads.look(click.actor, target.id)))


async def open_clicked(verbs: Verbs, click: Click) -> None:
    target = read_value(Target, click.value)
    await click.open(proposal_modal(await verbs.outreach.reads.look(click.actor, target.id)))


ROUTES = Routes(
    clicks={
        ActionId.PROPOSAL_DRAFT: draft_clicked,
        ActionId.PROPOSAL_LATER: later_chosen,
        ActionId.PROPOSAL_DISMISS: dismiss_clicked,
        ActionId.PROPOSAL_WHY: why_clicked,
        ActionId.PROPOSAL_OPEN: open_clicked,
    },
    views={CallbackId.PROPOSAL_DISMISS: dismissed},
)
