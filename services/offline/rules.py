"""The form of a rule, and how rules are read from the word tables."""

import re
from dataclasses import dataclass

from services.patterns import late


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A pattern, how sure it makes us, and what in the same sentence takes it back."""

    pattern: re.Pattern[str]
    confidence: float
    unless: re.Pattern[str] | None = None
    name: str = ""

    def match(self, text: str) -> re.Match[str] | None:
        """Where it holds in a text, unless something there takes it back."""
        found = self.pattern.search(text)
        if found is None or (self.unless is not None and self.unless.search(text)):
            return None
        return found


def rule(confidence: float, pattern: str, unless: str | None = None, name: str = "") -> Rule:
    """A rule that ignores case."""
    return Rule(
        pattern=late(pattern, re.IGNORECASE),
        confidence=confidence,
        unless=late(unless, re.IGNORECASE) if unless else None,
        name=name,
    )


def best(rules: tuple[Rule, ...], text: str) -> tuple[Rule, re.Match[str]] | None:
    """The surest rule that holds."""
    found: tuple[Rule, re.Match[str]] | None = None
    for candidate in rules:
        if found is not None and candidate.confidence <= found[0].confidence:
            continue
        match = candidate.match(text)
        if match is not None:
            found = (candidate, match)
    return found
