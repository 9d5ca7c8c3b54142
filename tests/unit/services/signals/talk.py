"""Builds an account's facts as a talk: who wrote what, how many days ago."""

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid5

from services.signals.detectors import DETECTORS
from services.signals.lifecycle import proven
from services.signals.raising import enough
from services.types.signals import (
    THRESHOLD,
    AccountFacts,
    Detected,
    EvidenceSource,
    SeenContact,
    SeenDeal,
    SeenMeeting,
    SeenText,
    SignalName,
)

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)  # a Friday
HERE = UUID(int=7)
PEOPLE = {"dana": "Dana Reyes", "tom": "Tom Berg", "ann": "Ann Lee", "jo": "Jo Chen"}


def identified(*parts: object) -> UUID:
    return uuid5(HERE, "/".join(map(str, parts)))


def address(who: str) -> str:
    return f"{who}@acme.test"


class Talk:
    """`they` and `we` write; days count back from `now`."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now
        self.texts: list[SeenText] = []
        self.people: dict[str, SeenContact] = {}
        self.rest: dict[str, Any] = {}

    def they(
        self, days: float, text: str = "Thanks, noted.", who: str = "dana", **more: Any
    ) -> "Talk":
        people = tuple(sorted({address(who), *map(address, more.pop("cc", ()))}))
        return self._add(days, text, inbound=True, who=who, **({"people": people} | more))

    def we(
        self, days: float, text: str = "Did you have a look?", to: str = "dana", **more: Any
    ) -> "Talk":
        return self._add(days, text, inbound=False, who=to, people=(address(to),), **more)

    def _add(self, days: float, text: str, *, inbound: bool, who: str, **more: Any) -> "Talk":
        sender = address(who) if inbound else "rita@northwind.test"
        fields: dict[str, Any] = {
            "source": EvidenceSource.MESSAGE,
            "id": identified(days, text, who, inbound),
            "conversation_id": identified("thread"),
            "happened_at": self.now - timedelta(days=days),
            "human": True,
            "sender_email": sender,
            "sender_name": PEOPLE.get(who, "") if inbound else "Rita Rep",
            "contact_id": identified(who) if inbound else None,
        }
        self.texts.append(SeenText(text=text, inbound=inbound, **(fields | more)))
        return self

    def lively(self, until: float = 20, every: float = 3, times: int = 10, **more: Any) -> "Talk":
        """They write every few days, we answer at once, until so many days ago."""
        for number in range(times, -1, -1):
            days = until + number * every
            self.they(days, f"Here is point {number} of our list.", **more)
            self.we(days - 0.2, f"Noted point {number}.", to=more.get("who", "dana"))
        return self

    def person(self, who: str, **more: Any) -> "Talk":
        fields: dict[str, Any] = {"title": None, "champion": False, "first_seen_at": None}
        self.people[who] = SeenContact(
            id=identified(who),
            email=address(who),
            name=PEOPLE[who],
            last_wrote_at=None,
            **(fields | more),
        )
        return self

    def deal(self, **more: Any) -> "Talk":
        fields: dict[str, Any] = {
            "id": identified("deal"),
            "name": "Rollout",
            "stage": "evaluation",
            "amount": Decimal(20_000),
            "currency": "USD",
            "close_date": None,
            "first_close_date": None,
            "close_date_moves": 0,
            "stage_since": None,
        }
        self.rest["deals"] = (*self.rest.get("deals", ()), SeenDeal(**(fields | more)))
        return self

    def meeting(self, days: float, **more: Any) -> "Talk":
        fields: dict[str, Any] = {
            "id": identified("meeting", days),
            "title": "Review",
            "starts_at": self.now - timedelta(days=days),
            "status": "scheduled",
            "cancellations": 0,
            "moves": 0,
            "changed_at": self.now - timedelta(days=abs(days)),
        }
        self.rest["meetings"] = (*self.rest.get("meetings", ()), SeenMeeting(**(fields | more)))
        return self

    def account(self, **more: Any) -> "Talk":
        self.rest |= more
        return self

    def facts(self) -> AccountFacts:
        for text in self.texts:
            who = text.sender_email.partition("@")[0]
            if text.inbound and who in PEOPLE and who not in self.people:
                self.person(who)
        return AccountFacts(
            account_id=identified("account"),
            account_name="Acme",
            now=self.now,
            texts=tuple(sorted(self.texts, key=lambda text: (text.happened_at, text.id))),
            contacts=tuple(self.people.values()),
            **self.rest,
        )


def later(facts: AccountFacts, days: float) -> AccountFacts:
    return replace(facts, now=facts.now + timedelta(days=days))


def day(days: float) -> date:
    return (NOW - timedelta(days=days)).date()


def midnight(value: date) -> datetime:
    return datetime.combine(value, time.min, tzinfo=UTC)


def detect(facts: AccountFacts) -> dict[SignalName, Detected]:
    """What all detectors find, proven and merged."""

    async def look() -> list[Detected]:
        return [one for detector in DETECTORS for one in await detector.detect(facts)]

    return {one.name: one for one in proven(facts, asyncio.run(look()))}


def raised(facts: AccountFacts) -> set[SignalName]:
    return {name for name, one in detect(facts).items() if enough(one, THRESHOLD)}
