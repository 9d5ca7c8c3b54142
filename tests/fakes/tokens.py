"""Workspaces' tokens that never change, where a test is about something else."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class FixedTokens:
    token: str = "xoxb-1"

    async def of(self, tenant_id: UUID) -> str:
        assert tenant_id
        return self.token

    async def instead(self, tenant_id: UUID, refused: str, code: str) -> str | None:
        assert tenant_id
        assert refused
        assert code
        return None
