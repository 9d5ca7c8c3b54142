"""Asking for an approval: by command, by shortcut, and from buttons."""

import re

from blocks.action_ids import ActionId, CallbackId, FieldId, ShortcutId
from blocks.approval_forms import request_choice, request_modal
from blocks.approval_words import TYPES
from blocks.inbox import permalink
from blocks.modals import told_modal
from blocks.parts import Block, actions, button, cut, escape, option, section
from blocks.values import Wish
from handlers.account_choice import account_typed
from handlers.edge import Click, Reply, Routes, Shortcut, Submission, Typing
from handlers.message_words import readable
from handlers.payloads import ShortcutMessage, read_id, read_value
from handlers.verbs import Verbs
from handlers.words import first_word, nearest
from services.errors import InvalidInput
from services.types.approvals import RequestForm, RequestStatus, RequestType, Urgency
from services.types.people import Actor

NEW = "new"
MESSAGE = 1300
_FOR = re.compile(r"^for\s+", re.IGNORECASE)
# Where a form lacks the field that is wrong, its nearest one carries the words.
_INSTEAD: dict[str, tuple[str, ...]] = {
    FieldId.ACCOUNT: (FieldId.DEAL,),
    FieldId.DEAL: (FieldId.ACCOUNT,),
    FieldId.PERCENTAGE: (FieldId.AMOUNT,),
    FieldId.CURRENCY: (FieldId.AMOUNT,),
}


# ── Ways to the form ────────────────────────────────────────────────────────────────────────────
async def request_wanted(verbs: Verbs, actor: Actor, rest: str, _command_id: str) -> Reply:
    """`/understudy request discount Acme`; without a type, a choice."""
    word, account = first_word(rest)
    account = _FOR.sub("", account)[:200]
    if not word:
        return Reply(text="What do you need?", blocks=request_choice())
    type_ = nearest(word.lower(), TYPES)
    if type_ is None:
        text = f"I can't ask for “{escape(word[:40])}”. I know: {', '.join(TYPES)}."
        return Reply(text=text, blocks=[section(text), *request_choice()])
    view = await verbs.approvals.reads.form(actor, type_, account=account)
    name = f"Request: {TYPES[type_].lower()}"
    form = button("Open the form", ActionId.REQUEST, Wish(type=type_, account=account).encode())
    return Reply(text=name, blocks=[section(f"*{name}*"), actions(form)], view=request_modal(view))


async def request_clicked(verbs: Verbs, click: Click) -> None:
    if click.value == NEW:
        view = await verbs.approvals.reads.form(click.actor, RequestType.DISCOUNT)
        await click.open(request_modal(view, choose=True))
        return
    wish = read_value(Wish, click.value)
    view = await verbs.approvals.reads.form(click.actor, _type(wish.type), account=wish.account)
    await click.open(request_modal(view))


async def type_chosen(verbs: Verbs, click: Click) -> None:
    """The form of another type, with what was written so far."""
    state = click.view.state if click.view else None
    evidence = state.text(FieldId.EVIDENCE) if state else ""
    wish = read_value(Wish, click.view.private_metadata) if click.view else None
    view = await verbs.approvals.reads.form(
        click.actor, _type(click.value), account=wish.account if wish else "", text=evidence
    )
    await click.update(request_modal(view, choose=True))


async def request_shortcut(verbs: Verbs, shortcut: Shortcut) -> None:
    view = await verbs.approvals.reads.form(shortcut.actor, RequestType.DISCOUNT)
    await shortcut.open(request_modal(view, choose=True))


async def message_shortcut(verbs: Verbs, shortcut: Shortcut) -> None:
    """The message becomes the evidence."""
    text = _evidence(shortcut.message, shortcut.channel)
    view = await verbs.approvals.reads.form(shortcut.actor, RequestType.DISCOUNT, text=text)
    await shortcut.open(request_modal(view, choose=True))


def _evidence(message: ShortcutMessage | None, channel: str | None) -> str:
    """Its words without Slack's markup; its address where others can open it too."""
    if message is None:
        return ""
    text = cut(readable(message.text), MESSAGE)
    shared = channel is not None and not channel.startswith("D")
    return f"{text}\n{permalink(channel, message.ts)}" if channel and shared else text


# ── The form itself ─────────────────────────────────────────────────────────────────────────────
async def request_submitted(verbs: Verbs, submission: Submission) -> Block:
    form = submission.form
    wish = read_value(Wish, form.view.private_metadata)
    deal, account = form.text(FieldId.DEAL), form.text(FieldId.ACCOUNT)
    try:
        submitted = await verbs.approvals.requests.submit(
            submission.actor,
            RequestForm(
                type=_type(wish.type),
                reason=form.text(FieldId.REASON),
                account_id=read_id(account) if account else None,
                deal_id=read_id(deal) if deal else None,
                percentage=form.text(FieldId.PERCENTAGE),
                amount=form.text(FieldId.AMOUNT),
                currency=form.text(FieldId.CURRENCY),
                urgency=_urgency(form.text(FieldId.URGENCY)),
                evidence=form.text(FieldId.EVIDENCE),
                competitor=form.text(FieldId.COMPETITOR),
            ),
            command_id=submission.command_id,
        )
    except InvalidInput as refusal:
        raise _placed(refusal, submission) from refusal
    approved = submitted.status == RequestStatus.APPROVED
    return told_modal("Approved" if approved else "Asked", submitted.sentence)


def _placed(refusal: InvalidInput, submission: Submission) -> InvalidInput:
    """An error must stand at a field that the form has: Slack refuses any other."""
    if refusal.field is None:
        return refusal
    for field in (refusal.field, *_INSTEAD.get(refusal.field, ()), FieldId.REASON):
        if submission.form.asks(field):
            return InvalidInput(str(refusal), field=field)
    return InvalidInput(str(refusal))


def _type(word: str) -> RequestType:
    if word not in TYPES:
        raise InvalidInput("I don't know this kind of request. Nothing was asked.")
    return RequestType(word)


def _urgency(word: str) -> Urgency:
    return Urgency(word) if word in set(Urgency) else Urgency.NORMAL


async def deal_typed(verbs: Verbs, typing: Typing) -> list[Block]:
    found = await verbs.approvals.reads.deal_options(typing.actor, typing.text.strip()[:100])
    return [option(name, str(deal_id)) for deal_id, name in found[:100]]


ROUTES = Routes(
    clicks={ActionId.REQUEST: request_clicked, ActionId.REQUEST_TYPE: type_chosen},
    views={CallbackId.REQUEST: request_submitted},
    options={ActionId.REQUEST_ACCOUNT: account_typed, ActionId.REQUEST_DEAL: deal_typed},
    shortcuts={
        ShortcutId.REQUEST: request_shortcut,
        ShortcutId.REQUEST_FROM_MESSAGE: message_shortcut,
    },
)
