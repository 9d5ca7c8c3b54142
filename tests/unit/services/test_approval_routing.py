"""Routing: somebody allowed, never the requester, nobody twice, never stuck, fair, and stricter
rules never loosen an outcome."""

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from services.approval_routing import (
    escalate,
    holds,
    manages,
    risk_of,
    route,
    title_words,
)
from services.approval_rules import APPROVERS, DEFAULT_TEXT, parse_rules, rank, stricter
from services.types.approvals import (
    ADMIN,
    MANAGER,
    Absence,
    Approver,
    Ask,
    Band,
    Risk,
    Route,
    Rule,
    RuleSet,
    Seat,
    Urgency,
)
from services.types.people import Role
from tests.unit.services.approval_cases import NOW, asks, offices, person_id, rule_sets

DEFAULTS = parse_rules(DEFAULT_TEXT, version=1)
BUSY = settings(max_examples=60, deadline=None)


def person(number: int, name: str, *titles: str, **fields: Any) -> Approver:
    manager = fields.pop("manager", None)
    return Approver(
        id=person_id(number),
        name=name,
        role=fields.pop("role", Role.REP),
        titles=frozenset(titles),
        manager_id=person_id(manager) if manager is not None else None,
        **fields,
    )


def away(number: int, delegate: int | None = None, days: float = 3) -> Absence:
    return Absence(
        member_id=person_id(number),
        delegate_id=person_id(delegate) if delegate is not None else None,
        starts_at=NOW - timedelta(hours=1),
        ends_at=NOW + timedelta(days=days),
    )


RITA, MONA = person(0, "Rita", manager=1), person(1, "Mona", "sales_manager", manager=2)
DANA, VICTOR = person(2, "Dana", "vp_sales", load=1), person(3, "Victor", "vp_sales")
CARLA, ADA = person(4, "Carla", "cfo"), person(5, "Ada", role=Role.ADMIN)
HOUSE = [RITA, MONA, DANA, VICTOR, CARLA, ADA]


def asked(type_: str = "discount", **fields: Any) -> Ask:
    defaults = {"requester_id": RITA.id, "urgency": Urgency.NORMAL, "risk": Risk.LOW}
    return Ask(type=type_, **(defaults | fields))


def routed(ask: Ask, people: list[Approver] | None = None, *absences: Absence) -> Route:
    return route(ask, DEFAULTS, HOUSE if people is None else people, absences, now=NOW)


def voices(seats: tuple[Seat, ...]) -> list[UUID]:
    return [seat.delegate_id or seat.holder_id for seat in seats if seat.holder_id]


# ── What holds for every case ───────────────────────────────────────────────────────────────────
def may_speak(people: list[Approver], absences: list[Absence], requester: UUID) -> dict[Any, Any]:
    """Who may speak for whom, worked out without the router: the holder, or while away the
    delegate of the absence that began last."""
    by_id = {one.id: one for one in people}
    now_away: dict[UUID, UUID | None] = {}
    for one in sorted(absences, key=lambda one: (one.starts_at, one.ends_at, str(one.delegate_id))):
        if one.starts_at <= NOW < one.ends_at:
            now_away[one.member_id] = one.delegate_id
    found = {}
    for one in people:
        speaker = now_away.get(one.id, one.id)
        if (
            one.active
            and one.id != requester
            and speaker in by_id
            and speaker != requester
            and by_id[speaker].active
            and (one.id not in now_away or speaker not in now_away)
        ):
            found[one.id] = speaker
    return found


