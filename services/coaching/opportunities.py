"""What a manager may talk about with their reps: what works for somebody, and where things are
turned down, left standing or late more often than with the others.

A list by name, in which nobody is compared with anybody but "everybody else", and nothing stands
that chance explains. Numbers only, unless a rep shares the mails behind them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from db import coaching as rows
from db import members
from db.coaching import LookHead
from db.models.coaching import CoachingFinding
from db.models.tenants import Member
from db.session import ReadTx
from services.coaching.deed_words import deed_sentence, deed_why
from services.coaching.patterns import BY_KEY
from services.coaching.showing import compared_of
from services.coaching.statistics import compare_counts, holds, q_values
from services.coaching.words import counted
from services.teams import team_of
from services.types.coaching import Compared, Deed, Opportunities, Opportunity, Sort
from services.types.preferences import read_preferences

LEAST_OWN = 10
LEAST_OTHERS = 20
LEAST_PEOPLE = 2
"""A rep's own cases, everybody else's, and how many members those come from."""
MOST_REASONS = 3
WHY_PRACTICE = "What works for one may be worth showing to the others, if it isn't their accounts."

Key = tuple[UUID, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    """A comparison of one rep's deeds with everybody else's."""

    deed: Deed
    head: LookHead
    compared: Compared


async def opportunities(tx: ReadTx, manager_id: UUID, limit: int = 20) -> Opportunities:
    """For one manager, over everybody below them; for an admin over everybody else. The q-values
    are over all that was compared for this manager."""
    led = await _led(tx, manager_id)
    heads = [one for one in await rows.list_heads(tx) if one.member_id is not None]
    own = [one for one in heads if one.member_id in led]
    if not own:
        return Opportunities(reps=len(led))
    cases = {(led_id, key): case for led_id, key, case in _cases(own, heads)}
    p_values: dict[Key, float] = {key: case.compared.p for key, case in cases.items()}
    p_values |= {(_id(one), pattern): p for one in own for pattern, p in one.tests.items()}
    q = q_values(p_values)
    shared = await rows.examples_of(tx, [one for one, who in led.items() if _shares(who)])
    found = [
        *(_of_deed(led[key[0]], case, q[key]) for key, case in cases.items()),
        *(
            _of_practice(led[one.member_id], one, q.get((one.member_id, one.pattern), 1.0), shared)
            for one in await rows.list_findings(tx, list(led))
            if one.member_id is not None and one.pattern in BY_KEY
        ),
    ]
    held = [one for one in found if holds(one.compared)]
    held.sort(key=lambda one: (one.member_name, one.member_id, not one.good, one.sentence))
    return Opportunities(
        found=tuple(held[:limit]),
        compared=len(q),
        reps=len(led),
        looked_at=max(one.made_at for one in own),
    )


async def _led(tx: ReadTx, manager_id: UUID) -> dict[UUID, Member]:
    manager = await members.get_member(tx, manager_id)
    if manager is None or not manager.active:
        return {}
    team = await team_of(tx, manager)
    return {
        one.id: one
        for one in await members.list_members(tx)
        if one.active and one.id != manager_id and (team is None or one.id in team)
    }


def _cases(own: Sequence[LookHead], heads: Sequence[LookHead]) -> Iterable[tuple[UUID, str, _Case]]:
    """What has evidence enough to be compared, whatever comes of it."""
    totals, people = _totals(heads)
    for head in own:
        for key, stored in head.deeds.items():
            deed = Deed.from_json(key, stored)
            part, of = totals[key][0] - deed.part, totals[key][1] - deed.of
            others = people[key] - bool(deed.of)
            if deed.of < LEAST_OWN or of < LEAST_OTHERS or others < LEAST_PEOPLE:
                continue
            compared = compare_counts((deed.part, deed.of), (part, of))
            yield _id(head), key, _Case(deed=deed, head=head, compared=compared)


def _totals(heads: Sequence[LookHead]) -> tuple[dict[str, tuple[int, int]], dict[str, int]]:
    totals: dict[str, tuple[int, int]] = {}
    people: dict[str, int] = {}
    for head in heads:
        for key, stored in head.deeds.items():
            part, of = totals.get(key, (0, 0))
            totals[key] = part + int(stored["part"]), of + int(stored["of"])
            people[key] = people.get(key, 0) + bool(stored["of"])
    return totals, people


def _of_deed(member: Member, case: _Case, q: float) -> Opportunity:
    compared, deed, shares = replace(case.compared, q=q), case.deed, _shares(member)
    reasons = sorted(deed.reasons.items(), key=lambda one: (-one[1], one[0]))
    return Opportunity(
        member_id=member.id,
        member_name=member.name,
        sort=deed.sort,
        good=compared.effect < 0,
        sentence=deed_sentence(deed, compared),
        why=deed_why(deed, good=compared.effect < 0),
        compared=compared,
        starts_on=case.head.starts_on,
        ends_on=case.head.ends_on,
        reasons=tuple(reasons[:MOST_REASONS]),
        shares=shares,
        examples=tuple(UUID(one) for one in deed.examples) if shares else (),
    )


def _of_practice(
    member: Member, one: CoachingFinding, q: float, shared: Mapping[UUID, Mapping[str, Any]]
) -> Opportunity:
    mails = shared.get(member.id, {}).get(one.pattern, ())
    pattern, compared = BY_KEY[one.pattern], compared_of(one, q)
    return Opportunity(
        member_id=member.id,
        member_name=member.name,
        sort=Sort.PRACTICE,
        good=True,
        sentence=(
            f"Of their threads: {pattern.first} were answered in {counted(compared.first)}, "
            f"{pattern.second} in {counted(compared.second)}."
        ),
        why=WHY_PRACTICE,
        compared=compared,
        starts_on=one.starts_on,
        ends_on=one.ends_on,
        shares=_shares(member),
        examples=tuple(UUID(action) for _, action, *_ in mails if action),
    )


def _shares(member: Member) -> bool:
    return read_preferences(member.preferences).share_examples


def _id(head: LookHead) -> UUID:
    if head.member_id is None:
        raise ValueError("everybody's figures are nobody's deeds")
    return head.member_id
