"""What was said in a meeting: imported once, where it belongs, and read for what it says."""

from argparse import Namespace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from blocks.captures import capture_card
from blocks.lint import faults, view_faults
from bot.meetings import import_files
from db.autonomy import set_stopped_types
from db.meetings import forget_meetings, list_transcripts
from db.models.cards import Card
from db.models.compose import Capture, Note
from db.models.meetings import Meeting, Transcript
from handlers.sources_jobs import source_jobs
from services.analysis import Analyst
from services.bundle import SourceServices
from services.captures import CaptureService
from services.errors import Conflict, Forbidden, InvalidInput, NotFound, TransientError
from services.meetings.invitations import MeetingBook
from services.meetings.keeping import MeetingReader
from services.meetings.shared_files import SharedFile, SharedFileService
from services.meetings.transcripts import TranscriptFile, TranscriptService
from services.model_calls import ModelCallService
from services.offline.model import OfflineModel
from services.slack_threads import ThreadService
from services.types.model import Ask, AskKind, Extraction, Finding, Sign, signal_of
from services.types.qualification import Criterion
from services.types.slack_threads import ChatFile
from tests import factories as make
from tests.fakes.chat import FakeChat
from tests.integration.services.loop import Loop

CALL = b"""WEBVTT

00:00:01.000 --> 00:00:04.000
<v Carla Customer>Could you send us an offer for 500 seats?</v>

00:00:05.000 --> 00:00:07.000
<v Carla Customer>We have 50,000 dollars set aside.</v>

00:01:05.000 --> 00:01:07.000
<v Rita Rep>What would you like to hear about our price?</v>
"""
SAID = Extraction(
    summary="They want an offer.",
    asks=(Ask(quote="send us an offer for 500 seats", kind=AskKind.PRICING),),
    findings=(
        Finding(
            criterion=Criterion.BUDGET,
            value="$50,000",
            confidence=0.9,
            quote="50,000 dollars set aside",
        ),
    ),
    signals=(signal_of(Sign.PRICING_ASKED, 0.9, "an offer for 500 seats"),),
)


class Parts:
    """The services under test, over a workspace in memory."""

    def __init__(self, loop: Loop) -> None:
        self.loop, self.chat = loop, FakeChat()
        db, clock, ids, audit = loop.database, loop.clock, loop.ids, loop.audit
        analyst = Analyst(loop.model, OfflineModel(), ModelCallService(db, clock, ids))
        self.transcripts = TranscriptService(db, clock, ids, audit, analyst)
        self.shared = SharedFileService(db, clock, ids, self.transcripts, self.chat)
        captures = CaptureService(db, clock, ids, audit, analyst, self.chat)
        self.jobs = source_jobs(
            SourceServices(
                meetings=MeetingReader(db, loop.mails, MeetingBook(clock=clock, ids=ids)),
                transcripts=self.transcripts,
                shared=self.shared,
                threads=ThreadService(db, clock, ids, audit, self.chat),
            ),
            captures,
            self.chat,
            self.chat,
        )
        self.captures = captures
        self.rita = loop.actor(loop.rita)

    async def take(self, account: str = "acme", **file: Any) -> Any:
        given = {"name": "call.vtt", "data": CALL, **file}
        return await self.transcripts.import_named(
            self.loop.tenant, account, TranscriptFile(**given)
        )

    async def run(self, kind: str) -> None:
        for job in await self.loop.queued(kind):
            await self.jobs[kind](self.loop.tenant, job[2])

    async def all(self, model: Any) -> list[Any]:
        async with self.loop.database.read(self.loop.tenant) as tx:
            return list(await tx.session.scalars(select(model)))

    async def meeting(self, at: datetime, **fields: Any) -> Meeting:
        async with self.loop.database.transaction(self.loop.tenant) as tx:
            row = Meeting(
                tenant_id=tx.tenant_id,
                id=self.loop.ids.new(),
                created_at=at,
                account_id=self.loop.account.id,
                uid=str(self.loop.ids.new()),
                starts_at=at,
                changed_at=at,
                source="invitation",
                **fields,
            )
            tx.session.add(row)
            await tx.session.flush()
        return row


@pytest.fixture
def parts(loop: Loop) -> Parts:
    loop.model.extractions = [SAID]
    return Parts(loop)


