"""Attack 7: a send whose answer was lost, and whose mail lost our header on the way. It is known by
what it says; a mail of other words is not taken for it, and nothing is sent a second time.

Answered by hand just before the claim, drafts adopted by header:
tests/integration/services/test_effects.py."""

import re
from dataclasses import replace

import pytest

from db.session import Database
from services.errors import TransientError
from tests.integration.services.loop import Loop, make_loop

NO_ANSWER = TransientError("no answer", ambiguous=True)


@pytest.fixture
async def loop(database: Database) -> Loop:
    return await make_loop(database)


async def sent_unheard(loop: Loop, old: bytes = b"", new: bytes = b"") -> None:
    """It leaves, nobody hears of it, and its header is gone; with `old` for `new` in its text."""
    loop.mail.lose["send_draft"] = [NO_ANSWER]
    await loop.approved()
    await loop.drain(skip=("effect.run",))
    with pytest.raises(TransientError):
        await loop.effects.run(loop.tenant, (await loop.effect()).id)
    (sent,) = loop.mail.sent
    raw = re.sub(rb"(?mi)^x-understudy[^\n]*\n", b"", sent.raw).replace(old, new)
    assert b"nderstudy" not in raw
    loop.mail.messages[sent.message_id] = replace(sent, raw=raw)


async def test_attack_7_without_our_header_it_is_known_by_what_it_says(loop: Loop) -> None:
    await sent_unheard(loop)
    await loop.drain(skip=("mailbox.sync",))
    assert len(loop.sent) == 1
    assert ((await loop.effect()).status, (await loop.card()).state) == ("done", "done")


async def test_attack_7_a_mail_of_other_words_is_not_taken_for_it(loop: Loop) -> None:
    """Whether ours left can't be known then: a person is asked, and nothing leaves again."""
    await sent_unheard(loop, b"the report is", b"no report is")
    await loop.drain(skip=("mailbox.sync",))
    assert len(loop.sent) == 1
    assert ((await loop.effect()).status, (await loop.card()).state) == ("unknown", "failed")
