"""An account's past for a model: the last weeks in full, earlier ones in a few lines each, and
never more than a budget however long the account has been with us."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from db.session import ReadTx
from db.summaries import StoredSummary, list_summaries
from db.summary_sources import SourceText, list_texts
from services.summaries.material import StoredLine, is_suspicious
from services.summaries.periods import recent_from, recent_since
from services.summaries.planning import BEGINNING
from services.tokens import count, cut
from services.types.summaries import CHANNELS, SourceKind, SourceRef

BUDGET = 4_000
EARLIER_SHARE = 0.3
"""Of the budget, for weeks and months: how much an account's past takes doesn't depend on how long
it is."""
MOST_RECENT = 300
_HEADS = 30
"""Tokens kept back for the lines of ours between the parts, for each of the two."""
_AHEAD = timedelta(days=366)
_MOST_NAMED = 3
_EARLIER, _RECENT = "Earlier, by week and month:", "Since {day}, in full:"
_LEFT_OUT = "{number} more of this time are left out."
_ORDERS = "{number} left out: orders to machines."


@dataclass(frozen=True, slots=True)
class History:
    """`text` names its sources by numbers in square brackets; `sources` says what they are. All of
    it is material from outside: it belongs between the marks of services.prompts.fence."""

    text: str
    sources: Mapping[int, SourceRef]
    tokens: int


@dataclass(frozen=True, slots=True)
class _Block:
    """Words, each with what they rest on."""

    lines: Sequence[tuple[str, Sequence[SourceRef]]]


@dataclass(slots=True)
class _Writer:
    """Writes blocks while there is room. A source gets its number when it is named first."""

    model: str
    room: int
    numbers: dict[SourceRef, int] = field(default_factory=dict)

    def write(self, block: _Block) -> str | None:
        """None, and nothing numbered, when it doesn't fit."""
        numbers = dict(self.numbers)
        lines = []
        for words, sources in block.lines:
            named = [str(numbers.setdefault(one, len(numbers) + 1)) for one in sources]
            lines.append(f"[{', '.join(named)}] {words}" if named else words)
        text = "\n".join(lines)
        size = count(text, self.model) + 1  # the line break before it
        if size > self.room:
            return None
        self.room -= size
        self.numbers = numbers
        return text

    def write_all(self, blocks: Iterable[_Block]) -> list[str]:
        """As many as fit, from the first on."""
        written = []
        for block in blocks:
            text = self.write(block)
            if text is None:
                break
            written.append(text)
        return written


async def history_for_model(
    tx: ReadTx,
    account_id: UUID,
    now: datetime,
    budget: int = BUDGET,
    *,
    model: str = "",
    recent: bool = True,
) -> History:
    """At most `budget` tokens as the model counts them; without its name, as any would. With
    `recent` False the earlier weeks and months only, for who has the recent texts already."""
    since = recent_from(now)
    stored = await list_summaries(tx, account_id, BEGINNING.date(), since)
    share = int(budget * EARLIER_SHARE) if recent else budget
    writer = _Writer(model, share - _HEADS)
    earlier = writer.write_all(map(_summary, reversed(stored)))
    parts = [_EARLIER, *reversed(earlier)] if earlier else []
    if recent:
        # What the earlier weeks leave is the recent ones', never the other way round.
        writer.room += budget - share - _HEADS
        texts = await list_texts(tx, account_id, recent_since(now), now + _AHEAD, most=MOST_RECENT)
        if texts:
            parts += [_RECENT.format(day=since.isoformat()), *_recent(texts, writer)]
    text = "\n".join(parts)
    return History(
        text=text,
        sources={number: one for one, number in writer.numbers.items()},
        tokens=count(text, model),
    )


def _summary(row: StoredSummary) -> _Block:
    name = f"{row.starts_on:%B %Y}" if row.period == "month" else f"Week of {row.starts_on}"
    lines = [StoredLine.from_json(line) for line in row.lines]
    return _Block(
        [
            (f"{name}:", ()),
            *((f"{one.channel.value}: {one.text}", one.sources[:_MOST_NAMED]) for one in lines),
        ]
    )


def _recent(texts: Sequence[SourceText], writer: _Writer) -> list[str]:
    """The newest that fit, oldest first. A long one is cut before it takes the others' room. Only
    what fits is judged: that takes longer than all the rest."""
    longest = writer.room // 3
    written: list[str] = []
    orders = 0
    for one in texts:
        if is_suspicious(one):
            orders += 1
            continue
        text = writer.write(_text(one, longest, writer.model))
        if text is None:
            break
        written.append(text)
    more = len(texts) - len(written) - orders
    said = [_LEFT_OUT.format(number=more)] if more else []
    if orders:
        said.append(_ORDERS.format(number=orders))
    return [*said, *reversed(written)]


def _text(one: SourceText, longest: int, model: str) -> _Block:
    kind = SourceKind(one.kind)
    who = f"{one.who}: " if one.who else ""
    side = " from them" if one.inbound else ""
    head = f"{one.at:%Y-%m-%d}, {CHANNELS[kind].value}{side}, {who}{one.title}"
    words = cut(one.words, longest, model)
    body = f"{head}\n{words}" if words else head
    return _Block([(body, (SourceRef(kind=kind, id=one.id),))])
