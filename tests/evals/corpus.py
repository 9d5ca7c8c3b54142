"""The labelled threads under signals/cases, as they are written: what the keys mean stands in
signals/DATASHEET.md. Whatever a case gets wrong is named with its file."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

import yaml

from services.types.signals import SignalName

CASES = Path(__file__).parent / "signals" / "cases"
REP = "rep"
KINDS = (None, "auto", "transcript", "slack")
THINGS = ("deal", "meeting")
_HELD_OUT_SHARE = 3
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    key: str
    name: str
    title: str
    email: str
    champion: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """One message, transcript or post. `number` counts from 1, as labels name it (`#3`)."""

    number: int
    at: datetime
    sender: str
    to: str
    cc: tuple[str, ...]
    subject: str
    text: str
    kind: str | None = None

    @property
    def theirs(self) -> bool:
        return self.sender != REP


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """One place a signal should stand on: words of a message, a whole message, or a thing."""

    words: str
    messages: frozenset[int] = frozenset()
    thing: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    id: str
    language: str
    industry: str
    account: str
    look: datetime
    rep: str
    note: str
    people: Mapping[str, Person]
    deals: tuple[Mapping[str, Any], ...]
    meetings: tuple[Mapping[str, Any], ...]
    messages: tuple[Written, ...]
    expect: Mapping[SignalName, tuple[Label, ...]]
    may: frozenset[SignalName]

    @property
    def held_out(self) -> bool:
        return is_held_out(self.id)

    def moment(self, text: str | int) -> datetime:
        return moment(self.look, text)


def is_held_out(case_id: str) -> bool:
    """A third of the cases, by their id alone: whoever writes detectors doesn't look at these."""
    return hashlib.sha256(case_id.encode()).digest()[0] % _HELD_OUT_SHARE == 0


def moment(look: datetime, text: str | int) -> datetime:
    """`-12 09:40`: that many days from the day of the look, at that hour UTC; without an hour, at
    noon."""
    day, _, hour = str(text).partition(" ")
    clock = time.fromisoformat(hour) if hour else time(12)
    date = (look + timedelta(days=int(day))).date()
    return datetime.combine(date, clock, tzinfo=UTC)


def load(folder: Path = CASES) -> tuple[Case, ...]:
    return tuple(read(path) for path in sorted(folder.glob("*.yml")))


def read(path: Path) -> Case:
    raw = yaml.load(path.read_text("utf-8"), _LOADER)  # noqa: S506 - one of the safe loaders
    try:
        return _case(raw)
    except (KeyError, ValueError, TypeError) as error:
        raise ValueError(f"{path.name}: {error!r}") from error


def _case(raw: Mapping[str, Any]) -> Case:
    look = datetime.fromisoformat(str(raw["look"])).replace(tzinfo=UTC)
    people = {key: Person(key=key, **fields) for key, fields in raw["people"].items()}
    messages = tuple(_written(look, raw["messages"]))
    return Case(
        id=raw["id"],
        language=raw["language"],
        industry=raw["industry"],
        account=raw["account"],
        look=look,
        rep=raw["rep"],
        note=raw.get("note", ""),
        people=people,
        deals=tuple(raw["deals"]),
        meetings=tuple(raw.get("meetings", ())),
        messages=messages,
        expect={
            SignalName(name): tuple(_label(one, messages) for one in places)
            for name, places in raw["expect"].items()
        },
        may=frozenset(SignalName(name) for name in raw.get("may", ())),
    )


def _written(look: datetime, rows: Iterable[Mapping[str, Any]]) -> Iterable[Written]:
    """With what a row leaves out: an answer goes to whoever wrote last on the other side, under
    the subject there is."""
    subject, last = "", ""
    for number, row in enumerate(rows, start=1):
        sender = row["from"]
        to = row.get("to") or (last if sender == REP else REP)
        given = row.get("subject", "")
        subject = given or subject
        yield Written(
            number=number,
            at=moment(look, row["at"]),
            sender=sender,
            to=to,
            cc=tuple(row.get("cc", ())),
            subject=given or f"Re: {subject}",
            text=row["text"].rstrip("\n"),
            kind=row.get("kind"),
        )
        last = sender if sender != REP else last


def _label(text: str, messages: tuple[Written, ...]) -> Label:
    if text in THINGS:
        return Label(words=text, thing=text)
    if re.fullmatch(r"#\d+", text):
        return Label(words=text, messages=frozenset({int(text[1:])}))
    standing = frozenset(one.number for one in messages if one.theirs and text in one.text)
    return Label(words=text, messages=standing)
