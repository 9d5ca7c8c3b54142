"""The bands of an approval rule: from low to high, each reachable, none weaker than the last."""

from collections.abc import Sequence
from decimal import Decimal

from yaml.nodes import MappingNode, Node

from services.approval_rule_text import Reader, is_empty, line_of, measure_texts
from services.types.approvals import ADMIN, MANAGER, TITLES, Band, RequestType

APPROVERS = (MANAGER, *TITLES, ADMIN)
MEASURED = frozenset({str(RequestType.DISCOUNT)})
"""Types that have a percentage; all others are measured by amounts, or not at all."""
MAX_SEATS, MAX_BANDS = 10, 20
_BAND = ("from", "approver", "quorum", "of", "two_person")
_RANKS = {
    MANAGER: 0,
    "sales_manager": 1,
    "support_manager": 1,
    "vp_sales": 2,
    "customer_success_director": 2,
    "cfo": 3,
    ADMIN: 4,
}


def rank(approver: str) -> int:
    """How high an approver stands; one nobody knows stands lowest."""
    return _RANKS.get(approver, -1)


def entries(reader: Reader, node: Node | None, what: str) -> Sequence[Node]:
    if node is None or is_empty(node):
        return ()
    if isinstance(node, MappingNode):
        reader.fault(node, f"Here should be {what}: begin each with a dash.")
        return ()
    return reader.items(node, what)


def read_bands(reader: Reader, node: Node | None, type_: str | None) -> tuple[Band, ...]:
    if node is None:
        return ()
    given = entries(reader, node, "a list of bands")
    if not given and not isinstance(node, MappingNode):
        reader.fault(node, "There are no bands, so nobody would decide.")
    if len(given) > MAX_BANDS:
        reader.fault(node, f"More than {MAX_BANDS} bands are too many.")
    found: list[Band] = []
    for number, entry in enumerate(given[:MAX_BANDS]):
        band = _band(reader, entry, type_, first=number == 0)
        if band is not None:
            _compare(reader, found, band)
            found.append(band)
    return tuple(found)


def _band(reader: Reader, node: Node, type_: str | None, *, first: bool) -> Band | None:
    before = len(reader.faults)
    found = reader.fields(node, _BAND, "a band")
    approver = None
    if "approver" in found:
        approver = reader.word(found["approver"], APPROVERS, "approver")
    elif found:
        reader.fault(node, "This band has no “approver”.")
    percentage, amount = read_measures(reader, found.get("from"), type_)
    nothing = not percentage and not any(amount.values())
    if first and found and len(reader.faults) == before:
        if "from" not in found or not nothing:
            reader.fault(node, "The first band starts at 0: write “from: 0”.")
        percentage, amount = Decimal(0), {}
    elif not first and found and "from" not in found:
        reader.fault(node, "This band doesn't say “from” where it starts.")
    quorum = reader.count(found["quorum"], "quorum", MAX_SEATS) if "quorum" in found else 1
    two = reader.flag(found["two_person"], "two_person") if "two_person" in found else False
    needed = max(quorum or 1, 2 if two else 1)
    seats = reader.count(found["of"], "of", MAX_SEATS) if "of" in found else needed
    if seats is not None and seats < needed:
        reader.fault(found["of"], f"{needed} of {seats} can't agree: ask at least {needed}.")
    if approver is None or len(reader.faults) > before:
        return None
    return Band(
        approver=approver,
        percentage=percentage,
        amount=amount,
        quorum=quorum or 1,
        seats=seats or needed,
        two_person=two,
        line=line_of(node),
    )


def read_measures(
    reader: Reader, node: Node | None, type_: str | None
) -> tuple[Decimal | None, dict[str, Decimal]]:
    """A percentage, amounts by currency, or both."""
    if node is None:
        return None, {}
    if not isinstance(node, MappingNode):
        percentage = reader.percentage(node)
        if percentage:
            _refuse_percentage(reader, node, type_)
        return percentage, {}
    found, amount = None, {}
    for name, value in reader.currencies(node, "percentage").items():
        if name == "percentage":
            found = reader.percentage(value)
            _refuse_percentage(reader, value, type_)
        elif (one := reader.amount(value)) is not None:
            amount[name] = one
    return found, amount


def _refuse_percentage(reader: Reader, node: Node, type_: str | None) -> None:
    if type_ is not None and type_ not in MEASURED:
        reader.fault(
            node, f"A request of type {type_} has no percentage. Write amounts, like {{USD: 1000}}."
        )


def _compare(reader: Reader, earlier: Sequence[Band], band: Band) -> None:
    """A band must be reachable, and no weaker than those below it."""
    if not earlier:
        return
    for other in reversed(earlier):
        if band.percentage is not None and other.percentage is not None:
            _rises(
                reader,
                band,
                other,
                value=band.percentage,
                before=other.percentage,
                unit="%",
            )
            break
    for currency, value in band.amount.items():
        below = next((one for one in reversed(earlier) if currency in one.amount), earlier[0])
        before = below.amount.get(currency, Decimal(0))
        _rises(reader, band, below, value=value, before=before, unit=currency)
    last = earlier[-1]
    if rank(band.approver) < rank(last.approver):
        reader.fault(
            band.line,
            f"The approver {band.approver} is weaker than {last.approver} on line {last.line}: "
            "a larger request can't need less.",
        )
    if band.needed < last.needed:
        reader.fault(
            band.line,
            f"This band needs {band.needed}, the one on line {last.line} needs {last.needed}: "
            "a larger request can't need fewer people.",
        )


def _rises(
    reader: Reader, band: Band, other: Band, *, value: Decimal, before: Decimal, unit: str
) -> None:
    if value > before:
        return
    at, own = (
        measure_texts(one if unit == "%" else None, {} if unit == "%" else {unit: one})[0]
        for one in (before, value)
    )
    if value == before:
        sentence = f"The band on line {other.line} starts at {at} as well, so they overlap."
    else:
        sentence = (
            f"This band starts at {own}, below the {at} of line {other.line}: bands go from low "
            "to high."
        )
    reader.fault(band.line, sentence)
