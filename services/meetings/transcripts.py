"""Transcripts: imported once, attached to the meeting they are of, and read for what they say.

What our own people said is left out of the reading: their words are no customer's wish.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from db import customers, jobs, members
from db import linking as lookups
from db import meetings as rows
from db import notes as note_rows
from db.models.compose import Note
from db.models.customers import Account, Deal
from db.models.meetings import Meeting, Transcript
from db.session import Database, ReadTx, Tx
from services.account_names import accounts_meant
from services.analysis import Analysis, Analyst
from services.audit import AuditService
from services.autonomy.learning import kept_from_learning, unlearnt
from services.errors import InvalidInput, NotFound
from services.mail.characters import one_line
from services.meetings.placing import Held, meeting_of, read_time, time_in_name
from services.meetings.transcript_text import read_transcript, spoken_text
from services.merge import merge, to_json
from services.ports import Clock, Ids
from services.search import entries
from services.signals.wanting import want_look
from services.suspicion_audit import note_suspicion
from services.types.meetings import Turn
from services.types.model import ExtractionRequest, Finding, Suspicion
from services.types.qualification import Qualification
from services.types.search import SearchSource

READ = "transcript.read"
PIECE = 10_000
"""Characters that are read at a time; a model loses the thread of more."""
MOST_PIECES = 15
TITLE = 200
SHORTEST = 3
"""Letters that a part of a name must have to stand for it."""
# A transcript is of something that was held.
AHEAD = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class TranscriptFile:
    """A file somebody brings. `title`, `at` and `deal` are their words, each empty if not said;
    `timezone` is where their clock hangs."""

    name: str
    data: bytes
    title: str = ""
    at: str = ""
    deal: str = ""
    timezone: str = "UTC"
    permalink: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What became of it, with a sentence for whoever brought it."""

    transcript_id: UUID
    meeting_id: UUID
    fresh: bool
    told: str


