"""Several workspaces in one sandbox, each with its own people, places and tokens."""

import base64
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from sandbox.clock import Clock
from sandbox.slack import story
from sandbox.slack.openid import CLIENT_SECRET
from tests.unit.sandbox.slack_rig import Rig, running

BACK = "http://127.0.0.1:9/slack/oauth_redirect"
FIRST, SECOND = "T0BRGHTPTH", "T0SECOND"
WHO = f"{SECOND}/UZOE"
ASKED = {"client_id": "1.2", "scope": "chat:write,users:read", "state": "s1", "redirect_uri": BACK}
OTHERS = [
    {
        "team": {"id": SECOND, "name": "Second", "domain": "second"},
        "bot": {"user_id": "UBOT2", "bot_id": "BBOT2", "app_id": "ABOT", "token": ""},
        "users": [
            {"id": "UZOE", "name": "zoe", "email": "ana@brightpath.example", "is_admin": True},
            {"id": "UGIL", "name": "gil", "is_restricted": True},
        ],
        "channels": [{"id": "CTWO", "name": "two", "members": ["UZOE", "UBOT2"]}],
    }
]


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    async with running(tmp_path, more={"others": OTHERS}) as made:
        yield made


async def back(rig: Rig, who: str = WHO, do: str = "allow", **more: str) -> dict[str, str]:
    """What the browser brings the app after somebody has decided."""
    url, form = f"{rig.url}/oauth/v2/authorize", {"who": who, "do": do, **more}
    sent = rig.session.post(url, params=ASKED, data=form, allow_redirects=False)
    async with sent as answer:
        assert answer.status == 302
        where = urlsplit(answer.headers["Location"])
    assert f"{where.scheme}://{where.netloc}{where.path}" == BACK
    return {name: values[0] for name, values in parse_qs(where.query).items()}


async def access(rig: Rig, **form: str) -> dict[str, Any]:
    secret = form.pop("secret", CLIENT_SECRET)
    pair = base64.b64encode(f"1.2:{secret}".encode()).decode()
    headers = {"Authorization": f"Basic {pair}"}
    url = f"{rig.url}/api/oauth.v2.access"
    async with rig.session.post(url, data=form, headers=headers) as answer:
        found: dict[str, Any] = await answer.json()
        return found


async def install(rig: Rig, who: str = WHO) -> dict[str, Any]:
    brought = await back(rig, who)
    given = await access(rig, code=brought["code"], redirect_uri=BACK)
    assert given["ok"], given
    return given


async def test_an_install_gives_what_slack_gives(rig: Rig) -> None:
    given = await install(rig)
    assert given == {
        "ok": True,
        "access_token": given["access_token"],
        "token_type": "bot",
        "scope": "chat:write,users:read",
        "bot_user_id": "UBOT2",
        "app_id": "ABOT",
        "team": {"id": SECOND, "name": "Second"},
        "enterprise": None,
        "is_enterprise_install": False,
        "authed_user": {"id": "UZOE"},
    }
    told = await rig.api("auth.test", token=given["access_token"])
    assert (told["team_id"], told["user_id"]) == (SECOND, "UBOT2")
    # Installed again it is the same token, where none ends.
    assert (await install(rig))["access_token"] == given["access_token"]


async def test_the_page_offers_members_and_no_guests(rig: Rig) -> None:
    async with rig.session.get(f"{rig.url}/oauth/v2/authorize", params=ASKED) as page:
        text = await page.text()
    assert "zoe" in text
    assert "Ana Silva" in text
    assert "gil" not in text
    assert (await back(rig, f"{SECOND}/UGIL"))["error"] == "access_denied"
    declined = await back(rig, do="cancel")
    assert declined == {"error": "access_denied", "state": "s1"}


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({"code": "made up"}, "invalid_code"),
        ({"redirect_uri": "http://elsewhere"}, "bad_redirect_uri"),
        ({"grant_type": "password"}, "invalid_grant_type"),
        ({"grant_type": "refresh_token", "refresh_token": "x"}, "invalid_refresh_token"),
        ({"secret": "wrong"}, "bad_client_secret"),
    ],
)
async def test_what_does_not_fit_is_refused(rig: Rig, form: dict[str, str], error: str) -> None:
    brought = await back(rig)
    given = await access(rig, **{"code": brought["code"], "redirect_uri": BACK, **form})
    assert given["error"] == error


