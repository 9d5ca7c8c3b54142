"""Personas on screen: within Slack's limits, inert, and saying what a button will do."""

import json
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from blocks.lint import faults, view_faults
from blocks.persona import persona_card, persona_text
from blocks.persona_forms import assign_modal, shape_modal, voice_modal
from blocks.persona_pages import figures_words, list_blocks, list_modal, page_modal
from blocks.persona_words import STEPS, WORDS, sounds, step_of
from services.intervals import share_of
from services.personas.texts import LONGEST_EXAMPLE, LONGEST_INSTRUCTIONS, PRICES
from services.types.personas import (
    NoEffect,
    PersonaCardView,
    PersonaFigures,
    PersonaFormView,
    PersonaLine,
    PersonaListView,
    PersonaPageView,
    PersonaVoice,
    Samples,
    Shaped,
)
from services.types.style import Dial
from tests.unit.view_factory import make_reader

EVIL = "<!channel> *bold* <https://evil.example|click> & \u202e\0" * 9
ID = UUID(int=7)
MIDDLE = dict.fromkeys(Dial, 0.5)
SAMPLES = Samples(
    subject="Re: Demo", mail="Dear Carla,\n\nof course.", chat="Sure.", model="m", offline=False
)


def card(**more: Any) -> PersonaCardView:
    base = {
        "reader": make_reader(),
        "persona_id": ID,
        "version": 2,
        "name": "Calm and precise",
        "state": "draft",
        "waits": True,
        "preview": "ready",
        "failure": "",
        "samples": SAMPLES,
        "dials": MIDDLE | {Dial.FORMALITY: 1.0},
        "region": "DACH",
        "no_effect": (),
        "made_by": "Maya Lindt",
        "removed_by": None,
        "users": (),
        "reader_uses": False,
        "may_change": True,
        "may_assign": False,
        "active_version": None,
    }
    return PersonaCardView(**(base | more))


def buttons(blocks: list[dict[str, Any]]) -> list[str]:
    found = [part for one in blocks if one["type"] == "actions" for part in one["elements"]]
    return [part["text"]["text"] for part in found]


EVERYTHING = card(
    name=EVIL,
    samples=replace(SAMPLES, subject=EVIL, mail=EVIL * 40, chat=EVIL * 40, model=EVIL),
    failure=EVIL,
    region=EVIL,
    no_effect=tuple(NoEffect(words=EVIL, why=PRICES) for _ in range(9)),
    made_by=EVIL,
    removed_by=EVIL,
    users=(EVIL,) * 30,
    active_version=1,
)
CARDS = [
    replace(
        EVERYTHING, state=state, waits=waits, preview=preview, may_change=mine, reader_uses=uses
    )
    for state in ("draft", "active", "deleted")
    for waits in (True, False)
    for preview in ("none", "asked", "ready", "failed")
    for mine, uses in ((True, False), (False, True), (False, False))
]


def test_every_card_is_within_slacks_limits_and_inert() -> None:
    for view in CARDS:
        blocks = persona_card(view)
        assert faults(blocks, text=persona_text(view)) == [], view
        marked = json.dumps([one for one in blocks if one["type"] != "rich_text"])
        assert "<!channel>" not in marked
        assert "<https://evil" not in marked


def test_the_samples_ask_for_a_decision() -> None:
    blocks = persona_card(card(no_effect=(NoEffect(words="Offer 10 %.", why=PRICES),)))
    text = json.dumps(blocks, ensure_ascii=False)
    assert buttons(blocks) == ["Activate", "Change", "Discard"]
    for part in ("“Calm and precise”: does this sound right?", "Sounds formal · DACH",
                 "Dear Carla,", "“Offer 10 %.” Prices, discounts and terms are decided",
                 "Written by m to a made-up customer."):  # fmt: skip
        assert part in text


def test_while_another_version_is_active_that_goes_on() -> None:
    text = json.dumps(persona_card(card(state="active", active_version=1)))
    assert "Until you activate it, the earlier version goes on." in text


@pytest.mark.parametrize(
    ("more", "head", "does"),
    [
        ({"preview": "asked", "samples": None}, "I'm writing two samples", ["Change", "Discard"]),
        ({"preview": "failed", "samples": None, "failure": "The model is away."}, "no samples yet",
         ["Try again", "Change", "Discard"]),
        ({"preview": "none", "samples": None}, "isn't finished yet",
         ["Write samples", "Change", "Discard"]),
        ({"waits": False, "state": "active"}, "is active",
         ["Write with it", "Change", "Look at it"]),
        ({"waits": False, "state": "active", "reader_uses": True}, "is active",
         ["Change", "Look at it"]),
        ({"waits": False, "state": "active", "may_assign": True}, "is active",
         ["Who writes with it", "Change", "Look at it"]),
        ({"state": "deleted"}, "is gone", []),
        ({"may_change": False, "reader_uses": True, "waits": False}, "I write for you as",
         ["Look at it", "Write without it"]),
        ({"may_change": False}, "isn't yours now", []),
    ],
)  # fmt: skip
def test_each_state_says_what_it_is_and_what_may_be_done(
    more: dict[str, Any], head: str, does: list[str]
) -> None:
    view = card(**more)
    assert head in persona_text(view)
    assert buttons(persona_card(view)) == does


