"""Decisions on a drafted answer: approve, edit, write again, reject, take over, and why."""

from uuid import UUID

from blocks.action_ids import ActionId, CallbackId, FieldId
from blocks.feedback import review_modal
from blocks.inbox import permalink
from blocks.modals import (
    edit_modal,
    read_all_modal,
    reason_of,
    regenerate_modal,
    reject_modal,
    told_modal,
)
from blocks.parts import actions, link_button, section
from blocks.values import Approval, Choice, Target
from blocks.why import why_modal
from handlers.edge import Click, Reply, Routes, Submission
from handlers.payloads import read_value
from handlers.verbs import Verbs
from services.errors import Conflict, InvalidInput, NotFound, ServiceError
from services.types.approvals import RequestForm
from services.types.views import DraftView, MailCardView

KIND = "mail"
SURFACE = "slack"
MOVED_ON = "This card was overtaken; nothing was sent from it."
NO_GATE = "This mail needs no approval request any more. You can approve it on its card."
ASKED = "This answer is ready; please allow it to leave."
TAKEN = "It is yours now. An answer in your name is being written; its card shows it."
WRITE_AGAIN = "Write a different answer."


async def approve_clicked(verbs: Verbs, click: Click) -> None:
    target = read_value(Approval, click.value)
    try:
        standing = await verbs.actions.approve(
            click.actor,
            target.id,
            revision=target.rev,
            surface=SURFACE,
            command_id=click.command_id,
            seen=target.seen,
        )
    except Conflict as overtaken:
        await click.adopt(verbs)
        await show_current(verbs, click, target.id, str(overtaken))
    except ServiceError:
        await click.adopt(verbs)
        raise
    else:
        await click.adopt(verbs, standing)


async def ask_approval_clicked(verbs: Verbs, click: Click) -> None:
    """The rules send this kind of mail to an approval request: open it for what is on screen."""
    target = read_value(Approval, click.value)
    view = await _view(verbs, click, target.id)
    draft = await _current_draft(verbs, click, target, view)
    if draft is None:
        return
    if view.gate is None:
        # The rules have changed since the card was shown; the fresh one has Approve.
        await show_current(verbs, click, target.id, NO_GATE)
        return
    form = RequestForm(
        type=view.gate.type,
        reason=ASKED,
        action_id=target.id,
        revision=draft.revision,
        seen=target.seen,
    )
    try:
        submitted = await verbs.approvals.requests.submit(
            click.actor, form, command_id=click.command_id
        )
    except Conflict as overtaken:
        await show_current(verbs, click, target.id, str(overtaken))
    else:
        await click.tell(Reply(text=submitted.sentence))


async def edit_clicked(verbs: Verbs, click: Click) -> None:
    target = read_value(Target, click.value)
    view = await _view(verbs, click, target.id)
    draft = await _current_draft(verbs, click, target, view)
    if draft is not None:
        await click.open(edit_modal(target, draft, view.reader))


async def regenerate_clicked(verbs: Verbs, click: Click) -> None:
    target = read_value(Target, click.value)
    if await _is_current(verbs, click, target):
        await click.open(regenerate_modal(target))


async def reject_clicked(verbs: Verbs, click: Click) -> None:
    target = read_value(Target, click.value)
    if await _is_current(verbs, click, target):
        await click.open(reject_modal(target))


async def why_clicked(verbs: Verbs, click: Click) -> None:
    target = read_value(Target, click.value)
    await click.open(why_modal(await verbs.views.why(click.actor, target.id)))


async def read_all_clicked(verbs: Verbs, click: Click) -> None:
    target = read_value(Target, click.value)
    view = await _view(verbs, click, target.id)
    if view.draft is None:
        await click.open(told_modal("The whole draft", "There is no draft here any more."))
    else:
        await click.open(read_all_modal(view, view.draft))


async def take_over_clicked(verbs: Verbs, click: Click) -> None:
    target = read_value(Target, click.value)
    await verbs.actions.take_over(click.actor, target.id, command_id=click.command_id)
    if click.in_modal:
        await click.update(told_modal("Taken over", TAKEN))


async def undo_clicked(verbs: Verbs, click: Click) -> None:
    """What is said where it worked stands on the card; what is still open is told."""
    target = read_value(Target, click.value)
    try:
        undone = await verbs.undo.undo(
            click.actor, target.id, command_id=click.command_id, surface=SURFACE
        )
    except Conflict as too_late:
        await show_current(verbs, click, target.id, str(too_late))
    else:
        if not undone.stopped:
            await click.tell(Reply(text=undone.sentence))


async def show_current_clicked(verbs: Verbs, click: Click) -> None:
    target = read_value(Target, click.value)
    await verbs.cards.refresh(click.actor, KIND, target.id, create=True)
    await click.tell(await _pointer(verbs, click, target.id, "Here is the current card."))


async def more_chosen(verbs: Verbs, click: Click) -> None:
    choice = read_value(Choice, click.value)
    handler = {
        ActionId.WHY: why_of_choice,
        ActionId.READ_ALL: read_all_of_choice,
        ActionId.REVIEW: review_of_choice,
    }.get(choice.do)
    if handler is None:
        raise InvalidInput("I don't know this entry any more. Nothing was changed.")
    await handler(verbs, click, choice.id)


async def why_of_choice(verbs: Verbs, click: Click, action_id: UUID) -> None:
    await click.open(why_modal(await verbs.views.why(click.actor, action_id)))


