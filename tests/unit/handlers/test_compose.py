"""Asking for a mail, and the shortcuts on any Slack message, at the edge."""

import json
from typing import Any
from uuid import UUID

import pytest

from blocks.action_ids import ActionId, CallbackId, ShortcutId
from blocks.compose import contact_block
from blocks.lint import faults, view_faults
from blocks.values import Pick, Target
from handlers.message_words import words_of
from handlers.payloads import ShortcutMessage
from services.errors import InvalidInput, NotFound, TransientError
from services.types.compose import (
    Asked,
    CaptureKind,
    CaptureView,
    ComposeFormView,
    ContactChoice,
    MailPurpose,
    QualificationView,
)
from services.types.model import Finding
from services.types.qualification import BANT, MEDDIC, Criterion
from services.types.views import CriterionView
from tests.fakes.verbs import MAYA
from tests.unit.handlers.slack_rig import RESPONSE_URL, Rig, click, event, submission
from tests.unit.view_factory import make_reader

CAPTURE, ACCOUNT, CARLA, JO, DEAL, THREAD = (UUID(int=n) for n in range(1, 7))
ON_MESSAGE = (ShortcutId.REPLY, ShortcutId.QUALIFY, ShortcutId.LOG)


def form(**changes: Any) -> ComposeFormView:
    given: dict[str, Any] = {
        "reader": make_reader(),
        "capture_id": CAPTURE,
        "source": "",
        "author": "",
        "account": (ACCOUNT, "Acme"),
        "contacts": (
            ContactChoice(
                id=CARLA,
                name="Carla",
                email="carla@acme.test",
                title="CIO",
                observed=False,
                barred=None,
            ),
            ContactChoice(
                id=JO,
                name="Jo <!channel>",
                email="jo@acme.test",
                title=None,
                observed=True,
                barred="not confirmed yet",
            ),
        ),
        "chosen": CARLA,
        "thread": (THREAD, "Pilot " * 30),
        "purpose": MailPurpose.FOLLOW_UP,
        "instruction": "",
    }
    return ComposeFormView(**(given | changes))


def capture(**changes: Any) -> CaptureView:
    given: dict[str, Any] = {
        "reader": make_reader(),
        "capture_id": CAPTURE,
        "kind": CaptureKind.QUALIFY,
        "status": "open",
        "text": "They have <!here> 50,000 dollars.",
        "author": "Tom",
        "permalink": None,
        "deal": (DEAL, "Acme · Pilot"),
        "account_name": "Acme",
    }
    return CaptureView(**(given | changes))


@pytest.fixture(autouse=True)
def answers(rig: Rig) -> None:
    rig.book.answers |= {
        "compose.mails.ask": Asked(form=form()),
        "compose.mails.choose": Asked(sentence="I'm drafting a mail to Carla (Acme)."),
        "compose.mails.form": form(),
        "compose.mails.begin": form(),
        "compose.mails.start": "I'm drafting a mail to Carla (Acme). It comes to you here.",
        "compose.mails.confirm_contact": ACCOUNT,
        "compose.captures.take": CAPTURE,
        "compose.captures.look": capture(),
        "compose.notes.log": "Logged to Acme · Pilot.",
        "compose.notes.qualify": "Added to Acme · Pilot: budget.",
    }


