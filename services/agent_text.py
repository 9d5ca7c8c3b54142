"""What a model says, made fit to be shown: while it still speaks, a sentence at a time.

Its words are a stranger's: nothing in them may become a link, a mention or hidden text; a citation
must name a source that was given; words in quotation marks must stand in one of them, letter for
letter. What isn't so is taken out. The addresses below an answer are ours alone.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from services.merge import find_quote
from services.types.agent import Source

UNPROVEN = "(a quote I could not find in the sources)"
LONGEST_HELD = 700
LONGEST_ANSWER = 30_000
_FEWEST_WORDS = 3
_IMAGE = re.compile(r"!\[([^\]\n]*)\]\([^)\n]*\)")
_LINK = re.compile(r"\[([^\]\n]*)\]\((?!\d+\))[^)\n]*\)")
_DEFINED = re.compile(r"(?m)^\s*\[[^\]\n]+\]:\s*\S+.*$")
_ADDRESS = re.compile(
    r"(?:[a-z0-9+.-]{0,20}://|\bwww\.|\bmailto:|\btel:)[^\s<>|)\]]*"
    r"|\b(?:(?:[a-z0-9-]+\.)+[a-z]{2,24}|\d{1,3}(?:\.\d{1,3}){3})"
    r"(?:/|[?#:](?=[\w%&=/+-]))[^\s<>|)\]]*",
    re.IGNORECASE,
)
_BRACKETS = re.compile(r"\](?=\((?!\d+\)))")
_EMAIL = re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+")
_MARKUP = re.compile(r"<(?=[@#!/a-z])", re.IGNORECASE)
_ENTITY = re.compile(r"&(?=(?:[a-z]{2,8}|#\d{2,5}|#x[0-9a-f]{2,5});)", re.IGNORECASE)
_CALL = re.compile(r"@+(?=(?:channel|here|everyone)\b)", re.IGNORECASE)
_CITED = re.compile(r"\s?\[(\d{1,3}(?:\s*[,;]\s*\d{1,3})*)\]")
_QUOTED = re.compile(
    r"“([^“”]{1,2000})”|\"([^\"\n]{1,2000})\"|„([^„“”]{1,2000})[“”]|«([^«»]{1,2000})»"
)
_OPEN = re.compile(r"[“„«]")
_CLOSE = re.compile(r"[”»]")
_END = re.compile(r"(?:[.!?…][”\"»)\]]*(?:\s?\[[\d,;\s]+\])*(?=\s)\s?|\n+)")
REMOVED = "(address removed)"
OPENING = "\u2039"
"""Looks like < and opens nothing."""


def visible(text: str) -> str:
    """Without anything a reader can't see."""
    spaced = re.sub(r"\r\n?|[\u2028\u2029\v\f]", "\n", text).replace("\t", " ")
    return "".join(one for one in spaced if one == "\n" or unicodedata.category(one)[0] != "C")


def inert(text: str, known: Iterable[str] = ()) -> str:
    """Without links, mentions and markup of Slack's; addresses of people stay if they are known."""
    addresses = {one.lower() for one in known}

    def mail(match: re.Match[str]) -> str:
        return match[0] if match[0].lower() in addresses else REMOVED

    text = _IMAGE.sub(r"\1", _DEFINED.sub("", text))
    text = _ADDRESS.sub(REMOVED, _LINK.sub(r"\1", text))
    text = _CALL.sub("", _EMAIL.sub(mail, text))
    # What stood inside of something that was taken out is no link's text now.
    text = _BRACKETS.sub("] ", text)
    return _ENTITY.sub("& ", _MARKUP.sub(OPENING, text))


def cited(text: str, number_of: Callable[[int], int | None]) -> str:
    """With those citations only that name a source, each by the number it has below the answer."""

    def keep(match: re.Match[str]) -> str:
        named = [number_of(int(one)) for one in re.findall(r"\d+", match[1])]
        good = dict.fromkeys(one for one in named if one is not None)
        return "".join(f" [{one}]" for one in good)

    return _CITED.sub(keep, text)


