"""Slack's side of the wire to the app: signed requests, deadlines, retries, and what came back."""

import asyncio
import hashlib
import hmac
import json
from collections.abc import Coroutine
from dataclasses import asdict, dataclass
from time import perf_counter
from typing import Any
from urllib.parse import urlencode

import aiohttp

from sandbox.clock import Clock
from sandbox.context import Settings
from sandbox.slack.model import Json

DEADLINE_SECONDS = 3.0
RETRY_DELAYS = (0.0, 60.0, 300.0)
STALE_SECONDS = 3600
FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
_KEPT = 5000
_OK = range(200, 300)


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What the app said, or why it said nothing in time."""

    status: int | None
    text: str = ""
    failure: str | None = None
    latency_ms: float = 0.0
    no_retry: bool = False

    @property
    def accepted(self) -> bool:
        """Whether Slack counts it as delivered."""
        return self.status in _OK

    @property
    def body(self) -> Any:
        """The answer as JSON when it is JSON, else as text."""
        try:
            return json.loads(self.text)
        except ValueError:
            return self.text


@dataclass(frozen=True, kw_only=True)
class Envelope:
    """One request to the app; the same bytes go out on each retry."""

    kind: str
    name: str
    data: bytes
    content_type: str
    event_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class Tampering:
    """How a test wants the signature spoiled."""

    stale: bool = False
    bad_signature: bool = False
    unsigned: bool = False
    timestamp: str | None = None


_HONEST = Tampering()


def event_envelope(body: Json) -> Envelope:
    """An Events API request."""
    inner = body.get("event") or {}
    return Envelope(
        kind="event",
        name=str(inner.get("type") or body.get("type") or ""),
        data=json.dumps(body).encode(),
        content_type=JSON,
        event_id=body.get("event_id"),
    )


def interaction_envelope(payload: Json) -> Envelope:
    """An interactivity request."""
    return Envelope(
        kind="interaction",
        name=str(payload.get("type") or ""),
        data=urlencode({"payload": json.dumps(payload)}).encode(),
        content_type=FORM,
    )


def command_envelope(form: dict[str, str]) -> Envelope:
    """A slash command."""
    return Envelope(
        kind="command",
        name=form.get("command", ""),
        data=urlencode(form).encode(),
        content_type=FORM,
    )


def signature(secret: str, timestamp: str, data: bytes) -> str:
    """Slack's v0 signature."""
    base = b"v0:" + timestamp.encode() + b":" + data
    return "v0=" + hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()


class BotLink:
    """Sends to {bot-url}/slack/events and keeps a record."""

    def __init__(self, *, settings: Settings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._session: aiohttp.ClientSession | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self.retry_delays: list[float] = list(RETRY_DELAYS)
        self.deadline = DEADLINE_SECONDS
        self.deliveries: list[Json] = []

    async def start(self) -> None:
        """Open the one client session."""
        self._session = aiohttp.ClientSession()

    async def stop(self) -> None:
        """Drop pending retries and close."""
        self.forget()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._session is not None:
            await self._session.close()

    def forget(self) -> None:
        """Cancel what is still to be sent and empty the record."""
        for task in self._tasks:
            task.cancel()
        self.deliveries.clear()
        self.retry_delays[:] = RETRY_DELAYS
        self.deadline = DEADLINE_SECONDS

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Run beside the request that caused it."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def post_event(self, body: Json) -> None:
        """Deliver an event in the background, with Slack's retries."""
        self.spawn(self._deliver(event_envelope(body)))

    async def _deliver(self, envelope: Envelope) -> None:
        answer = await self.send(envelope)
        for number, delay in enumerate(list(self.retry_delays), start=1):
            if answer.accepted or answer.no_retry:
                return
            await asyncio.sleep(delay)
            retry = {
                "x-slack-retry-num": str(number),
                "x-slack-retry-reason": answer.failure or "http_error",
            }
            answer = await self.send(envelope, headers=retry, attempt=number)

    async def send(
        self,
        envelope: Envelope,
        *,
        headers: dict[str, str] | None = None,
        attempt: int = 0,
        tampering: Tampering = _HONEST,
    ) -> Answer:
        """One signed request, one answer, one line in the record."""
        sent = {**self._signed(envelope, tampering), **(headers or {})}
        started = perf_counter()
        answer = await self._request(envelope.data, sent)
        answer = Answer(
            status=answer.status,
            text=answer.text,
            failure=answer.failure,
            no_retry=answer.no_retry,
            latency_ms=round((perf_counter() - started) * 1000, 3),
        )
        self._record(envelope, sent, attempt, answer)
        return answer

    def _signed(self, envelope: Envelope, tampering: Tampering) -> dict[str, str]:
        moment = int(self._clock.real()) - (STALE_SECONDS if tampering.stale else 0)
        stamp = tampering.timestamp if tampering.timestamp is not None else str(moment)
        signed = signature(self._settings.signing_secret, stamp, envelope.data)
        if tampering.bad_signature:
            signed = signature("not the secret", stamp, envelope.data)
        headers = {
            "Content-Type": envelope.content_type,
            "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
        }
        if not tampering.unsigned:
            headers |= {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": signed}
        return headers

    async def _request(self, data: bytes, headers: dict[str, str]) -> Answer:
        if self._session is None:
            raise RuntimeError("the sandbox has not started")
        url = self._settings.bot_url.rstrip("/") + "/slack/events"
        timeout = aiohttp.ClientTimeout(total=self.deadline)
        try:
            async with self._session.post(
                url, data=data, headers=headers, timeout=timeout, max_redirects=2
            ) as response:
                return Answer(
                    status=response.status,
                    text=await response.text(errors="replace"),
                    failure=None if response.status in _OK else "http_error",
                    no_retry=response.headers.get("x-slack-no-retry") == "1",
                )
        except TimeoutError:
            return Answer(status=None, failure="http_timeout")
        except aiohttp.TooManyRedirects:
            return Answer(status=None, failure="too_many_redirects")
        except aiohttp.ClientSSLError:
            return Answer(status=None, failure="ssl_error")
        except aiohttp.ClientConnectionError:
            return Answer(status=None, failure="connection_failed")
        except aiohttp.ClientError:
            return Answer(status=None, failure="unknown_error")

    def _record(
        self, envelope: Envelope, headers: dict[str, str], attempt: int, answer: Answer
    ) -> None:
        line = {
            "at": self._clock.now(),
            "kind": envelope.kind,
            "name": envelope.name,
            "event_id": envelope.event_id,
            "attempt": attempt,
            "headers": headers,
            "body": envelope.data.decode(errors="replace"),
            **asdict(answer),
        }
        self.deliveries.append(line)
        del self.deliveries[:-_KEPT]
