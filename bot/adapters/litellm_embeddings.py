"""Embeddings of any provider that litellm knows, named by EMBEDDING_MODEL."""

import asyncio
import importlib
import logging
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import structlog

from bot.adapters.llm_breaker import Breaker
from bot.adapters.llm_meter import count_call, family_of
from bot.adapters.llm_prices import cost
from bot.litellm_environment import prepare_litellm_environment
from db.session import refuse_inside_transaction
from db.tracing import span
from services.errors import ServiceError, TransientError
from services.metrics import MODEL_CALLS
from services.types.model import Purpose, Usage

log = structlog.get_logger()

LEAST = 0.25
"""Of the usual models unrelated texts lie below it. A model that lies higher shows more, in the
same order."""
BATCH = 64
TRIES = 2
LONGEST = 8_000
DOWN = "The embedding model could not answer just now. Nothing is lost."
Vector = tuple[float, ...]


@dataclass(slots=True)
class LiteLLMEmbeddings:
    """`api_base` and `api_key` are those of the language model: one provider's gate serves both."""

    model: str
    today: Callable[[], date]
    api_base: str | None = None
    api_key: str | None = None
    timeout_seconds: float = 30
    monotonic: Callable[[], float] = time.monotonic
    breaker: Breaker = field(init=False)
    _warming: asyncio.Lock = field(init=False, default_factory=asyncio.Lock)
    _litellm: Any = field(init=False, default=None)

    def __post_init__(self) -> None:
        self.breaker = Breaker(self.monotonic, name="embedding")

    @property
    def name(self) -> str:
        return self.model

    @property
    def offline(self) -> bool:
        return False

    @property
    def least(self) -> float:
        return LEAST

    async def passages(self, texts: Sequence[str]) -> tuple[tuple[Vector, ...], Usage]:
        """In batches; a broken one is asked once more."""
        found: list[Vector] = []
        used, started = 0, self.monotonic()
        for start in range(0, len(texts), BATCH):
            vectors, tokens = await self._ask([_clean(t) for t in texts[start : start + BATCH]])
            found += vectors
            used += tokens
        return tuple(found), self._usage(used, started)

    async def query(self, words: str) -> tuple[Vector, Usage]:
        started = self.monotonic()
        vectors, tokens = await self._ask([_clean(words)])
        return vectors[0], self._usage(tokens, started)

    async def _ask(self, texts: list[str]) -> tuple[list[Vector], int]:
        refuse_inside_transaction()
        self.breaker.check()
        try:
            await self._warm()
            with span("model embed", kind="client"):
                async with asyncio.timeout(2 * self.timeout_seconds):
                    answer = await self._litellm.aembedding(
                        model=self._route(),
                        input=texts,
                        api_base=self.api_base,
                        api_key=self.api_key or ("unset" if self.api_base else None),
                        timeout=self.timeout_seconds,
                        num_retries=TRIES - 1,
                        encoding_format="float",
                    )
            vectors = _vectors(answer, len(texts))
        except ServiceError:
            raise
        except Exception as error:
            # Every provider raises as it likes; to the caller it is all one.
            self.breaker.failed()
            MODEL_CALLS.labels(Purpose.EMBED.value, family_of(self.model), "failed").inc()
            log.warning("the embedding model failed", error=type(error).__name__)
            raise TransientError(DOWN) from error
        self.breaker.succeeded()
        return vectors, int(getattr(getattr(answer, "usage", None), "prompt_tokens", 0) or 0)

    async def _warm(self) -> None:
        async with self._warming:
            if self._litellm is not None:
                return
            prepare_litellm_environment()
            with ThreadPoolExecutor(max_workers=1, thread_name_prefix="litellm-import") as pool:
                loop = asyncio.get_running_loop()
                library: Any = await loop.run_in_executor(pool, importlib.import_module, "litellm")
            for name in ("LiteLLM", "LiteLLM Router"):
                logging.getLogger(name).setLevel(logging.CRITICAL)
            library.suppress_debug_info = True
            library.telemetry = False
            library.drop_params = True
            library.disable_aiohttp_transport = True
            self._litellm = library

    def _route(self) -> str:
        """A model behind an address of one's own speaks OpenAI's protocol unless it says else."""
        known = {str(getattr(one, "value", one)) for one in self._litellm.provider_list}
        prefix, slash, _ = self.model.partition("/")
        if self.api_base and not (slash and prefix in known):
            return f"openai/{self.model}"
        return self.model

    def _usage(self, tokens: int, started: float) -> Usage:
        usage = Usage(
            model=self.model,
            tokens_in=tokens,
            cost_usd=cost(self.model, tokens, 0, self.today()),
            latency_ms=round((self.monotonic() - started) * 1000),
        )
        count_call(usage, Purpose.EMBED, "ok")
        return usage


def _vectors(answer: Any, wanted: int) -> list[Vector]:
    """In the order they were asked for, whatever order they came in."""
    rows = sorted(answer.data, key=lambda one: one["index"])
    vectors = [tuple(float(value) for value in one["embedding"]) for one in rows]
    if len(vectors) != wanted or not all(vectors):
        raise ValueError("as many vectors as texts were asked for")
    return vectors


def _clean(text: str) -> str:
    """Providers refuse an empty text."""
    return text.replace("\0", " ")[:LONGEST].strip() or "."
