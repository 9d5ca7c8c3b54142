"""Who writes with which persona, and a persona's end."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from db import members
from db import personas as rows
from db.models.personas import Persona
from db.session import Database, Tx
from services.actors import require_member
from services.audit import AuditService
from services.errors import Conflict, Forbidden, InvalidInput, NotFound
from services.personas.access import GONE, LEADS_ONLY, NOT_YOURS, hold, may_change
from services.personas.telling import show_anew, tell
from services.ports import Clock, Ids
from services.types.people import Actor
from services.visibility import leads

NOT_ACTIVE = "It was never activated. Look at its samples first."
NONE_USED = "You write without a persona already."


@dataclass(frozen=True, slots=True)
class PersonaGiving:
    db: Database
    clock: Clock
    ids: Ids
    audit: AuditService

    async def assign(
        self, actor: Actor, persona_id: UUID, slack_user_ids: Collection[str], *, seen: int
    ) -> str:
        """Exactly these people write with it from now on; each is told once."""
        async with self.db.transaction(actor.tenant_id) as tx:
            member, persona = await hold(tx, actor, persona_id, seen=seen)
            if not leads(member):
                raise Forbidden(LEADS_ONLY)
            if persona.active_version is None:
                raise Conflict(NOT_ACTIVE)
            wanted = await self._people(tx, slack_user_ids)
            had = {user.id for user in (await rows.list_users(tx, [persona.id]))[persona.id]}
            earlier = [await self._give(tx, persona, one) for one in sorted(wanted - had)]
            await rows.drop_users(tx, persona.id, had - wanted)
            if wanted == had:
                return f"Nothing changed: the same people write with “{persona.name}”."
            facts = {
                "name": persona.name,
                "given": [str(one) for one in sorted(wanted - had)],
                "taken": [str(one) for one in sorted(had - wanted)],
            }
            await self.audit.append(
                tx, "persona.assigned", actor=actor, subject_id=persona.id, facts=facts
            )
            told = (wanted ^ had) - {member.id}
            await tell(tx, persona.id, told, clock=self.clock, ids=self.ids)
            for one in {before.id: before for before in earlier if before}.values():
                await show_anew(tx, one, besides=persona.id, clock=self.clock, ids=self.ids)
            people = "nobody" if not wanted else f"{len(wanted)} people"
            people = "one person" if len(wanted) == 1 else people
            return f"“{persona.name}” is used by {people} now. Everybody concerned is told once."

    async def use(self, actor: Actor, persona_id: UUID) -> str:
        """For oneself: one of one's own, or any for whoever leads people."""
        async with self.db.transaction(actor.tenant_id) as tx:
            member = await require_member(tx, actor)
            persona = await rows.lock_persona(tx, persona_id)
            if persona is None or persona.status == "deleted":
                raise NotFound(GONE)
            if not may_change(member, persona):
                raise Forbidden(NOT_YOURS)
            if persona.active_version is None:
                raise Conflict(NOT_ACTIVE)
            earlier = await self._give(tx, persona, member.id)
            await self._written_down(tx, actor, persona, given=True)
            await tell(tx, persona.id, (), clock=self.clock, ids=self.ids)
            await show_anew(tx, earlier, besides=persona.id, clock=self.clock, ids=self.ids)
            return f"I write for you as “{persona.name}” from the next draft on."

    async def leave(self, actor: Actor) -> str:
        """Drafts for this member sound as they did without a persona."""
        async with self.db.transaction(actor.tenant_id) as tx:
            member = await require_member(tx, actor)
            persona = await rows.persona_of(tx, member.id)
            if persona is None:
                raise Conflict(NONE_USED)
            await rows.drop_users(tx, persona.id, [member.id])
            await self._written_down(tx, actor, persona, given=False)
            await tell(tx, persona.id, (), clock=self.clock, ids=self.ids)
            return f"From the next draft on I write for you without “{persona.name}”."

    async def remove(self, actor: Actor, persona_id: UUID) -> str:
        """Deleted for good; what was written with it stays. Its people go on without one and hear
        of it once."""
        async with self.db.transaction(actor.tenant_id) as tx:
            member, persona = await hold(tx, actor, persona_id)
            users = {user.id for user in (await rows.list_users(tx, [persona.id]))[persona.id]}
            persona.status, persona.settled_at = "deleted", self.clock.now()
            persona.settled_by = member.id
            await rows.drop_users(tx, persona.id)
            await tx.session.flush()
            facts = {"name": persona.name, "taken": [str(one) for one in sorted(users)]}
            await self.audit.append(
                tx, "persona.deleted", actor=actor, subject_id=persona.id, facts=facts
            )
            await tell(tx, persona.id, users - {member.id}, clock=self.clock, ids=self.ids)
            if not users:
                return f"“{persona.name}” is deleted. Nobody wrote with it."
            told = f"{len(users)} people go on without a persona and hear of it once."
            if len(users) == 1:
                told = "One person goes on without a persona and hears of it once."
            return f"“{persona.name}” is deleted. {told}"

    # ── inside a transaction ────────────────────────────────────────────────────────────────────
    async def _give(self, tx: Tx, persona: Persona, member_id: UUID) -> Persona | None:
        """Says what the member wrote with before."""
        earlier = await rows.persona_of(tx, member_id)
        await rows.set_user(
            tx,
            row_id=self.ids.new(),
            persona_id=persona.id,
            member_id=member_id,
            now=self.clock.now(),
        )
        return earlier

    async def _written_down(self, tx: Tx, actor: Actor, persona: Persona, *, given: bool) -> None:
        facts = {"name": persona.name, "given" if given else "taken": [str(actor.member_id)]}
        await self.audit.append(
            tx, "persona.assigned", actor=actor, subject_id=persona.id, facts=facts
        )

    @staticmethod
    async def _people(tx: Tx, slack_user_ids: Collection[str]) -> set[UUID]:
        found = set[UUID]()
        for slack_id in sorted(set(slack_user_ids)):
            one = await members.get_member_by_slack_id(tx, slack_id)
            if one is None or not one.active:
                raise InvalidInput(
                    "Somebody you chose isn't a member here. Import them first.", field="people"
                )
            found.add(one.id)
        return found
