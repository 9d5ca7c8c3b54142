"""Attack 1: a worker has claimed a mail and stands still before its request reaches Gmail. Its
claim ends, somebody flips the kill switch, and the card says that nothing was sent. Then it wakes.

With a process that is really stopped: tests/e2e/test_stalled_worker.py."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from datetime import timedelta

import pytest

from db.session import Database
from services.errors import TransientError
from tests.integration.services.loop import Loop, make_loop
from tests.integration.services.mortality import Crash, MortalDatabase, Mortality, TestMailboxes

LONGER_THAN_A_CLAIM = timedelta(minutes=1)
NO_ANSWER = TransientError("no answer", ambiguous=True)


@pytest.fixture
async def loop(database: Database) -> Loop:
    return await make_loop(database)


def stalls(loop: Loop, meanwhile: Callable[[], Awaitable[None]]) -> None:
    """The worker is past every check of its own and stands still; others go on."""

    async def stand_still() -> None:
        loop.clock.move(LONGER_THAN_A_CLAIM)
        await meanwhile()

    loop.mails.hooks["before send_draft"] = stand_still


async def others(loop: Loop) -> None:
    """What another worker does in the meantime, until there is nothing left to do."""
    effect = await loop.effect()
    for _ in range(4):
        try:
            await loop.effects.run(loop.tenant, effect.id)
        except TransientError as error:
            loop.clock.move(error.retry_after or timedelta(seconds=1))


async def test_attack_1_what_the_card_calls_unsent_is_not_sent_by_who_wakes_up(loop: Loop) -> None:
    await loop.approved()
    shown: list[tuple[str, str | None]] = []

    async def switched_off() -> None:
        await loop.switch(engaged=True)
        await others(loop)
        card = await loop.card()
        shown.append((card.state, card.note))

    stalls(loop, switched_off)
    await loop.drain()
    assert shown == [("pending", "Not sent: Sending was switched off.")]
    assert loop.sent == [], "it was told that nothing left, and nothing does"
    assert (await loop.card()).state == "pending"
    # The text is back in Gmail's drafts, and can be approved when sending is on again.
    await loop.switch(engaged=False)
    await loop.approve()
    await loop.drain()
    assert len(loop.sent) == 1
    assert loop.mail.drafts == {}


async def test_attack_1_what_was_given_back_leaves_once_whoever_wakes_up(loop: Loop) -> None:
    """Nobody flips anything: the other worker sends it, and the first one's request comes late."""
    await loop.approved()
    stalls(loop, lambda: others(loop))
    await loop.drain()
    assert len(loop.sent) == 1
    assert ((await loop.action()).status, (await loop.effect()).status) == ("done", "done")


async def test_attack_1_an_edit_made_while_it_was_on_its_way_is_kept(loop: Loop) -> None:
    """What a person wrote into the draft meanwhile asks anew; it is neither sent nor lost."""
    await loop.approved()

    async def edited() -> None:
        await loop.edit_in_gmail(text="My own words, Rita")
        await others(loop)

    stalls(loop, edited)
    await loop.drain()
    assert loop.sent == []
    assert (await loop.action()).status == "pending"
    assert (await loop.card()).draft.text == "My own words, Rita"
    (draft,) = loop.mail.drafts
    assert b"My own words" in (await loop.mail.draft(draft)).raw


@pytest.fixture
async def mortal(runtime_url: str) -> AsyncIterator[MortalDatabase]:
    database = MortalDatabase(runtime_url, pool_size=3)
    yield database
    await database.close()


async def died_while_sending(mortal: MortalDatabase, at: int | None) -> Loop:
    """The claim is committed, nothing was heard of Gmail, and the switch has been flipped since.
    The restart may die too, at point `at` of settling it."""
    mortal.mortality = Mortality()
    loop = await make_loop(mortal, TestMailboxes())
    effect = await loop.approved()
    await loop.drain(skip=("effect.run",))
    loop.mail.fail["send_draft"] = [NO_ANSWER]
    with pytest.raises(TransientError):
        await loop.effects.run(loop.tenant, effect.id)
    assert (await loop.effect()).status == "sending"
    await loop.switch(engaged=True)
    loop.clock.move(LONGER_THAN_A_CLAIM)
    mortal.mortality = loop.mails.mortality = Mortality(at)
    with suppress(Crash):
        await loop.effects.run(loop.tenant, effect.id)
    return loop


@pytest.mark.parametrize(
    "fifth", [0, *(pytest.param(n, marks=pytest.mark.slow) for n in range(1, 5))]
)
async def test_attack_1_a_restart_from_sending_that_dies_as_well(
    mortal: MortalDatabase, fifth: int
) -> None:
    """kill -9 twice: at every point the next start sends nothing and says so. Every fifth one in
    `make test`."""
    names = (await died_while_sending(mortal, None)).mails.mortality.seen
    assert len(names) > 9
    for at in range(1 + fifth, len(names) + 1, 5):
        loop = await died_while_sending(mortal, at)
        await loop.recover()
        card = await loop.card()
        assert (loop.sent, card.state) == ([], "pending"), f"died {names[at - 1]}"
        assert card.note == "Not sent: Sending was switched off.", f"died {names[at - 1]}"
        assert len(loop.mail.drafts) == 1, f"died {names[at - 1]}"
