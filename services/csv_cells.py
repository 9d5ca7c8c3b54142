"""Cells of a CSV file that no spreadsheet takes for a formula."""

import json
from typing import Any

# What a spreadsheet takes for a formula, also behind blanks that it skips.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%", "＝", "＋", "－", "＠")  # noqa: RUF001 - as typed in East Asia


def cell(value: Any) -> str:
    """A CSV cell that no spreadsheet takes for a formula."""
    if value is None:
        return ""
    text = json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else str(value)
    return f"'{text}" if text.startswith(FORMULA) or text.lstrip().startswith(FORMULA) else text
