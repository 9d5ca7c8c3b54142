"""What somebody types behind `/understudy autonomy`, read kindly: `stop follow-ups`, `release
follow-ups`, `limit follow-ups to undo window`."""

import re

from blocks.autonomy_values import Order
from handlers.words import first_word, nearest
from services.types.autonomy_words import LEVEL_WORDS, TYPE_WORDS, name_of

EVERYTHING = "everything"
LIFTED = ("nothing", "none", "no limit")
HOW = (
    "I know: `/understudy autonomy stop follow-ups`, `release follow-ups`, `limit follow-ups to "
    "undo window`, `limit follow-ups to no limit`, and `stop everything`."
)


def read_order(text: str) -> Order | None:
    """The order that was meant; a word that is nearly right counts. None: not understood."""
    word, rest = first_word(text)
    do = nearest(word.lower(), ("stop", "release", "limit", "pause", "resume"))
    if do in ("stop", "pause"):
        return _of_one("stop", rest)
    if do in ("release", "resume"):
        return _of_one("release", rest)
    if do != "limit":
        return None
    name, _, level = _plain(rest).rpartition(" to ")
    kind, wanted = _kind(name), _level(level)
    return None if not kind or wanted is None else Order(do="limit", type=kind, level=wanted)


def _of_one(do: str, words: str) -> Order | None:
    plain = _plain(words)
    if nearest(plain, (EVERYTHING, "all")) is not None:
        return Order.model_validate({"do": do})
    kind = _kind(plain)
    return Order.model_validate({"do": do, "type": kind}) if kind else None


def _kind(words: str) -> str:
    """An action type by what it is called, in full or short (`prices`), or by its own name."""
    names = {name_of(kind): kind for kind in TYPE_WORDS}
    names |= {re.sub(r"^(?:mail|moves) (?:about|to|of) ", "", name): names[name] for name in names}
    names |= {kind.replace("_", " "): kind for kind in TYPE_WORDS}
    found = nearest(words, names)
    return str(names[found]) if found else ""


def _level(words: str) -> str | None:
    """A level; '' for no limit, None for what isn't understood."""
    levels = {name: level for level, name in LEVEL_WORDS.items()}
    found = nearest(words, (*levels, *LIFTED))
    if found is None:
        return None
    return "" if found in LIFTED else str(levels[found])


def _plain(words: str) -> str:
    return " ".join(words.lower().replace("_", " ").split())
