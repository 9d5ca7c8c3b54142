"""When somebody who is away says they will be back."""

# ruff: noqa: E501, RUF001 - word lists in many scripts read best unbroken

import re
from datetime import UTC, date, datetime, timedelta

from services.mail.phrases import RETURN
from services.patterns import late

_MONTHS = {
    1: "jan january januar janvier enero ene gennaio gen januari janeiro januari jan tammikuu tammikuuta styczeń stycznia sty leden ledna января янв",
    2: "feb february februar février fevr févr febrero febbraio februari fevereiro fev helmikuu helmikuuta luty lutego únor února февраля фев",
    3: "mar march märz mrz mars marzo maart mrt março maaliskuu maaliskuuta marzec marca marts březen března марта мар",
    4: "apr april avril avr abril abr aprile huhtikuu huhtikuuta kwiecień kwietnia kwi duben dubna апреля апр",
    5: "may mai mayo maggio mag mei maio maj toukokuu toukokuuta maja květen května мая",
    6: "jun june juni juin junio giugno giu junho kesäkuu kesäkuuta czerwiec czerwca cze červen června июня июн",
    7: "jul july juli juillet juil julio luglio lug julho heinäkuu heinäkuuta lipiec lipca lip červenec července июля июл",
    8: "aug august août aout agosto ago augustus augusti elokuu elokuuta sierpień sierpnia sie srpen srpna августа авг",
    9: "sep sept september septembre septiembre settembre set setembro syyskuu syyskuuta wrzesień września wrz září сентября сен",
    10: "oct october oktober okt octobre octubre ottobre ott outubro out lokakuu lokakuuta październik października paź říjen října октября окт",
    11: "nov november novembre noviembre novembro marraskuu marraskuuta listopad listopada lis listopadu ноября ноя",
    12: "dec december dezember dez décembre déc diciembre dic dicembre dezembro joulukuu joulukuuta grudzień grudnia gru prosinec prosince des desember декабря дек",
}
_MONTH = {name: number for number, names in _MONTHS.items() for name in names.split()}
_NAMES = "|".join(sorted(map(re.escape, _MONTH), key=len, reverse=True))
_DAYS = {
    0: "monday montag lundi lunes lunedì maandag segunda segunda-feira måndag mandag maanantai maanantaina poniedziałek poniedziałku pondělí понедельник",
    1: "tuesday dienstag mardi martes martedì dinsdag terça terça-feira tisdag tirsdag tiistai tiistaina wtorek wtorku úterý вторник",
    2: "wednesday mittwoch mercredi miércoles mercoledì woensdag quarta quarta-feira onsdag keskiviikko keskiviikkona środa środę středa středu среду",
    3: "thursday donnerstag jeudi jueves giovedì donderdag quinta quinta-feira torsdag torstai torstaina czwartek čtvrtek четверг",
    4: "friday freitag vendredi viernes venerdì vrijdag sexta sexta-feira fredag perjantai perjantaina piątek pátek пятницу",
}
_DAY = {name: number for number, names in _DAYS.items() for name in names.split()}
_WEEKDAY = late(rf"\b({'|'.join(map(re.escape, _DAY))})\b", re.IGNORECASE)
_ISO = late(r"\b(20\d\d)[-/.](\d{1,2})[-/.](\d{1,2})\b")
_NUMERIC = late(r"(?<![\d.])(\d{1,2})([./-])(\d{1,2})(?:\2(20\d\d|\d\d)|\.)?(?![\d:])")
_DAY_MONTH = late(
    rf"\b(\d{{1,2}})(?:st|nd|rd|th|er|º|\.)?\s{{0,2}}(?:de |of |d['’])?({_NAMES})\b\.?,?(?:\s{{1,2}}(?:de )?(20\d\d))?",
    re.IGNORECASE,
)
_MONTH_DAY = late(
    rf"\b({_NAMES})\b\.?\s{{1,2}}(\d{{1,2}})(?:st|nd|rd|th)?\b(?:,?\s{{1,2}}(20\d\d))?",
    re.IGNORECASE,
)
_ASIAN = late(r"(?:(20\d\d)\s?[年년]\s?)?(\d{1,2})\s?[月월]\s?(\d{1,2})\s?[日号일]")
_INCLUSIVE = late(
    r"\b(?:until|till|through|up to|bis|jusqu|hasta|fino|tot en met|at[ée]|till och med|t\.?o\.?m|til og med|indtil|frem til|asti|do dnia|do|до)\b|まで|至|到|까지",
    re.IGNORECASE,
)
_BACK = late(
    r"back|return|wieder|zur[üu]ck|r[üu]ckkehr|retour|regres|vuelv|volver|rientr|torner|terug|tillbaka|åter|tilbage|tilbake|takaisin|palaan|wr[óo]c|powr|zp[ěe]t|vr[áa]t|вернусь|復帰|以降|戻り|回来|返回|복귀",
    re.IGNORECASE,
)
_MAX_TEXT = 3_000
_LONGEST_ABSENCE = timedelta(days=400)


