"""A real PostgreSQL with its ordinary settings (every commit reaches the disk), a workspace, and as
many decisions waiting for a click as a measurement needs."""

import asyncio
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import func, insert, select

from blocks.action_ids import ActionId
from blocks.values import Target
from bot.embedded import EmbeddedDatabase, embedded_postgres, prepare
from bot.migrate import migrate
from db.models.actions import Action
from db.models.cards import Card
from db.models.conversations import Conversation, Message
from db.models.customers import Account, Contact, Deal
from db.models.drafts import Draft, DraftRevision
from db.models.mailboxes import Mailbox
from db.models.tenants import Member
from db.session import Database, Tx
from services.content import to_keep
from services.ports import ChatTeam
from services.tenants import TenantService
from services.vault import Vault, generate

TEAM = "T0BENCH"
REP = "U0BENCH"
SECRET = "bench-signing-secret"
CHANNEL = "D0BENCH"
NOW = datetime.now(UTC)  # noqa: TID251 - rows need some time; nothing is decided by it
TEXT = """Hello Priya,

thank you for your questions. The rollout can begin in the second week of the month: our team sets
up the single sign-on with yours on the first day, imports the list of sites on the second and
trains the shift leads on the third. You asked whether the export holds the history of each order.
It does, from the first day on, and it can be filtered by site.

Could you send me the names of the people who should be there on Thursday? Then I prepare their
accounts. If the morning doesn't suit you, the afternoon works as well.

Best regards
Nora"""
CONTENT = to_keep(TEXT)


class WallClock:
    """Time for the parts of the product that run inside the measurement itself."""

    def now(self) -> datetime:
        return datetime.now(UTC)  # noqa: TID251 - this is the Clock


class RandomIds:
    def new(self) -> UUID:
        return uuid4()


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """Where the data are, and the keys its secrets are sealed with."""

    embedded: EmbeddedDatabase
    keys: str
    data_dir: Path


@contextmanager
def house() -> Iterator[House]:
    """A fresh, migrated database of the product's own kind."""
    with tempfile.TemporaryDirectory(prefix="us-bench-", dir="/tmp") as folder:
        data_dir = Path(folder)
        # The server runs as another user when we are root.
        data_dir.chmod(0o755)
        with embedded_postgres(data_dir) as embedded:
            asyncio.run(_migrate(embedded))
            yield House(embedded=embedded, keys=generate(), data_dir=data_dir)


async def _migrate(embedded: EmbeddedDatabase) -> None:
    await prepare(embedded)
    await migrate(embedded.owner_url)


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """A workspace with one rep, one account and an open deal."""

    tenant_id: UUID
    member_id: UUID
    mailbox_id: UUID
    account_id: UUID
    deal_id: UUID
    contact_id: UUID


async def open_desk(database: Database, keys: str, *, team: str = TEAM) -> Desk:
    """The workspace as `auth.test` and `seed` would have made it."""
    tenants = TenantService(
        db=database, clock=WallClock(), ids=RandomIds(), vault=Vault.parse(keys)
    )
    tenant_id = await tenants.ensure_from_slack(
        ChatTeam(team_id=team, name="Bench", bot_user_id="U0BOT"), "xoxb-bench"
    )
    desk = Desk(
        tenant_id=tenant_id,
        member_id=uuid4(),
        mailbox_id=uuid4(),
        account_id=uuid4(),
        deal_id=uuid4(),
        contact_id=uuid4(),
    )
    async with database.transaction(tenant_id) as tx:
        await _add(tx, Member, id=desk.member_id, email="nora@halden.example", name="Nora Lind",
                   role="rep", slack_user_id=REP, dm_channel=CHANNEL)  # fmt: skip
        await _add(tx, Mailbox, id=desk.mailbox_id, member_id=desk.member_id,
                   address="nora@halden.example")  # fmt: skip
        await _add(tx, Account, id=desk.account_id, name="Brightwell", domain="brightwell.example",
                   owner_id=desk.member_id)  # fmt: skip
        await _add(tx, Deal, id=desk.deal_id, account_id=desk.account_id, name="Rollout",
                   stage="discovery", amount=Decimal(18_000), owner_id=desk.member_id)  # fmt: skip
        await _add(tx, Contact, id=desk.contact_id, account_id=desk.account_id, name="Priya Shah",
                   email="priya@brightwell.example", title="Head of Operations",
                   status="confirmed")  # fmt: skip
    return desk


async def _add(tx: Tx, model: type[Any], **values: Any) -> None:
    tx.session.add(model(tenant_id=tx.tenant_id, created_at=NOW, **values))
    await tx.session.flush()


