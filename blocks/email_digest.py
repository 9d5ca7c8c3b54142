"""The digest as a mail: subject, HTML and its plain twin, from one set of words."""

from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from blocks.alert_words import plain_line
from blocks.approval_facts import zone_of
from blocks.digest_learning import learning_words
from blocks.goal_words import pace, plain_title
from blocks.mail_frame import FootLink, framed, plain_foot
from services.types.goals import GoalLine
from services.types.views import DigestApproval, DigestLinks, DigestView, InboxItem

SHOWN = 10
LONGEST = 220
DECIDE = "Decide in Slack: the cards are in your messages with Understudy."
OR_DECIDE = "Or decide in Slack: the cards are in your messages with Understudy."
BUTTONS = "The buttons open a page; nothing is decided before you confirm there."
NOWHERE = DigestLinks()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Item:
    title: str
    why: str
    due: str
    tone: str
    since: str
    url: str
    button: str
    look: str = "no"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    title: str
    items: tuple[_Item, ...] = ()
    lines: tuple[str, ...] = ()


def digest_mail(view: DigestView, links: DigestLinks = NOWHERE) -> tuple[str, str, str]:
    """(subject, HTML, plain text). Pure: the reader's `now` and zone are in the view."""
    day, headline, zone = _day_words(view.day), _headline(view), zone_of(view.reader.timezone)
    parts = _parts(view, links, zone)
    items = [item for part in parts for item in part.items]
    notes, buttons = _notes(view, zone), any(item.url for item in items)
    closing = (OR_DECIDE if buttons else DECIDE) if items else "Have a good day."
    footer = _footer(view, links, zone, buttons=buttons)
    foot_links = _foot_links(links)
    html = framed("email_digest").render(
        title=headline,
        preview="; ".join(item.title for item in items[:3]) or day,
        day=day,
        headline=headline,
        parts=parts,
        notes=notes,
        closing=closing,
        footer=footer,
        links=foot_links,
    )
    plain = [f"{day}\n{headline}", *(_plain(part) for part in parts)]
    plain += ["\n".join(notes), closing, plain_foot(footer, foot_links)]
    return f"{headline}, {day}", html, "\n\n".join(filter(None, plain)) + "\n"


def _headline(view: DigestView) -> str:
    mails = max(len(view.waiting), view.total)
    counts = [(len(view.approvals), "approval"), (mails, "mail")]
    named = [_count(number, word) for number, word in counts if number]
    if not named:
        return "No mail waits for you"
    verb = "waits" if sum(number for number, _ in counts) == 1 else "wait"
    words = " and ".join([named[0], *(one[0].lower() + one[1:] for one in named[1:])])
    return f"{words} {verb} for you"


def _count(number: int, word: str) -> str:
    return f"One {word}" if number == 1 else f"{number} {word}s"


def _parts(view: DigestView, links: DigestLinks, zone: tzinfo) -> tuple[_Part, ...]:
    now = view.reader.now
    more = bool(view.approvals or view.alerts or view.signals or view.goals)
    approvals = tuple(_approval(one, now, zone, links) for one in view.approvals[:SHOWN])
    drafts = tuple(_item(one, now, zone, links) for one in view.waiting[:SHOWN])
    listed = (
        ("Answered", view.answered),
        ("Sent for you", view.sent),
        ("I sent by myself", _own(view, zone)),
    )
    parts = (
        _Part(title="Needs you", lines=tuple(_short(line) for line in view.alerts[:SHOWN])),
        _Part(title="At your accounts", lines=tuple(_signals(view))),
        _Part(title="Fallen behind", lines=tuple(_goal(one) for one in view.goals[:SHOWN])),
        _Part(title="To decide", items=approvals),
        _Part(title="Drafts that wait" if more else "", items=drafts),
        *(
            _Part(title=title, lines=tuple(_short(line) for line in lines[:SHOWN]))
            for title, lines in listed
        ),
    )
    return tuple(part for part in parts if part.items or part.lines)


def _goal(one: GoalLine) -> str:
    return _short(f"{plain_title(one)}: {pace(one)}")


