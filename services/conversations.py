"""The middle of the loop: what a stored mail means for its conversation, and who should know.

A mail is looked at once. It updates the picture; if it asks for something, it becomes an action
with a draft and a card for the person who answers; if not, it stays quiet and can be found.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from db import actions as action_rows
from db import conversations, customers, jobs, mailboxes, messages
from db import drafts as draft_rows
from db.models.actions import Action
from db.models.conversations import Conversation, Message
from db.models.customers import Account, Deal
from db.models.drafts import Draft
from db.session import Database, ReadTx, Tx
from services.analysis import Analysis, Analyst
from services.audit import AuditService
from services.autonomy.deciding import WANTED_BY, DecidingService
from services.autonomy.learning import kept_from_learning, unlearnt
from services.autonomy.levels import authority_of
from services.cards import touch
from services.gates import moved_on
from services.home_cards import touch_homes
from services.insiders import is_stranger
from services.mail_readers import readers_of
from services.merge import from_json, merge, to_json
from services.outcomes.resolving import NOTICES, OutcomeService
from services.outcomes.signals import read_reply
from services.ports import Clock, Ids
from services.responders import Holder, choose_responder, function_for
from services.signals.wanting import want_look
from services.suspicion_audit import note_suspicion
from services.types.actions import BY_MAIL, ActionType, AutonomyLevel, Verdict
from services.types.mail import MailKind, SenderProof
from services.types.model import ExtractionRequest
from services.types.outcomes import Reply
from services.types.qualification import Change

ASKS_NOTHING = "it asks nothing"
OVERTAKEN = "a newer message in the thread came after it"
OPEN = ("pending", "approved")
UNWRITTEN = (AutonomyLevel.OFF, AutonomyLevel.SUGGEST)
"""Levels at which no text is written before a person wants it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sight:
    """What is known before the model is asked."""

    message: Message
    conversation: Conversation
    account: Account | None
    deal: Deal | None
    holders: tuple[Holder, ...]
    owners: dict[str, UUID]
    can_answer: frozenset[UUID]
    timezone: str
    standing: UUID | None


