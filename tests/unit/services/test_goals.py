"""Goals in pure arithmetic: days, pace, forecast, proposal, periods, what people type."""

import random
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from services.errors import InvalidInput
from services.goals.amounts import read_currency, read_target
from services.goals.pace import progress, rounded, span, working_days
from services.goals.periods import period_of, watched_until
from services.goals.proposing import proposed_target, too_little
from services.types.goals import GoalForm, GoalKind, Standing, Tally
from services.zones import day_begins, today_in

Q4 = (date(2026, 10, 1), date(2026, 12, 31))


def money(*amounts: int, **more: object) -> Tally:
    value = Decimal(sum(amounts)) if amounts or not more.get("unknown") else None
    squares = Decimal(sum(one * one for one in amounts))
    return Tally(value=value, things=len(amounts), squares=squares, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("first", "last", "days"),
    [
        (date(2026, 11, 30), date(2026, 11, 30), 1),  # a Monday
        (date(2026, 11, 28), date(2026, 11, 29), 0),  # a weekend
        (date(2026, 11, 1), date(2026, 11, 30), 21),
        (date(2026, 10, 1), date(2026, 12, 31), 66),  # 22 + 21 + 23
        (date(2026, 12, 28), date(2027, 1, 3), 5),  # over the year's end
        (date(2028, 2, 28), date(2028, 3, 1), 3),  # a leap day
        (date(2026, 12, 2), date(2026, 12, 1), 0),
    ],
)
def test_working_days(first: date, last: date, days: int) -> None:
    assert working_days(first, last) == days


def test_only_whole_days_are_over() -> None:
    assert span(*Q4, over=date(2026, 9, 30)) == (0, 66)
    assert span(*Q4, over=date(2026, 10, 1)) == (1, 66)
    assert span(*Q4, over=date(2026, 11, 15)) == (32, 66), "22 in October, 10 in November"
    assert span(*Q4, over=date(2027, 2, 1)) == (66, 66)
    weekend = (date(2026, 11, 28), date(2026, 11, 29))
    assert span(*weekend, over=date(2026, 11, 28)) == (1, 2), "days where no day is a working one"


# By hand: 660,000 in 66 days are 10,000 a day; after 33 days 330,000 are expected.
@pytest.mark.parametrize(
    ("tally", "target", "done", "standing", "forecast"),
    [
        (money(*[33_000] * 10), 660_000, 33, Standing.ON_PACE, 660_000),
        (money(*[33_000] * 9), 660_000, 33, Standing.ON_PACE, 594_000),
        (money(*[33_000] * 8), 660_000, 33, Standing.BEHIND, 528_000),
        (money(*[33_000] * 12), 660_000, 33, Standing.AHEAD, 792_000),
        (money(700_000), 660_000, 33, Standing.REACHED, None),
        (money(), 660_000, 33, Standing.BEHIND, None),
        (money(), 660_000, 4, Standing.EARLY, None),
        (money(), 660_000, 0, Standing.EARLY, None),
        (money(unknown=2), 660_000, 33, Standing.UNKNOWN, None),
        (money(*[33_000] * 8), None, 33, Standing.WATCHING, 528_000),
    ],
)
def test_pace(
    tally: Tally, target: int | None, done: int, standing: Standing, forecast: int | None
) -> None:
    wanted = None if target is None else Decimal(target)
    found = progress(tally, wanted, done, 66)
    assert found.standing is standing
    assert found.forecast == forecast
    if target is not None and done:
        assert found.expected == Decimal(10_000 * done)


