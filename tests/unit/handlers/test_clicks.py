"""Clicks and modals: one verb each, always answered, never more than the button says."""

import json
from typing import Any

import pytest

from blocks.action_ids import ActionId, CallbackId
from blocks.values import Choice, Rating, Target
from handlers import all_routes
from services.errors import Conflict, Forbidden, InvalidInput, TransientError
from services.ports import ChatRef
from tests.fakes.verbs import MAYA
from tests.unit.handlers.slack_rig import RESPONSE_URL, Rig, click, submission
from tests.unit.view_factory import ACTION, NEWER, make_draft, make_mail_card, make_why

TARGET = Target(id=ACTION, rev=2).encode()


def told(rig: Rig) -> str:
    assert [url for url, _ in rig.chat.told] == [RESPONSE_URL]
    body = rig.chat.told[0][1]
    assert body["response_type"] == "ephemeral"
    assert body["replace_original"] is False
    return str(body["text"])


def commands_of(rig: Rig, verb: str) -> list[tuple[Any, str]]:
    """Each call of the verb, its command id set apart."""
    return [
        ((args, {k: v for k, v in kwargs.items() if k != "command_id"}), kwargs["command_id"])
        for args, kwargs in rig.book.named(verb)
    ]


async def test_approve_calls_one_verb_with_the_revision_that_was_shown(rig: Rig) -> None:
    assert await rig.interact(click(ActionId.APPROVE, TARGET)) == (200, "")
    ((called, command),) = commands_of(rig, "actions.approve")
    assert called == ((MAYA, ACTION), {"revision": 2, "surface": "slack", "seen": ""})
    assert command.startswith("trigger.1:")
    assert rig.chat.told == []


@pytest.mark.parametrize("trigger", ["trigger.1", ""])
async def test_only_the_same_click_is_a_repeat(rig: Rig, trigger: str) -> None:
    """Even where the sender names its triggers badly, or not at all."""
    other = Target(id=NEWER, rev=2).encode()
    for value in (TARGET, TARGET, other):
        await rig.interact(click(ActionId.APPROVE, value, trigger_id=trigger))
    first, again, elsewhere = [command for _, command in commands_of(rig, "actions.approve")]
    assert first == again != elsewhere


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (Forbidden("Only Priya or a manager may decide this."), "Priya"),
        (TransientError("The database is restarting."), "Nothing was lost"),
        (ValueError("secret detail"), "Something went wrong"),
    ],
)
async def test_every_refusal_and_every_bug_is_answered(
    rig: Rig, error: Exception, words: str
) -> None:
    rig.book.errors["actions.approve"].append(error)
    assert (await rig.interact(click(ActionId.APPROVE, TARGET)))[0] == 200
    assert words in told(rig)
    assert "secret" not in told(rig)


async def test_an_old_button_is_answered_kindly_and_shown_the_current_card(rig: Rig) -> None:
    rig.book.errors["actions.approve"].append(Conflict("A newer mail came; this answer is stale."))
    rig.book.answers["views.mail_card"] = make_mail_card(state="voided", newer_action_id=NEWER)
    rig.book.answers["cards.place"] = ChatRef(channel="D0MAYA", ts="1700000009.000001")
    assert (await rig.interact(click(ActionId.APPROVE, TARGET)))[0] == 200
    assert told(rig) == "A newer mail came; this answer is stale."
    assert rig.book.named("cards.refresh") == [((MAYA, "mail", ACTION), {})]
    assert rig.book.named("cards.place") == [((MAYA, "mail", NEWER), {})]
    assert "p1700000009000001" in json.dumps(rig.chat.told[0][1]["blocks"])


@pytest.mark.parametrize("action_id", [ActionId.EDIT, ActionId.REGENERATE, ActionId.REJECT])
async def test_an_old_revision_opens_no_form(rig: Rig, action_id: str) -> None:
    rig.book.answers["views.mail_card"] = make_mail_card(draft=make_draft(revision=3))
    assert (await rig.interact(click(action_id, TARGET)))[0] == 200
    assert rig.chat.modals == []
    assert "overtaken" in told(rig)


