"""What happens with a text the copilot has written by itself: an answer to a mail, or outreach.

It is judged in the transaction that stores it, once, and the judgement is written down whatever
comes of it. Only a text that nobody asked for, that nobody has touched and that nothing speaks
against is settled here, by the rule, and only to be judged again when it would leave.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from db import actions as action_rows
from db import autonomy as autonomy_rows
from db import jobs, mailboxes, members, tenants
from db import judgements as rows
from db.models.actions import Action, Effect
from db.models.autonomy import Judgement
from db.models.drafts import Draft, DraftRevision
from db.session import ReadTx, Tx
from services.audit import AuditService
from services.autonomy.judging import Weighed, WorkingTime, weigh
from services.autonomy.lineage import lineage_of
from services.autonomy.ruling import Decision, Objection, decide, hides, only_waits, would
from services.gates import gate_words
from services.ports import Clock, Ids
from services.reach import in_shadow
from services.types.actions import BY_PERSON, AutonomyLevel, Verdict
from services.types.preferences import DAILY_CAP, read_preferences
from services.undo_waits import AUTONOMOUS_SURFACE, UndoWaits
from services.zones import day_begins, today_in

WANTED_BY = "wanted_by"
"""In a draft's source: the member who had it written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruled:
    """What became of it. `hidden`: nobody is shown the text."""

    decision: Decision
    hidden: bool
    level: AutonomyLevel


async def is_own(tx: ReadTx, action: Action, draft: Draft) -> bool:
    """Whether nobody has asked for the text that is about to be written: the first answer to a
    mail, or a mail of our own that a trigger called for. After the first, whatever is written comes
    from a person's wish: an instruction, another author, a text once more."""
    wanted = action.trigger.startswith(BY_PERSON) or WANTED_BY in draft.source
    if draft.revision > 0 or wanted:
        return False
    return draft.purpose is None or await rows.trigger_of(tx, action.id) is not None


def want(action: Action, draft: Draft, member_id: UUID) -> None:
    """From now on a person wants the text: it is shown when it is written, and waits for one."""
    draft.status = "preparing"
    draft.source = {**draft.source, WANTED_BY: str(member_id)}
    action.level = AutonomyLevel.APPROVE.value


