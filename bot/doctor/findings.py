"""What a check says: how bad, where, what is the case, and what to do about it."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from enum import StrEnum


class Level(StrEnum):
    """In the order in which they are told. BAD: something doesn't work, or soon won't; NOTE: works,
    and could be better; OK: was looked at and is well."""

    BAD = "BAD"
    NOTE = "note"
    OK = "ok"


ORDER = list(Level)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """`remedy` begins with a verb; only what is well has none. `workspace` is Slack's team id, or
    empty where it concerns all."""

    level: Level
    says: str
    remedy: str = ""
    workspace: str = ""


def bad(says: str, remedy: str, workspace: str = "") -> Finding:
    return Finding(level=Level.BAD, says=says, remedy=remedy, workspace=workspace)


def note(says: str, remedy: str, workspace: str = "") -> Finding:
    return Finding(level=Level.NOTE, says=says, remedy=remedy, workspace=workspace)


def well(says: str, workspace: str = "") -> Finding:
    return Finding(level=Level.OK, says=says, workspace=workspace)


def sentence(says: str, *, serious: bool, workspace: str = "") -> Finding:
    """A line that holds its remedy behind the last semicolon, if it holds one."""
    said, cut, remedy = says.rpartition("; ")
    level = Level.BAD if serious else (Level.NOTE if cut else Level.OK)
    return Finding(
        level=level,
        says=said if cut else says,
        remedy=remedy if cut else "",
        workspace=workspace,
    )


def ordered(findings: Iterable[Finding]) -> list[Finding]:
    """The worst first; among equals as they were found."""
    return sorted(findings, key=lambda one: ORDER.index(one.level))


def lines(findings: Iterable[Finding]) -> Iterator[str]:
    """For a terminal: the finding, and what to do on a line of its own."""
    for one in findings:
        place = f"{one.workspace}: " if one.workspace else ""
        yield f"{one.level.value:<5}{place}{one.says}"
        if one.remedy:
            yield f"     → {one.remedy}"


def as_json(findings: Iterable[Finding]) -> str:
    found = list(findings)
    wrong = any(one.level is Level.BAD for one in found)
    told = [{**asdict(one), "level": one.level.value.lower()} for one in found]
    return json.dumps({"well": not wrong, "findings": told}, ensure_ascii=False, indent=2)
