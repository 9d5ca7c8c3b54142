"""SQL of outcomes that wait for a person's word."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import text

from db.session import ReadTx

_UNCLEAR = """
select o.id as outcome_id, o.action_id, o.member_id, coalesce(m.name, '') as member,
    coalesce(a.name, '') as account, coalesce(c.subject, '') as subject, o.kind, o.event, o.reason,
    left(coalesce(g.text, ''), :quoted) as quote, o.resolved_at
from outcomes o
left join members m on m.tenant_id = o.tenant_id and m.id = o.member_id
left join accounts a on a.tenant_id = o.tenant_id and a.id = o.account_id
left join conversations c on c.tenant_id = o.tenant_id and c.id = o.conversation_id
left join messages g on g.tenant_id = o.tenant_id and g.id = o.signal_message_id
    and g.attention <> 'set_aside'
where o.tenant_id = :tenant and o.member_id = any(:members) and o.status = 'ambiguous'
    and o.source = 'automatic'
order by o.resolved_at desc, o.id desc limit :most
"""


async def list_unclear(
    tx: ReadTx, member_ids: Sequence[UUID], *, limit: int, quoted: int
) -> Sequence[Mapping[str, Any]]:
    """`quoted`: so many characters of the answer at most."""
    values = {
        "tenant": tx.tenant_id,
        "members": list(member_ids),
        "most": limit,
        "quoted": quoted,
    }
    return [dict(row) for row in (await tx.session.execute(text(_UNCLEAR), values)).mappings()]
