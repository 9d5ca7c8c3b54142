"""Asking, listing and going away: commands, shortcuts, forms and the Home tab."""

import json
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from blocks.action_ids import ActionId, CallbackId, ShortcutId
from blocks.values import Wish
from services.errors import Forbidden, InvalidInput, NotFound
from services.types.approval_views import RequestFormView
from services.types.approvals import RequestForm, RequestStatus, Submitted, Urgency
from services.types.people import Actor
from tests.fakes.verbs import MAYA
from tests.unit.approval_view_factory import (
    REQUEST,
    make_figures_view,
    make_form,
    make_queue,
)
from tests.unit.handlers.slack_rig import RESPONSE_URL, Rig, click, event, submission

ACCOUNT, DEAL = UUID(int=0xAC), UUID(int=0xDE)


def form(_actor: Actor, type_: str, *, account: str = "", text: str = "") -> RequestFormView:
    chosen = (ACCOUNT, account) if account else None
    return make_form(type=type_, account=chosen, evidence=text)


@pytest.fixture(autouse=True)
def views(rig: Rig) -> None:
    rig.book.answers |= {
        "approvals.reads.form": form,
        "approvals.reads.queue": make_queue(),
        "approvals.reads.figures": make_figures_view(),
        "approvals.absences.set_absence": "You are away until Friday.",
        "approvals.absences.cancel_absence": "What waits comes to you again.",
        "approvals.requests.submit": Submitted(
            request_id=REQUEST,
            status=RequestStatus.PENDING,
            sentence="Victor Hahn has it until tomorrow.",
        ),
    }


def dumped(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


# ── The command ─────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("text", "title", "account"),
    [
        ("request discount", "Request: discount", ""),
        ("request refund Northwind Freight", "Request: refund", "Northwind Freight"),
        ("request discount for Forbes", "Request: discount", "Forbes"),
        ("request refnud", "Request: refund", ""),
        ("REQUEST Escalation", "Request: escalation", ""),
    ],
)
async def test_the_command_opens_the_form(rig: Rig, text: str, title: str, account: str) -> None:
    assert await rig.command(text) == (200, "")
    ((trigger, view, on_top),) = rig.chat.modals
    assert (trigger, view["title"]["text"], on_top) == ("cmd.1", title, False)
    assert rig.book.named("approvals.reads.form")[0][1] == {"account": account}


@pytest.mark.parametrize("text", ["request", "request a favour"])
async def test_without_a_known_type_the_types_are_offered(rig: Rig, text: str) -> None:
    _, body = await rig.command(text)
    assert rig.chat.modals == []
    for name in ("Discount", "Refund", "Exception", "Escalation"):
        assert name in dumped(body["blocks"])


async def test_an_account_nobody_knows_is_said(rig: Rig) -> None:
    rig.book.errors["approvals.reads.form"].append(NotFound("I know no account like “Acme”."))
    _, body = await rig.command("request discount Acme")
    assert "no account like" in body["text"]


async def test_in_a_direct_message_a_button_opens_the_form(rig: Rig) -> None:
    """A message carries no trigger: only the click on the button does."""
    rig.chat.people = {}
    body = {"type": "message", "user": "U0MAYA", "channel": "D0MAYA", "channel_type": "im"}
    await rig.event(event({**body, "text": "request discount", "ts": "1.1"}))
    ((_, message),) = rig.chat.messages.items()
    value = next(
        element["value"]
        for block in message.blocks
        for element in block.get("elements", ())
        if element.get("action_id") == ActionId.REQUEST
    )
    assert rig.chat.modals == []
    await rig.interact(click(ActionId.REQUEST, value))
    assert [view["title"]["text"] for _, view, _ in rig.chat.modals] == ["Request: discount"]


# ── Shortcuts ───────────────────────────────────────────────────────────────────────────────────
def shortcut(callback_id: str, **changes: Any) -> dict[str, Any]:
    return {
        "type": "shortcut",
        "callback_id": callback_id,
        "trigger_id": "short.1",
        "user": {"id": "U0MAYA", "username": "maya"},
        "team": {"id": "T0SANDBOX", "domain": "sandbox"},
        "action_ts": "1.2",
        **changes,
    }


