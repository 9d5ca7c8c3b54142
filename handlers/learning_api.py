"""/api/v1/learning: the figures, how confidence held, and a word about what was made."""

import hashlib
from dataclasses import dataclass
from typing import Any, Literal, Protocol
from uuid import UUID

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, StrictInt, ValidationError

from handlers.api import BEARER, RefusedError, answer, json_body
from handlers.edge import command_key
from services.api.saying import Said
from services.api.summary import USUAL, Summary
from services.types.feedback import Once
from services.types.people import Actor

LONGEST_KEY = 200
INLINE, DETAILED = range(-1, 2), range(1, 6)


class Summaries(Protocol):
    """InvalidInput for a span that isn't offered; Forbidden where it isn't the actor's to see."""

    async def summary(self, actor: Actor, days: int = USUAL) -> Summary: ...
    async def calibrations(self, actor: Actor) -> dict[str, Any]: ...


class Saying(Protocol):
    async def say(self, actor: Actor, said: Said, once: Once | None = None) -> None: ...


class Word(BaseModel):
    """A body of POST /feedback. `inline`: -1, 0 or 1; `dashboard`: a score from 1 to 5."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    target: Literal["message", "decision", "conversation"]
    target_id: UUID
    rating: StrictInt
    source: Literal["inline", "dashboard"] = "inline"
    comment: str = Field(default="", max_length=1000)


@dataclass(frozen=True, slots=True, kw_only=True)
class LearningApi:
    summaries: Summaries
    saying: Saying

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/learning/summary", self.summary, allow_head=False),
            web.get("/learning/calibration", self.calibration, allow_head=False),
            web.post("/learning/feedback", self.feedback),
        ]

    async def summary(self, request: web.Request) -> web.Response:
        wanted = request.query.get("days", str(USUAL))
        days = int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) < 5 else 0  # noqa: PLR2004 - no span is longer
        found = await self.summaries.summary(request[BEARER].actor, days)
        return answer({**found.body, "version": found.version})

    async def calibration(self, request: web.Request) -> web.Response:
        return answer(await self.summaries.calibrations(request[BEARER].actor))

    async def feedback(self, request: web.Request) -> web.Response:
        body = await json_body(request)
        word = _word(body)
        said = Said(
            target=word.target,
            target_id=word.target_id,
            rating=word.rating,
            detailed=word.source == "dashboard",
            comment=word.comment,
        )
        await self.saying.say(request[BEARER].actor, said, _once(request, word))
        return answer(word.model_dump(mode="json"))


def _word(body: object) -> Word:
    try:
        word = Word.model_validate(body)
    except ValidationError as error:
        fault = error.errors()[0]
        where = ".".join(str(part) for part in fault["loc"]) or "body"
        raise RefusedError(422, f"{where[:60]}: {fault['msg']}.") from None
    if word.rating not in (DETAILED if word.source == "dashboard" else INLINE):
        raise RefusedError(422, "rating: -1, 0 or 1 (source inline), or 1 to 5 (source dashboard).")
    return word


def _once(request: web.Request, word: Word) -> Once | None:
    """The sender's Idempotency-Key, kept apart by token: nobody can use up another's."""
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return None
    if not key or len(key) > LONGEST_KEY or not key.isprintable():
        raise RefusedError(422, f"An Idempotency-Key has 1 to {LONGEST_KEY} printable characters.")
    digest = hashlib.sha256(word.model_dump_json().encode()).hexdigest()
    return Once(command_id=command_key("api", request[BEARER].token_id, key), digest=digest)
