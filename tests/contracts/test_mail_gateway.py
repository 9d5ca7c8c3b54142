"""The same promises, kept by the mailbox in memory and by the adapter against the sandbox."""

import asyncio
import base64
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

import aiohttp
import pytest
from aiohttp import web

from bot.adapters.gmail import GmailGateways
from sandbox.gmail.routes import attach
from services.errors import Forbidden, InvalidInput, NotFound, TransientError
from services.ports import HistoryExpired, MailboxCredentials, MailGateway
from services.types.google import ServiceAccountKey
from tests.fakes.mail import FakeMail

REP = "rep@acme-sales.test"
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def mail(number: int, *, extra: str = "", parent: int | None = None) -> bytes:
    reply = f"In-Reply-To: <c{parent}@customer.test>\r\nReferences: <c{parent}@customer.test>\r\n"
    return (
        f"From: Dana <dana@customer.test>\r\nTo: {REP}\r\nSubject: Offer\r\n"
        f"Date: Sat, 21 Nov 2026 09:00:00 +0000\r\nMessage-ID: <c{number}@customer.test>\r\n"
        f"{reply if parent else ''}{extra}\r\nHello number {number}.\r\n"
    ).encode()


@dataclass
class Tokens:
    """Credentials in memory; asks the gateways for new ones when the old are refused."""

    held: MailboxCredentials
    gateways: GmailGateways | None = None
    refreshes: int = 0

    async def current(self) -> MailboxCredentials:
        return self.held

    async def refreshed(self, refused: MailboxCredentials) -> MailboxCredentials:
        assert self.gateways is not None
        self.refreshes += 1
        self.held = await self.gateways.refresh(refused)
        return self.held


class Side(Protocol):
    gateway: MailGateway

    async def deliver(self, raw: bytes, labels: list[str]) -> str: ...
    async def label(self, message_id: str, name: str) -> str: ...
    async def expire_history(self) -> None: ...
    async def add_aliases(self, states: dict[str, str]) -> None: ...


@dataclass
class InMemory:
    mailbox: FakeMail

    @property
    def gateway(self) -> MailGateway:
        return self.mailbox

    async def deliver(self, raw: bytes, labels: list[str]) -> str:
        return self.mailbox.deliver(raw, labels=set(labels))

    async def label(self, message_id: str, name: str) -> str:
        self.mailbox.names["Label_9"] = name
        self.mailbox.label(message_id, "Label_9")
        return "Label_9"

    async def expire_history(self) -> None:
        self.mailbox.expire_history()

    async def add_aliases(self, states: dict[str, str]) -> None:
        self.mailbox.others = tuple(a for a, state in states.items() if state == "accepted")


@dataclass
class OverHttp:
    gateway: MailGateway
    tokens: Tokens
    base: str
    session: aiohttp.ClientSession

    async def control(self, path: str, **body: Any) -> Any:
        async with self.session.post(f"{self.base}control/gmail/{path}", json=body) as answer:
            assert answer.status == 200, await answer.text()
            return await answer.json()

    async def calls(self, op: str) -> list[dict[str, Any]]:
        url = f"{self.base}control/gmail/calls?op={op}"
        async with self.session.get(url) as answer:
            return (await answer.json())["calls"]

    async def deliver(self, raw: bytes, labels: list[str]) -> str:
        coded = base64.b64encode(raw).decode()
        body = {"mailbox": REP, "eml_base64": coded, "labels": labels, "auth": "keep"}
        return (await self.control("deliver", **body))["id"]

    async def label(self, message_id: str, name: str) -> str:
        return (await self.control("label", mailbox=REP, id=message_id, name=name))["id"]

    async def expire_history(self) -> None:
        await self.control("expire-history", mailbox=REP)

    async def add_aliases(self, states: dict[str, str]) -> None:
        await self.control("mailboxes", email=REP, aliases=states)


class WallClock:
    def now(self) -> datetime:
        return datetime.now(UTC)  # noqa: TID251 - the sandbox is a real server with real time


@pytest.fixture
async def real() -> AsyncIterator[OverHttp]:
    app = web.Application(client_max_size=64 * 1024 * 1024)
    attach(app)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    base = f"http://127.0.0.1:{runner.addresses[0][1]}/"
    gateways = GmailGateways(base, WallClock(), timeout=3)
    async with aiohttp.ClientSession() as session:
        side = OverHttp(gateway=None, tokens=None, base=base, session=session)
        await side.control("mailboxes", email=REP, name="Rep", kind="rep")
        async with session.get(f"{base}control/gmail/credentials/{REP}") as answer:
            given = await answer.json()
        names = ("token", "refresh_token", "token_uri", "client_id", "client_secret")
        held = MailboxCredentials(**{name: given[name] for name in names})
        side.tokens = Tokens(held, gateways)
        side.gateway = gateways.open(side.tokens)
        yield side
    await asyncio.to_thread(gateways.close)
    await runner.cleanup()


