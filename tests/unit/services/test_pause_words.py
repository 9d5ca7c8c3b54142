"""What `/understudy pause …` means, on the member's own clock."""

from datetime import UTC, datetime, timedelta

import pytest

from services.errors import InvalidInput
from services.pause_words import HOW, OVER, TOO_LONG, read_pause
from services.types.moments import until_words

BERLIN, NEW_YORK, AUCKLAND = "Europe/Berlin", "America/New_York", "Pacific/Auckland"
SATURDAY = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)  # 10:30 in Berlin, 4:30 in New York
BEFORE_SPRING = datetime(2026, 3, 28, 9, 30, tzinfo=UTC)  # Berlin jumps at 2:00 the next night
BEFORE_AUTUMN = datetime(2026, 10, 24, 12, 30, tzinfo=UTC)  # Berlin goes back at 3:00


def _utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("words", "until"),
    [
        ("", "2026-11-22T07:00"),
        ("2h", "2026-11-21T11:30"),
        ("for 2 hours", "2026-11-21T11:30"),
        ("45 min", "2026-11-21T10:15"),
        ("an hour", "2026-11-21T10:30"),
        ("a day", "2026-11-22T09:30"),
        ("3 days", "2026-11-24T09:30"),
        ("2 weeks", "2026-12-05T09:30"),
        ("1w", "2026-11-28T09:30"),
        ("tomorrow", "2026-11-22T07:00"),
        ("until tomorrow", "2026-11-22T07:00"),
        ("until tomorrow 14:00", "2026-11-22T13:00"),
        ("until Monday", "2026-11-23T07:00"),
        ("UNTIL MON.", "2026-11-23T07:00"),
        ("until saturday", "2026-11-28T07:00"),
        ("until next week", "2026-11-23T07:00"),
        ("until Monday at 14:30", "2026-11-23T13:30"),
        ("until monday 9am", "2026-11-23T08:00"),
        ("until 14:00", "2026-11-21T13:00"),
        ("until 2pm", "2026-11-21T13:00"),
        ("until 12am", "2026-11-21T23:00"),
        ("until 10:00", "2026-11-22T09:00"),
        ("till 24 Dec", "2026-12-24T07:00"),
        ("until December 24, 10:00", "2026-12-24T09:00"),
        ("until 3 Jan", "2027-01-03T07:00"),
        ("until 2026-12-01", "2026-12-01T07:00"),
    ],
)
def test_words_in_berlin(words: str, until: str) -> None:
    assert read_pause(words, now=SATURDAY, timezone=BERLIN).until == _utc(until)


@pytest.mark.parametrize(
    ("now", "zone", "words", "until"),
    [
        # Hours are hours of anybody's clock; days end at the same time of the day there.
        (BEFORE_SPRING, BERLIN, "24h", "2026-03-29T09:30"),
        (BEFORE_SPRING, BERLIN, "1 day", "2026-03-29T08:30"),
        (BEFORE_SPRING, BERLIN, "until tomorrow", "2026-03-29T06:00"),
        # 2:30 is left out that night: as long after as the clock jumped.
        (BEFORE_SPRING, BERLIN, "until tomorrow 2:30", "2026-03-29T01:30"),
        (BEFORE_AUTUMN, BERLIN, "1 day", "2026-10-25T13:30"),
        # 2:30 comes twice: the first one counts.
        (BEFORE_AUTUMN, BERLIN, "until tomorrow 2:30", "2026-10-25T00:30"),
        # The same moment is another day elsewhere.
        (SATURDAY, AUCKLAND, "until Sunday", "2026-11-21T19:00"),
        (SATURDAY, NEW_YORK, "until 8am", "2026-11-21T13:00"),
        (SATURDAY, "No/Where", "until 12:00", "2026-11-21T12:00"),
    ],
)
def test_clock_changes_and_other_zones(now: datetime, zone: str, words: str, until: str) -> None:
    assert read_pause(words, now=now, timezone=zone).until == _utc(until)


@pytest.mark.parametrize("words", ["everything", " Everything. ", "ALL"])
def test_everything_has_no_end(words: str) -> None:
    pause = read_pause(words, now=SATURDAY, timezone=BERLIN)
    assert (pause.everything, pause.until) == (True, None)


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("until the cows come home", HOW),
        ("2", HOW),
        ("until 25:00", HOW),
        ("until 13pm", HOW),
        ("until 31 Nov", HOW),
        ("until 2026-02-30", HOW),
        ("٣ days", HOW),
        ("0 h", OVER),
        ("until today", OVER),
        ("until 2026-11-20", OVER),
        ("91 days", TOO_LONG),
        ("99999 weeks", TOO_LONG),
        ("until 2027-06-01", TOO_LONG),
    ],
)
def test_what_is_not_understood_says_what_would_be(words: str, why: str) -> None:
    with pytest.raises(InvalidInput, match=why[:20]):
        read_pause(words, now=SATURDAY, timezone=BERLIN)


def test_ninety_days_are_not_too_long() -> None:
    until = read_pause("90 days", now=SATURDAY, timezone="UTC").until
    assert until == SATURDAY + timedelta(days=90)


@pytest.mark.parametrize(
    ("value", "zone", "words"),
    [
        ("2026-11-21T13:00", BERLIN, "14:00"),
        ("2026-11-22T07:00", BERLIN, "tomorrow 08:00"),
        ("2026-11-23T07:00", BERLIN, "Monday 08:00"),
        ("2026-12-24T07:00", BERLIN, "24 December 08:00"),
        ("2026-11-22T02:00", NEW_YORK, "21:00"),
        ("2026-11-21T12:00", "No/Where", "12:00"),
    ],
)
def test_moments_to_come_are_said_as_the_members_clock_shows_them(
    value: str, zone: str, words: str
) -> None:
    assert until_words(_utc(value), SATURDAY, zone) == words
