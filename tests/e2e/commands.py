"""Several of the product's commands one after the other in one process: starting one costs more
than what it does. `python -m tests.e2e.commands '[["seed", "members.csv"], …]'`"""

import json
import sys

from bot.__main__ import main

if __name__ == "__main__":
    for words in json.loads(sys.argv[1]):
        if code := main(words):
            sys.exit(f"{words}: exit code {code}")
