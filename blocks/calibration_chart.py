"""The reliability chart, as Slack draws it: what was said beside what came, for every tenth of the
scale of which something can be said."""

from blocks.calibration_words import kind_words, range_words, telling
from blocks.parts import Block, cut
from services.types.calibration import Summary

MOST_CHARTS = 2
"""In one message; Slack refuses more."""
TITLE = 50


def reliability_chart(summary: Summary) -> Block:
    """Two bars a bin, in per cent. There must be a bin of which something can be said."""
    bins = telling(summary)
    names = [range_words(one) for one in bins]
    said = [(one.stated or 0) for one in bins]
    shown = [(one.calibrated or 0) for one in bins]
    came = [(one.observed or 0) for one in bins]
    return {
        "type": "data_visualization",
        "title": cut(f"{kind_words(summary.key)}: said and came true", TITLE),
        "chart": {
            "type": "bar",
            "series": [
                _series("said", names, said),
                _series("shown today", names, shown),
                _series("came true", names, came),
            ],
            "axis_config": {
                "categories": names,
                "x_label": "What I said",
                "y_label": "Per cent",
            },
        },
    }


def _series(name: str, labels: list[str], shares: list[float]) -> Block:
    points = [
        {"label": label, "value": round(share * 100, 1)}
        for label, share in zip(labels, shares, strict=True)
    ]
    return {"name": name, "data": points}
