"""Events: accepted once, acted on, marked done."""

import asyncio
import json
from datetime import UTC, datetime

import pytest

from services.errors import Forbidden, NotFound, TransientError
from services.ports import ChatPerson
from tests.fakes.verbs import MAYA
from tests.unit.approval_view_factory import make_queue
from tests.unit.handlers.slack_rig import Rig, event
from tests.unit.view_factory import make_inbox


def reaction(name: str = "+1", kind: str = "reaction_added") -> dict[str, object]:
    item = {"type": "message", "channel": "D0MAYA", "ts": "1700000000.000001"}
    return {"type": kind, "user": "U0MAYA", "reaction": name, "item": item}


@pytest.mark.parametrize(
    ("name", "rating"), [("+1", 1), ("thumbsup", 1), ("-1", -1), ("+1::skin-tone-3", 1)]
)
async def test_reactions_rate_the_card(rig: Rig, name: str, rating: int) -> None:
    await rig.event(event(reaction(name)))
    await rig.event(event(reaction(name, "reaction_removed"), "Ev2"))
    where = {"channel": "D0MAYA", "ts": "1700000000.000001", "rating": rating}
    assert rig.book.named("feedback.rate_at") == [
        ((MAYA,), {**where, "added": True}),
        ((MAYA,), {**where, "added": False}),
    ]


async def test_other_reactions_mean_nothing(rig: Rig) -> None:
    await rig.event(event(reaction("tada")))
    assert rig.book.named("feedback.rate_at") == []


async def test_four_deliveries_two_at_once_have_one_effect(rig: Rig) -> None:
    payload = event(reaction())
    await asyncio.gather(rig.event(payload), rig.event(payload))
    await rig.event(payload, **{"X-Slack-Retry-Num": "1"})
    await rig.event(payload, **{"X-Slack-Retry-Num": "2"})
    assert len(rig.book.named("feedback.rate_at")) == 1
    assert len(rig.book.named("inbound.done")) == 1


async def test_a_failed_event_is_not_marked_done(rig: Rig) -> None:
    rig.book.errors["feedback.rate_at"].append(ValueError("down"))
    assert (await rig.event(event(reaction())))[0] == 200
    assert rig.book.named("inbound.done") == []


@pytest.mark.parametrize("error", [ConnectionError("restarting"), TransientError("Slack is slow")])
async def test_an_outage_lets_slack_send_the_event_again(rig: Rig, error: Exception) -> None:
    rig.book.errors["inbound.receive"].append(error)
    assert (await rig.event(event(reaction())))[0] == 503
    assert (await rig.event(event(reaction()), **{"X-Slack-Retry-Num": "1"}))[0] == 200
    assert len(rig.book.named("feedback.rate_at")) == 1


async def test_opening_home_asks_for_a_fresh_one(rig: Rig) -> None:
    await rig.event(event({"type": "app_home_opened", "user": "U0MAYA", "tab": "home"}))
    await rig.event(event({"type": "app_home_opened", "user": "U0MAYA", "tab": "messages"}, "E2"))
    assert rig.book.named("home.opened") == [((MAYA,), {})]


async def test_a_direct_message_is_read_like_the_command(rig: Rig) -> None:
    rig.book.answers |= {"views.inbox": make_inbox(), "approvals.reads.queue": make_queue()}
    body = {"type": "message", "user": "U0MAYA", "channel": "D0MAYA", "channel_type": "im"}
    await rig.event(event({**body, "text": "inbox", "ts": "1"}))
    await rig.event(event({**body, "text": "inbox", "ts": "2", "subtype": "file_share"}, "Ev2"))
    first, beside_a_file = rig.chat.messages.values()
    assert "Dana Reyes" in json.dumps(first.blocks)
    assert "Dana Reyes" in json.dumps(beside_a_file.blocks)


async def test_our_own_and_edited_messages_are_nobodys_wish(rig: Rig) -> None:
    body = {"type": "message", "channel": "D0MAYA", "channel_type": "im", "text": "inbox"}
    await rig.event(event({**body, "user": "U0BOT"}, "E1"))
    await rig.event(event({**body, "user": "U0MAYA", "bot_id": "B1"}, "E2"))
    await rig.event(event({**body, "user": "U0MAYA", "subtype": "message_changed"}, "E3"))
    assert rig.chat.messages == {}


