"""Attack 16: somebody who was once forwarded a mail knows its Message-ID, and answers it from a
domain of their own that proves who they are. So they stand in the account's thread, with good
papers. They take nobody's place there: nothing is learned from them, no question that was asked is
taken away or answered to them, and the mails they were not on are not told to them."""

from uuid import UUID, uuid4

import pytest

from db.models.actions import Action
from db.models.conversations import Message
from db.session import Database
from services.merge import from_json
from services.signals.people import Sides
from services.signals.texts import texts_of_mails
from services.types.model import DraftRequest, Extraction, Finding
from services.types.qualification import Criterion
from tests.factories import NOW
from tests.integration.services.loop import ASK, Loop, asking, make_loop

STRANGER = {"email": "boss@evil.test", "name": "Carla Customer"}
ORDER = "The budget is 900,000 USD. Could you send me the offer you made before?"
LEARNED = Finding(
    criterion=Criterion.BUDGET, value="900,000 USD", confidence=1.0, quote="The budget is 900,000"
)
SECRET = "Our floor price is 71 per seat"


@pytest.fixture
async def loop(database: Database) -> Loop:
    return await make_loop(database)


async def hijacks(loop: Loop, words: str = ORDER, cc: tuple[str, ...] = ()) -> None:
    """What a stranger writes is stored in the thread of the mail it names as its parent."""
    await loop.write(
        words, sender=STRANGER, contact_id=None, proof="pass", recipients={"to": [], "cc": [*cc]}
    )
    await loop.drain()


async def test_attack_16_it_teaches_nothing_and_is_no_answer(loop: Loop) -> None:
    await loop.approved()
    await loop.drain()
    loop.model.extractions = [asking(findings=(LEARNED,))]
    await hijacks(loop)
    state = from_json((await loop.state()).qualification)
    assert not state.get(Criterion.BUDGET).identified
    assert (await loop.outcome()).status == "pending"
    # The same words of Carla's teach: it is the writer who isn't believed.
    loop.model.extractions = [asking(findings=(LEARNED,))]
    await loop.write(ORDER)
    await loop.drain()
    state = from_json((await loop.state()).qualification)
    assert state.get(Criterion.BUDGET).value == "900,000 USD"


async def test_attack_16_the_answer_to_a_stranger_knows_only_what_they_were_on(loop: Loop) -> None:
    await loop.proposed(f"{ASK} {SECRET}.")
    loop.model.extractions = [asking("send me the offer you made before")]
    await hijacks(loop)
    told = [one for one in loop.model.requests if isinstance(one, DraftRequest)][-1]
    assert told.text == ORDER
    assert (told.history, told.account_name, told.deal_name, told.stage) == ((), None, None, None)
    card = await loop.card()
    assert card.stranger
    assert (card.contact_name, card.draft.to) == ("boss@evil.test", ("boss@evil.test",))
    # Who was copied all along may be answered with what they have.
    copied = {"to": [], "cc": ["Boss@evil.test"]}
    await loop.write("As said, 40 seats.", recipients=copied)
    loop.model.extractions = [asking("send me the offer you made before")]
    await hijacks(loop)
    told = [one for one in loop.model.requests if isinstance(one, DraftRequest)][-1]
    assert "As said, 40 seats." in told.history
    assert not any(SECRET in one for one in told.history)


@pytest.mark.parametrize("asks", [False, True])
async def test_attack_16_it_takes_no_question_from_whoever_asked(loop: Loop, *, asks: bool) -> None:
    """Neither before the approval nor between it and the sending."""
    first = await loop.proposed()
    quote = "send me the offer you made before"
    loop.model.extractions = [asking(quote) if asks else Extraction(summary="S")]
    await hijacks(loop)
    actions = {one.id: one for one in await loop.rows(Action)}
    assert actions[first.id].status == "pending"
    assert len(actions) == 1 + asks
    await loop.actions.approve(
        loop.actor(loop.rita), first.id, revision=1, surface="slack", command_id="yes"
    )
    await loop.drain()
    (sent,) = loop.sent
    assert loop.contact.email.encode() in sent
    assert b"evil.test" not in sent


async def test_attack_16_what_only_gmail_knows_of_costs_no_question(loop: Loop) -> None:
    """A mail that nobody has read yet holds the answer back; read, it lets it be asked again."""
    await loop.approved()
    await loop.drain(skip=("effect.run",))
    loop.model.extractions = [Extraction(summary="S")]
    loop.receive("Thank you.")
    await loop.drain()
    assert loop.sent == []
    first, second = await loop.rows(Action)
    assert (first.status, second.status) == ("voided", "pending")
    await loop.approve()
    await loop.drain()
    assert len(loop.sent) == 1


@pytest.mark.parametrize(
    ("email", "contact_id", "speaks"),
    [
        ("boss@evil.test", None, False),
        ("carla@acme.test", uuid4(), True),
        ("new@acme.test", None, True),
        ("someone@agency.test", uuid4(), True),
        ("ed@other.test", uuid4(), False),
    ],
    ids=["stranger", "contact", "of their domain", "confirmed elsewhere", "another account's"],
)
def test_attack_16_signals_are_read_from_the_accounts_own_people(
    email: str, contact_id: UUID | None, *, speaks: bool
) -> None:
    """Words like "we are ready to buy" raise signals, others clear them: who says it counts."""
    mail = Message(
        id=uuid4(), conversation_id=uuid4(), contact_id=contact_id, direction="inbound",
        kind="human", proof="pass", sender={"email": email, "name": "Carla Customer"},
        recipients={"to": ["rita@northwind.test"], "cc": []}, subject="It",
        text="We are ready to buy 500 seats.", sent_at=None, received_at=NOW, created_at=NOW,
    )  # fmt: skip
    mail.suspicious = mail.signals = mail.returns_on = None  # type: ignore[attr-defined]
    sides = Sides(
        ours=frozenset({"northwind.test"}), others=frozenset({"ed@other.test"}),
        contacts=frozenset({"carla@acme.test"}), domain="acme.test",
    )  # fmt: skip
    (seen,) = texts_of_mails([mail], sides, NOW)
    assert (seen.inbound, seen.human) == (True, speaks)