async def pending_clicks(database: Database, desk: Desk, count: int) -> list[dict[str, Any]]:
    """Approve-clicks on decisions of their own, each exactly as Slack would send it."""
    clicks: list[dict[str, Any]] = []
    for start in range(0, count, 500):
        clicks += await _some_clicks(database, desk, min(500, count - start))
    return clicks


async def _some_clicks(database: Database, desk: Desk, count: int) -> list[dict[str, Any]]:
    cases = [_Case(desk) for _ in range(count)]
    async with database.transaction(desk.tenant_id) as tx:
        for model in (Conversation, Message, Draft, DraftRevision, Action, Card):
            await tx.session.execute(insert(model), [case.row_of(model) for case in cases])
    return [case.click() for case in cases]


class _Case:
    """One mail from the customer, its drafted answer, the card, and the click on Approve."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.conversation, self.message, self.draft = uuid4(), uuid4(), uuid4()
        self.revision, self.action, self.card = uuid4(), uuid4(), uuid4()
        self.ts = f"17000{self.card.int % 10**5:05}.{self.action.int % 10**6:06}"

    def row_of(self, model: type[Any]) -> dict[str, Any]:
        rows = {
            Conversation: self._conversation,
            Message: self._message,
            Draft: self._draft,
            DraftRevision: self._revision,
            Action: self._action,
            Card: self._card,
        }
        return {"tenant_id": self._desk.tenant_id, "created_at": NOW, **rows[model]()}

    def _conversation(self) -> dict[str, Any]:
        desk = self._desk
        return {"id": self.conversation, "subject": "Rollout", "account_id": desk.account_id,
                "deal_id": desk.deal_id, "responder_id": desk.member_id,
                "responder_mailbox_id": desk.mailbox_id, "link": "linked",
                "head_message_id": self.message}  # fmt: skip

    def _message(self) -> dict[str, Any]:
        return {"id": self.message, "conversation_id": self.conversation, "direction": "inbound",
                "contact_id": self._desk.contact_id, "rfc_message_id": f"<{self.message}@b.test>",
                "kind": "human", "proof": "pass", "sender": {"email": "priya@brightwell.example"},
                "subject": "Rollout", "text": "Does Thursday work?", "received_at": NOW,
                "attention": "card"}  # fmt: skip

    def _draft(self) -> dict[str, Any]:
        return {"id": self.draft, "conversation_id": self.conversation, "revision": 1,
                "message_id": self.message, "mailbox_id": self._desk.mailbox_id,
                "status": "ready"}  # fmt: skip

    def _revision(self) -> dict[str, Any]:
        return {"id": self.revision, "draft_id": self.draft, "number": 1, "author": "model",
                "sender": "nora@halden.example", "to": ["priya@brightwell.example"],
                "subject": "Re: Rollout", "text": TEXT, "thread_head_id": self.message,
                "content_hash": "0" * 64, "content": CONTENT}  # fmt: skip

    def _action(self) -> dict[str, Any]:
        desk = self._desk
        return {"id": self.action, "type": "send_routine_response", "account_id": desk.account_id,
                "deal_id": desk.deal_id, "conversation_id": self.conversation,
                "draft_id": self.draft, "owner_id": desk.member_id, "trigger": "mail",
                "verdict": "approval_required", "confidence": Decimal("0.6")}  # fmt: skip

    def _card(self) -> dict[str, Any]:
        return {"id": self.card, "kind": "mail", "subject_id": self.action, "channel": CHANNEL,
                "recipient_id": self._desk.member_id, "ts": self.ts, "wanted_rev": 1,
                "delivered_rev": 1}  # fmt: skip

    def click(self) -> dict[str, Any]:
        return {
            "type": "block_actions",
            "user": {"id": REP, "team_id": TEAM},
            "team": {"id": TEAM, "domain": "bench"},
            "api_app_id": "A0BENCH",
            "trigger_id": f"trigger.{self.action}",
            "response_url": "http://127.0.0.1:9/response",
            "channel": {"id": CHANNEL, "name": "directmessage"},
            "container": {"type": "message", "message_ts": self.ts, "channel_id": CHANNEL},
            "message": {
                "ts": self.ts,
                "metadata": {
                    "event_type": "understudy_card",
                    "event_payload": {"id": str(self.card)},
                },
            },
            "actions": [
                {
                    "type": "button",
                    "action_id": ActionId.APPROVE.value,
                    "block_id": "decide",
                    "value": Target(id=self.action, rev=1).encode(),
                }
            ],
        }


async def approved(database: Database, tenant_id: UUID) -> int:
    """How many decisions are committed."""
    async with database.read(tenant_id) as tx:
        query = select(func.count()).where(
            Action.tenant_id == tenant_id, Action.status == "approved"
        )
        return (await tx.session.execute(query)).scalar_one()
