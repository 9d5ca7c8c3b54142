"""Invitations in a mail: calendar parts, read leniently and within bounds.

Only the lines that are needed reach the parser: descriptions may be pages long, and alarms, files
and a program's own fields are nothing to us. A part nobody can read gives no invitation and a note,
never an error.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import islice
from typing import Any

from dateutil.rrule import rrulestr
from icalendar import Calendar
from icalendar.cal.component import Component
from icalendar.prop.broken import vBroken

from services.mail.addresses import normal_email
from services.mail.calendar_zones import Zones
from services.mail.characters import one_line
from services.types.meetings import Attendance, Attendee, Invitation, Method

LARGEST = 1_000_000
MAX_LINES = 4_000
MAX_EVENTS = 50
MAX_ATTENDEES = 200
MAX_DATES = 60
# How far ahead of its beginning, or of when it was sent, a series is followed.
FOLLOWED = timedelta(days=400)
BEFORE = timedelta(days=90)
MAX_SERIES = 8
ZONE = "X-ZONE"
YEARS = range(2000, 2091)

UNREADABLE = "A calendar entry in this mail can't be read."
TOO_LARGE = "A calendar entry in this mail is too large to be read whole."
NO_TIME = "A calendar entry in this mail names no time that can be."
NO_ZONE = "A calendar entry in this mail names a time zone nobody knows."
NO_RULE = "A calendar entry in this mail repeats in a way that can't be followed."

_KEPT = frozenset(
    {
        "BEGIN", "END", "METHOD", "UID", "SEQUENCE", "DTSTAMP", "RECURRENCE-ID", "DTSTART",
        "DTEND", "DURATION", "SUMMARY", "STATUS", "ORGANIZER", "ATTENDEE", "RRULE", "EXDATE",
        "X-WR-TIMEZONE",
    }
)  # fmt: skip
_NAME = re.compile(r"[A-Za-z0-9-]{1,40}")
_EACH = r"(?:MO|TU|WE|TH|FR|SA|SU)"
_NTH = rf"-?[1-5]?{_EACH}"
_DAY = r"-?0*(?:[1-9]|[12]\d|3[01])"
_ANY_RULE = {"FREQ": r"\w+", "UNTIL": ".*", "WKST": _EACH, "INTERVAL": r"0*[1-9]\d{0,2}"}
_OF_MONTH = {"BYDAY": _NTH, "BYMONTHDAY": _DAY, "BYSETPOS": "-?[1-5]"}
_MOST_VALUES = 31  # the days of a month
# What a rule may be made of: a search for dates must come to its end, also where there are none.
_RULES: dict[str, dict[str, str]] = {
    "DAILY": {"BYDAY": _EACH},
    "WEEKLY": {"BYDAY": _EACH},
    "MONTHLY": _OF_MONTH,
    "YEARLY": {**_OF_MONTH, "BYMONTH": r"0*(?:[1-9]|1[012])"},
}
_ANSWERS = {
    "ACCEPTED": Attendance.ACCEPTED,
    "DECLINED": Attendance.DECLINED,
    "TENTATIVE": Attendance.TENTATIVE,
}
# Outlook writes it into the title itself.
_CALLED_OFF = re.compile(
    r"(?:cancell?ed|abgesagt|annul[ée]e?|cancelad[oa]|annullat[oa]|geannuleerd|odwołane)\s*:\s*",
    re.IGNORECASE,
)


def read_invitations(
    texts: Sequence[str], sent_at: datetime | None
) -> tuple[tuple[Invitation, ...], tuple[str, ...]]:
    """The invitations of a mail's calendar parts, each once, and what was wrong with them."""
    found: dict[tuple[object, ...], Invitation] = {}
    notes: dict[str, None] = {}
    for text in dict.fromkeys(texts):
        try:
            for one in _read(text, sent_at, notes):
                found.setdefault((one.method, one.uid, one.occurrence), one)
        except Exception:  # noqa: BLE001 - an entry nobody foresaw must not make its mail unreadable
            notes.setdefault(UNREADABLE)
    return tuple(found.values())[:MAX_EVENTS], tuple(notes)


def _read(text: str, sent_at: datetime | None, notes: dict[str, None]) -> Iterator[Invitation]:
    if len(text) > LARGEST:
        notes.setdefault(TOO_LARGE)
    lines, zones = _sifted(_unfolded(text[:LARGEST]))
    if len(lines) > MAX_LINES:
        notes.setdefault(TOO_LARGE)
        lines = _whole_events(lines[:MAX_LINES])
    calendars: Any = Calendar.from_ical("\r\n".join(lines) + "\r\n", multiple=True)
    for calendar in calendars:
        method = _method(calendar)
        if method is None:
            continue
        sent = _Sent(calendar, sent_at)
        for event in islice(calendar.walk("VEVENT"), MAX_EVENTS):
            if one := _event(event, method, zones, sent, notes):
                yield one
    if zones.unknown:
        notes.setdefault(NO_ZONE)


