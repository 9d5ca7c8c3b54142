"""Making and changing a persona: two steps of a form, samples, and only then it is active.

A change is a new version. What is active goes on until the new one has been seen and activated.
"""

from dataclasses import dataclass
from uuid import UUID

from db import commands, jobs
from db import personas as rows
from db.models.personas import Persona
from db.models.tenants import Member
from db.session import Database, Tx
from services.actors import require_member
from services.audit import AuditService
from services.errors import Conflict, InvalidInput
from services.personas.access import hold
from services.personas.styling import fields_of, waits
from services.personas.telling import show_anew, show_asked, tell
from services.personas.texts import checked_dial, checked_name, checked_voice, name_key
from services.ports import Clock, Ids
from services.regions import region_of
from services.types.people import Actor
from services.types.personas import PersonaShape, PersonaVoice, Shaped
from services.types.style import Dial
from services.visibility import leads

PREVIEW = "persona.preview"
UNDER_WAY = (
    "I'm writing a mail and a chat message in this style. They come to you as a card; nothing "
    "changes until you activate it there."
)
AS_BEFORE = "Saved. It sounds exactly as before, so there is nothing to look at."
NOT_SEEN = "Look at its samples first: only what has been seen is activated."
TAKEN = "There is a persona “{name}” already. Choose another name."


