"""The text of an approval rules file: YAML with line numbers, and the values that stand in it.

Every reader here takes a YAML node and either gives a value or writes down a fault with the node's
line and gives None, so that one look at a file tells everything that is wrong with it.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from difflib import get_close_matches

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from services.errors import InvalidInput

MAX_BYTES = 64 * 1024
MAX_DEPTH = 8
MAX_FAULTS = 50
LARGEST = Decimal(10) ** 12
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_LINE_END = re.compile("\r\n|\r")
# Characters that an editor doesn't show, or counts as a line where YAML does not.
_UNSEEN = re.compile(
    "[^\t\n\x20-\x7e\xa0-\u2027\u202f-\u205f\u2070-\ud7ff"
    "\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)
_NUMBER = re.compile(r"(0|[1-9]\d*|[1-9]\d{0,2}(?:,\d{3})+)(\.\d+)?")
_DURATION = re.compile(r"(\d{1,6}) ?(s|m|h|d|w)")
_CURRENCY = re.compile(r"[A-Z]{3}")
_UNITS = {"w": 604_800, "d": 86_400, "h": 3600, "m": 60, "s": 1}
_YES, _NO = frozenset({"true", "yes", "on"}), frozenset({"false", "no", "off"})
_NO_NUMBERS = frozenset({"nan", "inf", "infinity"})


@dataclass(frozen=True, slots=True)
class RuleFault:
    """What is wrong, in a sentence, and on which line."""

    line: int
    sentence: str


class RulesRefused(InvalidInput):
    """The file can't be used; `faults` says why, line by line."""

    def __init__(self, faults: Sequence[RuleFault], *, field: str | None = None) -> None:
        self.faults = tuple(sorted(faults, key=lambda fault: fault.line))
        first, more = self.faults[0], len(self.faults) - 1
        rest = f" {more} more like this." if more else ""
        super().__init__(f"Line {first.line}: {first.sentence}{rest}", field=field)


def decode_rules(data: bytes) -> str:
    """The bytes of a file as text. Raises RulesRefused."""
    if len(data) > MAX_BYTES:
        raise RulesRefused([RuleFault(1, "The file is larger than 64 KB.")])
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise RulesRefused([RuleFault(line, "This isn't UTF-8. Save the file as UTF-8.")]) from None


def compose(text: str) -> Node:
    """The file's one document as nodes. Raises RulesRefused for what isn't plain YAML."""
    text = _LINE_END.sub("\n", text.removeprefix("\ufeff"))
    if len(text.encode(errors="replace")) > MAX_BYTES:
        raise RulesRefused([RuleFault(1, "The file is larger than 64 KB.")])
    if unseen := _UNSEEN.search(text):
        line = text.count("\n", 0, unseen.start()) + 1
        raise RulesRefused(
            [RuleFault(line, f"There is a character that can't be seen (U+{ord(unseen[0]):04X}).")]
        )
    try:
        _refuse_tricks(text)
        root = yaml.compose(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        raise RulesRefused([_syntax_fault(error, text)]) from None
    if root is None:
        raise RulesRefused([RuleFault(1, "The file is empty.")])
    return root


def _refuse_tricks(text: str) -> None:
    """Looks at the flat stream of events first: what could be large or strange as a tree never
    becomes one."""
    depth, documents = 0, 0
    for event in yaml.parse(text, Loader=_LOADER):
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) is not None:
            raise RulesRefused([RuleFault(line, "Anchors and aliases (& and *) aren't used here.")])
        if getattr(event, "tag", None) not in (None, "!"):
            raise RulesRefused([RuleFault(line, "Tags (!) aren't used here.")])
        if isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            if documents > 1:
                raise RulesRefused([RuleFault(line, "A second document begins; write one.")])
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                raise RulesRefused([RuleFault(line, "This is nested too deeply.")])
        if isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _syntax_fault(error: yaml.MarkedYAMLError, text: str) -> RuleFault:
    mark = error.problem_mark or error.context_mark
    line = min(mark.line + 1 if mark else 1, text.count("\n") + 1)
    written = text.split("\n")[line - 1]
    if written[: len(written) - len(written.lstrip())].count("\t"):
        return RuleFault(line, "The line begins with a tab; YAML is indented with blanks.")
    problem = (error.problem or "it can't be read").strip()
    return RuleFault(line, f"This isn't YAML: {problem[:160]}.")


def shown(node: Node) -> str:
    """What stands there, for a sentence."""
    if isinstance(node, ScalarNode):
        value = " ".join(str(node.value).split())
        return f"“{value[:40]}{'…' if len(value) > 40 else ''}”"  # noqa: PLR2004 - fits a line
    return "a list" if isinstance(node, SequenceNode) else "a group of settings"


def line_of(node: Node) -> int:
    return int(node.start_mark.line) + 1


