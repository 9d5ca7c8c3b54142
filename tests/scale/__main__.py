"""`make scale`."""

import argparse
import sys
from pathlib import Path

from tests.scale.place import filled, server
from tests.scale.size import LARGE, SMALL


def main() -> int:
    parser = argparse.ArgumentParser(description="Fill and measure.")
    parser.add_argument("--small", action="store_true")
    parser.add_argument("--keep", type=Path)
    arguments = parser.parse_args()
    size = SMALL if arguments.small else LARGE
    with server(arguments.keep) as embedded:
        for one in (size.hundredth(), size):
            print(one, flush=True)
            filled(embedded, arguments.keep, one, lambda line: print(line, flush=True))
    return 0


if __name__ == "__main__":
    sys.exit(main())
