"""How fast things may leave for Slack and Gmail, counted in the database: a limit holds for all
processes together. What has to wait is given its turn and comes back once, instead of trying again
and again with everything else that waits."""

from datetime import datetime, timedelta
from uuid import UUID

from db.pacing import Share, spend, take_turn, take_turns
from db.session import Tx
from services.ports import Ids

# Slack: about one message a second and conversation, with short bursts, and some hundred a minute
# for the whole workspace.
SECOND = timedelta(seconds=1)
CONVERSATION_BURST = 4
WORKSPACE_INTERVAL = timedelta(milliseconds=200)
WORKSPACE_BURST = 60
# Gmail: 15,000 quota units a minute and user. A fifth is left to what the person does themselves.
# A mail of ours is a draft made and sent: 110 units.
MAIL_INTERVAL = timedelta(milliseconds=600)
MAILS_AT_ONCE = 10
UNIT = timedelta(minutes=1) / 12_000
UNITS_AHEAD = 12_000


async def turn_to_post(tx: Tx, recipient_id: UUID, *, ids: Ids, now: datetime) -> datetime:
    """When a new message to this member may be posted. The turn is taken."""
    shares = (
        Share(key=f"post:{recipient_id}", cost=SECOND, burst=SECOND * CONVERSATION_BURST),
        Share(key="post", cost=WORKSPACE_INTERVAL, burst=WORKSPACE_INTERVAL * WORKSPACE_BURST),
    )
    return await take_turn(tx, shares, ids=[ids.new() for _ in shares], now=now)


async def turns_to_mail(tx: Tx, count: int, *, ids: Ids, now: datetime) -> list[datetime]:
    """When so many mails of our own may leave this tenant's mailbox, one after the other."""
    share = Share(key="mail", cost=MAIL_INTERVAL, burst=MAIL_INTERVAL * MAILS_AT_ONCE)
    return await take_turns(tx, share, count, row_id=ids.new(), now=now)


async def spend_on_gmail(tx: Tx, mailbox_id: UUID, units: int, *, ids: Ids, now: datetime) -> bool:
    """Take quota units of this mailbox; False when they are used up for the moment."""
    share = Share(key=f"gmail:{mailbox_id}", cost=UNIT * units, burst=UNIT * UNITS_AHEAD)
    return await spend(tx, share, row_id=ids.new(), now=now)
