"""Finding where something was talked about: by meaning, and by the exact words.

The store only says where passages stand. What is shown is read from the sources, in the asker's
tenant, from accounts the asker may see, and only while it is still the text that was indexed.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

import structlog

from db import search as rows
from db.models.tenants import Member
from db.session import Database, ReadTx
from services.account_names import accounts_meant
from services.actors import require_member
from services.errors import InvalidInput, NotFound, ServiceError
from services.model_calls import ModelCallService
from services.ports import Clock
from services.reader import reader_of
from services.search.passages import digest_of, passages
from services.search.ports import Embeddings, VectorStore
from services.search.ranking import fused
from services.search.texts import Key, is_suspicious, load_texts
from services.search.wording import (
    content_words,
    held,
    query_text,
    sought,
    split_place,
    without_name,
)
from services.types.model import Purpose
from services.types.people import Actor
from services.types.search import (
    FindView,
    FoundPassage,
    Hit,
    Passage,
    SearchSource,
    SourceText,
)
from services.visibility import only_of

log = structlog.get_logger()

SHOWN = 6
NEAREST = 40
LONGEST_QUOTE = 400
FALL_OFF = 0.3
"""How far from the least towards the best a passage has to lie."""
SAYS_SOMETHING = 3
"""Words; a greeting is near to every question and answers none."""
NO_SUCH_WORDS = "Nobody used these words; this is nearest in meaning."
WHAT = "What shall I find? For example: `/understudy find security review at Acme`."
BY_WORDS = "I can't search by meaning just now, so I looked for these words only."
UNREAD = "Not all is searched by meaning yet: {count:,} texts wait. Exact words are found in all."
LOST = (
    "The index by meaning is empty and is being made anew; until then I look for the exact words."
)
NOTHING_YET = (
    "There is nothing to search yet: no mail, call, note or followed Slack thread of the accounts "
    "you look after has been read."
)

Place = tuple[Key, Passage]


@dataclass(frozen=True, slots=True)
class _Scope:
    """Where the asker looks: `names` of the accounts they may see there, `accounts` None for all
    of the tenant's; `named` when they said so."""

    member: Member
    names: Mapping[UUID, str]
    accounts: Collection[UUID] | None
    named: bool
    words: str
    waiting: int
    indexed: bool


@dataclass(slots=True)
class _Notes:
    said: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class SearchService:
    db: Database
    clock: Clock
    store: VectorStore
    embeddings: Embeddings
    calls: ModelCallService

    async def find(self, actor: Actor, account_id: UUID | None, words: str) -> FindView:
        """Where `words` were talked about. Without an account it may be named in the words ("at
        Acme"); else everywhere the actor may see."""
        if not content_words(sought(words)):
            raise InvalidInput(WHAT)
        async with self.db.read(actor.tenant_id) as tx:
            member = await require_member(tx, actor)
            scope = await _scope(tx, member, account_id, words)
        notes = _Notes()
        hits = await self._near(actor.tenant_id, scope, notes) if scope.names else ()
        async with self.db.read(actor.tenant_id) as tx:
            return await self._view(tx, scope, hits, notes)

    async def _near(self, tenant_id: UUID, scope: _Scope, notes: _Notes) -> tuple[Hit, ...]:
        """By meaning. A store or a model that is down is said, and the words are looked for."""
        try:
            vector = await self.calls.run(
                tenant_id,
                Purpose.EMBED,
                lambda: self.embeddings.query(scope.words),
                model=self.embeddings,
                conversation_id=None,
                text=scope.words,
            )
            hits = await self.store.near(
                tenant_id,
                self.embeddings.name,
                vector,
                limit=NEAREST,
                accounts=scope.accounts,
            )
        except NotFound:
            if scope.indexed:
                notes.said.append(LOST)
            return ()
        except ServiceError as error:
            log.warning("searching by meaning failed", reason=str(error))
            notes.said.append(BY_WORDS)
            return ()
        return near_enough(hits, self.embeddings.least)

    async def _view(
        self, tx: ReadTx, scope: _Scope, hits: Sequence[Hit], notes: _Notes
    ) -> FindView:
        said = content_words(scope.words)
        by_words = await _holding(tx, said, scope, loosely=not hits)
        keys = {(hit.source, hit.source_id) for hit in hits} | set(by_words)
        texts = await load_texts(tx, keys, reader_id=scope.member.id)
        # Asked again of the source: an account may have moved since it was indexed.
        texts = {key: text for key, text in texts.items() if text.account_id in scope.names}
        near = [place for hit in hits if (place := self._place(hit, texts)) is not None]
        worded = [
            (key, _fullest(texts[key].text, said))
            for key in by_words
            if key in texts and held(said, f"{texts[key].title}\n{texts[key].text}")
        ]
        ranked = _one_each(fused(near, worded))
        if ranked and not worded and not notes.said:
            notes.said.append(NO_SUCH_WORDS)
        if scope.waiting and not notes.said:
            notes.said.append(UNREAD.format(count=scope.waiting))
        if not scope.indexed and not scope.waiting and not ranked:
            notes.said = [NOTHING_YET]
        return FindView(
            reader=reader_of(scope.member, self.clock),
            words=scope.words,
            account_names=tuple(sorted(scope.names.values())) if scope.named else (),
            items=tuple(_found(texts[key], cut, scope) for key, cut in ranked[:SHOWN]),
            more=max(len(ranked) - SHOWN, 0),
            note=" ".join(notes.said),
        )

    def _place(self, hit: Hit, texts: Mapping[Key, SourceText]) -> Place | None:
        """Where the hit stands; None when its words have changed since they were indexed."""
        key = (hit.source, hit.source_id)
        text = texts.get(key)
        if text is None or digest_of(text, self.embeddings.name) != hit.digest:
            return None
        if len(text.text[hit.start : hit.end].split()) < SAYS_SOMETHING:
            return None
        return key, Passage(hit.start, hit.end)


