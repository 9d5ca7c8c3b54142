"""From a case to what detectors look at, on the product's own way: each message becomes a mail that
is parsed (visible words, kind, absence), assessed for orders to machines, and read once by the
model. Only the database is left out: what it would be asked is counted here from the case."""

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from email.header import Header
from email.utils import format_datetime, formataddr
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from services.errors import LimitReached, TransientError
from services.mail.parse import parse
from services.merge import find_quote
from services.offline.model import OfflineModel
from services.ports import LanguageModel
from services.suspicion import assess
from services.types.mail import MailKind
from services.types.model import ExtractionRequest, Signal, Usage
from services.types.signals import (
    AccountFacts,
    EvidenceSource,
    SeenContact,
    SeenDeal,
    SeenMeeting,
    SeenText,
)
from tests.evals.corpus import REP, Case, Person, Written

OURS = "morgan@seller.example"
_TURN = re.compile(r"^([^:\n]{2,60}): (.*)$")
_SOURCES = {"transcript": EvidenceSource.TRANSCRIPT, "slack": EvidenceSource.SLACK_POST}


@dataclass(slots=True)
class Spent:
    """What reading cost. `unpriced` counts calls of a model whose price nobody knows."""

    calls: int = 0
    failed: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    cost_usd: Decimal = Decimal(0)
    unpriced: int = 0

    def add(self, usage: Usage) -> None:
        self.calls += 1
        self.tokens_in += usage.tokens_in
        self.tokens_out += usage.tokens_out
        if usage.cost_usd is None:
            self.unpriced += 1
        else:
            self.cost_usd += usage.cost_usd


@dataclass(slots=True)
class Reader:
    """Reads messages with a model, and with the rules what the model can't be asked about."""

    model: LanguageModel
    at_once: int = 4
    spent: Spent = field(default_factory=Spent)
    room: asyncio.Semaphore = field(init=False)

    def __post_init__(self) -> None:
        self.room = asyncio.Semaphore(self.at_once)

    async def read(self, request: ExtractionRequest) -> tuple[Signal, ...]:
        """The signals whose quote stands in the text, as the product keeps them."""
        async with self.room:
            try:
                found, usage = await self.model.extract(request)
            except (TransientError, LimitReached):
                self.spent.failed += 1
                found, usage = await OfflineModel().extract(request)
        self.spent.add(usage)
        return tuple(one for one in found.signals if find_quote(one.evidence, request.text))


def id_of(case: Case, *parts: object) -> UUID:
    return uuid5(NAMESPACE_URL, "/".join((case.id, *map(str, parts))))


async def facts_of(case: Case, reader: Reader) -> AccountFacts:
    parts = await asyncio.gather(*(_texts(case, one, reader) for one in case.messages))
    texts = tuple(text for part in parts for text in part)
    return AccountFacts(
        account_id=id_of(case),
        account_name=case.account,
        now=case.look,
        texts=tuple(sorted(texts, key=lambda one: one.happened_at)),
        contacts=tuple(_contact(case, person, texts) for person in case.people.values()),
        deals=tuple(_deal(case, number, raw) for number, raw in enumerate(case.deals)),
        meetings=tuple(_meeting(case, number, raw) for number, raw in enumerate(case.meetings)),
    )


# ── Texts ───────────────────────────────────────────────────────────────────────────────────────
async def _texts(case: Case, one: Written, reader: Reader) -> tuple[SeenText, ...]:
    if one.kind == "transcript":
        return tuple(_turns(case, one))
    if one.kind == "slack":
        return (_seen(case, one, one.sender, text=one.text),)
    return (await _mail(case, one, reader),)


async def _mail(case: Case, one: Written, reader: Reader) -> SeenText:
    mail = parse(_rfc822(case, one))
    text = mail.visible_reply or mail.text
    human = mail.kind is MailKind.HUMAN
    signals = None
    if one.theirs and human:
        request = ExtractionRequest(
            text=text,
            subject=mail.subject,
            sender_name=case.people[one.sender].name,
            today=one.at.date(),
        )
        signals = await reader.read(request)
    return _seen(
        case, one, one.sender, text=text, human=human, signals=signals, returns_on=mail.returns_on
    )


