"""What models cost: our own table, because an unpriced call must never look free."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

_PER = Decimal(1_000_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """US dollars per million tokens, from a day on."""

    since: date
    tokens_in: Decimal
    tokens_out: Decimal


def _price(since: str, tokens_in: str, tokens_out: str) -> Price:
    return Price(
        since=date.fromisoformat(since),
        tokens_in=Decimal(tokens_in),
        tokens_out=Decimal(tokens_out),
    )


PRICES: dict[str, tuple[Price, ...]] = {
    "gpt-4o": (_price("2024-05-13", "5", "15"), _price("2024-10-02", "2.50", "10")),
    "gpt-4o-mini": (_price("2024-07-18", "0.15", "0.60"),),
    "gpt-4.1": (_price("2025-04-14", "2", "8"),),
    "gpt-4.1-mini": (_price("2025-04-14", "0.40", "1.60"),),
    "gpt-4.1-nano": (_price("2025-04-14", "0.10", "0.40"),),
    "claude-3-5-haiku": (_price("2024-12-03", "0.80", "4"),),
    "claude-sonnet-4": (_price("2025-05-14", "3", "15"),),
    "gemini-2.0-flash": (_price("2025-02-05", "0.10", "0.40"),),
    "gemini-2.5-flash": (_price("2025-06-17", "0.30", "2.50"),),
}
# Served from the operator's own machines: the tokens cost nothing that we could count.
_OWN_HARDWARE = frozenset({"ollama", "ollama_chat", "lm_studio", "llamafile"})


def cost(model: str, tokens_in: int, tokens_out: int, on: date) -> Decimal | None:
    """What a call cost in US dollars; None when the table doesn't know the model on that day."""
    provider, _, name = model.rpartition("/")
    if provider.partition("/")[0] in _OWN_HARDWARE:
        return Decimal(0)
    valid = [price for price in PRICES.get(_family(name), ()) if price.since <= on]
    if not valid:
        return None
    price = max(valid, key=lambda entry: entry.since)
    return (tokens_in * price.tokens_in + tokens_out * price.tokens_out) / _PER


def _family(name: str) -> str:
    """`gpt-4o-2024-08-06` is priced as `gpt-4o`; `gpt-4o-audio` is another model."""
    return name.partition("-20")[0]
