"""Trust is lost at once: by what the rule sees, by another model, or by hand. Never won here.

The job `autonomy.weigh` looks at one type: first whether it falls, then whether it may rise. It is
wanted after whatever may cost a level, every minute for what has left, and once a day for all.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

from db import autonomy as autonomy_rows
from db import commands, jobs, tenants
from db import earning as rows
from db.models.autonomy import EarnedLevel
from db.session import Database, ReadTx, Tx
from services.actors import require_member
from services.autonomy.earning.evidence import EvidenceReader
from services.autonomy.earning.falling import fall_of
from services.autonomy.earning.levels_held import hold_level
from services.autonomy.earning.moving import LevelMover, Move
from services.autonomy.earning.promoting import FOR_LEADS, LEADS, PromotionService
from services.autonomy.levels import first_level
from services.errors import Conflict, Forbidden, InvalidInput
from services.guardrails import TABLE
from services.mail.characters import clean_text, one_line
from services.ports import Clock, Ids
from services.types.actions import AutonomyLevel, Verdict
from services.types.autonomy_words import name_of
from services.types.earning import Case, Evidence, interval_of
from services.types.people import Actor
from services.weighing import WEIGH

LOOK_BACK = timedelta(minutes=10)
ONLY_DOWN = "That isn't lower. A level rises only when I propose it and somebody allows it."
OTHER_MODEL = "The model, the prompts or the rules behind it have changed, so it is earned anew."
REASON_LENGTH = 500

Lineage = Callable[[], str]
"""What texts are written with today (services/autonomy/lineage)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EarningService:
    db: Database
    clock: Clock
    ids: Ids
    reader: EvidenceReader
    mover: LevelMover
    promotions: PromotionService
    lineage: Lineage
    _looked: dict[UUID, date] = field(default_factory=dict)

    async def weigh(self, tenant_id: UUID, action_type: str) -> None:
        """The job `autonomy.weigh`. Safe to repeat: what is known already moves nothing again."""
        async with self.db.transaction(tenant_id) as tx:
            if await tenants.get_tenant(tx) is None:
                return
            level = await hold_level(tx, action_type, clock=self.clock, ids=self.ids)
            level.weighed_at = self.clock.now()
            await self._follow_lineage(tx, level)
            if not await self._fall(tx, level):
                await self.promotions.look(tx, level)

    async def check(self, tenant_id: UUID) -> None:
        """Every minute: types of which something left; once a day: all that can move."""
        now = self.clock.now()
        today = now.date()
        async with self.db.transaction(tenant_id) as tx:
            wanted = set(await rows.list_active_types(tx, now - LOOK_BACK))
            if self._looked.get(tenant_id) != today:
                wanted |= {
                    kind.value for kind, row in TABLE.items() if row.base is not Verdict.HARD_STOP
                }
            for action_type in sorted(wanted):
                await jobs.enqueue(
                    tx,
                    WEIGH,
                    {"action_type": action_type},
                    dedupe_key=f"{WEIGH}:{tenant_id}:{action_type}",
                    patient=True,
                )
        self._looked[tenant_id] = today

    async def demote(
        self,
        actor: Actor,
        action_type: str,
        to: AutonomyLevel,
        *,
        reason: str,
        command_id: str,
    ) -> str:
        """By hand, by a manager or an admin, and only down: the one way up is an allowed proposal.
        The sentence for whoever asked."""
        reason = one_line(clean_text(reason)).strip()[:REASON_LENGTH]
        if not reason:
            raise InvalidInput("Say in a few words why.", field="reason")
        async with self.db.transaction(actor.tenant_id) as tx:
            done = await commands.claim_command(
                tx,
                result_id=self.ids.new(),
                command_id=command_id,
                verb="level.demote",
                now=self.clock.now(),
            )
            if done is not None:
                return str(done.get("sentence", ""))
            member = await require_member(tx, actor)
            if member.role not in LEADS:
                raise Forbidden(FOR_LEADS)
            level = await hold_level(tx, action_type, clock=self.clock, ids=self.ids)
            if to.rank >= AutonomyLevel(level.earned).rank:
                raise Conflict(ONLY_DOWN)
            await self._lower(tx, level, to, reason, actor=actor)
            words = to.value.replace("_", " ")
            sentence = f"Done: {name_of(action_type)} are at “{words}” from now on."
            await commands.set_command_result(tx, command_id, {"sentence": sentence})
            return sentence

    async def evidence(self, tx: ReadTx, action_type: str) -> Evidence:
        """What speaks for the next level now, for who looks at it; nothing is changed."""
        level, tenant = await autonomy_rows.get_level(tx, action_type), await tenants.get_tenant(tx)
        began = tenant.created_at if tenant else self.clock.now()
        seen = EarnedLevel(
            tenant_id=tx.tenant_id,
            action_type=action_type,
            earned=level.earned if level else first_level(action_type).value,
            ceiling=level.ceiling if level else None,
            since=level.since if level else began,
            lineage=self.lineage(),
        )
        return await self.promotions.evidence_of(tx, seen)

    # ── Falling ─────────────────────────────────────────────────────────────────────────────────
    async def _fall(self, tx: Tx, level: EarnedLevel) -> bool:
        at = AutonomyLevel(level.earned)
        if not at.acts:
            return False
        cases = await self.reader.falling(tx, level, self.clock.now())
        given = await rows.given_with(tx, level.action_type, level.since)
        stored = interval_of(given.evidence.get("success", {})) if given else None
        fall = fall_of(at, cases, answered=stored.low if stored and stored.of else None)
        if fall is None:
            return False
        await self._lower(tx, level, fall.to, fall.why, cases=cases, people=fall.people)
        return True

    async def _lower(
        self,
        tx: Tx,
        level: EarnedLevel,
        to: AutonomyLevel,
        why: str,
        *,
        actor: Actor | None = None,
        cases: list[Case] | None = None,
        people: tuple[UUID, ...] = (),
    ) -> None:
        pending = await rows.get_pending(tx, level.action_type)
        if pending is not None:
            await self.promotions.withdraw(tx, pending, why)
        if cases is None:
            cases = await self.reader.falling(tx, level, self.clock.now())
        move = Move(kind="demoted", after=to, why=why, people=people, told=_owners(cases))
        await self.mover.move(tx, level, move, actor=actor)

    async def _follow_lineage(self, tx: Tx, level: EarnedLevel) -> None:
        """Trust belongs to what wrote the texts. Nobody has looked at a row without a lineage yet:
        then it takes the present one, and what was there before counts."""
        present, at = self.lineage(), AutonomyLevel(level.earned)
        if level.lineage == present:
            return
        first = first_level(level.action_type)
        known, level.lineage = level.lineage, present
        if not known:
            tenant = await tenants.get_tenant(tx)
            if tenant is not None and at is first:
                level.since = min(level.since, tenant.created_at)
            return
        pending = await rows.get_pending(tx, level.action_type)
        if pending is not None:
            await self.promotions.withdraw(tx, pending, OTHER_MODEL)
        falls = at.acts and not first.acts
        told = _owners(await self.reader.falling(tx, level, self.clock.now())) if falls else None
        after = AutonomyLevel.APPROVE if falls else at
        move = Move(kind="reset", after=after, why=OTHER_MODEL, told=told)
        await self.mover.move(tx, level, move)


def _owners(cases: list[Case]) -> tuple[UUID, ...]:
    """Reps whose mails left by themselves."""
    return tuple(
        dict.fromkeys(one.owner_id for one in cases if one.by_rule and one.owner_id is not None)
    )
