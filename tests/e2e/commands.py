"""Several of the product's commands one after the other in one process: starting one costs more
than what it does. `python -m tests.e2e.commands '[["seed", "members.csv"], …]'`

With `--refused` each is `[words, changes of the environment]`, must end with exit code 2, and what
it said stands in a JSON list.
"""

import contextlib
import io
import json
import os
import sys

from bot.__main__ import main


def done(each: list[list[str]]) -> None:
    for words in each:
        if code := main(words):
            sys.exit(f"{words}: exit code {code}")


def refused(words: list[str], changes: dict[str, str]) -> str:
    """What the command says while it refuses."""
    before, said = dict(os.environ), io.StringIO()  # noqa: TID251 - stands in for a shell
    os.environ |= changes  # noqa: TID251 - stands in for a shell
    try:
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            code = main(words)
    except SystemExit as end:
        code = end.code
    finally:
        os.environ.clear()  # noqa: TID251 - stands in for a shell
        os.environ.update(before)  # noqa: TID251 - stands in for a shell
    if code != 2:
        sys.exit(f"{words} {changes}: exit code {code}\n{said.getvalue()}")
    return said.getvalue()


if __name__ == "__main__":
    if sys.argv[1] == "--refused":
        sys.stdout.write(json.dumps([refused(*one) for one in json.loads(sys.argv[2])]))
    else:
        done(json.loads(sys.argv[1]))
