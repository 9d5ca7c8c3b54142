"""`understudy demo`: a whole workspace on this machine, with no account anywhere.

Starts the sandbox (a local Slack and Gmail) and the product as processes of their own, brings the
story's people and accounts in through the same commands an admin would use, and prints one address.
"""

import argparse
import asyncio
import base64
import json
import mailbox
import os
import random
import secrets
import signal
import socket
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
from rich.console import Console

from bot.config import child_environment
from bot.demo_people import write_people

READY_SECONDS = 90
STOP_SECONDS = 20
BATCH = 20
MAX_LINE = 2**20
# Long enough to be seen, short enough to wait for.
UNDO_SECONDS = 15
TRY = f"""\
  Begin in Messages: approve a draft, and take it back within {UNDO_SECONDS} seconds.
  A customer has gone quiet there: the alert has the proof, /understudy brief Arden the page.
  /understudy proposals lists mails I suggest of my own accord, and what I left alone.
  As Sam, /understudy autonomy: what I may do by myself, why, and the switch that stops it.
  "What to try", at the top of the page, leads on: Home as each of the people
  sees it, connecting Gmail, and a second workspace to install into.
  In Slack, /understudy help lists everything.
"""


class DemoError(Exception):
    """The demo can't go on; the message says why."""


def add_parser(
    subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str
) -> None:
    parser = subparsers.add_parser(name, help="a whole workspace on this machine")
    parser.add_argument("--port", type=int, default=8080, help="where the workspace is shown")
    parser.add_argument("--bot-port", type=int, default=0, help="where the product listens")
    parser.add_argument(
        "--mail",
        type=Path,
        action="append",
        default=[],
        metavar="FILE.mbox|DIR",
        help="play real mail through the loop: an mbox, a .eml file or a folder of them",
    )
    parser.add_argument("--mailbox", default=None, help="who gets the mail of --mail")


def run(args: argparse.Namespace) -> int:
    console = Console(stderr=False)
    try:
        return asyncio.run(_Demo(args=args, console=console).run())
    except DemoError as error:
        console.print(f"[red]{error}[/red]")
        return 1
    except KeyboardInterrupt:
        return 0


