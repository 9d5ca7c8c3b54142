"""Loads what triggers are found in, at one moment: the facts signals rest on, and beside them open
signals, promises of ours and meetings that were held."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from db import account_view as mail_rows
from db import linking
from db import outreach as rows
from db.account_view import MailRow
from db.models.meetings import Meeting
from db.models.signals import Signal
from db.session import ReadTx
from services.account_view.promises import promises_of
from services.account_view.timeline import letter
from services.mail.addresses import normal_email
from services.mail.characters import one_line
from services.outreach.kinds.signalled import SIGNALS
from services.signals.evidence import from_json
from services.signals.facts import facts_of
from services.signals.people import plain
from services.types.account_view import PromiseState, RowKind, Side, Where
from services.types.outreach import HeldMeeting, OpenSignal, OutreachFacts, Vow
from services.types.signals import AccountFacts, SignalName
from services.zones import zone_of

STATEMENT_MS = 5_000
"""So long one statement may take; the account is skipped then, and looked at an hour later."""
LETTERS = 200
PROMISED = timedelta(days=60)
HELD = timedelta(days=3)
_NAMES = frozenset(name.value for names in SIGNALS.values() for name in names)
_AN_HOUR = timedelta(hours=1)


async def outreach_facts(
    tx: ReadTx, account_id: UUID, now: datetime, timezone: str
) -> OutreachFacts:
    """Some twenty bounded statements. Raises NotFound as facts_of does."""
    await mail_rows.give_up_after(tx, STATEMENT_MS)
    facts = await facts_of(tx, account_id, now)
    return OutreachFacts(
        facts=facts,
        timezone=timezone,
        signals=tuple(_signal(one, now) for one in await rows.list_signals(tx, account_id, _NAMES)),
        vows=tuple(await _vows(tx, facts, timezone)),
        meetings=tuple(await _held(tx, account_id, now)),
    )


def _signal(one: Signal, now: datetime) -> OpenSignal:
    asleep = one.snoozed_until is not None and one.snoozed_until > now
    return OpenSignal(
        id=one.id,
        name=SignalName(one.name),
        why=one.why,
        evidence=from_json(one.evidence),
        deal_id=one.deal_id,
        contact_id=one.contact_id,
        taken=asleep or one.action_id is not None,
    )


async def _vows(tx: ReadTx, facts: AccountFacts, timezone: str) -> Iterator[Vow]:
    """Read as the account view reads them: what it shows as owed is what is found here."""
    if not any(not text.inbound for text in facts.texts):
        return iter(())
    talks = await mail_rows.list_talks(tx, facts.account_id)
    found = await mail_rows.list_mails(
        tx,
        [talk.id for talk in talks[: mail_rows.TALKS]],
        # Whose mailbox a mail lies in is of no interest here.
        UUID(int=0),
        limit=LETTERS,
        start=facts.now - PROMISED,
    )
    return _owed({one.id: one for one in found}, facts, timezone)


def _owed(mails: Mapping[UUID, MailRow], facts: AccountFacts, timezone: str) -> Iterator[Vow]:
    arranged = [
        (one.changed_at, Where(kind=RowKind.MEETING, id=one.id))
        for one in facts.meetings
        if one.status == "scheduled"
    ]
    told = promises_of(map(letter, mails.values()), arranged, facts.now, zone_of(timezone))
    for one in told:
        if one.side is Side.OURS and one.state is not PromiseState.KEPT and one.due is not None:
            mail = mails.get(one.where.id)
            yield Vow(
                message_id=one.where.id,
                quote=one.quote,
                who=one.who,
                at=one.at,
                due=one.due,
                conversation_id=mail.conversation_id if mail else None,
            )


async def _held(tx: ReadTx, account_id: UUID, now: datetime) -> list[HeldMeeting]:
    found: Sequence[Meeting] = await rows.list_held(tx, account_id, now - HELD, now)
    if not found:
        return []
    emails = {email for meeting in found for email in _invited(meeting)}
    ours = await linking.list_own_addresses(tx, emails)
    domains = await linking.list_own_domains(tx, {one.rpartition("@")[2] for one in emails})
    strangers = {one for one in emails if one not in ours and one.rpartition("@")[2] not in domains}
    return [_meeting(one, strangers) for one in found]


def _meeting(meeting: Meeting, theirs: Iterable[str]) -> HeldMeeting:
    known = set(theirs)
    organizer = normal_email(meeting.organizer)
    guests = [plain(one) for one in _invited(meeting) if one in known]
    guests.sort(key=lambda email: email != organizer)
    return HeldMeeting(
        id=meeting.id,
        title=one_line(meeting.title),
        starts_at=meeting.starts_at,
        ends_at=meeting.ends_at or meeting.starts_at + _AN_HOUR,
        guests=tuple(dict.fromkeys(guests)),
        message_id=meeting.message_id,
    )


def _invited(meeting: Meeting) -> list[str]:
    """Who was invited and did not decline."""
    return [
        email
        for one in meeting.attendees
        if (email := _email(one)) and str(one.get("status") or "").lower() != "declined"
    ]


def _email(one: Mapping[str, Any]) -> str:
    return normal_email(str(one.get("email") or "")) or ""
