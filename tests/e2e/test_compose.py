"""A mail that somebody asks for, and a Slack message that is taken up, all the way."""

import base64

from tests.e2e.conftest import Team
from tests.e2e.people import Person, words
from tests.e2e.rig import Json, Rig

TOM = "tom@brightpath.example"
MARCO = "marco.bellini@castellanfoods.example"
SUBJECT = "Following up: the second plant"
SAID = (
    "Marco Bellini from Castellan Foods called. The board approved a budget of 36,000 EUR, and "
    "they must have the second plant live by March 2027."
)


def window(person: Person, title: str) -> Json:
    """The window that stands on top, once it is this one."""
    return person.rig.until(
        lambda: next((v for v in reversed(person.modals()) if title in words(v)), None),
        10,
        f"a window with “{title}”",
    )


def take_up(person: Person, channel: str, ts: str, callback: str) -> None:
    body = {"user": person.id, "callback_id": callback, "channel": channel, "message_ts": ts}
    assert person.rig.post("/ui/slack/shortcut", body)["status"] == 200


def test_a_mail_from_words_to_its_answer(workspace: Rig, team: Team) -> None:
    answer = team.tom.use("draft Castelan for a nudge about the second plant")
    assert answer["response"] in ({}, None, "")
    form = window(team.tom, "Write a mail")
    assert "Marco Bellini" in words(form)
    sent = team.tom.submit(form)
    assert "I'm drafting a mail to" in words(sent)
    card = team.tom.ready_card("a follow-up you asked for", "the second plant")
    draft = workspace.find(TOM, "drafts", SUBJECT)
    assert draft is not None
    assert team.tom.press(card, "draft.approve")["status"] == 200
    left = workspace.until(lambda: workspace.left(TOM, SUBJECT), 20, "the mail left")
    assert len(left) == 1
    raw = base64.b64decode(left[0]["raw"])
    assert b"In-Reply-To" not in raw
    assert b"References" not in raw
    to = MARCO if MARCO.encode() in raw else "ines.duarte@castellanfoods.example"
    team.tom.card("Sent by Tom Reyes", SUBJECT)
    if to not in workspace.mailboxes():
        workspace.post("/control/gmail/mailboxes", {"email": to, "name": "Somebody"})
    reply = f"From: {to}\r\nTo: {TOM}\r\nSubject: Re: {SUBJECT}\r\nMessage-ID: <re1@castellan>\r\n"
    message_id = next(
        line for line in raw.decode().split("\r\n") if line.lower().startswith("message-id:")
    ).partition(":")[2]
    reply += f"In-Reply-To:{message_id}\r\n\r\nThanks Tom, that is all I needed."
    workspace.deliver(TOM, reply.encode())
    team.tom.card("Sent by Tom Reyes", SUBJECT, "They have answered.")


def test_a_message_is_qualified_logged_and_answered(workspace: Rig, team: Team) -> None:
    channel = "C0GENERAL"
    posted = workspace.post(
        "/ui/slack/message", {"user": team.maya.id, "channel": channel, "text": SAID}
    )
    ts = posted.get("ts") or posted["message"]["ts"]
    take_up(team.tom, channel, ts, "qualify.from_message")
    result = window(team.tom, "What it proves")
    assert "36,000 EUR" in words(result)
    added = team.tom.submit(result)
    assert "Added to Castellan Foods" in words(added)
    stands = words(team.tom.use("qualify castellan")["response"])
    assert "36,000 EUR" in stands
    assert "Ask next" in stands

    take_up(team.tom, channel, ts, "log.from_message")
    logged = team.tom.submit(window(team.tom, "Log to deal"), comment="Good news")
    assert "Logged to Castellan Foods" in words(logged)
    brief = words(team.tom.use("brief castellan")["response"])
    assert "Tom Reyes noted: Good news" in brief
    assert f"/archives/{channel}/p{ts.replace('.', '')}" in brief

    take_up(team.tom, channel, ts, "reply.from_message")
    form = window(team.tom, "Draft a reply")
    assert "Marco Bellini" in words(form)
    team.tom.submit(form)
    team.tom.ready_card("an answer to a Slack message you asked for")
