"""How signals are called on cards and in lists."""

from blocks.parts import moment, one_line, short
from blocks.terms import excerpt
from services.types.alert_lines import AlertLine
from services.types.model import SignalKind
from services.types.signals import CATALOGUE, Severity, SignalName
from services.types.views import Reader

NUMBERS = (
    "No",
    "One",
    "Two",
    "Three",
    "Four",
    "Five",
    "Six",
    "Seven",
    "Eight",
    "Nine",
    "Ten",
    "Eleven",
    "Twelve",
)
KINDS = {
    SignalKind.RISK: "risk",
    SignalKind.BUYING: "buying signal",
    SignalKind.ENGAGEMENT: "change",
}
PROOF = 150


def name_words(name: SignalName) -> str:
    """`about to leave`."""
    return CATALOGUE[name].words


def severity_words(severity: Severity, kind: SignalKind) -> str:
    """`Critical risk`."""
    return f"{severity.value.capitalize()} {KINDS[kind]}"


def number_words(number: int) -> str:
    """`Ten`, `13`."""
    return NUMBERS[number] if number < len(NUMBERS) else f"{number:,}"


def line_words(line: AlertLine, reader: Reader) -> str:
    """Two lines of mrkdwn: what, how grave and since when; then the proof."""
    when = moment(line.raised_at, reader.now, reader.timezone)
    taken = " · somebody is on it" if line.acknowledged else ""
    proof = short(excerpt(line.proof or line.why, "", PROOF), PROOF)
    head = f"*{short(line.account_name, 80)}: {name_words(line.name)}*"
    return f"{head} · {line.severity.value} · {when}{taken}\n{proof}"


def plain_line(line: AlertLine) -> str:
    """The same in one line without markup: `Acme: about to leave (critical). “We …”`."""
    proof = excerpt(one_line(line.proof or line.why), "", PROOF)
    said = f"{line.account_name}: {name_words(line.name)} ({line.severity.value})"
    return f"{said}. {proof}" if proof else said
