"""A report: made once its days are over, from then on it says what it said. What came late changes
nothing in it; the next one tells of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from db import members, tenants
from db import reports as rows
from db.models.coaching import Report as Row
from db.models.tenants import Member
from db.report_facts import common_zone, list_shadow_days
from db.session import Database, ReadTx, Tx
from services.analytics.pages import Page, digest_of, last_page, page
from services.audit import AuditService
from services.errors import InvalidInput
from services.ports import Clock, Ids
from services.reports.gathering import Asked, Gathering
from services.reports.periods import Span
from services.teams import team_of
from services.types.people import Role
from services.types.reports import Figure, Report, ReportPeriod
from services.zones import today_in

NOT_YET = "I wasn't here yet then: my first day was {day}."
MOST_CORRECTIONS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Whose:
    """Whose figures: the whole company's (`member_id` None), or those of one manager's people."""

    member_id: UUID | None
    people: Sequence[UUID] | None
    zone: str


async def whose_of(tx: ReadTx, member: Member) -> Whose:
    """What this member's reports are about. A manager's days are their own, the company's those of
    where most of its people are."""
    if member.role == Role.MANAGER:
        people = await team_of(tx, member)
        return Whose(member_id=member.id, people=people, zone=member.timezone)
    return Whose(member_id=None, people=None, zone=await common_zone(tx, None))


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportMaker:
    db: Database
    clock: Clock
    ids: Ids
    audit: AuditService
    gathering: Gathering

    async def known(self, tx: ReadTx, member: Member, span: Span) -> Report | None:
        """At once: the report of these days as it was told, or of running ones as it was counted
        last, with when that was. None where they have to be counted. InvalidInput: before the
        tenant's time."""
        now, whose = self.clock.now(), await whose_of(tx, member)
        told = await rows.find_report(tx, span.period.value, span.first, whose.member_id)
        if told is not None:
            return report_of(told)
        await _began(tx, span, whose, now)
        kept = await last_page(tx, _key(span, whose), clock=self.clock)
        if kept is None or now >= span.ends(whose.zone):
            return None
        return _as_it_stands(kept, span)

    async def get(self, tenant_id: UUID, member: Member, span: Span) -> Report:
        """The report of these days as it was told, or told now; of running ones as it stands, no
        older than figures are kept. Counts all it needs, which takes its time: a job's work.
        InvalidInput: before the tenant's time."""
        now = self.clock.now()
        async with self.db.read(tenant_id) as tx:
            whose = await whose_of(tx, member)
            over = now >= span.ends(whose.zone)
            told = await rows.find_report(tx, span.period.value, span.first, whose.member_id)
            if told is not None:
                return report_of(told)
            made = await self._made(tx, span, whose, now) if over else None
        if made is not None:
            async with self.db.transaction(tenant_id) as writing:
                return await self._tell(writing, made, whose.member_id, now)

        async def make(writing: Tx) -> dict[str, Any]:
            return _body(await self._made(writing, span, whose, now))

        async with self.db.transaction(tenant_id) as writing:
            kept = await page(writing, _key(span, whose), make, clock=self.clock, ids=self.ids)
        return _as_it_stands(kept, span)

    async def _tell(self, tx: Tx, report: Report, member_id: UUID | None, now: datetime) -> Report:
        """Keep it, unless somebody else was first: then what they told counts."""
        row = Row(
            tenant_id=tx.tenant_id,
            id=self.ids.new(),
            created_at=now,
            period=report.period.value,
            starts_on=report.first,
            ends_on=report.last,
            member_id=member_id,
            body=_body(report),
            made_at=now,
        )
        if await rows.add_report(tx, row):
            facts = {"period": row.period, "first": row.starts_on.isoformat()}
            await self.audit.append(tx, "report.made", subject_id=row.id, facts=facts)
            return report_of(row)
        told = await rows.find_report(tx, row.period, row.starts_on, member_id)
        if told is None:
            raise RuntimeError("a report that is there can't be found")
        return report_of(told)

    async def _made(self, tx: ReadTx, span: Span, whose: Whose, now: datetime) -> Report:
        began = await _began(tx, span, whose, now)
        asked = _asked(span, whose, now, began)
        figures = await self.gathering.figures_of(tx, asked)
        return Report(
            report_id=None,
            period=span.period,
            first=span.first,
            last=span.last,
            zone=whose.zone,
            whole=whose.member_id is None,
            people=len(await members.list_members(tx) if whose.people is None else whose.people),
            figures=figures,
            since=began if began > span.first else None,
            corrections=()
            if now < span.ends(whose.zone)
            else await self._corrections(tx, span.before, whose, now, began),
            notes=await _notes(tx, asked),
        )

    async def _corrections(
        self, tx: ReadTx, span: Span, whose: Whose, now: datetime, began: date
    ) -> tuple[str, ...]:
        """What the report before counted otherwise than it would today."""
        row = await rows.find_report(tx, span.period.value, span.first, whose.member_id)
        if row is None or began > span.last:
            return ()
        before = report_of(row)
        whose = Whose(member_id=whose.member_id, people=whose.people, zone=before.zone)
        today = await self.gathering.figures_of(tx, _asked(span, whose, now, began))
        return tuple(corrected(span.name, before.figures, today))[:MOST_CORRECTIONS]


