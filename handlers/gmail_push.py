"""POST /gmail/push: Gmail's hint, through Pub/Sub, that a mailbox has changed.

Whatever can't be understood is answered 204 and counted: anything else would be sent again and
again. Only a push that proves nothing gets 401.
"""

import base64
import binascii
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

import structlog
from aiohttp import web

from services.mailboxes import MailboxService
from services.metrics import GMAIL_PUSHES

log = structlog.get_logger()

# A push carries an address and a number.
LARGEST = 64 * 1024
# Gmail's history ids are unsigned; what doesn't fit our column is no history id of ours.
LAST_HISTORY_ID = 2**63 - 1
LONGEST_ADDRESS = 320
URL_SAFE = str.maketrans("+/", "-_")


class NotVerifiedError(Exception):
    """The push proves nothing; the reason is for the log only."""


class CertificatesUnavailableError(Exception):
    """Nothing can be proven now: the push should be sent again."""


class Verifier(Protocol):
    """Raises NotVerifiedError when the Authorization header doesn't prove that Google sent the
    push, CertificatesUnavailableError when that can't be known now."""

    async def verify(self, authorization: str) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Hint:
    address: str
    history_id: int


def gmail_push(
    mailboxes: MailboxService, verifier: Verifier | None
) -> Callable[[web.Request], Awaitable[web.Response]]:
    """The handler. Without a verifier every push is taken; production always has one."""

    async def handle(request: web.Request) -> web.Response:
        if verifier is not None:
            try:
                await verifier.verify(request.headers.get("Authorization", ""))
            except NotVerifiedError as error:
                GMAIL_PUSHES.labels("refused").inc()
                log.warning("push refused", reason=str(error))
                return web.Response(status=401)
            except CertificatesUnavailableError as error:
                GMAIL_PUSHES.labels("unverifiable").inc()
                log.warning("push can't be verified now", reason=str(error))
                return web.Response(status=503)
        hint = read_hint(await _body(request))
        if hint is None:
            GMAIL_PUSHES.labels("malformed").inc()
            return web.Response(status=204)
        known = await mailboxes.hint(hint.address, hint.history_id)
        GMAIL_PUSHES.labels("taken" if known else "unknown").inc()
        return web.Response(status=204)

    return handle


async def _body(request: web.Request) -> bytes:
    if (request.content_length or 0) > LARGEST:
        return b""
    try:
        return await request.read()
    except web.HTTPRequestEntityTooLarge:
        return b""


def read_hint(body: bytes) -> Hint | None:
    """What the envelope says, or None when it is not one of Gmail's."""
    try:
        data = json.loads(body)["message"]["data"]
        padded = data.translate(URL_SAFE) + "=" * (-len(data) % 4)
        values = json.loads(base64.urlsafe_b64decode(padded))
        address, history_id = values["emailAddress"], int(values["historyId"])
    except (
        ValueError,
        TypeError,
        KeyError,
        AttributeError,
        binascii.Error,
        RecursionError,
        OverflowError,
    ):
        return None
    if not isinstance(address, str) or "@" not in address or len(address) > LONGEST_ADDRESS:
        return None
    if not 0 < history_id <= LAST_HISTORY_ID:
        return None
    return Hint(address=address, history_id=history_id)
