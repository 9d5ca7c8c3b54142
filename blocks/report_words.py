"""A report's figures in words: one number with its range, one figure, which days."""

from datetime import date
from decimal import Decimal

from blocks.parts import bracketed, count, cut, money, one_line, percent
from services.types.reports import Figure, Part, Report, ReportPeriod, Unit

UNKNOWN = "not known"
CENT = Decimal("0.01")


def name_of(report: Report) -> str:
    """`October 2026`, `Week of 16 November 2026`."""
    first = report.first
    if report.period is ReportPeriod.MONTH:
        return f"{first:%B} {first.year}"
    return f"Week of {first.day} {first:%B} {first.year}"


def about(report: Report) -> str:
    """Whose figures, and of which days where these aren't all of them."""
    whose = "the whole company" if report.whole else f"your {count(report.people, 'person')}"
    if not report.whole and report.people != 1:
        whose = f"your {report.people:,} people"
    since = f", since {_day(report.since)}" if report.since else ""
    return f"{whose}{since}"


def figure_words(figure: Figure) -> str:
    """All its numbers in one line; the reason where nothing is known."""
    if figure.unknown and not any(one.known for one in figure.parts):
        return f"{UNKNOWN}: {figure.unknown}"
    shown = shown_parts(figure)
    return "; ".join(part_words(one) for one in shown) if shown else "nothing seen"


def shown_parts(figure: Figure) -> list[Part]:
    """Of risks only what there was: ten zeros would hide the one that isn't."""
    return [one for one in figure.parts if figure.key != "risks" or one.value != 0]


def plain_note(text: str) -> str:
    """One line without what could hide or reorder words."""
    return cut(one_line(text), 240)


def part_words(part: Part, mark: str = "") -> str:
    """`by hand on shadow days 60 % of 80 (49 to 70 %)`; `mark` stands after what it is of."""
    said = f"{UNKNOWN}, {part.unknown}" if part.unknown else _number(part)
    return f"{plain_note(part.label)}{mark} {said}" if part.label else said


def _number(part: Part) -> str:
    value, low, high = part.value, part.low, part.high
    if part.unit is Unit.MINUTES and low is not None and high is not None:
        return f"{minutes(low)} to {minutes(high)}"
    if value is None:
        return UNKNOWN
    if part.unit is Unit.SHARE:
        return f"{percent(float(value))} of {part.of or 0:,}{_within(low, high)}"
    if part.unit is Unit.POINTS:
        return f"{_points(value)} points{_points_within(low, high)}"
    return _plain_number(value, part)


def _plain_number(value: Decimal, part: Part) -> str:
    match part.unit:
        case Unit.USD:
            return dollars(value)
        case Unit.MONEY:
            return money(value, part.currency)
        case Unit.SCORE:
            return f"{value:.3f} (0 is best)"
        case Unit.GAP:
            return f"{value * 100:.0f} points, over {count(part.of or 0, 'outcome')}"
        case _:
            return f"{value:,.0f}" + (f" of {part.of:,}" if part.of is not None else "")


def minutes(value: Decimal) -> str:
    """`40 min`, `4 h 10 min`, `-15 min`, `31 h`: what is long needs no minutes."""
    sign, whole = "-" if value < 0 else "", abs(int(value))
    hours, rest = divmod(whole, 60)
    if not hours:
        return f"{sign}{rest} min"
    if hours >= 10 or not rest:  # noqa: PLR2004 - ten hours and some minutes are ten hours
        return f"{sign}{round(whole / 60):,} h"
    return f"{sign}{hours} h {rest} min"


def dollars(value: Decimal) -> str:
    """Cents; below one, as far as there is something to see."""
    if value and abs(value) < CENT:
        return f"${value:.4f}"
    return f"${value:,.2f}"


def _within(low: Decimal | None, high: Decimal | None) -> str:
    return bracketed(*(None if one is None else float(one) for one in (low, high)))


def _points_within(low: Decimal | None, high: Decimal | None) -> str:
    return "" if low is None or high is None else f" ({_points(low)} to {_points(high)})"


def _points(value: Decimal) -> str:
    whole = round(value * 100)
    return f"{whole:+d}" if whole else "0"


def range_of(figure: Figure) -> str:
    """Whether its numbers have one."""
    if any(one.low is not None for one in figure.parts):
        return "The numbers in brackets, or from which to which."
    if any(one.unit is Unit.SCORE for one in figure.parts):
        return "None: a score is no share."
    return "None: it is a count of all there was, or nothing is claimed."


def zone_words(zone: str) -> str:
    """`New York time`."""
    return f"{plain_note(zone).rpartition('/')[2].replace('_', ' ')} time"


def days_of(figure: Figure) -> str:
    return figure.reach or f"{_day(figure.since)} to {_day(figure.until)}"


def how_words(figure: Figure) -> tuple[tuple[str, str], ...]:
    """All that is needed to check it."""
    return (
        ("Formula", figure.formula),
        ("Counted", figure.counted),
        ("Sample", figure.sample or UNKNOWN),
        ("Range", range_of(figure)),
        ("Days", days_of(figure)),
    )


def _day(day: date) -> str:
    return f"{day.day} {day:%B} {day.year}"
