"""Decisions on an approval request from its card, and what goes between the two sides."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from uuid import UUID

from blocks.action_ids import ActionId, CallbackId, FieldId
from blocks.approval_modals import (
    MOST_CONDITIONS,
    about_modal,
    answer_modal,
    approve_modal,
    conditions_modal,
    conditions_of,
    delegate_modal,
    outcome_modal,
    question_modal,
    reason_in_words,
    reject_request_modal,
)
from blocks.approval_words import CONDITION, settled_words, takes_conditions, who_may
from blocks.brief_pages import brief_modal
from blocks.inbox import permalink
from blocks.parts import Block, actions, link_button, option, section, unescape
from blocks.values import Asked, Choice, Sight, Target
from handlers.edge import Click, Reply, Routes, Submission, Typing
from handlers.payloads import read_id, read_value
from handlers.verbs import Verbs
from services.approvals.sentences import NO_CONDITIONS
from services.errors import Conflict, Forbidden, InvalidInput, NotFound, ServiceError
from services.types.approval_views import ApprovalCardView
from services.types.approvals import RequestStatus, Seen, Surface, VoteChoice
from services.types.people import Actor

KIND = "approval"
GONE = "I can't find this request any more, or it isn't yours to see."
CHANGED = (
    "This has changed since you saw it, so nothing was decided. The card shows it as it stands."
)
OWN = "You asked for this yourself, so somebody else decides."
NOT_YOURS = "You can't decide on this."
SPOKEN = "You have decided on this already."


# ── Deciding ────────────────────────────────────────────────────────────────────────────────────
async def approve_clicked(verbs: Verbs, click: Click) -> None:
    """A window with all that takes effect; the approval itself is its submission."""
    await _open_decision(verbs, click, approve_modal)


async def conditions_clicked(verbs: Verbs, click: Click) -> None:
    await _open_decision(verbs, click, conditions_modal)


async def reject_clicked(verbs: Verbs, click: Click) -> None:
    await _open_decision(verbs, click, reject_request_modal)


async def _open_decision(
    verbs: Verbs, click: Click, modal: Callable[[ApprovalCardView, Sight], Block]
) -> None:
    seen = read_value(Sight, click.value)
    view = await _view(verbs, click.actor, seen.id)
    if view.status != RequestStatus.PENDING:
        await _tell_settled(verbs, click, view)
    elif view.seen.payload_hash != seen.hash:
        await verbs.cards.refresh(click.actor, KIND, seen.id)
        await click.tell(Reply(text=CHANGED))
    elif not view.may_decide:
        await verbs.cards.refresh(click.actor, KIND, seen.id)
        raise await _refused(verbs, click.actor, view)
    elif modal is conditions_modal and not takes_conditions(view.type):
        await verbs.cards.refresh(click.actor, KIND, seen.id)
        raise Forbidden(NO_CONDITIONS)
    else:
        await click.open(modal(view, seen))


async def _refused(verbs: Verbs, actor: Actor, view: ApprovalCardView) -> ServiceError:
    """What they are told. Who tries what isn't theirs is noted, who comes back isn't."""
    who = unescape(who_may(view))
    if any(seat.voter == view.reader.name for seat in view.seats):
        return Conflict(f"{SPOKEN} {who}")
    why = f"{OWN if view.part == 'requester' else NOT_YOURS} {who}"
    await verbs.approvals.decisions.note_refusal(
        actor, view.request_id, why=why, surface=Surface.SLACK
    )
    return Forbidden(why)


async def approved(verbs: Verbs, submission: Submission) -> Block | None:
    return await _decide(verbs, submission, VoteChoice.APPROVE)


async def approved_with_conditions(verbs: Verbs, submission: Submission) -> Block | None:
    conditions = conditions_of(submission.form.text(FieldId.CONDITIONS))
    if not conditions:
        raise InvalidInput("Name at least one condition.", field=FieldId.CONDITIONS)
    if len(conditions) > MOST_CONDITIONS or any(len(text) > CONDITION for text in conditions):
        limit = f"At most {MOST_CONDITIONS} conditions of {CONDITION} characters each."
        raise InvalidInput(limit, field=FieldId.CONDITIONS)
    return await _decide(verbs, submission, VoteChoice.APPROVE, conditions)


async def rejected(verbs: Verbs, submission: Submission) -> Block | None:
    return await _decide(verbs, submission, VoteChoice.REJECT)


async def _decide(
    verbs: Verbs,
    submission: Submission,
    choice: VoteChoice,
    conditions: tuple[str, ...] = (),
) -> Block | None:
    form = submission.form
    seen = read_value(Sight, form.view.private_metadata)
    reason = reason_in_words(form.text(FieldId.PRESET), form.text(FieldId.REASON))
    if not reason:
        raise InvalidInput("Choose a reason or write one.", field=FieldId.REASON)
    try:
        async with _kept_fresh(verbs, submission.actor, seen.id):
            decided = await verbs.approvals.decisions.decide(
                submission.actor,
                seen.id,
                choice=choice,
                reason=reason,
                conditions=conditions,
                seen=Seen(payload_hash=seen.hash, rule_version=seen.rules),
                surface=Surface.SLACK,
                command_id=submission.command_id,
            )
    except Conflict as late:
        view = await verbs.approvals.reads.card(
            submission.actor.tenant_id, seen.id, submission.actor.member_id
        )
        if view is None or view.replaced_by is None:
            raise
        told = f"{late} A fresh request has been made."
        return await _not_decided(verbs, submission.actor, told, view.replaced_by)
    if decided.counted:
        return None
    return await _not_decided(verbs, submission.actor, decided.sentence, decided.fresh_id)


async def _not_decided(verbs: Verbs, actor: Actor, told: str, fresh_id: UUID | None) -> Block:
    """Why it doesn't count, and the way to the request that does."""
    place = await verbs.cards.place(actor, KIND, fresh_id) if fresh_id else None
    link = permalink(place.channel, place.ts) if place else None
    return outcome_modal("Not decided", told, link)


