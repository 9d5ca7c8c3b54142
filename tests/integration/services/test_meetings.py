"""Meetings come from the invitations in an account's mail, in whatever order the mails come."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from db.meetings import list_meetings
from db.models.meetings import Meeting
from db.session import Database
from services.audit import AuditService
from services.mail.parse import parse
from services.meetings.invitations import MeetingBook
from services.meetings.keeping import MeetingReader
from services.never_label import Forgetting
from services.sorting import SortingService
from tests.fakes.mail import FakeMailboxes
from tests.integration.services.office import NOW, NewIds, Office, eml
from tests.shared import VAULT

FIRST = datetime(2026, 12, 1, 14, tzinfo=UTC)
LATER = datetime(2026, 12, 3, 9, tzinfo=UTC)


@pytest.fixture
async def office(database: Database) -> Office:
    return await Office(database, FakeMailboxes()).open()


def invitation(
    method: str = "REQUEST",
    at: datetime = FIRST,
    *,
    version: int = 0,
    uid: str = "u1",
    answer: str = "NEEDS-ACTION",
    more: str = "",
    **mail: Any,
) -> bytes:
    """A mail with a calendar part. `version` is its SEQUENCE and the minute it was written in."""
    lines = (
        "BEGIN:VCALENDAR",
        f"METHOD:{method}",
        "BEGIN:VEVENT",
        f"UID:{uid}@acme.test",
        f"SEQUENCE:{version}",
        f"DTSTAMP:20261120T08{version:02}00Z",
        f"DTSTART:{at:%Y%m%dT%H%M%SZ}",
        "SUMMARY:Pilot review",
        "ORGANIZER:mailto:ana@sell.test",
        f"ATTENDEE;PARTSTAT={answer}:mailto:dana@acme.test",
        *more.splitlines(),
        "END:VEVENT",
        "END:VCALENDAR",
    )
    plain = eml("\r\n".join(lines), **mail)
    return plain.replace(b"text/plain;", f"text/calendar; method={method};".encode())


async def read(office: Office, *mails: bytes, who: str = "ana") -> list[Meeting]:
    """Deliver them one by one, each read before the next one comes."""
    known = next((b for b in await office.all_boxes() if b.address == f"{who}@sell.test"), None)
    box = known.id if known else (await office.connect(who))[0]
    gmail = office.world.add(f"{who}@sell.test")
    for raw in mails:
        office.clock.move(minutes=1)
        gmail.deliver(raw, at=office.clock.now())
        await office.service().sync(office.tenant, box)
    return sorted(await office.all(Meeting), key=lambda m: m.starts_at)


async def test_a_meeting_is_invited_moved_answered_and_called_off_twice(office: Office) -> None:
    (one,) = await read(office, invitation())
    assert (one.account_id, one.deal_id) == (office.made["acme"], office.made["deal"])
    assert (one.title, one.starts_at, one.organizer) == ("Pilot review", FIRST, "ana@sell.test")
    assert [p["status"] for p in one.attendees] == ["needs-action"]
    (one,) = await read(office, invitation("REPLY", answer="DECLINED"))
    assert [(p["email"], p["status"]) for p in one.attendees] == [("dana@acme.test", "declined")]
    (one,) = await read(
        office,
        invitation(at=LATER, version=2),
        invitation(at=FIRST, version=1),  # late: it was overtaken
        invitation(at=LATER, version=2),  # once more
        invitation("REPLY", answer="ACCEPTED", version=0),  # to a time that is no more
    )
    assert (one.starts_at, one.moves, one.sequence) == (LATER, 1, 2)
    assert [p["status"] for p in one.attendees] == ["needs-action"]
    off = invitation("CANCEL", at=LATER, version=3)
    (one,) = await read(office, off)
    # The other rep was invited too and gets a mail of their own.
    (one,) = await read(office, invitation("CANCEL", at=LATER, version=3), who="ben")
    assert (one.status, one.cancellations) == ("cancelled", 1)
    (one,) = await read(office, invitation(at=LATER, version=4))
    assert (one.status, one.cancellations) == ("scheduled", 1)
    (one,) = await read(office, invitation("CANCEL", at=LATER, version=5))
    assert (one.status, one.cancellations) == ("cancelled", 2)
    again = await read(office, invitation(uid="u2", at=LATER + timedelta(days=1)))
    assert [(m.status, m.cancellations) for m in again] == [("cancelled", 2), ("scheduled", 2)]
    await read(office, invitation("CANCEL", uid="u2", at=LATER + timedelta(days=1), version=1))
    async with office.database.read(office.tenant) as tx:
        acme = office.made["acme"]
        found = await list_meetings(tx, acme, LATER, LATER + timedelta(days=7))
        assert [m.cancellations for m in found] == [2, 3]
        assert await list_meetings(tx, acme, NOW, LATER) == []
        assert await list_meetings(tx, office.made["never"], NOW, LATER) == []
    async with office.database.read(NewIds().new()) as tx:
        assert await list_meetings(tx, acme, LATER, LATER + timedelta(days=7)) == []


async def test_an_answer_may_be_the_first_that_is_heard_and_strangers_move_nothing(
    office: Office,
) -> None:
    (one,) = await read(office, invitation("REPLY", answer="ACCEPTED"))
    assert (one.title, [p["status"] for p in one.attendees]) == ("Pilot review", ["accepted"])
    (one,) = await read(office, invitation("REPLY", at=LATER, version=1, answer="TENTATIVE"))
    assert (one.starts_at, one.moves) == (LATER, 1)
    forged = "Authentication-Results: mx.google.com; dmarc=fail; spf=fail; dkim=fail\r\n"
    other = b"mailto:ana@sell.test", b"mailto:eve@evil.test"
    (one,) = await read(
        office,
        invitation("CANCEL", version=7).replace(*other),
        invitation("CANCEL", version=8, extra=forged),
        invitation("REPLY", version=1, answer="DECLINED", sender="lee@else.test"),
        invitation("CANCEL", version=9, sender="lee@else.test"),
        invitation(uid="u9", at=datetime(2040, 1, 1, tzinfo=UTC)),
    )
    assert (one.status, [p["status"] for p in one.attendees]) == ("scheduled", ["tentative"])
    assert any("dated years away" in note for m in await office.messages() for note in m.notes)


async def test_a_series_has_a_row_a_date(office: Office) -> None:
    weekly = "RRULE:FREQ=WEEKLY;COUNT=4"
    rows = await read(office, invitation(more=weekly))
    weeks = [FIRST + timedelta(weeks=n) for n in range(4)]
    assert [m.starts_at for m in rows] == weeks
    this = f"RECURRENCE-ID:{weeks[1]:%Y%m%dT%H%M%SZ}"
    rows = await read(
        office,
        invitation(at=weeks[1] + timedelta(hours=2), version=1, more=this),
        invitation("CANCEL", at=weeks[2], version=1, more=this.replace("1208", "1215")),
    )
    assert [m.moves for m in rows] == [0, 1, 0, 0]
    assert [m.status for m in rows] == ["scheduled", "scheduled", "cancelled", "scheduled"]
    moved = await read(office, invitation(at=FIRST + timedelta(days=1), version=2, more=weekly))
    assert [m.starts_at for m in moved if m.status == "scheduled"] == [
        week + timedelta(days=1) for week in weeks
    ]
    rows = await read(office, invitation("CANCEL", at=FIRST + timedelta(days=1), version=3))
    assert sorted(m.cancellations for m in rows) == [1, 1]


async def test_mail_of_nobody_makes_a_meeting_once_it_is_linked_and_none_once_forgotten(
    office: Office,
) -> None:
    assert await read(office, invitation(sender="lee@else.test")) == []
    (conversation,) = await office.conversations()
    ids, audit = NewIds(), AuditService(office.database, office.clock, NewIds(), VAULT)
    sorting = SortingService(office.database, office.clock, ids, audit)
    await office.run("update conversations set responder_id = :m", m=office.made["ana"])
    await sorting.link(
        office.actor("ana"), conversation.id, account_id=office.made["acme"], command_id="c"
    )
    (job,) = await office.jobs("meeting.read")
    book = MeetingBook(clock=office.clock, ids=ids)
    reader = MeetingReader(office.database, office.access(), book)
    (message,) = await office.messages()
    assert job["message_id"] == str(message.id)
    for _ in range(2):
        await reader.read(office.tenant, message.id)
    (one,) = await office.all(Meeting)
    assert (one.account_id, one.title) == (office.made["acme"], "Pilot review")
    forgetting = Forgetting(db=office.database, clock=office.clock, ids=ids, audit=audit)
    async with office.database.transaction(office.tenant) as tx:
        await forgetting.forget(tx, [message.id])
    assert await office.all(Meeting) == []
    await reader.read(office.tenant, message.id)
    assert await office.all(Meeting) == []


def test_the_mail_of_these_tests_is_a_calendars() -> None:
    assert parse(invitation()).kind == "calendar"
