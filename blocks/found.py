"""Where something was talked about: its words, who said them, when, and the way there."""

from blocks.lint import fitted
from blocks.parts import (
    Block,
    context,
    count,
    in_quotes,
    literal,
    moment,
    one_line,
    quoted,
    section,
    short,
)
from blocks.terms import excerpt
from services.types.search import FindView, FoundPassage, SearchSource, found_words

TWO_LINES = 180
SHORT = 3
"""Words of so few letters stand in every sentence."""
SUSPICIOUS = "_Its words are orders to a machine: shown, never followed._"


def found_blocks(view: FindView) -> list[Block]:
    """The best first, six at most; then what the reader should know of how it was looked for."""
    head = short(found_words(view), 400)
    blocks = [section(f"*{head}*" if view.items else head)]
    for item in view.items:
        blocks += _item(item, view)
    blocks += [context(line) for line in _closing(view)]
    return fitted(blocks)


def _item(item: FoundPassage, view: FindView) -> list[Block]:
    words = in_quotes(excerpt(item.quote, _first_word(view.words, item.quote), TWO_LINES))
    when = moment(item.at, view.reader.now, view.reader.timezone)
    facts = [f"*{short(item.account_name, 60)}*"]
    facts += [short(item.who, 60)] if item.who else []
    # A summary's own words, not somebody's: it is called what it is.
    facts.append(f"{item.channel}, {when}" if item.source != SearchSource.SUMMARY else "summary")
    if item.url:
        facts.append(f"<{item.url}|Open>")
    line = " · ".join(facts)
    return [
        context(f"{line}\n{SUSPICIOUS}" if item.suspicious else line),
        quoted(literal(words)),
    ]


def _first_word(words: str, quote: str) -> str:
    """The first of the words looked for that stands in the quote: it is cut around it."""
    lower = one_line(quote).casefold()
    told = (word for word in words.casefold().split() if len(word) > SHORT)
    return next((word for word in told if word in lower), "")


def _closing(view: FindView) -> list[str]:
    lines = []
    if view.more:
        rest = count(view.more, "more place")
        hint = "" if view.account_names else " Name an account to narrow it: … at Acme."
        lines.append(f"And {rest}.{hint}")
    if view.note:
        lines.append(view.note)
    elif not view.items:
        lines.append(
            "Other words may do; with an account I look there only, without one everywhere you "
            "look after."
        )
    return lines
