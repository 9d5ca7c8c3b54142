"""Jobs that look for signals, by kind."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from services.signals.bundle import SignalServices
from services.signals.scans import SCAN, SCAN_ACCOUNT
from services.signals.wanting import LOOK


def signal_jobs(
    signals: SignalServices,
) -> dict[str, Callable[[UUID, Mapping[str, Any]], Awaitable[None]]]:
    async def scan(tenant: UUID, payload: Mapping[str, Any]) -> None:
        await signals.scans.begin(tenant, datetime.fromisoformat(payload["due_at"]))

    async def account(tenant: UUID, payload: Mapping[str, Any]) -> None:
        await signals.scans.run(tenant, UUID(payload["scan_id"]))

    async def look(tenant: UUID, payload: Mapping[str, Any]) -> None:
        await signals.looks.wanted(tenant, UUID(payload["account_id"]))

    return {SCAN: scan, SCAN_ACCOUNT: account, LOOK: look}