@pytest.fixture(params=["memory", "http"])
def side(request: pytest.FixtureRequest) -> Side:
    if request.param == "http":
        return request.getfixturevalue("real")
    return InMemory(FakeMail(REP))


async def _all_history(gateway: MailGateway, since: int) -> tuple[list[Any], int]:
    items: list[Any] = []
    page = None
    for _ in range(20):
        answer = await gateway.history(since, page)
        items += answer.items
        page = answer.page
        if page is None:
            assert answer.history_id is not None
            return items, answer.history_id
        assert answer.history_id is None
    raise AssertionError("the history has no end")


async def test_the_profile_names_address_and_cursor(side: Side) -> None:
    address, cursor = await side.gateway.profile()
    assert address == REP
    await side.deliver(mail(1), ["INBOX"])
    assert (await side.gateway.profile())[1] > cursor


async def test_history_tells_what_came_and_what_went(side: Side) -> None:
    _, cursor = await side.gateway.profile()
    ids = [await side.deliver(mail(n), ["INBOX", "UNREAD"]) for n in range(1, 6)]
    items, after = await _all_history(side.gateway, cursor)
    assert [item.message_id for item in items if item.added] == ids
    draft = await side.gateway.create_draft(mail(9), None)
    assert await side.gateway.delete_draft(draft.draft_id)
    items, last = await _all_history(side.gateway, after)
    assert [(item.message_id, item.added) for item in items] == [
        (draft.message_id, True),
        (draft.message_id, False),
    ]
    assert await _all_history(side.gateway, last) == ([], last)


async def test_an_old_cursor_is_told_apart(side: Side) -> None:
    _, cursor = await side.gateway.profile()
    await side.deliver(mail(1), ["INBOX"])
    await side.expire_history()
    with pytest.raises(HistoryExpired):
        await side.gateway.history(cursor, None)


async def test_a_message_comes_byte_for_byte(side: Side) -> None:
    raw = mail(1, extra="X-Odd: \xff\xfe\r\n").replace(b"\xc3\xbf", b"\xff")
    message_id = await side.deliver(raw, ["INBOX"])
    stored = await side.gateway.fetch(message_id)
    assert stored.raw == raw
    assert stored.labels == {"INBOX"}
    assert stored.received_at.tzinfo is not None
    with pytest.raises(NotFound):
        await side.gateway.fetch("00000000deadbeef")


async def test_recent_leaves_out_drafts_spam_and_bin(side: Side) -> None:
    wanted = [await side.deliver(mail(n), ["INBOX"]) for n in range(1, 6)]
    await side.deliver(mail(6), ["SPAM"])
    await side.deliver(mail(7), ["TRASH"])
    await side.gateway.create_draft(mail(8), None)
    found: list[str] = []
    page: str | None = None
    while True:
        ids, page = await side.gateway.recent(LONG_AGO, page)
        found += ids
        if page is None:
            break
    assert sorted(found) == sorted(wanted)
    ids, _ = await side.gateway.recent(datetime(2040, 1, 1, tzinfo=UTC), None)
    assert ids == ()


async def test_a_draft_keeps_its_id_and_is_found_by_our_header(side: Side) -> None:
    first = await side.deliver(mail(1), ["INBOX"])
    thread = (await side.gateway.fetch(first)).thread_id
    ours = mail(2, parent=1, extra="X-Understudy-Draft: d-1\r\n")
    draft = await side.gateway.create_draft(ours, thread)
    assert draft.thread_id == thread
    again = await side.gateway.update_draft(draft.draft_id, ours + b"More.\r\n", thread)
    assert again.draft_id == draft.draft_id
    assert again.message_id != draft.message_id
    held = await side.gateway.draft(draft.draft_id)
    assert held is not None
    assert held.raw == ours + b"More.\r\n"
    for where in (thread, None, "unknown"):
        found = await side.gateway.find_draft("d-1", where)
        assert found is not None
        assert found.draft_id == draft.draft_id
    assert await side.gateway.find_draft("d-2", thread) is None