def test_rules_that_wrote_the_samples_say_so() -> None:
    text = json.dumps(persona_card(card(samples=replace(SAMPLES, offline=True))))
    assert "No model is configured. So rules wrote these" in text
    used_up = replace(SAMPLES, offline=True, why="The budget is used up.")
    assert "The budget is used up. So rules" in json.dumps(persona_card(card(samples=used_up)))


def test_the_form_has_five_steps_with_words_for_each_dial() -> None:
    view = shape_modal(PersonaFormView(dials=MIDDLE))
    assert view_faults(view) == []
    chosen = {
        one["block_id"]: one["element"]["initial_option"]["text"]["text"]
        for one in view["blocks"]
        if one.get("element", {}).get("type") == "static_select"
    }
    assert chosen == {
        "formality": "3 · In between",
        "aggressiveness": "3 · Steady, one clear next step",
        "technical_depth": "3 · As technical as they are",
        "relationship_focus": "3 · Friendly, briefly",
        "region": "None: as each customer writes",
    }
    assert all(len(words) == len(STEPS) == 5 for words in WORDS.values())
    assert [step_of(value) for value in (0.0, 0.3, 0.5, 0.7, 1.0)] == [0, 1, 2, 3, 4]
    changed = shape_modal(
        PersonaFormView(persona_id=ID, version=3, name=EVIL, dials=MIDDLE, region="japan")
    )
    assert view_faults(changed) == []
    assert '"Japan"' in json.dumps(changed["blocks"][-2]["element"]["initial_option"])


def test_the_second_step_and_who_writes_with_it() -> None:
    voice = PersonaVoice(
        examples=("x" * LONGEST_EXAMPLE,) * 3, instructions="y" * LONGEST_INSTRUCTIONS
    )
    told = "I don't know the region “Atlantis”, so none is set."
    shaped = voice_modal(Shaped(persona_id=ID, version=1, voice=voice, told=told))
    assert view_faults(shaped) == []
    assert "Atlantis" in json.dumps(shaped)
    page = PersonaPageView(
        card=EVERYTHING,
        figures=FIGURES,
        instructions=EVIL * 9,
        examples=("a", "b"),
        user_slack_ids=("U1",),
    )
    assert view_faults(assign_modal(page)) == []
    shown = page_modal(replace(page, card=replace(EVERYTHING, may_assign=True)))
    assert view_faults(shown) == []
    assert buttons(shown["blocks"])[-1] == "Delete"
    asks = shown["blocks"][-1]["elements"][-1]["confirm"]
    assert asks["text"]["text"].endswith("What was written with it stays.")


FIGURES = PersonaFigures(
    drafts=40,
    unchanged=share_of(25, 36),
    edited=share_of(8, 36),
    rejected=share_of(3, 36),
    answered=share_of(4, 9),
    undone=1,
)


def test_figures_name_their_sample_and_few_say_too_few() -> None:
    assert figures_words(FIGURES).splitlines() == [
        "*How it goes*",
        "40 drafts, 36 decided on, 1 undone",
        "Sent as written: 25 of 36 (69 %, 53 to 82 %)",
        "Sent after a change: 8 of 36 (22 %, 12 to 38 %)",
        "Rejected: 3 of 36 (8 %, 3 to 22 %)",
        "Answered within 7 days: 4 of 9, too few to tell",
    ]
    none = replace(FIGURES, drafts=0)
    assert figures_words(none).endswith("Nothing has been written with it yet.")
    nobody = share_of(0, 0)
    fresh = PersonaFigures(
        drafts=1, unchanged=nobody, edited=nobody, rejected=nobody, answered=nobody, undone=0
    )
    assert figures_words(fresh).splitlines()[1:] == ["1 draft, none decided on", "Too few to tell."]


def test_the_list_names_the_readers_own_first() -> None:
    line = PersonaLine(
        persona_id=ID,
        name=EVIL,
        state="active",
        waits=True,
        dials=MIDDLE,
        region=None,
        made_by="Maya",
        users=("Maya", "Jonas"),
    )
    empty = PersonaListView(reader=make_reader(), own=None, lines=(), total=0, leads=False)
    assert "I write for you without a persona" in json.dumps(list_blocks(empty))
    full = PersonaListView(reader=make_reader(), own=line, lines=(line,) * 15, total=22, leads=True)
    for view in (empty, full):
        assert view_faults(list_modal(view)) == []
        assert faults(list_blocks(view), text="Personas") == []
    assert "7 more are not shown." in json.dumps(list_blocks(full))


def test_how_it_sounds_in_a_line() -> None:
    ends = {
        Dial.FORMALITY: 1.0,
        Dial.AGGRESSIVENESS: 0.0,
        Dial.TECHNICAL_DEPTH: 0.71,
        Dial.RELATIONSHIP_FOCUS: 0.29,
    }
    assert sounds(ends, "Nordics") == "formal · patient · technical · to the matter · Nordics"
    assert sounds(MIDDLE, None) == "in the middle in everything"