async def test_strangers_events_are_answered_and_forgotten(rig: Rig) -> None:
    assert (await rig.event(event({**reaction(), "user": "U0OTHER"})))[0] == 200
    assert rig.book.named("inbound.receive") == []


async def test_a_stranger_who_opens_home_reads_why_it_is_closed(rig: Rig) -> None:
    """Also whoever was a member once: their Home must not go on showing what it showed."""
    rig.book.answers["workspaces.find"] = MAYA.tenant_id
    opening = {"type": "app_home_opened", "user": "U0OTHER", "channel": "D1"}
    assert (await rig.event(event({**opening, "tab": "messages"})))[0] == 200
    assert rig.chat.homes == {}
    rig.chat.people["U0OTHER"] = ChatPerson(
        user_id="U0OTHER", team_id="T0SANDBOX", email=None, name="Otis", timezone=None
    )
    rig.book.errors["members.identify"].append(Forbidden("I don't know you yet."))
    assert (await rig.event(event({**opening, "tab": "home"})))[0] == 200
    assert "I don't know you yet." in json.dumps(rig.chat.homes["U0OTHER"])
    assert rig.book.named("home.opened") == []


async def test_who_has_left_is_looked_up_again_at_once(rig: Rig) -> None:
    rig.book.answers["workspaces.find"] = MAYA.tenant_id
    opening = {"type": "app_home_opened", "user": "U0MAYA", "tab": "home"}
    await rig.event(event(opening))
    gone = {"type": "user_change", "user": {"id": "U0MAYA", "deleted": True}}
    await rig.event(event(gone, "Ev2"))
    await rig.event(event(opening, "Ev3"))
    assert len(rig.book.named("members.identify")) == 2


async def test_a_refusal_is_said_in_the_conversation(rig: Rig) -> None:
    rig.book.errors["accounts.brief"].append(NotFound("I know no account called Nowhere."))
    body = {"type": "message", "user": "U0MAYA", "channel": "D0MAYA", "channel_type": "im"}
    await rig.event(event({**body, "text": "brief Nowhere"}))
    assert [m.text for m in rig.chat.messages.values()] == ["I know no account called Nowhere."]


@pytest.mark.parametrize(
    "body",
    [{"type": "app_uninstalled"}, {"type": "tokens_revoked", "tokens": {"bot": ["U0BOT"]}}],
)
async def test_what_slack_itself_tells_comes_through_without_a_user(
    rig: Rig, body: dict[str, object]
) -> None:
    rig.book.answers["workspaces.find"] = MAYA.tenant_id
    assert (await rig.event(event(body)))[0] == 200
    assert (await rig.event(event(body), **{"X-Slack-Retry-Num": "1"}))[0] == 200
    (((team,), told),) = rig.book.named("workspaces.disconnect")
    assert (team, told["at"]) == ("T0SANDBOX", datetime.fromtimestamp(1700000000, UTC))


async def test_a_disconnect_that_could_not_be_kept_is_sent_again(rig: Rig) -> None:
    rig.book.answers["workspaces.find"] = MAYA.tenant_id
    rig.book.errors["workspaces.disconnect"].append(ConnectionError("restarting"))
    assert (await rig.event(event({"type": "app_uninstalled"})))[0] == 503
    assert rig.book.named("inbound.done") == []


@pytest.mark.parametrize("tokens", [{"oauth": ["U0MAYA"]}, {"bot": None}, {"bot": []}])
async def test_peoples_own_tokens_are_none_of_ours(rig: Rig, tokens: dict[str, object]) -> None:
    rig.book.answers["workspaces.find"] = MAYA.tenant_id
    await rig.event(event({"type": "tokens_revoked", "tokens": tokens}))
    assert rig.book.named("workspaces.disconnect") == []


async def test_a_workspace_nobody_knows_disconnects_nothing(rig: Rig) -> None:
    assert (await rig.event(event({"type": "app_uninstalled"})))[0] == 200
    assert rig.book.named("inbound.receive") == []
