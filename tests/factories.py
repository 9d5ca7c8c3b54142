"""Rows for tests: each function inserts one, with sensible defaults that any argument overrides."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID, uuid4

from db.base import TenantRow
from db.models.actions import Action, Effect
from db.models.approvals import ApprovalRequest, ApprovalRuleSet, ApprovalSeat
from db.models.cards import Card
from db.models.conversations import Conversation, Message
from db.models.customers import Account, AccountOwner, Contact, Deal
from db.models.directories import WorkspaceEntry
from db.models.drafts import Draft, DraftRevision
from db.models.mailboxes import Mailbox, MailboxMessage
from db.models.outcomes import Outcome
from db.models.signals import Detection, Signal
from db.models.tenants import KillSwitch, Member, Tenant
from db.session import Database, Tx

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
Row = TypeVar("Row", bound=TenantRow)


async def _add(tx: Tx, row: Row) -> Row:
    tx.session.add(row)
    await tx.session.flush()
    return row


def _base(tx: Tx, fields: dict[str, Any]) -> dict[str, Any]:
    return {"tenant_id": tx.tenant_id, "id": uuid4(), "created_at": NOW} | fields


def _unique(word: str) -> str:
    return f"{word}-{uuid4().hex[:8]}"


async def make_tenant(database: Database, **fields: Any) -> UUID:
    """A workspace with its directory entry and its kill switch."""
    tenant_id = fields.pop("tenant_id", None) or uuid4()
    team = fields.pop("team_id", None) or _unique("T").upper()
    row = {"created_at": NOW, "team_id": team, "name": "Northwind", "bot_user_id": "UBOT"}
    async with database.transaction(tenant_id) as tx:
        tx.session.add(Tenant(tenant_id=tenant_id, **(row | fields)))
        await tx.session.flush()
        tx.session.add(KillSwitch(tenant_id=tenant_id, id=uuid4(), created_at=NOW, engaged=False))
        tx.session.add(WorkspaceEntry(team_id=team, tenant_id=tenant_id))
    return tenant_id


async def make_member(tx: Tx, **fields: Any) -> Member:
    name = fields.get("name", "Rita Rep")
    defaults = {
        "name": name,
        "email": f"{_unique(name.split()[0].lower())}@northwind.test",
        "role": "rep",
        "slack_user_id": _unique("U").upper(),
        "enabled_at": NOW,
    }
    return await _add(tx, Member(**_base(tx, defaults | fields)))


async def make_mailbox(tx: Tx, *, member: Member | None = None, **fields: Any) -> Mailbox:
    if member is not None:
        fields = {"member_id": member.id, "address": member.email} | fields
    defaults = {"address": f"{_unique('box')}@northwind.test"}
    return await _add(tx, Mailbox(**_base(tx, defaults | fields)))


async def make_account(tx: Tx, **fields: Any) -> Account:
    name = fields.get("name", _unique("Acme"))
    defaults = {"name": name, "domain": f"{name.lower().replace(' ', '-')}.test", "health": 72}
    return await _add(tx, Account(**_base(tx, defaults | fields)))


async def make_account_owner(tx: Tx, **fields: Any) -> AccountOwner:
    return await _add(tx, AccountOwner(**_base(tx, {"function": "sales"} | fields)))


async def make_contact(tx: Tx, **fields: Any) -> Contact:
    defaults = {
        "email": f"{_unique('carla')}@acme.test",
        "name": "Carla Customer",
        "title": "IT Manager",
        "status": "confirmed",
    }
    return await _add(tx, Contact(**_base(tx, defaults | fields)))


async def make_deal(tx: Tx, **fields: Any) -> Deal:
    defaults = {"name": _unique("Rollout"), "stage": "discovery", "amount": Decimal(20_000)}
    return await _add(tx, Deal(**_base(tx, defaults | fields)))


async def make_conversation(tx: Tx, **fields: Any) -> Conversation:
    defaults = {"subject": "Security questions", "link": "linked"}
    return await _add(tx, Conversation(**_base(tx, defaults | fields)))


async def make_message(
    tx: Tx, conversation: Conversation, *, head: bool = True, **fields: Any
) -> Message:
    """A customer's mail; with `head` it becomes the newest of its conversation."""
    defaults = {
        "conversation_id": conversation.id,
        "rfc_message_id": f"<{uuid4().hex}@acme.test>",
        "direction": "inbound",
        "kind": "human",
        "proof": "pass",
        "sender": {"email": "carla@acme.test", "name": "Carla Customer"},
        "recipients": {"to": [], "cc": []},
        "subject": conversation.subject,
        "text": "Could you send me the security report by Friday?",
        "language": "en",
        "received_at": NOW,
    }
    message = await _add(tx, Message(**_base(tx, defaults | fields)))
    if head:
        conversation.head_message_id = message.id
        conversation.last_message_at = message.received_at
        await tx.session.flush()
    return message


async def make_place(
    tx: Tx, message: Message, mailbox: Mailbox, *, gmail: str, thread: str
) -> MailboxMessage:
    """Where a message lies in a mailbox."""
    return await _add(
        tx,
        MailboxMessage(
            **_base(tx, {}),
            mailbox_id=mailbox.id,
            message_id=message.id,
            gmail_message_id=gmail,
            gmail_thread_id=thread,
        ),
    )


