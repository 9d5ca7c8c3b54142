"""The LanguageModel port over litellm and instructor: any provider, one structured call each.

litellm takes seconds and 150 MB to import, so it is imported at first use, in a thread of its own.
Whatever goes wrong comes out as TransientError or LimitReached; the caller's state stays as it was.
"""

import asyncio
import importlib
import logging
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

import structlog
from pydantic import BaseModel

from bot.adapters.llm_breaker import Breaker
from bot.adapters.llm_meter import count_call
from bot.adapters.llm_models import deployments, fallbacks, models_of
from bot.adapters.llm_prices import cost
from bot.adapters.llm_stream import Pieces
from bot.adapters.llm_tally import Tally, retry_after
from bot.litellm_environment import prepare_litellm_environment
from db.session import refuse_inside_transaction
from db.tracing import span
from services.errors import ServiceError, TransientError
from services.ports import Budget
from services.prompts import answer as answer_prompt
from services.prompts import compose as compose_prompt
from services.prompts import detect as detect_prompt
from services.prompts import draft as draft_prompt
from services.prompts import extract as extract_prompt
from services.prompts import summarise as summarise_prompt
from services.tokens import count_messages, prepare
from services.types.agent import AnswerRequest
from services.types.detection import DetectionRequest, Proposed
from services.types.model import (
    DraftRequest,
    DraftText,
    Extraction,
    ExtractionRequest,
    Purpose,
    Usage,
)
from services.types.summaries import SummaryRequest, SummaryText

Answer = TypeVar("Answer", bound=BaseModel)
Record = Callable[[Usage, Purpose, str], Awaitable[None]]
Messages = list[dict[str, str]]

log = structlog.get_logger()

_REASKS = 2
_ANSWER_TOKENS = 2_000
_DOWN = "The model could not answer just now. Nothing was changed."


# For servers that speak OpenAI's protocol without its tools.
_PLAIN_MODE = "MD_JSON"


