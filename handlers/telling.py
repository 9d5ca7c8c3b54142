"""Writing an answer into a thread while it is being said, within Slack's limits.

It streams where Slack streams: short pieces, not more than one a second, over to a new message
before one is full or old. Where Slack doesn't, a message is posted and updated. A piece whose
arrival isn't sure is not repeated: its message is written whole when the answer ends.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import structlog

from blocks.answer import markdown, stand_in
from services.errors import InvalidInput, NotFound, TransientError
from services.ports import ChatGateway, ChatMessage, ChatRef
from services.types.agent import AnswerWork

log = structlog.get_logger(__name__)

PAGE = 9_000
"""Characters of one message: what stands below an answer has to fit beside them."""
LIFE = 230.0
"""Seconds: Slack ends a stream after five minutes, whatever happens in it."""
PACE = 1.0
LONGEST_WAIT = 30.0
MOST_WAITS = 6
CONTINUED = "_(continued)_\n\n"


class Stopped(Exception):
    """The reader has heard enough."""


@dataclass(slots=True)
class Page:
    """One message of an answer. `live`: it is a stream. `unsure`: it may not hold all of `text`."""

    ref: ChatRef
    text: str
    born: float
    live: bool = False
    unsure: bool = False


@dataclass(slots=True, kw_only=True)
class Teller:
    """Says one answer. `keep` writes down where it stands; `stopping` asks whether the reader wants
    it to end, when Slack ends a stream by itself."""

    chat: ChatGateway
    work: AnswerWork
    keep: Callable[[Sequence[str]], Awaitable[None]]
    stopping: Callable[[], Awaitable[bool]]
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    pages: list[Page] = field(default_factory=list)
    plain: bool = False
    """Post and update: Slack doesn't stream here."""
    _waiting: str = ""
    _quiet_until: float = 0.0

    @property
    def standing(self) -> list[str]:
        return [page.ref.ts for page in self.pages]

    async def say(self, text: str) -> None:
        """Take a piece; it is shown with the next breath. A Slack that is slow or asks for quiet
        only makes it later."""
        self._waiting += text
        if self.monotonic() < self._quiet_until:
            return
        try:
            await self._flush()
        except TransientError as passing:
            self._rest(passing)

    async def finish(self, blocks: Sequence[dict[str, Any]], *, tail: str = "") -> None:
        """Show what is left, and below it the blocks. TransientError when Slack stays away."""
        self._waiting += tail
        await self._patiently(self._flush_all)
        await self._patiently(lambda: self._close_last(blocks))

    async def show(
        self, text: str, blocks: Sequence[dict[str, Any]], *, bare: bool = False
    ) -> None:
        """The whole answer at once, in the messages it stands in already, if it stands anywhere.
        `bare`: the blocks are the answer."""
        await self._adopt()
        texts = [text] if bare else split(text)
        for number, part in enumerate(texts):
            last = number == len(texts) - 1
            shown = [*([] if bare else [markdown(part)]), *(blocks if last else ())]
            await self._patiently(partial(self._put, number, part, shown))
        for page in self.pages[len(texts) :]:
            await self.chat.delete(page.ref)
        del self.pages[len(texts) :]

    # ── Streaming ───────────────────────────────────────────────────────────────────────────────
    def _rest(self, passing: TransientError) -> float:
        seconds = passing.retry_after.total_seconds() if passing.retry_after else 2.0
        self._quiet_until = self.monotonic() + seconds
        return seconds

    async def _flush_all(self) -> None:
        while self._waiting.strip():
            await self._flush()

    async def _flush(self) -> None:
        while self._waiting.strip():
            page = self.pages[-1] if self.pages else None
            room = PAGE - len(page.text) if page else PAGE
            if page is None or room < min(len(self._waiting), 200) or self._old(page):
                await self._turn(page)
                continue
            chunk = _cut(self._waiting, room)
            await self._append(page, chunk)
            self._waiting = self._waiting[len(chunk) :]
        self._quiet_until = self.monotonic() + PACE

    def _old(self, page: Page) -> bool:
        return page.live and self.monotonic() - page.born > LIFE

    async def _turn(self, page: Page | None) -> None:
        """Over to a new message; the one before is closed as it is."""
        if page is not None:
            await self._close(page, ())
        head = CONTINUED if page is not None else ""
        chunk = head + _cut(self._waiting, PAGE - len(head))
        fresh = await self._open(chunk)
        self.pages.append(fresh)
        self._waiting = self._waiting[len(chunk) - len(head) :]
        await self.keep(self.standing)

    async def _open(self, text: str) -> Page:
        born = self.monotonic()
        if not self.plain:
            try:
                ref = await self.chat.start_stream(self.work.channel, self.work.thread_ts, text)
            except (InvalidInput, NotFound) as refusal:
                log.info("no stream", reason=str(refusal))
                self.plain = True
            except TransientError as lost:
                found = await self._found() if lost.ambiguous else None
                if found is None:
                    raise
                return Page(ref=found, text=text, born=born, live=True, unsure=True)
            else:
                return Page(ref=ref, text=text, born=born, live=True)
        return Page(ref=await self._post(text, [markdown(text)]), text=text, born=born)

    async def _append(self, page: Page, chunk: str) -> None:
        if page.live and await self._grow(page, chunk):
            page.text += chunk
            return
        # An update says the whole page, so one that is repeated says nothing twice.
        whole = page.text + chunk
        await self._update(page, [markdown(whole)])
        page.text = whole

    async def _grow(self, page: Page, chunk: str) -> bool:
        """Append to the stream; False when it has ended."""
        try:
            await self.chat.append_stream(page.ref, chunk)
        except TransientError as lost:
            if not lost.ambiguous:
                raise
            # It may stand there: it isn't said twice, the end will show it whole.
            page.unsure = True
        except (InvalidInput, NotFound) as refusal:
            await self._ended(page, refusal)
            return False
        return True

    async def _ended(self, page: Page, refusal: InvalidInput | NotFound) -> None:
        """Slack ended the stream: because the reader pressed stop, or by itself."""
        page.live = False
        field_ = refusal.field if isinstance(refusal, InvalidInput) else None
        if field_ == "stopped":
            raise Stopped from refusal
        # The click and the end of the stream come by different ways: give the click its moment.
        for _ in range(2):
            if await self.stopping():
                raise Stopped from refusal
            await self.sleep(0.4)
        log.info("the stream ended", reason=str(refusal))
        self.plain = True
        await self._end(page.ref)

    # ── Ending ──────────────────────────────────────────────────────────────────────────────────
    async def _close_last(self, blocks: Sequence[dict[str, Any]]) -> None:
        if self.pages:
            await self._close(self.pages[-1], blocks)
        for page in self.pages[:-1]:
            if page.unsure:
                await self._update(page, [markdown(page.text)])
                page.unsure = False

    async def _close(self, page: Page, blocks: Sequence[dict[str, Any]]) -> None:
        if page.live:
            try:
                await self.chat.stop_stream(page.ref, blocks=blocks)
            except TransientError as lost:
                # Nobody may touch a message that still streams: asked again, it either ends now or
                # says that it has ended.
                page.unsure = page.unsure or lost.ambiguous
                raise
            except (InvalidInput, NotFound):
                page.unsure = True
            page.live = False
            if not page.unsure:
                return
        if blocks or page.unsure:
            await self._update(page, [markdown(page.text), *blocks])
            page.unsure = False

    # ── Posting and updating ────────────────────────────────────────────────────────────────────
    async def _adopt(self) -> None:
        """What an attempt before this one left: its messages, ended if they still stream."""
        refs = [ChatRef(channel=self.work.channel, ts=ts) for ts in self.work.pages]
        if not refs and self.work.attempts > 1:
            found = await self._patiently(self._found)
            refs = [found] if found else []
        for ref in refs:
            await self._patiently(partial(self._end, ref))
            self.pages.append(Page(ref=ref, text="", born=self.monotonic()))
        self.plain = True

    async def _end(self, ref: ChatRef) -> None:
        """End the stream, if it still is one."""
        try:
            await self.chat.stop_stream(ref)
        except (InvalidInput, NotFound):
            log.debug("no stream to end", ts=ref.ts)

    async def _put(self, number: int, text: str, shown: Sequence[dict[str, Any]]) -> None:
        if number < len(self.pages):
            page = self.pages[number]
            page.text = text
            try:
                await self._update(page, shown)
            except NotFound:
                # Somebody deleted it: shown afresh.
                page.ref = await self._post(text, shown)
        else:
            ref = await self._post(text, shown)
            self.pages.append(Page(ref=ref, text=text, born=self.monotonic()))
        await self.keep(self.standing)

    async def _post(self, text: str, shown: Sequence[dict[str, Any]]) -> ChatRef:
        message = ChatMessage(text=stand_in(text), blocks=shown, thread_ts=self.work.thread_ts)
        try:
            return await self.chat.post(self.work.channel, message)
        except TransientError as lost:
            found = await self._found() if lost.ambiguous else None
            if found is None:
                raise
            await self.chat.update(found, message)
            return found

    async def _update(self, page: Page, shown: Sequence[dict[str, Any]]) -> None:
        await self.chat.update(page.ref, ChatMessage(text=stand_in(page.text), blocks=shown))

    async def _found(self) -> ChatRef | None:
        """Our message in this thread that nobody has written down."""
        return await self.chat.find_reply(
            self.work.channel,
            self.work.thread_ts,
            after=self.work.question_ts,
            leave=self.work.taken | frozenset(self.standing),
        )

    async def _patiently(self, step: Callable[[], Awaitable[Any]]) -> Any:
        """Again after the pause Slack asks for, as long as that is bearable."""
        for attempt in range(MOST_WAITS):
            try:
                return await step()
            except TransientError as passing:
                wait = self._rest(passing)
                if wait > LONGEST_WAIT or attempt == MOST_WAITS - 1:
                    raise
                await self.sleep(wait)
        return None


def split(text: str, size: int = PAGE) -> list[str]:
    """The text in as many messages as it takes; nothing is lost."""
    parts: list[str] = []
    rest = text
    while rest:
        head = CONTINUED if parts else ""
        chunk = _cut(rest, size - len(head))
        parts.append(head + chunk)
        rest = rest[len(chunk) :]
    return parts or [""]


def _cut(text: str, room: int) -> str:
    """As much of the beginning as fits, to the end of a line or a word."""
    if len(text) <= room:
        return text
    for mark in ("\n", " "):
        at = text.rfind(mark, room // 2, room)
        if at > 0:
            return text[: at + 1]
    return text[:room]
