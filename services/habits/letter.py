# ruff: noqa: E501, RUF001 - words of many languages, and their signs, read best unbroken
"""A mail taken apart into greeting, sentences and sign-off, and put together again. Pure.

Nothing is lost: put together unchanged it is the same text, sign for sign. Lines that a mail
program broke in the middle of a sentence are one sentence; a list keeps its lines.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from services.mail.signature import sign_off_of

_SALUTATION = re.compile(
    r"(?P<salutation>hi there|hello there|hi|hello|hey|dear|good (?:morning|afternoon|evening|day)|greetings"
    r"|sehr geehrte[rs]?|liebe[rs]?|werte[rs]?|hallo|guten (?:tag|morgen|abend)|moin|servus|grüß gott|grüezi"
    r"|bonjour|bonsoir|chers|chères|chère|cher|salut|madame, monsieur|madame|monsieur"
    r"|hola|buen(?:os días|as tardes|as noches|os dias|as)|estimad[oa]s?|querid[oa]s?|apreciad[oa]s?"
    r"|ciao|buongiorno|buonasera|gentile|car[oa]|beste|geachte|goedemorgen|olá|prezad[oa]s?|bom dia|hej|god morgon|bästa)"
    r"(?P<comma>,(?=[ \t][^\n]{1,40}[,:!][ \t]*(?:\n|\Z)))?(?P<name>(?:[ \t]+[^\W\d_][^\s,:!.;?]*\.?){0,6})(?P<end>[ \t]*[,:!;.\u2013-]|(?=[ \t]*(?:\n|\Z)))",
    re.IGNORECASE,
)
_BARE_NAME = re.compile(
    r"(?P<name>[^\W\d_][\w'’-]*(?:[ \t][^\W\d_][\w'’-]*){0,2})(?P<end>,)[ \t]*\n"
)
_SMALL_WORDS = (
    "van von der de den la le du da di dos y e und and et all team everyone everybody "
    "folks zusammen tous toutes todos todas tutti allen mr mrs ms dr frau herr herrn "
    "damen herren monsieur madame señor señora sr sra"
)
_SMALL = frozenset(_SMALL_WORDS.split())
_BREAK = re.compile(r"\n[ \t]*(?:\n[ \t]*)+|\n|(?<=[.!?\u2026])[\"'”’»)\]]*[ \t]+")
_BULLET = re.compile(r"[ \t]*(?:[-*•–]|\d{1,2}[.)])[ \t]")
_SHORT_FOR = re.compile(
    r"(?:\b(?:mr|mrs|ms|dr|prof|st|no|nr|vs|etc|e\.g|i\.e|approx|z\.\s?b|d\.\s?h|bzw|ca|usw|ggf|inkl|zzgl|abs|p\.\s?ex|mme|m|sr|sra|ud|vd|p\.\s?ej|pág)|\b[^\W\d_])\.\Z",
    re.IGNORECASE,
)
_WRAPPED = 50
"""A line this long was broken by a program; a shorter one by its author, unless it goes on small."""
_LAST_LINES = 6
_SHORTS = 12
"""No abbreviation is longer."""
_MOST_WORDS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Greeting:
    """`Hi` · ` Dana` · `,`, as they stand."""

    salutation: str
    name: str
    end: str

    @property
    def text(self) -> str:
        return f"{self.salutation}{self.name}{self.end}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One sentence or line of the body, and the blanks that follow it inside the body."""

    text: str
    after: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """`head`, `gap`, `hold` and `tail` are what stands before, between and after, sign for sign;
    the sender's name is in the tail."""

    head: str
    greeting: Greeting | None
    gap: str
    body: tuple[Piece, ...]
    hold: str
    sign_off: str
    tail: str

    def text(self) -> str:
        greeting = self.greeting.text if self.greeting else ""
        body = "".join(f"{one.text}{one.after}" for one in self.body)
        return f"{self.head}{greeting}{self.gap}{body}{self.hold}{self.sign_off}{self.tail}"