@pytest.mark.parametrize(
    ("action_id", "callback_id"),
    [
        (ActionId.EDIT, CallbackId.EDIT),
        (ActionId.REGENERATE, CallbackId.REGENERATE),
        (ActionId.REJECT, CallbackId.REJECT),
        (ActionId.READ_ALL, CallbackId.READ_ALL),
        (ActionId.WHY, CallbackId.WHY),
    ],
)
async def test_buttons_open_their_form(rig: Rig, action_id: str, callback_id: str) -> None:
    rig.book.answers |= {"views.mail_card": make_mail_card(), "views.why": make_why()}
    assert await rig.interact(click(action_id, TARGET)) == (200, "")
    ((trigger, view, on_top),) = rig.chat.modals
    assert (trigger, view["callback_id"], on_top) == ("trigger.1", callback_id, False)
    if callback_id != CallbackId.WHY:
        assert json.loads(view["private_metadata"]) == {"id": str(ACTION), "rev": 2}


async def test_an_overflow_entry_leads_to_its_modal(rig: Rig) -> None:
    rig.book.answers["views.why"] = make_why()
    value = Choice(id=ACTION, rev=2, do=ActionId.WHY).encode()
    element = {"type": "overflow", "selected_option": {"value": value}}
    await rig.interact(click(ActionId.MORE, element=element))
    assert [view["callback_id"] for _, view, _ in rig.chat.modals] == [CallbackId.WHY]


@pytest.mark.parametrize(
    "value",
    [
        "",
        "yes",
        '{"id":"nonsense","rev":1}',
        '{"id":"00000000-0000-0000-0000-0000000000a1","rev":-1}',
        '{"id":"00000000-0000-0000-0000-0000000000a1","rev":1,"tenant":"x"}',
    ],
)
async def test_a_foreign_button_value_changes_nothing(rig: Rig, value: str) -> None:
    assert (await rig.interact(click(ActionId.APPROVE, value)))[0] == 200
    assert rig.book.named("actions.approve") == []
    assert "Nothing was changed" in told(rig)


async def test_an_unknown_button_is_answered(rig: Rig) -> None:
    assert (await rig.interact(click("from.the.past", "1")))[0] == 200
    assert "don't know this button" in told(rig)


@pytest.mark.parametrize("team", ["T0OTHER", "T0SANDBOX"])
async def test_strangers_are_told_politely_and_nothing_leaks(rig: Rig, team: str) -> None:
    payload = click(ActionId.APPROVE, TARGET, team={"id": team}, user={"id": "U0STRANGER"})
    assert (await rig.interact(payload))[0] == 200
    assert "isn't connected" in told(rig)
    assert rig.book.named("actions.approve") == []


async def test_the_actor_is_remembered_for_a_minute(rig: Rig) -> None:
    for _ in range(3):
        await rig.interact(click(ActionId.APPROVE, TARGET))
    assert len(rig.book.named("members.identify")) == 1


async def test_feedback_is_one_verb(rig: Rig) -> None:
    await rig.interact(click(ActionId.RATE, Rating(id=ACTION, up=False).encode()))
    assert rig.book.named("feedback.rate") == [
        (
            (MAYA, ACTION),
            {"rating": -1, "reason": None, "source": "button", "target": "decision"},
        )
    ]


async def test_unsorted_mail_is_linked_to_the_chosen_account(rig: Rig) -> None:
    element = {
        "type": "external_select",
        "block_id": f"unsorted#{NEWER}",
        "selected_option": {"value": str(ACTION)},
    }
    await rig.interact(click(f"{ActionId.LINK}#3", element=element))
    ((called, _),) = commands_of(rig, "conversations.link")
    assert called == ((MAYA, NEWER), {"account_id": ACTION})


async def test_accounts_are_suggested_while_typing(rig: Rig) -> None:
    rig.book.answers["views.account_options"] = ((ACTION, "Northwind"),)
    payload = {
        "type": "block_suggestion",
        "user": {"id": "U0MAYA"},
        "team": {"id": "T0SANDBOX"},
        "action_id": f"{ActionId.LINK}#0",
        "block_id": "unsorted#x",
        "value": "nort",
    }
    status, body = await rig.interact(payload)
    assert status == 200
    assert [option["value"] for option in body["options"]] == [str(ACTION)]
    rig.book.errors["views.account_options"].append(ValueError("down"))
    assert (await rig.interact(payload))[1] == {"options": []}


