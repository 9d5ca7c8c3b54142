"""Personas: put together."""

from bot.adapters.clock import DatabaseClock, TimeOrderedIds
from db.session import Database
from handlers.personas_verbs import PersonaVerbs
from services.audit import AuditService
from services.model_calls import ModelCallService
from services.personas.bundle import PersonaServices
from services.personas.giving import PersonaGiving
from services.personas.making import PersonaMaking
from services.personas.previewing import PersonaPreviews
from services.personas.views import PersonaViews
from services.ports import LanguageModel


def persona_services(
    database: Database,
    clock: DatabaseClock,
    ids: TimeOrderedIds,
    audit: AuditService,
    *,
    models: tuple[LanguageModel, LanguageModel],
    calls: ModelCallService,
) -> PersonaServices:
    """`models`: the one that is configured, and the offline rules."""
    model, offline = models
    return PersonaServices(
        making=PersonaMaking(database, clock, ids, audit),
        giving=PersonaGiving(database, clock, ids, audit),
        previews=PersonaPreviews(database, clock, ids, model, offline, calls),
        views=PersonaViews(database, clock),
    )


def persona_verbs(services: PersonaServices) -> PersonaVerbs:
    """What the edge may ask of them."""
    return PersonaVerbs(making=services.making, giving=services.giving, reads=services.views)
