# ruff: noqa: E501 - a language's words stand on one line
"""A figure that contradicts what an earlier mail said of the same thing.

Only what is surely the same thing is compared: seats with seats, a price per seat with a price per
seat, the day of going live with the day of going live. What the other side wishes for is no fact,
so prices, discounts, terms and payment are held against our own mails alone. A sentence that asks,
supposes, compares or says that something has changed contradicts nothing.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from zoneinfo import ZoneInfo

from services.draft_checks.days import DATE, date_of, occurrences
from services.offline.text import Sentence, sentences
from services.patterns import late
from services.types.findings import (
    MAX_EARLIER,
    CheckContext,
    EarlierMail,
    Finding,
    FindingKind,
)

_SEAT = r"(?:seats?|users?|licen[cs]es?|lizenz(?:en)?|nutzer\w*|benutzer\w*|arbeitsplätze\w*|anwender\w*|utilisateurs?|licences?|postes?|usuarios?|licencias?|utenti|utente|licenz[ae]|gebruikers?|licenties?|licentie|utilizador(?:es)?|usuários?|licenças?|användare|licenser|licens)"
_NUMBER = r"(?<!\d)(?:\d{1,3}(?:[.,' \u202f]\d{3}){1,4}|\d{1,12})(?:[.,]\d{1,2})?(?!\d)"
_SCALE = r"(?:\s?(?P<k>k|m|mn|thousand|tausend|tsd\.?|mille|mil|mila|duizend|tusen|million(?:en|s)?|mio\.?)\b)?"
_UNIT = r"(?:US\$|\$|€|£|¥|\b(?:USD|EUR|GBP|CHF|SEK|JPY|euros?|dollars?|pounds?|kronor|franken)\b)"
_MONEY = rf"(?:(?P<c1>{_UNIT})\s?(?P<n1>{_NUMBER}){_SCALE.replace('?P<k>', '?P<k1>')}|(?P<n2>{_NUMBER}){_SCALE.replace('?P<k>', '?P<k2>')}\s?(?P<c2>{_UNIT}))"
_PERIODS = {
    "month": r"month|mo|monat|mois|mes|mese|maand|mês|månad",
    "year": r"year|yr|annum|jahr|an|año|anno|jaar|ano|år",
}
_PER = r"(?:\s?/\s?|\s(?:per|a|an|each|pro|je|par|por|al|all'|voor|à)\s|\seach\b)"
_PERIOD_WORDS = "|".join(words for words in _PERIODS.values())
_UNCERTAIN = late(
    r"\b(?:if|unless|up to|at least|at most|more than|less than|over|under|between|from \d|minimum|maximum|or more|or less|around|about|roughly|approximately|e\.g|example|instead|rather than|previously|originally|initially|used to|no longer|changed?|chang\w+|updat\w+|correct\w*|revis\w+|new|now|reduc\w+|increas\w+|rais\w+|grow\w*|grew|mistake\w*|sorry|apolog\w+|would|could|might|wish|hop\w+|want\w*|like|offer\w*|counter\w*|propos\w+|pilots?|trial|test|phase|additional|extra|further|another|more|other|first|second|later|next|plus|each|typically|usually|option\w*|alternativ\w*"
    r"|wenn|falls|bis zu|mindestens|höchstens|mehr als|weniger als|zwischen|etwa|rund|circa|ca|statt|anstatt|vorher|ursprünglich|geändert|neu\w*|jetzt|korrigier\w*|entschuldig\w*|würde\w*|könnte\w*|zusätzlich\w*|weitere\w*|erste\w*|pilot\w*|testphase"
    r"|si|jusqu'à|au moins|plus de|moins de|entre|environ|au lieu|plutôt|initialement|changé|nouve\w+|maintenant|corrig\w+|désolé\w*|pourr\w+|supplémentaires?|autres?|premi\w+|essai"
    r"|hasta|al menos|más de|menos de|unos|en lugar|en vez|inicialmente|cambi\w+|nuev\w+|ahora|podr\w+|adicional\w*|otr[oa]s?|primer\w*|prueba"
    r"|se|fino a|almeno|più di|meno di|circa|invece|nuov\w+|ora|potr\w+|aggiuntiv\w+|altr\w+|prim\w+|prova"
    r"|als|tot|minstens|meer dan|minder dan|tussen|ongeveer|nieuw\w*|nu|zou|extra|andere|eerste|proef\w*"
    r"|até|pelo menos|mais de|menos de|cerca|em vez|nov\w+|agora|poderia|adicion\w+|outr\w+|primeir\w+"
    r"|om|upp till|minst|mer än|mindre än|ungefär|istället|ny\w*|nu|skulle|ytterligare|andra|första)\b",
    re.IGNORECASE,
)
_CURRENCIES = {
    "$": "USD", "us$": "USD", "usd": "USD", "dollar": "USD", "dollars": "USD", "€": "EUR", "eur": "EUR",
    "euro": "EUR", "euros": "EUR", "£": "GBP", "gbp": "GBP", "pound": "GBP", "pounds": "GBP",
}  # fmt: skip
_SCALES = {
    "k": 1e3,
    "thousand": 1e3,
    "tausend": 1e3,
    "tsd": 1e3,
    "mille": 1e3,
    "mil": 1e3,
    "mila": 1e3,
    "duizend": 1e3,
    "tusen": 1e3,
}
_SHOWN = 160


@dataclass(frozen=True, slots=True, kw_only=True)
class _Figure:
    """A value of a thing: `unit` must be the same to compare; `about` names it for people."""

    thing: str
    unit: str
    value: float
    shown: str
    ours_only: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rule:
    thing: str
    pattern: re.Pattern[str]
    read: Callable[[re.Match[str]], tuple[str, float] | None]
    ours_only: bool = True


def _plain_number(text: str) -> float:
    """1,200 and 1.200 and 1 200 are the same; a mark before two digits or fewer is a fraction."""
    tight = re.sub(r"[\s'\u202f]", "", text)
    marks = [char for char in tight if char in ".,"]
    if marks:
        whole, _, rest = tight.rpartition(marks[-1])
        if len(rest) != 3 or (len(set(marks)) > 1):  # noqa: PLR2004 - thousands come in threes
            return float(re.sub(r"[.,]", "", whole) + "." + rest)
    return float(re.sub(r"[.,]", "", tight))


def _money(match: re.Match[str]) -> tuple[str, float] | None:
    part = match.groupdict()
    number, unit = part["n1"] or part["n2"], (part["c1"] or part["c2"]).lower()
    scale = (part["k1"] or part["k2"] or "").lower().rstrip(".")
    factor = _SCALES.get(scale, 1e6 if scale else 1)
    period = next((name for name, words in _PERIODS.items() if part.get("period") and re.fullmatch(words, part["period"], re.IGNORECASE)), "")  # fmt: skip
    return f"{_CURRENCIES.get(unit, unit)}/{period}", _plain_number(number) * factor


def _count(match: re.Match[str]) -> tuple[str, float] | None:
    return "", _plain_number(match["n"])


def _percent(match: re.Match[str]) -> tuple[str, float] | None:
    return "%", _plain_number(match["n"] or match["n2"])


def _span(match: re.Match[str]) -> tuple[str, float] | None:
    number, word = match["n"] or match["n2"], (match["u"] or match["u2"]).lower()
    months = next((12 if name == "year" else 1 for name, words in _PERIODS.items() if re.match(words, word)), 1)  # fmt: skip
    return "months", _plain_number(number) * months


def _total(match: re.Match[str]) -> tuple[str, float] | None:
    part = match.groupdict()
    names = ("n1", "n2", "c1", "c2", "k1", "k2")
    chosen = {name: part[name] or part[f"x{name}"] for name in names}
    unit = (chosen["c1"] or chosen["c2"]).lower()
    scale = (chosen["k1"] or chosen["k2"] or "").lower().rstrip(".")
    factor = _SCALES.get(scale, 1e6 if scale else 1)
    return _CURRENCIES.get(unit, unit), _plain_number(chosen["n1"] or chosen["n2"]) * factor


def _rule(pattern: str) -> re.Pattern[str]:
    return late(pattern, re.IGNORECASE)


_DISCOUNT = r"(?:discount|off|rabatt|nachlass|remise|réduction|descuento|sconto|korting|desconto)"
_TERM = r"(?:contract|term|agreement|commitment|vertrag\w*|laufzeit|contrat|engagement|contrato|contratto|contract\w*|avtal\w*)"
_SPAN_UNIT = r"(?:months?|years?|monat\w*|jahr\w*|mois|ans?|meses|años?|mesi|anni|maanden|jaar|anos|månader|år)"
_RULES = (
    _Rule(
        thing="the number of seats",
        pattern=_rule(rf"(?<![\d.,€$£%-])(?P<n>{_NUMBER})\s(?:named |full |paid |active )?{_SEAT}\b(?!\s?(?:/|per|pro|par|por)\b)"),
        read=_count,
        ours_only=False,
    ),
    _Rule(
        thing="the price per seat",
        pattern=_rule(rf"{_MONEY}{_PER}{_SEAT}\b(?:{_PER}(?P<period>{_PERIOD_WORDS})\b)?"),
        read=_money,
    ),
    _Rule(
        thing="the discount",
        pattern=_rule(rf"(?<![\d.,])(?P<n>\d{{1,3}}(?:[.,]\d{{1,3}})?)\s?(?:%|percent|prozent|pour ?cent|por ciento|per cento|procent)\s(?:of )?(?:\w+ )?{_DISCOUNT}\b|\b{_DISCOUNT} (?:of|von|de|del|di|van|på) (?P<n2>\d{{1,3}}(?:[.,]\d{{1,3}})?)\s?(?:%|percent|prozent)"),
        read=_percent,
    ),
    _Rule(
        thing="the budget",
        pattern=_rule(rf"\b(?:budget|presupuesto|orçamento)\b(?:\s\w+){{0,3}}?\s{_MONEY}"),
        read=_money,
        ours_only=False,
    ),
    _Rule(
        thing="the total",
        pattern=_rule(rf"\b(?:total|in total|gesamtpreis|gesamtsumme|montant total|precio total|importe total|totale|totaal|totalt)\b(?:\s\w+){{0,3}}?\s{_MONEY}|{_MONEY.replace('?P<', '?P<x')}\s(?:in total|insgesamt|au total|en total|in totale|in totaal|no total|totalt)\b"),
        read=_total,
    ),
    _Rule(
        thing="the length of the contract",
        pattern=_rule(rf"\b(?P<n>\d{{1,3}})[- ](?P<u>{_SPAN_UNIT})[- ](?:\w+ )?{_TERM}\b|\b{_TERM} (?:of|von|über|de|di|van|på) (?P<n2>\d{{1,3}}) (?P<u2>{_SPAN_UNIT})\b"),
        read=_span,
    ),
    _Rule(
        thing="the time for payment",
        pattern=_rule(r"\b(?:net|payment (?:is due )?(?:within|in|terms of)|zahlbar (?:innerhalb von|binnen|in)|zahlungsziel (?:von )?|paiement (?:à|sous)|pago a|pagamento a|betaling binnen) (?P<n>\d{1,3})(?: (?:days|tagen?|jours|días|giorni|dagen|dias|dagar))?\b"),
        read=_count,
    ),
)  # fmt: skip
_EVENTS = {
    "going live": r"go(?:ing)?[- ]live|launch|rollout date|livegang|produktivstart|mise en (?:service|production)|lancement|puesta en marcha|lanzamiento|messa in produzione|lancio|livegang|lançamento|driftsättning\w*|lansering\w*",
    "the kick-off": r"kick-?off",
    "the start of the contract": r"contract start|vertragsbeginn|début du contrat|inicio del contrato|inizio del contratto",
    "the renewal": r"renewal(?: date)?|verlängerung|renouvellement|renovación|rinnovo|verlenging|renovação|förnyelse\w*",
    "the board meeting": r"board meeting|vorstandssitzung|conseil d'administration|junta directiva|consiglio di amministrazione",
    "the deadline": r"deadline|abgabefrist|date limite|fecha límite|scadenza|prazo",
}
_EVENT_DATES = {
    thing: _rule(rf"\b(?:{words})\b(?:[\s,]+[^\s.;?!]+){{0,4}}?[\s,]+{DATE}") for thing, words in _EVENTS.items()
}  # fmt: skip


def contradicted_figures(text: str, context: CheckContext) -> Iterator[Finding]:
    """Each thing at most once, held against the newest mail that speaks of it."""
    told: set[str] = set()
    zone, earlier = ZoneInfo(context.zone), _Earlier(context)
    for sentence in sentences(text):
        if sentence.question or _UNCERTAIN.search(sentence.flat):
            continue
        for figure in _figures(sentence, context.now.astimezone(zone).date()):
            if figure.thing in told:
                continue
            against = earlier.contradiction(figure)
            if against is not None:
                told.add(figure.thing)
                mail, said, before = against
                yield Finding(
                    kind=FindingKind.FIGURE,
                    sentence=_told(figure, before),
                    quote=sentence.quote[:_SHOWN],
                    earlier=said.quote[:_SHOWN],
                    said_by=mail.who,
                    said_at=mail.at,
                    message_id=mail.message_id,
                )


def _told(figure: _Figure, before: _Figure) -> str:
    """A date alone doesn't say what happens on it."""
    what = f" for {figure.thing}" if figure.unit == "day" else ""
    return f"It says “{figure.shown}”{what}; an earlier mail says “{before.shown}”."


