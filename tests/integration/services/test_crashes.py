"""kill -9 at every point of the loop (attack 14): nothing is lost, nothing is sent twice, and every
card ends up true. The points are found by running the loop once, not listed by hand."""

import pytest

from db.models.cards import Card
from services.compose import ComposeService
from services.mail.parse import parse
from services.types.model import Extraction
from tests.integration.services.loop import make_loop
from tests.integration.services.mortality import Crash, MortalDatabase, Mortality, TestMailboxes


@pytest.fixture
async def mortal(runtime_url):
    """A database whose process may die."""
    database = MortalDatabase(runtime_url, pool_size=3)
    yield database
    await database.close()


async def fresh(mortal, at=None):
    """A tenant of its own, and a process that dies at point `at`."""
    mortal.mortality = Mortality()
    loop = await make_loop(mortal, TestMailboxes())
    loop.mortality = Mortality(at)
    loop.wait(20)
    return loop


def arm(loop):
    loop.database.mortality = loop.mails.mortality = loop.mortality


async def carried(step) -> bool:
    """One step of the process; False when it died in it."""
    try:
        await step
    except Crash:
        return False
    return True


async def whole_loop(loop) -> None:
    """A mail comes, is answered, approved and sent; the customer answers. After a death the process
    starts again, and a person whose click was lost clicks again."""
    await loop.write()
    arm(loop)
    if not await carried(loop.drain()):
        await loop.recover()
    action, command = await loop.action(), "the same click"
    if not await carried(loop.approve(command_id=command)):
        loop.mortality.revive()
        if (await loop.action()).status == "pending":
            await loop.approve(command_id=command)
    if not await carried(loop.drain()):
        await loop.recover()
    loop.model.extractions = [Extraction(summary="Thanks.")]
    loop.mortality.resting = True
    await loop.write("Thank you, Rita.")
    loop.mortality.resting = False
    if not await carried(loop.drain()):
        await loop.recover()
    loop.mortality.resting = True
    await loop.recover()
    assert action.id == (await loop.action()).id


async def asked_for(loop) -> None:
    """A mail that answers nothing: written, approved, sent, in whatever thread Gmail gives it."""
    mails = ComposeService(loop.database, loop.clock, loop.ids, loop.audit)
    await mails.ask(loop.actor(loop.rita), "Acme for a nudge about the pilot", command_id="ask")
    arm(loop)
    if not await carried(loop.drain(skip=("mailbox.sync",))):
        await loop.recover(skip=("mailbox.sync",))
    if not await carried(loop.approve(command_id="the same click")):
        loop.mortality.revive()
        if (await loop.action()).status == "pending":
            await loop.approve(command_id="the same click")
    if not await carried(loop.drain(skip=("mailbox.sync",))):
        await loop.recover(skip=("mailbox.sync",))
    loop.mortality.resting = True
    await loop.recover(skip=("mailbox.sync",))


async def check_asked_for(loop) -> None:
    assert len(loop.sent) == 1
    assert loop.mail.drafts == {}
    left = parse(loop.sent[0])
    assert (left.in_reply_to, [one.email for one in left.to]) == (None, [loop.contact.email])
    action, effect, draft = await loop.action(), await loop.effect(), await loop.draft()
    assert (action.status, effect.status, draft.status) == ("done", "done", "sent")
    assert (await loop.verbs()).count("effect.done") == 1
    assert {kind for _, kind, _ in await loop.queued()} <= {"mailbox.sync"}
    assert loop.cards[action.id, loop.rita.id].state == "done"


async def points(mortal) -> list[str]:
    loop = await fresh(mortal)
    await whole_loop(loop)
    return loop.mortality.seen


async def check(loop) -> None:
    """What must be true at the end, wherever the process died."""
    assert len(loop.sent) == 1
    assert loop.mail.drafts == {}
    action, effect, draft = await loop.action(), await loop.effect(), await loop.draft()
    assert (action.status, effect.status, draft.status) == ("done", "done", "sent")
    outcome = await loop.outcome()
    assert outcome is not None
    assert outcome.status == "positive"
    verbs = await loop.verbs()
    once = ("action.proposed", "action.approved", "effect.done", "outcome.resolved")
    assert {verb: verbs.count(verb) for verb in once} == dict.fromkeys(once, 1)
    assert await loop.queued() == []
    assert loop.dropped == []
    report = await loop.audit.verify(loop.tenant)
    assert report.whole
    assert report.unchained == 0
    shown = loop.cards[action.id, loop.rita.id]
    assert (shown.state, shown.effect, shown.note) == ("done", "done", "They have answered.")
    assert all(card.delivered_rev >= card.wanted_rev for card in await loop.rows(Card))


async def test_the_loop_without_a_crash(mortal):
    loop = await fresh(mortal)
    await whole_loop(loop)
    await check(loop)


@pytest.mark.parametrize(
    "ninth", [0, *(pytest.param(rest, marks=pytest.mark.slow) for rest in range(1, 9))]
)
async def test_a_crash_at_every_point(mortal, ninth):
    """Each point in a tenant of its own, in one database; every ninth one in `make test`."""
    names = await points(mortal)
    assert len(names) > 60, "the harness must see the whole loop"
    for at in range(1 + ninth, len(names) + 1, 9):
        loop = await fresh(mortal, at)
        try:
            await whole_loop(loop)
            await check(loop)
            assert loop.mortality.deaths == 1
        except (AssertionError, ValueError) as error:
            raise AssertionError(f"died {names[at - 1]}, point {at} of {len(names)}") from error


@pytest.mark.slow
@pytest.mark.parametrize("eighth", [0, 4])
async def test_a_crash_of_a_mail_that_begins_a_thread(mortal, eighth):
    """Every fourth point, every eighth one in `make test`: the code is shared with answers, the
    thread is not."""
    loop = await fresh(mortal)
    await asked_for(loop)
    await check_asked_for(loop)
    names = loop.mortality.seen
    assert len(names) > 30, "the harness must see the whole way"
    for at in range(1 + eighth, len(names) + 1, 8):
        loop = await fresh(mortal, at)
        try:
            await asked_for(loop)
            await check_asked_for(loop)
            assert loop.mortality.deaths == 1
        except (AssertionError, ValueError) as error:
            raise AssertionError(f"died {names[at - 1]}, point {at} of {len(names)}") from error
