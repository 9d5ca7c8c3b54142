"""Who is acting: (team, user) → Actor, cached for a minute. The cache serves rendering and
routing; every decision reads the member again in its own transaction."""

from collections import OrderedDict
from datetime import datetime, timedelta
from uuid import UUID

import structlog

from handlers.verbs import MemberVerbs
from services.ports import ChatRef, Clock
from services.types.people import Actor

REMEMBER = timedelta(seconds=60)
MOST = 10_000


def bind_actor(actor: Actor) -> None:
    """From here on log lines name the tenant and who acts, and jobs carry it on."""
    structlog.contextvars.bind_contextvars(
        tenant_id=str(actor.tenant_id), actor=str(actor.member_id)
    )


class Actors:
    """Finds the actor behind a Slack user."""

    def __init__(self, members: MemberVerbs, clock: Clock) -> None:
        self._members = members
        self._clock = clock
        self._known: OrderedDict[tuple[str, str], tuple[datetime, Actor]] = OrderedDict()

    async def find(self, team_id: str, user_id: str) -> Actor:
        """Raises NotFound or Forbidden, each with a kind sentence; refusals aren't remembered, so
        somebody who has just been added needn't wait."""
        key, now = (team_id, user_id), self._clock.now()
        known = self._known.get(key)
        actor = known[1] if known and known[0] > now else None
        if actor is not None:
            bind_actor(actor)
            return actor
        actor = await self._members.identify(team_id, user_id)
        bind_actor(actor)
        self._known[key] = (now + REMEMBER, actor)
        self._known.move_to_end(key)
        while len(self._known) > MOST:
            self._known.popitem(last=False)
        return actor

    def forget(self, team_id: str, user_id: str) -> None:
        """Whoever has left isn't shown anything for the rest of that minute."""
        self._known.pop((team_id, user_id), None)


class Sightings:
    """Which card was already seen at which message: a click asks the database once, not always."""

    def __init__(self) -> None:
        self._seen: OrderedDict[tuple[UUID, ChatRef], None] = OrderedDict()

    def new(self, card_id: UUID, ref: ChatRef) -> bool:
        """True the first time."""
        if (card_id, ref) in self._seen:
            return False
        self._seen[card_id, ref] = None
        while len(self._seen) > MOST:
            self._seen.popitem(last=False)
        return True
