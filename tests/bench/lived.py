"""As in life: product, sandbox and database as processes, HTTP between them, no model. What passes
from a push to its card, from a commit to the card's next state, and until a page is there."""

import base64
import http.client
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from tests.bench.report import ROUNDS, Row
from tests.e2e.conftest import team_of
from tests.e2e.people import Person
from tests.e2e.rig import TOKEN, Json, Rig, rig

SENDER = "samir.haddad@verityhealth.example"
TEXT = "Hello,\n\nCould you send me the security paper by Thursday?\n\nSamir"
ACCOUNTS = 50
PACE = 1.2
"""Seconds: Gmail pushes at most once a second for a mailbox."""
POLL = "3600"
"""Nothing is found by looking: what comes, comes by the push."""


@dataclass(frozen=True, kw_only=True)
class Desk:
    """A workspace that runs, and the people whose mail is measured, in turn."""

    rig: Rig
    people: tuple[Person, ...]

    def rest(self) -> None:
        """Nothing runs any more, and Gmail may push again."""
        self.rig.until(lambda: not self.rig.busy(), 120, "rest")
        time.sleep(PACE)

    def forget_calls(self) -> None:
        self.rig.delete("/control/gmail/calls")
        self.rig.delete("/control/slack/calls")

    def slack_call(self, method: str, about: str = "") -> Json:
        """The first such call since they were forgotten, as soon as there is one."""

        def look() -> Json | None:
            calls = self.rig.get("/control/slack/calls", method=method)["calls"]
            return next((one for one in calls if about in json.dumps(one["body"])), None)

        return self.rig.until(look, 60, f"{method} about {about}")


def desk_of(made: Rig) -> Desk:
    team = team_of(made)
    desk = Desk(rig=made, people=(team.maya, team.tom, team.ingrid))
    desk.rest()
    return desk


def measure() -> list[Row]:
    """One workspace for all of it."""
    with rig(GMAIL_POLL_SECONDS=POLL) as made:
        _seed(made, "maya@brightpath.example")
        desk = desk_of(made)
        bare = Bare(made)
        pushed, beside, ops = [], [], ""
        cards: list[tuple[Person, str]] = []
        for number in range(-1, ROUNDS):  # the first is to warm up
            person, subject = desk.people[number % len(desk.people)], f"Bench {number}"
            took, ops = _pushed(desk, person, subject)
            calls = bare.calls(person.dm)
            cards.append((person, subject))
            if number >= 0:
                pushed.append(took)
                beside.append(calls)
        updated = [_updated(desk, person, subject) for person, subject in cards][1:]
        rows = [_push_row(pushed, beside, ops), _update_row(updated)]
        return rows + _pages(desk)


def _pushed(desk: Desk, person: Person, subject: str) -> tuple[float, str]:
    """Milliseconds from Gmail's push to the posted card, by the sandbox's clock; and the calls in
    between."""
    desk.rest()
    desk.forget_calls()
    before = len(_pushes(desk.rig, person.email))
    desk.rig.write(SENDER, person.email, subject, TEXT)
    posted = desk.slack_call("chat.postMessage", subject)["at"] * 1000
    pushes = _pushes(desk.rig, person.email)[before:]
    # Its id begins with the millisecond in which it was made.
    began = int(pushes[0]["messageId"]) // 1000
    calls = desk.rig.get("/control/gmail/calls")["calls"]
    ops = [c["op"] for c in calls if c["mailbox"] == person.email and c["time_ms"] <= posted]
    return posted - began, ", ".join(ops)


def _pushes(made: Rig, mailbox: str) -> list[Json]:
    found = made.get("/control/gmail/push")["deliveries"]
    return [one for one in found if one["mailbox"] == mailbox and one["outcome"] != "rate_limited"]


