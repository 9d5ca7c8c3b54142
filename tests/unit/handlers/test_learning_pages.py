"""`/understudy me` and `team`: the answer, the windows, and one click's word on an outcome."""

import json
from uuid import UUID

from blocks.action_ids import ActionId
from blocks.learning_values import Label, Page
from blocks.values import Target
from services.errors import Conflict, Forbidden
from services.types.coaching import Opportunities
from tests.unit.handlers.slack_rig import Rig, click
from tests.unit.learning_view_factory import (
    make_example,
    make_label,
    make_labels,
    make_me,
    make_person_page,
    make_team,
)

OUTCOME = UUID(int=0x0C)
IN_WINDOW = {
    "view": {"id": "V1", "type": "modal", "callback_id": "told", "private_metadata": ""},
    "container": {"type": "view", "view_id": "V1"},
    "channel": None, "message": None, "response_url": None,
}  # fmt: skip


def shown(rig: Rig) -> str:
    return json.dumps(
        [rig.chat.modals, rig.chat.updated, rig.chat.told], default=str, ensure_ascii=False
    )


async def test_my_page_is_the_answer(rig: Rig) -> None:
    rig.book.answers["learning.me.page"] = make_me()
    status, body = await rig.command("me")
    assert (status, body["response_type"]) == (200, "ephemeral")
    assert "How your drafts fared" in json.dumps(body)
    assert not rig.chat.modals
    await rig.interact(click(ActionId.ME, "home"))
    await rig.interact(click(ActionId.HOW_COUNTED, "me"))
    assert "How your drafts fared" in shown(rig)
    assert "Wilson" in shown(rig)


async def test_the_teams_page_with_its_windows(rig: Rig) -> None:
    rig.book.answers |= {
        "learning.team.page": make_team(8), "learning.people.page": make_person_page(),
        "learning.people.coaching": Opportunities(compared=12, reps=3),
        "learning.people.example": make_example(),
    }  # fmt: skip
    _, body = await rig.command("team")
    assert [block["type"] for block in body["blocks"]].count("data_visualization") == 2
    await rig.interact(click(f"{ActionId.TEAM_TURN}#next", Page(page=1).encode()))
    assert rig.book.named("learning.team.page")[1][0][1] == 1
    assert rig.chat.told
    await rig.interact(click(ActionId.TEAM, Page().encode(), **IN_WINDOW))
    await rig.interact(click(f"{ActionId.TEAM_TURN}#next", Page(page=1).encode(), **IN_WINDOW))
    await rig.interact(click(ActionId.TEAM_WEEKS, "team"))
    person = Target(id=UUID(int=3))
    await rig.interact(click(f"{ActionId.PERSON}#0", person.encode()))
    assert rig.book.named("learning.people.page")[0][0][1] == person.id
    await rig.interact(click(ActionId.TEAM_COACHING, "team"))
    await rig.interact(click(f"{ActionId.EXAMPLE}#0", person.encode()))
    words = shown(rig)
    assert "here it is." in words
    assert "By name, not by how they did. 12 comparisons made over 3 people" in words
    assert "Week by week" in words
    assert "To talk about" in words


async def test_whoever_leads_nobody_is_told_why(rig: Rig) -> None:
    rig.book.errors["learning.team.page"] = [Forbidden("A team's figures are for whoever leads.")]
    _, body = await rig.command("team")
    assert "for whoever leads" in json.dumps(body)


async def test_one_click_says_what_came_of_it(rig: Rig) -> None:
    rig.book.answers |= {
        "learning.to_label.page": make_labels(make_label(said="yes", by="Maya")),
        "learning.to_label.label": "Noted: it came true.",
    }
    await rig.interact(click(ActionId.TO_LABEL, Page().encode()))
    yes = Label(id=OUTCOME, said="yes", page=1).encode()
    status, _ = await rig.interact(click(f"{ActionId.LABEL}#0", yes, **IN_WINDOW))
    assert status == 200
    (((_, outcome, word), more),) = rig.book.named("learning.to_label.label")
    assert (outcome, word) == (OUTCOME, "yes")
    assert more["command_id"]
    assert rig.book.named("learning.to_label.page")[1][0][1] == 1
    assert "Noted: it came true." in shown(rig)
    await rig.interact(click(f"{ActionId.TO_LABEL_TURN}#next", Page(page=2).encode(), **IN_WINDOW))
    assert rig.book.named("learning.to_label.page")[2][0][1] == 2


async def test_a_refused_word_is_told_where_it_was_said(rig: Rig) -> None:
    rig.book.answers["learning.to_label.page"] = make_labels()
    for error in (Conflict("Its time isn't over yet."), Forbidden("Only whose mail it was.")):
        rig.book.errors["learning.to_label.label"] = [error]
        no = Label(id=OUTCOME, said="no").encode()
        await rig.interact(click(f"{ActionId.LABEL}#1", no, **IN_WINDOW))
        assert str(error) in shown(rig)


async def test_what_nobody_could_click_does_nothing(rig: Rig) -> None:
    for value in ('{"id": "1", "said": "maybe"}', "", '{"said": "yes"}'):
        await rig.interact(click(f"{ActionId.LABEL}#0", value, **IN_WINDOW))
    await rig.interact(click(f"{ActionId.PERSON}#0", "everybody"))
    await rig.interact(click(ActionId.TEAM_TURN, '{"page": -1}'))
    assert not rig.book.named("learning.to_label.label")
    assert not rig.book.named("learning.people.page")
    assert not rig.book.named("learning.team.page")
