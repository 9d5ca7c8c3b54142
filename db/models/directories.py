"""What must be found before the tenant is known. Keys only: no content stands outside RLS."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base


class WorkspaceEntry(Base):
    """Slack team → tenant."""

    __tablename__ = "workspace_directory"

    team_id: Mapped[str] = mapped_column(primary_key=True)
    tenant_id: Mapped[UUID] = mapped_column(unique=True)


class MailboxEntry(Base):
    """Keyed hash of a mailbox address → tenant. Insert-only: a second tenant is a Conflict."""

    __tablename__ = "mailbox_directory"

    address_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    key_version: Mapped[int] = mapped_column(primary_key=True)
    tenant_id: Mapped[UUID] = mapped_column()
    mailbox_id: Mapped[UUID] = mapped_column()


class Timer(Base):
    """Something that is due. Written in the domain's transaction, swept with the Clock's now."""

    __tablename__ = "timers"
    __table_args__ = (Index(None, "due_at"),)

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    subject_id: Mapped[UUID] = mapped_column(primary_key=True)
    due_at: Mapped[datetime] = mapped_column()


class ScheduleTick(Base):
    """One row a minute, whichever replica was first."""

    __tablename__ = "schedule_ticks"

    due_at: Mapped[datetime] = mapped_column(primary_key=True)


class InstallState(Base):
    """An install that was begun in some browser and hasn't come back. `team_id` where it is meant
    for one workspace only."""

    __tablename__ = "install_states"
    __table_args__ = (Index(None, "expires_at"),)

    state_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    browser_hash: Mapped[bytes] = mapped_column(LargeBinary)
    team_id: Mapped[str | None] = mapped_column()
    expires_at: Mapped[datetime] = mapped_column()
