"""The verbs of bringing people in, pausing and settings that the edge calls."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from services.types.approvals import RuleSet
from services.types.people import Actor
from services.types.preferences import Preferences
from services.types.rollout import (
    HandoverView,
    ImportView,
    MemberLine,
    MembersView,
    PresetView,
    PreviewView,
    SettingsView,
    WelcomeView,
)
from services.types.tenant_settings import Preset


class ImportVerbs(Protocol):
    """Members out of Slack; admins only. Nobody is told."""

    async def groups(self, actor: Actor, text: str) -> tuple[tuple[str, str], ...]: ...
    async def start(
        self,
        actor: Actor,
        *,
        user_ids: Sequence[str],
        group_id: str | None,
        role: str,
        manager_id: UUID | None,
        command_id: str,
    ) -> UUID: ...
    async def view(self, tenant_id: UUID, import_id: UUID, reader_id: UUID) -> ImportView | None:
        """What became of it, for whoever asked for it."""
        ...


class MembershipVerbs(Protocol):
    """The list of members; admins only. A repeated `command_id` gets the first answer."""

    async def list(self, actor: Actor, offset: int = 0) -> MembersView: ...
    async def line(self, actor: Actor, member_id: UUID) -> MemberLine: ...
    async def options(self, actor: Actor, text: str) -> tuple[tuple[UUID, str], ...]: ...
    async def change(
        self,
        actor: Actor,
        member_id: UUID,
        *,
        role: str,
        function: str,
        titles: tuple[str, ...],
        manager_id: UUID | None,
        command_id: str,
    ) -> str: ...
    async def end(self, actor: Actor, member_id: UUID, *, command_id: str) -> str: ...
    async def reinstate(self, actor: Actor, member_id: UUID, *, command_id: str) -> str: ...
    async def slack_gone(
        self, tenant_id: UUID, slack_user_id: str, *, as_guest: bool = False
    ) -> bool:
        """Slack says that this account was deactivated, or is a guest's now."""
        ...


class EnablingVerbs(Protocol):
    """Preview, then enable; admins only."""

    async def select(
        self,
        actor: Actor,
        *,
        user_ids: Sequence[str] = (),
        group_id: str | None = None,
        member_ids: Sequence[UUID] = (),
        command_id: str,
    ) -> UUID: ...
    async def preview(self, actor: Actor, selection_id: UUID, page: int = 0) -> PreviewView: ...
    async def enable(self, actor: Actor, selection_id: UUID, *, command_id: str) -> str: ...


class PauseVerbs(Protocol):
    """Being left alone, and the switch that stops everything (admins only)."""

    async def pause(self, actor: Actor, words: str, *, command_id: str) -> str: ...
    async def resume(self, actor: Actor, words: str, *, command_id: str) -> str: ...
    async def stop(self, actor: Actor, *, command_id: str) -> str: ...
    async def go_on(self, actor: Actor, *, command_id: str) -> str: ...


class WaitingVerbs(Protocol):
    """What was held back."""

    async def welcome(self, tenant_id: UUID, member_id: UUID) -> WelcomeView | None: ...
    async def handover(
        self, tenant_id: UUID, leaver_id: UUID, reader_id: UUID
    ) -> HandoverView | None: ...
    async def open(self, actor: Actor, card_id: UUID) -> None: ...


class SwitchVerbs(Protocol):
    """A member's own wishes; the tenant's switches are for admins."""

    async def settings(self, actor: Actor) -> SettingsView: ...
    async def prefer(self, actor: Actor, wanted: Preferences, *, command_id: str) -> str: ...
    async def preset(self, actor: Actor, preset: Preset) -> PresetView: ...
    async def set_shadow(self, actor: Actor, *, on: bool, command_id: str) -> str: ...


class PresetVerbs(Protocol):
    async def apply_preset(
        self, actor: Actor, preset: Preset, *, based_on: int, command_id: str
    ) -> RuleSet: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class RolloutVerbs:
    imports: ImportVerbs
    members: MembershipVerbs
    enabling: EnablingVerbs
    pauses: PauseVerbs
    waiting: WaitingVerbs
    switches: SwitchVerbs
    presets: PresetVerbs
