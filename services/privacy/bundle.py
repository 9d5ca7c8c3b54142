"""What is held about people and for how long, together."""

from dataclasses import dataclass

from services.privacy.erasing import ErasingService
from services.privacy.exporting import ExportingService
from services.privacy.whole import WholeErasure
from services.retention.running import RetentionService


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivacyServices:
    erasing: ErasingService
    exporting: ExportingService
    retention: RetentionService
    whole: WholeErasure
