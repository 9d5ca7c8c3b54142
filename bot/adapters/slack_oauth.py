"""Calls of Slack's OAuth methods: the app speaks for itself there, not for a workspace."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp

from bot.adapters.meter import VendorCall
from db.session import refuse_inside_transaction
from services.errors import TransientError

TIMEOUT = aiohttp.ClientTimeout(total=10, connect=5)
PASSING = frozenset(
    {"ratelimited", "fatal_error", "internal_error", "request_timeout", "service_unavailable",
     "team_added_to_org", "accesslimited"}
)  # fmt: skip
TOO_MANY_REQUESTS = 429
SERVER_ERROR = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class OauthCalls:
    """`busy` and `away` are what a person reads when Slack fails, or can't be reached."""

    session: Callable[[], aiohttp.ClientSession]
    api_url: str
    busy: str
    away: str

    async def __call__(
        self,
        method: str,
        *,
        data: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Mapping[str, Any]:
        """Slack's answer, whether yes or no. TransientError when there is none to go by."""
        refuse_inside_transaction()
        with VendorCall("slack", method):
            answer = await self._answer(method, data, headers)
        if not isinstance(answer, dict) or answer.get("error") in PASSING:
            raise TransientError(self.busy)
        return answer

    async def _answer(
        self, method: str, data: Mapping[str, str] | None, headers: Mapping[str, str] | None
    ) -> Any:
        try:
            async with self.session().post(
                self.api_url + method,
                data=data,
                headers=headers,
                timeout=TIMEOUT,
                allow_redirects=False,
            ) as response:
                if response.status == TOO_MANY_REQUESTS or response.status >= SERVER_ERROR:
                    raise TransientError(self.busy)
                return await response.json(content_type=None)
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            raise TransientError(self.away) from error
