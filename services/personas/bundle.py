"""The services of personas; one field each."""

from dataclasses import dataclass

from services.personas.giving import PersonaGiving
from services.personas.making import PersonaMaking
from services.personas.previewing import PersonaPreviews
from services.personas.views import PersonaViews


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonaServices:
    making: PersonaMaking
    giving: PersonaGiving
    previews: PersonaPreviews
    views: PersonaViews
