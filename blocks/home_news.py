"""What happened since the reader was last here, and the latest outcomes."""

from collections.abc import Sequence
from datetime import timedelta
from zoneinfo import ZoneInfo

from blocks.inbox import permalink
from blocks.parts import Block, count, day, local_day, moment, section, short
from services.types.home import NewsItem, NewsKind, SinceView
from services.types.views import Reader

SHOWN = 6
WEEK = timedelta(days=6)
WHAT: dict[NewsKind, str] = {
    "answered": "answered",
    "failed": "*could not be sent*",
    "unknown": "*I can't tell whether it left; look in Gmail's Sent folder*",
    "approved": "approved",
    "rejected": "rejected",
    "expired": "expired undecided",
    "voided": "no longer counts",
}


def news_blocks(since: SinceView, news: Sequence[NewsItem], reader: Reader) -> list[Block]:
    """One line of numbers, then the outcomes, the newest first."""
    lines = [f"• {_line(item, reader)}" for item in news[:SHOWN]]
    blocks = []
    if since.since is not None:
        blocks.append(section(_since(since, reader)))
    if lines:
        blocks.append(section("\n".join(["*Lately*", *lines])))
    return blocks


def _since(view: SinceView, reader: Reader) -> str:
    """`Since Friday 17:40: 3 answered, 2 sent, 4 kept quiet`."""
    counts = (
        (view.answered, f"{view.answered:,} answered"),
        (view.sent, f"{view.sent:,} sent"),
        (view.decided, f"{count(view.decided, 'request')} of yours decided"),
        (view.moved, count(view.moved, "stage change")),
        (view.quiet, f"{view.quiet:,} kept quiet"),
    )
    happened = [words for number, words in counts if number]
    return f"*Since {_when(view, reader)}*: {', '.join(happened) or 'nothing new'}"


def _when(view: SinceView, reader: Reader) -> str:
    """The day and the hour: from a week back on by date."""
    if view.since is None:
        return "your last visit"
    there = view.since.astimezone(ZoneInfo(reader.timezone))
    today = local_day(reader.now, reader.timezone)
    ago = today - there.date()
    if not ago:
        return f"{there:%H:%M}"
    name = f"{there:%A}" if timedelta(days=1) < ago <= WEEK else day(there.date(), today)
    return f"{name} {there:%H:%M}"


def _line(item: NewsItem, reader: Reader) -> str:
    """`Acme · Dana Reyes: answered, 10:42`; the name leads to its card."""
    name = short(item.title, 100)
    if item.channel and item.ts:
        name = f"<{permalink(item.channel, item.ts)}|{name}>"
    said = WHAT[item.kind]
    if item.detail and item.kind in {"approved", "rejected"}:
        said = f"{said} by {short(item.detail, 60)}"
    elif item.detail:
        said = f"{said}: {short(item.detail, 120)}"
    return f"{name}: {said}, {moment(item.at, reader.now, reader.timezone)}"