@dataclass(frozen=True, slots=True)
class TranscriptService:
    db: Database
    clock: Clock
    ids: Ids
    audit: AuditService
    analyst: Analyst

    async def import_named(self, tenant_id: UUID, account: str, file: TranscriptFile) -> Imported:
        """For an account by its name, as the command line says it."""
        async with self.db.transaction(tenant_id) as tx:
            return await self.take(tx, await exactly(tx, account), file)

    async def take(
        self, tx: Tx, account: Account, file: TranscriptFile, *, by: UUID | None = None
    ) -> Imported:
        """Keep the file's words with the account. The same file twice changes nothing."""
        if account.excluded:
            raise InvalidInput(f"{account.name} is excluded: nothing is kept about it.")
        turns = read_transcript(file.data, file.name)
        sha256 = hashlib.sha256(file.data).hexdigest()
        there = await rows.find_transcript(tx, account.id, sha256)
        if there is not None:
            return _before(there, account, file)
        deal = await _deal(tx, account, file.deal)
        meeting = await self._meeting(tx, account, deal, file, sha256)
        transcript = Transcript(
            tenant_id=tx.tenant_id,
            id=self.ids.new(),
            created_at=self.clock.now(),
            meeting_id=meeting.id,
            account_id=account.id,
            sha256=sha256,
            file_name=one_line(file.name)[:TITLE],
            turns=[asdict(turn) for turn in turns],
            analysis={},
            read_at=None,
            permalink=file.permalink,
            imported_by=by,
        )
        if not await rows.add_transcript(tx, transcript):
            there = await rows.find_transcript(tx, account.id, sha256)
            return _before(there or transcript, account, file)
        await jobs.enqueue(tx, READ, {"transcript_id": transcript.id})
        facts = {
            "account": str(account.id),
            "file": transcript.file_name,
            "sha256": sha256,
            "by": str(by) if by else None,
        }
        await self.audit.append(tx, "transcript.imported", subject_id=transcript.id, facts=facts)
        return Imported(
            transcript_id=transcript.id,
            meeting_id=meeting.id,
            fresh=True,
            told=_told(turns, meeting, account, file),
        )

    async def read(self, tenant_id: UUID, transcript_id: UUID) -> None:
        """The job: what was asked and meant in it, once."""
        async with self.db.read(tenant_id) as tx:
            transcript = await rows.get_transcript(tx, transcript_id)
            if transcript is None or transcript.read_at is not None:
                return
            meeting = await rows.get_meeting(tx, transcript.meeting_id)
            account = await customers.get_account(tx, transcript.account_id)
            ours = frozenset(m.name.casefold() for m in await members.list_members(tx))
        turns = [Turn(**turn) for turn in transcript.turns]
        title = meeting.title if meeting else ""
        day = (meeting.starts_at if meeting else transcript.created_at).date()
        found = [
            await self.analyst.analyse(
                tenant_id,
                None,
                ExtractionRequest(
                    text=piece,
                    subject=title,
                    sender_name=account.name if account else "",
                    today=day,
                ),
            )
            for piece in _pieces(spoken_text(turns, ours))
        ]
        async with self.db.transaction(tenant_id) as tx:
            now, analysis = self.clock.now(), joined(found)
            held = await kept_from_learning(
                tx, member_id=transcript.imported_by, account_id=transcript.account_id
            )
            if held is not None:
                analysis |= unlearnt(held)
            if await rows.set_analysis(tx, transcript_id, analysis=analysis, read_at=now):
                if held is None:
                    await self._prove(tx, transcript, title, found)
                read = [one.suspicion for one in found]
                worst = max(read, key=lambda one: one.score, default=Suspicion())
                await note_suspicion(
                    tx, self.audit, worst, came_by="transcript", subject_id=transcript_id
                )
                await entries.enqueue(
                    tx, SearchSource.TRANSCRIPT, transcript_id, transcript.account_id, at=now
                )
                await want_look(tx, transcript.account_id, ids=self.ids, now=now)

    # ── inside a transaction ────────────────────────────────────────────────────────────────────
    async def _meeting(
        self, tx: Tx, account: Account, deal: Deal | None, file: TranscriptFile, sha256: str
    ) -> Meeting:
        """The meeting of that day it is of, or one of its own."""
        held = self._held(file)
        title = one_line(file.title)[:TITLE]
        found = meeting_of(await rows.list_meetings(tx, account.id, *held.span()), title, held)
        if found is not None:
            if file.deal and deal is not None:
                found.deal_id = deal.id
                await tx.session.flush()
            return found
        now = self.clock.now()
        meeting = Meeting(
            tenant_id=tx.tenant_id,
            id=self.ids.new(),
            created_at=now,
            account_id=account.id,
            deal_id=deal.id if deal else None,
            uid=f"transcript:{account.id}:{sha256}",
            series="",
            sequence=0,
            title=title or _stem(file.name),
            starts_at=held.at,
            all_day=False,
            status="scheduled",
            source="transcript",
            organizer="",
            attendees=[],
            cancellations=0,
            moves=0,
            changed_at=now,
        )
        await rows.add_meeting(tx, meeting)
        return meeting

    def _held(self, file: TranscriptFile) -> Held:
        now = self.clock.now()
        if file.at.strip():
            held = read_time(file.at, file.timezone)
        else:
            today = Held(at=now, timezone=file.timezone, whole_day=True)
            held = time_in_name(file.name, file.timezone) or today
        if held.at > now + AHEAD:
            raise InvalidInput(f"{held.day.isoformat()} is still to come.", field="at")
        return held

    async def _prove(
        self, tx: Tx, transcript: Transcript, title: str, found: Sequence[Analysis]
    ) -> None:
        """What it proves about the account's open deal, as a note does."""
        sound = [one for one in found if one.analysed and not one.suspicion.injection]
        findings: list[Finding] = [finding for one in sound for finding in one.findings]
        insights = [text for one in sound for text in one.extraction.insights]
        deal = await lookups.find_open_deal(tx, transcript.account_id)
        if not findings or deal is None:
            return
        proved, _ = merge(Qualification(), findings, insights=insights)
        note = Note(
            tenant_id=tx.tenant_id,
            id=self.ids.new(),
            created_at=self.clock.now(),
            account_id=transcript.account_id,
            deal_id=deal.id,
            author_id=transcript.imported_by,
            kind="qualification",
            text=f"What was said in {title}" if title else "What was said in a meeting",
            said_by=title or "a meeting",
            comment="",
            source_key=f"transcript:{transcript.id}",
            permalink=transcript.permalink,
            qualification=to_json(proved),
        )
        await note_rows.add_note(tx, note)