async def test_a_code_works_once_and_for_ten_minutes(rig: Rig) -> None:
    first, second = await back(rig), await back(rig)
    assert (await access(rig, code=first["code"]))["ok"]
    assert (await access(rig, code=first["code"]))["error"] == "code_already_used"
    await rig.post("/control/clock", advance=601)
    assert (await access(rig, code=second["code"]))["error"] == "code_expired"


async def test_a_token_speaks_for_its_workspace_alone(rig: Rig) -> None:
    token = (await install(rig))["access_token"]
    assert (await rig.api("users.info", token=token, user="UZOE"))["ok"]
    assert (await rig.api("users.info", token=token, user="UANA"))["error"] == "user_not_found"
    assert (await rig.api("users.info", user="UZOE"))["error"] == "user_not_found"
    refused = await rig.api("chat.postMessage", token=token, channel="CDEALS", text="x")
    assert refused["error"] == "channel_not_found"
    email = "ana@brightpath.example"
    here = await rig.api("users.lookupByEmail", token=token, email=email)
    assert here["user"]["id"] == "UZOE"
    assert (await rig.api("users.lookupByEmail", email=email))["user"]["id"] == "UANA"


async def test_people_act_where_they_are_and_the_default_stays_the_first(rig: Rig) -> None:
    await install(rig)
    first = await rig.get("/ui/slack/state")
    assert first["team"]["id"] == FIRST
    assert [team["id"] for team in first["teams"]] == [FIRST, SECOND]
    state = await rig.get("/ui/slack/state", team=SECOND)
    assert (state["team"]["id"], state["me"]["id"]) == (SECOND, "UZOE")
    assert {channel["id"] for channel in state["channels"]} >= {"CTWO"}
    assert (await rig.get("/ui/slack/state", user="UZOE"))["team"]["id"] == SECOND
    assert await rig.status("GET", f"/ui/slack/state?team={FIRST}&user=UZOE") == 404
    rig.bot.says({"text": "yes"})
    await rig.post("/ui/slack/command", user="UZOE", channel="CTWO", text="help")
    (received,) = rig.bot.received
    assert (received.body["team_id"], received.body["user_id"]) == (SECOND, "UZOE")
    # Its response URL answers there and nowhere else.
    async with rig.session.post(received.body["response_url"], json={"text": "later"}) as answer:
        assert answer.status == 200
    shown = await rig.get("/ui/slack/messages", user="UZOE", channel="CTWO")
    assert [message["text"] for message in shown["messages"]] == ["yes", "later"]
    assert await rig.status("GET", "/ui/slack/messages?user=UANA&channel=CTWO") == 404


async def test_where_it_is_not_installed_the_app_hears_nothing(rig: Rig) -> None:
    state = await rig.get("/ui/slack/state", team=SECOND)
    assert not state["installed"]
    assert not any(channel["is_im"] for channel in state["channels"])
    command = {"user": "UZOE", "channel": "CTWO", "text": "help"}
    assert await rig.status("POST", "/ui/slack/command", **command) == 400
    assert await rig.status("POST", "/ui/slack/home_opened", user="UZOE") == 400
    await rig.post("/control/slack/emit", team=SECOND, event={"type": "app_mention"})
    await rig.post("/control/slack/emit", event={"type": "app_mention"})
    await rig.until(lambda: rig.bot.received)
    assert [received.body["team_id"] for received in rig.bot.received] == [FIRST]


async def test_ids_are_unique_over_all_workspaces(rig: Rig) -> None:
    await install(rig)
    for user in ("UZOE", "UANA"):
        await rig.post("/ui/slack/home_opened", user=user)
    await rig.until(lambda: len(rig.bot.received) == 2)
    assert len({received.body["event_id"] for received in rig.bot.received}) == 2


async def test_rotation_ends_tokens_and_renews_them_once(rig: Rig) -> None:
    await rig.post("/control/slack/oauth", rotation=True)
    given = await install(rig)
    assert given["expires_in"] == 43_200
    assert given["access_token"].startswith("xoxe.xoxb-")
    old = given["refresh_token"]
    fresh = await access(rig, grant_type="refresh_token", refresh_token=old)
    assert fresh["refresh_token"] != old
    # Until the new one has been used the old one works still: its answer may have been lost.
    again = await access(rig, grant_type="refresh_token", refresh_token=old)
    assert again["ok"]
    assert (await rig.api("auth.test", token=again["access_token"]))["ok"]
    over = await access(rig, grant_type="refresh_token", refresh_token=old)
    assert over["error"] == "invalid_refresh_token"
    # Two are active at most: the first of the three is gone.
    assert (await rig.api("auth.test", token=given["access_token"]))["error"] == "token_revoked"
    await rig.post("/control/clock", advance=43_201)
    assert (await rig.api("auth.test", token=again["access_token"]))["error"] == "token_expired"


