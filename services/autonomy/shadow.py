"""The shadow report: what would have left by itself, beside what people sent.

It reads what was written down where nothing was let go: at the level shadow, and in a tenant that
only watches. Who leads people reads it, and sees in its examples what they may see anyway: the mail
of their tenant's accounts, and the texts the copilot kept to itself.
"""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from db import judgements as rows
from db.judgements import HeldCase
from db.session import Database
from services.actors import require_member
from services.autonomy.comparing import Did, agrees, deadline, did, similarity
from services.autonomy.ruling import Would
from services.errors import Forbidden
from services.intervals import share_of
from services.ports import Clock
from services.reader import reader_of
from services.types.people import Actor
from services.types.shadow import DAYS, ShadowExample, ShadowLine, ShadowView
from services.visibility import leads
from services.zones import zone_of

MOST = 500
EXAMPLES = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class _Compared:
    case: HeldCase
    would: Would
    did: Did


@dataclass(frozen=True, slots=True, kw_only=True)
class ShadowReport:
    db: Database
    clock: Clock

    async def report(self, actor: Actor, days: int = DAYS) -> ShadowView:
        """Forbidden: for those who lead people, and admins."""
        now = self.clock.now()
        async with self.db.read(actor.tenant_id) as tx:
            member = await require_member(tx, actor)
            if not leads(member):
                raise Forbidden("The shadow report is for managers and admins.")
            cases = await rows.list_held_cases(tx, now - timedelta(days=days), MOST)
            reader = reader_of(member, self.clock)
        # Comparing five hundred long texts takes about a second: nobody else is to wait for it.
        lines = await asyncio.to_thread(_lines, cases, now)
        return ShadowView(reader=reader, days=days, lines=lines)


def _lines(cases: Sequence[HeldCase], now: datetime) -> tuple[ShadowLine, ...]:
    by_type: dict[str, list[_Compared]] = defaultdict(list)
    for case in cases:
        by_type[case.action_type].append(_compared(case, now))
    return tuple(_line(name, by_type[name]) for name in sorted(by_type))


def _compared(case: HeldCase, now: datetime) -> _Compared:
    until = deadline(case.held_at, zone_of(case.timezone))
    came = did(case.text, case.written, case.written_at, until=until, now=now)
    return _Compared(case=case, would=Would(case.would), did=came)


def _line(action_type: str, found: Sequence[_Compared]) -> ShadowLine:
    over = [one for one in found if one.did is not Did.OPEN]
    agreed = sum(agrees(one.would, one.did) for one in over)

    def would(what: Would) -> int:
        return sum(one.would is what for one in found)

    def people(*what: Did) -> int:
        return sum(one.did in what for one in over)

    return ShadowLine(
        action_type=action_type,
        would_send=would(Would.SEND),
        would_ask=would(Would.ASK),
        would_stop=would(Would.STOP),
        people_did_alike=people(Did.LIKE),
        people_did_otherwise=people(Did.OTHER),
        people_did_nothing=people(Did.NOTHING, Did.LATER),
        people_did_later=people(Did.LATER),
        still_open=len(found) - len(over),
        agreement=share_of(agreed, len(over)),
        examples=tuple(_example(one) for one in over[:EXAMPLES]),
    )


def _example(one: _Compared) -> ShadowExample:
    case = one.case
    return ShadowExample(
        account=case.account,
        mine=case.text,
        theirs=case.written or "",
        would=one.would.value,
        did=one.did.value,
        at=case.held_at,
        alike=similarity(case.text, case.written) if case.written else None,
    )
