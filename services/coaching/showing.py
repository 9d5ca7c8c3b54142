"""What a rep may try, from the figures of the last night's look. Reading only: every number was
counted then."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from db import coaching as rows
from db import members
from db.models.coaching import CoachingFinding, CoachingLook
from db.session import ReadTx
from services.coaching.patterns import BY_KEY, PATTERNS
from services.coaching.statistics import LARGEST_Q, q_values
from services.coaching.words import missing_sentence, sentence
from services.intervals import share_of
from services.types.coaching import Compared, Finding, ToTry

MINE, EVERYBODY = "mine", "everybody"
DOES_IT = 0.8
"""Who does it in so large a part of their threads has nothing to try there."""


async def to_try(tx: ReadTx, member_id: UUID, limit: int = 3) -> ToTry:
    """Own findings first, then everybody's where the member has none of their own and does mostly
    the other thing; the surest first. What a member called not helpful is left out. Nothing for a
    member who has left."""
    member = await members.get_member(tx, member_id)
    if member is None or not member.active:
        return ToTry()
    own, q = await reader_family(tx, member_id)
    refused = await rows.list_refused(tx, member_id)
    stored = await rows.list_findings(tx, [member_id, None])
    shown = [
        finding_of(one, q[key_of(one)], look=own, reader_id=member_id)
        for one in stored
        if one.pattern in BY_KEY
        and one.pattern not in refused
        and q.get(key_of(one), 1.0) <= LARGEST_Q
    ]
    mine = [one for one in shown if one.mine]
    told = {one.pattern for one in mine}
    others = [
        one for one in shown if not one.mine and one.pattern not in told and not _does_it(own, one)
    ]
    return ToTry(
        findings=tuple([*_surest(mine), *_surest(others)][:limit]),
        compared=len(q),
        missing=_missing(own),
        threads=own.threads if own else 0,
        looked_at=own.made_at if own else None,
    )


async def reader_family(
    tx: ReadTx, member_id: UUID
) -> tuple[CoachingLook | None, dict[tuple[str, str], float]]:
    """The member's own look, and the q-value of everything that was compared for them: their own
    mails, and everybody's."""
    own, all_ = await rows.get_look(tx, member_id), await rows.get_look(tx, None)
    p_values = {(MINE, key): float(p) for key, p in (own.tests if own else {}).items()}
    p_values |= {(EVERYBODY, key): float(p) for key, p in (all_.tests if all_ else {}).items()}
    return own, q_values(p_values)


def key_of(one: CoachingFinding) -> tuple[str, str]:
    return (EVERYBODY if one.member_id is None else MINE, one.pattern)


def finding_of(
    one: CoachingFinding, q: float, *, look: CoachingLook | None, reader_id: UUID
) -> Finding:
    """`look`: the reader's own, whose mails may be shown to them."""
    pattern, compared = BY_KEY[one.pattern], compared_of(one, q)
    mine = one.member_id == reader_id
    return Finding(
        id=one.id,
        pattern=one.pattern,
        member_id=one.member_id,
        mine=mine,
        sentence=sentence(pattern, compared, mine=mine),
        advice=pattern.advice(one.effect),
        compared=compared,
        starts_on=one.starts_on,
        ends_on=one.ends_on,
        examples=len((look.examples if look else {}).get(one.pattern, ())),
    )


def compared_of(one: CoachingFinding, q: float) -> Compared:
    facts: Mapping[str, Any] = one.facts
    return Compared(
        first=share_of(*facts["first"]),
        second=share_of(*facts["second"]),
        effect=one.effect,
        low=one.low,
        high=one.high,
        p=one.p_value,
        q=q,
        accounts=int(facts.get("accounts", 0)),
    )


def _surest(found: list[Finding]) -> list[Finding]:
    return sorted(found, key=lambda one: (one.compared.q, -abs(one.compared.effect), one.pattern))


def _does_it(own: CoachingLook | None, found: Finding) -> bool:
    """Whether the member does already, nearly always, what everybody's figures speak for."""
    counted = (own.counts if own else {}).get(found.pattern, {}).values()
    first = sum(int(one[0]) for one in counted)
    second = sum(int(one[2]) for one in counted)
    better = first if found.compared.effect > 0 else second
    return first + second > 0 and better / (first + second) >= DOES_IT


def _missing(own: CoachingLook | None) -> tuple[str, ...]:
    lacks = own.missing if own else {}
    known = [(int(lacks[one.key]), one) for one in PATTERNS if one.key in lacks]
    return tuple(missing_sentence(one, n) for n, one in sorted(known, key=lambda pair: pair[0]))
