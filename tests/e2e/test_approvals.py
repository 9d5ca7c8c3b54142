"""An approval from the request to its effect, by those who are asked, in a running workspace."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.e2e.people import Person, elements, person, value_of, words
from tests.e2e.rig import Json, Rig, rig

TITLE = "12 % discount for Arden Biologics"


class Office:
    """Maya asks; Victor is the VP of sales, Elena the CFO, Noor leads support."""

    def __init__(self, made: Rig) -> None:
        def at(user: str, name: str) -> Person:
            return person(made, user, f"{name}@brightpath.example")

        self.rig = made
        self.maya = at("U0MAYAOKA", "maya")
        self.victor = at("U0VICTORH", "victor")
        self.elena = at("U0ELENACO", "elena")
        self.noor = at("U0NOORAAB", "noor")

    def amount(self, deal: str) -> Any:
        return self.rig.db.value("select amount from deals where name=$1", deal)


@pytest.fixture(scope="module")
def office() -> Iterator[Office]:
    """A workspace of its own: other tests count what leaves the system mailbox."""
    with rig() as made:
        yield Office(made)


def top(who: Person) -> Json:
    return who.rig.until(lambda: (who.modals() or [None])[-1], 5, "a modal")


def choose(who: Person, view: Json, action_id: str, block_id: str, typed: str) -> Json:
    """The first entry an external select offers for what was typed."""
    answer = who.rig.post(
        "/ui/slack/options",
        {
            "user": who.id,
            "view_id": view["id"],
            "action_id": action_id,
            "block_id": block_id,
            "value": typed,
        },
    )
    return {block_id: {action_id: {"selected_option": answer["body"]["options"][0]}}}


def send(who: Person, view: Json, values: Json) -> Json:
    body = {"user": who.id, "view_id": view["id"], "values": values}
    return who.rig.post("/ui/slack/submit", body)


def typed(**fields: str) -> Json:
    return {name: {name: {"value": value}} for name, value in fields.items()}


def preset(view: Json, text: str) -> Json:
    found = next(e for e in elements(view["blocks"]) if e["action_id"] == "preset")
    chosen = next(option for option in found["options"] if option["text"]["text"] == text)
    return {"preset": {"preset": {"selected_option": chosen}}}


def pick(who: Person, card: Json, do: str) -> Json:
    """An entry of the card's menu; the window it opens."""
    menu = next(e for e in elements(card["blocks"]) if e["action_id"] == "approval.more")
    entry = next(option for option in menu["options"] if do in option["value"])
    assert who.press(card, "approval.more", selected_option=entry)["status"] == 200
    return top(who)


def ask(office: Office, type_: str, account: str, **fields: str) -> Json:
    """Ask by the command; what the window says afterwards."""
    office.maya.use(f"request {type_} {account}")
    view = top(office.maya)
    answer = send(office.maya, view, typed(**fields))
    assert answer["status"] == 200, answer
    told = top(office.maya)
    office.maya.close(told)
    return told


def test_request_question_delegate_conditions_effect(office: Office) -> None:
    maya, victor, elena = office.maya, office.victor, office.elena
    told = ask(office, "discount", "Arden", percentage="12", reason="Kestrel is 15 % cheaper")
    assert "Victor Hahn" in words(told)
    mine = maya.card(f"You asked: {TITLE}", "Victor Hahn (VP of sales) has it until")
    assert maya.has(mine, "approval.withdraw")

    card = victor.card(f"Maya Okafor asks: {TITLE}", "$132,000 → ", "$116,160")
    send(victor, pick(victor, card, "approval.ask"), typed(question="For two years?"))
    asked = maya.card(TITLE, "For two years?", "no answer yet")
    send(maya, maya.opened(asked, "approval.answer"), typed(answer="If the price holds."))
    card = victor.card(TITLE, "If the price holds.")

    view = pick(victor, card, "approval.delegate")
    values = choose(victor, view, "delegate.to", "to", "elena") | typed(note="At the fair")
    send(victor, view, values)
    card = elena.card(TITLE, "you decide for Victor Hahn", "At the fair")
    maya.card(TITLE, "Elena Costa has it until")

    view = elena.opened(card, "approval.conditions")
    assert "$116,160" in words(view)
    refused = send(elena, view, typed(conditions="Two-year term"))
    assert list(refused["body"]["errors"]) == ["reason"]
    send(elena, view, preset(view, "Meets a competing offer"))

    for who in (maya, victor, elena):
        who.card(
            TITLE, "Elena Costa approved this for Victor Hahn", "• Two-year term", "In effect."
        )
    assert office.amount("Arden cold chain") == 116160
    granted = "select conditions::text from concessions"
    assert office.rig.db.value(granted) == '["Two-year term"]'
    assert TITLE in words(maya.use("approvals decided")["response"])


