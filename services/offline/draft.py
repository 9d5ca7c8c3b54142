"""Writes a reply from phrase tables: short, true, and in the customer's language."""

from services.offline.phrases import EN
from services.types.model import DraftRequest, DraftText


def write_draft(request: DraftRequest) -> DraftText:
    """A reply that takes up each ask and promises only what the author can keep."""
    phrases = EN
    name = request.sender_name.split()[0] if request.sender_name.split() else ""
    greeting = phrases.greeting.format(name=name) if name else phrases.greeting_unknown
    kinds = tuple(dict.fromkeys(ask.kind for ask in request.asks))
    answers = " ".join(phrases.answers[kind] for kind in kinds)
    closing = (
        phrases.closing.get(kinds[0], phrases.closing_plain) if kinds else phrases.closing_plain
    )
    parts = [
        greeting,
        f"{phrases.thanks} {answers}".strip(),
        closing,
        f"{phrases.sign}\n{request.author_name}".strip(),
    ]
    return DraftText(body="\n\n".join(parts), confidence=0.5, reason="Written from phrase tables.")
