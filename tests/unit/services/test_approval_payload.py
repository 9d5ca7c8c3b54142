"""What people type as numbers, and the one form of what takes effect."""

import json
from decimal import Decimal
from types import SimpleNamespace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.approvals.payload import (
    check_form,
    payload_hash,
    read_amount,
    read_currency,
    read_percentage,
)
from services.errors import InvalidInput
from services.types.approvals import RequestForm

ACME, DEAL = UUID(int=1), UUID(int=2)


def account(**fields):
    return SimpleNamespace(**({"id": ACME, "name": "Acme Robotics"} | fields))


def deal(**fields):
    defaults = {
        "id": DEAL,
        "account_id": ACME,
        "stage": "evaluation",
        "amount": Decimal(48_000),
        "currency": "USD",
        "close_date": None,
    }
    return SimpleNamespace(**(defaults | fields))


def form(**fields):
    return RequestForm(**({"type": "discount", "reason": "A better offer."} | fields))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("10", "10"),
        ("7.5", "7.5"),
        ("10 %", "10"),
        ("0.01", "0.01"),
        ("100", "100"),
        ("\uff11\uff10\uff05", "10"),
    ],
)
def test_a_percentage_that_can_be_read(text, value):
    assert read_percentage(text) == Decimal(value)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "isn't a number"),
        ("0", "more than 0"),
        ("-5", "more than 0"),
        ("\u22125", "more than 0"),
        ("150", "can't be more than 100"),
        ("100.01", "can't be more than 100"),
        ("7,5", "two ways"),
        ("7.555", "at most two decimals"),
        ("NaN", "isn't a number"),
        ("Infinity", "isn't a number"),
        ("1e400", "isn't a number"),
        ("1e1", "isn't a number"),
        ("٣", "isn't a number"),
        ("10²", "isn't a number"),
        ("ten", "isn't a number"),
        ("5%%", "isn't a number"),
        ("9" * 5000, "too long"),
        ("0x10", "isn't a number"),
        ("1_0", "isn't a number"),
        (".5", "isn't a number"),
        ("+5", "isn't a number"),
    ],
)
def test_a_percentage_that_can_not(text, why):
    with pytest.raises(InvalidInput, match=why) as caught:
        read_percentage(text)
    assert caught.value.field == "percentage"


@pytest.mark.parametrize(
    ("text", "value", "currency"),
    [
        ("1250.50", "1250.50", None),
        ("$1250", "1250", "USD"),
        ("1250 EUR", "1250", "EUR"),
        ("eur 1250", "1250", "EUR"),
        ("€ 5", "5", "EUR"),
        ("\uff11\uff12\uff15\uff10", "1250", None),
        ("1000000000000", "1000000000000", None),
    ],
)
def test_an_amount_that_can_be_read(text, value, currency):
    assert read_amount(text) == (Decimal(value), currency)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("1,000", "two ways"),
        ("1.000,50", "two ways"),
        ("1 000", "two ways"),
        ("1'000", "two ways"),
        ("1.000", "at most two decimals"),
        ("1000000000001", "more than I can handle"),
        ("9" * 60, "more than I can handle"),
        ("9" * 61, "too long"),
        ("5" + " " * 200 + "0", "two ways"),
        ("0", "more than 0"),
        ("0.00", "more than 0"),
        ("-1", "more than 0"),
        ("USD", "isn't a number"),
        ("$5 EUR", "two currencies"),
        ("$$5", "isn't a number"),
        ("inf", "isn't a number"),
        ("=1+1", "isn't a number"),
    ],
)
def test_an_amount_that_can_not(text, why):
    with pytest.raises(InvalidInput, match=why) as caught:
        read_amount(text)
    assert caught.value.field == "amount"


@given(st.text(max_size=40))
def test_anything_typed_is_read_or_refused_at_its_field(text):
    for read, field in ((read_percentage, "percentage"), (read_amount, "amount")):
        value, refused = _outcome(read, text)
        assert refused in {None, field}
        if refused is None:
            assert value > 0
            assert value.is_finite()
            assert value == value.quantize(Decimal("0.01"))