def on_message(text: str, channel: str = "C0SALES") -> dict[str, Any]:
    return shortcut(
        ShortcutId.REQUEST_FROM_MESSAGE,
        type="message_action",
        message_ts="1700000000.000100",
        response_url=RESPONSE_URL,
        channel={"id": channel, "name": "sales"},
        message={"type": "message", "user": "U0TOM", "ts": "1700000000.000100", "text": text},
    )


async def test_the_global_shortcut_opens_a_form_whose_type_can_be_changed(rig: Rig) -> None:
    assert await rig.interact(shortcut(ShortcutId.REQUEST)) == (200, "")
    ((trigger, view, _),) = rig.chat.modals
    assert trigger == "short.1"
    assert view["blocks"][0]["block_id"] == "type"


async def test_a_message_becomes_the_evidence(rig: Rig) -> None:
    text = "<@U0TOM|tom> says <https://x.example/offer|our offer> &gt; 10 &amp; &lt;b&gt; <!here>"
    await rig.interact(on_message(text))
    ((_, view, _),) = rig.chat.modals
    (evidence,) = [b["element"] for b in view["blocks"] if b["block_id"] == "evidence"]
    assert evidence["initial_value"] == (
        "@tom says our offer (https://x.example/offer) > 10 & <b> @here\n"
        "https://slack.com/archives/C0SALES/p1700000000000100"
    )


async def test_a_direct_message_gives_no_address_and_a_long_one_is_cut(rig: Rig) -> None:
    await rig.interact(on_message("x" * 5000, channel="D0MAYA"))
    ((_, view, _),) = rig.chat.modals
    (evidence,) = [b["element"] for b in view["blocks"] if b["block_id"] == "evidence"]
    assert len(evidence["initial_value"]) == 1300
    assert "slack.com" not in evidence["initial_value"]


async def test_an_unknown_shortcut_and_a_refusal_are_told_in_a_window(rig: Rig) -> None:
    rig.book.answers["workspaces.find"] = MAYA.tenant_id
    await rig.interact(shortcut("of.yesterday"))
    rig.book.errors["approvals.reads.form"] += [Forbidden("You may not."), ValueError("secret")]
    for _ in range(2):
        assert (await rig.interact(shortcut(ShortcutId.REQUEST)))[0] == 200
    words = [dumped(view) for _, view, _ in rig.chat.modals]
    assert "Nothing was changed" in words[0]
    assert "You may not." in words[1]
    assert "Something went wrong" in words[2]
    assert "secret" not in words[2]


async def test_a_stranger_is_told_in_a_window_too(rig: Rig) -> None:
    rig.book.answers["workspaces.find"] = MAYA.tenant_id
    await rig.interact(shortcut(ShortcutId.REQUEST, user={"id": "U0NOBODY"}))
    ((_, view, _),) = rig.chat.modals
    assert "isn't connected" in dumped(view)
    rig.book.answers["workspaces.find"] = None
    assert (await rig.interact(shortcut(ShortcutId.REQUEST, team={"id": "T0OTHER"})))[0] == 200
    rig.book.answers["workspaces.find"] = MAYA.tenant_id
    rig.chat.trouble.append(NotFound("Slack says: expired_trigger_id"))
    assert (await rig.interact(shortcut("of.yesterday")))[0] == 200
    assert len(rig.chat.modals) == 1


# ── The form ────────────────────────────────────────────────────────────────────────────────────
async def test_another_type_shows_its_fields_and_keeps_what_was_written(rig: Rig) -> None:
    view = {
        "id": "V9",
        "type": "modal",
        "callback_id": CallbackId.REQUEST,
        "private_metadata": Wish(type="discount").encode(),
        "state": {
            "values": {
                "evidence": {"evidence": {"type": "plain_text_input", "value": "Their mail"}}
            }
        },
    }
    chosen = {"type": "static_select", "value": None, "selected_option": {"value": "refund"}}
    payload = click(ActionId.REQUEST_TYPE, element=chosen, view=view)
    for part in ("message", "channel", "container"):
        del payload[part]
    assert await rig.interact(payload) == (200, "")
    ((view_id, shown),) = rig.chat.updated
    assert (view_id, shown["title"]["text"]) == ("V9", "Request: refund")
    assert "Their mail" in dumped(shown)
    assert shown["blocks"][0]["block_id"] == "type"


