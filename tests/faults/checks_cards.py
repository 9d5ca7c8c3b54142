"""What stands on people's screens, against what became of it; and nothing left lying about."""

from collections import defaultdict
from collections.abc import Iterator

from tests.e2e.people import elements, value_of, words
from tests.e2e.rig import Json
from tests.faults.checks_mail import Fault
from tests.faults.evidence import Evidence, Row
from tests.faults.office import Office

SAYS = {
    "approved": ("Approved by", "I can't tell", "undo", "Sending"),
    "done": ("Sent by",),
    "rejected": ("Rejected by",),
    "voided": ("A newer mail came",),
    "failed": ("This didn't work", "I can't tell"),
}
REQUEST_SAYS = {
    "approved": "approved this",
    "rejected": "rejected this",
    "expired": "it expired",
    "withdrawn": "took it back",
    "voided": "Void",
}
LEASES = """
select '{0} ' || id as it from {0} where lease_until > lab.now()"""
LEASED = ("cards", "drafts", "effects", "account_looks", "agent_answers")
HELD = """
select q.entrypoint || ' ' || coalesce((select right(l.traceback::text, 1500)
from jobs.pgqueuer_log l where l.job_id = q.id and l.traceback is not null
order by l.id desc limit 1), '') as it from jobs.pgqueuer q where q.status = 'failed'"""


def cards(found: Evidence) -> Iterator[Fault]:
    """Every card of a mail or a request says what is the case, where its row says it stands."""
    requests = {row["id"]: row for row in found.requests}
    for card in found.cards:
        if card["ts"] is None or card["recipient"] not in found.seen:
            continue
        message = next((m for m in found.seen[card["recipient"]] if m["ts"] == card["ts"]), None)
        why = None
        if message is None:
            why = "stands nowhere"
        elif card["kind"] == "mail" and card["subject_id"] in found.actions:
            why = _mail_lie(message, found.actions[card["subject_id"]], found)
        elif card["kind"] == "approval" and card["subject_id"] in requests:
            why = _request_lie(message, requests[card["subject_id"]])
        if why is not None:
            what = f"{card['kind']} {card['subject_id']} for {card['recipient']}: {why}"
            yield Fault(promise="untrue", what=what, about=card["subject_id"])


def _mail_lie(message: Json, action: Row, found: Evidence) -> str | None:
    """What is wrong with a mail's card, if anything."""
    text, status = words(message), action["status"]
    left = [one for one in found.of_product() if one.draft == action["draft_id"]]
    if ("Sent by" in text) != bool(left) and status not in ("handled", "failed"):
        return f"{status}, {len(left)} mails left, says {text[:120]!r}"
    if status in SAYS and not any(said in text for said in SAYS[status]):
        return f"{status}, but it says {text[:120]!r}"
    buttons = {one["action_id"] for one in elements(message["blocks"])}
    if status == "pending" and "draft.approve" in buttons:
        held = value_of(message, "draft.approve")
        if (held["id"], held["rev"]) != (action["id"], action["revision"]):
            return f"decides on {held}, current is {action['revision']}"
    if status != "pending" and "draft.approve" in buttons:
        return f"{status}, and can be approved"
    return None


def _request_lie(message: Json, request: Row) -> str | None:
    text, status = words(message), request["status"]
    if status in REQUEST_SAYS and REQUEST_SAYS[status] not in text:
        return f"{status}, but it says {text[:120]!r}"
    buttons = {one["action_id"] for one in elements(message["blocks"])}
    if status != "pending" and "approval.approve" in buttons:
        return f"{status}, and can be decided on"
    return None


def twins(found: Evidence) -> Iterator[Fault]:
    """No card stands in two messages, and none in a message its row doesn't know."""
    places = {(card["id"], card["ts"]) for card in found.cards}
    for email, messages in found.seen.items():
        copies: dict[str, list[Json]] = defaultdict(list)
        for message in messages:
            if (card := _card_of(message)) is not None:
                copies[card].append(message)
        for card, ones in copies.items():
            stray = [m["ts"] for m in ones if (card, m["ts"]) not in places]
            if len(ones) > 1 or stray:
                says = words(ones[-1])[:90]
                what = f"{email}: card {card} {len(ones)} times, {stray} unknown: {says!r}"
                yield Fault(promise="twin", what=what, about=card)


def _card_of(message: Json) -> str | None:
    metadata = message.get("metadata") or {}
    payload = metadata.get("event_payload") or {}
    found = next((value for value in payload.values() if isinstance(value, str)), None)
    return str(found) if found else None


def left_over(office: Office, open_: dict[str, list[str]]) -> Iterator[Fault]:
    """Nothing due, no job held, no lease that still runs, no process that fell."""
    for name, rows in open_.items():
        yield Fault(promise="left over", what=f"{name}: {len(rows)}, {rows[:5]}")
    for row in office.fetch(HELD):
        yield Fault(promise="held", what=str(row["it"]))
    for table in LEASED:
        for row in office.fetch(LEASES.format(table)):
            yield Fault(promise="left over", what=f"a lease: {row['it']}")
    for name in office.fell:
        yield Fault(promise="fallen", what=f"{name} ended by itself", about=name)
