"""Short texts to phones, through any HTTP gateway.

The body is the admin's template. It is read as JSON or as a form once, and number and text are put
into its values only: whatever they say, they can't become another field or another header.
"""

import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import aiohttp

from db.session import refuse_inside_transaction
from services.errors import Forbidden, InvalidInput, TransientError

JSON, FORM = "application/json", "application/x-www-form-urlencoded"
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
TIMEOUT = aiohttp.ClientTimeout(total=10, connect=5)
PLACE = re.compile(r"\{(to|text)\}")
OK, REDIRECTS, ERRORS = 200, 300, 400
REFUSED = frozenset({401, 403})
# What these say is that nothing was taken; any other failure of the server leaves it open.
NOT_TAKEN = frozenset({429, 503})
SERVER_ERRORS = 500
Write = Callable[[str, str], str]


def read_gateway_url(url: str) -> str:
    """SMS_GATEWAY_URL, checked. InvalidInput never repeats it: it may carry a key."""
    try:
        parts = urlsplit(url.strip())
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise InvalidInput("SMS_GATEWAY_URL can't be read.") from None
    safe = parts.scheme == "https" or (parts.scheme == "http" and host in LOOPBACK)
    if not safe or not host:
        raise InvalidInput("SMS_GATEWAY_URL must start with https:// and name a host.")
    if parts.username is not None or parts.fragment:
        raise InvalidInput("SMS_GATEWAY_URL takes no password; use SMS_GATEWAY_TOKEN.")
    return url.strip()


def read_body(template: str, content_type: str) -> Write:
    """SMS_GATEWAY_BODY as what it makes of a number and a text."""
    kind = content_type.partition(";")[0].strip().lower()
    if kind == FORM:
        pairs = parse_qsl(template, keep_blank_values=True)
        _require_places([value for _, value in pairs])
        return lambda to, text: urlencode(
            [(key, _put(value, to, text)) for key, value in pairs], errors="replace"
        )
    if kind != JSON and not kind.endswith("+json"):
        raise InvalidInput(f"SMS_GATEWAY_CONTENT_TYPE is {JSON} or {FORM}.")
    try:
        tree = json.loads(template)
    except ValueError:
        raise InvalidInput(
            'SMS_GATEWAY_BODY is no JSON. Example: {"to": "{to}", "text": "{text}"}'
        ) from None
    _require_places(list(_strings(tree)))
    return lambda to, text: json.dumps(_filled(tree, to, text))


class SmsGateway:
    """Implements the TextMessages port."""

    def __init__(
        self,
        *,
        session: Callable[[], aiohttp.ClientSession],
        url: str,
        body: str,
        content_type: str = JSON,
        token: str | None = None,
        timeout: aiohttp.ClientTimeout = TIMEOUT,
    ) -> None:
        self._session = session
        self._url = read_gateway_url(url)
        self._write = read_body(body, content_type)
        self._headers = {"Content-Type": _header(content_type, "SMS_GATEWAY_CONTENT_TYPE")}
        if token is not None:
            self._headers["Authorization"] = f"Bearer {_header(token, 'SMS_GATEWAY_TOKEN')}"
        self._timeout = timeout

    async def send(self, *, to: str, text: str) -> None:
        """One request, no redirect, no second try."""
        refuse_inside_transaction()
        try:
            async with self._session().post(
                self._url,
                data=self._write(to, text).encode(),
                headers=self._headers,
                timeout=self._timeout,
                allow_redirects=False,
            ) as response:
                status = response.status
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise TransientError(f"The SMS gateway can't be reached ({_name(error)}).") from None
        except (aiohttp.ClientError, TimeoutError) as error:
            raise TransientError(
                f"The SMS gateway broke off ({_name(error)}).", ambiguous=True
            ) from None
        _judge(status)


def _judge(status: int) -> None:
    if OK <= status < REDIRECTS:
        return
    if status < ERRORS:
        raise InvalidInput("The SMS gateway redirects. Set SMS_GATEWAY_URL to its last address.")
    if status in REFUSED:
        raise Forbidden(f"The SMS gateway refuses SMS_GATEWAY_TOKEN ({status}).")
    if status in NOT_TAKEN:
        raise TransientError(f"The SMS gateway asks for patience ({status}).")
    if status >= SERVER_ERRORS:
        raise TransientError(f"The SMS gateway failed ({status}).", ambiguous=True)
    raise InvalidInput(f"The SMS gateway refused the text ({status}).")


def _require_places(values: list[str]) -> None:
    found = {place for value in values for place in PLACE.findall(value)}
    if found != {"to", "text"}:
        raise InvalidInput("SMS_GATEWAY_BODY needs {to} and {text}, each inside a value.")


def _strings(tree: Any) -> list[str]:
    if isinstance(tree, dict):
        return [text for value in tree.values() for text in _strings(value)]
    if isinstance(tree, list):
        return [text for value in tree for text in _strings(value)]
    return [tree] if isinstance(tree, str) else []


def _filled(tree: Any, to: str, text: str) -> Any:
    if isinstance(tree, dict):
        return {key: _filled(value, to, text) for key, value in tree.items()}
    if isinstance(tree, list):
        return [_filled(value, to, text) for value in tree]
    return _put(tree, to, text) if isinstance(tree, str) else tree


def _put(value: str, to: str, text: str) -> str:
    """Both at once: a text that says {to} stays a text."""
    return PLACE.sub(lambda place: to if place[1] == "to" else text, value)


def _header(value: str, name: str) -> str:
    if not value.isascii() or not value.isprintable() or value != value.strip() or not value:
        raise InvalidInput(f"{name} has characters that no header may carry.")
    return value


def _name(error: Exception) -> str:
    return type(error).__name__
