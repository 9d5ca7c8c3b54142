"""A draft's check against what is stored: gathers what it is read beside, and keeps what it found.

Findings belong to the revision, like its text. Whoever approves it has to have seen them: the
digest of what stood on the card comes along with the decision.
"""

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from db import customers, members, messages
from db.models.actions import Action
from db.models.drafts import Draft
from db.session import ReadTx
from services.draft_checks import check_draft
from services.errors import Conflict
from services.types.findings import CheckContext, EarlierMail, Finding, FindingKind, Recipient

EARLIER = 30
"""Mails of the conversation that a draft is held against, the newest."""


async def check_stored(
    tx: ReadTx,
    draft: Draft,
    action: Action,
    *,
    recipients: Sequence[str],
    attachments: int,
    subject: str,
    text: str,
    now: datetime,
    by_model: bool = False,
) -> tuple[Finding, ...]:
    """What the check finds in a text that is about to become the draft's next revision;
    `by_model`: the copilot wrote it."""
    owner = await members.get_member(tx, action.owner_id) if action.owner_id else None
    history = await messages.list_history(
        tx, draft.conversation_id, before=now + timedelta(days=1), limit=EARLIER
    )
    names = await customers.names_of(tx, recipients)
    for message in history:
        sender = message.sender
        if sender.get("name"):
            names.setdefault(str(sender.get("email", "")).lower(), str(sender["name"]))
    context = CheckContext(
        now=now,
        zone=owner.timezone if owner else "UTC",
        recipients=tuple(
            Recipient(email=email, name=names.get(email.lower(), "")) for email in recipients
        ),
        attachments=attachments,
        home=owner.email.rpartition("@")[2].lower() if owner else "",
        by_model=by_model,
        earlier=tuple(
            EarlierMail(
                message_id=message.id,
                at=message.received_at,
                who=str(message.sender.get("name") or message.sender.get("email") or ""),
                ours=message.direction == "outbound",
                text=message.text,
            )
            for message in history
        ),
    )
    return check_draft(text, subject, context)


def findings_to_json(findings: Sequence[Finding]) -> list[dict[str, Any]]:
    return [
        {
            "kind": one.kind.value,
            "sentence": one.sentence,
            "quote": one.quote,
            "earlier": one.earlier,
            "said_by": one.said_by,
            "said_at": one.said_at.isoformat() if one.said_at else None,
            "message_id": str(one.message_id) if one.message_id else None,
        }
        for one in findings
    ]


def findings_from_json(stored: Sequence[dict[str, Any]]) -> tuple[Finding, ...]:
    return tuple(
        Finding(
            kind=FindingKind(one["kind"]),
            sentence=one["sentence"],
            quote=one["quote"],
            earlier=one.get("earlier"),
            said_by=one.get("said_by"),
            said_at=datetime.fromisoformat(one["said_at"]) if one.get("said_at") else None,
            message_id=UUID(one["message_id"]) if one.get("message_id") else None,
        )
        for one in stored
    )


def digest_of(stored: Sequence[dict[str, Any]]) -> str:
    """Names exactly these findings; empty where there are none."""
    if not stored:
        return ""
    return hashlib.sha256(json.dumps(list(stored), sort_keys=True).encode()).hexdigest()


def require_seen(stored: Sequence[dict[str, Any]], seen: str) -> None:
    """Refuse, with the findings as words, whoever decides without having seen them."""
    if stored and seen != digest_of(stored):
        told = " ".join(str(one["sentence"]) for one in stored)
        raise Conflict(
            f"Before it leaves, please look at this: {told} If it is right as it stands, choose "
            "Send anyway on its card."
        )
