"""/api and its tokens, put together."""

from collections.abc import Mapping

from aiohttp import web

from db.session import Database
from handlers.api import PREFIX, api_app
from handlers.learning_api import LearningApi
from handlers.learning_stream import LearningStream
from services.api.bundle import ApiServices
from services.api.saying import SayingService
from services.api.summary import SummaryService
from services.api.tokens import TokenService
from services.api.watching import FiguresWatch
from services.audit import AuditService
from services.feedback import FeedbackService
from services.ports import Clock, Ids
from services.vault import Vault


def api_services(
    database: Database,
    clock: Clock,
    ids: Ids,
    audit: AuditService,
    *,
    vault: Vault,
) -> ApiServices:
    return ApiServices(
        saying=SayingService(db=database, feedback=FeedbackService(database, clock, ids, audit)),
        summaries=SummaryService(db=database, clock=clock, ids=ids),
        tokens=TokenService(db=database, clock=clock, ids=ids, audit=audit, vault=vault),
        watch=FiguresWatch(db=database),
    )


def api_doors(services: ApiServices, clock: Clock) -> Mapping[str, web.Application]:
    """What stands behind /api, by its prefix."""
    api = LearningApi(summaries=services.summaries, saying=services.saying)
    stream = LearningStream(
        tokens=services.tokens, summaries=services.summaries, watch=services.watch
    )
    routes = [*api.routes(), *stream.routes()]
    return {PREFIX: api_app(services.tokens, clock, routes, services.watch.close)}
