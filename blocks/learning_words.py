"""The words of shares, changes and counts, the same on every page of figures."""

from datetime import date

from blocks.parts import count, percent, within
from services.intervals import difference_of, share_of
from services.types.alerts import Share
from services.types.learning import Figures
from services.types.me import Spans

UNKNOWN = "unknown"
HOUR, DAY = 3600, 24 * 3600
KINDS = {
    "email_engagement": "an answer within 7 days",
    "deal_progression": "the deal moving on",
    "meeting_outcome": "the meeting taking place",
    "escalation_result": "the request being approved within 24 hours",
}
ENDED = {
    "pending": "no answer yet",
    "positive": "answered",
    "negative": "answered with a no",
    "expired": "not answered in time",
    "ambiguous": "answered, unclear how",
    "undelivered": "not delivered",
}
NO_SCORE = "Mails that weren't delivered, and answers that can't be read either way, are left out."
HOW = (
    "*How it is counted*\n"
    "• *Days* are days in UTC, by when a draft was proposed. “Before” is the span of the same "
    "length before.\n"
    "• *Decided* = sent unchanged + edited first + not sent. Not in it: what left by the rule, was "
    "answered by hand, or was overtaken by a newer mail.\n"
    "• *Answered* = answered ÷ (answered + answered with a no + not answered within 7 days). Only "
    "mails whose 7 days are over: fast answers come before late silence, so younger ones would "
    f"flatter. {NO_SCORE}\n"
    "• *In brackets*: the share and where it lies in 19 of 20 cases (Wilson's interval). Few mails "
    "make it wide.\n"
    "• *More* or *fewer than before* is said only where the interval of the difference "
    "(Newcombe's) leaves out zero; else there is no clear change.\n"
    "• *Time to decide*: from when the card was shown until it was decided. *Time to answer*: from "
    "the customer's mail until ours left. Both are averages of those whose times are known.\n"
    "• *Chance*: the stated one, corrected by how such statements held before."
)
HOW_PEOPLE = (
    "*How people are compared*\n"
    "• Only people with 10 mails and more whose time is over are placed.\n"
    "• Each share is drawn towards the team's by as much as it rests on few mails. The order is by "
    "what the drawn share is at least in 19 of 20 cases: a lucky handful can't come first.\n"
    "• *Above or below the others* is said only where it holds for everybody on the page at once. "
    "Customers differ, and so do mails: a share says what came back, not how good somebody is."
)

HOW_WORK = (
    "*Where work goes*\n"
    "• *What is decided on*: decisions on a kind of mail ÷ all decisions of the 30 days. It is no "
    "share of hours: nobody sees those.\n"
    "• *Conversations handled*: those in which something of mine was shown, decided on or sent. "
    "*Taken up*: proposals nobody had asked for that were done ÷ all that were shown.\n"
    "• *By weekday*: mails by the day (UTC) they were proposed, of 26 weeks whose mails have had "
    "their 7 days. One day is named only after 12 weeks, and where it differs from all other days "
    "together at a level that holds for all weekdays at once.\n"
    "• *What could do without a look*: answers, follow-ups and meeting times of which 30 and more "
    "were decided, at least 90 % of them sent unchanged by the lower end of the range, while the "
    "level in force still asks a person. The level itself is earned by a stricter rule."
)


def counted(share: Share) -> str:
    """`6 of 14 (43 %, 21 to 67 %)`; of none, that it isn't known."""
    if share.value is None or share.low is None or share.high is None:
        return UNKNOWN
    known = f"{percent(share.value)}, {within(share.low, share.high)}"
    return f"{share.part:,} of {share.of:,} ({known})"


def changed(now: Share, earlier: Share) -> str:
    """`, *more* than before (30 of 100)`: only a change beyond chance is called one, else there is
    nothing to say."""
    apart = difference_of(now, earlier)
    if apart is None:
        return ""
    _, low, high = apart
    if low <= 0 <= high:
        return ""
    return f", *{'more' if low > 0 else 'fewer'}* than before ({earlier.part:,} of {earlier.of:,})"


def fates(spans: Spans, *, mine: bool) -> list[str]:
    """What became of drafts: of those decided, each with its share; what wasn't decided on; and
    whether it was otherwise before."""
    now, earlier = spans.now, spans.before
    if not now.proposed and not earlier.proposed:
        return [f"No draft in the last {2 * spans.days} days."]
    lines, moved = [], False
    for name, part, was in (
        ("Sent unchanged", now.unchanged, earlier.unchanged),
        ("Edited first", now.edited, earlier.edited),
        ("Not sent", now.rejected, earlier.rejected),
    ):
        share = share_of(part, now.decided)
        change = changed(share, share_of(was, earlier.decided))
        moved = moved or bool(change)
        lines.append(f"• {name}: {counted(share)}{change}")
    if not now.decided:
        lines = [f"• {count(now.proposed, 'draft')}, none decided on"]
    rest = _undecided(now, mine=mine)
    then = f"• Before: {count(earlier.proposed, 'draft')}"
    alike = ", no clear change" if earlier.decided and now.decided and not moved else ""
    return [*lines, *([f"• Besides: {rest}"] if rest else []), f"{then}{alike}"]


def _undecided(now: Figures, *, mine: bool) -> str:
    who = "you answered yourself" if mine else "answered by hand"
    parts = (
        (now.by_itself, "left by the rule"),
        (now.handled, who),
        (now.overtaken, "overtaken by a newer mail"),
        (now.undone, "called off"),
    )
    return ", ".join(f"{number:,} {words}" for number, words in parts if number)


def answers(spans: Spans) -> list[str]:
    """What came back on mails whose time is over, what is left out, and what is open."""
    then = spans.answers
    share = share_of(then.answered, then.resolved)
    earlier = share_of(spans.answers_before.answered, spans.answers_before.resolved)
    lines = []
    if share.of:
        change = changed(share, earlier)
        lines.append(f"• Answered: {counted(share)}{change}")
        if then.negative:
            lines.append(f"• Answered with a no: {then.negative:,}")
        if earlier.of and not change:
            was = f"{earlier.part:,} of {earlier.of:,}"
            lines.append(f"• Before: {was}, no clear change")
    else:
        lines.append("• Answered: unknown, no mail of these days has had its 7 days")
    if then.left_out:
        parts = (
            (then.ambiguous, "unclear"),
            (then.undelivered, "not delivered"),
        )
        out = ", ".join(f"{number:,} {words}" for number, words in parts if number)
        lines.append(f"• Left out: {out}, of {then.resolved + then.left_out:,}")
    return lines


def took(seconds: int, of: int) -> str:
    """`3.5 h, mean of 18`."""
    if not of:
        return UNKNOWN
    return f"{span_words(seconds / of)}, mean of {of:,}"


def span_words(seconds: float) -> str:
    if seconds < HOUR:
        return f"{max(round(seconds / 60), 1)} min"
    return f"{seconds / HOUR:.1f} h" if seconds < 2 * DAY else f"{seconds / DAY:.1f} days"


def days_words(first: date, last: date) -> str:
    """`25 Oct to 22 Nov`."""
    return f"{first.day} {first:%b} to {last.day} {last:%b}"


def health_words(health: float | None) -> str:
    return UNKNOWN if health is None else f"{health:.0f} of 100"
