"""Answering without a model: what the records say about an account, in a fixed order.

It never pretends to have understood a question. It looks at what the question is after (who
somebody is, what waits, what changed) and lists the stored facts, each with its source.
"""

from collections.abc import Iterator
from datetime import date
from itertools import groupby

from services.types.agent import Aim, AnswerRequest, Kind, Source
from services.zones import zone_of

HONEST = "_No model is configured, so this is what the records say._"
MAILS_SHOWN = 12
WORDS_SHOWN = 150


def answer_offline(request: AnswerRequest) -> Iterator[str]:
    """The brief, a paragraph at a time."""
    for paragraph in _paragraphs(request):
        if paragraph:
            yield f"{paragraph}\n\n"


def _paragraphs(request: AnswerRequest) -> Iterator[str]:
    if request.aim is Aim.PERSON:
        yield _people(request)
    elif request.aim is Aim.WAITING:
        yield _list("Waits for a decision", request, Kind.WAITING, "Nothing waits.")
    else:
        yield f"**{_name(request.account_name)}, {request.period.words}**"
        yield _mails(request)
        yield _list("Meetings", request, Kind.MEETING)
        yield _list("In Slack", request, Kind.SLACK)
        yield _list("Learned", request, Kind.CHANGE)
        yield _list("Signals", request, Kind.SIGNAL)
        yield _list("Promised and asked", request, Kind.PROMISE)
        yield _list("Decided", request, Kind.DECISION)
        yield _list("Approvals", request, Kind.APPROVAL)
        yield _list("Granted", request, Kind.CONCESSION)
        yield _list("Deals as they stand", request, Kind.DEAL)
        yield _list("Still open", request, Kind.WAITING)
        yield _list("Notes", request, Kind.NOTE)
        yield _list("Earlier", request, Kind.SUMMARY)
        yield _spoke(request)
    if request.missing:
        yield f"_I couldn't read {', '.join(request.missing)} just now._"
    yield HONEST


def _of(request: AnswerRequest, kind: Kind) -> list[Source]:
    return [one for one in request.sources if one.kind is kind]


def _list(head: str, request: AnswerRequest, kind: Kind, none: str = "") -> str:
    found = _of(request, kind)
    if not found:
        return none
    return "\n".join([f"**{head}**", *(f"- {_flat(one.title)} [{one.number}]" for one in found)])


def _mails(request: AnswerRequest) -> str:
    """By day, the newest first."""
    found = sorted(_of(request, Kind.MAIL), key=lambda one: str(one.at), reverse=True)
    if not found:
        return f"No mail came or went {request.period.words}."
    lines = ["**Mail**"]
    for day, mails in groupby(found[:MAILS_SHOWN], key=lambda one: _day(one, request)):
        lines.append(f"_{_when(day)}_")
        for mail in mails:
            verb = "wrote" if mail.inbound else "answered"
            words = _cut(_flat(mail.text or mail.title))
            lines.append(f"- {_name(mail.who)} {verb}: {words} [{mail.number}]")
    rest = len(found) - MAILS_SHOWN + request.left_out
    return "\n".join([*lines, *([f"- and {rest} more"] if rest > 0 else [])])


def _people(request: AnswerRequest) -> str:
    """Whoever the qualification names in the asked role, with the words that prove it."""
    found = [one for one in _of(request, Kind.CRITERION) if one.topic]
    if not found:
        named = ", ".join(_name(one.who) for one in _of(request, Kind.CONTACT)[:6])
        known = f" The people I know there: {named}." if named else ""
        return f"Their mails don't show it yet, so I don't know.{known}"
    lines = []
    for one in found:
        proof = f" Their words: {_cut(_flat(one.text))}" if one.text else ""
        lines.append(f"{_flat(one.title)} [{one.number}].{proof}")
    return "\n".join(lines)


def _spoke(request: AnswerRequest) -> str:
    """Who wrote in the period, each once."""
    who = dict.fromkeys(_name(one.who) for one in _of(request, Kind.MAIL) if one.inbound)
    return f"Who wrote: {', '.join(who)}." if who else ""


def _day(source: Source, request: AnswerRequest) -> date:
    if source.at is None:
        return request.today
    return source.at.astimezone(zone_of(request.timezone)).date()


def _when(day: date) -> str:
    return f"{day:%A}, {day.day} {day:%B}"


# Their marks must not format ours.
_CALM = str.maketrans({"*": "\u2217", "`": "\u02cb", "~": "\u223c", "|": "\u00a6"})


def _flat(text: str) -> str:
    return " ".join(text.split()).translate(_CALM)


def _name(text: str) -> str:
    return _flat(text) or "Somebody"


def _cut(text: str) -> str:
    if len(text) <= WORDS_SHOWN:
        return text
    head = text[: WORDS_SHOWN - 1]
    return head[: head.rfind(" ") if " " in head[80:] else len(head)].rstrip(" ,;:") + "…"
