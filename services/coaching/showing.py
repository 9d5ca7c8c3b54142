"""What a rep may try, from the figures of the last night's look. Reading only: every number was
counted then."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
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
    own, all_ = await rows.get_look(tx, member_id), await rows.get_look(tx, None)
    seen = Seen(
        own=own,
        q=_family(own, all_),
        refused=await rows.list_refused(tx, member_id),
        stored=await rows.list_findings(tx, [member_id, None]),
    )
    return ToTry(
        findings=tuple(seen.findings(member_id)[:limit]),
        compared=len(seen.q),
        missing=_missing(own),
        threads=own.threads if own else 0,
        looked_at=own.made_at if own else None,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What the last night came to for one reader."""

    own: CoachingLook | None
    q: Mapping[tuple[str, str], float]
    refused: Collection[str]
    stored: Sequence[CoachingFinding]
    """Theirs and everybody's."""

    def findings(self, member_id: UUID) -> list[Finding]:
        shown = [
            finding_of(one, self.q[key_of(one)], look=self.own, reader_id=member_id)
            for one in self.stored
            if one.pattern in BY_KEY
            and one.pattern not in self.refused
            and self.q.get(key_of(one), 1.0) <= LARGEST_Q
        ]
        mine = [one for one in shown if one.mine]
        told = {one.pattern for one in mine}
        others = [
            one
            for one in shown
            if not one.mine and one.pattern not in told and not _does_it(self.own, one)
        ]
        return [*_surest(mine), *_surest(others)]


async def seen_by(tx: ReadTx, member_ids: Collection[UUID]) -> dict[UUID, Seen]:
    """Of several readers, in three statements."""
    stored = await rows.list_findings(tx, [*member_ids, None])
    if not stored:
        return {}
    looks = {one.member_id: one for one in await rows.list_looks(tx, member_ids)}
    refused = await rows.list_refusals(tx, member_ids)
    return {
        member_id: Seen(
            own=looks.get(member_id),
            q=_family(looks.get(member_id), looks.get(None)),
            refused={pattern for who, pattern in refused if who == member_id},
            stored=[one for one in stored if one.member_id in {None, member_id}],
        )
        for member_id in member_ids
    }


async def reader_family(
    tx: ReadTx, member_id: UUID
) -> tuple[CoachingLook | None, dict[tuple[str, str], float]]:
    """The member's own look, and the q-value of everything that was compared for them: their own
    mails, and everybody's."""
    own, all_ = await rows.get_look(tx, member_id), await rows.get_look(tx, None)
    return own, _family(own, all_)


def _family(own: CoachingLook | None, all_: CoachingLook | None) -> dict[tuple[str, str], float]:
    p_values = {(MINE, key): float(p) for key, p in (own.tests if own else {}).items()}
    p_values |= {(EVERYBODY, key): float(p) for key, p in (all_.tests if all_ else {}).items()}
    return q_values(p_values)


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
