"""A member's direct message with the agent: real services and database, Slack and model in memory,
and the job that answers, run by hand."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text

from db.models.agent import AgentAnswer
from db.models.tenants import Member
from handlers.answers import AnswerDelivery
from services.agent import AgentService
from services.agent_looking import Composer, Finder, Looking
from services.model_calls import ModelCallService
from services.offline.model import OfflineModel
from services.ports import ChatMessage, ChatRef, LanguageModel
from tests.fakes.chat import FakeChat
from tests.integration.services.loop import Loop

CHANNEL = "DRITA"


@dataclass
class AgentDesk:
    loop: Loop
    chat: FakeChat = field(default_factory=FakeChat)
    model: LanguageModel | None = None
    composer: Composer | None = None
    finder: Finder | None = None
    asked: int = 0

    @property
    def agent(self) -> AgentService:
        loop, offline = self.loop, OfflineModel()
        calls = ModelCallService(loop.database, loop.clock, loop.ids)
        model = self.model or loop.model
        looking = Looking(
            loop.database,
            loop.clock,
            model,
            offline,
            calls,
            loop.accounts,
            self.composer,
            self.finder,
        )
        return AgentService(loop.database, loop.clock, loop.ids, loop.audit, looking)

    def delivery(self, **changes: Any) -> AnswerDelivery:
        async def at_once(seconds: float) -> None:
            self.loop.clock.move(timedelta(seconds=seconds))
            await asyncio.sleep(0)

        return AnswerDelivery(
            **({"answers": self.agent, "chats": self.chat, "sleep": at_once} | changes)
        )

    async def ask(
        self,
        words: str,
        *,
        member: Member | None = None,
        thread: str | None = None,
        ts: str | None = None,
        seen: Sequence[ChatRef] = (),
    ) -> str:
        """Write in the direct message; returns the message's ts."""
        self.asked += 1
        ts = ts or f"1600000000.{self.asked:06}"
        actor = self.loop.actor(member or self.loop.rita)
        await self.agent.ask(actor, channel=CHANNEL, ts=ts, thread_ts=thread, text=words, seen=seen)
        self.loop.clock.move(timedelta(seconds=1))
        return ts

    async def work(self) -> None:
        """Every queued question, in turn."""
        for job, _, body in await self.loop.queued("agent.answer"):
            await self.delivery().answer(self.loop.tenant, body)
            await self.drop(job)

    async def drop(self, job: int) -> None:
        async with self.loop.database.directory() as tx:
            await tx.session.execute(
                text("delete from jobs.pgqueuer where id = :job"), {"job": job}
            )

    async def told(self, words: str, **about: Any) -> ChatMessage:
        """Ask, and what stands in the thread afterwards."""
        ts = await self.ask(words, **about)
        await self.work()
        (message,) = self.replies(about.get("thread") or ts)[-1:]
        return message

    def replies(self, thread: str) -> list[ChatMessage]:
        return [m for (_, _), m in sorted(self.chat.messages.items()) if m.thread_ts == thread]

    async def rows(self) -> list[AgentAnswer]:
        found: list[AgentAnswer] = await self.loop.rows(AgentAnswer)
        return found

    async def row(self) -> AgentAnswer:
        return (await self.rows())[-1]

    async def answer_id(self) -> UUID:
        return (await self.row()).id


def words_of(message: ChatMessage) -> str:
    """All that can be read in a message."""
    return "\n".join([message.text, *_texts(list(message.blocks))])


def _texts(part: Any) -> list[str]:
    if isinstance(part, dict):
        own = [part["text"]] if isinstance(part.get("text"), str) else []
        return own + [text for value in part.values() for text in _texts(value)]
    return [text for one in part for text in _texts(one)] if isinstance(part, list) else []
