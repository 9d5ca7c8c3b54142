"""How high a title stands. Pure; an unknown title counts as unknown, never as low."""

import re
from collections.abc import Sequence

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


def titles_of_all(
    title: str | None, *, confirmed: bool, others: Sequence[str | None] = ()
) -> str | None:
    """The titles of all whom a mail reaches, as one: a chief in copy is written to as well. None
    where one of them isn't known, or the first isn't confirmed; a chief counts all the same."""
    known = ", ".join(one for one in (title, *others) if one)
    if seniority_of(known) is Seniority.C_SUITE:
        return known
    return known if confirmed and title and all(others) else None
