"""What was found in a draft before it may leave, as mails and pages tell it."""

from collections.abc import Mapping

from db.models.drafts import DraftRevision
from services.types.letters import FoundInDraft


def findings_of(revision: DraftRevision | None) -> tuple[FoundInDraft, ...]:
    """The revision's findings; none where nothing has looked."""
    stored = getattr(revision, "findings", None) or ()
    return tuple(_found(one) for one in stored)


def _found(stored: object) -> FoundInDraft:
    if not isinstance(stored, Mapping):
        return FoundInDraft(sentence=str(stored))
    return FoundInDraft(
        sentence=str(stored.get("sentence") or stored.get("text") or ""),
        quote=str(stored.get("quote") or ""),
    )
