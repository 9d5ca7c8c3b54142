"""Reading what is new in a mailbox. Messages are stored in the transaction that moves the cursor:
duplicates, reorders, drops and crashes cost a second look and nothing else."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

import structlog

from db import conversations, first_readings, jobs, mailbox_pushes, mailboxes, messages
from db.models.conversations import Message
from db.models.mailboxes import Mailbox
from db.session import Database, Tx, sql_state
from services.errors import Forbidden, InvalidInput, NotFound, TransientError
from services.intake import BEFORE_CONNECT, SKIPPED_LABELS, Arrival, Intake, event_key
from services.mail.parse import parse
from services.never_label import Forgetting, NeverLabel
from services.pacing import spend_on_gmail
from services.ports import Clock, HistoryExpired, HistoryItem, MailGateway, StoredMail

log = structlog.get_logger()

Touch = Callable[[Tx, str, UUID, Sequence[UUID] | None], Awaitable[object]]
Orders = Callable[[Tx, Arrival], Awaitable[None]]
"""What becomes of a mail in the tenant's system mailbox."""

# Renewed while it works; short, because a killed worker keeps it until it ends.
LEASE = timedelta(seconds=30)
RENEWED_EVERY = LEASE / 3
BATCH = 20
UNITS_A_MESSAGE = 5
FETCHES = 4
POISON_AFTER = 5
# Not read for so long, we were away ourselves, and so was the door that pushes come to.
PAUSE = timedelta(minutes=10)
LARGE = 200_000
# Read once when a mailbox is connected, so that conversations have their past.
BACKLOG = timedelta(days=90)
# The system mailbox holds answers to us, and those don't stay good for long.
SYSTEM_BACKLOG = timedelta(days=14)
# Mail so young that an answer may still be wanted, though it came before the connection.
FRESH = timedelta(hours=1)
# Clocks and late deliveries: a full read begins this much before the last stored message.
OVERLAP = timedelta(days=1)
# Deadlocks, serialization, lost connections, resources, shutdown: the mail is not to blame.
PASSING = ("40", "08", "53", "57", "58")


async def no_orders(_tx: Tx, _arrival: Arrival) -> None:
    """Nobody reads the system mailbox: what comes there is left alone."""


class LeaseLost(Exception):
    """Somebody else works on this mailbox now; nothing was written."""


