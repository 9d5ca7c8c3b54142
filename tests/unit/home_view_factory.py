"""What the Home tab shows, with sensible defaults; every field can be overridden."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from services.types.home import (
    AccountLine,
    AccountsView,
    CompanyView,
    HomeFilters,
    HomeView,
    NewsItem,
    PipelineView,
    Purse,
    SinceView,
    TeamLine,
    TeamView,
)
from services.types.people import Function
from tests.unit.approval_view_factory import make_queue
from tests.unit.view_factory import NOW, make_inbox, make_reader, make_status


def make_account_line(**changes: Any) -> AccountLine:
    return AccountLine(
        **{
            "account_id": UUID(int=0xAC),
            "name": "Northwind",
            "industry": "Logistics",
            "health": 72,
            "lifecycle": "demo",
            "renewal_date": None,
            "stage": "evaluation",
            "amount": Decimal(48000),
            "currency": "EUR",
            "close_date": date(2026, 12, 3),
            "open_deals": 1,
            "last_contact": NOW - timedelta(hours=2),
            "waiting": 1,
            "asked": 0,
            **changes,
        }
    )


def make_accounts(**changes: Any) -> AccountsView:
    return AccountsView(
        **{
            "function": Function.SALES,
            "items": (make_account_line(), make_account_line(name="Contoso", health=None)),
            "total": 2,
            "everything": 2,
            "page": 0,
            "size": 12,
            "filters": HomeFilters(),
            "industries": (("k1", "Logistics"), ("k2", "Retail")),
            **changes,
        }
    )


def make_purse(**changes: Any) -> Purse:
    return Purse(**{"currency": "EUR", "deals": 3, "amount": Decimal(384_000), **changes})


def make_pipeline(**changes: Any) -> PipelineView:
    return PipelineView(
        **{
            "open": (make_purse(), make_purse(currency="USD", deals=1, amount=Decimal(9500))),
            "closing": (make_purse(deals=1, amount=Decimal(48_000)),),
            "stalled": 1,
            "overdue": 0,
            **changes,
        }
    )


def make_news(**changes: Any) -> NewsItem:
    return NewsItem(
        **{
            "kind": "answered",
            "title": "Northwind · Dana Reyes",
            "at": NOW - timedelta(hours=1),
            "channel": "D0MAYA",
            "ts": "1700000000.000001",
            **changes,
        }
    )


def make_team_line(**changes: Any) -> TeamLine:
    return TeamLine(
        **{
            "name": "Tom Reyes",
            "waiting": 3,
            "oldest": NOW - timedelta(hours=5),
            "approvals": 2,
            "approval_oldest": NOW - timedelta(days=2),
            "overdue": 1,
            "sent": 7,
            "answered": 4,
            "away_until": None,
            **changes,
        }
    )


def make_team(**changes: Any) -> TeamView:
    return TeamView(
        **{
            "items": (make_team_line(), make_team_line(name="Lena Vogt", waiting=0, approvals=0)),
            "total": 2,
            "page": 0,
            "size": 12,
            "days": 7,
            **changes,
        }
    )


def make_company(**changes: Any) -> CompanyView:
    return CompanyView(
        **{
            "stages": (("discovery", make_purse()), ("evaluation", make_purse(currency="USD"))),
            "won": (make_purse(deals=1, amount=Decimal(118_000)),),
            "lost": (),
            "at_risk": (),
            "waiting_long": 2,
            "approvals_overdue": 0,
            "sent": 31,
            "approved": 30,
            "rejected": 10,
            "answer_minutes": 47.0,
            "days": 30,
            **changes,
        }
    )


def make_home(**changes: Any) -> HomeView:
    return HomeView(
        **{
            "reader": make_reader(),
            "decide": make_queue(),
            "inbox": make_inbox(),
            "inbox_page": 0,
            "inbox_size": 8,
            "approvals": make_queue(which="asked"),
            "accounts": make_accounts(),
            "pipeline": make_pipeline(),
            "since": SinceView(since=NOW - timedelta(days=2), answered=3, sent=2, moved=1, quiet=4),
            "news": (make_news(),),
            "status": make_status(),
            "notices": ("Digests reach you in Slack only: no mail address is set up.",),
            **changes,
        }
    )
