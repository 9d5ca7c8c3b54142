"""What people in Slack are called: a member by their own name, others by what Slack says."""

import asyncio
from uuid import UUID

from db import members, slack_threads
from db.session import Database
from services.errors import ServiceError
from services.mail.characters import one_line
from services.ports import Chats

PATIENCE = 1.0
"""Seconds to find out a stranger's name: whoever waits for it has three in all."""
LONGEST = 80


async def name_in_slack(
    db: Database, chats: Chats, tenant_id: UUID, user_id: str, *, given: str = ""
) -> str:
    """`given` is what a message calls its writer. Slack is asked only about people nobody here
    knows, and not for long; empty if it fails."""
    if not user_id:
        return given
    async with db.read(tenant_id) as tx:
        member = await members.get_member_by_slack_id(tx, user_id)
        known = member.name if member else await slack_threads.author_of(tx, user_id)
    if known or given:
        return known or given
    try:
        async with asyncio.timeout(PATIENCE):
            return one_line((await (await chats.of(tenant_id)).person(user_id)).name)[:LONGEST]
    except (ServiceError, TimeoutError):
        return ""