async def make_draft(tx: Tx, conversation: Conversation, **fields: Any) -> Draft:
    return await _add(tx, Draft(**_base(tx, {"conversation_id": conversation.id} | fields)))


async def make_revision(tx: Tx, draft: Draft, **fields: Any) -> DraftRevision:
    """The draft's next revision; the draft is made ready."""
    draft.revision += 1
    draft.status = "ready"
    defaults = {
        "draft_id": draft.id,
        "number": draft.revision,
        "author": "model",
        "model": "scripted",
        "sender": "rita@northwind.test",
        "sender_name": "Rita Rep",
        "to": ["carla@acme.test"],
        "subject": "Re: Security questions",
        "text": "Here is the report.",
        "content_hash": uuid4().hex,
    }
    return await _add(tx, DraftRevision(**_base(tx, defaults | fields)))


async def make_action(tx: Tx, conversation: Conversation, **fields: Any) -> Action:
    defaults = {
        "type": "send_routine_response",
        "conversation_id": conversation.id,
        "account_id": conversation.account_id,
        "deal_id": conversation.deal_id,
        "trigger": "mail",
        "verdict": "approval_required",
        "confidence": Decimal("0.5"),
    }
    return await _add(tx, Action(**_base(tx, defaults | fields)))


async def make_effect(tx: Tx, action: Action, **fields: Any) -> Effect:
    defaults = {
        "action_id": action.id,
        "draft_id": action.draft_id,
        "kind": "send_draft",
        "revision": 1,
        "due_at": NOW,
    }
    return await _add(tx, Effect(**_base(tx, defaults | fields)))


async def make_outcome(tx: Tx, action: Action, **fields: Any) -> Outcome:
    defaults = {
        "action_id": action.id,
        "conversation_id": action.conversation_id,
        "kind": "email_engagement",
        "event": "human reply within 7 days",
        "predicted": Decimal("0.5"),
        "window_ends_at": NOW.replace(day=28),
    }
    return await _add(tx, Outcome(**_base(tx, defaults | fields)))


async def make_card(tx: Tx, **fields: Any) -> Card:
    return await _add(tx, Card(**_base(tx, {"kind": "mail"} | fields)))


async def make_rule_set(tx: Tx, **fields: Any) -> ApprovalRuleSet:
    defaults = {"version": 1, "source": "default", "text": "rules: []\n"}
    return await _add(tx, ApprovalRuleSet(**_base(tx, defaults | fields)))


async def make_approval_request(tx: Tx, *, requester: Member, **fields: Any) -> ApprovalRequest:
    """A pending discount of ten percent, due in a day; add its seats with make_seat."""
    defaults: dict[str, Any] = {
        "type": "discount",
        "requester_id": requester.id,
        "percentage": Decimal(10),
        "reason": "They have a better offer.",
        "payload": {"type": "discount", "percentage": "10"},
        "payload_hash": "a" * 64,
        "rule_version": 1,
        "rule_id": "discount",
        "route": {
            "remind_before": [3600],
            "escalate": ["manager", "admin"],
            "sla": 86400,
            "expires_after": 604800,
            "read_at_least": 10,
        },
        "route_sentence": "A discount from 10 % is decided by a VP of sales.",
        "due_at": NOW + timedelta(hours=24),
        "expires_at": NOW + timedelta(days=7),
    }
    return await _add(tx, ApprovalRequest(**_base(tx, defaults | fields)))


async def make_seat(
    tx: Tx, request: ApprovalRequest, *, holder: Member | None, **fields: Any
) -> ApprovalSeat:
    defaults = {
        "request_id": request.id,
        "number": 1,
        "title": "vp_sales",
        "holder_id": holder.id if holder else None,
    }
    return await _add(tx, ApprovalSeat(**_base(tx, defaults | fields)))


def make_proofs(*pieces: dict[str, Any]) -> list[dict[str, Any]]:
    """Two pieces of evidence as they are stored, or those given."""
    blank = {
        "source_id": None,
        "at": NOW.isoformat(),
        "who": "",
        "quote": "",
        "words": "",
        "of": [],
    }
    return [
        blank | piece
        for piece in pieces
        or (
            {
                "source": "message",
                "who": "Carla Customer",
                "quote": "We are looking at ending the contract in March.",
            },
            {"source": "figure", "words": "no word from Carla Customer for 19 days, usually 4"},
        )
    ]


async def make_signal(tx: Tx, account: Account, **fields: Any) -> Signal:
    """A critical risk, raised just now."""
    defaults: dict[str, Any] = {
        "account_id": account.id,
        "kind": "risk",
        "name": "cancellation",
        "severity": "critical",
        "confidence": 0.84,
        "threshold": 0.7,
        "why": "Carla Customer speaks of ending the contract, and has gone quiet since.",
        "evidence": make_proofs(),
        "detectors": ["model", "silence"],
        "raised_at": NOW,
        "seen_at": NOW,
    }
    return await _add(tx, Signal(**_base(tx, defaults | fields)))


async def make_detection(tx: Tx, account: Account, **fields: Any) -> Detection:
    defaults: dict[str, Any] = {
        "account_id": account.id,
        "kind": "risk",
        "name": "cancellation",
        "severity": "critical",
        "confidence": 0.65,
        "evidence": make_proofs(),
        "detectors": ["model"],
        "digest": uuid4().hex,
        "found_at": NOW,
    }
    return await _add(tx, Detection(**_base(tx, defaults | fields)))
