"""One person's counts for whoever leads them, what to talk about, and the mails behind it as far
as the person shares theirs."""

from dataclasses import dataclass
from uuid import UUID

from db import learning_views as rows
from db.models.tenants import Member
from db.session import Database, ReadTx
from services.actors import require_member
from services.coaching.opportunities import opportunities
from services.errors import Forbidden, NotFound
from services.habits.views import counts_for, shared_rules
from services.learning_views.comparing import compare
from services.learning_views.kept import SumKeeper
from services.learning_views.team import people_of, sample_of
from services.learning_views.whose import GONE, TOTALS_ONLY, require_person, require_team
from services.ports import Clock
from services.reader import reader_of
from services.types.coaching import Opportunities
from services.types.people import Actor, Role
from services.types.preferences import read_preferences
from services.types.team import Comparison, ExampleView, PersonPage, Place

SHOWN = 3
MOST = 500
NOT_SHARED = "They don't share their mails, so there is nothing to show but the counts."


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonService:
    db: Database
    clock: Clock
    sums: SumKeeper

    async def page(self, actor: Actor, person_id: UUID) -> PersonPage:
        """Forbidden where they don't report to the reader."""
        async with self.db.read(actor.tenant_id) as tx:
            member = await require_member(tx, actor)
            person = await require_person(tx, member, person_id)
            team = await require_team(tx, member)
        all_of = await self.sums.of_team(actor.tenant_id, team)
        kept = await self.sums.of_one(actor.tenant_id, person.id)
        async with self.db.read(actor.tenant_id) as tx:
            found = await people_of(tx, team, all_of)
            counted = next((one for one in found if one.member_id == person_id), None)
            if counted is None:
                raise NotFound(GONE)
            comparison = compare([sample_of(one) for one in found if one.answers.resolved])
            seen = await opportunities(tx, member.id, MOST)
            theirs = [one for one in seen.found if one.member_id == person.id]
            return PersonPage(
                reader=reader_of(member, self.clock),
                person=counted,
                spans=kept.spans,
                as_of=min(kept.made_at, all_of.made_at),
                place=_place_of(person, comparison),
                average=comparison.average,
                opportunities=tuple(theirs[:SHOWN]),
                looked_at=seen.looked_at,
                shares=read_preferences(person.preferences).share_examples,
                edits=await counts_for(tx, person.id, self.clock),
                shared_rules=await shared_rules(tx, person, self.clock),
            )

    async def coaching(self, actor: Actor) -> Opportunities:
        """What to talk about with whom. Forbidden for whoever leads nobody."""
        async with self.db.read(actor.tenant_id) as tx:
            return await opportunities(tx, (await _require_lead(tx, actor)).id)

    async def example(self, actor: Actor, action_id: UUID) -> ExampleView:
        """One mail behind what there is to talk about. Forbidden where its writer doesn't share
        theirs; what is behind nothing that was found isn't there."""
        async with self.db.read(actor.tenant_id) as tx:
            member = await _require_lead(tx, actor)
            row = await rows.get_example(tx, action_id)
            if row is None or row["owner_id"] is None:
                raise NotFound("This mail is no longer there.")
            person = await require_person(tx, member, row["owner_id"])
            if not read_preferences(person.preferences).share_examples:
                raise Forbidden(NOT_SHARED)
            seen = await opportunities(tx, member.id, MOST)
            if not any(
                one.member_id == person.id and action_id in one.examples for one in seen.found
            ):
                raise NotFound("This mail is no longer behind anything that was found.")
            return ExampleView(
                reader=reader_of(member, self.clock),
                name=person.name,
                account=row["account"] or "",
                subject=row["subject"] or "",
                text=row["text"] or "",
                at=row["at"],
                outcome=row["outcome"] or "",
            )


async def _require_lead(tx: ReadTx, actor: Actor) -> Member:
    member = await require_member(tx, actor)
    await require_team(tx, member)
    if member.role == Role.EXECUTIVE:
        raise Forbidden(TOTALS_ONLY)
    return member


def _place_of(person: Member, comparison: Comparison) -> Place | None:
    return next((one for one in comparison.places if one.member_id == person.id), None)
