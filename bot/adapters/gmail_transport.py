"""HTTP to Google: one socket per thread, and a request that changes something leaves once.

httplib2 quietly repeats a request when the server hangs up before it answers; measured, one send
became two mails. `OnceHttp` repeats nothing but reads.
"""

import http.client
import json
import select
import socket
import threading
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import httplib2
from googleapiclient.errors import HttpError
from googleapiclient.http import HttpRequest

from services.errors import (
    Forbidden,
    InvalidInput,
    NotFound,
    ServiceError,
    TransientError,
)

READS = frozenset({"GET", "HEAD"})
# Google says it in an older and in a newer spelling, in most answers in both.
RATE_REASONS = frozenset(
    {
        "rateLimitExceeded",
        "userRateLimitExceeded",
        "quotaExceeded",
        "dailyLimitExceeded",
        "RATE_LIMIT_EXCEEDED",
        "RESOURCE_EXHAUSTED",
    }
)
# Nothing is wrong with the mailbox then, and connecting it again would change nothing.
SWITCHED_OFF = frozenset({"accessNotConfigured", "SERVICE_DISABLED"})
# With no wish of Google's own, long enough for a per-minute quota to have moved on.
RATE_PAUSE = timedelta(seconds=20)
LONGEST_PAUSE = timedelta(minutes=15)
SERVER_ERROR = 500
NETWORK_ERRORS = (OSError, http.client.HTTPException, httplib2.HttpLib2Error)


class NotSentError(OSError):
    """The connection could not be made: nothing has left this machine."""


class UnauthorizedError(Exception):
    """Google refused the access token; nothing was done."""


class OnceHttp(httplib2.Http):  # type: ignore[misc]  # the library has no types
    """An Http that sends a request that isn't a read at most once."""

    def __init__(self, *, timeout: float) -> None:
        super().__init__(timeout=timeout)
        self.follow_redirects = False

    def _conn_request(
        self, conn: Any, request_uri: str, method: str, body: Any, headers: dict[str, str]
    ) -> tuple[Any, bytes]:
        if method in READS:
            response, content = super()._conn_request(conn, request_uri, method, body, headers)
            return response, content
        self._connect(conn)
        try:
            # Unpacked by nobody here, so the answer must come as it is.
            plain = {k: v for k, v in headers.items() if k.lower() != "accept-encoding"}
            conn.request(method, request_uri, body, plain | {"accept-encoding": "identity"})
            answer = conn.getresponse()
            content = answer.read()
        except (OSError, http.client.HTTPException):
            conn.close()
            raise
        return httplib2.Response(answer), content

    def _connect(self, conn: Any) -> None:
        # An idle connection that the server has closed meanwhile is readable: it would lose the
        # request and leave us guessing.
        if conn.sock is not None and _readable(conn.sock):
            conn.close()
        if conn.sock is None:
            try:
                conn.connect()
            except (OSError, httplib2.HttpLib2Error) as error:
                conn.close()
                raise NotSentError(str(error)) from error


def _readable(sock: socket.socket) -> bool:
    poll = select.poll()
    poll.register(sock, select.POLLIN)
    return bool(poll.poll(0))


class Transport:
    """Runs requests on whichever thread asks; each thread keeps its own connections, because one
    Http shared by several threads fails four calls in ten."""

    def __init__(self, *, timeout: float) -> None:
        self._timeout = timeout
        self._local = threading.local()
        self._all: list[OnceHttp] = []

    def run(self, request: HttpRequest, token: str) -> Any:
        """Execute once; errors are the business's own."""
        request.headers["authorization"] = f"Bearer {token}"
        try:
            return request.execute(http=self._http(), num_retries=0)
        except HttpError as error:
            raise refusal(error, writes=request.method not in READS) from error
        except NETWORK_ERRORS as error:
            raise silence(error, writes=request.method not in READS) from error

    def post(self, url: str, form: str) -> tuple[int, bytes]:
        """A plain form POST, for the token endpoint."""
        headers = {"content-type": "application/x-www-form-urlencoded"}
        try:
            response, content = self._http().request(url, "POST", body=form, headers=headers)
        except NETWORK_ERRORS as error:
            raise silence(error, writes=False) from error
        return int(response.status), content

    def close(self) -> None:
        for one in self._all:
            one.close()
        self._all.clear()

    def _http(self) -> OnceHttp:
        one: OnceHttp | None = getattr(self._local, "http", None)
        if one is None:
            one = self._local.http = OnceHttp(timeout=self._timeout)
            self._all.append(one)
        return one


def silence(error: Exception, *, writes: bool) -> TransientError:
    """No answer came. What was to change something may have done so."""
    sent = not isinstance(error, NotSentError | httplib2.ServerNotFoundError)
    return TransientError("Gmail didn't answer.", ambiguous=writes and sent)


def refusal(error: HttpError, *, writes: bool) -> ServiceError | UnauthorizedError:
    """What Google's error answer means here."""
    status = int(error.resp.status)
    table: Mapping[int, ServiceError | UnauthorizedError] = {
        401: UnauthorizedError(),
        403: Forbidden("Gmail doesn't let me do this with this mailbox."),
        404: NotFound("Gmail has no such message or draft any more."),
        410: NotFound("Gmail has no such message or draft any more."),
    }
    reasons = _reasons(error) if status == http.client.FORBIDDEN else frozenset()
    if status == http.client.TOO_MANY_REQUESTS or reasons & RATE_REASONS:
        return TransientError("Gmail asks me to slow down.", retry_after=_pause(error.resp))
    if reasons & SWITCHED_OFF:
        return TransientError(
            "The Gmail API is switched off in the Google Cloud project of the OAuth client.",
            retry_after=LONGEST_PAUSE,
        )
    if status >= SERVER_ERROR:
        return TransientError(
            "Gmail has a problem of its own.", retry_after=_wish(error.resp), ambiguous=writes
        )
    return table.get(status) or InvalidInput("Gmail doesn't accept this message.")


def _reasons(error: HttpError) -> frozenset[str]:
    """Every reason the answer names. Read from the answer itself: the library keeps `details` alone
    where there are `errors` beside it."""
    try:
        said = json.loads(error.content)["error"]
        lists = (said.get("errors"), said.get("details"))
        named = [d.get("reason") for one in lists for d in one or () if isinstance(d, dict)]
        named.append(said.get("status"))
    except (ValueError, KeyError, TypeError, AttributeError):
        return frozenset()
    return frozenset(str(reason) for reason in named if reason)


def _pause(response: Any) -> timedelta:
    return _wish(response) or RATE_PAUSE


def _wish(response: Any) -> timedelta | None:
    seconds = str(response.get("retry-after", ""))
    return min(timedelta(seconds=int(seconds)), LONGEST_PAUSE) if seconds.isdecimal() else None
