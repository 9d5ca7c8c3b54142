"""What a question is answered from: the account's view as numbered facts, each with a way to it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from db import drafts as draft_rows
from db import messages, overviews
from db.models.actions import Action
from db.models.conversations import Message
from db.models.tenants import Member
from db.session import ReadTx
from services.agent_aims import read_aim, role_of
from services.agent_period import read_period
from services.analysis import asks_from
from services.approvals.wording import money
from services.prompts.answer import size
from services.types.account_view import (
    PART_WORDS,
    AccountView,
    Channel,
    DealLine,
    Deed,
    DeedKind,
    Event,
    Fact,
    Person,
    PromiseState,
    Side,
)
from services.types.agent import AnswerRequest, Kind, Period, Source, Turn
from services.types.links import permalink
from services.types.qualification import Criterion
from services.zones import zone_of

LONGEST_MAIL = 4_000
TOKENS = 12_000
NOTES = 10
NOTE = 120
LEARNED = 15
MEETINGS, POSTS, SIGNALS, PROMISES, EARLIER = 8, 15, 8, 10, 12
NAMES = {
    Criterion.IDENTIFY_PAIN: "Pain",
    Criterion.ECONOMIC_BUYER: "Economic buyer",
}
_DECIDED = {
    "approved": "approved",
    "done": "approved",
    "rejected": "rejected",
    "handled": "handled by hand",
    "failed": "approved, but it failed",
}
_SIDES = {
    Side.ASKED: "{who} asked, and nobody has answered",
    Side.OURS: "{who} promised them",
    Side.THEIRS: "{who} promised us",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """Who asks what, and when."""

    member: Member
    company: str
    question: str
    now: datetime
    turns: tuple[Turn, ...] = ()


def period_of(asking: Asking) -> Period:
    """The time the question is about: what the view is read for."""
    return read_period(asking.question, asking.now, asking.member.timezone)


def account_request(asking: Asking, view: AccountView, period: Period) -> AnswerRequest:
    """Everything known about the account that the question may need, within the token budget."""
    member, zone = asking.member, zone_of(asking.member.timezone)
    found = [
        *_standing(view, zone),
        *_qualification(view, role_of(asking.question)),
        *_signals(view),
        *_promises(view, zone),
        *_waiting(view, zone),
        *_done(view, zone),
        *_notes(view, zone),
        *_earlier(view),
        *_happened(view, zone),
        *_learned(view, zone),
    ]
    mails = [_mail(one, zone) for one in view.events if one.channel is Channel.MAIL]
    request = AnswerRequest(
        question=asking.question,
        aim=read_aim(asking.question),
        asker_name=member.name,
        company=asking.company,
        account_name=view.name,
        today=asking.now.astimezone(zone).date(),
        timezone=member.timezone,
        period=period,
        sources=_numbered([*found, *mails]),
        turns=asking.turns,
        left_out=view.events_left_out,
        missing=tuple(PART_WORDS[part] for part in view.missing),
    )
    return fitted(request)


def fitted(request: AnswerRequest, tokens: int = TOKENS) -> AnswerRequest:
    """With as many of the newest mails as the budget holds; what else is known stays."""
    while size(request) > tokens and request.sources and request.sources[-1].kind is Kind.MAIL:
        request = replace(request, sources=request.sources[:-1], left_out=request.left_out + 1)
    return request


def _numbered(found: Sequence[Source]) -> tuple[Source, ...]:
    return tuple(replace(one, number=number) for number, one in enumerate(found, 1))


def _source(kind: Kind, title_: str, **more: Any) -> Source:
    return Source(number=0, kind=kind, title=" ".join(title_.split()), **more)


def _day(day: date | None, zone: ZoneInfo) -> str:
    """`4 Dec 2026`; of a moment, the day it was where the asker is."""
    if isinstance(day, datetime):
        day = day.astimezone(zone)
    return f"{day.day} {day:%b %Y}" if day else "an unknown day"


# ── How it stands ───────────────────────────────────────────────────────────────────────────────
def _standing(view: AccountView, zone: ZoneInfo) -> Iterator[Source]:
    yield _account(view, zone)
    yield from (_deal(deal, zone) for deal in view.deals[:10])
    yield from (_contact(one, zone) for one in view.people[:20])


def _account(view: AccountView, zone: ZoneInfo) -> Source:
    facts = [
        view.industry,
        f"health {view.health} of 100" if view.health is not None else None,
        view.lifecycle.replace("_", " ") if view.lifecycle else None,
        f"renews {_day(view.renewal_date, zone)}" if view.renewal_date else None,
        view.domain,
    ]
    details = ", ".join(filter(None, facts)) or "no details"
    return _source(Kind.ACCOUNT, f"{view.name}: {details}")


def _deal(deal: DealLine, zone: ZoneInfo) -> Source:
    closes = f", closes {_day(deal.close_date, zone)}" if deal.close_date else ""
    stage = deal.stage.replace("_", " ")
    was = [
        f"{one.name.replace('_', ' ')} {one.earlier[0].value}" for one in deal.facts if one.earlier
    ]
    before = f" (before: {', '.join(was)})" if was else ""
    worth = money(deal.amount, deal.currency)
    return _source(Kind.DEAL, f"{deal.name}: {stage}, {worth}{closes}{before}")


def _contact(one: Person, zone: ZoneInfo) -> Source:
    role = f", {one.title}" if one.title else ""
    last = f"last wrote {_day(one.wrote_at, zone)}" if one.wrote_at else "has not written yet"
    known = "" if one.confirmed else ", not confirmed"
    text = f"{one.name}{role} ({one.emails[0]}{known}): {last}"
    return _source(Kind.CONTACT, text, who=one.name, at=one.wrote_at)


def _qualification(view: AccountView, role: Criterion | None) -> Iterator[Source]:
    """What is known, with the words that prove it. The role a question asks for comes first and is
    marked."""
    for fact in sorted(view.facts, key=lambda one: one.name != role):
        said = fact.current
        was = f" (before: {fact.earlier[0].value})" if fact.earlier else ""
        yield _source(
            Kind.CRITERION,
            f"{_criterion(fact)}: {said.value} ({said.confidence:.0%} sure){was}",
            text=said.quote,
            topic=fact.name if fact.name == role else "",
            url=said.where.url,
        )


def _criterion(fact: Fact) -> str:
    return _name(Criterion(fact.name))


def _name(name: Criterion) -> str:
    return NAMES.get(name, name.value.replace("_", " ").capitalize())


def _signals(view: AccountView) -> Iterator[Source]:
    for one in [signal for signal in view.signals if not signal.settled][:SIGNALS]:
        quotes = [proof.words for proof in one.proofs]
        yield _source(
            Kind.SIGNAL,
            f"Signal, {one.severity}: {one.words}" + (f", {one.why}" if one.why else ""),
            text="\n".join(quotes),
            at=one.raised_at,
            url=next((proof.where.url for proof in one.proofs if proof.where), None),
        )


def _promises(view: AccountView, zone: ZoneInfo) -> Iterator[Source]:
    standing = [one for one in view.promises if one.state is not PromiseState.KEPT]
    for one in standing[:PROMISES]:
        due = f", due {_day(one.due, zone)}" if one.due else ""
        said = _SIDES[one.side].format(who=one.who)
        yield _source(
            Kind.PROMISE,
            f"{said} ({_day(one.at, zone)}{due}): {one.quote}",
            text=one.quote,
            who=one.who,
            at=one.at,
            url=one.where.url,
        )


# ── What waits, and what was decided ────────────────────────────────────────────────────────────
def _waiting(view: AccountView, zone: ZoneInfo) -> Iterator[Source]:
    for one in view.pending:
        yield _waits(
            who=one.who or "somebody",
            subject=one.subject,
            asks=one.asks,
            due=one.due,
            at=one.at,
            url=one.where.url,
            zone=zone,
        )


async def waiting_source(tx: ReadTx, action: Action, member_id: UUID, zone: ZoneInfo) -> Source:
    """A draft that waits for a word: whose mail it answers, what they asked, by when."""
    message = await _message_of(tx, action)
    place = await overviews.card_place(tx, action.id, member_id)
    asks = asks_from(message.analysis) if message else ()
    return _waits(
        who=_sender(message) if message else "somebody",
        subject=message.subject if message else "",
        asks=[ask.quote for ask in asks],
        due=min((ask.due for ask in asks if ask.due), default=None),
        at=message.received_at if message else action.created_at,
        url=permalink(*place) if place else None,
        zone=zone,
    )


def _waits(
    *,
    who: str,
    subject: str,
    asks: Sequence[str],
    due: date | None,
    at: datetime,
    url: str | None,
    zone: ZoneInfo,
) -> Source:
    return _source(
        Kind.WAITING,
        f"An answer to {who} waits for a decision: {subject or 'no subject'}"
        + (f", due {_day(due, zone)}" if due else ""),
        text="\n".join(asks),
        who=who,
        at=at,
        url=url,
    )


async def _message_of(tx: ReadTx, action: Action) -> Message | None:
    draft = await draft_rows.get_draft(tx, action.draft_id) if action.draft_id else None
    return await messages.get_message(tx, draft.message_id) if draft and draft.message_id else None


def _done(view: AccountView, zone: ZoneInfo) -> Iterator[Source]:
    tell = {
        DeedKind.DECISION: _decision,
        DeedKind.APPROVAL: _approval,
        DeedKind.GRANT: _grant,
    }
    for deed in view.deeds:
        yield tell[deed.kind](deed, zone)


def _decision(deed: Deed, zone: ZoneInfo) -> Source:
    did = _DECIDED.get(deed.status, deed.status)
    because = f": {deed.reason}" if deed.reason else ""
    return _source(
        Kind.DECISION,
        f"{deed.by or 'Somebody'} {did} {deed.what} on {_day(deed.at, zone)}{because}",
        at=deed.at,
        who=deed.by,
        url=deed.where.url,
    )


def _approval(deed: Deed, zone: ZoneInfo) -> Source:
    by = f" by {deed.by}" if deed.by else ""
    when = f" on {_day(deed.settled_at, zone)}" if deed.settled_at else ""
    title = f"{deed.what}: {deed.status}{by}{when}"
    return _source(Kind.APPROVAL, title, text=deed.reason, at=deed.at)


def _grant(deed: Deed, zone: ZoneInfo) -> Source:
    tied = f", on condition: {'; '.join(deed.conditions)}" if deed.conditions else ""
    return _source(
        Kind.CONCESSION, f"Granted on {_day(deed.at, zone)}: {deed.what}{tied}", at=deed.at
    )


# ── What happened ───────────────────────────────────────────────────────────────────────────────
def _notes(view: AccountView, zone: ZoneInfo) -> Iterator[Source]:
    """What people put down about the account's deals."""
    for one in [event for event in view.events if event.channel is Channel.NOTE][:NOTES]:
        by = f" by {one.said_by}" if one.said_by else ""
        yield _source(
            Kind.NOTE,
            f"Note of {_day(one.at, zone)}{by}: {one.subject or one.text[:NOTE]}",
            text=one.text[:LONGEST_MAIL],
            at=one.at,
            who=one.said_by,
            url=one.where.url,
        )