def dumped(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def on_message(callback: str, **changes: Any) -> dict[str, Any]:
    message = {"type": "message", "user": "U0TOM", "ts": "1700000000.000100", "text": "Call Carla"}
    return {
        "type": "message_action",
        "callback_id": callback,
        "trigger_id": "short.1",
        "user": {"id": "U0MAYA", "username": "maya"},
        "team": {"id": "T0SANDBOX", "domain": "sandbox"},
        "action_ts": "1.2",
        "message_ts": "1700000000.000100",
        "response_url": RESPONSE_URL,
        "channel": {"id": "C0SALES", "name": "sales"},
        "message": message | changes.pop("message", {}),
        **changes,
    }


# ── The commands ────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("text", ["draft", "draft Acme for a nudge", "DRAFT acme", "drafft Acme"])
async def test_the_command_opens_the_form(rig: Rig, text: str) -> None:
    assert await rig.command(text) == (200, "")
    ((_, view, _),) = rig.chat.modals
    assert view["title"]["text"] == "Write a mail"
    assert view_faults(view) == []
    assert json.loads(view["private_metadata"])["id"] == str(CAPTURE)


async def test_a_mail_under_way_is_said_at_once(rig: Rig) -> None:
    rig.book.answers["compose.mails.ask"] = Asked(sentence="I'm drafting a mail to A & B.")
    _, body = await rig.command("draft Acme for a nudge")
    assert body["text"] == "I'm drafting a mail to A &amp; B."
    ((args, kwargs),) = rig.book.named("compose.mails.ask")
    assert args[1] == "Acme for a nudge"
    assert kwargs["command_id"]


async def test_several_accounts_are_offered_and_one_is_picked(rig: Rig) -> None:
    rig.book.answers["compose.mails.ask"] = Asked(
        accounts=((ACCOUNT, "Harbor Inns"), (DEAL, "Harbor Hotels")), capture_id=CAPTURE
    )
    _, body = await rig.command("draft harbor for a nudge")
    assert faults(body["blocks"], text=body["text"]) == []
    value = body["blocks"][1]["elements"][0]["value"]
    assert "nudge" not in value
    await rig.interact(click(f"{ActionId.COMPOSE_PICK}#0", value))
    ((args, _),) = rig.book.named("compose.mails.choose")
    assert args[1:] == (CAPTURE, ACCOUNT)
    ((_, told),) = rig.chat.told
    assert told["replace_original"] is True


async def test_in_a_direct_message_a_button_opens_the_form(rig: Rig) -> None:
    body = {"type": "message", "user": "U0MAYA", "channel": "D0MAYA", "channel_type": "im"}
    await rig.event(event({**body, "text": "draft Acme", "ts": "1.1"}))
    ((_, message),) = rig.chat.messages.items()
    button = message.blocks[-1]["elements"][0]
    assert rig.chat.modals == []
    await rig.interact(click(button["action_id"], button["value"]))
    assert [view["title"]["text"] for _, view, _ in rig.chat.modals] == ["Write a mail"]


async def test_where_an_account_stands(rig: Rig) -> None:
    known = CriterionView(
        criterion=Criterion.BUDGET, value="$50k", confidence=0.9, evidence="50k is set aside"
    )
    rig.book.answers["compose.notes.qualification"] = QualificationView(
        reader=make_reader(),
        account_id=ACCOUNT,
        account_name="Acme",
        deals=("Pilot",),
        known=(known,),
        gaps=tuple(c for c in (*BANT, *MEDDIC) if c is not Criterion.BUDGET),
    )
    _, body = await rig.command("qualify Acme")
    said = dumped(body["blocks"])
    assert faults(body["blocks"], text=body["text"]) == []
    assert "50k is set aside" in said
    assert "Ask next" in said
    _, choice = await rig.command("qualify")
    assert faults(choice["blocks"], text=choice["text"]) == []
    select = choice["blocks"][1]["elements"][0]
    assert select["type"] == "external_select"
    picked = {"type": "external_select", "selected_option": {"value": str(ACCOUNT)}}
    await rig.interact(click(select["action_id"], element=picked))
    assert rig.book.named("compose.notes.qualification")[-1][1] == {"account_id": ACCOUNT}
    ((_, told),) = rig.chat.told
    assert "50k is set aside" in dumped(told)


# ── The form ────────────────────────────────────────────────────────────────────────────────────
def chosen(value: str) -> dict[str, Any]:
    return {"type": "static_select", "selected_option": {"value": value}}


def sent(**changes: Any) -> dict[str, Any]:
    state = {
        "account": {ActionId.COMPOSE_ACCOUNT: chosen(str(ACCOUNT))},
        contact_block(ACCOUNT): {"contact": chosen(str(CARLA))},
        f"where#{ACCOUNT}": {"where": chosen(str(THREAD))},
        "purpose": {"purpose": chosen("update")},
        "instruction": {"instruction": {"type": "plain_text_input", "value": "the pilot"}},
    } | changes
    body = submission(CallbackId.COMPOSE, Target(id=CAPTURE).encode())
    body["view"]["state"]["values"] = {name: part for name, part in state.items() if part}
    return body


async def test_the_form_asks_for_the_mail(rig: Rig) -> None:
    _, body = await rig.interact(sent())
    assert body["response_action"] == "update"
    assert "I'm drafting a mail" in dumped(body)
    ((args, kwargs),) = rig.book.named("compose.mails.start")
    wanted = args[1]
    assert (wanted.capture_id, wanted.account_id, wanted.contact_id) == (CAPTURE, ACCOUNT, CARLA)
    assert (wanted.purpose, wanted.thread_id, wanted.instruction) == (
        MailPurpose.UPDATE,
        THREAD,
        "the pilot",
    )
    assert kwargs["command_id"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"account": {"account": {"type": "external_select"}}}, "account"),
        ({contact_block(ACCOUNT): None}, "account"),
        ({contact_block(ACCOUNT): {"contact": {"type": "static_select"}}}, contact_block(ACCOUNT)),
    ],
)
async def test_what_is_missing_is_said_at_its_field(
    rig: Rig, changes: dict[str, Any], field: str
) -> None:
    _, body = await rig.interact(sent(**changes))
    assert list(body["errors"]) == [field]
    assert rig.book.named("compose.mails.start") == []


