"""Being left alone for a while, and the switch that stops everything."""

from dataclasses import dataclass
from uuid import UUID

from db import actions, commands, members, tenants, timers
from db.models.tenants import Member
from db.session import Database, Tx
from services.actors import require_admin, require_member
from services.autonomy.recalling import want_recall
from services.errors import Conflict
from services.holding import NIGHT_TIMER
from services.home_cards import touch_homes
from services.pause_words import is_everything, read_pause
from services.reach import holds_back, quiet_until
from services.rollout.deps import RolloutDeps, told_before
from services.rollout.waiting import WELCOME, WaitingService
from services.types.moments import until_words
from services.types.people import Actor

TIMER = "pause"
ALL_STOPPED = (
    "Everything is stopped: nothing leaves for anybody until an admin resumes it with "
    "`/understudy resume everything`. What is approved meanwhile isn't sent."
)
ALL_AGAIN = "Resumed. What is approved from now on leaves again; what was stopped asks anew."


@dataclass(frozen=True, slots=True, kw_only=True)
class PauseService:
    """`over` and `morning` are the handlers of the timers."""

    db: Database
    deps: RolloutDeps
    waiting: WaitingService

    async def pause(self, actor: Actor, words: str, *, command_id: str) -> str:
        """No unasked messages for the actor until then; `everything` is the kill switch."""
        if is_everything(words):
            return await self.stop(actor, command_id=command_id)
        now = self.deps.clock.now()
        async with self.db.transaction(actor.tenant_id) as tx:
            done = await told_before(tx, self.deps, "pause", command_id)
            if done is not None:
                return str(done.get("sentence", ""))
            member = await self._own(tx, actor)
            until = read_pause(words, now=now, timezone=member.timezone).until or now
            member.paused_until = until
            await tx.session.flush()
            await timers.set_timer(tx, TIMER, member.id, until)
            await self.deps.audit.append(
                tx,
                "member.paused",
                actor=actor,
                subject_id=member.id,
                facts={"until": until.isoformat()},
            )
            sentence = (
                f"I'm quiet until {until_words(until, now, member.timezone)}. Approvals you must "
                "decide on still come. `/understudy resume` ends it sooner."
            )
            await commands.set_command_result(tx, command_id, {"sentence": sentence})
            await touch_homes(tx, [member.id], now=self.deps.clock.now())
            return sentence

    async def resume(self, actor: Actor, words: str, *, command_id: str) -> str:
        """End the actor's pause, or the tenant's."""
        if is_everything(words):
            return await self.go_on(actor, command_id=command_id)
        now = self.deps.clock.now()
        async with self.db.transaction(actor.tenant_id) as tx:
            done = await told_before(tx, self.deps, "resume", command_id)
            if done is not None:
                return str(done.get("sentence", ""))
            member = await self._own(tx, actor)
            if member.paused_until is None or member.paused_until <= now:
                stopped = await actions.kill_switch_engaged(tx)
                more = (
                    " Sending is paused for the whole workspace; an admin ends that with "
                    "`/understudy resume everything`."
                )
                raise Conflict(f"You aren't paused.{more if stopped else ''}")
            sentence = await self._back(tx, member, actor=actor)
            await commands.set_command_result(tx, command_id, {"sentence": sentence})
            return sentence

    async def over(self, tx: Tx, member_id: UUID) -> None:
        """The pause has run out. A later one has moved its timer."""
        member = await members.lock_member(tx, member_id)
        due = member.paused_until if member else None
        if member is not None and due is not None and due <= self.deps.clock.now():
            await self._back(tx, member, actor=None)

    async def morning(self, tx: Tx, member_id: UUID) -> None:
        """Quiet hours have ended, or were chosen anew: what came meanwhile is told in one message.
        Where something else holds it back, its end tells it."""
        member, tenant = await members.lock_member(tx, member_id), await tenants.get_tenant(tx)
        if member is None or tenant is None:
            return
        now = self.deps.clock.now()
        ends = quiet_until(member, now)
        if ends is not None:
            await timers.set_timer(tx, NIGHT_TIMER, member_id, ends)
        elif holds_back(member, tenant, WELCOME, now) is None:
            await self.waiting.good_morning(tx, member_id)

    async def stop(self, actor: Actor, *, command_id: str) -> str:
        """The kill switch. Claims in flight are waited for; the next one sees it."""
        return await self._switch(actor, engaged=True, command_id=command_id)

    async def go_on(self, actor: Actor, *, command_id: str) -> str:
        return await self._switch(actor, engaged=False, command_id=command_id)

    async def _switch(self, actor: Actor, *, engaged: bool, command_id: str) -> str:
        async with self.db.transaction(actor.tenant_id) as tx:
            done = await told_before(tx, self.deps, "kill_switch", command_id)
            if done is not None:
                return str(done.get("sentence", ""))
            admin = await require_admin(tx, actor)
            if await actions.kill_switch_engaged(tx, lock=False) == engaged:
                raise Conflict(
                    "Everything is stopped already." if engaged else "Nothing is stopped for all."
                )
            now = self.deps.clock.now()
            await actions.set_kill_switch(tx, engaged=engaged, by=admin.id, at=now)
            await self.deps.audit.append(
                tx, "kill_switch.engaged" if engaged else "kill_switch.released", actor=actor
            )
            if engaged:
                await want_recall(tx)
            sentence = ALL_STOPPED if engaged else ALL_AGAIN
            await commands.set_command_result(tx, command_id, {"sentence": sentence})
            everybody = [one.id for one in await members.list_members(tx) if one.active]
            await touch_homes(tx, everybody, now=now)
            return sentence

    async def _back(self, tx: Tx, member: Member, *, actor: Actor | None) -> str:
        member.paused_until = None
        await tx.session.flush()
        await timers.drop_timer(tx, TIMER, member.id)
        await self.deps.audit.append(tx, "member.resumed", actor=actor, subject_id=member.id)
        came = await self.waiting.welcome_back(tx, member.id)
        await touch_homes(tx, [member.id], now=self.deps.clock.now())
        if not came:
            return "You're back. Nothing came meanwhile that waits for you."
        mails = "1 mail waits" if came == 1 else f"{came} mails wait"
        return f"You're back. {mails} for you; I've put them into one message."

    @staticmethod
    async def _own(tx: Tx, actor: Actor) -> Member:
        await require_member(tx, actor)
        return await members.lock_member(tx, actor.member_id) or await require_member(tx, actor)
