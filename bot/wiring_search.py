"""Searching, put together: which store, which embeddings."""

from bot.adapters.clock import DatabaseClock, TimeOrderedIds
from bot.adapters.nano_embeddings import NanoEmbeddings
from bot.adapters.qdrant_store import QdrantStore
from bot.config import Settings
from db.session import Database
from services.model_calls import ModelCallService
from services.search.bundle import SearchServices
from services.search.finding import SearchService
from services.search.indexing import IndexService
from services.search.ports import Embeddings, VectorStore
from services.search.wishes import FindService


def vector_store(settings: Settings) -> QdrantStore:
    """Opened by whoever uses it first, which is the worker: a find is a job."""
    key = settings.qdrant_api_key
    return QdrantStore(
        url=settings.qdrant_url,
        api_key=key.get_secret_value() if key else None,
        path=settings.data_dir / "vectors",
    )


def embeddings(settings: Settings, clock: DatabaseClock) -> Embeddings:
    """The configured model, or the one that lies in its wheel."""
    if settings.embedding_model is None:
        return NanoEmbeddings()
    from bot.adapters.litellm_embeddings import LiteLLMEmbeddings  # noqa: PLC0415 - rarely wanted

    key = settings.llm_api_key
    return LiteLLMEmbeddings(
        settings.embedding_model,
        today=lambda: clock.now().date(),
        api_base=settings.llm_api_base,
        api_key=key.get_secret_value() if key else None,
    )


def search_services(
    database: Database,
    clock: DatabaseClock,
    ids: TimeOrderedIds,
    *,
    store: VectorStore,
    model: Embeddings,
    calls: ModelCallService,
) -> SearchServices:
    search = SearchService(database, clock, store, model, calls)
    return SearchServices(
        index=IndexService(database, clock, ids, store, model, calls),
        search=search,
        finds=FindService(database, clock, ids, search),
    )
