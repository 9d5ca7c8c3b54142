"""How what the copilot says holds, put together for whoever reads it."""

from db.session import Database
from handlers.calibration_verbs import CalibrationVerbs
from services.autonomy.bundle import AutonomyServices
from services.calibration.service import CalibrationService
from services.confidence.export import CalibrationFile
from services.confidence.pages import CalibrationPages
from services.ports import Clock, Ids
from services.types.calibration_views import FILE
from services.types.model import Lineage


def calibration_pages(
    database: Database, clock: Clock, ids: Ids, lineage: Lineage, calibration: CalibrationService
) -> CalibrationPages:
    return CalibrationPages(
        db=database, clock=clock, ids=ids, lineage=lineage, calibration=calibration
    )


def calibration_files(database: Database) -> dict[str, CalibrationFile]:
    """What an admin gets as a file, by name."""
    return {FILE: CalibrationFile(db=database)}


def calibration_verbs(pages: CalibrationPages, autonomy: AutonomyServices) -> CalibrationVerbs:
    """What the edge may ask of it."""
    return CalibrationVerbs(pages=pages, files=autonomy.hand_out)