async def test_a_refused_person_is_said_at_their_field(rig: Rig) -> None:
    rig.book.errors["compose.mails.start"].append(
        InvalidInput("I can't write to Jo: not confirmed yet.", field="contact")
    )
    _, body = await rig.interact(sent())
    assert list(body["errors"]) == [contact_block(ACCOUNT)]


async def test_choosing_an_account_keeps_what_was_written(rig: Rig) -> None:
    opened = {
        "id": "V1",
        "type": "modal",
        "callback_id": CallbackId.COMPOSE,
        "private_metadata": Target(id=CAPTURE).encode(),
        "state": {"values": {"instruction": {"instruction": {"value": "my words"}}}},
    }
    picked = {"type": "external_select", "selected_option": {"value": str(ACCOUNT)}}
    await rig.interact(click(ActionId.COMPOSE_ACCOUNT, element=picked, view=opened))
    ((_, view),) = rig.chat.updated
    assert view_faults(view) == []
    said = dumped(view)
    assert "my words" in said
    assert "Carla, CIO" in said
    assert "Jo &lt;!channel&gt; (jo@acme.test)" in said
    assert "is not confirmed yet" in said
    await rig.interact(click(f"{ActionId.COMPOSE_CONFIRM}#0", Target(id=JO).encode(), view=opened))
    ((args, _),) = rig.book.named("compose.mails.confirm_contact")
    assert args[1] == JO


async def test_an_old_or_foreign_value_is_refused_kindly(rig: Rig) -> None:
    for value in ("", "{}", "nonsense", Pick(id=CAPTURE, account=ACCOUNT).encode() + "x"):
        for name in (ActionId.COMPOSE, ActionId.COMPOSE_FORM):
            status, _ = await rig.interact(click(name, value))
            assert status == 200
    assert len(rig.chat.told) == 8


@pytest.mark.parametrize(
    ("value", "account"), [("new", None), ("home", None), (Target(id=ACCOUNT).encode(), ACCOUNT)]
)
async def test_a_quick_action_opens_the_form(rig: Rig, value: str, account: UUID | None) -> None:
    await rig.interact(click(ActionId.COMPOSE, value))
    assert [view["title"]["text"] for _, view, _ in rig.chat.modals] == ["Write a mail"]
    assert rig.book.named("compose.mails.begin")[0][1]["account_id"] == account


# ── The shortcuts ───────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("callback", "title", "kind"),
    [
        (ShortcutId.REPLY, "Draft a reply", CaptureKind.REPLY),
        (ShortcutId.QUALIFY, "Qualify this", CaptureKind.QUALIFY),
        (ShortcutId.LOG, "Log to deal", CaptureKind.LOG),
    ],
)
async def test_a_shortcut_on_a_message_opens_its_window(
    rig: Rig, callback: str, title: str, kind: CaptureKind
) -> None:
    rig.book.answers["compose.mails.form"] = form(source="Call Carla", author="Tom")
    status, _ = await rig.interact(on_message(callback))
    assert status == 200
    ((trigger, view, _),) = rig.chat.modals
    assert (trigger, view["title"]["text"]) == ("short.1", title)
    assert view_faults(view) == []
    ((args, kwargs),) = rig.book.named("compose.captures.take")
    assert (args[0], args[1]) == (MAYA, kind)
    source = args[2]
    assert (source.text, source.channel, source.ts, source.author_id) == (
        "Call Carla",
        "C0SALES",
        "1700000000.000100",
        "U0TOM",
    )
    assert kwargs["command_id"].startswith("short.1:")
    waits = rig.book.named("compose.captures.opened")
    assert [kwargs["view_id"] for _, kwargs in waits] == (
        ["V1"] if callback == ShortcutId.QUALIFY else []
    )


async def test_the_global_shortcut_opens_an_empty_form(rig: Rig) -> None:
    body = on_message(ShortcutId.COMPOSE)
    for part in ("channel", "message", "message_ts", "response_url"):
        body.pop(part)
    await rig.interact({**body, "type": "shortcut"})
    assert [view["title"]["text"] for _, view, _ in rig.chat.modals] == ["Write a mail"]


