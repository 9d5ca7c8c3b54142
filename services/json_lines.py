"""Values as one line of JSON, whoever wrote the words in them and whatever shows the line."""

import json
import re
from typing import Any

# Read as line ends by some, as orders by terminals, or turning what is read around.
_ODD = re.compile("[\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


def json_line(value: Any) -> str:
    """Without a line end. The odd signs are escaped: whoever reads the JSON gets the same words."""
    return _ODD.sub(lambda sign: f"\\u{ord(sign[0]):04x}", json.dumps(value, ensure_ascii=False))
