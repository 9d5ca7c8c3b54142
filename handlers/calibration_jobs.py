"""Jobs of calibration, by kind."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from uuid import UUID

from services.calibration.service import JOB, CalibrationService


def calibration_jobs(
    calibration: CalibrationService,
) -> dict[str, Callable[[UUID, Mapping[str, Any]], Awaitable[None]]]:
    async def adjust(tenant: UUID, _payload: Mapping[str, Any]) -> None:
        await calibration.adjust(tenant)

    return {JOB: adjust}
