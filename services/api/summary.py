"""What /api tells of the figures, and to whom: own ones to everybody, the team's to a manager, the
tenant's to executives and admins."""

import json
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from db import members
from db.session import Database, ReadTx, Tx
from services.actors import require_member
from services.analytics.figures import figures
from services.analytics.pages import Page, page
from services.calibration.state import kept_left_out, list_summaries
from services.errors import Forbidden, InvalidInput
from services.intervals import share_of
from services.learning_views.spans import OVER
from services.ports import Clock, Ids
from services.teams import team_of
from services.types.learning import Figures
from services.types.people import Actor, Role

SPANS = (7, 28, 91, 364)
"""Whole weeks, so that every weekday counts as often as the others."""
USUAL = 28
OF_TENANT = frozenset({Role.EXECUTIVE, Role.ADMIN})
NOT_YOURS = "How confidence held is for managers, executives and admins."


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """JSON, and the version of the figures it was made from."""

    body: dict[str, Any]
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scope:
    name: str
    key: str
    people: Collection[UUID] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryService:
    db: Database
    clock: Clock
    ids: Ids

    async def summary(self, actor: Actor, days: int = USUAL) -> Summary:
        """The figures of the last days (UTC, today included) and of as many before them. A scope
        that isn't the actor's is missing."""
        if days not in SPANS:
            spans = ", ".join(map(str, SPANS))
            raise InvalidInput(f"Days are one of {spans}.", field="days")
        last = self.clock.now().date()
        first = last - timedelta(days=days - 1)
        async with self.db.read(actor.tenant_id) as tx:
            scopes = await _scopes(tx, actor)
        pages = [await self._page(actor.tenant_id, one, first, last) for one in scopes]
        body = {
            "as_of": min(one.made_at for one in pages).isoformat(),
            "first_day": first.isoformat(),
            "last_day": last.isoformat(),
            **{scope.name: one.body for scope, one in zip(scopes, pages, strict=True)},
        }
        return Summary(body=body, version=min(one.version for one in pages))

    async def calibrations(self, actor: Actor) -> dict[str, Any]:
        """How well stated confidence held, of everything that is learned apart."""
        async with self.db.read(actor.tenant_id) as tx:
            member = await require_member(tx, actor)
            if member.role == Role.REP:
                raise Forbidden(NOT_YOURS)
        async with self.db.transaction(actor.tenant_id) as writing:
            left_out = await kept_left_out(writing, clock=self.clock, ids=self.ids)
        async with self.db.read(actor.tenant_id) as tx:
            found = await list_summaries(tx, left_out=left_out)
        now = self.clock.now()
        return {"as_of": now.isoformat(), "summaries": [_plain(asdict(one)) for one in found]}

    async def _page(self, tenant_id: UUID, scope: _Scope, first: date, last: date) -> Page:
        """A transaction for each: others wait for a page that is being made, not for three."""

        async def make(tx: Tx) -> dict[str, Any]:
            return await _figures(tx, scope, first, last)

        async with self.db.transaction(tenant_id) as tx:
            key = f"api:{scope.key}:{first}:{last}"
            return await page(tx, key, make, clock=self.clock, ids=self.ids)


async def _scopes(tx: ReadTx, actor: Actor) -> list[_Scope]:
    """The member is read again: what they may see is theirs by the role of this moment."""
    member = await require_member(tx, actor)
    role = Role(member.role)
    found = [_Scope(name="own", key=f"own:{member.id}", people=[member.id])]
    if role is Role.MANAGER:
        people = await team_of(tx, member)
        found.append(_Scope(name="team", key=f"team:{member.id}", people=people))
    if role in OF_TENANT:
        found.append(_Scope(name="tenant", key="tenant", people=None))
    return found


async def _figures(tx: ReadTx, scope: _Scope, first: date, last: date) -> dict[str, Any]:
    span, back = last - first + timedelta(days=1), timedelta(days=OVER)
    begins, ends = first - back, last - back
    found = {
        **told_figures(
            await _sum(tx, scope, first, last),
            await _sum(tx, scope, begins, ends),
        ),
        "before": told_figures(
            await _sum(tx, scope, first - span, last - span),
            await _sum(tx, scope, begins - span, ends - span),
        ),
        "answered_days": {"first": begins.isoformat(), "last": ends.isoformat()},
    }
    if scope.name != "team":
        return found
    now = await figures(tx, scope.people, first, last, by="member")
    over = await figures(tx, scope.people, begins, ends, by="member")
    names = {one.id: one.name for one in await members.list_members(tx)}
    return found | {
        "members": [
            {"id": str(one), "name": names.get(one, ""), **told_figures(*_of(one, now, over))}
            for one in dict.fromkeys([*now, *over])
            if one is not None
        ]
    }


async def _sum(tx: ReadTx, scope: _Scope, first: date, last: date) -> Figures:
    return (await figures(tx, scope.people, first, last))[None]


def _of(one: UUID, *spans: Mapping[UUID | None, Figures]) -> list[Figures]:
    return [span.get(one, Figures()) for span in spans]


def told_figures(found: Figures, over: Figures) -> dict[str, Any]:
    """The counts; shares of them, each with its count and its interval (Wilson, 95 %); mean times
    with the number they are the mean of. What is unknown is null. `over`: the figures of as many
    days whose mails have all had their time to be answered: younger ones would flatter."""
    return {
        "figures": asdict(found),
        "shares": {
            "unchanged": _share(found.unchanged, found.decided),
            "edited": _share(found.edited, found.decided),
            "rejected": _share(found.rejected, found.decided),
            "answered": _share(over.answered, over.resolved),
        },
        "times": {
            "seconds_to_decide": _mean(found.seconds, found.timed),
            "seconds_to_answer": _mean(found.answer_seconds, found.answers_timed),
        },
    }


def _share(part: int, of: int) -> dict[str, Any]:
    known = share_of(part, of)
    ends = {"low": known.low, "high": known.high, "share": part / of if of else None}
    rounded = {name: None if end is None else round(end, 4) for name, end in ends.items()}
    return {"part": part, "of": of, **rounded}


def _mean(total: int, of: int) -> dict[str, Any]:
    return {"mean": round(total / of, 1) if of else None, "of": of}


def _plain(told: Mapping[str, Any]) -> Any:
    """As JSON has it."""
    return json.loads(json.dumps(told, default=_word))


def _word(value: object) -> Any:
    if isinstance(value, Decimal):
        return float(value)
    return value.isoformat() if isinstance(value, datetime | date) else str(value)
