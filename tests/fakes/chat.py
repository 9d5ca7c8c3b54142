"""A workspace in memory, behind the ChatGateway port. Faults are put in `trouble`, one per call;
`drop_answer` carries the next post out and loses its answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from blocks.lint import faults
from services.errors import InvalidInput, NotFound, TransientError
from services.ports import (
    ChatGroup,
    ChatMessage,
    ChatPerson,
    ChatRef,
    ChatTeam,
    SessionStatus,
    StreamReader,
)
from services.types.slack_threads import ChatFile, ChatPost

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
    streaming: dict[tuple[str, str], str] = field(default_factory=dict)
    """Streams that are open, with what they hold."""
    streams: bool = True
    """False: this workspace knows no streams."""
    sessions: list[tuple[str, str, str]] = field(default_factory=list)
    statuses: list[str] = field(default_factory=list)
    prompts: list[tuple[str, tuple[tuple[str, str], ...]]] = field(default_factory=list)
    whispers: list[tuple[str, str, ChatMessage]] = field(default_factory=list)
    threads: dict[tuple[str, str], list[ChatPost]] = field(default_factory=dict)
    """What people wrote, by channel and first message; a page holds two."""
    files: dict[str, ChatFile] = field(default_factory=dict)
    uploads: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    """What was brought, by its id: name and content."""
    shared: list[tuple[str, str, str]] = field(default_factory=list)
    """Uploads that were shown: id, channel, comment."""

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
        self._ends(ref)
        thread = self.messages[ref.channel, ref.ts].thread_ts
        self.messages[ref.channel, ref.ts] = replace(self._accepted(message), thread_ts=thread)

    async def delete(self, ref: ChatRef) -> None:
        self._meet("delete")
        self._ends(ref)
        self.messages.pop((ref.channel, ref.ts), None)

    def _ends(self, ref: ChatRef) -> None:
        """Nobody touches a message that still streams."""
        if (ref.channel, ref.ts) in self.streaming:
            raise InvalidInput("Slack says: streaming_state_conflict", field="stream")

    async def whisper(self, channel: str, user_id: str, message: ChatMessage) -> None:
        self._meet("whisper")
        self.whispers.append((channel, user_id, self._accepted(message)))

    async def thread(
        self, channel: str, thread_ts: str, cursor: str = ""
    ) -> tuple[tuple[ChatPost, ...], str]:
        self._meet("thread")
        if (channel, thread_ts) not in self.threads:
            raise NotFound("Slack says: thread_not_found")
        posts = self.threads[channel, thread_ts]
        start = int(cursor or 0)
        following = start + 2
        return tuple(posts[start:following]), str(following) if following < len(posts) else ""

    async def file(self, file_id: str, *, largest: int) -> ChatFile:
        self._meet("file")
        if file_id not in self.files:
            raise NotFound("Slack says: file_not_found")
        if len(self.files[file_id].data) > largest:
            raise InvalidInput("The file is too large.")
        return self.files[file_id]

    async def upload(self, name: str, data: bytes) -> str:
        self._meet("upload")
        if not data:
            raise InvalidInput("Slack refused the request: missing_argument")
        file_id = f"F{len(self.uploads) + 1}"
        self.uploads[file_id] = (name, data)
        return file_id

    async def share_upload(self, file_id: str, channel: str, *, title: str, comment: str) -> None:
        self._meet("share_upload")
        if file_id not in self.uploads:
            raise NotFound("Slack says: file_not_found")
        assert title
        self.shared.append((file_id, channel, comment))
        self._lose()

    async def is_shared(self, file_id: str, channel: str) -> bool | None:
        self._meet("is_shared")
        if file_id not in self.uploads:
            return None
        return any((one, at) == (file_id, channel) for one, at, _ in self.shared)

    async def find(self, channel: str, metadata_id: str) -> ChatRef | None:
        self._meet("find")
        for (at, ts), message in self.messages.items():
            if at == channel and message.metadata_id == metadata_id:
                return ChatRef(channel=at, ts=ts)
        return None

    async def find_reply(
        self, channel: str, thread_ts: str, *, after: str, leave: frozenset[str] = frozenset()
    ) -> ChatRef | None:
        self._meet("find_reply")
        for (at, ts), message in sorted(self.messages.items(), key=lambda item: item[0][1]):
            if at == channel and message.thread_ts == thread_ts and ts > after and ts not in leave:
                return ChatRef(channel=at, ts=ts)
        return None

    async def start_stream(
        self, channel: str, thread_ts: str, text: str, *, recipient: StreamReader | None = None
    ) -> ChatRef:
        self._meet("start_stream")
        if not self.streams or not thread_ts:
            raise InvalidInput("Slack refused the request: unknown_method")
        if recipient is None and not channel.startswith("D"):
            raise InvalidInput("Slack refused the request: missing_recipient_user_id")
        self._few(text)
        self.posted += 1
        ref = ChatRef(channel=channel, ts=f"1700000000.{self.posted:06}")
        self.messages[channel, ref.ts] = ChatMessage(text=text, blocks=(), thread_ts=thread_ts)
        self.streaming[channel, ref.ts] = text
        self._lose()
        return ref

    async def append_stream(self, ref: ChatRef, text: str) -> None:
        self._meet("append_stream")
        self._grow(ref, text)
        self._lose()

    async def stop_stream(
        self, ref: ChatRef, *, text: str = "", blocks: Sequence[dict[str, Any]] = ()
    ) -> None:
        self._meet("stop_stream")
        self._grow(ref, text)
        told = self.streaming.pop((ref.channel, ref.ts))
        thread = self.messages[ref.channel, ref.ts].thread_ts
        self.messages[ref.channel, ref.ts] = ChatMessage(text=told, blocks=blocks, thread_ts=thread)
        self._lose()

    def _grow(self, ref: ChatRef, text: str) -> None:
        if (ref.channel, ref.ts) not in self.streaming:
            raise InvalidInput("The stream has ended.", field="stream")
        self._few(text)
        self.streaming[ref.channel, ref.ts] += text
        before = self.messages[ref.channel, ref.ts]
        self.messages[ref.channel, ref.ts] = replace(before, text=before.text + text)

    @staticmethod
    def _few(text: str) -> None:
        if len(text) > 12_000:
            raise InvalidInput("Slack refused the request: msg_too_long")

    def _lose(self) -> None:
        if self.drop_answer:
            self.drop_answer = False
            raise TransientError("Slack's answer was lost.", ambiguous=True)

    async def set_session(
        self, channel: str, thread_ts: str, status: SessionStatus, *, title: str = ""
    ) -> None:
        self._meet("set_session")
        assert len(title) <= 200
        self.sessions.append((channel, thread_ts, status))

    async def set_status(self, channel: str, thread_ts: str, words: str) -> None:
        self._meet("set_status")
        assert channel
        assert thread_ts
        self.statuses.append(words)

    async def suggest(
        self, channel: str, prompts: Sequence[tuple[str, str]], *, title: str
    ) -> None:
        self._meet("suggest")
        assert title
        self.prompts.append((channel, tuple(prompts[:4])))

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
    ) -> str:
        assert tenant_id
        self._meet("open_modal")
        self.modals.append((trigger_id, view, on_top))
        return f"V{len(self.modals)}"

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
            return replace(message, blocks=())
        return message
