"""Putting the view together out of what was read. Pure: the same rows give the same view, in
whatever order they came or were read."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from db.account_view import COUNTED, TALKS
from db.models.customers import Contact
from services.account_view.facts import Sayings, Told, collect, facts_of, said_by_state, said_in
from services.account_view.next_step import NOTHING, next_step
from services.account_view.people import (
    Contacted,
    Known,
    Seen,
    canonical,
    people_of,
    readable_domain,
)
from services.account_view.promises import promises_of
from services.account_view.reading import Asking, MailRead, MeetingsRead, Reads
from services.account_view.timeline import (
    change_event,
    counts,
    letter,
    mail_at,
    mail_event,
    mail_where,
    meeting_event,
    meeting_where,
    note_events,
    ordered,
    past_of,
    post_event,
    sender_of,
    suspicious,
)
from services.account_view.work import deal_lines, deeds_of, pending_of, signal_lines
from services.types.account_view import (
    AccountView,
    Channel,
    Event,
    Fact,
    Person,
    Promise,
    RowKind,
    Said,
    Where,
)
from services.types.links import permalink
from services.types.views import Reader
from services.zones import zone_of


def assemble(
    reads: Reads, asking: Asking, reader: Reader, owners: tuple[tuple[str, str], ...]
) -> AccountView:
    account, zone = asking.account, zone_of(reader.timezone)
    facts = facts_of(_sayings(reads))
    events = ordered(_events(reads, asking))
    people = _people(reads, {one.name: one for one in facts})
    work = reads.work
    total, shown = (reads.mail.total, len(reads.mail.mails)) if reads.mail else (0, 0)
    view = AccountView(
        reader=reader,
        account_id=account.id,
        name=account.name,
        domain=readable_domain(account.domain),
        industry=account.industry,
        health=account.health,
        lifecycle=account.lifecycle,
        renewal_date=account.renewal_date,
        owners=owners,
        sharing=tuple(reads.people.sharing) if reads.people else (),
        parts=tuple(reads.people.parts) if reads.people else (),
        people=people,
        people_left_out=_unread(reads),
        people_since=reads.people.since if reads.people else None,
        deals=deal_lines(reads.deals.deals, reads.deals.changes) if reads.deals else (),
        facts=facts,
        events=events,
        events_left_out=max(total - shown, 0),
        events_more=total >= COUNTED or (reads.mail is not None and len(reads.mail.talks) > TALKS),
        posts_left_out=reads.slack.total - len(reads.slack.posts) if reads.slack else 0,
        window=asking.window,
        past=past_of(reads.summaries or (), asking.window.start.astimezone(zone).date()),
        promises=_promises(reads, asking.now, reader.timezone),
        signals=signal_lines(reads.signals or (), _known_places(reads)),
        deeds=deeds_of(work.decided, work.requests, work.concessions, account.name) if work else (),
        pending=pending_of(work.waiting) if work else (),
        next_step=NOTHING,
        missing=reads.missing,
    )
    return replace(view, next_step=next_step(view))


def _unread(reads: Reads) -> int:
    found = reads.people
    return max(found.total - len(found.contacts), 0) if found else 0


# ── Facts ───────────────────────────────────────────────────────────────────────────────────────
def _sayings(reads: Reads) -> Sayings:
    return collect([*_said_in_mail(reads.mail), *_said_in_meetings(reads), *_said_in_notes(reads)])


def _said_in_mail(mail: MailRead | None) -> Iterator[tuple[str, Said]]:
    if mail is None:
        return
    oldest: dict[UUID, datetime] = {}
    rows = {row.id: row for row in (*mail.mails, *mail.owed)}
    doubted: set[tuple[str, str]] = set()
    for row in rows.values():
        at = mail_at(row)
        oldest[row.conversation_id] = min(at, oldest.get(row.conversation_id, at))
        who = sender_of(row.sender)
        told = Told(at=at, channel=Channel.MAIL, who=who, where=mail_where(row))
        found = list(said_in(row.analysis, told)) if row.direction == "inbound" else []
        if counts(row):
            yield from found
        else:
            doubted |= {(name, said.value) for name, said in found}
    for talk in mail.talks:
        # What the conversation knew before the mails that were read. Its state doesn't say which
        # mail a value came from: what only a doubtful one says is no fact here.
        before = oldest.get(talk.id) or talk.last_message_at
        if before is not None and talk.head_message_id is not None:
            head = rows.get(talk.head_message_id)
            where = Where(kind=RowKind.MESSAGE, id=talk.head_message_id)
            told = Told(at=before, channel=Channel.MAIL, where=mail_where(head) if head else where)
            known = said_by_state(talk.qualification, told)
            yield from (one for one in known if (one[0], one[1].value) not in doubted)


def _said_in_meetings(reads: Reads) -> Iterator[tuple[str, Said]]:
    found = reads.meetings
    if found is None:
        return
    held = {meeting.id: meeting for meeting in found.meetings}
    for said in found.transcripts:
        if suspicious(said.analysis):
            continue
        meeting = held[said.meeting_id]
        where = Where(kind=RowKind.TRANSCRIPT, id=said.id, url=said.permalink)
        told = Told(at=meeting.starts_at, channel=Channel.MEETING, who=meeting.title, where=where)
        yield from said_in(said.analysis, told)


def _said_in_notes(reads: Reads) -> Iterator[tuple[str, Said]]:
    for note in reads.notes.proofs if reads.notes else ():
        where = Where(kind=RowKind.NOTE, id=note.id, url=note.permalink)
        told = Told(at=note.created_at, channel=Channel.NOTE, who=note.said_by, where=where)
        yield from said_by_state(note.qualification, told)


# ── What happened ───────────────────────────────────────────────────────────────────────────────
def _events(reads: Reads, asking: Asking) -> Iterator[Event]:
    window = asking.window
    yield from (mail_event(row) for row in (reads.mail.mails if reads.mail else ()))
    yield from (
        post_event(post, channel) for post, channel in (reads.slack.posts if reads.slack else ())
    )
    found = reads.meetings
    for meeting in found.meetings if found else ():
        said = [one for one in found.transcripts if one.meeting_id == meeting.id] if found else []
        said.sort(key=lambda one: str(one.id))
        event = meeting_event(meeting, said, found.places if found else {}, asking.now)
        if event.at < window.end:
            yield event
    deals = {deal.id: deal.name for deal, _ in reads.deals.deals} if reads.deals else {}
    for change in reads.deals.changes if reads.deals else ():
        if window.start <= change.created_at < window.end:
            yield change_event(change, deals[change.deal_id])
    if reads.notes:
        yield from note_events(reads.notes.notes, reads.notes.authors)


def _known_places(reads: Reads) -> dict[UUID, Where]:
    known: dict[UUID, Where] = {}
    if reads.mail:
        known |= {row.id: mail_where(row) for row in (*reads.mail.owed, *reads.mail.mails)}
    for post, channel in reads.slack.posts if reads.slack else ():
        known[post.id] = Where(kind=RowKind.SLACK_POST, id=post.id, url=permalink(channel, post.ts))
    return known


def _promises(reads: Reads, now: datetime, timezone: str) -> tuple[Promise, ...]:
    if reads.mail is None:
        return ()
    rows = {row.id: row for row in (*reads.mail.owed, *reads.mail.mails)}
    found = reads.meetings
    arranged = [
        (meeting.changed_at, meeting_where(meeting, found.places))
        for meeting in (found.meetings if found else ())
        if meeting.status == "scheduled" and found is not None
    ]
    return promises_of(map(letter, rows.values()), arranged, now, zone_of(timezone))


# ── People ──────────────────────────────────────────────────────────────────────────────────────
def _people(reads: Reads, facts: dict[str, Fact]) -> tuple[Person, ...]:
    found = reads.people
    if found is None:
        return ()
    known = [_known(contact) for contact in found.contacts]
    known += [_known(contact, outsider=True, elsewhere=name) for contact, name in found.others]
    ours = frozenset(map(canonical, found.ours))
    ours |= frozenset(map(canonical, reads.meetings.ours)) if reads.meetings else frozenset()
    touches = (
        Contacted(
            email=one.email,
            inbound=one.inbound,
            at=one.at,
            name=one.name,
            message_id=one.message_id,
        )
        for one in found.touches
    )
    return people_of(known, touches, _guests(reads.meetings), facts, ours)


def _known(contact: Contact, *, outsider: bool = False, elsewhere: str | None = None) -> Known:
    return Known(
        id=contact.id,
        email=contact.email,
        name=contact.name,
        title=contact.title,
        confirmed=contact.status == "confirmed",
        excluded=contact.excluded,
        undeliverable=contact.undeliverable,
        outsider=outsider,
        elsewhere=elsewhere,
    )


def _guests(found: MeetingsRead | None) -> Iterable[Seen]:
    """Who was invited, of the other side."""
    for meeting in found.meetings if found else ():
        for one in meeting.attendees:
            email = str(one.get("email") or "").strip().lower()
            domain = email.rpartition("@")[2]
            if found is None or not domain or email in found.ours or domain in found.own_domains:
                continue
            where = meeting_where(meeting, found.places)
            yield Seen(email=email, name=str(one.get("name") or ""), where=where)
