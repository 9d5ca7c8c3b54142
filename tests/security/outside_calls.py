"""Calls to the outside: only where the configuration says, secrets for nobody else, bounded."""

import ast
import asyncio
import base64
import json
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.gmail import GmailGateways
from bot.adapters.google_consent import GoogleConsent
from bot.adapters.google_push import Certificates, GooglePushVerifier
from bot.adapters.slack import SlackChats, SlackGateway, make_session
from bot.adapters.slack_calls import Pacing, SlackCalls
from bot.adapters.slack_install import SlackInstall
from bot.adapters.slack_openid import SlackSignIn
from bot.adapters.sms import SmsGateway
from handlers.gmail_push import CertificatesUnavailableError, NotVerifiedError
from services.errors import ServiceError
from services.ports import ChatMessage, MailboxCredentials
from tests.fakes.clock import FrozenClock
from tests.fakes.tokens import FixedTokens
from tests.security.rows import Row, Tally, Trial
from tests.security.trap import ENDLESS, SECRET, NoWay, Trap, trap

TITLE = "Calls to the outside"
API = "https://slack.com/api/"
TENANT = UUID(int=1)
HOSTS = (
    "evil.test", "slack.com.evil.test", "evil-slack.com", "slackfiles.com", "slack.co", "localhost",
    "127.0.0.1", "127.1", "2130706433", "0x7f000001", "[::1]", "[::ffff:127.0.0.1]", "0",
    "169.254.169.254", "metadata.google.internal", "10.0.0.1", "192.168.1.1", "[fd00::1]",
    "files.slack.com:8443", "files.slack.com:22", "files.slack.com@evil.test",
    "evil.test:443@files.slack.com", "a:b@files.slack.com", "evil.test\\@files.slack.com",
    "evil.test#@files.slack.com", "evil.test?.slack.com", "evil.test/.slack.com",
    "evil.test%2f.slack.com", "evil.test\uff0f.slack.com", "evil.test\u3002slack.com",
    "files.slack.com.", "slack\u3002com", "xn--slck-0na.com", "f\u0456les.sl\u0430ck.com", "",
)  # fmt: skip
SCHEMES = ("https://", "http://", "HTTP://", "//", "ftp://", "file://", "gopher://", "https:\\\\",
           "https:/", "javascript://", "\thttps://", "https://\n", "")  # fmt: skip
MEANT = frozenset({"files.slack.com", "files.slack.com."})
"""Names that are Slack's, in whichever spelling."""
REDIRECTS = (301, 302, 303, 307, 308)
ENDLESS_ANSWERS = ("a file", "an upload", "response_url", "a text message", "Google's certificates")
ENDLESS_QUICKLY = ENDLESS_ANSWERS[::4]
CALLERS = frozenset(
    {
        "bot/adapters/gmail_transport.py", "bot/adapters/google_consent.py",
        "bot/adapters/google_push.py", "bot/adapters/slack.py", "bot/adapters/slack_oauth.py",
        "bot/adapters/slack_reading.py", "bot/adapters/slack_uploads.py", "bot/adapters/sms.py",
        "bot/adapters/smtp.py", "bot/adapters/gmail.py", "bot/adapters/llm.py",
        "bot/adapters/litellm_embeddings.py", "bot/adapters/qdrant_store.py", "bot/demo.py",
        "bot/adapters/gmail_answers.py", "bot/adapters/slack_calls.py", "bot/slack_app.py",
        "bot/adapters/slack_install.py", "bot/adapters/slack_openid.py",
        "bot/adapters/slack_streams.py", "bot/doctor/clocks.py", "bot/doctor/machine.py",
    }
)  # fmt: skip
"""Every file that can open a connection by HTTP or SMTP; each is looked at in a row, or calls what
the configuration names (models, vectors, SMTP) and takes no address from anywhere else."""
_OPENING = frozenset(
    {"httplib2", "smtplib", "aiohttp", "requests", "httpx", "urllib3", "litellm", "qdrant_client",
     "slack_sdk", "googleapiclient"}
)  # fmt: skip
_NO_CLIENT = frozenset({"web", "hdrs", "SlackApiError", "HttpError", "WebSocketError"})
REFUSALS = (ServiceError, NotVerifiedError, CertificatesUnavailableError, KeyError)
"""KeyError: what a stranger answered was taken for an answer; the call itself is counted."""
Call = Callable[[], Awaitable[object]]


async def rows(trial: Trial) -> list[Row]:
    tally = Tally(TITLE)
    _callers(tally)
    await _addresses(tally, trial)
    await _redirects(tally, REDIRECTS[1::2] if trial.quick else REDIRECTS)
    await _sizes(tally, ENDLESS_QUICKLY if trial.quick else ENDLESS_ANSWERS)
    await _tokens_of_pushes(tally)
    return tally.rows()