@given(data=st.data())
@BUSY
def test_every_request_goes_to_somebody_allowed(data: st.DataObject):
    rules, (people, absences) = data.draw(rule_sets()), data.draw(offices())
    ask = data.draw(asks(rules))
    found = route(ask, rules, people, absences, now=NOW)
    if found.auto is not None:
        assert found.seats == ()
        assert found.needed == 0
        return
    speak = may_speak(people, absences, ask.requester_id)
    by_id = {one.id: one for one in people}
    spoken = voices(found.seats)
    assert len(found.seats) >= found.needed >= 1
    everyone = [*spoken, *(seat.holder_id for seat in found.seats if seat.delegate_id)]
    assert len(set(everyone)) == len(everyone)
    assert ask.requester_id not in everyone
    of_type = [rule for rule in rules.rules if rule.type == ask.type]
    titles = {band.approver for rule in of_type for band in rule.bands} | {ADMIN}
    for seat in found.seats:
        assert seat.title in titles
        assert seat.why.endswith(".")
        if seat.holder_id is None:
            continue
        holder = by_id[seat.holder_id]
        assert speak[holder.id] == (seat.delegate_id or holder.id)
        manager = manages(holder.id, ask.requester_id, people)
        assert seat.title != MANAGER or manager
        assert holds(holder, seat.title, manages=manager)
    if any(seat.holder_id is None for seat in found.seats):
        # Nobody is left who could: neither of the demanded title nor an admin.
        could = {
            speak[one.id]
            for one in people
            if one.id in speak
            and any(
                holds(one, title) if title != MANAGER else manages(one.id, ask.requester_id, people)
                for title in (found.title, ADMIN)
            )
        }
        taken = set(everyone)
        assert could <= taken
    assert found.sentence.endswith(".")
    assert "\n" not in found.sentence


@given(data=st.data())
@BUSY
def test_the_order_of_people_changes_nothing(data: st.DataObject):
    rules, (people, absences) = data.draw(rule_sets()), data.draw(offices())
    ask = data.draw(asks(rules))
    first = route(ask, rules, people, absences, now=NOW)
    turned = data.draw(st.permutations(people))
    assert route(ask, rules, turned, data.draw(st.permutations(absences)), now=NOW) == first


def tighten_lower(rule: Rule, share: Decimal) -> Rule:
    """The same bands, from less on."""
    bands = [
        replace(
            band,
            percentage=band.percentage * share if band.percentage else band.percentage,
            amount={currency: value * share for currency, value in band.amount.items()},
        )
        for band in rule.bands
    ]
    return replace(rule, bands=tuple(bands))


def tighten_quorum(rule: Rule, more: int) -> Rule:
    bands = [
        replace(band, quorum=band.quorum + more, seats=band.seats + more) for band in rule.bands
    ]
    return replace(rule, bands=tuple(bands))


def tighten_people(rule: Rule, _more: int) -> Rule:
    bands = [replace(band, two_person=True, seats=max(band.seats, 2)) for band in rule.bands]
    return replace(rule, bands=tuple(bands))


def tighten_approver(rule: Rule, more: int) -> Rule:
    """Every approver a rank or more higher, as far as there are any."""

    def higher(band: Band) -> Band:
        above = [one for one in APPROVERS if rank(one) == min(rank(band.approver) + more, 4)]
        return replace(band, approver=above[0])

    return replace(rule, bands=tuple(higher(band) for band in rule.bands))


TIGHTER: list[Callable[[Rule, int], Rule]] = [
    lambda rule, more: tighten_lower(rule, Decimal(more) / 10),
    tighten_quorum,
    tighten_people,
    tighten_approver,
]


@given(data=st.data())
@BUSY
def test_tightening_never_loosens(data: st.DataObject):
    loose, (people, absences) = data.draw(rule_sets()), data.draw(offices())
    rules = list(loose.rules)
    for _ in range(data.draw(st.integers(0, 3))):
        place = data.draw(st.integers(0, len(rules) - 1))
        tighter = data.draw(st.sampled_from(TIGHTER))
        rules[place] = tighter(rules[place], data.draw(st.integers(1, 4)))
    autos = list(loose.auto_approvals)
    if autos:
        place = data.draw(st.integers(0, len(autos) - 1))
        if data.draw(st.booleans()):
            del autos[place]
        else:
            auto = autos[place]
            percentage = auto.percentage_up_to
            autos[place] = replace(
                auto,
                percentage_up_to=percentage / 2 if percentage is not None else None,
                amount_up_to={one: value / 2 for one, value in auto.amount_up_to.items()},
                per_member_per_month=1 if auto.per_member_per_month else 0,
            )
    tight = replace(loose, version=9, rules=tuple(rules), auto_approvals=tuple(autos))
    ask = data.draw(asks(loose))
    used = {auto.name: data.draw(st.integers(0, 5)) for auto in loose.auto_approvals}
    before = route(ask, loose, people, absences, now=NOW, autos_this_month=used)
    after = route(ask, tight, people, absences, now=NOW, autos_this_month=used)
    assert not stricter(after, before)


