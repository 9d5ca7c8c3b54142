"""Requests for a discount, the two people who decide on each at the same moment, and the admin with
the switch that stops everything."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from random import Random

from tests.e2e.people import Person, value_of
from tests.e2e.rig import Json
from tests.faults.office import Office
from tests.faults.staff import HANDLED, inputs_of, opened

ACCOUNTS = ("Arden", "Verity", "Kestrel", "Northwind")
APPROVERS = ("priya", "victor", "elena", "sam")
SAM = "sam@brightpath.example"


@dataclass
class Leads:
    """One thread for asking and deciding."""

    office: Office
    pace: float
    stop: threading.Event
    crowd: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(4))

    def run(self) -> None:
        chance = self.office.chance("leads")
        while not self.stop.wait(chance.expovariate(1 / self.pace)):
            try:
                if chance.random() < 0.4:
                    self._request(chance)
                else:
                    self._decide(chance)
            except HANDLED as error:
                self.office.ledger.note("driver", of="leads", error=repr(error)[:200])
        self.crowd.shutdown()

    def _request(self, chance: Random) -> None:
        maya = self.office.people["maya@brightpath.example"]
        account, percentage = chance.choice(ACCOUNTS), str(chance.choice((5, 10, 12)))
        before = maya.modals()
        maya.use(f"request discount {account}")
        view = opened(maya, before)
        line = self.office.ledger.note("request", who=maya.email, about=account, size=percentage)
        answer = maya.submit(view, percentage=percentage, reason="They asked for it")
        self.office.ledger.add(line, status=answer["status"])
        for open_view in maya.modals():
            maya.close(open_view)

    def _decide(self, chance: Random) -> None:
        """Whoever has the button presses it, all at once."""
        people = [self.office.people[f"{name}@brightpath.example"] for name in APPROVERS]
        asked: dict[str, list[tuple[Person, Json]]] = {}
        for person in people:
            for card in person.cards():
                if person.has(card, "approval.approve"):
                    held = value_of(card, "approval.approve")
                    asked.setdefault(held["id"], []).append((person, card))
        if not asked:
            return
        chosen = asked[chance.choice(sorted(asked))]
        verbs = [chance.choices(("approve", "reject"), (75, 25))[0] for _ in chosen]
        jobs = [
            self.crowd.submit(self._vote, person, card, verb)
            for (person, card), verb in zip(chosen, verbs, strict=True)
        ]
        for job in jobs:
            job.result()

    def _vote(self, person: Person, card: Json, verb: str) -> None:
        try:
            before = person.modals()
            held = value_of(card, f"approval.{verb}")
            line = self.office.ledger.note("vote", who=person.email, verb=verb, subject=held["id"])
            person.press(card, f"approval.{verb}")
            view = opened(person, before)
            texts = dict.fromkeys(inputs_of(view), "It is fine by me")
            answer = person.submit(view, **texts)
            self.office.ledger.add(line, status=answer["status"], body=str(answer["body"])[:300])
            for open_view in person.modals():
                person.close(open_view)
        except HANDLED as error:
            self.office.ledger.note("driver", of=person.email, error=repr(error)[:200])


@dataclass
class Switch:
    """Sam stops everything now and then, and lets it go on a little later."""

    office: Office
    pace: float
    stop: threading.Event

    def run(self) -> None:
        chance = self.office.chance("switch")
        while not self.stop.wait(chance.expovariate(1 / self.pace)):
            self.say("pause everything")
            self.stop.wait(chance.uniform(1, 5))
            self.resume()

    def resume(self, seconds: float = 60) -> None:
        """As often as it takes."""
        deadline = time.monotonic() + seconds
        while not self.say("resume everything") and time.monotonic() < deadline:
            time.sleep(0.5)

    def say(self, text: str) -> bool:
        """Whether the product answered."""
        line = self.office.ledger.note("switch", text=text)
        try:
            answer = self.office.people[SAM].use(text)
        except HANDLED:
            self.office.ledger.add(line, status=0)
            return False
        self.office.ledger.add(line, status=200, said=str(answer)[:300])
        return True