async def test_it_goes_with_the_meeting_of_its_day_and_is_read_once(parts: Parts) -> None:
    now = parts.loop.clock.now()
    yesterday = now - timedelta(days=1)
    held = await parts.meeting(yesterday, title="Pilot review")
    await parts.meeting(yesterday, title="Off", status="cancelled")
    told = await parts.take(at=f"{yesterday:%Y-%m-%d}")
    assert (told.meeting_id, told.fresh) == (held.id, True)
    assert "with “Pilot review”" in told.told
    again = await parts.take(at="2020-01-01")
    assert (again.transcript_id, again.fresh) == (told.transcript_id, False)
    for _ in range(2):
        await parts.run("transcript.read")
    (row,) = await parts.all(Transcript)
    assert [turn["speaker"] for turn in row.turns] == ["Carla Customer", "Rita Rep"]
    assert [ask["quote"] for ask in row.analysis["asks"]] == ["send us an offer for 500 seats"]
    assert row.analysis["signals"][0]["name"] == "pricing asked"
    # Our own words are nobody's wish.
    (request,) = parts.loop.model.requests
    assert "our price" not in request.text
    (note,) = await parts.all(Note)
    assert note.qualification["criteria"]["budget"]["values"] == ["$50,000"]
    async with parts.loop.database.read(parts.loop.tenant) as tx:
        found = await list_transcripts(tx, parts.loop.account.id, now - timedelta(days=2), now)
        assert [(t.id, m.title) for t, m in found] == [(row.id, "Pilot review")]
    async with parts.loop.database.read(UUID(int=9)) as tx:
        assert await list_transcripts(tx, parts.loop.account.id, yesterday, now) == []


async def test_where_that_is_switched_off_a_transcript_proves_nothing(parts: Parts) -> None:
    async with parts.loop.database.transaction(parts.loop.tenant) as tx:
        await set_stopped_types(tx, ["qualify_conversation"], by=None, at=parts.loop.clock.now())
    await parts.take(at=f"{parts.loop.clock.now():%Y-%m-%d}", title="pilot")
    await parts.run("transcript.read")
    (row,) = await parts.all(Transcript)
    assert (row.analysis["findings"], row.analysis["asks"] != []) == ([], True)
    assert row.analysis["unlearnt"] == "An admin has stopped reading conversations."
    assert await parts.all(Note) == []


async def test_a_forgotten_mail_leaves_the_transcript_and_nothing_of_its_own(parts: Parts) -> None:
    loop = parts.loop
    message = await loop.write()
    yesterday = loop.clock.now() - timedelta(days=1)
    attendees = [{"email": "carla@acme.test"}]
    await parts.meeting(yesterday, title="Pilot", message_id=message, attendees=attendees)
    await parts.meeting(yesterday, title="Other", message_id=message)
    await parts.take(at=f"{yesterday:%Y-%m-%d}", title="pilot")
    async with loop.database.transaction(loop.tenant) as tx:
        await forget_meetings(tx, [message])
    (left,) = await parts.all(Meeting)
    assert (left.title, left.attendees, left.message_id) == ("", [], None)
    assert len(await parts.all(Transcript)) == 1


async def test_without_one_it_is_a_meeting_of_its_own(parts: Parts) -> None:
    first = await parts.take(name="GMT20261109-140312_Recording.transcript.vtt", title="Kick-off")
    text = b"Carla: Hello.\nRita Rep: Hi.\n"
    await parts.take(name="notes 2026-11-10.txt", data=text, timezone="Europe/Vienna")
    meetings = sorted(await parts.all(Meeting), key=lambda m: m.starts_at)
    assert [(m.title, m.source) for m in meetings] == [
        ("Kick-off", "transcript"),
        ("notes 2026-11-10", "transcript"),
    ]
    assert meetings[0].id == first.meeting_id
    assert meetings[0].starts_at == datetime(2026, 11, 9, 14, 3, 12, tzinfo=UTC)
    assert meetings[1].starts_at == datetime(2026, 11, 9, 23, tzinfo=UTC)


