"""A payload with one thing wrong: missing, null, another type, huge, deep, or strange signs."""

import copy
import random
from collections.abc import Callable, Sequence
from typing import Any

Path = tuple[Any, ...]
MISSING = object()
LARGE = 20_000


def _deep(levels: int) -> Any:
    value: Any = "x"
    for level in range(levels):
        value = [value] if level % 2 else {"a": value}
    return value


PLAIN: Sequence[tuple[str, Any]] = (
    ("missing", MISSING),
    ("null", None),
    ("of another type", 7),
    ("of another type", -1),
    ("of another type", 2**70),
    ("of another type", 1.5),
    ("of another type", True),
    ("of another type", []),
    ("of another type", {}),
    ("of another type", ["x"]),
    ("of another type", [None]),
    ("of another type", {"type": 3}),
    ("of another type", {"id": "U0RITA"}),
    ("empty or blank", ""),
    ("empty or blank", " "),
    ("huge", "x" * LARGE),
    ("huge", ["x"] * 2_000),
    ("huge", {f"k{n}": n for n in range(2_000)}),
    ("huge", "9" * 400),
    ("nested 300 deep", _deep(300)),
    ("strange signs", "\x00"),
    ("strange signs", "a\x00b"),
    ("strange signs", "\ud800"),
    ("strange signs", "\udfff x \ud83d"),
    ("strange signs", "\u202egnp.exe\u202c"),
    ("strange signs", "\u200b\u200d\ufeff"),
    ("strange signs", "e\u0301" * 500),
    ("strange signs", "👩‍👩‍👧‍👦" * 300),
    ("strange signs", "\r\nX-Injected: 1"),
    ("strange signs", "<!channel> <@U0ADA> *x* &amp;"),
    ("strange signs", "'; drop table actions; --"),
    ("strange signs", "../../../../etc/passwd"),
    ("strange signs", "{{7*7}} %s %(x)s {0}"),
    ("strange signs", "٣٤٥"),
    ("strange signs", "2026-02-30"),
    ("strange signs", "0000-00-00"),
    ("strange signs", "NaN"),
    ("strange signs", "1e999"),
)
KINDS = tuple(dict.fromkeys(kind for kind, _ in PLAIN))


def paths(value: Any, here: Path = ()) -> list[Path]:
    """The path of every value inside."""
    found: list[Path] = [here] if here else []
    items: list[tuple[Any, Any]] = []
    if isinstance(value, dict):
        items = list(value.items())
    elif isinstance(value, list):
        items = list(enumerate(value))
    for key, inner in items:
        found += paths(inner, (*here, key))
    return found


def spoiled(payload: Any, path: Path, change: Any) -> Any:
    """A copy with the value at the path changed, or taken out (MISSING)."""
    made = copy.deepcopy(payload)
    parent = made
    for key in path[:-1]:
        parent = parent[key]
    if change is MISSING:
        del parent[path[-1]]
    else:
        parent[path[-1]] = change
    return made


def spoil(payload: Any, rng: random.Random) -> tuple[str, Any]:
    """One change somewhere in the payload: which kind, and what came out."""
    kind, change = rng.choice(PLAIN)
    where = rng.choice(paths(payload))
    return kind, spoiled(payload, where, change)


def spoil_string(text: str, rng: random.Random) -> str:
    """A text that was cut, doubled or stirred: a value that nearly reads."""
    ways: Sequence[Callable[[], str]] = (
        lambda: text[: rng.randint(0, len(text))],
        lambda: text + text,
        lambda: text.replace('"', "'"),
        lambda: text.replace(":", ":-", 1),
        text.upper,
        lambda: text[:-1] + ',"more":1}',
        lambda: f"[{text}]",
        lambda: text.replace("{", '{"__class__":"x",', 1),
    )
    return rng.choice(ways)()
