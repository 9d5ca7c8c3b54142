"""What cards show, read afresh at every delivery: a card never shows what is no longer true."""

from dataclasses import dataclass
from uuid import UUID

from db import actions as action_rows
from db import conversations, customers, mailboxes, members, overviews
from db import drafts as draft_rows
from db.approval_gates import get_gated_types
from db.models.actions import Action, Effect
from db.models.customers import Deal
from db.models.drafts import Draft, DraftRevision
from db.models.outcomes import Outcome
from db.models.tenants import Member
from db.reviews import is_asked
from db.session import Database, ReadTx
from services.card_origins import Origin, origin_of, sender_name
from services.confidence.borne_out import borne_out
from services.confidence.stating import shown_of, sound
from services.draft_findings import digest_of, findings_from_json
from services.errors import NotFound
from services.feedback import wrong_view
from services.gates import gate_view
from services.merge import from_json
from services.outcomes.signals import ANSWERS_NO
from services.own_views import UNSEEN, own_view
from services.ports import Clock, LanguageModel
from services.qualifications import criteria_views
from services.reader import reader_of
from services.revisions import judge
from services.types.feedback import WrongView
from services.types.outcomes import OutcomeStatus
from services.types.people import Actor
from services.types.qualification import BANT, MEDDIC
from services.types.views import (
    DealView,
    DraftView,
    GateView,
    MailCardView,
    UnsortedCardView,
    UnsortedMailView,
    WhyView,
)
from services.undo_views import undo_note, undo_view

UNSORTED_SHOWN = 5
NOT_CONNECTED = (
    "{address} isn't connected, so this can't leave. Connect it again in App Home; the draft stays."
)


def deal_view(deal: Deal) -> DealView:
    return DealView(
        name=deal.name,
        stage=deal.stage,
        amount=deal.amount,
        currency=deal.currency,
        close_date=deal.close_date,
    )


