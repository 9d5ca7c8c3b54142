"""An OpenAI-compatible server on loopback that answers by script and keeps what it was asked."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
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


@dataclass
class OpenAIStub:
    """Steps are taken in order; the last one stays. `by_model` scripts one model by itself."""

    steps: list[Step] = field(default_factory=list)
    by_model: dict[str, list[Step]] = field(default_factory=dict)
    requests: list[dict[str, Any]] = field(default_factory=list)
    url: str = ""

    def script(self, *steps: Step) -> None:
        self.steps = list(steps)

    def _next(self, model: str) -> Step:
        steps = self.by_model.get(model, self.steps)
        return steps.pop(0) if len(steps) > 1 else steps[0]

    async def _complete(self, request: web.Request) -> web.Response:
        body = await request.json()
        self.requests.append(body)
        step = self._next(body["model"])
        await asyncio.sleep(step.wait)
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
