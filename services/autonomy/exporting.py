"""The list of actions as rows of a file: one an action, with what called for it, what policy said,
who decided, what left and what came of it."""

import csv
import io
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from db import autonomy_figures as figures
from db.autonomy_figures import Chosen
from db.autonomy_rows import ActionRow
from db.session import Database
from services.csv_cells import cell
from services.json_lines import json_line

BATCH = 500
COLUMNS = (
    "workspace",
    "action_id",
    "at",
    "type",
    "account",
    "owner",
    "trigger",
    "trigger_why",
    "level",
    "verdict",
    "reasons",
    "decision",
    "status",
    "decided_by",
    "decided_surface",
    "decided_at",
    "decision_reason",
    "effect",
    "queued_at",
    "due_at",
    "claimed_at",
    "settled_at",
    "undone_at",
    "undone_by",
    "outcome",
    "outcome_at",
    "confidence",
    "confidence_stated",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportService:
    db: Database

    async def rows(self, tenant_id: UUID, chosen: Chosen) -> AsyncIterator[ActionRow]:
        """All actions of the tenant that were chosen, oldest first, page by page: no transaction is
        held while somebody writes them down."""
        after: tuple[datetime, UUID] | None = None
        while True:
            async with self.db.read(tenant_id) as tx:
                page = await figures.list_exported(tx, chosen, limit=BATCH, after=after)
            for row in page:
                yield row
            if len(page) < BATCH:
                return
            after = (page[-1].created_at, page[-1].id)


def values_of(workspace: str, row: ActionRow) -> dict[str, Any]:
    """One action by COLUMNS; moments in UTC, what there is none of is None."""
    return {
        "workspace": workspace,
        "action_id": str(row.id),
        "at": _moment(row.created_at),
        "type": row.type,
        "account": row.account,
        "owner": row.owner,
        "trigger": row.trigger_kind or row.trigger,
        "trigger_why": row.trigger_why,
        "level": row.judged_level or row.level,
        "verdict": row.judged_verdict or row.verdict,
        "reasons": " ".join(row.judged_reasons or row.reasons),
        "decision": row.judged,
        "status": row.status,
        "decided_by": row.decided_by,
        "decided_surface": row.decided_surface,
        "decided_at": _moment(row.decided_at),
        "decision_reason": row.decision_reason,
        "effect": row.effect,
        "queued_at": _moment(row.queued_at),
        "due_at": _moment(row.due_at),
        "claimed_at": _moment(row.claimed_at),
        "settled_at": _moment(row.settled_at),
        "undone_at": _moment(row.undo_at),
        "undone_by": row.undo_by,
        "outcome": row.outcome,
        "outcome_at": _moment(row.outcome_at),
        "confidence": str(row.confidence if row.calibrated is None else row.calibrated),
        "confidence_stated": str(row.confidence),
    }


def head_line(form: str) -> str:
    """What a file of this form begins with."""
    return _csv_line(COLUMNS) if form == "csv" else ""


def line_of(values: dict[str, Any], form: str) -> str:
    """One action as a line of CSV or JSON."""
    if form == "json":
        return json_line(values) + "\n"
    return _csv_line(cell(values[name]) for name in COLUMNS)


def _csv_line(cells: Iterator[str] | tuple[str, ...]) -> str:
    line = io.StringIO(newline="")
    csv.writer(line, lineterminator="\r\n").writerow(cells)
    return line.getvalue()


def _moment(at: datetime | None) -> str | None:
    return at.astimezone(UTC).isoformat() if at else None