def _own(view: DigestView, zone: tzinfo) -> tuple[str, ...]:
    """`Northwind · Dana Reyes, 14:07 today`."""
    today = view.reader.now.astimezone(zone).date()
    lines = []
    for one in view.by_myself:
        who = " · ".join(filter(None, (one.account, one.person))) or "somebody"
        left = one.at.astimezone(zone)
        lines.append(f"{who}, {left:%H:%M} {_near(left.date(), today)}")
    return tuple(lines)


def _signals(view: DigestView) -> list[str]:
    lines = [_short(plain_line(one)) for one in view.signals]
    rest = view.signals_total - len(view.signals)
    return [*lines, f"{rest} more: /understudy alerts in Slack."] if rest > 0 else lines


def _approval(one: DigestApproval, now: datetime, zone: tzinfo, links: DigestLinks) -> _Item:
    today, due = now.astimezone(zone).date(), one.due_at.astimezone(zone)
    late = one.due_at < now
    return _Item(
        title=_short(one.title),
        why=_short(one.why),
        due=f"{'Was due' if late else 'Due'} {_near(due.date(), today)}, {due:%H:%M}",
        tone="late" if due.date() <= today else "when",
        since="",
        url=links.pages.get(one.request_id, ""),
        button="Decide",
        look="yes",
    )


def _item(item: InboxItem, now: datetime, zone: tzinfo, links: DigestLinks) -> _Item:
    today = now.astimezone(zone).date()
    due, tone = "", "when"
    if item.due is not None:
        due = ("Was due " if item.due < today else "Due ") + _near(item.due, today)
        tone = "late" if item.due <= today else "when"
    since = item.since.astimezone(zone)
    return _Item(
        title=_short(item.title) or "A mail without a known sender",
        why=_short(item.why),
        due=due,
        tone=tone,
        since=f"Waiting since {since:%H:%M} {_near(since.date(), today)}",
        url=links.pages.get(item.action_id, ""),
        button="Read and decide",
    )


def _notes(view: DigestView, zone: tzinfo) -> tuple[str, ...]:
    notes = []
    more = max(len(view.waiting), view.total) - min(len(view.waiting), SHOWN)
    if more > 0:
        notes.append(f"{more} more {'waits' if more == 1 else 'wait'} in Slack.")
    if view.unsorted:
        one = view.unsorted == 1
        mails = "One mail belongs" if one else f"{view.unsorted} mails belong"
        it = "it" if one else "them"
        notes.append(f"{mails} to no account yet. Sort {it} in Slack: link, lead or ignore.")
    if view.quiet:
        mails = "One mail asked" if view.quiet == 1 else f"{view.quiet} mails asked"
        notes.append(f"{mails} nothing of you and stayed quiet. See /understudy quiet.")
    if view.since is not None:
        since = view.since.astimezone(zone)
        today = view.reader.now.astimezone(zone).date()
        notes.append(f"This tells what happened since {since:%H:%M} {_near(since.date(), today)}.")
    learned = learning_words(view.learned)
    if learned:
        notes.append(f"{learned} in Slack.")
    if view.tip:
        notes.append(f"New in your figures: {view.tip} See /understudy me in Slack.")
    return tuple(notes)


def _footer(
    view: DigestView, links: DigestLinks, zone: tzinfo, *, buttons: bool
) -> tuple[str, ...]:
    name = getattr(zone, "key", "UTC").replace("_", " ")
    lines = [f"Understudy's digest for {_short(view.reader.name)}. Times are in {name}."]
    if buttons:
        lines.append(BUTTONS)
    if links.unsubscribe:
        lines.append("What comes when is up to you: /understudy settings in Slack.")
    return tuple(lines)


def _foot_links(links: DigestLinks) -> tuple[FootLink, ...]:
    named = (
        ("Open Slack", links.in_slack),
        ("No more digests by mail", links.unsubscribe),
    )
    return tuple(FootLink(text=text, url=url) for text, url in named if url)


def _plain(part: _Part) -> str:
    """The same facts without a picture of them."""
    pieces = [f"{part.title}:"] if part.title else []
    for item in part.items:
        when = " · ".join(filter(None, (item.due, item.since)))
        link = f"{item.button}: {item.url}" if item.url else ""
        pieces.append("\n".join(filter(None, (item.title, item.why, when, link))))
    lines = "\n".join(f"- {line}" for line in part.lines)
    if lines:
        return "\n".join([*pieces, lines])
    return "\n\n".join(pieces)


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
