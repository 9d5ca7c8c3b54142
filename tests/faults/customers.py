"""Customers who write, answer, and write once more; and reps who answer by hand in Gmail."""

import threading
from dataclasses import dataclass, field
from random import Random

from tests.faults.office import REPS, Office

WORLD = {
    "maya@brightpath.example": (
        "rachel.abara@northwindfreight.example",
        "joanna.pierce@verityhealth.example",
        "anke.reuter@brueckner-werke.example",
        "colin.frost@kestrelaviation.example",
        "nadia.volkova@ardenbiologics.example",
    ),
    "tom@brightpath.example": (
        "marco.bellini@castellanfoods.example",
        "tara.quinn@lumenretail.example",
        "darnell.webb@tidewaterlogistics.example",
        "owen.hughes@mossfieldtrust.example",
    ),
    "ingrid@brightpath.example": (
        "sigrid.dahl@haldenmaritime.example",
        "fiona.pike@orchardpike.example",
        "henrik.aas@sableenergy.example",
    ),
    "felix@harborline.example": ("lea@meridianfreight.example",),
}
ASKS = (
    "Could you send me the price list by Friday?",
    "Could you tell me whether the roster can be exported?",
    "Please send us the manual in English by Thursday.",
    "Can you confirm the date of the training?",
    "Would you send me the security questionnaire this week?",
)
STRANGER = "hello@nobody-knows-us.example"


@dataclass
class Customers:
    """One thread; a mail every `pace` seconds or so."""

    office: Office
    pace: float
    stop: threading.Event
    count: int = 0
    threads: dict[str, dict[str, str]] = field(default_factory=dict)
    """Subject → who wrote it to whom."""

    def run(self) -> None:
        chance = self.office.chance("customers")
        while not self.stop.wait(chance.expovariate(1 / self.pace)):
            try:
                self._one(chance)
            except (AssertionError, OSError) as error:
                self.office.ledger.note("driver", of="customers", error=str(error)[:200])

    def _one(self, chance: Random) -> None:
        kind = chance.choices(
            ("mail", "both", "reply", "again", "hand", "stranger"), (60, 8, 12, 8, 6, 6)
        )[0]
        rep = chance.choice(list(REPS))
        sender, ask = chance.choice(WORLD[rep]), chance.choice(ASKS)
        subject = chance.choice(list(self.threads)) if self.threads else ""
        if kind in ("reply", "again", "hand") and subject:
            self._go_on(kind, subject, ask)
        elif kind == "stranger":
            self._write(STRANGER, rep, "stranger", ask)
        elif kind == "both" and "brightpath" in rep:
            other = chance.choice([one for one in REPS if "brightpath" in one and one != rep])
            self._write(sender, f"{rep}, {other}", "both", ask)
        else:
            self._write(sender, rep, "mail", ask)

    def _write(self, sender: str, to: str, kind: str, ask: str) -> None:
        self.count += 1
        subject = f"Lab {self.office.seed}-{self.count:04}"
        line = self.office.ledger.note("mail", kind=kind, sender=sender, to=to, subject=subject)
        text = f"Hi,\n\n{ask} (It is about {subject}.)\n\nThanks"
        answer = self.office.rig.write(sender, to, subject, text)
        self.office.ledger.add(line, id=answer["id"])
        if kind != "stranger":
            self.threads[subject] = {"sender": sender, "rep": to.split(",", maxsplit=1)[0]}

    def _go_on(self, kind: str, subject: str, ask: str) -> None:
        """In a thread there is: the customer once more, or the rep by hand."""
        known, rig = self.threads[subject], self.office.rig
        hand = kind == "hand"
        author, to = known["sender"], known["rep"]
        if hand:
            author, to = to, author
        found = [t for t in rig.threads(author, "all") if subject in t["subject"]]
        if not found:
            return
        self.count += 1
        number = f"{subject}/{self.count:04}"
        said = f"That is done. ({number})" if hand else f"And another thing. {ask} ({number})"
        line = self.office.ledger.note(
            kind, sender=author, to=to, subject=f"Re: {subject}", number=number
        )
        body = {"mailbox": author, "to": to, "text": said, "thread_id": found[0]["id"]}
        answer = rig.post("/ui/mail/send", body)
        self.office.ledger.add(line, id=answer["id"])
