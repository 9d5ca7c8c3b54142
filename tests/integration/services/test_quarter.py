"""A quarter of many accounts: what is in trouble is told once, what got better clears by itself,
and the calm are left alone; whoever scans, and whoever dies. With -s it prints what came of it."""

import sys
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from itertools import pairwise
from typing import Any

import pytest

from db.models.conversations import Message
from db.models.signals import Scan, ScanAccount, Signal
from db.session import Database
from services.types.signals import LEAST_EVIDENCE, SignalName
from tests.integration.services.quarter import Quarter
from tests.integration.services.quarter_script import STORIES

Open = Callable[..., Awaitable[Quarter]]
SEED = 7
WEEKS = 13
CALM_DISTURBED = 0.1
"""Of ten calm accounts at most one may be disturbed in a quarter."""
TOLD = 0.95
"""So much of what goes wrong has to be told."""


@pytest.fixture
async def begin(database: Database, runtime_url: str) -> AsyncIterator[Open]:
    opened: list[Quarter] = []

    async def open_quarter(**fields: Any) -> Quarter:
        quarter = await Quarter.open(database, runtime_url, **({"seed": SEED} | fields))
        opened.append(quarter)
        return quarter

    yield open_quarter
    for quarter in opened:
        await quarter.close()


LOOKS = [4.25, 9.25, 12.25, 16.25, 19.25]


async def test_three_weeks_of_twelve_accounts(begin: Open) -> None:
    """Two scanners, one of which keeps dying."""
    stormy = await begin(accounts=12, days=21, stormy=True)
    await stormy.live(LOOKS)
    sys.stdout.write(f"\n{await stormy.summary()}\n")
    assert stormy.deaths
    assert stormy.most_rolled_up, "what came at once came as one card"
    await check(stormy)


@pytest.mark.slow
async def test_two_scanners_and_deaths_change_nothing(begin: Open) -> None:
    calm, stormy = [await begin(accounts=12, days=21, stormy=one) for one in (False, True)]
    for quarter in (calm, stormy):
        await quarter.live(LOOKS)
        await check(quarter)
    assert stormy.deaths
    assert await stormy.outcome() == await calm.outcome()


@pytest.mark.slow
@pytest.mark.timeout(1_200)
async def test_a_quarter_of_200_accounts(begin: Open) -> None:
    """A scan a week, and a day with all four; two scanners, one of which keeps dying."""
    looks = [7 * week + 3.25 for week in range(WEEKS)] + [44.0, 44.25, 44.5, 44.75]
    quarter = await begin(accounts=200, days=7 * WEEKS, reps=10, stormy=True)
    await quarter.live(sorted(looks))
    sys.stdout.write(f"\n{await quarter.summary()}\n")
    await check(quarter)
    assert quarter.deaths
    assert quarter.most_rolled_up
    assert Counter(quarter.rated.values())["useful"] > 20


async def check(quarter: Quarter) -> None:
    signals = await quarter.signals()
    check_trouble_is_told(quarter, signals)
    check_calm_is_left_alone(quarter, signals)
    check_nothing_is_told_twice(signals)
    await check_it_clears_by_itself(quarter, signals)
    await check_cards(quarter, signals)
    await check_evidence(quarter, signals)
    await check_scans(quarter)


def check_trouble_is_told(quarter: Quarter, signals: list[Signal]) -> None:
    told = {(one.account_id, one.name) for one in signals}
    owed = [(life, name) for life in quarter.lives for name in STORIES[life.story].leads_to]
    missed = [(life.name, name) for life, name in owed if (life.account, name) not in told]
    assert len(missed) <= (1 - TOLD) * len(owed), missed


def check_calm_is_left_alone(quarter: Quarter, signals: list[Signal]) -> None:
    stories = {life.account: STORIES[life.story] for life in quarter.lives}
    disturbed = {
        one.account_id
        for one in signals
        if stories[one.account_id].calm and one.name not in stories[one.account_id].allowed
    }
    calm = sum(story.calm for story in stories.values())
    assert len(disturbed) <= CALM_DISTURBED * calm, [
        (life.name, sorted(one.name for one in signals if one.account_id == life.account))
        for life in quarter.lives
        if life.account in disturbed
    ]


def check_nothing_is_told_twice(signals: list[Signal]) -> None:
    """One at a time of a name and cause; and what a story has once is raised once."""
    causes: dict[tuple[Any, str, str], list[Signal]] = defaultdict(list)
    for one in sorted(signals, key=lambda one: one.raised_at):
        causes[one.account_id, one.name, one.cause].append(one)
    twice = {thing[1]: len(found) for thing, found in causes.items() if len(found) > 1}
    assert not twice, twice
    for found in causes.values():
        for before, after in pairwise(found):
            assert before.settled_at is not None
            assert before.settled_at <= after.raised_at


async def check_it_clears_by_itself(quarter: Quarter, signals: list[Signal]) -> None:
    """Whoever wrote again isn't silent any more, and nobody had to say so."""
    wrote: dict[Any, Any] = {}
    threads = {life.thread: life.account for life in quarter.lives}
    for one in await quarter.desk.rows(Message):
        if one.direction == "inbound":
            wrote[threads.get(one.conversation_id)] = one.received_at
    silences = [
        one
        for one in signals
        if one.name == SignalName.SILENCE and wrote[one.account_id] > one.raised_at
    ]
    assert silences
    for one in silences:
        assert (one.status, one.settled_by) == ("cleared", None)
        assert one.settled_why


async def check_cards(quarter: Quarter, signals: list[Signal]) -> None:
    """One card at most for a person and a signal, and it stands at one place."""
    cards = await quarter.cards()
    owners = {life.account: life.owner.id for life in quarter.lives}
    accounts = {one.id: one.account_id for one in signals}
    assert max(Counter((one.subject_id, one.recipient_id) for one in cards).values()) == 1
    posts = Counter((one.channel, one.ts) for one in cards if one.ts)
    assert not posts or max(posts.values()) == 1
    mona = quarter.desk.mona.id
    assert all(one.recipient_id in (owners[accounts[one.subject_id]], mona) for one in cards)
    assert all(one.delivered_rev >= one.wanted_rev for one in cards)
    assert not quarter.refused


async def check_evidence(quarter: Quarter, signals: list[Signal]) -> None:
    texts = {str(one.id): one.text for one in await quarter.desk.rows(Message)}
    for signal in signals:
        assert len(signal.evidence) >= LEAST_EVIDENCE
        for piece in signal.evidence:
            if piece["quote"]:
                assert piece["quote"] in texts[piece["source_id"]]


async def check_scans(quarter: Quarter) -> None:
    scans = await quarter.desk.rows(Scan)
    assert len(scans) == quarter.scans, "begun twice, kept once"
    assert not quarter.begun_twice
    assert {one.status for one in scans} == {"done"}
    settled = Counter(one.status for one in await quarter.desk.rows(ScanAccount))
    assert set(settled) == {"done"}, settled
