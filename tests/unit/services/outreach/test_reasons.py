"""Why nothing is done, or not yet: each rule by itself, and days that are the member's own."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from db.models.tenants import Member, Tenant
from services.outreach.candidates import TABLE, candidate_of, thread_for, whom
from services.outreach.reasons import (
    Standing,
    next_workday,
    waits_for,
    why_not,
)
from services.types.actions import ActionType, AutonomyLevel
from services.types.autonomy import Authority
from services.types.compose import ContactChoice
from services.types.outreach import Found, TriggerKind
from services.types.signals import SignalName
from services.working_hours import at_work
from services.zones import day_begins, today_in
from tests.unit.services.signals.talk import Talk, identified

MONDAY = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
FREE = AutonomyLevel.APPROVE


def member(**more: Any) -> Member:
    fields = {"name": "Rita Rep", "timezone": "Europe/Berlin", "preferences": {}, "active": True}
    return Member(**(fields | {"enabled_at": MONDAY, "paused_until": None} | more))


def standing(**more: Any) -> Standing:
    fields: dict[str, Any] = {
        "now": MONDAY,
        "kind": TriggerKind.FOLLOW_UP_DUE,
        "tenant": Tenant(settings={}),
        "member": member(),
        "authority": Authority(earned=FREE),
        "level": FREE,
        "may_write": True,
        "has_mailbox": True,
    }
    return Standing(**(fields | more))


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({}, None),
        ({"authority": Authority(earned=FREE, stopped=True)}, "The kill switch is on."),
        ({"level": AutonomyLevel.OFF}, "This kind of action is switched off."),
        ({"may_write": False}, "Nobody whom this concerns is a confirmed contact"),
        ({"turned_down": ("Mona", MONDAY - timedelta(days=9))}, "Mona said on 14 Nov"),
        ({"unwanted": True}, "They asked not to be written to."),
        ({"unhappy": True}, "They are unhappy"),
        ({"unhappy": True, "kind": TriggerKind.PROMISE_DUE}, None),
        ({"draft_waits": True}, "A draft about this account waits already."),
        ({"written_at": MONDAY - timedelta(days=2)}, "Somebody of us wrote to them on 21 Nov."),
        ({"written_at": MONDAY - timedelta(days=4)}, None),
        ({"written_at": MONDAY, "kind": TriggerKind.PROMISE_DUE}, None),
        ({"written_at": MONDAY, "kind": TriggerKind.RECAP_DUE}, None),
        # They spoke up after our mail: it was no answer.
        (
            {
                "written_at": MONDAY - timedelta(hours=5),
                "heard_at": MONDAY - timedelta(hours=4),
                "kind": TriggerKind.BUYING_SIGNAL,
            },
            None,
        ),
        (
            {
                "written_at": MONDAY - timedelta(hours=3),
                "heard_at": MONDAY - timedelta(hours=4),
                "kind": TriggerKind.BUYING_SIGNAL,
            },
            "Somebody of us wrote",
        ),
        ({"alerted": True, "level": AutonomyLevel.SUGGEST}, "The alert about it"),
        ({"alerted": True}, None),
        ({"has_mailbox": False}, "Rita Rep's Gmail isn't connected"),
        ({"has_mailbox": False, "level": AutonomyLevel.SUGGEST}, None),
    ],
)
def test_why_not(more: dict[str, Any], said: str | None) -> None:
    why = why_not(standing(**more))
    assert (why is None) is (said is None)
    assert (why or "").startswith(said or "")


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({}, None),
        ({"proposed_today": 5}, "Rita Rep has had 5 proposals today."),
        ({"proposed_today": 4}, None),
        ({"member": member(preferences={"proposals_a_day": "0"})}, "Rita Rep wants no proposals."),
        (
            {"member": member(preferences={"proposals_a_day": "99"}), "proposed_today": 20},
            "Rita Rep has had 20",
        ),
        ({"proposed_last": MONDAY - timedelta(days=2)}, "The last proposal about this account"),
        ({"proposed_last": MONDAY - timedelta(days=3)}, None),
        ({"absent_until": MONDAY + timedelta(days=4)}, "Rita Rep is out of office until 27 Nov."),
        ({"member": member(paused_until=MONDAY + timedelta(hours=1))}, "This member has paused"),
        ({"member": member(enabled_at=None)}, "This member isn't enabled yet."),
        ({"now": MONDAY + timedelta(hours=9)}, "It is outside Rita Rep's working hours."),
        ({"now": MONDAY - timedelta(days=1)}, "It is outside Rita Rep's working hours."),
    ],
)
def test_waits_for(more: dict[str, Any], said: str | None) -> None:
    waits = waits_for(standing(**more))
    assert (waits is None) is (said is None)
    assert (waits or "").startswith(said or "")


def test_what_nobody_is_shown_waits_for_no_hour_but_counts_all_the_same() -> None:
    night = standing(level=AutonomyLevel.SHADOW, now=MONDAY + timedelta(hours=13))
    assert waits_for(night) is None
    assert waits_for(replace(night, proposed_today=5)) is not None


@pytest.mark.parametrize(
    ("zone", "now", "days", "expected"),
    [
        # A Friday: the next working day is Monday, and a week on is one again.
        ("Europe/Berlin", "2026-11-20T10:00", 0, "2026-11-23T07:00"),
        ("Europe/Berlin", "2026-11-20T10:00", 6, "2026-11-27T07:00"),
        # Over the night clocks are put back in Berlin, and put forward in Auckland.
        ("Europe/Berlin", "2026-10-23T10:00", 0, "2026-10-26T07:00"),
        ("Europe/Berlin", "2026-10-22T10:00", 0, "2026-10-23T06:00"),
        ("Pacific/Auckland", "2026-09-25T10:00", 0, "2026-09-27T19:00"),
        # The days at the end of the year on which nobody answers.
        ("Europe/Berlin", "2026-12-23T10:00", 0, "2027-01-04T07:00"),
    ],
)
def test_the_next_working_day_is_the_members(zone: str, now: str, days: int, expected: str) -> None:
    at = datetime.fromisoformat(now).replace(tzinfo=UTC)
    due = next_workday(zone, at, days)
    assert due == datetime.fromisoformat(expected).replace(tzinfo=UTC)
    assert at_work(Member(timezone=zone, preferences={}), due)


def test_the_cap_counts_the_members_day_also_when_it_has_25_hours() -> None:
    late = datetime(2026, 10, 25, 22, 30, tzinfo=UTC)

    def began(zone: str) -> datetime:
        return day_begins(today_in(zone, late), zone)

    assert began("Europe/Berlin") == datetime(2026, 10, 24, 22, tzinfo=UTC)
    assert began("America/New_York") == datetime(2026, 10, 25, 4, tzinfo=UTC)


# ── Whom ────────────────────────────────────────────────────────────────────────────────────────
def person(who: str, *, barred: str | None = None) -> ContactChoice:
    return ContactChoice(
        id=identified(who),
        name=who,
        email=f"{who}@acme.test",
        title=None,
        observed=barred is not None,
        barred=barred,
    )


def found(kind: TriggerKind, *to: str, contact: UUID | None = None, name: str = "") -> Found:
    people = tuple(f"{one}@acme.test" for one in to)
    return Found(kind=kind, key="k", why="", evidence=(), to=people, contact_id=contact, name=name)


def test_a_mail_goes_to_confirmed_contacts_of_the_account_and_to_whom_it_is_about() -> None:
    people = (person("tom"), person("dana"), person("ann", barred="not confirmed yet"))
    facts = Talk().person("dana", champion=True).facts()

    def to(one: Found) -> str | None:
        chosen = whom(one, people, facts)
        return chosen.name if chosen else None

    assert to(found(TriggerKind.FOLLOW_UP_DUE, "dana", "ann")) == "dana"
    # Who got the mail can't be written to: nobody else gets the follow-up in their place.
    assert to(found(TriggerKind.FOLLOW_UP_DUE, "ann")) is None
    assert to(found(TriggerKind.PROMISE_DUE, "evil")) is None
    # Whoever invited comes first.
    assert to(found(TriggerKind.RECAP_DUE, "dana", "tom")) == "dana"
    assert to(found(TriggerKind.SILENCE)) == "dana"
    assert to(found(TriggerKind.SILENCE, contact=identified("tom"))) == "tom"
    assert to(found(TriggerKind.SILENCE, contact=uuid4())) == "dana"
    assert to(found(TriggerKind.RENEWAL_WINDOW)) == "dana"
    assert to(found(TriggerKind.BUYING_SIGNAL, "evil")) == "tom"
    assert whom(found(TriggerKind.RENEWAL_WINDOW), (), facts) is None


def test_a_mail_continues_the_last_thread_with_its_recipient() -> None:
    talk = Talk().they(9, conversation_id=identified("pilot")).we(4, conversation_id=UUID(int=4))
    facts, dana = talk.they(2, who="tom", conversation_id=UUID(int=2)).facts(), person("dana")
    assert thread_for(found(TriggerKind.SILENCE), dana, facts) == UUID(int=4)
    assert thread_for(found(TriggerKind.SILENCE), person("ann"), facts) is None
    assert thread_for(found(TriggerKind.RENEWAL_WINDOW), dana, facts) is None
    its_own = replace(found(TriggerKind.FOLLOW_UP_DUE), thread_id=identified("pilot"))
    assert thread_for(its_own, dana, facts) == identified("pilot")


def test_every_kind_has_a_row_and_a_question_about_price_is_one() -> None:
    assert set(TABLE) == set(TriggerKind)
    asked = candidate_of(TriggerKind.BUYING_SIGNAL, SignalName.PRICING_ASKED)
    assert asked.action_type is ActionType.DISCUSS_PRICING
    assert (
        candidate_of(TriggerKind.BUYING_SIGNAL, "no signal of ours")
        == TABLE[TriggerKind.BUYING_SIGNAL]
    )
    # Who hasn't answered and who has gone quiet get one mail.
    both = (TriggerKind.FOLLOW_UP_DUE, TriggerKind.SILENCE)
    assert len({candidate_of(kind).purpose for kind in both}) == 1