@given(data=st.data())
@BUSY
def test_asking_for_more_never_needs_less(data: st.DataObject):
    rules, (people, absences) = data.draw(rule_sets()), data.draw(offices())
    ask = data.draw(asks(rules))
    assume(ask.percentage is not None and ask.percentage.is_finite() and ask.percentage >= 0)
    more = replace(ask, percentage=ask.percentage + data.draw(st.integers(0, 50)))
    small = route(ask, rules, people, absences, now=NOW)
    large = route(more, rules, people, absences, now=NOW)
    assert not stricter(large, small)


@given(
    loads=st.lists(st.integers(0, 1), min_size=1, max_size=6),
    seed=st.integers(0, 1000),
    times=st.integers(1, 40),
    quorum=st.integers(1, 3),
)
@settings(max_examples=30, deadline=None)
def test_the_work_is_shared(loads: list[int], seed: int, times: int, quorum: int):
    """However the people come in, nobody who may decide gets two more than another."""
    rules = RuleSet(
        version=1,
        rules=(replace(DEFAULTS.rules[0], bands=(Band(approver="cfo", quorum=quorum),)),),
    )
    people = [person(n + 1, f"P{n}", "cfo", load=load) for n, load in enumerate(loads)]
    shuffle = random.Random(seed)  # noqa: S311 - an order, not a secret
    for _ in range(times):
        shuffle.shuffle(people)
        found = route(asked(), rules, [RITA, *people], (), now=NOW)
        picked = Counter(voices(found.seats))
        people = [replace(one, load=one.load + picked[one.id]) for one in people]
    carried = [one.load for one in people]
    assert max(carried) - min(carried) <= 1


@given(data=st.data())
@BUSY
def test_an_escalation_finds_somebody_new_or_stays(data: st.DataObject):
    people, absences = data.draw(offices())
    everyone = [one.id for one in people]
    holder_id = data.draw(st.sampled_from([None, *everyone[1:]]))
    taken = data.draw(st.sets(st.sampled_from(everyone)))
    step = data.draw(st.sampled_from(APPROVERS))
    seat = escalate(
        step,
        holder_id=holder_id,
        requester_id=person_id(0),
        title="cfo",
        taken=taken,
        people=people,
        absences=absences,
        now=NOW,
    )
    assert person_id(0) not in {seat.holder_id, seat.delegate_id}
    assert seat.why.endswith(".")
    if seat.holder_id not in {None, holder_id}:
        assert seat.title in {step, ADMIN}
        assert not {seat.holder_id, seat.delegate_id} & taken
    else:
        free = may_speak(people, absences, person_id(0))
        admins = {one.id for one in people if one.role is Role.ADMIN and one.id in free}
        assert all({one, free[one]} & (taken | {holder_id}) for one in admins)
        assert seat.title == "cfo"


# ── Cases with names ────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("ask", "title", "name"),
    [
        (asked(percentage=Decimal(0)), "manager", "Mona"),
        (asked(percentage=Decimal("4.9999")), "manager", "Mona"),
        (asked(percentage=Decimal(5)), "sales_manager", "Mona"),
        (asked(percentage=Decimal("9.99")), "sales_manager", "Mona"),
        (asked(percentage=Decimal(10)), "vp_sales", "Victor"),
        (asked(percentage=Decimal(20)), "cfo", "Carla"),
        (asked(percentage=Decimal(100)), "cfo", "Carla"),
        (asked(percentage=None), "cfo", "Carla"),
        (asked(percentage=Decimal("NaN")), "cfo", "Carla"),
        (asked(percentage=Decimal(-1)), "cfo", "Carla"),
        (asked("refund", amount=Decimal("999.99")), "manager", "Mona"),
        (asked("refund", amount=Decimal(10_000)), "cfo", "Carla"),
        (asked("refund", amount=Decimal(1), currency="SEK"), "cfo", "Carla"),
        (asked("refund"), "cfo", "Carla"),
        (asked("exception", risk=Risk.HIGH), "vp_sales", "Victor"),
        (asked("exception", risk=Risk.MEDIUM), "sales_manager", "Mona"),
        (asked("send_proposal"), ADMIN, "Ada"),
    ],
)
def test_the_default_bands(ask: Ask, title: str, name: str):
    found = routed(ask)
    assert found.title == title
    (seat,) = found.seats
    assert seat.holder_id == next(one.id for one in HOUSE if one.name == name)
    assert name in found.sentence


