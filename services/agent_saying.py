"""One answer while it is being said: the model's words through the sieve, or the records' where the
model can't be asked. What was said stays said, whatever happens next."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import cast
from uuid import UUID

from services.agent_text import Sieve
from services.errors import LimitReached, TransientError
from services.model_calls import ModelCallService
from services.ports import LanguageModel
from services.types.agent import AnswerRequest, Source

UNASKED = "The model could not answer just now, so this is what the records say."
BROKE_OFF = "_The model broke off here, so this is not the whole answer._"
LONG_ENOUGH = "_I stop here: this is longer than anybody reads in a message._"


@dataclass(slots=True)
class Saying:
    """`text` is what was said so far, `sources` what it rests on, `note` what the reader should
    know about how it came to be."""

    tenant_id: UUID
    account_id: UUID
    request: AnswerRequest
    model: LanguageModel
    offline: LanguageModel
    calls: ModelCallService
    text: str = ""
    note: str = ""
    by: str = field(init=False)
    _sieve: Sieve = field(init=False)

    def __post_init__(self) -> None:
        self.by = self.model.name
        self._sieve = Sieve(self.request.sources, ours=self.model.offline)

    @property
    def sources(self) -> tuple[Source, ...]:
        return self._sieve.cited

    async def pieces(self) -> AsyncGenerator[str, None]:
        """What may be shown, as it comes."""
        try:
            async with aclosing(self._say(self.model)) as said:
                async for piece in said:
                    yield piece
        except (TransientError, LimitReached) as error:
            if self.text:
                yield self._add(f"\n\n{BROKE_OFF}")
                self.note = str(error)
                return
            self.note = str(error) if isinstance(error, LimitReached) else UNASKED
            self.by, self._sieve = self.offline.name, Sieve(self.request.sources, ours=True)
            async with aclosing(self._say(self.offline)) as said:
                async for piece in said:
                    yield piece

    async def _say(self, model: LanguageModel) -> AsyncGenerator[str, None]:
        stream = self.calls.stream(self.tenant_id, model, self.request)
        async with aclosing(cast("AsyncGenerator[str, None]", stream)) as words:
            async for word in words:
                ready = self._sieve.take(word)
                if ready:
                    yield self._add(ready)
                if self._sieve.full:
                    yield self._add(f"\n\n{LONG_ENOUGH}")
                    return
        rest = self._sieve.rest()
        if rest:
            yield self._add(rest)

    def _add(self, piece: str) -> str:
        self.text += piece
        return piece
