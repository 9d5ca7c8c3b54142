"""How long what is approved waits, and the way back."""

from datetime import timedelta

from bot.config import Settings
from services.undo_waits import UndoWaits


def undo_waits(settings: Settings) -> UndoWaits:
    return UndoWaits(
        approved=timedelta(seconds=settings.undo_seconds),
        autonomous=timedelta(seconds=settings.undo_autonomous_seconds),
    )