def test_the_range_of_a_forecast_by_hand() -> None:
    """Eight of 30,000 after 22 of 66 days: r = 2, the deviation sqrt(2 · 3 · 8) · 30,000, which is
    207,846; times 1.2816 that is 266,376 around 720,000."""
    found = progress(money(*[30_000] * 8), Decimal(900_000), 22, 66)
    assert (found.value, found.expected, found.gap) == (240_000, 300_000, -60_000)
    assert found.forecast == 720_000
    assert found.low is not None
    assert found.high is not None
    assert round(found.low) == 453_624
    assert round(found.high) == 986_376
    late = progress(money(*[30_000] * 8), Decimal(900_000), 65, 66)
    assert late.low is not None
    assert late.low >= 240_000, "what is reached is reached"


def test_four_of_five_ends_lie_in_the_range() -> None:
    """Quarters of deals that come by chance, looked at after a third."""
    chance, within, seen = random.Random(7), 0, 0  # noqa: S311 - no secret
    for _ in range(600):
        per_day = chance.uniform(0.2, 0.8)
        days = [
            [chance.lognormvariate(10, 0.6) for _ in range(4) if chance.random() < per_day / 4]
            for _ in range(66)
        ]
        so_far = [Decimal(round(one)) for day in days[:22] for one in day]
        tally = Tally(value=sum(so_far, Decimal(0)), things=len(so_far),
                      squares=sum((one * one for one in so_far), Decimal(0)))  # fmt: skip
        found = progress(tally, None, 22, 66)
        if found.low is None or found.high is None:
            continue
        seen += 1
        within += found.low <= sum(Decimal(round(one)) for day in days for one in day) <= found.high
    assert seen > 400
    assert 0.74 <= within / seen <= 0.88


@pytest.mark.parametrize(
    ("exact", "plain"), [("414285.71", 410_000), ("37.4", 37), ("7", 7), ("0", 0), ("1999", 2000)]
)
def test_estimates_are_plain(exact: str, plain: int) -> None:
    assert rounded(Decimal(exact)) == plain


def test_a_target_is_proposed_from_what_was_seen() -> None:
    """100,000 in 22 days are 300,000 in 66, and ten per cent more."""
    seen = money(40_000, 40_000, 20_000)
    assert proposed_target(seen, money=True, watched=22, total=66) == 330_000
    assert proposed_target(seen, money=True, watched=21, total=66) == 350_000, "rounded up"
    deeds = Tally(value=Decimal(44), things=44, squares=Decimal(44))
    assert proposed_target(deeds, money=False, watched=22, total=66) == 150, "145.2"


@pytest.mark.parametrize(
    ("tally", "is_money", "why"),
    [
        (money(), True, "no deals with a known amount"),
        (money(900_000), True, "1 deal with a known amount"),
        (money(1, 2, 3, unknown=4), True, "Most deals have no amount"),
        (money(0, 0, 0), True, "come to nothing"),
        (Tally(value=Decimal(9), things=9, squares=Decimal(9)), False, "9 deeds"),
    ],
)
def test_from_too_little_nothing_is_proposed(
    tally: Tally,
    is_money: bool,  # noqa: FBT001 - a parameter of the test
    why: str,
) -> None:
    assert why in (too_little(tally, money=is_money) or "")
    assert proposed_target(tally, money=is_money, watched=22, total=66) is None


# ── Periods ─────────────────────────────────────────────────────────────────────────────────────
def form(period: str = "custom", first: str = "", last: str = "") -> GoalForm:
    return GoalForm(kind="revenue", whom="me", period=period, first=first, last=last)


@pytest.mark.parametrize(
    ("period", "today", "first", "last"),
    [
        ("this_month", date(2026, 11, 30), date(2026, 11, 1), date(2026, 11, 30)),
        ("this_month", date(2028, 2, 5), date(2028, 2, 1), date(2028, 2, 29)),
        ("this_quarter", date(2026, 12, 31), date(2026, 10, 1), date(2026, 12, 31)),
        ("next_month", date(2026, 12, 31), date(2027, 1, 1), date(2027, 1, 31)),
        ("next_quarter", date(2026, 11, 30), date(2027, 1, 1), date(2027, 3, 31)),
        ("next_quarter", date(2026, 1, 1), date(2026, 4, 1), date(2026, 6, 30)),
    ],
)
def test_periods_by_name(period: str, today: date, first: date, last: date) -> None:
    assert period_of(form(period), today) == (first, last)


