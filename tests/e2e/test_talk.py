"""The command, what was kept quiet, ratings, the Home tab and the digest."""

from tests.e2e.conftest import Team
from tests.e2e.people import elements, words
from tests.e2e.rig import Json, Rig

MAYA = "maya@brightpath.example"
TOM = "tom@brightpath.example"
PRIYA = "priya@brightpath.example"
MARCO = "marco.bellini@castellanfoods.example"


def test_a_mail_that_asks_nothing_stays_quiet_until_told_otherwise(
    workspace: Rig, team: Team
) -> None:
    subject = "Good news from Modena"
    workspace.write(
        MARCO, TOM, subject, "Hi Tom,\n\nThe board approved a budget of 36,000 EUR.\n\nMarco"
    )
    attention = "select attention from messages where subject=$1"
    workspace.until(
        lambda: workspace.db.value(attention, subject) == "quiet", 15, "the mail was kept quiet"
    )
    assert not team.tom.cards(subject)
    assert "36,000 EUR" in words(team.tom.use("brief castellan")["response"])
    shown = team.tom.use("quiet")["response"]
    assert subject in words(shown)
    assert "Asks nothing of you" in words(shown)
    listed = next(m for m in reversed(team.tom.whispers()) if subject in words(m))
    at = next(b for b in listed["blocks"] if subject in words(b))
    team.tom.press(listed, elements(at)[0]["action_id"])
    team.tom.whisper("Noted.")
    again = words(team.tom.use("quiet")["response"])
    assert "you said I should have told you" in again
    rating = """select f.rating from feedback f join messages m on m.id = f.target_id
        where f.target = 'message' and m.subject = $1"""
    assert workspace.db.value(rating, subject) == -1


def test_the_command_answers_every_word(workspace: Rig, team: Team) -> None:
    subject = "Waiting in the inbox"
    workspace.write(MARCO, TOM, subject, "Tom, could you send me the contract?\n\nMarco")
    team.tom.ready_card(subject)
    for text, wanted in (
        ("", "What I can do for you"),
        ("help", "digest now"),
        ("inbox", "wait"),
        ("brief Castellan", "Castellan two plants"),
        ("brief nobody at all", "no account"),
        ("status", "tom@brightpath.example: connected"),
        ("stats", "Mailboxes"),
        ("dance", "I don't know"),
    ):
        said = words(team.tom.use(text)["response"])
        assert wanted.lower() in said.lower(), (text, said)
    assert "Marco" in words(team.tom.use("inbox")["response"])
    workspace.post(
        "/ui/slack/message", {"user": team.tom.id, "channel": team.tom.dm, "text": "help"}
    )
    team.tom.card("What I can do for you")


def test_a_rating_by_button_and_by_reaction_changes_and_is_withdrawn(
    workspace: Rig, team: Team
) -> None:
    subject = "Rated by everyone"
    workspace.write(MARCO, TOM, subject, "Tom, could you send me the security sheet?\n\nMarco")
    card = team.tom.ready_card(subject)
    rated = f"""
        select f.rating, f.source from feedback f join actions a on a.id = f.target_id
        join drafts d on d.id = a.draft_id join messages m on m.id = d.message_id
        where f.target = 'decision' and m.subject = '{subject}'
    """

    def standing(*wanted: object) -> None:
        workspace.until(
            lambda: [tuple(row) for row in workspace.db.fetch(rated)] == list(wanted),
            10,
            f"the rating is {wanted}",
        )

    buttons = next(e for e in elements(card["blocks"]) if e["type"] == "feedback_buttons")
    up, down = buttons["positive_button"]["value"], buttons["negative_button"]["value"]
    assert team.tom.press(card, "feedback.rate", value=up)["status"] == 200
    standing((1, "button"))
    team.tom.card(subject, "Helpful (your word)")
    assert team.tom.press(card, "feedback.rate", value=down)["status"] == 200
    standing((-1, "button"))
    team.tom.card(subject, "Not helpful (your word)")
    team.tom.react(card, "+1")
    standing((1, "reaction"))
    team.tom.card(subject, "Helpful (your word)")
    team.tom.react(card, "+1", remove=True)
    standing()
    team.tom.react(card, "tada")
    team.tom.react(card, "-1")
    standing((-1, "reaction"))


def test_the_home_tab_shows_what_waits(workspace: Rig, team: Team) -> None:
    team.tom.open_home()
    home = workspace.until(team.tom.home, 10, "the Home tab is published")
    shown = words(home)
    assert "Castellan Foods" in shown
    assert "understudy@brightpath.example" in shown


def test_a_digest_comes_by_message_and_mail(workspace: Rig, team: Team) -> None:
    said = words(team.tom.use("digest now")["response"])
    assert "digest" in said
    team.tom.card("Your digest for")
    # Approvals write to others from the same address.
    sent = workspace.until(lambda: _digests(workspace), 20, "the digest left by mail")
    assert len(sent) == 1
    workspace.until(
        lambda: [t for t in workspace.threads(TOM, "inbox") if "understudy@" in t["from"]],
        10,
        "the digest lies in his inbox",
    )
    # Our own mail is nobody's work: it makes neither a card nor an unsorted mail.
    team.tom.use("digest now")
    workspace.until(lambda: len(_digests(workspace)) >= 2, 20, "the second one")
    own = "select count(*) from messages where sender->>'email' = 'understudy@brightpath.example'"
    assert not workspace.db.value(own + " and attention in ('card', 'unlinked')")


def test_a_report_is_read_and_mailed_to_whoever_asks(workspace: Rig, team: Team) -> None:
    """The whole way, on a workspace that has been there for two months."""
    assert "/understudy me" in words(team.maya.use("report")["response"])
    assert "I'm counting these days" in words(team.priya.use("report now")["response"])
    team.priya.whisper("Unfinished", seconds=30)
    began = "update tenants set created_at = created_at - interval '62 days' returning 1"
    assert workspace.db.value(began) == 1
    team.priya.use("report")
    parts = ("*Effort saved*: not known", "How is this counted?", "Send me this by mail")
    shown = team.priya.whisper(*parts, seconds=30)
    counted = team.priya.opened(shown, "report.how")
    assert "words that people wrote into my texts" in words(counted)
    team.priya.close(counted)
    team.priya.press(shown, "report.mail")
    team.priya.whisper("It is on its way to priya@brightpath.example")
    status = "select status from report_mails"
    workspace.until(lambda: workspace.db.value(status) == "sent", 20, "the report left by mail")
    sent = workspace.sent("understudy@brightpath.example")
    assert [one for one in sent if one["recipients"] == [PRIYA]]


def _digests(workspace: Rig) -> list[Json]:
    """What left for Tom from the system mailbox."""
    sent = workspace.sent("understudy@brightpath.example")
    return [one for one in sent if one["recipients"] == [TOM]]