class _Sent:
    """What an event has from around it: the calendar's own zone, and when the mail was sent."""

    def __init__(self, calendar: Component, sent_at: datetime | None) -> None:
        self.zone = str(calendar.get("X-WR-TIMEZONE") or "") or None
        self.at = sent_at
        self.series = 0


def _unfolded(text: str) -> list[str]:
    plain = text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    return re.sub(r"\n[ \t]", "", plain).split("\n")


def _sifted(lines: Iterable[str]) -> tuple[list[str], Zones]:
    """The lines of calendars and events that are needed, and the zones they define."""
    kept: list[str] = []
    zones: dict[str, list[str]] = {}
    inside: list[str] = []
    zone: list[str] = []
    for raw in lines:
        line = raw.strip()
        match = _NAME.match(line)
        name = match[0].upper() if match else ""
        value = line.partition(":")[2].strip().upper()
        if name == "BEGIN":
            inside.append(value)
        if "VTIMEZONE" in inside:
            zone.append(line)
        elif name in _KEPT and set(inside) <= {"VCALENDAR", "VEVENT"}:
            # The parser would guess at zones, and warn of its guesses: they are looked up here.
            kept.append(re.sub(r"(?i);TZID=", f";{ZONE}=", line, count=1))
        if name == "END" and value in inside:
            del inside[inside.index(value) :]
            if value == "VTIMEZONE":
                _define(zones, zone)
                zone = []
    # A part that breaks off still says what it said.
    kept += [f"END:{name}" for name in reversed(inside) if name in {"VCALENDAR", "VEVENT"}]
    return kept, Zones(defined={name: "\n".join(body) for name, body in zones.items()})


def _define(zones: dict[str, list[str]], body: list[str]) -> None:
    for line in body:
        if line.upper().startswith("TZID"):
            zones.setdefault(line.partition(":")[2].strip(), body)
            return


def _whole_events(lines: list[str]) -> list[str]:
    last = max((at for at, line in enumerate(lines) if line.upper() == "END:VEVENT"), default=-1)
    return [*lines[: last + 1], "END:VCALENDAR"]


def _method(calendar: Component) -> Method | None:
    value = str(calendar.get("METHOD") or "PUBLISH").strip().lower()
    return Method(value) if value in set(Method) else None


def _event(
    event: Component, method: Method, zones: Zones, sent: _Sent, notes: dict[str, None]
) -> Invitation | None:
    uid = one_line(str(event.get("UID") or ""))[:500]
    start = _when(event, "DTSTART", zones, sent.zone)
    occurrence = _when(event, "RECURRENCE-ID", zones, sent.zone)
    start = start or occurrence
    if not uid:
        notes.setdefault(UNREADABLE)
        return None
    if start is None or start.at.year not in YEARS:
        notes.setdefault(NO_TIME)
        return None
    if str(event.get("STATUS") or "").upper() == "CANCELLED" and method is not Method.REPLY:
        method = Method.CANCEL
    stamp = _when(event, "DTSTAMP", zones, None)
    return Invitation(
        method=method,
        uid=uid,
        starts_at=start.at,
        ends_at=_end(event, start, zones, sent.zone),
        sequence=_sequence(event),
        stamp=stamp.at if stamp else None,
        occurrence=occurrence.at if occurrence else None,
        dates=() if occurrence else _dates(event, start.at, zones, sent, notes),
        floating=start.floating,
        all_day=start.all_day,
        title=_CALLED_OFF.sub("", one_line(str(event.get("SUMMARY") or "")), count=1)[:300],
        organizer=_address(event.get("ORGANIZER")) or "",
        attendees=_attendees(event, method),
    )


class _When:
    def __init__(self, at: datetime, *, floating: bool, all_day: bool) -> None:
        self.at, self.floating, self.all_day = at, floating, all_day


def _when(event: Component, name: str, zones: Zones, default: str | None) -> _When | None:
    value = _first(event.get(name))
    plain = getattr(value, "dt", None)
    if not isinstance(plain, date):
        return None
    named = getattr(value, "params", {}).get(ZONE)
    zone = str(named) if named else None
    if zone is None and isinstance(plain, datetime) and plain.tzinfo is None:
        zone = default
    at, floating = zones.moment(plain, zone)
    return _When(at, floating=floating, all_day=not isinstance(plain, datetime))


def _first(value: Any) -> Any:
    """One of several; nothing of what couldn't be understood."""
    found = value[0] if isinstance(value, list) and value else value
    return None if isinstance(found, vBroken) else found


def _end(event: Component, start: _When, zones: Zones, default: str | None) -> datetime | None:
    end = _when(event, "DTEND", zones, default)
    length = getattr(_first(event.get("DURATION")), "dt", None)
    if end is None and isinstance(length, timedelta) and length <= FOLLOWED:
        return start.at + length
    return end.at if end and start.at <= end.at <= start.at + FOLLOWED else None


