"""Keeping the vector store true to what is stored: a job takes what waits in batches, cuts it into
passages, embeds what has changed, and drops what is gone.

Nothing else waits for it: a store or a model that is down leaves texts waiting, which can be found
by their exact words all the same.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

import structlog

from db import finds, jobs
from db import search as rows
from db.models.search import SearchEntry
from db.session import Database
from services.model_calls import ModelCallService
from services.ports import Clock, Ids
from services.search.entries import JOB, schedule
from services.search.passages import LONGEST_TEXT, digest_of, embedded, passages
from services.search.ports import Embeddings, VectorStore
from services.search.texts import Key, load_texts
from services.types.model import Purpose
from services.types.search import Passage, Point, Progress, SearchSource, SourceText

log = structlog.get_logger()

RECONCILE = "search.reconcile"
REBUILD = "search.rebuild"
BATCH = 24
"""Texts of one turn, most of them: a mail has a few passages."""
PASSAGES = 32
"""Passages of one turn, unless one text has more: two or three seconds of the default model."""
WHILE = timedelta(seconds=2)
"""A job that has worked for so long leaves the rest to the next: people's jobs go first, and a
worker that is told to stop has to end soon."""
AT_ONCE = 8
"""Passages embedded in one go: a find waits for no more than that."""
LEASE = timedelta(minutes=10)
KEEP_FINDS = timedelta(days=30)
MISSING = 500


@dataclass(frozen=True, slots=True)
class IndexService:
    db: Database
    clock: Clock
    ids: Ids
    store: VectorStore
    embeddings: Embeddings
    calls: ModelCallService
    _compared: dict[UUID, date] = field(default_factory=dict)
    """When this process last had each tenant's index compared with its sources."""

    @property
    def space(self) -> str:
        return self.embeddings.name

    # ── Jobs ────────────────────────────────────────────────────────────────────────────────────
    async def run(self, tenant_id: UUID) -> None:
        """The job `search.index`: until nothing waits, or for a while. Raises what the store and
        the model raise; what was settled stays settled."""
        ends = self.clock.now() + WHILE
        while await self.turn(tenant_id):
            if self.clock.now() >= ends:
                async with self.db.transaction(tenant_id) as tx:
                    await jobs.enqueue(tx, JOB)
                return

    async def turn(self, tenant_id: UUID) -> int:
        """One batch; how many texts it took."""
        now, token = self.clock.now(), self.ids.new()
        async with self.db.transaction(tenant_id) as tx:
            claimed = await rows.claim_entries(
                tx, token=token, now=now, until=now + LEASE, limit=BATCH
            )
            keys = {_key(entry): entry for entry in claimed}
            texts = await load_texts(tx, keys) if keys else {}
            # Their words first: they are found by them whatever becomes of the rest.
            await rows.set_words(
                tx, token, {keys[k].id: _searchable(text) for k, text in texts.items()}
            )
        if not claimed:
            return 0
        # What doesn't fit is given back with the lease.
        keys, texts = _fitting(keys, texts)
        try:
            await self._index(tenant_id, token, keys, texts)
        except Exception:
            async with self.db.transaction(tenant_id) as tx:
                await rows.release_entries(tx, token)
            raise
        return len(keys)

    async def _index(
        self,
        tenant_id: UUID,
        token: UUID,
        keys: Mapping[Key, SearchEntry],
        texts: Mapping[Key, SourceText],
    ) -> None:
        space = self.space
        changed = {
            key: text for key, text in texts.items() if keys[key].digest != digest_of(text, space)
        }
        gone = [entry for key, entry in keys.items() if key not in texts]
        points = await self._points(tenant_id, changed)
        dropped = [*(k[1] for k in changed), *(entry.source_id for entry in gone)]
        if dropped:
            await self.store.replace(tenant_id, space, dropped, points)
        held = dict.fromkeys(changed, 0)
        for point in points:
            held[point.source, point.source_id] += 1
        settled = [
            (
                keys[key].id,
                keys[key].wanted_at,
                digest_of(text, space),
                held.get(key, keys[key].passages),
            )
            for key, text in texts.items()
        ]
        async with self.db.transaction(tenant_id) as tx:
            await rows.settle_entries(tx, token, settled, self.clock.now())
            await rows.drop_entries(tx, token, [(one.id, one.wanted_at) for one in gone])
            await rows.release_entries(tx, token)

    async def _points(self, tenant_id: UUID, texts: Mapping[Key, SourceText]) -> list[Point]:
        """Every passage of these texts with its vector."""
        cuts = [(text, cut) for text in texts.values() for cut in passages(text.text)]
        found: list[Point] = []
        for start in range(0, len(cuts), AT_ONCE):
            some = cuts[start : start + AT_ONCE]
            words = [embedded(text, cut) for text, cut in some]
            vectors = await self._vectors(tenant_id, words)
            found += [
                _point(text, cut, vector, self.space)
                for (text, cut), vector in zip(some, vectors, strict=True)
            ]
        return found

    async def _vectors(
        self, tenant_id: UUID, words: Sequence[str]
    ) -> tuple[tuple[float, ...], ...]:
        return await self.calls.run(
            tenant_id,
            Purpose.EMBED,
            lambda: self.embeddings.passages(words),
            model=self.embeddings,
            conversation_id=None,
            text="".join(words),
        )

    async def reconcile(self, tenant_id: UUID) -> None:
        """Compare what is indexed with what there is: texts that were never said to be there, that
        moved to another account or are gone, and a store that has lost everything."""
        now = self.clock.now()
        lost = await self._lost(tenant_id)
        async with self.db.transaction(tenant_id) as tx:
            if lost:
                log.warning("the vector store is empty: it is filled anew", tenant=str(tenant_id))
                await rows.want_all(tx, now)
            full = False
            for source, keys in (await rows.list_missing(tx, MISSING)).items():
                await rows.want_entries(tx, source, keys, now)
                full = full or len(keys) == MISSING
            for source, gone in (await rows.list_gone(tx, MISSING)).items():
                await rows.withdraw_entries(tx, source, gone, now)
                full = full or len(gone) == MISSING
            await finds.drop_old_finds(tx, now - KEEP_FINDS)
            if full:
                await jobs.enqueue(tx, RECONCILE, {"more": str(self.ids.new())})
            await schedule(tx)

    async def _lost(self, tenant_id: UUID) -> bool:
        async with self.db.read(tenant_id) as tx:
            expected = await rows.count_passages(tx)
        return bool(expected) and await self.held(tenant_id) == 0

    # ── By the minute ───────────────────────────────────────────────────────────────────────────
    async def check(self, tenant_id: UUID) -> None:
        """What waits without a job gets one; once a day, and when the process is new (the model may
        be another one), the index is compared with its sources."""
        now = self.clock.now()
        async with self.db.transaction(tenant_id) as tx:
            if await rows.is_waiting(tx, now - timedelta(minutes=2), now):
                await schedule(tx)
            if self._compared.get(tenant_id) != now.date():
                await jobs.enqueue(tx, RECONCILE, dedupe_key=f"{RECONCILE}:{tenant_id}")
        self._compared[tenant_id] = now.date()

    async def forget(self, tenant_id: UUID) -> None:
        """Drop everything of the tenant from the store. StoreBusy when another process holds it."""
        await self.store.forget(tenant_id, self.space)

    # ── From nothing ────────────────────────────────────────────────────────────────────────────
    async def begin_rebuild(self, tenant_id: UUID) -> None:
        """Empty the store of this tenant and have everything indexed anew; `turn` or the job does
        it. StoreBusy when another process holds the store: `ask_rebuild` asks that one."""
        await self.store.forget(tenant_id, self.space)
        async with self.db.transaction(tenant_id) as tx:
            await rows.want_all(tx, self.clock.now())
        await self.complete(tenant_id)

    async def complete(self, tenant_id: UUID) -> None:
        """Every text there is has an entry."""
        more = True
        while more:
            async with self.db.transaction(tenant_id) as tx:
                missing = await rows.list_missing(tx, MISSING)
                for source, keys in missing.items():
                    await rows.want_entries(tx, source, keys, self.clock.now())
                more = any(len(keys) == MISSING for keys in missing.values())
                await schedule(tx)

    async def ask_rebuild(self, tenant_id: UUID) -> None:
        """Have the worker that holds the store do it."""
        async with self.db.transaction(tenant_id) as tx:
            await jobs.enqueue(tx, REBUILD, dedupe_key=f"{REBUILD}:{tenant_id}")

    async def rebuild(self, tenant_id: UUID) -> None:
        """The job `search.rebuild`."""
        await self.begin_rebuild(tenant_id)

    async def held(self, tenant_id: UUID) -> int:
        """How many of the tenant's passages the store holds."""
        return await self.store.count(tenant_id, self.space)

    async def progress(self, tenant_id: UUID, since: datetime | None = None) -> Progress:
        """How far it is; with `since`, how far an indexing of everything that began then."""
        async with self.db.read(tenant_id) as tx:
            indexed, waiting = await rows.count_entries(tx, since)
        return Progress(indexed=indexed, waiting=waiting)


def _fitting(
    keys: Mapping[Key, SearchEntry], texts: Mapping[Key, SourceText]
) -> tuple[dict[Key, SearchEntry], dict[Key, SourceText]]:
    """As many of these as one turn takes, at least one."""
    room, fits = PASSAGES, dict[Key, SearchEntry]()
    for key, entry in keys.items():
        room -= len(passages(texts[key].text)) if key in texts else 0
        if fits and room < 0:
            break
        fits[key] = entry
    return fits, {key: text for key, text in texts.items() if key in fits}


def _key(entry: SearchEntry) -> Key:
    return SearchSource(entry.source), entry.source_id


def _searchable(text: SourceText) -> str:
    return f"{text.title}\n{text.text[:LONGEST_TEXT]}"


def _point(text: SourceText, cut: Passage, vector: Sequence[float], space: str) -> Point:
    return Point(
        source=text.source,
        source_id=text.source_id,
        account_id=text.account_id,
        start=cut.start,
        end=cut.end,
        digest=digest_of(text, space),
        vector=tuple(vector),
    )
