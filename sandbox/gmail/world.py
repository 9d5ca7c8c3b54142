"""Everything the Gmail half of the sandbox owns, in one place."""

from collections.abc import Callable
from dataclasses import dataclass

from sandbox.gmail.auth import Tokens
from sandbox.gmail.clock import Clock
from sandbox.gmail.delivery import Delivery
from sandbox.gmail.drafts import Drafts
from sandbox.gmail.faults import Faults
from sandbox.gmail.model import Mailbox
from sandbox.gmail.push import Push
from sandbox.gmail.service_accounts import ServiceAccounts
from sandbox.gmail.store import Store


@dataclass(frozen=True, kw_only=True)
class Consent:
    """How people answer at Google: by the page, or by themselves where a test says so."""

    automatic: str = ""
    deny: bool = False
    untick: bool = False


class World:
    """Built once for each sandbox."""

    def __init__(self, clock: Clock, bot_url: Callable[[], str]) -> None:
        self.clock = clock
        self.push = Push(self.clock, bot_url)
        self.watchers: list[Callable[[Mailbox], None]] = []
        self.reset()

    def reset(self) -> None:
        """No mailbox, no fault, no token; pushes as they are at the start."""
        self.tokens = Tokens(self.clock)
        self.service_accounts = ServiceAccounts(self.clock)
        self.consent = Consent()
        self.faults = Faults()
        self.push.reset()
        self.store = Store(self.clock)
        self.delivery = Delivery(self.store)
        self.drafts = Drafts(self.store, self.delivery)
        self.store.listeners.append(self._changed)

    def _changed(self, mailbox: Mailbox, labels: frozenset[str]) -> None:
        self.push.notify(mailbox, labels)
        for watcher in self.watchers:
            watcher(mailbox)
