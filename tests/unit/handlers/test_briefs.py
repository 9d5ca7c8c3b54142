"""The brief's buttons: the page, all lines of a part, and the text behind one."""

import json
from typing import Any
from uuid import UUID

import pytest

from blocks.action_ids import ActionId
from blocks.lint import view_faults
from blocks.values import BriefPage, Choice, SourceOf, Target
from services.errors import NotFound
from services.types.account_view import RowKind, StoredText
from tests.fakes.verbs import MAYA
from tests.unit.account_view_factory import ACCOUNT, make_account_view, make_event
from tests.unit.approval_view_factory import make_approval_card, make_customer
from tests.unit.handlers.slack_rig import Rig
from tests.unit.handlers.test_home import at_home, chosen
from tests.unit.view_factory import NOW, make_reader

ROW = UUID(int=0xC1)


@pytest.fixture(autouse=True)
def answers(rig: Rig) -> None:
    rig.book.answers |= {
        "workspaces.find": MAYA.tenant_id,
        "accounts.view": make_account_view(events=(make_event(),) * 45, events_left_out=7),
        "accounts.stored": StoredText(
            reader=make_reader(),
            title="Pricing <!channel>",
            at=NOW,
            who="Dana",
            text="First line\nsecond & last " + "x" * 4_000,
            left_out=12,
        ),
    }


def shown(rig: Rig) -> dict[str, Any]:
    view: dict[str, Any] = rig.chat.modals[-1][1]
    assert view_faults(view) == []
    return view


async def test_a_card_and_the_rows_on_home_open_the_page(rig: Rig) -> None:
    await rig.interact(at_home(ActionId.BRIEF, Target(id=ACCOUNT).encode()))
    assert rig.book.named("accounts.view") == [((MAYA, ACCOUNT), {})]
    view = shown(rig)
    assert view["title"]["text"] == "Brief"
    assert "Looked after by Maya Lindt" in json.dumps(view)
    for known in (make_customer(account_id=ACCOUNT), None):
        rig.book.answers["approvals.reads.card"] = make_approval_card(customer=known)
        choice = Choice(id=ROW, do=ActionId.BRIEF).encode()
        await rig.interact(at_home(f"{ActionId.APPROVAL_MORE}", element=chosen(choice, "overflow")))
        title = shown(rig)["title"]["text"]
        assert title == ("Brief" if known else "Not done")


async def test_all_lines_are_a_page_at_a_time_each_with_its_source(rig: Rig) -> None:
    await rig.interact(
        at_home(f"{ActionId.BRIEF_ALL}#3", BriefPage(id=ACCOUNT, part="lately").encode())
    )
    first = json.dumps(shown(rig))
    assert "46 lines · page 1 of 3" in first.replace("\\u00b7", "·")
    assert first.count('"Open"') == 20
    last = BriefPage(id=ACCOUNT, part="lately", page=9, turn=True)
    await rig.interact(at_home(f"{ActionId.BRIEF_ALL}#9", last.encode()))
    text = json.dumps(shown(rig), ensure_ascii=False)
    assert "page 3 of 3" in text
    assert "7 more mails not read here" in text
    assert '"Back"' in text
    people = BriefPage(id=ACCOUNT, part="people").encode()
    await rig.interact(at_home(f"{ActionId.BRIEF_ALL}#0", people))
    assert "Show source" in json.dumps(shown(rig))


async def test_the_text_behind_a_line_is_told_as_it_is_stored(rig: Rig) -> None:
    source = SourceOf(id=ROW, account=ACCOUNT, kind="contact", part="people")
    await rig.interact(at_home(f"{ActionId.BRIEF_SOURCE}#0", source.encode()))
    assert rig.book.named("accounts.stored") == [((MAYA, ACCOUNT, RowKind.CONTACT, ROW), {})]
    text = json.dumps(shown(rig), ensure_ascii=False)
    assert "First line\\nsecond & last" in text
    assert "<!channel>" not in text
    assert "12 more characters" in text
    assert '"Back"' in text


@pytest.mark.parametrize(
    ("action", "value"),
    [
        (ActionId.BRIEF_ALL, BriefPage(id=ACCOUNT, part="nonsense").encode()),
        (ActionId.BRIEF_SOURCE, SourceOf(id=ROW, account=ACCOUNT, kind="password").encode()),
        (ActionId.BRIEF_ALL, "{}"),
    ],
)
async def test_a_value_that_was_made_up_shows_nothing(
    rig: Rig, action: ActionId, value: str
) -> None:
    await rig.interact(at_home(f"{action}#1", value))
    assert rig.book.named("accounts.view") == rig.book.named("accounts.stored") == []
    assert "Nothing was changed" in json.dumps(rig.chat.modals[-1][1])


async def test_an_account_that_isnt_theirs_is_refused_in_words(rig: Rig) -> None:
    rig.book.errors["accounts.view"].append(NotFound("This account isn't among yours."))
    await rig.interact(at_home(ActionId.BRIEF, Target(id=ACCOUNT).encode()))
    assert "isn't among yours" in json.dumps(rig.chat.modals[-1][1])
