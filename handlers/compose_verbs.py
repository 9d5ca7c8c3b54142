"""The verbs the edge calls for mails somebody asks for, messages taken up, and notes."""

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from services.types.compose import (
    Asked,
    CaptureKind,
    CaptureView,
    ComposeForm,
    ComposeFormView,
    QualificationView,
    SlackSource,
)
from services.types.people import Actor


class MailVerbs(Protocol):
    """Asking for a mail (services.compose.ComposeService)."""

    async def ask(self, actor: Actor, words: str, *, command_id: str) -> Asked: ...
    async def accounts(self, actor: Actor, text: str) -> tuple[tuple[UUID, str], ...]: ...
    async def begin(
        self, actor: Actor, *, account_id: UUID | None, command_id: str
    ) -> ComposeFormView: ...
    async def choose(
        self, actor: Actor, capture_id: UUID, account_id: UUID, *, command_id: str
    ) -> Asked: ...
    async def form(
        self, actor: Actor, capture_id: UUID, *, account_id: UUID | None = None
    ) -> ComposeFormView: ...
    async def confirm_contact(self, actor: Actor, contact_id: UUID) -> UUID:
        """Says whose account the person is of."""
        ...

    async def start(self, actor: Actor, form: ComposeForm, *, command_id: str) -> str: ...


class CaptureVerbs(Protocol):
    """Messages somebody took up (services.captures.CaptureService)."""

    async def take(
        self, actor: Actor, kind: CaptureKind, source: SlackSource, *, command_id: str
    ) -> UUID: ...
    async def opened(self, actor: Actor, capture_id: UUID, *, view_id: str) -> None: ...
    async def look(self, actor: Actor, capture_id: UUID) -> CaptureView: ...


class NoteVerbs(Protocol):
    """Notes and what they prove (services.notes.NoteService)."""

    async def log(
        self, actor: Actor, capture_id: UUID, deal_id: UUID, *, comment: str, command_id: str
    ) -> str: ...
    async def qualify(
        self, actor: Actor, capture_id: UUID, deal_id: UUID, *, command_id: str
    ) -> str: ...
    async def qualification(
        self, actor: Actor, words: str, *, account_id: UUID | None = None
    ) -> QualificationView | tuple[tuple[UUID, str], ...]:
        """The accounts the words may mean, where they fit several."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ComposeVerbs:
    """All the edge may ask of them."""

    mails: MailVerbs
    captures: CaptureVerbs
    notes: NoteVerbs
