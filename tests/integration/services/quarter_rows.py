"""One account of a simulated quarter, and the rows its story leaves: mail, deals, meetings."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID, uuid4

from db.models.conversations import Message
from db.models.customers import Deal, DealChange
from db.models.meetings import Meeting
from db.models.tenants import Member
from db.session import Tx
from services.offline.extract import extract
from services.suspicion import assess
from services.types.model import ExtractionRequest
from tests.integration.services.quarter_script import REP, Happening

READ_ON = date(2027, 1, 4)
PEOPLE = (("Ines", "Head of Operations"), ("Jon", "Planner"), ("Mei", "IT Manager"))


@dataclass(kw_only=True)
class Life:
    """One account, its people, and what is still to happen there."""

    name: str
    story: str
    trouble: float
    owner: Member
    account: UUID
    domain: str
    contacts: Sequence[UUID]
    thread: UUID
    deal: UUID
    meeting: UUID | None = None
    ahead: list[Happening] = field(default_factory=list)


def mail_of(tx: Tx, life: Life, one: Happening, at: datetime) -> Message:
    theirs = one.who != REP
    words = one.text if one.text != "SEASON" else _away(at)
    sender, to = (one.who, REP) if theirs else (REP, one.to)
    return Message(
        tenant_id=tx.tenant_id,
        id=uuid4(),
        conversation_id=life.thread,
        rfc_message_id=f"<{uuid4()}@{life.domain}>",
        direction="inbound" if theirs else "outbound",
        kind=one.kind,
        proof="pass",
        contact_id=life.contacts[one.who] if theirs else None,
        sender={"email": _address(life, sender), "name": _name(life, sender)},
        recipients={
            "to": [_address(life, to)],
            "cc": [_address(life, place) for place in one.copied],
        },
        subject=f"Project {life.name}",
        text=words,
        language="en",
        analysis=_read(words) if theirs and one.kind == "human" else {},
        attention="quiet",
        sent_at=at,
        received_at=at,
        created_at=at,
    )


async def change_deal(tx: Tx, life: Life, one: Happening, at: datetime) -> None:
    deal = await tx.session.get_one(Deal, (tx.tenant_id, life.deal))
    field_, before = one.sort, str(getattr(deal, one.sort))
    value = one.value
    if field_ == "close_date":
        value = deal.close_date + timedelta(days=one.value)
    else:
        deal.stage_changed_at = at
    setattr(deal, field_, value)
    change = DealChange(
        tenant_id=tx.tenant_id,
        id=uuid4(),
        created_at=at,
        deal_id=deal.id,
        field=field_,
        before=before,
        after=str(value),
    )
    tx.session.add(change)
    await tx.session.flush()


async def call_off(tx: Tx, life: Life, at: datetime) -> None:
    if life.meeting is None:
        made = Meeting(
            tenant_id=tx.tenant_id, id=uuid4(), created_at=at, account_id=life.account,
            uid=str(uuid4()), title="Decision", starts_at=at + timedelta(days=9),
            source="invitation", changed_at=at,
        )  # fmt: skip
        tx.session.add(made)
        life.meeting = made.id
    meeting = await tx.session.get_one(Meeting, (tx.tenant_id, life.meeting))
    meeting.status, meeting.changed_at = "cancelled", at
    meeting.cancellations = (meeting.cancellations or 0) + 1
    await tx.session.flush()


def named_champion(name: str) -> dict[str, Any]:
    """A conversation whose qualification names its champion."""
    found = {
        "identified": True,
        "values": [name],
        "confidence": 0.9,
        "evidence": f"{name} wants it",
    }
    return {"criteria": {"champion": found}}


def _address(life: Life, place: int) -> str:
    return life.owner.email if place == REP else f"{PEOPLE[place][0].lower()}@{life.domain}"


def _name(life: Life, place: int) -> str:
    return life.owner.name if place == REP else f"{PEOPLE[place][0]} {life.story.capitalize()}"


def _away(at: datetime) -> str:
    back = at + timedelta(days=30)
    return f"Our plant is closed for the season, we are away until {back:%d %B} and talk then."


@cache
def _read(words: str) -> dict[str, Any]:
    """What reading a mail once leaves with it."""
    request = ExtractionRequest(text=words, subject="", sender_name="", today=READ_ON)
    return {
        "analysed": True,
        "signals": [asdict(signal) for signal in extract(request).signals],
        "suspicious": asdict(assess(words)),
    }