@dataclass(slots=True)
class LiteLLMModel:
    """One or two models behind a Router, with an optional fallback for both.

    `timeout_seconds` bounds one request; a call with its retries and re-asks takes at most twice as
    long. `mode` is instructor's: TOOLS, JSON_SCHEMA, JSON or MD_JSON for weaker models.
    """

    model: str
    api_base: str | None = None
    api_key: str | None = None
    fallback_model: str | None = None
    timeout_seconds: float = 30
    mode: str = "TOOLS"
    budget: Budget | None = None
    record: Record | None = None
    monotonic: Callable[[], float] = time.monotonic
    fence: Callable[[], str] = lambda: secrets.token_hex(12)
    breaker: Breaker = field(init=False)
    _models: dict[Purpose, str] = field(init=False)
    _router: Any = field(init=False, default=None)
    _warming: asyncio.Lock = field(init=False, default_factory=asyncio.Lock)

    def __post_init__(self) -> None:
        self._models = models_of(self.model)
        self.breaker = Breaker(self.monotonic)

    @property
    def name(self) -> str:
        return ", ".join(dict.fromkeys(self._models.values()))

    @property
    def offline(self) -> bool:
        return False

    async def extract(self, request: ExtractionRequest) -> tuple[Extraction, Usage]:
        """Everything a mail says, in one structured call. Quotes are not verified here."""
        messages = extract_prompt.messages(request, self.fence())
        answer, usage = await self._ask(
            Purpose.EXTRACT, messages, extract_prompt.ExtractionAnswer, request.today
        )
        return answer.extraction(), usage

    async def draft(self, request: DraftRequest) -> tuple[DraftText, Usage]:
        """An answer in plain text, never empty and never without end."""
        if request.purpose is not None:
            return await self._compose(request)
        messages = draft_prompt.messages(request, self.fence())
        answer, usage = await self._ask(
            Purpose.DRAFT, messages, draft_prompt.DraftAnswer, request.today
        )
        return answer.draft(), usage

    async def _compose(self, request: DraftRequest) -> tuple[DraftText, Usage]:
        """A mail that answers nothing, with a subject of its own."""
        messages = compose_prompt.messages(request, self.fence())
        answer, usage = await self._ask(
            Purpose.DRAFT, messages, compose_prompt.ComposeAnswer, request.today
        )
        return answer.draft(), usage

    async def summarise(self, request: SummaryRequest) -> tuple[SummaryText, Usage]:
        """Lines with the keys of what they rest on. Neither is verified here."""
        messages = summarise_prompt.messages(request, self.fence())
        answer, usage = await self._ask(
            Purpose.SUMMARISE, messages, summarise_prompt.SummaryAnswer, request.today
        )
        return answer.summary(), usage

    async def answer(self, request: AnswerRequest) -> AsyncIterator[str | Usage]:
        """Text as it comes, never without end. What has been said when it fails stays said."""
        refuse_inside_transaction()
        purpose = Purpose.ANSWER
        if self.budget is not None:
            await self.budget.check(purpose, answer_prompt.size(request, self._models[purpose]))
        self.breaker.check()
        tally = Tally(model=self._models[purpose], attempts=1)
        started = self.monotonic()
        # A reader who has heard enough closes this generator: that call went well.
        status, pieces = "ok", None
        try:
            await self.warm()
            pieces = Pieces(await self._begin(request), patience=self.timeout_seconds)
            async for text in pieces:
                yield text
            if not pieces.said:
                raise ValueError("the model said nothing")  # noqa: TRY301 - one way out for all
            self.breaker.succeeded()
        except ServiceError:
            raise
        except Exception as error:
            status = "failed"
            self.breaker.failed()
            log.warning("the model failed", purpose=purpose.value, error=type(error).__name__)
            raise TransientError(_DOWN, retry_after=retry_after(error)) from error
        finally:
            if pieces is not None:
                pieces.count(tally)
                await pieces.close()
            usage = self._usage(purpose, tally, started, request.today)
            await self._note(usage, purpose, status)
        yield usage

    async def _begin(self, request: AnswerRequest) -> Any:
        """The stream of an answer, once its provider has begun it."""
        # The span ends here: one that is open while a generator rests ends in somebody else's.
        with span(f"model {Purpose.ANSWER.value}", kind="client"):
            return await asyncio.wait_for(
                self._router.acompletion(
                    model=Purpose.ANSWER.value,
                    messages=answer_prompt.messages(request, self.fence()),
                    stream=True,
                    stream_options={"include_usage": True},
                    max_tokens=answer_prompt.ANSWER_TOKENS,
                    temperature=0.2,
                ),
                2 * self.timeout_seconds,
            )

    async def detect(self, request: DetectionRequest) -> tuple[tuple[Proposed, ...], Usage]:
        """Which signals an account's words show. Quotes are not verified here."""
        messages = detect_prompt.messages(request, self.fence())
        answer, usage = await self._ask(
            Purpose.DETECT, messages, detect_prompt.DetectionAnswer, request.today
        )
        return answer.proposals(), usage

    async def warm(self) -> None:
        """Import litellm and build the router; done by the first call if nobody asked before."""
        async with self._warming:
            if self._router is not None:
                return
            prepare_litellm_environment()
            # Not the default pool: litellm's own calls queue there.
            with ThreadPoolExecutor(max_workers=1, thread_name_prefix="litellm-import") as pool:
                loop = asyncio.get_running_loop()
                litellm: Any = await loop.run_in_executor(pool, importlib.import_module, "litellm")
                await loop.run_in_executor(pool, importlib.import_module, "instructor")
                await loop.run_in_executor(pool, prepare, self.name)
            # Their error lines repeat what the model said, which is what customers wrote.
            for name in ("instructor", "LiteLLM", "LiteLLM Router"):
                logging.getLogger(name).setLevel(logging.CRITICAL)
            litellm.suppress_debug_info = True
            litellm.telemetry = False
            litellm.drop_params = True
            litellm.disable_aiohttp_transport = True
            self._router = litellm.Router(
                model_list=self._deployments(litellm.provider_list),
                fallbacks=fallbacks(self.fallback_model),
                num_retries=1,
                timeout=self.timeout_seconds,
                retry_after=0,
                # One deployment per name: resting it would only hide the real error. The breaker
                # rests instead.
                disable_cooldowns=True,
            )

    def _deployments(self, providers: list[Any]) -> list[dict[str, Any]]:
        return deployments(
            self._models,
            self.fallback_model,
            providers=providers,
            api_base=self.api_base,
            api_key=self.api_key,
            timeout=self.timeout_seconds,
        )

    async def _ask(
        self, purpose: Purpose, messages: Messages, answer_type: type[Answer], today: date
    ) -> tuple[Answer, Usage]:
        refuse_inside_transaction()
        if self.budget is not None:
            size = count_messages(messages, self._models[purpose])
            await self.budget.check(purpose, size + _ANSWER_TOKENS)
        self.breaker.check()
        tally = Tally(model=self._models[purpose])
        started = self.monotonic()
        try:
            with span(f"model {purpose.value}", kind="client"):
                async with asyncio.timeout(None) as limit:
                    await self.warm()
                    limit.reschedule(asyncio.get_running_loop().time() + 2 * self.timeout_seconds)
                    answer = await self._complete(purpose, messages, answer_type, tally)
        except ServiceError:
            raise
        except Exception as error:
            # Two libraries and every provider raise as they like; to the caller it is all one.
            self.breaker.failed()
            log.warning("the model failed", purpose=purpose.value, error=type(error).__name__)
            await self._note(self._usage(purpose, tally, started, today), purpose, "failed")
            raise TransientError(_DOWN, retry_after=retry_after(error)) from error
        self.breaker.succeeded()
        usage = self._usage(purpose, tally, started, today)
        await self._note(usage, purpose, "ok")
        return answer, usage

    async def _complete(
        self, purpose: Purpose, messages: Messages, answer_type: type[Answer], tally: Tally
    ) -> Answer:
        """One structured answer. A server that answers, but knows no tools, is asked once more for
        plain JSON, and from then on only so."""
        mode = self.mode
        try:
            return await self._in_mode(mode, purpose, messages, answer_type, tally)
        except Exception as error:
            unstructured = type(error).__name__ == "InstructorRetryException" and tally.attempts
            if mode != "TOOLS" or not unstructured or tally.tool_calls:
                raise
            answer = await self._in_mode(_PLAIN_MODE, purpose, messages, answer_type, tally)
            self.mode = _PLAIN_MODE
            return answer

    async def _in_mode(
        self,
        mode: str,
        purpose: Purpose,
        messages: Messages,
        answer_type: type[Answer],
        tally: Tally,
    ) -> Answer:
        instructor = importlib.import_module("instructor")
        # A client of its own per call: its hooks count this call's attempts and no other's.
        client = instructor.from_litellm(
            self._router.acompletion, mode=instructor.Mode[mode], async_client=True
        )
        client.on("completion:response", tally.add)
        answer: Answer = await client.chat.completions.create(
            model=purpose.value,
            messages=messages,
            response_model=answer_type,
            max_retries=_REASKS,
            max_tokens=_ANSWER_TOKENS,
            temperature=0 if purpose in (Purpose.EXTRACT, Purpose.DETECT) else 0.3,
        )
        return answer

    def _usage(self, purpose: Purpose, tally: Tally, started: float, today: date) -> Usage:
        route = tally.model if "/" in tally.model else self._prefixed(purpose, tally.model)
        return Usage(
            model=tally.model,
            tokens_in=tally.tokens_in,
            tokens_out=tally.tokens_out,
            cost_usd=cost(route, tally.tokens_in, tally.tokens_out, today),
            latency_ms=round((self.monotonic() - started) * 1000),
            attempts=max(tally.attempts, 1),
        )

    def _prefixed(self, purpose: Purpose, answered: str) -> str:
        """The name the provider gave, with the provider it came from."""
        asked = [self._models[purpose], self.fallback_model or ""]
        return next((name for name in asked if name.endswith(f"/{answered}")), answered)

    async def _note(self, usage: Usage, purpose: Purpose, status: str) -> None:
        count_call(usage, purpose, status)
        if self.record is not None:
            await self.record(usage, purpose, status)
