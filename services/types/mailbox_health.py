"""Connected mailboxes and how they are, as Home and `/understudy status` show them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal
from uuid import UUID

from services.types.views import Reader

Via = Literal["file", "consent", "delegation"]


class MailboxState(StrEnum):
    """How a mailbox is, the worst first."""

    DISCONNECTED = "disconnected"
    RECONNECT = "reconnect"
    BEHIND = "behind"
    NO_PUSH = "no_push"
    READING = "reading"
    WELL = "well"


@dataclass(frozen=True, slots=True, kw_only=True)
class MailboxHealth:
    """One mailbox. `connect_url` leads to Google; only its own person has one."""

    mailbox_id: UUID
    address: str
    owner_name: str | None
    mine: bool
    is_system: bool
    via: Via
    state: MailboxState
    reason: str | None
    connected_at: datetime | None
    synced_at: datetime | None
    last_message_at: datetime | None
    push_seen_at: datetime | None
    watch_expires_at: datetime | None
    pushes: bool
    """Whether pushes are set up at all; without them the poll is all there is."""
    poll_seconds: float
    connect_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DelegationView:
    """The workspace's service account, and who could be connected by it in one go."""

    client_email: str
    client_id: str
    connectable: tuple[str, ...]
    connected: int
    failures: tuple[tuple[str, str], ...] = ()
    """Address and reason, of those who could not be connected."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailboxesView:
    """What Home shows about mailboxes: the reader's own; for admins everybody's as well.

    `not_set_up` is what an admin has to do before anybody can connect from here."""

    reader: Reader
    mine: tuple[MailboxHealth, ...]
    others: tuple[MailboxHealth, ...] = ()
    connect_url: str | None = None
    system_connect_url: str | None = None
    system_missing: bool = False
    not_set_up: str | None = None
    delegation: DelegationView | None = None
    silent_since: datetime | None = None
    """Since when mail comes that no push has told of, for admins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PushCardView:
    """Pushes fell silent while mail went on (kind `push`, subject: the tenant)."""

    reader: Reader
    silent: tuple[str, ...]
    since: datetime | None
    last_push_at: datetime | None
    poll_seconds: float
