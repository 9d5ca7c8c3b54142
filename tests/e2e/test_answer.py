"""A customer writes, a rep approves, one mail leaves, the customer answers."""

import base64
import email
import email.policy
from email.message import EmailMessage

from tests.e2e.conftest import Team
from tests.e2e.people import words
from tests.e2e.rig import Json, Rig

MAYA = "maya@brightpath.example"
RACHEL = "rachel.abara@northwindfreight.example"


def parsed(sent: Json) -> EmailMessage:
    raw = base64.b64decode(sent["raw"])
    found = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(found, EmailMessage)
    return found


def test_a_mail_becomes_an_approved_answer_in_its_thread(workspace: Rig, team: Team) -> None:
    subject = "Newark pricing for the board"
    workspace.write(
        RACHEL,
        MAYA,
        subject,
        "Hi Maya,\n\nWe have a budget of $80,000 for this and Paul Denning, our CFO, signs it.\n"
        "Could you send me a quote by Friday?\n\nRachel",
    )
    card = team.maya.ready_card(subject)
    shown = words(card)
    for part in (
        "Rachel Abara",
        "VP Operations",
        "Northwind Freight",
        "Northwind Newark hub",
        "evaluation",
        "$84,000",
        "budget of $80,000",
        "No model is configured",
    ):
        assert part in shown, shown
    assert "Budget" in shown

    draft = workspace.find(MAYA, "drafts", subject)
    assert draft is not None
    thread = workspace.thread(MAYA, draft["id"])
    assert [("DRAFT" in m["labels"]) for m in thread] == [False, True]
    asked, proposed = thread
    assert proposed["text"].strip().splitlines()[0] in shown
    assert not workspace.left(MAYA, subject)

    assert team.maya.press(card, "draft.approve")["status"] == 200
    done = team.maya.card("Sent by Maya Okafor", subject)
    assert done["ts"] == card["ts"]
    left = workspace.left(MAYA, subject)
    assert len(left) == 1
    mail = parsed(left[0])
    assert mail["In-Reply-To"] == asked["message_id"]
    assert asked["message_id"] in mail["References"]
    assert mail["Subject"] == f"Re: {subject}"
    assert left[0]["thread_id"] == draft["id"]
    assert left[0]["recipients"] == [RACHEL]
    assert left[0]["via"] == "drafts.send"
    body = mail.get_body(("plain",))
    assert body is not None
    assert body.get_content().strip().splitlines()[0] == proposed["text"].strip().splitlines()[0]
    assert workspace.find(MAYA, "drafts", subject) is None

    answered = workspace.find(RACHEL, "inbox", subject)
    assert answered is not None
    assert answered["count"] == 2
    workspace.write(
        RACHEL, MAYA, "", "Thank you, that is all I needed for now.", thread_id=answered["id"]
    )
    team.maya.card("Sent by Maya Okafor", subject, "They have answered.")
    outcome = workspace.db.fetch(
        "select status, event from outcomes where kind = 'email_engagement'"
    )
    assert [tuple(row) for row in outcome] == [("positive", "human reply within 7 days")]
    assert len(workspace.left(MAYA, subject)) == 1
