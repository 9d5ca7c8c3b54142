"""What a card's draft is about: a mail that came, or a mail that somebody asked for."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from db import compose as rows
from db import conversations, customers, messages
from db.models.actions import Action
from db.models.conversations import Message
from db.models.customers import Deal
from db.models.drafts import Draft
from db.session import ReadTx
from services.analysis import asks_from
from services.insiders import is_stranger
from services.types.mail import SenderProof
from services.types.qualification import Criterion
from services.types.views import AskView, ChangeView, ComposedView

ASKED = {
    "outreach": "a first mail",
    "follow_up": "a follow-up",
    "update": "an update",
    "escalation": "an escalation",
    "reply": "an answer to a Slack message",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Who it goes to, since when it waits, and what was said."""

    contact_name: str
    contact_email: str
    contact_title: str | None
    sender_unverified: bool
    stranger: bool
    first_contact: bool
    subject: str
    received_at: datetime
    summary: str
    asks: tuple[AskView, ...]
    changes: tuple[ChangeView, ...]
    suspicious: str | None
    analysed: bool
    linked_because: str
    trigger: str
    signals: tuple[tuple[str, str, float], ...] = ()
    composed: ComposedView | None = None


async def origin_of(tx: ReadTx, action: Action, draft: Draft) -> Origin | None:
    """None when it is about nothing any more."""
    if draft.purpose is not None:
        return await _of_commission(tx, action, draft)
    message = await messages.get_message(tx, draft.message_id) if draft.message_id else None
    return await _of_message(tx, action, message) if message else None


async def _of_message(tx: ReadTx, action: Action, message: Message) -> Origin:
    contact = await customers.get_contact(tx, message.contact_id)
    deal = await customers.get_deal(tx, action.deal_id)
    account = await customers.get_account(tx, action.account_id)
    earlier = await messages.list_history(
        tx, message.conversation_id, before=message.received_at, limit=1
    )
    analysis = message.analysis
    suspicious = analysis.get("suspicious", {})
    stranger = await is_stranger(tx, message, action.account_id)
    where = "It came into a thread with" if stranger else "The sender's address belongs to"
    linked = analysis.get("linked_because") or (
        f"{where} {account.name}." if account else "Not linked."
    )
    email = str(message.sender.get("email", ""))
    return Origin(
        # Nobody vouches for the name a stranger writes under.
        contact_name=email
        if stranger
        else (contact.name if contact else "") or sender_name(message),
        contact_email=email,
        contact_title=contact.title if contact else None,
        sender_unverified=message.proof == SenderProof.FAIL,
        stranger=stranger,
        first_contact=not earlier and (contact is None or contact.status == "observed"),
        subject=message.subject,
        received_at=message.received_at,
        summary=str(analysis.get("summary", "")),
        asks=asks_of(analysis),
        changes=_changes(analysis, deal),
        suspicious=str(suspicious.get("why")) if suspicious.get("injection") else None,
        analysed=bool(analysis.get("analysed", False)),
        linked_because=str(linked),
        trigger=f"A mail from {sender_name(message)} asked for something.",
        signals=tuple(
            (str(s["name"]), str(s["evidence"]), float(s["confidence"]))
            for s in analysis.get("signals", ())
        ),
    )


async def _of_commission(tx: ReadTx, action: Action, draft: Draft) -> Origin:
    contact = await customers.get_contact(tx, draft.contact_id)
    account = await customers.get_account(tx, action.account_id)
    conversation = await conversations.get_conversation(tx, draft.conversation_id)
    heard = await rows.last_from(tx, contact) if contact else None
    source = draft.source
    what = ASKED.get(draft.purpose or "", "a mail")
    said = f": “{draft.instruction}”" if draft.instruction else "."
    alert = str(source.get("alert", ""))
    said = f" because of an alert ({alert})." if alert else said
    why_now, started = str(source.get("why_now", "")), bool(source.get("started"))
    return Origin(
        contact_name=(contact.name or contact.email) if contact else "somebody no longer here",
        contact_email=contact.email if contact else "",
        contact_title=contact.title if contact else None,
        sender_unverified=False,
        stranger=False,
        first_contact=contact is not None and await rows.is_first_contact(tx, contact.id),
        subject=conversation.subject if conversation else "",
        received_at=action.created_at,
        summary="",
        asks=(),
        changes=(),
        suspicious=str(source.get("why") or "") if source.get("suspicious") else None,
        analysed=True,
        linked_because=_linked(account.name if account else "", started=started),
        trigger=f"I began {what} by myself: {why_now or 'what it was for may no longer be read'}."
        if started
        else f"{source.get('asked_by') or 'Somebody'} asked me for {what}{said}",
        composed=ComposedView(
            purpose=draft.purpose or "",
            instruction=draft.instruction,
            source=str(source.get("text", "")),
            permalink=source.get("permalink"),
            thread=source.get("thread"),
            heard_at=heard.received_at if heard else None,
            alert=alert,
            why_now=why_now,
            started=started,
        ),
    )


def _linked(account: str, *, started: bool) -> str:
    if not account:
        return "Not linked."
    return f"It was found at {account}." if started else f"You chose {account}."


def sender_name(message: Message) -> str:
    return str(message.sender.get("name") or message.sender.get("email") or "unknown sender")


def asks_of(analysis: dict[str, Any]) -> tuple[AskView, ...]:
    return tuple(
        AskView(quote=ask.quote, kind=ask.kind.value, due=ask.due) for ask in asks_from(analysis)
    )


def _changes(analysis: dict[str, Any], deal: Deal | None) -> tuple[ChangeView, ...]:
    """Without an open deal nothing was qualified."""
    if deal is None:
        return ()
    return tuple(
        ChangeView(
            criterion=Criterion(change["criterion"]),
            before=change["before"],
            after=change["after"],
            quote=change["quote"],
            confidence=change["confidence"],
        )
        for change in analysis.get("changes", ())
    )
