"""What pages say of days, kept as services/analytics/pages keeps it: for five minutes, or until a
count finds other figures. Only sums are kept, under whose they are; who may read whose is asked at
every look, and so is all that isn't a sum of days."""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from db.session import Database, ReadTx, Tx
from services.analytics.figures import figures
from services.analytics.pages import digest_of, page
from services.learning_views.spans import answers_of, drafts_from, first_week, spans_of, today_of
from services.ports import Clock, Ids
from services.types.learning import Figures
from services.types.me import Spans

People = Collection[UUID] | None
SUMS = ("now", "before", "answers", "answers_before")


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptSums:
    """Of some people together, as of `made_at`. The rest is kept of teams only: by the Monday of
    the last twelve weeks, and of each member their drafts and the answers whose time is over."""

    spans: Spans
    made_at: datetime
    weeks: Mapping[date, Figures]
    drafts: Mapping[UUID | None, Figures]
    answers: Mapping[UUID | None, Figures]


@dataclass(frozen=True, slots=True, kw_only=True)
class SumKeeper:
    db: Database
    clock: Clock
    ids: Ids

    async def of_one(self, tenant_id: UUID, member_id: UUID) -> KeptSums:
        return await self._of(tenant_id, [member_id], team=False)

    async def of_team(self, tenant_id: UUID, people: People) -> KeptSums:
        """None: of everybody."""
        return await self._of(tenant_id, people, team=True)

    async def _of(self, tenant_id: UUID, people: People, *, team: bool) -> KeptSums:
        now = self.clock.now()

        async def make(tx: Tx) -> dict[str, Any]:
            return await _summed(tx, people, now, team=team)

        # The days are counted from today: a page of yesterday's is another one.
        key = f"views:{'team' if team else 'one'}:{digest_of(people)}:{today_of(now)}"
        async with self.db.transaction(tenant_id) as tx:
            found = await page(tx, key, make, clock=self.clock, ids=self.ids)
        return _read(found.body, found.made_at)


async def _summed(tx: ReadTx, people: People, now: datetime, *, team: bool) -> dict[str, Any]:
    spans, today = await spans_of(tx, people, now), today_of(now)
    body: dict[str, Any] = {
        "days": spans.days,
        "first": spans.first.isoformat(),
        "last": spans.last.isoformat(),
        **{name: asdict(getattr(spans, name)) for name in SUMS},
    }
    if team:
        weeks = await figures(tx, people, first_week(today), today, by="week")
        drafts = await figures(tx, people, drafts_from(today), today, by="member")
        answers = await figures(tx, people, *answers_of(today), by="member")
        body |= {
            "weeks": {day.isoformat(): asdict(one) for day, one in weeks.items()},
            "drafts": {str(one or ""): asdict(sums) for one, sums in drafts.items()},
            "member_answers": {str(one or ""): asdict(sums) for one, sums in answers.items()},
        }
    return body


def _read(body: Mapping[str, Any], made_at: datetime) -> KeptSums:
    now, before, answers, answers_before = (Figures(**body[name]) for name in SUMS)
    weeks: Mapping[str, Any] = body.get("weeks", {})
    return KeptSums(
        spans=Spans(
            now=now,
            before=before,
            answers=answers,
            answers_before=answers_before,
            days=body["days"],
            first=date.fromisoformat(body["first"]),
            last=date.fromisoformat(body["last"]),
        ),
        made_at=made_at,
        weeks={date.fromisoformat(day): Figures(**one) for day, one in weeks.items()},
        drafts=_by_member(body.get("drafts", {})),
        answers=_by_member(body.get("member_answers", {})),
    )


def _by_member(stored: Mapping[str, Any]) -> dict[UUID | None, Figures]:
    return {UUID(one) if one else None: Figures(**sums) for one, sums in stored.items()}