@pytest.mark.parametrize(
    ("found", "sentence"),
    [
        (
            routed(asked(percentage=Decimal(3))),
            "A discount below 5 % is decided by the requester's manager: Mona.",
        ),
        (
            routed(asked(percentage=Decimal(10))),
            "A discount from 10 % is decided by a VP of sales; Victor has the fewest waiting.",
        ),
        (
            routed(asked(percentage=Decimal(10)), None, away(3, 4)),
            (
                "A discount from 10 % is decided by a VP of sales; Victor is away until 23 "
                "November, "
                "so Carla decides instead."
            ),
        ),
        (
            routed(asked("refund", amount=Decimal(5000))),
            (
                "A refund from 5,000 USD is decided by a customer success director; nobody with "
                "that "
                "title can decide now, so it goes to the CFO, Carla."
            ),
        ),
        (
            routed(asked(percentage=Decimal(3)), None, away(1)),
            (
                "A discount below 5 % is decided by the requester's manager; the requester's "
                "manager "
                "can't decide now, so it goes to the next manager up, Dana."
            ),
        ),
        (
            routed(asked()),
            (
                "How large this discount is can't be told, so the strictest band holds and the CFO "
                "decides: Carla."
            ),
        ),
        (
            routed(asked("send_proposal")),
            "No rule covers this kind of mail (Proposal), so an admin decides: Ada.",
        ),
        (
            routed(asked("exception"), [RITA]),
            (
                "An exception at low risk is decided by a sales manager; nobody may do so now, "
                "so an "
                "admin has to see to it."
            ),
        ),
        (
            routed(asked(percentage=Decimal(7)), [RITA, VICTOR, CARLA], away(3, 4)),
            (
                "A discount from 5 % is decided by a sales manager; nobody with that title can "
                "decide "
                "now, and Victor is away until 23 November, so Carla decides instead."
            ),
        ),
    ],
)
def test_one_sentence_explains_it(found: Route, sentence: str):
    assert found.sentence == sentence


def with_band(band: Band, *more: Rule) -> RuleSet:
    return RuleSet(version=2, rules=(replace(DEFAULTS.rules[0], bands=(band,)), *more))


def test_a_quorum_is_filled_from_above():
    rules = parse_rules(
        "rules:\n- type: discount\n  bands:\n  - {from: 0, approver: vp_sales, quorum: 2, of: 3}\n"
        "  - {from: 50, approver: cfo, quorum: 4}\n",
        version=1,
    )
    found = route(asked(percentage=Decimal(1)), rules, HOUSE, (), now=NOW)
    assert voices(found.seats) == [VICTOR.id, DANA.id]
    assert found.sentence == (
        "A discount below 50 %: 2 people must agree, a VP of sales first (Victor and Dana)."
    )
    found = route(asked(percentage=Decimal(1)), rules, HOUSE, [away(3), away(2, 0)], now=NOW)
    assert [seat.title for seat in found.seats] == ["cfo", "admin"]
    found = route(asked(percentage=Decimal(60)), rules, HOUSE, [away(4, 1)], now=NOW)
    assert found.sentence == (
        "A discount from 50 %: 4 people must agree, the CFO first (Mona for Carla and Ada); "
        "2 places have nobody yet."
    )
    assert [seat.holder_id for seat in found.seats] == [CARLA.id, ADA.id, None, None]
    more = [*HOUSE, person(7, "Vera", "vp_sales")]
    found = route(asked(percentage=Decimal(1)), rules, more, (), now=NOW)
    assert len(found.seats) == 3
    assert "2 of 3 people must agree" in found.sentence
    found = route(asked(percentage=Decimal(60)), rules, [RITA], (), now=NOW)
    assert found.sentence.endswith("the CFO first; 4 places have nobody yet.")


