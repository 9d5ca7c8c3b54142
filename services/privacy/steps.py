"""The steps of an erasure. Each turn is one transaction: it does the next part and says whether
there is more. A turn that is repeated finds nothing left of what it did."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm.attributes import flag_modified

from db import cards, jobs
from db import erasures as rows
from db import people as people_rows
from db import search as search_rows
from db.models.privacy import Erasure
from db.session import Tx
from db.traces import NO_ONE, count_traces, places, take_out
from services.audit import AuditService
from services.audit_seals import SEALED
from services.cards import touch
from services.never_label import Forgetting
from services.ports import Clock, Ids
from services.privacy.people import Person
from services.search import entries
from services.types.search import SearchSource

STEPS: Mapping[str, tuple[str, ...]] = {
    "contact": ("mail", "drafts", "work", "words", "person", "audit", "others", "verify"),
    "member": ("own", "words", "audit", "others", "verify"),
}
UNSAY = "privacy.unsay"
MAILS = 100
ENTRIES = 1_000
PATIENCE = 40
"""Turns, twenty minutes, that Gmail is waited for. A draft it can't be asked to drop by then stays
in that person's own Gmail, and is counted."""
LONG_PATIENCE = 480
"""Turns, four hours, that Slack is waited for: a workspace that took us out may never answer."""
NOTE = "somebody was erased"
INDEXED = {
    "messages": SearchSource.MESSAGE,
    "transcripts": SearchSource.TRANSCRIPT,
    "slack_posts": SearchSource.SLACK_POST,
    "notes": SearchSource.NOTE,
    "summaries": SearchSource.SUMMARY,
}
SHOWN = {"digests": "digest", "signals": "alert"}