@dataclass(frozen=True, slots=True)
class ConversationService:
    db: Database
    clock: Clock
    ids: Ids
    audit: AuditService
    outcomes: OutcomeService
    analyst: Analyst
    deciding: DecidingService

    async def process(self, tenant_id: UUID, message_id: UUID) -> None:
        """Look at one stored inbound message. Safe to repeat: it acts on `new` messages only."""
        async with self.db.read(tenant_id) as tx:
            sight = await self._sight(tx, message_id)
        if sight is None:
            return
        message, conversation = sight.message, sight.conversation
        if message.kind in NOTICES:
            async with self.db.transaction(tenant_id) as tx:
                for action_id in await self.outcomes.noticed(tx, message):
                    await touch(tx, "mail", action_id, clock=self.clock, ids=self.ids)
        if message.attention != "new":
            return
        if message.kind != MailKind.HUMAN or message.text is None:
            return
        zone = ZoneInfo(sight.timezone)
        request = ExtractionRequest(
            text=message.text,
            subject=message.subject,
            sender_name=str(message.sender.get("name") or message.sender.get("email") or ""),
            today=message.received_at.astimezone(zone).date(),
        )
        found = await self.analyst.analyse(tenant_id, conversation.id, request)
        analysis = found.heeding(message.analysis)
        async with self.db.transaction(tenant_id) as tx:
            await self._conclude(tx, sight, analysis)

    async def _sight(self, tx: ReadTx, message_id: UUID) -> _Sight | None:
        message = await messages.get_message(tx, message_id)
        if message is None:
            return None
        conversation = await conversations.get_conversation(tx, message.conversation_id)
        if conversation is None:
            return None
        account = await customers.get_account(tx, conversation.account_id)
        deal = await customers.get_deal(tx, conversation.deal_id)
        if deal is not None and deal.stage in customers.CLOSED:
            deal = None
        addressed = {str(address).lower() for address in message.recipients.get("to", ())}
        held = await mailboxes.list_candidates(tx, message)
        asked = await action_rows.newest_action(tx, conversation.id)
        owners = dict(await customers.list_owners(tx, account.id)) if account else {}
        candidates = {member.id for member in owners.values()}
        if account is not None and account.owner_id is not None:
            candidates.add(account.owner_id)
        can_answer = [c for c in candidates if await mailboxes.mailbox_of_member(tx, c) is not None]
        return _Sight(
            message=message,
            conversation=conversation,
            account=account,
            deal=deal,
            holders=tuple(
                Holder(
                    member_id=member.id,
                    mailbox_id=mailbox.id,
                    addressed=not addressed.isdisjoint((mailbox.address, *mailbox.aliases)),
                )
                for mailbox, member in held
            ),
            owners={function: member.id for function, member in owners.items()},
            can_answer=frozenset(can_answer),
            timezone=held[0][1].timezone if held else "UTC",
            standing=asked.owner_id if asked else None,
        )

    async def _conclude(self, tx: Tx, sight: _Sight, analysis: Analysis) -> None:
        """One transaction: picture, outcomes, and the decision whether anyone is told."""
        conversation = await conversations.lock_conversation(tx, sight.conversation.id)
        message = await messages.lock_message(tx, sight.message.id)
        if conversation is None or message is None or message.attention != "new":
            return
        held = await self._kept_from_learning(tx, conversation, analysis)
        stranger = await is_stranger(tx, message, conversation.account_id)
        teaches = held is None and not stranger
        changes = await self._learn(tx, conversation, sight, analysis) if teaches else ()
        touched: list[tuple[str, UUID, list[UUID] | None]] = []
        if message.proof != SenderProof.FAIL and message.contact_id is not None and not stranger:
            # A stranger in the thread is no answer of the one who was written to.
            replied = await self.outcomes.human_replied(tx, _reply_of(message, analysis))
            touched += [("mail", action_id, None) for action_id in replied]
        newest = await messages.newest_word(tx, conversation.id)
        newer = newest if newest is not None and newest.received_at > message.received_at else None
        open_asks: list[dict[str, Any]] = []
        if newer is None:
            voided, open_asks = await self._overtake(tx, message)
            touched += voided
        stored = analysis.stored() | {
            "changes": [
                {
                    "criterion": c.criterion.value,
                    "before": c.before,
                    "after": c.after,
                    "quote": c.quote,
                    "confidence": c.confidence,
                }
                for c in changes
            ]
        }
        stored |= unlearnt(held) if held else {}
        quiet = self._why_quiet(analysis, newer)
        if quiet == ASKS_NOTHING and message.analysis.get("wanted"):
            # A person has asked for an answer to this very mail.
            quiet = None
        believed = message.proof != SenderProof.FAIL and not stranger
        if quiet == ASKS_NOTHING and open_asks and believed:
            # The mail adds a word to what is still unanswered: that stays asked.
            quiet, stored["asks"] = None, open_asks
        if quiet is not None:
            await messages.set_message(
                tx, message.id, attention="quiet", analysis=stored | {"quiet_reason": quiet}
            )
            if conversation.responder_id is None:
                await conversations.set_conversation(
                    tx, conversation.id, responder_id=self._responder(sight, analysis)
                )
        else:
            await messages.set_message(tx, message.id, attention="card", analysis=stored)
            touched += await self._propose(tx, sight, analysis)
        for kind, subject_id, recipients in touched:
            await touch(tx, kind, subject_id, recipients, clock=self.clock, ids=self.ids)
        await note_suspicion(
            tx, self.audit, analysis.suspicion, came_by="mail", subject_id=message.id
        )
        await want_look(tx, conversation.account_id, ids=self.ids, now=self.clock.now())
        if quiet is not None:
            # No card tells of it; the Home tab counts it.
            await touch_homes(tx, [conversation.responder_id], now=self.clock.now())

    @staticmethod
    def _responder(sight: _Sight, analysis: Analysis) -> UUID | None:
        """Whoever took the thread over or has been answering it stays; else by rule."""
        if sight.standing in {h.member_id for h in sight.holders}:
            return sight.standing
        return choose_responder(
            holders=sight.holders,
            deal_owner=sight.deal.owner_id if sight.deal else None,
            has_deal=sight.deal is not None,
            owners=sight.owners,
            account_owner=sight.account.owner_id if sight.account else None,
            function=function_for(
                analysis.extraction.asks, sight.account.lifecycle if sight.account else None
            ),
            can_answer=sight.can_answer,
        )

    @staticmethod
    def _why_quiet(analysis: Analysis, newer: Message | None) -> str | None:
        if not analysis.extraction.asks:
            return ASKS_NOTHING
        if newer is None or (newer.direction == "inbound" and newer.attention == "quiet"):
            return None
        return OVERTAKEN

    @staticmethod
    async def _kept_from_learning(
        tx: Tx, conversation: Conversation, analysis: Analysis
    ) -> str | None:
        if not analysis.findings:
            return None
        return await kept_from_learning(
            tx, member_id=conversation.responder_id, account_id=conversation.account_id
        )

    async def _learn(
        self, tx: Tx, conversation: Conversation, sight: _Sight, analysis: Analysis
    ) -> tuple[Change, ...]:
        """Merge what was found onto the state as it is now, not as it was before the call. A mail
        whose sender failed authentication teaches nothing, nor does one that gives orders to a
        machine: stages rest on this."""
        unproven = sight.message.proof == SenderProof.FAIL or analysis.suspicion.injection
        if not analysis.findings or unproven:
            return ()
        merged, changes = merge(
            from_json(conversation.qualification),
            analysis.findings,
            insights=analysis.extraction.insights,
        )
        await conversations.set_conversation(tx, conversation.id, qualification=to_json(merged))
        return changes

    async def _overtake(
        self, tx: Tx, message: Message
    ) -> tuple[list[tuple[str, UUID, list[UUID] | None]], list[dict[str, Any]]]:
        """A newer mail voids what was proposed on an older sight of the thread; also returns what
        had been asked there and has no answer yet. A sender who failed authentication, or whom
        nobody knows, overtakes only their like."""
        touched: list[tuple[str, UUID, list[UUID] | None]] = []
        asks = await messages.list_overtaken_asks(tx, message.conversation_id, reason=OVERTAKEN)
        now, why = self.clock.now(), "a newer mail came"
        for found in await action_rows.list_open_actions(tx, message.conversation_id):
            action = await action_rows.lock_action(tx, found.id)
            draft = (
                await draft_rows.lock_draft(tx, action.draft_id)
                if action and action.draft_id
                else None
            )
            if action is None or action.status not in OPEN or draft is None:
                continue
            about = await messages.get_message(tx, draft.message_id) if draft.message_id else None
            if draft.status == "sending" or (about and _outranks(about, message)):
                continue
            await action_rows.cancel_queued(tx, action.id, at=now, why=why)
            action.status, draft.status = "voided", "voided"
            await tx.session.flush()
            await moved_on(tx, action.id, "A newer mail came before it left.")
            await jobs.enqueue(tx, "draft.withdraw", {"draft_id": draft.id})
            await self.audit.append(tx, "action.voided", subject_id=action.id, facts={"why": why})
            touched.append(("mail", action.id, None))
            asks += about.analysis.get("asks", ()) if about else ()
        return touched, asks

    async def _propose(
        self, tx: Tx, sight: _Sight, analysis: Analysis
    ) -> list[tuple[str, UUID, list[UUID] | None]]:
        """An action with an empty draft; the draft's job writes it and shows the card. Where the
        level has nothing written, the card shows the mail alone."""
        now, message, conversation = self.clock.now(), sight.message, sight.conversation
        responder = self._responder(sight, analysis)
        if responder is None:
            return []
        mailbox = await mailboxes.mailbox_of_member(tx, responder)
        # A person had the mail taken up again: that asks for an answer.
        wanted = bool(message.analysis.get("wanted"))
        level = await self._level(tx, conversation, responder, wanted=wanted)
        draft = Draft(
            tenant_id=tx.tenant_id,
            id=self.ids.new(),
            created_at=now,
            conversation_id=conversation.id,
            message_id=message.id,
            mailbox_id=mailbox.id if mailbox else None,
            status="held" if level in UNWRITTEN else "preparing",
            source={WANTED_BY: str(responder)} if wanted else {},
        )
        await draft_rows.add_draft(tx, draft)
        action = Action(
            tenant_id=tx.tenant_id,
            id=self.ids.new(),
            created_at=now,
            type=ActionType.SEND_ROUTINE_RESPONSE.value,
            account_id=conversation.account_id,
            deal_id=sight.deal.id if sight.deal else None,
            conversation_id=conversation.id,
            draft_id=draft.id,
            owner_id=responder,
            trigger=f"{BY_MAIL}{message.id}",
            verdict=Verdict.APPROVAL_REQUIRED.value,
            confidence=0,
            level=level.value,
        )
        await action_rows.add_action(tx, action)
        await conversations.set_conversation(
            tx,
            conversation.id,
            responder_id=responder,
            responder_mailbox_id=mailbox.id if mailbox else None,
        )
        await self.audit.append(
            tx,
            "action.proposed",
            subject_id=action.id,
            facts={"type": action.type, "message": str(message.id), "owner": str(responder)},
        )
        if level not in UNWRITTEN:
            await jobs.enqueue(tx, "draft.compose", {"action_id": action.id, "base_revision": 0})
            return []
        if level is AutonomyLevel.SUGGEST:
            await self.deciding.suggest(tx, action, draft, model=analysis.model)
        return [("mail", action.id, await readers_of(tx, action, draft))]

    @staticmethod
    async def _level(
        tx: Tx, conversation: Conversation, responder: UUID, *, wanted: bool
    ) -> AutonomyLevel:
        """How far an answer is prepared."""
        if wanted:
            return AutonomyLevel.APPROVE
        authority = await authority_of(
            tx,
            ActionType.SEND_ROUTINE_RESPONSE,
            member_id=responder,
            account_id=conversation.account_id,
        )
        return authority.level


def _outranks(about: Message, message: Message) -> bool:
    """Whether who asked is known for who they are, and who wrote now isn't."""
    unproven = message.proof == SenderProof.FAIL and about.proof != SenderProof.FAIL
    unknown = message.contact_id is None and about.contact_id is not None
    return unproven or unknown


def _reply_of(message: Message, analysis: Analysis) -> Reply:
    return Reply(
        conversation_id=message.conversation_id,
        message_id=message.id,
        at=message.received_at,
        verdict=read_reply(
            message.subject,
            message.text or "",
            analysis.extraction.signals,
            suspicious=analysis.suspicion.injection,
        ),
    )