class _Earlier:
    """What the mails before said, newest first; read when it is asked for, and once."""

    def __init__(self, context: CheckContext) -> None:
        self._context = context

    @cached_property
    def _said(self) -> list[tuple[EarlierMail, Sentence, _Figure]]:
        zone = ZoneInfo(self._context.zone)
        return [
            (mail, sentence, figure)
            for mail in reversed(self._context.earlier)
            for sentence in sentences((mail.text or "")[:MAX_EARLIER])
            for figure in _figures(sentence, mail.at.astimezone(zone).date())
        ]

    def contradiction(self, figure: _Figure) -> tuple[EarlierMail, Sentence, _Figure] | None:
        """The newest mail with another value, unless any mail has this one: then it is not new,
        whoever else said what."""
        newest: tuple[EarlierMail, Sentence, _Figure] | None = None
        for mail, sentence, other in self._said:
            if (other.thing, other.unit) != (figure.thing, figure.unit):
                continue
            if other.value == figure.value:
                return None
            fact = mail.ours or not figure.ours_only
            sure = not sentence.question and not _UNCERTAIN.search(sentence.flat)
            if newest is None and fact and sure:
                newest = (mail, sentence, other)
        return newest


def _figures(sentence: Sentence, today: date) -> Iterator[_Figure]:
    for rule in _RULES:
        for match in rule.pattern.finditer(sentence.flat):
            read = rule.read(match)
            if read is not None:
                yield _Figure(
                    thing=rule.thing,
                    unit=read[0],
                    value=read[1],
                    shown=match.group().strip(" ,."),
                    ours_only=rule.ours_only,
                )
    for thing, pattern in _EVENT_DATES.items():
        for match in pattern.finditer(sentence.flat):
            named = date_of(match)
            days = occurrences(named, today) if named else ()
            if len(days) == 1:
                yield _Figure(
                    thing=thing,
                    unit="day",
                    value=days[0].toordinal(),
                    shown=f"{days[0].day} {days[0]:%B}",
                    ours_only=False,
                )
