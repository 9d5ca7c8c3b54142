"""Summaries of accounts' past weeks and months, put together."""

from bot.adapters.clock import DatabaseClock, TimeOrderedIds
from db.session import Database
from services.model_calls import ModelCallService
from services.ports import LanguageModel
from services.summaries.making import Maker
from services.summaries.service import SummaryService


def summary_service(
    database: Database,
    clock: DatabaseClock,
    ids: TimeOrderedIds,
    *,
    models: tuple[LanguageModel, LanguageModel],
    calls: ModelCallService,
) -> SummaryService:
    """`models`: the one that is asked, and the rules that write when it can't be."""
    return SummaryService(database, clock, ids, Maker(*models, calls))
