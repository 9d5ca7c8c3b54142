"""A model's answer as it comes over the wire: pieces of text, each with a time limit of its own."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any, Protocol

from services.tokens import count

LONGEST_SECONDS = 180.0


class Tally(Protocol):
    """What a call used."""

    tokens_in: int
    tokens_out: int
    model: str


class Pieces:
    """The text in a stream of litellm's. `patience` is how long the next piece may take; the whole
    ends after three minutes, whatever trickles in."""

    def __init__(self, stream: Any, *, patience: float) -> None:
        self._stream = stream
        self._patience = patience
        self._usage: Any = None
        self._model = ""
        self._said: list[str] = []

    async def __aiter__(self) -> AsyncIterator[str]:
        chunks = aiter(self._stream)
        end = asyncio.get_running_loop().time() + LONGEST_SECONDS
        while True:
            left = end - asyncio.get_running_loop().time()
            try:
                chunk = await asyncio.wait_for(anext(chunks), max(min(self._patience, left), 0))
            except StopAsyncIteration:
                return
            self._usage = getattr(chunk, "usage", None) or self._usage
            self._model = getattr(chunk, "model", None) or self._model
            text = _text(chunk)
            if text:
                self._said.append(text)
                yield text

    @property
    def said(self) -> bool:
        """Whether any text has come."""
        return bool(self._said)

    def count(self, tally: Tally) -> None:
        """What the provider counted, or an estimate where it was cut off before it said."""
        tally.model = self._model or tally.model
        tally.tokens_in += getattr(self._usage, "prompt_tokens", 0) or 0
        said = getattr(self._usage, "completion_tokens", 0) or 0
        tally.tokens_out += said or count("".join(self._said), tally.model)

    async def close(self) -> None:
        """Let go of the connection: nobody listens any more."""
        close = getattr(self._stream, "aclose", None)
        if close is not None:
            with contextlib.suppress(Exception):
                await close()


def _text(chunk: Any) -> str:
    choices = getattr(chunk, "choices", None) or ()
    delta = getattr(choices[0], "delta", None) if choices else None
    text = getattr(delta, "content", None)
    return text if isinstance(text, str) else ""
