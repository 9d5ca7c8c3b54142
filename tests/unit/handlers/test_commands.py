"""The slash command: answered in the ack, for the asker only."""

import json
from typing import Any

import pytest

from blocks.help import GROUPS
from handlers.commands import COMMANDS, LATER
from handlers.words import nearest
from services.errors import NotFound
from tests.fakes.verbs import MAYA
from tests.unit.account_view_factory import make_account_view
from tests.unit.approval_view_factory import make_queue
from tests.unit.handlers.slack_rig import Rig
from tests.unit.view_factory import make_inbox, make_quiet, make_status


@pytest.fixture(autouse=True)
def views(rig: Rig) -> None:
    rig.book.answers |= {
        "views.inbox": make_inbox(),
        "approvals.reads.queue": make_queue(total=3),
        "views.quiet": make_quiet(),
        "views.status": make_status(),
        "accounts.brief": make_account_view(),
    }


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "What I can do"),
        ("help", "What I can do"),
        ("inbox", "Dana Reyes (Northwind)"),
        ("inbox", "3 approvals and 1 mail wait for you"),
        ("inbox", "home.decide#0"),
        ("inbxo", "Dana Reyes (Northwind)"),
        ("  QUIET ", "Should have told me"),
        ("statsu", "No model is configured"),
        ("brief Northwind", "Northwind rollout"),
        ("brief\nNorthwind", "Northwind rollout"),
        ("frobnicate now", "I don't know"),
    ],
)
async def test_words_and_near_words_are_answered(rig: Rig, text: str, words: str) -> None:
    status, body = await rig.command(text)
    assert status == 200
    assert body["response_type"] == "ephemeral"
    assert body["text"]
    assert words in json.dumps(body, ensure_ascii=False)


def test_help_names_every_command_once() -> None:
    named = [name.split()[0] for _, lines in GROUPS for name, _ in lines]
    assert set(named) == {*COMMANDS, *LATER}
    assert len({name for _, lines in GROUPS for name, _ in lines}) == len(named)


@pytest.mark.parametrize("name", [one for one in (*COMMANDS, *LATER) if len(one) > 2])
@pytest.mark.parametrize(
    "slip", [lambda w: w[1:], lambda w: w[:-1], lambda w: w + w[-1], lambda w: w[1] + w[0] + w[2:]]
)
def test_a_slip_of_the_finger_is_understood(name: str, slip: Any) -> None:
    """Of two letters a slip leaves one, and that may be anything."""
    assert nearest(slip(name), (*COMMANDS, *LATER)) == name


@pytest.mark.parametrize(
    "word", ["deals", "calls", "mails", "totals", "signals", "results", "quote", "meetings"]
)
def test_another_word_is_no_slip(word: str) -> None:
    assert nearest(word, (*COMMANDS, *LATER)) is None


async def test_the_account_arrives_as_it_was_typed(rig: Rig) -> None:
    await rig.command("brief AT&amp;T")
    assert rig.book.named("accounts.brief") == [((MAYA, "AT&T"), {})]


async def test_what_no_database_keeps_is_left_out(rig: Rig) -> None:
    """NUL can be sent in a form and in JSON; so can half of a character."""
    await rig.command("brief A\0T")
    assert rig.book.named("accounts.brief") == [((MAYA, "AT"), {})]


async def test_a_brief_needs_an_account(rig: Rig) -> None:
    assert "Which account?" in (await rig.command("brief"))[1]["text"]


async def test_a_digest_is_asked_for_once_per_command(rig: Rig) -> None:
    assert (await rig.command("digest now"))[0] == 200
    assert (await rig.command("digest now"))[0] == 200
    (first, again) = [kwargs["command_id"] for _, kwargs in rig.book.named("digests.request")]
    assert first == again
    assert first.startswith("cmd.1:")


@pytest.mark.parametrize("error", [NotFound("I know no such account."), ValueError("x")])
async def test_errors_are_answered_in_the_ack(rig: Rig, error: Exception) -> None:
    rig.book.errors["accounts.brief"].append(error)
    status, body = await rig.command("brief Nowhere")
    assert (status, body["response_type"]) == (200, "ephemeral")
    assert body["text"]


async def test_an_unknown_workspace_is_told_in_the_ack(rig: Rig) -> None:
    status, body = await rig.command("inbox", team_id="T0OTHER")
    assert status == 200
    assert "isn't connected" in body["text"]


async def test_what_was_typed_comes_back_harmless(rig: Rig) -> None:
    _, body = await rig.command("&lt;!channel&gt;")
    assert "<!channel>" not in json.dumps(body)
