"""What cells mean, however people write them."""

from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services import seed_values as values
from services.errors import InvalidInput
from services.seed_files import read_table


@pytest.mark.parametrize(
    ("cell", "amount", "currency"),
    [
        ("84000", "84000.00", None),
        ("$84,000", "84000.00", "USD"),
        ("84.000 €", "84000.00", "EUR"),
        ("84.000,50", "84000.50", None),
        ("84,000.50", "84000.50", None),
        ("1,234,567", "1234567.00", None),
        ("1.234.567,8", "1234567.80", None),
        ("CHF 12'500.00", "12500.00", "CHF"),
        ("12 500 NOK", "12500.00", "NOK"),
        ("12\u202f500,25", "12500.25", None),
        ("0.125", "0.12", None),
        ("84000.125", "84000.12", None),
        ("84,5", "84.50", None),
        ("0", "0.00", None),
    ],
)
def test_amounts(cell: str, amount: str, currency: str | None):
    assert values.amount(cell) == (Decimal(amount), currency)


@pytest.mark.parametrize(
    "cell", ["-5", "abc", "1.2.3", "1,23,456", "NaN", "1e9", "84k", "9" * 20, "١٢٣", "$", "12:30"]
)
def test_what_is_no_amount(cell: str):
    with pytest.raises(InvalidInput, match="amount"):
        values.amount(cell)


@pytest.mark.parametrize(
    ("cell", "domain"),
    [
        ("https://www.Example.com/about?x=1", "example.com"),
        ("example.com.", "example.com"),
        ("HTTP://example.com:8080", "example.com"),
        ("info@example.com", "example.com"),
        ("brückner.example", "xn--brckner-o2a.example"),
    ],
)
def test_domains(cell: str, domain: str):
    assert values.domain(cell) == domain


@pytest.mark.parametrize(
    ("parse", "cell"),
    [
        (values.domain, "localhost"),
        (values.domain, "exa mple.com"),
        (values.email, "nobody"),
        (values.email, "a@b@c.example"),
        (values.day, "29.01.2027"),
        (values.day, "2027-02-30"),
        (values.day, "20270129"),
        (values.role, "boss"),
        (values.function, "marketing"),
        (values.timezone, "Oslo"),
        (values.timezone, "/etc/localtime"),
        (values.titles, "ceo"),
        (values.stage, "somewhere"),
        (values.health, "101"),
        (values.health, "-1"),
        (values.health, "²"),
        (values.currency, "dollars"),
        (values.flag, "maybe"),
        (values.name, "x" * 301),
        (values.phone, "20123456"),
        (values.phone, "+0123456789"),
        (values.phone, "+45 2012"),
        (values.phone, "+45 20 12 34 56 x7"),
        (values.phone, "+4520123456789012"),
        (values.phone, "+٤٥٢٠١٢٣٤٥٦"),
        (values.phone, "++4520123456"),
    ],
)
def test_what_can_not_be_read_is_said(parse: Callable[[str], Any], cell: str):
    with pytest.raises(InvalidInput) as caught:
        parse(cell)
    assert len(str(caught.value)) < 300


def test_what_can():
    assert values.email("Maya@BRÜCKNER.example") == "maya@xn--brckner-o2a.example"
    assert values.day("2027-01-29T00:00:00Z").isoformat() == "2027-01-29"
    assert values.titles("CFO; VP Sales, cfo") == ["cfo", "vp_sales"]
    assert values.titles("None") == []
    assert values.currency("€") == "EUR"
    assert values.flag("Yes") is True
    assert values.stage("Closed Won") == "closed_won"
    for cell in ("+45 20 12 34 56", "0045 20123456", "+45-20.12/34(56)", "+45 (0)20123456"):
        assert values.phone(cell) == "+4520123456"


PARSERS = [
    values.amount,
    values.domain,
    values.email,
    values.day,
    values.timezone,
    values.titles,
    values.health,
    values.currency,
    values.flag,
    values.stage,
    values.phone,
]


@given(st.text(max_size=40), st.sampled_from(PARSERS))
def test_any_text_is_read_or_refused(cell: str, parse: Callable[[str], Any]):
    with suppress(InvalidInput):
        assert parse(cell) is not None


@given(st.binary(max_size=300))
def test_any_bytes_are_a_table_or_refused(data: bytes):
    with suppress(InvalidInput):
        table = read_table(b"a,b\n" + data, known=frozenset({"a", "b"}), required=frozenset({"a"}))
        assert all(row.line > 1 for row in table.rows)


def lines(data: bytes) -> list[tuple[int, dict[str, str]]]:
    table = read_table(data, known=frozenset({"a", "b"}), required=frozenset({"a"}))
    return [(row.line, dict(row.cells)) for row in table.rows]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_whatever_wrote_the_file(delimiter: str, encoding: str, end: str):
    rows = ["A; B".replace("; ", delimiter), "ü,1".replace(",", delimiter), "", "x"]
    assert lines(end.join(rows).encode(encoding)) == [(2, {"a": "ü", "b": "1"}), (4, {"a": "x"})]


def test_quoted_newlines_keep_the_lines_right():
    assert lines(b'a,b\n"one\ntwo",1\nx,"say ""hi"""\n') == [
        (2, {"a": "one two", "b": "1"}),
        (4, {"a": "x", "b": 'say "hi"'}),
    ]


def test_a_quote_that_never_closes_is_told():
    table = read_table(
        b'a,b\nx,1\n"open,2\ny,3\n', known=frozenset({"a", "b"}), required=frozenset({"a"})
    )
    assert [(row.line, row.problem) for row in table.rows] == [
        (2, None),
        (3, "A quotation mark is never closed."),
    ]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b"\n\n", "empty"),
        (b"b\n1\n", "column a is missing"),
        (b"a\n\0", "no text file"),
        (b"a\n\x81\x8d", "neither UTF-8"),
        (b'a\n"' + b"x" * 100_001, "Line 2"),
        (b"\xff\xfea", "UTF-16"),
    ],
)
def test_a_file_that_can_not_be_used_says_why(data: bytes, reason: str):
    with pytest.raises(InvalidInput, match=reason):
        lines(data)