def proven(text: str, sources: Sequence[str]) -> str:
    """With those quotations only that stand in a source. One or two words in quotation marks are a
    name rather than a quotation: they lose the marks when no source has them."""

    def check(match: re.Match[str]) -> str:
        words = next(part for part in match.groups() if part is not None)
        bare = words.strip().rstrip(".,;:!?…")
        if len(bare.split()) < _FEWEST_WORDS:
            return match[0] if any(bare.lower() in one.lower() for one in sources) else words
        found = any(find_quote(bare, one) for one in sources)
        return match[0] if found else UNPROVEN

    return _QUOTED.sub(check, text)


def without_citations(text: str) -> str:
    """For whoever has no list of sources below it."""
    return _CITED.sub("", text)


@dataclass(slots=True)
class Sieve:
    """Takes a model's words as they come and gives back those that may be shown."""

    sources: Sequence[Source]
    ours: bool = False
    """Our own rules wrote it from the sources: citations and quotations are right as they are."""
    _held: str = ""
    _said: int = 0
    _shown: dict[int, int] = field(default_factory=dict)
    _texts: list[str] = field(init=False)
    _known: set[str] = field(init=False)

    def __post_init__(self) -> None:
        self._texts = [f"{one.title}\n{one.text}" for one in self.sources]
        self._known = {found for text in self._texts for found in _EMAIL.findall(text)}

    @property
    def cited(self) -> tuple[Source, ...]:
        """The sources of what was said so far, by the numbers that stand in it."""
        by_number = {one.number: one for one in self.sources}
        return tuple(replace(by_number[old], number=new) for old, new in self._shown.items())

    def _number(self, wanted: int) -> int | None:
        """Sources are numbered in the order in which they are first named."""
        if not any(one.number == wanted for one in self.sources):
            return None
        return self._shown.setdefault(wanted, len(self._shown) + 1)

    @property
    def full(self) -> bool:
        """It has said more than anybody reads."""
        return self._said >= LONGEST_ANSWER

    def take(self, piece: str) -> str:
        """What can be shown by now: whole sentences, no quotation torn apart."""
        self._held += visible(piece)
        at = self._border()
        ready, self._held = self._held[:at], self._held[at:]
        return self._clean(self._apart(ready))

    def rest(self) -> str:
        """What is left at the end."""
        ready, self._held = self._held, ""
        return self._clean(ready).rstrip()

    def _border(self) -> int:
        best = 0
        for match in _END.finditer(self._held):
            # More punctuation or a citation may follow what ends here.
            if match.end() < len(self._held) and (
                self.ours or _balanced(self._held[: match.end()])
            ):
                best = match.end()
        if best == 0 and len(self._held) > LONGEST_HELD:
            best = self._held.rfind(" ", 0, LONGEST_HELD) + 1 or LONGEST_HELD
        return best

    def _apart(self, ready: str) -> str:
        """What is torn apart in the middle of a word stays apart: two halves that are nothing by
        themselves must not make an address or a mention together."""
        torn = bool(self._held) and not ready[-1:].isspace() and not self._held[:1].isspace()
        return f"{ready} " if torn and ready else ready

    def _clean(self, ready: str) -> str:
        if not ready or self.full:
            return ""
        ready = ready[: LONGEST_ANSWER - self._said]
        text = cited(ready, self._number)
        if not self.ours:
            text = proven(text, self._texts)
        # Last: where a citation or a quotation mark was taken out, its neighbours meet.
        text = inert(text, self._known)
        text = re.sub(r"\n{3,}", "\n\n", text)
        if self._said == 0:
            text = text.lstrip()
        self._said += len(text)
        return text


def _balanced(text: str) -> bool:
    """No quotation mark and no bracket is open."""
    return (
        text.count('"') % 2 == 0
        and len(_OPEN.findall(text)) <= len(_CLOSE.findall(text))
        and text.count("[") <= text.count("]")
    )
