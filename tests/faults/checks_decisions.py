"""Decisions: each final, each by one person, each in the audit once; no accepted click lost."""

from collections import Counter
from collections.abc import Iterator

from tests.faults.checks_mail import APPROVE, Fault
from tests.faults.evidence import Evidence, Row
from tests.faults.ledger import Ledger
from tests.faults.office import Office

# What opens an action for a decision again.
REOPENED = frozenset({"effect.cancelled", "effect.undone"})
SETTLED = frozenset({"action.rejected", "action.voided", "action.handled", "effect.done"})
TOLD = frozenset(
    {"action.approved", "action.rejected", "action.voided", "action.handled", "draft.edited"}
)
VOTES = {"approval.approved": "approved", "approval.rejected": "rejected"}


def actions(found: Evidence) -> Iterator[Fault]:
    """The audit of each action tells a story in which a decision is made once, until it is called
    off, and nothing is decided after its end."""
    for action in found.actions.values():
        verbs = [row["verb"] for row in found.audit.get(action["id"], [])]
        state = "open"
        for verb in verbs:
            if verb == "action.approved" and state != "open":
                yield _flip(action, verbs, "approved twice")
            if verb == "action.rejected" and state != "open":
                yield _flip(action, verbs, f"rejected when {state}")
            if verb == "effect.claimed" and state != "approved":
                yield _flip(action, verbs, f"claimed when {state}")
            state = _next(state, verb)
        yield from _told(action, verbs, state)


def _next(state: str, verb: str) -> str:
    if verb == "action.approved":
        return "approved"
    if verb in REOPENED:
        return "open"
    return "settled" if verb in SETTLED else state


def _told(action: Row, verbs: list[str], state: str) -> Iterator[Fault]:
    """The row says what the audit says."""
    status = action["status"]
    wanted = {"approved": "approved", "pending": "open"}.get(status, "settled")
    if status in ("approved", "pending", "done", "rejected") and state != wanted:
        yield _flip(action, verbs, f"the row says {status}")
    if verbs.count("effect.done") > 1:
        yield _flip(action, verbs, "done twice")


def _flip(action: Row, verbs: list[str], why: str) -> Fault:
    return Fault(promise="decision", what=f"{action['id']}: {why}: {verbs}", about=action["id"])


def requests(ledger: Ledger, found: Evidence) -> Iterator[Fault]:
    """A request is settled once, by as many voices as its rule asks for, each of which the ledger
    saw; its effect is carried out once."""
    for request in found.requests:
        verbs = Counter(row["verb"] for row in found.audit.get(request["id"], []))
        settled = {verb: verbs[verb] for verb in VOTES if verbs[verb]}
        status, about = request["status"], request["id"]
        if status in VOTES.values() and list(settled.values()) != [1]:
            yield Fault(promise="decision", what=f"{about}: {status}, audit {verbs}", about=about)
        votes = [vote for vote in found.votes if vote["request_id"] == about]
        if len({vote["email"] for vote in votes}) != len(votes):
            yield Fault(promise="decision", what=f"{about}: one person twice", about=about)
        agreed = sum(vote["choice"] == "approve" for vote in votes)
        if status == "approved" and agreed < request["needed"]:
            what = f"{about}: {agreed} of {request['needed']} voices"
            yield Fault(promise="unapproved", what=what, about=about)
        pressed = {(p["who"], p["verb"]) for p in ledger.of("vote") if p["subject"] == about}
        for vote in votes:
            if (vote["email"], vote["choice"]) not in pressed:
                what = f"{about}: {vote['email']} never said {vote['choice']}"
                yield Fault(promise="unapproved", what=what, about=about)
        if verbs["approval.carried"] > 1:
            yield Fault(promise="doubled", what=f"{about}: carried out twice", about=about)


def clicks(ledger: Ledger, found: Evidence) -> Iterator[Fault]:
    """A click that was answered 200 did something, or whoever clicked was told why not."""
    for press in ledger.of("press"):
        if press.get("status") != 200 or press["verb"] not in (APPROVE, "draft.reject"):
            continue
        verbs = {row["verb"] for row in found.audit.get(press["subject"], [])}
        if not verbs & TOLD and not _whispered(found, press["who"]):
            what = f"{press['who']} {press['verb']} {press['subject']} at {press['t']}: nothing"
            yield Fault(promise="lost", what=what, about=press["subject"])


def _whispered(found: Evidence, email: str) -> bool:
    return any(message["ephemeral"] for message in found.seen[email])


def questions(ledger: Ledger, found: Evidence) -> Iterator[Fault]:
    """An event is acted on once, however often it came."""
    counts = Counter(row["question_ts"] for row in found.answers)
    for line in ledger.of("question"):
        if "ts" not in line:
            continue
        if counts[line["ts"]] != 1:
            promise = "doubled" if counts[line["ts"]] else "lost"
            what = f"{line['text']}: {counts[line['ts']]} answers"
            yield Fault(promise=promise, what=what, about=line["text"])


def audit(office: Office) -> Iterator[Fault]:
    """`understudy audit verify` finds every chain whole."""
    said = office.rig.run("audit", "verify")
    if said.returncode != 0 or said.stdout.count("whole") != 2:
        yield Fault(promise="audit", what=(said.stdout + said.stderr)[-500:])
