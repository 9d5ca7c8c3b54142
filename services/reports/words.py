"""How many words a text has, also where no blanks stand between them. Pure; db/report_words.py
says the same in SQL, for texts that needn't come here.

Chinese, Japanese, Korean and Thai letters are counted, two and a half of them as one word: about
what translators reckon, and what a reader takes for one. All else is what stands between blanks.
"""

import re
from collections import Counter
from math import ceil

from db.report_words import A_WORD, LETTERS, MARKS

_LETTERS = re.compile(f"[{LETTERS}]")
_BETWEEN = re.compile(f"[{LETTERS}{MARKS}]")
_RUNS = re.compile(f"[{LETTERS}]+")


def count_words(text: str) -> int:
    letters = len(_LETTERS.findall(text))
    return len(_BETWEEN.sub(" ", text).split()) + ceil(letters / A_WORD)


def new_words(first: str, second: str) -> int:
    """Words of the second text that the first didn't have, each as often as it is new; what was
    only moved was not written again. Letters are compared with the one before them: alone, most
    stand somewhere in any text, and what was typed would look like less than it was."""
    words = Counter(_BETWEEN.sub(" ", second).split()) - Counter(_BETWEEN.sub(" ", first).split())
    letters = Counter(_pairs(second)) - Counter(_pairs(first))
    return words.total() + ceil(letters.total() / A_WORD)


def _pairs(text: str) -> list[str]:
    return [run[max(at - 1, 0) : at + 1] for run in _RUNS.findall(text) for at in range(len(run))]
