"""Faults that tests switch on, and the record of what the app called."""

from dataclasses import dataclass
from typing import Any

from sandbox.slack.model import ApiError, Json

KINDS = ("ratelimited", "http_500", "timeout", "drop_after_accept", "invalid_blocks", "redirect")
_CODE = "error:"
_KEPT = 5000
_SECRET = frozenset({"token", "client_secret"})


@dataclass(kw_only=True)
class Fault:
    """The next `times` calls of a method go wrong in one way."""

    method: str
    kind: str
    times: int
    retry_after: int

    @property
    def error(self) -> ApiError | None:
        """The refusal this fault stands for, if it is one."""
        if self.kind == "invalid_blocks":
            pointer = "[ERROR] invalid blocks on request [json-pointer:/blocks]"
            return ApiError("invalid_blocks", [pointer])
        if self.kind.startswith(_CODE):
            return ApiError(self.kind.removeprefix(_CODE))
        return None


class Faults:
    """First switched on, first used."""

    def __init__(self) -> None:
        self.waiting: list[Fault] = []

    def add(self, body: Json) -> Fault:
        """Switch one on; ValueError says what is wrong with the request."""
        kind = str(body.get("kind", ""))
        if kind not in KINDS and not (kind.startswith(_CODE) and len(kind) > len(_CODE)):
            raise ValueError(f"kind must be one of {', '.join(KINDS)} or error:CODE")
        fault = Fault(
            method=str(body.get("method", "*")),
            kind=kind,
            times=int(body.get("times", 1)),
            retry_after=int(body.get("retry_after", 1)),
        )
        self.waiting.append(fault)
        return fault

    def take(self, method: str) -> Fault | None:
        """The fault that this call meets, if any."""
        for fault in self.waiting:
            if fault.times > 0 and fault.method in (method, "*"):
                fault.times -= 1
                if fault.times == 0:
                    self.waiting.remove(fault)
                return fault
        return None


class Calls:
    """What the app asked of the Web API, newest last."""

    def __init__(self) -> None:
        self.lines: list[Json] = []

    def add(self, *, at: float, method: str, body: Json, status: int, answer: Any) -> None:
        """Record one call; the token is not part of it."""
        self.lines.append(
            {
                "at": at,
                "method": method,
                "body": {name: value for name, value in body.items() if name not in _SECRET},
                "status": status,
                "response": answer,
                "error": answer.get("error") if isinstance(answer, dict) else None,
            }
        )
        del self.lines[:-_KEPT]
