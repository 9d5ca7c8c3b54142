"""Modals. private_metadata holds an id and a revision, nothing else."""

from blocks.action_ids import CallbackId, FieldId
from blocks.autonomy_values import Listed
from blocks.draft import envelope_block, is_plain, recipients_block, text_blocks
from blocks.findings import findings_blocks
from blocks.parts import Block, clean, context, cut, option, plain, section, short, words
from blocks.values import Approval, Named, PresetChoice, Target, Wish
from services.types.reasons import DRAFT_REASONS
from services.types.views import DraftView, MailCardView, Reader

INPUT = 3000
BLOCKS = 90


def modal(
    title: str,
    blocks: list[Block],
    *,
    callback_id: CallbackId,
    target: Target | Wish | PresetChoice | Named | Listed | None = None,
    submit: str | None = None,
    close: str = "Close",
) -> Block:
    """A modal; with `submit` it can be sent."""
    view: Block = {
        "type": "modal",
        "callback_id": callback_id,
        "title": plain(title, 24),
        "close": plain(close, 24),
        "blocks": blocks,
    }
    if submit:
        view["submit"] = plain(submit, 24)
    if target:
        view["private_metadata"] = target.encode()
    return view


def told_modal(title: str, sentence: str) -> Block:
    """One sentence to read and close."""
    return modal(title, [words(sentence)], callback_id=CallbackId.TOLD)


def edit_modal(target: Target, draft: DraftView, reader: Reader) -> Block:
    """Subject and text to change. A text longer than Slack's field is edited in Gmail."""
    text = clean(draft.text)
    if len(text) > INPUT or len(draft.subject) > INPUT:
        return told_modal(
            "Edit the draft",
            "This draft is longer than Slack lets me show in a form. It stands in your Gmail "
            "drafts: change it there, and the card follows.",
        )
    return modal(
        "Edit the draft",
        [
            recipients_block(draft, reader),
            input_block(FieldId.SUBJECT, "Subject", text_field(FieldId.SUBJECT, draft.subject)),
            input_block(FieldId.TEXT, "Text", text_field(FieldId.TEXT, text, multiline=True)),
            context("Saving sends nothing: the card shows your text, and you approve it there."),
        ],
        callback_id=CallbackId.EDIT,
        target=target,
        submit="Save",
        close="Cancel",
    )


def regenerate_modal(target: Target) -> Block:
    field = text_field(FieldId.INSTRUCTION, "", multiline=True, length=500)
    field["placeholder"] = plain("Shorter, and offer a call on Thursday", 150)
    return modal(
        "Write it again",
        [input_block(FieldId.INSTRUCTION, "What should be different?", field, optional=True)],
        callback_id=CallbackId.REGENERATE,
        target=target,
        submit="Write it again",
        close="Cancel",
    )


def reject_modal(target: Target) -> Block:
    presets: Block = {
        "type": "radio_buttons",
        "action_id": FieldId.PRESET,
        "options": [option(text, value) for text, value in DRAFT_REASONS],
    }
    reason = text_field(FieldId.REASON, "", multiline=True, length=500)
    return modal(
        "Reject the draft",
        [
            input_block(FieldId.PRESET, "Why?", presets, optional=True),
            input_block(FieldId.REASON, "In your words", reason, optional=True),
            context("Nothing is sent. Your reason helps the next draft."),
        ],
        callback_id=CallbackId.REJECT,
        target=target,
        submit="Reject",
        close="Cancel",
    )


def read_all_modal(view: MailCardView, draft: DraftView) -> Block:
    """The draft, whole. Only a text that is shown whole can be approved here."""
    found = findings_blocks(draft, view.reader)
    blocks = [envelope_block(draft, reader=view.reader), *found, *text_blocks(draft)]
    whole = len(blocks) <= BLOCKS and is_plain(draft) and bool(draft.text.strip())
    decides = view.state == "pending" and view.reader_is_responder and view.gate is None
    if not whole:
        blocks = blocks[:BLOCKS]
        blocks.append(section("It is longer than Slack can show. Read it in your Gmail drafts."))
    if not (whole and decides):
        return modal("The whole draft", blocks, callback_id=CallbackId.READ_ALL)
    return modal(
        "The whole draft",
        [*blocks, context("Approving sends exactly this.")],
        callback_id=CallbackId.READ_ALL,
        target=Approval(id=view.action_id, rev=draft.revision, seen=draft.seen),
        submit="Send anyway" if found else "Approve & send",
    )


def reason_of(preset: str, text: str) -> str:
    """One reason out of the preset and the words."""
    return "; ".join(part for part in (preset, short(text, 500)) if part)


def input_block(field: FieldId, label: str, element: Block, *, optional: bool = False) -> Block:
    """One field of a form; errors stand under it by its name."""
    return {
        "type": "input",
        "block_id": field,
        "label": plain(label, 2000),
        "element": element,
        "optional": optional,
    }


def text_field(
    field: FieldId, value: str, *, multiline: bool = False, length: int = INPUT
) -> Block:
    element: Block = {
        "type": "plain_text_input",
        "action_id": field,
        "multiline": multiline,
        "max_length": length,
    }
    if value:
        element["initial_value"] = cut(value, length)
    return element
