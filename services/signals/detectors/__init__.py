"""All detectors that need no model."""

from services.signals.detector import Detector
from services.signals.detectors.champion import CHAMPION_QUIET
from services.signals.detectors.deals import CLOSE_DATE_SLIPPING, STAGE_STUCK
from services.signals.detectors.meetings import MEETING_CANCELLED
from services.signals.detectors.participation import PARTICIPATION
from services.signals.detectors.reply_drift import REPLY_DRIFT
from services.signals.detectors.said import SAID
from services.signals.detectors.senior_contact import SENIOR_CONTACT
from services.signals.detectors.sentiment_turn import SENTIMENT_TURN
from services.signals.detectors.silence import SILENCE

DETECTORS: tuple[Detector, ...] = (
    SILENCE,
    REPLY_DRIFT,
    PARTICIPATION,
    SENIOR_CONTACT,
    CHAMPION_QUIET,
    STAGE_STUCK,
    CLOSE_DATE_SLIPPING,
    MEETING_CANCELLED,
    SENTIMENT_TURN,
    SAID,
)
