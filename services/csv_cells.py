"""Cells of a CSV file that no spreadsheet takes for a formula."""

import json
import re
from typing import Any

# What a spreadsheet takes for a formula, also as typed in East Asia.
_SIGNS = "=+\\-@|%\uff1d\uff0b\uff0d\uff20"
# What it skips before one: blanks, quotation marks, and what nobody sees.
_SKIPPED = "[\\s\"'\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]*"
_BEGINS = re.compile(f"{_SKIPPED}[{_SIGNS}]|[\t\r\n]")
# In half of Europe a spreadsheet splits at semicolons, and at tabs where the file is pasted: what
# follows one begins a cell of its own there, whatever quotation marks stand around.
_WITHIN = re.compile(f"([;\t\r\n]{_SKIPPED})(?=[{_SIGNS}])")
_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")


def cell(value: Any, *, exact: bool = False) -> str:
    """A CSV cell that no spreadsheet takes for a formula, and no terminal for orders. `exact` text
    is recomputed by whoever gets the file: only a sign before it is added."""
    if value is None:
        return ""
    text = json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else str(value)
    if not exact:
        text = _WITHIN.sub(r"\1'", _UNSEEN.sub("", text))
    return f"'{text}" if _BEGINS.match(text) else text