@dataclass(slots=True)
class Reader:
    """Reads nodes and collects faults."""

    faults: list[RuleFault] = field(default_factory=list)

    def fault(self, where: Node | int, sentence: str) -> None:
        if len(self.faults) < MAX_FAULTS:
            line = where if isinstance(where, int) else line_of(where)
            self.faults.append(RuleFault(line, sentence[0].upper() + sentence[1:]))

    def fields(self, node: Node, known: Sequence[str], what: str) -> dict[str, Node]:
        """A group's settings by name; unknown and repeated names are faults."""
        if not isinstance(node, MappingNode):
            self.fault(node, f"Here should be {what}, and it is {shown(node)}.")
            return {}
        if not node.value:
            self.fault(node, f"Here should be {what}, and it is empty.")
        found: dict[str, Node] = {}
        for key, value in node.value:
            name = str(key.value) if isinstance(key, ScalarNode) else ""
            if name in found:
                self.fault(key, f"“{name}” is written twice; line {line_of(found[name])} has one.")
            elif name not in known:
                self.fault(key, f"I don't know the setting {shown(key)}.{nearest(name, known)}")
            else:
                found[name] = value
        return found

    def currencies(self, node: MappingNode, also: str) -> dict[str, Node]:
        """A group named by currencies, and by `also`."""
        found: dict[str, Node] = {}
        for key, value in node.value:
            name = str(key.value) if isinstance(key, ScalarNode) else ""
            if name in found:
                self.fault(key, f"“{name}” is written twice.")
            elif name != also and not _CURRENCY.fullmatch(name):
                self.fault(key, f"{shown(key)} is neither “{also}” nor a currency like USD.")
            else:
                found[name] = value
        if not found and not node.value:
            self.fault(node, f"Here should be “{also}” or a currency with an amount.")
        return found

    def items(self, node: Node, what: str) -> list[Node]:
        """A list's entries; one entry alone needs no list."""
        if isinstance(node, SequenceNode):
            return list(node.value)
        if isinstance(node, ScalarNode) and not is_empty(node):
            return [node]
        self.fault(node, f"Here should be {what}.")
        return []

    def word(self, node: Node, known: Sequence[str], what: str) -> str | None:
        """One of the known words."""
        value = str(node.value) if isinstance(node, ScalarNode) else ""
        if value in known:
            return value
        self.fault(node, f"I don't know the {what} {shown(node)}.{nearest(value, known)}")
        return None

    def flag(self, node: Node, what: str) -> bool:
        value = str(node.value).lower() if isinstance(node, ScalarNode) else ""
        if value not in _YES | _NO:
            self.fault(node, f"“{what}” is true or false, not {shown(node)}.")
        return value in _YES

    def count(self, node: Node, what: str, most: int) -> int | None:
        """A whole number from 1."""
        value = str(node.value) if isinstance(node, ScalarNode) else ""
        if re.fullmatch(r"[1-9]\d{0,5}", value) and int(value) <= most:
            return int(value)
        self.fault(node, f"“{what}” is a whole number from 1 to {most}, not {shown(node)}.")
        return None

    def percentage(self, node: Node) -> Decimal | None:
        value = self._number(node, sign="%")
        if value is not None and value > 100:  # noqa: PLR2004 - a hundred percent
            self.fault(node, f"{shown(node)} is more than 100 %.")
            return None
        return self._fine(node, value, 4)

    def amount(self, node: Node) -> Decimal | None:
        value = self._number(node)
        if value is not None and value > LARGEST:
            self.fault(node, f"{shown(node)} is larger than any amount I take.")
            return None
        return self._fine(node, value, 2)

    def duration(
        self, node: Node, what: str, *, least: timedelta, most: timedelta
    ) -> timedelta | None:
        value = str(node.value).strip() if isinstance(node, ScalarNode) else ""
        match = _DURATION.fullmatch(value)
        if match is None:
            self.fault(node, f"{shown(node)} isn't a duration like 24h, 90m or 3d.")
            return None
        found = timedelta(seconds=int(match[1]) * _UNITS[match[2]])
        if not least <= found <= most:
            between = f"from {duration_text(least)} to {duration_text(most)}"
            self.fault(node, f"“{what}” is {between}, not {duration_text(found)}.")
            return None
        return found

    def _number(self, node: Node, *, sign: str = "") -> Decimal | None:
        value = str(node.value).strip() if isinstance(node, ScalarNode) else ""
        bare = value.removesuffix(sign).rstrip() if sign else value
        if _NUMBER.fullmatch(bare) and bare.isascii():
            return Decimal(bare.replace(",", ""))
        if _NUMBER.fullmatch(bare.removeprefix("-").strip()):
            self.fault(node, f"{shown(node)} is negative; it starts at 0.")
        elif bare.lower().lstrip("+-.") in _NO_NUMBERS:
            self.fault(node, f"{shown(node)} is no number that a request could be compared with.")
        else:
            self.fault(node, f"{shown(node)} isn't a number like 10 or 2500.50.")
        return None

    def _fine(self, node: Node, value: Decimal | None, places: int) -> Decimal | None:
        if value is not None and value != round(value, places):
            self.fault(node, f"{shown(node)} has more than {places} decimal places.")
            return None
        return value


def is_empty(node: Node) -> bool:
    """Nothing was written after the colon."""
    return isinstance(node, ScalarNode) and node.tag == "tag:yaml.org,2002:null"


def nearest(value: str, known: Sequence[str]) -> str:
    """What was probably meant."""
    close = get_close_matches(value.lower().replace(" ", "_"), known, n=1, cutoff=0.6)
    return f" Did you mean “{close[0]}”?" if close else f" I know {', '.join(known)}."


def duration_text(value: timedelta) -> str:
    """`24h`, `90m`, `7d`: the largest unit that says it whole; hours up to two days."""
    seconds = int(value.total_seconds())
    for unit, size in _UNITS.items():
        large = unit in "wd" and seconds < 2 * _UNITS["d"]
        if unit != "w" and not large and seconds % size == 0 and seconds >= size:
            return f"{seconds // size}{unit}"
    return "0s"


def number_text(value: Decimal) -> str:
    """Without an exponent and without idle zeros."""
    return format(value.normalize() + 0, "f")


def measure_texts(percentage: Decimal | None, amount: Mapping[str, Decimal]) -> list[str]:
    """`10 %`, `5,000 USD`: a threshold's measures as people write them."""
    found = [f"{number_text(percentage)} %"] if percentage is not None else []
    for currency, value in amount.items():
        figure = f"{value:,.0f}" if value == value.to_integral_value() else f"{value:,.2f}"
        found.append(f"{figure} {currency}")
    return found
