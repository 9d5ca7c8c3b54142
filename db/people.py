"""What is about one person: found, and emptied. Who names them elsewhere: db/traces.py."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, delete, select, text, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Uuid

from db.models.customers import Contact
from db.models.directories import MailboxEntry, Timer
from db.models.mailboxes import Mailbox
from db.models.tenants import Member
from db.session import ReadTx, Tx

Ids = Mapping[str, Collection[UUID]]
KINDS = ("contacts", "conversations", "actions", "drafts", "requests", "mailboxes", "habits")
"""Sorts of things that are about somebody: ids by these."""

# Mail the person wrote or got. What was emptied names nobody any more, so that the next page is the
# rest; `contact_id` goes with it.
MAIL = """
select id, conversation_id from messages
where tenant_id = :tenant and (
    contact_id = any(:contacts) or sender ->> 'email' ~* :pattern or recipients::text ~* :pattern
)
order by id limit :limit
"""
# The mail stays as the fact that it was there, so that Gmail's copy isn't read again.
EMPTY_MAIL = """
update messages set subject = '', text = null, sender = '{}', recipients = '{}', analysis = '{}',
    attachments = '[]', contact_id = null, attention = 'set_aside',
    notes = '["somebody was erased"]'
where tenant_id = :tenant and id = any(:messages)
"""
THINGS = """
select 'actions' as kind, a.id from actions a where a.tenant_id = :tenant
    and a.conversation_id = any(:conversations)
union select 'actions', a.id from actions a join drafts d
    on d.tenant_id = a.tenant_id and d.id = a.draft_id
    where a.tenant_id = :tenant and d.contact_id = any(:contacts)
union select 'drafts', d.id from drafts d where d.tenant_id = :tenant
    and (d.conversation_id = any(:conversations) or d.contact_id = any(:contacts))
union select 'requests', r.id from approval_requests r join actions a
    on a.tenant_id = r.tenant_id and a.id = r.action_id
    left join drafts d on d.tenant_id = a.tenant_id and d.id = a.draft_id
    where r.tenant_id = :tenant
      and (a.conversation_id = any(:conversations) or d.contact_id = any(:contacts))
"""
# What is still on its way to the person can't be emptied under the feet of who sends it.
ON_THEIR_WAY = """
select count(*) from effects
where tenant_id = :tenant and action_id = any(:actions) and status in ('queued', 'sending')
"""
EMPTY: Mapping[str, str] = {
    "draft_revisions": """
        update draft_revisions set "to" = '[]', cc = '[]', bcc = '[]', reply_to = null,
            subject = '', text = '', raw = null, instruction = null, findings = '[]',
            in_reply_to = null, refs = '[]', attachments = '[]'
        where tenant_id = :tenant and draft_id = any(:drafts) and (text <> '' or subject <> '')""",
    "drafts": """
        update drafts set instruction = '', contact_id = null,
            source = case when source ? 'wanted_by'
                then jsonb_build_object('wanted_by', source -> 'wanted_by') else '{}' end
        where tenant_id = :tenant and id = any(:drafts)
          and (instruction <> '' or source <> '{}' or contact_id is not null)""",
    "actions": """
        update actions set trigger = '', reasons = '[]', confidence_reason = '',
            decision_reason = null
        where tenant_id = :tenant and id = any(:actions)""",
    "judgements": """
        update judgements set reasons = '[]'
        where tenant_id = :tenant and action_id = any(:actions) and reasons <> '[]'""",
    "draft_letters": """
        update draft_letters set suggestion = '{}', note = null
        where tenant_id = :tenant and action_id = any(:actions) and suggestion <> '{}'""",
    "approval_mails": """
        update approval_mails set suggestion = '{}', note = null
        where tenant_id = :tenant and request_id = any(:requests) and suggestion <> '{}'""",
    "approval_requests": """
        update approval_requests set reason = '', evidence = '', competitor = '',
            route_sentence = '', settled_reason = null, payload = payload - 'text' - 'note'
        where tenant_id = :tenant and id = any(:requests)""",
    "feedback": """
        update feedback set reason = null where tenant_id = :tenant and reason is not null
          and (target_id = any(:actions) or target_id = any(:drafts)
               or target_id = any(:conversations))""",
    "reviews": """
        update reviews set words = '' where tenant_id = :tenant and words <> ''
          and (target_id = any(:actions) or target_id = any(:drafts)
               or target_id = any(:conversations))""",
    "edit_sightings": """
        delete from edit_sightings where tenant_id = :tenant and action_id = any(:actions)""",
    "captures": """
        delete from captures where tenant_id = :tenant
          and (contact_id = any(:contacts) or author ~* :pattern or text ~* :pattern)""",
    "triggers": """
        update triggers set why = '', evidence = '[]', why_not = '', contact_id = null
        where tenant_id = :tenant and (contact_id = any(:contacts)
            or action_id = any(:actions) or thread_id = any(:conversations))""",
    "agent_answers": """
        update agent_answers set question = '[erased]', text = '', sources = '[]', note = null,
            seen = '[]'
        where tenant_id = :tenant and question <> '[erased]'
          and (question ~* :pattern or text ~* :pattern or sources::text ~* :pattern)""",
    "command_results": """
        delete from command_results where tenant_id = :tenant and result::text ~* :pattern""",
    "learning_pages": """
        delete from learning_pages where tenant_id = :tenant""",
    "signals": """
        delete from signals where tenant_id = :tenant and contact_id = any(:contacts)""",
}
"""Table → what is done there about a contact, in this order."""

OWN: Mapping[str, str] = {
    name: f"delete from {name} where tenant_id = :tenant and {column} = any(:members)"  # noqa: S608
    for name, column in {
        "agent_answers": "member_id",
        "finds": "member_id",
        "captures": "member_id",
        "digests": "member_id",
        "reports": "member_id",
        "report_wishes": "member_id",
        "coaching_findings": "member_id",
        "coaching_looks": "member_id",
        "coaching_refusals": "member_id",
        "edit_habits": "member_id",
        "devices": "member_id",
        "api_tokens": "member_id",
        "connect_attempts": "member_id",
        "home_visits": "member_id",
        "autonomy_exports": "member_id",
        "selections": "requested_by",
        "member_imports": "requested_by",
        "absences": "member_id",
        "persona_members": "member_id",
        "narrowings": "member_id",
        "cards": "recipient_id",
    }.items()
}
"""What goes with a member who has left: rows of their own."""
OWN_MAIL = """
delete from conversations where tenant_id = :tenant and link in ('unlinked', 'ignored')
  and responder_id = any(:members)
