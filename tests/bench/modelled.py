"""With a model that answers in 300 ms: how long reading a mail and writing its answer take."""

import asyncio
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from tests.bench.lived import POLL, SENDER, TEXT, Desk, desk_of
from tests.bench.report import ROUNDS, Row
from tests.e2e.rig import call, rig
from tests.fakes.openai_stub import OpenAIStub, Step, openai_stub

MODEL = 0.3
"""Seconds until the model answers."""
ANSWER = {
    "summary": "Samir wants the security paper.",
    "findings": [],
    "asks": [{"quote": "Could you send me the security paper by Thursday?", "kind": "document"}],
    "detected": [],
    "lines": [],
    "body": "Hello Samir,\n\nthe security paper comes today.\n\nBest regards",
    "confidence": 0.6,
}
JOBS = {"message.process": "qualification", "draft.compose": "draft"}


def measure() -> list[Row]:
    """By the jobs' own times (the histogram understudy_job_seconds), one mail after the other."""
    with (
        _stub() as stub,
        rig(
            LLM_MODEL="openai/stub",
            LLM_API_BASE=stub.url,
            LLM_API_KEY="none",
            GMAIL_POLL_SECONDS=POLL,
        ) as made,
    ):
        stub.script(Step(answer=ANSWER, wait=MODEL))
        desk = desk_of(made)
        took: dict[str, list[float]] = {kind: [] for kind in JOBS}
        for number in range(-1, ROUNDS):  # the first imports the model's library
            found = _one(desk, number)
            if number >= 0:
                for kind, milliseconds in found.items():
                    took[kind].append(milliseconds)
        if len(stub.requests) < ROUNDS:
            raise SystemExit("the model was hardly asked")
    return [
        Row(
            name=f"qualification of a mail, a model answering in {MODEL * 1000:g} ms",
            unit="ms",
            ours=tuple(took["message.process"]),
            beside="nothing; the specification's 633 ms and the model's own time",
            means="The job that reads a mail: facts from the database, the model's reading, every "
            "quote looked for in the text, the picture merged and stored, and who is asked.",
            limit=633 + MODEL * 1000,
        ),
        Row(
            name=f"draft of an answer, a model answering in {MODEL * 1000:g} ms",
            unit="ms",
            ours=tuple(took["draft.compose"]),
            beside="nothing; the specification's 3 s",
            means="The job that writes an answer: what the model is told, its text cleaned, "
            "checked and judged, the revision stored, the card wanted anew.",
            limit=3000,
        ),
    ]


def _one(desk: Desk, number: int) -> dict[str, float]:
    person, subject = desk.people[number % len(desk.people)], f"Modelled {number}"
    desk.rest()
    before = _job_seconds(desk)
    desk.rig.write(SENDER, person.email, subject, TEXT)
    person.ready_card(subject, seconds=90)
    desk.rest()
    after = _job_seconds(desk)
    found = {}
    for kind in JOBS:
        count = after[kind, "count"] - before.get((kind, "count"), 0)
        if count < 1:
            raise SystemExit(f"no {kind} ran")
        seconds = after[kind, "sum"] - before.get((kind, "sum"), 0)
        found[kind] = seconds / count * 1000
    return found


def _job_seconds(desk: Desk) -> dict[tuple[str, str], float]:
    """Sums and counts by kind, as the product tells them."""
    text = call(f"{desk.rig.bot_url}/metrics")[1]
    pattern = re.compile(r'understudy_job_seconds_(sum|count)\{kind="([^"]+)"\} (\S+)')
    return {(kind, what): float(value) for what, kind, value in pattern.findall(text)}


@contextmanager
def _stub() -> Iterator[OpenAIStub]:
    """The stub answers on a loop of its own, beside the processes."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    running = openai_stub()
    try:
        yield asyncio.run_coroutine_threadsafe(running.__aenter__(), loop).result(10)
    finally:
        leaving = running.__aexit__(None, None, None)
        asyncio.run_coroutine_threadsafe(leaving, loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)
        loop.close()
