"""What the business may rely on from any workspace: the same tests for the one in memory and for
the Web API adapter, which speaks to the sandbox over loopback."""

import base64
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import aiohttp
import pytest
from aiohttp.test_utils import TestServer

from blocks.brief import brief_blocks
from blocks.digest import digest_card
from blocks.help import help_blocks
from blocks.home import home_view
from blocks.mail_card import mail_card
from blocks.mailbox import mailbox_card
from blocks.modals import (
    edit_modal,
    read_all_modal,
    regenerate_modal,
    reject_modal,
    told_modal,
)
from blocks.quiet import quiet_blocks
from blocks.status import status_blocks
from blocks.unsorted import unsorted_card
from blocks.values import Target
from blocks.waiting import waiting_answer
from blocks.why import why_modal
from bot.adapters.slack import SlackChats, make_session
from bot.adapters.slack_reading import is_slacks
from db.session import Database
from sandbox.app import build
from sandbox.context import Settings
from services.errors import Forbidden, InvalidInput, NotFound, TransientError
from services.ports import ChatGateway, ChatGroup, ChatMessage, ChatPerson, ChatRef
from services.types.slack_threads import ChatFile, ChatPost
from tests.fakes.chat import FakeChat
from tests.fakes.clock import FrozenClock
from tests.fakes.tokens import FixedTokens
from tests.security.trap import trap
from tests.unit.account_view_factory import make_account_view
from tests.unit.approval_view_factory import make_queue
from tests.unit.home_view_factory import make_home
from tests.unit.view_factory import (
    make_digest,
    make_draft,
    make_inbox,
    make_mail_card,
    make_mailbox_card,
    make_quiet,
    make_reader,
    make_status,
    make_unsorted,
    make_why,
)

TENANT = UUID(int=7)
STORY = {
    "team": {"id": "T0SANDBOX", "name": "Sandbox", "domain": "sandbox"},
    "bot": {"user_id": "U0BOT", "bot_id": "B0BOT", "app_id": "A0BOT", "token": "xoxb-1"},
    "users": [
        {"id": "U0MAYA", "name": "maya", "real_name": "Maya Lindt",
         "email": "maya@brightdesk.example", "tz": "Europe/Berlin", "is_admin": True},
        {"id": "U0GUEST", "name": "guest", "real_name": "A Guest",
         "email": "guest@brightdesk.example", "is_restricted": True},
    ],
    "usergroups": [
        {"id": "S0SALES", "name": "Sales", "handle": "sales", "users": ["U0MAYA", "U0GUEST"]},
        {"id": "S0OLD", "name": "Old", "handle": "old", "users": ["U0MAYA"], "disabled": True},
    ],
    "channels": [{"id": "C0DEALS", "name": "deals", "members": ["U0MAYA", "U0BOT"]}],
    "command": "/understudy",
}  # fmt: skip
SECTION = {"type": "section", "text": {"type": "mrkdwn", "text": "*Dana* asks"}}


@dataclass
class Place:
    """A gateway, and a way to look at and to disturb what is behind it."""

    chat: ChatGateway
    shown: Callable[[str], Awaitable[list[dict[str, Any]]]]
    drop_next_answer: Callable[[], Awaitable[None]]


def _fake() -> Place:
    chat = FakeChat()
    chat.people = {
        "U0MAYA": ChatPerson(
            user_id="U0MAYA",
            team_id="T0SANDBOX",
            email="maya@brightdesk.example",
            name="Maya Lindt",
            timezone="Europe/Berlin",
            is_admin=True,
        ),
        "U0GUEST": ChatPerson(
            user_id="U0GUEST",
            team_id="T0SANDBOX",
            email="guest@brightdesk.example",
            name="A Guest",
            timezone=None,
            is_outsider=True,
            outsider="a guest",
        ),
    }
    chat.user_groups = {
        ChatGroup(group_id="S0SALES", name="Sales", handle="sales", size=2): ("U0MAYA", "U0GUEST")
    }

    async def shown(channel: str) -> list[dict[str, Any]]:
        return [
            {"text": message.text, "blocks": list(message.blocks)}
            for (at, _), message in chat.messages.items()
            if at == channel
        ]

    async def drop() -> None:
        chat.drop_answer = True

    return Place(chat=chat, shown=shown, drop_next_answer=drop)


