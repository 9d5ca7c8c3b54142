"""What must not grow with an account's past: the tokens a model is told of it."""

from db.session import Database
from services.offline.model import OfflineModel
from services.summaries.history import BUDGET
from tests.bench.report import Row
from tests.bench.world import House
from tests.integration.services.past import open_past

YEAR, MORE = 365, 10
PACE = 400
"""Mails a year: one or two a working day."""


async def measure_history(house: House) -> list[Row]:
    """Through the jobs, with the rules' own lines: an account of a year, one ten times as old, and
    one that wrote ten times as much in the same year."""
    database = Database(house.embedded.runtime_url)
    base = await _tokens(database, PACE, YEAR)
    rows = [
        _row("as long", await _tokens(database, MORE * PACE, MORE * YEAR), base),
        _row("as much", await _tokens(database, MORE * PACE, YEAR), base),
    ]
    await database.close()
    return rows


def _row(how: str, tokens: int, base: int) -> Row:
    return Row(
        name=f"an account's history for a model, {MORE} times {how}",
        unit="tokens",
        ours=(tokens,),
        theirs=(base,),
        beside=f"{PACE} mails in one year; either may take {BUDGET:,}",
        means="What a model is told of an account's past: recent weeks word for word, what lies "
        "before in summaries of weeks and months, within a fixed number of tokens.",
        budget=1.2,
    )


async def _tokens(database: Database, mails: int, days: int) -> int:
    past = await open_past(database, model=OfflineModel())
    await past.fill(mails, days)
    await past.make_all()
    return (await past.history()).tokens
