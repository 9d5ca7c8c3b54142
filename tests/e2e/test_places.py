"""Mail of nobody's account, mail in two mailboxes, mail without a deal."""

import json

from tests.e2e.conftest import Team
from tests.e2e.people import elements, value_of, words
from tests.e2e.rig import Json, Rig

MAYA = "maya@brightpath.example"
TOM = "tom@brightpath.example"
INGRID = "ingrid@brightpath.example"


def row_of(card: Json, sender: str) -> list[Json]:
    """What can be done about one sender's mail on the unsorted card."""
    at = next(i for i, b in enumerate(card["blocks"]) if sender in words(b))
    return elements(card["blocks"][at + 1])


def stranger(workspace: Rig, team: Team, sender: str, subject: str) -> list[Json]:
    workspace.write(sender, MAYA, subject, "Secret words inside. Could you send me a price list?")
    card = team.maya.card("from people I don't know", sender, subject)
    assert "Secret words" not in words(card)
    kept = workspace.db.fetch("select text, analysis::text from messages where subject=$1", subject)
    assert len(kept) == 1
    assert kept[0]["text"] is None
    assert "Secret" not in kept[0]["analysis"]
    return row_of(card, sender)


def press(team: Team, row: list[Json], action: str, **more: object) -> None:
    card = team.maya.card("from people I don't know")
    element = next(e for e in row if e["action_id"].startswith(action))
    answer = team.maya.press(card, element["action_id"], **more)
    assert answer["status"] == 200, answer


def test_linking_a_strangers_mail_reads_it(workspace: Rig, team: Team) -> None:
    sender, subject = "quartermaster@newdepot.example", "Linked by hand"
    row = stranger(workspace, team, sender, subject)
    card = team.maya.card("from people I don't know", sender)
    select = next(e for e in row if e["action_id"].startswith("unsorted.link"))
    block = next(b["block_id"] for b in card["blocks"] if select in elements(b))
    offered = workspace.post(
        "/ui/slack/options",
        {
            "user": team.maya.id,
            "channel": team.maya.dm,
            "message_ts": card["ts"],
            "action_id": select["action_id"],
            "block_id": block,
            "value": "arden",
        },
    )["options"]
    assert offered[0]["text"]["text"] == "Arden Biologics"
    answer = team.maya.press(card, select["action_id"], block_id=block, selected_option=offered[0])
    assert answer["status"] == 200, answer
    made = team.maya.ready_card(subject, "Arden Biologics", "Arden cold chain")
    assert "price list" in words(made)
    assert not team.maya.cards("from people I don't know", sender)


def test_a_strangers_mail_becomes_a_lead(workspace: Rig, team: Team) -> None:
    sender, subject = "founder@tinyfleet.example", "A lead by hand"
    row = stranger(workspace, team, sender, subject)
    press(team, row, "unsorted.lead")
    made = team.maya.ready_card(subject)
    assert "closes" not in words(made)
    assert "price list" in words(made)


def test_an_ignored_stranger_stays_quiet(workspace: Rig, team: Team) -> None:
    sender, subject = "spam@nobody-knows.example", "Ignored by hand"
    row = stranger(workspace, team, sender, subject)
    press(team, row, "unsorted.ignore")
    workspace.until(
        lambda: not team.maya.cards("from people I don't know", sender), 10, "it is off the card"
    )
    sent = workspace.find(sender, "sent", subject)
    assert sent is not None
    workspace.write(sender, MAYA, "", "Hello? Could you answer me?", thread_id=sent["id"])
    kept = """select m.text, m.sender::text, m.attention from messages m
        join conversations c on c.id = m.conversation_id where c.link = 'ignored'
        order by m.created_at, m.id"""
    workspace.until(lambda: len(workspace.db.fetch(kept)) == 2, 10, "the second mail is stored")
    workspace.until(lambda: not workspace.busy(), 10, "nothing is left to do")
    assert not team.maya.cards(sender)
    first, second = workspace.db.fetch(kept)
    assert (first["text"], first["sender"]) == (None, "{}")
    assert (second["text"], second["attention"]) == (None, "quiet")


def test_one_mail_in_two_mailboxes_has_one_responder(workspace: Rig, team: Team) -> None:
    subject = "To both of you"
    workspace.write(
        "nadia.volkova@ardenbiologics.example",
        f"{TOM}, {MAYA}",
        subject,
        "Could one of you send me the validation protocol by Friday?",
    )
    card = team.maya.ready_card(subject)
    other = team.tom.card("Maya Okafor has it.", "Nadia Volkova")
    assert not team.tom.has(other, "draft.approve")
    counted = "select count(*) from conversations where subject like '%To both of you'"
    assert workspace.db.value(counted) == 1
    assert workspace.find(TOM, "drafts", subject) is None

    answer = team.tom.press(other, "draft.take_over")
    assert answer["status"] == 200, answer
    mine = team.tom.ready_card(subject)
    assert mine["ts"] == other["ts"]
    assert "Tom Reyes" in words(mine)
    team.maya.card("Tom Reyes has it.", "Nadia Volkova")
    workspace.until(lambda: workspace.find(MAYA, "drafts", subject) is None, 10, "her draft left")
    assert workspace.find(TOM, "drafts", subject) is not None

    stale = team.maya.press_value(card, "draft.approve", value_of(card, "draft.approve"))
    assert stale == 200
    assert not workspace.left("", subject)
    team.tom.press(team.tom.ready_card(subject), "draft.approve")
    team.tom.card("Sent by Tom Reyes", subject)
    assert len(workspace.left(TOM, subject)) == 1
    assert not workspace.left(MAYA, subject)
    assert "Arden" in json.dumps(team.maya.card("Sent by Tom Reyes", subject)["blocks"])


def test_without_a_deal_the_card_leads_with_the_ask(workspace: Rig, team: Team) -> None:
    """The account's owner for that function gets it, though it was written to somebody else."""
    subject = "Sensors that stopped"
    workspace.write(
        "henrik.aas@sableenergy.example",
        MAYA,
        subject,
        "Our budget is $50,000 and I decide.\nCan you fix the export before 15 December?\n\nHenrik",
    )
    card = team.ingrid.card("Henrik Aas", "Sable Energy", "health poor (34)")
    shown = words(card)
    assert "closes" not in shown
    assert "Budget" not in shown
    assert "Still open" not in shown
    assert "By 1" in shown
    assert "fix the export before 15 December" in shown
    assert shown.index("health poor (34)") < shown.index("I suggest this answer")
    team.maya.card("Ingrid Solberg has it.", "Henrik Aas")