async def test_a_draft_is_sent_once_with_the_bytes_given(side: Side) -> None:
    first = await side.deliver(mail(1), ["INBOX"])
    thread = (await side.gateway.fetch(first)).thread_id
    raw = mail(2, parent=1, extra="X-Understudy-Draft: d-1\r\n")
    draft = await side.gateway.create_draft(raw + b"Changed by hand.\r\n", thread)
    sent = await side.gateway.send_draft(draft.draft_id, raw, thread)
    stored = await side.gateway.fetch(sent)
    assert "SENT" in stored.labels
    assert stored.thread_id == thread
    assert stored.raw.endswith(b"Hello number 2.\r\n")
    entries = await side.gateway.thread(thread)
    assert [entry.message_id for entry in entries] == [first, sent]
    assert entries[1].headers["x-understudy-draft"] == "d-1"
    assert entries[0].headers["message-id"] == "<c1@customer.test>"
    assert await side.gateway.draft(draft.draft_id) is None
    with pytest.raises(NotFound):
        await side.gateway.send_draft(draft.draft_id, raw, thread)
    assert not await side.gateway.delete_draft(draft.draft_id)


async def test_our_own_notice_goes_out_as_a_draft_first(side: Side) -> None:
    sent = await side.gateway.send(mail(3, extra="X-Understudy: digest\r\n"))
    assert "SENT" in (await side.gateway.fetch(sent)).labels


async def test_a_watch_has_an_end(side: Side) -> None:
    cursor, until = await side.gateway.watch("projects/p/topics/t")
    assert cursor > 0
    assert until.tzinfo is not None
    await side.gateway.stop_watch()


async def test_a_gained_label_is_told_and_its_carriers_are_found(side: Side) -> None:
    ids = [await side.deliver(mail(n), ["INBOX"]) for n in range(1, 6)]
    _, cursor = await side.gateway.profile()
    label = await side.label(ids[0], "Understudy/never")
    items, _ = await _all_history(side.gateway, cursor)
    assert [(i.message_id, i.added, i.gained) for i in items] == [(ids[0], False, {label})]
    for message_id in ids[1:4]:
        await side.label(message_id, "Understudy/never")
    assert (await side.gateway.labels())[label] == "Understudy/never"
    found: list[str] = []
    page: str | None = None
    while True:
        more, page = await side.gateway.labelled(label, page)
        found += more
        if page is None:
            break
    assert sorted(found) == sorted(ids[:4])
    assert label in (await side.gateway.fetch(ids[0])).labels


@pytest.mark.parametrize(
    ("fault", "topic", "words"),
    [
        ("http_404", "projects/p/topics/t", "no Pub/Sub topic projects/p/topics/t"),
        ("http_403", "projects/p/topics/t", "gmail-api-push@system.gserviceaccount.com"),
        ("", "not-a-topic", "GMAIL_TOPIC reads"),
    ],
)
async def test_a_topic_that_is_wrong_is_named(
    real: OverHttp, fault: str, topic: str, words: str
) -> None:
    if fault:
        await real.control("faults", op="watch", kind=fault)
    with pytest.raises(InvalidInput, match=words):
        await real.gateway.watch(topic)
    await real.control("tokens", mailbox=REP, do="revoke")
    with pytest.raises(Forbidden):
        await real.gateway.watch("projects/p/topics/t")


async def test_a_service_account_speaks_for_whom_the_admin_console_lets_it(
    real: OverHttp,
) -> None:
    given = await real.control("service-accounts", name="mail", scopes=[])
    key = ServiceAccountKey(
        client_email=given["client_email"],
        client_id=given["client_id"],
        key_id=given["private_key_id"],
        private_key=given["private_key"],
        token_uri=given["token_uri"],
    )
    gateways = real.tokens.gateways
    assert gateways is not None
    with pytest.raises(Forbidden, match=key.client_id):
        await gateways.delegated(key, REP)
    scopes = ["https://www.googleapis.com/auth/gmail.modify"]
    await real.control("service-accounts", email=key.client_email, scopes=scopes)
    held = await gateways.delegated(key, REP)
    assert (held.subject, held.refresh_token) == (REP, None)
    assert held.expires_at is not None
    assert (await gateways.open(Tokens(held)).profile())[0] == REP
    with pytest.raises(Forbidden, match="no such user"):
        await gateways.delegated(key, "nobody@acme-sales.test")
    forged = await real.control("service-accounts", name="other", scopes=scopes)
    with pytest.raises(Forbidden):
        await gateways.delegated(replace(key, private_key=forged["private_key"]), REP)
    with pytest.raises(InvalidInput):
        await gateways.delegated(replace(key, private_key="nonsense"), REP)
    await real.control("faults", op="token", kind="http_500")
    with pytest.raises(TransientError):
        await gateways.delegated(key, REP)


async def test_verified_aliases_are_known(side: Side) -> None:
    assert await side.gateway.aliases() == ()
    await side.add_aliases({"sales@northwind.test": "accepted", "old@northwind.test": "pending"})
    assert await side.gateway.aliases() == ("sales@northwind.test",)


