"""Pages of how it goes, with sensible defaults; every field can be overridden."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from services.intervals import share_of
from services.learning_views.comparing import compare
from services.types.coaching import Compared, Finding, Opportunity, Sort, ToTry
from services.types.habit_views import HabitCounts
from services.types.habits import Change
from services.types.learning import Figures
from services.types.me import LabelPage, MePage, OpenOutcome, Said, Spans, ToLabel
from services.types.people import Role
from services.types.team import ExampleView, Person, PersonPage, Sample, TeamPage, Week
from services.types.work import BestWeekday, WorkPage
from tests.unit.view_factory import ACTION, NOW, make_reader

HOSTILE = "<!channel> *Bad* & <https://evil.example|click>"


def make_figures(**changes: Any) -> Figures:
    return Figures(
        **{
            "proposed": 26, "unchanged": 17, "edited": 4, "rejected": 2, "handled": 1,
            "overtaken": 2, "sent": 21, "open": 5, "timed": 20, "seconds": 144_000,
            "answers_timed": 18, "answer_seconds": 97_200, **changes,
        }
    )  # fmt: skip


def make_answers(**changes: Any) -> Figures:
    return Figures(
        **{"answered": 6, "expired": 7, "negative": 1, "ambiguous": 1, "undelivered": 1, **changes}
    )


def make_spans(**changes: Any) -> Spans:
    return Spans(
        **{
            "now": make_figures(),
            "before": make_figures(proposed=20, unchanged=10, edited=6),
            "answers": make_answers(),
            "answers_before": make_answers(answered=5, expired=6),
            "days": 30,
            "first": date(2026, 10, 14),
            "last": date(2026, 11, 12),
            **changes,
        }
    )


def make_open(**changes: Any) -> OpenOutcome:
    return OpenOutcome(
        **{
            "action_id": ACTION,
            "about": "Northwind · Your quote",
            "kind": "email_engagement",
            "sent_at": NOW - timedelta(days=3),
            "until": NOW + timedelta(days=4),
            "chance": 0.62,
            **changes,
        }
    )


def make_compared() -> Compared:
    return Compared(
        first=share_of(41, 90), second=share_of(20, 85), effect=0.22, low=0.08, high=0.35, p=0.002
    )


def make_finding(**changes: Any) -> Finding:
    return Finding(
        **{
            "id": UUID(int=0xF1),
            "pattern": "question",
            "member_id": UUID(int=1),
            "mine": True,
            "sentence": "Of your threads: mails with a question were answered in 41 of 90 (46 %), "
            "those without one in 20 of 85 (24 %).",
            "advice": "End with a question they can answer in a line.",
            "compared": make_compared(),
            "starts_on": date(2026, 8, 1),
            "ends_on": date(2026, 11, 19),
            **changes,
        }
    )


def make_said(**changes: Any) -> Said:
    return Said(
        **{
            "at": NOW - timedelta(days=2), "rating": -1, "reason": "too long",
            "about": "Northwind · Your quote", "status": "done", "edited": True,
            "outcome": "positive", **changes,
        }
    )  # fmt: skip


def make_me(**changes: Any) -> MePage:
    return MePage(
        **{
            "reader": make_reader(),
            "spans": make_spans(),
            "open": (make_open(),),
            "open_total": 5,
            "open_mails": 5,
            "said": (make_said(),),
            "ups": 3,
            "downs": 1,
            "tips": ToTry(findings=(make_finding(),), compared=6, looked_at=NOW),
            "rules": 2,
            "to_label": 3,
            "streak": None,
            "peers": share_of(40, 100),
            "led_by": "Mona Berg",
            "shares": False,
            **changes,
        }
    )


def make_empty_me(**changes: Any) -> MePage:
    """Of somebody who has nothing yet."""
    nothing = make_spans(
        now=Figures(), before=Figures(), answers=Figures(), answers_before=Figures()
    )
    empty = {
        "spans": nothing,
        "open": (),
        "open_total": 0,
        "open_mails": 0,
        "said": (),
        "ups": 0,
        "downs": 0,
    }
    return make_me(**empty, tips=ToTry(), rules=0, to_label=0, led_by="", **changes)


def make_label(**changes: Any) -> ToLabel:
    return ToLabel(
        **{
            "outcome_id": UUID(int=0x0C),
            "about": "Northwind · Your quote",
            "kind": "email_engagement",
            "whose": "Tom Adler",
            "quote": "Let me think about it and come back to you some time.",
            "source": "Dana Reyes",
            "reason": "",
            "at": NOW - timedelta(days=1),
            **changes,
        }
    )


def make_labels(*items: ToLabel, **changes: Any) -> LabelPage:
    return LabelPage(
        **{
            "reader": make_reader(),
            "items": items or (make_label(),),
            "total": max(len(items), 1),
            "page": 0,
            "size": 5,
            "team": True,
            **changes,
        }
    )


def make_person(number: int = 1, **changes: Any) -> Person:
    return Person(
        **{
            "member_id": UUID(int=number), "name": f"Person {number}", "figures": make_figures(),
            "answers": make_answers(answered=5 * number, expired=50 - 5 * number, negative=0),
            "accounts": 5, "health": 71.4, "health_of": 4, **changes,
        }
    )  # fmt: skip


def make_weeks(**changes: Any) -> tuple[Week, ...]:
    first = date(2026, 8, 31)
    return tuple(
        Week(
            begins=first + timedelta(weeks=number),
            figures=make_figures(**{"answered": number, "expired": 12, **changes}),
            over=number < 10,
        )
        for number in range(12)
    )


def make_work(**changes: Any) -> WorkPage:
    kinds = (("send_routine_response", make_figures()), ("send_follow_up_email", make_figures()))
    return WorkPage(
        **{
            "reader": make_reader(role=Role.MANAGER), "whole": False, "as_of": NOW, "days": 30,
            "types": kinds, "accounts": ((UUID(int=7), HOSTILE, 12),), "of_accounts": 40,
            "conversations": 31, "taken_up": 6, "proposals": 9, "weeks": 20,
            "weekday": BestWeekday(weekday=2, share=share_of(41, 90), others=share_of(80, 400)),
            "unchanged_kinds": (("send_routine_response", share_of(38, 40)),), **changes,
        }
    )  # fmt: skip


def make_team(size: int = 3, **changes: Any) -> TeamPage:
    found = [make_person(number) for number in range(1, size + 1)]
    samples = [
        Sample(
            member_id=one.member_id,
            name=one.name,
            part=one.answers.answered,
            of=one.answers.resolved,
        )
        for one in found
    ]
    comparison = compare(samples)
    by_id = {one.member_id: one for one in found}
    return TeamPage(
        **{
            "reader": make_reader(role=Role.MANAGER),
            "whole": False,
            "names": True,
            "spans": make_spans(),
            "moved": "same",
            "trend": "more",
            "weeks": make_weeks(),
            "comparison": comparison,
            "people": tuple(by_id[place.member_id] for place in comparison.places[:6]),
            "page": 0,
            "size": 6,
            "total": size,
            "to_label": 2,
            "accounts": 15,
            "health": 70.6,
            "silent": 1,
            "members": size + 1,
            **changes,
        }
    )


def make_example(**changes: Any) -> ExampleView:
    return ExampleView(
        **{
            "reader": make_reader(role=Role.MANAGER), "name": "Tom Adler", "account": "Northwind",
            "subject": "Your quote", "text": "Hi Dana,\n\nhere it is.", "at": NOW,
            "outcome": "positive", **changes,
        }
    )  # fmt: skip


def make_opportunity(**changes: Any) -> Opportunity:
    return Opportunity(
        **{
            "member_id": UUID(int=1),
            "member_name": "Person 1",
            "sort": Sort.DRAFT,
            "good": False,
            "sentence": "8 of 20 drafts were not sent.",
            "why": "Whoever reads them may want something else.",
            "compared": make_compared(),
            "starts_on": date(2026, 8, 1),
            "ends_on": date(2026, 11, 19),
            "reasons": (("the tone is wrong", 5),),
            **changes,
        }
    )


def make_person_page(**changes: Any) -> PersonPage:
    view = make_team()
    return PersonPage(
        **{
            "reader": make_reader(role=Role.MANAGER),
            "person": view.people[0],
            "spans": make_spans(),
            "place": view.comparison.places[0],
            "average": view.comparison.average,
            "opportunities": (make_opportunity(),),
            "shares": False,
            "edits": HabitCounts(
                changed=share_of(9, 30), changes=((Change.CUT, 7),), rules=1, applied=4, undone=1
            ),
            "looked_at": NOW,
            **changes,
        }
    )