@dataclass(frozen=True, slots=True, kw_only=True)
class DecidingService:
    """Works in the caller's transaction, which holds action and draft."""

    clock: Clock
    ids: Ids
    audit: AuditService
    waits: UndoWaits
    hours: WorkingTime

    async def suggest(self, tx: Tx, action: Action, draft: Draft, *, model: str) -> None:
        """Nothing is written: what would be done is, as far as it can be said without a text."""
        weighed = await self._weigh(tx, action, draft, None, own=True, model=model, doubtful=False)
        await self._write(tx, action, 0, weighed, Decision.SUGGESTED, model=model, objections=())

    async def rule(
        self, tx: Tx, action: Action, draft: Draft, revision: DraftRevision, *, own: bool
    ) -> Ruled:
        """Judge what the copilot has just written, and let it go where it may."""
        model, doubtful = revision.model or "", bool(revision.findings)
        weighed = await self._weigh(
            tx, action, draft, revision.text, own=own, model=model, doubtful=doubtful
        )
        shadow = in_shadow(await tenants.get_tenant(tx))
        objections = await self._objections(tx, action, draft, weighed, model) if own else ()
        decision = decide(
            weighed.level, weighed.judged, own=own, in_shadow=shadow, objections=objections
        )
        if decision is Decision.QUEUED and (full := await self._cap_reached(tx, action)):
            decision, objections = Decision.ASKED, (*objections, full)
        hidden = hides(weighed.level, own=own)
        action.level, action.lineage = weighed.level.value, lineage_of(model)
        action.calibrated = weighed.stated.calibrated if weighed.stated else None
        await self._write(
            tx, action, revision.number, weighed, decision, model=model, objections=objections
        )
        if own:
            action.type = weighed.judged.action_type
        if hidden:
            await self._hide(tx, action, draft, revision)
        elif decision is Decision.QUEUED:
            await self._let_go(tx, action, draft, revision, weighed)
        return Ruled(decision=decision, hidden=hidden, level=weighed.level)

    async def _weigh(
        self,
        tx: Tx,
        action: Action,
        draft: Draft,
        text: str | None,
        *,
        own: bool,
        model: str,
        doubtful: bool,
    ) -> Weighed:
        now, outside = self.clock.now(), False
        if own:
            outside = await self.hours.next_from(tx, action, draft, now) > now
        return await weigh(
            tx,
            action,
            draft,
            text,
            own=own,
            lineage=lineage_of(model),
            doubtful=doubtful,
            outside_hours=outside,
        )

    async def _objections(
        self, tx: Tx, action: Action, draft: Draft, weighed: Weighed, model: str
    ) -> tuple[Objection, ...]:
        """What asks for a person beside policy."""
        found = []
        if await _earned_by_another(tx, weighed.judged.types, lineage_of(model)):
            found.append(
                Objection(rule="lineage", reason="Another model wrote it than was trusted.")
            )
        if weighed.gate is not None:
            words = gate_words(weighed.gate)
            found.append(
                Objection(
                    rule="gate",
                    reason=f"Your workspace's rules ask for an approval request ({words}).",
                )
            )
        box = await mailboxes.get_mailbox(tx, draft.mailbox_id) if draft.mailbox_id else None
        if box is None or box.status != "connected":
            found.append(Objection(rule="mailbox", reason="No mailbox is connected for it."))
        if await tenants.is_paused(tx):
            found.append(Objection(rule="paused", reason="Slack refuses me, so nothing leaves."))
        owner = await members.get_member(tx, action.owner_id) if action.owner_id else None
        if owner is None or not owner.active or owner.enabled_at is None:
            found.append(Objection(rule="owner", reason="Nobody is shown what I send for them."))
        return tuple(found)

    async def _cap_reached(self, tx: Tx, action: Action) -> Objection | None:
        """Counted one text at a time, last of all: whoever waits here holds nothing that another
        needs who is counted."""
        owner = await members.get_member(tx, action.owner_id) if action.owner_id else None
        if owner is None:
            return None
        await rows.lock_cap(tx, owner.id)
        cap = read_preferences(owner.preferences).daily_cap
        today = today_in(owner.timezone, self.clock.now())
        since = day_begins(today, owner.timezone)
        if await rows.count_queued_since(tx, owner.id, since) < cap:
            return None
        return Objection(
            rule=DAILY_CAP,
            reason=f"Today's cap of {cap} mails that leave by themselves is reached.",
        )

    async def _write(
        self,
        tx: Tx,
        action: Action,
        revision: int,
        weighed: Weighed,
        decision: Decision,
        *,
        model: str,
        objections: tuple[Objection, ...],
    ) -> None:
        judged = weighed.judged
        asks = objections and judged.verdict is Verdict.AUTONOMOUS
        await rows.add_judgement(
            tx,
            Judgement(
                tenant_id=tx.tenant_id,
                id=self.ids.new(),
                created_at=self.clock.now(),
                action_id=action.id,
                revision=revision,
                level=weighed.level.value,
                verdict=(Verdict.APPROVAL_REQUIRED if asks else judged.verdict).value,
                decision=decision.value,
                would=would(weighed.free, gated=weighed.gate is not None).value,
                reasons=[*judged.reasons, *(one.reason for one in objections)],
                rules=[*judged.rules, *(one.rule for one in objections)],
                types=list(judged.types),
                lineage=lineage_of(model),
            ),
        )

    @staticmethod
    async def _hide(tx: Tx, action: Action, draft: Draft, revision: DraftRevision) -> None:
        """Nobody is shown the text; of outreach, not even that there is something."""
        revision.held, draft.status = True, "held"
        if draft.message_id is None:
            action.status = "held"
        await tx.session.flush()

    async def _let_go(
        self, tx: Tx, action: Action, draft: Draft, revision: DraftRevision, weighed: Weighed
    ) -> None:
        """Settled by the rule, as it stands, to leave when its wait is over."""
        now = self.clock.now()
        due = await self._due(tx, action, draft, weighed, now)
        action.status, action.decided_at = "approved", now
        action.decided_by, action.decided_surface = None, AUTONOMOUS_SURFACE
        action.decided_revision, action.decided_hash = revision.number, revision.content_hash
        action.verdict, action.reasons = weighed.judged.verdict.value, list(weighed.judged.reasons)
        effect = Effect(
            tenant_id=tx.tenant_id,
            id=self.ids.new(),
            created_at=now,
            action_id=action.id,
            draft_id=draft.id,
            kind="send_draft",
            revision=revision.number,
            due_at=due,
        )
        await action_rows.add_effect(tx, effect)
        await self.audit.append(
            tx,
            "action.approved_by_rule",
            subject_id=action.id,
            facts={
                "revision": revision.number,
                "hash": revision.content_hash,
                "level": weighed.level.value,
                "verdict": weighed.judged.verdict.value,
                "rules": list(weighed.judged.rules),
                "types": list(weighed.judged.types),
                "due_at": due.isoformat(),
            },
        )
        await jobs.enqueue(tx, "effect.run", {"effect_id": effect.id}, after=due - now)

    async def _due(
        self, tx: Tx, action: Action, draft: Draft, weighed: Weighed, now: datetime
    ) -> datetime:
        """When it leaves: after its wait, and while somebody is at work whom it concerns."""
        acts_at_once = weighed.level is AutonomyLevel.AUTONOMOUS
        wait = self.waits.approved if acts_at_once else self.waits.autonomous
        begins = now
        if only_waits(weighed.judged):
            begins = await self.hours.next_from(tx, action, draft, now)
        due = begins + wait
        # Written a minute before closing time, it waits for the next morning.
        opens = await self.hours.next_from(tx, action, draft, due)
        return due if opens <= due else opens + wait


async def _earned_by_another(tx: ReadTx, types: Sequence[str], lineage: str) -> bool:
    """The rules stand in for a model that can't be asked, and nobody has trusted those."""
    levels = await autonomy_rows.list_levels(tx, types)
    return any(level.lineage not in ("", lineage) for level in levels)