@dataclass(slots=True)
class _Demo:
    args: argparse.Namespace
    console: Console
    secret: str = field(default_factory=lambda: secrets.token_hex(16))

    async def run(self) -> int:
        """Until Ctrl-C: start, seed, connect, tell the story."""
        stopping = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, stopping.set)
        bot_port = self.args.bot_port or free_port()
        bot_url = f"http://127.0.0.1:{bot_port}"
        async with AsyncExitStack() as stack:
            folder = Path(
                stack.enter_context(tempfile.TemporaryDirectory(prefix="understudy-demo-"))
            )
            stack.enter_context(_traversable(folder))
            http = await stack.enter_async_context(aiohttp.ClientSession())
            with self.console.status("Starting the workspace"):
                sandbox, sandbox_url = await self._sandbox(bot_url)
                stack.push_async_callback(_stop, sandbox)
                environment = self._environment(folder, sandbox_url, bot_port)
                bot = await _process(["run"], environment, folder / "bot.log")
                stack.push_async_callback(_stop, bot)
                await _ready(http, bot_url, bot, folder / "bot.log")
            with self.console.status("Bringing in people, accounts and mailboxes"):
                story = await _json(http, "GET", f"{sandbox_url}/control/story")
                files = [str(story[k]) for k in ("members", "accounts", "contacts", "deals")]
                await _command(["seed", *files], environment)
                await self._connect_mailboxes(http, sandbox_url, story, environment, folder)
            if self.args.mail:
                await self._play(http, sandbox_url, story, environment, folder)
            else:
                await _json(http, "POST", f"{sandbox_url}/control/story/begin")
                await _what_was_said(http, sandbox_url, story, environment)
            self.console.print(f"\n  Understudy is running at [bold]{sandbox_url}/[/bold]\n")
            self.console.print(TRY, highlight=False)
            self.console.print("  Stop it with Ctrl-C. Nothing is kept.\n")
            await _until_stopped(stopping, bot, sandbox, folder / "bot.log")
        return 0

    def _environment(self, folder: Path, sandbox_url: str, bot_port: int) -> dict[str, str]:
        return child_environment(
            SLACK_BOT_TOKEN="xoxb-sandbox",  # noqa: S106 - the sandbox's own
            SLACK_SIGNING_SECRET=self.secret,
            SLACK_API_URL=f"{sandbox_url}/api/",
            SLACK_CLIENT_ID="1.sandbox",
            SLACK_CLIENT_SECRET="sandbox-client-secret",  # noqa: S106 - the sandbox's own
            GMAIL_API_URL=f"{sandbox_url}/",
            GMAIL_PUSH_AUDIENCE=f"http://127.0.0.1:{bot_port}/gmail/push",
            GMAIL_PUSH_CERTS_URL=f"{sandbox_url}/oauth2/v1/certs",
            GOOGLE_CLIENT_ID="sandbox-client.apps.googleusercontent.com",
            GOOGLE_CLIENT_SECRET="sandbox-client-secret",  # noqa: S106 - the sandbox's own
            GMAIL_TOPIC="projects/sandbox/topics/gmail",
            GMAIL_POLL_SECONDS="5",
            DATA_DIR=str(folder / "data"),
            DATABASE_URL="",
            HOST="127.0.0.1",
            PORT=str(bot_port),
            PUBLIC_URL="",
            UNDO_SECONDS=str(UNDO_SECONDS),
        )

    async def _sandbox(self, bot_url: str) -> tuple[asyncio.subprocess.Process, str]:
        words = ["--port", str(self.args.port), "--bot-url", bot_url]
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "sandbox",
            *words,
            "--signing-secret",
            self.secret,
            stdout=asyncio.subprocess.PIPE,
            limit=MAX_LINE,
            start_new_session=True,
        )
        if process.stdout is None:
            raise DemoError("The sandbox could not be started.")
        line = await asyncio.wait_for(process.stdout.readline(), READY_SECONDS)
        if not line:
            raise DemoError(
                f"The sandbox could not be started. Is port {self.args.port} free? "
                "Another one: understudy demo --port 8081"
            )
        return process, str(json.loads(line)["url"]).rstrip("/")

    async def _connect_mailboxes(
        self,
        http: aiohttp.ClientSession,
        sandbox_url: str,
        story: dict[str, Any],
        environment: dict[str, str],
        folder: Path,
    ) -> None:
        for box in story["mailboxes"]:
            if box["kind"] not in {"rep", "system"}:
                continue
            email = str(box["email"])
            given = await _json(http, "GET", f"{sandbox_url}/control/gmail/credentials/{email}")
            path = folder / f"{email}.json"
            path.write_text(json.dumps(given))
            system = ["--system"] if box["kind"] == "system" else []
            await _command(
                ["mailbox", "add", email, "--credentials", str(path), *system], environment
            )

    async def _play(
        self,
        http: aiohttp.ClientSession,
        sandbox_url: str,
        story: dict[str, Any],
        environment: dict[str, str],
        folder: Path,
    ) -> None:
        """Deliver every message of the given files to one mailbox, byte for byte, after its senders
        have become accounts and contacts."""
        reps = [b["email"] for b in story["mailboxes"] if b["kind"] == "rep"]
        target = self.args.mailbox or reps[0]
        mails = [mail for path in self.args.mail for mail in mails_in(path)]
        if not mails:
            raise DemoError("There is no mail in what --mail names.")
        people = write_people(mails, folder / "people", target)
        await _command(["seed", *map(str, people)], environment)
        failed = 0
        for start in range(0, len(mails), BATCH):
            files = [
                {"name": name, "base64": base64.b64encode(raw).decode()}
                for name, raw in mails[start : start + BATCH]
            ]
            answer = await _json(
                http,
                "POST",
                f"{sandbox_url}/ui/mail/import",
                {"mailbox": target, "files": files},
            )
            failed += len(answer.get("failed", ()))
        self.console.print(f"  {len(mails) - failed} messages were delivered to {target}.")


