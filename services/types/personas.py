"""Personas: how the copilot sounds for whom, as they are made, shown and used."""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from services.types.alerts import Share
from services.types.style import Dial
from services.types.views import Reader


@dataclass(frozen=True, slots=True, kw_only=True)
class NoEffect:
    """Words of a persona that change nothing, and why."""

    words: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonaShape:
    """The first step of the form. Dials from 0 to 1; `region` as it was written."""

    name: str
    dials: dict[Dial, float]
    region: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonaVoice:
    """The second step: texts that sound right, and a word of one's own."""

    examples: tuple[str, ...] = ()
    instructions: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shaped:
    """What the first step made: the second one asks for the rest. `told` is said there."""

    persona_id: UUID
    version: int
    voice: PersonaVoice
    told: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonaFormView:
    """What the form begins with. Without an id it is a new persona."""

    persona_id: UUID | None = None
    version: int = 0
    name: str = ""
    dials: dict[Dial, float]
    region: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Samples:
    """A mail and a chat message written with one version, and by whom."""

    subject: str
    mail: str
    chat: str
    model: str
    offline: bool
    why: str = ""
    """Why rules wrote them where a model is configured."""


PersonaState = Literal["draft", "active", "deleted"]
PreviewState = Literal["none", "asked", "ready", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonaCardView:
    """One persona, for one reader (card kind `persona`)."""

    reader: Reader
    persona_id: UUID
    version: int
    name: str
    state: PersonaState
    waits: bool
    """What it is now isn't what is active: it has to be previewed and activated."""
    preview: PreviewState
    failure: str
    samples: Samples | None
    dials: dict[Dial, float]
    region: str | None
    """Its name, as people read it."""
    no_effect: tuple[NoEffect, ...]
    made_by: str | None
    removed_by: str | None
    users: tuple[str, ...]
    reader_uses: bool
    may_change: bool
    may_assign: bool
    active_version: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonaFigures:
    """What became of what was written with a persona. Shares are of the drafts decided on, answers
    of the mails whose seven days are over or that were answered."""

    drafts: int
    unchanged: Share
    edited: Share
    rejected: Share
    answered: Share
    undone: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonaPageView:
    """A persona's page: how it sounds, who writes with it, how it goes."""

    card: PersonaCardView
    figures: PersonaFigures
    instructions: str
    examples: tuple[str, ...]
    user_slack_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonaLine:
    """A persona in the list."""

    persona_id: UUID
    name: str
    state: PersonaState
    waits: bool
    dials: dict[Dial, float]
    region: str | None
    made_by: str | None
    users: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonaListView:
    """The reader's own persona, and those they may look after. `total` counts all of these."""

    reader: Reader
    own: PersonaLine | None
    lines: tuple[PersonaLine, ...]
    total: int
    leads: bool
    """Whether the reader sees everybody's."""
