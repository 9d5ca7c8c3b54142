"""The judges can be broken: each promise, broken on purpose in a small made-up run, is seen."""

from collections.abc import Callable
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.rig import Json
from tests.faults import checks_cards, checks_decisions, checks_mail
from tests.faults.evidence import Evidence, Left
from tests.faults.ledger import Ledger

MAYA, LEA = "maya@brightpath.example", "rachel@northwind.example"
TENANT, HARBOR = "t1", "t2"
TEXT = "Hello Rachel,\n\nhere it is."


def _mail(subject: str, **headers: str) -> EmailMessage:
    mail = EmailMessage()
    mail["To"], mail["Subject"] = LEA, subject
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(TEXT)
    return mail


def left(draft: str = "d1") -> Left:
    mail = _mail("Re: Lab 1-0001", X_Understudy_Draft=draft, In_Reply_To="<m1@x>")
    return Left(id="s1", mailbox=MAYA, message_id="o1", by_hand=False, at=20, mail=mail)


def card(text: str, *buttons: Json) -> Json:
    blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": text}}, *buttons]
    metadata = {"event_payload": {"id": "c1"}}
    return {"ts": "9.1", "blocks": blocks, "metadata": metadata, "ephemeral": False}


def whole(tmp_path: Path) -> tuple[Ledger, Evidence]:
    """One mail came, was answered with one click, and left."""
    ledger = Ledger(tmp_path / "ledger.jsonl")
    line = ledger.note("mail", kind="mail", sender=LEA, to=MAYA, subject="Lab 1-0001")
    ledger.add(line, id="i1")
    verb = {"verb": "draft.approve", "subject": "a1", "rev": 1, "shown": TEXT}
    ledger.add(ledger.note("press", who=MAYA, **verb), status=200)
    came = Left(
        id="i1", mailbox=LEA, message_id="m1@x", by_hand=True, at=10, mail=_mail("Lab 1-0001")
    )
    action = {
        "id": "a1",
        "tenant_id": TENANT,
        "status": "done",
        "decided_hash": "h",
        "decided_revision": 1,
        "draft_id": "d1",
        "decided_by": MAYA,
        "message_id": "r1",
        "revision": 1,
    }
    revision = {"text": TEXT, "subject": "Re: Lab 1-0001", "content_hash": "h", "to": [LEA]}
    message = {
        "id": "r1",
        "tenant_id": TENANT,
        "rfc_message_id": "<m1@x>",
        "attention": "card",
        "quiet": None,
        "notes": [],
    }
    place = {"id": "c1", "kind": "mail", "subject_id": "a1", "ts": "9.1", "recipient": MAYA}
    verbs = ("action.proposed", "action.approved", "effect.claimed", "effect.done")
    return ledger, Evidence(
        left=[came, left()],
        seen={
            MAYA: [card("Sent by Maya Okafor at 10:02. Lab 1-0001")],
            "felix@harborline.example": [],
        },
        actions={"a1": action},
        revisions={("d1", 1): revision},
        messages=[message],
        cards=[place],
        requests=[],
        votes=[],
        audit={"a1": [{"verb": verb} for verb in verbs]},
        answers=[],
        teams={TENANT: "T0BRGHTPTH", HARBOR: "T0HARBRLN"},
    )


def judged(ledger: Ledger, found: Evidence) -> set[str]:
    every = (
        checks_mail.inputs(ledger, found),
        checks_mail.twice(found),
        checks_mail.authority(ledger, found),
        checks_mail.foreign(ledger, found),
        checks_decisions.actions(found),
        checks_decisions.clicks(ledger, found),
        checks_cards.cards(found),
        checks_cards.twins(found),
    )
    return {fault.promise for faults in every for fault in faults}


def test_what_went_well_is_no_fault(tmp_path: Path) -> None:
    assert judged(*whole(tmp_path)) == set()


def _action(**changes: Any) -> Callable[[Evidence], Evidence]:
    return lambda found: replace(found, actions={"a1": found.actions["a1"] | changes})


def _audit(*verbs: str) -> Callable[[Evidence], Evidence]:
    return lambda found: replace(found, audit={"a1": [{"verb": verb} for verb in verbs]})


def _seen(**messages: list[Json]) -> Callable[[Evidence], Evidence]:
    return lambda found: replace(found, seen=_mixed(found, messages))


def _mixed(found: Evidence, messages: dict[str, list[Json]]) -> dict[str, list[Json]]:
    names = {"maya": MAYA, "felix": "felix@harborline.example"}
    return found.seen | {names[who]: cards for who, cards in messages.items()}


APPROVE = {"type": "button", "action_id": "draft.approve", "value": '{"id": "a1", "rev": 1}'}
BROKEN: dict[str, tuple[str, Callable[[Evidence], Evidence]]] = {
    "a mail without a row": ("lost", lambda found: replace(found, messages=[])),
    "a mail nobody was asked about": (
        "lost",
        lambda found: replace(found, messages=[found.messages[0] | {"attention": "new"}]),
    ),
    "a mail that left twice": ("doubled", lambda found: replace(found, left=[*found.left, left()])),
    "another revision than was pressed": ("unapproved", _action(decided_revision=2)),
    "somebody who never pressed": ("unapproved", _action(decided_by="tom@brightpath.example")),
    "another text": (
        "changed",
        lambda found: replace(
            found, revisions={("d1", 1): found.revisions["d1", 1] | {"text": "Hi"}}
        ),
    ),
    "approved twice": (
        "decision",
        _audit("action.approved", "action.approved", "effect.claimed", "effect.done"),
    ),
    "claimed after an undo": (
        "decision",
        _audit("action.approved", "effect.undone", "effect.claimed", "effect.done"),
    ),
    "a click that did nothing": ("lost", _audit("action.proposed")),
    "a card that still asks": ("untrue", _seen(maya=[card("I suggest", APPROVE)])),
    "a card that stands nowhere": ("untrue", _seen(maya=[])),
    "a twin": ("twin", _seen(maya=[card("Sent by Maya"), card("Sent by Maya") | {"ts": "9.2"}])),
    "the other workspace sees it": ("foreign", _seen(felix=[card("Lab 1-0001")])),
}


@pytest.mark.parametrize("name", BROKEN)
def test_each_promise_broken_on_purpose_is_seen(tmp_path: Path, name: str) -> None:
    promise, breaking = BROKEN[name]
    ledger, found = whole(tmp_path)
    found.revisions["d1", 2] = found.revisions["d1", 1]
    assert promise in judged(ledger, breaking(found))
