"""The columns of each file: what reads their cells, and which ones a row can't do without."""

from collections.abc import Callable, Mapping
from typing import Any

from services import seed_values as values
from services.types.people import Function

Parser = Callable[[str], Any]
OWNERS = {
    "onboarding_owner_email": Function.ONBOARDING.value,
    "support_owner_email": Function.SUPPORT.value,
    "success_owner_email": Function.SUCCESS.value,
}
PARSERS: Mapping[str, Mapping[str, Parser]] = {
    "members": {
        "email": values.email,
        "name": values.name,
        "role": values.role,
        "timezone": values.timezone,
        "function": values.function,
        "manager_email": values.email,
        "titles": values.titles,
        "phone": values.phone,
        "active": values.flag,
    },
    "accounts": {
        "name": values.name,
        "domain": values.domain,
        "industry": values.name,
        "owner_email": values.email,
        "health": values.health,
        "lifecycle": values.name,
        "renewal_date": values.day,
        "excluded": values.flag,
        **dict.fromkeys(OWNERS, values.email),
    },
    "contacts": {
        "email": values.email,
        "name": values.name,
        "title": values.name,
        "account": values.name,
        "excluded": values.flag,
    },
    "deals": {
        "name": values.name,
        "account": values.name,
        "stage": values.stage,
        "amount": values.amount,
        "currency": values.currency,
        "close_date": values.day,
        "owner_email": values.email,
    },
}
REQUIRED: Mapping[str, frozenset[str]] = {
    "members": frozenset({"email"}),
    "accounts": frozenset({"name"}),
    "contacts": frozenset({"email"}),
    "deals": frozenset({"name", "account"}),
}
