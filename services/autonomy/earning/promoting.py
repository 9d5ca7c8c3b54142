"""A higher level: proposed by the rule, decided once by a person whose own work it isn't.

Everything about one type happens under the lock of its row in `earned_levels`: weighing, deciding,
falling. So a proposal can't be allowed while it is withdrawn, and a level is never raised on
evidence that no longer holds: it is read again in the transaction that decides.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from db import commands, members, tenants
from db import earning as rows
from db.alerts import list_managers
from db.models.autonomy import EarnedLevel, Promotion
from db.models.tenants import Member
from db.session import Database, ReadTx, Tx
from services.actors import require_member
from services.audit import AuditService
from services.autonomy.earning.evidence import EvidenceReader
from services.autonomy.earning.moving import LevelMover, Move
from services.autonomy.earning.rule import MAIN_SHARE
from services.autonomy.levels import hold_level
from services.cards import touch
from services.errors import Conflict, Forbidden, InvalidInput, NotFound
from services.mail.characters import clean_text, one_line
from services.ports import Clock, Ids
from services.reach import in_shadow
from services.types.actions import AutonomyLevel
from services.types.autonomy_words import deed, level_words, name_of
from services.types.earning import PROMOTION, Evidence, largest
from services.types.people import Actor
from services.visibility import leads

AGAIN_AFTER = timedelta(days=30)
FOR_LEADS = "How far I am trusted is for managers and admins to decide."
OWN_WORK = "You decided most of what this rests on, so somebody else has to look at it: {who}."
NOBODY = "nobody else here may, so it stays as it is until there is a manager or an admin who can"
GONE = "This proposal is no longer there."
CHANGED = "This has changed since the card was shown. Here is how it stands now."
SAID = {
    "approved": "This was already allowed.",
    "declined": "This was already declined.",
    "withdrawn": "I withdrew this myself; the card says why.",
}
WERE = {
    AutonomyLevel.SHADOW: "would have been right",
    AutonomyLevel.SUGGEST: "were taken up",
    AutonomyLevel.APPROVE: "were sent unchanged",
    AutonomyLevel.UNDO_WINDOW: "left and nobody stopped them",
}
"""What the good ones were, by the level they were counted at."""
REASON_LENGTH = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class PromotionService:
    db: Database
    clock: Clock
    ids: Ids
    audit: AuditService
    reader: EvidenceReader
    mover: LevelMover

    # ── By itself ───────────────────────────────────────────────────────────────────────────────
    async def look(self, tx: Tx, level: EarnedLevel) -> None:
        """Propose the next level, withdraw what no longer holds, or do nothing. The caller holds
        the level's row."""
        now = self.clock.now()
        evidence = await self.evidence_of(tx, level)
        level.weighed = evidence.as_json()
        pending = await rows.get_pending(tx, level.action_type)
        hindrance = _hindrance(level, evidence)
        if pending is not None:
            if hindrance is not None or evidence.after != pending.after:
                await self.withdraw(tx, pending, hindrance or "The level has changed meanwhile.")
            return
        if evidence.full and not evidence.met:
            why = f"{evidence.counted} cases didn't show it, so counting starts again."
            at = AutonomyLevel(level.earned)
            await self.mover.move(tx, level, Move(kind="reset", after=at, why=why, told=None))
            return
        declined = await rows.last_declined(tx, level.action_type, level.since)
        soon = declined is not None and now - declined < AGAIN_AFTER
        if hindrance is None and not soon and not in_shadow(await tenants.get_tenant(tx)):
            await self._propose(tx, level, evidence)

    async def evidence_of(self, tx: ReadTx, level: EarnedLevel) -> Evidence:
        """Since the level began, or since somebody declined: what was known then is not enough."""
        declined = await rows.last_declined(tx, level.action_type, level.since)
        since = max(level.since, declined) if declined else level.since
        return await self.reader.rising(tx, level, since, self.clock.now())

    async def _propose(self, tx: Tx, level: EarnedLevel, evidence: Evidence) -> None:
        if evidence.after is None:
            return
        promotion = Promotion(
            tenant_id=tx.tenant_id,
            id=self.ids.new(),
            created_at=self.clock.now(),
            action_type=level.action_type,
            before=level.earned,
            after=evidence.after.value,
            evidence=evidence.as_json(),
            lineage=level.lineage,
            status="pending",
        )
        await rows.add_promotion(tx, promotion)
        await self._record(tx, "promotion.proposed", promotion)
        people = [one.id for one in await list_managers(tx)]
        await touch(tx, PROMOTION, promotion.id, people, clock=self.clock, ids=self.ids)

    async def withdraw(self, tx: Tx, promotion: Promotion, why: str) -> None:
        """The card says why."""
        now = self.clock.now()
        if await rows.settle_promotion(
            tx, promotion.id, status="withdrawn", decided_at=now, reason=why
        ):
            await self._record(tx, "promotion.withdrawn", promotion, why=why)
            await touch(tx, PROMOTION, promotion.id, clock=self.clock, ids=self.ids)

    # ── By a person ─────────────────────────────────────────────────────────────────────────────
    async def allow(
        self, actor: Actor, promotion_id: UUID, *, version: int, command_id: str
    ) -> str:
        """The sentence for whoever decided. Forbidden: not theirs; Conflict: decided already, or
        the organisation's limit lies below. What no longer holds is withdrawn instead."""
        async with self.db.transaction(actor.tenant_id) as tx:
            done = await self._done(tx, "promotion.allow", command_id)
            if done is not None:
                return done
            promotion, level = await self._held(tx, promotion_id, version)
            evidence = await self.evidence_of(tx, level)
            await self._require_right(tx, actor, promotion, evidence)
            _require_limit(level, promotion)
            hindrance = _hindrance(level, evidence)
            if hindrance is not None or evidence.after != promotion.after:
                await self.withdraw(tx, promotion, hindrance or "The level has changed meanwhile.")
                sentence = "The evidence no longer holds, so I withdrew this. The card says why."
            else:
                sentence = await self._raise(tx, actor, promotion, level, evidence)
            await commands.set_command_result(tx, command_id, {"sentence": sentence})
            return sentence

    async def decline(
        self, actor: Actor, promotion_id: UUID, *, version: int, reason: str, command_id: str
    ) -> str:
        """Not proposed again for 30 days, and then on fresh evidence only."""
        reason = one_line(clean_text(reason)).strip()[:REASON_LENGTH]
        if not reason:
            raise InvalidInput("Say in a few words why.", field="reason")
        async with self.db.transaction(actor.tenant_id) as tx:
            done = await self._done(tx, "promotion.decline", command_id)
            if done is not None:
                return done
            promotion, level = await self._held(tx, promotion_id, version)
            evidence = await self.evidence_of(tx, level)
            await self._require_right(tx, actor, promotion, evidence)
            await self._settle(tx, actor, promotion, "declined", reason)
            sentence = f"Declined. I won't propose it for {name_of(level.action_type)} for 30 days."
            await commands.set_command_result(tx, command_id, {"sentence": sentence})
            return sentence

    async def _raise(
        self,
        tx: Tx,
        actor: Actor,
        promotion: Promotion,
        level: EarnedLevel,
        evidence: Evidence,
    ) -> str:
        await self._settle(tx, actor, promotion, "approved", "")
        after = AutonomyLevel(promotion.after)
        move = Move(
            kind="promoted",
            after=after,
            why=f"{evidence.good} of {evidence.counted} {WERE[AutonomyLevel(promotion.before)]}.",
            told=tuple(evidence.contributors),
            promotion_id=promotion.id,
        )
        await self.mover.move(tx, level, move, actor=actor)
        if after.acts:
            return f"Allowed: from now on I {deed(level.action_type)} by myself."
        return f"Allowed: {name_of(level.action_type)} are at “{level_words(after)}” now."

    async def _settle(
        self, tx: Tx, actor: Actor, promotion: Promotion, status: str, reason: str
    ) -> None:
        settled = await rows.settle_promotion(
            tx,
            promotion.id,
            version=promotion.version,
            status=status,
            decided_by=actor.member_id,
            decided_at=self.clock.now(),
            reason=reason,
        )
        if not settled:
            raise Conflict(CHANGED)
        await self._record(tx, f"promotion.{status}", promotion, actor, reason=reason)
        await touch(tx, PROMOTION, promotion.id, clock=self.clock, ids=self.ids)

    # ── Shared ──────────────────────────────────────────────────────────────────────────────────
    async def _held(
        self, tx: Tx, promotion_id: UUID, version: int
    ) -> tuple[Promotion, EarnedLevel]:
        """The proposal, read again once the level's row is held."""
        seen = await rows.get_promotion(tx, promotion_id)
        if seen is None:
            raise NotFound(GONE)
        level = await hold_level(tx, seen.action_type, clock=self.clock, ids=self.ids)
        promotion = await rows.get_promotion(tx, promotion_id)
        if promotion is None:
            raise NotFound(GONE)
        if promotion.status != "pending":
            raise Conflict(SAID[promotion.status])
        if promotion.version != version:
            raise Conflict(CHANGED)
        return promotion, level

    async def _require_right(
        self, tx: ReadTx, actor: Actor, promotion: Promotion, evidence: Evidence
    ) -> None:
        member = await require_member(tx, actor)
        if not leads(member):
            raise Forbidden(FOR_LEADS)
        if member.id in main_contributors(promotion, evidence):
            able = await deciders(tx, promotion, evidence)
            raise Forbidden(OWN_WORK.format(who=names_of(able) or NOBODY))

    async def _done(self, tx: Tx, verb: str, command_id: str) -> str | None:
        done = await commands.claim_command(
            tx, result_id=self.ids.new(), command_id=command_id, verb=verb, now=self.clock.now()
        )
        return str(done.get("sentence", "")) if done is not None else None

    async def _record(
        self,
        tx: Tx,
        verb: str,
        promotion: Promotion,
        actor: Actor | None = None,
        **facts: object,
    ) -> None:
        told = {"type": promotion.action_type, "after": promotion.after, **facts}
        await self.audit.append(tx, verb, actor=actor, subject_id=promotion.id, facts=told)


