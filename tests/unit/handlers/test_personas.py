"""`/understudy persona` at the edge: which window opens, and what is asked of the business."""

import json
from typing import Any
from uuid import UUID

import pytest

from blocks.action_ids import ActionId, CallbackId
from blocks.lint import view_faults
from blocks.values import Target
from services.errors import Forbidden, InvalidInput
from services.types.personas import (
    PersonaFormView,
    PersonaListView,
    PersonaShape,
    PersonaVoice,
    Shaped,
)
from services.types.style import Dial
from tests.fakes.verbs import MAYA
from tests.unit.handlers.slack_rig import Rig, click, submission
from tests.unit.view_factory import make_reader

PERSONA = UUID(int=91)
STEPS = dict.fromkeys(Dial, 0.25)


@pytest.fixture(autouse=True)
def _business(rig: Rig) -> None:
    rig.book.answers |= {
        "workspaces.find": MAYA.tenant_id,
        "personas.reads.form": PersonaFormView(dials=dict.fromkeys(Dial, 0.5)),
        "personas.reads.overview": PersonaListView(
            reader=make_reader(), own=None, lines=(), total=0, leads=False
        ),
        "personas.making.shape": Shaped(persona_id=PERSONA, version=1, voice=PersonaVoice()),
        "personas.making.voice": "I'm writing a mail and a chat message.",
        "personas.giving.assign": "Done.",
        "personas.making.activate": "“Calm” is active.",
        "personas.giving.remove": "“Calm” is deleted.",
    }


def filled(callback: str, metadata: str = "", **fields: Any) -> dict[str, Any]:
    sent = submission(callback, metadata)
    sent["view"]["state"]["values"] = {
        name: {name: {"type": "x", "selected_option": {"value": value}}}
        if name in {dial.value for dial in Dial} | {"region"}
        else {name: {"type": "plain_text_input", "value": value}}
        for name, value in fields.items()
    }
    return sent


def shape_fields(**more: str) -> dict[str, str]:
    return {dial.value: "0.25" for dial in Dial} | {"name": "Calm", "region": "none"} | more


@pytest.mark.parametrize(
    ("words", "title"), [("persona", "Personas"), ("persona new", "A new persona")]
)
async def test_the_command_opens_a_window(rig: Rig, words: str, title: str) -> None:
    await rig.command(words)
    ((_, view, _),) = rig.chat.modals
    assert view["title"]["text"] == title
    assert view_faults(view) == []


async def test_home_leads_to_the_list(rig: Rig) -> None:
    await rig.interact(click(ActionId.PERSONAS, "home"))
    ((_, view, _),) = rig.chat.modals
    assert view["title"]["text"] == "Personas"


async def test_the_first_step_leads_to_the_second(rig: Rig) -> None:
    _, answer = await rig.interact(filled(CallbackId.PERSONA_SHAPE, **shape_fields(region="dach")))
    assert answer["response_action"] == "update"
    assert answer["view"]["callback_id"] == CallbackId.PERSONA_VOICE
    assert answer["view"]["private_metadata"] == Target(id=PERSONA, rev=1).encode()
    ((args, given),) = rig.book.named("personas.making.shape")
    assert args[1] == PersonaShape(name="Calm", dials=STEPS, region="dach")
    assert (given["persona_id"], given["seen"]) == (None, 0)


async def test_a_change_names_the_version_that_was_seen(rig: Rig) -> None:
    known = Target(id=PERSONA, rev=4).encode()
    await rig.interact(filled(CallbackId.PERSONA_SHAPE, known, **shape_fields()))
    ((args, given),) = rig.book.named("personas.making.shape")
    assert args[1].region == ""
    assert (given["persona_id"], given["seen"]) == (PERSONA, 4)


async def test_what_is_refused_stands_at_its_field(rig: Rig) -> None:
    rig.book.errors["personas.making.shape"].append(InvalidInput("Taken.", field="name"))
    _, answer = await rig.interact(filled(CallbackId.PERSONA_SHAPE, **shape_fields()))
    assert answer == {"response_action": "errors", "errors": {"name": "Taken."}}
    _, answer = await rig.interact(
        filled(CallbackId.PERSONA_SHAPE, **shape_fields(formality="loud"))
    )
    assert list(answer["errors"]) == ["formality"]


async def test_the_second_step_asks_for_samples(rig: Rig) -> None:
    sent = filled(
        CallbackId.PERSONA_VOICE,
        Target(id=PERSONA, rev=1).encode(),
        example_1="Hej Anna",
        example_2="",
        instruction="Be brief.",
    )
    _, answer = await rig.interact(sent)
    assert "I'm writing a mail" in json.dumps(answer)
    ((args, given),) = rig.book.named("personas.making.voice")
    assert args[1:] == (
        PERSONA,
        PersonaVoice(examples=("Hej Anna", "", ""), instructions="Be brief."),
    )
    assert given["seen"] == 1


@pytest.mark.parametrize(
    ("action", "verb"),
    [
        (ActionId.PERSONA_ACTIVATE, "making.activate"),
        (ActionId.PERSONA_DISCARD, "making.discard"),
        (ActionId.PERSONA_SAMPLES, "making.write_samples"),
        (ActionId.PERSONA_USE, "giving.use"),
        (ActionId.PERSONA_DELETE, "giving.remove"),
    ],
)
async def test_a_button_calls_one_verb(rig: Rig, action: str, verb: str) -> None:
    status, _ = await rig.interact(click(action, Target(id=PERSONA, rev=3).encode()))
    assert status == 200
    ((args, _),) = rig.book.named(f"personas.{verb}")
    assert args[1] == PERSONA


async def test_a_refusal_is_told(rig: Rig) -> None:
    rig.book.errors["personas.giving.remove"].append(Forbidden("Somebody else's."))
    await rig.interact(click(ActionId.PERSONA_DELETE, Target(id=PERSONA).encode()))
    assert "Somebody else's." in json.dumps(rig.chat.told, default=str)
