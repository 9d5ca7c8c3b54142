"""Customers who write and reps who press, without a pause, and what came of each click."""

import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from tests.e2e.people import Person, words
from tests.e2e.rig import Rig

SENDERS = ("colin.frost@kestrelaviation.example", "greg.hollis@ardenbiologics.example")
BETWEEN_MAILS, BETWEEN_LOOKS = 0.8, 0.25
TOO_LATE = 3.0
"""Seconds after which Slack shows the person a failure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """One click or command: what the app answered (0: nothing), after how many seconds."""

    what: str
    status: int
    seconds: float

    @property
    def lost(self) -> bool:
        return self.status != 200 or self.seconds >= TOO_LATE


@dataclass(kw_only=True)
class Traffic:
    """Mail to each rep at its own pace, approved as soon as it can be; now and then a command."""

    rig: Rig
    reps: Sequence[Person]
    written: dict[str, str] = field(default_factory=dict)
    """Subject → the rep's address."""
    approved: set[str] = field(default_factory=set)
    presses: list[Press] = field(default_factory=list)
    troubles: list[BaseException] = field(default_factory=list)
    _pouring: threading.Event = field(default_factory=threading.Event)
    _pressing: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)

    def start(self) -> None:
        self._pouring.set()
        self._pressing.set()
        for work in (self._write, *(lambda one=rep: self._press(one) for rep in self.reps)):
            thread = threading.Thread(target=self._kept, args=(work,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def stop_writing(self) -> None:
        self._pouring.clear()

    def stop(self) -> None:
        self._pouring.clear()
        self._pressing.clear()
        for thread in self._threads:
            thread.join(30)
        self._raise()

    def _raise(self) -> None:
        if self.troubles:
            raise self.troubles[0]

    def more(self, count: int, seconds: float = 60) -> None:
        """Wait until that many more are approved."""
        wanted = len(self.approved) + count
        self.rig.until(
            lambda: self.troubles or len(self.approved) >= wanted, seconds, f"{wanted} approved"
        )
        self._raise()

    def settle(self, seconds: float = 90) -> None:
        """Everything that was written is approved, and has left."""
        self.rig.until(lambda: self.troubles or not self.waiting(), seconds, "nothing waits")
        self._raise()

    def waiting(self) -> list[str]:
        return [s for s in list(self.written) if s not in self.approved or not self.left(s)]

    def left(self, subject: str) -> int:
        return len(self.rig.left(self.written[subject], subject))

    def _kept(self, work) -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - told by whoever waits
            self.troubles.append(error)

    def _write(self) -> None:
        number = 0
        while self._pouring.is_set():
            rep = self.reps[number % len(self.reps)]
            subject = f"Rolling {number:03}"
            text = "Could you send me the price list by Friday?"
            self.rig.write(SENDERS[number % 2], rep.email, subject, text)
            self.written[subject] = rep.email
            number += 1
            time.sleep(BETWEEN_MAILS)  # mail comes at its own pace

    def _press(self, rep: Person) -> None:
        rounds = 0
        while self._pressing.is_set():
            with suppress(AssertionError):  # a roll-up that has just been replaced
                rep.open_burst()
            for card in rep.cards("also in your Gmail drafts"):
                self._approve(rep, card)
            rounds += 1
            if rounds % 8 == 0:
                self._time(
                    "/understudy status",
                    lambda: self.rig.post(
                        "/ui/slack/command", {"user": rep.id, "channel": rep.dm, "text": "status"}
                    ),
                )
            time.sleep(BETWEEN_LOOKS)  # people look, then press

    def _approve(self, rep: Person, card: dict) -> None:
        told = words(card)
        subject = next((s for s in list(self.written) if s in told), None)
        if subject is None or subject in self.approved or not rep.has(card, "draft.approve"):
            return
        if self._time("approve", lambda: rep.press(card, "draft.approve")):
            self.approved.add(subject)

    def _time(self, what: str, act) -> bool:
        began = time.monotonic()
        status = act().get("status", 0)
        self.presses.append(Press(what=what, status=status, seconds=time.monotonic() - began))
        return status == 200
