"""Taking what has been kept long enough, a batch at a time."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, text

from db.models.privacy import RetentionRun
from db.session import ReadTx, Tx

# A thread ages as a whole: while somebody still writes in it, its beginning is wanted.
OLD_MAIL = """
select m.id from conversations c
join messages m on m.tenant_id = c.tenant_id and m.conversation_id = c.id
where c.tenant_id = :tenant and c.last_message_at < :before and c.link in ('linked', 'lead')
  and (m.text is not null or m.attention <> 'set_aside') and m.attention <> 'new'
  and not exists (
    select from actions a where a.tenant_id = c.tenant_id and a.conversation_id = c.id
      and a.status in ('pending', 'approved', 'held'))
limit :limit
"""


@dataclass(frozen=True, slots=True)
class Taking:
    """One sort in SQL. `what` is a DELETE's table, or an UPDATE's table with what it sets."""

    table: str
    where: str
    sets: str = ""

    @property
    def query(self) -> str:
        batch = (
            f"select id from {self.table} where tenant_id = :tenant and {self.where} limit :limit"  # noqa: S608
        )
        verb = f"delete from {self.table}"  # noqa: S608 - as above
        if self.sets:
            verb = f"update {self.table} set {self.sets}"  # noqa: S608 - as above
        return f"{verb} where tenant_id = :tenant and id in ({batch})"


_SETTLED_DRAFT = (
    "created_at < :before and (text <> '' or raw is not null) and not exists ("
    "select from drafts d where d.tenant_id = draft_revisions.tenant_id "
    "and d.id = draft_revisions.draft_id and d.status in ('preparing', 'ready', 'sending', 'held'))"
)
TAKINGS: Mapping[str, tuple[Taking, ...]] = {
    "headers": (
        Taking(
            "conversations",
            "link in ('unlinked', 'ignored') and coalesce(last_message_at, created_at) < :before",
        ),
    ),
    "drafts": (
        Taking(
            "draft_revisions",
            _SETTLED_DRAFT,
            "text = '', subject = '', raw = null, \"to\" = '[]', cc = '[]', bcc = '[]', "
            "reply_to = null, sender_name = '', instruction = null, findings = '[]'",
        ),
    ),
    "transcripts": (Taking("transcripts", "created_at < :before and read_at is not null"),),
    "slack_posts": (
        Taking(
            "slack_posts",
            "posted_at < :before and (text <> '' or author <> '')",
            "text = '', author = ''",
        ),
    ),
    "answers": (
        Taking("agent_answers", "created_at < :before and status not in ('asked', 'answering')"),
    ),
    "finds": (Taking("finds", "created_at < :before"),),
    "captures": (Taking("captures", "created_at < :before and status <> 'reading'"),),
    "digests": (
        Taking("digests", "created_at < :before and mail_status not in ('queued', 'sending')"),
    ),
    "triggers": (
        Taking(
            "triggers",
            "settled_at < :before and (why <> '' or evidence <> '[]')"
            " and status not in ('found', 'proposed', 'scheduled')",
            "why = '', evidence = '[]', why_not = ''",
        ),
    ),
    "detections": (Taking("detections", "gone_at < :before"),),
    "first_readings": (
        Taking(
            "first_readings",
            "created_at < :before and status = 'told' and (waiting <> '[]' or noticed <> '[]')",
            "waiting = '[]', noticed = '[]', answer_text = null",
        ),
    ),
    "inbound": (Taking("inbound_events", "created_at < :before and status <> 'received'"),),
    "letters": (
        Taking("draft_letters", "created_at < :before and status not in ('queued', 'sending')"),
        Taking(
            "approval_mails",
            "created_at < :before and status not in ('queued', 'sending') and not exists ("
            "select from approval_requests r where r.tenant_id = approval_mails.tenant_id "
            "and r.id = approval_mails.request_id and r.status = 'pending')",
        ),
        Taking("report_mails", "created_at < :before and status not in ('queued', 'sending')"),
    ),
    "exports": (Taking("autonomy_exports", "created_at < :before and status <> 'asked'"),),
    "wishes": (Taking("report_wishes", "created_at < :before and settled_at is not null"),),
    "commands": (Taking("command_results", "created_at < :before"),),
    "sign_ins": (Taking("sign_ins", "expires_at < :before"),),
    "devices": (Taking("devices", "least(expires_at, revoked_at) < :before"),),
    "tokens": (Taking("api_tokens", "least(expires_at, revoked_at) < :before"),),
    "absences": (Taking("absences", "ends_at < :before"),),
    "imports": (
        Taking("member_imports", "created_at < :before and status <> 'queued'"),
        Taking("selections", "created_at < :before"),
    ),
    "scans": (Taking("scans", "created_at < :before and status <> 'running'"),),
    "model_calls": (Taking("model_calls", "created_at < :before"),),
}
"""Sort → what is done; `mail` and `audit` have their own ways."""
OLD_LOG = """
delete from jobs.pgqueuer_log where id in (
    select id from jobs.pgqueuer_log where created < :before order by created limit :limit)
"""
OLD_HELD = """
delete from jobs.pgqueuer where status = 'failed' and updated < :before
"""


async def take(tx: Tx, taking: Taking, before: datetime, limit: int) -> int:
    """One batch. How many rows."""
    values = {"tenant": tx.tenant_id, "before": before, "limit": limit}
    done: Any = await tx.session.execute(text(taking.query), values)
    return int(done.rowcount)


async def list_old_mail(tx: ReadTx, before: datetime, limit: int) -> list[UUID]:
    """Mails whose words have been kept long enough, of conversations nobody has anything to do
    in."""
    values = {"tenant": tx.tenant_id, "before": before, "limit": limit}
    return list(await tx.session.scalars(text(OLD_MAIL), values))


async def lock_run(tx: Tx, day: date) -> RetentionRun | None:
    rows = await tx.session.execute(
        select(RetentionRun)
        .where(RetentionRun.tenant_id == tx.tenant_id, RetentionRun.day == day)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return rows.scalar_one_or_none()


async def newest_run(tx: ReadTx) -> RetentionRun | None:
    rows = await tx.session.scalars(
        select(RetentionRun)
        .where(RetentionRun.tenant_id == tx.tenant_id)
        .order_by(RetentionRun.day.desc())
        .limit(1)
    )
    return rows.first()


async def add_run(tx: Tx, row: RetentionRun) -> None:
    tx.session.add(row)
    await tx.session.flush()


async def take_queue(tx: Tx, *, log_before: datetime, held_before: datetime, limit: int) -> int:
    """The queue's own past, of all workspaces."""
    done: Any = await tx.session.execute(text(OLD_LOG), {"before": log_before, "limit": limit})
    await tx.session.execute(text(OLD_HELD), {"before": held_before})
    return int(done.rowcount)
