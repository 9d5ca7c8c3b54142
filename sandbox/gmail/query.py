"""Gmail's search box: the operators the API's `q` takes."""

import re
import shlex
from collections.abc import Callable
from datetime import UTC, datetime

from sandbox.gmail import mime
from sandbox.gmail.errors import invalid
from sandbox.gmail.model import Mailbox, Message

Test = Callable[[Message], bool]
_DAY_MS = 86_400_000
_SPAN = re.compile(r"(\d+)([dmyh])")
_UNIT_MS = {"h": 3_600_000, "d": _DAY_MS, "m": 30 * _DAY_MS, "y": 365 * _DAY_MS}
_PLACES = {"drafts": "DRAFT", "draft": "DRAFT", "inbox": "INBOX", "sent": "SENT"}
_GROUPED = re.compile(r"(\w+):([({])([^(){}]*)[)}]")
_WORD = re.compile(r'-?"[^"]*"|\S+')
_HIDDEN = frozenset({"SPAM", "TRASH"})
_ADDRESS_FIELDS: dict[str, Callable[[Message], str]] = {
    "from": lambda m: m.meta.sender,
    "to": lambda m: f"{m.meta.to} {m.meta.cc} {m.meta.bcc}",
    "cc": lambda m: m.meta.cc,
    "bcc": lambda m: m.meta.bcc,
    "subject": lambda m: m.meta.subject,
}


class Search:
    """A parsed query; `matches` also hides spam and trash unless they were asked for."""

    def __init__(self, query: str, mailbox: Mailbox, now_ms: int, *, hidden_too: bool) -> None:
        self._mailbox = mailbox
        self._now_ms = now_ms
        self._hidden_too = hidden_too
        self._tests = self._parse(query)

    def matches(self, message: Message) -> bool:
        if not self._hidden_too and message.labels & _HIDDEN:
            return False
        return all(test(message) for test in self._tests)

    def _parse(self, query: str) -> list[Test]:
        tests: list[list[Test]] = []
        join = False
        braces = False
        for token in _tokens(query):
            if token == "OR":
                join = True
                continue
            if token in "{}()":
                braces = token == "{" or (braces and token != "}")
                join = False
                if token == "{":
                    tests.append([])
                continue
            test = self._term(token)
            if (join or braces) and tests:
                tests[-1].append(test)
            else:
                tests.append([test])
            join = False
        return [lambda m, group=group: any(t(m) for t in group) for group in tests if group]  # type: ignore[misc]

    def _term(self, token: str) -> Test:
        if token.startswith("-") and len(token) > 1:
            inner = self._term(token[1:])
            return lambda m: not inner(m)
        name, colon, value = token.partition(":")
        return self._operator(name.lower(), value) if colon else _text(token)

    def _operator(self, name: str, value: str) -> Test:
        """An operator Gmail doesn't know is searched for as text, as Gmail does."""
        if name in _ADDRESS_FIELDS:
            read, wanted = _ADDRESS_FIELDS[name], value.lower()
            return lambda m: wanted in read(m).lower()
        if name == "rfc822msgid":
            return lambda m: m.meta.message_id.strip("<>") == value.strip("<>")
        for names, build in (
            (("in", "is", "label", "has"), self._place),
            (("after", "newer", "before", "older", "newer_than", "older_than"), self._when),
            (("larger", "smaller", "size"), _size),
        ):
            if name in names:
                return build(name, value)
        return _text(f"{name}:{value}")

    def _place(self, name: str, value: str) -> Test:
        value = value.lower()
        if value in ("anywhere", "spam", "trash") and name in ("in", "label"):
            self._hidden_too = True
        if value in ("anywhere", "all"):
            return lambda _: True
        if name == "has" and value == "attachment":
            return lambda m: any(mime.file_name(p) for p in mime.leaves(mime.parse(m.raw)))
        if value == "read":
            return lambda m: "UNREAD" not in m.labels
        wanted = self._label(value)
        return lambda m: wanted in m.labels

    def _label(self, value: str) -> str:
        flat = value.replace("-", " ").replace("/", " ")
        for label in self._mailbox.labels.values():
            name = label.name.lower()
            if value in (name, label.id.lower()) or flat == name.replace("/", " "):
                return label.id
        return _PLACES.get(value, value.upper())

    def _when(self, name: str, value: str) -> Test:
        if name.endswith("_than"):
            span = _SPAN.fullmatch(value.lower())
            if not span:
                raise invalid(f"Invalid search: {name}:{value}")
            edge = self._now_ms - int(span[1]) * _UNIT_MS[span[2]]
        else:
            edge = _moment(value)
        if name in ("after", "newer", "newer_than"):
            return lambda m: m.internal_ms >= edge
        return lambda m: m.internal_ms < edge


def _spread(match: re.Match[str]) -> str:
    """`from:(a b)` means `from:a from:b`, and `from:{a b}` either of them."""
    words = [word if word == "OR" else f"{match[1]}:{word}" for word in _WORD.findall(match[3])]
    inside = " ".join(words)
    return f"{{{inside}}}" if match[2] == "{" else inside


def _tokens(query: str) -> list[str]:
    spaced = re.sub(r"([(){}])", r" \1 ", _GROUPED.sub(_spread, query))
    lexer = shlex.shlex(spaced, posix=True)
    lexer.whitespace_split = True
    lexer.commenters = ""
    lexer.quotes = '"'
    lexer.escape = ""
    try:
        return list(lexer)
    except ValueError:  # an open quotation mark: Gmail takes the words as they stand
        return spaced.replace('"', " ").split()


def _text(words: str) -> Test:
    wanted = words.lower()

    def test(message: Message) -> bool:
        head = f"{message.meta.subject} {message.meta.sender} {message.meta.to}".lower()
        return wanted in head or wanted in (
            mime.bodies(mime.parse(message.raw[: mime.HEAD_BYTES]))[0].lower()
        )

    return test


def _size(name: str, value: str) -> Test:
    match = re.fullmatch(r"(\d+)([kKmM]?)", value)
    if not match:
        raise invalid(f"Invalid search: {name}:{value}")
    size = int(match[1]) * {"": 1, "k": 1024, "m": 1024 * 1024}[match[2].lower()]
    if name == "smaller":
        return lambda m: len(m.raw) < size
    return lambda m: len(m.raw) >= size


def _moment(value: str) -> int:
    if value.isdigit() and len(value) > len("20260101"):
        return int(value) * 1000
    match = re.fullmatch(r"(\d{4})[/-](\d{1,2})[/-](\d{1,2})", value)
    try:
        if match:
            year, month, day = (int(part) for part in match.groups())
            return int(datetime(year, month, day, tzinfo=UTC).timestamp() * 1000)
        return int(value) * 1000
    except ValueError:
        raise invalid(f"Invalid search date: {value}") from None
