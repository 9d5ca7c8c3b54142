"""The reliability chart, as Slack draws it: what was said beside what came, for every tenth of the
scale of which something can be said."""

from collections.abc import Iterable

from blocks.calibration_words import kind_words, range_words, telling
from blocks.charts import bar_chart
from blocks.parts import Block
from services.types.calibration import Summary


def reliability_chart(summary: Summary) -> Block | None:
    """Three bars a bin, in per cent; None where nothing can be said of any."""
    bins = telling(summary)
    return bar_chart(
        f"{kind_words(summary.key)}: said and came true",
        [range_words(one) for one in bins],
        [
            ("said", _per_cent(one.stated for one in bins)),
            ("shown today", _per_cent(one.calibrated for one in bins)),
            ("came true", _per_cent(one.observed for one in bins)),
        ],
        x_label="What I said",
        y_label="Per cent",
    )


def _per_cent(shares: Iterable[float | None]) -> list[float | None]:
    return [None if share is None else round(share * 100, 1) for share in shares]
