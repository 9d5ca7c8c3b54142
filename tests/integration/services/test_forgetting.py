"""What was made of a text goes with it, wherever it is kept."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select

from db import looks
from db import search as entries
from db.models.cards import Card
from db.models.looks import AccountLook
from db.models.meetings import SlackPost
from db.models.search import SearchEntry
from db.models.signals import Detection, Signal
from db.models.summaries import Summary
from services.never_label import Forgetting
from services.search.texts import load_texts
from services.types.search import SearchSource
from tests import factories as make
from tests.integration.services.loop import Loop
from tests.integration.services.test_slack_threads import ROOT, Room

SECRET = "quokkas"
"""Said by the customer and nowhere else."""
SUMMARY = UUID(int=77)


@pytest.fixture
def room(loop: Loop) -> Room:
    return Room(loop)


def forgetting(loop: Loop) -> Forgetting:
    return Forgetting(db=loop.database, clock=loop.clock, ids=loop.ids, audit=loop.audit)


async def told(loop: Loop, kind: str, source_id: UUID) -> Signal:
    """An open signal with a card, one that is over, a detection, what a model remembers, a summary
    and its entry, all of that text."""
    proof = make.make_proofs(
        {"source": kind, "source_id": str(source_id), "quote": f"We want more {SECRET}."},
        {"source": "deal", "source_id": str(loop.deal.id), "words": "Closes in May"},
    )
    line = {"channel": "mail", "text": f"They want {SECRET}.", "at": make.NOW.isoformat()}
    async with loop.database.transaction(loop.tenant) as tx:
        signal = await make.make_signal(tx, loop.account, evidence=proof, why="They want more")
        await make.make_signal(tx, loop.account, name="expansion", status="cleared", evidence=proof)
        await make.make_detection(tx, loop.account, evidence=proof)
        await make.make_card(
            tx,
            kind="alert",
            subject_id=signal.id,
            recipient_id=loop.rita.id,
            wanted_rev=1,
            delivered_rev=1,
        )
        base: dict[str, Any] = {
            "tenant_id": tx.tenant_id,
            "account_id": loop.account.id,
            "created_at": make.NOW,
        }
        now = loop.clock.now()
        look = await looks.claim_look(
            tx,
            loop.account.id,
            look_id=UUID(int=76),
            token=UUID(int=1),
            now=now,
            until=now + timedelta(minutes=3),
        )
        assert look is not None
        look.memory = {"found": [{"evidence": proof}]}
        tx.session.add(
            Summary(
                **base,
                id=SUMMARY,
                period="week",
                starts_on=date(2026, 1, 5),
                ends_on=date(2026, 1, 12),
                source_hash="",
                lines=[line | {"sources": [{"kind": kind, "id": str(source_id)}]}],
                made_at=make.NOW,
            )
        )
        await tx.session.flush()
        await entries.want_entries(tx, "summary", [(SUMMARY, loop.account.id)], make.NOW)
        await tx.session.execute(
            SearchEntry.__table__.update()
            .where(SearchEntry.source == "summary")
            .values(indexed_at=make.NOW, words=func.to_tsvector("simple", SECRET))
        )
    return signal


async def wanted_anew(loop: Loop, signal: Signal) -> bool:
    """The alert's card is to be shown again, the account looked at, the summary indexed."""
    async with loop.database.read(loop.tenant) as tx:
        look = (await tx.session.scalars(select(AccountLook))).one()
        entry = (await tx.session.scalars(select(SearchEntry).filter_by(source="summary"))).one()
        (card,) = await tx.session.scalars(select(Card).filter_by(subject_id=signal.id))
    wanted = [kind for _, kind, _ in await loop.queued()]
    return (
        card.wanted_rev > card.delivered_rev
        and look.wanted_rev > look.looked_rev
        and look.lease_token is None
        and "signals.look" in wanted
        and entry.indexed_at is None
    )


async def test_a_mail_that_is_not_to_be_read_stands_in_nothing_that_was_made_of_it(
    room: Room,
) -> None:
    loop = room.loop
    mail = await loop.write(f"We want more {SECRET}.")
    signal = await told(loop, "message", mail)
    assert SECRET in await room.everything()
    async with loop.database.transaction(loop.tenant) as tx:
        await forgetting(loop).forget(tx, [mail])
    async with loop.database.read(loop.tenant) as tx:
        texts = await load_texts(tx, [(SearchSource.SUMMARY, SUMMARY)])
        evidence = (await tx.session.get(Signal, (loop.tenant, signal.id))).evidence
    assert not any(SECRET in text.text for text in texts.values())
    assert [one["source"] for one in evidence] == ["deal"]
    assert await wanted_anew(loop, signal)
    assert SECRET not in await room.everything()


async def test_a_post_takes_its_quotes_along_when_it_is_deleted_or_goes_to_another_account(
    room: Room,
) -> None:
    loop = room.loop
    await room.follow()
    await room.say(f"We want more {SECRET}.", 30)
    post = await _post(loop)
    await told(loop, "slack_post", post)
    async with loop.database.transaction(loop.tenant) as tx:
        await make.make_account(tx, name="Nordwind", owner_id=loop.rita.id)
    await room.follow("unfollow", "c2")
    assert await _quotes(loop) == 3
    await room.follow("follow for Nordwind", "c3")
    assert await _quotes(loop) == 0
    async with loop.database.read(loop.tenant) as tx:
        entry = (await tx.session.scalars(select(SearchEntry).filter_by(source_id=post))).one()
        assert entry.account_id != loop.account.id
    await room.event(
        subtype="message_deleted",
        deleted_ts="1700000030.000100",
        previous_message={"thread_ts": ROOT, "ts": "1700000030.000100"},
    )
    assert SECRET not in await room.everything()


async def test_of_an_account_that_is_excluded_nothing_made_of_it_stays(room: Room) -> None:
    loop = room.loop
    await room.follow()
    await room.say(f"We want more {SECRET}.", 30)
    signal = await told(loop, "slack_post", await _post(loop))
    async with loop.database.transaction(loop.tenant) as tx:
        account = await tx.session.merge(loop.account)
        account.excluded = True
    for _ in range(2):
        await forgetting(loop).check(loop.tenant)
    async with loop.database.read(loop.tenant) as tx:
        ended = await tx.session.get(Signal, (loop.tenant, signal.id))
        assert ended is not None
        assert (ended.status, ended.settled_why) == ("cleared", "The account is excluded")
        (card,) = await tx.session.scalars(select(Card).filter_by(subject_id=signal.id))
        assert card.wanted_rev == card.delivered_rev + 1, "a second check finds nothing to do"
        for table in (Summary, Detection, SlackPost):
            assert (await tx.session.scalars(select(table))).all() == []
        found = (await tx.session.scalars(select(SearchEntry.indexed_at))).all()
        assert found
        assert set(found) == {None}
    assert SECRET not in await room.everything()


async def _post(loop: Loop) -> UUID:
    async with loop.database.read(loop.tenant) as tx:
        where = SlackPost.text.contains(SECRET)
        return (await tx.session.scalars(select(SlackPost.id).where(where))).one()


async def _quotes(loop: Loop) -> int:
    """How many signals and detections quote it."""
    async with loop.database.read(loop.tenant) as tx:
        rows = [
            row for table in (Signal, Detection) for row in await tx.session.scalars(select(table))
        ]
    return sum(SECRET in str(row.evidence) for row in rows)
