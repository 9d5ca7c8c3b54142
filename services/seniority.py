"""How high a title stands. Pure; an unknown title counts as unknown, never as low."""

import re

from services.types.actions import Seniority

_C_SUITE = re.compile(
    r"\b(c[a-z]{1,2}o|chief\b.*\bofficer|chief|president|founder|co-?founder|owner|chair(man|woman)?"
    r"|gesch[äa]ftsf[üu]hrer(in)?|vorstand|directeur g[ée]n[ée]ral|pdg)\b",
    re.IGNORECASE,
)
_VICE = re.compile(r"\b(s?vp|evp|vice[ -]president)\b", re.IGNORECASE)
_DIRECTOR = re.compile(r"\b(director|head of|leiter(in)?|directeur|directrice)\b", re.IGNORECASE)
_MANAGER = re.compile(r"\b(manager|lead|supervisor|managerin|responsable)\b", re.IGNORECASE)


def seniority_of(title: str | None) -> Seniority:
    """The rank a title speaks of, the highest it names."""
    if not title or not title.strip():
        return Seniority.UNKNOWN
    if _C_SUITE.search(_VICE.sub("", title)):
        return Seniority.C_SUITE
    if _VICE.search(title):
        return Seniority.VICE_PRESIDENT
    for pattern, rank in (
        (_DIRECTOR, Seniority.DIRECTOR),
        (_MANAGER, Seniority.MANAGER),
    ):
        if pattern.search(title):
            return rank
    return Seniority.STAFF
