"""Transcripts shared in Slack, and threads that are followed for an account."""

from uuid import UUID

from blocks.action_ids import ActionId, CallbackId, FieldId, ShortcutId
from blocks.modals import told_modal
from blocks.parts import Block
from blocks.sources import fetching_modal, follow_form, transcript_form
from blocks.values import Target
from handlers.compose import own_account_typed
from handlers.edge import Click, Routes, Shortcut, Submission
from handlers.message_words import words_of
from handlers.payloads import ShortcutMessage, read_id, read_value
from handlers.verbs import Verbs
from services.errors import InvalidInput
from services.meetings.shared_files import SharedFile
from services.types.slack_threads import ThreadRef

UNREAD = "I couldn't read what Slack sent. Nothing was changed."
CHOOSE = "Choose the account."


# ── A transcript ────────────────────────────────────────────────────────────────────────────────
async def transcript_shortcut(verbs: Verbs, shortcut: Shortcut) -> None:
    message, channel = _of(shortcut)
    capture_id = await verbs.sources.shared.begin(
        shortcut.actor,
        tuple(SharedFile(id=one.id, name=one.name) for one in message.files),
        channel=channel,
        ts=message.ts,
        text=words_of(message),
        command_id=shortcut.command_id,
    )
    await shortcut.open(
        transcript_form(await verbs.sources.shared.look(shortcut.actor, capture_id))
    )


async def transcript_sent(verbs: Verbs, submission: Submission) -> Block:
    """The window stays and says that the file is being fetched; the job changes it."""
    form = submission.form
    await verbs.sources.shared.submit(
        submission.actor,
        read_value(Target, form.view.private_metadata).id,
        _account(submission),
        title=form.text(FieldId.TITLE),
        at=form.text(FieldId.HELD),
        view_id=form.view.id,
        zone=submission.actor.timezone,
    )
    return fetching_modal()


# ── A thread ────────────────────────────────────────────────────────────────────────────────────
async def follow_shortcut(verbs: Verbs, shortcut: Shortcut) -> None:
    message, channel = _of(shortcut)
    capture_id = await verbs.sources.threads.begin(
        shortcut.actor,
        ThreadRef(channel=channel, ts=message.thread_ts or message.ts),
        words_of(message),
        command_id=shortcut.command_id,
    )
    await shortcut.open(follow_form(await verbs.sources.threads.look(shortcut.actor, capture_id)))


async def choose_clicked(verbs: Verbs, click: Click) -> None:
    """From the question that only the one who asked sees."""
    target = read_value(Target, click.value)
    await click.open(follow_form(await verbs.sources.threads.look(click.actor, target.id)))


async def follow_sent(verbs: Verbs, submission: Submission) -> Block:
    told = await verbs.sources.threads.follow(
        submission.actor,
        read_value(Target, submission.form.view.private_metadata).id,
        _account(submission),
        command_id=submission.command_id,
    )
    return told_modal("Follow this thread", told)


def _of(shortcut: Shortcut) -> tuple[ShortcutMessage, str]:
    if shortcut.message is None or not shortcut.channel:
        raise InvalidInput(UNREAD)
    return shortcut.message, shortcut.channel


def _account(submission: Submission) -> UUID:
    account = submission.form.text(FieldId.ACCOUNT)
    if not account:
        raise InvalidInput(CHOOSE, field=FieldId.ACCOUNT)
    return read_id(account)


ROUTES = Routes(
    clicks={ActionId.FOLLOW_CHOOSE: choose_clicked},
    views={CallbackId.TRANSCRIPT: transcript_sent, CallbackId.FOLLOW: follow_sent},
    options={
        ActionId.TRANSCRIPT_ACCOUNT: own_account_typed,
        ActionId.FOLLOW_ACCOUNT: own_account_typed,
    },
    shortcuts={
        ShortcutId.TRANSCRIPT: transcript_shortcut,
        ShortcutId.FOLLOW: follow_shortcut,
    },
)
