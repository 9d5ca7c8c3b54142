"""What people take away: the organisation's limits, the kill switch of one type, the narrowing of
whoever looks after an account, and how much may leave by itself in a day.

Nothing here widens. A change holds the kill switch's row, which every claim holds too: what is
being claimed is waited for, and the next claim sees the change. What is queued then asks anew at
once, by the job `effects.recall`.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import UUID

from db import actions, commands, members
from db import autonomy as rows
from db.models.autonomy import LevelMove
from db.session import Database, Tx
from services.actors import require_admin, require_member
from services.audit import AuditService
from services.autonomy.levels import authority_of, hold_level
from services.autonomy.narrowing import looked_after, must_narrow, set_own
from services.autonomy.recalling import want_recall
from services.errors import Conflict, InvalidInput
from services.guardrails import TABLE
from services.ports import Clock, Ids
from services.types.actions import ActionType, AutonomyLevel, Verdict
from services.types.autonomy import lowest
from services.types.autonomy_words import level_words, name_of
from services.types.people import Actor
from services.types.preferences import DAILY_CAP, MOST_A_DAY, read_preferences

UNKNOWN_TYPE = "I don't know this kind of action."
NOTHING_TO_LIMIT = "I never do this, whoever asks: there is nothing to limit."

Change = Callable[[Tx], Awaitable[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitService:
    """Every verb answers with the sentence for whoever asked; a repeated command with the same.
    Forbidden: it isn't theirs to decide; InvalidInput: it would limit nothing; Conflict: it is so
    already."""

    db: Database
    clock: Clock
    ids: Ids
    audit: AuditService

    async def set_ceiling(
        self, actor: Actor, action_type: str, level: AutonomyLevel | None, *, command_id: str
    ) -> str:
        """The organisation's limit for a type; None lifts it. Admins only."""
        kind = _limitable(action_type)

        async def change(tx: Tx) -> str:
            await require_admin(tx, actor)
            await actions.lock_kill_switch(tx)
            row = await hold_level(tx, kind, clock=self.clock, ids=self.ids)
            before = AutonomyLevel(row.ceiling) if row.ceiling else None
            if before is level:
                raise Conflict("That is the limit already." if level else "There is no limit.")
            earned = AutonomyLevel(row.earned)
            was, is_now = (lowest((earned, one)) or earned for one in (before, level))
            row.ceiling, row.version = level, row.version + 1
            move = LevelMove(action_type=kind, kind="limited", before=was, after=is_now)
            await self._moved(tx, actor, move, limit=level, limit_before=before)
            if is_now.rank < was.rank:
                await want_recall(tx)
            if level is None:
                return f"Your organisation's limit for {name_of(kind)} is lifted."
            words = level_words(level)
            return f"Your organisation's limit for {name_of(kind)} is “{words}” from now on."

        return await self._once(actor, "autonomy.limit", command_id, change)

    async def stop_type(self, actor: Actor, action_type: str, *, command_id: str) -> str:
        """The kill switch of one type: nothing of it leaves, whoever approved it. Admins only."""
        return await self._switch(actor, action_type, on=True, command_id=command_id)

    async def release_type(self, actor: Actor, action_type: str, *, command_id: str) -> str:
        return await self._switch(actor, action_type, on=False, command_id=command_id)

    async def narrow(
        self,
        actor: Actor,
        account_id: UUID | None,
        action_type: str,
        level: AutonomyLevel | None,
        *,
        command_id: str,
    ) -> str:
        """The actor's own limit for one account they look after, or all of theirs (None), and for
        one type or all (''). A `level` of None lifts it. Nobody sets one for somebody else."""
        kind = _limitable(action_type) if action_type else ""

        async def change(tx: Tx) -> str:
            member = await require_member(tx, actor)
            lifting = level is None
            account = await looked_after(tx, member, account_id, lifting=lifting)
            at = account.id if account else None
            await actions.lock_kill_switch(tx)
            if level is not None:
                await must_narrow(tx, member, at, kind, level)
            row_id, now = self.ids.new(), self.clock.now()
            before = await set_own(tx, member, at, kind, level, row_id=row_id, now=now)
            if before == (level or ""):
                raise Conflict(
                    "You have set no limit of your own here."
                    if lifting
                    else "That is your limit already."
                )
            move = LevelMove(action_type=kind, kind="narrowed", before=before, after=level or "")
            await self._moved(tx, actor, move, account_id=str(at) if at else None)
            await want_recall(tx)
            of = f"{name_of(kind)} with {account.name if account else 'your accounts'}"
            if level is None:
                return f"Your own limit for {of} is lifted."
            return f"Your own limit for {of} is “{level_words(level)}” from now on."

        return await self._once(actor, "autonomy.narrow", command_id, change)

    async def set_daily_cap(self, actor: Actor, cap: int, *, command_id: str) -> str:
        """How many mails a day may leave by themselves in the actor's name: 0 to 50."""
        if not 0 <= cap <= MOST_A_DAY:
            raise InvalidInput(f"Choose a number from 0 to {MOST_A_DAY}.", field=DAILY_CAP)

        async def change(tx: Tx) -> str:
            member = await require_member(tx, actor)
            before = read_preferences(member.preferences).daily_cap
            await members.set_preference(tx, member.id, DAILY_CAP, str(cap))
            facts = {"daily_cap": cap, "before": before}
            await self.audit.append(
                tx, "member.preferences", actor=actor, subject_id=member.id, facts=facts
            )
            if cap == 0:
                return "Saved. Nothing leaves by itself in your name."
            return f"Saved. At most {cap} a day leave by themselves in your name."

        return await self._once(actor, "autonomy.daily_cap", command_id, change)

    # ── shared ──────────────────────────────────────────────────────────────────────────────────
    async def _once(self, actor: Actor, verb: str, command_id: str, change: Change) -> str:
        """One change in its own transaction; the sentence is kept for a repeat."""
        async with self.db.transaction(actor.tenant_id) as tx:
            done = await commands.claim_command(
                tx,
                result_id=self.ids.new(),
                command_id=command_id,
                verb=verb,
                now=self.clock.now(),
            )
            if done is not None:
                return str(done.get("sentence", ""))
            sentence = await change(tx)
            await commands.set_command_result(tx, command_id, {"sentence": sentence})
            return sentence

    async def _switch(self, actor: Actor, action_type: str, *, on: bool, command_id: str) -> str:
        kind = _limitable(action_type)

        async def change(tx: Tx) -> str:
            admin = await require_admin(tx, actor)
            await actions.lock_kill_switch(tx)
            _, types = await rows.stopped_types(tx)
            if (kind in types) == on:
                state = "is stopped already" if on else "isn't stopped"
                raise Conflict(f"This {state}: {name_of(kind)}.")
            stopped = types | {kind} if on else types - {kind}
            await rows.set_stopped_types(tx, stopped, by=admin.id, at=self.clock.now())
            level = (await authority_of(tx, kind, member_id=None, account_id=None)).level
            before, after = (level, AutonomyLevel.OFF) if on else (AutonomyLevel.OFF, level)
            word = "stopped" if on else "released"
            move = LevelMove(action_type=kind, kind=word, before=before, after=after)
            await self._moved(tx, actor, move)
            if not on:
                return f"Released: {name_of(kind)}. What was stopped asks anew."
            await want_recall(tx)
            return (
                f"Stopped: {name_of(kind)}. Nothing of this kind leaves until an admin releases "
                "it, whoever approves; what was about to leave asks anew."
            )

        return await self._once(actor, "autonomy.switch", command_id, change)

    async def _moved(self, tx: Tx, actor: Actor, move: LevelMove, **facts: str | None) -> None:
        """The move for the history, and an entry for the audit."""
        move.tenant_id, move.id, move.created_at = tx.tenant_id, self.ids.new(), self.clock.now()
        move.moved_by, move.evidence = actor.member_id, facts
        told = {"type": move.action_type, "before": move.before, "after": move.after, **facts}
        await rows.add_move(tx, move)
        await self.audit.append(
            tx, f"level.{move.kind}", actor=actor, subject_id=move.id, facts=told
        )


def _limitable(action_type: str) -> ActionType:
    try:
        kind = ActionType(action_type)
    except ValueError as error:
        raise InvalidInput(UNKNOWN_TYPE, field="type") from error
    if TABLE[kind].base is Verdict.HARD_STOP:
        raise InvalidInput(NOTHING_TO_LIMIT, field="type")
    return kind
