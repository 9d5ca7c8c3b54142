"""What model calls cost, per tenant and purpose, and the budget that is asked before each one."""

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Protocol, TypeVar, cast
from uuid import UUID

from db import model_calls as rows
from db.models.records import ModelCall
from db.session import Database
from services.errors import LimitReached, ServiceError
from services.metrics import MODEL_REFUSED
from services.ports import Clock, Ids, LanguageModel
from services.prompts.answer import size
from services.tokens import count
from services.types.agent import AnswerRequest
from services.types.model import Purpose, Usage

Answer = TypeVar("Answer")


class Priced(Protocol):
    """A model, whatever it is asked for. What is `offline` costs nothing."""

    @property
    def name(self) -> str: ...
    @property
    def offline(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class ModelCallService:
    """`budget_usd` is a tenant's allowance for a calendar month; None means no limit."""

    db: Database
    clock: Clock
    ids: Ids
    budget_usd: Decimal | None = None

    async def run(
        self,
        tenant_id: UUID,
        purpose: Purpose,
        call: Callable[[], Awaitable[tuple[Answer, Usage]]],
        *,
        model: Priced,
        conversation_id: UUID | None,
        text: str,
    ) -> Answer:
        """Make one call and record it, well or badly ended. Offline rules cost nothing and are not
        recorded."""
        if model.offline:
            return (await call())[0]
        await self._check_budget(tenant_id)
        estimate = Usage(model=model.name, tokens_in=count(text, model.name), cost_usd=None)
        try:
            answer, usage = await call()
        except ServiceError:
            await self._record(tenant_id, purpose, conversation_id, estimate, "failed")
            raise
        await self._record(tenant_id, purpose, conversation_id, usage, "ok")
        return answer

    async def stream(
        self, tenant_id: UUID, model: LanguageModel, request: AnswerRequest
    ) -> AsyncIterator[str]:
        """The pieces of one answer. Counted before it is asked for, recorded however it ends: also
        when the listener goes, or when it breaks off after half a sentence."""
        if model.offline:
            async for piece in model.answer(request):
                if isinstance(piece, str):
                    yield piece
            return
        await self._check_budget(tenant_id)
        usage = Usage(model=model.name, tokens_in=size(request, model.name), cost_usd=None)
        status, said = "ok", list[str]()
        try:
            async with aclosing(_generator(model.answer(request))) as pieces:
                async for piece in pieces:
                    if isinstance(piece, Usage):
                        usage = piece
                    else:
                        said.append(piece)
                        yield piece
        except ServiceError:
            status = "failed"
            raise
        finally:
            if not usage.tokens_out:
                usage = replace(usage, tokens_out=count("".join(said), model.name))
            await self._record(tenant_id, Purpose.ANSWER, None, usage, status)

    async def _check_budget(self, tenant_id: UUID) -> None:
        if self.budget_usd is None:
            return
        since = self.clock.now().replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        async with self.db.read(tenant_id) as tx:
            spent, _ = await rows.spent_since(tx, since)
        if spent >= self.budget_usd:
            MODEL_REFUSED.labels("budget").inc()
            raise LimitReached(
                "This month's model budget is used up; rules answer until it renews."
            )

    async def _record(
        self,
        tenant_id: UUID,
        purpose: Purpose,
        conversation_id: UUID | None,
        usage: Usage,
        status: str,
    ) -> None:
        async with self.db.transaction(tenant_id) as tx:
            await rows.add_call(
                tx,
                ModelCall(
                    tenant_id=tenant_id,
                    id=self.ids.new(),
                    created_at=self.clock.now(),
                    purpose=purpose.value,
                    model=usage.model,
                    status=status,
                    conversation_id=conversation_id,
                    tokens_in=usage.tokens_in,
                    tokens_out=usage.tokens_out,
                    cost_usd=usage.cost_usd,
                    latency_ms=usage.latency_ms,
                    attempts=usage.attempts,
                ),
            )


def _generator(pieces: AsyncIterator[str | Usage]) -> AsyncGenerator[str | Usage, None]:
    """Models answer with generators, which can be closed; the port asks no more than to iterate."""
    return cast("AsyncGenerator[str | Usage, None]", pieces)
