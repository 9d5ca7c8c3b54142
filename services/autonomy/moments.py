"""When something may leave by itself (services.autonomy.judging.WorkingTime)."""

from datetime import datetime

from db.models.actions import Action
from db.models.drafts import Draft
from db.session import ReadTx
from services.autonomy.circumstances import away_of, next_working_time, sender_of


class WorkingHours:
    """The working hours of whoever it leaves from."""

    async def next_from(self, tx: ReadTx, action: Action, draft: Draft, at: datetime) -> datetime:
        """Of nobody: at once, since then a person is asked anyway."""
        member = await sender_of(tx, action, draft)
        if member is None:
            return at
        return next_working_time(member, at, await away_of(tx, member, at))
