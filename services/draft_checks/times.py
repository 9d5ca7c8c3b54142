# ruff: noqa: E501 - a language's phrases stand on one line
"""A time spoken of as agreed that nobody has offered: see you Thursday at 3, out of nowhere."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from services.draft_checks.days import (
    CLOCK,
    DATE,
    LONG_WEEKDAY,
    clock_minutes,
    clocks,
    date_of,
    occurrences,
    weekday_of,
)
from services.offline.calendar_words import RELATIVE_DAYS
from services.offline.text import fold, sentences
from services.patterns import late
from services.types.findings import (
    MAX_EARLIER,
    CheckContext,
    EarlierMail,
    Finding,
    FindingKind,
)

# Spoken of as settled: the meeting stands, and the time is when it is.
_SETTLED = late(
    r"\b(?:see you|speak (?:to you|with you|then|on|tomorrow)|talk (?:to you|then|on|tomorrow)|meet you|(?:our|the) (?:call|meeting|demo|appointment|session)(?: is| stands)? (?:on|at|this|next|tomorrow|for)|(?:you're|we're|we are|you are) (?:booked|confirmed|set|down) (?:for|on)|(?:booked|scheduled|blocked|reserved) (?:us |you |it |(?:the|some) time|an? (?:slot|hour|call|meeting|demo|session|room)|the (?:slot|call|meeting|demo|session|room))|confirm(?:ing)? (?:our|the|your) (?:call|meeting|demo|appointment|time|slot)|(?:call|meeting|demo|appointment) is (?:confirmed|booked|set|scheduled) for|look(?:ing)? forward to (?:seeing|speaking|talking|meeting|(?:our|the) (?:call|meeting|demo|chat)))\b"
    r"|\b(?:wir sehen uns|wir sprechen uns|wir telefonieren|ich freue mich auf (?:unser|unseren|unsere|das|den) (?:gespräch|termin|telefonat|treffen|besprechung|meeting)|(?:termin|gespräch|zeit|stunde) (?:\w+ ){0,6}(?:eingetragen|reserviert|geblockt|bestätigt)|(?:unser|der) termin (?:am|ist|steht)|bestätige (?:\w+ ){0,3}termin)\b"
    r"|\b(?:on se (?:voit|parle)|nous nous (?:voyons|parlons)|rendez-vous (?:est )?(?:pris|confirmé|fixé)|au plaisir de vous (?:voir|parler)|je (?:vous )?confirme (?:\w+ ){0,2}(?:rendez-vous|appel|réunion)|notre (?:appel|réunion|rendez-vous))\b"
    r"|\b(?:nos vemos|hablamos|quedamos (?:el|a)|confirmo (?:\w+ ){0,2}(?:cita|llamada|reunión)|nuestra (?:llamada|reunión)|reservado (?:la|una|el) (?:hora|llamada|reunión))\b"
    r"|\b(?:ci vediamo|ci sentiamo|confermo (?:\w+ ){0,2}(?:appuntamento|incontro|chiamata)|il nostro (?:appuntamento|incontro)|la nostra (?:chiamata|riunione))\b"
    r"|\b(?:we (?:spreken|zien) elkaar|onze (?:afspraak|call|meeting)|ik bevestig (?:\w+ ){0,2}afspraak)\b"
    r"|\b(?:vemo-nos|falamos|confirmo (?:\w+ ){0,2}(?:reunião|chamada)|a nossa (?:reunião|chamada))\b"
    r"|\b(?:vi ses|vi hörs|vårt möte|jag bekräftar (?:\w+ ){0,2}möte\w*)\b",
    re.IGNORECASE,
)
# Says that somebody agreed; the day beside it may be when they did, an hour is what it is about.
_AGREED = late(
    r"\b(?:as (?:we )?agreed|wie (?:vereinbart|abgemacht)|comme convenu|como (?:acordamos|quedamos|convenido|combinado)|come (?:concordato|stabilito)|zoals afgesproken|som (?:avtalat|överenskommet))\b",
    re.IGNORECASE,
)
# All that stands beside the time in: See you, then. Until Thursday at 3.
_CLOSING = frozenset(
    "until till bis dann à alors hasta el entonces a allora tot dan até então om kl klockan um uhr uur at on the le den am then uhr h las la alle às de".split()  # noqa: SIM905 - words read better as words
)
_WORKS = late(
    r"^\W{0,3}(?:(?:at|um|a|à|las|alle|om|às|kl|klockan|uhr|uur|pm|am|h|\d[\d:.]*)\.?\s?){0,4}(?:also |still )?"
    r"(?:(?:works|suits)(?= (?:for|me|us|well|great|perfectly|fine)\b|\W*$|,|\.)|is (?:fine|good|great|perfect|ok|okay)\b|passt\b|klappt\b|geht (?:bei|für)\b|me convient|nous convient|c'est (?:parfait|bon)|me va bien|nos va bien|me viene bien|mi va bene|ci va bene|komt goed uit|is prima|passar (?:bra|mig|oss)|funkar|dá-me jeito|está ótimo)",
    re.IGNORECASE,
)
_PROPOSED = late(
    r"\?|\b(?:thanks? (?:you )?(?:again )?for|it was|was (?:great|good|nice)|(?:vielen )?dank für|merci (?:pour|de)|gracias por|grazie per|bedankt voor|obrigad[oa] pel[oa]|tack för|cancel\w*|reschedul\w*|would|could|shall|propose|suggest\w*|how about|what about|perhaps|maybe|if (?:you|it|that)|whether|either|let me know|vorschlag\w*|vorschlagen|würde|wäre|könnt\w*|falls|wenn|ob|vielleicht|propos\w*|pourr\w*|serait|si (?:vous|cela|ça|le|te)|peut-être|podr[ií]\w*|propon\w*|ser[ií]a|quizás|potr\w*|sarebbe|se (?:le|ti|per)|forse|zou|kunnen we|voorstel\w*|als (?:het|u|je)|misschien|poderia|seria|sugiro|talvez|skulle|föreslår|kanske|om (?:det|du|ni)|kan vi)\b",
    re.IGNORECASE,
)
_DEADLINE = late(
    r"\b(?:by|before|no later than|bis spätestens|spätestens|avant|d'ici|antes del?|entro|uiterlijk|senast)\s*$",
    re.IGNORECASE,
)
# What leaves the hour open: any time Thursday, the afternoon, between two and five.
_OPEN = late(
    r"\b(?:any ?time|all day|free|available|flexible|afternoon|morning|evening|lunch|between|from|after|before|whenever|either|jederzeit|ganztägig|nachmittag\w*|vormittag\w*|morgens|zwischen|ab|frei|verfügbar|matin\w*|après-midi|entre|dispo\w*|libre|mañana|tarde|disponib\w*|mattin\w*|pomeriggio|tra|liber[oi]|ochtend|middag|tussen|vrij|beschikbaar|manhã|livre|förmiddag|eftermiddag|mellan|ledig)\b",
    re.IGNORECASE,
)
_ZONES = late(
    r"\b(?:cet|cest|gmt|utc|bst|est|edt|pst|pdt|cst|mst|ist|mez|mesz|(?:your|my|our|\w+) time)\b",
    re.IGNORECASE,
)
_REACH = 60
"""Characters between what says that it is settled and the time."""


def unoffered_times(text: str, context: CheckContext) -> Iterator[Finding]:
    """Silent without a conversation, and where something in it can't be read: it may have been
    offered there."""
    if not context.earlier or any(mail.text is None for mail in context.earlier):
        return
    today = _day(context.now, context)
    offers: list[_Offer] | None = None
    for sentence in sentences(text):
        flat = sentence.flat
        if sentence.question or _PROPOSED.search(flat):
            continue
        days, hours = _settled_days(flat, today), _settled_clocks(flat, today)
        if not (days or hours):
            continue
        offers = offers or [_offer(mail, context) for mail in context.earlier]
        if _was_offered(days, hours, flat, offers):
            continue
        yield Finding(
            kind=FindingKind.TIME,
            sentence="It takes this time as agreed, and nobody in the conversation offered it.",
            quote=sentence.quote[:160],
        )


def _settled_days(flat: str, today: date) -> frozenset[date]:
    """The days a sentence speaks of as agreed."""
    found = list(_days_in(flat, today))
    closing = _is_closing(flat, [(at, end) for at, end, _ in found])
    return frozenset(
        day for at, end, days in found if closing or _is_settled(flat, at, end) for day in days
    )


def _settled_clocks(flat: str, today: date) -> frozenset[int]:
    closing = _is_closing(flat, [(at, end) for at, end, _ in _days_in(flat, today)])
    return frozenset(
        clock_minutes(m)
        for m in CLOCK.finditer(flat)
        if closing or _is_settled(flat, m.start(), m.end()) or _AGREED.search(flat[: m.start()])
    )


def _is_closing(flat: str, days: list[tuple[int, int]]) -> bool:
    """`Until Thursday at 3.` and nothing else."""
    spans = [*days, *[m.span() for m in CLOCK.finditer(flat)]]
    left = "".join(
        " " if any(at <= place < end for at, end in spans) else char
        for place, char in enumerate(flat)
    )
    words = left.lower().replace("'", " ").split()
    said = [word.strip(".,!") for word in words if word.strip(".,!-")]
    return bool(days) and bool(said) and said[0] in _BEGINNING and set(said) <= _CLOSING


_BEGINNING = frozenset({"until", "till", "bis", "à", "hasta", "a", "tot", "até"})


def _is_settled(flat: str, at: int, end: int) -> bool:
    if _DEADLINE.search(flat[:at]):
        return False
    before = [m.end() for m in _SETTLED.finditer(flat) if m.end() <= at + 1]
    return bool(before and at - before[-1] <= _REACH) or bool(_WORKS.match(flat[end : end + 40]))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Offer:
    """The days and hours one earlier mail names; `open` leaves the hour to the reader."""

    days: frozenset[date]
    hours: frozenset[int]
    open: bool


def _offer(mail: EarlierMail, context: CheckContext) -> _Offer:
    said = fold((mail.text or "")[:MAX_EARLIER])
    written = _day(mail.at, context)
    return _Offer(
        days=frozenset(day for _, _, found in _days_in(said, written) for day in found),
        hours=clocks(said),
        open=bool(_OPEN.search(said) or _ZONES.search(said)),
    )


def _was_offered(
    days: frozenset[date], hours: frozenset[int], flat: str, offers: Sequence[_Offer]
) -> bool:
    """Whether any mail of either side named the day and, on it, the hour or none at all. Hours in
    another zone, and those left open, can't be compared and count as offered."""
    zoned = bool(_ZONES.search(flat))
    for offer in offers:
        loose = offer.open or zoned
        if days:
            if days & offer.days and (not hours or not offer.hours or hours & offer.hours or loose):
                return True
        elif hours & offer.hours or (offer.hours and loose):
            return True
    return False


