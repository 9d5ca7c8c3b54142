"""One rule as a form: its bands as lines of text, everything else as single words.

A form is judged by the same reader as a file. It is laid out as a file whose line n is line n of
the bands, so that every sentence about a band names the line in the person's own field.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches

from services.approval_rule_bands import APPROVERS
from services.approval_rule_text import RuleFault, RulesRefused, measure_texts
from services.approval_rules import parse_rules
from services.errors import InvalidInput
from services.types.approvals import TITLE_WORDS, Band, Risk, Rule, RuleSet, Urgency

BANDS = "bands"
NONE = "none"
MAX_LINES = 60
SHOWN = 3
LIKE = "Write it like this: “10 % or 5000 USD: vp_sales, 2 of 3, two people”."
_PERCENTAGE = re.compile(r"(\S+?) ?%")
_AMOUNT = re.compile(
    r"(?P<before>[A-Za-z]{3}) ?(?P<after_it>[-+.\d]\S*)|(?P<before_it>\S+?) ?(?P<after>[A-Za-z]{3})"
)
_QUORUM = re.compile(r"(\d+)(?: of (\d+))?(?: people)?")
_TWO = frozenset({"two people", "two person", "two persons", "two-person"})
_SPOKEN = {
    words.removeprefix("a ").removeprefix("an ").removeprefix("the ").lower(): title
    for title, words in TITLE_WORDS.items()
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleForm:
    """What stands in the form: durations as a file has them, lists with commas, `none` for an
    empty one."""

    bands: str
    sla: Mapping[Urgency, str]
    remind: str
    escalate: str
    expires: str
    read_at_least: str


class FormRefused(InvalidInput):
    """The form can't be used. `field` is the first one with a fault (`bands`, `sla high`, `remind`
    …); the sentence tells what is wrong there, for the bands line by line."""

    def __init__(self, faults: Sequence[RuleFault], field: str) -> None:
        told = [
            f"Line {fault.line}: {fault.sentence}" if field == BANDS else fault.sentence
            for fault in faults[:SHOWN]
        ]
        super().__init__("\n".join(told), field=field)


def bands_text(rule: Rule) -> str:
    """A line per band: where it starts, who decides, how many."""
    return "\n".join(_line(band, first=number == 0) for number, band in enumerate(rule.bands))


def edited(rules: RuleSet, rule: Rule, form: RuleForm) -> RuleSet:
    """The rules with this one as the form has it. Raises FormRefused."""
    head = [f"type: {rule.type}", f"risk: [{', '.join(r for r in Risk if r in rule.risks)}]"]
    lines = form.bands.replace("\r\n", "\n").strip("\n").split("\n")
    if len(lines) > MAX_LINES:
        raise FormRefused([RuleFault(MAX_LINES + 1, "These are too many lines.")], BANDS)
    bands, faults = _bands(lines)
    if faults:
        raise FormRefused(faults, BANDS)
    settings = {
        **{f"sla {one}": form.sla[one] for one in Urgency},
        "remind": _listed(form.remind),
        "escalate": _listed(form.escalate),
        "expires": _word(form.expires),
        "read_at_least": _word(form.read_at_least),
    }
    bands[0] = f"{{rules: [{{{', '.join(head)}, bands: [{bands[0]}"
    bands[-1] += "], sla: {"
    rest = [f"{one}: {_word(form.sla[one])}," for one in Urgency]
    rest[-1] = rest[-1].rstrip(",") + "},"
    rest += [f"{name}: {settings[name]}," for name in ("remind", "escalate", "expires")]
    rest.append(f"read_at_least: {settings['read_at_least']}}}]}}")
    try:
        (found,) = parse_rules("\n".join([*bands, *rest]), version=rules.version).rules
    except RulesRefused as refused:
        raise _at_field(refused, len(lines), tuple(settings)) from None
    return replace(rules, rules=tuple(found if one.id == rule.id else one for one in rules.rules))


def _at_field(refused: RulesRefused, lines: int, names: tuple[str, ...]) -> FormRefused:
    """The faults of the first field that has any: line n of the bands, or the setting after."""
    first = refused.faults[0]
    if first.line <= lines:
        return FormRefused([fault for fault in refused.faults if fault.line <= lines], BANDS)
    return FormRefused([first], names[min(first.line - lines, len(names)) - 1])


# ── Lines ───────────────────────────────────────────────────────────────────────────────────────
def _line(band: Band, *, first: bool) -> str:
    starts = measure_texts(band.percentage, band.amount)
    parts = [band.approver]
    if band.seats != band.needed:
        parts.append(f"{band.quorum} of {band.seats}")
    elif band.quorum > 1:
        parts.append(f"{band.quorum} people")
    if band.two_person:
        parts.append("two people")
    return f"{'0' if first else ' or '.join(starts)}: {', '.join(parts)}"


def _bands(lines: list[str]) -> tuple[list[str], list[RuleFault]]:
    """Each line as a band of a file; an empty line stays one, so that the numbers agree."""
    found: list[str] = []
    faults: list[RuleFault] = []
    for number, line in enumerate(lines, start=1):
        band = _band(" ".join(line.split())) if line.strip() else ""
        if band is None:
            faults.append(RuleFault(number, LIKE))
        found.append(f"{band}," if band else "")
    return found, faults


def _band(line: str) -> str | None:
    starts, colon, decides = line.partition(":")
    measures = _measures(starts.strip())
    if not colon or measures is None:
        return None
    approver, *more = (part.strip() for part in decides.split(","))
    parts = [f"from: {measures}", f"approver: {_word(_title(approver))}"]
    for part in more:
        quorum = _QUORUM.fullmatch(part.lower())
        if part.lower() in _TWO:
            parts.append("two_person: true")
        elif quorum:
            parts.append(f"quorum: {_word(quorum[1])}")
            parts += [f"of: {_word(quorum[2])}"] if quorum[2] else []
        else:
            return None
    return "{" + ", ".join(parts) + "}"


def _measures(starts: str) -> str | None:
    """`10 % or 5000 USD` as a file has it."""
    if re.fullmatch(r"0+ ?%?", starts):
        return "0"
    told = []
    for part in starts.split(" or "):
        percentage, amount = _PERCENTAGE.fullmatch(part.strip()), _AMOUNT.fullmatch(part.strip())
        if percentage:
            told.append(f"percentage: {_word(percentage[1])}")
        elif amount:
            currency = (amount["before"] or amount["after"]).upper()
            told.append(f"{_word(currency)}: {_word(amount['after_it'] or amount['before_it'])}")
        else:
            return None
    return "{" + ", ".join(told) + "}"


def _title(words: str) -> str:
    """A title as the file has it; spoken ones count too."""
    plain = words.lower().strip()
    for article in ("a ", "an ", "the "):
        plain = plain.removeprefix(article)
    joined = plain.replace(" ", "_").replace("-", "_")
    if joined in APPROVERS or plain in _SPOKEN:
        return joined if joined in APPROVERS else _SPOKEN[plain]
    return (get_close_matches(joined, APPROVERS, n=1, cutoff=0.9) or [words])[0]


def _listed(words: str) -> str:
    parts = [part.strip() for part in words.split(",") if part.strip() and part.strip() != NONE]
    return "[" + ", ".join(_word(part) for part in parts) + "]"


def _word(word: str) -> str:
    """Any text as one scalar of YAML."""
    return json.dumps(word)