def main_contributors(promotion: Promotion, evidence: Evidence | None = None) -> frozenset[UUID]:
    """Whose own decisions are more than the most of what it rests on, when it was proposed or
    now."""
    stored = promotion.evidence.get("contributors", {})
    then = largest({UUID(who): int(number) for who, number in stored.items()}, MAIN_SHARE)
    return then | (evidence.main_contributors(MAIN_SHARE) if evidence else frozenset())


async def deciders(
    tx: ReadTx, promotion: Promotion, evidence: Evidence | None = None
) -> Sequence[Member]:
    """Managers and admins whose own work it isn't."""
    own = main_contributors(promotion, evidence)
    return [one for one in await list_managers(tx) if one.id not in own]


def names_of(people: Sequence[Member]) -> str:
    return " or ".join(one.name for one in people)


async def member_names(tx: ReadTx, ids: Sequence[UUID]) -> list[str]:
    found = [await members.get_member(tx, one) for one in ids]
    return [one.name for one in found if one is not None]


def _hindrance(level: EarnedLevel, evidence: Evidence) -> str | None:
    """Why the next level can't be proposed now; None: it can."""
    if evidence.after is None:
        return "There is no higher level."
    if level.ceiling is not None and AutonomyLevel(level.ceiling).rank < evidence.after.rank:
        return _limit_words(level.ceiling)
    unmet = next((one for one in evidence.conditions if not one.met), None)
    return f"It no longer holds: {unmet.found}; wanted: {unmet.wanted}." if unmet else None


def _require_limit(level: EarnedLevel, promotion: Promotion) -> None:
    limit = level.ceiling
    if limit is not None and AutonomyLevel(limit).rank < AutonomyLevel(promotion.after).rank:
        raise Conflict(_limit_words(limit))


def _limit_words(ceiling: str) -> str:
    words = level_words(ceiling)
    return f"The organisation's limit is “{words}”. An admin can lift it: `/understudy autonomy`."
