"""Half a year of a workspace whose model is too sure of itself. Made from a seed."""

import random
from collections.abc import Iterator

from tests.integration.services.autonomy.ninety_script import (
    ACCOUNTS,
    HOURS,
    QUESTIONS,
    WORKDAYS,
    Deed,
)

DAYS = 182
STATES, TRUE = 0.9, 0.45
"""What the model says of a reply's chance, and how often one comes."""
DRIFTS_AT = 140
"""From then on the model writes what people stop, change or turn down, and fewer reply."""
MAILS_A_DAY = 3


def half_year(seed: int, *, days: int = DAYS) -> Iterator[Deed]:
    """Oldest first."""
    dice = random.Random(seed)  # noqa: S311 - chances that can be repeated
    for day in range(days):
        if day % 7 not in WORKDAYS:
            continue
        weak = day >= DRIFTS_AT
        for hour in sorted(dice.sample(HOURS, MAILS_A_DAY)):
            yield Deed(
                day=day,
                hour=hour,
                account=dice.randrange(ACCOUNTS),
                words=dice.choice(QUESTIONS),
                chance=dice.random(),
                replies=dice.random() < (0.1 if weak else TRUE),
                weak=weak,
            )
