"""One member's mails and deeds of the past half year, counted and compared.

Read in batches, each in a transaction of its own; compared beside the loop; and written as a whole:
whoever looks sees the last look or this one, never half of it.
"""

import asyncio
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from db import coaching as rows
from db import coaching_mails as mails
from db import members, signal_facts
from db.models.tenants import Member
from db.session import Database
from services.coaching.counting import Counts, Judged, Tally, added, as_one, judge, judge_everybody
from services.coaching.threads import Thread, Writer, Written, mails_of
from services.mail.believed import happened_at
from services.mail_domains import PUBLIC_DOMAINS
from services.ports import Clock, Ids
from services.types.coaching import Compared, Deed, Sort
from services.types.mail import MailKind, SenderProof
from services.types.reasons import preset_in
from services.zones import today_in

PERIOD = timedelta(days=180)
MOST_THREADS = 600
"""Of one member, the newest."""
AT_ONCE = 50
MEMBERS_AT_ONCE = 50
EXAMPLES = 3
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Batch:
    """Some threads with all that is known of them."""

    threads: Sequence[Row]
    messages: Sequence[Row]
    copilots: Sequence[Row]
    names: Mapping[str, str]
    ours: frozenset[str]
    """Our addresses and mail domains among them: a colleague's mail from a mailbox that isn't
    connected came in, and is no answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CoachingLooks:
    db: Database
    clock: Clock
    ids: Ids

    async def look(self, tenant_id: UUID, member_id: UUID) -> None:
        """Count one member's and put it in the place of the last look's. Nothing for a member who
        has left."""
        now = self.clock.now()
        since = now - PERIOD
        async with self.db.read(tenant_id) as tx:
            member = await members.get_member(tx, member_id)
            if member is None or not member.active:
                return
            addresses = await mails.addresses_of(tx, member_id)
            threads = await mails.list_threads(tx, member_id, since, MOST_THREADS)
            deeds = await mails.list_deeds(tx, member_id, since=since, now=now)
        writer = Writer(addresses=addresses, zone=member.timezone, since=since, now=now)
        tally = Tally()
        for at in range(0, len(threads), AT_ONCE):
            batch = await self._batch(tenant_id, threads[at : at + AT_ONCE])
            await asyncio.to_thread(_count, tally, batch, writer)
        judged = await asyncio.to_thread(judge, tally.counts)
        await self._write(tenant_id, member, tally=tally, judged=judged, deeds=_deeds(deeds))

    async def _batch(self, tenant_id: UUID, threads: Sequence[Row]) -> _Batch:
        ids = [one["id"] for one in threads]
        async with self.db.read(tenant_id) as tx:
            messages = await mails.list_messages(tx, ids)
            copilots = await mails.list_copilots(tx, ids)
            names = await mails.names_of(tx, {_to(one) for one in messages} - {""})
            writers = {_from(one) for one in messages if one["direction"] == "inbound"} - {""}
            domains = {_domain(one) for one in writers} - PUBLIC_DOMAINS
            ours = await signal_facts.list_ours(tx, writers, domains)
        return _Batch(threads=threads, messages=messages, copilots=copilots, names=names, ours=ours)

    async def look_at_everybody(self, tenant_id: UUID) -> None:
        """Put together what was counted of each, and compare it."""
        by_account: Counts = {}
        by_member: Counts = {}
        after: UUID | None = None
        while True:
            async with self.db.read(tenant_id) as tx:
                page = await rows.list_counts(tx, after, MEMBERS_AT_ONCE)
            for member_id, counts in page:
                added(by_account, counts)
                added(by_member, as_one(str(member_id), counts))
            if len(page) < MEMBERS_AT_ONCE:
                break
            after = page[-1][0]
        judged = await asyncio.to_thread(judge_everybody, by_account, by_member)
        await self._write(tenant_id, None, tally=Tally(), judged=judged, deeds=())

    async def _write(
        self,
        tenant_id: UUID,
        member: Member | None,
        *,
        tally: Tally,
        judged: Judged,
        deeds: Iterable[Deed],
    ) -> None:
        now, zone = self.clock.now(), member.timezone if member else "UTC"
        member_id = member.id if member else None
        span = {
            "created_at": now,
            "made_at": now,
            "member_id": member_id,
            "starts_on": today_in(zone, now - PERIOD),
            "ends_on": today_in(zone, now),
        }
        look = {
            **span,
            "id": self.ids.new(),
            "threads": tally.threads,
            "counts": tally.counts,
            "tests": dict(judged.tests),
            "missing": dict(judged.missing),
            "examples": tally.newest(),
            "deeds": {one.key: one.as_json() for one in deeds},
        }
        findings = [
            {**span, **_finding(member_id or tenant_id, pattern, found)}
            for pattern, found in judged.found.items()
        ]
        async with self.db.transaction(tenant_id) as tx:
            await rows.replace_reader(tx, look, findings)


def _finding(whose: UUID, pattern: str, found: Compared) -> dict[str, Any]:
    return {
        "id": uuid5(whose, pattern),
        "pattern": pattern,
        "effect": found.effect,
        "low": found.low,
        "high": found.high,
        "p_value": found.p,
        "q_value": found.q,
        "facts": found.as_json(),
    }


# ── Of rows ─────────────────────────────────────────────────────────────────────────────────────
def _count(tally: Tally, batch: _Batch, writer: Writer) -> None:
    by_gmail = {one["gmail"]: one for one in batch.copilots if one["gmail"]}
    written: dict[UUID, list[Written]] = defaultdict(list)
    for row in batch.messages:
        written[row["conversation_id"]].append(_written(row, by_gmail, batch.ours))
    for row in batch.threads:
        thread = Thread(
            account_id=row["account_id"], company=row["company"], written=written[row["id"]]
        )
        tally.add(mails_of(thread, writer, lambda email: batch.names.get(email, "")))


def _written(row: Row, by_gmail: Mapping[str, Row], ours: Collection[str]) -> Written:
    sender, out = _from(row), row["direction"] == "outbound"
    theirs = next((by_gmail[one] for one in row["gmail"] or () if one in by_gmail), None)
    believed = out or row["proof"] != SenderProof.FAIL
    return Written(
        id=row["id"],
        at=_at(row),
        ours=out or sender in ours or _domain(sender) in ours,
        human=believed and row["kind"] == MailKind.HUMAN,
        suspicious=row["suspicious"],
        bounce=row["kind"] == MailKind.BOUNCE,
        sender=sender,
        recipient=_to(row),
        subject=row["subject"],
        text=row["text"] or "",
        answers=row["in_reply_to"] is not None,
        action_id=theirs["action_id"] if theirs else None,
        persona=theirs["persona"] if theirs else None,
        edited=theirs["edited"] if theirs else None,
        outcome=theirs["outcome"] if theirs else None,
    )


def _at(row: Row) -> datetime:
    return happened_at(row["sent_at"], row["received_at"], row["created_at"])


def _from(row: Row) -> str:
    return str((row["sender"] or {}).get("email") or "").lower()


def _domain(email: str) -> str:
    return email.rpartition("@")[2]


def _to(row: Row) -> str:
    to = (row["recipients"] or {}).get("to") or [""]
    return str(to[0]).lower()


def _deeds(found: Sequence[Row]) -> Iterator[Deed]:
    by_key: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in found:
        by_key[row["sort"], row["name"]].append(row)
    for (sort, name), of in by_key.items():
        bad = [row for row in of if row["bad"]]
        reasons: dict[str, int] = defaultdict(int)
        for row in bad:
            if (preset := preset_in(row["reason"])) is not None:
                reasons[preset] += 1
        yield Deed(
            sort=Sort(sort),
            name=name,
            part=len(bad),
            of=len(of),
            reasons=reasons,
            examples=tuple(str(row["action_id"]) for row in bad if row["action_id"])[:EXAMPLES],
        )
