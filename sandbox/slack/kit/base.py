"""The few combinators that say what a Block Kit object may look like.

A check looks at one value and reports what is wrong with a JSON pointer, in Slack's own words
where they are known, so that a mistake reads here as it would in production.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Surface = Literal["message", "modal", "home"]


@dataclass(kw_only=True)
class Report:
    """What was found wrong so far, and what only the whole payload can know."""

    surface: Surface
    problems: list[str] = field(default_factory=list)
    block_ids: set[str] = field(default_factory=set)
    focused: int = 0

    def add(self, pointer: str, problem: str) -> None:
        """Note a problem at a place."""
        self.problems.append(f"[ERROR] {problem} [json-pointer:{pointer or '/'}]")


Check = Callable[[Any, str, Report], None]
Rule = Callable[[dict[str, Any], str, Report], None]


def anything(_value: Any, _pointer: str, _report: Report) -> None:
    """Accept; used where Slack's own rule is not known."""


def string(longest: int, shortest: int = 1) -> Check:
    """A string whose length is within bounds."""

    def check(value: Any, pointer: str, report: Report) -> None:
        if not isinstance(value, str):
            report.add(pointer, "must provide a string")
        elif len(value) > longest:
            report.add(pointer, f"must be less than {longest + 1} characters")
        elif len(value) < shortest:
            report.add(pointer, f"must be more than {shortest - 1} characters")

    return check


def integer(low: int, high: int) -> Check:
    """A whole number within bounds."""

    def check(value: Any, pointer: str, report: Report) -> None:
        if isinstance(value, bool) or not isinstance(value, int):
            report.add(pointer, "must provide an integer")
        elif not low <= value <= high:
            report.add(pointer, f"must be between {low} and {high}")

    return check


def number(value: Any, pointer: str, report: Report) -> None:
    """Any JSON number."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        report.add(pointer, "must provide a number")


def boolean(value: Any, pointer: str, report: Report) -> None:
    """True or false."""
    if not isinstance(value, bool):
        report.add(pointer, "must provide a boolean")


def choice(*allowed: str) -> Check:
    """One of a few words."""

    def check(value: Any, pointer: str, report: Report) -> None:
        if value not in allowed:
            report.add(pointer, f"must be one of {', '.join(allowed)}")

    return check


def array(item: Check, low: int, high: int) -> Check:
    """A list with a bounded number of items."""

    def check(value: Any, pointer: str, report: Report) -> None:
        if not isinstance(value, list):
            report.add(pointer, "must provide an array")
            return
        if len(value) > high:
            report.add(pointer, f"no more than {high} items allowed")
        if len(value) < low:
            report.add(pointer, f"no fewer than {low} items allowed")
        for index, entry in enumerate(value):
            item(entry, f"{pointer}/{index}", report)

    return check


def shape(
    required: Mapping[str, Check],
    optional: Mapping[str, Check] | None = None,
    rules: Iterable[Rule] = (),
) -> Check:
    """An object: what it must have, what it may have, nothing else, then rules across fields."""
    known = {**(optional or {}), **required}
    laws = tuple(rules)

    def check(value: Any, pointer: str, report: Report) -> None:
        if not isinstance(value, dict):
            report.add(pointer, "must provide an object")
            return
        for name in required:
            if value.get(name) is None:
                report.add(pointer, f"missing required field: {name}")
        for name, entry in value.items():
            if name not in known:
                report.add(pointer, f"invalid additional property: {name}")
            elif entry is not None:
                known[name](entry, f"{pointer}/{name}", report)
        for rule in laws:
            rule(value, pointer, report)

    return check


def by_type(table: Mapping[str, Check], what: str) -> Check:
    """An object whose `type` decides what it must look like."""

    def check(value: Any, pointer: str, report: Report) -> None:
        if not isinstance(value, dict):
            report.add(pointer, "must provide an object")
            return
        kind = value.get("type")
        if kind is None:
            report.add(pointer, "missing required field: type")
        elif not isinstance(kind, str) or kind not in table:
            report.add(f"{pointer}/type", f"unsupported type: {kind} for {what}")
        else:
            table[kind](value, pointer, report)

    return check


def listed(value: Any) -> list[Any]:
    """The value if it is a list, else nothing: rules run even on what a check has refused."""
    return value if isinstance(value, list) else []


def text_length(value: Any) -> int:
    """All characters people would read: every string under a `text` key, however deep."""
    if isinstance(value, dict):
        return sum(
            len(entry) if name == "text" and isinstance(entry, str) else text_length(entry)
            for name, entry in value.items()
        )
    if isinstance(value, list):
        return sum(text_length(entry) for entry in value)
    return 0