# ── Who calls at all ────────────────────────────────────────────────────────────────────────────
def _callers(tally: Tally) -> None:
    """Nothing else of the product can: a new caller has to be put on the list, and looked at."""
    for path, names in _openers():
        # The composition hands the one session on.
        held = path in CALLERS or path.startswith("bot/wiring") or not names
        tally.add("every file that imports a client", held=held, fault=f"{path} imports {names}")


def _openers() -> Iterator[tuple[str, list[str]]]:
    for part in ("bot", "handlers", "services", "blocks", "db"):
        for path in sorted(Path(part).rglob("*.py")):
            text = path.read_text(encoding="utf-8")
            yield str(path), sorted(set(_opened(ast.parse(text))))


def _opened(tree: ast.AST) -> Iterator[str]:
    """The clients a file imports; aiohttp's server side is none, nor are names for types alone."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names if one.name.partition(".")[0] in _OPENING)
        elif isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] in _OPENING:
            yield from (
                f"{node.module}.{one.name}" for one in node.names if one.name not in _NO_CLIENT
            )
        elif isinstance(node, ast.Attribute) and node.attr in ("urlopen", "create_connection"):
            yield node.attr


# ── Addresses that come with data ───────────────────────────────────────────────────────────────
def addresses() -> list[str]:
    return [f"{scheme}{host}/f/x.txt" for scheme in SCHEMES for host in HOSTS]


async def _addresses(tally: Tally, trial: Trial) -> None:
    """What Slack's answers and payloads name: a shared file, a place to upload to, a response_url.
    Whatever isn't Slack's is not asked for anything, with the token or without."""
    asked = addresses()
    chosen = asked if not trial.quick else trial.random("addresses").sample(asked, 25)
    for address in chosen:
        for case, wanted in (
            ("a file's url_private", await _wanted(_file, address)),
            ("an upload_url", await _wanted(_upload, address)),
            ("a response_url", await _wanted(_tell, address)),
        ):
            wrong = [one for one in wanted if not _is_slacks(one.split(" ")[0])]
            tally.add(f"{case} of another host", held=not wrong, fault=f"{address!r}: {wrong}")


def _is_slacks(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme == "https" and parts.hostname in MEANT and parts.port in (None, 443)


async def _wanted(
    call: Callable[[SlackGateway, SlackChats, str], Awaitable[object]], address: str
) -> list[str]:
    connector = NoWay()
    async with aiohttp.ClientSession(connector=connector) as session:
        clock = FrozenClock()
        client = AsyncWebClient(token=SECRET, base_url=API, session=session)
        gateway = SlackGateway(SlackCalls(client, Pacing(clock), "T1"))
        chats = SlackChats(session=session, base_url=API, clock=clock, tokens=FixedTokens(SECRET))
        with suppress(ServiceError):
            await call(gateway, chats, address)
    return connector.wanted


async def _file(gateway: SlackGateway, _chats: SlackChats, address: str) -> object:
    return await gateway._download(address, 1_000)


async def _upload(gateway: SlackGateway, _chats: SlackChats, address: str) -> object:
    return await gateway._bring(address, b"x")


async def _tell(_gateway: SlackGateway, chats: SlackChats, address: str) -> object:
    return await chats.tell(address, {"text": "x"})


# ── Whoever we call sends us elsewhere ──────────────────────────────────────────────────────────
async def _redirects(tally: Tally, statuses: Sequence[int]) -> None:
    async with trap() as net, make_session() as session:
        for name, call in _calls(net, session):
            for status in statuses:
                net.answer.update(kind="redirect", status=status)
                net.seen.elsewhere.clear()
                net.seen.here.clear()
                with suppress(*REFUSALS):
                    await call()
                went = list(net.seen.elsewhere)
                fault = f"{name}, {status}: {went[:1] or 'never called'}"
                held = not went and bool(net.seen.here)
                tally.add("a redirect to another host", held=held, fault=fault)


def _calls(net: Trap, session: aiohttp.ClientSession) -> Iterator[tuple[str, Call]]:
    clock, api = FrozenClock(), f"{net.url}/api/"
    chats = SlackChats(session=session, base_url=api, clock=clock, tokens=FixedTokens(SECRET))
    chat = chats.with_token(SECRET)
    client = {"client_id": "c", "client_secret": SECRET, "redirect_uri": "https://ours.test/x"}
    install = SlackInstall(session=lambda: session, api_url=api, clock=clock, **client)
    sign_in = SlackSignIn(session=lambda: session, api_url=api, **client)
    consent = GoogleConsent(
        session=lambda: session, clock=clock, auth_url=net.url, token_url=f"{net.url}/token",
        revoke_url=f"{net.url}/revoke", **client,
    )  # fmt: skip
    sms = SmsGateway(
        session=lambda: session, url=f"{net.url}/sms", body='{"to": "{to}", "text": "{text}"}',
        token=SECRET,
    )  # fmt: skip
    certificates = Certificates(url=f"{net.url}/certs", session=lambda: session)
    gmail = GmailGateways(f"{net.url}/", clock, timeout=5)
    held = MailboxCredentials(
        token=SECRET, refresh_token=SECRET, token_uri=f"{net.url}/token", client_id="c",
        client_secret=SECRET,
    )  # fmt: skip
    box = gmail.open(_Held(held))
    yield "chat.postMessage", lambda: chat.post("C1", ChatMessage(text="x", blocks=()))
    yield "users.info", lambda: chat.person("U1")
    yield "a file", lambda: chat._download(f"{net.url}/f", 1_000)
    yield "an upload", lambda: chat._bring(f"{net.url}/u", b"x")
    yield "response_url", lambda: chats.tell(f"{net.url}/r", {"text": "x"})
    yield "oauth.v2.access", lambda: install.exchange("code")
    yield "auth.revoke", lambda: install.revoke(SECRET)
    yield "openid.connect.token", lambda: sign_in.exchange("code")
    yield "Google's token", lambda: consent.exchange("code", "verifier")
    yield "Google's revoke", lambda: consent.revoke(SECRET)
    yield "a text message", lambda: sms.send(to="+491234567", text="x")
    yield "Google's certificates", lambda: _anew(certificates)
    yield "Gmail, reading", box.profile
    yield "Gmail, sending", lambda: box.create_draft(b"Subject: x\r\n\r\nx", None)
    yield "Gmail's token", lambda: gmail.refresh(held)


class _Held:
    def __init__(self, credentials: MailboxCredentials) -> None:
        self.credentials = credentials

    async def current(self) -> MailboxCredentials:
        return self.credentials

    async def refreshed(self, refused: MailboxCredentials) -> MailboxCredentials:
        return refused


async def _anew(certificates: Certificates) -> object:
    certificates.known = {}
    certificates._fetched_at, certificates._good_until = float("-inf"), 0
    return await certificates.for_key("k")


# ── How much is taken ───────────────────────────────────────────────────────────────────────────
async def _sizes(tally: Tally, names: Sequence[str]) -> None:
    """An answer that never ends: we stop taking it."""
    async with trap() as net, make_session() as session:
        net.answer["kind"] = "endless"
        for name, call in _calls(net, session):
            if name not in names:
                continue
            net.seen.sent = 0
            with suppress(ServiceError, CertificatesUnavailableError):
                await asyncio.wait_for(call(), 20)
            await asyncio.sleep(0.2)
            taken = net.seen.sent
            tally.add("an answer without an end", held=taken < ENDLESS, fault=f"{name}: {taken}")


# ── What a token names ──────────────────────────────────────────────────────────────────────────
async def _tokens_of_pushes(tally: Tally) -> None:
    """A bearer of a push names where its keys lie (jku, x5u) or brings them (jwk, x5c): nobody goes
    there, and it opens nothing."""
    async with trap() as net, make_session() as session:
        certificates = Certificates(url=f"{net.url}/certs", session=lambda: session)
        verifier = GooglePushVerifier(audience="a", service_account=None, certificates=certificates)
        for header in _headers(net.other):
            token = ".".join([_part(header), _part({"aud": "a", "email_verified": True}), "AAAA"])
            refused = False
            try:
                await verifier.verify(f"Bearer {token}")
            except (NotVerifiedError, CertificatesUnavailableError):
                refused = True
            held = refused and not net.seen.elsewhere
            fault = f"{header}: refused={refused}, {net.seen.elsewhere[:1]}"
            tally.add("a push's token that names its own keys", held=held, fault=fault)


def _headers(url: str) -> Iterator[dict[str, object]]:
    for algorithm in ("RS256", "none", "HS256", "ES256", "", None, 7):
        for named in (
            {"jku": f"{url}/keys"}, {"x5u": f"{url}/cert"}, {"jwk": {"kty": "oct", "k": "AAAA"}},
            {"x5c": ["AAAA"]}, {"kid": f"{url}/certs"}, {"kid": "../../etc/passwd"},
            {"kid": ["a"]}, {"kid": {"a": 1}}, {"crit": ["x"]}, {"kid": "k" * 100_000},
        ):  # fmt: skip
            yield {"alg": algorithm, "typ": "JWT", "kid": "1", **named}


def _part(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()
