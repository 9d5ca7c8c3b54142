"""What went in, what was pressed and what was broken: the lab's own record, which the product never
sees. One JSON object a line, written as it happens, so that it also tells of a run that fell."""

import json
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Line = dict[str, Any]


@dataclass
class Ledger:
    """Every line has `t` (seconds since the start), `what`, and facts of its own."""

    path: Path
    lines: list[Line] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _since: float = field(default_factory=time.monotonic)

    @property
    def now(self) -> float:
        return round(time.monotonic() - self._since, 3)

    def note(self, what: str, **facts: Any) -> Line:
        """Write a line; it may be added to with `add`."""
        line = {"t": self.now, "what": what, **facts}
        with self._lock:
            self.lines.append(line)
            self._write(line)
        return line

    def add(self, line: Line, **facts: Any) -> None:
        """What became of it."""
        with self._lock:
            line.update(facts)
            self._write({"t": self.now, "of": line["t"], "what": line["what"], **facts})

    def _write(self, line: Line) -> None:
        with self.path.open("a") as sink:
            sink.write(json.dumps(line, ensure_ascii=False) + "\n")

    def of(self, *kinds: str) -> list[Line]:
        with self._lock:
            return [line for line in self.lines if line["what"] in kinds]

    def about(self, word: str) -> list[Line]:
        """Every line that names this, for telling how something came about."""
        with self._lock:
            return [line for line in self.lines if word in json.dumps(line)]
