"""What people type, understood kindly."""

from collections.abc import Iterable
from difflib import get_close_matches


def first_word(text: str) -> tuple[str, str]:
    """The first word and what stands behind it, whatever blanks or line ends part them."""
    word, *rest = text.split(maxsplit=1) or [""]
    return word, rest[0].rstrip() if rest else ""


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that was meant; a word that is nearly right counts."""
    words = list(known)
    close = get_close_matches(word, words, n=1, cutoff=0.6)
    return word if word in words else (close[0] if close else None)
