"""Mails of ours that carry a token: what all of them have, and those about drafts."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from db.base import TenantRow, one_of, refers


class Letter(TenantRow):
    """One mail of ours to one person, sent at most once: queued → sending → sent · none · failed ·
    unknown. `token_hash` names the reply token in it; `used_at` is set by the decision it was used
    for."""

    __abstract__ = True

    member_id: Mapped[UUID] = mapped_column()
    kind: Mapped[str] = mapped_column()
    number: Mapped[int] = mapped_column(default=0)
    status: Mapped[str] = mapped_column(default="queued")
    note: Mapped[str | None] = mapped_column()
    token_hash: Mapped[bytes] = mapped_column(LargeBinary)
    expires_at: Mapped[datetime] = mapped_column()
    sent_at: Mapped[datetime | None] = mapped_column()
    used_at: Mapped[datetime | None] = mapped_column()
    suggestion: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """What it answers: an ambiguous reply, a sentence, and which mail it stands under."""


class DraftLetter(Letter):
    """One mail about a draft. `revision` and `content_hash` are what it showed: a reply decides on
    exactly that. All letters about one action to one person form a thread, in order of `number`."""

    __tablename__ = "draft_letters"
    __table_args__ = (
        UniqueConstraint("tenant_id", "action_id", "member_id", "number"),
        UniqueConstraint("tenant_id", "token_hash"),
        Index(
            "ix_draft_letters_unsent",
            "tenant_id",
            postgresql_where=text("status in ('queued', 'sending')"),
        ),
        refers("action_id", "actions", required=True),
        refers("member_id", "members", required=True),
        one_of("kind", "draft", "confirm", "findings", "leaving", "answer"),
        one_of("status", "queued", "sending", "sent", "none", "failed", "unknown"),
    )

    action_id: Mapped[UUID] = mapped_column()
    revision: Mapped[int] = mapped_column()
    content_hash: Mapped[str] = mapped_column()

    @property
    def subject_id(self) -> UUID:
        """What it is about."""
        return self.action_id
