"""What was made of a text goes with it: quotes under signals and detections, what a model remembers
of an account, lines of summaries, what a search finds, what outreach was found in.

Whoever forgets a text, empties it or moves it to another account calls this in the same
transaction, last. A look that is under way has read the text still: its lease is taken, so that it
writes nothing, and another one follows.
"""

from collections.abc import Collection, Sequence
from uuid import UUID

from db import customers, jobs, looks, signals, summaries, timers
from db import search as search_rows
from db.session import Tx
from services.audit import AuditService
from services.cards import touch
from services.home_cards import touch_homes
from services.outreach import ending
from services.outreach.settling import Settling
from services.ports import Clock, Ids
from services.search import entries
from services.signals.alerts import SNOOZE_TIMER
from services.signals.readers import keepers_of
from services.signals.wanting import LOOK, PAUSE
from services.types.alerts import CARD
from services.types.search import SearchSource

Source = tuple[str, UUID]
"""A kind (message, transcript, slack_post, meeting) and an id, as evidence and lines name them."""
WHY_EXCLUDED = "The account is excluded"


async def forget_made_of(
    tx: Tx,
    account_ids: Collection[UUID],
    gone: Collection[Source],
    *,
    clock: Clock,
    ids: Ids,
    audit: AuditService,
    look_again: bool = True,
) -> None:
    """Nothing that was made of these texts for these accounts stays. What holds without them is
    found anew by the look that follows. Texts so old that no look reads them need none
    (`look_again`): a model isn't asked for them."""
    now = clock.now()
    if look_again:
        await looks.forget_memory(tx, account_ids)
    changed = await summaries.drop_lines_of(tx, account_ids, gone)
    await entries.withdraw(tx, SearchSource.SUMMARY, changed, at=now)
    told = await signals.forget_quotes(tx, account_ids, [one for _, one in gone])
    for account_id in sorted(account_ids) if look_again else ():
        await looks.set_wanted(tx, account_id, look_id=ids.new(), now=now)
        await jobs.enqueue(tx, LOOK, {"account_id": account_id}, after=PAUSE)
    await _show_anew(tx, told, clock=clock, ids=ids)
    settling = Settling(clock=clock, ids=ids, audit=audit)
    await ending.forget_made_of(tx, account_ids, [one for _, one in gone], settling)


async def forget_excluded(tx: Tx, *, clock: Clock, ids: Ids, audit: AuditService) -> None:
    """Nothing that was made for an account stays once it is excluded; its open signals end."""
    now = clock.now()
    account_ids = await customers.list_excluded(tx)
    if not account_ids:
        return
    await looks.forget_memory(tx, account_ids)
    await summaries.drop_of_accounts(tx, account_ids)
    if await search_rows.withdraw_accounts(tx, account_ids, now):
        await entries.schedule(tx)
    ended = await signals.end_of_accounts(tx, account_ids, at=now, why=WHY_EXCLUDED)
    await timers.drop_timers(tx, SNOOZE_TIMER, [signal_id for signal_id, _ in ended])
    await _show_anew(tx, ended, clock=clock, ids=ids)
    settling = Settling(clock=clock, ids=ids, audit=audit)
    await ending.forget_accounts(tx, account_ids, settling)


async def _show_anew(tx: Tx, told: Sequence[tuple[UUID, UUID]], *, clock: Clock, ids: Ids) -> None:
    """The cards about these (signal, account), and Home where it lists them."""
    for account_id in sorted({account_id for _, account_id in told}):
        people = [one.id for one in await keepers_of(tx, account_id)]
        await touch_homes(tx, people, now=clock.now())
    for signal_id, _ in sorted(told):
        await touch(tx, CARD, signal_id, clock=clock, ids=ids)
