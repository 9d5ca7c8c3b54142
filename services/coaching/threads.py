"""A thread's messages as mails of one member, each with what can be told of it and whether a person
answered within the week. Pure.

A mail is left out where nobody can say whether it was answered: its week isn't over, it wasn't
delivered, its outcome is ambiguous, or what came back gives orders to machines. Mail whose sender
can't be trusted, and what machines sent, is neither an answer nor something to take up.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from services.coaching.attributes import Attributes, MailText, attributes_of

WEEK = timedelta(days=7)
_SCORED: Mapping[str, bool] = {"positive": True, "expired": False}
_READ = "negative"
"""Outcomes that count; the others are left out. A no is an answer, too, and may be somebody's label
instead: there the thread says whether a person wrote, as it does of mail by hand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """One message. `ours`: its side; `human`: a person's own and believed; `outcome`: its status
    where the copilot wrote it (`action_id`), None where there is none."""

    id: UUID
    at: datetime
    ours: bool
    human: bool
    suspicious: bool
    bounce: bool
    sender: str
    recipient: str
    subject: str
    text: str
    answers: bool
    action_id: UUID | None = None
    persona: bool | None = None
    edited: bool | None = None
    outcome: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """Its messages oldest first."""

    account_id: UUID
    company: str
    written: Sequence[Written]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One mail of the member whose answer is known."""

    id: UUID
    action_id: UUID | None
    account_id: UUID
    sent_at: datetime
    seen: Attributes
    answered: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Writer:
    """Whose mails are looked at."""

    addresses: Collection[str]
    zone: str
    since: datetime
    now: datetime


def mails_of(thread: Thread, writer: Writer, name_of: Callable[[str], str]) -> Iterable[Sent]:
    """The member's mails in the thread, the oldest first; `name_of` an address."""
    for at, one in enumerate(thread.written):
        mine = one.ours and one.human and one.sender in writer.addresses
        if not mine or one.at < writer.since or not one.text.strip():
            continue
        answered = _answered(one, thread.written[at + 1 :], writer.now)
        if answered is not None:
            text = _text(thread, at, writer.zone, name_of(one.recipient))
            yield Sent(
                id=one.id,
                action_id=one.action_id,
                account_id=thread.account_id,
                sent_at=one.at,
                seen=attributes_of(text),
                answered=answered,
            )


def _answered(one: Written, after: Iterable[Written], now: datetime) -> bool | None:
    """None: nobody can say."""
    if one.at + WEEK > now:
        return None
    if one.outcome is not None and one.outcome != _READ:
        return _SCORED.get(one.outcome)
    unsure = False
    for other in after:
        if other.ours or other.at > one.at + WEEK:
            continue
        if other.human and not other.suspicious:
            return True
        unsure = unsure or other.bounce or other.suspicious
    return None if unsure else False


def _text(thread: Thread, at: int, zone: str, recipient: str) -> MailText:
    one, before = thread.written[at], [w for w in thread.written[:at] if w.human]
    ours = [w for w in before if w.ours]
    since = ours[-1].at if ours else None
    theirs = [w for w in before if not w.ours and not w.suspicious]
    waiting = [w for w in theirs if since is None or w.at > since]
    follows = ours and not waiting
    return MailText(
        subject=one.subject,
        text=one.text,
        sent_at=one.at,
        zone=zone,
        recipient=recipient,
        company=thread.company,
        theirs=theirs[-1].text if theirs else None,
        answers_after=one.at - waiting[0].at if waiting else None,
        gap=one.at - ours[-1].at if follows else None,
        begins=not at and not one.answers,
        persona=one.persona,
        edited=one.edited,
    )