async def review_of_choice(verbs: Verbs, click: Click, action_id: UUID) -> None:
    said = await verbs.feedback.words(click.actor, action_id)
    await click.open(review_modal(Target(id=action_id), said))


async def read_all_of_choice(verbs: Verbs, click: Click, action_id: UUID) -> None:
    view = await _view(verbs, click, action_id)
    if view.draft is not None:
        await click.open(read_all_modal(view, view.draft))


async def draft_edited(verbs: Verbs, submission: Submission) -> None:
    target = read_value(Target, submission.form.view.private_metadata)
    subject, text = submission.form.text(FieldId.SUBJECT), submission.form.text(FieldId.TEXT)
    if not text:
        raise InvalidInput("An empty mail can't be sent.", field=FieldId.TEXT)
    if "\n" in subject:
        raise InvalidInput("The subject is one line.", field=FieldId.SUBJECT)
    await verbs.actions.edit(
        submission.actor,
        target.id,
        revision=target.rev,
        subject=subject,
        text=text,
        command_id=submission.command_id,
    )


async def regeneration_asked(verbs: Verbs, submission: Submission) -> None:
    target = read_value(Target, submission.form.view.private_metadata)
    await verbs.actions.regenerate(
        submission.actor,
        target.id,
        revision=target.rev,
        instruction=submission.form.text(FieldId.INSTRUCTION) or WRITE_AGAIN,
        command_id=submission.command_id,
    )


async def draft_rejected(verbs: Verbs, submission: Submission) -> None:
    target = read_value(Target, submission.form.view.private_metadata)
    form = submission.form
    reason = reason_of(form.text(FieldId.PRESET), form.text(FieldId.REASON))
    if not reason:
        raise InvalidInput("Choose a reason or write one.", field=FieldId.REASON)
    await verbs.actions.reject(
        submission.actor,
        target.id,
        revision=target.rev,
        reason=reason,
        surface=SURFACE,
        command_id=submission.command_id,
    )


async def whole_draft_approved(verbs: Verbs, submission: Submission) -> None:
    target = read_value(Approval, submission.form.view.private_metadata)
    await verbs.actions.approve(
        submission.actor,
        target.id,
        revision=target.rev,
        surface=SURFACE,
        command_id=submission.command_id,
        seen=target.seen,
    )


async def modal_done(_verbs: Verbs, _submission: Submission) -> None:
    """A modal that only shows something."""


# ── An old card's button ────────────────────────────────────────────────────────────────────────
async def show_current(verbs: Verbs, click: Click, action_id: UUID, why: str) -> None:
    """Say kindly that the state has moved on, bring the card up to date, and point to the one that
    counts now."""
    await verbs.cards.refresh(click.actor, KIND, action_id)
    await click.tell(await _pointer(verbs, click, action_id, why))


async def _pointer(verbs: Verbs, click: Click, action_id: UUID, text: str) -> Reply:
    view = await verbs.views.mail_card(click.actor.tenant_id, action_id, click.actor.member_id)
    current = view.newer_action_id if view and view.newer_action_id else action_id
    place = await verbs.cards.place(click.actor, KIND, current)
    if place is None or place == click.ref:
        return Reply(text=text)
    link = link_button("Open the current card", permalink(place.channel, place.ts))
    return Reply(text=text, blocks=[section(text), actions(link)])


async def _view(verbs: Verbs, click: Click, action_id: UUID) -> MailCardView:
    view = await verbs.views.mail_card(click.actor.tenant_id, action_id, click.actor.member_id)
    if view is None:
        raise NotFound("I can't find this any more, or it isn't yours to see.")
    return view


async def _current_draft(
    verbs: Verbs, click: Click, target: Target, view: MailCardView
) -> DraftView | None:
    """The draft the button meant, or None after the person was shown what counts now."""
    if view.state != "pending" or (view.draft is not None and view.draft.revision != target.rev):
        await show_current(verbs, click, target.id, MOVED_ON)
        return None
    return view.draft


async def _is_current(verbs: Verbs, click: Click, target: Target) -> bool:
    view = await _view(verbs, click, target.id)
    revision = view.draft.revision if view.draft else 0
    if view.state == "pending" and revision == target.rev:
        return True
    await show_current(verbs, click, target.id, MOVED_ON)
    return False


ROUTES = Routes(
    adopting=frozenset({ActionId.APPROVE}),
    clicks={
        ActionId.APPROVE: approve_clicked,
        ActionId.ASK_APPROVAL: ask_approval_clicked,
        ActionId.EDIT: edit_clicked,
        ActionId.REGENERATE: regenerate_clicked,
        ActionId.REJECT: reject_clicked,
        ActionId.WHY: why_clicked,
        ActionId.READ_ALL: read_all_clicked,
        ActionId.TAKE_OVER: take_over_clicked,
        ActionId.UNDO: undo_clicked,
        ActionId.SHOW_CURRENT: show_current_clicked,
        ActionId.MORE: more_chosen,
    },
    views={
        CallbackId.EDIT: draft_edited,
        CallbackId.REGENERATE: regeneration_asked,
        CallbackId.REJECT: draft_rejected,
        CallbackId.READ_ALL: whole_draft_approved,
        CallbackId.WHY: modal_done,
        CallbackId.TOLD: modal_done,
    },
)
