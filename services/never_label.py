"""The Gmail label `Understudy/never`: what carries it is not read, and what had been read before is
forgotten, together with what was made of it."""

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from db import actions as action_rows
from db import conversations, jobs, meetings, messages
from db import drafts as draft_rows
from db.session import Database, Tx
from services import derived
from services.audit import AuditService
from services.cards import touch
from services.gates import moved_on
from services.ports import Clock, Ids, MailGateway
from services.search import entries
from services.types.search import SearchSource

NAME = "Understudy/never"
NOTE = f"labelled {NAME}"
EXCLUDED = "of somebody who is excluded"
AT_ONCE = 200
WHY = "its mail is not to be read"
# Gmail's own labels are named by themselves; everybody else's have ids to be looked up.
GMAILS_OWN = frozenset(
    {"INBOX", "SENT", "DRAFT", "UNREAD", "STARRED", "IMPORTANT", "SPAM", "TRASH", "CHAT"}
)
CATEGORY = "CATEGORY_"


@dataclass(slots=True)
class NeverLabel:
    """The label in one mailbox, for one pass over it. Gmail is asked once, and only when a mail
    carries labels of a person's own."""

    gateway: MailGateway
    _ids: frozenset[str] | None = None
    _asking: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def among(self, labels: Collection[str]) -> bool:
        """Whether the label is one of these."""
        own = {label for label in labels if label not in GMAILS_OWN and CATEGORY not in label}
        return bool(own) and not own.isdisjoint(await self.ids())

    async def ids(self) -> frozenset[str]:
        """Its id, and those of the labels nested in it."""
        async with self._asking:
            if self._ids is None:
                known = await self.gateway.labels()
                self._ids = frozenset(i for i, name in known.items() if _is_never(name))
        return self._ids

    async def carriers(self) -> list[str]:
        """Gmail's ids of all messages that carry it now."""
        found: list[str] = []
        for label_id in await self.ids():
            page: str | None = None
            while True:
                more, page = await self.gateway.labelled(label_id, page)
                found += more
                if page is None:
                    break
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgetting:
    """Forgets what was read of mails that are not to be read."""

    db: Database
    clock: Clock
    ids: Ids
    audit: AuditService

    async def check(self, tenant_id: UUID) -> None:
        """Whoever was excluded after their mail had been read: it is forgotten too."""
        async with self.db.transaction(tenant_id) as tx:
            await meetings.forget_excluded(tx)
            await derived.forget_excluded(tx, clock=self.clock, ids=self.ids, audit=self.audit)
            found = await messages.list_of_excluded(tx, limit=AT_ONCE)
            if found:
                await self.forget(tx, found, note=EXCLUDED)

    async def forget(
        self,
        tx: Tx,
        message_ids: Sequence[UUID],
        *,
        note: str = NOTE,
        look_again: bool = True,
    ) -> None:
        """Of the mails nothing stays but that they were there; of their threads nothing that rests
        on their words."""
        touched = await messages.forget_labelled(tx, message_ids, note=note)
        if not touched:
            return
        gone = [("message", one) for one in message_ids]
        gone += [("meeting", one) for one in await meetings.forget_meetings(tx, message_ids)]
        await entries.withdraw(tx, SearchSource.MESSAGE, message_ids, at=self.clock.now())
        for conversation_id in sorted(touched):
            await conversations.lock_conversation(tx, conversation_id)
            await conversations.set_conversation(tx, conversation_id, subject="", qualification={})
            voided = await self._void(tx, conversation_id)
            await self.audit.append(tx, "conversation.forgotten", subject_id=conversation_id)
            for action_id in voided:
                await touch(tx, "mail", action_id, clock=self.clock, ids=self.ids)
        accounts = await messages.list_accounts_of(tx, message_ids)
        await derived.forget_made_of(
            tx,
            accounts,
            gone,
            clock=self.clock,
            ids=self.ids,
            audit=self.audit,
            look_again=look_again,
        )

    async def _void(self, tx: Tx, conversation_id: UUID) -> list[UUID]:
        """What is proposed there doesn't leave; what is leaving right now can't be helped."""
        voided = []
        for found in await action_rows.list_open_actions(tx, conversation_id):
            action = await action_rows.lock_action(tx, found.id)
            if action is None or action.draft_id is None:
                continue
            draft = await draft_rows.lock_draft(tx, action.draft_id)
            if draft is None or draft.status == "sending":
                continue
            await action_rows.cancel_queued(tx, action.id, at=self.clock.now(), why=WHY)
            action.status, draft.status, action.decision_reason = "voided", "voided", WHY
            await tx.session.flush()
            await moved_on(tx, action.id, "The mail it answers is not to be read.")
            await jobs.enqueue(tx, "draft.withdraw", {"draft_id": draft.id})
            voided.append(action.id)
        return voided


def _is_never(name: str) -> bool:
    folded = name.strip().casefold()
    return folded == NAME.casefold() or folded.startswith(f"{NAME.casefold()}/")
