"""Under which encryption keys secrets lie, and whether all of them are given."""

from collections import Counter
from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import text

from bot.doctor.findings import Finding, bad, note, well
from bot.doctor.ward import Ward
from services.vault import VaultError, key_of

SEALED = text("""
select bot_token as sealed from tenants where tenant_id = :tenant
union all select bot_grant from tenants where tenant_id = :tenant
union all select credentials from mailboxes where tenant_id = :tenant
union all select key from delegations where tenant_id = :tenant
""")


def key_findings(used: Mapping[str, int], given: Sequence[str], team: str) -> list[Finding]:
    """`used`: key id → how many secrets lie under it; `given` as listed, the current one first."""
    found = []
    for key_id, count in used.items():
        many = f"{count} secret{'' if count == 1 else 's'}"
        if key_id not in given:
            found.append(
                bad(
                    f"keys: {many} can't be opened; the key {key_id} is not in ENCRYPTION_KEYS",
                    f"add {key_id}:… behind the others, or connect Slack and the mailboxes anew",
                    team,
                )
            )
        elif key_id != given[0]:
            found.append(
                note(
                    f"keys: {many} still under {key_id}, an older key",
                    f"leave {key_id} in ENCRYPTION_KEYS until this line is gone: what is renewed "
                    "is sealed with the first key",
                    team,
                )
            )
    return found or [well(f"keys: all secrets under {given[0]}", team)]


async def check_keys(ward: Ward, team: str, tenant_id: UUID) -> list[Finding]:
    async with ward.built.database.read(tenant_id) as tx:
        rows = await tx.session.execute(SEALED, {"tenant": tenant_id})
        sealed = [bytes(row.sealed) for row in rows if row.sealed]
    used: Counter[str] = Counter()
    for one in sealed:
        try:
            used[key_of(one)] += 1
        except VaultError:
            used["?"] += 1
    return key_findings(used, list(ward.vault.keys), team)
