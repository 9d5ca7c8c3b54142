"""What an interaction hands the app for a short while: trigger ids and response URLs."""

import secrets
from dataclasses import dataclass

from sandbox.clock import Clock
from sandbox.slack.model import ApiError

TRIGGER_SECONDS = 3.0
RESPONSE_SECONDS = 30 * 60.0
RESPONSE_USES = 5


@dataclass(kw_only=True)
class Trigger:
    """Leave to open one modal on one person's screen, for three seconds."""

    user: str
    born: float
    view_id: str | None
    used: bool = False


@dataclass(kw_only=True)
class ResponseTicket:
    """Leave to answer where an interaction happened, five times within half an hour."""

    user: str
    channel: str
    born: float
    message_ts: str | None
    thread_ts: str | None
    uses: int = 0


class Tickets:
    """Mints and redeems both."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._triggers: dict[str, Trigger] = {}
        self._responses: dict[str, ResponseTicket] = {}

    def trigger(self, user: str, view_id: str | None = None) -> str:
        """A fresh trigger id."""
        now = self._clock.now()
        key = f"{int(now * 1000)}.{secrets.randbelow(10**12)}.{secrets.token_hex(16)}"
        self._triggers[key] = Trigger(user=user, born=now, view_id=view_id)
        return key

    def redeem(self, key: str) -> Trigger:
        """Exchange a trigger id, once and in time."""
        trigger = self._triggers.get(key)
        if trigger is None:
            pointer = "[json-pointer:/trigger_id]"
            raise ApiError("invalid_arguments", [f"[ERROR] invalid `trigger_id` {pointer}"])
        if trigger.used:
            raise ApiError("exchanged_trigger_id")
        if self._clock.now() - trigger.born > TRIGGER_SECONDS:
            raise ApiError("expired_trigger_id")
        trigger.used = True
        return trigger

    def response(
        self, *, user: str, channel: str, message_ts: str | None, thread_ts: str | None
    ) -> str:
        """The secret last part of a fresh response URL."""
        key = secrets.token_urlsafe(24)
        self._responses[key] = ResponseTicket(
            user=user,
            channel=channel,
            born=self._clock.now(),
            message_ts=message_ts,
            thread_ts=thread_ts,
        )
        return key

    def knows(self, key: str) -> bool:
        """Whether this response URL was handed out here."""
        return key in self._responses

    def answer(self, key: str) -> ResponseTicket:
        """Look a response URL up and count one use."""
        ticket = self._responses.get(key)
        if ticket is None:
            raise ApiError("no_service")
        if self._clock.now() - ticket.born > RESPONSE_SECONDS:
            raise ApiError("expired_url")
        if ticket.uses >= RESPONSE_USES:
            raise ApiError("used_url")
        ticket.uses += 1
        return ticket
