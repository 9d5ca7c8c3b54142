"""Why nothing is done about a trigger, or not yet. Pure: rules in a fixed order, the first that has
something to say speaks, in words its person can read."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from db.models.tenants import Member, Tenant
from services.reach import holds_back
from services.signals.detectors.seen import is_workday
from services.signals.saying import count, day
from services.types.actions import AutonomyLevel
from services.types.autonomy import Authority
from services.types.outreach import CARD, TriggerKind
from services.types.preferences import read_preferences
from services.working_hours import OPENS, at_work
from services.zones import next_time, zone_of

JUST_WRITTEN = timedelta(days=3)
"""A mail of ours this young serves already."""
APART = timedelta(days=3)
"""Between two proposals about one account."""
LEFT_ALONE = timedelta(days=30)
"""So long a kind stays away from an account after somebody has said that it isn't useful there."""
MORNING = OPENS

NOBODYS = "Nobody looks after this account."
NO_CONTACT = "Nobody whom this concerns is a confirmed contact who can be reached."
ASKED_NOT_TO = "They asked not to be written to."
STOPPED = "The kill switch is on."
OFF = "This kind of action is switched off."
WAITS_ALREADY = "A draft about this account waits already."
UNHAPPY = "They are unhappy: a mail as if nothing were wrong would make it worse."
_ROUTINE = (
    TriggerKind.RENEWAL_WINDOW,
    TriggerKind.FOLLOW_UP_DUE,
    TriggerKind.SILENCE,
    TriggerKind.STAGE_STUCK,
)
# Whether these were seen to already is read out of the account's own mail.
_SEEN_TO = (TriggerKind.PROMISE_DUE, TriggerKind.RECAP_DUE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How things stand around one trigger. `level`: what is in force, shadow mode included;
    `written_at`: our last mail to the account; `heard_at`: the newest of what it stands on;
    `turned_down`: who said when that this kind isn't useful here."""

    now: datetime
    kind: TriggerKind
    tenant: Tenant
    member: Member
    authority: Authority
    level: AutonomyLevel
    may_write: bool
    has_mailbox: bool
    unwanted: bool = False
    draft_waits: bool = False
    written_at: datetime | None = None
    heard_at: datetime | None = None
    alerted: bool = False
    turned_down: tuple[str, datetime] | None = None
    unhappy: bool = False
    absent_until: datetime | None = None
    proposed_today: int = 0
    proposed_last: datetime | None = None


def why_not(standing: Standing) -> str | None:
    """Why nothing is done; None when something is. Asked again with every look."""
    return next((why for rule in _NEVER if (why := rule(standing))), None)


def waits_for(standing: Standing) -> str | None:
    """What it waits for; None when it is taken up now."""
    rules = _CAPS if standing.level is AutonomyLevel.SHADOW else (*_CAPS, *_TIMES)
    return next((why for rule in rules if (why := rule(standing))), None)


# ── Never ───────────────────────────────────────────────────────────────────────────────────────
def _stopped(one: Standing) -> str | None:
    return STOPPED if one.authority.stopped else None


def _off(one: Standing) -> str | None:
    return OFF if one.level is AutonomyLevel.OFF else None


def _nobody(one: Standing) -> str | None:
    return None if one.may_write else NO_CONTACT


def _unwanted(one: Standing) -> str | None:
    """Whoever still wants to write to them does so by themselves."""
    return ASKED_NOT_TO if one.unwanted else None


def _turned_down(one: Standing) -> str | None:
    if one.turned_down is None:
        return None
    who, when = one.turned_down
    return f"{who} said on {day(when, one.now)} that this isn't useful here."


def _unhappy(one: Standing) -> str | None:
    """What was promised is kept all the same, and who wants to buy is answered."""
    return UNHAPPY if one.unhappy and one.kind in _ROUTINE else None


def _waiting(one: Standing) -> str | None:
    return WAITS_ALREADY if one.draft_waits else None


def _written(one: Standing) -> str | None:
    """Of a customer who spoke up, only an answer serves."""
    if one.kind in _SEEN_TO or one.written_at is None:
        return None
    since = one.now - JUST_WRITTEN
    if one.kind is TriggerKind.BUYING_SIGNAL and one.heard_at is not None:
        since = max(since, one.heard_at)
    if one.written_at <= since:
        return None
    return f"Somebody of us wrote to them on {day(one.written_at, one.now)}."


def _alerted(one: Standing) -> str | None:
    if not one.alerted or one.level is not AutonomyLevel.SUGGEST:
        return None
    return f"The alert about it, with the same suggestion, is before {one.member.name}."


def _mailbox(one: Standing) -> str | None:
    if one.has_mailbox or one.level is AutonomyLevel.SUGGEST:
        return None
    return f"{one.member.name}'s Gmail isn't connected, so no mail can leave from there."


_NEVER: tuple[Callable[[Standing], str | None], ...] = (
    _stopped,
    _off,
    _nobody,
    _unwanted,
    _turned_down,
    _unhappy,
    _waiting,
    _written,
    _alerted,
    _mailbox,
)


# ── Not yet ─────────────────────────────────────────────────────────────────────────────────────
def _day_is_full(one: Standing) -> str | None:
    allowed = read_preferences(one.member.preferences).proposals_a_day
    if allowed == 0:
        return f"{one.member.name} wants no proposals."
    if one.proposed_today < allowed:
        return None
    return f"{one.member.name} has had {count(one.proposed_today, 'proposal')} today."


def _just_proposed(one: Standing) -> str | None:
    if one.proposed_last is None or one.now - one.proposed_last >= APART:
        return None
    return f"The last proposal about this account came on {day(one.proposed_last, one.now)}."


def _away(one: Standing) -> str | None:
    if one.absent_until is None:
        return None
    return f"{one.member.name} is out of office until {day(one.absent_until, one.now)}."


def _held_back(one: Standing) -> str | None:
    return holds_back(one.member, one.tenant, CARD, one.now)


def _off_hours(one: Standing) -> str | None:
    if at_work(one.member, one.now):
        return None
    return f"It is outside {one.member.name}'s working hours."


_CAPS: tuple[Callable[[Standing], str | None], ...] = (_day_is_full, _just_proposed)
_TIMES: tuple[Callable[[Standing], str | None], ...] = (_away, _held_back, _off_hours)


# ── Days and hours ──────────────────────────────────────────────────────────────────────────────
def next_workday(timezone: str, now: datetime, days: int = 0) -> datetime:
    """The next morning of a working day that is more than so many days away, in UTC."""
    zone = zone_of(timezone)
    at = next_time(timezone, now, MORNING)
    first = at.astimezone(zone).date() + timedelta(days=days)
    chosen = next(one for offset in range(30) if is_workday(one := first + timedelta(days=offset)))
    eve = datetime.combine(chosen, time(0), zone) - timedelta(minutes=1)
    return at if chosen == at.astimezone(zone).date() else next_time(timezone, eve, MORNING)