class QuotaSpent(Exception):
    """Gmail allows a user so much a minute. What has been read so far is kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One pass over one mailbox, under its lease."""

    mailbox: Mailbox
    lease: UUID
    gateway: MailGateway
    never: NeverLabel
    quiet_before: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MailSync:
    db: Database
    clock: Clock
    intake: Intake
    touch: Touch
    forgetting: Forgetting
    orders: Orders = no_orders
    failures: dict[str, int] = field(default_factory=dict)
    """Message id → how often Gmail failed on it since this process began."""

    async def read(self, mailbox: Mailbox, lease: UUID, gateway: MailGateway) -> None:
        """Bring the mailbox up to date. Raises what the gateway raises; progress is kept."""
        if mailbox.history_id is None:
            await self._first(mailbox, lease, gateway)
            return
        reading = Reading(mailbox=mailbox, lease=lease, gateway=gateway, never=NeverLabel(gateway))
        try:
            await self._history(reading, mailbox.history_id)
        except HistoryExpired:
            last = mailbox.last_message_at or mailbox.synced_at or mailbox.created_at
            await self._anew(reading, last - OVERLAP)
            # Labels that were set meanwhile stand in no history any more.
            await self._forget(reading, await reading.never.carriers())

    async def _first(self, mailbox: Mailbox, lease: UUID, gateway: MailGateway) -> None:
        """The past is read without asking anybody anything. Begun again after a crash, it fetches
        only what isn't stored yet."""
        begun = mailbox.connected_at or mailbox.created_at
        reading = Reading(
            mailbox=mailbox,
            lease=lease,
            gateway=gateway,
            never=NeverLabel(gateway),
            quiet_before=begun,
        )
        await self._anew(reading, begun - (SYSTEM_BACKLOG if mailbox.is_system else BACKLOG))

    async def _anew(self, reading: Reading, since: datetime) -> None:
        # The cursor is taken first: what comes meanwhile is then listed twice, never missed.
        address, cursor = await reading.gateway.profile()
        if address.lower() != reading.mailbox.address:
            raise Forbidden(f"These credentials open {address}, another mailbox.")
        ids: list[str] = []
        page: str | None = None
        while True:
            found, page = await reading.gateway.recent(since, page)
            ids += found
            if page is None:
                break
        # Listed from the newest; conversations grow from the oldest.
        await self._take(reading, ids[::-1], (), cursor)

    async def _history(self, reading: Reading, since: int) -> None:
        page: str | None = None
        while True:
            listed = await reading.gateway.history(since, page)
            ids = [i.message_id for i in listed.items if i.added and not i.labels & SKIPPED_LABELS]
            await self._obey_labels(reading, listed.items)
            touched = [
                i for i in listed.items if not i.gained and (not i.added or "DRAFT" in i.labels)
            ]
            await self._take(reading, ids, touched, listed.history_id)
            page = listed.page
            if page is None:
                return

    async def _obey_labels(self, reading: Reading, items: Sequence[HistoryItem]) -> None:
        """Before the cursor moves: a crash in between only does it twice."""
        marked = [i.message_id for i in items if await reading.never.among(i.gained)]
        await self._forget(reading, marked)

    async def _forget(self, reading: Reading, gmail_ids: Sequence[str]) -> None:
        if not gmail_ids:
            return
        async with self.db.transaction(reading.mailbox.tenant_id) as tx:
            ours = await mailboxes.list_places_of(tx, reading.mailbox.id, gmail_ids)
            if ours:
                await self.forgetting.forget(tx, ours)

    async def _take(
        self,
        reading: Reading,
        ids: Sequence[str],
        touched: Sequence[HistoryItem],
        cursor: int | None,
    ) -> None:
        """Store these messages, batch by batch; the cursor moves with the last batch."""
        unique = list(dict.fromkeys(ids))
        async with self.db.read(reading.mailbox.tenant_id) as tx:
            known = await messages.list_received(tx, reading.mailbox.id, unique)
        wanted = [message_id for message_id in unique if message_id not in known]
        batches = [wanted[i : i + BATCH] for i in range(0, len(wanted), BATCH)] or [[]]
        for number, batch in enumerate(batches, start=1):
            arrivals, broken = await self._fetch(reading, batch)
            last = number == len(batches)
            async with self.db.transaction(reading.mailbox.tenant_id) as tx:
                await self._store(tx, reading, arrivals, broken)
                if last:
                    await self._finish(tx, reading, touched, cursor)
                allowed = await spend_on_gmail(
                    tx,
                    reading.mailbox.id,
                    UNITS_A_MESSAGE * len(batch),
                    ids=self.intake.ids,
                    now=self.clock.now(),
                )
            if not allowed and not last:
                raise QuotaSpent

    async def _fetch(
        self, reading: Reading, ids: Sequence[str]
    ) -> tuple[list[Arrival], dict[str, str]]:
        """The messages themselves, and those that can't be had with the reason."""
        gate = asyncio.Semaphore(FETCHES)
        broken: dict[str, str] = {}
        renewed_at = self.clock.now()

        async def one(message_id: str) -> Arrival | None:
            nonlocal renewed_at
            async with gate:
                if self.clock.now() - renewed_at > RENEWED_EVERY:
                    renewed_at = self.clock.now()
                    await self._renew(reading)
                try:
                    stored = await reading.gateway.fetch(message_id)
                except NotFound:
                    return None  # gone again before we looked
                except TransientError:
                    if not await self._poisoned(reading, message_id):
                        raise
                    broken[message_id] = "Gmail lists it, but fails each time it is asked for it"
                    return None
                except (InvalidInput, ValueError, KeyError) as error:
                    broken[message_id] = f"Gmail's answer can't be read ({type(error).__name__})"
                    return None
                unwanted = bool(stored.labels & SKIPPED_LABELS)
                if unwanted or await reading.never.among(stored.labels):
                    return None
            return await _parsed(reading, stored)

        tasks = [asyncio.create_task(one(message_id)) for message_id in ids]
        try:
            found = await asyncio.gather(*tasks)
        finally:
            # After a failure nobody asks Gmail for what nobody will store.
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        return [arrival for arrival in found if arrival is not None], broken

    async def _poisoned(self, reading: Reading, message_id: str) -> bool:
        """A message Gmail keeps failing on while it answers well otherwise. It must not hold up
        the mails behind it for ever; an outage never comes to this."""
        self.failures[message_id] = self.failures.get(message_id, 0) + 1
        if self.failures[message_id] < POISON_AFTER:
            return False
        await reading.gateway.profile()
        del self.failures[message_id]
        return True

    async def _renew(self, reading: Reading) -> None:
        """Large messages take their time; nobody else may begin meanwhile."""
        until = self.clock.now() + LEASE
        async with self.db.transaction(reading.mailbox.tenant_id) as tx:
            held = await mailboxes.keep_lease(
                tx, reading.mailbox.id, token=reading.lease, until=until
            )
        if not held:
            raise LeaseLost

    async def _store(
        self, tx: Tx, reading: Reading, arrivals: Sequence[Arrival], broken: dict[str, str]
    ) -> None:
        mailbox = reading.mailbox
        until = self.clock.now() + LEASE
        if not await mailboxes.keep_lease(tx, mailbox.id, token=reading.lease, until=until):
            raise LeaseLost
        await conversations.lock_threads(tx, [root for a in arrivals for root in (a.root, *a.uids)])
        unsorted = []
        for arrival in arrivals:
            message = await self._store_one(tx, arrival)
            if message is not None and message.attention == "unlinked":
                unsorted.append(message.conversation_id)
        for message_id, note in broken.items():
            await self.intake.set_aside(tx, event_key(mailbox.id, message_id), note)
        if arrivals:
            newest = max(arrival.stored.received_at for arrival in arrivals)
            await mailboxes.set_last_message(tx, mailbox.id, newest)
            if reading.quiet_before is None:
                now = self.clock.now()
                await mailbox_pushes.count_missed(
                    tx,
                    mailbox.id,
                    mails=len(arrivals),
                    newest=newest,
                    now=now,
                    read_since=now - PAUSE,
                )
        if unsorted:
            for member_id in await conversations.list_responders(tx, unsorted):
                await self.touch(tx, "unsorted", member_id, [member_id])

    async def _store_one(self, tx: Tx, arrival: Arrival) -> Message | None:
        """A message the database can't take is set aside; the ones around it go on."""
        try:
            async with tx.savepoint():
                if arrival.mailbox.is_system:
                    # Our own mailbox holds answers to us, never a customer's conversation.
                    await self.orders(tx, arrival)
                    return None
                return await self.intake.store(tx, arrival)
        except Exception as error:
            if not _mail_is_to_blame(error):
                raise
            note = f"it can't be stored ({type(error).__name__})"
            key = event_key(arrival.mailbox.id, arrival.stored.message_id)
            log.warning("mail set aside", mailbox_id=str(arrival.mailbox.id), note=note)
            await self.intake.set_aside(tx, key, note)
            return None

    async def _finish(
        self, tx: Tx, reading: Reading, touched: Sequence[HistoryItem], cursor: int | None
    ) -> None:
        mailbox = reading.mailbox
        if touched:
            drafts = await mailboxes.list_open_drafts(
                tx,
                mailbox.id,
                threads=[item.thread_id for item in touched],
                messages=[item.message_id for item in touched],
            )
            for draft_id in drafts:
                await jobs.enqueue(tx, "draft.check", {"draft_id": draft_id})
        if cursor is not None:
            await mailboxes.set_cursor(tx, mailbox.id, cursor, self.clock.now())
        if reading.quiet_before is not None:
            fresh = await messages.claim_unanswered(
                tx, mailbox.id, since=reading.quiet_before - FRESH, reason=BEFORE_CONNECT
            )
            for message_id in fresh:
                await jobs.enqueue(tx, "message.process", {"message_id": message_id})
            for reading_id in await first_readings.finish_readings(
                tx, mailbox.id, self.clock.now()
            ):
                await jobs.enqueue(tx, "mailbox.intro", {"reading_id": reading_id})


async def _parsed(reading: Reading, stored: StoredMail) -> Arrival:
    # A large mail takes its time; the loop goes on answering clicks meanwhile.
    parsed = (
        await asyncio.to_thread(parse, stored.raw) if len(stored.raw) > LARGE else parse(stored.raw)
    )
    before = reading.quiet_before
    quiet = before is not None and stored.received_at < before
    return Arrival(mailbox=reading.mailbox, stored=stored, parsed=parsed, quiet=quiet)


def _mail_is_to_blame(error: Exception) -> bool:
    """True when the same mail would fail again: its values can't be stored. A lost connection, a
    deadlock or a fault of ours passes, or must be seen."""
    state = sql_state(error)
    if state is None:
        return isinstance(error, ValueError | TypeError)
    return bool(state) and not state.startswith(PASSING)
