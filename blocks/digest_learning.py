"""The digest's line about what became of the copilot's texts: counts, a share and its range."""

from blocks.parts import count, percent
from services.types.learning import Learned


def learning_words(learned: Learned | None) -> str:
    """`My last seven days: 12 texts decided on, 9 sent unchanged; 4 of 7 answered (25 to 84 %).
    More: /understudy me`. Empty where there is nothing to tell."""
    if learned is None:
        return ""
    told = []
    if learned.decided:
        decided = count(learned.decided, "text")
        told.append(f"{decided} decided on, {learned.unchanged:,} sent unchanged")
    if learned.ended:
        within = ""
        if learned.low is not None and learned.high is not None:
            within = f" ({learned.low * 100:.0f} to {percent(learned.high)})"
        told.append(f"{learned.answered:,} of {learned.ended:,} answered{within}")
    return f"My last seven days: {'; '.join(told)}. More: /understudy me" if told else ""
