"""A process that may die at any chosen point: before or after any transaction, before or after any
call of a port. From then on nothing of that process happens any more, as after kill -9."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from typing_extensions import override

from db.session import Database, Tx
from services.errors import ServiceError
from tests.fakes.mail import FakeMail


class Crash(BaseException):
    """The process has died; nothing in the product may catch this."""


@dataclass
class Mortality:
    """Counts the points at which the process can die, and lets it die at the chosen one."""

    at: int | None = None
    seen: list[str] = field(default_factory=list)
    dead: bool = False
    deaths: int = 0
    resting: bool = False
    """While a test itself writes rows, nobody dies and nothing is counted."""

    def point(self, name: str) -> None:
        if self.resting:
            return
        if self.dead:
            raise Crash(name)
        self.seen.append(name)
        if self.at == len(self.seen):
            self.dead, self.deaths = True, self.deaths + 1
            raise Crash(name)

    def revive(self) -> None:
        self.dead = False


class MortalDatabase(Database):
    """The pool of a process that may die around any transaction."""

    mortality = Mortality()

    @asynccontextmanager
    @override
    async def transaction(self, tenant_id: UUID) -> AsyncIterator[Tx]:
        self.mortality.point("before a transaction")
        async with super().transaction(tenant_id) as tx:
            yield tx
        self.mortality.point("after a commit")


class MortalMail:
    """A mailbox seen by a process that may die around any call. `hooks` are what others do in that
    very moment, each once."""

    def __init__(self, mail: FakeMail, mortality: Mortality, hooks: dict[str, Any]) -> None:
        self._mail, self._mortality, self._hooks = mail, mortality, hooks

    def __getattr__(self, name: str) -> Any:
        async def call(*args: Any, **kwargs: Any) -> Any:
            self._mortality.point(f"before {name}")
            await self._hook(f"before {name}")
            answer = await getattr(self._mail, name)(*args, **kwargs)
            await self._hook(f"after {name}")
            self._mortality.point(f"after {name}")
            return answer

        return call

    async def _hook(self, name: str) -> None:
        if name in self._hooks:
            await self._hooks.pop(name)()


@dataclass
class TestMailboxes:
    """services.ports.Mails over fakes; `refused` is what `of` raises."""

    __test__ = False
    boxes: dict[UUID, FakeMail] = field(default_factory=dict)
    mortality: Mortality = field(default_factory=Mortality)
    hooks: dict[str, Any] = field(default_factory=dict)
    refused: ServiceError | None = None

    async def of(self, _tenant_id: UUID, mailbox_id: UUID) -> Any:
        if self.refused is not None:
            raise self.refused
        return MortalMail(self.boxes[mailbox_id], self.mortality, self.hooks)
