"""What takes effect when a request is approved: checked numbers, one canonical form, its hash.

People decide on the hash, so the same effect always makes the same bytes. Numbers are read
strictly: what two people might read differently (`1,000`) is refused with a sentence, never
guessed.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from typing import Any
from uuid import UUID

from db.models.customers import Account, Deal
from services.approvals.wording import title
from services.errors import InvalidInput
from services.mail.characters import clean_text, one_line
from services.types.approvals import RequestForm, RequestType

MAX_REASON = 2_000
MAX_EVIDENCE = 4_000
MAX_COMPETITOR = 200
LONGEST = 60
LARGEST = Decimal(10) ** 12
CLOSED = ("closed_won", "closed_lost")
CENT = Decimal("0.01")
HUNDRED = Decimal(100)

_SIGNS = {"$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY", "₹": "INR"}
# Digits as East Asian keyboards write them. Other scripts' digits are refused: NFKC would also turn
# a raised two into one more digit.
_WIDE = str.maketrans(
    "０１２３４５６７８９．％，＋－＄￥￡",  # noqa: RUF001 - these very characters are meant
    "0123456789.%,+-$¥£",
)
_NUMBER = re.compile(r"\d+(\.\d+)?\Z", re.ASCII)
_GROUPED = re.compile(r"\d+([.,'\u2019\s]+\d+)+\Z", re.ASCII)
_AMOUNT = re.compile(r"([A-Z]{3})?\s*(.*?)\s*([A-Z]{3})?\Z", re.DOTALL)
_CODE = re.compile(r"[A-Z]{3}\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedForm:
    """A form that can be understood: what takes effect, how the deal stood, and the words."""

    type: str
    account_id: UUID | None
    deal_id: UUID | None
    action_id: UUID | None
    percentage: Decimal | None
    amount: Decimal | None
    currency: str
    reason: str
    evidence: str
    competitor: str
    payload: Mapping[str, Any]
    basis: Mapping[str, Any]
    title: str

    @property
    def payload_hash(self) -> str:
        return payload_hash(self.payload)


def payload_hash(payload: Mapping[str, Any]) -> str:
    """What people decide on: sha256 of the canonical JSON."""
    canonical = json.dumps(payload, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def basis_of(deal: Deal | None) -> dict[str, Any]:
    """How the deal stands, in JSON: another stage, amount, currency or close date voids."""
    if deal is None:
        return {}
    return {
        "stage": deal.stage,
        "amount": money(deal.amount),
        "currency": deal.currency,
        "close_date": deal.close_date.isoformat() if deal.close_date else None,
    }


def money(amount: Decimal | None) -> str | None:
    """Two decimals, always: `1000.00`."""
    return None if amount is None else f"{amount.quantize(CENT):f}"


def share(percentage: Decimal | None) -> str | None:
    """As short as it goes: `10`, `7.5`."""
    if percentage is None:
        return None
    text = f"{percentage:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def check_form(form: RequestForm, deal: Deal | None, account: Account | None) -> CheckedForm:
    """The form, understood. InvalidInput names the field that is wrong: type, account, deal,
    percentage, amount, currency, reason."""
    if form.type not in set(RequestType):
        raise InvalidInput("I don't know this kind of request.", field="type")
    if deal is not None and account is not None and deal.account_id != account.id:
        raise InvalidInput(f"This deal isn't one of {account.name}.", field="deal")
    if deal is not None and deal.stage in CLOSED:
        raise InvalidInput("This deal is closed.", field="deal")
    reason = clean_reason(form.reason)
    if form.type == RequestType.DISCOUNT:
        checked = _discount(form, deal, account)
    elif form.type == RequestType.REFUND:
        checked = _refund(form, deal, account)
    else:
        checked = _plain(form, deal, account, reason)
    percentage, amount, currency, payload = checked
    return CheckedForm(
        type=form.type,
        account_id=_account_id(deal, account),
        deal_id=deal.id if deal else None,
        action_id=None,
        percentage=percentage,
        amount=amount,
        currency=currency,
        reason=reason,
        evidence=_optional(form.evidence, MAX_EVIDENCE, "evidence"),
        competitor=one_line(_optional(form.competitor, MAX_COMPETITOR, "competitor")),
        payload=payload,
        basis=basis_of(deal) | _given(form),
        title=title(
            form.type,
            account=account.name if account else None,
            percentage=percentage,
            amount=amount,
            currency=currency,
        ),
    )


Numbers = tuple[Decimal | None, Decimal | None, str, dict[str, Any]]


def _discount(form: RequestForm, deal: Deal | None, account: Account | None) -> Numbers:
    if deal is None:
        raise InvalidInput("Choose the deal that the discount is for.", field="deal")
    given_share, given_amount = form.percentage.strip(), form.amount.strip()
    if given_share and given_amount:
        raise InvalidInput("Give a percentage or an amount, not both.", field="amount")
    if not given_share and not given_amount:
        raise InvalidInput("Say how much: a percentage or an amount.", field="percentage")
    percentage, amount, before = None, None, deal.amount
    currency = _same_currency(form.currency, deal.currency)
    if given_share:
        percentage = read_percentage(given_share)
        if before is not None:
            amount = (before * percentage / HUNDRED).quantize(CENT, ROUND_CEILING)
    else:
        amount, told = read_amount(given_amount)
        _same_currency(told or "", deal.currency)
        if before is not None and amount > before:
            raise InvalidInput("This is more than the whole deal.", field="amount")
        # Rounded up, so that nobody slips under a band by a fraction.
        if before:
            percentage = (amount * HUNDRED / before).quantize(CENT, ROUND_CEILING)
    after = before - amount if before is not None and amount is not None else None
    return (
        percentage,
        amount,
        currency,
        {
            "type": form.type,
            "account": str(_account_id(deal, account)),
            "deal": str(deal.id),
            "percentage": share(percentage),
            "amount": money(amount),
            "currency": currency,
            "deal_amount_before": money(before),
            "deal_amount_after": money(after),
        },
    )


def _refund(form: RequestForm, deal: Deal | None, account: Account | None) -> Numbers:
    account_id = _account_id(deal, account)
    if account_id is None:
        raise InvalidInput("Choose the account that gets the money back.", field="account")
    if form.percentage.strip():
        raise InvalidInput("A refund is an amount.", field="percentage")
    if not form.amount.strip():
        raise InvalidInput("Say how much goes back, for example 1250.50.", field="amount")
    amount, told = read_amount(form.amount)
    chosen = read_currency(form.currency) if form.currency.strip() else None
    if told and chosen and told != chosen:
        raise InvalidInput(f"The amount says {told}, the currency {chosen}.", field="currency")
    currency = chosen or told or (deal.currency if deal else None)
    if currency is None:
        raise InvalidInput("Say in which currency, for example USD.", field="currency")
    payload = {
        "type": form.type,
        "account": str(account_id),
        "amount": money(amount),
        "currency": currency,
    }
    return None, amount, currency, payload


def _plain(form: RequestForm, deal: Deal | None, account: Account | None, reason: str) -> Numbers:
    account_id = _account_id(deal, account)
    if account_id is None:
        raise InvalidInput("Choose the account that this is about.", field="account")
    for field in ("percentage", "amount"):
        if getattr(form, field).strip():
            raise InvalidInput("Put this into the words of the request.", field=field)
    payload = {
        "type": form.type,
        "account": str(account_id),
        "deal": str(deal.id) if deal else None,
        "text": reason,
    }
    return None, None, deal.currency if deal else "USD", payload


def gated_payload(
    *, action_type: str, action_id: UUID, draft_id: UUID, revision: int, content_hash: str
) -> dict[str, Any]:
    """What an approved draft is: exactly this revision."""
    return {
        "type": action_type,
        "action": str(action_id),
        "draft": str(draft_id),
        "revision": revision,
        "content_hash": content_hash,
    }


# ── Reading what people type ────────────────────────────────────────────────────────────────────
def read_percentage(text: str) -> Decimal:
    """`10`, `7.5`, `10 %`: more than 0, at most 100, at most two decimals."""
    plain = _plain_characters(text, "percentage").removesuffix("%").strip()
    found = _number(plain, field="percentage", example="7.5")
    if found <= 0:
        raise InvalidInput("The percentage must be more than 0.", field="percentage")
    if found > HUNDRED:
        raise InvalidInput("The percentage can't be more than 100.", field="percentage")
    return found


def read_amount(text: str) -> tuple[Decimal, str | None]:
    """`1250.50`, `$1250`, `1250 EUR`: the amount and the currency it names, if it names one."""
    plain = _plain_characters(text, "amount").upper()
    told: set[str] = set()
    for sign, code in _SIGNS.items():
        if sign in plain:
            told.add(code)
            plain = plain.replace(sign, "", 1).strip()
    if match := _AMOUNT.match(plain):
        told |= {code for code in (match[1], match[3]) if code and match[2]}
        plain = match[2] or plain
    if len(told) > 1:
        raise InvalidInput("The amount names two currencies.", field="amount")
    found = _number(plain, field="amount", example="1250.50")
    if found <= 0:
        raise InvalidInput("The amount must be more than 0.", field="amount")
    if found > LARGEST:
        raise InvalidInput("This is more than I can handle.", field="amount")
    return found, next(iter(told), None)


def read_currency(text: str) -> str:
    """A code of three letters, or the sign of a common currency."""
    plain = _plain_characters(text, "currency").upper()
    code = _SIGNS.get(plain, plain)
    if not _CODE.match(code):
        raise InvalidInput("Name the currency by its code, like USD.", field="currency")
    return code


def _number(plain: str, *, field: str, example: str) -> Decimal:
    if plain.startswith(("-", "\u2212")):
        raise InvalidInput("The number must be more than 0.", field=field)
    match = _NUMBER.match(plain)
    if match is None:
        if _GROUPED.match(plain):
            raise InvalidInput(
                "This could be read in two ways. Write it without separators of thousands and "
                f"with a point before the decimals, like {example}.",
                field=field,
            )
        raise InvalidInput(f"This isn't a number I can read. Write it like {example}.", field=field)
    if match[1] and len(match[1]) > 3:  # noqa: PLR2004 - the point and two decimals
        raise InvalidInput(
            f"Write at most two decimals, like {example}, and thousands without a point.",
            field=field,
        )
    return Decimal(plain)


def _plain_characters(text: str, field: str) -> str:
    plain = one_line(text).translate(_WIDE)
    if len(plain) > LONGEST:
        raise InvalidInput("This is too long for a number.", field=field)
    return plain


def _same_currency(given: str, wanted: str) -> str:
    if given.strip() and read_currency(given) != wanted:
        raise InvalidInput(f"This deal is in {wanted}.", field="currency")
    return wanted


def _given(form: RequestForm) -> dict[str, str]:
    """Which number the requester gave: a fresh request works the other one out again."""
    if form.type != RequestType.DISCOUNT:
        return {}
    return {"given": "percentage" if form.percentage.strip() else "amount"}


def _account_id(deal: Deal | None, account: Account | None) -> UUID | None:
    return account.id if account is not None else deal.account_id if deal is not None else None


def clean_reason(text: str) -> str:
    """A reason as it is kept; InvalidInput when there is none."""
    reason = clean_text(text).strip()
    if not any(character.isalnum() for character in reason):
        raise InvalidInput("Say in a few words why.", field="reason")
    if len(reason) > MAX_REASON:
        raise InvalidInput(f"Keep it under {MAX_REASON:,} characters.", field="reason")
    return reason


def _optional(text: str, most: int, field: str) -> str:
    found = clean_text(text).strip()
    if len(found) > most:
        raise InvalidInput(f"Keep it under {most:,} characters.", field=field)
    return found
