"""SQL of devices and of the sign-ins that make them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, update

from db.models.approvals import Device, SignIn
from db.session import ReadTx, Tx


async def add_device(tx: Tx, device: Device) -> None:
    tx.session.add(device)
    await tx.session.flush()


async def get_device(tx: ReadTx, device_id: UUID) -> Device | None:
    return await tx.session.get(Device, (tx.tenant_id, device_id))


async def revoke_devices(tx: Tx, member_id: UUID, at: datetime) -> int:
    """End every device of this member; how many there were."""
    rows = await tx.session.execute(
        update(Device)
        .where(
            Device.tenant_id == tx.tenant_id,
            Device.member_id == member_id,
            Device.revoked_at.is_(None),
        )
        .values(revoked_at=at)
        .returning(Device.id)
        .execution_options(synchronize_session="fetch")
    )
    return len(rows.scalars().all())


async def add_sign_in(tx: Tx, sign_in: SignIn) -> None:
    tx.session.add(sign_in)
    await tx.session.flush()


async def drop_old_sign_ins(tx: Tx, before: datetime) -> None:
    """Forget the sign-ins that ended before then; nobody can come back to them."""
    await tx.session.execute(
        delete(SignIn).where(SignIn.tenant_id == tx.tenant_id, SignIn.expires_at < before)
    )


async def use_sign_in(tx: Tx, nonce_hash: bytes, now: datetime) -> bool:
    """Take the state back, once: False when it is unknown, over or already used."""
    rows = await tx.session.execute(
        update(SignIn)
        .where(
            SignIn.tenant_id == tx.tenant_id,
            SignIn.nonce_hash == nonce_hash,
            SignIn.used_at.is_(None),
            SignIn.expires_at > now,
        )
        .values(used_at=now)
        .returning(SignIn.id)
        .execution_options(synchronize_session="fetch")
    )
    return rows.scalar_one_or_none() is not None
