"""The account that words mean: exactly, as the only one they fit, or as the nearest."""

from collections.abc import Sequence
from difflib import get_close_matches
from uuid import UUID

from db import compose as rows
from db import customers
from db.models.customers import Account
from db.session import ReadTx
from services.errors import InvalidInput, NotFound

SHOWN = 6
START = 2
CLOSE = 0.75


async def accounts_meant(tx: ReadTx, words: str, only: UUID | None = None) -> Sequence[Account]:
    """One account when the words name it (or what became part of it), several when they fit
    several, none when none. `only`: among those this member may see."""
    found = await customers.search_accounts(tx, words, SHOWN, only=only)
    exact = [account for account in found if account.name.lower() == words.lower()]
    if exact:
        return exact[:1]
    former = await customers.find_by_former_name(tx, words, only=only)
    if former is not None or found:
        return (former,) if former is not None else found
    if len(words) <= START:
        return ()
    near = {a.name.lower(): a for a in await rows.list_account_names(tx, words[:START], only=only)}
    close = get_close_matches(words.lower(), near, n=SHOWN, cutoff=CLOSE)
    # `Castelan` leaves out the rest of the name: the beginning counts as well.
    heads = {name[: len(words)]: account for name, account in near.items()}
    return [near[name] for name in close] or [
        heads[name] for name in get_close_matches(words.lower(), heads, n=SHOWN, cutoff=CLOSE)
    ]


async def the_account(tx: ReadTx, words: str, only: UUID | None = None) -> Account:
    """The one account; the refusal names the choices."""
    found = await accounts_meant(tx, words, only)
    if not found:
        where = " among yours" if only else ""
        raise NotFound(f"I know no account like “{words[:80]}”{where}.")
    if len(found) > 1:
        names = ", ".join(account.name for account in found[:5])
        raise InvalidInput(f"Several accounts fit: {names}. Which one?")
    return found[0]
