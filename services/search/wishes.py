"""A find by slash command: the wish is kept, a job of the worker looks, and the answer goes to the
asker by Slack's way back, which is good for half an hour. The web process never opens the store."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from db import finds as rows
from db import jobs, members
from db.session import Database
from services.actors import require_member
from services.errors import InvalidInput, LimitReached, ServiceError
from services.ports import Clock, Ids
from services.search.finding import WHAT, SearchService
from services.search.wording import LONGEST, content_words, sought
from services.types.people import Actor, Role
from services.types.search import FindView

JOB = "search.find"
GOOD_FOR = timedelta(minutes=29)
HOUR = timedelta(hours=1)
MOST_AN_HOUR = 120
TOO_MANY = f"You have looked for {MOST_AN_HOUR} things within an hour. Go on in a little while."


@dataclass(frozen=True, slots=True, kw_only=True)
class FindWork:
    """A wish to answer: what was found or why nothing could be, and where to tell it."""

    find_id: UUID
    response_url: str
    view: FindView | None = None
    refusal: str = ""


@dataclass(frozen=True, slots=True)
class FindService:
    db: Database
    clock: Clock
    ids: Ids
    search: SearchService

    async def begin(self, actor: Actor, words: str, *, response_url: str, command_id: str) -> str:
        """Take the wish, once for a command; what is being looked for."""
        words = words.strip()[:LONGEST]
        if not content_words(sought(words)):
            raise InvalidInput(WHAT)
        if not response_url:
            raise InvalidInput("Ask me in the direct message: find where they talked about …")
        now = self.clock.now()
        async with self.db.transaction(actor.tenant_id) as tx:
            member = await require_member(tx, actor)
            if await rows.count_finds(tx, member.id, now - HOUR) >= MOST_AN_HOUR:
                raise LimitReached(TOO_MANY)
            find_id = await rows.add_find(
                tx,
                id=self.ids.new(),
                created_at=now,
                member_id=member.id,
                command_id=command_id,
                words=words.replace("\0", ""),
                response_url=response_url,
            )
            if find_id is not None:
                await jobs.enqueue(tx, JOB, {"find_id": find_id})
        return sought(words)

    async def work(self, tenant_id: UUID, find_id: UUID) -> FindWork | None:
        """Look; None when it was answered before, or can't be told any more."""
        async with self.db.read(tenant_id) as tx:
            wish = await rows.get_find(tx, find_id)
            member = await members.get_member(tx, wish.member_id) if wish else None
        if wish is None or wish.settled_at is not None:
            return None
        if member is None or self.clock.now() - wish.created_at > GOOD_FOR:
            await self.settle(tenant_id, find_id, None)
            return None
        actor = Actor(
            tenant_id=tenant_id,  # type: ignore[arg-type]  # the same uuid under its own name
            member_id=member.id,  # type: ignore[arg-type]  # see above
            role=Role(member.role),
            name=member.name,
            timezone=member.timezone,
            slack_user_id=member.slack_user_id,
        )
        try:
            view = await self.search.find(actor, None, wish.words)
        except ServiceError as refusal:
            return FindWork(find_id=find_id, response_url=wish.response_url, refusal=str(refusal))
        return FindWork(find_id=find_id, response_url=wish.response_url, view=view)

    async def settle(self, tenant_id: UUID, find_id: UUID, found: int | None) -> None:
        """It was told; None: it could not be."""
        async with self.db.transaction(tenant_id) as tx:
            await rows.settle_find(tx, find_id, at=self.clock.now(), found=found)
