"""A token is used once, by the decision it was used for."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TypeVar

from db import letters
from db.models.letters import Letter
from db.session import Database
from services.ports import Clock

L = TypeVar("L", bound=Letter)


@asynccontextmanager
async def used(db: Database, clock: Clock, letter: L, by: str) -> AsyncIterator[None]:
    """Use the token up. What fails inside gives it back: nothing was decided, so nothing was used.
    That it was used before stops nobody here: the decision itself settles once, and says so."""
    at, sort = clock.now(), type(letter)
    async with db.transaction(letter.tenant_id) as tx:
        claimed = await letters.use_letter(tx, sort, letter.id, at, by)
    try:
        yield
    except BaseException:
        if claimed:
            async with db.transaction(letter.tenant_id) as tx:
                await letters.give_back(tx, sort, letter.id, at)
        raise
