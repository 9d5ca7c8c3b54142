"""An OpenAI-compatible server on loopback that answers by script and keeps what it was asked."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer


@dataclass(frozen=True, kw_only=True)
class Step:
    """One answer: arguments for the tool (or JSON text), a bare text, an error, or a wait."""

    answer: dict[str, Any] | None = None
    text: str | None = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    wait: float = 0
    raw: str | None = None
    pieces: tuple[str, ...] = ()
    """For a call that streams: what comes, one chunk each; `wait` is before each of them."""
    cut: bool = False
    """The stream ends in mid-air: the connection is closed."""


@dataclass
class OpenAIStub:
    """Steps are taken in order; the last one stays. `by_model` scripts one model by itself."""

    steps: list[Step] = field(default_factory=list)
    by_model: dict[str, list[Step]] = field(default_factory=dict)
    requests: list[dict[str, Any]] = field(default_factory=list)
    url: str = ""
    over: asyncio.Event = field(default_factory=asyncio.Event)
    """Set in the end: nobody waits any longer for an answer that nobody wants."""

    async def _wait(self, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self.over.wait(), seconds)

    def script(self, *steps: Step) -> None:
        self.steps = list(steps)

    def _next(self, model: str) -> Step:
        steps = self.by_model.get(model, self.steps)
        return steps.pop(0) if len(steps) > 1 else steps[0]

    async def _complete(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        self.requests.append(body)
        step = self._next(body["model"])
        if body.get("stream") and step.status == 200:
            return await self._stream(request, body, step)
        await self._wait(step.wait)
        if step.raw is not None:
            return web.Response(text=step.raw, content_type="application/json")
        if step.status != 200:
            error = {"error": {"message": "scripted", "type": "scripted"}}
            return web.json_response(error, status=step.status, headers=step.headers)
        return web.json_response(
            {
                "id": "chatcmpl-1",
                "object": "chat.completion",
                "created": 1,
                "model": body["model"],
                "choices": [{"index": 0, **_choice(step, body)}],
                "usage": {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120},
            }
        )

    async def _stream(
        self, request: web.Request, body: dict[str, Any], step: Step
    ) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        head = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": body["model"]}
        for piece in step.pieces:
            await asyncio.sleep(step.wait)
            choice = {"index": 0, "delta": {"content": piece}, "finish_reason": None}
            await _send(response, json.dumps(head | {"choices": [choice]}))
        if step.raw is not None:
            await _send(response, step.raw)
        if step.cut:
            assert request.transport is not None
            request.transport.abort()
            return response
        end = {"index": 0, "delta": {}, "finish_reason": "stop"}
        usage = {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120}
        await _send(response, json.dumps(head | {"choices": [end]}))
        await _send(response, json.dumps(head | {"choices": [], "usage": usage}))
        await _send(response, "[DONE]")
        return response


async def _send(response: web.StreamResponse, data: str) -> None:
    await response.write(f"data: {data}\n\n".encode())


def _choice(step: Step, body: dict[str, Any]) -> dict[str, Any]:
    text = json.dumps(step.answer) if step.answer is not None else step.text
    if step.answer is None or not body.get("tools"):
        message = {"role": "assistant", "content": text}
        return {"message": message, "finish_reason": "stop"}
    call = {
        "id": "call_1",
        "type": "function",
        "function": {"name": body["tools"][0]["function"]["name"], "arguments": text},
    }
    message = {"role": "assistant", "content": None, "tool_calls": [call]}
    return {"message": message, "finish_reason": "tool_calls"}


@asynccontextmanager
async def openai_stub() -> AsyncIterator[OpenAIStub]:
    """A running stub; `url` is what goes into LLM_API_BASE."""
    stub = OpenAIStub()
    app = web.Application()
    app.router.add_post("/v1/chat/completions", stub._complete)
    async with TestServer(app) as server:
        stub.url = str(server.make_url("/v1"))
        yield stub
        stub.over.set()