class Waits(Exception):
    """Others have to do their part first."""

    def __init__(self, **counts: int) -> None:
        super().__init__(str(counts))
        self.counts = counts


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    clock: Clock
    ids: Ids
    audit: AuditService
    forgetting: Forgetting

    async def take(self, tx: Tx, row: Erasure, person: Person) -> bool:
        """The next turn of the erasure's step; True while there is more of it."""
        turn = getattr(self, f"_{row.step}")
        more: bool = await turn(tx, row, person)
        for name in ("counts", "things"):
            flag_modified(row, name)
        await tx.session.flush()
        return more

    # ── somebody outside ────────────────────────────────────────────────────────────────────────
    async def _mail(self, tx: Tx, row: Erasure, person: Person) -> bool:
        """The mails they wrote or got, with what was made of them: drafts are called off, the index
        and the signals, summaries and memories forget."""
        found = await people_rows.list_mail(tx, person.contacts, person.pattern, MAILS)
        if not found:
            return False
        _remember(row, "conversations", [conversation for _, conversation in found])
        messages = [message for message, _ in found]
        await self.forgetting.forget(tx, messages, note=NOTE)
        await people_rows.empty_mail(tx, messages)
        _count(row, "messages", len(messages))
        return True

    async def _drafts(self, tx: Tx, row: Erasure, person: Person) -> bool:
        """What was about to leave has left or was called off, and Gmail's Drafts are cleared."""
        known = _known(row, person)
        for kind, found in (await people_rows.list_things(tx, known)).items():
            _remember(row, kind, found)
        things = _known(row, person)
        going = await people_rows.count_on_their_way(tx, things.get("actions", ()))
        withdrawing = {
            str(job["draft_id"]) for job in await jobs.live_payloads(tx, "draft.withdraw")
        }
        waiting = len(withdrawing & {str(one) for one in things.get("drafts", ())})
        turns = int(row.cursor or 0)
        if going or (waiting and turns < PATIENCE):
            row.cursor = str(turns + 1)
            raise Waits(effects=going, gmail_drafts=waiting)
        if waiting:
            _count(row, "gmail_drafts_left", waiting)
        return False

    async def _work(self, tx: Tx, row: Erasure, person: Person) -> bool:
        """What was drafted, proposed, asked and said about them, and the cards that show it."""
        known = _known(row, person)
        told = await people_rows.list_told(tx, person.pattern)
        for _, channel, pages in told:
            for ts in pages:
                await jobs.enqueue(tx, UNSAY, {"channel": channel, "ts": ts})
        signals = await people_rows.list_signals(tx, person.contacts)
        _remember(row, "signals", signals)
        for table in people_rows.EMPTY:
            _count(row, table, await people_rows.empty(tx, table, known, person.pattern))
        await self._show(tx, row)
        return False

    async def _person(self, tx: Tx, row: Erasure, person: Person) -> bool:
        _count(row, "contacts", await people_rows.drop_contacts(tx, person.contacts))
        return False

    # ── somebody of ours who has left ───────────────────────────────────────────────────────────
    async def _own(self, tx: Tx, row: Erasure, person: Person) -> bool:
        for member_id in person.members:
            for kind, found in (await people_rows.list_belongings(tx, member_id)).items():
                _remember(row, kind, found)
            for table, number in (await people_rows.drop_own(tx, member_id)).items():
                _count(row, table, number)
            boxes = _ids(row, "mailboxes")
            _count(row, "mailboxes", await people_rows.drop_mailboxes(tx, boxes))
            await people_rows.unname_member(
                tx, member_id, email=f"{member_id}@erased.invalid", name="Erased member"
            )
            _count(row, "members", 1)
        return False

    # ── both ────────────────────────────────────────────────────────────────────────────────────
    async def _words(self, tx: Tx, row: Erasure, person: Person) -> bool:
        """Their address and name, wherever else they stand: a page of one table a turn."""
        names = sorted(places())
        table, _, after = row.cursor.partition("|")
        table = table or names[0]
        start = UUID(after) if after else NO_ONE
        changed, last = await take_out(tx, places()[table], person.pattern, start)
        _count(row, f"{table}_words", len(changed))
        await self._follow(tx, table, changed)
        if last != start:
            row.cursor = f"{table}|{last}"
            return True
        rest = [name for name in names if name > table]
        row.cursor = f"{rest[0]}|" if rest else ""
        return bool(rest)

    async def _follow(self, tx: Tx, table: str, changed: list[UUID]) -> None:
        """What was made of these rows follows: the index reads them anew, cards are rendered."""
        if not changed:
            return
        if table in INDEXED:
            source = INDEXED[table]
            await entries.withdraw(tx, source, changed, at=self.clock.now())
            readable = await search_rows.list_readable(tx, source, changed)
            for source_id, account_id in readable.items():
                await entries.enqueue(tx, source, source_id, account_id, at=self.clock.now())
        if table in SHOWN:
            for one in changed:
                await touch(tx, SHOWN[table], one, clock=self.clock, ids=self.ids)

    async def _audit(self, tx: Tx, row: Erasure, person: Person) -> bool:
        """Keys of what was written about their things or by them; then of every entry that names
        them: all of it is opened once."""
        if not row.cursor:
            things = {one for kind in row.things for one in _ids(row, kind)}
            _count(
                row,
                "audit_keys",
                await rows.destroy_keys_of(tx, [*things, *person.contacts, *person.members]),
            )
        after = UUID(row.cursor) if row.cursor else NO_ONE
        page = await rows.list_told(tx, after=after, limit=ENTRIES)
        naming, plain = [], 0
        for entry_id, body, key in page:
            if key is not None:
                if person.is_in(str(self.audit.facts(tx.tenant_id, entry_id, body, key))):
                    naming.append(entry_id)
            elif SEALED.encode() not in body and person.is_in(body.decode("utf-8", "replace")):
                # Written before facts were sealed: the chain keeps it as it is, and we say so.
                plain += 1
        await rows.destroy_keys(tx, naming)
        _count(row, "audit_keys", len(naming))
        _count(row, "audit_entries_plain", plain)
        if page:
            row.cursor = str(page[-1][0])
        return bool(page)

    async def _others(self, tx: Tx, row: Erasure, _person: Person) -> bool:
        """The vector store and Slack are done with their part. They are asked for as long as they
        need: their own jobs try again."""
        vectors = await rows.count_forgotten(tx)
        subjects = [one for kind in ("actions", "requests", "signals") for one in _ids(row, kind)]
        shown = await cards.count_standing(tx, subjects)
        said = len(await jobs.live_payloads(tx, UNSAY))
        turns = int(row.cursor or 0)
        if vectors or ((shown or said) and turns < LONG_PATIENCE):
            row.cursor = str(turns + 1)
            raise Waits(vectors=vectors, cards=shown, slack_messages=said)
        _count(row, "slack_messages_left", shown + said)
        return False

    async def _verify(self, tx: Tx, row: Erasure, person: Person) -> bool:
        """Look once more over everything. What came in between is dealt with like the rest."""
        left = await people_rows.list_mail(tx, person.contacts, person.pattern, 1)
        traces = await count_traces(tx, person.pattern)
        if not left and not traces:
            row.counts = dict(row.counts) | {"found_afterwards": 0}
            return False
        row.step, row.cursor = STEPS[row.kind][0], ""
        raise Waits(traces=sum(traces.values()) + len(left))

    async def _show(self, tx: Tx, row: Erasure) -> None:
        for kind, card in (("actions", "mail"), ("requests", "approval"), ("signals", "alert")):
            for one in _ids(row, kind):
                await touch(tx, card, one, clock=self.clock, ids=self.ids)


def _remember(row: Erasure, kind: str, found: list[UUID]) -> None:
    things = dict(row.things)
    things[kind] = sorted({*things.get(kind, ()), *(str(one) for one in found)})
    row.things = things


def _count(row: Erasure, name: str, number: int) -> None:
    if number:
        row.counts = dict(row.counts) | {name: int(row.counts.get(name, 0)) + number}


def _ids(row: Erasure, kind: str) -> list[UUID]:
    return [UUID(one) for one in row.things.get(kind, ())]


def _known(row: Erasure, person: Person) -> dict[str, list[UUID]]:
    return {**{kind: _ids(row, kind) for kind in row.things}, "contacts": list(person.contacts)}
