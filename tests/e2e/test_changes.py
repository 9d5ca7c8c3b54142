"""A draft that is changed, refused, sent by hand or overtaken: the card follows, and nothing leaves
that wasn't approved."""

import base64

from tests.e2e.conftest import Team
from tests.e2e.people import value_of, words
from tests.e2e.rig import Json, Rig

MAYA = "maya@brightpath.example"
SAMIR = "samir.haddad@verityhealth.example"
ASK = "Hello Maya,\n\nCould you send me the security paper for our review by Thursday?\n\nSamir"


def asked(workspace: Rig, team: Team, subject: str) -> Json:
    """A customer's mail that asks for something, and the card it made."""
    workspace.write(SAMIR, MAYA, subject, ASK)
    return team.maya.ready_card(subject)


def draft_text(workspace: Rig, subject: str) -> str:
    found = workspace.find(MAYA, "drafts", subject)
    if found is None:
        return ""
    last = workspace.thread(MAYA, found["id"])[-1]
    return str(last["text"]) if "DRAFT" in last["labels"] else ""


def test_an_edit_in_the_modal_is_a_new_revision_that_is_sent(workspace: Rig, team: Team) -> None:
    subject = "Security paper, edited here"
    card = asked(workspace, team, subject)
    modal = team.maya.opened(card, "draft.edit")
    answer = team.maya.submit(modal, text="Dear Samir,\n\nattached on Thursday.\n\nMaya")
    assert answer["status"] == 200
    assert not team.maya.modals()
    card = team.maya.ready_card(subject, "attached on Thursday", "edited by Maya Okafor")
    assert "attached on Thursday" in draft_text(workspace, subject)
    assert not workspace.left(MAYA, subject)
    team.maya.press(card, "draft.approve")
    team.maya.card("Sent by Maya Okafor", subject)
    left = workspace.left(MAYA, subject)
    assert len(left) == 1
    assert b"attached on Thursday" in base64.b64decode(left[0]["raw"])


def test_an_empty_edit_is_told_at_its_field(workspace: Rig, team: Team) -> None:
    card = asked(workspace, team, "Security paper, emptied")
    modal = team.maya.opened(card, "draft.edit")
    answer = team.maya.submit(modal, text="   ")
    errors = answer["body"]["errors"]
    assert "text" in errors
    team.maya.close(modal)


def test_regenerating_follows_the_instruction(workspace: Rig, team: Team) -> None:
    subject = "Security paper, written again"
    card = asked(workspace, team, subject)
    before = value_of(card, "draft.approve")
    modal = team.maya.opened(card, "draft.regenerate")
    team.maya.submit(modal, instruction="Shorter, and mention that the paper is under NDA")
    card = workspace.until(
        lambda: next(
            (
                c
                for c in team.maya.cards(subject, "also in your Gmail drafts")
                if value_of(c, "draft.approve")["rev"] > before["rev"]
            ),
            None,
        ),
        20,
        "a second revision that can be approved",
    )
    assert value_of(card, "draft.approve")["id"] == before["id"]
    assert "under NDA" in words(card)
    assert "under NDA" in draft_text(workspace, subject)
    assert not workspace.left(MAYA, subject)


def test_a_rejection_takes_the_draft_away(workspace: Rig, team: Team) -> None:
    subject = "Security paper, refused"
    card = asked(workspace, team, subject)
    modal = team.maya.opened(card, "draft.reject")
    team.maya.submit(modal, reason="we answer by phone")
    done = team.maya.card("Rejected by Maya Okafor", subject)
    assert "we answer by phone" in words(done)
    assert done["ts"] == card["ts"]
    workspace.until(lambda: not draft_text(workspace, subject), 10, "the draft left Gmail")
    assert not workspace.left(MAYA, subject)