def _day(at: datetime, context: CheckContext) -> date:
    return at.astimezone(ZoneInfo(context.zone)).date()


_RELATIVE = late(
    rf"(?<!\w)(?P<r>{'|'.join(sorted(map(re.escape, RELATIVE_DAYS), key=len, reverse=True))})(?!\w)",
    re.IGNORECASE,
)
_DATES = late(rf"(?<![\d/.-]){DATE}", re.IGNORECASE)


def _days_in(flat: str, today: date) -> Iterator[tuple[int, int, tuple[date, ...]]]:
    """Where days are named, and which they may be. A weekday is that of this week or of the next
    two: what `Thursday` meant when it was written is not always the coming one."""
    for match in _DATES.finditer(flat):
        named = date_of(match)
        if named is not None and occurrences(named, today):
            yield match.start(), match.end(), occurrences(named, today)
    for match in LONG_WEEKDAY.finditer(flat):
        (wanted,) = weekday_of(match["w"])
        first = today + timedelta(days=(wanted - today.weekday()) % 7)
        yield match.start(), match.end(), (first, first + timedelta(7), first + timedelta(14))
    for match in _RELATIVE.finditer(flat):
        yield match.start(), match.end(), (today + timedelta(RELATIVE_DAYS[match["r"].lower()]),)