def test_one_empty_place():
    rules = with_band(Band(approver="cfo", two_person=True, seats=2))
    found = route(asked(), rules, [RITA, CARLA], (), now=NOW)
    assert found.sentence == (
        "A discount: 2 people must agree, the CFO first (Carla); one place has nobody yet."
    )


def test_a_risk_without_a_rule_is_judged_by_the_strictest():
    rules = RuleSet(version=1, rules=DEFAULTS.rules[3:4])
    found = route(asked("exception"), rules, HOUSE, (), now=NOW)
    assert (found.title, found.rule_id) == ("vp_sales", "exception-high")
    assert found.sentence.startswith("No rule covers this exception at low risk, so the strictest")


def test_either_measure_reaches_a_band():
    rules = parse_rules(
        "rules:\n- type: discount\n  bands:\n  - {from: 0, approver: manager}\n"
        "  - {from: {percentage: 10, USD: 5000}, approver: cfo}\n",
        version=1,
    )

    def title(percentage: Any, amount: Any, currency: str = "USD") -> tuple[str, str]:
        ask = asked(percentage=percentage, amount=amount, currency=currency)
        found = route(ask, rules, HOUSE, (), now=NOW)
        return found.title, found.sentence

    assert title(Decimal(2), Decimal(10))[0] == "manager"
    assert title(Decimal(10), Decimal(10))[1].startswith("A discount from 10 %")
    assert title(Decimal(2), Decimal(5000))[1].startswith("A discount from 5,000 USD")
    assert title(Decimal(2), None)[0] == "cfo"
    assert title(None, Decimal(10))[0] == "cfo"
    assert title(Decimal(2), Decimal(10), "EUR")[0] == "cfo"


AUTO = (
    "rules:\n- type: discount\n  bands: [{from: 0, approver: cfo}]\n"
    "auto_approvals:\n- {name: Small, type: discount, risk: low, up_to: {percentage: 2, USD: 100}, "
    "per_member_per_month: 2}\n- {name: Thanks, type: exception, per_member_per_month: 1}\n"
)


@pytest.mark.parametrize(
    ("changes", "used", "fits"),
    [
        ({}, 0, True),
        ({}, 1, True),
        ({}, 2, False),
        ({"percentage": Decimal("2.01")}, 0, False),
        ({"percentage": Decimal("NaN")}, 0, False),
        ({"percentage": Decimal(-1)}, 0, False),
        ({"percentage": None}, 0, False),
        ({"amount": Decimal("100.01")}, 0, False),
        ({"amount": None}, 0, False),
        ({"currency": "EUR"}, 0, False),
        ({"risk": Risk.MEDIUM}, 0, False),
        ({"type_": "refund"}, 0, False),
        ({"type_": "exception"}, 0, True),
    ],
)
def test_a_template_approves_what_is_within_all_its_caps(
    changes: dict[str, Any], used: int, *, fits: bool
):
    rules = parse_rules(AUTO, version=1)
    ask = asked(**({"percentage": Decimal(2), "amount": Decimal(100)} | changes))
    found = route(ask, rules, HOUSE, (), now=NOW, autos_this_month={"Small": used})
    assert (found.auto is not None) == fits
    if fits and ask.type == "discount":
        assert found.sentence == (
            "A discount up to 2 % and 100 USD needs nobody: the template “Small” approves it."
        )


def test_managers_in_a_circle_come_to_an_end():
    circle = [person(n, f"P{n}", manager=(n + 1) % 3) for n in range(3)]
    found = routed(asked(percentage=Decimal(1)), circle)
    assert voices(found.seats) == [circle[1].id]
    assert manages(circle[2].id, RITA.id, circle)
    assert not manages(RITA.id, RITA.id, circle)
    assert routed(asked(percentage=Decimal(1)), [person(0, "R", manager=0)]).seats[0].holder_id is (
        None
    )