async def test_a_card_the_message_names_is_adopted(rig: Rig) -> None:
    metadata = {"event_type": "understudy_card", "event_payload": {"id": str(NEWER)}}
    message = {"ts": "1700000000.000009", "metadata": metadata}
    for _ in range(2):
        await rig.interact(click(ActionId.APPROVE, TARGET, message=message))
    ref = ChatRef(channel="D0MAYA", ts="1700000000.000009")
    assert rig.book.named("cards.adopt") == [((MAYA, NEWER, ref), {})]


# ── Modals ──────────────────────────────────────────────────────────────────────────────────────
async def test_an_edit_is_committed_before_the_modal_closes(rig: Rig) -> None:
    status, body = await rig.interact(
        submission(CallbackId.EDIT, TARGET, {"subject": "Re: Hi", "text": "Hello"})
    )
    assert (status, body) == (200, {"response_action": "clear"})
    ((called, _),) = commands_of(rig, "actions.edit")
    assert called == ((MAYA, ACTION), {"revision": 2, "subject": "Re: Hi", "text": "Hello"})


async def test_a_modal_submitted_again_carries_the_same_command_id(rig: Rig) -> None:
    payload = submission(CallbackId.REGENERATE, TARGET, {"instruction": "shorter"})
    await rig.interact(payload)
    await rig.interact(payload)
    first, again = [command for _, command in commands_of(rig, "actions.regenerate")]
    assert first == again
    assert first.startswith("V0:")


async def test_a_mistake_is_shown_at_its_field(rig: Rig) -> None:
    _, body = await rig.interact(submission(CallbackId.EDIT, TARGET, {"subject": "x", "text": ""}))
    assert body == {
        "response_action": "errors",
        "errors": {"text": "An empty mail can't be sent."},
    }
    rig.book.errors["actions.edit"].append(InvalidInput("Too long.", field="subject"))
    form = {"subject": "x" * 600, "text": "x"}
    _, body = await rig.interact(submission(CallbackId.EDIT, TARGET, form))
    assert body["errors"] == {"subject": "Too long."}


async def test_a_refusal_takes_the_modals_place(rig: Rig) -> None:
    rig.book.errors["actions.reject"].append(Conflict("Priya has just approved it."))
    _, body = await rig.interact(submission(CallbackId.REJECT, TARGET, {"reason": "no"}))
    assert body["response_action"] == "update"
    assert "Priya has just approved it." in json.dumps(body["view"])


async def test_a_rejection_needs_a_reason(rig: Rig) -> None:
    _, body = await rig.interact(submission(CallbackId.REJECT, TARGET))
    assert list(body["errors"]) == ["reason"]
    assert rig.book.named("actions.reject") == []


async def test_the_whole_draft_can_be_approved_where_it_is_read(rig: Rig) -> None:
    await rig.interact(submission(CallbackId.READ_ALL, TARGET))
    assert [kwargs["revision"] for _, kwargs in rig.book.named("actions.approve")] == [2]


async def test_a_closed_modal_is_answered(rig: Rig) -> None:
    payload = {**submission(CallbackId.EDIT, TARGET), "type": "view_closed"}
    assert (await rig.interact(payload))[0] == 200


def test_every_action_and_callback_has_its_handler() -> None:
    routes = all_routes()
    # An external select of a form asks for options; an entry of an overflow menu is a value.
    entries = {ActionId.APPROVAL_ABOUT, ActionId.APPROVAL_ASK, ActionId.APPROVAL_DELEGATE}
    entries |= {ActionId.MEMBER_CHANGE, ActionId.MEMBER_ENABLE}
    entries |= {ActionId.MEMBER_END, ActionId.MEMBER_REINSTATE}
    found = set(routes.clicks) | set(routes.options) | routes.menus | entries
    assert found == set(ActionId)
    assert set(routes.views) == set(CallbackId)
