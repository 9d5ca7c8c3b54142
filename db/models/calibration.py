"""How stated probabilities compare with what happened, and what was adjusted because of it."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Numeric, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.base import TenantRow, one_of, refers
from db.models.outcomes import KINDS


class CalibrationBin(TenantRow):
    """Sums over the outcomes whose stated probability fell into one of ten bins, closed on the
    right: (0, 0.1], … (0.9, 1.0]; 0 belongs to the first. Mail a person edited is a stratum of its
    own. Outcomes fall into two halves by their id, so that what was learned on one can be scored on
    the other. The sums are exact, so that what is taken out leaves nothing behind."""

    __tablename__ = "calibration_bins"
    __table_args__ = (
        UniqueConstraint(
            "tenant_id",
            "action_type",
            "kind",
            "lineage",
            "edited",
            "half",
            "bin",
            name="uq_calibration_bins_key",
        ),
        CheckConstraint("bin between 0 and 9", name="bin"),
        CheckConstraint("half between 0 and 1", name="half"),
        CheckConstraint("count >= 0", name="count"),
        one_of("kind", *KINDS),
    )

    action_type: Mapped[str] = mapped_column()
    kind: Mapped[str] = mapped_column()
    lineage: Mapped[str] = mapped_column()
    edited: Mapped[bool] = mapped_column()
    half: Mapped[int] = mapped_column()
    bin: Mapped[int] = mapped_column()
    count: Mapped[int] = mapped_column(default=0)
    predicted_sum: Mapped[Decimal] = mapped_column(Numeric(16, 4), default=0)
    score_sum: Mapped[Decimal] = mapped_column(Numeric(16, 4), default=0)
    square_sum: Mapped[Decimal] = mapped_column(Numeric(20, 8), default=0)
    """Of (predicted - score) squared: the Brier score is its mean."""
    predicted_square_sum: Mapped[Decimal] = mapped_column(Numeric(20, 8), default=0)
    product_sum: Mapped[Decimal] = mapped_column(Numeric(20, 8), default=0)
    """Of predicted squared, and of predicted times score: with them any adjustment that is straight
    within a bin is scored exactly, and no outcome is read again."""


class Calibration(TenantRow):
    """What is done to a stated probability of one action type, event and lineage before anybody
    sees it. A new lineage starts with nothing known."""

    __tablename__ = "calibrations"
    __table_args__ = (
        UniqueConstraint("tenant_id", "action_type", "kind", "lineage"),
        one_of("kind", *KINDS),
        CheckConstraint("scale between 0.5 and 1.5", name="scale"),
        CheckConstraint("threshold between 0.5 and 0.9", name="threshold"),
    )

    action_type: Mapped[str] = mapped_column()
    kind: Mapped[str] = mapped_column()
    lineage: Mapped[str] = mapped_column()
    scale: Mapped[Decimal] = mapped_column(Numeric(6, 4), default=1)
    threshold: Mapped[Decimal] = mapped_column(Numeric(6, 4))
    curve: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """The rest of the adjustment, in the form of services/calibration."""
    moved_at: Mapped[datetime | None] = mapped_column()
    paused_until: Mapped[datetime | None] = mapped_column()
    """After somebody has taken an adjustment back, nothing moves by itself so long."""
    version: Mapped[int] = mapped_column(default=0)


class CalibrationMove(TenantRow):
    """One automatic adjustment: what it was, what it became, and what it rests on."""

    __tablename__ = "calibration_moves"
    __table_args__ = (
        Index(None, "tenant_id", "calibration_id", "created_at"),
        Index(
            "uq_calibration_moves_number",
            "tenant_id",
            "calibration_id",
            "version",
            unique=True,
        ),
        refers("calibration_id", "calibrations", required=True),
        refers("undone_by", "members"),
    )

    calibration_id: Mapped[UUID] = mapped_column()
    version: Mapped[int] = mapped_column()
    before: Mapped[dict[str, Any]] = mapped_column(default=dict)
    after: Mapped[dict[str, Any]] = mapped_column(default=dict)
    samples: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """n, brier, ece, the bins that asked for it and their gaps."""
    reason: Mapped[str] = mapped_column(default="")
    undone_at: Mapped[datetime | None] = mapped_column()
    undone_by: Mapped[UUID | None] = mapped_column()