def _outcome(read, text):
    try:
        found = read(text)
    except InvalidInput as error:
        return None, error.field
    return (found[0] if isinstance(found, tuple) else found), None


@pytest.mark.parametrize("text", ["dollars", "US", "U$D", "", "\uff11"])
def test_a_currency_is_three_letters(text):
    with pytest.raises(InvalidInput) as caught:
        read_currency(text)
    assert caught.value.field == "currency"


@given(
    share=st.decimals(min_value="0.01", max_value="100", places=2),
    amount=st.decimals(min_value="0.01", max_value="1000000000", places=2),
)
def test_a_share_is_never_less_than_what_it_takes_off(share, amount):
    """Rounding may only make it look larger: nobody slips under a band."""
    by_share = check_form(form(deal_id=DEAL, percentage=str(share)), deal(amount=amount), account())
    assert by_share.amount >= amount * share / 100
    if by_share.amount > amount:
        return
    by_amount = check_form(
        form(deal_id=DEAL, amount=str(by_share.amount)), deal(amount=amount), account()
    )
    assert by_amount.percentage >= share
    assert by_amount.payload["deal_amount_after"] == by_share.payload["deal_amount_after"]


def test_the_same_effect_makes_the_same_hash():
    one = check_form(form(percentage="10"), deal(), account())
    two = check_form(form(percentage=" 10 % ", reason="Other words"), deal(), account())
    three = check_form(form(percentage="10.01"), deal(), account())
    four = check_form(form(percentage="10"), deal(amount=Decimal("48000.00")), account())
    assert one.payload_hash == two.payload_hash == four.payload_hash
    assert one.payload_hash != three.payload_hash
    stored = json.loads(json.dumps(dict(one.payload)))
    assert payload_hash(stored) == one.payload_hash, "it comes back from the database the same"


def test_a_deal_without_amount_leaves_the_other_number_unknown():
    share = check_form(form(percentage="10"), deal(amount=None), account())
    amount = check_form(form(amount="10"), deal(amount=None), account())
    assert (share.amount, amount.percentage) == (None, None)
    assert share.payload["deal_amount_after"] is None


def test_words_lose_what_nobody_sees():
    checked = check_form(
        form(percentage="5", reason=" Fine\u202e\x00 \r\nyes ", competitor="Glo\nbex"),
        deal(),
        account(),
    )
    assert (checked.reason, checked.competitor) == ("Fine \nyes", "Glo bex")


@pytest.mark.parametrize(
    ("changes", "the_deal", "the_account", "field"),
    [
        ({"type": "refund", "amount": "5"}, None, account(), "currency"),
        ({"type": "refund", "amount": "5 USD", "currency": "EUR"}, None, account(), "currency"),
        ({"type": "refund", "percentage": "5"}, None, account(), "percentage"),
        ({"type": "refund"}, None, account(), "amount"),
        ({"type": "exception"}, None, None, "account"),
        ({"type": "escalation", "amount": "5"}, None, account(), "amount"),
        ({"type": "send_proposal"}, None, account(), "type"),
        ({"percentage": "5"}, None, account(), "deal"),
        ({"percentage": "5"}, deal(), account(id=UUID(int=9)), "deal"),
        ({"percentage": "5"}, deal(stage="closed_won"), account(), "deal"),
        ({"percentage": "5", "evidence": "x" * 4001}, deal(), account(), "evidence"),
        ({"percentage": "5", "competitor": "x" * 201}, deal(), account(), "competitor"),
    ],
)
def test_what_is_missing_or_too_much_is_named(changes, the_deal, the_account, field):
    with pytest.raises(InvalidInput) as caught:
        check_form(form(**changes), the_deal, the_account)
    assert caught.value.field == field


def test_titles_say_it_in_one_line():
    titles = [
        check_form(form(percentage="10"), deal(), account()).title,
        check_form(form(type="refund", amount="€1250.50"), None, account()).title,
        check_form(form(type="exception"), None, account()).title,
    ]
    assert titles == [
        "10 % discount for Acme Robotics",
        "€1,250.50 refund for Acme Robotics",
        "Exception for Acme Robotics",
    ]