def test_a_delegate_is_not_away_not_the_requester_and_not_asked_twice():
    ask = asked(percentage=Decimal(20))
    for absences in ([away(4, 0)], [away(4, 5), away(5)], [away(4, 4)], [away(4, 99)], [away(4)]):
        found = routed(ask, None, *absences)
        holder = found.seats[0].holder_id
        assert holder == (None if away(5) in absences else ADA.id), absences
    gone = [replace(one, active=False) if one is MONA else one for one in HOUSE]
    assert routed(ask, gone, away(4, 1)).seats[0].holder_id == ADA.id


def test_of_two_absences_the_later_one_counts_and_past_ones_do_not():
    past = replace(away(4, 1), ends_at=NOW)
    future = replace(away(4, 1), starts_at=NOW + timedelta(seconds=1))
    assert routed(asked(), None, past, future).seats[0].delegate_id is None
    early = replace(away(4, 1), starts_at=NOW - timedelta(days=2))
    for order in ((early, away(4, 3)), (away(4, 3), early)):
        assert routed(asked(), None, *order).seats[0].delegate_id == VICTOR.id


def test_a_delegate_speaks_in_person_first():
    rules = with_band(Band(approver="vp_sales", quorum=2, seats=2))
    found = route(asked(), rules, HOUSE, [away(3, 2)], now=NOW)
    assert [(seat.holder_id, seat.delegate_id) for seat in found.seats] == [
        (DANA.id, None),
        (ADA.id, None),
    ]


def test_nobody_speaks_for_two():
    rules = with_band(Band(approver="vp_sales", quorum=2, seats=2))
    found = route(asked(), rules, HOUSE, [away(3, 4), away(2, 4)], now=NOW)
    assert [(seat.holder_id, seat.delegate_id) for seat in found.seats] == [
        (DANA.id, CARLA.id),
        (ADA.id, None),
    ]
    # Nor once for somebody and once in person.
    rules = with_band(Band(approver="cfo", quorum=2, seats=2))
    two = [*HOUSE, person(8, "Cora", "cfo", load=9)]
    found = route(asked(), rules, two, [away(4, 5)], now=NOW)
    assert voices(found.seats) == [ADA.id, person_id(8)]
    found = route(asked(), rules, HOUSE, [away(4, 5)], now=NOW)
    assert [seat.holder_id for seat in found.seats] == [CARLA.id, None]


def step_up(step: str, holder: Approver | None, *absences: Absence, **fields: Any) -> Seat:
    return escalate(
        step,
        holder_id=holder.id if holder else None,
        requester_id=RITA.id,
        title=fields.get("title", "cfo"),
        taken=fields.get("taken", [holder.id] if holder else []),
        people=fields.get("people", HOUSE),
        absences=absences,
        now=NOW,
    )


def test_escalations():
    assert step_up("manager", MONA) == Seat(
        title="manager",
        holder_id=DANA.id,
        why="Mona didn't decide in time, so it goes to a manager above, Dana.",
    )
    assert step_up("manager", None).holder_id == MONA.id
    assert step_up("vp_sales", MONA).why == (
        "Mona didn't decide in time, so it goes to a VP of sales; Victor has the fewest waiting."
    )
    assert step_up("manager", CARLA).title == ADMIN
    assert step_up("cfo", MONA, away(4, 3)).delegate_id == VICTOR.id
    assert step_up("cfo", MONA, taken=[MONA.id, CARLA.id]).holder_id == ADA.id
    stays = step_up("admin", ADA, title=ADMIN)
    assert (stays.holder_id, stays.title) == (ADA.id, ADMIN)
    assert stays.why == "There is nobody else to ask, so it stays with Ada."
    left = replace(ADA, active=False)
    assert step_up("admin", left, people=[RITA, left]).holder_id is None
    assert step_up("admin", ADA, away(5, 1), people=[RITA, MONA, ADA]).delegate_id == MONA.id


