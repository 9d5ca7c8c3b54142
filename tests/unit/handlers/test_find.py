"""`/understudy find` and `health`: taken in the ack, answered later or at once."""

import json
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import pytest

from blocks.action_ids import ActionId
from blocks.values import Target
from handlers.commands import COMMANDS
from handlers.questions import is_command
from handlers.search_jobs import search_jobs
from services.errors import InvalidInput, TransientError
from services.search.wishes import FindWork
from tests.unit.blocks.test_found_and_health import health, passage, view
from tests.unit.handlers.slack_rig import Rig, click

TENANT = uuid4()


async def test_a_find_is_taken_with_the_way_back(rig: Rig) -> None:
    rig.book.answers["finds.begin"] = "security review at Acme"
    status, body = await rig.command("find security review at Acme")
    assert status == 200
    assert "Looking for “security review at Acme”" in body["text"]
    (((_, words), more),) = rig.book.named("finds.begin")
    assert words == "security review at Acme"
    assert more["response_url"].startswith("http")
    assert more["command_id"]


def test_in_the_direct_message_a_find_is_a_question() -> None:
    assert not is_command("find where they talked about SSO", COMMANDS)
    assert is_command("health Acme?", COMMANDS)


async def test_why_a_health_is_what_it_is(rig: Rig) -> None:
    rig.book.answers |= {"health.why": health(), "health.why_of": health()}
    _, body = await rig.command("health Acme")
    assert "Health good (62)" in json.dumps(body, ensure_ascii=False)
    account = UUID(int=5)
    await rig.interact(click(ActionId.HEALTH_WHY, Target(id=account).encode()))
    assert rig.book.named("health.why_of")[0][0][1] == account


class Told:
    """Slack's way back, and what went there."""

    def __init__(self, refusal: Exception | None = None) -> None:
        self.refusal = refusal
        self.bodies: list[Mapping[str, Any]] = []

    async def tell(self, _url: str, body: Mapping[str, Any]) -> None:
        if self.refusal is not None:
            raise self.refusal
        self.bodies.append(body)


class Finds:
    def __init__(self, work: FindWork | None) -> None:
        self.result = work
        self.settled: list[int | None] = []

    async def work(self, _tenant: UUID, _find: UUID) -> FindWork | None:
        return self.result

    async def settle(self, _tenant: UUID, _find: UUID, found: int | None) -> None:
        self.settled.append(found)


async def run(finds: Finds, told: Told) -> None:
    jobs = search_jobs(SimpleNamespace(finds=finds, index=None), told)  # type: ignore[arg-type]
    await jobs["search.find"](TENANT, {"find_id": str(uuid4())})


async def test_the_job_tells_the_asker_and_settles() -> None:
    work = FindWork(find_id=uuid4(), response_url="https://x", view=view(passage()))
    finds, told = Finds(work), Told()
    await run(finds, told)
    assert "SOC 2" in json.dumps(told.bodies[0])
    assert told.bodies[0]["response_type"] == "ephemeral"
    assert finds.settled == [1]
    refused = Finds(FindWork(find_id=uuid4(), response_url="https://x", refusal="No <such>"))
    await run(refused, told)
    assert told.bodies[1]["text"] == "No &lt;such&gt;"
    await run(Finds(None), told)
    assert len(told.bodies) == 2


async def test_a_way_back_that_is_closed_ends_it_and_a_busy_one_comes_again() -> None:
    work = FindWork(find_id=uuid4(), response_url="https://x", view=view())
    finds = Finds(work)
    await run(finds, Told(InvalidInput("no address")))
    assert finds.settled == [None]
    finds = Finds(work)
    with pytest.raises(TransientError):
        await run(finds, Told(TransientError("busy")))
    assert finds.settled == []
