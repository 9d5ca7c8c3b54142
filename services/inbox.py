"""What waits for a member's word, with all that a line about it says: one question for all."""

import json
from uuid import UUID

import asyncpg

from db import home
from db.models.tenants import Member
from db.session import ReadTx
from services.analysis import asks_from
from services.card_origins import ASKED
from services.ports import Clock
from services.reader import reader_of
from services.types.views import InboxItem, InboxView

SHOWN = 15


async def inbox_view(
    tx: ReadTx, member: Member, clock: Clock, *, limit: int = SHOWN, offset: int = 0
) -> InboxView:
    """The oldest first."""
    rows, total = await home.list_waiting(tx, member.id, limit=limit, offset=offset)
    return InboxView(
        reader=reader_of(member, clock),
        items=tuple(_item(row) for row in rows),
        unsorted=await home.count_unsorted(tx, member.id),
        total=total,
    )


def _item(row: asyncpg.Record) -> InboxItem:
    action_id: UUID = row["id"]
    asks = asks_from({"asks": json.loads(row["asks"] or "null") or ()})
    to = row["contact"] or row["draft_to"]
    who = sender_name(row["sender"]) or (f"to {to}" if to else "")
    subject = row["subject"] or row["draft_subject"] or ""
    if row["purpose"]:
        subject = asked_words(row["purpose"], row["instruction"], started=row["started"])
    return InboxItem(
        action_id=action_id,
        title=" · ".join(filter(None, (row["account"], who))),
        why=asks[0].quote if asks else subject,
        since=row["received_at"] or row["created_at"],
        due=min((ask.due for ask in asks if ask.due), default=None),
        channel=row["channel"],
        ts=row["ts"],
    )


def asked_words(purpose: str, instruction: str, *, started: bool) -> str:
    """What a mail is that somebody asked for, or that the copilot began by itself."""
    what = ASKED.get(purpose, "a mail")
    if instruction.startswith(f"{what} "):
        said = instruction.removeprefix(what)
    else:
        said = f": {instruction}" if instruction else ""
    by = "" if started else " you asked for"
    return f"{what[:1].upper()}{what[1:]}{by}{said}"


def sender_name(stored: str | None) -> str:
    """Who wrote, by name or else by address; nothing without a mail."""
    sender = json.loads(stored) if stored else {}
    return str(sender.get("name") or sender.get("email") or "")
