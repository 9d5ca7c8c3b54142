"""Summaries of accounts' past weeks and months, put together."""

from uuid import UUID

from bot.adapters.clock import DatabaseClock, TimeOrderedIds
from db.session import Database, Tx
from services.model_calls import ModelCallService
from services.ports import LanguageModel
from services.search.entries import enqueue
from services.summaries.making import Maker
from services.summaries.service import SummaryService
from services.types.search import SearchSource


def summary_service(
    database: Database,
    clock: DatabaseClock,
    ids: TimeOrderedIds,
    *,
    models: tuple[LanguageModel, LanguageModel],
    calls: ModelCallService,
) -> SummaryService:
    """`models`: the one that is asked, and the rules that write when it can't be."""

    async def searchable(tx: Tx, summary_id: UUID, account_id: UUID) -> None:
        await enqueue(tx, SearchSource.SUMMARY, summary_id, account_id, at=clock.now())

    return SummaryService(database, clock, ids, Maker(*models, calls), searchable)
