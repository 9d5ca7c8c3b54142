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
    "• *More* or *fewer now* is said only where the interval of the difference (Newcombe's) leaves "
    "out zero; else there is no clear change.\n"
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


def counted(share: Share) -> str:
    """`6 of 14 (43 %, 21 to 67 %)`; of none, that it isn't known."""
    if share.value is None or share.low is None or share.high is None:
        return UNKNOWN
    known = f"{percent(share.value)}, {within(share.low, share.high)}"
    return f"{share.part:,} of {share.of:,} ({known})"


def before(now: Share, earlier: Share) -> str:
    """`before: 5 of 12, more now`: only a change beyond chance is called one."""
    if earlier.value is None:
        return "before: none"
    words = f"before: {earlier.part:,} of {earlier.of:,}"
    apart = difference_of(now, earlier)
    if apart is None:
        return words
    _, low, high = apart
    return f"{words}, *more now*" if low > 0 else f"{words}, *fewer now*" if high < 0 else words


def fates(spans: Spans, *, mine: bool) -> list[str]:
    """What became of drafts: of those decided, each with its share, and what wasn't decided on."""
    now, earlier = spans.now, spans.before
    if not now.proposed and not earlier.proposed:
        return [f"No draft in the last {2 * spans.days} days."]
    lines = [f"• {count(now.proposed, 'draft')}; before: {earlier.proposed:,}"]
    for name, part, was in (
        ("Sent unchanged", now.unchanged, earlier.unchanged),
        ("Edited first", now.edited, earlier.edited),
        ("Not sent", now.rejected, earlier.rejected),
    ):
        share = share_of(part, now.decided)
        lines.append(
            f"• {name}: {counted(share)}; {before(share, share_of(was, earlier.decided))}"
            if share.of
            else f"• {name}: {UNKNOWN}, nothing was decided"
        )
    rest = _undecided(now, mine=mine)
    return [*lines, f"• Besides: {rest}"] if rest else lines


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
        lines.append(f"• Answered: {counted(share)}; {before(share, earlier)}")
        rest = [f"{then.expired:,} without an answer in 7 days"]
        if then.negative:
            rest.append(f"{then.negative:,} answered with a no")
        lines.append(f"• The others: {', '.join(rest)}")
    else:
        lines.append("• Answered: unknown, no mail of these days has had its 7 days")
    if then.left_out:
        parts = (
            (then.ambiguous, "can't be read either way"),
            (then.undelivered, "not delivered"),
        )
        out = ", ".join(f"{number:,} {words}" for number, words in parts if number)
        lines.append(f"• Left out of {then.resolved + then.left_out:,}: {out}")
    return lines


def took(seconds: int, of: int) -> str:
    """`3.5 h on average of 18`."""
    if not of:
        return UNKNOWN
    return f"{span_words(seconds / of)} on average of {of:,}"


def span_words(seconds: float) -> str:
    if seconds < HOUR:
        return f"{max(round(seconds / 60), 1)} min"
    return f"{seconds / HOUR:.1f} h" if seconds < 2 * DAY else f"{seconds / DAY:.1f} days"


def days_words(first: date, last: date) -> str:
    """`25 Oct to 22 Nov`."""
    return f"{first.day} {first:%b} to {last.day} {last:%b}"


def health_words(health: float | None) -> str:
    return UNKNOWN if health is None else f"{health:.0f} of 100"
