"""Faults on demand, and the log of calls."""

import asyncio
from collections import deque
from dataclasses import asdict, dataclass

from sandbox.gmail import errors
from sandbox.gmail.errors import invalid
from sandbox.gmail.model import Json

KINDS = (
    "http_500",
    "http_503_after_accept",
    "drop_before",
    "drop_after_accept",
    "rate_403",
    "rate_429",
    "invalid_grant",
    "http_403",
    "http_404",
)
_REFUSALS = {
    "http_500": errors.internal,
    "rate_403": errors.rate_403,
    "rate_429": errors.rate_429,
    "invalid_grant": errors.unauthenticated,
    "http_403": errors.not_authorized,
    "http_404": errors.not_found,
}
_CALLS_KEPT = 20_000


class DroppedConnectionError(Exception):
    """The connection is closed instead of an answer."""


@dataclass(kw_only=True)
class Fault:
    op: str
    kind: str
    times: int = 1
    mailbox: str = ""

    def fits(self, op: str, mailbox: str) -> bool:
        mine = self.mailbox in ("", mailbox)
        return self.times != 0 and mine and self.op in (op, "*")


class Faults:
    """Planned faults, each used up `times` times; a negative number never runs out."""

    def __init__(self) -> None:
        self.planned: list[Fault] = []
        self.calls: deque[Json] = deque(maxlen=_CALLS_KEPT)

    def plan(self, spec: Json) -> Fault:
        kind = str(spec.get("kind", ""))
        if kind not in KINDS and not _slowness(kind):
            raise invalid(f"Unknown fault kind: {kind}")
        fault = Fault(
            op=str(spec.get("op", "*")),
            kind=kind,
            times=int(spec.get("times", 1)),
            mailbox=str(spec.get("mailbox", "")).lower(),
        )
        self.planned.append(fault)
        return fault

    def take(self, op: str, mailbox: str) -> str:
        """The kind of the next fault for this call, or an empty string."""
        for fault in self.planned:
            if fault.fits(op, mailbox):
                fault.times -= 1 if fault.times > 0 else 0
                return fault.kind
        return ""

    def listed(self) -> list[Json]:
        return [asdict(f) for f in self.planned if f.times != 0]

    async def before(self, kind: str) -> None:
        """What happens instead of, or before, doing the work."""
        if kind == "drop_before":
            raise DroppedConnectionError
        refuse = _REFUSALS.get(kind)
        if refuse is not None:
            error = refuse()
            raise error
        seconds = _slowness(kind)
        if seconds:
            await asyncio.sleep(seconds)

    def after(self, kind: str) -> None:
        """The work is done, the answer is lost."""
        if kind == "drop_after_accept":
            raise DroppedConnectionError
        if kind == "http_503_after_accept":
            raise errors.unavailable()


def _slowness(kind: str) -> float:
    name, _, seconds = kind.partition(":")
    try:
        return float(seconds) if name == "slow" else 0.0
    except ValueError:
        return 0.0