async def test_a_refused_token_is_refreshed_and_the_call_goes_on(real: OverHttp) -> None:
    await real.control("tokens", mailbox=REP, do="expire")
    draft = await real.gateway.create_draft(mail(1), None)
    assert await real.gateway.draft(draft.draft_id) is not None
    assert real.tokens.refreshes == 1
    assert real.tokens.held.expires_at is not None


async def test_a_withdrawn_grant_is_forbidden(real: OverHttp) -> None:
    await real.control("tokens", mailbox=REP, do="revoke")
    with pytest.raises(Forbidden):
        await real.gateway.profile()


@pytest.mark.parametrize("fault", ["drop_after_accept", "http_503_after_accept"])
async def test_a_lost_answer_to_a_send_is_ambiguous_and_never_repeated(
    real: OverHttp, fault: str
) -> None:
    draft = await real.gateway.create_draft(mail(1), None)
    await real.control("faults", op="drafts.send", kind=fault)
    with pytest.raises(TransientError) as caught:
        await real.gateway.send_draft(draft.draft_id, mail(1), None)
    assert caught.value.ambiguous
    assert len(await real.calls("drafts.send")) == 1


async def test_a_slow_send_is_ambiguous(real: OverHttp) -> None:
    await real.control("faults", op="drafts.create", kind="slow:4")
    with pytest.raises(TransientError) as caught:
        await real.gateway.create_draft(mail(1), None)
    assert caught.value.ambiguous


@pytest.mark.parametrize("fault", ["rate_403", "rate_429"])
async def test_a_rate_limit_says_when_to_come_back(real: OverHttp, fault: str) -> None:
    await real.control("faults", op="getProfile", kind=fault)
    with pytest.raises(TransientError) as caught:
        await real.gateway.profile()
    assert caught.value.retry_after is not None
    assert caught.value.retry_after > timedelta()
    assert not caught.value.ambiguous


async def test_a_failed_read_is_never_ambiguous(real: OverHttp) -> None:
    await real.control("faults", op="getProfile", kind="http_500")
    with pytest.raises(TransientError) as caught:
        await real.gateway.profile()
    assert not caught.value.ambiguous


async def test_nobody_there_is_not_ambiguous_even_for_a_send(real: OverHttp) -> None:
    gateways = GmailGateways("http://127.0.0.1:9/", WallClock(), timeout=1)
    tokens = Tokens(replace(real.tokens.held), gateways)
    with pytest.raises(TransientError) as caught:
        await gateways.open(tokens).create_draft(mail(1), None)
    assert not caught.value.ambiguous
    await asyncio.to_thread(gateways.close)


async def test_many_at_once_share_no_connection(real: OverHttp) -> None:
    ids = [await real.deliver(mail(n), ["INBOX"]) for n in range(1, 9)]
    stored = await asyncio.gather(*(real.gateway.fetch(i) for i in ids * 5))
    assert [s.message_id for s in stored] == ids * 5


async def test_a_large_message_travels_whole(real: OverHttp) -> None:
    raw = mail(1) + b"x" * 70 + b"\r\n" + (b"y" * 76 + b"\r\n") * 65_000
    draft = await real.gateway.create_draft(raw, None)
    held = await real.gateway.draft(draft.draft_id)
    assert held is not None
    assert held.raw == raw


async def test_a_message_without_the_optional_fields_is_read_all_the_same() -> None:
    """Google promises no field of an answer: no internalDate, no labels, no padding."""
    raw = mail(1)
    bare = {"id": "m1", "threadId": "t1"}
    headers = [{"name": "Date", "value": "Sat, 21 Nov 2026 10:00:00 +0100"}]

    async def one(_request: web.Request) -> web.Response:
        return web.json_response(bare | {"raw": base64.urlsafe_b64encode(raw).decode().rstrip("=")})

    async def thread(_request: web.Request) -> web.Response:
        return web.json_response(
            {"id": "t1", "messages": [bare | {"payload": {"headers": headers}}]}
        )

    app = web.Application()
    app.router.add_get("/gmail/v1/users/me/messages/m1", one)
    app.router.add_get("/gmail/v1/users/me/threads/t1", thread)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    gateways = GmailGateways(f"http://127.0.0.1:{runner.addresses[0][1]}/", WallClock(), timeout=3)
    held = MailboxCredentials(
        token="t", refresh_token=None, token_uri="", client_id="", client_secret=""
    )
    gateway = gateways.open(Tokens(held))
    stored, (entry,) = await gateway.fetch("m1"), await gateway.thread("t1")
    assert (stored.raw, stored.labels) == (raw, frozenset())
    assert stored.received_at == entry.received_at == datetime(2026, 11, 21, 9, tzinfo=UTC)
    await asyncio.to_thread(gateways.close)
    await runner.cleanup()
