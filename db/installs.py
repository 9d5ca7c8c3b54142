"""Installs that were begun and haven't come back: hashes only, before any tenant is known."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete

from db.models.directories import InstallState
from db.session import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class BegunInstall:
    """What was kept of an install that has come back. `team_id`: it was meant for this one."""

    team_id: str | None


async def add_install_state(tx: Tx, state: InstallState) -> None:
    tx.session.add(state)
    await tx.session.flush()


async def drop_old_install_states(tx: Tx, before: datetime) -> None:
    """Forget what can't come back any more."""
    await tx.session.execute(delete(InstallState).where(InstallState.expires_at <= before))


async def use_install_state(
    tx: Tx, *, state_hash: bytes, browser_hash: bytes, now: datetime
) -> BegunInstall | None:
    """Take the state back, once, in the browser that began it: of many at once the first deletes
    the row, and the others find none."""
    rows = await tx.session.execute(
        delete(InstallState)
        .where(
            InstallState.state_hash == state_hash,
            InstallState.browser_hash == browser_hash,
            InstallState.expires_at > now,
        )
        .returning(InstallState.team_id)
        .execution_options(synchronize_session=False)
    )
    found = rows.one_or_none()
    return None if found is None else BegunInstall(team_id=found.team_id)
