"""A draft with findings leaves only when whoever approves it has seen them; every revision is
checked, whoever wrote it and wherever."""

import asyncio
from datetime import UTC, date, datetime

import pytest

from db.models.actions import Effect
from db.models.approvals import ApprovalRequest
from services.draft_findings import digest_of, findings_from_json
from services.errors import Conflict
from services.types.findings import FindingKind
from services.types.model import DraftText
from tests.integration.services.approvals.gated_loop import GatedLoop, make_gated
from tests.integration.services.loop import ANSWER, Loop, asking, make_loop

ATTACHED = "Hello Carla,\n\nI've attached the report.\n\nBest regards\nRita Rep"


async def proposed(loop: Loop, text: str = ATTACHED) -> str:
    """A draft with these words waits; the digest of what was found in it."""
    loop.model.drafts = [DraftText(body=text, confidence=0.6)]
    await loop.proposed()
    return digest_of((await loop.revisions())[-1].findings)


async def test_a_plain_approve_is_refused_with_the_findings_as_words(loop: Loop) -> None:
    seen = await proposed(loop)
    for surface in ("slack", "link", "reply"):
        for wrong in ("", "0" * 64):
            with pytest.raises(Conflict, match="It speaks of an attachment"):
                await loop.approve(surface=surface, seen=wrong)
    assert await loop.rows(Effect) == []
    card = await loop.card()
    assert card.draft is not None
    assert card.draft.seen == seen
    assert [one.kind for one in card.draft.findings] == [FindingKind.ATTACHMENT]
    await loop.approve(seen=seen)
    await loop.drain()
    assert len(loop.sent) == 1


async def test_a_clean_draft_needs_no_second_step(loop: Loop) -> None:
    assert await proposed(loop, ANSWER) == ""
    await loop.approve()
    await loop.drain()
    assert len(loop.sent) == 1


async def test_an_edit_is_checked_and_the_old_digest_says_nothing_about_it(loop: Loop) -> None:
    seen = await proposed(loop)
    action = await loop.action()
    await loop.actions.edit(
        loop.actor(loop.rita),
        action.id,
        revision=1,
        subject="Re: it",
        text="Hi Claire,\n\nsee you at the demo.",
        command_id="edit",
    )
    found = findings_from_json((await loop.revisions())[-1].findings)
    assert [one.kind for one in found] == [FindingKind.NAME]
    with pytest.raises(Conflict, match="greets Claire"):
        await loop.approve(seen=seen)


async def test_an_edit_in_gmail_is_checked_and_files_there_count(loop: Loop) -> None:
    await proposed(loop, ANSWER)
    await loop.edit_in_gmail(text=ATTACHED)
    await loop.follower.check(loop.tenant, (await loop.draft()).id)
    card = await loop.card()
    assert card.draft is not None
    assert [one.kind for one in card.draft.findings] == [FindingKind.ATTACHMENT]


async def test_a_contradiction_names_its_mail_from_this_conversation_alone(loop: Loop) -> None:
    other = await make_loop(loop.database)
    await other.write("We need 70 users.")
    asked = "We need licences for 40 users. Could you send me the report by Friday?"
    loop.model.drafts = [DraftText(body="Hello Carla,\n\nwe set up 45 users.", confidence=0.5)]
    loop.model.extractions = [asking("Could you send me the report by Friday?")]
    await loop.proposed(asked)
    (found,) = findings_from_json((await loop.revisions())[-1].findings)
    assert found.earlier == "We need licences for 40 users."
    assert found.said_by == loop.contact.name
    assert found.message_id is not None
    assert await loop.message(found.message_id)


async def test_days_are_those_of_the_responder(loop: Loop) -> None:
    assert loop.clock.now().date() == date(2026, 11, 21)
    await proposed(loop, "Hello Carla,\n\nthe workshop is on Monday, 24 November.")
    (found,) = findings_from_json((await loop.revisions())[-1].findings)
    assert found.sentence == "24 November is a Tuesday."


async def test_an_approval_that_races_an_edit_takes_nobodys_word_for_the_other_text(
    loop: Loop,
) -> None:
    seen = await proposed(loop)
    action = await loop.action()
    edit = loop.actions.edit(
        loop.actor(loop.rita),
        action.id,
        revision=1,
        subject="Re: it",
        text="Hi Claire,\n\nhere it is.",
        command_id="edit",
    )
    results = await asyncio.gather(loop.approve(seen=seen), edit, return_exceptions=True)
    assert sum(isinstance(one, Conflict) for one in results) == 1
    await loop.drain()
    assert all(b"Claire" not in raw for raw in loop.sent)


# ── gated drafts ────────────────────────────────────────────────────────────────────────────────
@pytest.fixture
async def gated(loop: Loop) -> GatedLoop:
    return await make_gated(loop.database)


async def test_who_asks_for_approval_has_to_have_seen_them(gated: GatedLoop) -> None:
    gated.loop.model.drafts = [
        DraftText(
            body="Hello Carla,\n\nI've attached the price list; the price is $50 per user.",
            confidence=0.5,
        )
    ]
    await gated.loop.proposed()
    view = await gated.loop.card()
    assert view.gate is not None
    assert view.draft is not None
    with pytest.raises(Conflict, match="attachment"):
        await gated.ask()
    await gated.ask(seen=view.draft.seen)
    (request,) = await gated.loop.rows(ApprovalRequest)
    assert request.status == "pending"


def test_what_is_stored_comes_back_as_it_was() -> None:
    stored = [
        {
            "kind": "figure",
            "sentence": "It says 45.",
            "quote": "45 users",
            "earlier": "40 users",
            "said_by": "Carla",
            "said_at": datetime(2026, 11, 20, tzinfo=UTC).isoformat(),
            "message_id": "00000000-0000-0000-0000-000000000001",
        }
    ]
    (found,) = findings_from_json(stored)
    assert found.said_at == datetime(2026, 11, 20, tzinfo=UTC)
    assert digest_of(stored) == digest_of([dict(reversed(stored[0].items()))])
    assert digest_of([]) == ""