def mails_in(path: Path) -> Iterator[tuple[str, bytes]]:
    """(name, bytes) of every message under a path: an mbox, a message, or a folder of either."""
    if path.is_dir():
        for inner in sorted(p for p in path.rglob("*") if p.is_file()):
            if inner.suffix.lower() in {".eml", ".mbox", ".txt", ".msg", ""}:
                yield from mails_in(inner)
        return
    if not path.exists():
        raise DemoError(f"There is no {path}.")
    raw = path.read_bytes()
    if path.suffix.lower() == ".mbox" or raw.startswith(b"From "):
        box = mailbox.mbox(path, create=False)
        for number, key in enumerate(box.keys()):
            yield f"{path.name}#{number + 1}", box.get_bytes(key)
        return
    yield path.name, raw


# Below those that Linux, macOS and Windows give to outgoing connections.
_LISTENING = range(20_000, 32_000)


def free_port() -> int:
    """A port of this machine that nobody uses right now. Not one of those that outgoing
    connections are given: until somebody listens there, one of them would take it."""
    for port in random.sample(_LISTENING, 50):
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise OSError("no port is free to listen on")


class _traversable:  # noqa: N801 - reads as a verb where it is used
    """As root the database server runs as another user, who must get through to its folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __enter__(self) -> None:
        self._folder.chmod(0o755 if os.geteuid() == 0 else 0o700)

    def __exit__(self, *_: object) -> None:
        return None


async def _process(
    words: Sequence[str], environment: dict[str, str], log: Path
) -> asyncio.subprocess.Process:
    """One of our own commands as a process, its log in a file."""
    with log.open("wb") as sink:
        return await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "bot",
            *words,
            env=environment,
            stderr=sink,
            start_new_session=True,
        )


async def _command(words: Sequence[str], environment: dict[str, str]) -> None:
    """Run one of our own commands to its end."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        *words,
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    if process.returncode:
        raise DemoError(f"understudy {words[0]} failed:\n{output.decode(errors='replace')[-2000:]}")


async def _ready(
    http: aiohttp.ClientSession, url: str, process: asyncio.subprocess.Process, log: Path
) -> None:
    for _ in range(READY_SECONDS * 10):
        if process.returncode is not None:
            raise DemoError(f"The product could not start:\n{_tail(log)}")
        with suppress(aiohttp.ClientError):
            async with http.get(f"{url}/readyz") as answer:
                if answer.status == 200:  # noqa: PLR2004 - HTTP OK
                    return
        await asyncio.sleep(0.1)
    raise DemoError(f"The product did not become ready:\n{_tail(log)}")


async def _json(
    http: aiohttp.ClientSession, method: str, url: str, body: dict[str, Any] | None = None
) -> dict[str, Any]:
    async with http.request(method, url, json=body) as answer:
        if answer.status >= 400:  # noqa: PLR2004 - HTTP errors begin here
            raise DemoError(f"The sandbox answered {answer.status}: {await answer.text()}")
        found: dict[str, Any] = await answer.json()
        return found


async def _what_was_said(
    http: aiohttp.ClientSession,
    sandbox_url: str,
    story: dict[str, Any],
    environment: dict[str, str],
) -> None:
    """Beside the mail: the meetings' transcripts, and threads in Slack that are followed."""
    for one in story["transcripts"]:
        words = ["--account", one["account"], "--title", one["title"], "--at", one["at"]]
        await _command(["import-meeting", *words, one["file"]], environment)
    for thread in story["talk"]:
        root = ""
        for post in thread["posts"]:
            body = {**post, "channel": thread["channel"]} | ({"thread_ts": root} if root else {})
            said = await _json(http, "POST", f"{sandbox_url}/ui/slack/message", body)
            root = root or str(said["ts"])


async def _until_stopped(
    stopping: asyncio.Event,
    bot: asyncio.subprocess.Process,
    sandbox: asyncio.subprocess.Process,
    log: Path,
) -> None:
    ends = [asyncio.ensure_future(x) for x in (stopping.wait(), bot.wait(), sandbox.wait())]
    done, rest = await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
    for task in rest:
        task.cancel()
    if ends[0] not in done:
        raise DemoError(f"A part of the demo ended by itself:\n{_tail(log)}")


async def _stop(process: asyncio.subprocess.Process) -> None:
    if process.returncode is not None:
        return
    with suppress(ProcessLookupError):
        process.terminate()
    try:
        await asyncio.wait_for(process.wait(), STOP_SECONDS)
    except TimeoutError:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


def _tail(log: Path) -> str:
    return log.read_text(errors="replace")[-3000:] if log.exists() else ""
