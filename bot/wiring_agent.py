"""The agent of the direct message, put together."""

from bot.adapters.clock import DatabaseClock, TimeOrderedIds
from db.session import Database
from services.account_view.service import AccountViewService
from services.agent import AgentService
from services.agent_looking import Composer, Finder, Looking
from services.audit import AuditService
from services.model_calls import ModelCallService
from services.ports import LanguageModel


def agent_service(
    database: Database,
    clock: DatabaseClock,
    ids: TimeOrderedIds,
    audit: AuditService,
    *,
    models: tuple[LanguageModel, LanguageModel],
    calls: ModelCallService,
    accounts: AccountViewService,
    composer: Composer | None = None,
    finder: Finder | None = None,
) -> AgentService:
    """`models`: the one that answers, and the rules that do when it can't. With a `composer`,
    drafts can be begun from a question; with a `finder`, what was said be looked for."""
    model, offline = models
    looking = Looking(database, clock, model, offline, calls, accounts, composer, finder)
    return AgentService(database, clock, ids, audit, looking)