async def test_the_command_tells_what_is_wrong_and_goes_on(parts: Parts, tmp_path: Path) -> None:
    async with parts.loop.database.transaction(parts.loop.tenant) as tx:
        for name in ("Acme Labs", "Nordwind"):
            await make.make_account(tx, name=name)
        await make.make_account(tx, name="Never", excluded=True)
    good, empty = tmp_path / "call.vtt", tmp_path / "empty.txt"
    good.write_bytes(CALL)
    empty.write_bytes(b"")
    lines: list[str] = []

    async def run(account: str, *files: Path, **more: str) -> int:
        lines.clear()
        words = {"title": "", "at": "", "deal": "", "timezone": "UTC", **more}
        return await import_files(
            files,
            Namespace(account=account, **words),
            tenant_id=parts.loop.tenant,
            transcripts=parts.transcripts,
            write=lines.append,
        )

    assert await run("Acme", empty, tmp_path / "none.vtt", good) == 2
    for line, words in zip(lines, ("is empty", "can't be read", "2 turns"), strict=True):
        assert words in line
    assert await run("acme", good) == 0
    assert "imported for Acme before" in lines[0]
    for account, words in {
        "Nordwand": "Nearest: Nordwind",
        "cme": "Several accounts fit: Acme, Acme Labs",
        "Zzz": "no account like",
        "Never": "is excluded",
    }.items():
        assert await run(account, good) == 2
        assert words in lines[0], lines
    for more, words in (
        ({"at": "tomorrow"}, "is no time"),
        ({"at": "2099-01-01"}, "still to come"),
        ({"deal": "Moon"}, "Which deal of Acme"),
    ):
        other = tmp_path / "other.txt"
        other.write_bytes(b"Carla: one more.\n" + words.encode())
        assert await run("Acme", other, **more) == 2
        assert words in lines[0]
    assert len(await parts.all(Transcript)) == 1


async def test_a_shared_file_is_fetched_and_its_outcome_shown(parts: Parts) -> None:
    loop, chat = parts.loop, parts.chat
    chat.files = {
        "F1": ChatFile(name="call.vtt", data=CALL),
        "F2": ChatFile(name="b.vtt", data=b""),
    }

    async def begin(*files: SharedFile, command: str = "c1") -> UUID:
        return await parts.shared.begin(
            parts.rita, files, channel="C1", ts="1700000000.1", text="", command_id=command
        )

    async def submit(capture_id: UUID, window: str = "V1") -> None:
        await parts.shared.submit(
            parts.rita,
            capture_id,
            loop.account.id,
            title="Kick-off",
            at="",
            view_id=window,
            zone="UTC",
        )

    for files in ((), (SharedFile(id="F9", name="a.pdf"),)):
        with pytest.raises(InvalidInput, match="transcript"):
            await begin(*files)
    capture_id = await begin(
        SharedFile(id="F1", name="call.vtt"), SharedFile(id="F9", name="a.pdf")
    )
    assert await begin(SharedFile(id="F1", name="call.vtt")) == capture_id
    other = loop.actor(loop.cole)
    with pytest.raises(NotFound):
        await parts.shared.look(other, capture_id)
    await submit(capture_id)
    with pytest.raises(Conflict):
        await submit(capture_id)
    chat.trouble = [TransientError("Slack failed for a moment.")]
    with pytest.raises(TransientError):
        await parts.run("transcript.fetch")
    await parts.run("transcript.fetch")
    ((window, view),) = chat.updated
    assert (window, view_faults(view)) == ("V1", [])
    assert "call.vtt: 2 turns" in str(view)
    (row,) = await parts.all(Transcript)
    assert (row.imported_by, row.permalink) == (
        loop.rita.id,
        "https://slack.com/archives/C1/p17000000001",
    )
    # Closed windows get a card; what can't be had is told.
    for file, trouble, words in (
        ("F2", [], "is empty"),
        ("F3", [], "file_not_found"),
        ("F1", [Forbidden("Slack doesn't let me read files here.")], "doesn't let me"),
    ):
        again = await begin(SharedFile(id=file, name="b.vtt"), command=f"c-{file}-{words}")
        await submit(again, window="")
        chat.trouble = list(trouble)
        (job,) = [j for j in await loop.queued("transcript.fetch") if str(again) in str(j[2])]
        await parts.jobs["transcript.fetch"](loop.tenant, job[2])
        view = await parts.captures.card(loop.tenant, again)
        assert view is not None
        assert (view.status, words in view.told) == ("failed", True)
        assert [c.subject_id for c in await parts.all(Card) if c.subject_id == again] == [again]
        assert faults(capture_card(view), text="x") == []
    assert len(await parts.all(Transcript)) == 1
    assert {c.text for c in await parts.all(Capture)} == {""}