async def test_a_form_is_one_request_and_says_who_has_it(rig: Rig) -> None:
    values = {
        "deal": str(DEAL),
        "percentage": "12.5",
        "amount": "",
        "reason": "They have a better offer",
        "evidence": "Their mail",
        "competitor": "Kestrel",
        "urgency": "high",
    }
    wish = Wish(type="discount").encode()
    _, body = await rig.interact(submission(CallbackId.REQUEST, wish, values))
    ((args, kwargs),) = rig.book.named("approvals.requests.submit")
    assert args == (
        MAYA,
        RequestForm(
            type="discount",
            reason="They have a better offer",
            deal_id=DEAL,
            percentage="12.5",
            urgency=Urgency.HIGH,
            evidence="Their mail",
            competitor="Kestrel",
        ),
    )
    assert kwargs["command_id"].startswith("V0:")
    assert body["response_action"] == "update"
    assert "Victor Hahn has it until tomorrow." in dumped(body["view"])


@pytest.mark.parametrize(
    ("wrong", "placed"),
    [
        ("percentage", "percentage"),
        ("account", "deal"),
        ("currency", "amount"),
        ("somewhere", "reason"),
    ],
)
async def test_an_error_stands_at_a_field_that_the_form_has(
    rig: Rig, wrong: str, placed: str
) -> None:
    rig.book.errors["approvals.requests.submit"].append(InvalidInput("That is wrong.", field=wrong))
    values = {"deal": str(DEAL), "percentage": "150", "amount": "", "reason": "x"}
    wish = Wish(type="discount").encode()
    _, body = await rig.interact(submission(CallbackId.REQUEST, wish, values))
    assert body == {"response_action": "errors", "errors": {placed: "That is wrong."}}


@pytest.mark.parametrize("type_", ["send_proposal", "nonsense"])
async def test_a_type_nobody_may_ask_for_is_refused(rig: Rig, type_: str) -> None:
    wish = Wish(type=type_).encode()
    _, body = await rig.interact(submission(CallbackId.REQUEST, wish, {"reason": "x"}))
    assert "Nothing was asked" in dumped(body)
    assert rig.book.named("approvals.requests.submit") == []


@pytest.mark.parametrize(
    ("action", "verb"),
    [
        (ActionId.REQUEST_ACCOUNT, "views.account_options"),
        (ActionId.REQUEST_DEAL, "approvals.reads.deal_options"),
    ],
)
async def test_accounts_and_deals_are_offered(rig: Rig, action: ActionId, verb: str) -> None:
    rig.book.answers[verb] = ((DEAL, "Northwind rollout · Northwind"),)
    payload = {
        "type": "block_suggestion",
        "user": {"id": "U0MAYA"},
        "team": {"id": "T0SANDBOX"},
        "action_id": action,
        "value": "north",
    }
    _, body = await rig.interact(payload)
    assert [option["value"] for option in body["options"]] == [str(DEAL)]


# ── Lists ───────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("approvals", ("mine", None)),
        ("approvals asked", ("asked", None)),
        ("approvals decided discount", ("decided", "discount")),
        ("approvals refund", ("mine", "refund")),
        ("approvlas alll escalaton", ("all", "escalation")),
    ],
)
async def test_the_queue_is_filtered_by_words(
    rig: Rig, text: str, asked: tuple[str, str | None]
) -> None:
    _, body = await rig.command(text)
    assert rig.book.named("approvals.reads.queue") == [((MAYA, *asked), {})]
    assert "10 % discount for Northwind" in dumped(body)


