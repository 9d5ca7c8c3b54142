"""A summary without a model: counted, and quoted word for word. One line a channel.

What it says is true whatever language the texts are in: who wrote how often, and of the texts
themselves only their own words: the latest asks, and what shows a wish to buy or a risk.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from services.offline.extract import extract
from services.offline.text import sentences
from services.types.model import ExtractionRequest
from services.types.summaries import (
    Channel,
    SummaryEntry,
    SummaryLine,
    SummaryRequest,
    SummaryText,
)

_READ = 25
"""So many of a channel's latest texts are looked at; the rest are counted."""
_MOST_QUOTES = 3
_LONGEST_QUOTE = 140
_MOST_NAMES = 3
_MOST_ITEMS = 4
_MOST_TEXT = 4_000
_CITED = 12
_SAYS_SOMETHING = 3
_LONGEST_NAME, _LONGEST_TITLE = 40, 80
_MARKS = frozenset('“”„«»"')

Quote = tuple[str, str, SummaryEntry]
"""What sort it is, the words, where they stand."""


def summarise_offline(request: SummaryRequest) -> SummaryText:
    """One line for each channel something happened in."""
    by_channel: dict[Channel, list[SummaryEntry]] = {}
    for entry in request.entries:
        if not entry.condensed:
            by_channel.setdefault(entry.channel, []).append(entry)
    return SummaryText(
        lines=(
            *(
                _said(channel, by_channel[channel])
                if channel in (Channel.MAIL, Channel.SLACK, Channel.NOTE)
                else _happened(channel, by_channel[channel])
                for channel in Channel
                if channel in by_channel
            ),
            *_repeated(request.entries),
        )
    )


def _repeated(entries: Sequence[SummaryEntry]) -> Iterator[SummaryLine]:
    """Lines of an earlier summary stand as they are, the latest first."""
    for entry in entries[::-1]:
        if entry.condensed:
            yield SummaryLine(channel=entry.channel, text=entry.text, keys=(entry.key,))


def _said(channel: Channel, entries: Sequence[SummaryEntry]) -> SummaryLine:
    """`Dana Reyes wrote 3, we wrote 2. Asked: “…”`"""
    quotes = _quotes(entries)
    parts = [_who(channel, entries)]
    for sort in dict.fromkeys(sort for sort, _, _ in quotes):
        words = "; ".join(f"“{words}”" for kind, words, _ in quotes if kind == sort)
        parts.append(f"{sort}: {words}")
    cited = [entry.key for _, _, entry in quotes]
    latest = [entry.key for entry in entries[::-1]]
    return SummaryLine(
        channel=channel,
        text=". ".join(parts) + ".",
        keys=tuple(dict.fromkeys([*cited, *latest]))[:_CITED],
    )


def _who(channel: Channel, entries: Sequence[SummaryEntry]) -> str:
    if channel is not Channel.MAIL:
        return "Written by " + _named(entry.who or "somebody" for entry in entries)
    theirs = [entry.who or "somebody" for entry in entries if entry.inbound]
    ours = len(entries) - len(theirs)
    if len(set(theirs)) == 1:
        parts = [f"{_plain(theirs[0])} wrote {len(theirs)}"]
    else:
        parts = [f"{_named(theirs)} wrote"] if theirs else []
    return ", ".join([*parts, *([f"we wrote {ours}"] if ours else [])])


def _named(names: Iterable[str]) -> str:
    """`Dana Reyes (3), Tom Ek (1) and 2 others`, who wrote most first."""
    counted = sorted(Counter(map(_plain, names)).items(), key=_most_first)
    shown = ", ".join(f"{name} ({number})" for name, number in counted[:_MOST_NAMES])
    more = len(counted) - _MOST_NAMES
    others = "1 other" if more == 1 else f"{more} others"
    return f"{shown} and {others}" if more > 0 else shown


def _plain(name: str, longest: int = _LONGEST_NAME) -> str:
    """Without marks that would look like a quote's."""
    return " ".join("".join(sign for sign in name if sign not in _MARKS).split())[:longest]


def _most_first(counted: tuple[str, int]) -> tuple[int, str]:
    return -counted[1], counted[0]


def _quotes(entries: Sequence[SummaryEntry]) -> list[Quote]:
    """The latest first; what they said last where nothing is asked or shown."""
    looked_at = [entry for entry in entries if entry.text][-_READ:][::-1]
    found = [quote for entry in looked_at for quote in _found(entry)]
    if not found:
        found = [quote for entry in looked_at for quote in _words(entry)]
    distinct = {words.casefold(): (sort, words, entry) for sort, words, entry in found[::-1]}
    return list(distinct.values())[::-1][:_MOST_QUOTES]


def _found(entry: SummaryEntry) -> list[Quote]:
    text = entry.text[:_MOST_TEXT]
    read = extract(
        ExtractionRequest(text=text, subject=entry.title, sender_name=entry.who, today=entry.day)
    )
    asks = [("Asked" if entry.inbound else "We asked", ask.quote) for ask in read.asks]
    signs = [("Said", signal.evidence) for signal in read.signals if entry.inbound]
    asked = {words for _, words in asks}
    return [
        (sort, words, entry)
        for sort, words in [*asks, *((sort, words) for sort, words in signs if words not in asked)]
        if _short(words)
    ]


def _words(entry: SummaryEntry) -> list[Quote]:
    """The first sentence that says something."""
    said = (one.quote for one in sentences(entry.text[:_MOST_TEXT]))
    return [
        ("Said" if entry.inbound else "We said", words, entry)
        for words in said
        if _short(words) and (len(words.split()) >= _SAYS_SOMETHING or not words.isascii())
    ][:1]


def _short(words: str) -> bool:
    """Cut words would be no quote, and marks inside them would end it."""
    return len(words) <= _LONGEST_QUOTE and "\n" not in words and _MARKS.isdisjoint(words)


def _happened(channel: Channel, entries: Sequence[SummaryEntry]) -> SummaryLine:
    """`Pilot review, 3 Nov (cancelled); Kick-off, 5 Nov`: the latest, and how many more."""
    latest = entries[::-1][:_MOST_ITEMS]
    items = [_item(channel, entry) for entry in latest]
    more = len(entries) - len(latest)
    text = "; ".join(dict.fromkeys(items)) + (f"; and {more} more" if more else "")
    keys = tuple(entry.key for entry in entries[::-1])[:_CITED]
    return SummaryLine(channel=channel, text=f"{text}.", keys=keys)


def _item(channel: Channel, entry: SummaryEntry) -> str:
    title = _plain(entry.title, _LONGEST_TITLE) or "no title"
    when = f"{entry.day.day} {entry.day:%b}"
    if channel is Channel.DEAL:
        return f"{title}, {when}: {_plain(entry.text, _LONGEST_TITLE)}"
    state = " (cancelled)" if entry.text.startswith("cancelled") else ""
    return f"{title}, {when}{state}"
