"""Invitations are read whatever program wrote them; what can't be read is noted, never raised."""

import time
from datetime import UTC, datetime

import pytest

from services.mail.calendar import MAX_DATES, NO_TIME, read_invitations
from services.mail.parse import parse
from services.types.meetings import Attendance, Invitation, Method

SENT = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
VIENNA = """BEGIN:VTIMEZONE
TZID:Customized Time Zone
BEGIN:STANDARD
DTSTART:16010101T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE
"""


def ics(*lines: str, method: str = "REQUEST", zone: str = "") -> str:
    """A calendar with one event of these lines."""
    given = {line.partition(":")[0].partition(";")[0] for line in lines}
    rest = {
        "UID": "UID:u1@acme.test",
        "DTSTART": "DTSTART:20261201T140000Z",
        "SUMMARY": "SUMMARY:Review",
        "DTSTAMP": "DTSTAMP:20261119T080000Z",
    }
    body = [*(line for name, line in rest.items() if name not in given), *lines]
    return "\r\n".join(
        [
            *("BEGIN:VCALENDAR", "VERSION:2.0", f"METHOD:{method}", *zone.splitlines()),
            *("BEGIN:VEVENT", *body, "END:VEVENT", "END:VCALENDAR", ""),
        ]
    )


def read(text: str) -> Invitation:
    (found,), _ = read_invitations([text], SENT)
    return found


def test_an_invitation_is_read_whole() -> None:
    found = read(
        ics(
            "UID:u1@acme.test",
            "SEQUENCE:2",
            "DTSTART;TZID=Europe/Berlin:20261201T150000",
            "DTEND;TZID=Europe/Berlin:20261201T160000",
            "SUMMARY:Pilot review\\, part",
            "  two",
            "ORGANIZER;CN=Rita Rep:mailto:Rita@Northwind.test",
            'ATTENDEE;CN="Reyes, Dana";PARTSTAT=ACCEPTED:MAILTO:dana@acme.test',
            "ATTENDEE;PARTSTAT=DECLINED:mailto:ben@acme.test",
            "ATTENDEE;CUTYPE=ROOM:urn:uuid:1",
            "DESCRIPTION:" + "x" * 9_000,
            "BEGIN:VALARM",
            "TRIGGER:-PT15M",
            "DTSTART:19700101T000000Z",
            "END:VALARM",
        )
    )
    assert (found.method, found.uid, found.sequence) == (Method.REQUEST, "u1@acme.test", 2)
    assert found.starts_at == datetime(2026, 12, 1, 14, tzinfo=UTC)
    assert found.ends_at == datetime(2026, 12, 1, 15, tzinfo=UTC)
    assert found.stamp == datetime(2026, 11, 19, 8, tzinfo=UTC)
    assert (found.title, found.organizer) == ("Pilot review, part two", "rita@northwind.test")
    people = [(one.email, one.name, one.status) for one in found.attendees]
    assert people == [
        ("dana@acme.test", "Reyes, Dana", Attendance.ACCEPTED),
        ("ben@acme.test", "", Attendance.DECLINED),
    ]


@pytest.mark.parametrize(
    ("start", "hour"),
    [
        ("DTSTART;TZID=W. Europe Standard Time:20260701T150000", 13),
        ("DTSTART;TZID=Pacific Standard Time:20261201T060000", 14),
        ('DTSTART;TZID="(UTC+01:00) Amsterdam, Berlin":20261201T150000', 14),
        ("DTSTART;TZID=/freeassociation.sourceforge.net/Europe/Rome:20261201T150000", 14),
        ("DTSTART;TZID=Customized Time Zone:20260701T150000", 13),
        ("DTSTART;TZID=Customized Time Zone:20261201T150000", 14),
        ("DTSTART;TZID=GMT+0530:20261201T150000", 9),
    ],
)
def test_zones_have_many_names(start: str, hour: int) -> None:
    found = read(ics(start, zone=VIENNA))
    assert (found.starts_at.hour, found.floating) == (hour, False)


def test_one_mail_never_learns_another_mails_zone() -> None:
    other = VIENNA.replace("+0100", "-0500").replace("+0200", "-0400")
    start = "DTSTART;TZID=Customized Time Zone:20261201T150000"
    assert read(ics(start, zone=VIENNA)).starts_at.hour == 14
    assert read(ics(start, zone=other)).starts_at.hour == 20


def test_a_time_without_a_zone_floats_and_a_day_has_no_hour() -> None:
    floating = read(ics("DTSTART:20261201T150000"))
    assert (floating.starts_at.hour, floating.floating, floating.all_day) == (15, True, False)
    day = read(ics("DTSTART;VALUE=DATE:20261201"))
    assert (day.starts_at, day.all_day) == (datetime(2026, 12, 1, tzinfo=UTC), True)
    found, notes = read_invitations([ics("DTSTART;TZID=Middle Earth:20261201T150000")], SENT)
    assert found[0].floating
    assert "names a time zone nobody knows" in notes[0]


