"""Asking for a mail: by command, by shortcut, and from buttons."""

from dataclasses import replace
from uuid import UUID

from blocks.action_ids import ActionId, CallbackId, FieldId, ShortcutId
from blocks.compose import NEW, account_choice, compose_modal, form_button
from blocks.modals import told_modal
from blocks.parts import Block, escape, option
from blocks.values import Pick, Target
from handlers.edge import Click, Reply, Routes, Shortcut, Submission, Typing
from handlers.payloads import ViewState, read_id, read_value
from handlers.verbs import Verbs
from services.errors import InvalidInput
from services.types.compose import Asked, ComposeForm, ComposeFormView, MailPurpose
from services.types.people import Actor

FRESH = ("new", "home")


# ── Ways to the form ────────────────────────────────────────────────────────────────────────────
async def draft_wanted(verbs: Verbs, actor: Actor, rest: str, command_id: str) -> Reply:
    """`/understudy draft Acme for a nudge about the pilot`; what is left open, the form asks."""
    return _answer(await verbs.compose.mails.ask(actor, rest, command_id=command_id))


def _answer(asked: Asked) -> Reply:
    if asked.accounts and asked.capture_id:
        return Reply(
            text="Several accounts fit. Which one?",
            blocks=account_choice(asked.accounts, asked.capture_id),
        )
    if asked.form is not None:
        name = f" to {escape(asked.form.account[1])}" if asked.form.account else ""
        return Reply(
            text=f"A mail{name}", blocks=form_button(asked.form), view=compose_modal(asked.form)
        )
    return Reply(text=escape(asked.sentence))


async def account_picked(verbs: Verbs, click: Click) -> None:
    """One of several accounts, in the answer to the command."""
    pick = read_value(Pick, click.value)
    asked = await verbs.compose.mails.choose(
        click.actor, pick.id, pick.account, command_id=click.command_id
    )
    if asked.form is not None:
        await click.open(compose_modal(asked.form))
    else:
        await click.tell(Reply(text=escape(asked.sentence), replaces=True))


async def compose_clicked(verbs: Verbs, click: Click) -> None:
    """An empty form, or one for an account (`Target`): a quick action."""
    account_id = None if click.value in FRESH else read_value(Target, click.value).id
    view = await verbs.compose.mails.begin(
        click.actor, account_id=account_id, command_id=click.command_id
    )
    await click.open(compose_modal(view))


async def form_clicked(verbs: Verbs, click: Click) -> None:
    """The form that a command began."""
    mails = verbs.compose.mails
    if '"account"' in click.value:
        pick = read_value(Pick, click.value)
        view = await mails.form(click.actor, pick.id, account_id=pick.account)
    else:
        view = await mails.form(click.actor, read_value(Target, click.value).id)
    await click.open(compose_modal(view))


async def compose_shortcut(verbs: Verbs, shortcut: Shortcut) -> None:
    view = await verbs.compose.mails.begin(
        shortcut.actor, account_id=None, command_id=shortcut.command_id
    )
    await shortcut.open(compose_modal(view))


async def own_account_typed(verbs: Verbs, typing: Typing) -> list[Block]:
    """Only accounts the person may write to."""
    found = await verbs.compose.mails.accounts(typing.actor, typing.text.strip()[:100])
    return [option(name, str(account_id)) for account_id, name in found]


# ── The form itself ─────────────────────────────────────────────────────────────────────────────
async def account_chosen(verbs: Verbs, click: Click) -> None:
    """Its people appear; what was written so far stays."""
    view = await _form(verbs, click, read_id(click.value))
    await click.update(compose_modal(view))


async def contact_confirmed(verbs: Verbs, click: Click) -> None:
    contact = read_value(Target, click.value)
    account_id = await verbs.compose.mails.confirm_contact(click.actor, contact.id)
    view = await _form(verbs, click, account_id)
    await click.update(compose_modal(replace(view, chosen=contact.id)))


async def _form(verbs: Verbs, click: Click, account_id: UUID) -> ComposeFormView:
    """The form for this account, with what is filled in already."""
    if click.view is None:
        raise InvalidInput("This form is no longer open. Begin it once more.")
    target = read_value(Target, click.view.private_metadata)
    view = await verbs.compose.mails.form(click.actor, target.id, account_id=account_id)
    state = click.view.state
    return replace(
        view,
        instruction=state.text(FieldId.INSTRUCTION) or view.instruction,
        purpose=_purpose(state.text(FieldId.PURPOSE), view.purpose),
    )


async def mail_asked(verbs: Verbs, submission: Submission) -> Block:
    form = submission.form
    target = read_value(Target, form.view.private_metadata)
    account = form.text(FieldId.ACCOUNT)
    if not account:
        raise InvalidInput("Choose the account.", field=FieldId.ACCOUNT)
    contact_block, contact = _of(form.view.state, FieldId.CONTACT)
    if contact is None:
        raise InvalidInput(
            "Choose an account with a confirmed contact, or confirm one below.",
            field=FieldId.ACCOUNT,
        )
    if not contact:
        raise InvalidInput("Choose a person.", field=contact_block)
    _, where = _of(form.view.state, FieldId.WHERE)
    try:
        sentence = await verbs.compose.mails.start(
            submission.actor,
            ComposeForm(
                capture_id=target.id,
                account_id=read_id(account),
                contact_id=read_id(contact),
                purpose=_purpose(form.text(FieldId.PURPOSE), MailPurpose.FOLLOW_UP),
                instruction=form.text(FieldId.INSTRUCTION),
                thread_id=read_id(where) if where and where != NEW else None,
            ),
            command_id=submission.command_id,
        )
    except InvalidInput as refusal:
        # An error must stand at a field that the form has: Slack refuses any other.
        field = contact_block if refusal.field == FieldId.CONTACT else FieldId.ACCOUNT
        raise InvalidInput(str(refusal), field=field) from refusal
    return told_modal("Under way", sentence)


def _of(state: ViewState, field: FieldId) -> tuple[str, str | None]:
    """The block of a field that names its account too, and what was chosen there; None without."""
    block = next((name for name in state.values if name.partition("#")[0] == field), None)
    return (block, state.text(block)) if block is not None else (field, None)


def _purpose(word: str, otherwise: MailPurpose) -> MailPurpose:
    return MailPurpose(word) if word in set(MailPurpose) else otherwise


ROUTES = Routes(
    clicks={
        ActionId.COMPOSE: compose_clicked,
        ActionId.COMPOSE_FORM: form_clicked,
        ActionId.COMPOSE_PICK: account_picked,
        ActionId.COMPOSE_ACCOUNT: account_chosen,
        ActionId.COMPOSE_CONFIRM: contact_confirmed,
    },
    views={CallbackId.COMPOSE: mail_asked},
    options={ActionId.COMPOSE_ACCOUNT: own_account_typed},
    shortcuts={ShortcutId.COMPOSE: compose_shortcut},
)