def test_an_edit_in_gmail_asks_again(workspace: Rig, team: Team) -> None:
    subject = "Security paper, edited in Gmail"
    old = asked(workspace, team, subject)
    found = workspace.find(MAYA, "drafts", subject)
    assert found is not None
    draft_id = found["draft_id"]
    workspace.post(
        "/ui/mail/draft",
        {"mailbox": MAYA, "draft_id": draft_id, "text": "Samir, it comes tomorrow. Maya"},
    )
    card = team.maya.ready_card(subject, "it comes tomorrow", "Changed in Gmail")
    assert value_of(card, "draft.approve")["rev"] > value_of(old, "draft.approve")["rev"]
    team.maya.press(card, "draft.approve")
    team.maya.card("Sent by Maya Okafor", subject)
    left = workspace.left(MAYA, subject)
    assert len(left) == 1
    assert b"it comes tomorrow" in base64.b64decode(left[0]["raw"])


def test_an_edit_in_gmail_after_the_look_is_never_sent_unapproved(
    workspace: Rig, team: Team
) -> None:
    """Edited and approved at once: either the approved text leaves, or the card asks again."""
    subject = "Security paper, edited behind the back"
    card = asked(workspace, team, subject)
    found = workspace.find(MAYA, "drafts", subject)
    assert found is not None
    workspace.post(
        "/ui/mail/draft",
        {"mailbox": MAYA, "draft_id": found["draft_id"], "text": "Nobody approved this."},
    )
    team.maya.press(card, "draft.approve")
    team.maya.ready_card(subject, "Nobody approved this.", "Changed in Gmail")
    assert not workspace.left(MAYA, subject)


def test_a_draft_sent_by_hand_collapses_the_card(workspace: Rig, team: Team) -> None:
    subject = "Security paper, sent by hand"
    card = asked(workspace, team, subject)
    found = workspace.find(MAYA, "drafts", subject)
    assert found is not None
    workspace.post("/ui/mail/draft_send", {"mailbox": MAYA, "draft_id": found["draft_id"]})
    done = team.maya.card("Sent from Gmail", subject)
    assert done["ts"] == card["ts"]
    assert not team.maya.has(done, "draft.approve")
    assert len(workspace.sent(MAYA, subject)) == 1


def test_an_answer_of_ones_own_collapses_the_card(workspace: Rig, team: Team) -> None:
    subject = "Security paper, answered without the draft"
    asked(workspace, team, subject)
    found = workspace.find(MAYA, "inbox", subject)
    assert found is not None
    workspace.write(MAYA, SAMIR, "", "Samir, I called you about it.", thread_id=found["id"])
    team.maya.card("Sent from Gmail", subject)
    workspace.until(lambda: not draft_text(workspace, subject), 10, "the draft left Gmail")
    assert not workspace.left(MAYA, subject)


def test_an_old_button_is_answered_kindly(workspace: Rig, team: Team) -> None:
    subject = "Security paper, overtaken"
    card = asked(workspace, team, subject)
    old = value_of(card, "draft.approve")
    team.maya.close(team.maya.opened(card, "draft.why"))
    click = team.maya.last_click()
    mine = workspace.find(SAMIR, "sent", subject)
    assert mine is not None
    workspace.write(
        SAMIR, MAYA, "", "One more thing: can you add the audit report?", thread_id=mine["id"]
    )
    settled = team.maya.card("A newer mail came", subject)
    assert settled["ts"] == card["ts"]
    workspace.until(
        lambda: (
            [
                c
                for c in team.maya.cards(subject, "also in your Gmail drafts")
                if value_of(c, "draft.approve")["id"] != old["id"]
            ]
            or team.maya.open_burst()
        ),
        20,
        "the current card",
    )
    assert team.maya.replay(click, "draft.approve", old) == 200
    said = team.maya.whisper("A newer mail came, so this draft no longer counts.")
    assert team.maya.has(said, "open.link#0")
    assert not workspace.left(MAYA, subject)
    # Its own button leads on, too.
    team.maya.press(settled, "draft.show_current")
    team.maya.whisper("Here is the current card.")