class Bare:
    """The calls nobody can do without, one after the other on open connections: what is new, the
    mail, its draft, the card."""

    def __init__(self, made: Rig) -> None:
        made.write(SENDER, SENDER, "To himself", TEXT)
        self._address = made.url.removeprefix("http://")
        self._token = made.get(f"/control/gmail/credentials/{SENDER}")["token"]
        self._gmail = http.client.HTTPConnection(self._address, timeout=30)
        self._slack = http.client.HTTPConnection(self._address, timeout=30)
        listed = self._ask("GET", "messages?maxResults=1")
        self._mail = listed["messages"][0]["id"]
        self._since = str(int(self._ask("GET", "profile")["historyId"]) - 1)

    def calls(self, channel: str) -> float:
        """Milliseconds of all four."""
        mail = EmailMessage()
        mail["To"], mail["Subject"] = SENDER, "Re: To himself"
        mail.set_content(TEXT)
        draft = {"message": {"raw": base64.urlsafe_b64encode(mail.as_bytes()).decode()}}
        blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": TEXT}}] * 8
        started = time.perf_counter()
        self._ask("GET", f"history?startHistoryId={self._since}")
        self._ask("GET", f"messages/{self._mail}?format=raw")
        self._ask("POST", "drafts", draft)
        self._post({"channel": channel, "text": "A card", "blocks": json.dumps(blocks)})
        return (time.perf_counter() - started) * 1000

    def _ask(self, method: str, path: str, body: Json | None = None) -> Any:
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"}
        sent = None if body is None else json.dumps(body)
        self._gmail.request(method, f"/gmail/v1/users/me/{path}", sent, headers)
        return _read(self._gmail)

    def _post(self, body: dict[str, str]) -> None:
        headers = {
            "Authorization": f"Bearer {TOKEN}",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        self._slack.request("POST", "/api/chat.postMessage", urlencode(body), headers)
        if not _read(self._slack)["ok"]:
            raise SystemExit("the bare post was refused")


def _read(connection: http.client.HTTPConnection) -> Any:
    answer = connection.getresponse()
    text = answer.read()
    if answer.status >= 400:
        raise SystemExit(f"a bare call was answered {answer.status}: {text[:300]!r}")
    return json.loads(text)


def _updated(desk: Desk, person: Person, subject: str) -> float:
    """Milliseconds from the answer to a click, which comes after its commit, to the card's update
    at Slack."""
    card = person.ready_card(subject, seconds=60)
    desk.rest()
    desk.forget_calls()
    person.press(card, "draft.approve")
    answered = desk.rig.get("/control/slack/deliveries", kind="interaction")["deliveries"][-1]["at"]
    took: float = (desk.slack_call("chat.update")["at"] - answered) * 1000
    return took


def _push_row(ours: list[float], theirs: list[float], ops: str) -> Row:
    return Row(
        name="push received → card posted, idle, no model",
        unit="ms",
        ours=tuple(ours),
        theirs=tuple(theirs),
        beside="history.list, messages.get, drafts.create and chat.postMessage, one after the "
        "other on open connections",
        means="A customer's mail arrives in Gmail. The push is verified and becomes a job; the "
        "mail is read, kept, linked and qualified; who is asked is decided; an answer is written, "
        "checked, judged and put into Gmail; the card is rendered and posted. Each step is "
        f"committed before the next begins. What the product calls meanwhile: {ops}, "
        "chat.postMessage.",
        budget=3,
    )


def _update_row(ours: list[float]) -> Row:
    return Row(
        name="live update: a decision committed → its card updated",
        unit="ms",
        ours=tuple(ours),
        beside="nothing; the time from the click's answer to chat.update at Slack",
        means="Somebody approves; every card about it says so, wherever it stands. The card's job "
        "is in the decision's transaction, and the worker is told when it commits.",
        limit=100,
    )


# ── Pages ───────────────────────────────────────────────────────────────────────────────────────
def _pages(desk: Desk) -> list[Row]:
    """Maya looks after fifty accounts."""
    maya = desk.people[0]

    def home() -> None:
        desk.forget_calls()
        maya.open_home()
        desk.slack_call("views.publish")

    pages: tuple[tuple[str, Callable[[], object], str], ...] = (
        ("Home", home, "from opening the tab to views.publish at Slack, looked for every 50 ms"),
        ("/understudy inbox", lambda: maya.use("inbox"), "from the command to its answer"),
    )
    rows = []
    for name, show, how in pages:
        show()
        ours = []
        for _ in range(ROUNDS):
            desk.rest()
            started = time.perf_counter()
            show()
            ours.append((time.perf_counter() - started) * 1000)
        rows.append(
            Row(
                name=f"dashboard: {name}, {ACCOUNTS} accounts",
                unit="ms",
                ours=tuple(ours),
                beside=f"nothing; {how}",
                means="What a rep sees first, through Slack's door and back.",
                limit=2000,
            )
        )
    return rows


def _seed(made: Rig, owner: str) -> None:
    """Accounts with a deal each."""
    folder = Path(made.folder) / "bench"
    folder.mkdir()
    names = [f"Bench Company {number}" for number in range(ACCOUNTS)]
    accounts = [f"{name},bench{n}.example,Logistics,{owner}" for n, name in enumerate(names)]
    deals = [f"Rollout {name},{name},evaluation,1000,USD,2027-03-31,{owner}" for name in names]
    for file, head, lines in (
        ("accounts.csv", "name,domain,industry,owner_email", accounts),
        ("deals.csv", "name,account,stage,amount,currency,close_date,owner_email", deals),
    ):
        (folder / file).write_text("\n".join([head, *lines]) + "\n")
    made.command("seed", str(folder / "accounts.csv"), str(folder / "deals.csv"))