def letter_of(text: str, author: str = "") -> Letter:
    """`author`: who signs it; their name under a short line makes that line a sign-off."""
    begins = len(text) - len(text.lstrip())
    greeting = _greeting_at(text, begins)
    after = begins + (len(greeting.text) if greeting else 0)
    signs, ends = _sign_off_in(text, after, author)
    whole = text[after:signs]
    body = whole.strip()
    gap = whole[: len(whole) - len(whole.lstrip())]
    return Letter(
        head=text[:begins],
        greeting=greeting,
        gap=gap,
        body=pieces_of(body),
        hold=whole[len(gap) + len(body) :],
        sign_off=text[signs:ends],
        tail=text[ends:],
    )


def _greeting_at(text: str, at: int) -> Greeting | None:
    match = _SALUTATION.match(text, at)
    if match is None:
        bare = _BARE_NAME.match(text, at)
        if bare is None or not all(word[:1].isupper() for word in bare["name"].split()):
            return None
        return Greeting(salutation="", name=bare["name"], end=bare["end"])
    if not _named(match["name"]):
        return None
    rest = text[match.end() : match.end() + 1]
    # "Good day-to-day work" and "Dear-ly" greet nobody.
    if match["end"].strip() in {"-", "."} and rest.strip():
        return None
    # `Hola, Dana:` is one greeting; its comma stays with the first word.
    salutation = match["salutation"] + (match["comma"] or "")
    return Greeting(salutation=salutation, name=match["name"], end=match["end"])


def _named(words: str) -> bool:
    """Whether this is whom one greets: "Hello and thanks" greets nobody."""
    parts = words.split()
    return all(part[:1].isupper() or part.lower().strip(".") in _SMALL for part in parts)


def _sign_off_in(text: str, after: int, author: str) -> tuple[int, int]:
    """Where the sign-off stands; twice where the text's own words end when there is none."""
    lines = _lines(text, after)
    filled = [(at, line) for at, line in lines if line.strip()][-_LAST_LINES:]
    own = {part.lower() for part in author.split()}
    for place, (at, line) in enumerate(filled):
        below = [one.strip() for _, one in filled[place + 1 :]]
        phrase = sign_off_of(line) or _before_the_name(line, below, own)
        if phrase and all(_signed(one) for one in below):
            begins = at + line.index(phrase)
            return begins, begins + len(phrase)
    last, line = filled[-1] if filled else (after, "")
    if own and line.strip() and {part.lower() for part in line.split()} <= own:
        # Signed with the bare name.
        return last, last
    return len(text), len(text)


def _before_the_name(line: str, below: Sequence[str], own: set[str]) -> str:
    words = line.strip()
    short = words.endswith(",") and len(words.split()) <= _MOST_WORDS
    named = bool(below) and bool({part.lower() for part in below[0].split()} & own)
    return words.rstrip(" ,") if short and named else ""


def _signed(line: str) -> bool:
    """A name, a title, a telephone number: no sentence."""
    return len(line) <= 80 and not line.endswith(("?", "!"))  # noqa: PLR2004 - a line of a signature


def _lines(text: str, after: int) -> list[tuple[int, str]]:
    found, at = list[tuple[int, str]](), after
    for line in text[after:].split("\n"):
        found.append((at, line))
        at += len(line) + 1
    return found


def pieces_of(body: str) -> tuple[Piece, ...]:
    """The sentences and lines of it."""
    pieces, begins = list[Piece](), 0
    for match in _BREAK.finditer(body):
        blanks = match.group().lstrip("\"'”’»)]")
        ends = match.end() - len(blanks)
        if not _ends_here(body, begins, ends, match.end(), blanks):
            continue
        if body[begins:ends].strip():
            pieces.append(Piece(text=body[begins:ends], after=blanks))
            begins = match.end()
    if body[begins:]:
        pieces.append(Piece(text=body[begins:]))
    return tuple(pieces)


def _ends_here(body: str, begins: int, ends: int, goes_on: int, blanks: str) -> bool:
    if blanks.count("\n") > 1:
        return True
    if "\n" in blanks:
        line = body[body.rfind("\n", 0, ends) + 1 : ends]
        ended = line.rstrip()[-1:] in {".", "!", "?", ":", "…"}
        own = len(line) < _WRAPPED and not body[goes_on : goes_on + 1].islower()
        return own or ended or bool(_BULLET.match(body, goes_on))
    return not _SHORT_FOR.search(body[max(begins, ends - _SHORTS) : ends])
