"""What people see of personas: the list, the form, a page with its figures, the card."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from db import members
from db import personas as rows
from db.models.personas import Persona
from db.models.tenants import Member
from db.session import Database, ReadTx
from services.actors import require_member
from services.errors import Forbidden, NotFound
from services.intervals import share_of
from services.personas.access import GONE, NOT_YOURS, may_change
from services.personas.styling import waits
from services.personas.texts import example_in_effect, in_effect
from services.ports import Clock
from services.reader import reader_of
from services.regions import region_of
from services.types.people import Actor
from services.types.personas import (
    NoEffect,
    PersonaCardView,
    PersonaFigures,
    PersonaFormView,
    PersonaLine,
    PersonaListView,
    PersonaPageView,
    Samples,
)
from services.types.style import MIDDLE, Dial
from services.visibility import leads

SHOWN = 15


@dataclass(frozen=True, slots=True)
class PersonaViews:
    db: Database
    clock: Clock

    async def overview(self, actor: Actor) -> PersonaListView:
        """The reader's own, and those they may look after."""
        async with self.db.read(actor.tenant_id) as tx:
            member = await require_member(tx, actor)
            own = await rows.persona_of(tx, member.id)
            found = await rows.list_personas(tx, only=None if leads(member) else member.id)
            shown = await self._lines(tx, found[:SHOWN])
            mine = await self._lines(tx, [own]) if own else []
            return PersonaListView(
                reader=reader_of(member, self.clock),
                own=mine[0] if mine else None,
                lines=tuple(shown),
                total=len(found),
                leads=leads(member),
            )

    async def form(self, actor: Actor, persona_id: UUID | None = None) -> PersonaFormView:
        """What the form begins with: all dials in the middle for a new one."""
        async with self.db.read(actor.tenant_id) as tx:
            member = await require_member(tx, actor)
            if persona_id is None:
                return PersonaFormView(dials=dict.fromkeys(Dial, MIDDLE))
            persona = await self._there(tx, persona_id)
            if not may_change(member, persona):
                raise Forbidden(NOT_YOURS)
            return PersonaFormView(
                persona_id=persona.id,
                version=persona.version,
                name=persona.name,
                dials=dials_of(persona),
                region=persona.region,
            )

    async def page(self, actor: Actor, persona_id: UUID) -> PersonaPageView:
        """How it sounds, who writes with it, how it goes."""
        async with self.db.read(actor.tenant_id) as tx:
            member = await require_member(tx, actor)
            persona = await self._there(tx, persona_id)
            users = (await rows.list_users(tx, [persona.id]))[persona.id]
            if not may_change(member, persona) and member.id not in {one.id for one in users}:
                raise Forbidden(NOT_YOURS)
            return PersonaPageView(
                card=await self._card(tx, persona, member, users),
                figures=await figures_of(tx, persona.id),
                instructions=persona.instructions,
                examples=tuple(persona.examples),
                user_slack_ids=tuple(one.slack_user_id for one in users if one.slack_user_id),
            )

    async def card(
        self, tenant_id: UUID, persona_id: UUID, member_id: UUID
    ) -> PersonaCardView | None:
        """None when either is gone."""
        async with self.db.read(tenant_id) as tx:
            persona = await rows.get_persona(tx, persona_id)
            member = await members.get_member(tx, member_id)
            if persona is None or member is None:
                return None
            users = (await rows.list_users(tx, [persona.id]))[persona.id]
            return await self._card(tx, persona, member, users)

    # ── inside a transaction ────────────────────────────────────────────────────────────────────
    @staticmethod
    async def _there(tx: ReadTx, persona_id: UUID) -> Persona:
        persona = await rows.get_persona(tx, persona_id)
        if persona is None or persona.status == "deleted":
            raise NotFound(GONE)
        return persona

    async def _card(
        self, tx: ReadTx, persona: Persona, member: Member, users: Sequence[Member]
    ) -> PersonaCardView:
        maker = await members.get_member(tx, persona.created_by or UUID(int=0))
        remover = await members.get_member(tx, persona.settled_by or UUID(int=0))
        region = region_of(persona.region)
        return PersonaCardView(
            reader=reader_of(member, self.clock),
            persona_id=persona.id,
            version=persona.version,
            name=persona.name,
            state=persona.status,  # type: ignore[arg-type]  # the column's check knows the same words
            waits=waits(persona),
            preview=persona.preview,  # type: ignore[arg-type]  # see above
            failure=str(persona.previews.get("failure", "")),
            samples=samples_of(persona),
            dials=dials_of(persona),
            region=region.name if region else None,
            no_effect=no_effect_of(persona),
            made_by=maker.name if maker else None,
            removed_by=remover.name if remover else None,
            users=tuple(one.name for one in users),
            reader_uses=member.id in {one.id for one in users},
            may_change=may_change(member, persona),
            may_assign=leads(member),
            active_version=persona.active_version,
        )

    @staticmethod
    async def _lines(tx: ReadTx, personas: Sequence[Persona]) -> list[PersonaLine]:
        users = await rows.list_users(tx, [one.id for one in personas])
        lines = list[PersonaLine]()
        for persona in personas:
            maker = await members.get_member(tx, persona.created_by or UUID(int=0))
            region = region_of(persona.region)
            lines.append(
                PersonaLine(
                    persona_id=persona.id,
                    name=persona.name,
                    state=persona.status,  # type: ignore[arg-type]  # the column's check
                    waits=waits(persona),
                    dials=dials_of(persona),
                    region=region.name if region else None,
                    made_by=maker.name if maker else None,
                    users=tuple(one.name for one in users[persona.id]),
                )
            )
        return lines


def dials_of(persona: Persona) -> dict[Dial, float]:
    return {dial: float(getattr(persona, dial.value)) for dial in Dial}


def samples_of(persona: Persona) -> Samples | None:
    if persona.preview != "ready":
        return None
    written = persona.previews
    return Samples(
        subject=str(written.get("subject", "")),
        mail=str(written.get("mail", "")),
        chat=str(written.get("chat", "")),
        model=str(written.get("model", "")),
        offline=bool(written.get("offline")),
        why=str(written.get("why", "")),
    )


def no_effect_of(persona: Persona) -> tuple[NoEffect, ...]:
    """What of its words changes nothing: of the instructions first, then of the examples."""
    found = list(in_effect(persona.instructions)[1])
    for example in persona.examples:
        found += example_in_effect(example)[1]
    return tuple(found)


async def figures_of(tx: ReadTx, persona_id: UUID) -> PersonaFigures:
    tally = await rows.tally(tx, persona_id)
    decided = tally.unchanged + tally.edited + tally.rejected
    return PersonaFigures(
        drafts=tally.drafts,
        unchanged=share_of(tally.unchanged, decided),
        edited=share_of(tally.edited, decided),
        rejected=share_of(tally.rejected, decided),
        answered=share_of(tally.answered, tally.watched),
        undone=tally.undone,
    )