# ── What goes between the two sides ─────────────────────────────────────────────────────────────
async def more_chosen(verbs: Verbs, click: Click) -> None:
    choice = read_value(Choice, click.value)
    handler = _ENTRIES.get(choice.do)
    if handler is None:
        raise InvalidInput("I don't know this entry any more. Nothing was changed.")
    await handler(verbs, click, await _view(verbs, click.actor, choice.id))


async def _delegate(verbs: Verbs, click: Click, view: ApprovalCardView) -> None:
    if view.status != RequestStatus.PENDING:
        await _tell_settled(verbs, click, view)
    elif not view.may_delegate:
        raise Forbidden(f"You can't hand this over. {unescape(who_may(view))}")
    else:
        await click.open(delegate_modal(view))


async def _ask(verbs: Verbs, click: Click, view: ApprovalCardView) -> None:
    if view.status != RequestStatus.PENDING:
        await _tell_settled(verbs, click, view)
    else:
        await click.open(question_modal(view))


async def _about(_verbs: Verbs, click: Click, view: ApprovalCardView) -> None:
    await click.open(about_modal(view))


async def _brief(verbs: Verbs, click: Click, view: ApprovalCardView) -> None:
    account_id = view.customer.account_id if view.customer else None
    if account_id is None:
        raise NotFound("This request is about no account.")
    await click.open(brief_modal(await verbs.accounts.view(click.actor, account_id)))


_ENTRIES: dict[ActionId, Callable[[Verbs, Click, ApprovalCardView], Awaitable[None]]] = {
    ActionId.APPROVAL_DELEGATE: _delegate,
    ActionId.APPROVAL_ASK: _ask,
    ActionId.APPROVAL_ABOUT: _about,
    ActionId.BRIEF: _brief,
}


async def delegated(verbs: Verbs, submission: Submission) -> None:
    target = read_value(Target, submission.form.view.private_metadata)
    async with _kept_fresh(verbs, submission.actor, target.id):
        await verbs.approvals.requests.delegate(
            submission.actor,
            target.id,
            to_id=read_id(submission.form.text(FieldId.TO)),
            note=submission.form.text(FieldId.NOTE),
            command_id=submission.command_id,
        )


async def question_asked(verbs: Verbs, submission: Submission) -> None:
    target = read_value(Target, submission.form.view.private_metadata)
    question = submission.form.text(FieldId.QUESTION)
    if not question:
        raise InvalidInput("What would you like to know?", field=FieldId.QUESTION)
    async with _kept_fresh(verbs, submission.actor, target.id):
        await verbs.approvals.requests.ask(
            submission.actor, target.id, question=question, command_id=submission.command_id
        )


async def answer_clicked(verbs: Verbs, click: Click) -> None:
    asked = read_value(Asked, click.value)
    view = await _view(verbs, click.actor, asked.id)
    found = next((q for q in view.questions if q.id == asked.question and q.answer is None), None)
    if view.status != RequestStatus.PENDING:
        await _tell_settled(verbs, click, view)
    elif found is None:
        await verbs.cards.refresh(click.actor, KIND, asked.id)
        await click.tell(Reply(text="That question has its answer already."))
    else:
        await click.open(answer_modal(view, found))


