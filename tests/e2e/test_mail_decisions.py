"""Deciding from a mail, as in life: by replying to it, and by its link, signed in with Slack."""

import http.cookiejar
import re
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass, field
from html import unescape

import pytest

from tests.e2e.conftest import Team
from tests.e2e.people import Person, person
from tests.e2e.rig import Json, Rig

VICTOR = "victor@brightpath.example"
MAYA = "maya@brightpath.example"
LINK = re.compile(r"http://[\d.:]+/act/[\w.-]+")


@pytest.fixture
def victor(workspace: Rig) -> Person:
    """VP of sales, with a mailbox the product has no part in."""
    if VICTOR not in workspace.mailboxes():
        workspace.post("/control/gmail/mailboxes", {"email": VICTOR, "name": "Victor Hahn"})
    return person(workspace, "U0VICTORH", VICTOR)


def ask(rig: Rig, maya: Person, account: str, percentage: str) -> None:
    """Maya asks for a discount on the account's only open deal, in Slack."""
    maya.use(f"request discount {account}")
    view = rig.until(lambda: (maya.modals() or [None])[-1], 10, "the request form")
    answer = maya.submit(view, percentage=percentage, reason="They have a better offer.")
    assert answer["status"] == 200, answer


def received(rig: Rig, title: str, subject: str = "Please decide") -> Json:
    """The newest mail Victor has with that in its subject."""
    thread = rig.until(
        lambda: rig.find(VICTOR, "inbox", f"{subject}: {title}"), 30, f"a mail about {title}"
    )
    return rig.thread(VICTOR, thread["id"])[-1]


def status_of(rig: Rig, percentage: int) -> str:
    rows = rig.db.fetch(
        "select status, settled_surface from approval_requests where percentage = $1", percentage
    )
    return " ".join(filter(None, rows[0])) if rows else ""


def test_a_reply_decides(workspace: Rig, team: Team, victor: Person) -> None:
    ask(workspace, team.maya, "Northwind Freight", "12")
    mail = received(workspace, "12 % discount for Northwind Freight")
    thread = workspace.find(VICTOR, "inbox", "12 % discount")
    assert thread is not None
    to = re.search(r"understudy\+ua\.[a-z2-7]{32}@brightpath\.example", str(mail))
    assert to, mail
    workspace.write(VICTOR, to[0], "", "sounds good?", thread_id=thread["id"])
    received(workspace, "12 % discount", "Please say it again")
    assert status_of(workspace, 12) == "pending"
    workspace.write(VICTOR, to[0], "", "Approve because they renew early.", thread_id=thread["id"])
    workspace.until(
        lambda: status_of(workspace, 12) == "approved reply", 30, "the reply has decided"
    )
    victor.card("12 % discount", "approved")
    received(workspace, "12 % discount", "Your answer")
    # Attack 3: who asked is told the outcome, and holds no token anywhere.
    told = workspace.until(
        lambda: workspace.find(MAYA, "inbox", "Approved: 12 % discount"), 30, "Maya is told"
    )
    assert told
    for thread in workspace.threads(MAYA, "all"):
        held = str(workspace.thread(MAYA, thread["id"]))
        assert not re.search(r"/act/|ua\.[a-z2-7]{32}", held), held
    kept = workspace.db.value("select count(*) from messages where text like '%renew early%'")
    assert kept == 0


@dataclass
class Browser:
    """Victor's phone: follows every redirect, keeps cookies, knows no scripts."""

    jar: http.cookiejar.CookieJar = field(default_factory=http.cookiejar.CookieJar)

    def __post_init__(self) -> None:
        self._opener = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(self.jar), urllib.request.ProxyHandler({})
        )

    def go(self, url: str, **form: str) -> tuple[int, str]:
        data = urllib.parse.urlencode(form).encode() if form else None
        try:
            with self._opener.open(url, data, timeout=20) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()


def test_a_link_decides_after_signing_in_with_slack(
    workspace: Rig, team: Team, victor: Person
) -> None:
    ask(workspace, team.maya, "Verity Health Group", "13")
    mail = received(workspace, "13 % discount")
    link = LINK.search(mail["text"])
    assert link, mail["text"]
    browser = Browser()
    # A scanner opens it first.
    assert browser.go(link[0] + "?choice=approve")[0] == 200
    assert status_of(workspace, 13) == "pending"
    _, page = browser.go(link[0], do="sign_in")
    onward = unescape(re.search(r'href="([^"]+)" rel="noreferrer"', page)[1])
    assert onward.startswith(f"{workspace.url}/openid/connect/authorize?")
    # Somebody else first, then Victor himself.
    status, page = browser.go(onward, user=team.tom.id)
    assert (status, "was made for Victor Hahn" in page) == (403, True)
    _, page = browser.go(link[0], do="sign_in")
    onward = unescape(re.search(r'href="([^"]+)" rel="noreferrer"', page)[1])
    status, page = browser.go(onward, user=victor.id)
    assert status == 200
    assert "They have a better offer." in page
    csrf = unescape(re.search(r'name="csrf" value="([^"]+)"', page)[1])
    form = {
        "do": "decide",
        "csrf": csrf,
        "choice": "approve",
        "reason": "Fits the quarter",
        "conditions": "Only for six months",
    }
    status, page = browser.go(link[0], **form)
    assert (status, "You approved this" in page) == (200, True)
    assert status_of(workspace, 13) == "approved link"
    assert browser.go(link[0])[0] == 410
    victor.card("13 % discount", "approved", "Only for six months")
