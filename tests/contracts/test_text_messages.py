"""The TextMessages port: the fake, and the real adapter against a gateway on loopback."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.adapters.sms import FORM, SmsGateway, read_body, read_gateway_url
from db.session import Database
from services.errors import Forbidden, InvalidInput, TransientError
from tests import factories as make
from tests.fakes.texts import FakeTexts

BODY = '{"to": "{to}", "text": "{text}"}'
TO, TEXT = "+4915112345678", "Acme: 22 % discount waits for you until 14:30 CET. Open Slack."
# What would break out of a body or a header, were it put there as it is.
NASTY = [
    '","to":"+999","x":"',
    "a\r\nX-Evil: 1\r\n\r\nb",
    "&to=%2B999&text=hi",
    "{to} {text} {0} {to.__class__}",
    "\\u0022 \u2028 ü 日本 \x00 \ud83d",
    "%0d%0a",
]


@dataclass
class Gateway:
    """Takes texts; `answers` says with which status each, in turn, the last one stays."""

    answers: list[int] = field(default_factory=lambda: [200])
    requests: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    slow: asyncio.Event | None = None
    hang_up: bool = False
    url: str = ""

    async def take(self, request: web.Request) -> web.StreamResponse:
        self.requests.append((dict(request.headers), await request.read()))
        if self.slow is not None:
            await self.slow.wait()
        if self.hang_up and request.transport is not None:
            request.transport.abort()
        status = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        headers = {"Location": f"{self.url}/elsewhere"} if 300 <= status < 400 else {}
        return web.Response(status=status, headers=headers, text="+4915112345678 secret")


@asynccontextmanager
async def gateway(**options: Any) -> AsyncIterator[tuple[Gateway, Callable[..., SmsGateway]]]:
    stub = Gateway(**options)
    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", stub.take)
    async with TestServer(app) as server, aiohttp.ClientSession() as session:
        stub.url = str(server.make_url("")).rstrip("/")

        def make_one(**changes: Any) -> SmsGateway:
            given = {"url": f"{stub.url}/sms", "body": BODY, "session": lambda: session}
            return SmsGateway(**{**given, **changes})

        yield stub, make_one
        if stub.slow is not None:
            stub.slow.set()


# ── the port ────────────────────────────────────────────────────────────────────────────────────
@pytest.fixture(params=["fake", "real"])
async def port(request: pytest.FixtureRequest) -> AsyncIterator[tuple[Any, Callable[[], Any]]]:
    """A sender, and what it has delivered."""
    if request.param == "fake":
        fake = FakeTexts()
        yield fake, lambda: fake.texts
        return
    async with gateway() as (stub, make_one):

        def delivered() -> list[tuple[str, str]]:
            found = [json.loads(body) for _, body in stub.requests]
            return [(one["to"], one["text"]) for one in found]

        yield make_one(), delivered


async def test_a_text_arrives_once(port: tuple[Any, Callable[[], Any]]) -> None:
    sender, delivered = port
    await sender.send(to=TO, text=TEXT)
    assert delivered() == [(TO, TEXT)]


async def test_nothing_is_sent_inside_a_transaction(
    port: tuple[Any, Callable[[], Any]], database: Database
) -> None:
    sender, delivered = port
    tenant = await make.make_tenant(database)
    async with database.transaction(tenant):
        with pytest.raises(RuntimeError, match="inside an open transaction"):
            await sender.send(to=TO, text=TEXT)
    assert delivered() == []


# ── the adapter ─────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("text", NASTY[:4] + NASTY[5:])
@pytest.mark.parametrize("kind", ["application/json", FORM])
async def test_no_text_becomes_another_field_or_header(text: str, kind: str) -> None:
    form = kind == FORM
    async with gateway() as (stub, make_one):
        body = "from=Understudy&to={to}&text={text}" if form else BODY
        sender = make_one(body=body, content_type=kind)
        await sender.send(to=TO, text=text)
        ((headers, sent),) = stub.requests
        if form:
            assert parse_qsl(sent.decode(), keep_blank_values=True) == [
                ("from", "Understudy"),
                ("to", TO),
                ("text", text),
            ]
        else:
            assert json.loads(sent) == {"to": TO, "text": text}
        assert "X-Evil" not in headers


def test_half_characters_and_nul_break_nothing() -> None:
    assert json.loads(read_body(BODY, "application/json")(TO, NASTY[4]))["text"] == NASTY[4]
    form = read_body("to={to}&text={text}", FORM)(TO, NASTY[4])
    assert dict(parse_qsl(form))["text"] == NASTY[4].replace("\ud83d", "?")


async def test_a_gateways_own_shape_and_token() -> None:
    body = '{"messages": [{"destinations": [{"to": "{to}"}], "text": "{text}"}], "priority": 1}'
    async with gateway(answers=[202]) as (stub, make_one):
        await make_one(body=body, token="s3cret").send(to=TO, text=TEXT)
        ((headers, sent),) = stub.requests
        assert headers["Authorization"] == "Bearer s3cret"
        assert headers["Content-Type"] == "application/json"
        (message,) = json.loads(sent)["messages"]
        assert message == {"destinations": [{"to": TO}], "text": TEXT}


@pytest.mark.parametrize(
    ("status", "error", "ambiguous"),
    [
        (301, InvalidInput, None),
        (307, InvalidInput, None),
        (400, InvalidInput, None),
        (401, Forbidden, None),
        (403, Forbidden, None),
        (422, InvalidInput, None),
        (429, TransientError, False),
        (500, TransientError, True),
        (502, TransientError, True),
        (503, TransientError, False),
    ],
)
async def test_each_answer_is_told_apart_and_never_followed(
    status: int,
    error: type[Exception],
    ambiguous: bool | None,  # noqa: FBT001 - a parameter of the test
) -> None:
    async with gateway(answers=[status]) as (stub, make_one):
        with pytest.raises(error) as refused:
            await make_one(token="s3cret").send(to=TO, text=TEXT)
        assert len(stub.requests) == 1
        if isinstance(refused.value, TransientError):
            assert refused.value.ambiguous is ambiguous
        for hidden in (TO, "s3cret", stub.url, "secret"):
            assert hidden not in str(refused.value)


async def test_a_broken_and_a_silent_connection_may_have_sent_it() -> None:
    async with gateway(hang_up=True) as (stub, make_one):
        with pytest.raises(TransientError) as broken:
            await make_one().send(to=TO, text=TEXT)
        assert broken.value.ambiguous
        assert len(stub.requests) == 1
    async with gateway(slow=asyncio.Event()) as (_, make_one):
        sender = make_one(timeout=aiohttp.ClientTimeout(total=0.2))
        with pytest.raises(TransientError) as silent:
            await sender.send(to=TO, text=TEXT)
        assert silent.value.ambiguous


async def test_where_nobody_listens_nothing_was_sent(unused_tcp_port: int) -> None:
    async with gateway() as (_, make_one):
        with pytest.raises(TransientError) as away:
            await make_one(url=f"http://127.0.0.1:{unused_tcp_port}/").send(to=TO, text=TEXT)
    assert not away.value.ambiguous


@pytest.mark.parametrize(
    "url",
    [
        "http://sms.example/send",
        "http://127.0.0.1.evil.test/",
        "http://localhost.evil.test/",
        "ftp://sms.example/",
        "//sms.example/",
        "https://",
        "https://user:pw@sms.example/",
        "https://sms.example:port/",
        "https://sms.example/#a",
        "",
    ],
)
def test_only_a_safe_address_is_taken(url: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_gateway_url(url)
    assert "pw" not in str(refused.value)


@pytest.mark.parametrize("url", ["https://sms.example/v1?key=1", "http://localhost:8080/"])
def test_these_are(url: str) -> None:
    assert read_gateway_url(url) == url


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        ('{"to": {to}, "text": {text}}', "application/json"),
        ('{"to": "{to}"}', "application/json"),
        ('{"{to}": "{text}"}', "application/json"),
        ("to={to}", FORM),
        ("to={to}&text={text}", "text/plain"),
        (BODY, "application/jsonp"),
    ],
)
def test_a_template_that_can_not_work_is_refused_at_the_start(body: str, content_type: str) -> None:
    with pytest.raises(InvalidInput):
        read_body(body, content_type)


@pytest.mark.parametrize("token", ["a\r\nX-Evil: 1", "a\nb", "ü", "", " a", "a\x00"])
def test_a_token_that_no_header_may_carry_is_refused_at_the_start(token: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        SmsGateway(
            session=lambda: pytest.fail("not used"),
            url="https://sms.example/",
            body=BODY,
            token=token,
        )
    assert "Evil" not in str(refused.value)
