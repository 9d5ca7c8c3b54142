"""The account view a question is answered from: stored facts, numbered, each with a way to it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from db import actions as action_rows
from db import agent as rows
from db import customers, messages, notes, overviews
from db import drafts as draft_rows
from db.models.actions import Action
from db.models.conversations import Message
from db.models.customers import Account, Contact, Deal
from db.models.tenants import Member
from db.session import ReadTx
from services.agent_aims import read_aim, role_of
from services.agent_period import read_period
from services.analysis import asks_from
from services.approvals.wording import money, percent, title
from services.merge import fold, from_json
from services.prompts.answer import size
from services.types.agent import AnswerRequest, Kind, Period, Source, Turn
from services.types.links import gmail_link, permalink
from services.types.qualification import Criterion
from services.zones import zone_of

MAILS = 60
LONGEST_MAIL = 4_000
TOKENS = 12_000
WAITING = 10
NOTES = 10
NOTE = 120
LEARNED = 15
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """Who asks what, and when."""

    member: Member
    company: str
    question: str
    now: datetime
    turns: tuple[Turn, ...] = ()


async def account_request(tx: ReadTx, asking: Asking, account: Account) -> AnswerRequest:
    """Everything known about the account that the question may need, within the token budget."""
    member, zone = asking.member, zone_of(asking.member.timezone)
    period = read_period(asking.question, asking.now, member.timezone)
    aim = read_aim(asking.question)
    today = asking.now.astimezone(zone).date()
    found = [
        *await _standing(tx, account, zone),
        *await _qualification(tx, account.id, role_of(asking.question)),
        *await _waiting(tx, account.id, member.id, zone),
        *await _decided(tx, account.id, period, member.id, zone),
        *await _approvals(tx, account.id, period, account.name, zone),
        *await _notes(tx, account.id, zone),
    ]
    mails, total = await _mails(tx, account.id, period, member.id, zone)
    request = AnswerRequest(
        question=asking.question,
        aim=aim,
        asker_name=member.name,
        company=asking.company,
        account_name=account.name,
        today=today,
        timezone=member.timezone,
        period=period,
        sources=_numbered([*found, *mails]),
        turns=asking.turns,
        left_out=total - sum(one.kind is Kind.MAIL for one in mails),
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
async def _standing(tx: ReadTx, account: Account, zone: ZoneInfo) -> list[Source]:
    heard = await customers.last_heard(tx, account.id)
    deals = await customers.list_deals(tx, account.id)
    contacts = await customers.list_contacts(tx, account.id)
    return [
        _account(account, zone),
        *(_deal(deal, zone) for deal in deals[:10]),
        *(_contact(one, heard.get(one.id), zone) for one in contacts[:20]),
    ]


def _account(account: Account, zone: ZoneInfo) -> Source:
    facts = [
        account.industry,
        f"health {account.health} of 100" if account.health is not None else None,
        account.lifecycle.replace("_", " ") if account.lifecycle else None,
        f"renews {_day(account.renewal_date, zone)}" if account.renewal_date else None,
        account.domain,
    ]
    details = ", ".join(filter(None, facts)) or "no details"
    return _source(Kind.ACCOUNT, f"{account.name}: {details}")


def _deal(deal: Deal, zone: ZoneInfo) -> Source:
    closes = f", closes {_day(deal.close_date, zone)}" if deal.close_date else ""
    stage = deal.stage.replace("_", " ")
    return _source(Kind.DEAL, f"{deal.name}: {stage}, {money(deal.amount, deal.currency)}{closes}")


def _contact(contact: Contact, heard: datetime | None, zone: ZoneInfo) -> Source:
    name = contact.name or contact.email
    role = f", {contact.title}" if contact.title else ""
    last = f"last wrote {_day(heard, zone)}" if heard else "has not written yet"
    known = "" if contact.status == "confirmed" else ", not confirmed"
    text = f"{name}{role} ({contact.email}{known}): {last}"
    return _source(Kind.CONTACT, text, who=name, at=heard)


async def _qualification(tx: ReadTx, account_id: UUID, role: Criterion | None) -> Iterator[Source]:
    """What all conversations have shown together, with the words that prove it. The role a question
    asks for comes first and is marked."""
    conversations = await overviews.list_account_conversations(tx, account_id)
    state = fold(from_json(one.qualification) for one in conversations)
    known = [(name, one) for name, one in state.criteria.items() if one.identified]
    known.sort(key=lambda item: item[0] is not role)
    return (
        _source(
            Kind.CRITERION,
            f"{_criterion(name)}: {one.value} ({one.confidence:.0%} sure)",
            text=one.evidence.replace(" | ", "\n"),
            topic=name.value if name is role else "",
        )
        for name, one in known
    )


def _criterion(name: Criterion) -> str:
    return NAMES.get(name, name.value.replace("_", " ").capitalize())


# ── What waits, and what was decided ────────────────────────────────────────────────────────────
async def _waiting(tx: ReadTx, account_id: UUID, member_id: UUID, zone: ZoneInfo) -> list[Source]:
    found = await action_rows.list_actions_waiting(tx, WAITING, account_id=account_id)
    return [await waiting_source(tx, action, member_id, zone) for action in found]


async def waiting_source(tx: ReadTx, action: Action, member_id: UUID, zone: ZoneInfo) -> Source:
    """A draft that waits for a word: whose mail it answers, what they asked, by when."""
    message = await _message_of(tx, action)
    place = await overviews.card_place(tx, action.id, member_id)
    asks = asks_from(message.analysis) if message else ()
    due = min((ask.due for ask in asks if ask.due), default=None)
    who = _sender(message) if message else "somebody"
    subject = message.subject if message else ""
    return _source(
        Kind.WAITING,
        f"An answer to {who} waits for a decision: {subject or 'no subject'}"
        + (f", due {_day(due, zone)}" if due else ""),
        text="\n".join(ask.quote for ask in asks),
        who=who,
        at=message.received_at if message else action.created_at,
        url=permalink(*place) if place else None,
    )


async def _message_of(tx: ReadTx, action: Action) -> Message | None:
    draft = await draft_rows.get_draft(tx, action.draft_id) if action.draft_id else None
    return await messages.get_message(tx, draft.message_id) if draft and draft.message_id else None


async def _decided(
    tx: ReadTx, account_id: UUID, period: Period, member_id: UUID, zone: ZoneInfo
) -> list[Source]:
    found = []
    for action, name in await rows.list_decided(tx, account_id, period.start, period.end):
        message = await _message_of(tx, action)
        what = f"the answer to {_sender(message)}" if message else "an action"
        place = await overviews.card_place(tx, action.id, member_id)
        did = _DECIDED.get(action.status, action.status)
        because = f": {action.decision_reason}" if action.decision_reason else ""
        found.append(
            _source(
                Kind.DECISION,
                f"{name or 'Somebody'} {did} {what} on {_day(action.decided_at, zone)}{because}",
                at=action.decided_at,
                who=name or "",
                url=permalink(*place) if place else None,
            )
        )
    return found


async def _approvals(
    tx: ReadTx, account_id: UUID, period: Period, account_name: str, zone: ZoneInfo
) -> list[Source]:
    found = []
    for request, name in await rows.list_requests(tx, account_id, period.start):
        what = title(
            request.type,
            account=account_name,
            percentage=request.percentage,
            amount=request.amount,
            currency=request.currency,
        )
        by = f" by {name}" if name and request.status in ("approved", "rejected") else ""
        when = f" on {_day(request.settled_at, zone)}" if request.settled_at else ""
        found.append(
            _source(
                Kind.APPROVAL,
                f"{what}: {request.status}{by}{when}",
                text=request.reason,
                at=request.settled_at or request.created_at,
            )
        )
    for one in await rows.list_concessions(tx, account_id):
        size_ = percent(one.percentage) if one.percentage else money(one.amount, one.currency)
        tied = f", on condition: {'; '.join(one.conditions)}" if one.conditions else ""
        on, what = _day(one.created_at, zone), one.type.replace("_", " ")
        found.append(
            _source(
                Kind.CONCESSION,
                f"Granted on {on}: {size_} {what}{tied}",
                at=one.created_at,
            )
        )
    return found


async def _notes(tx: ReadTx, account_id: UUID, zone: ZoneInfo) -> list[Source]:
    """What people put down about the account's deals."""
    return [
        _source(
            Kind.NOTE,
            f"Note of {_day(one.created_at, zone)}"
            + (f" by {one.said_by}" if one.said_by else "")
            + f": {one.comment or one.text[:NOTE]}",
            text=one.text[:LONGEST_MAIL],
            at=one.created_at,
            who=one.said_by,
            url=one.permalink,
        )
        for one in await notes.list_notes(tx, account_id, NOTES)
    ]


