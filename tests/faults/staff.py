"""Reps who decide on cards, and an audience that presses at the same moment."""

import json
import secrets
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from random import Random
from typing import Any
from urllib.parse import parse_qs

from tests.e2e.people import Person, elements, value_of, words
from tests.e2e.rig import Json
from tests.faults.office import Office

FORGED = "lab."
"""How the trigger of a click of the lab's own making begins."""
UNDONE = 0.12
"""How often somebody who could call a mail off does, at one look."""
HANDLED = (AssertionError, OSError, KeyError, StopIteration, IndexError, ValueError)
"""What a driver meets when the card it looks at has just changed, or nobody answers."""


@dataclass
class Rep:
    """One person at their screen: reads, and now and then presses something."""

    office: Office
    person: Person
    pace: float
    stop: threading.Event
    crowd: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(3))

    def run(self) -> None:
        chance = self.office.chance(f"rep/{self.person.email}")
        while not self.stop.wait(chance.expovariate(1 / self.pace)):
            try:
                self._look(chance)
            except HANDLED as error:
                self.office.ledger.note("driver", of=self.person.email, error=repr(error)[:200])
        self.crowd.shutdown()

    def _look(self, chance: Random) -> None:
        cards = self.person.cards()
        roll = chance.random()
        if roll < 0.04:
            self._ask()
        elif roll < 0.1 and cards:
            self._react(chance.choice(cards), chance)
        elif undoable := [c for c in cards if self.person.has(c, "draft.undo")]:
            if chance.random() < UNDONE:
                self._press(chance.choice(undoable), "draft.undo")
        elif burst := [c for c in cards if self.person.has(c, "rollup.next")]:
            self._press(burst[-1], "rollup.next")
        elif ready := [c for c in cards if self.person.has(c, "draft.approve")]:
            self._decide(chance.choice(ready), chance)

    def _decide(self, card: Json, chance: Random) -> None:
        how = chance.choices(("approve", "reject", "twice", "both", "edit"), (58, 12, 12, 10, 8))[0]
        if how == "approve":
            self._press(card, "draft.approve")
        elif how == "twice":
            list(self.crowd.map(lambda _: self._press(card, "draft.approve"), range(3)))
        elif how == "both":
            pressed = self.crowd.submit(self._press, card, "draft.approve")
            self._reject(card)
            pressed.result()
        elif how == "edit":
            self._fill(card, "draft.edit", text=f"Dear all, by hand {secrets.token_hex(4)}.")
        else:
            self._reject(card)

    def _reject(self, card: Json) -> None:
        self._fill(card, "draft.reject", reason="Not now")

    # ── pressing ────────────────────────────────────────────────────────────────────────────────
    def _press(self, card: Json, action_id: str) -> None:
        line = self._noted(card, action_id)
        answer = self.person.press(card, action_id)
        self.office.ledger.add(line, status=answer["status"])

    def _noted(self, card: Json, action_id: str) -> Json:
        held = value_of(card, action_id) if action_id != "rollup.next" else {}
        return self.office.ledger.note(
            "press",
            who=self.person.email,
            verb=action_id,
            subject=held.get("id"),
            rev=held.get("rev"),
            ts=card["ts"],
            shown=words(card) if action_id == "draft.approve" else "",
        )

    def _fill(self, card: Json, action_id: str, **texts: str) -> None:
        """Press, fill in the form that opens, send it off."""
        before = self.person.modals()
        line = self._noted(card, action_id)
        self.person.press(card, action_id)
        view = opened(self.person, before)
        answer = self.person.submit(view, **texts)
        self.office.ledger.add(line, status=answer["status"], body=str(answer["body"])[:200])

    def _ask(self) -> None:
        """A question in the direct message: an event that is answered once."""
        text = f"What is open with Halden? {secrets.token_hex(4)}"
        line = self.office.ledger.note("question", who=self.person.email, text=text)
        body = {"user": self.person.id, "channel": self.person.dm, "text": text}
        self.office.ledger.add(line, ts=self.person.rig.post("/ui/slack/message", body)["ts"])

    def _react(self, card: Json, chance: Random) -> None:
        name = chance.choice(("+1", "-1"))
        self.office.ledger.note("reaction", who=self.person.email, ts=card["ts"], name=name)
        self.person.react(card, name)


