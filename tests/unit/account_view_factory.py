"""An account view with something of everything; every field can be overridden."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from services.account_view.next_step import NOTHING, next_step
from services.types.account_view import (
    AccountView,
    Channel,
    DealLine,
    Deed,
    DeedKind,
    Event,
    Fact,
    Past,
    PastLine,
    Pending,
    Person,
    Promise,
    PromiseState,
    Proof,
    Role,
    RowKind,
    Said,
    Side,
    SignalLine,
    Where,
    Window,
)
from services.types.actions import Seniority
from services.types.links import gmail_link
from tests.unit.view_factory import ACTION, NOW, make_reader

ACCOUNT = UUID(int=0xB1)
GMAIL = gmail_link("maya@brightdesk.example", "18f0c2a9b7d3e4f5")
MAIL = Where(kind=RowKind.MESSAGE, id=UUID(int=0xE1), url=GMAIL)
DEAL = Where(kind=RowKind.DEAL, id=UUID(int=0xD1))


def make_said(**changes: Any) -> Said:
    return Said(
        **{
            "value": "EUR 50,000",
            "at": NOW - timedelta(days=2),
            "channel": Channel.MAIL,
            "where": MAIL,
            "who": "Dana Reyes",
            "quote": "we have up to 50k set aside",
            "confidence": 0.9,
            **changes,
        }
    )


def make_person(**changes: Any) -> Person:
    return Person(
        **{
            "name": "Dana Reyes",
            "emails": ("dana@northwind.example",),
            "title": "CFO",
            "seniority": Seniority.C_SUITE,
            "roles": (Role(name="champion", quote="I will push this through", where=MAIL),),
            "wrote_at": NOW - timedelta(days=1),
            "reached_at": NOW - timedelta(days=2),
            "channels": (Channel.MAIL,),
            "confirmed": True,
            "where": Where(kind=RowKind.CONTACT, id=UUID(int=0xC1)),
            **changes,
        }
    )


def make_event(**changes: Any) -> Event:
    return Event(
        **{
            "channel": Channel.MAIL,
            "at": NOW - timedelta(days=1),
            "who": "Dana Reyes",
            "did": "wrote",
            "text": "Pricing for 40 seats",
            "where": MAIL,
            "inbound": True,
            **changes,
        }
    )


def make_account_deal(**changes: Any) -> DealLine:
    return DealLine(
        **{
            "id": DEAL.id,
            "name": "Northwind rollout",
            "stage": "evaluation",
            "amount": Decimal(48000),
            "currency": "EUR",
            "close_date": date(2026, 12, 3),
            "owner": "Maya Lindt",
            "where": DEAL,
            **changes,
        }
    )


def make_promise(**changes: Any) -> Promise:
    return Promise(
        **{
            "side": Side.OURS,
            "quote": "I'll send you the revised quote by Wednesday.",
            "who": "Maya Lindt",
            "at": NOW - timedelta(days=3),
            "due": date(2026, 11, 18),
            "state": PromiseState.OVERDUE,
            "where": MAIL,
            **changes,
        }
    )


def make_signal(**changes: Any) -> SignalLine:
    proof = Proof(
        words="Rivalsoft offered us the same for less",
        quoted=True,
        who="Dana Reyes",
        at=NOW - timedelta(days=1),
        where=MAIL,
    )
    return SignalLine(
        **{
            "id": UUID(int=0x51),
            "name": "competitor_named",
            "words": "competitor named",
            "kind": "risk",
            "severity": "high",
            "why": "Dana Reyes named Rivalsoft twice this week",
            "raised_at": NOW - timedelta(hours=20),
            "proofs": (proof,),
            "where": Where(kind=RowKind.SIGNAL, id=UUID(int=0x51)),
            **changes,
        }
    )


def make_deed(**changes: Any) -> Deed:
    return Deed(
        **{
            "kind": DeedKind.DECISION,
            "what": "the answer to Dana Reyes",
            "status": "done",
            "by": "Maya Lindt",
            "at": NOW - timedelta(days=2),
            "where": Where(kind=RowKind.ACTION, id=UUID(int=0xA9)),
            **changes,
        }
    )


def make_pending(**changes: Any) -> Pending:
    return Pending(
        **{
            "action_id": ACTION,
            "owner_id": make_reader().member_id,
            "owner": "Maya Lindt",
            "who": "Dana Reyes",
            "subject": "Pricing",
            "asks": ("Could you send a quote for 40 seats?",),
            "due": date(2026, 11, 21),
            "at": NOW - timedelta(hours=2),
            "where": Where(kind=RowKind.ACTION, id=ACTION),
            **changes,
        }
    )


def make_past(**changes: Any) -> Past:
    line = PastLine(channel=Channel.MAIL, text="They compared three vendors.", where=MAIL)
    return Past(
        **{
            "period": "week",
            "starts_on": date(2026, 10, 12),
            "ends_on": date(2026, 10, 19),
            "lines": (line,),
            **changes,
        }
    )


def make_account_view(**changes: Any) -> AccountView:
    """What is next follows from the rest, unless it is given."""
    view = AccountView(
        **{
            "reader": make_reader(),
            "account_id": ACCOUNT,
            "name": "Northwind",
            "domain": "northwind.example",
            "industry": "Logistics",
            "health": 72,
            "lifecycle": "active",
            "renewal_date": date(2027, 2, 1),
            "owners": (("sales", "Maya Lindt"),),
            "sharing": (),
            "parts": (),
            "people": (
                make_person(),
                make_person(
                    name="Ed Ho", title=None, roles=(), wrote_at=None, reached_at=None, channels=()
                ),
            ),
            "people_left_out": 0,
            "people_since": None,
            "deals": (make_account_deal(),),
            "facts": (
                Fact(
                    name="budget",
                    current=make_said(),
                    earlier=(make_said(value="EUR 30,000", at=NOW - timedelta(days=20)),),
                ),
            ),
            "events": (make_event(),),
            "events_left_out": 0,
            "events_more": False,
            "posts_left_out": 0,
            "window": Window(start=NOW - timedelta(days=30), end=NOW + timedelta(days=1)),
            "past": (make_past(),),
            "promises": (make_promise(),),
            "signals": (make_signal(),),
            "deeds": (make_deed(),),
            "pending": (make_pending(),),
            "next_step": NOTHING,
            "missing": (),
            **changes,
        }
    )
    return view if "next_step" in changes else replace(view, next_step=next_step(view))
