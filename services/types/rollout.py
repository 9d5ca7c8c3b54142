"""Bringing people in, letting them rest and seeing them off: what is shown, and what is asked."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

from services.types.people import Role
from services.types.preferences import Preferences
from services.types.tenant_settings import LARGE, Preset
from services.types.views import MailCardView, Reader

MemberState = Literal["enabled", "paused", "waiting", "left"]
"""`waiting`: imported, and nobody has enabled them yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberLine:
    """One member in the list."""

    member_id: UUID
    name: str
    email: str
    role: Role
    function: str
    titles: tuple[str, ...]
    manager: str | None
    manager_id: UUID | None
    state: MemberState
    paused_until: datetime | None
    mailbox: str | None
    """`connected`, `reconnect`, `disconnected`; None: never connected one."""
    in_slack: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MembersView:
    """The list of members, for admins; `offset` is where this page begins."""

    reader: Reader
    lines: tuple[MemberLine, ...]
    offset: int
    total: int
    waiting: int
    """How many nobody has enabled yet."""
    shadow: bool


ALREADY = "already a member"
"""Why somebody was left out who is no loss."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportLine:
    """What became of one person."""

    name: str
    why: str | None
    """Why they were left out; None: they are a member now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportView:
    """An import from Slack (kind `import`, subject: the import)."""

    import_id: UUID
    status: Literal["queued", "done", "failed"]
    source: str
    role: Role
    added: tuple[ImportLine, ...]
    skipped: tuple[ImportLine, ...]
    note: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewPerson:
    """What one of the chosen people would have been shown in the last seven days."""

    member_id: UUID
    name: str
    enabled: bool
    mailbox: bool
    days: tuple[tuple[date, int], ...]
    """Mails per day, oldest first, each day named."""
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewView:
    """Read only: a page of the preview. Page 0 is about all of them, the others show one card
    each, person by person."""

    reader: Reader
    selection_id: UUID
    people: tuple[PreviewPerson, ...]
    page: int
    pages: int
    card: MailCardView | None
    card_of: str | None
    to_enable: int
    shadow: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldItem:
    """One mail that was held back and waits."""

    card_id: UUID
    title: str
    why: str
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class WelcomeView:
    """One message instead of many (kind `welcome`, subject: the member): what waits. `first`: they
    have never been told anything."""

    reader: Reader
    first: bool
    items: tuple[HeldItem, ...]
    total: int
    unsorted: int
    unsorted_card: UUID | None = None
    """The card on which to sort them, while it stands nowhere."""
    alerts: tuple[HeldItem, ...] = ()
    """Alerts that were held back and still hold, the most severe first, of `alerts_total`."""
    alerts_total: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoverView:
    """Somebody has left, and what they had open is the reader's now (kind `handover`, subject: the
    member who left)."""

    reader: Reader
    leaver: str
    items: tuple[HeldItem, ...]
    total: int
    accounts: int
    deals: int
    has_mailbox: bool
    """Whether the reader can send anything yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TenantSwitches:
    """What admins may turn."""

    shadow: bool
    stopped: bool
    """The kill switch: nothing leaves for anybody."""
    preset: Preset | None
    preset_fits: bool
    """Whether the rules are still what the preset made of them."""
    rules_version: int
    members: int
    waiting: int
    alert_amount: Decimal = LARGE
    """From which sum of open deals managers are told of critical risk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsView:
    """`/understudy settings`: the reader's own wishes; `tenant` for admins only."""

    reader: Reader
    preferences: Preferences
    paused_until: datetime | None
    enabled: bool
    has_mailbox: bool
    tenant: TenantSwitches | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PresetView:
    """What choosing a preset would change, before it is chosen."""

    preset: Preset
    current: Preset | None
    based_on: int
    changes: tuple[str, ...]
