"""Who reads and writes over HTTP."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from services.types.people import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Bearer:
    """The member behind a bearer token, with the role they have at this moment."""

    token_id: UUID
    actor: Actor
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenLine:
    """One token as the list of them shows it. `ended`: revoked, expired, or its member is gone."""

    token_id: UUID
    name: str
    member: str
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None
    ended: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NewToken:
    """A token that was just made: its text is shown this once and kept nowhere."""

    line: TokenLine
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class TokensView:
    """The tenant's tokens, the newest first; `timezone` is the reader's."""

    timezone: str
    tokens: tuple[TokenLine, ...]