# ── Mail ────────────────────────────────────────────────────────────────────────────────────────
async def _mails(
    tx: ReadTx, account_id: UUID, period: Period, member_id: UUID, zone: ZoneInfo
) -> tuple[list[Source], int]:
    found, total = await rows.list_mails(tx, account_id, period.start, period.end, MAILS)
    places = await rows.list_places(tx, [one.id for one in found], member_id)
    learned = [change for one in found for change in _learned(one, places.get(one.id), zone)]
    return [*learned[:LEARNED], *(_mail(one, places.get(one.id), zone) for one in found)], total


def _learned(message: Message, place: tuple[str, str] | None, zone: ZoneInfo) -> Iterator[Source]:
    """What the mail changed in the qualification, with the words that did."""
    came = message.received_at.astimezone(zone)
    for change in message.analysis.get("changes", ()):
        try:
            name = _criterion(Criterion(change["criterion"]))
            after, before = change["after"] or "no longer known", change["before"]
        except (KeyError, TypeError, ValueError):
            continue
        was = f" (before: {before})" if before else ""
        yield _source(
            Kind.CHANGE,
            f"{name}: {after}{was}, since {_sender(message)}'s mail of {came.day} {came:%b}",
            text=str(change.get("quote") or ""),
            at=message.received_at,
            url=gmail_link(*place) if place else None,
        )


def _mail(message: Message, place: tuple[str, str] | None, zone: ZoneInfo) -> Source:
    inbound = message.direction == "inbound"
    came = message.received_at.astimezone(zone)
    who = _sender(message)
    subject = message.subject or "no subject"
    return _source(
        Kind.MAIL,
        f"{who}, {came.day} {came:%b}: {subject}",
        text=(message.text or "")[:LONGEST_MAIL],
        who=who,
        inbound=inbound,
        at=message.received_at,
        url=gmail_link(*place) if place else None,
    )


def _sender(message: Message) -> str:
    return str(message.sender.get("name") or message.sender.get("email") or "somebody")