@pytest.mark.parametrize(
    ("first", "last", "field", "why"),
    [
        ("2026-12-02", "2026-12-01", "last", "before the first"),
        ("2026-10-01", "2026-11-29", "last", "over already"),
        ("2026-12-01", "2028-12-01", "last", "at most 2 years"),
        ("2029-12-01", "2029-12-31", "first", "more than 2 years"),
        ("", "2026-12-01", "first", "Choose a day"),
        ("2026-02-30", "2026-12-01", "first", "no day"),
        ("0001-01-01", "9999-12-31", "first", "too far"),
    ],
)
def test_periods_that_are_none(first: str, last: str, field: str, why: str) -> None:
    with pytest.raises(InvalidInput, match=why) as refusal:
        period_of(form(first=first, last=last), date(2026, 11, 30))
    assert refusal.value.field == field


def test_a_period_of_two_years_and_of_one_day() -> None:
    today = date(2026, 11, 30)
    assert period_of(form(first="2026-12-01", last="2028-11-30"), today)
    assert period_of(form(first="2026-11-30", last="2026-11-30"), today)
    assert watched_until(today) == date(2026, 12, 29), "thirty days, today among them"
    with pytest.raises(InvalidInput):
        period_of(form("fortnight"), today)


def test_days_begin_where_their_person_is() -> None:
    assert day_begins(date(2026, 10, 25), "Europe/Berlin") == datetime(2026, 10, 24, 22, tzinfo=UTC)
    assert day_begins(date(2026, 10, 26), "Europe/Berlin") == datetime(2026, 10, 25, 23, tzinfo=UTC)
    # In Beirut the clock went from midnight to one: the day begins with its first moment.
    assert day_begins(date(2026, 3, 29), "Asia/Beirut") == datetime(2026, 3, 28, 22, tzinfo=UTC)
    assert today_in("Pacific/Auckland", datetime(2026, 12, 31, 12, tzinfo=UTC)) == date(2027, 1, 1)


# ── What people type ────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("text", "amount", "currency"),
    [
        ("520,000", 520_000, None),
        ("$520k", 520_000, "USD"),
        ("1.2m EUR", 1_200_000, "EUR"),
        ("EUR 1 200 000", 1_200_000, "EUR"),
        ("99.50", Decimal("99.50"), None),
    ],
)
def test_targets(text: str, amount: Decimal, currency: str | None) -> None:
    assert read_target(text, GoalKind.REVENUE) == (amount, currency)


@pytest.mark.parametrize(
    "text",
    ["0", "-5", "\u22125", "NaN", "Infinity", "1e9", "abc", "5 %", "$5 EUR", "9" * 30,
     "1.234.567", "٣"],
)  # fmt: skip
def test_targets_that_are_none(text: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        read_target(text, GoalKind.REVENUE)
    assert refusal.value.field == "target"


def test_activity_is_counted_whole() -> None:
    assert read_target("120", GoalKind.ACTIVITY) == (120, None)
    for text in ("12.5", "$120", "120 EUR"):
        with pytest.raises(InvalidInput, match="whole number"):
            read_target(text, GoalKind.ACTIVITY)


def test_the_currency_is_one_that_deals_are_in() -> None:
    assert read_currency("", None, ["EUR", "USD"]) == "EUR"
    assert read_currency("usd", "USD", ["EUR", "USD"]) == "USD"
    assert read_currency("", None, []) == "USD"
    for chosen, told, used in (("XXX", None, []), ("GBP", None, ["EUR"]), ("EUR", "USD", ["EUR"])):
        with pytest.raises(InvalidInput) as refusal:
            read_currency(chosen, told, used)
        assert refusal.value.field == "currency"
