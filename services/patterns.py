"""Patterns that are compiled when they are first looked for. The tables of phrases in a dozen
languages take a third of a second to compile, and most commands and processes never read a mail."""

import re
from typing import Any, cast

_METHODS = ("search", "match", "fullmatch", "finditer", "findall", "sub", "subn", "split")


class _Late:
    """Stands where a compiled pattern would, and becomes one with the first question."""

    def __init__(self, pattern: str, flags: int) -> None:
        self.pattern, self.flags = pattern, flags

    def __getattr__(self, name: str) -> Any:
        compiled = re.compile(self.pattern, self.flags)
        # From now on this is not asked again: the methods are the pattern's own.
        vars(self).update({method: getattr(compiled, method) for method in _METHODS})
        return getattr(compiled, name)


def late(pattern: str, flags: int = 0) -> re.Pattern[str]:
    """As `re.compile`, with the work done at the first use. For the long ones."""
    return cast("re.Pattern[str]", _Late(pattern, flags))
