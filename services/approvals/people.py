"""Members as routing sees them, read inside the caller's transaction."""

import json
from datetime import datetime

from db import approval_requests as rows
from db.session import ReadTx
from services.types.approvals import Absence, Approver
from services.types.people import Role


async def load_people(tx: ReadTx) -> tuple[Approver, ...]:
    """All members, with the number of seats that wait for them."""
    return tuple(
        Approver(
            id=row.id,
            name=row.name,
            role=Role(row.role),
            titles=frozenset(json.loads(row.titles)),
            manager_id=row.manager_id,
            active=row.active,
            load=row.load,
        )
        for row in await rows.list_people(tx)
    )


async def list_absences(tx: ReadTx, now: datetime) -> tuple[Absence, ...]:
    """Present and coming absences."""
    return tuple(
        Absence(
            member_id=row.member_id,
            delegate_id=row.delegate_id,
            starts_at=row.starts_at,
            ends_at=row.ends_at,
        )
        for row in await rows.list_absence_rows(tx, now)
    )
