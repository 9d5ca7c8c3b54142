"""Which facts of an audit entry are plain, and which are about somebody. Pure.

Plain are numbers, ids, moments, digests, and words of ours under the keys named here: nobody is
told of by them. Everything else is taken for personal (names, addresses, quotes, notes, subjects,
reasons in somebody's words), also under a key that nobody has thought of yet.
"""

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

CODES = frozenset(
    {
        "about",
        "action_type",
        "after",
        "before",
        "by",
        "came",
        "change",
        "choice",
        "code",
        "criteria",
        "currency",
        "field",
        "fields",
        "gated",
        "kind",
        "level",
        "lineage",
        "mode",
        "pattern",
        "period",
        "place",
        "preset",
        "purpose",
        "role",
        "rule",
        "rules",
        "severity",
        "signal",
        "source",
        "status",
        "step",
        "surface",
        "target",
        "template",
        "title",
        "type",
        "types",
        "verdict",
        "via",
        "what",
        "why",
    }
)
"""Keys under which a word of ours may stand: a sentence under one of them is personal as well."""
OURS = frozenset({"came_by", "event", "resolved_by"})
"""Keys under which only sentences of ours ever stand, with no word of anybody's in them."""

WORD = re.compile(r"[a-z][a-z0-9]*([_.:+-][a-z0-9]+)*|[A-Z]{3}")
"""A code, or a currency."""
KEY = re.compile(r"[a-z][a-z0-9_]*")
PLAIN = re.compile(
    r"-?[0-9]+([.,][0-9]+)*\s?%?"  # a number
    r"|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"  # an id of ours
    r"|[0-9a-f]{16,128}"  # a digest
    r"|[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9:.]+(Z|[+-][0-9:]+)?)?"  # a day or moment
)


ERASED, ELSE = "erased", "…"
UNREADABLE = "unreadable: its encryption key is not among those given"


def split(facts: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The plain facts, and the personal ones; each in the place it had."""
    return _split_table(facts)


def join(plain: Mapping[str, Any], personal: Mapping[str, Any]) -> dict[str, Any]:
    """What `split` took apart."""
    whole = dict(plain)
    for key, value in personal.items():
        there = whole.get(key)
        both = isinstance(there, Mapping) and isinstance(value, Mapping)
        whole[key] = join(there, value) if both else value  # type: ignore[arg-type] # both are
    return whole


def outline(personal: Mapping[str, Any]) -> dict[str, Any]:
    """Where something personal stood, for when it can't be read; only keys of ours are told."""
    return {
        key if _ours(key) else ELSE: (
            outline(value) if isinstance(value, Mapping) and _keyed(value) else ERASED
        )
        for key, value in personal.items()
    }


def _split_table(facts: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    plain: dict[str, Any] = {}
    personal: dict[str, Any] = {}
    for key, value in facts.items():
        if not _ours(key):
            personal[key] = value
        elif isinstance(value, Mapping) and _keyed(value):
            inner, about = _split_table(value)
            if inner or not about:
                plain[key] = inner
            if about:
                personal[key] = about
        elif _is_plain(key, value):
            plain[key] = value
        else:
            personal[key] = value
    return plain, personal


def _keyed(value: Mapping[Any, Any]) -> bool:
    """Whether its keys tell of nobody: names of ours, or ids."""
    return all(_ours(key) for key in value)


def _ours(key: Any) -> bool:
    return bool(KEY.fullmatch(str(key)) or PLAIN.fullmatch(str(key)))


def _is_plain(key: str, value: Any) -> bool:
    if value is None or isinstance(value, bool | int | float | Decimal | UUID | datetime | date):
        return True
    if isinstance(value, list | tuple | set | frozenset):
        return all(_is_plain(key, one) for one in value)
    if isinstance(value, Mapping):
        return _keyed(value) and not _split_table(value)[1]
    text = str(value.value if isinstance(value, Enum) else value)
    if not text or PLAIN.fullmatch(text):
        return True
    return key in OURS or (key in CODES and WORD.fullmatch(text) is not None)
