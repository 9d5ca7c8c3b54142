"""What the end of a membership means, wherever it was said: in a file, by an admin, by Slack.

All in one transaction: what they opened elsewhere ends, their mailboxes are disconnected, what they
had queued doesn't leave, and their open work goes to their manager with one message. A decision of
theirs at the same moment either comes first and is taken back with the rest, or finds them gone.
Approval seats are handed over by the sweep (services/approvals/vacancies).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from db import actions, api_tokens, conversations, devices, jobs, mailboxes, members, timers
from db import drafts as draft_rows
from db import leaving as rows
from db.models.actions import Action
from db.models.drafts import Draft
from db.models.mailboxes import Mailbox
from db.models.tenants import Member
from db.session import Tx
from services.cards import touch
from services.gates import moved_on
from services.holding import NIGHT_TIMER
from services.rollout.deps import RolloutDeps
from services.types.people import Actor, Role

CARD = "handover"
TIMERS = ("digest", "pause", NIGHT_TIMER)
BY_FILE = "the members' file says so"
BY_ADMIN = "an admin ended it"
BY_SLACK = "their Slack account was deactivated"
AS_GUEST = "they are a guest in Slack now"


@dataclass(slots=True, kw_only=True)
class _Parting:
    """One membership that ends. `heir` is None where nobody is left to take anything over."""

    leaver: Member
    heir: Member | None
    mailbox: Mailbox | None
    """The heir's own."""
    moved: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Farewell:
    deps: RolloutDeps

    async def end(self, tx: Tx, member_id: UUID, *, why: str, by: Actor | None = None) -> bool:
        """End the membership; False when it had ended before. Call it last in the transaction."""
        member = await members.lock_member(tx, member_id)
        if member is None or not member.active:
            return False
        member.active = False
        await tx.session.flush()
        await self.settle(tx, member, why=why, by=by)
        return True

    async def settle(self, tx: Tx, member: Member, *, why: str, by: Actor | None = None) -> None:
        """The member's row says already that it has ended: see to everything else."""
        now = self.deps.clock.now()
        member.enabled_at = member.paused_until = None
        parting = await self._parting(tx, member)
        ended = await devices.revoke_devices(tx, member.id, now)
        # For good: who comes back makes new ones.
        tokens = await api_tokens.revoke_tokens(tx, member.id, now)
        for kind in TIMERS:
            await timers.drop_timer(tx, kind, member.id)
        await self._hand_on(tx, parting)
        boxes = await rows.lock_mailboxes_of(tx, member.id)
        for mailbox in boxes:
            await self.deps.end_mailbox(tx, mailbox)
        facts = {
            "why": why,
            "devices": ended,
            "tokens": tokens,
            "mailboxes": len(boxes),
            "handed_to": str(parting.heir.id) if parting.heir else None,
            "open_work": parting.moved,
        }
        await self.deps.audit.append(tx, "member.left", actor=by, subject_id=member.id, facts=facts)
        if parting.heir is not None:
            await touch(
                tx,
                CARD,
                member.id,
                [parting.heir.id],
                clock=self.deps.clock,
                ids=self.deps.ids,
            )

    @staticmethod
    async def _parting(tx: Tx, leaver: Member) -> _Parting:
        """Their manager takes over, or that one's, else an admin."""
        seen, heir = {leaver.id}, None
        manager_id = leaver.manager_id
        while heir is None and manager_id is not None and manager_id not in seen:
            seen.add(manager_id)
            manager = await members.get_member(tx, manager_id)
            if manager is not None and manager.active:
                heir = manager
            manager_id = manager.manager_id if manager else None
        if heir is None:
            everybody = await members.list_members(tx)
            admins = [m for m in everybody if m.active and m.role == Role.ADMIN]
            heir = next((admin for admin in admins if admin.id != leaver.id), None)
        mailbox = await mailboxes.mailbox_of_member(tx, heir.id) if heir else None
        return _Parting(leaver=leaver, heir=heir, mailbox=mailbox)

    # ── open work ───────────────────────────────────────────────────────────────────────────────
    async def _hand_on(self, tx: Tx, parting: _Parting) -> None:
        for action_id, conversation_id in await rows.list_open_work(tx, parting.leaver.id):
            if conversation_id is not None:
                # First, as everywhere: a mail being read right now decides before or after us.
                await conversations.lock_conversation(tx, conversation_id)
            action = await actions.lock_action(tx, action_id)
            if action is None or action.status not in rows.OPEN_ACTIONS:
                continue
            if action.owner_id == parting.leaver.id:
                await self._give(tx, parting, action)
        if parting.heir is not None:
            await rows.pass_on_conversations(
                tx,
                of=parting.leaver.id,
                to=parting.heir.id,
                mailbox_id=parting.mailbox.id if parting.mailbox else None,
            )

    async def _give(self, tx: Tx, parting: _Parting, action: Action) -> None:
        """One action and its draft. What is past the point of no return settles by itself."""
        if await rows.is_sending(tx, action.id):
            return
        draft = await draft_rows.lock_draft(tx, action.draft_id) if action.draft_id else None
        name = parting.leaver.name
        if action.status == "approved":
            why = f"{name} has left, so it didn't leave. Decide again."
            await actions.cancel_queued(tx, action.id, at=self.deps.clock.now(), why=why)
            await actions.settle_action(
                tx,
                action.id,
                expect="approved",
                status="pending",
                decided_by=None,
                decided_at=None,
                decided_hash=None,
                decided_revision=None,
                decided_surface=None,
                decision_reason=why,
            )
            await self.deps.audit.append(
                tx, "effect.cancelled", subject_id=action.id, facts={"why": why}
            )
        await moved_on(tx, action.id, f"{name} has left.")
        if parting.heir is not None:
            await self._move(tx, parting, parting.heir, action, draft)
        await touch(tx, "mail", action.id, clock=self.deps.clock, ids=self.deps.ids)

    async def _move(
        self, tx: Tx, parting: _Parting, heir: Member, action: Action, draft: Draft | None
    ) -> None:
        """The words were signed for somebody else: they are written anew in the new name, and come
        from the new mailbox. Its card waits, named in the one message about all of them."""
        action.owner_id = heir.id
        parting.moved += 1
        if draft is not None:
            draft.mailbox_id = parting.mailbox.id if parting.mailbox else None
            draft.gmail_draft_id = draft.gmail_message_id = draft.gmail_revision = None
            draft.gmail_thread_id = await self._thread(tx, parting, draft)
        if draft is not None and draft.status != "held":
            draft.status = "preparing"
            await tx.session.flush()
            payload = {"action_id": action.id, "base_revision": draft.revision, "fresh": True}
            await jobs.enqueue(tx, "draft.compose", payload)
        await tx.session.flush()
        await rows.hold_card(
            tx,
            card_id=self.deps.ids.new(),
            kind="mail",
            subject_id=action.id,
            recipient_id=heir.id,
            now=self.deps.clock.now(),
        )

    @staticmethod
    async def _thread(tx: Tx, parting: _Parting, draft: Draft) -> str | None:
        if parting.mailbox is None:
            return None
        return await mailboxes.thread_in_mailbox(tx, draft.conversation_id, parting.mailbox.id)


def reinstate(rows_: Sequence[Member]) -> None:
    """Members again, and asked nothing and told nothing until an admin enables them."""
    for member in rows_:
        member.active, member.enabled_at, member.paused_until = True, None, None
