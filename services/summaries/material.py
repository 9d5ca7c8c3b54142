"""What a summary is made from, made ready for a model: keyed, in order, without orders to machines.
Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from db.summary_sources import Fingerprint, SourceText
from services.prompts.summarise import entry_text
from services.suspicion import assess
from services.tokens import count
from services.types.summaries import CHANNELS, Channel, SourceKind, SourceRef, SummaryEntry

PART = 6_000
"""Characters; a transcript is told in parts of this size."""
SHORTER = (1_500, 700, 300, 120)
"""What is kept of each text when a period is too long for the calls it may cost."""
LONGEST_NAME, LONGEST_TITLE = 80, 200
MOST_CITED = 24
# No vocabulary has tokens this long on average: what is longer needn't be counted to be too long.
_CHARACTERS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredLine:
    """A line as it is kept. `at` is the moment of the latest thing it rests on."""

    channel: Channel
    text: str
    sources: tuple[SourceRef, ...]
    at: datetime

    def as_json(self) -> dict[str, Any]:
        return {
            "channel": self.channel.value,
            "text": self.text,
            "sources": [one.as_json() for one in self.sources],
            "at": self.at.isoformat(),
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "StoredLine":
        return cls(
            channel=Channel(stored["channel"]),
            text=stored["text"],
            sources=tuple(map(SourceRef.from_json, stored["sources"])),
            at=datetime.fromisoformat(stored["at"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """An entry, what it stands for, and when that was."""

    entry: SummaryEntry
    sources: tuple[SourceRef, ...]
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """`given` is oldest first. `left_out` are lines of ours about what no model may read, or can:
    they end every summary made from this."""

    given: tuple[Given, ...]
    left_out: tuple[StoredLine, ...] = ()


def material(
    texts: Sequence[SourceText],
    condensed: Iterable[StoredLine] = (),
    *,
    unread: Sequence[Fingerprint] = (),
) -> Material:
    """Texts, and the lines of parts that are summarised already. `unread` were too many to load."""
    suspicious = [one for one in texts if is_suspicious(one)]
    out = {(one.kind, one.id) for one in suspicious}
    clean = [one for one in texts if (one.kind, one.id) not in out]
    given = [part for one in clean for part in _parts(one)]
    given += [given_line(line) for line in condensed]
    return Material(
        given=keyed(given),
        left_out=(
            *_left_out(suspicious, _ORDERS),
            *_left_out(unread, _TOO_MANY),
        ),
    )


def keyed(given: Iterable[Given]) -> tuple[Given, ...]:
    """In the order it happened, each with a short key: a model copies those without mistakes."""
    ordered = sorted(given, key=lambda one: (one.at, one.sources, one.entry.text))
    return tuple(
        replace(one, entry=replace(one.entry, key=f"e{number}"))
        for number, one in enumerate(ordered, 1)
    )


def given_line(line: StoredLine) -> Given:
    """A line of a summary, to be summarised once more."""
    entry = SummaryEntry(
        key="", channel=line.channel, day=line.at.date(), text=line.text, condensed=True
    )
    return Given(entry=entry, sources=line.sources, at=line.at)


def is_suspicious(one: SourceText) -> bool:
    """Whether it gives orders to a machine, in its words or in what stands above them."""
    head = f"{one.who}\n{one.title}"
    if one.suspicious is not None:
        return one.suspicious or assess(head).injection
    return assess(f"{head}\n{one.words}").injection


def _parts(one: SourceText) -> list[Given]:
    kind = SourceKind(one.kind)
    words = one.words.strip()
    starts = range(0, max(len(words), 1), PART)
    return [
        Given(
            entry=SummaryEntry(
                key="",
                channel=CHANNELS[kind],
                day=one.at.date(),
                who=one.who[:LONGEST_NAME],
                inbound=one.inbound,
                title=one.title[:LONGEST_TITLE],
                text=words[start : start + PART],
            ),
            sources=(SourceRef(kind=kind, id=one.id),),
            at=one.at,
        )
        for start in starts
    ]


def too_many(given: Iterable[Given]) -> list[StoredLine]:
    """What to say of entries that no call has room for."""
    sources = {source: one.at for one in given for source in one.sources}
    return _left_out(
        [Fingerprint(one.kind, one.id, at, "") for one, at in sources.items()], _TOO_MANY
    )


_ORDERS = ("it gives orders to machines", "they give orders to machines")
_TOO_MANY = ("it was one too many", "they were too many for one summary")


def _left_out(
    texts: Iterable[SourceText | Fingerprint], reason: tuple[str, str]
) -> list[StoredLine]:
    """`One message left out: it gives orders to machines.`, a line a channel."""
    by_channel: dict[Channel, list[SourceText | Fingerprint]] = {}
    for one in sorted(texts, key=lambda text: (text.at, text.id)):
        by_channel.setdefault(CHANNELS[SourceKind(one.kind)], []).append(one)
    lines = []
    for channel, of_it in by_channel.items():
        single, several = reason
        noun = "message" if channel in (Channel.MAIL, Channel.SLACK) else "entry"
        nouns = "messages" if noun == "message" else "entries"
        number = len(of_it)
        said = f"One {noun} left out: {single}." if number == 1 else ""
        lines.append(
            StoredLine(
                channel=channel,
                text=said or f"{number} {nouns} left out: {several}.",
                sources=tuple(
                    SourceRef(kind=SourceKind(one.kind), id=one.id) for one in of_it[-MOST_CITED:]
                ),
                at=of_it[-1].at,
            )
        )
    return lines


# ── What one call can take ──────────────────────────────────────────────────────────────────────
def packed(
    given: Sequence[Given], *, tokens: int, most: int, model: str
) -> tuple[list[tuple[Given, ...]], tuple[Given, ...]]:
    """In order, in as few packs of at most `tokens` as it takes, and never more than `most`: texts
    are shortened until they fit, and what doesn't fit even so is the second value, the oldest."""
    packs: list[tuple[Given, ...]] = []
    for length in (PART, *SHORTER):
        shorter = [_shortened(one, length) for one in given]
        characters = sum(len(one.entry.text) for one in shorter)
        if length > SHORTER[-1] and characters > tokens * most * _CHARACTERS:
            continue
        packs = _pack(shorter, tokens, model)
        if len(packs) <= most:
            return packs, ()
    dropped = tuple(one for pack in packs[:-most] for one in pack)
    return packs[-most:], dropped


def _shortened(one: Given, length: int) -> Given:
    if len(one.entry.text) <= length:
        return one
    return replace(one, entry=replace(one.entry, text=one.entry.text[:length].rstrip()))


def _pack(given: Sequence[Given], tokens: int, model: str) -> list[tuple[Given, ...]]:
    packs: list[list[Given]] = [[]]
    used = 0
    for one in given:
        size = count(f"{entry_text(one.entry)}\n\n", model)
        if packs[-1] and used + size > tokens:
            packs.append([])
            used = 0
        packs[-1].append(one)
        used += size
    return [tuple(pack) for pack in packs if pack]