async def exactly(tx: ReadTx, words: str) -> Account:
    """The account whose name or mail domain this is, or the only one it is a part of. A name that
    is nearly one isn't taken for it, but told."""
    plain = " ".join(words.split())
    if not plain:
        raise InvalidInput("Which account?", field="account")
    found = await customers.search_accounts(tx, plain, 6)
    exact = [
        a for a in found if plain.casefold() in (a.name.casefold(), (a.domain or "").casefold())
    ]
    if len(exact) == 1 or (len(found) == 1 and len(plain) >= SHORTEST):
        return (exact or found)[0]
    if found:
        names = ", ".join(a.name for a in (exact or found)[:5])
        raise InvalidInput(f"Several accounts fit: {names}. Which one?", field="account")
    near = ", ".join(account.name for account in await accounts_meant(tx, plain))
    hint = f" Nearest: {near}." if near else ""
    raise NotFound(f"I know no account like “{plain[:80]}”.{hint}")


async def _deal(tx: ReadTx, account: Account, words: str) -> Deal | None:
    """The deal that is named, or the open one."""
    if not words.strip():
        return await lookups.find_open_deal(tx, account.id)
    deals = await customers.list_deals(tx, account.id)
    wanted = words.strip().casefold()
    found = [d for d in deals if d.name.casefold() == wanted] or [
        d for d in deals if wanted in d.name.casefold()
    ]
    if len(found) == 1:
        return found[0]
    names = ", ".join(deal.name for deal in (found or deals)[:5]) or "none"
    raise InvalidInput(f"Which deal of {account.name}? There is: {names}.", field="deal")


def joined(found: Sequence[Analysis]) -> dict[str, Any]:
    """The readings of all pieces as one, in the form a mail's is stored in."""
    parts = [one.stored() for one in found]
    suspicious = [part["suspicious"] for part in parts]
    return {
        "analysed": all(part["analysed"] for part in parts),
        "summary": " ".join(part["summary"] for part in parts if part["summary"])[:2_000],
        "model": parts[-1]["model"] if parts else "",
        "asks": [ask for part in parts for ask in part["asks"]],
        "signals": [signal for part in parts for signal in part["signals"]],
        "suspicious": max(suspicious, key=lambda one: float(one["score"]), default={}),
        "findings": [asdict(finding) for one in found for finding in one.findings],
        "insights": [text for one in found for text in one.extraction.insights],
    }


def _pieces(text: str) -> list[str]:
    """Whole turns, as many as can be read at a time."""
    pieces = [""]
    for line in text.split("\n"):
        if pieces[-1] and len(pieces[-1]) + len(line) > PIECE:
            pieces.append("")
        pieces[-1] += f"\n{line}" if pieces[-1] else line
    return [piece for piece in pieces if piece.strip()][:MOST_PIECES]


def _stem(name: str) -> str:
    stem = one_line(name).rpartition("/")[2].partition(".")[0].replace("_", " ").strip()
    return stem[:TITLE] or "Meeting"


def _told(turns: Sequence[Turn], meeting: Meeting, account: Account, file: TranscriptFile) -> str:
    when = f"{meeting.starts_at:%-d %B %Y}"
    count = f"{len(turns)} turn{'' if len(turns) == 1 else 's'}"
    if meeting.source == "invitation":
        return f"{one_line(file.name)}: {count}, with “{meeting.title}” of {when}, {account.name}."
    return f"{one_line(file.name)}: {count}, a meeting of its own on {when}, {account.name}."


def _before(there: Transcript, account: Account, file: TranscriptFile) -> Imported:
    return Imported(
        transcript_id=there.id,
        meeting_id=there.meeting_id,
        fresh=False,
        told=f"{one_line(file.name)}: imported for {account.name} before; nothing was changed.",
    )