async def answered(verbs: Verbs, submission: Submission) -> None:
    asked = read_value(Asked, submission.form.view.private_metadata)
    answer = submission.form.text(FieldId.ANSWER)
    if not answer:
        raise InvalidInput("An empty answer helps nobody.", field=FieldId.ANSWER)
    async with _kept_fresh(verbs, submission.actor, asked.id):
        await verbs.approvals.requests.answer(
            submission.actor, asked.question, answer=answer, command_id=submission.command_id
        )


async def withdraw_clicked(verbs: Verbs, click: Click) -> None:
    target = read_value(Target, click.value)
    async with _kept_fresh(verbs, click.actor, target.id):
        await verbs.approvals.requests.withdraw(click.actor, target.id, command_id=click.command_id)


async def retry_clicked(verbs: Verbs, click: Click) -> None:
    target = read_value(Target, click.value)
    async with _kept_fresh(verbs, click.actor, target.id):
        await verbs.approvals.carry.retry(click.actor, target.id, command_id=click.command_id)


async def show_fresh_clicked(verbs: Verbs, click: Click) -> None:
    target = read_value(Target, click.value)
    await _view(verbs, click.actor, target.id)
    await verbs.cards.refresh(click.actor, KIND, target.id, create=True)
    await click.tell(await _pointer(verbs, click.actor, target.id, "Here is the fresh request."))


async def delegate_typed(verbs: Verbs, typing: Typing) -> list[Block]:
    found = await verbs.approvals.reads.delegate_options(typing.actor, typing.text.strip()[:100])
    return [option(name, str(member_id)) for member_id, name in found[:100]]


# ── Shared ──────────────────────────────────────────────────────────────────────────────────────
async def _view(verbs: Verbs, actor: Actor, request_id: UUID) -> ApprovalCardView:
    view = await verbs.approvals.reads.card(actor.tenant_id, request_id, actor.member_id)
    if view is None:
        raise NotFound(GONE)
    return view


@asynccontextmanager
async def _kept_fresh(verbs: Verbs, actor: Actor, request_id: UUID) -> AsyncIterator[None]:
    """Whoever is refused was looking at a card that is no longer true."""
    try:
        yield
    except (Conflict, Forbidden):
        await verbs.cards.refresh(actor, KIND, request_id)
        raise


async def _tell_settled(verbs: Verbs, click: Click, view: ApprovalCardView) -> None:
    """Somebody was faster: who and when, and where the request that counts now stands."""
    await verbs.cards.refresh(click.actor, KIND, view.request_id)
    current = view.replaced_by or view.request_id
    await click.tell(await _pointer(verbs, click.actor, current, settled_words(view), click))


async def _pointer(
    verbs: Verbs, actor: Actor, request_id: UUID, text: str, click: Click | None = None
) -> Reply:
    place = await verbs.cards.place(actor, KIND, request_id)
    if place is None or (click is not None and place == click.ref):
        return Reply(text=text)
    link = link_button("Open it", permalink(place.channel, place.ts))
    return Reply(text=text, blocks=[section(text), actions(link)])


ROUTES = Routes(
    clicks={
        ActionId.APPROVAL_APPROVE: approve_clicked,
        ActionId.APPROVAL_READ_ALL: approve_clicked,
        ActionId.APPROVAL_CONDITIONS: conditions_clicked,
        ActionId.APPROVAL_REJECT: reject_clicked,
        ActionId.APPROVAL_MORE: more_chosen,
        ActionId.APPROVAL_ANSWER: answer_clicked,
        ActionId.APPROVAL_WITHDRAW: withdraw_clicked,
        ActionId.APPROVAL_RETRY: retry_clicked,
        ActionId.APPROVAL_SHOW_FRESH: show_fresh_clicked,
    },
    views={
        CallbackId.APPROVAL_APPROVE: approved,
        CallbackId.APPROVAL_CONDITIONS: approved_with_conditions,
        CallbackId.APPROVAL_REJECT: rejected,
        CallbackId.APPROVAL_DELEGATE: delegated,
        CallbackId.APPROVAL_ASK: question_asked,
        CallbackId.APPROVAL_ANSWER: answered,
    },
    options={ActionId.DELEGATE_TO: delegate_typed},
)
