"""Pace and forecast of a goal: pure arithmetic over what has counted so far.

A period is measured in its working days, Monday to Friday (holidays aren't known; a period of a
weekend alone is measured in days). Only whole days count as over, so nobody is behind at nine in
the morning. The forecast goes on at the pace so far. Its range is that of things which come singly
and by chance, each as large as those seen: with r the rest of the period as a multiple of what is
over, its standard deviation is sqrt(r (1 + r) Σ a²), where one part is what chance will bring and
the other how little is known of the pace itself. In four of five cases the truth lies within it.
"""

from datetime import date, timedelta
from decimal import Decimal

from services.types.goals import Progress, Standing, Tally
from services.zones import is_weekday

A_WEEK = 5
"""Working days in one."""
EARLY_DAYS = 5
"""With fewer whole days behind it, a pace says nothing."""
LEAST_THINGS = 3
"""A pace made of fewer deals or deeds is none."""
TOLERANCE = Decimal("0.10")
"""So far from what is expected, either way, is still on pace."""
FOUR_OF_FIVE = Decimal("1.2816")
CENT = Decimal("0.01")
NOTHING = Decimal(0)


def working_days(first: date, last: date) -> int:
    """Mondays to Fridays from the first to the last day, both included; 0 when last is earlier."""
    days = (last - first).days + 1
    if days <= 0:
        return 0
    weeks, rest = divmod(days, 7)
    odd = sum(is_weekday(first + timedelta(days=n)) for n in range(rest))
    return weeks * A_WEEK + odd


def span(first: date, last: date, over: date) -> tuple[int, int]:
    """(days that are over, days in all) of a period whose last whole day was `over`: working days,
    or all days where it has no working day."""
    reached = min(over, last)
    total = working_days(first, last)
    if total:
        return working_days(first, reached), total
    return max((reached - first).days + 1, 0), (last - first).days + 1


def progress(tally: Tally, target: Decimal | None, done: int, total: int) -> Progress:
    """How far it is after `done` of `total` days."""
    expected = None
    if target is not None and done > 0:
        expected = (target * done / total).quantize(CENT)
    forecast, low, high = _forecast(tally, done, total)
    return Progress(
        standing=_standing(tally, target, expected, done, total),
        value=tally.value,
        expected=expected,
        forecast=forecast,
        low=low,
        high=high,
        days_done=done,
        days=total,
    )


def _standing(
    tally: Tally, target: Decimal | None, expected: Decimal | None, done: int, total: int
) -> Standing:
    if target is None:
        return Standing.WATCHING
    if tally.value is None:
        return Standing.UNKNOWN
    if tally.value >= target:
        return Standing.REACHED
    if expected is None or done < min(EARLY_DAYS, total):
        return Standing.EARLY
    if tally.value < expected * (1 - TOLERANCE):
        return Standing.BEHIND
    return Standing.AHEAD if tally.value > expected * (1 + TOLERANCE) else Standing.ON_PACE


def _forecast(
    tally: Tally, done: int, total: int
) -> tuple[Decimal | None, Decimal | None, Decimal | None]:
    """(forecast, low, high); what was reached already is no longer in doubt. None: too early."""
    if done >= total or done < EARLY_DAYS or tally.value is None or tally.things < LEAST_THINGS:
        return None, None, None
    rest = Decimal(total - done) / done
    forecast = tally.value * (1 + rest)
    spread = FOUR_OF_FIVE * (rest * (1 + rest) * tally.squares).sqrt()
    low = max(forecast - spread, tally.value)
    return forecast.quantize(CENT), low.quantize(CENT), (forecast + spread).quantize(CENT)


def rounded(amount: Decimal) -> Decimal:
    """An estimate with two figures that say something: 414,285 is 410,000, 37.4 is 37."""
    whole = amount.to_integral_value()
    places = max(whole.adjusted() - 1, 0)
    unit = Decimal(10) ** places
    return (whole / unit).to_integral_value() * unit
