"""The style a member writes in: an activated persona as a prompt and the offline rules take it."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from db import personas as rows
from db.models.personas import Persona
from db.session import ReadTx
from services.personas.texts import example_in_effect, in_effect
from services.types.style import MIDDLE, Dial, Style

DELETED = "deleted"


async def style_for(tx: ReadTx, member_id: UUID) -> Style | None:
    """How this member's mails are to sound; None for those who have no active persona."""
    persona = await rows.persona_of(tx, member_id)
    if persona is None or persona.active_version is None:
        return None
    return style_of(persona.id, persona.active_version, persona.active)


async def is_withdrawn(tx: ReadTx, style: Style | None) -> bool:
    """Whether the persona a text was written with has been deleted meanwhile."""
    persona = await rows.get_persona(tx, style.persona_id) if style is not None else None
    return style is not None and (persona is None or persona.status == DELETED)


def style_of(persona_id: UUID, version: int, fields: Mapping[str, Any]) -> Style:
    """What has an effect of these fields (`fields_of`), and no word besides."""
    examples = (example_in_effect(text)[0] for text in fields.get("examples", ()))
    return Style(
        persona_id=persona_id,
        version=version,
        **{dial.value: float(fields.get(dial.value, MIDDLE)) for dial in Dial},
        region=fields.get("region"),
        instructions=in_effect(str(fields.get("instructions", "")))[0],
        examples=tuple(text for text in examples if text),
    )


def fields_of(persona: Persona) -> dict[str, Any]:
    """What decides how it sounds, as it is kept when it is activated. Its name doesn't."""
    return {
        **{dial.value: getattr(persona, dial.value) for dial in Dial},
        "region": persona.region,
        "examples": list(persona.examples),
        "instructions": persona.instructions,
    }


def waits(persona: Persona) -> bool:
    """Whether it is another one than what is active."""
    return persona.status != DELETED and (
        persona.active_version is None or fields_of(persona) != persona.active
    )
