"""What the two ways of deciding from a mail share: the token is used once, and what is refused is
written down."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal, Protocol
from uuid import UUID

import structlog
from prometheus_client import Counter

from db import approval_mails as rows
from db.models.approvals import ApprovalMail
from db.session import Database
from services.audit import AuditService
from services.ports import Clock
from services.types.approvals import Decided, Seen, Surface, VoteChoice
from services.types.people import Actor

log = structlog.get_logger()

REFUSED = Counter("understudy_approval_tokens_refused", "Tokens refused", ["surface", "why"])
EVERY = timedelta(minutes=1)
MOST_KEYS = 1_000


class Decider(Protocol):
    """The one way to decide, whatever the surface (services.approvals.decisions)."""

    async def decide(
        self,
        actor: Actor,
        request_id: UUID,
        *,
        choice: VoteChoice,
        reason: str,
        conditions: tuple[str, ...],
        seen: Seen,
        surface: Surface,
        command_id: str,
        shown_at: datetime | None = None,
    ) -> Decided: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A decision as somebody put it."""

    choice: Literal["approve", "reject"]
    reason: str
    conditions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenUse:
    """Decides with a mail's token. The command is the mail itself, so that whatever is repeated, by
    the same or the other way, gets the first answer and does nothing."""

    db: Database
    clock: Clock
    decisions: Decider

    async def decide(
        self, actor: Actor, mail: ApprovalMail, wanted: Wanted, *, surface: Surface, by: str
    ) -> Decided:
        at = self.clock.now()
        async with self.db.transaction(actor.tenant_id) as tx:
            claimed = await rows.use_mail(tx, mail.id, at, by)
        try:
            return await self.decisions.decide(
                actor,
                mail.request_id,
                choice=VoteChoice(wanted.choice),
                reason=wanted.reason,
                conditions=wanted.conditions,
                seen=Seen(payload_hash=mail.payload_hash, rule_version=mail.rule_version),
                surface=surface,
                command_id=f"approval-mail:{mail.id}",
                shown_at=mail.sent_at,
            )
        except BaseException:
            # Nothing was decided, so nothing was used up.
            if claimed:
                async with self.db.transaction(actor.tenant_id) as tx:
                    await rows.give_back(tx, mail.id, at)
            raise


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
        mail: ApprovalMail | None = None,
        actor: Actor | None = None,
    ) -> None:
        REFUSED.labels(self.surface.value, why).inc()
        if not self._due((why, tenant_id, mail.id if mail else None)):
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
        async with self.db.transaction(tenant_id) as tx:
            await self.audit.append(
                tx,
                "approval.refused",
                actor=actor,
                subject_id=mail.request_id if mail else None,
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
