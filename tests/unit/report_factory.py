"""Reports with sensible figures; every field can be overridden."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from services.reports.figures import (
    adoption,
    cost,
    effort,
    engagement,
    goals,
    pipeline,
    quality,
    risks,
)
from services.reports.figures.numbers import Days
from services.reports.figures.quality import Score
from services.types.learning import Figures
from services.types.people import Role
from services.types.reports import Figure, Report, ReportPeriod, ReportView
from tests.unit.view_factory import make_reader

DAYS = Days(date(2026, 10, 1), date(2026, 10, 31))


def make_figures() -> tuple[Figure, ...]:
    """Of a month in which all of them are known."""
    by_hand = [50] * 6 + [90] * 12 + [140] * 6
    answers = effort.Writing(
        label="answers", sent=96, typed=400, read=11_000, by_hand=by_hand, shadow_days=9
    )
    others = effort.Writing(label="other mails", sent=12, typed=30, read=1_000)
    spent = cost.Spent(usd=Decimal("6.48"), calls=310, unpriced=0, handled=108)
    answered = engagement.Kind(label="Answers", mine=(56, 70), shadow=(48, 80), by_hand=(9, 12))
    changes = [
        pipeline.Moved(
            deal=str(n),
            before="discovery",
            after="evaluation",
            part_of_mine=n < 7,
            amount=Decimal(40_000),
            currency="EUR" if n % 2 else "USD",
        )
        for n in range(19)
    ]
    deals = {str(n): n < 24 for n in range(80)}
    sums = Figures(proposed=140, unchanged=81, edited=27, rejected=9)
    return (
        effort.figure([answers, others], DAYS),
        cost.figure(spent, DAYS),
        engagement.figure([answered], 4, DAYS),
        pipeline.figure(pipeline.seen(changes, deals), DAYS),
        adoption.figure(adoption.Adopted(deciders=5, enabled=6, figures=sums), DAYS),
        quality.figure(
            [Score(label="Answers to questions, answered", outcomes=70, brier=0.182, ece=0.061)],
            DAYS,
        ),
        risks.figure(risks.Seen(undone=2, disliked=1, orders=3), 140, DAYS),
        goals.figure(goals.Goals(met=2, settled=3, behind=1, running=4), DAYS),
    )


def make_nothing() -> tuple[Figure, ...]:
    """Of a month without anything."""
    return (
        effort.figure([], DAYS),
        cost.figure(cost.Spent(usd=Decimal(0), calls=0, unpriced=0, handled=0), DAYS),
        engagement.figure([], 0, DAYS),
        pipeline.figure(pipeline.seen([], {}), DAYS),
        adoption.figure(adoption.Adopted(deciders=0, enabled=0, figures=Figures()), DAYS),
        quality.figure([], DAYS),
        risks.figure(risks.Seen(), 0, DAYS),
        goals.figure(goals.Goals(met=0, settled=0, behind=0, running=0), DAYS),
    )


def make_report(**changes: Any) -> Report:
    return Report(
        **{
            "report_id": UUID(int=0x2E),
            "period": ReportPeriod.MONTH,
            "first": DAYS.first,
            "last": DAYS.last,
            "zone": "Europe/Berlin",
            "whole": True,
            "people": 6,
            "figures": make_figures(),
            **changes,
        }
    )


def make_report_view(report: Report | None = None, **changes: Any) -> ReportView:
    return ReportView(
        **{
            "reader": make_reader(name="Ada Admin", role=Role.EXECUTIVE),
            "report": report or make_report(),
            "may_mail": True,
            "earlier": date(2026, 9, 1),
            **changes,
        }
    )