@pytest.mark.parametrize("callback", ON_MESSAGE)
async def test_a_card_of_ours_is_not_taken_up(rig: Rig, callback: str) -> None:
    card = {"blocks": [{"type": "section", "block_id": f"card#{CAPTURE}"}], "bot_id": "B1"}
    await rig.interact(on_message(callback, message=card))
    assert rig.book.named("compose.captures.take") == []
    ((_, told),) = rig.chat.told
    assert "card of mine" in told["text"]


@pytest.mark.parametrize("callback", ON_MESSAGE)
async def test_a_trigger_that_ran_out_is_said_in_the_channel(rig: Rig, callback: str) -> None:
    rig.chat.trouble = [TransientError("Slack closed the door before the window could open.")]
    status, _ = await rig.interact(on_message(callback))
    assert status == 200
    ((url, told),) = rig.chat.told
    assert url == RESPONSE_URL
    assert "closed the door" in told["text"]


ODD: tuple[dict[str, Any], ...] = (
    {"message": None},
    {"message": {}},
    {"message": {"text": None}},
    {"message": {"text": 7, "blocks": "x", "attachments": [None, {"text": None}]}},
    {"message": {"text": ""}},
    {"message": {"text": "x" * 300_000}},
    {"message": {"text": "\u202e\u0000<!channel> <@U1|x> <http://a|b>", "user": None}},
    {"message": {"text": "hi", "user": 7}},
    {"message": {"ts": None}},
    {"channel": None},
    {"channel": {}},
    {"user": {"id": "U0STRANGER"}},
    {"team": None},
    {"trigger_id": None},
    {"callback_id": "gone.since"},
)


@pytest.mark.parametrize("changes", ODD)
@pytest.mark.parametrize("callback", ON_MESSAGE)
async def test_whatever_slack_sends_is_answered(
    rig: Rig, callback: str, changes: dict[str, Any]
) -> None:
    body = on_message(callback)
    for name, value in changes.items():
        if name == "message" and isinstance(value, dict) and value:
            body["message"] = body["message"] | value
        else:
            body[name] = value
    status, _ = await rig.interact(body)
    assert status == 200


def test_a_forwarded_or_a_bots_message_is_read_too() -> None:
    def said(**fields: Any) -> str:
        return words_of(ShortcutMessage.model_validate({"ts": "1.1", **fields}))

    assert said(text="see <https://x.test|this> &amp; that") == "see this (https://x.test) & that"
    forwarded = said(text="fyi", attachments=[{"text": "Could you send the report?"}])
    assert forwarded == "fyi\n\nCould you send the report?"
    rich = {"type": "rich_text_section", "elements": [{"type": "text", "text": "From the bot"}]}
    assert said(blocks=[{"type": "rich_text", "elements": [rich]}]) == "From the bot"
    deep: dict[str, Any] = {"text": "deepest"}
    for _ in range(50):
        deep = {"elements": [deep]}
    assert said(blocks=[deep]) == ""


# ── Their windows ───────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("callback", "verb"),
    [
        (CallbackId.CAPTURE_QUALIFY, "compose.notes.qualify"),
        (CallbackId.CAPTURE_LOG, "compose.notes.log"),
    ],
)
async def test_the_deal_is_chosen(rig: Rig, callback: CallbackId, verb: str) -> None:
    body = submission(callback, Target(id=CAPTURE).encode())
    body["view"]["state"]["values"] = {"deal": {ActionId.CAPTURE_DEAL: {"type": "x"}}}
    _, missing = await rig.interact(body)
    assert list(missing["errors"]) == ["deal"]
    body["view"]["state"]["values"]["deal"][ActionId.CAPTURE_DEAL] = chosen(str(DEAL))
    _, done = await rig.interact(body)
    assert "Acme · Pilot" in dumped(done)
    ((args, _),) = rig.book.named(verb)
    assert args[1:3] == (CAPTURE, DEAL)


async def test_the_card_opens_the_window_with_the_deal(rig: Rig) -> None:
    finding = Finding(
        criterion=Criterion.BUDGET, value="50k", confidence=0.9, quote="50,000 dollars"
    )
    rig.book.answers["compose.captures.look"] = capture(status="read", findings=(finding,))
    await rig.interact(click(ActionId.CAPTURE_ADD, Target(id=CAPTURE).encode()))
    ((_, view, _),) = rig.chat.modals
    assert view["submit"]["text"] == "Add to the deal"
    assert view_faults(view) == []


async def test_the_words_of_a_message_stay_words(rig: Rig) -> None:
    rig.book.errors["compose.captures.take"].append(NotFound("I don't know <b>."))
    await rig.interact(on_message(ShortcutId.LOG))
    ((_, told),) = rig.chat.told
    assert told["text"] == "I don't know &lt;b&gt;."