def test_an_old_button_and_a_stranger_change_nothing(office: Office) -> None:
    maya, victor, noor = office.maya, office.victor, office.noor
    ask(office, "discount", "Verity", percentage="11", reason="To close this year")
    title = "11 % discount for Verity Health Group"
    card = victor.card(title)
    old = value_of(card, "approval.approve")
    # Somebody else's button, pressed from a forged screen.
    noor.use("help")
    click = victor_click(victor, card) | {"user": {"id": noor.id}}
    assert noor.replay(click, "approval.approve", old) == 200
    assert "Victor Hahn may decide this." in heard(victor)
    maya.press(maya.card(f"You asked: {title}"), "approval.withdraw")
    victor.card(title, "Maya Okafor took it back")
    assert victor.replay(victor.last_click(), "approval.approve", old) == 200
    assert "took it back" in heard(victor)
    assert victor.modals() == []
    assert office.amount("Verity system-wide rollout") == 210000


def victor_click(victor: Person, card: Json) -> Json:
    """A real click of his, to be forged from."""
    victor.close(pick(victor, card, "approval.about"))
    return victor.last_click()


def heard(who: Person) -> str:
    return "\n".join(words(message) for message in who.whispers())


def test_numbers_that_make_no_sense_are_told_at_their_field(office: Office) -> None:
    office.maya.use("request discount Kestrel")
    view = top(office.maya)
    for value, says in (
        ("150", "100"),
        ("-3", "more than 0"),
        ("NaN", "number"),
        ("1e9", "number"),
    ):
        answer = send(office.maya, view, typed(percentage=value, reason="Because"))
        assert says in answer["body"]["errors"]["percentage"], (value, answer)
    both = send(office.maya, view, typed(percentage="5", amount="100"))
    assert "not both" in both["body"]["errors"]["amount"]
    office.maya.close(view)
    asked = "select count(*) from approval_requests where reason='Because'"
    assert office.rig.db.value(asked) == 0


def test_the_home_tab_lists_and_filters(office: Office) -> None:
    maya = office.maya
    ask(office, "refund", "Northwind", amount="450", reason="Billed twice")
    maya.open_home()
    home = office.rig.until(maya.home, 10, "the Home tab is published")
    choice = next(e for e in elements(home["blocks"]) if e["action_id"] == "queue.home")
    asked = next(option for option in choice["options"] if option["value"] == "asked")
    answer = office.rig.post(
        "/ui/slack/action",
        {
            "user": maya.id,
            "view_id": home["id"],
            "action_id": "queue.home",
            "selected_option": asked,
        },
    )
    assert answer["status"] == 200, answer
    office.rig.until(
        lambda: "$450 refund for Northwind Freight" in words(maya.home()), 10, "the list changed"
    )


def test_an_absence_hands_over_what_waits(office: Office) -> None:
    victor = office.victor
    ask(office, "discount", "Kestrel", percentage="14", reason="Last one this quarter")
    title = "14 % discount for Kestrel Aviation Services"
    victor.card(title)
    victor.use("approvals away")
    view = top(victor)
    send(victor, view, choose(victor, view, "delegate.to", "delegate", "elena"))
    assert "Elena Costa" in words(top(victor))
    victor.close(top(victor))
    office.elena.card(title, "you decide for Victor Hahn")
    assert "out of office" in words(victor.use("approvals")["response"])