def test_outlooks_canceled_title_and_a_cancelled_status_are_a_cancellation() -> None:
    found = read(ics("SUMMARY:Canceled: Review", method="CANCEL"))
    assert (found.method, found.title) == (Method.CANCEL, "Review")
    assert read(ics("STATUS:CANCELLED")).method is Method.CANCEL
    counter = read(ics("ATTENDEE:mailto:dana@acme.test", method="COUNTER"))
    assert counter.attendees[0].status is Attendance.COUNTERED


def test_a_series_keeps_its_hour_over_the_change_of_clocks() -> None:
    found = read(
        ics(
            "DTSTART;TZID=Europe/Berlin:20261001T100000",
            "RRULE:FREQ=WEEKLY;COUNT=6;BYDAY=TH",
            "EXDATE;TZID=Europe/Berlin:20261015T100000",
        )
    )
    assert [f"{at:%m-%d %H}" for at in found.dates] == [
        "10-01 08", "10-08 08", "10-22 08", "10-29 09", "11-05 09",
    ]  # fmt: skip
    until = read(ics("DTSTART:20261201T140000Z", "RRULE:FREQ=DAILY;UNTIL=20261203T140000Z"))
    assert len(until.dates) == 3
    endless = read(ics("DTSTART:20180101T140000Z", "RRULE:FREQ=DAILY"))
    assert len(endless.dates) == MAX_DATES
    assert endless.dates[0] > datetime(2026, 8, 1, tzinfo=UTC)


HOSTILE = {
    "every second": ics("RRULE:FREQ=SECONDLY"),
    "never true": ics("RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30;COUNT=5"),
    "never a Friday": ics("RRULE:FREQ=MONTHLY;BYMONTHDAY=1;BYDAY=5FR"),
    "never in February": ics("RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"),
    "no step": ics("RRULE:FREQ=DAILY;INTERVAL=0"),
    "all hours": ics("RRULE:FREQ=DAILY;BYHOUR=" + ",".join(map(str, range(24)))),
    "rule of rules": ics("RRULE:FREQ=YEARLY;BYSETPOS=1;RSCALE=X;SKIP=OMIT", "RRULE:FREQ=DAILY"),
    "huge": ics("ATTENDEE:mailto:a@b.test\r\n" * 40_000),
    "many": "BEGIN:VCALENDAR\nMETHOD:REQUEST\n"
    + "BEGIN:VEVENT\nUID:x\nDTSTART:20261201T140000Z\nRRULE:FREQ=DAILY\nEND:VEVENT\n" * 5_000,
    "nested": "BEGIN:VCALENDAR\n" * 3_000,
    "nothing": "",
    "no lines": "x" * 100_000,
    "broken off": ics()[:-60],
    "rubbish": "BEGIN:VCALENDAR\nMETHOD:REQUEST\nBEGIN:VEVENT\nDTSTART:tomorrow\nUID\n;;:;=\nEND",
    "zone by the second": ics(
        "DTSTART;TZID=Evil:20261201T150000",
        zone=VIENNA.replace("Customized Time Zone", "Evil").replace("YEARLY", "SECONDLY"),
    ),
    "nul": ics("SUMMARY:a\0b\ud800"),
    "sequence": ics("SEQUENCE:99999999999999999999", "DTSTAMP:yesterday"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_nothing_raises_or_takes_long(name: str) -> None:
    begun = time.process_time()
    found, notes = read_invitations([HOSTILE[name]], SENT)
    assert len(found) <= 50
    assert all(one.starts_at.year in range(2000, 2091) for one in found)
    assert len(notes) <= 5
    assert time.process_time() - begun < 2


@pytest.mark.parametrize("start", ["DTSTART:19700101T000000Z", "DTSTART:20990101T000000Z", "UID:x"])
def test_a_time_that_cant_be_is_noted(start: str) -> None:
    text = ics(start).replace("DTSTART:20261201T140000Z\r\n", "")
    assert read_invitations([text], SENT) == ((), (NO_TIME,))


def test_a_mail_brings_its_parts_once_and_survives_a_broken_one() -> None:
    def mail(body: str, encoding: str = "utf-8") -> bytes:
        part = body.encode(encoding)
        head = (
            b"From: dana@acme.test\nTo: rita@northwind.test\nSubject: Invitation\n"
            b"Message-ID: <1@acme.test>\nDate: Fri, 20 Nov 2026 08:00:00 +0000\n"
            b'Content-Type: multipart/mixed; boundary="b"\n\n--b\nContent-Type: text/plain\n\nHi\n'
        )
        alike = b"--b\nContent-Type: text/calendar; method=REQUEST; charset=utf-8\n\n" + part
        file = (
            b"\n--b\nContent-Type: application/octet-stream; name=invite.ics\n"
            b"Content-Disposition: attachment\n\n" + part + b"\n--b--\n"
        )
        return head + alike + file

    parsed = parse(mail(ics("SUMMARY:Prüfung")))
    assert [one.title for one in parsed.invitations] == ["Prüfung"]
    odd = parse(mail(ics("SUMMARY:Prüfung"), "latin-1"))
    assert len(odd.invitations) == 1
    broken = parse(
        mail("BEGIN:VCALENDAR\nMETHOD:REQUEST\nBEGIN:VEVENT\nDTSTART:x\nUID:1\nEND:VEVENT")
    )
    assert (broken.text, broken.invitations) == ("Hi", ())
    assert NO_TIME in broken.notes
