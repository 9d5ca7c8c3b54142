"""The verbs the edge calls for transcripts shared in Slack, and for threads that are followed."""

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from services.meetings.shared_files import SharedFile
from services.types.people import Actor
from services.types.slack_threads import Followed, FollowView, SeenPost, ThreadRef


class SharedFileVerbs(Protocol):
    """A file in a Slack message (services.meetings.shared_files.SharedFileService)."""

    async def begin(
        self,
        actor: Actor,
        files: tuple[SharedFile, ...],
        *,
        channel: str,
        ts: str,
        text: str,
        command_id: str,
    ) -> UUID: ...
    async def look(self, actor: Actor, capture_id: UUID) -> FollowView: ...
    async def submit(
        self,
        actor: Actor,
        capture_id: UUID,
        account_id: UUID,
        *,
        title: str,
        at: str,
        view_id: str,
        zone: str,
    ) -> None: ...


class ThreadVerbs(Protocol):
    """Following a thread (services.slack_threads.ThreadService)."""

    async def mentioned(
        self, actor: Actor, thread: ThreadRef, words: str, *, command_id: str
    ) -> Followed: ...
    async def begin(
        self, actor: Actor, thread: ThreadRef, text: str, *, command_id: str
    ) -> UUID: ...
    async def look(self, actor: Actor, capture_id: UUID) -> FollowView: ...
    async def follow(
        self, actor: Actor, capture_id: UUID, account_id: UUID, *, command_id: str
    ) -> str: ...
    async def heard(self, tenant_id: UUID, post: SeenPost) -> bool:
        """Whether its thread is followed, so that it was kept."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceVerbs:
    """All the edge may ask of them."""

    shared: SharedFileVerbs
    threads: ThreadVerbs
