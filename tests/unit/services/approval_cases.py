"""Random rule sets, people, absences and asks for the tests of approvals."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from hypothesis import strategies as st

from services.approval_rule_bands import MEASURED, rank
from services.approval_rules import APPROVERS, TYPES, rule_id
from services.types.approvals import (
    TITLES,
    Absence,
    Approver,
    Ask,
    AutoApproval,
    Band,
    Risk,
    Rule,
    RuleSet,
    Urgency,
    UrgentChannel,
)
from services.types.people import Role

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
CURRENCIES = ("USD", "EUR", "JPY")
COMMON = ("discount", "refund", "exception", "send_proposal")
HOURS = [timedelta(hours=hours) for hours in (2, 8, 24, 72)]


def person_id(number: int) -> UUID:
    return UUID(int=0xA000 + number)


def risk_sets() -> st.SearchStrategy[frozenset[Risk]]:
    return st.frozensets(st.sampled_from(list(Risk)), min_size=1)


def thresholds(most: int, count: int) -> st.SearchStrategy[list[Decimal]]:
    """Strictly rising, none of them zero."""
    numbers = st.lists(st.integers(1, most * 100), min_size=count, max_size=count, unique=True)
    return numbers.map(lambda found: [Decimal(one) / 100 for one in sorted(found)])


@st.composite
def band_lists(draw: st.DrawFn, type_: str) -> tuple[Band, ...]:
    """From low to high, none weaker than the one before."""
    count = draw(st.integers(1, 4))
    approvers = sorted(
        draw(st.lists(st.sampled_from(APPROVERS), min_size=count, max_size=count)), key=rank
    )
    needs = sorted(draw(st.lists(st.integers(1, 3), min_size=count, max_size=count)))
    percentages = draw(thresholds(100, count)) if type_ in MEASURED else []
    amounts = {
        currency: draw(thresholds(50_000, count))
        for currency in draw(st.sets(st.sampled_from(CURRENCIES), min_size=not percentages))
    }
    bands = []
    for index in range(count):
        # One measure at least must stand in a band above the first; the others may be left out.
        named = [currency for currency in amounts if draw(st.booleans())] if index else []
        by_percentage = bool(percentages) and (not named or draw(st.booleans()))
        if index and not named and not by_percentage:
            named = sorted(amounts)[:1]
        two = draw(st.booleans()) if needs[index] == 2 else False
        bands.append(
            Band(
                approver=approvers[index],
                percentage=(percentages[index] if by_percentage else None) if index else Decimal(0),
                amount={currency: amounts[currency][index] for currency in named},
                quorum=1 if two else needs[index],
                two_person=two,
                seats=needs[index] + draw(st.integers(0, 2)),
            )
        )
    return tuple(bands)


@st.composite
def rules_of(draw: st.DrawFn, type_: str, risks: frozenset[Risk]) -> Rule:
    normal = draw(st.sampled_from(HOURS))
    sla = dict.fromkeys(Urgency, normal)
    if draw(st.booleans()):
        sla |= {Urgency.CRITICAL: timedelta(minutes=90)}
    reminders = st.sets(st.sampled_from([timedelta(minutes=m) for m in (5, 15, 60)]), max_size=3)
    return Rule(
        id=rule_id(type_, risks),
        type=type_,
        risks=risks,
        bands=draw(band_lists(type_)),
        sla=sla,
        remind_before=tuple(sorted(draw(reminders), reverse=True)),
        escalate=tuple(draw(st.lists(st.sampled_from(APPROVERS), unique=True, max_size=4))),
        expires_after=draw(st.sampled_from([None, timedelta(days=7), timedelta(days=30)])),
        read_at_least=timedelta(seconds=draw(st.integers(0, 120))),
    )


NAMES = st.text(st.characters(categories=["L", "N", "P", "S"]), min_size=1, max_size=20).filter(
    str.isprintable
)


@st.composite
def autos_of(draw: st.DrawFn, types: list[str], number: int) -> AutoApproval:
    type_ = draw(st.sampled_from(types))
    percentage = (
        Decimal(draw(st.integers(1, 1000))) / 100
        if type_ in MEASURED and draw(st.booleans())
        else None
    )
    amounts = {
        currency: Decimal(draw(st.integers(1, 100_000))) / 100
        for currency in draw(st.sets(st.sampled_from(CURRENCIES)))
    }
    if type_ in ("discount", "refund") and percentage is None and not amounts:
        amounts = {"USD": Decimal(100)}
    capped = percentage is not None or amounts
    return AutoApproval(
        name=f"{draw(NAMES)} {number}",
        type=type_,
        risks=draw(risk_sets()),
        percentage_up_to=percentage,
        amount_up_to=amounts,
        per_member_per_month=draw(st.integers(0 if capped else 1, 5)),
    )


@st.composite
def rule_sets(draw: st.DrawFn) -> RuleSet:
    types = draw(st.lists(st.sampled_from(COMMON + TYPES), min_size=1, max_size=4, unique=True))
    rules = []
    for type_ in types:
        left = draw(risk_sets())
        rules.append(draw(rules_of(type_, left)))
        if left != frozenset(Risk) and draw(st.booleans()):
            rules.append(draw(rules_of(type_, frozenset(Risk) - left)))
    autos = [draw(autos_of(types, number)) for number in range(draw(st.integers(0, 2)))]
    urgent = UrgentChannel(
        second_person=draw(st.sampled_from([None, *APPROVERS])), sms=draw(st.booleans())
    )
    return RuleSet(
        version=draw(st.integers(1, 9)),
        rules=tuple(rules),
        auto_approvals=tuple(autos),
        urgent=urgent,
    )


@st.composite
def offices(draw: st.DrawFn) -> tuple[list[Approver], list[Absence]]:
    """Up to eight people in any relation, circles of managers included, some of them away."""
    count = draw(st.integers(1, 8))
    numbers = st.integers(0, count - 1)
    people = [
        Approver(
            id=person_id(number),
            name=draw(st.sampled_from(["Ada", "Bo", "Carla", "Dana"])),
            role=draw(st.sampled_from([Role.REP, Role.REP, Role.MANAGER, Role.ADMIN])),
            titles=draw(st.frozensets(st.sampled_from(TITLES), max_size=2)),
            manager_id=person_id(draw(numbers)) if draw(st.booleans()) else None,
            active=draw(st.sampled_from([True, True, True, False])),
            load=draw(st.integers(0, 5)),
        )
        for number in range(count)
    ]
    absences = []
    for number in sorted(draw(st.sets(numbers, max_size=4))):
        begins = NOW + timedelta(hours=draw(st.sampled_from([-30, -1, 0, 1])))
        absences.append(
            Absence(
                member_id=person_id(number),
                delegate_id=person_id(draw(numbers)) if draw(st.booleans()) else None,
                starts_at=begins,
                ends_at=begins + timedelta(days=1),
            )
        )
    return people, absences


def numbers(most: int) -> st.SearchStrategy[Decimal | None]:
    odd = [None, Decimal(0), Decimal("NaN"), Decimal("Infinity"), Decimal(-1)]
    return st.one_of(
        st.sampled_from(odd), st.integers(0, most * 100).map(lambda n: Decimal(n) / 100)
    )


@st.composite
def asks(draw: st.DrawFn, rules: RuleSet | None = None) -> Ask:
    types: tuple[Any, ...] = tuple(rule.type for rule in rules.rules) if rules else ()
    return Ask(
        type=draw(st.sampled_from((*types, *types, *COMMON, "never_heard_of"))),
        requester_id=person_id(0),
        urgency=draw(st.sampled_from(list(Urgency))),
        risk=draw(st.sampled_from(list(Risk))),
        percentage=draw(numbers(110)),
        amount=draw(numbers(60_000)),
        currency=draw(st.sampled_from((*CURRENCIES, "XAU"))),
    )
