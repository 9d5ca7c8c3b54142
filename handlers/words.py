"""What people type, understood kindly."""

from collections.abc import Iterable
from difflib import get_close_matches

ALIKE = 0.7
SEVERAL = 3
"""The nearest may begin otherwise; the one that was meant seldom does."""


def first_word(text: str) -> tuple[str, str]:
    """The first word and what stands behind it, whatever blanks or line ends part them."""
    word, *rest = text.split(maxsplit=1) or [""]
    return word, rest[0].rstrip() if rest else ""


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that was meant: itself, or one that a slip of the finger makes of it. Another
    word that merely sounds alike is none of ours: `deals` is not `goals`."""
    words = list(known)
    if word in words:
        return word
    close = get_close_matches(word, words, n=SEVERAL, cutoff=ALIKE)
    return next((one for one in close if word[0] in one[:2]), None)
