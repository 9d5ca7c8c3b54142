"""What a text was made with: evidence holds for that, and starts again with anything else.

A trust that was earned says: this model, asked with these words, under these rules, wrote what
people sent. Another model, prompt or rule may write otherwise, so each is part of the name. A
persona is not: it moves the tone of a text whose facts, recipients and verdict come from elsewhere,
its owner may change it daily, and trust that started again with every slider would never be earned.
What a persona's text turns out to be is judged like any other.
"""

import hashlib

from services.content import CONTENT_VERSION
from services.guardrails import POLICY_VERSION
from services.prompts import compose, draft, extract

PARTS = (
    extract.PROMPT_VERSION,
    draft.PROMPT_VERSION,
    compose.PROMPT_VERSION,
    POLICY_VERSION,
    CONTENT_VERSION,
)
"""What is read in a mail, how answers and mails of our own are written, and what judges them."""
LENGTH = 12


def lineage_of(model: str, parts: tuple[str, ...] = PARTS) -> str:
    """Twelve hexadecimal digits for what this model writes today."""
    return hashlib.sha256("\n".join((model, *parts)).encode()).hexdigest()[:LENGTH]