def corrected(name: str, before: Sequence[Figure], today: Sequence[Figure]) -> list[str]:
    """`October 2026: mails of mine answered was 41, now 43`, for each count that has changed."""
    fresh = {figure.key: figure.told for figure in today}
    return [
        f"{name}, {what}: {told:,} were told, now {fresh[figure.key][what]:,}"
        for figure in before
        for what, told in figure.told.items()
        if what in fresh.get(figure.key, {}) and fresh[figure.key][what] != told
    ]


async def _began(tx: ReadTx, span: Span, whose: Whose, now: datetime) -> date:
    """The tenant's first day. InvalidInput: these days were over by then."""
    tenant = await tenants.get_tenant(tx)
    began = today_in(whose.zone, tenant.created_at if tenant else now)
    if began > span.last:
        raise InvalidInput(NOT_YET.format(day=f"{began.day} {began:%B} {began.year}"))
    return began


def _key(span: Span, whose: Whose) -> str:
    """Under which running days are kept: they are these people's, and no other reader's."""
    place = f"{digest_of(whose.people)}:{whose.zone}"
    return f"report:{whose.member_id or 'company'}:{place}:{span.period}:{span.first}"


def _asked(span: Span, whose: Whose, now: datetime, began: date) -> Asked:
    return Asked(
        first=max(span.first, began),
        last=span.last,
        zone=whose.zone,
        since=span.begins(whose.zone),
        until=span.ends(whose.zone),
        now=now,
        people=whose.people,
    )


async def _notes(tx: ReadTx, asked: Asked) -> tuple[str, ...]:
    shadow = await list_shadow_days(tx, asked.within)
    here = sum(asked.first <= day <= asked.last for day in shadow)
    if not here:
        return ()
    days = "day" if here == 1 else "days"
    return (f"On {here} {days} of these I only watched: nothing of mine was shown or left.",)


def _body(report: Report) -> dict[str, Any]:
    return {
        "zone": report.zone,
        "whole": report.whole,
        "people": report.people,
        "figures": [one.as_json() for one in report.figures],
        "since": report.since.isoformat() if report.since else None,
        "corrections": list(report.corrections),
        "notes": list(report.notes),
    }


def report_of(row: Row) -> Report:
    """As it was told."""
    return _report(row.body, Span(ReportPeriod(row.period), row.starts_on, row.ends_on), row.id)


def _as_it_stands(kept: Page, span: Span) -> Report:
    return replace(_report(kept.body, span, None), as_of=kept.made_at, fresh=kept.fresh)


def _report(body: Mapping[str, Any], span: Span, report_id: UUID | None) -> Report:
    return Report(
        report_id=report_id,
        period=span.period,
        first=span.first,
        last=span.last,
        zone=body["zone"],
        whole=body["whole"],
        people=body["people"],
        figures=tuple(Figure.from_json(one) for one in body["figures"]),
        since=date.fromisoformat(body["since"]) if body["since"] else None,
        corrections=tuple(body["corrections"]),
        notes=tuple(body["notes"]),
    )