"""
OWN_WORDS: Mapping[str, str] = {
    "feedback": "update feedback set reason = null where tenant_id = :tenant"
    " and member_id = any(:members) and reason is not null",
    "reviews": "update reviews set words = '' where tenant_id = :tenant"
    " and member_id = any(:members) and words <> ''",
    "slack_posts": "update slack_posts set author = '', slack_user_id = ''"
    " where tenant_id = :tenant and member_id = any(:members)",
}


async def find_contacts(tx: ReadTx, emails: Collection[str]) -> Sequence[Contact]:
    rows = await tx.session.scalars(
        select(Contact).where(Contact.tenant_id == tx.tenant_id, Contact.email.in_(emails))
    )
    return rows.all()


async def find_member(tx: ReadTx, email: str) -> Member | None:
    rows = await tx.session.scalars(
        select(Member).where(Member.tenant_id == tx.tenant_id, Member.email == email)
    )
    return rows.one_or_none()


async def list_addresses(tx: ReadTx) -> frozenset[str]:
    """Every address that stands as a contact's, a member's or a mail's sender."""
    query = """
        select email from contacts where tenant_id = :tenant
        union select email from members where tenant_id = :tenant
        union select sender ->> 'email' from messages where tenant_id = :tenant
            and sender ->> 'email' is not null
        union select jsonb_array_elements_text(recipients -> part)
            from messages, (values ('to'), ('cc')) as parts (part)
            where tenant_id = :tenant and jsonb_typeof(recipients -> part) = 'array'
    """
    return frozenset(await tx.session.scalars(text(query), {"tenant": tx.tenant_id}))


async def list_names(tx: ReadTx, pattern: str) -> frozenset[str]:
    """The names that mails give the address."""
    query = (
        "select distinct sender ->> 'name' from messages where tenant_id = :tenant "
        "and sender ->> 'email' ~* :pattern and sender ->> 'name' is not null"
    )
    values = {"tenant": tx.tenant_id, "pattern": pattern}
    return frozenset(await tx.session.scalars(text(query), values))


async def list_mail(
    tx: ReadTx, contacts: Collection[UUID], pattern: str, limit: int
) -> list[tuple[UUID, UUID]]:
    """Mails of the person that still say something: (message, conversation)."""
    values = {"contacts": contacts, "pattern": pattern, "limit": limit}
    rows = await tx.session.execute(_bound(MAIL, "contacts"), _values(tx, values))
    return [(row[0], row[1]) for row in rows]


async def empty_mail(tx: Tx, messages: Collection[UUID]) -> None:
    values = _values(tx, {"messages": messages})
    await tx.session.execute(_bound(EMPTY_MAIL, "messages"), values)


async def list_things(tx: ReadTx, known: Ids) -> dict[str, list[UUID]]:
    """Actions, drafts and requests about these contacts and conversations."""
    values = {kind: known.get(kind, ()) for kind in ("contacts", "conversations")}
    rows = await tx.session.execute(_bound(THINGS, *values), _values(tx, values))
    found: dict[str, list[UUID]] = {}
    for kind, one in rows:
        found.setdefault(kind, []).append(one)
    return found


