"""A .vtt or .txt file → what was said, by whom and when. Pure.

Zoom writes `Dana Reyes: …` into its cues, Teams marks voices (`<v Dana Reyes>`), Meet's text has a
time on a line of its own and `Dana Reyes: …` below it. Who speaks is only believed where a file
does so throughout: a line that happens to hold a colon is nobody's name.
"""

import html
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import PurePath

from services.errors import InvalidInput
from services.mail.characters import clean_text, one_line
from services.mail.tokens import without_tokens
from services.types.meetings import Turn

LARGEST = 2_000_000
KINDS = (".vtt", ".txt")
MOST_TURNS = 20_000
LONGEST_TURN = 4_000
NAME = 60
# Cues break sentences anywhere: what one person says without a longer pause is one turn.
PAUSE = 30.0
PRINTABLE = 0.9

_CLOCK = r"(?:(\d{1,3}):)?(\d{1,2}):(\d{2})(?:[.,](\d{1,3}))?"
_CUE = re.compile(
    rf"\s*{_CLOCK}\s*-->\s*(?:\d{{1,3}}:)?\d{{1,2}}:\d{{2}}(?:[.,]\d{{1,3}})?(?:\s.*)?\Z"
)
_STAMPED = re.compile(rf"\s*[\[(]?{_CLOCK}[\])]?\s*[-–—]?\s*(.*)\Z", re.DOTALL)  # noqa: RUF001 - dashes people type
_VOICE = re.compile(r"<v(?:\.[^\s>]*)?\s+([^<>]{1,200})>")
_TAG = re.compile(r"</?[a-zA-Z0-9:.]{1,40}(?:\s[^<>]{0,200})?>")
_NAMED = re.compile(rf"([^\W\d_][^:<>\[\]\n]{{0,{NAME - 1}}}?)\s?:\s+(\S.*)\Z", re.DOTALL)
_ABOVE = re.compile(rf"\[?([^\W\d_][^:<>\[\]\n]{{0,{NAME - 1}}}?)\]?\s+{_CLOCK}\s*\Z")
_WORDS_IN_NAME = 6


def read_transcript(data: bytes, name: str) -> tuple[Turn, ...]:
    """The turns. InvalidInput says what is wrong with the file."""
    kind = PurePath(name).suffix.lower()
    if kind not in KINDS:
        raise InvalidInput(f"{_shown(name)} is neither a .vtt nor a .txt file.")
    if len(data) > LARGEST:
        raise InvalidInput(f"{_shown(name)} is larger than 2 MB. A transcript of text is smaller.")
    if not data.strip():
        raise InvalidInput(f"{_shown(name)} is empty.")
    text = _decoded(data, name)
    is_cues = kind == ".vtt" or text.startswith("WEBVTT") or bool(_CUE.search(text[:2_000]))
    turns = _merged(_cleaned(_cues(text) if is_cues else _lines(text)))
    if not turns:
        raise InvalidInput(f"{_shown(name)} holds no words that were said.")
    return turns[:MOST_TURNS]


def spoken_text(turns: Sequence[Turn], leave_out: frozenset[str] = frozenset()) -> str:
    """What was said as one text, a turn a line, without what these (case-folded) people said."""
    lines = (
        f"{turn.speaker}: {turn.text}" if turn.speaker else turn.text
        for turn in turns
        if turn.speaker.casefold() not in leave_out
    )
    return "\n".join(lines)


def _shown(name: str) -> str:
    return one_line(PurePath(name).name)[:80] or "The file"


def _decoded(data: bytes, name: str) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = data.decode("utf-16", "replace")
    elif b"\0" in data:
        raise InvalidInput(f"{_shown(name)} holds no text, but something else.")
    else:
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = data.decode("cp1252", "replace")
    signs = text[:20_000]
    fine = sum(sign.isprintable() or sign in "\r\n\t" for sign in signs if sign != "\ufffd")
    if fine < PRINTABLE * len(signs):
        raise InvalidInput(f"{_shown(name)} holds no text, but something else.")
    return text.replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff")


# ── Cues ────────────────────────────────────────────────────────────────────────────────────────
def _cues(text: str) -> list[Turn]:
    """WebVTT: blocks between empty lines; only those with a time are cues."""
    found: list[tuple[float, str]] = []
    for block in re.split(r"\n[ \t]*\n", text):
        lines = block.strip("\n").split("\n")
        timed = next((at for at, line in enumerate(lines[:3]) if _CUE.match(line)), None)
        if timed is None:
            continue
        body = _split_cues(lines[timed:])
        found += body
    plain = [(at, said) for at, said in found if said.strip()]
    named = _speakers([_without_tags(said) for _, said in plain])
    turns: list[Turn] = []
    for at, said in plain:
        turns += _voices(at, said) or [_by(named, _without_tags(said), at)]
    return turns


