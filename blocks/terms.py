"""Stored words as people say them."""

import re
from collections.abc import Sequence
from datetime import date

from blocks.parts import clock_time, day, in_words, one_line
from services.types.qualification import Criterion
from services.types.views import Reader, UndoView

CRITERIA: dict[str, str] = {
    Criterion.BUDGET: "Budget",
    Criterion.AUTHORITY: "Authority",
    Criterion.NEED: "Need",
    Criterion.TIMELINE: "Timeline",
    Criterion.METRICS: "Metrics",
    Criterion.ECONOMIC_BUYER: "Economic buyer",
    Criterion.DECISION_CRITERIA: "Decision criteria",
    Criterion.DECISION_PROCESS: "Decision process",
    Criterion.IDENTIFY_PAIN: "Pain",
    Criterion.CHAMPION: "Champion",
}
# True of every card these days, or said elsewhere on it: such a reason tells the reader nothing.
_ALWAYS = frozenset(
    {
        "A person decides on every action of this kind.",
        "The stage of the deal is not known.",
        "The sender is unverified.",
        "The mail tries to give orders to a machine.",
        "The check of the draft found something to look at.",
    }
)
_SPECIAL: dict[str, str] = {
    "The kill switch is on.": "everything is stopped",
    "This kind of action is switched off.": "switched off",
    "I don't know this kind of action, so a person decides.": "unusual kind of answer",
    "The amount of the deal is not known.": "deal amount not known",
    "The amount of the deal can't be compared with the limit.": "deal amount can't be compared",
    "The amount of the deal is above the limit.": "large deal",
    "I have been too sure of mails like this one.": "I have been too sure of mails like this",
    "This person has not been in touch with us before.": "first contact",
    "The recipient's position is not known.": "their position is not known",
    "I can't check prices and terms in this language.": "a language I can't check prices in",
    "I send a proposal only with a person's approval.": "a proposal",
    "I talk about prices only with a person's approval.": "talks about prices",
    "I negotiate terms only with a person's approval.": "negotiates terms",
    "I move a deal past evaluation only with a person's approval.": "moves the deal on",
    "I write to the top management only with a person's approval.": "goes to top management",
}
_NEVER = "I never "
_STAGE = re.compile(r"The deal's stage is (.+)\.")
_DATED = re.compile(r"\s*\((\d{4}-\d{2}-\d{2})\)$")
_LONG_VALUE = 70
_TELLING = 40


def criterion_name(criterion: str) -> str:
    """`identify_pain` is pain."""
    return CRITERIA.get(criterion, criterion.replace("_", " ").capitalize())


def listed(names: Sequence[str], most: int) -> str:
    """`need, metrics, pain and 2 more`."""
    shown = list(names[:most])
    rest = len(names) - len(shown)
    return ", ".join(shown) + (f" and {rest} more" if rest else "")


def value_words(value: str, quote: str, today: date) -> str:
    """The value beside its quote; empty when it only says the quote again."""
    flat = one_line(value)
    found = _DATED.search(flat)
    if found:
        try:
            return day(date.fromisoformat(found[1]), today)
        except ValueError:
            flat = flat[: found.start()]
    repeats = flat.casefold() in one_line(quote).casefold()
    return "" if (repeats and len(flat) > _TELLING) or len(flat) > _LONG_VALUE else flat


def excerpt(quote: str, value: str, length: int) -> str:
    """At most so many characters of a quote, cut between words, around what it proves."""
    text = one_line(quote)
    if len(text) <= length:
        return text
    at = text.casefold().find(one_line(value).casefold()) if value.strip() else 0
    if at > 0 and at + min(len(value), length) > length:
        start = text.rfind(" ", 0, max(at - 20, 0)) + 1
        return "…" + _between_words(text[start:], length - 1)
    return _between_words(text, length)


STRANGER = (
    "Whoever wrote this stands in a thread with the account and is no contact of it. I learned "
    "nothing from it, and answered without the mails they were not on."
)


def policy_words(reasons: Sequence[str]) -> list[str]:
    """What is special about this one; what holds for every mail is left out."""
    words: list[str] = []
    for reason in reasons:
        if reason in _ALWAYS or reason.startswith(_NEVER):
            continue
        stage = _STAGE.fullmatch(reason)
        fallback = reason.rstrip(".")[:80]
        words.append(stage[1] if stage else _SPECIAL.get(reason, fallback))
    return list(dict.fromkeys(word for word in words if word.strip()))


def never_words(reasons: Sequence[str]) -> str:
    """What no approval makes right, or nothing."""
    return next((reason.rstrip(".") for reason in reasons if reason.startswith(_NEVER)), "")


def due_words(due: date, today: date) -> str:
    """When it is due, so that it stands out."""
    when = day(due, today)
    if due < today:
        return f"*was due {when}*"
    return f"*due {when}*" if when in ("today", "tomorrow") else f"*by {when}*"


def health_words(health: int | None) -> str:
    """`good (74)`."""
    if health is None:
        return "health not known"
    steps = ((80, "very good"), (60, "good"), (40, "fair"), (20, "poor"))
    word = next((name for border, name in steps if health >= border), "very poor")
    return f"health {word} ({health})"


def state_words(state: str) -> str:
    """`at_risk` is at risk."""
    return one_line(state.replace("_", " "))


def sentence(text: str) -> str:
    """The first letter a capital, also behind the mark of bold words."""
    at = 1 if text.startswith("*") else 0
    return text[:at] + text[at : at + 1].upper() + text[at + 1 :]


def _between_words(text: str, length: int) -> str:
    if len(text) <= length:
        return text
    head = text[: length - 1]
    space = head.rfind(" ")
    return (head[:space] if space > length // 2 else head).rstrip(" ,;:") + "…"


def leaving_words(undo: UndoView, reader: Reader) -> str:
    """`leaves at 10:43 (in a minute)`."""
    away = in_words(undo.leaves_at - reader.now)
    return f"leaves at {clock_time(undo.leaves_at, reader.timezone)} ({away})"
