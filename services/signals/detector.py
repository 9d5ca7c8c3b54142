"""The interface of everything that looks for signals: rules, and a model."""

from collections.abc import Iterable
from typing import Protocol

from services.types.signals import AccountFacts, Detected, SignalName

PERSON_SIGNALS = frozenset(
    {SignalName.SENIOR_CONTACT, SignalName.CHAMPION_QUIET, SignalName.SENTIMENT_TURN}
)
"""Their cause is the contact's id, or empty where the person is no contact; that of a deal that is
stuck or slipping is the deal's id. All others are about the account as a whole: no cause."""


class Detector(Protocol):
    """Looks at an account's facts and says what it finds. `names` is all it can find: what it
    looked for and didn't find no longer holds. It raises TransientError or LimitReached when it
    could not look at all."""

    @property
    def name(self) -> str: ...

    @property
    def names(self) -> frozenset[SignalName]: ...

    async def detect(self, facts: AccountFacts) -> tuple[Detected, ...]: ...


def names_looked(ran: Iterable[Detector], failed: Iterable[Detector]) -> frozenset[SignalName]:
    """What has been looked for by everybody who can find it: only that may be cleared."""
    seen = {name for detector in ran for name in detector.names}
    return frozenset(seen - {name for detector in failed for name in detector.names})
