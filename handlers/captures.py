"""Shortcuts on a Slack message: draft a reply, qualify it, log it; and where an account stands."""

from uuid import UUID

from blocks.action_ids import ActionId, CallbackId, FieldId, ShortcutId
from blocks.captures import log_modal, qualify_modal
from blocks.compose import compose_modal
from blocks.modals import told_modal
from blocks.parts import Block, escape
from blocks.qualification import qualification_blocks, qualify_choice
from blocks.values import Target
from handlers.compose import own_account_typed
from handlers.edge import Click, Reply, Routes, Shortcut, Submission
from handlers.message_words import words_of
from handlers.payloads import read_id, read_value
from handlers.requests import deal_typed
from handlers.verbs import Verbs
from services.errors import InvalidInput
from services.types.compose import CaptureKind, SlackSource
from services.types.people import Actor

OWN_CARD = (
    "This is a card of mine, and what its mail says is already known. Use the buttons on it; for a "
    "mail of your own, choose Write a mail."
)
NO_WORDS = "This message has no words I could read. Nothing was taken up."


# ── Shortcuts on a message ──────────────────────────────────────────────────────────────────────
async def reply_shortcut(verbs: Verbs, shortcut: Shortcut) -> None:
    capture_id = await _taken(verbs, shortcut, CaptureKind.REPLY)
    view = await verbs.compose.mails.form(shortcut.actor, capture_id)
    await shortcut.open(compose_modal(view))


async def qualify_shortcut(verbs: Verbs, shortcut: Shortcut) -> None:
    """A window at once; a job reads the message and shows there what it found."""
    capture_id = await _taken(verbs, shortcut, CaptureKind.QUALIFY)
    view = await verbs.compose.captures.look(shortcut.actor, capture_id)
    window = await shortcut.open(qualify_modal(view))
    await verbs.compose.captures.opened(shortcut.actor, capture_id, view_id=window)


async def log_shortcut(verbs: Verbs, shortcut: Shortcut) -> None:
    capture_id = await _taken(verbs, shortcut, CaptureKind.LOG)
    view = await verbs.compose.captures.look(shortcut.actor, capture_id)
    await shortcut.open(log_modal(view))


async def _taken(verbs: Verbs, shortcut: Shortcut, kind: CaptureKind) -> UUID:
    """The message as it is kept. A card of ours, or a message without a word, isn't."""
    message = shortcut.message
    if message is None:
        raise InvalidInput("I couldn't read what Slack sent. Nothing was changed.")
    if message.is_card:
        raise InvalidInput(OWN_CARD)
    words = words_of(message)
    if not words:
        raise InvalidInput(NO_WORDS)
    return await verbs.compose.captures.take(
        shortcut.actor,
        kind,
        SlackSource(
            text=words,
            channel=shortcut.channel or "",
            ts=message.ts,
            author_id=message.user,
            author_name=message.username,
        ),
        command_id=shortcut.command_id,
    )


# ── Their windows and cards ─────────────────────────────────────────────────────────────────────
async def add_clicked(verbs: Verbs, click: Click) -> None:
    """From the card: the window with the deal to choose."""
    target = read_value(Target, click.value)
    await click.open(qualify_modal(await verbs.compose.captures.look(click.actor, target.id)))


async def proof_added(verbs: Verbs, submission: Submission) -> Block:
    target = read_value(Target, submission.form.view.private_metadata)
    told = await verbs.compose.notes.qualify(
        submission.actor, target.id, _deal(submission), command_id=submission.command_id
    )
    return told_modal("Qualify this", told)


async def message_logged(verbs: Verbs, submission: Submission) -> Block:
    target = read_value(Target, submission.form.view.private_metadata)
    told = await verbs.compose.notes.log(
        submission.actor,
        target.id,
        _deal(submission),
        comment=submission.form.text(FieldId.COMMENT),
        command_id=submission.command_id,
    )
    return told_modal("Log to deal", told)


def _deal(submission: Submission) -> UUID:
    deal = submission.form.text(FieldId.DEAL)
    if not deal:
        raise InvalidInput("Choose the deal.", field=FieldId.DEAL)
    return read_id(deal)


# ── Where an account stands ─────────────────────────────────────────────────────────────────────
async def qualify_wanted(verbs: Verbs, actor: Actor, rest: str, _command_id: str) -> Reply:
    """`/understudy qualify Acme`: what is known, what is missing, what to ask next."""
    if not rest:
        return Reply(text="Which account?", blocks=qualify_choice())
    return await _stands(verbs, actor, rest[:200])


async def account_wanted(verbs: Verbs, click: Click) -> None:
    await click.tell(await _stands(verbs, click.actor, "", read_id(click.value), replaces=True))


async def account_picked(verbs: Verbs, click: Click) -> None:
    target = read_value(Target, click.value)
    await click.tell(await _stands(verbs, click.actor, "", target.id, replaces=True))


async def _stands(
    verbs: Verbs,
    actor: Actor,
    words: str,
    account_id: UUID | None = None,
    *,
    replaces: bool = False,
) -> Reply:
    found = await verbs.compose.notes.qualification(actor, words, account_id=account_id)
    if isinstance(found, tuple):
        return Reply(text="Several accounts fit. Which one?", blocks=qualify_choice(found))
    return Reply(
        text=f"Qualification: {escape(found.account_name)}",
        blocks=qualification_blocks(found),
        replaces=replaces,
    )


ROUTES = Routes(
    clicks={
        ActionId.CAPTURE_ADD: add_clicked,
        ActionId.QUALIFY_ACCOUNT: account_wanted,
        ActionId.QUALIFY_PICK: account_picked,
    },
    views={
        CallbackId.CAPTURE_QUALIFY: proof_added,
        CallbackId.CAPTURE_LOG: message_logged,
    },
    options={ActionId.CAPTURE_DEAL: deal_typed, ActionId.QUALIFY_ACCOUNT: own_account_typed},
    shortcuts={
        ShortcutId.REPLY: reply_shortcut,
        ShortcutId.QUALIFY: qualify_shortcut,
        ShortcutId.LOG: log_shortcut,
    },
)