async def test_a_strict_refresh_token_works_once(rig: Rig) -> None:
    await rig.post("/control/slack/oauth", rotation=True, strict=True)
    old = (await install(rig))["refresh_token"]
    assert (await access(rig, grant_type="refresh_token", refresh_token=old))["ok"]
    over = await access(rig, grant_type="refresh_token", refresh_token=old)
    assert over["error"] == "invalid_refresh_token"


async def test_removing_the_app_ends_its_tokens_and_tells_it(rig: Rig) -> None:
    token = (await install(rig))["access_token"]
    form = {"client_id": "1.2", "client_secret": CLIENT_SECRET}
    assert (await rig.api("apps.uninstall", token=token, **form))["ok"]
    assert (await rig.api("auth.test", token=token))["error"] == "account_inactive"
    await rig.until(lambda: len(rig.bot.received) == 2)
    bodies = [received.body for received in rig.bot.received]
    assert {(body["team_id"], body["event"]["type"]) for body in bodies} == {
        (SECOND, "tokens_revoked"),
        (SECOND, "app_uninstalled"),
    }
    assert not (await rig.get("/ui/slack/state", team=SECOND))["installed"]
    assert (await rig.api("auth.test"))["ok"]


async def test_tokens_meet_what_a_test_wants(rig: Rig) -> None:
    token = (await install(rig))["access_token"]
    await rig.post("/control/slack/tokens", team=SECOND, state="invalid_auth", emit=True)
    assert (await rig.api("auth.test", token=token))["error"] == "invalid_auth"
    await rig.until(lambda: rig.bot.received)
    assert rig.bot.received[0].body["event"] == {
        "type": "tokens_revoked",
        "tokens": {"bot": ["UBOT2"]},
    }
    assert await rig.status("POST", "/control/slack/tokens", team=SECOND, state="odd") == 400
    listed = await rig.get("/control/slack/tokens", team=SECOND)
    assert [line["state"] for line in listed["tokens"]] == ["invalid_auth"]


async def test_an_org_wide_token_can_only_be_given_back(rig: Rig) -> None:
    brought = await back(rig, org="1")
    given = await access(rig, code=brought["code"])
    assert (given["team"], given["is_enterprise_install"]) == (None, True)
    token = given["access_token"]
    assert (await rig.api("users.list", token=token))["error"] == "team_access_not_granted"
    assert (await rig.api("auth.revoke", token=token)) == {"ok": True, "revoked": True}
    assert (await rig.api("auth.revoke", token=token))["error"] == "token_revoked"


async def test_a_reset_forgets_installs(rig: Rig) -> None:
    token = (await install(rig))["access_token"]
    await rig.post("/control/reset")
    assert (await rig.api("auth.test", token=token))["error"] == "invalid_auth"
    assert (await rig.api("auth.test"))["ok"]
    assert not (await rig.get("/ui/slack/state", team=SECOND))["installed"]


async def test_the_app_is_opened_as_whoever_installed_it(rig: Rig) -> None:
    await install(rig)
    url, query = f"{rig.url}/app_redirect", {"app": "ABOT", "team": SECOND}
    async with rig.session.get(url, params=query, allow_redirects=False) as answer:
        where = parse_qs(urlsplit(answer.headers["Location"]).query)
    assert where == {"team": [SECOND], "tab": ["home"], "me": ["UZOE"]}


def test_nobody_is_told_in_two_workspaces(tmp_path: Path) -> None:
    """An id that stands in both leads to the wrong one: the story's own, and a bad one."""
    shipped = Path(story.__file__).parents[1] / "story"
    assert len(story.build(shipped, empty=False, clock=Clock())) == 2
    twice = {"users": [{"id": "U1"}], "others": [{"users": [{"id": "U1"}]}]}
    (tmp_path / "slack.json").write_text(json.dumps(twice))
    with pytest.raises(ValueError, match=r"told twice in slack\.json: U1"):
        story.build(tmp_path, empty=False, clock=Clock())
