"""One page about an account, every line from stored facts and with the way to them."""

from collections.abc import Mapping, Sequence
from datetime import date

from blocks.action_ids import ActionId, numbered
from blocks.brief_lines import TITLES, BriefPart, Line, lines_of, past_words
from blocks.health import why_button
from blocks.lint import fits, fitted
from blocks.parts import (
    Block,
    button,
    context,
    day,
    link_button,
    local_day,
    moment,
    one_line,
    percent,
    quotations,
    section,
    short,
)
from blocks.terms import (
    CRITERIA,
    criterion_name,
    due_words,
    excerpt,
    health_words,
    sentence,
    state_words,
    value_words,
)
from blocks.values import BriefPage, SourceOf, Target
from services.types.account_view import (
    PART_WORDS,
    AccountView,
    Part,
    Past,
    Pending,
    PromiseState,
    Where,
)
from services.types.views import CriterionView

SIZES = (6, 5, 4, 3, 2, 1)
"""Lines of a part, from what is good to read down to what one message takes."""
ROOM = 2_800
WAITING = 3
PERIOD = 180
Lines = Mapping[BriefPart, list[Line]]
LINK = 700
"""Behind the numbers of all other link buttons of a message."""
READ_FROM: dict[BriefPart, Part] = {
    BriefPart.PEOPLE: Part.PEOPLE,
    BriefPart.DEALS: Part.DEALS,
    BriefPart.KNOWN: Part.MAIL,
    BriefPart.LATELY: Part.MAIL,
    BriefPart.EARLIER: Part.SUMMARIES,
    BriefPart.PROMISES: Part.MAIL,
    BriefPart.SIGNALS: Part.SIGNALS,
    BriefPart.WORK: Part.WORK,
}


def brief_blocks(view: AccountView) -> list[Block]:
    """Who they are and what is next; then where it stands, who is there, what is owed, what shows,
    what happened, what we did. As many lines as one message takes; the rest is one click away."""
    lines = {part: lines_of(view, part) for part in BriefPart}
    blocks: list[Block] = []
    for size in SIZES:
        blocks = _page(view, lines, size)
        if fits(blocks):
            return blocks
    return fitted(blocks)


def _page(view: AccountView, lines: Lines, size: int) -> list[Block]:
    return [
        _head(view),
        _next(view),
        *_missing(view),
        *_waiting(view),
        *_part(view, BriefPart.DEALS, lines, size, none="No open deal."),
        *_part(view, BriefPart.KNOWN, lines, size),
        *_gaps(view),
        *_part(view, BriefPart.PEOPLE, lines, size),
        *_part(view, BriefPart.PROMISES, lines, size),
        *_part(view, BriefPart.SIGNALS, lines, size),
        *_part(view, BriefPart.LATELY, lines, size),
        *_part(view, BriefPart.EARLIER, lines, size),
        *_part(view, BriefPart.WORK, lines, min(size, 4)),
    ]


# ── Who they are ────────────────────────────────────────────────────────────────────────────────
def _head(view: AccountView) -> Block:
    today = local_day(view.reader.now, view.reader.timezone)
    facts = [health_words(view.health)]
    facts += [short(view.industry, 60)] if view.industry else []
    facts += [short(state_words(view.lifecycle), 40)] if view.lifecycle else []
    facts += [f"renews {day(view.renewal_date, today)}"] if view.renewal_date else []
    facts += [short(view.domain, 80)] if view.domain and "xn--" in view.domain else []
    owners = ", ".join(
        f"{short(name, 40)} ({short(state_words(what), 20)})" for what, name in view.owners[:6]
    )
    lines = [f"*{short(view.name, 80)}*", sentence(" · ".join(facts))]
    lines += [f"Looked after by {owners}"] if owners else []
    if view.parts:
        parts = ", ".join(short(name, 40) for name in view.parts[:3])
        more = f" and {len(view.parts) - 3} more" if view.parts[3:] else ""
        lines.append(f"{parts}{more} became part of it")
    if view.sharing:
        others = ", ".join(short(name, 40) for name in view.sharing[:3])
        lines.append(f"Shares its mail domain with {others}: mail is linked by person")
    return section("\n".join(lines), why_button(Target(id=view.account_id), view.health))


def _next(view: AccountView) -> Block:
    step = view.next_step
    text = f"*Next: {short(step.words, 160)}*"
    why = sentence(short(excerpt(step.why, "", 160), 160))
    return section(f"{text}\n{why}" if why else text, _way(view, step.where, 1))


def _way(view: AccountView, where: Where | None, number: int) -> Block | None:
    """To where a line comes from: its address, its card, or the stored text."""
    if where is None:
        return None
    if where.kind == "action":
        value = Target(id=where.id).encode()
        return button("Open", numbered(ActionId.HOME_OPEN, LINK + number), value)
    if where.url:
        return link_button("Open", where.url, LINK + number)
    value = SourceOf(id=where.id, account=view.account_id, kind=where.kind).encode()
    return button("Source", numbered(ActionId.BRIEF_SOURCE, number), value)