@dataclass
class Sandbox:
    """The sandbox's Slack and our adapter before it."""

    url: str
    http: aiohttp.ClientSession
    chats: SlackChats
    clock: FrozenClock

    async def fault(self, method: str, kind: str, **more: Any) -> None:
        body = {"method": method, "kind": kind, "times": 1, **more}
        async with self.http.post(f"{self.url}/control/slack/faults", json=body) as response:
            assert response.status == 200

    async def calls(self, method: str) -> list[dict[str, Any]]:
        async with self.http.get(
            f"{self.url}/control/slack/calls", params={"method": method}
        ) as response:
            answer = await response.json()
        lines: list[dict[str, Any]] = answer["calls"]
        return lines

    async def say(self, text: str = "", **more: Any) -> dict[str, Any]:
        """Maya writes in the channel the bot is in."""
        body = {"user": "U0MAYA", "channel": "C0DEALS", "text": text, **more}
        async with self.http.post(f"{self.url}/ui/slack/message", json=body) as response:
            said: dict[str, Any] = await response.json()
        return said

    async def share(self, name: str, data: bytes = b"", **more: Any) -> str:
        """Maya shares a file there; its id."""
        file = {"name": name, "base64": base64.b64encode(data).decode(), **more}
        said = await self.say(files=[file])
        message = next(m for m in await self.history("C0DEALS") if m["ts"] == said["ts"])
        return str(message["files"][0]["id"])

    async def history(self, channel: str) -> list[dict[str, Any]]:
        async with self.http.post(
            f"{self.url}/api/conversations.history",
            json={"channel": channel, "include_all_metadata": True},
            headers={"Authorization": "Bearer xoxb-1"},
        ) as response:
            messages: list[dict[str, Any]] = (await response.json())["messages"]
        return messages[::-1]

    def place(self) -> Place:
        async def drop() -> None:
            await self.fault("chat.postMessage", "drop_after_accept")

        return Place(
            chat=self.chats.with_token("xoxb-1"), shown=self.history, drop_next_answer=drop
        )


@pytest.fixture
async def sandbox(tmp_path: Path) -> AsyncIterator[Sandbox]:
    (tmp_path / "slack.json").write_text(json.dumps(STORY))
    settings = Settings(bot_url="http://127.0.0.1:1", signing_secret="x", story=tmp_path)
    clock = FrozenClock()

    async with TestServer(build(settings)) as server, make_session() as session:
        settings.url = url = str(server.make_url("")).rstrip("/")
        chats = SlackChats(
            session=session, base_url=f"{url}/api/", clock=clock, tokens=FixedTokens()
        )
        yield Sandbox(url=url, http=session, chats=chats, clock=clock)


@pytest.fixture(params=["fake", "sandbox"])
def place(request: pytest.FixtureRequest) -> Place:
    if request.param == "fake":
        return _fake()
    found: Sandbox = request.getfixturevalue("sandbox")
    return found.place()


@pytest.fixture
def chat(place: Place) -> ChatGateway:
    return place.chat


def message(text: str = "Dana asks", **changes: Any) -> ChatMessage:
    return ChatMessage(**{"text": text, "blocks": [SECTION], "metadata_id": "card-1", **changes})


async def test_the_team_is_known(chat: ChatGateway) -> None:
    team = await chat.team()
    assert (team.team_id, team.name, team.bot_user_id) == ("T0SANDBOX", "Sandbox", "U0BOT")


async def test_people_are_found_by_id_and_mail(chat: ChatGateway) -> None:
    maya = await chat.person("U0MAYA")
    assert (maya.email, maya.timezone, maya.team_id, maya.is_admin, maya.is_outsider) == (
        "maya@brightdesk.example",
        "Europe/Berlin",
        "T0SANDBOX",
        True,
        False,
    )
    assert await chat.person_by_email("maya@brightdesk.example") == maya
    assert await chat.person_by_email("nobody@brightdesk.example") is None
    guest = await chat.person("U0GUEST")
    assert (guest.is_outsider, guest.outsider) == (True, "a guest")
    with pytest.raises(NotFound):
        await chat.person("U0NOBODY")


async def test_user_groups_in_use_are_known_with_their_people(chat: ChatGateway) -> None:
    (group,) = await chat.groups()
    assert group == ChatGroup(group_id="S0SALES", name="Sales", handle="sales", size=2)
    assert await chat.group_members("S0SALES") == ("U0MAYA", "U0GUEST")
    with pytest.raises(NotFound):
        await chat.group_members("S0NONE")