@dataclass(frozen=True, slots=True)
class CardViews:
    db: Database
    clock: Clock
    model: LanguageModel

    async def mail_card(
        self, tenant_id: UUID, action_id: UUID, member_id: UUID
    ) -> MailCardView | None:
        """The card about one action, for one reader. None when either is gone."""
        async with self.db.read(tenant_id) as tx:
            action = await action_rows.get_action(tx, action_id)
            member = await members.get_member(tx, member_id)
            if action is None or member is None or action.draft_id is None:
                return None
            if action.status == UNSEEN:
                return None
            draft = await draft_rows.get_draft(tx, action.draft_id)
            origin = await origin_of(tx, action, draft) if draft else None
            if draft is None or origin is None:
                return None
            return await self._mail_card(tx, action, draft, origin, member)

    async def _mail_card(
        self, tx: ReadTx, action: Action, draft: Draft, origin: Origin, member: Member
    ) -> MailCardView:
        account = await customers.get_account(tx, action.account_id)
        deal = await customers.get_deal(tx, action.deal_id)
        conversation = await conversations.get_conversation(tx, draft.conversation_id)
        revision = await draft_rows.get_revision(tx, draft.id, draft.revision)
        author = await self._name(tx, revision.author_id if revision else None)
        effect = await action_rows.newest_effect(tx, action.id)
        newest = await action_rows.newest_action(tx, draft.conversation_id)
        outcome = await overviews.answer_of(tx, action.id)
        state = from_json(conversation.qualification if conversation else None)
        composed = origin.composed is not None
        reader = reader_of(member, self.clock)
        return MailCardView(
            reader=reader,
            action_id=action.id,
            state=action.status,  # type: ignore[arg-type]  # the column's check knows the same words
            effect=effect.status if effect else None,  # type: ignore[arg-type]  # see above
            responder_name=await self._name(tx, action.owner_id),
            reader_is_responder=action.owner_id == member.id,
            contact_name=origin.contact_name,
            contact_email=origin.contact_email,
            contact_title=origin.contact_title,
            sender_unverified=origin.sender_unverified,
            stranger=origin.stranger,
            first_contact=origin.first_contact,
            account_id=account.id if account else None,
            account_name=account.name if account else None,
            account_health=account.health if account else None,
            account_lifecycle=account.lifecycle if account else None,
            deal=deal_view(deal) if deal else None,
            subject=(revision.subject if revision else "") if composed else origin.subject,
            received_at=origin.received_at,
            summary=origin.summary,
            asks=origin.asks,
            changes=origin.changes,
            gaps=()
            if composed or deal is None
            else tuple(c for c in (*BANT, *MEDDIC) if not state.get(c).identified),
            suspicious=origin.suspicious,
            analysed=origin.analysed,
            draft=draft_view(draft, revision, author) if revision else None,
            verdict_reasons=tuple(action.reasons),
            confidence=shown_of(action),
            confidence_reason=action.confidence_reason,
            offline=self.model.offline,
            decided_by=await self._name(tx, action.decided_by),
            decided_at=action.decided_at,
            decision_reason=action.decision_reason,
            note=await undo_note(tx, action, draft, effect, reader)
            or await self._mailbox_gone(tx, action, draft)
            or _note(
                action,
                draft,
                revision,
                effect,
                answer=_answer_words(outcome),
            ),
            newer_action_id=newest.id if newest and newest.id != action.id else None,
            rating=await overviews.rating_of(tx, member.id, action.id),
            asked=await is_asked(tx, member_id=member.id, target="decision", target_id=action.id),
            gate=await self._gate(tx, action, draft, revision),
            undo=await undo_view(tx, action, reader, effect),
            sent_at=effect.claimed_at if effect and effect.status == "done" else None,
            composed=origin.composed,
            own=await own_view(tx, action, draft, origin, reader),
        )

    @staticmethod
    async def _mailbox_gone(tx: ReadTx, action: Action, draft: Draft) -> str | None:
        """What has to be done before this can leave, when its mailbox isn't connected any more."""
        if action.status != "pending" or draft.mailbox_id is None:
            return None
        box = await mailboxes.get_mailbox(tx, draft.mailbox_id)
        if box is None or box.status == "connected":
            return None
        return NOT_CONNECTED.format(address=box.address)

    @staticmethod
    async def _gate(
        tx: ReadTx, action: Action, draft: Draft, revision: DraftRevision | None
    ) -> GateView | None:
        if revision is None or action.status != "pending":
            return None
        gated = await get_gated_types(tx)
        if not gated:
            return None
        judged = await judge(tx, action, draft, revision.text, doubtful=bool(revision.findings))
        return await gate_view(tx, action.id, revision, judged, gated)

    @staticmethod
    async def _name(tx: ReadTx, member_id: UUID | None) -> str | None:
        member = await members.get_member(tx, member_id) if member_id else None
        return member.name if member else None

    async def wrong_card(
        self, tenant_id: UUID, action_id: UUID, member_id: UUID
    ) -> WrongView | None:
        async with self.db.read(tenant_id) as tx:
            return await wrong_view(tx, action_id, member_id)

    async def unsorted_card(self, tenant_id: UUID, member_id: UUID) -> UnsortedCardView | None:
        async with self.db.read(tenant_id) as tx:
            member = await members.get_member(tx, member_id)
            if member is None:
                return None
            items, total = await overviews.list_unsorted(tx, member_id, UNSORTED_SHOWN)
            return UnsortedCardView(
                reader=reader_of(member, self.clock),
                items=tuple(
                    UnsortedMailView(
                        conversation_id=conversation.id,
                        sender_name=sender_name(message),
                        sender_email=str(message.sender.get("email", "")),
                        subject=message.subject,
                        received_at=message.received_at,
                    )
                    for conversation, message in items
                ),
                total=total,
            )

    async def why(self, actor: Actor, action_id: UUID) -> WhyView:
        """The data behind a card: trigger, link, verdict, confidence, evidence, signals."""
        async with self.db.read(actor.tenant_id) as tx:
            action = await action_rows.get_action(tx, action_id)
            member = await members.get_member(tx, actor.member_id)
            draft = (
                await draft_rows.get_draft(tx, action.draft_id)
                if (action and action.draft_id)
                else None
            )
            seen = action is not None and action.status != UNSEEN
            origin = await origin_of(tx, action, draft) if (action and draft and seen) else None
            if action is None or member is None or draft is None or origin is None:
                raise NotFound("This is no longer there.")
            reader = reader_of(member, self.clock)
            conversation = await conversations.get_conversation(tx, draft.conversation_id)
            revision = await draft_rows.get_revision(tx, draft.id, draft.revision)
            state = from_json(conversation.qualification if conversation else None)
            return WhyView(
                reader=reader,
                action_id=action.id,
                trigger=origin.trigger,
                linked_because=origin.linked_because,
                verdict=action.verdict,
                reasons=tuple(action.reasons),
                confidence=shown_of(action),
                confidence_reason=action.confidence_reason,
                stated=float(sound(action.confidence)),
                came_true=await borne_out(tx, action),
                model=(revision.model if revision and revision.model else self.model.name),
                evidence=criteria_views(state) if action.deal_id else (),
                asks=origin.asks,
                signals=origin.signals,
                own=await own_view(tx, action, draft, origin, reader),
            )