async def test_unknown_words_and_figures_are_answered(rig: Rig) -> None:
    assert "of approvals. I know: mine" in (await rig.command("approvals xyz"))[1]["text"]
    assert "20 decided" in dumped((await rig.command("approvals figures"))[1])


@pytest.mark.parametrize(
    ("action", "value", "asked"),
    [
        (ActionId.QUEUE, "decided", ("decided", None)),
        (ActionId.QUEUE_TYPE, "all refund", ("all", "refund")),
        (ActionId.QUEUE_TYPE, "mine every", ("mine", None)),
    ],
)
async def test_another_list_takes_the_place_of_the_first(
    rig: Rig, action: ActionId, value: str, asked: tuple[str, str | None]
) -> None:
    await rig.interact(click(action, value))
    assert rig.book.named("approvals.reads.queue") == [((MAYA, *asked), {})]
    ((_, body),) = rig.chat.told
    assert body["replace_original"] is True


@pytest.mark.parametrize(
    ("action", "value"),
    [
        (ActionId.QUEUE, "everything"),
        (ActionId.QUEUE_TYPE, "mine gift"),
        (ActionId.QUEUE_HOME, "x"),
        (ActionId.REQUEST, '{"type":"gift"}'),
        (ActionId.REQUEST, "x"),
    ],
)
async def test_a_foreign_filter_is_refused(rig: Rig, action: ActionId, value: str) -> None:
    await rig.interact(click(action, value))
    assert rig.book.named("approvals.reads.queue") == []
    assert len(rig.chat.told) == 1
    assert rig.chat.modals == []


async def test_the_home_tab_keeps_the_chosen_list(rig: Rig) -> None:
    await rig.interact(click(ActionId.QUEUE_HOME, "decided"))
    assert rig.book.named("members.prefer") == [((MAYA, "home_approvals", "decided"), {})]
    assert rig.book.named("cards.refresh") == [((MAYA, "home", MAYA.member_id), {"create": True})]


async def test_a_new_request_from_home_lets_the_type_be_chosen(rig: Rig) -> None:
    await rig.interact(click(ActionId.REQUEST, "new"))
    assert rig.chat.modals[0][1]["blocks"][0]["block_id"] == "type"


# ── Out of office ───────────────────────────────────────────────────────────────────────────────
async def test_an_absence_is_set_by_days_and_delegate(rig: Rig) -> None:
    await rig.command("approvals away")
    ((_, view, _),) = rig.chat.modals
    assert view["callback_id"] == CallbackId.ABSENCE
    values = {"first": "2026-11-23", "last": "2026-11-27", "delegate": str(UUID(int=7))}
    _, body = await rig.interact(submission(CallbackId.ABSENCE, "", values))
    ((args, kwargs),) = rig.book.named("approvals.absences.set_absence")
    assert args == (MAYA,)
    assert (kwargs["first"], kwargs["last"]) == (date(2026, 11, 23), date(2026, 11, 27))
    assert kwargs["delegate_id"] == UUID(int=7)
    assert "You are away until Friday." in dumped(body)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"first": "", "last": "2026-11-27"}, "first"),
        ({"first": "2026-11-28", "last": "2026-11-27"}, "last"),
        ({"first": "2026-11-28", "last": "soon"}, "last"),
    ],
)
async def test_wrong_days_are_said_at_their_field(
    rig: Rig, values: dict[str, str], field: str
) -> None:
    _, body = await rig.interact(submission(CallbackId.ABSENCE, "", values))
    assert list(body["errors"]) == [field]
    assert rig.book.named("approvals.absences.set_absence") == []


async def test_coming_back_early_is_one_click(rig: Rig) -> None:
    view = {"id": "V9", "type": "modal", "callback_id": CallbackId.ABSENCE}
    await rig.interact(click(ActionId.BACK, "absence", view=view))
    assert len(rig.book.named("approvals.absences.cancel_absence")) == 1
    ((view_id, shown),) = rig.chat.updated
    assert view_id == "V9"
    assert "What waits comes to you again." in dumped(shown)