async def _scope(tx: ReadTx, member: Member, account_id: UUID | None, words: str) -> _Scope:
    only = only_of(member)
    visible = await rows.list_visible(tx, only)
    indexed, waiting = await rows.index_state(tx)
    names: Mapping[UUID, str] = visible
    named = account_id is not None
    if account_id is not None:
        names = {account_id: visible[account_id]} if account_id in visible else {}
        if not names:
            raise NotFound("I know no such account among yours.")
        words = without_name(words, names[account_id])
    else:
        words = sought(words)
        rest, place = split_place(words)
        meant = await accounts_meant(tx, place, only) if place else ()
        here = {one.id: one.name for one in meant if one.id in visible}
        if here:
            words, names, named = rest, here, True
    everywhere = not named and only is None
    return _Scope(
        member=member,
        names=names,
        accounts=None if everywhere else frozenset(names),
        named=named,
        words=words,
        waiting=waiting,
        indexed=indexed,
    )


async def _holding(tx: ReadTx, said: Sequence[str], scope: _Scope, *, loosely: bool) -> list[Key]:
    """Texts that hold all the words; with nothing else to show, any of them."""
    if not scope.names:
        return []
    found = await rows.find_words(tx, query_text(said, every=True), scope.accounts, NEAREST)
    if not found and loosely and len(said) > 1:
        found = await rows.find_words(tx, query_text(said, every=False), scope.accounts, NEAREST)
    return [(SearchSource(source), source_id) for source, source_id in found]


def near_enough(hits: Sequence[Hit], least: float) -> tuple[Hit, ...]:
    """Those that say something, and not far less than the best does: what is nearest of nothing is
    no find, and beside a good find the middling ones are noise."""
    best = max((hit.score for hit in hits), default=0.0)
    border = least + FALL_OFF * max(best - least, 0.0)
    return tuple(hit for hit in hits if hit.score >= border)


def _fullest(text: str, said: Sequence[str]) -> Passage:
    """The passage that holds most of the words; they may stand in the subject only."""
    cuts = passages(text) or (Passage(0, len(text)),)
    return max(cuts, key=lambda cut: held(said, text[cut.start : cut.end]))


def _one_each(places: Sequence[Place]) -> list[Place]:
    """Of one text its best passage: six mails tell more than six places in one."""
    best: dict[Key, Place] = {}
    for key, cut in places:
        best.setdefault(key, (key, cut))
    return list(best.values())


def _found(text: SourceText, cut: Passage, scope: _Scope) -> FoundPassage:
    quote = text.text[cut.start : cut.end]
    return FoundPassage(
        account_id=text.account_id,
        account_name=scope.names[text.account_id],
        source=text.source,
        source_id=text.source_id,
        quote=quote[:LONGEST_QUOTE],
        who=text.who,
        at=text.at,
        channel=text.channel,
        url=text.url,
        suspicious=is_suspicious(text, quote),
    )
