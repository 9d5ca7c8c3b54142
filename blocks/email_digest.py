"""The digest as a mail: subject, HTML and its plain twin, from one set of words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from jinja2 import Environment, StrictUndefined, Template
from mjml import mjml2html

from services.types.views import DigestView, InboxItem

SHOWN = 10
LONGEST = 220


@dataclass(frozen=True, slots=True, kw_only=True)
class _Item:
    title: str
    why: str
    due: str
    tone: str
    since: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Group:
    title: str
    lines: tuple[str, ...]


def digest_mail(view: DigestView) -> tuple[str, str, str]:
    """(subject, HTML, plain text). Pure: the reader's `now` and zone are in the view."""
    day = _day_words(view.day)
    waits = len(view.waiting)
    headline = {0: "No mail waits for you", 1: "One mail waits for you"}.get(
        waits, f"{waits} mails wait for you"
    )
    zone = _zone(view.reader.timezone)
    items = tuple(_item(item, view.reader.now, zone) for item in view.waiting[:SHOWN])
    groups = tuple(
        _Group(title=title, lines=tuple(_short(line) for line in lines[:SHOWN]))
        for title, lines in (("Answered", view.answered), ("Sent for you", view.sent))
        if lines
    )
    words = {
        "title": headline,
        "preview": "; ".join(item.title for item in items[:3]) or day,
        "day": day,
        "headline": headline,
        "waiting": items,
        "groups": groups,
        "notes": _notes(view),
        "closing": "Decide in Slack: the cards are in your messages with Understudy."
        if items
        else "Have a good day.",
        "footer": f"Understudy's digest for {view.reader.name}. Times are in "
        f"{getattr(zone, 'key', 'UTC').replace('_', ' ')}.",
    }
    return f"{headline}, {day}", _page().render(**words), _plain(words, items, groups)


def _item(item: InboxItem, now: datetime, zone: tzinfo) -> _Item:
    today = now.astimezone(zone).date()
    due, tone = "", "when"
    if item.due is not None:
        late = item.due < today
        due, tone = (
            ("Was due " if late else "Due ") + _near(item.due, today),
            ("late" if item.due <= today else "when"),
        )
    since = item.since.astimezone(zone)
    return _Item(
        title=_short(item.title) or "A mail without a known sender",
        why=_short(item.why),
        due=due,
        tone=tone,
        since=f"Waiting since {since:%H:%M} {_near(since.date(), today)}",
    )


def _notes(view: DigestView) -> tuple[str, ...]:
    notes = []
    more = len(view.waiting) - SHOWN
    if more > 0:
        notes.append(f"{more} more wait in Slack.")
    if view.unsorted:
        one = view.unsorted == 1
        mails = "One mail belongs" if one else f"{view.unsorted} mails belong"
        it = "it" if one else "them"
        notes.append(f"{mails} to no account yet. Sort {it} in Slack: link, lead or ignore.")
    if view.quiet:
        mails = "One mail asked" if view.quiet == 1 else f"{view.quiet} mails asked"
        notes.append(f"{mails} nothing of you and stayed quiet. See /understudy quiet.")
    return tuple(notes)


def _plain(
    words: Mapping[str, object], items: tuple[_Item, ...], groups: tuple[_Group, ...]
) -> str:
    parts = [f"{words['day']}\n{words['headline']}"]
    for item in items:
        when = " · ".join(filter(None, (item.due, item.since)))
        parts.append("\n".join(filter(None, (item.title, item.why, when))))
    parts += [
        f"{group.title}:\n" + "\n".join(f"- {line}" for line in group.lines) for group in groups
    ]
    notes = words["notes"]
    if isinstance(notes, tuple) and notes:
        parts.append("\n".join(notes))
    parts += [str(words["closing"]), f"-- \n{words['footer']}"]
    return "\n\n".join(parts) + "\n"


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else line[: LONGEST - 1].rstrip() + "…"


def _near(day: date, today: date) -> str:
    away = (day - today).days
    names = {-1: "yesterday", 0: "today", 1: "tomorrow"}
    return names.get(away) or f"{day:%a} {day.day} {day:%b}" + (
        f" {day.year}" if day.year != today.year else ""
    )


def _day_words(day: date) -> str:
    return f"{day:%A}, {day.day} {day:%B}"


def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC


@cache
def _page() -> Template:
    """MJML becomes HTML once a process; what varies goes in through Jinja, escaped."""
    source = files("blocks").joinpath("email_digest.mjml").read_text(encoding="utf-8")
    environment = Environment(autoescape=True, undefined=StrictUndefined)
    return environment.from_string(mjml2html(source))