def _earlier(view: AccountView) -> Iterator[Source]:
    lines = [(past, line) for past in view.past for line in past.lines]
    for past, line in lines[:EARLIER]:
        when = f"{past.period.capitalize()} from {past.starts_on.day} {past.starts_on:%b %Y}"
        yield _source(Kind.SUMMARY, f"{when}: {line.text}", url=line.where.url)


def _happened(view: AccountView, zone: ZoneInfo) -> Iterator[Source]:
    """Meetings and Slack of the period."""
    for channel, kind, most in (
        (Channel.MEETING, Kind.MEETING, MEETINGS),
        (Channel.SLACK, Kind.SLACK, POSTS),
    ):
        for one in [event for event in view.events if event.channel is channel][:most]:
            yield _source(
                kind,
                f"{one.who} {one.did} on {_day(one.at, zone)}: {one.text[: 3 * NOTE]}",
                text=one.text[:LONGEST_MAIL],
                at=one.at,
                who=one.who,
                url=one.where.url,
            )


def _learned(view: AccountView, zone: ZoneInfo) -> Sequence[Source]:
    """What the period's mails changed in the qualification, with the words that did."""
    return [
        _source(
            Kind.CHANGE,
            f"{_name(change.criterion)}: {change.after or 'no longer known'}"
            + (f" (before: {change.before})" if change.before else "")
            + f", since {event.who}'s mail of {_short_day(event.at, zone)}",
            text=change.quote,
            at=event.at,
            url=event.where.url,
        )
        for event in view.events
        for change in event.changes
    ][:LEARNED]


def _mail(event: Event, zone: ZoneInfo) -> Source:
    return _source(
        Kind.MAIL,
        f"{event.who}, {_short_day(event.at, zone)}: {event.subject or 'no subject'}",
        text=event.text[:LONGEST_MAIL],
        who=event.who,
        inbound=event.inbound,
        at=event.at,
        url=event.where.url,
    )


def _short_day(at: datetime, zone: ZoneInfo) -> str:
    came = at.astimezone(zone)
    return f"{came.day} {came:%b}"


def _sender(message: Message) -> str:
    return str(message.sender.get("name") or message.sender.get("email") or "somebody")