@dataclass
class Echo:
    """Slack's wire, repeated: events and clicks sent again, late and in another order; clicks by a
    manager on the same button at the same time; and clicks forged from the other workspace."""

    office: Office
    pace: float
    stop: threading.Event

    def run(self) -> None:
        chance = self.office.chance("echo")
        while not self.stop.wait(self.pace):
            try:
                self._again(chance)
            except HANDLED as error:
                self.office.ledger.note("driver", of="echo", error=repr(error)[:200])

    def _again(self, chance: Random) -> None:
        rig = self.office.rig
        lines = rig.get("/control/slack/deliveries")["deliveries"]
        rig.delete("/control/slack/deliveries")
        lines = [line for line in lines if line["attempt"] == 0]
        for line in chance.sample(lines, min(len(lines), 4)):  # in any order
            if line["kind"] == "event":
                self._event(line)
            elif line["kind"] == "interaction":
                self._click(line, chance)

    def _event(self, line: Json) -> None:
        headers = {"x-slack-retry-num": "1", "x-slack-retry-reason": "http_timeout"}
        self._send("event", line["body"], "event", headers=headers)

    def _click(self, line: Json, chance: Random) -> None:
        payload = _payload(line)
        if payload.get("trigger_id", "").startswith(FORGED):
            return
        verb = (payload.get("actions") or [{}])[0].get("action_id", "")
        if verb != "draft.approve" or chance.random() < 0.4:
            self._send("interaction", payload, "click")
            return
        held = json.loads(payload["actions"][0]["value"])
        if chance.random() < 0.6 and payload["team"]["id"] == "T0BRGHTPTH":
            payload["user"]["id"] = self.office.people["priya@brightpath.example"].id
            who, what = "priya@brightpath.example", "press"
        else:
            who, what = self._from_elsewhere(payload), "foreign"
        payload["trigger_id"] = f"{FORGED}{secrets.token_hex(8)}"
        noted = self.office.ledger.note(
            what, who=who, verb=verb, subject=held["id"], rev=held["rev"], ts="", shown=""
        )
        self.office.ledger.add(noted, status=self._deliver("interaction", payload))

    def _from_elsewhere(self, payload: Json) -> str:
        """Signed by Slack for the other workspace, naming this one's things."""
        bright = payload["team"]["id"] == "T0BRGHTPTH"
        email = "felix@harborline.example" if bright else "maya@brightpath.example"
        team = "T0HARBRLN" if bright else "T0BRGHTPTH"
        payload["team"] = {"id": team, "domain": "elsewhere"}
        payload["user"] |= {"id": self.office.people[email].id, "team_id": team}
        return email

    def _send(self, kind: str, body: Any, what: str, **more: Any) -> None:
        line = self.office.ledger.note("resent", of=what)
        self.office.ledger.add(line, status=self._deliver(kind, body, **more))

    def _deliver(self, kind: str, body: Any, **more: Any) -> int:
        return self.office.rig.events(body, kind=kind, **more)[0]


def _payload(line: Json) -> Json:
    found: Json = json.loads(parse_qs(line["body"])["payload"][0])
    return found


def opened(person: Person, before: list[Json], seconds: float = 4) -> Json:
    """The window that came up, as soon as it has; AssertionError where none did."""
    known, deadline = {view["id"] for view in before}, time.monotonic() + seconds
    while time.monotonic() < deadline:
        fresh = [view for view in person.modals() if view["id"] not in known]
        if fresh:
            return fresh[-1]
        time.sleep(0.1)
    raise AssertionError(f"no window for {person.email}")


def inputs_of(view: Json) -> list[str]:
    """Names of the fields one can type into."""
    return [e["action_id"] for e in elements(view["blocks"]) if e["type"] == "plain_text_input"]