async def test_a_plan_without_user_groups_has_none(sandbox: Sandbox) -> None:
    await sandbox.fault("usergroups.list", "error:plan_upgrade_required")
    assert await sandbox.place().chat.groups() == ()


async def test_a_message_is_posted_found_updated_and_deleted(place: Place) -> None:
    chat = place.chat
    channel = await chat.open_dm("U0MAYA")
    assert await chat.open_dm("U0MAYA") == channel
    ref = await chat.post(channel, message())
    assert ref.channel == channel
    assert await chat.find(channel, "card-1") == ref
    assert await chat.find(channel, "card-2") is None
    await chat.update(ref, message("Dana: done"))
    assert [line["text"] for line in await place.shown(channel)] == ["Dana: done"]
    assert await chat.find(channel, "card-1") == ref
    await chat.delete(ref)
    await chat.delete(ref)
    assert await place.shown(channel) == []


async def test_what_is_gone_is_not_found(chat: ChatGateway) -> None:
    channel = await chat.open_dm("U0MAYA")
    with pytest.raises(NotFound):
        await chat.update(ChatRef(channel=channel, ts="1.000001"), message())
    with pytest.raises(NotFound):
        await chat.open_dm("U0NOBODY")


async def test_refused_blocks_do_not_lose_the_words(place: Place) -> None:
    channel = await place.chat.open_dm("U0MAYA")
    bad = [SECTION, {"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3001}}]
    await place.chat.post(channel, message(blocks=bad))
    (line,) = await place.shown(channel)
    assert line["text"] == "Dana asks"
    assert "x" * 3001 not in json.dumps(line["blocks"])


async def test_a_lost_answer_is_ambiguous_and_the_message_can_be_found(place: Place) -> None:
    channel = await place.chat.open_dm("U0MAYA")
    await place.drop_next_answer()
    with pytest.raises(TransientError) as lost:
        await place.chat.post(channel, message())
    assert lost.value.ambiguous
    assert await place.chat.find(channel, "card-1") is not None
    assert len(await place.shown(channel)) == 1


async def test_home_is_published(chat: ChatGateway) -> None:
    await chat.publish_home("U0MAYA", {"type": "home", "blocks": [SECTION]})
    with pytest.raises(InvalidInput):
        await chat.publish_home("U0NOBODY", {"type": "home", "blocks": [SECTION]})


# ── Reading ─────────────────────────────────────────────────────────────────────────────────────
@pytest.fixture
async def shared(place: Place, request: pytest.FixtureRequest) -> tuple[str, str, str]:
    """Maya wrote two messages and shared a file in a channel: channel, first message, file."""
    if isinstance(place.chat, FakeChat):
        place.chat.threads["C0DEALS", "1.1"] = [
            ChatPost(ts=f"1.{n}", user="U0MAYA", text=f"number {n} & more") for n in (1, 2)
        ]
        place.chat.files["F1"] = ChatFile(name="call.vtt", data=b"WEBVTT")
        return "C0DEALS", "1.1", "F1"
    sandbox: Sandbox = request.getfixturevalue("sandbox")
    first = await sandbox.say("number 1 & more")
    second = await sandbox.say("number 2 & more", thread_ts=first["ts"])
    assert second["ts"] > first["ts"]
    return "C0DEALS", first["ts"], await sandbox.share("call.vtt", b"WEBVTT")


async def test_a_thread_is_read_from_its_first_message(
    place: Place, shared: tuple[str, str, str]
) -> None:
    channel, ts, _ = shared
    posts, following = await place.chat.thread(channel, ts)
    assert [(p.user, p.text, p.by_bot) for p in posts] == [
        ("U0MAYA", "number 1 & more", False),
        ("U0MAYA", "number 2 & more", False),
    ]
    assert (posts[0].ts, following) == (ts, "")
    for missing in (("C0OTHER", ts), (channel, "2.000001")):
        with pytest.raises(NotFound):
            await place.chat.thread(*missing)


async def test_a_shared_file_is_fetched_within_its_limit(
    place: Place, shared: tuple[str, str, str]
) -> None:
    file_id = shared[2]
    assert await place.chat.file(file_id, largest=10) == ChatFile(name="call.vtt", data=b"WEBVTT")
    with pytest.raises(InvalidInput):
        await place.chat.file(file_id, largest=5)
    with pytest.raises(NotFound):
        await place.chat.file("F0", largest=10)


async def test_some_words_are_for_one_person_only(
    place: Place, shared: tuple[str, str, str]
) -> None:
    channel, ts, _ = shared
    await place.chat.whisper(channel, "U0MAYA", message(thread_ts=ts))
    posts, _ = await place.chat.thread(channel, ts)
    assert len(posts) == 2


# ── The adapter alone ───────────────────────────────────────────────────────────────────────────
async def test_a_rate_limit_is_obeyed_for_its_channel_only(sandbox: Sandbox) -> None:
    chat = sandbox.place().chat
    channel = await chat.open_dm("U0MAYA")
    other = await chat.open_dm("U0GUEST")
    await sandbox.fault("chat.postMessage", "ratelimited", retry_after=7)
    with pytest.raises(TransientError) as first:
        await chat.post(channel, message())
    assert (first.value.retry_after, first.value.ambiguous) == (timedelta(seconds=7), False)
    asked = len(await sandbox.calls("chat.postMessage"))
    sandbox.clock.move(timedelta(seconds=3))
    with pytest.raises(TransientError) as again:
        await chat.post(channel, message())
    assert again.value.retry_after == timedelta(seconds=4)
    assert len(await sandbox.calls("chat.postMessage")) == asked
    await chat.post(other, message(metadata_id="card-2"))
    sandbox.clock.move(timedelta(seconds=5))
    await chat.post(channel, message())


async def test_the_token_goes_to_slacks_own_hosts_only(sandbox: Sandbox) -> None:
    chat = sandbox.place().chat
    outside = await sandbox.share("plan.txt", external_url="https://drive.example/1")
    with pytest.raises(InvalidInput, match="doesn't lie with Slack"):
        await chat.file(outside, largest=100)
    inside = await sandbox.share("call.vtt", b"WEBVTT")
    await sandbox.fault("files.download", "redirect")
    with pytest.raises(InvalidInput, match="doesn't lie with Slack"):
        await chat.file(inside, largest=100)
    await sandbox.fault("files.download", "http_500")
    with pytest.raises(TransientError):
        await chat.file(inside, largest=100)
    assert (await chat.file(inside, largest=100)).data == b"WEBVTT"


# ── Handing out a file ──────────────────────────────────────────────────────────────────────────
async def test_a_file_is_brought_then_shown(place: Place) -> None:
    channel = await place.chat.open_dm("U0MAYA")
    file_id = await place.chat.upload("actions.csv", b"a,b\r\n")
    assert not await place.chat.is_shared(file_id, channel)
    await place.chat.share_upload(file_id, channel, title="actions.csv", comment="What I did")
    assert await place.chat.is_shared(file_id, channel) is True
    assert await place.chat.is_shared(file_id, "C0DEALS") is False
    assert await place.chat.is_shared("F0NONE", channel) is None
    with pytest.raises(NotFound):
        await place.chat.share_upload("F0NONE", channel, title="x", comment="")
    with pytest.raises(InvalidInput):
        await place.chat.upload("empty.csv", b"")


async def test_a_file_lands_in_slack_byte_for_byte(sandbox: Sandbox) -> None:
    chat = sandbox.place().chat
    channel = await chat.open_dm("U0MAYA")
    data = "ü,\u2028\r\n".encode() * 1000
    file_id = await chat.upload("actions.csv", data)
    await chat.share_upload(file_id, channel, title="actions.csv", comment="What I did")
    assert await chat.file(file_id, largest=1_000_000) == ChatFile(name="actions.csv", data=data)
    (line,) = await sandbox.history(channel)
    assert (line["text"], [one["id"] for one in line["files"]]) == ("What I did", [file_id])


async def test_a_file_that_may_not_be_brought_says_why(sandbox: Sandbox) -> None:
    chat = sandbox.place().chat
    await sandbox.fault("files.getUploadURLExternal", "error:missing_scope")
    with pytest.raises(Forbidden):
        await chat.upload("actions.csv", b"a")
    await sandbox.fault("files.getUploadURLExternal", "error:file_uploads_disabled")
    with pytest.raises(InvalidInput):
        await chat.upload("actions.csv", b"a")
    for kind in ("ratelimited", "http_500"):
        await sandbox.fault("files.upload", kind, retry_after=7)
        with pytest.raises(TransientError) as failed:
            await chat.upload("actions.csv", b"a")
        assert not failed.value.ambiguous
        assert (failed.value.retry_after == timedelta(seconds=7)) is (kind == "ratelimited")


async def test_a_lost_answer_to_showing_a_file_is_settled_by_looking(sandbox: Sandbox) -> None:
    chat = sandbox.place().chat
    channel = await chat.open_dm("U0MAYA")
    file_id = await chat.upload("actions.csv", b"a")
    await sandbox.fault("files.completeUploadExternal", "ratelimited")
    with pytest.raises(TransientError) as limited:
        await chat.share_upload(file_id, channel, title="actions.csv", comment="")
    assert not limited.value.ambiguous
    assert not await chat.is_shared(file_id, channel)
    sandbox.clock.move(timedelta(seconds=5))
    await sandbox.fault("files.completeUploadExternal", "drop_after_accept")
    with pytest.raises(TransientError) as lost:
        await chat.share_upload(file_id, channel, title="actions.csv", comment="")
    assert lost.value.ambiguous
    assert await chat.is_shared(file_id, channel) is True
    assert len(await sandbox.history(channel)) == 1


@pytest.mark.parametrize(
    ("address", "fine"),
    [
        ("https://files.slack.com/files-pri/T1-F1/a.vtt", True),
        ("https://slack.com/files/a.vtt", True),
        ("http://files.slack.com/a.vtt", False),
        ("https://files.slack.com.evil.example/a.vtt", False),
        ("https://evilslack.com/a.vtt", False),
        ("https://files.slack.com:8443/a.vtt", False),
        ("https://files.slack.com@evil.example/a.vtt", False),
        ("https://user@files.slack.com/a.vtt", False),
        ("https://169.254.169.254/latest/meta-data", False),
        ("file:///etc/passwd", False),
        ("https://evil.example%2f.slack.com/f.txt", False),
        ("https://evil.example\\@files.slack.com/f.txt", False),
        ("https://[::1", False),
        ("", False),
    ],
)
def test_which_addresses_are_slacks(address: str, *, fine: bool) -> None:
    assert is_slacks(address, "https://slack.com/api/") is fine


def test_slacks_for_authorities_have_files_too() -> None:
    api = "https://slack-gov.com/api/"
    assert is_slacks("https://files.slack-gov.com/f.txt", api)
    assert not is_slacks("https://evilslack-gov.com/f.txt", api)


@pytest.mark.parametrize(
    "address", ["https://evil.example/x", "http://10.0.0.1/x", "http://169.254.169.254/latest"]
)
async def test_nobody_but_slack_is_answered(sandbox: Sandbox, address: str) -> None:
    with pytest.raises(InvalidInput, match="no address of Slack's"):
        await sandbox.chats.tell(address, {"text": "x"})


@pytest.mark.parametrize("status", [302, 307])
async def test_no_redirect_is_followed_by_slacks_own_client_either(status: int) -> None:
    async with trap() as net, make_session() as session:
        net.answer.update(kind="redirect", status=status)
        chats = SlackChats(
            session=session, base_url=f"{net.url}/api/", clock=FrozenClock(), tokens=FixedTokens()
        )
        with pytest.raises(TransientError):
            await chats.with_token("xoxb-1").person("U1")
        with pytest.raises(TransientError):
            await chats.tell(f"{net.url}/response", {"text": "x"})
        assert (len(net.seen.here), net.seen.elsewhere) == (2, [])


async def test_a_post_carries_its_id_twice_and_always_a_text(sandbox: Sandbox) -> None:
    chat = sandbox.place().chat
    channel = await chat.open_dm("U0MAYA")
    await chat.post(channel, message(text="  "))
    (call,) = await sandbox.calls("chat.postMessage")
    body = json.loads(json.dumps(call["body"]))
    assert body["text"] == "A card from Understudy"
    assert UUID(body["client_msg_id"])
    assert "card-1" in json.dumps(body["metadata"])


async def test_nothing_is_fetched_because_a_message_is_shown(sandbox: Sandbox) -> None:
    """A link in what others wrote would tell its owner who read it, and when."""
    chat = sandbox.place().chat
    await chat.post(await chat.open_dm("U0MAYA"), message(text="https://evil.example/pixel.png"))
    (call,) = await sandbox.calls("chat.postMessage")
    told = {name: str(call["body"][name]).lower() for name in ("unfurl_links", "unfurl_media")}
    assert set(told.values()) <= {"false", "0"}


async def test_server_errors_may_have_posted_and_dead_hosts_have_not(sandbox: Sandbox) -> None:
    chat = sandbox.place().chat
    channel = await chat.open_dm("U0MAYA")
    await sandbox.fault("chat.postMessage", "http_500")
    with pytest.raises(TransientError) as failed:
        await chat.post(channel, message())
    assert failed.value.ambiguous

    dead = SlackChats(
        session=sandbox.http,
        base_url="http://127.0.0.1:9/api/",
        clock=sandbox.clock,
        tokens=FixedTokens(),
    )
    with pytest.raises(TransientError) as unreachable:
        await (await dead.of(TENANT)).post(channel, message())
    assert not unreachable.value.ambiguous


async def test_blocks_refused_twice_still_leave_the_text(sandbox: Sandbox) -> None:
    chat = sandbox.place().chat
    channel = await chat.open_dm("U0MAYA")
    await sandbox.fault("chat.postMessage", "invalid_blocks", times=2)
    await chat.post(channel, message())
    (line,) = await sandbox.history(channel)
    assert line["text"] == "Dana asks"


@pytest.mark.parametrize("code", ["some_new_code", "no_text"])
async def test_an_unknown_refusal_is_invalid_input(sandbox: Sandbox, code: str) -> None:
    chat = sandbox.place().chat
    channel = await chat.open_dm("U0MAYA")
    await sandbox.fault("chat.postMessage", f"error:{code}")
    with pytest.raises(InvalidInput):
        await chat.post(channel, message())


async def test_a_trigger_that_has_gone_is_said_and_response_urls_are_answered(
    sandbox: Sandbox,
) -> None:
    view = {"type": "modal", "title": {"type": "plain_text", "text": "x"}, "blocks": [SECTION]}
    with pytest.raises((TransientError, InvalidInput)):
        await sandbox.chats.open_modal(TENANT, "1.2.nothing", view)
    with pytest.raises(TransientError):
        await sandbox.chats.tell(f"{sandbox.url}/slack/response/none", {"text": "x"})
    with pytest.raises(InvalidInput):
        await sandbox.chats.tell("file:///etc/passwd", {"text": "x"})


async def test_no_call_leaves_inside_a_transaction(sandbox: Sandbox, database: Database) -> None:
    chat = sandbox.place().chat
    async with database.transaction(TENANT):
        with pytest.raises(RuntimeError, match="transaction"):
            await chat.team()
        with pytest.raises(RuntimeError, match="transaction"):
            await sandbox.chats.tell(f"{sandbox.url}/slack/response/x", {"text": "x"})
    assert await sandbox.calls("auth.test") == []


@pytest.mark.parametrize(
    "blocks",
    [
        mail_card(make_mail_card()),
        mail_card(make_mail_card(deal=None)),
        mail_card(make_mail_card(reader_is_responder=False)),
        mail_card(make_mail_card(draft=make_draft(text="x" * 5000))),
        mail_card(make_mail_card(draft=None, analysed=False)),
        mail_card(make_mail_card(state="done", effect="done", decided_by="Maya")),
        mail_card(make_mail_card(state="voided", newer_action_id=TENANT)),
        unsorted_card(make_unsorted()),
        digest_card(make_digest()),
        mailbox_card(make_mailbox_card()),
        waiting_answer(make_queue(), make_inbox()),
        quiet_blocks(make_quiet()),
        brief_blocks(make_account_view()),
        status_blocks(make_status()),
        help_blocks(),
    ],
)
async def test_slack_takes_each_of_our_messages_as_it_is(
    sandbox: Sandbox, blocks: list[dict[str, Any]]
) -> None:
    chat = sandbox.place().chat
    channel = await chat.open_dm("U0MAYA")
    await chat.post(channel, message(blocks=blocks))
    (call,) = await sandbox.calls("chat.postMessage")
    assert call["error"] is None, call["response"]


@pytest.mark.parametrize(
    "view",
    [
        edit_modal(Target(id=TENANT), make_draft(), make_reader()),
        regenerate_modal(Target(id=TENANT)),
        reject_modal(Target(id=TENANT)),
        read_all_modal(make_mail_card(), make_draft(text="long " * 3000)),
        why_modal(make_why()),
        told_modal("Not done", "Priya has just approved it."),
        home_view(make_home()),
    ],
)
async def test_slack_takes_each_of_our_views(sandbox: Sandbox, view: dict[str, Any]) -> None:
    async with sandbox.http.post(
        f"{sandbox.url}/api/blocks.validate", json={"view": view}
    ) as response:
        answer = await response.json()
    assert answer["ok"], answer
