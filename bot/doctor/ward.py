"""What every check is given: the settings, and the parts of a process that serves nothing."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import UUID

from bot.config import Settings
from bot.doctor.findings import Finding
from bot.wiring import Runtime
from services.vault import Vault


@dataclass(slots=True, kw_only=True)
class Ward:
    """`workspaces` are (team id, tenant id)."""

    settings: Settings
    built: Runtime
    vault: Vault
    workspaces: list[tuple[str, UUID]]


Check = Callable[[Ward], Awaitable[list[Finding]]]
WorkspaceCheck = Callable[[Ward, str, UUID], Awaitable[list[Finding]]]
