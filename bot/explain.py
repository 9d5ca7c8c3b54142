"""`understudy explain`: what Understudy makes of a mail or a text, with no database, no account."""

import argparse
import asyncio
import base64
import binascii
import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from services.errors import ServiceError
from services.explain import explain_mail, explain_text
from services.json_lines import json_line
from services.mail.parse import parse
from services.offline.model import OfflineModel
from services.ports import LanguageModel

_USAGE_ERROR = 2
_MAIL = (".eml", ".msg", ".mail")
_TEXT = (".txt", ".text", ".md")
_HEADERS = re.compile(
    rb"\A(?:From |(?:[A-Za-z][A-Za-z0-9-]*:[^\n]*\r?\n(?:[ \t][^\n]*\r?\n)*){2,})"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Input:
    """One thing to explain: a text, a raw mail, or what was wrong with it."""

    id: Any
    text: str | None = None
    raw: bytes | None = None
    error: str | None = None


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the `explain` subcommand."""
    parser = subparsers.add_parser("explain", help="say what Understudy makes of a mail or text")
    parser.add_argument(
        "paths",
        nargs="+",
        metavar="FILE.eml|FILE.txt|DIR|-",
        help="files, folders of .eml and .txt files, or - for standard input",
    )
    parser.add_argument(
        "--jsonl", action="store_true", help='read lines {"id", "text"} or {"id", "eml_base64"}'
    )


def run(
    args: argparse.Namespace,
    *,
    model_factory: Callable[[], LanguageModel] | None = None,
    today: date | None = None,
) -> int:
    """Write one JSON object per input, in order. `model_factory` is called when LLM_MODEL is set;
    without one the rules answer, and nothing but them is imported."""
    missing = [path for path in args.paths if path != "-" and not Path(path).exists()]
    if missing:
        sys.stderr.write(f"understudy explain: there is no {', '.join(missing)}\n")
        return _USAGE_ERROR
    model = model_factory() if model_factory else OfflineModel()
    day = today or datetime.now(UTC).date()  # noqa: TID251 - no database here whose clock rules
    inputs = _lines(args.paths) if args.jsonl else _files(args.paths)
    try:
        asyncio.run(_write(model, inputs, day))
    except BrokenPipeError:  # the reader had enough
        sys.stderr.close()
    return 0


async def _write(model: LanguageModel, inputs: Iterable[_Input], today: date) -> None:
    for one in inputs:
        explained = await _explained(model, one, today)
        # A lone surrogate becomes its own JSON escape instead of stopping the run.
        line = json_line(explained).encode("utf-8", "backslashreplace")
        sys.stdout.buffer.write(line + b"\n")
        sys.stdout.buffer.flush()


async def _explained(model: LanguageModel, one: _Input, today: date) -> dict[str, Any]:
    if one.error is not None:
        return {"id": one.id, "error": one.error}
    try:
        if one.raw is not None:
            return await explain_mail(model, parse(one.raw), id_=one.id, today=today)
        return await explain_text(model, one.text or "", id_=one.id, today=today)
    except ServiceError as error:
        return {"id": one.id, "error": str(error)}
    except Exception as error:  # noqa: BLE001 - one input must not stop the others
        sys.stderr.write(f"understudy explain: {one.id}: {error!r}\n")
        return {"id": one.id, "error": f"could not be read ({type(error).__name__})"}


def _files(paths: Iterable[str]) -> Iterator[_Input]:
    for path in paths:
        if path == "-":
            yield _sniffed("-", sys.stdin.buffer.read())
        elif Path(path).is_dir():
            found = (one for one in Path(path).rglob("*") if one.suffix.lower() in (*_MAIL, *_TEXT))
            yield from (_file(str(one)) for one in sorted(found) if one.is_file())
        else:
            yield _file(path)


def _file(path: str) -> _Input:
    try:
        raw = Path(path).read_bytes()
    except OSError as error:
        return _Input(id=path, error=f"could not be read ({error.strerror})")
    suffix = Path(path).suffix.lower()
    if suffix in _MAIL:
        return _Input(id=path, raw=raw)
    if suffix in _TEXT:
        return _Input(id=path, text=raw.decode("utf-8-sig", "replace"))
    return _sniffed(path, raw)


def _sniffed(id_: str, raw: bytes) -> _Input:
    """Two header lines at the top make a mail; anything else is text."""
    if _HEADERS.match(raw[:4_000]):
        return _Input(id=id_, raw=raw)
    return _Input(id=id_, text=raw.decode("utf-8-sig", "replace"))


def _lines(paths: Iterable[str]) -> Iterator[_Input]:
    for path in paths:
        if path == "-":
            yield from (_line(line) for line in sys.stdin.buffer if line.strip())
        elif Path(path).is_dir():
            yield _Input(id=path, error="is a folder; --jsonl reads files")
        else:
            with Path(path).open("rb") as file:
                yield from (_line(line) for line in file if line.strip())


def _line(line: bytes) -> _Input:
    try:
        value = json.loads(line.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return _Input(id=None, error="is not a line of JSON")
    if not isinstance(value, dict):
        return _Input(id=None, error='is not an object with "id" and "text" or "eml_base64"')
    id_ = value.get("id")
    text, encoded = value.get("text"), value.get("eml_base64")
    if isinstance(text, str):
        return _Input(id=id_, text=text)
    if not isinstance(encoded, str):
        return _Input(id=id_, error='has neither "text" nor "eml_base64" as a string')
    try:
        return _Input(id=id_, raw=base64.b64decode("".join(encoded.split()), validate=True))
    except (binascii.Error, ValueError):
        return _Input(id=id_, error='"eml_base64" is not base64')
