"""What searching consists of."""

from dataclasses import dataclass

from services.search.finding import SearchService
from services.search.indexing import IndexService
from services.search.wishes import FindService


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchServices:
    index: IndexService
    search: SearchService
    finds: FindService
