"""Everything that can be seen once it has come to rest, read once: the sandbox's records first, the
database past row-level security only for what the outside cannot show."""

import base64
import json
from collections import defaultdict
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

from tests.e2e.people import words
from tests.e2e.rig import Json
from tests.faults.office import BOXES, REPS, Office

Row = dict[str, Any]
ACTIONS = """
select a.id::text, a.tenant_id::text, a.status, a.decided_hash, a.decided_revision,
       a.draft_id::text, m.email as decided_by, d.message_id::text, d.status as draft_status,
       d.revision
from actions a join drafts d on d.id = a.draft_id left join members m on m.id = a.decided_by"""
REVISIONS = """
select draft_id::text, number, text, subject, content_hash, "to", author from draft_revisions"""
MESSAGES = """
select m.id::text, m.tenant_id::text, m.rfc_message_id, m.attention, m.direction, m.subject,
       m.notes, m.analysis ->> 'quiet_reason' as quiet, c.link
from messages m join conversations c on c.id = m.conversation_id"""
CARDS = """
select c.id::text, c.tenant_id::text, c.kind, c.subject_id::text, c.channel, c.ts, c.failure,
       c.rolled_up_at is not null as rolled_up, r.email as recipient
from cards c join members r on r.id = c.recipient_id"""
REQUESTS = """
select r.id::text, r.tenant_id::text, r.status, r.needed, r.carry_status, m.email as settled_by
from approval_requests r left join members m on m.id = r.settled_by"""
VOTES = """
select v.request_id::text, m.email, v.choice, v.seat_id::text
from approval_votes v join members m on m.id = v.member_id"""
AUDIT = """
select tenant_id::text, verb, subject_id::text, convert_from(body, 'utf8') as body
from audit_entries order by tenant_id, position"""
ANSWERS = "select question_ts, status from agent_answers"
TENANTS = "select tenant_id::text, team_id from tenants"


@dataclass(frozen=True, kw_only=True)
class Left:
    """A mail that really left a mailbox."""

    id: str
    mailbox: str
    message_id: str
    by_hand: bool
    at: float
    mail: EmailMessage

    @property
    def draft(self) -> str:
        return str(self.mail.get("X-Understudy-Draft", ""))

    @property
    def text(self) -> str:
        body = self.mail.get_body(("plain",))
        return "" if body is None else body.get_content().replace("\r\n", "\n").strip()


@dataclass(frozen=True, kw_only=True)
class Evidence:
    left: list[Left]
    seen: dict[str, list[Json]]
    """By e-mail address: the messages in this person's conversation with the app."""
    actions: dict[str, Row]
    revisions: dict[tuple[str, int], Row]
    messages: list[Row]
    cards: list[Row]
    requests: list[Row]
    votes: list[Row]
    audit: dict[str, list[Row]]
    """By subject, in the order in which it was written."""
    answers: list[Row]
    teams: dict[str, str]

    def of_product(self) -> list[Left]:
        """What the product sent from a rep's mailbox."""
        return [one for one in self.left if not one.by_hand and one.mailbox in REPS]

    def action_of_draft(self, draft_id: str) -> Row | None:
        return next((a for a in self.actions.values() if a["draft_id"] == draft_id), None)

    def tenant_of(self, address: str) -> str | None:
        """Whose mailbox it is."""
        team = BOXES.get(address.strip())
        return next((tenant for tenant, one in self.teams.items() if one == team), None)

    def saying(self, email: str, word: str) -> bool:
        return any(word in words(message) for message in self.seen.get(email, []))


def gather(office: Office) -> Evidence:
    rig = office.rig
    actions = {str(row["id"]): row for row in office.fetch(ACTIONS)}
    audit: dict[str, list[Row]] = defaultdict(list)
    for row in office.fetch(AUDIT):
        audit[str(row["subject_id"])].append({**row, "body": json.loads(str(row["body"]))})
    written = office.fetch(REVISIONS)
    return Evidence(
        left=[_left(one) for one in rig.get("/control/gmail/sent")["sent"]],
        seen={email: one.messages() for email, one in office.people.items()},
        actions=actions,
        revisions={(str(r["draft_id"]), int(str(r["number"]))): _plain(r) for r in written},
        messages=office.fetch(MESSAGES),
        cards=office.fetch(CARDS),
        requests=office.fetch(REQUESTS),
        votes=office.fetch(VOTES),
        audit=audit,
        answers=office.fetch(ANSWERS),
        teams={str(row["tenant_id"]): str(row["team_id"]) for row in office.fetch(TENANTS)},
    )


def _plain(row: Row) -> Row:
    return row | {"to": json.loads(row["to"])}


def keep(found: Evidence, path: Path) -> None:
    """The rows as they were, for a look afterwards."""
    stories = {subject: [row["verb"] for row in rows] for subject, rows in found.audit.items()}
    rows = {
        "actions": list(found.actions.values()),
        "messages": found.messages,
        "cards": found.cards,
        "requests": found.requests,
        "votes": found.votes,
        "audit": stories,
    }
    path.write_text(json.dumps(rows, indent=1, default=str) + "\n")


def _left(one: Json) -> Left:
    parsed = message_from_bytes(base64.b64decode(one["raw"]), policy=default)
    assert isinstance(parsed, EmailMessage)
    return Left(
        id=one["id"],
        mailbox=one["mailbox"],
        message_id=bare(one["message_id"]),
        by_hand=one["via"] == "ui",
        at=one["time"] / 1000,
        mail=parsed,
    )


def bare(message_id: str) -> str:
    return message_id.strip().strip("<>")
