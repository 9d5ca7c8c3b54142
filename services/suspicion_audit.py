"""Each text that tries to give orders to a machine is written down once, whatever comes of it: an
admin who asks who has tried something finds it in the audit. A text that gives none leaves nothing
there. The entry holds none of its words, so that forgetting the text forgets them."""

from uuid import UUID

from db.session import Tx
from services.audit import AuditService
from services.types.model import Suspicion
from services.types.people import Actor

SUSPICIOUS = "text.suspicious"


async def note_suspicion(
    tx: Tx,
    audit: AuditService,
    suspicion: Suspicion,
    *,
    came_by: str,
    subject_id: UUID | None,
    actor: Actor | None = None,
    **facts: object,
) -> None:
    """In the transaction that stores the text or what was read in it. `came_by`: mail, capture,
    request, question, slack thread, transcript or file. `actor`: who brought it, if a member did.
    """
    if suspicion.injection:
        told = {"came_by": came_by, "score": suspicion.score, **facts}
        await audit.append(tx, SUSPICIOUS, actor=actor, subject_id=subject_id, facts=told)