@dataclass(frozen=True, slots=True)
class PersonaMaking:
    db: Database
    clock: Clock
    ids: Ids
    audit: AuditService

    async def shape(
        self,
        actor: Actor,
        form: PersonaShape,
        *,
        persona_id: UUID | None = None,
        seen: int = 0,
        command_id: str,
    ) -> Shaped:
        """The first step: name, dials, region. Without an id it is a new persona."""
        name = checked_name(form.name)
        dials = {dial: checked_dial(dial, form.dials[dial]) for dial in Dial}
        region = region_of(form.region)
        told = ""
        if form.region.strip() and region is None:
            told = f"I don't know the region “{form.region.strip()[:60]}”, so none is set."
        async with self.db.transaction(actor.tenant_id) as tx:
            done = await self._once(tx, command_id, "persona.shape")
            if done is not None:
                return _shaped(await rows.get_persona(tx, UUID(done["persona_id"])), told)
            if persona_id is None:
                persona = self._begun(await require_member(tx, actor))
            else:
                _, persona = await hold(tx, actor, persona_id, seen=seen)
            before = fields_of(persona)
            await self._named(tx, persona, name)
            _set(persona, dials, region.key if region else None)
            if persona_id is None:
                await rows.add_persona(tx, persona)
                await self._audit(tx, "persona.made", actor, persona)
            else:
                await self._changed(tx, actor, persona, before)
            await commands.set_command_result(tx, command_id, {"persona_id": str(persona.id)})
            return _shaped(persona, told)

    async def voice(
        self, actor: Actor, persona_id: UUID, voice: PersonaVoice, *, seen: int, command_id: str
    ) -> str:
        """The second step: examples and own words; then samples are written. Says what happens."""
        checked = checked_voice(voice)
        async with self.db.transaction(actor.tenant_id) as tx:
            if await self._once(tx, command_id, "persona.voice") is not None:
                return UNDER_WAY
            member, persona = await hold(tx, actor, persona_id, seen=seen)
            before = fields_of(persona)
            persona.examples = list(checked.examples)
            persona.instructions = checked.instructions
            await self._changed(tx, actor, persona, before)
            if not waits(persona):
                return AS_BEFORE
            await self._ask(tx, member, persona)
            return UNDER_WAY

    async def write_samples(self, actor: Actor, persona_id: UUID, *, seen: int) -> str:
        """Once more, or for the first time where the form was closed before its second step."""
        async with self.db.transaction(actor.tenant_id) as tx:
            member, persona = await hold(tx, actor, persona_id, seen=seen)
            if persona.preview != "asked":
                await self._ask(tx, member, persona)
            return UNDER_WAY

    # ── What has been seen ──────────────────────────────────────────────────────────────────────
    async def activate(self, actor: Actor, persona_id: UUID, *, seen: int) -> str:
        """What stands on the card holds from now on. A rep's own first one is theirs at once."""
        async with self.db.transaction(actor.tenant_id) as tx:
            member, persona = await hold(tx, actor, persona_id, seen=seen)
            if persona.active_version == persona.version:
                return f"“{persona.name}” is active already."
            if persona.preview != "ready":
                raise Conflict(NOT_SEEN)
            persona.active = fields_of(persona)
            persona.active_version = persona.version
            persona.status = "active"
            await tx.session.flush()
            earlier = await rows.persona_of(tx, member.id)
            if persona.created_by == member.id and not leads(member):
                await rows.set_user(
                    tx,
                    row_id=self.ids.new(),
                    persona_id=persona.id,
                    member_id=member.id,
                    now=self.clock.now(),
                )
            await self._audit(tx, "persona.activated", actor, persona)
            users = (await rows.list_users(tx, [persona.id]))[persona.id]
            await show_asked(tx, persona.id, member.id, clock=self.clock, ids=self.ids)
            await show_anew(tx, earlier, besides=persona.id, clock=self.clock, ids=self.ids)
            return _holds(persona, users)

    async def discard(self, actor: Actor, persona_id: UUID, *, seen: int) -> str:
        """Back to what is active; one that never was goes altogether."""
        async with self.db.transaction(actor.tenant_id) as tx:
            member, persona = await hold(tx, actor, persona_id, seen=seen)
            if persona.active_version is None:
                persona.status, persona.settled_at = "deleted", self.clock.now()
                persona.settled_by = member.id
                await rows.drop_users(tx, persona.id)
                told = f"“{persona.name}” is gone. It was never active."
            else:
                for name, value in persona.active.items():
                    setattr(persona, name, value)
                _new_version(persona)
                told = f"“{persona.name}” stays as it was."
            await self._audit(tx, "persona.discarded", actor, persona)
            await tx.session.flush()
            await show_asked(tx, persona.id, member.id, clock=self.clock, ids=self.ids)
            return told

    # ── inside a transaction ────────────────────────────────────────────────────────────────────
    def _begun(self, member: Member) -> Persona:
        return Persona(
            tenant_id=member.tenant_id,
            id=self.ids.new(),
            created_at=self.clock.now(),
            name="",
            name_key="",
            version=1,
            status="draft",
            preview="none",
            previews={},
            active={},
            examples=[],
            instructions="",
            created_by=member.id,
        )

    async def _named(self, tx: Tx, persona: Persona, name: str) -> None:
        key = name_key(name)
        if key != persona.name_key and not await rows.claim_name(tx, key, besides=persona.id):
            raise InvalidInput(TAKEN.format(name=name), field="name")
        persona.name, persona.name_key = name, key

    async def _changed(
        self, tx: Tx, actor: Actor, persona: Persona, before: dict[str, object]
    ) -> None:
        if fields_of(persona) != before:
            _new_version(persona)
            await self._audit(tx, "persona.changed", actor, persona)
        await tx.session.flush()
        # A card that stands somewhere shows another name, or samples that no longer count.
        await tell(tx, persona.id, (), clock=self.clock, ids=self.ids)

    async def _ask(self, tx: Tx, member: Member, persona: Persona) -> None:
        persona.preview, persona.previews = "asked", {}
        persona.preview_at = self.clock.now()
        await tx.session.flush()
        await jobs.enqueue(tx, PREVIEW, {"persona_id": persona.id, "version": persona.version})
        await show_asked(tx, persona.id, member.id, clock=self.clock, ids=self.ids)

    async def _once(self, tx: Tx, command_id: str, verb: str) -> dict[str, str] | None:
        return await commands.claim_command(
            tx, result_id=self.ids.new(), command_id=command_id, verb=verb, now=self.clock.now()
        )

    async def _audit(self, tx: Tx, verb: str, actor: Actor, persona: Persona) -> None:
        facts = {"name": persona.name, "version": persona.version}
        await self.audit.append(tx, verb, actor=actor, subject_id=persona.id, facts=facts)


def _set(persona: Persona, dials: dict[Dial, float], region: str | None) -> None:
    persona.region = region
    for dial, value in dials.items():
        setattr(persona, dial.value, value)


def _new_version(persona: Persona) -> None:
    """Samples belong to one version: another one has none."""
    persona.version += 1
    persona.preview, persona.previews = "none", {}


def _shaped(persona: Persona | None, told: str) -> Shaped:
    if persona is None:
        raise Conflict("This persona has been changed meanwhile. Begin once more.")
    voice = PersonaVoice(examples=tuple(persona.examples), instructions=persona.instructions)
    return Shaped(persona_id=persona.id, version=persona.version, voice=voice, told=told)


def _holds(persona: Persona, users: list[Member]) -> str:
    if not users:
        return f"“{persona.name}” is active. Nobody writes with it yet."
    names = ", ".join(user.name for user in users[:3])
    more = f" and {len(users) - 3} more" if len(users) > 3 else ""  # noqa: PLR2004 - three names
    return f"“{persona.name}” is active. I write this way for {names}{more}."
