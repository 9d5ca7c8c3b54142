"""Buttons about mailboxes: each calls its verb once, with what the button carries."""

from typing import Any
from uuid import UUID

import pytest

from blocks.action_ids import ActionId, CallbackId, FieldId, numbered
from blocks.values import Target
from services.errors import Forbidden, InvalidInput
from tests.fakes.verbs import MAYA
from tests.unit.handlers.slack_rig import Rig, click, submission

SUBJECT = UUID(int=0xB0)
TARGET = Target(id=SUBJECT).encode()


@pytest.mark.parametrize(
    ("action_id", "verb", "about"),
    [
        (ActionId.MAILBOX_DISCONNECT, "mailboxes.endings.disconnect", (SUBJECT,)),
        (ActionId.MAILBOX_CONNECT_ALL, "mailboxes.delegation.connect_all", ()),
        (ActionId.MAILBOX_UNDELEGATE, "mailboxes.delegation.remove_by", ()),
        (ActionId.INTRO_RIGHT, "mailboxes.readings.answer", (SUBJECT,)),
        (ActionId.INTRO_DRAFT, "mailboxes.readings.draft_waiting", (SUBJECT,)),
    ],
)
async def test_a_button_is_one_call(
    rig: Rig, action_id: ActionId, verb: str, about: tuple[Any, ...]
) -> None:
    value = TARGET if about else "all"
    assert (await rig.interact(click(numbered(action_id, 3), value)))[0] == 200
    ((args, kwargs),) = rig.book.named(verb)
    assert args == (MAYA, *about)
    assert kwargs["command_id"].startswith("trigger.1:")


async def test_a_choice_from_the_admins_list_disconnects_too(rig: Rig) -> None:
    chosen = {
        "type": "static_select",
        "value": None,
        "selected_option": {"text": {"type": "plain_text", "text": "x"}, "value": TARGET},
    }
    await rig.interact(click(numbered(ActionId.MAILBOX_DISCONNECT, 9), element=chosen))
    ((args, _),) = rig.book.named("mailboxes.endings.disconnect")
    assert args == (MAYA, SUBJECT)


async def test_a_refusal_is_told_and_a_link_only_acknowledged(rig: Rig) -> None:
    rig.book.errors["mailboxes.endings.disconnect"] = [Forbidden("Only its owner or an admin can.")]
    await rig.interact(click(ActionId.MAILBOX_DISCONNECT, TARGET))
    assert "Only its owner" in str(rig.chat.told)
    before = len(rig.book.calls)
    status, _ = await rig.interact(click(numbered(ActionId.MAILBOX_CONNECT, 0), "connect"))
    assert status == 200
    assert [name for name, _, _ in rig.book.calls[before:]] in ([], ["members.identify"])


async def test_not_quite_opens_a_window_with_what_was_said_before(rig: Rig) -> None:
    rig.book.answers["mailboxes.readings.answer_of"] = "Kim left"
    await rig.interact(click(ActionId.INTRO_WRONG, TARGET))
    ((_, view, _),) = rig.chat.modals
    assert (view["callback_id"], view["private_metadata"]) == (CallbackId.INTRO_WRONG, TARGET)
    assert "Kim left" in str(view)
    form = submission(CallbackId.INTRO_WRONG, TARGET, {FieldId.TEXT: "Kim left in May"})
    await rig.interact(form)
    ((args, kwargs),) = rig.book.named("mailboxes.readings.answer")
    assert args == (MAYA, SUBJECT)
    assert (kwargs["right"], kwargs["text"]) == (False, "Kim left in May")
    rig.book.errors["mailboxes.readings.answer"] = [InvalidInput("Say what.", field="text")]
    _, answer = await rig.interact(form)
    assert answer["errors"] == {"text": "Say what."}