def _missing(view: AccountView) -> list[Block]:
    """A quiet line about what couldn't be read."""
    if not view.missing:
        return []
    names = [PART_WORDS[part] for part in view.missing]
    told = ", ".join(names[:-1]) + (" and " if names[1:] else "") + names[-1]
    return [context(f"I couldn't read {told} just now; the rest stands. Ask again in a minute.")]


def _waiting(view: AccountView) -> list[Block]:
    """Drafts that wait for a word, the reader's own first; one may be what is next already."""
    told = view.next_step.where
    rest = [one for one in view.pending if told is None or one.where.id != told.id]
    rest.sort(key=lambda one: not _mine(one, view))
    return [_pending(one, view, number) for number, one in enumerate(rest[:WAITING])]


def _mine(one: Pending, view: AccountView) -> bool:
    return one.owner_id in (None, view.reader.member_id)


def _pending(one: Pending, view: AccountView, number: int) -> Block:
    reader = view.reader
    today = local_day(reader.now, reader.timezone)
    due = f" · {due_words(one.due, today)}" if one.due else ""
    why = one.asks[0] if one.asks else one.subject
    who = short(one.who, 60) if one.who else "a mail you asked for"
    when = moment(one.at, reader.now, reader.timezone)
    whom = "you" if _mine(one, view) else short(one.owner, 40)
    text = f"*Waits for {whom}: {who}* · {when}{due}\n{short(excerpt(why, '', 140), 140)}"
    value = Target(id=one.action_id).encode()
    return section(text, button("Open", numbered(ActionId.HOME_OPEN, number), value))


# ── The parts ───────────────────────────────────────────────────────────────────────────────────
def _part(
    view: AccountView, part: BriefPart, all_lines: Lines, size: int, *, none: str = ""
) -> list[Block]:
    """A heading with the way to all lines, and below it, as wide as the screen, as many of them as
    there is room for. Where every line is here and a link itself, nothing is left to open."""
    lines = _short_lines(view, part, all_lines[part])
    if not lines:
        missing = READ_FROM[part] in view.missing
        return [section(none)] if none and not missing else []
    text, shown = _joined(lines[:size])
    rest = len(all_lines[part]) - shown
    head = f"*{TITLES[part]}*"
    if rest <= 0 and all(line.where and line.where.url for line in lines[:shown]):
        return [section(f"{head}\n{text}")]
    if rest > 0 and part is not BriefPart.EARLIER:
        head = f"{head} · {rest:,} more"
    value = BriefPage(id=view.account_id, part=part).encode()
    every = button(
        "Show all" if rest > 0 else "Sources",
        numbered(ActionId.BRIEF_ALL, list(BriefPart).index(part)),
        value,
        label=f"Show all with their sources: {TITLES[part]}",
    )
    return [section(head, every), section(text)]


def _short_lines(view: AccountView, part: BriefPart, lines: list[Line]) -> list[Line]:
    if part is BriefPart.EARLIER:
        return _periods(view)
    if part is BriefPart.PROMISES:
        kept = sum(one.state is PromiseState.KEPT for one in view.promises)
        return lines[: len(lines) - kept]
    return lines


def _periods(view: AccountView) -> list[Line]:
    """A week or a month in one line: its first words."""
    return [_period(past, view) for past in view.past if past.lines]


def _period(past: Past, view: AccountView) -> Line:
    lines = past.lines[:2]
    room = PERIOD // len(lines)
    rest = "".join(f" · {short(excerpt(one.text, '', room), room)}" for one in lines)
    return Line(lead=past_words(past, view), rest=rest, where=lines[0].where)


def _joined(lines: Sequence[Line]) -> tuple[str, int]:
    """The lines that fit into one section, and how many they are."""
    kept: list[str] = []
    room = ROOM
    for line in lines:
        text = f"> {line.text}" if line.under else f"• {line.text}"
        room -= len(text) + 1
        if room < 0 and kept:
            break
        kept.append(text)
    return "\n".join(kept), len(kept)


def _gaps(view: AccountView) -> list[Block]:
    if not view.open_deals or Part.MAIL in view.missing:
        return []
    gaps = [criterion_name(one).lower() for one in CRITERIA if view.fact(one) is None]
    return [context(f"Still open: {', '.join(gaps)}")] if gaps else []


def known_criteria(items: Sequence[CriterionView], today: date, *, numbers: bool = False) -> Block:
    """What is known, each quote once; with `numbers`, how sure that is."""
    proofs: dict[str, list[str]] = {}
    for item in items[:10]:
        quote = one_line(item.evidence.split(" | ")[-1]) or "no quote"
        value = value_words(item.value or "not known", quote, today)
        sure = f" ({percent(item.confidence)})" if numbers else ""
        text = f"{criterion_name(item.criterion)}{f': {value}' if value else ''}{sure}"
        proofs.setdefault(quote, []).append(text)
    return quotations([(quote, " · ".join(names)) for quote, names in proofs.items()])