def _rfc822(case: Case, one: Written) -> bytes:
    """Whoever is on a mail is told in its headers, as they come from outside."""
    headers = {
        "From": _address(case, one.sender),
        "To": _address(case, one.to),
        "Cc": ", ".join(_address(case, key) for key in one.cc),
        "Subject": Header(one.subject, "utf-8", maxlinelen=900).encode(),
        "Date": format_datetime(one.at),
        "Message-ID": f"<{id_of(case, one.number)}@eval.example>",
        "Auto-Submitted": "auto-replied" if one.kind == "auto" else "",
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Transfer-Encoding": "8bit",
    }
    lines = [f"{name}: {value}" for name, value in headers.items() if value]
    return "\r\n".join([*lines, "", *one.text.split("\n"), ""]).encode()


def _address(case: Case, key: str) -> str:
    if key == REP:
        return formataddr((case.rep, OURS))
    return formataddr((case.people[key].name, case.people[key].email))


def _turns(case: Case, one: Written) -> Sequence[SeenText]:
    """Of a transcript, what each of the customer's people said, in one piece."""
    by_name = {person.name: key for key, person in case.people.items()}
    said: dict[str, list[str]] = {}
    for turn in map(_TURN.match, one.text.split("\n")):
        if turn and turn[1] in by_name:
            said.setdefault(by_name[turn[1]], []).append(turn[2])
    return [_seen(case, one, who, text="\n".join(turns)) for who, turns in said.items()]


def _seen(
    case: Case,
    one: Written,
    speaker: str,
    *,
    text: str,
    human: bool = True,
    signals: tuple[Signal, ...] | None = None,
    returns_on: datetime | None = None,
) -> SeenText:
    who = case.people.get(speaker)
    sides = (one.sender, one.to, *one.cc)
    return SeenText(
        source=_SOURCES.get(one.kind or "", EvidenceSource.MESSAGE),
        id=id_of(case, one.number),
        conversation_id=id_of(case, "thread", one.subject.removeprefix("Re: ")),
        happened_at=one.at,
        inbound=who is not None,
        human=human,
        sender_email=who.email if who else OURS,
        sender_name=who.name if who else case.rep,
        contact_id=id_of(case, who.key) if who else None,
        people=tuple(dict.fromkeys(case.people[key].email for key in sides if key != REP)),
        subject=one.subject,
        text=text,
        suspicious=assess(text).injection,
        signals=signals,
        returns_on=returns_on,
    )


# ── Who and what ────────────────────────────────────────────────────────────────────────────────
def _contact(case: Case, person: Person, texts: Sequence[SeenText]) -> SeenContact:
    there = [text.happened_at for text in texts if person.email in text.people]
    wrote = [text.happened_at for text in texts if person.email == text.sender_email and text.human]
    return SeenContact(
        id=id_of(case, person.key),
        email=person.email,
        name=person.name,
        title=person.title,
        champion=person.champion,
        first_seen_at=min(there, default=None),
        last_wrote_at=max(wrote, default=None),
    )


def _deal(case: Case, number: int, raw: Mapping[str, Any]) -> SeenDeal:
    close = case.moment(raw["close"]).date()
    moves = raw.get("moves", ())
    return SeenDeal(
        id=id_of(case, "deal", number),
        name=raw["name"],
        stage=raw["stage"],
        amount=Decimal(raw["amount"]),
        currency=raw["currency"],
        close_date=close,
        first_close_date=case.moment(moves[0]["from"]).date() if moves else close,
        close_date_moves=sum(move["to"] > move["from"] for move in moves),
        stage_since=case.moment(raw["since"]),
        stage_days=tuple(float(days) for days in raw.get("others", ())),
    )


def _meeting(case: Case, number: int, raw: Mapping[str, Any]) -> SeenMeeting:
    """What was said about a change is what the customer wrote when it was made."""
    changes = [(case.moment(change["at"]), change["what"]) for change in raw["changes"]]
    told = [id_of(case, one.number) for one in case.messages if one.at in dict(changes)]
    return SeenMeeting(
        id=id_of(case, "meeting", number),
        title=raw["title"],
        starts_at=case.moment(raw["starts"]),
        status="cancelled" if changes[-1][1] == "cancelled" else "scheduled",
        cancellations=sum(what == "cancelled" for _, what in changes),
        moves=sum(what == "moved" for _, what in changes),
        changed_at=changes[-1][0],
        message_ids=tuple(told),
    )
