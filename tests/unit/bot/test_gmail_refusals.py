"""What Google's error answers mean: too fast, switched off, or not allowed."""

import json

import httplib2
import pytest
from googleapiclient.errors import HttpError

from bot.adapters.gmail_transport import LONGEST_PAUSE, RATE_PAUSE, refusal
from services.errors import Forbidden, TransientError


def said(code: int, reason: str, detail: str | None = None, **error: object) -> HttpError:
    """An answer as the API gives it: the older list, and beside it mostly the newer one."""
    kind = "type.googleapis.com/google.rpc.ErrorInfo"
    body = {"code": code, "message": "No", "errors": [{"reason": reason}]} | error
    if detail is not None:
        body["details"] = [{"@type": kind, "reason": detail, "domain": "googleapis.com"}]
    content = json.dumps({"error": body}).encode()
    return HttpError(httplib2.Response({"status": str(code)}), content)


@pytest.mark.parametrize(
    "error",
    [
        said(403, "rateLimitExceeded"),
        said(403, "userRateLimitExceeded", "RATE_LIMIT_EXCEEDED"),
        said(403, "rateLimitExceeded", "anything"),
        said(403, "other", "other", status="RESOURCE_EXHAUSTED"),
        said(429, "other"),
    ],
)
def test_too_fast_is_no_lost_connection(error: HttpError) -> None:
    found = refusal(error, writes=True)
    assert isinstance(found, TransientError)
    assert found.retry_after == RATE_PAUSE
    assert not found.ambiguous


def test_an_api_switched_off_is_nothing_a_person_could_reconnect() -> None:
    found = refusal(said(403, "accessNotConfigured", "SERVICE_DISABLED"), writes=False)
    assert isinstance(found, TransientError)
    assert found.retry_after == LONGEST_PAUSE


@pytest.mark.parametrize("content", [b"", b"<html>", b"[]", b'{"error": "no"}', b'{"error": []}'])
def test_any_other_no_is_one(content: bytes) -> None:
    answer = httplib2.Response({"status": "403"})
    assert isinstance(refusal(HttpError(answer, content), writes=False), Forbidden)
    narrow = said(403, "insufficientPermissions", "ACCESS_TOKEN_SCOPE_INSUFFICIENT")
    assert isinstance(refusal(narrow, writes=False), Forbidden)
