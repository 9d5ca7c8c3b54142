"""What was seen, in plain sentences: what was counted, never why it came so. Pure."""

from services.coaching.patterns import Pattern
from services.types.alerts import Share
from services.types.coaching import Compared


def sentence(pattern: Pattern, found: Compared, *, mine: bool) -> str:
    """Both shares with their counts, and whose mails they are. No customer is named."""
    whose = "Of your threads" if mine else "Of everybody's threads in this workspace"
    return (
        f"{whose}: {pattern.first} were answered in {counted(found.first)}, "
        f"{pattern.second} in {counted(found.second)}."
    )


def counted(share: Share) -> str:
    """'41 of 90 (46 %)'."""
    if share.value is None:
        return "0 of 0"
    return f"{share.part} of {share.of} ({share.value:.0%})".replace("%", " %")


def missing_sentence(pattern: Pattern, lacking: int) -> str:
    more = "1 more thread" if lacking == 1 else f"{lacking} more threads"
    return f"{more} at least before {pattern.name} can be compared."
