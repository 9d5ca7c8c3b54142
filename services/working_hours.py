"""When a member works: what leaves by itself in their name waits for that.

Somebody works from Monday to Friday, 8:00 to 18:00 on their own clock, less their quiet hours, days
away and a pause they asked for: outside of that nobody would see what leaves in their name.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

from db import absences, mailboxes, members
from db.models.actions import Action
from db.models.drafts import Draft
from db.models.tenants import Member
from db.session import ReadTx
from services.types.preferences import read_preferences
from services.zones import is_weekday, zone_of

OPENS, CLOSES = time(8), time(18)
FAR = 8
"""Days in which somebody who isn't away works again, wherever they are."""


class Span(NamedTuple):
    """From, until: not at work."""

    begins: datetime
    ends: datetime


class WorkingHours:
    """When something may leave by itself: the working hours of whoever it leaves from
    (services.autonomy.judging.WorkingTime)."""

    async def next_from(self, tx: ReadTx, action: Action, draft: Draft, at: datetime) -> datetime:
        """Of nobody: at once, since then a person is asked anyway."""
        member = await sender_of(tx, action, draft)
        if member is None:
            return at
        return next_working_time(member, at, await away_of(tx, member, at))


async def sender_of(tx: ReadTx, action: Action, draft: Draft) -> Member | None:
    """The member in whose name it leaves: whose mailbox it is, else whose action."""
    box = await mailboxes.get_mailbox(tx, draft.mailbox_id) if draft.mailbox_id else None
    whose = (box.member_id if box else None) or action.owner_id
    return await members.get_member(tx, whose) if whose else None


async def away_of(tx: ReadTx, member: Member, now: datetime) -> Sequence[Span]:
    """When they are away or want to be left alone, as far as it is known."""
    away = [
        Span(one.starts_at, one.ends_at)
        for one in await absences.list_absences_of(tx, member.id, after=now)
    ]
    pause = member.paused_until
    return [*away, Span(now, pause)] if pause is not None and pause > now else away


def at_work(member: Member, now: datetime, away: Sequence[Span] = ()) -> bool:
    return next_working_time(member, now, away) == now


def next_working_time(member: Member, now: datetime, away: Sequence[Span] = ()) -> datetime:
    """The first moment from now on at which the member works, in UTC: now, if they do."""
    moment = now.astimezone(UTC)
    while True:
        back = _back(moment, away)
        opens = _opens(member, back)
        if opens == moment:
            return moment
        moment = opens


def _back(moment: datetime, away: Sequence[Span]) -> datetime:
    """The end of all that begins by then and isn't over, else the moment itself."""
    ends = [span.ends for span in away if span.begins <= moment < span.ends]
    return max(ends).astimezone(UTC) if ends else moment


def _opens(member: Member, moment: datetime) -> datetime:
    """The first moment of a working day from then on."""
    zone = zone_of(member.timezone)
    today = moment.astimezone(zone).date()
    for ahead in range(FAR):
        hours = _hours(member, today + timedelta(days=ahead))
        if hours is not None and moment < hours.ends:
            return max(moment, hours.begins)
    raise RuntimeError("nobody's next working day is more than a week away")


def _hours(member: Member, day: date) -> Span | None:
    """The member's working hours on a day of their calendar. Both ends are moments, so a clock
    change moves neither. None: no working day, or one that their zone has skipped."""
    if not is_weekday(day):
        return None
    zone, night = zone_of(member.timezone), read_preferences(member.preferences).night
    quiet_from, quiet_until = night or (CLOSES, OPENS)
    begins = datetime.combine(day, max(OPENS, quiet_until), zone).astimezone(UTC)
    ends = datetime.combine(day, min(CLOSES, quiet_from), zone).astimezone(UTC)
    return Span(begins, ends) if begins.astimezone(zone).date() == day else None
