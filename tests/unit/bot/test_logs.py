"""What must not stand in logs, whoever puts it there."""

import logging

from aiohttp.http_exceptions import InvalidHeader

from bot.logs import _no_garbage


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
