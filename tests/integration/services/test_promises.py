"""Promises that hold for the whole loop: no lock over a call, and shown is sent (attack 9)."""

import re
import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from db.models.drafts import Draft, DraftRevision
from services.mail.characters import clean_text
from services.mail.compose import visible_parts
from services.mail.parse import parse
from services.revisions import raw_of
from services.types.model import DraftRequest, DraftText, ExtractionRequest
from tests import factories as make

INVISIBLE = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff\u00ad\x00-\x08]")
HOSTILE = st.text(
    st.one_of(
        st.sampled_from(
            "ab <>&\"'\n\t\r\u200b\u200d\u202e\u2066\u2069\ufeff\u00ad\u0000\u0007\u001b\u00a0"
            "\u2028\u2029\u00e9\u6f22=?_*~`|"
        ),
        st.characters(codec="utf-8"),
    ),
    max_size=200,
)
PIECES = [
    "https://northwind.test/report",
    "[click](https://evil.test)",
    '<a href="https://evil.test">https://northwind.test</a>',
    "--\nnot a signature",
    "On Monday Carla wrote:\n> quoted",
    "<!channel> <script>alert(1)</script>",
]
TEXTS = st.lists(st.one_of(HOSTILE, st.sampled_from(PIECES)), max_size=5).map("\n".join)


def words(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


@given(TEXTS)
@settings(max_examples=200, deadline=None)
def test_the_text_that_leaves_is_the_text_that_was_shown(text):
    """Both parts of the mail, against what a revision keeps and a card shows."""
    shown = f"Hello Carla,\n{clean_text(text).strip()}".strip()
    draft = Draft(id=make.uuid4())
    revision = DraftRevision(
        sender="rita@northwind.test",
        sender_name="Rita",
        to=["carla@acme.test"],
        cc=[],
        bcc=[],
        reply_to=None,
        subject="Re: it",
        text=shown,
        in_reply_to=None,
        refs=[],
        raw=None,
    )
    raw = raw_of(draft, revision, make.NOW)
    *_, seen = visible_parts(raw)
    assert words(seen) == words(shown)
    assert words(parse(raw).text) == words(shown)
    assert not INVISIBLE.search(shown)


@pytest.mark.parametrize("piece", PIECES)
async def test_what_a_model_hides_is_shown_or_gone(loop, piece):
    hidden = f"Hello Carla,\u202e\u200b\n{piece}\x00\u2066 bye"
    loop.model.drafts = [DraftText(body=hidden, confidence=0.5)]
    await loop.proposed()
    draft = (await loop.card()).draft
    shown = draft.text
    # What is strange about it has been looked at.
    await loop.approve(seen=draft.seen)
    await loop.drain()
    (raw,) = loop.sent
    *_, seen = visible_parts(raw)
    assert words(seen) == words(shown)
    assert not INVISIBLE.search(seen)


# ── the guard ───────────────────────────────────────────────────────────────────────────────────
async def test_no_port_answers_inside_a_transaction(loop):
    gateway = await loop.mails.of(loop.tenant, loop.box.id)
    calls = [
        lambda: gateway.draft("r1"),
        lambda: gateway.send_draft("r1", b"", None),
        lambda: gateway.thread("t1"),
        lambda: loop.model.extract(
            ExtractionRequest(text="", subject="", sender_name="", today=make.NOW.date())
        ),
        lambda: loop.model.draft(
            DraftRequest(
                text="",
                subject="",
                sender_name="",
                author_name="",
                company="",
                account_name=None,
                deal_name=None,
                stage=None,
                language="en",
                today=make.NOW.date(),
            )
        ),
    ]
    for call in calls:
        async with loop.database.transaction(loop.tenant):
            with pytest.raises(RuntimeError, match="inside an open transaction"):
                await call()


async def test_the_whole_loop_calls_no_port_inside_a_transaction(loop):
    """Every fake refuses, so a loop that comes to its end has kept the rule at every call."""
    await loop.proposed()
    await loop.edit_in_gmail(text="My own words, Rita")
    await loop.follower.check(loop.tenant, (await loop.draft()).id)
    await loop.approve()
    await loop.drain()
    assert len(loop.sent) == 1
    used = {"create_draft", "draft", "thread", "send_draft", "fetch"}
    assert used <= set(loop.mail.calls)


async def test_an_edit_in_gmail_leaves_as_it_was_written_there(loop):
    await loop.proposed()
    await loop.edit_in_gmail(text="My own words, Rita", subject="Re: Something else")
    await loop.follower.check(loop.tenant, (await loop.draft()).id)
    old, new = await loop.revisions()
    assert (new.author, new.subject) == ("gmail", "Re: Something else")
    assert new.content_hash != old.content_hash
    await loop.drain()
    await loop.follower.check(loop.tenant, (await loop.draft()).id)
    assert len(await loop.revisions()) == 2, "the same text is no new revision"
    await loop.approve()
    await loop.drain()
    mail = parse(loop.sent[0])
    assert (mail.subject, words(mail.text)) == ("Re: Something else", "My own words, Rita")


async def test_revisions_are_numbered_without_gaps(loop):
    await loop.proposed()
    for text in ("One.", "Two.", "Three."):
        await loop.edit_in_gmail(text=text)
        await loop.follower.check(loop.tenant, (await loop.draft()).id)
    numbers = [r.number for r in await loop.revisions()]
    assert all(b == a + 1 for a, b in pairwise(numbers))
    assert len({r.content_hash for r in await loop.revisions()}) == 4
