"""Windows and words about transcripts shared in Slack, and about threads that are followed."""

from blocks.account_select import account_select
from blocks.action_ids import ActionId, CallbackId, FieldId
from blocks.modals import input_block, modal, text_field
from blocks.parts import (
    Block,
    actions,
    bold,
    button,
    context,
    cut,
    literal,
    one_line,
    quoted,
    section,
    short,
)
from blocks.values import Target
from services.types.compose import CaptureView
from services.types.slack_threads import FollowView

TITLE = 200
FETCHING = (
    "*I'm fetching the file.* This takes a few seconds; close the window if you like, what came of "
    "it then comes as a message."
)
READ_ALONG = (
    "What people write in this thread, from its first message on, is kept with the account; edits "
    "and deletions are followed. Everybody in the thread is told. *Of no other thread anything is "
    "kept.*"
)


def transcript_form(view: FollowView) -> Block:
    """A shared transcript: whose it is, what the meeting was, and when."""
    when: Block = {"type": "datepicker", "action_id": FieldId.HELD}
    return modal(
        "Add to account",
        [
            quoted(bold("The transcript\n"), literal(cut(one_line(view.file_name), 200))),
            input_block(
                FieldId.ACCOUNT,
                "Account",
                account_select(ActionId.TRANSCRIPT_ACCOUNT, view.account),
            ),
            input_block(
                FieldId.TITLE,
                "What was the meeting called?",
                text_field(FieldId.TITLE, view.title, length=TITLE),
                optional=True,
            ),
            input_block(FieldId.HELD, "When was it held?", when, optional=True),
            context(
                "It goes with the account's meeting of that day, if there is one. Without a day I "
                "take the one in the file's name, or today."
            ),
        ],
        callback_id=CallbackId.TRANSCRIPT,
        target=Target(id=view.capture_id),
        submit="Add it",
        close="Cancel",
    )


def fetching_modal() -> Block:
    """While the job is at it; the same window then says what came of it."""
    return modal("Add to account", [section(FETCHING)], callback_id=CallbackId.TOLD)


def transcript_modal(view: CaptureView) -> Block:
    """What came of it, in the window that waited."""
    return modal("Add to account", [_outcome(view)], callback_id=CallbackId.TOLD)


def transcript_card(view: CaptureView) -> list[Block]:
    """The same for whoever closed the window."""
    source = f" <{view.permalink}|Open it>" if view.permalink else ""
    return [section(f"*The transcript you wanted added.*{source}"), _outcome(view)]


def transcript_text(view: CaptureView) -> str:
    """For notifications and screen readers."""
    return short(view.told or "I'm fetching the transcript you wanted added.", 300)


def _outcome(view: CaptureView) -> Block:
    if view.status == "done":
        return section(short(view.told, 400))
    if view.status == "failed":
        return section(f"*Nothing was taken in.* {short(view.told, 400)}")
    return section(FETCHING)


def follow_form(view: FollowView) -> Block:
    """The account of a thread."""
    return modal(
        "Follow this thread",
        [
            section(READ_ALONG),
            input_block(
                FieldId.ACCOUNT, "Account", account_select(ActionId.FOLLOW_ACCOUNT, view.account)
            ),
        ],
        callback_id=CallbackId.FOLLOW,
        target=Target(id=view.capture_id),
        submit="Follow it",
        close="Cancel",
    )


def follow_choice(told: str, target: Target) -> list[Block]:
    """Only the one who asked sees it."""
    choose = button("Choose the account", ActionId.FOLLOW_CHOOSE, target.encode(), style="primary")
    return [section(short(told, 300)), actions(choose)]
