"""What must not stand in logs, whoever puts it there."""

import io
import logging
from collections.abc import Iterator

import pytest
import structlog
from aiohttp.http_exceptions import InvalidHeader

from bot.logs import OURS, _no_garbage, set_up_logs

KEY = "sk-" + "a1B2" * 8


@pytest.fixture
def said() -> Iterator[io.StringIO]:
    """What is logged at DEBUG, as it would stand on stderr."""
    root, heard = logging.getLogger(), io.StringIO()
    handlers, level = root.handlers, root.level
    set_up_logs("DEBUG")
    root.handlers[0].setStream(heard)  # type: ignore[attr-defined]
    yield heard
    root.handlers = handlers
    root.setLevel(level)
    for name in OURS:
        logging.getLogger(name).setLevel(logging.NOTSET)
    structlog.reset_defaults()


def test_at_debug_we_speak_and_libraries_do_not(said: io.StringIO) -> None:
    """A model's client wrote out its whole requests there, with the mail that was read."""
    logging.getLogger("openai._base_client").debug("Request options: %s", {"json": "Dear Maya"})
    structlog.get_logger("services.drafts").debug("looked", found=3)
    assert "Dear Maya" not in said.getvalue()
    assert "looked" in said.getvalue()


def test_a_traceback_shows_no_token_and_no_whole_address(said: io.StringIO) -> None:
    told = f"Incorrect key: Bearer {KEY} of maya.lindt@acme.example, xoxb-1-abcdef, us_{'x' * 64}"
    error = RuntimeError(told)
    structlog.get_logger("bot").error("failed", key=KEY, exc_info=error)
    logging.getLogger("some.library").error("failed too", exc_info=error)
    for secret in (KEY, "maya.lindt", "abcdef", "x" * 64):
        assert secret not in said.getvalue()
    assert said.getvalue().count("RuntimeError") >= 2


def _record(error: BaseException) -> logging.LogRecord:
    told = "Error handling request from %s"
    info = (type(error), error, None)
    return logging.LogRecord("aiohttp.server", logging.ERROR, "", 0, told, ("10.0.0.1",), info)


def test_what_is_not_http_is_told_without_its_bytes() -> None:
    """A header with one stray sign was logged whole, token and all, as an error of ours."""
    record = _record(InvalidHeader("Cookie: understudy_device_1=SECRET\x01"))
    assert _no_garbage(record)
    assert record.getMessage() == "unreadable request from 10.0.0.1"
    assert record.exc_info is None
    assert record.levelno == logging.INFO


def test_a_fault_of_our_own_keeps_its_traceback() -> None:
    record = _record(RuntimeError("a fault"))
    assert _no_garbage(record)
    assert record.exc_info is not None
    assert record.levelno == logging.ERROR
