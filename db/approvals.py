"""SQL of approving, written by hand on the driver's own connection: here a person waits.

Two reads on purpose. A statement sees the database as it was when it began, so what is judged must
be read by a statement that begins after the locks are held.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from db.audit import AuditRow, add_keys
from db.cards import BumpedCard
from db.compose import FIRST_CONTACT
from db.session import Tx, raw_connection

# `of c, a, d` is also the order in which PostgreSQL takes the locks: conversation, action, draft,
# as everywhere. A mail being read right now decides before or after us.
LOCK = """
select a.status, a.owner_id, a.draft_id, d.mailbox_id, d.status as draft_status,
       d.revision as draft_revision
from actions a
join drafts d on d.tenant_id = a.tenant_id and d.id = a.draft_id
join conversations c on c.tenant_id = d.tenant_id and c.id = d.conversation_id
where a.tenant_id = $1 and a.id = $2
for update of c, a, d
"""

# Titles of the others whom the revision `r` reaches beside the contact `p`. A plus tag is the same
# person.
COPIED = r"""
array(
    select x.title from contacts x
    where x.tenant_id = p.tenant_id and x.account_id = p.account_id and x.status = 'confirmed'
      and x.id <> p.id and x.email in (
        select unnest(array[lower(v), regexp_replace(lower(v), '\+[^@]*@', '@')])
        from jsonb_array_elements_text(r."to" || r.cc || r.bcc) v)
)
"""
# An order in an earlier mail of the thread still stands there for a model that reads it.
HOLDS_ORDERS = """
exists (
    select 1 from messages w
    where w.tenant_id = d.tenant_id and w.conversation_id = d.conversation_id
      and w.analysis #>> '{suspicious,injection}' = 'true'
)
"""

# Whom it goes to is worked out before the contact is looked up (`offset 0`): otherwise all contacts
# of the tenant are read to be compared with it.
FACTS = f"""
select m.role, coalesce(k.engaged, false) as switched_off,
       k.stopped_types::text as stopped,
       coalesce(t.settings -> 'shadow' = 'true', false) as shadow,
       r.content_hash, coalesce(r.text, '') as text, r.findings::text as findings,
       r.content::text as content,
       r.raw is null and jsonb_array_length(r.attachments) > 0 as too_large,
       e.stage, e.amount, e.currency, i.proof as sender_proof,
       p.title as recipient_title, coalesce(p.status = 'confirmed', false) as recipient_confirmed,
       case when jsonb_array_length(r."to" || r.cc || r.bcc) > 1 then {COPIED} end as copied_titles,
       coalesce(d.source ->> 'suspicious' = 'true', false) or {HOLDS_ORDERS} as suspicious,
       d.purpose,
       d.purpose is not null and coalesce(p.status <> 'confirmed' or p.excluded
           or p.undeliverable or o.excluded, true) as recipient_barred,
       case when d.purpose is null then false else {FIRST_CONTACT} end as first_contact,
       (select b.address from mailboxes b where b.tenant_id = a.tenant_id and b.id = d.mailbox_id
        and b.status <> 'connected') as mailbox_gone,
       (select s.gated_types::text from approval_rule_sets s where s.tenant_id = a.tenant_id
        order by s.version desc limit 1) as gated
from actions a
join drafts d on d.tenant_id = a.tenant_id and d.id = a.draft_id
join members m on m.tenant_id = a.tenant_id and m.id = $3 and m.active
join tenants t on t.tenant_id = a.tenant_id
left join kill_switches k on k.tenant_id = a.tenant_id
left join draft_revisions r
    on r.tenant_id = a.tenant_id and r.draft_id = d.id and r.number = d.revision
