"""What a cell means: e-mails, domains, amounts, days. Each raises InvalidInput with the sentence
that stands in the report."""

import re
from datetime import date
from decimal import Decimal, InvalidOperation
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from services.errors import InvalidInput
from services.mail.addresses import normal_email
from services.stages import parse_stage
from services.types.approvals import TITLES
from services.types.people import Function, Role

MAX_TEXT = 300  # well under what an index of PostgreSQL takes, in any script
_SYMBOLS = {"$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY", "₹": "INR", "₩": "KRW", "₺": "TRY"}
_GROUPED = re.compile(r"\d{1,3}(?:([.,])\d{3})(?:\1\d{3})*\Z")
_PLAIN = re.compile(r"\d+(?:[.,]\d+)?\Z")
_BOTH = re.compile(r"\d{1,3}(?:,\d{3})+\.\d+\Z|\d{1,3}(?:\.\d{3})+,\d+\Z")
_DAY = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[T ]00:00(?::00(?:\.0+)?)?Z?)?\Z")
_PHONE = re.compile(r"\+[1-9][0-9]{6,14}")
_YES = frozenset({"true", "yes", "y", "1", "x"})
_NO = frozenset({"false", "no", "n", "0"})
_LARGEST = Decimal(10) ** 15


def email(cell: str) -> str:
    found = normal_email(cell)
    if found is None or not found.isascii():
        raise InvalidInput(f"{quoted(cell)} isn't an e-mail address.")
    return found


def name(cell: str) -> str:
    if len(cell) > MAX_TEXT:
        raise InvalidInput(f"{quoted(cell)} is longer than {MAX_TEXT} characters.")
    return cell


def domain(cell: str) -> str:
    """The bare mail domain, also from an address of a web page."""
    bare = re.sub(r"\A[a-z][a-z0-9+.-]*://", "", cell.strip().lower())
    bare = re.split(r"[/?#]", bare, maxsplit=1)[0].rpartition("@")[2]
    bare = re.sub(r":\d+\Z", "", bare).removeprefix("www.").rstrip(".")
    found = normal_email(f"x@{bare}")
    if found is None or "." not in bare:
        raise InvalidInput(f"{quoted(cell)} isn't a domain like example.com.")
    return found.removeprefix("x@")


def role(cell: str) -> str:
    return _one_of(cell, [one.value for one in Role], "role")


def function(cell: str) -> str:
    return _one_of(cell, [one.value for one in Function], "function")


def _one_of(cell: str, words: list[str], what: str) -> str:
    if cell.lower() in words:
        return cell.lower()
    raise InvalidInput(f"The {what} {quoted(cell)} isn't one of {', '.join(words)}.")


def timezone(cell: str) -> str:
    try:
        return ZoneInfo(cell).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise InvalidInput(f"{quoted(cell)} isn't a time zone like Europe/Oslo.") from None


def titles(cell: str) -> list[str]:
    """`none` takes all of them away: an empty cell changes nothing."""
    if cell.strip().lower() == "none":
        return []
    found = [
        re.sub(r"[\s-]+", "_", word.strip().lower())
        for word in re.split(r"[;,]", cell)
        if word.strip()
    ]
    for word in found:
        if word not in TITLES:
            known = ", ".join(sorted(TITLES))
            raise InvalidInput(f"The title {quoted(word)} isn't one of {known}.")
    return sorted(set(found))


def phone(cell: str) -> str:
    """In international form, however it is grouped: `+4520123456`."""
    # The zero in brackets is dialled inside the country only: +44 (0)20 …
    digits = re.sub(r"[\s\u00a0\u202f()./-]", "", cell.replace("(0)", ""))
    digits = "+" + digits[2:] if digits.startswith("00") else digits
    if _PHONE.fullmatch(digits):
        return digits
    raise InvalidInput(f"{quoted(cell)} isn't a number in international form like +4520123456.")


def stage(cell: str) -> str:
    found = parse_stage(cell)
    if found is None:
        raise InvalidInput(f"I don't know the stage {quoted(cell)}.")
    return found.value


def day(cell: str) -> date:
    match = _DAY.match(cell)
    try:
        return date.fromisoformat(match[1] if match else "")
    except ValueError:
        raise InvalidInput(f"{quoted(cell)} isn't a day like 2027-01-29.") from None


def flag(cell: str) -> bool:
    if cell.lower() in _YES | _NO:
        return cell.lower() in _YES
    raise InvalidInput(f"{quoted(cell)} is neither true nor false.")


def health(cell: str) -> int:
    if cell.isascii() and cell.isdigit() and len(cell) <= 3 and int(cell) <= 100:  # noqa: PLR2004 - a score from 0 to 100
        return int(cell)
    raise InvalidInput(f"The health {quoted(cell)} isn't a whole number from 0 to 100.")


def currency(cell: str) -> str:
    code = _SYMBOLS.get(cell, cell.upper())
    if re.fullmatch(r"[A-Z]{3}", code):
        return code
    raise InvalidInput(f"{quoted(cell)} isn't a currency code like USD.")


def amount(cell: str) -> tuple[Decimal, str | None]:
    """The amount, and the currency its sign tells, if it has one. `84.000` and `84,000` are
    thousands, as nobody writes three places of a cent."""
    told: str | None = None
    rest = cell.upper()
    for sign, code in _SYMBOLS.items():
        if sign in rest:
            told, rest = code, rest.replace(sign, "")
    match = re.fullmatch(r"\s*([A-Z]{3})?\s*([^A-Z]*?)\s*([A-Z]{3})?\s*", rest)
    digits = re.sub(r"[\s\u00a0\u202f'\u2019_]", "", match[2] if match else rest)
    if match and (match[1] or match[3]):
        told = match[1] or match[3]
    number = _number(digits) if digits.isascii() else None
    if number is None or number >= _LARGEST:
        raise InvalidInput(f"{quoted(cell)} isn't an amount I can read, like 84000.00.")
    return number.quantize(Decimal("0.01")), told


def _number(digits: str) -> Decimal | None:
    if _GROUPED.match(digits) and not digits.startswith("0"):
        plain = re.sub(r"[.,]", "", digits)
    elif _PLAIN.match(digits):
        plain = digits.replace(",", ".")
    elif _BOTH.match(digits):
        plain = re.sub(r"[.,](?=.*[.,])", "", digits).replace(",", ".")
    else:
        return None
    try:
        return Decimal(plain)
    except InvalidOperation:
        return None


def quoted(cell: str) -> str:
    """The cell as the report shows it."""
    return f"“{cell[:60]}{'…' if len(cell) > 60 else ''}”"  # noqa: PLR2004 - fits a terminal line