async def count_on_their_way(tx: ReadTx, actions: Collection[UUID]) -> int:
    query = _bound(ON_THEIR_WAY, "actions")
    return int(await tx.session.scalar(query, _values(tx, {"actions": actions})) or 0)


async def empty(tx: Tx, table: str, known: Ids, pattern: str) -> int:
    """Empty what one table holds about them. How many rows."""
    query = EMPTY[table]
    names = [kind for kind in KINDS if f":{kind})" in query]
    values: dict[str, Any] = {name: known.get(name, ()) for name in names}
    if ":pattern" in query:
        values["pattern"] = pattern
    done: Any = await tx.session.execute(_bound(query, *names), _values(tx, values))
    return int(done.rowcount)


async def list_told(tx: ReadTx, pattern: str) -> list[tuple[UUID, str, list[str]]]:
    """Answers of ours that name the person: id, channel, the messages they stand in."""
    query = (
        "select id, channel, pages from agent_answers where tenant_id = :tenant "
        "and (question ~* :pattern or text ~* :pattern or sources::text ~* :pattern)"
    )
    rows = await tx.session.execute(text(query), _values(tx, {"pattern": pattern}))
    return [(row.id, row.channel, list(row.pages)) for row in rows]


async def list_signals(tx: ReadTx, contacts: Collection[UUID]) -> list[UUID]:
    query = "select id from signals where tenant_id = :tenant and contact_id = any(:contacts)"
    rows = await tx.session.scalars(_bound(query, "contacts"), _values(tx, {"contacts": contacts}))
    return list(rows)


async def drop_contacts(tx: Tx, contacts: Collection[UUID]) -> int:
    gone = await tx.session.scalars(
        delete(Contact)
        .where(Contact.tenant_id == tx.tenant_id, Contact.id.in_(contacts))
        .returning(Contact.id)
    )
    return len(gone.all())


# ── a member who has left ───────────────────────────────────────────────────────────────────────
async def list_belongings(tx: ReadTx, member_id: UUID) -> dict[str, list[UUID]]:
    """Mailboxes and habits of a member."""
    boxes = await tx.session.scalars(
        select(Mailbox.id).where(
            Mailbox.tenant_id == tx.tenant_id,
            Mailbox.member_id == member_id,
            Mailbox.is_system.is_(False),
        )
    )
    query = "select id from edit_habits where tenant_id = :tenant and member_id = :member"
    habits = await tx.session.scalars(text(query), _values(tx, {"member": member_id}))
    return {"mailboxes": list(boxes), "habits": list(habits)}


async def drop_own(tx: Tx, member_id: UUID) -> dict[str, int]:
    """Everything that is a member's own. How many rows, by table."""
    counts = {}
    statements = {**OWN, "conversations": OWN_MAIL, **OWN_WORDS}
    for table, query in statements.items():
        done: Any = await tx.session.execute(
            _bound(query, "members"), _values(tx, {"members": [member_id]})
        )
        if done.rowcount:
            counts[table] = int(done.rowcount)
    return counts


async def drop_mailboxes(tx: Tx, mailbox_ids: Collection[UUID]) -> int:
    """The mailboxes, and what the directory knows them by."""
    await tx.session.execute(delete(MailboxEntry).where(MailboxEntry.mailbox_id.in_(mailbox_ids)))
    gone = await tx.session.scalars(
        delete(Mailbox)
        .where(Mailbox.tenant_id == tx.tenant_id, Mailbox.id.in_(mailbox_ids))
        .returning(Mailbox.id)
    )
    return len(gone.all())


async def unname_member(tx: Tx, member_id: UUID, *, email: str, name: str) -> None:
    """The row stays for what refers to it, and names nobody."""
    await tx.session.execute(
        delete(Timer).where(Timer.tenant_id == tx.tenant_id, Timer.subject_id == member_id)
    )
    await tx.session.execute(
        update(Member)
        .where(Member.tenant_id == tx.tenant_id, Member.id == member_id)
        .values(
            email=email,
            name=name,
            titles=[],
            phone=None,
            slack_user_id=None,
            dm_channel=None,
            preferences={},
        )
        .execution_options(synchronize_session=False)
    )


def _values(tx: ReadTx, values: Mapping[str, Any]) -> dict[str, Any]:
    """Sets of ids in their order: PostgreSQL takes lists."""
    plain = {k: v if isinstance(v, str | int | UUID) else sorted(v) for k, v in values.items()}
    return {"tenant": tx.tenant_id, **plain}


def _bound(query: str, *lists: str) -> Any:
    return text(query).bindparams(*(bindparam(name, type_=ARRAY(Uuid())) for name in lists))