def test_who_holds_a_title():
    assert holds(CARLA, "cfo")
    assert not holds(replace(CARLA, active=False), "cfo")
    assert not holds(CARLA, ADMIN)
    assert holds(ADA, ADMIN)
    assert holds(ADA, MANAGER)
    assert not holds(MONA, MANAGER)
    assert holds(MONA, MANAGER, manages=True)
    assert title_words("vp_sales") == "a VP of sales"
    assert title_words("head_of_fun") == "head of fun"


def base_route(**fields: Any) -> Route:
    return replace(routed(asked(percentage=Decimal(10))), **fields)


def test_stricter():
    auto = parse_rules(AUTO, version=1).auto_approvals[0]
    old = base_route()
    assert not stricter(old, base_route(title="cfo", auto=auto))
    assert stricter(base_route(auto=auto), old)
    assert not stricter(base_route(auto=auto), base_route(auto=auto))
    assert stricter(old, base_route(title="cfo"))
    assert stricter(old, base_route(title="manager", needed=2))
    assert not stricter(old, base_route(title="customer_success_director"))
    assert not stricter(base_route(needed=3), base_route(needed=2))
    assert stricter(base_route(title="nobody_knows"), base_route(title="manager"))


# ── Risk ────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("about", "risk"),
    [
        (("discount", 3, 1000, 80, "discovery"), Risk.LOW),
        (("discount", 10, 1000, 80, "discovery"), Risk.MEDIUM),
        (("discount", 20, 1000, None, None), Risk.HIGH),
        (("discount", 3, 50_000, 80, None), Risk.HIGH),
        (("discount", 10, 1000, 30, None), Risk.HIGH),
        (("discount", 3, 1000, 80, "negotiation"), Risk.MEDIUM),
        (("refund", None, 999, 80, "closed_won"), Risk.LOW),
        (("refund", None, 1000, 80, None), Risk.MEDIUM),
        (("refund", None, 10_000, 80, None), Risk.HIGH),
        (("exception", None, None, None, None), Risk.LOW),
        (("escalation", None, None, 39, None), Risk.MEDIUM),
        (("send_proposal", None, None, None, None), Risk.MEDIUM),
        (("discount", "NaN", None, None, None), Risk.HIGH),
        (("refund", None, "-1", None, None), Risk.HIGH),
    ],
)
def test_risk(about: tuple[Any, ...], risk: Risk):
    type_, percentage, amount, health, stage = about
    found = risk_of(
        type=type_,
        percentage=None if percentage is None else Decimal(percentage),
        amount=None if amount is None else Decimal(amount),
        health=health,
        stage=stage,
    )
    assert found is risk


@given(
    about=st.tuples(
        st.sampled_from(["discount", "refund", "exception", "send_proposal"]),
        st.sampled_from([None, "discovery", "negotiation"]),
    ),
    size=st.decimals(0, 100, places=2),
    more=st.decimals(0, 100, places=2),
    health=st.integers(0, 100),
    less=st.integers(0, 100),
)
def test_more_at_stake_is_never_less_risk(
    about: tuple[str, str | None], size: Decimal, more: Decimal, health: int, less: int
):
    type_, stage = about

    def severity(size: Decimal, health: int | None) -> int:
        return risk_of(
            type=type_, percentage=size, amount=size * 1000, health=health, stage=stage
        ).severity

    assert severity(size + more, health) >= severity(size, health)
    assert severity(size, max(health - less, 0)) >= severity(size, health)


@pytest.mark.parametrize(
    ("urgency", "hours"),
    [(Urgency.LOW, 24), (Urgency.NORMAL, 24), (Urgency.HIGH, 8), (Urgency.CRITICAL, 2)],
)
def test_the_route_carries_the_rules_times(urgency: Urgency, hours: int):
    found = routed(asked(percentage=Decimal(3), urgency=urgency))
    rule = DEFAULTS.rules[0]
    assert found.sla == timedelta(hours=hours)
    assert (found.rule_id, found.rule_version) == ("discount", 1)
    assert (found.remind_before, found.escalate) == (rule.remind_before, rule.escalate)
    assert (found.expires_after, found.read_at_least) == (rule.expires_after, rule.read_at_least)