def draft_view(draft: Draft, revision: DraftRevision, author_name: str | None) -> DraftView:
    return DraftView(
        draft_id=draft.id,
        revision=revision.number,
        sender=revision.sender,
        to=tuple(revision.to),
        cc=tuple(revision.cc),
        bcc=tuple(revision.bcc),
        subject=revision.subject,
        text=revision.text,
        author=revision.author,  # type: ignore[arg-type]  # the column's check knows the same words
        author_name=author_name,
        model=revision.model,
        instruction=revision.instruction,
        in_gmail=draft.gmail_revision == revision.number,
        findings=findings_from_json(revision.findings),
        seen=digest_of(revision.findings),
    )


def _note(
    action: Action,
    draft: Draft,
    revision: DraftRevision | None,
    effect: Effect | None,
    *,
    answer: str | None,
) -> str | None:
    """The one plain sentence a state needs beside its words."""
    if effect is not None and effect.result.get("incident"):
        return f"{effect.result['incident']} Please look at it in Gmail."
    if effect is not None and effect.status == "unknown":
        return "I can't tell whether it left. Look in Gmail's Sent folder before you write again."
    if action.status == "pending":
        return _pending_note(action, draft, revision)
    if action.status == "done" and answer is not None:
        return answer
    if action.status == "handled":
        return "Sent from Gmail." if draft.status == "sent_by_hand" else "Discarded in Gmail."
    return None


def _answer_words(outcome: Outcome | None) -> str | None:
    """What came of the mail's being answered, where that is known."""
    if outcome is None:
        return None
    if outcome.status == OutcomeStatus.NEGATIVE and outcome.reason in ANSWERS_NO:
        return f"{outcome.reason[0].upper()}{outcome.reason[1:]}."
    if outcome.status in (OutcomeStatus.POSITIVE, OutcomeStatus.NEGATIVE):
        return "They have answered."
    if outcome.status == OutcomeStatus.UNDELIVERED:
        return "It could not be delivered."
    return "They answered late." if outcome.late_at is not None else None


def _pending_note(action: Action, draft: Draft, revision: DraftRevision | None) -> str | None:
    if draft.status == "preparing":
        return "A new draft is being written."
    if action.decision_reason:
        return f"Not sent: {action.decision_reason}"
    if revision is not None and revision.author == "gmail":
        return "Changed in Gmail; please approve the new text."
    return None
