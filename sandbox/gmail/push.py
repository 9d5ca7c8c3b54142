"""Pub/Sub push: one notification a second for each user, signed, retried, and lossy on demand."""

import asyncio
import base64
import json
import random
import secrets
from collections import deque
from collections.abc import Callable, Coroutine
from dataclasses import asdict, dataclass, fields
from typing import Any

import aiohttp

from sandbox.gmail.clock import Clock
from sandbox.gmail.errors import invalid
from sandbox.gmail.model import Json, Mailbox
from sandbox.gmail.signing import Signer

SUBSCRIPTION = "projects/sandbox/subscriptions/gmail-push"
# Pub/Sub takes these as an acknowledgement and repeats on any other answer.
ACKNOWLEDGED = frozenset({102, 200, 201, 202, 204})
_LOG_KEPT = 5_000


@dataclass(kw_only=True)
class Settings:
    """What the control API can change."""

    bot_url: str = ""
    path: str = "/gmail/push"
    audience: str = ""
    email: str = "gmail-push@sandbox.iam.gserviceaccount.com"
    bad_jwt: bool = False
    drop: float = 0.0
    duplicate: float = 0.0
    reorder: float = 0.0
    delay: float = 0.0
    tries: int = 5
    backoff: float = 0.5
    rate_seconds: float = 1.0

    def change(self, values: Json) -> None:
        types = {field.name: type(getattr(self, field.name)) for field in fields(self)}
        for name, value in values.items():
            if name not in types:
                raise invalid(f"Unknown push setting: {name}")
            setattr(self, name, types[name](value))


class Push:
    """Tells the bot that a watched mailbox has changed."""

    def __init__(self, clock: Clock, default_url: Callable[[], str]) -> None:
        self.settings = Settings()
        self.signer = Signer(clock)
        self.log: deque[Json] = deque(maxlen=_LOG_KEPT)
        self._clock = clock
        self._default_url = default_url
        self._last: dict[str, int] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._session: aiohttp.ClientSession | None = None
        # Chances must be repeatable, not secret.
        self._random = random.Random(11)  # noqa: S311 - no secret

    def notify(self, mailbox: Mailbox, labels: frozenset[str]) -> None:
        """A change in the mailbox; more than one in a second is dropped, as Gmail does."""
        watch = mailbox.watch
        now = self._clock.ms()
        if watch is None or watch.expires_ms <= now or not watch.wants(labels):
            return
        entry: Json = {
            "mailbox": mailbox.email,
            "historyId": mailbox.history_id,
            "messageId": str(now * 1000 + self._random.randrange(1000)),
            "outcome": "pending",
            "attempts": 0,
            "statuses": [],
        }
        self.log.append(entry)
        last = self._last.get(mailbox.email)
        if last is not None and now - last < self.settings.rate_seconds * 1000:
            entry["outcome"] = "rate_limited"
            return
        self._last[mailbox.email] = now
        if self._random.random() < self.settings.drop:
            entry["outcome"] = "dropped"
            return
        copies = 2 if self._random.random() < self.settings.duplicate else 1
        for _ in range(copies):
            self.start(self._deliver(entry, self._envelope(mailbox, entry)))

    def url(self) -> str:
        return (self.settings.bot_url or self._default_url()).rstrip("/")

    def state(self) -> Json:
        return {
            "settings": {**asdict(self.settings), "bot_url": self.url()},
            "subscription": SUBSCRIPTION,
            "deliveries": list(self.log),
        }

    def bearer(self) -> str:
        return self.signer.token(
            audience=self.settings.audience or f"{self.url()}{self.settings.path}",
            email=self.settings.email,
            forged=self.settings.bad_jwt,
        )

    async def post(self, body: bytes, headers: dict[str, str], path: str = "") -> tuple[int, str]:
        """One POST to the bot; 0 when there was no answer."""
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=30))
        try:
            async with self._session.post(
                f"{self.url()}{path or self.settings.path}", data=body, headers=headers
            ) as response:
                return response.status, await response.text(errors="replace")
        except (aiohttp.ClientError, TimeoutError) as error:
            return 0, f"{type(error).__name__}: {error}"

    def reset(self) -> None:
        """Settings as at the start, nothing under way."""
        for task in self._tasks:
            task.cancel()
        self.settings = Settings()
        self.log.clear()
        self._last.clear()

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._session is not None:
            await self._session.close()

    def _envelope(self, mailbox: Mailbox, entry: Json) -> bytes:
        data = json.dumps({"emailAddress": mailbox.email, "historyId": mailbox.history_id})
        return json.dumps(
            {
                "message": {
                    "data": base64.urlsafe_b64encode(data.encode()).decode(),
                    "messageId": entry["messageId"],
                    "message_id": entry["messageId"],
                    "publishTime": self._clock.now().isoformat().replace("+00:00", "Z"),
                },
                "subscription": SUBSCRIPTION,
            }
        ).encode()

    def start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Runs in the background until done or until the sandbox closes."""
        task: asyncio.Task[None] = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _deliver(self, entry: Json, body: bytes) -> None:
        held = self.settings.delay
        if self._random.random() < self.settings.reorder:
            # Longer than the rate limit, so a later notification overtakes this one.
            held += 1.2 * self.settings.rate_seconds + 0.3
        if held:
            await asyncio.sleep(held)
        for attempt in range(self.settings.tries):
            if not self.url():
                entry["outcome"] = "no_bot_url"
                return
            headers = {
                "Authorization": f"Bearer {self.bearer()}",
                "Content-Type": "application/json",
                "User-Agent": "CloudPubSub-Google",
            }
            entry["attempts"] += 1
            status, _ = await self.post(body, headers)
            entry["statuses"].append(status)
            if status in ACKNOWLEDGED:
                entry["outcome"] = "acknowledged"
                return
            await asyncio.sleep(
                self.settings.backoff * 2**attempt * (1 + secrets.randbelow(20) / 100)
            )
        entry["outcome"] = "given_up"
