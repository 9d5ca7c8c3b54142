"""What the attempts of one call used, and when its provider wants to be asked again."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any


@dataclass(slots=True)
class Tally:
    """What all attempts of one call used together."""

    model: str
    tokens_in: int = 0
    tokens_out: int = 0
    attempts: int = 0
    tool_calls: int = 0

    def add(self, response: Any) -> None:
        choices = getattr(response, "choices", None) or ()
        self.tool_calls += sum(
            bool(getattr(getattr(choice, "message", None), "tool_calls", None))
            for choice in choices
        )
        usage = getattr(response, "usage", None)
        self.tokens_in += getattr(usage, "prompt_tokens", 0) or 0
        self.tokens_out += getattr(usage, "completion_tokens", 0) or 0
        self.attempts += 1
        self.model = getattr(response, "model", None) or self.model


def retry_after(error: BaseException) -> timedelta | None:
    """The provider's own wish, wherever in the chain of causes it stands."""
    seen: BaseException | None = error
    while seen is not None:
        headers = getattr(getattr(seen, "response", None), "headers", None)
        value = headers.get("retry-after") if headers is not None else None
        if value and str(value).isdigit():
            return timedelta(seconds=int(value))
        seen = seen.__cause__ or seen.__context__
    return None
