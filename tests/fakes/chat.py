"""A workspace in memory, behind the ChatGateway port. Faults are put in `trouble`, one per call;
`drop_answer` carries the next post out and loses its answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from blocks.lint import faults
from services.errors import InvalidInput, NotFound, TransientError
from services.ports import ChatGroup, ChatMessage, ChatPerson, ChatRef, ChatTeam

TEAM = ChatTeam(team_id="T0SANDBOX", name="Sandbox", bot_user_id="U0BOT")


@dataclass
class FakeChat:
    """Keeps messages, Home tabs, modals and ephemeral answers."""

    people: dict[str, ChatPerson] = field(default_factory=dict)
    user_groups: dict[ChatGroup, tuple[str, ...]] = field(default_factory=dict)
    messages: dict[tuple[str, str], ChatMessage] = field(default_factory=dict)
    homes: dict[str, dict[str, Any]] = field(default_factory=dict)
    modals: list[tuple[str, dict[str, Any], bool]] = field(default_factory=list)
    updated: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    told: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)
    trouble: list[Exception] = field(default_factory=list)
    drop_answer: bool = False
    posted: int = 0
    calls: list[str] = field(default_factory=list)

    def _meet(self, call: str) -> None:
        self.calls.append(call)
        if self.trouble:
            raise self.trouble.pop(0)

    async def of(self, tenant_id: UUID) -> "FakeChat":
        assert tenant_id
        return self

    async def team(self) -> ChatTeam:
        self._meet("team")
        return TEAM

    async def open_dm(self, user_id: str) -> str:
        self._meet("open_dm")
        if user_id not in self.people:
            raise NotFound("Slack says: user_not_found")
        return f"D{user_id}"

    async def post(self, channel: str, message: ChatMessage) -> ChatRef:
        self._meet("post")
        if not channel.startswith(("D", "C")):
            raise NotFound("Slack says: channel_not_found")
        self.posted += 1
        ref = ChatRef(channel=channel, ts=f"1700000000.{self.posted:06}")
        self.messages[channel, ref.ts] = self._accepted(message)
        if self.drop_answer:
            self.drop_answer = False
            raise TransientError("Slack's answer was lost.", ambiguous=True)
        return ref

    async def update(self, ref: ChatRef, message: ChatMessage) -> None:
        self._meet("update")
        if (ref.channel, ref.ts) not in self.messages:
            raise NotFound("Slack says: message_not_found")
        self.messages[ref.channel, ref.ts] = self._accepted(message)

    async def delete(self, ref: ChatRef) -> None:
        self._meet("delete")
        self.messages.pop((ref.channel, ref.ts), None)

    async def find(self, channel: str, metadata_id: str) -> ChatRef | None:
        self._meet("find")
        for (at, ts), message in self.messages.items():
            if at == channel and message.metadata_id == metadata_id:
                return ChatRef(channel=at, ts=ts)
        return None

    async def publish_home(self, user_id: str, view: dict[str, Any]) -> None:
        self._meet("publish_home")
        if user_id not in self.people:
            raise InvalidInput("Slack refused the request: invalid_arguments")
        self.homes[user_id] = view

    async def person(self, user_id: str) -> ChatPerson:
        self._meet("person")
        if user_id not in self.people:
            raise NotFound("Slack says: user_not_found")
        return self.people[user_id]

    async def person_by_email(self, email: str) -> ChatPerson | None:
        self._meet("person_by_email")
        return next((p for p in self.people.values() if p.email == email), None)

    async def groups(self) -> tuple[ChatGroup, ...]:
        self._meet("groups")
        return tuple(self.user_groups)

    async def group_members(self, group_id: str) -> tuple[str, ...]:
        self._meet("group_members")
        for group, people in self.user_groups.items():
            if group.group_id == group_id:
                return people
        raise NotFound("Slack says: no_such_subteam")

    async def open_modal(
        self, tenant_id: UUID, trigger_id: str, view: dict[str, Any], *, on_top: bool = False
    ) -> None:
        assert tenant_id
        self._meet("open_modal")
        self.modals.append((trigger_id, view, on_top))

    async def update_modal(self, tenant_id: UUID, view_id: str, view: dict[str, Any]) -> None:
        assert tenant_id
        self._meet("update_modal")
        self.updated.append((view_id, view))

    async def tell(self, response_url: str, body: Mapping[str, Any]) -> None:
        self._meet("tell")
        self.told.append((response_url, body))

    @staticmethod
    def _accepted(message: ChatMessage) -> ChatMessage:
        """Slack refuses bad blocks; the port promises the words arrive all the same."""
        if faults(message.blocks, text=message.text):
            return ChatMessage(text=message.text, blocks=(), metadata_id=message.metadata_id)
        return message
