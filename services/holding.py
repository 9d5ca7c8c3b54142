"""Which cards wait instead of being posted.

The rule is services/reach; here it meets the card. A card that was held back comes only when its
person opens it (a card each would be a flood), or, where it is a summary itself, with its next
change.
"""

from datetime import datetime, timedelta
from uuid import UUID

from db import actions, digests, members, tenants, timers
from db.cards import KEPT
from db.models.cards import Card
from db.session import ReadTx, Tx
from services.errors import TransientError
from services.reach import GATED, QUIET_NOW, holds_back, in_shadow, quiet_until
from services.types.actions import BY_MAIL, BY_TRIGGER

NIGHT_TIMER = "quiet"
OPENED = 0
SOON = timedelta(seconds=1)
"""How the trigger of an action begins that answers a mail: nobody asked for it."""


async def stays_back(tx: Tx, card: Card, now: datetime) -> bool:
    """Whether this card, which stands nowhere yet, is not to be posted now."""
    if card.kind not in GATED or card.posting_since is not None:
        return False
    if card.held_rev == OPENED or card.asked_for_at is not None:
        return False
    if card.held_rev is not None and (card.kind in KEPT or card.held_rev >= card.wanted_rev):
        return True
    if not await _held(tx, card, now, sure=False) or await _asked_for(tx, card):
        return False
    # Whoever enables the member at this very moment either sees this card held, or is seen here.
    why = await _held(tx, card, now, sure=True)
    if why == QUIET_NOW:
        await _in_the_morning(tx, card.recipient_id, now)
    return why is not None


async def _in_the_morning(tx: Tx, member_id: UUID, now: datetime) -> None:
    """What waits is told when the quiet hours end (services/rollout/pausing)."""
    member = await members.get_member(tx, member_id)
    ends = quiet_until(member, now) if member else None
    if ends is not None:
        await timers.set_timer(tx, NIGHT_TIMER, member_id, ends)


async def _held(tx: Tx, card: Card, now: datetime, *, sure: bool) -> str | None:
    if sure:
        tenant = await tenants.hold_tenant(tx)
        member = await members.hold_member(tx, card.recipient_id)
    else:
        tenant = await tenants.get_tenant(tx)
        member = await members.get_member(tx, card.recipient_id)
    if tenant is None or member is None:
        raise TransientError("Its reader is just being changed.", retry_after=SOON)
    return holds_back(member, tenant, card.kind, now)


async def _asked_for(tx: Tx, card: Card) -> bool:
    """Whether the person wanted exactly this."""
    if card.kind == "digest":
        digest = await digests.get_digest(tx, card.subject_id)
        return digest is not None and digest.request != "daily"
    if card.kind == "mail":
        action = await actions.get_action(tx, card.subject_id)
        return action is not None and not action.trigger.startswith((BY_MAIL, BY_TRIGGER))
    return False


async def reachable(tx: ReadTx, member_id: UUID, kind: str, now: datetime) -> bool:
    """Whether a card of this kind would come to the member now."""
    tenant, member = await tenants.get_tenant(tx), await members.get_member(tx, member_id)
    if tenant is None or member is None:
        return False
    return holds_back(member, tenant, kind, now) is None


async def enabled_from(tx: ReadTx, now: datetime) -> datetime | None:
    """Since when a member is enabled who is added by hand (`seed`, `mailbox add`): at once, unless
    the tenant is in shadow mode, where an admin does that later."""
    return None if in_shadow(await tenants.get_tenant(tx)) else now
