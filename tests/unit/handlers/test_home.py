"""Clicks in the Home tab: deciding, filters, pages, menus; and words where Slack has no place."""

import json
from typing import Any

import pytest

from blocks.action_ids import ActionId, CallbackId
from blocks.values import Choice, Target
from services.errors import Conflict, Forbidden, NotFound
from services.ports import ChatRef
from tests.fakes.verbs import MAYA
from tests.unit.account_view_factory import make_account_view
from tests.unit.approval_view_factory import make_approval_card, make_form
from tests.unit.handlers.slack_rig import Rig, click
from tests.unit.view_factory import ACTION, make_mail_card, make_unsorted

PLACE = ChatRef(channel="D0MAYA", ts="1700000000.000001")


def at_home(action_id: str, value: str = "", *, view: str = "home", **changes: Any) -> Any:
    """A click where Slack gives no response_url: the Home tab, or a modal."""
    payload = click(action_id, value, **changes)
    for name in ("message", "channel", "response_url"):
        payload.pop(name)
    payload["container"] = {"type": "view", "view_id": "V1"}
    return payload | {"view": {"id": "V1", "type": view, "state": {"values": {}}}}


def chosen(value: str, kind: str = "static_select") -> dict[str, Any]:
    option = {"text": {"type": "plain_text", "text": "x"}, "value": value}
    return {"type": kind, "selected_option": option, "value": None}


@pytest.fixture(autouse=True)
def answers(rig: Rig) -> None:
    rig.book.answers |= {
        "views.mail_card": make_mail_card(),
        "views.unsorted_card": make_unsorted(),
        "accounts.view": make_account_view(name="AT&T"),
        "accounts.name": "AT&T",
        "approvals.reads.card": make_approval_card(),
        "approvals.reads.form": make_form(),
        "cards.place": PLACE,
        "workspaces.find": MAYA.tenant_id,
    }


TARGET = Target(id=ACTION).encode()


@pytest.mark.parametrize(
    ("action_id", "value", "title", "callback"),
    [
        (ActionId.HOME_OPEN, TARGET, "A mail that waits", CallbackId.READ_ALL),
        (ActionId.HOME_DECIDE, TARGET, "Approval request", CallbackId.TOLD),
        (ActionId.HOME_SORT, "unsorted", "Mail to sort", CallbackId.TOLD),
    ],
)
async def test_what_waits_is_decided_in_a_window(
    rig: Rig, action_id: str, value: str, title: str, callback: str
) -> None:
    status, _ = await rig.interact(at_home(f"{action_id}#3", value))
    assert status == 200
    ((_, view, on_top),) = rig.chat.modals
    assert (view["title"]["text"], view["callback_id"], on_top) == (title, callback, False)
    if action_id != ActionId.HOME_SORT:
        assert "p1700000000000001" in json.dumps(view), "the card is one click away"


@pytest.mark.parametrize(
    ("action_id", "value", "wishes"),
    [
        (ActionId.HOME_HEALTH, "poor", {"health": "poor"}),
        (ActionId.HOME_HEALTH, "any", {"health": ""}),
        (ActionId.HOME_STAGE, "negotiation", {"stage": "negotiation"}),
        (ActionId.HOME_INDUSTRY, "0cc1", {"industry": "0cc1"}),
    ],
)
async def test_a_filter_is_kept(
    rig: Rig, action_id: str, value: str, wishes: dict[str, str]
) -> None:
    await rig.interact(at_home(action_id, element=chosen(value)))
    assert rig.book.named("home.arrange") == [((MAYA,), wishes)]


async def test_a_search_and_taking_all_back(rig: Rig) -> None:
    await rig.interact(at_home(ActionId.HOME_SEARCH, "  acme  "))
    await rig.interact(at_home(ActionId.HOME_SEARCH, element={"value": None}))
    await rig.interact(at_home(ActionId.HOME_CLEAR, "accounts"))
    assert [wishes for _, wishes in rig.book.named("home.arrange")] == [
        {"search": "acme"},
        {"search": ""},
        {"health": "", "stage": "", "industry": "", "search": ""},
    ]


async def test_pages_are_turned(rig: Rig) -> None:
    await rig.interact(at_home(f"{ActionId.HOME_PAGE}#accounts.next", "accounts 2"))
    await rig.interact(at_home(f"{ActionId.HOME_PAGE}#inbox.back", "inbox 0"))
    for nonsense in ("accounts x", "nobody 1", "", "accounts -1"):
        await rig.interact(at_home(ActionId.HOME_PAGE, nonsense))
    asked = [wishes for _, wishes in rig.book.named("home.arrange")]
    assert asked == [{"accounts_page": 2}, {"inbox_page": 0}]
    assert "Nothing was changed" in json.dumps(rig.chat.modals[-1][1])


