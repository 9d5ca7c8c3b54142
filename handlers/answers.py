"""The job that answers a question in the direct message: claim, look, say, settle."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

import structlog

from blocks.answer import closing_blocks, said_blocks
from handlers.payloads import read_id
from handlers.telling import Stopped, Teller
from services.agent_saying import Saying
from services.errors import (
    Conflict,
    Forbidden,
    InvalidInput,
    NotFound,
    ServiceError,
    TransientError,
)
from services.ports import ChatGateway, Chats, SessionStatus
from services.types.agent import AnswerWork, Said

log = structlog.get_logger(__name__)

STOPPED = "\n\n_Stopped here, as you asked._"
NOTHING_SAID = "_Stopped before I had said anything._"
PULSE = 1.0
TITLE = 80


class Answers(Protocol):
    """What the job asks of services.agent.AgentService."""

    async def claim(self, tenant_id: UUID, answer_id: UUID) -> AnswerWork | None: ...
    async def prepare(self, work: AnswerWork) -> Said | Saying: ...
    async def pulse(self, work: AnswerWork) -> bool: ...
    async def keep_pages(self, work: AnswerWork, pages: list[str], text: str) -> None: ...
    async def keep_whole(self, work: AnswerWork, saying: Saying) -> None: ...
    async def settle(
        self, work: AnswerWork, status: str, pages: list[str], *, said: Said | None = None
    ) -> None: ...
    async def fail(self, work: AnswerWork, why: str) -> None: ...
    async def release(self, work: AnswerWork) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerDelivery:
    """Where an answer and Slack meet."""

    answers: Answers
    chats: Chats
    pulse_seconds: float = PULSE
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep

    async def answer(self, tenant_id: UUID, payload: Mapping[str, Any]) -> None:
        """The job `agent.answer`. Raises TransientError to come again."""
        work = await self.answers.claim(tenant_id, read_id(str(payload.get("answer_id"))))
        if work is None:
            return
        try:
            chat = await self.chats.of(tenant_id)
            async with self._pulsing(work) as stop:
                await _Turn(delivery=self, work=work, chat=chat, stop=stop).run()
        except TransientError:
            await self._release(work)
            raise
        except Conflict:
            # The lease has gone to somebody else, who shows the same in the same messages.
            log.info("answered_elsewhere", answer=str(work.answer_id))
        except (Forbidden, NotFound, InvalidInput) as refusal:
            log.warning("answer_undeliverable", answer=str(work.answer_id), reason=str(refusal))
            with contextlib.suppress(Conflict):
                await self.answers.fail(work, str(refusal))

    async def _release(self, work: AnswerWork) -> None:
        with contextlib.suppress(Conflict):
            await self.answers.release(work)

    @contextlib.asynccontextmanager
    async def _pulsing(self, work: AnswerWork) -> AsyncIterator[asyncio.Event]:
        """Keeps the lease and watches for the stop button while the answer is being said."""
        stop = asyncio.Event()
        if work.stop_asked:
            stop.set()
        task = asyncio.create_task(self._pulse(work, stop))
        try:
            yield stop
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def _pulse(self, work: AnswerWork, stop: asyncio.Event) -> None:
        while True:
            await asyncio.sleep(self.pulse_seconds)
            try:
                if await self.answers.pulse(work):
                    stop.set()
            except Conflict:
                # Whoever has the lease now writes; we fall silent.
                stop.set()
                return


@dataclass(slots=True, kw_only=True)
class _Turn:
    """One attempt at one answer."""

    delivery: AnswerDelivery
    work: AnswerWork
    chat: ChatGateway
    stop: asyncio.Event

    async def run(self) -> None:
        work, answers = self.work, self.delivery.answers
        if work.whole:
            await self._show_stored()
            return
        await self._session("processing")
        try:
            prepared = await answers.prepare(work)
            if isinstance(prepared, Said):
                await self._show_said(prepared)
            elif work.anew:
                await self._say_in_place(prepared)
            else:
                await self._say(prepared)
        finally:
            await self._session("active")
            await self._status("")

    # ── Four ways to show it ────────────────────────────────────────────────────────────────────
    async def _show_stored(self) -> None:
        """Said before, perhaps even shown: it only has to stand there, once."""
        work, teller = self.work, self._teller()
        blocks = closing_blocks(work.answer_id, work.sources, work.note or "")
        await teller.show(work.text, blocks)
        status = "stopped" if work.stop_asked else "done"
        await self.delivery.answers.settle(work, status, teller.standing)
        await self._session("active")

    async def _show_said(self, said: Said) -> None:
        teller = self._teller()
        await teller.show(said.text, said_blocks(self.work.answer_id, said), bare=True)
        await self.delivery.answers.settle(self.work, "done", teller.standing, said=said)

    async def _say_in_place(self, saying: Saying) -> None:
        """Somebody died over it, or the account had to be chosen first: the whole answer goes where
        something of it stands already."""
        stopped = await self._listen(saying, _ignore)
        await self._finish_saying(saying, stopped=stopped)
        teller = self._teller()
        blocks = closing_blocks(self.work.answer_id, _sources(saying), saying.note)
        await teller.show(saying.text, blocks)
        await self._settle(teller, stopped=stopped)

    async def _say(self, saying: Saying) -> None:
        teller = self._teller(saying)
        await self._status(f"is reading {saying.request.account_name}'s mail…")
        try:
            stopped = await self._listen(saying, teller.say)
        except Stopped:
            stopped = True
        tail = await self._finish_saying(saying, stopped=stopped)
        blocks = closing_blocks(self.work.answer_id, _sources(saying), saying.note)
        try:
            await teller.finish(blocks, tail=tail)
        except Stopped:
            stopped = True
            await teller.finish(blocks)
        await self._settle(teller, stopped=stopped)

    # ── Their parts ─────────────────────────────────────────────────────────────────────────────
    async def _listen(self, saying: Saying, say: Callable[[str], Awaitable[None]]) -> bool:
        """Pass on each piece as it comes; True when the reader stopped it."""
        pieces = saying.pieces()
        stopping = asyncio.ensure_future(self.stop.wait())
        coming: asyncio.Future[str | None] | None = None
        try:
            while True:
                coming = asyncio.ensure_future(anext(pieces, None))
                await asyncio.wait({coming, stopping}, return_when=asyncio.FIRST_COMPLETED)
                if stopping.done():
                    return True
                piece = coming.result()
                if piece is None:
                    return False
                await say(piece)
        finally:
            stopping.cancel()
            if coming is not None and not coming.done():
                coming.cancel()
                with contextlib.suppress(asyncio.CancelledError, ServiceError):
                    await coming
            # Nobody listens any more: the model may stop thinking.
            await pieces.aclose()

    async def _finish_saying(self, saying: Saying, *, stopped: bool) -> str:
        """Write down all that was said, and return what comes after it."""
        tail = ""
        if stopped:
            tail = STOPPED if saying.text else NOTHING_SAID
            saying.text += tail
        await self.delivery.answers.keep_whole(self.work, saying)
        return tail

    async def _settle(self, teller: Teller, *, stopped: bool) -> None:
        status = "stopped" if stopped else "done"
        await self.delivery.answers.settle(self.work, status, teller.standing)

    def _teller(self, saying: Saying | None = None) -> Teller:
        answers, work = self.delivery.answers, self.work

        async def keep(pages: Any) -> None:
            await answers.keep_pages(work, pages, saying.text if saying else work.text)

        async def stopping() -> bool:
            return self.stop.is_set() or await answers.pulse(work)

        return Teller(
            chat=self.chat,
            work=work,
            keep=keep,
            stopping=stopping,
            sleep=self.delivery.sleep,
        )

    async def _session(self, status: SessionStatus) -> None:
        """Shows that we are at it; an answer never fails because this does."""
        work = self.work
        title = " ".join(work.question.split())[:TITLE]
        try:
            await self.chat.set_session(work.channel, work.thread_ts, status, title=title)
        except ServiceError as refusal:
            log.info("no session status", reason=str(refusal))

    async def _status(self, words: str) -> None:
        try:
            await self.chat.set_status(self.work.channel, self.work.thread_ts, words)
        except ServiceError as refusal:
            log.info("no status line", reason=str(refusal))


def _sources(saying: Saying) -> list[dict[str, object]]:
    return [one.as_json() for one in saying.sources]


async def _ignore(_piece: str) -> None:
    """It is shown whole at the end."""
