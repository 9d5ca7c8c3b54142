"""The two steps of making a persona, and who writes with it."""

from blocks.action_ids import CallbackId, FieldId
from blocks.modals import input_block, modal, text_field
from blocks.parts import Block, context, option, plain, section, short
from blocks.persona_words import HINTS, LABELS, STEPS, WORDS, step_of
from blocks.values import Target
from services.personas.texts import LONGEST_EXAMPLE, LONGEST_INSTRUCTIONS, LONGEST_NAME
from services.regions import REGIONS
from services.types.personas import PersonaFormView, PersonaPageView, Shaped
from services.types.style import Dial

EXAMPLES = (FieldId.EXAMPLE_1, FieldId.EXAMPLE_2, FieldId.EXAMPLE_3)
NO_REGION = "none"
STYLE_ONLY = (
    "Style only: how I sound. What is said, to whom, prices and what policy allows stay as they "
    "are."
)


def shape_modal(view: PersonaFormView) -> Block:
    """The first step: a name, four dials, a region."""
    name = text_field(FieldId.NAME, view.name, length=LONGEST_NAME)
    name["placeholder"] = plain("Calm and precise", 150)
    target = Target(id=view.persona_id, rev=view.version) if view.persona_id else None
    return modal(
        "Change the persona" if view.persona_id else "A new persona",
        [
            section("*How should I sound when I write for you?*  Step 1 of 2"),
            input_block(FieldId.NAME, "Name", name),
            *(_dial(dial, view.dials[dial]) for dial in Dial),
            input_block(FieldId.REGION, "Region of the customers", _region(view.region)),
            context(STYLE_ONLY),
        ],
        callback_id=CallbackId.PERSONA_SHAPE,
        target=target,
        submit="Next",
        close="Cancel",
    )


def voice_modal(shaped: Shaped) -> Block:
    """The second step: texts that sound right, and a word of one's own."""
    instructions = text_field(
        FieldId.INSTRUCTION,
        shaped.voice.instructions,
        multiline=True,
        length=LONGEST_INSTRUCTIONS,
    )
    instructions["placeholder"] = plain("Short paragraphs. British spelling.", 150)
    told = [section(f"*{short(shaped.told, 200)}*")] if shaped.told else []
    return modal(
        "Your own voice",
        [
            section("*Show me how you write.*  Step 2 of 2; all of it is optional."),
            *told,
            *(
                _example(field, number, shaped.voice.examples)
                for number, field in enumerate(EXAMPLES)
            ),
            input_block(FieldId.INSTRUCTION, "In your own words", instructions, optional=True),
            context(
                "From the examples I take the tone, nothing they say. A sentence about prices, "
                "recipients or rules has no effect, and I show you which."
            ),
        ],
        callback_id=CallbackId.PERSONA_VOICE,
        target=Target(id=shaped.persona_id, rev=shaped.version),
        submit="Write samples",
        close="Later",
    )


def assign_modal(view: PersonaPageView) -> Block:
    """Exactly these people write with it."""
    people: Block = {
        "type": "multi_users_select",
        "action_id": FieldId.PEOPLE,
        "placeholder": plain("Choose people", 150),
    }
    if view.user_slack_ids:
        people["initial_users"] = list(view.user_slack_ids)
    return modal(
        "Who writes with it",
        [
            section(f"*{short(view.card.name)}*"),
            input_block(FieldId.PEOPLE, "I write this way for", people, optional=True),
            context(
                "Everybody has one persona at most: this one takes the place of another. Whoever "
                "is added or taken off is told once."
            ),
        ],
        callback_id=CallbackId.PERSONA_ASSIGN,
        target=Target(id=view.card.persona_id, rev=view.card.version),
        submit="Save",
        close="Cancel",
    )


def _dial(dial: Dial, value: float) -> Block:
    field = FieldId(dial.value)
    options = [option(words, str(step)) for words, step in zip(WORDS[dial], STEPS, strict=True)]
    element: Block = {
        "type": "static_select",
        "action_id": field,
        "options": options,
        "initial_option": options[step_of(value)],
    }
    return {**input_block(field, LABELS[dial], element), "hint": plain(HINTS[dial], 2000)}


def _region(chosen: str | None) -> Block:
    nowhere = option("None: as each customer writes", NO_REGION)
    options = [nowhere, *(option(region.name, key) for key, region in REGIONS.items())]
    initial = next((one for one in options if one["value"] == chosen), nowhere)
    return {
        "type": "static_select",
        "action_id": FieldId.REGION,
        "options": options,
        "initial_option": initial,
    }


def _example(field: FieldId, number: int, examples: tuple[str, ...]) -> Block:
    text = examples[number] if number < len(examples) else ""
    element = text_field(field, text, multiline=True, length=LONGEST_EXAMPLE)
    if number == 0:
        element["placeholder"] = plain("A mail of yours that sounds right", 150)
    return input_block(field, f"Example {number + 1}", element, optional=True)
