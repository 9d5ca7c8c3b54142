"""Reading what the view is made of: each source in a read transaction of its own, several at once,
and each may fail alone."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar
from uuid import UUID

import structlog

from db import account_people as people_rows
from db import account_view as rows
from db import account_work as work_rows
from db import agent as agent_rows
from db import customers, linking
from db import notes as note_rows
from db import summaries as summary_rows
from db.account_people import Touch
from db.account_view import MailRow, TalkRow, TranscriptRow
from db.account_work import WorkRow
from db.models.approvals import ApprovalRequest, Concession
from db.models.compose import Note
from db.models.customers import Account, Contact, Deal, DealChange
from db.models.meetings import Meeting, SlackPost
from db.models.signals import Signal
from db.session import Database, ReadTx, is_disconnect, sql_state
from db.summaries import StoredSummary
from services.types.account_view import Part, Window

log = structlog.get_logger()

MAILS = 60
OWED = 200
OWED_FOR = timedelta(days=90)
"""So far back promises are looked for."""
AT_LEAST = 10
"""Mails that are told however old they are, so that a quiet account isn't an empty page."""
POSTS = 40
MEETINGS = 30
AHEAD = timedelta(days=60)
EARLIER = timedelta(days=800)
"""How far back summaries are shown."""
SIGNALS = 30
WAITING = 10
NOTES = 20
SETTLED = timedelta(days=30)
AT_ONCE = 4
"""Connections one view takes: a burst of briefs must leave some for clicks."""
STATEMENT_MS = 2_000
"""So long a statement may take: what is answered in a command's ack has three seconds."""
SECONDS = 15.0
"""For a server that no longer answers; that we are busy ourselves leaves no source out."""
Found = TypeVar("Found")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """Whose view, of what, at which moment. `only`: the accounts the member may see."""

    account: Account
    member_id: UUID
    only: UUID | None
    now: datetime
    window: Window
    fill: bool = True
    """Tell of the last few mails however old they are, when the window holds none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailRead:
    """`mails` of the window, `owed` those in which promises are looked for."""

    talks: Sequence[TalkRow]
    mails: Sequence[MailRow]
    owed: Sequence[MailRow]
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackRead:
    """Posts with their channel, and how many there are."""

    posts: Sequence[tuple[SlackPost, str]]
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingsRead:
    meetings: Sequence[Meeting]
    transcripts: Sequence[TranscriptRow]
    places: Mapping[UUID, tuple[str, str]]
    ours: frozenset[str]
    own_domains: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class DealsRead:
    deals: Sequence[tuple[Deal, str | None]]
    changes: Sequence[DealChange]


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleRead:
    contacts: Sequence[Contact]
    total: int
    touches: Sequence[Touch]
    others: Sequence[tuple[Contact, str | None]]
    ours: frozenset[str]
    sharing: Sequence[str]
    parts: Sequence[str]
    since: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkRead:
    waiting: Sequence[WorkRow]
    decided: Sequence[WorkRow]
    requests: Sequence[tuple[ApprovalRequest, str | None]]
    concessions: Sequence[Concession]


@dataclass(frozen=True, slots=True, kw_only=True)
class NotesRead:
    notes: Sequence[Note]
    proofs: Sequence[Note]
    authors: Mapping[UUID, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reads:
    """Everything that could be read; None: this one couldn't, and `missing` names it."""

    mail: MailRead | None = None
    slack: SlackRead | None = None
    meetings: MeetingsRead | None = None
    deals: DealsRead | None = None
    people: PeopleRead | None = None
    summaries: Sequence[StoredSummary] | None = None
    signals: Sequence[Signal] | None = None
    work: WorkRead | None = None
    notes: NotesRead | None = None
    missing: tuple[Part, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads the sources of one view."""

    db: Database
    tenant_id: UUID
    asking: Asking
    statement_ms: int
    turns: asyncio.Semaphore

    async def alone(
        self, part: Part, read: Callable[[ReadTx, Asking], Awaitable[Found]]
    ) -> Found | None:
        """What the source says, or None when it couldn't be asked. A fault of ours is none of the
        database's and isn't hidden."""
        try:
            async with (
                self.turns,
                asyncio.timeout(SECONDS),
                self.db.read(self.tenant_id) as tx,
            ):
                await rows.give_up_after(tx, self.statement_ms)
                return await read(tx, self.asking)
        except Exception as error:
            if not (
                isinstance(error, TimeoutError)
                or sql_state(error) is not None
                or is_disconnect(error)
            ):
                raise
            log.warning("a source of an account view could not be read", part=part, why=repr(error))
            return None


async def read_all(
    db: Database, tenant_id: UUID, asking: Asking, *, statement_ms: int = STATEMENT_MS
) -> Reads:
    reader = Reader(db, tenant_id, asking, statement_ms, asyncio.Semaphore(AT_ONCE))
    async with asyncio.TaskGroup() as group:
        mail = group.create_task(reader.alone(Part.MAIL, read_mail))
        people = group.create_task(reader.alone(Part.PEOPLE, read_people))
        work = group.create_task(reader.alone(Part.WORK, read_work))
        meetings = group.create_task(reader.alone(Part.MEETINGS, read_meetings))
        slack = group.create_task(reader.alone(Part.SLACK, read_slack))
        deals = group.create_task(reader.alone(Part.DEALS, read_deals))
        signals = group.create_task(reader.alone(Part.SIGNALS, read_signals))
        summaries = group.create_task(reader.alone(Part.SUMMARIES, read_summaries))
        notes = group.create_task(reader.alone(Part.NOTES, read_notes))
    tasks: dict[Part, asyncio.Task[object]] = {
        Part.MAIL: mail,
        Part.SLACK: slack,
        Part.MEETINGS: meetings,
        Part.DEALS: deals,
        Part.PEOPLE: people,
        Part.SUMMARIES: summaries,
        Part.SIGNALS: signals,
        Part.WORK: work,
        Part.NOTES: notes,
    }
    return Reads(
        mail=mail.result(),
        slack=slack.result(),
        meetings=meetings.result(),
        deals=deals.result(),
        people=people.result(),
        summaries=summaries.result(),
        signals=signals.result(),
        work=work.result(),
        notes=notes.result(),
        missing=tuple(part for part, task in tasks.items() if task.result() is None),
    )


# ── The sources ─────────────────────────────────────────────────────────────────────────────────
async def read_mail(tx: ReadTx, asking: Asking) -> MailRead:
    talks = await rows.list_talks(tx, asking.account.id)
    ids = [talk.id for talk in talks[: rows.TALKS]]
    if not ids:
        return MailRead(talks=talks, mails=(), owed=(), total=0)
    window, since = asking.window, asking.now - OWED_FOR
    owed = await rows.list_mails(tx, ids, asking.member_id, limit=OWED, start=since)
    mails = [one for one in owed if window.start <= one.received_at < window.end][:MAILS]
    total = len(mails)
    if window.start < since or len(owed) == OWED or total == MAILS:
        mails = list(
            await rows.list_mails(
                tx, ids, asking.member_id, limit=MAILS, start=window.start, end=window.end
            )
        )
        total = await rows.count_mails(tx, ids, window.start, window.end)
    if asking.fill and len(mails) < AT_LEAST:
        mails = list(await rows.list_mails(tx, ids, asking.member_id, limit=AT_LEAST))
        total = max(total, len(mails))
    return MailRead(talks=talks, mails=mails, owed=owed, total=total)


async def read_slack(tx: ReadTx, asking: Asking) -> SlackRead:
    window = asking.window
    posts, total = await rows.list_posts(tx, asking.account.id, window.start, window.end, POSTS)
    return SlackRead(posts=posts, total=total)


async def read_meetings(tx: ReadTx, asking: Asking) -> MeetingsRead:
    found = await rows.list_meetings(tx, asking.account.id, asking.window.start, MEETINGS)
    transcripts = await rows.list_transcripts(tx, [one.id for one in found]) if found else ()
    mails = [one.message_id for one in found if one.message_id]
    places = await agent_rows.list_places(tx, mails, asking.member_id) if mails else {}
    emails = {
        str(guest.get("email") or "").lower() for meeting in found for guest in meeting.attendees
    }
    domains = {email.rpartition("@")[2] for email in emails}
    return MeetingsRead(
        meetings=found,
        transcripts=transcripts,
        places=places,
        ours=await linking.list_own_addresses(tx, emails) if emails else frozenset(),
        own_domains=await linking.list_own_domains(tx, domains) if emails else frozenset(),
    )


async def read_deals(tx: ReadTx, asking: Asking) -> DealsRead:
    deals = await work_rows.list_deals(tx, asking.account.id)
    changes = await work_rows.list_changes(tx, [deal.id for deal, _ in deals]) if deals else ()
    return DealsRead(deals=deals, changes=changes)


async def read_people(tx: ReadTx, asking: Asking) -> PeopleRead:
    account = asking.account
    contacts, total = await people_rows.list_people(tx, account.id)
    talks = await rows.list_talks(tx, account.id)
    read = talks[: rows.TALKS]
    touches = await people_rows.list_touches(tx, [one.id for one in read]) if read else ()
    known = {contact.email for contact in contacts}
    strangers = {touch.email for touch in touches} - known
    return PeopleRead(
        contacts=contacts,
        total=total,
        touches=touches,
        others=await people_rows.list_of_others(tx, account.id, sorted(strangers), asking.only)
        if strangers
        else (),
        ours=await linking.list_own_addresses(tx, strangers) if strangers else frozenset(),
        sharing=await people_rows.list_sharing(tx, account.id, account.domain, asking.only),
        parts=await customers.list_parts(tx, account.id),
        since=read[-1].last_message_at if len(talks) > len(read) else None,
    )


async def read_summaries(tx: ReadTx, asking: Asking) -> Sequence[StoredSummary]:
    before = asking.window.start.date()
    # The week in which the recent days begin is summarised whole.
    return await summary_rows.list_summaries(
        tx, asking.account.id, before - EARLIER, before + timedelta(weeks=1)
    )


async def read_signals(tx: ReadTx, asking: Asking) -> Sequence[Signal]:
    since = asking.now - SETTLED
    return await work_rows.list_signals(tx, asking.account.id, since, SIGNALS)


async def read_work(tx: ReadTx, asking: Asking) -> WorkRead:
    account_id, window = asking.account.id, asking.window
    return WorkRead(
        waiting=await work_rows.list_work(tx, account_id, asking.member_id, limit=WAITING),
        decided=await work_rows.list_work(
            tx, account_id, asking.member_id, limit=20, decided=(window.start, window.end)
        ),
        requests=await agent_rows.list_requests(tx, account_id, window.start),
        concessions=await agent_rows.list_concessions(tx, account_id),
    )


async def read_notes(tx: ReadTx, asking: Asking) -> NotesRead:
    notes = await note_rows.list_notes(tx, asking.account.id, NOTES)
    authors = {note.author_id for note in notes if note.author_id}
    return NotesRead(
        notes=notes,
        proofs=await note_rows.list_proofs(tx, asking.account.id),
        authors=await work_rows.list_names(tx, sorted(authors)) if authors else {},
    )
