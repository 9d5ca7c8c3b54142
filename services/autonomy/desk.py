"""What people see of the copilot's autonomy and ask for there, one field each."""

from dataclasses import dataclass

from services.autonomy.doings import DoingsService
from services.autonomy.exporting import ExportService
from services.autonomy.handing_out import HandOutService
from services.autonomy.overview import OverviewService


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskServices:
    overview: OverviewService
    doings: DoingsService
    export: ExportService
    hand_out: HandOutService
