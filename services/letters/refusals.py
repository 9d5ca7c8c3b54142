"""What is refused when somebody acts by mail is written down."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

import structlog

from db.models.approvals import ApprovalMail
from db.models.letters import DraftLetter
from db.session import Database
from services.audit import AuditService
from services.metrics import TOKENS_REFUSED
from services.ports import Clock
from services.types.approvals import Surface
from services.types.people import Actor

log = structlog.get_logger()

EVERY = timedelta(minutes=1)
MOST_KEYS = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusals:
    """Notes tokens that were refused: in the audit where the tenant is known, in the log, and each
    kind at most once a minute: whoever tries a thousand times fills no book."""

    db: Database
    clock: Clock
    audit: AuditService
    surface: Surface
    last: dict[tuple[object, ...], datetime] = field(default_factory=dict)

    async def note(
        self,
        why: str,
        *,
        tenant_id: UUID | None = None,
        mail: ApprovalMail | DraftLetter | None = None,
        actor: Actor | None = None,
        subject_id: UUID | None = None,
    ) -> None:
        """`mail` is the letter whose token it was; a link to a draft has only a `subject_id`."""
        TOKENS_REFUSED.labels(self.surface.value, why).inc()
        subject_id = mail.subject_id if mail else subject_id
        if not self._due((why, tenant_id, mail.id if mail else subject_id)):
            return
        log.warning(
            "approval token refused",
            why=why,
            surface=self.surface.value,
            mail_id=str(mail.id) if mail else None,
        )
        if tenant_id is None:
            return
        facts = {
            "why": why,
            "surface": self.surface.value,
            "mail": str(mail.id) if mail else None,
            "made_for": str(mail.member_id) if mail else None,
        }
        about_request = isinstance(mail, ApprovalMail) or subject_id is None
        async with self.db.transaction(tenant_id) as tx:
            await self.audit.append(
                tx,
                "approval.refused" if about_request else "draft.refused",
                actor=actor,
                subject_id=subject_id,
                facts=facts,
            )

    def _due(self, key: tuple[object, ...]) -> bool:
        now = self.clock.now()
        last = self.last.get(key)
        if last is not None and now - last < EVERY:
            return False
        if len(self.last) >= MOST_KEYS:
            self.last.clear()
        self.last[key] = now
        return True
