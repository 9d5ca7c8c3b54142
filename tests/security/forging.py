"""Values as our own buttons carry them, with anybody's ids in them. The shapes are taken from the
models themselves: a new one is forged too."""

import importlib
import json
import pkgutil
import random
from collections.abc import Mapping, Sequence
from datetime import date
from enum import Enum
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin
from uuid import UUID, uuid4

import blocks
from blocks.values import Value
from services.types.actions import ActionType

# What the patterns of text fields let through; a field that isn't here gets any of the words.
WORDS: Mapping[str, Sequence[str]] = {
    "hash": ("a" * 64, "b" * 64),
    "seen": ("", "c" * 64),
    "type": ("", "discount", "send_routine_response", *(one.value for one in ActionType)),
    "level": ("", "off", "suggest", "approve", "undo_window", "autonomous"),
    "preset": ("careful", "balanced", "bold"),
    "name": ("cancellation", "silence", "send_routine_response"),
    "kind": ("message", "deal", "note", "email_engagement"),
    "span": ("tomorrow", "week", "monday"),
    "part": ("", "signals", "mails", "people"),
    "which": ("", "left", "waiting"),
    "lineage": ("", "abc"),
    "account": ("", "Acme rita 0"),
}
ANY_WORD = ("x", "tone", "facts", "other")


def shapes() -> list[type[Value]]:
    """Every kind of value there is."""
    for part in pkgutil.iter_modules(blocks.__path__):
        importlib.import_module(f"blocks.{part.name}")
    found: list[type[Value]] = []
    waiting: list[type[Value]] = [Value]
    while waiting:
        one = waiting.pop()
        found += [one] if one is not Value else []
        waiting += one.__subclasses__()
    return sorted(found, key=lambda shape: shape.__name__)


def forge(shape: type[Value], ids: Sequence[UUID], rng: random.Random, *, rev: int = 1) -> str:
    """One value of the shape as it would travel."""
    made = {
        name: _some(name, field.annotation, ids, rng, rev)
        for name, field in shape.model_fields.items()
    }
    return json.dumps(made)


def _some(name: str, kind: Any, ids: Sequence[UUID], rng: random.Random, rev: int) -> Any:
    if get_origin(kind) in (Union, UnionType):
        kind = rng.choice(get_args(kind))
    if kind is type(None):
        return None
    if get_origin(kind) is Literal:
        return rng.choice(get_args(kind))
    if isinstance(kind, type) and issubclass(kind, Enum):
        return rng.choice(list(kind)).value
    simple = {
        UUID: lambda: str(rng.choice(ids) if ids else uuid4()),
        bool: lambda: rng.random() < 0.5,
        int: lambda: rev if name in ("rev", "rules") else rng.choice((0, 1, 7, 30)),
        date: lambda: "2026-11-23",
        str: lambda: rng.choice(WORDS.get(name, ANY_WORD)),
    }
    return simple[kind]()
