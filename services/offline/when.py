# ruff: noqa: E501 - a language's names stand on one line
"""Says a day as a person would: the weekday when it is near, the year only when it is another."""

import calendar
import re
from datetime import date

from services.offline.dates import find_days

_NEAR = 7
_WEEKDAYS = {
    "en": tuple(calendar.day_name),
    "de": ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"),
    "fr": ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"),
    "es": ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"),
    "it": ("lunedì", "martedì", "mercoledì", "giovedì", "venerdì", "sabato", "domenica"),
    "nl": ("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag"),
    "pt": ("segunda-feira", "terça-feira", "quarta-feira", "quinta-feira", "sexta-feira", "sábado", "domingo"),
    "sv": ("måndag", "tisdag", "onsdag", "torsdag", "fredag", "lördag", "söndag"),
}  # fmt: skip
_MONTHS = {
    "en": tuple(calendar.month_name)[1:],
    "de": ("Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November", "Dezember"),
    "fr": ("janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"),
    "es": ("enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"),
    "it": ("gennaio", "febbraio", "marzo", "aprile", "maggio", "giugno", "luglio", "agosto", "settembre", "ottobre", "novembre", "dicembre"),
    "nl": ("januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september", "oktober", "november", "december"),
    "pt": ("janeiro", "fevereiro", "março", "abril", "maio", "junho", "julho", "agosto", "setembro", "outubro", "novembro", "dezembro"),
    "sv": ("januari", "februari", "mars", "april", "maj", "juni", "juli", "augusti", "september", "oktober", "november", "december"),
}  # fmt: skip
_DATE = {"de": "{d}. {m}", "es": "{d} de {m}", "pt": "{d} de {m}"}
_YEAR = {"es": " de ", "pt": " de "}


def spoken(day: date, today: date, language: str) -> str:
    """'Thursday' within a week, else 'Thursday, 3 December', with the year if it is not this."""
    language = language if language in _WEEKDAYS else "en"
    weekday = _WEEKDAYS[language][day.weekday()]
    if 0 <= (day - today).days <= _NEAR:
        return weekday
    return f"{weekday}, {dated(day, today, language)}"


def dated(day: date, today: date | None, language: str = "en") -> str:
    """'3 December', with the year unless it is today's."""
    month = _MONTHS[language][day.month - 1]
    told = _DATE.get(language, "{d} {m}").format(d=day.day, m=month)
    return (
        told if today and day.year == today.year else f"{told}{_YEAR.get(language, ' ')}{day.year}"
    )


def as_told(day: date, quote: str, text: str, today: date, language: str) -> str:
    """The day in our words, unless that would need figures the sender didn't write: then in theirs."""
    told = spoken(day, today, language)
    figures = re.findall(r"\d+", told)
    if all(re.search(rf"(?<!\d){figure}(?!\d)", text) for figure in figures):
        return told
    for named in find_days(quote, today):
        if named.day == day:
            phrase = " ".join(named.phrase.split())
            return re.sub(r"^(?:by|before|until|till|in|bis|avant|antes de|en)\s+", "", phrase)
    return _WEEKDAYS.get(language, _WEEKDAYS["en"])[day.weekday()]