def returns_on(subject: str, text: str, sent_at: datetime | None) -> datetime | None:
    """The day of return at midnight UTC; None when no date is named. A date without its year is
    the next one after the mail was sent. "Until the 4th" gives the 4th, the last day named."""
    reference = sent_at.date() if sent_at else None
    found: list[tuple[int, date]] = []
    for sentence in re.split(
        r"(?<=[!?。！])|(?<=[^\d\W]\.)\s|\n{2,}", f"{subject}\n\n{text[:_MAX_TEXT]}"
    ):
        flat = " ".join(sentence.split())
        weight = 2 * bool(_BACK.search(flat)) + bool(_INCLUSIVE.search(flat) or RETURN.search(flat))
        if weight:
            found += [(weight, day) for day in _dates(flat, reference)]
    if not found:
        return None
    best = max(weight for weight, _ in found)
    day = max(day for weight, day in found if weight == best)
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _dates(text: str, reference: date | None) -> list[date]:
    triples: list[tuple[str | None, str | int, str]] = []
    triples += [(m[1], m[2], m[3]) for m in _ISO.finditer(text)]
    triples += [(m[3], _MONTH[m[2].lower()], m[1]) for m in _DAY_MONTH.finditer(text)]
    triples += [(m[3], _MONTH[m[1].lower()], m[2]) for m in _MONTH_DAY.finditer(text)]
    triples += [(m[1], m[2], m[3]) for m in _ASIAN.finditer(text)]
    if not triples:
        triples = [_numeric(m) for m in _NUMERIC.finditer(text)]
    days = [_day(year, int(month), int(day), reference) for year, month, day in triples]
    known = [day for day in days if day is not None]
    if not known and reference is not None:
        known = [_next_weekday(m[1], reference) for m in _WEEKDAY.finditer(text)]
    return known


def _numeric(match: re.Match[str]) -> tuple[str | None, str, str]:
    """12.03. is the 12th of March; 03/12 is read as American only where it can't be otherwise."""
    first, second = match[1], match[3]
    year = match[4]
    if year and len(year) == 2:  # noqa: PLR2004 - 26 for 2026
        year = f"20{year}"
    if int(second) > 12 or (match[2] == "/" and int(first) <= 12 and int(second) > 12):  # noqa: PLR2004 - no such month
        return year, first, second
    return year, second, first


def _day(year: str | None, month: int, day: int, reference: date | None) -> date | None:
    try:
        if year:
            found = date(int(year), month, day)
        elif reference is None:
            return None
        else:
            found = date(reference.year, month, day)
            if found < reference - timedelta(days=30):
                found = date(reference.year + 1, month, day)
    except ValueError:
        return None
    if reference is not None and not reference <= found <= reference + _LONGEST_ABSENCE:
        return None
    return found


def _next_weekday(name: str, reference: date) -> date:
    ahead = (_DAY[name.lower()] - reference.weekday() - 1) % 7 + 1
    return reference + timedelta(days=ahead)
