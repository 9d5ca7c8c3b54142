"""Putting two lists of finds together: those near in meaning, those that hold the words. Pure."""

from collections.abc import Hashable, Sequence
from typing import TypeVar

Key = TypeVar("Key", bound=Hashable)

SOFT = 20
"""How slowly a lower place counts less: the first and the fifth place differ by a fifth."""
WORDS_WEIGHT = 1.0


def fused(by_meaning: Sequence[Key], by_words: Sequence[Key]) -> list[Key]:
    """Reciprocal rank fusion, best first: places are compared, never a cosine with a word count.
    What both lists hold comes before what one holds at the same place."""
    points: dict[Key, float] = {}
    for weight, found in ((1.0, by_meaning), (WORDS_WEIGHT, by_words)):
        for place, key in enumerate(dict.fromkeys(found)):
            points[key] = points.get(key, 0.0) + weight / (SOFT + place)
    # Python's sort is stable: on a tie, what was nearer in meaning stays first.
    return sorted(points, key=lambda key: points[key], reverse=True)
