"""Messages, transcripts and Slack posts as detectors see them. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from db.models.customers import Contact
from db.models.meetings import Meeting, SlackPost
from services.mail.addresses import normal_email
from services.mail.believed import happened_at
from services.mail.characters import clean_text, one_line
from services.signals.people import Sides, people_of, plain
from services.suspicion import assess
from services.types.mail import MailKind, SenderProof
from services.types.model import Sign, Signal, signal_of
from services.types.signals import EvidenceSource, SeenText


# ── Mails ───────────────────────────────────────────────────────────────────────────────────────
def texts_of_mails(mails: Iterable[Any], sides: Sides, now: datetime) -> Iterator[SeenText]:
    for mail in mails:
        sender = mail.sender or {}
        email = plain(str(sender.get("email") or ""))
        text = clean_text(mail.text or "")
        # What a colleague wrote from a mailbox that isn't connected came in, and is ours.
        inbound = mail.direction == "inbound" and not sides.is_ours(email)
        human = mail.kind == MailKind.HUMAN and mail.proof != SenderProof.FAIL
        # A stranger in one of the account's threads says nothing for it.
        human = human and not (inbound and sides.is_strange(mail.contact_id, email))
        yield SeenText(
            source=EvidenceSource.MESSAGE,
            id=mail.id,
            conversation_id=mail.conversation_id,
            happened_at=min(happened_at(mail.sent_at, mail.received_at, mail.created_at), now),
            inbound=inbound,
            human=human,
            sender_email=email,
            sender_name=one_line(str(sender.get("name") or "")),
            contact_id=mail.contact_id,
            people=people_of(mail, sides),
            subject=one_line(mail.subject or ""),
            text=text,
            suspicious=inbound and human and is_suspicious(mail.suspicious, text),
            signals=signals_read(mail.signals),
            returns_on=_moment(mail.returns_on),
        )


def is_suspicious(stored: Any, text: str) -> bool:
    """What reading it has found, or else what looking at it finds."""
    if isinstance(stored, Mapping) and "injection" in stored:
        return bool(stored["injection"])
    return bool(text) and _gives_orders(text)


@lru_cache(maxsize=1_000)
def _gives_orders(text: str) -> bool:
    return assess(text).injection


def signals_read(stored: Any) -> tuple[Signal, ...] | None:
    """The signals of a stored analysis; None: it wasn't read. What can't be read is left out."""
    if not isinstance(stored, list):
        return None
    found: list[Signal] = []
    for one in stored:
        try:
            found.append(
                signal_of(
                    Sign(one["name"]),
                    min(max(float(one["confidence"]), 0.0), 1.0),
                    str(one["evidence"]),
                )
            )
        except (KeyError, TypeError, ValueError):
            continue
    return tuple(found)


def _moment(stored: str | None) -> datetime | None:
    try:
        found = datetime.fromisoformat(stored) if stored else None
    except ValueError:
        return None
    return found.replace(tzinfo=UTC) if found and found.tzinfo is None else found


# ── Meetings and Slack ──────────────────────────────────────────────────────────────────────────
def transcripts_seen(
    found: Iterable[Any], contacts: Sequence[Contact], sides: Sides, now: datetime
) -> Iterator[SeenText]:
    """What each of the customer's people said in a meeting, in one piece. Who can't be told by
    name from a contact or an attendee of theirs, says nothing here."""
    for transcript, meeting in found:
        people = dict(_attendees(meeting, sides))
        people |= {_key(one.name): one.email for one in contacts if _key(one.name)}
        said: dict[str, list[str]] = {}
        for turn in transcript.turns:
            speaker, words = _key(str(turn.get("speaker") or "")), str(turn.get("text") or "")
            if speaker in people and words.strip():
                said.setdefault(people[speaker], []).append(clean_text(words))
        for email, turns in sorted(said.items()):
            contact = next((one for one in contacts if one.email == email), None)
            text = "\n".join(turns)
            yield SeenText(
                source=EvidenceSource.TRANSCRIPT,
                id=transcript.id,
                conversation_id=meeting.id,
                happened_at=min(meeting.starts_at, now),
                inbound=True,
                human=True,
                sender_email=email,
                sender_name=contact.name if contact else "",
                contact_id=contact.id if contact else None,
                people=(email,),
                subject=one_line(meeting.title),
                text=text,
                suspicious=_gives_orders(text),
                signals=signals_read((transcript.analysis or {}).get("signals")),
            )


def _attendees(meeting: Meeting, sides: Sides) -> Iterator[tuple[str, str]]:
    for one in meeting.attendees:
        email = normal_email(str(one.get("email") or ""))
        name = _key(str(one.get("name") or ""))
        if email and name and not sides.is_ours(email) and sides.is_theirs(plain(email)):
            yield name, plain(email)


def posts_seen(
    posts: Iterable[SlackPost], contacts: Sequence[Contact], now: datetime
) -> Iterator[SeenText]:
    """Posts of the customer's people, known by their whole name."""
    known = {_key(one.name): one for one in contacts if " " in _key(one.name)}
    for post in posts:
        contact, text = known.get(_key(post.author)), clean_text(post.text)
        if contact is None or not text.strip():
            continue
        yield SeenText(
            source=EvidenceSource.SLACK_POST,
            id=post.id,
            conversation_id=post.thread_id,
            happened_at=min(post.posted_at, now),
            inbound=True,
            human=True,
            sender_email=contact.email,
            sender_name=contact.name,
            contact_id=contact.id,
            people=(contact.email,),
            text=text,
            suspicious=_gives_orders(text),
        )


def _key(name: str) -> str:
    return " ".join(one_line(name).split()).casefold()