def _split_cues(lines: Sequence[str]) -> list[tuple[float, str]]:
    """Some programs leave the empty line between cues out; then a number may stand before each."""
    cues: list[tuple[float, list[str]]] = []
    for line in lines:
        if match := _CUE.match(line):
            if cues and cues[-1][1] and cues[-1][1][-1].strip().isdigit():
                cues[-1][1].pop()
            cues.append((_seconds(match.groups()), []))
        elif cues:
            cues[-1][1].append(line)
    return [(at, "\n".join(said)) for at, said in cues]


def _voices(at: float, said: str) -> list[Turn]:
    """`<v Dana Reyes>…`: one cue may hold several."""
    pieces = _VOICE.split(said)
    # What is split by one group alternates: words, name, words, name, words…
    return [
        Turn(at=at, speaker=html.unescape(speaker), text=_without_tags(words))
        for speaker, words in zip(pieces[1::2], pieces[2::2], strict=True)
    ]


def _without_tags(said: str) -> str:
    return html.unescape(_TAG.sub("", said))


def _seconds(parts: Sequence[str | None]) -> float:
    hours, minutes, seconds, rest = (int(part or 0) for part in parts[:4])
    thousandths = int(str(parts[3] or "0").ljust(3, "0")) if rest else 0
    return float(hours * 3600 + minutes * 60 + seconds) + thousandths / 1000


# ── Lines ───────────────────────────────────────────────────────────────────────────────────────
def _lines(text: str) -> list[Turn]:
    """`Speaker: text`, `[00:01:02] Speaker: text`, a speaker with a time above what they said, or
    bare paragraphs."""
    paragraphs = list(_paragraphs(text))
    named = _speakers([said for _, above, said in paragraphs if not above])
    turns: list[Turn] = []
    for at, above, said in paragraphs:
        turn = Turn(at=at, speaker=above, text=said) if above else _by(named, said, at)
        if not turn.speaker and turns and named and at is None and not _names_another(said):
            turn = Turn(at=turns[-1].at, speaker=turns[-1].speaker, text=said)
        turns.append(turn)
    return turns


def _paragraphs(text: str) -> Iterator[tuple[float | None, str, str]]:
    """(time, speaker named above, words) of each line that says something."""
    at: float | None = None
    above = ""
    fresh = False
    for line in text.split("\n"):
        plain = line.strip()
        if not plain:
            continue
        if match := _ABOVE.match(plain):
            above, at, fresh = match[1], _seconds(match.groups()[1:]), True
            continue
        match = _STAMPED.match(plain)
        if match is not None:
            at, fresh, plain = _seconds(match.groups()), True, match[5].strip()
            if not plain:
                above = ""
                continue
        yield (at if fresh else None), above, plain
        fresh = False


def _speakers(texts: Sequence[str]) -> frozenset[str]:
    """The names before colons, where most of a file is written so or a name comes again."""
    names = Counter(
        match[1] for text in texts if (match := _NAMED.match(text)) and _like_a_name(match[1])
    )
    spoken = sum(names.values())
    if spoken * 2 >= len(texts):
        return frozenset(names)
    again = frozenset(name for name, count in names.items() if count > 1)
    return again if sum(names[name] for name in again) * 5 >= len(texts) else frozenset()


def _like_a_name(text: str) -> bool:
    words = text.split()
    return len(words) <= _WORDS_IN_NAME and not text.lower().startswith(("http", "www"))


def _names_another(text: str) -> bool:
    """`Tom Reyes: …` goes on with nobody's words, even where Tom Reyes speaks only once."""
    match = _NAMED.match(text)
    return match is not None and _like_a_name(match[1]) and match[1].istitle()


def _by(named: frozenset[str], said: str, at: float | None) -> Turn:
    match = _NAMED.match(said)
    if match is not None and match[1] in named:
        return Turn(at=at, speaker=match[1], text=match[2])
    return Turn(at=at, text=said)


# ── All ─────────────────────────────────────────────────────────────────────────────────────────
def _cleaned(turns: Sequence[Turn]) -> Iterator[Turn]:
    for turn in turns:
        words = one_line(without_tokens(clean_text(turn.text)))
        speaker = one_line(turn.speaker)[:NAME]
        for start in range(0, len(words), LONGEST_TURN):
            yield Turn(at=turn.at, speaker=speaker, text=words[start : start + LONGEST_TURN])


def _merged(turns: Iterator[Turn]) -> tuple[Turn, ...]:
    """What one person says on and on is one turn; unnamed paragraphs stay apart."""
    merged: list[Turn] = []
    last: float | None = None
    for turn in turns:
        before = merged[-1] if merged else None
        goes_on = (
            before is not None
            and bool(turn.speaker)
            and turn.speaker == before.speaker
            and len(before.text) + len(turn.text) < LONGEST_TURN
            and (turn.at is None or last is None or turn.at - last <= PAUSE)
        )
        if goes_on and before is not None:
            merged[-1] = Turn(
                at=before.at, speaker=before.speaker, text=f"{before.text} {turn.text}"
            )
        else:
            merged.append(turn)
        last = turn.at if turn.at is not None else last
    return tuple(merged)
