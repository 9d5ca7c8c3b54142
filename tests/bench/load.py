"""The load, in a process of its own: reads a plan from stdin, plays Slack, prints what it took.

Targets take turns block by block, so that whatever else the machine does meets all of them alike. A
request is signed when it is sent; the clock runs from the first byte out to the whole answer in.
"""

import asyncio
import hashlib
import hmac
import json
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import aiohttp

FORM = "application/x-www-form-urlencoded"


def _headers(secret: str, body: bytes) -> dict[str, str]:
    stamp = str(int(datetime.now(UTC).timestamp()))  # noqa: TID251 - Slack's clock, not ours
    digest = hmac.new(secret.encode(), f"v0:{stamp}:".encode() + body, hashlib.sha256).hexdigest()
    return {
        "Content-Type": FORM,
        "X-Slack-Request-Timestamp": stamp,
        "X-Slack-Signature": f"v0={digest}",
    }


async def _send(http: aiohttp.ClientSession, url: str, secret: str, body: bytes) -> float:
    headers = _headers(secret, body)
    started = time.perf_counter()
    async with http.post(url, data=body, headers=headers) as answer:
        text = await answer.read()
        if answer.status != 200:
            raise SystemExit(f"{url} answered {answer.status}: {text[:300]!r}")
    return (time.perf_counter() - started) * 1000


async def _block(
    http: aiohttp.ClientSession, url: str, secret: str, bodies: Sequence[str], connections: int
) -> list[float]:
    queue = iter(bodies)

    async def person() -> list[float]:
        return [await _send(http, url, secret, body.encode()) for body in queue]

    return [ms for part in await asyncio.gather(*(person() for _ in range(connections)))
            for ms in part]  # fmt: skip


async def play(plan: dict[str, Any]) -> dict[str, list[float]]:
    """Milliseconds of every request, by target. The first `warm` ones of a target don't count."""
    connections, block, warm = plan["connections"], plan["block"], plan["warm"]
    took: dict[str, list[float]] = {target["name"]: [] for target in plan["targets"]}
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=connections)) as http:
        for target in plan["targets"]:
            await _block(http, target["url"], plan["secret"], target["bodies"][:warm], connections)
        longest = max(len(target["bodies"]) for target in plan["targets"])
        for start in range(warm, longest, block):
            for target in plan["targets"]:
                bodies = target["bodies"][start : start + block]
                took[target["name"]] += await _block(
                    http, target["url"], plan["secret"], bodies, connections
                )
    return took


if __name__ == "__main__":
    print(json.dumps(asyncio.run(play(json.load(sys.stdin)))))