left join deals e on e.tenant_id = a.tenant_id and e.id = a.deal_id
left join messages i on i.tenant_id = a.tenant_id and i.id = d.message_id
left join lateral (select coalesce(d.contact_id, i.contact_id) as id offset 0) n on true
left join contacts p on p.tenant_id = a.tenant_id and p.id = n.id
left join accounts o on o.tenant_id = a.tenant_id and o.id = p.account_id
where a.tenant_id = $1 and a.id = $2
"""  # noqa: S608 - a constant of ours

# The whole decision at once: settled while it is pending; its effect queued (one that was cancelled
# before anew; one on its way or arrived stays, nothing comes back and the caller gives up); the
# audit entry; the day whose figures change (db/analytics.MARK); the cards wanted anew, locked in id
# order as in db/cards.
APPROVE = """
with settled as (
    update actions
    set status = 'approved', decided_by = $3, decided_at = $4, decided_surface = $5,
        decided_revision = $6, decided_hash = $7, decision_reason = null
    where tenant_id = $1 and id = $2 and status = 'pending'
    returning tenant_id, id, draft_id, created_at
),
marked as (
    insert into learning_marks (tenant_id, id, created_at, day)
    select tenant_id, $14, $4, (created_at at time zone 'UTC')::date from settled
),
effect as (
    insert into effects as e (tenant_id, id, created_at, action_id, draft_id, kind, revision,
                              status, due_at, looks, result)
    select tenant_id, $8, $4, id, draft_id, 'send_draft', $6, 'queued', $9, 0, '{}' from settled
    on conflict (tenant_id, action_id, revision) do update
    set status = 'queued', created_at = excluded.created_at, due_at = excluded.due_at,
        claimed_at = null, settled_at = null, looks = 0, result = '{}', lease_token = null,
        lease_until = null, undo_at = null, undo_by = null
    where e.status = 'cancelled'
    returning id
),
entry as (
    insert into audit_entries (tenant_id, id, created_at, verb, subject_id, body)
    select $1, $10, $11, $12, $2, $13 from effect
),
held as (
    select id from cards where tenant_id = $1 and kind = 'mail' and subject_id = $2
    order by id for update
),
bumped as (
    update cards c set wanted_rev = wanted_rev + 1 from held
    where c.tenant_id = $1 and c.id = held.id
    returning c.id, c.recipient_id, c.channel, c.ts
)
select effect.id as effect_id, bumped.* from effect left join bumped on true
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldCase:
    """An action and its draft as they stand, held until the transaction ends."""

    status: str
    owner_id: UUID | None
    draft_id: UUID
    mailbox_id: UUID | None
    draft_status: str
    draft_revision: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFacts:
    """What right and policy are judged by: the decider, the kill switch, the draft's revision (its
    hash is None when it is gone), deal, sender and recipient."""

    role: str
    switched_off: bool
    stopped: str | None
    """The action types that are stopped, as JSON."""
    shadow: bool
    content_hash: str | None
    text: str
    findings: str | None
    """What the check of the revision found, as JSON."""
    content: str | None
    """What its text was found to amount to when it was written, as JSON; None where nobody kept
    it."""
    too_large: bool | None
    stage: str | None
    amount: Decimal | None
    currency: str | None
    recipient_title: str | None
    recipient_confirmed: bool
    copied_titles: list[str | None] | None
    """Of confirmed contacts who get it too; None where there is nobody else."""
    sender_proof: str | None
    suspicious: bool
    mailbox_gone: str | None
    """The address it would leave from, when that isn't connected any more."""
    purpose: str | None
    recipient_barred: bool
    first_contact: bool
    gated: str | None
    """The action types that need an approval request, as JSON; None without rules."""

    @property
    def found(self) -> list[dict[str, Any]]:
        # Nearly every draft has none: see below.
        return json.loads(self.findings) if self.findings not in {None, "[]"} else []

    @property
    def kept_content(self) -> dict[str, Any] | None:
        return json.loads(self.content) if self.content is not None else None

    @property
    def stopped_types(self) -> frozenset[str]:
        return (
            frozenset(json.loads(self.stopped)) if self.stopped not in {None, "[]"} else frozenset()
        )

    @property
    def gated_types(self) -> tuple[str, ...]:
        # Nearly everybody has none: what costs a parse is only paid by those who have.
        return tuple(json.loads(self.gated)) if self.gated not in {None, "[]"} else ()


async def lock_case(tx: Tx, action_id: UUID) -> HeldCase | None:
    """The case, locked in the order conversation, action, draft."""
    row = await (await raw_connection(tx)).fetchrow(LOCK, tx.tenant_id, action_id)
    return HeldCase(**row) if row else None


async def get_case_facts(tx: Tx, action_id: UUID, decider_id: UUID) -> CaseFacts | None:
    """None when the decider is gone or no longer active."""
    row = await (await raw_connection(tx)).fetchrow(FACTS, tx.tenant_id, action_id, decider_id)
    return CaseFacts(**row) if row else None


async def approve_case(
    tx: Tx,
    action_id: UUID,
    *,
    effect_id: UUID,
    decided_by: UUID,
    at: datetime,
    surface: str,
    revision: int,
    content_hash: str,
    due_at: datetime,
    entry: AuditRow,
    mark_id: UUID,
) -> tuple[UUID, list[BumpedCard]] | None:
    """Settle the action, if it is still pending, queue the sending of the revision, write the
    audit entry, mark the day and want the cards anew: the effect's id, and the cards in the order
    of theirs. None when the revision is on its way already; roll back then."""
    rows = await (await raw_connection(tx)).fetch(
        APPROVE,
        tx.tenant_id,
        action_id,
        decided_by,
        at,
        surface,
        revision,
        content_hash,
        effect_id,
        due_at,
        entry.id,
        entry.at,
        entry.verb,
        entry.body,
        mark_id,
    )
    if not rows:
        return None
    await add_keys(tx, [entry])
    bumped = [
        BumpedCard(
            id=row["id"], recipient_id=row["recipient_id"], channel=row["channel"], ts=row["ts"]
        )
        for row in rows
        if row["id"] is not None
    ]
    return rows[0]["effect_id"], sorted(bumped, key=lambda card: card.id)