@pytest.mark.parametrize(
    ("do", "title"),
    [(ActionId.BRIEF, "Brief"), (ActionId.REQUEST_FOR, "Request: discount")],
)
async def test_an_entry_of_an_accounts_menu_is_that_button(
    rig: Rig, do: ActionId, title: str
) -> None:
    choice = Choice(id=ACTION, do=do).encode()
    await rig.interact(at_home(f"{ActionId.HOME_ACCOUNT}#4", element=chosen(choice, "overflow")))
    asked = rig.book.named("accounts.view") + rig.book.named("accounts.name")
    assert asked == [((MAYA, ACTION), {})]
    assert rig.chat.modals[-1][1]["title"]["text"] == title
    await rig.interact(at_home(do, TARGET))
    assert rig.chat.modals[-1][1]["title"]["text"] == title, "and the button alone does the same"


async def test_a_request_from_an_account_begins_with_it(rig: Rig) -> None:
    await rig.interact(at_home(ActionId.REQUEST_FOR, TARGET))
    ((_, asked),) = rig.book.named("approvals.reads.form")
    assert asked == {"account": "AT&T"}


async def test_refresh_is_a_look_and_a_digest_is_confirmed(rig: Rig) -> None:
    await rig.interact(at_home(ActionId.REFRESH_HOME, "home"))
    assert rig.book.named("home.opened") == [((MAYA,), {})]
    await rig.interact(at_home(ActionId.DIGEST_NOW, "home"))
    assert len(rig.book.named("digests.request")) == 1
    assert "arrives in Messages" in json.dumps(rig.chat.modals[-1][1])


async def test_sorting_shows_what_is_left(rig: Rig) -> None:
    await rig.interact(at_home(f"{ActionId.IGNORE}#0", TARGET, view="modal"))
    assert rig.book.named("conversations.ignore")
    ((view_id, view),) = rig.chat.updated
    assert (view_id, view["title"]["text"]) == ("V1", "Mail to sort")


async def test_taking_over_in_a_window_is_confirmed_there(rig: Rig) -> None:
    await rig.interact(at_home(ActionId.TAKE_OVER, TARGET, view="modal"))
    assert rig.book.named("actions.take_over")
    assert "It is yours now" in json.dumps(rig.chat.updated[-1][1])


# ── When it can't be done ───────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("view", ["home", "modal"])
async def test_a_refusal_is_said_in_a_window(rig: Rig, view: str) -> None:
    rig.book.errors["actions.approve"].append(Forbidden("This one is for Tom to decide."))
    status, _ = await rig.interact(at_home(ActionId.APPROVE, TARGET, view=view))
    assert status == 200
    ((_, shown, on_top),) = rig.chat.modals
    assert "This one is for Tom to decide." in json.dumps(shown)
    assert on_top == (view == "modal")


async def test_what_was_overtaken_is_said_in_a_window(rig: Rig) -> None:
    rig.book.errors["actions.approve"].append(Conflict("This was already sent."))
    await rig.interact(at_home(ActionId.APPROVE, TARGET, view="modal"))
    assert "This was already sent." in json.dumps(rig.chat.modals[-1][1])


@pytest.mark.parametrize("action_id", [ActionId.HOME_OPEN, ActionId.HOME_DECIDE])
async def test_what_is_gone_or_anothers_is_not_shown(rig: Rig, action_id: str) -> None:
    rig.book.answers |= {"views.mail_card": None, "approvals.reads.card": None}
    await rig.interact(at_home(action_id, TARGET))
    ((_, view, _),) = rig.chat.modals
    assert view["title"]["text"] == "Not done"
    assert "isn't yours to see" in json.dumps(view)


async def test_slack_failing_to_open_a_window_breaks_nothing(rig: Rig) -> None:
    rig.chat.trouble = [NotFound("Slack says: expired_trigger_id")] * 2
    status, _ = await rig.interact(at_home(ActionId.HOME_OPEN, TARGET))
    assert status == 200


async def test_a_stranger_gets_no_window(rig: Rig) -> None:
    stranger = {"id": "U0OTHER", "username": "x", "team_id": "T0OTHER"}
    team = {"id": "T0OTHER", "domain": "other"}
    rig.book.answers["workspaces.find"] = None
    status, _ = await rig.interact(at_home(ActionId.HOME_OPEN, TARGET, user=stranger, team=team))
    assert (status, rig.chat.modals) == (200, [])
