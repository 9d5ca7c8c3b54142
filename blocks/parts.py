"""The small pieces all messages are made of: escaped text, money, days and hours, and elements.

Slack's markup knows three active characters, & < >; everything else of mrkdwn only changes how
text looks. `escape` makes text from outside inert, `plain` goes into plain_text, where nothing is
active. Both drop what could hide or reorder words.
"""

import re
import unicodedata
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from blocks.action_ids import ActionId

Block = dict[str, Any]

SECTION = 3000
SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥"}
# Control, format (joiners too: between letters they hide text), surrogate and private characters.
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co"})
_LINE = re.compile("\r\n|\r|\u2028|\u2029")
_SPACES = re.compile(r"\s+")
_QUOTES = ("“", "„", "«", '"')


def clean(text: str) -> str:
    """Without control, format, private and unpaired characters; line ends made equal."""
    text = _LINE.sub("\n", text)
    return "".join(
        char for char in text if char in "\n\t" or unicodedata.category(char) not in _HIDDEN
    )


def escape(text: str) -> str:
    """Inert in mrkdwn: no mention, link or channel can come out of it, no entity is decoded."""
    return clean(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def unescape(text: str) -> str:
    """What a reader sees of escaped text."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def one_line(text: str) -> str:
    return _SPACES.sub(" ", clean(text)).strip()


def cut(text: str, length: int) -> str:
    """At most so many characters, the cut shown."""
    return text if len(text) <= length else text[: max(length - 1, 0)].rstrip() + "…"


def short(text: str, length: int = 80) -> str:
    """Outside text in one line of mrkdwn, cut before it is escaped so that no entity is halved.
    The marks that would make it bold, struck or code are taken apart from their neighbours."""
    return _calm(escape(cut(one_line(text), length)))


def _calm(text: str) -> str:
    """No mark of theirs may open formatting that swallows our own words; look-alikes stand in.
    Quotes and drafts, where every character counts, go into rich text, which knows no marks."""
    return text.replace("*", "\u2217").replace("~", "\u223c").replace("`", "\u02cb")


# ── Blocks and elements ─────────────────────────────────────────────────────────────────────────
def section(text: str, accessory: Block | None = None) -> Block:
    block: Block = {"type": "section", "text": {"type": "mrkdwn", "text": _limit(text)}}
    return {**block, "accessory": accessory} if accessory else block


def words(text: str) -> Block:
    """A section without any markup."""
    return {
        "type": "section",
        "text": {"type": "plain_text", "text": _limit(clean(text)) or " ", "emoji": False},
    }


def context(*texts: str) -> Block:
    """The quiet line."""
    return {
        "type": "context",
        "elements": [{"type": "mrkdwn", "text": _limit(text)} for text in texts[:10]],
    }


def divider() -> Block:
    return {"type": "divider"}


def actions(*elements: Block, block_id: str | None = None) -> Block:
    block: Block = {"type": "actions", "elements": list(elements)}
    return {**block, "block_id": block_id} if block_id else block


def plain(text: str, length: int) -> Block:
    return {"type": "plain_text", "text": cut(one_line(text), length) or "…", "emoji": False}


def button(
    text: str,
    action_id: str,
    value: str,
    *,
    style: str | None = None,
    confirm: Block | None = None,
    label: str | None = None,
) -> Block:
    """`label` is what a screen reader says, where many buttons have the same words."""
    element: Block = {
        "type": "button",
        "text": plain(text, 75),
        "action_id": action_id,
        "value": value,
    }
    if style:
        element["style"] = style
    if confirm:
        element["confirm"] = confirm
    return _labelled(element, label)


def link_button(text: str, url: str, number: int = 0, *, label: str | None = None) -> Block:
    """Opens an address of ours or of Slack; never one that came from a mail."""
    element: Block = {
        "type": "button",
        "text": plain(text, 75),
        "action_id": f"{ActionId.OPEN}#{number}",
        "url": url,
    }
    return _labelled(element, label)


def _labelled(element: Block, label: str | None) -> Block:
    """A label is no markup, but nothing that looks like it is put there either."""
    said = one_line((label or "").replace("<", "").replace(">", ""))
    return {**element, "accessibility_label": cut(said, 75)} if said else element


def confirm(title: str, text: str, yes: str, no: str) -> Block:
    return {
        "title": plain(title, 100),
        "text": {"type": "plain_text", "text": cut(clean(text), 300), "emoji": False},
        "confirm": plain(yes, 30),
        "deny": plain(no, 30),
    }


def overflow(action_id: str, options: Sequence[tuple[str, str]]) -> Block:
    return {
        "type": "overflow",
        "action_id": action_id,
        "options": [option(text, value) for text, value in options],
    }


def option(text: str, value: str) -> Block:
    return {"text": plain(text, 75), "value": value}


def literal(text: str, *, italic: bool = False) -> Block:
    """A piece of rich text: shown character for character, nothing in it is active. What nobody
    could see isn't there: it leaves with no mail either."""
    element: Block = {"type": "text", "text": clean(text)}
    return {**element, "style": {"italic": True}} if italic else element


def quoted(*pieces: Block) -> Block:
    """Somebody's words, character for character, with the quotation bar beside them."""
    return {
        "type": "rich_text",
        "elements": [{"type": "rich_text_quote", "elements": list(pieces)}],
    }


def bold(text: str) -> Block:
    """A piece of rich text that stands out, character for character all the same."""
    return {"type": "text", "text": clean(text), "style": {"bold": True}}


def rich(*pieces: Block) -> Block:
    """A paragraph in which nothing from outside becomes markup."""
    return {
        "type": "rich_text",
        "elements": [{"type": "rich_text_section", "elements": list(pieces)}],
    }


def quotation(words_: str, source: str) -> Block:
    """A proof: what it proves, and the sender's words."""
    return quotations([(words_, source)])


def quotations(proofs: Sequence[tuple[str, str]]) -> Block:
    """Several of them beside one bar, each (words, what they prove)."""
    pieces: list[Block] = []
    for number, (words_, source) in enumerate(proofs):
        pieces.append(bold(("\n" if number else "") + cut(one_line(source), 120) + "\n"))
        pieces.append(literal(in_quotes(cut(one_line(words_), 220))))
    return quoted(*pieces)


def in_quotes(words_: str) -> str:
    """Quotation marks around somebody's words, unless they brought their own."""
    return words_ if words_[:1] in _QUOTES else f"“{words_}”"


def _limit(text: str) -> str:
    """The last guard: Slack refuses a longer text and the whole message with it."""
    return cut(text, SECTION) or " "


# ── Numbers and time ────────────────────────────────────────────────────────────────────────────
def money(amount: Decimal | None, currency: str) -> str:
    """`$48,000`, `1,250.50 CHF`; cents only where there are some."""
    if amount is None:
        return "amount not known"
    figure = f"{amount:,.0f}" if amount == amount.to_integral_value() else f"{amount:,.2f}"
    symbol = SYMBOLS.get(currency)
    return f"{symbol}{figure}" if symbol else f"{figure} {short(currency, 8)}"


def day(value: date, today: date) -> str:
    """Near days by their name, far ones by date."""
    away = (value - today).days
    near = {-1: "yesterday", 0: "today", 1: "tomorrow"}
    if away in near:
        return near[away]
    if 1 < away < 7:  # noqa: PLR2004 - a week has seven days
        return f"{value:%A}"
    return f"{value.day} {value:%b}" + ("" if value.year == today.year else f" {value.year}")


def clock_time(value: datetime, zone: str) -> str:
    return f"{value.astimezone(ZoneInfo(zone)):%H:%M}"


def in_words(away: timedelta) -> str:
    """`in a minute`, `in 15 seconds`, `in 5 minutes`."""
    seconds = max(round(away.total_seconds()), 1)
    if seconds < 50:  # noqa: PLR2004 - what is nearly a minute is called one
        return f"in {count(seconds, 'second')}"
    minutes = round(seconds / 60)
    return "in a minute" if minutes == 1 else f"in {minutes} minutes"


def moment(value: datetime, now: datetime, zone: str) -> str:
    """`just now`, `12 min ago`, `10:42`, `yesterday 17:05`, `3 Nov`."""
    ago = now - value
    if timedelta(0) <= ago < timedelta(minutes=1):
        return "just now"
    if timedelta(0) <= ago < timedelta(hours=1):
        return f"{int(ago.total_seconds() // 60)} min ago"
    there, here = now.astimezone(ZoneInfo(zone)).date(), value.astimezone(ZoneInfo(zone))
    if here.date() == there:
        return f"{here:%H:%M}"
    if here.date() == there - timedelta(days=1):
        return f"yesterday {here:%H:%M}"
    return day(here.date(), there)


def local_day(now: datetime, zone: str) -> date:
    return now.astimezone(ZoneInfo(zone)).date()


def percent(share: float) -> str:
    """`97 %` of a share from 0 to 1."""
    return f"{share * 100:.0f} %"


def within(low: float | None, high: float | None) -> str:
    """`47 to 75 %`, where a share may truly lie; empty where nothing is known."""
    if low is None or high is None:
        return ""
    return f"{low * 100:.0f} to {percent(high)}"


def bracketed(low: float | None, high: float | None) -> str:
    """` (47 to 75 %)`, or nothing."""
    words = within(low, high)
    return f" ({words})" if words else ""


def confidence_words(confidence: float) -> str:
    """Calibrated words, after the probability yardstick of intelligence analysts."""
    steps = (
        (0.95, "almost certain"),
        (0.80, "very likely"),
        (0.60, "likely"),
        (0.40, "as likely as not"),
        (0.20, "unlikely"),
    )
    return next((name for border, name in steps if confidence >= border), "very unlikely")


def count(number: int, one: str, many: str | None = None) -> str:
    """`1 mail`, `3 mails`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