def _sequence(event: Component) -> int:
    try:
        return min(max(int(_first(event.get("SEQUENCE") or 0)), 0), 1_000_000)
    except (ValueError, TypeError):
        return 0


def _address(value: Any) -> str | None:
    return normal_email(re.sub(r"(?i)\A\s*mailto:", "", str(_first(value) or "")).strip())


def _attendees(event: Component, method: Method) -> tuple[Attendee, ...]:
    listed = event.get("ATTENDEE") or []
    found: dict[str, Attendee] = {}
    for one in (listed if isinstance(listed, list) else [listed])[:MAX_ATTENDEES]:
        email = _address(one)
        if email is None:
            continue
        params = getattr(one, "params", {})
        status = _ANSWERS.get(str(params.get("PARTSTAT", "")).upper(), Attendance.OPEN)
        if method is Method.COUNTER:
            status = Attendance.COUNTERED
        name = one_line(str(params.get("CN") or ""))[:200]
        found.setdefault(email, Attendee(email=email, name=name, status=status))
    return tuple(found.values())


# ── Series ──────────────────────────────────────────────────────────────────────────────────────
def _dates(
    event: Component, start: datetime, zones: Zones, sent: _Sent, notes: dict[str, None]
) -> tuple[datetime, ...]:
    """The dates of a series, by the clock on the wall where it was made, from shortly before the
    mail on; none of an event that doesn't repeat."""
    rule, value = _first(event.get("RRULE")), _first(event.get("DTSTART"))
    plain = getattr(value, "dt", None)
    if not rule or not isinstance(plain, date):
        return ()
    local = plain if isinstance(plain, datetime) else datetime.combine(plain, time())
    named = str(getattr(value, "params", {}).get(ZONE) or "")
    name = named or ("UTC" if local.tzinfo else sent.zone)
    local = local.replace(tzinfo=None)
    since = max(local, _naive(sent.at) - BEFORE) if sent.at else local
    zone = zones.of(name) if name else None
    walk = _walk(rule, local, since + FOLLOWED, zone or UTC)
    sent.series += 1
    if walk is None or sent.series > MAX_SERIES:
        notes.setdefault(NO_RULE)
        return (start,)
    left_out = _left_out(event, zones)
    coming = (zones.moment(one, name)[0] for one in walk if one >= since)
    return tuple(islice((at for at in coming if at not in left_out), MAX_DATES))


def _naive(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(tzinfo=None)


def _walk(rule: Any, start: datetime, end: datetime, zone: tzinfo) -> Iterator[datetime] | None:
    """The rule's dates up to `end`. None for a rule of parts that take for ever to be walked."""
    parts = {
        str(name).upper(): [str(one) for one in (given if isinstance(given, list) else [given])]
        for name, given in rule.items()
    }
    count = parts.pop("COUNT", ["1000000"])[0]
    if not (_walkable(parts) and re.fullmatch(r"\d{1,7}", count)):
        return None
    # Counted here: the library doesn't take both an end and a count.
    parts["UNTIL"] = [f"{min(_until(rule, zone) or end, end):%Y%m%dT%H%M%S}"]
    text = ";".join(f"{name}={','.join(values)}" for name, values in parts.items())
    return islice(rrulestr(f"RRULE:{text}", dtstart=start), int(count))


def _walkable(parts: dict[str, list[str]]) -> bool:
    frequency = parts.get("FREQ", [""])[0]
    forms = {**_ANY_RULE, **_RULES[frequency]} if frequency in _RULES else {}
    if frequency == "DAILY" and "BYDAY" in parts and parts.get("INTERVAL", ["1"]) != ["1"]:
        return False
    if {"BYMONTHDAY", "BYDAY"} <= set(parts):
        return False
    return all(
        len(values) <= _MOST_VALUES
        and all(re.fullmatch(forms.get(name, r"\Z."), value) for value in values)
        for name, values in parts.items()
    )


def _until(rule: Any, zone: tzinfo) -> datetime | None:
    value = _first(rule.get("UNTIL"))
    if isinstance(value, datetime):
        return value.astimezone(zone).replace(tzinfo=None) if value.tzinfo else value
    return datetime.combine(value, time(23, 59, 59)) if isinstance(value, date) else None


def _left_out(event: Component, zones: Zones) -> frozenset[datetime]:
    listed = event.get("EXDATE") or []
    found = set()
    for group in (listed if isinstance(listed, list) else [listed])[:MAX_EVENTS]:
        name = getattr(group, "params", {}).get(ZONE)
        for one in getattr(group, "dts", [])[: 10 * MAX_DATES]:
            found.add(zones.moment(one.dt, str(name) if name else None)[0])
    return frozenset(found)
