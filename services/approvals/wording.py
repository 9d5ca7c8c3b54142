"""Short words for what is asked: the same on a card, in a queue, on a page and in a mail."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from services.types.approval_views import EffectLine
from services.types.approvals import ACTION_WORDS, RequestType

SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥"}


def money(amount: Decimal | None, currency: str) -> str:
    """`$48,000`, `1,250.50 CHF`; cents only where there are some."""
    if amount is None:
        return "not known"
    figure = f"{amount:,.0f}" if amount == amount.to_integral_value() else f"{amount:,.2f}"
    symbol = SYMBOLS.get(currency)
    return f"{symbol}{figure}" if symbol else f"{figure} {currency}"


def percent(value: Decimal) -> str:
    """`10 %`, `12.5 %`."""
    text = f"{value:.4f}".rstrip("0").rstrip(".")
    return f"{text} %"


def type_words(type_: str) -> str:
    """`discount` is a discount; an action's type by what it sends."""
    return ACTION_WORDS.get(type_, type_.replace("_", " ").capitalize())


def title(
    type_: str,
    *,
    account: str | None,
    percentage: Decimal | None,
    amount: Decimal | None,
    currency: str,
    subject: str = "",
) -> str:
    """`10 % discount for Acme Robotics`: what is asked, in one line."""
    of = f" for {account}" if account else ""
    match type_:
        case RequestType.DISCOUNT:
            size = percent(percentage) if percentage is not None else money(amount, currency)
            return f"{size} discount{of}"
        case RequestType.REFUND:
            return f"{money(amount, currency)} refund{of}"
        case RequestType.EXCEPTION | RequestType.ESCALATION:
            return f"{type_words(type_)}{of}"
    named = f": “{subject}”" if subject else ""
    return f"{type_words(type_)}{of}{named}"


def effect_lines(
    type_: str,
    payload: Mapping[str, Any],
    *,
    account: str | None,
    deal: str | None,
) -> tuple[EffectLine, ...]:
    """What the payload will change, with the exact numbers; for a mail the mail itself is shown."""
    currency = str(payload.get("currency") or "USD")
    match type_:
        case RequestType.DISCOUNT:
            return _discount(payload, currency, deal)
        case RequestType.REFUND:
            amount = money(number(payload.get("amount")), currency)
            return (
                EffectLine(label=f"Refund to {account or 'the account'}", before="", after=amount),
            )
        case RequestType.EXCEPTION:
            return (_text("Allowed as an exception", payload),)
        case RequestType.ESCALATION:
            return (_text("Taken up by management", payload),)
    return ()


def _discount(
    payload: Mapping[str, Any], currency: str, deal: str | None
) -> tuple[EffectLine, ...]:
    percentage, amount = number(payload.get("percentage")), number(payload.get("amount"))
    sizes = [percent(percentage)] if percentage is not None else []
    sizes += [money(amount, currency)] if amount is not None else []
    lines = [EffectLine(label="Discount", before="", after=" · ".join(sizes) or "not known")]
    after = number(payload.get("deal_amount_after"))
    if after is not None:
        before = money(number(payload.get("deal_amount_before")), currency)
        label = f"Amount of {deal}" if deal else "Deal amount"
        lines.insert(0, EffectLine(label=label, before=before, after=money(after, currency)))
    return tuple(lines)


def _text(label: str, payload: Mapping[str, Any]) -> EffectLine:
    return EffectLine(label=label, before="", after=str(payload.get("text") or ""))


def number(stored: object) -> Decimal | None:
    """A number of the payload; None when there is none."""
    if stored is None or stored == "":
        return None
    try:
        found = Decimal(str(stored))
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def granted(what: str, on: date, conditions: Sequence[str]) -> str:
    """`5 % discount, 3 Mar 2026`: an earlier concession in one short line."""
    number_of = f"{len(conditions)} condition{'s' if len(conditions) > 1 else ''}"
    return f"{what}, {on.day} {on:%b %Y}" + (f", with {number_of}" if conditions else "")
