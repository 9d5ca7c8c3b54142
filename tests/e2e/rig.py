"""Everything as in life: the sandbox, the product and PostgreSQL as processes of their own, and
nothing in between but HTTP. Tests watch from outside: what people see, what left, what is kept."""

import asyncio
import base64
import contextlib
import http.client
import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Coroutine, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote, urlencode

import asyncpg

from bot.config import child_environment
from bot.demo import free_port

Json = dict[str, Any]
Found = TypeVar("Found")

ROOT = Path(__file__).resolve().parents[2]
STORY = ROOT / "sandbox" / "story"
TOKEN = "xoxb-sandbox"
# A busy machine takes longer; where all is well, waiting longer costs nothing.
PATIENCE = 3
STEP = 0.05
BUSY = """
select entrypoint from jobs.pgqueuer
where status in ('queued', 'picked') and execute_after <= now()
and entrypoint not in ('mailboxes.poll', 'mailbox.sync', 'tick')
"""
TAIL = 4000
MAILBOXES = (
    "maya@brightpath.example",
    "tom@brightpath.example",
    "ingrid@brightpath.example",
    "understudy@brightpath.example",
)


class Process:
    """One of our commands, running; its words go to a file."""

    def __init__(
        self, name: str, words: Sequence[str], env: dict[str, str], log: Path, tree: Path = ROOT
    ) -> None:
        self.name = name
        self.log = log
        with log.open("ab") as sink:
            self._popen = subprocess.Popen(  # noqa: S603 - our own interpreter and modules
                [sys.executable, "-m", *words],
                cwd=tree,
                env=env,
                stdout=subprocess.PIPE,
                stderr=sink,
                start_new_session=True,
            )
        self._asked_to_end = False

    @property
    def pid(self) -> int:
        return self._popen.pid

    @property
    def alive(self) -> bool:
        return self._popen.poll() is None

    def first_line(self) -> str:
        """What it prints first; empty when it ends without a word."""
        out = self._popen.stdout
        return out.readline().decode() if out else ""

    @property
    def ended_by_itself(self) -> bool:
        """Whether it is gone without having been asked to go."""
        return not self._asked_to_end and not self.alive

    def kill(self) -> None:
        """kill -9: no word of farewell."""
        self._asked_to_end = True
        self._popen.kill()
        self._close()

    def stop(self, seconds: float = 30) -> int:
        """Ask it to leave, and wait until it has."""
        self._asked_to_end = True
        if self.alive:
            self._popen.terminate()
        try:
            self._popen.wait(seconds)
        except subprocess.TimeoutExpired:
            self._popen.kill()
        self._close()
        return self._popen.returncode

    def ended(self, seconds: float) -> int:
        """Wait for it to end by itself; its exit code."""
        code = self._popen.wait(seconds)
        self._close()
        return code

    def _close(self) -> None:
        self._popen.wait()
        if self._popen.stdout:
            self._popen.stdout.close()

    def tail(self) -> str:
        text = self.log.read_text(errors="replace") if self.log.exists() else ""
        return (
            f"── {self.name} (pid {self.pid}, {'alive' if self.alive else 'ended'})\n{text[-TAIL:]}"
        )


class Watcher:
    """Reads the database from outside, past row-level security, on a loop of its own."""

    def __init__(self, url: Callable[[], str]) -> None:
        self._url = url
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._connection: asyncpg.Connection | None = None

    def fetch(self, sql: str, *args: object) -> list[asyncpg.Record]:
        return self._run(self._fetch(sql, *args))

    def value(self, sql: str, *args: object) -> Any:
        rows = self.fetch(sql, *args)
        return rows[0][0] if rows else None

    async def _fetch(self, sql: str, *args: object) -> list[asyncpg.Record]:
        if self._connection is None or self._connection.is_closed():
            self._connection = await asyncpg.connect(self._url())
        try:
            return await self._connection.fetch(sql, *args)
        except (asyncpg.InterfaceError, asyncpg.PostgresConnectionError, OSError):
            await self._forget()
            raise

    async def _forget(self) -> None:
        if self._connection is not None:
            self._connection.terminate()
        self._connection = None

    def _run(self, work: Coroutine[Any, Any, Found]) -> Found:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(20)

    def close(self) -> None:
        with contextlib.suppress(Exception):
            self._run(self._forget())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()


def call(
    url: str, method: str = "GET", body: object = None, timeout: float = 60
) -> tuple[int, Any]:
    """One HTTP request; the body goes and comes as JSON where it is JSON."""
    address, _, path = url.removeprefix("http://").partition("/")
    connection = http.client.HTTPConnection(address, timeout=timeout)
    try:
        sent = None if body is None else json.dumps(body)
        connection.request(method, f"/{path}", sent, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        text = answer.read().decode("utf-8", "replace")
    finally:
        connection.close()
    try:
        return answer.status, json.loads(text)
    except ValueError:
        return answer.status, text


@dataclass
class Rig:
    """A sandbox, a bot that may be killed, a database, and the ways to look at them."""

    folder: Path
    env: dict[str, str] = field(default_factory=dict)
    tree: Path = ROOT
    """Whose code the commands and processes run that are started from now on."""
    secret: str = field(default_factory=lambda: secrets.token_hex(16))
    port: int = field(default_factory=free_port)
    url: str = ""
    processes: list[Process] = field(default_factory=list)
    bot: Process | None = None
    database_url: str = ""
    _watcher: Watcher | None = None

    # ── processes ───────────────────────────────────────────────────────────────────────────────
    @property
    def bot_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def environment(self, **changes: str) -> dict[str, str]:
        """What the product is told; everything else of ours is emptied."""
        words = {
            "SLACK_BOT_TOKEN": TOKEN,
            "SLACK_SIGNING_SECRET": self.secret,
            "SLACK_APP_TOKEN": "",
            "SLACK_CLIENT_ID": "1.sandbox",
            "SLACK_CLIENT_SECRET": "sandbox-client-secret",
            "SLACK_API_URL": f"{self.url}/api/",
            "GMAIL_API_URL": f"{self.url}/",
            "GMAIL_PUSH_AUDIENCE": f"{self.bot_url}/gmail/push",
            "GMAIL_PUSH_SERVICE_ACCOUNT": "",
            "GMAIL_PUSH_CERTS_URL": f"{self.url}/oauth2/v1/certs",
            "GOOGLE_CLIENT_ID": "sandbox-client.apps.googleusercontent.com",
            "GOOGLE_CLIENT_SECRET": "sandbox-client-secret",
            "GMAIL_TOPIC": "projects/sandbox/topics/gmail",
            "GMAIL_POLL_SECONDS": "1",
            "DATA_DIR": str(self.data),
            "DATABASE_URL": "",
            "DATABASE_OWNER_URL": "",
            "ENCRYPTION_KEYS": "",
            "LLM_MODEL": "",
            "LLM_API_BASE": "",
            "LLM_API_KEY": "",
            "SMTP_URL": "",
            "MAIL_FROM": "",
            "UNDO_SECONDS": "0",
            "PUBLIC_URL": "",
            "HOST": "127.0.0.1",
            "PORT": str(self.port),
            "LOG_LEVEL": "INFO",
        }
        return child_environment(**words | self.env | changes)

    def start(self, name: str, *words: str, **changes: str) -> Process:
        env = self.environment(**changes)
        process = Process(name, words, env, self.folder / f"{name}.log", self.tree)
        self.processes.append(process)
        return process

    def start_sandbox(self) -> None:
        words = ("--port", "0", "--bot-url", self.bot_url, "--signing-secret", self.secret)
        line = self.start("sandbox", "sandbox", *words).first_line()
        assert line, self.tails()
        self.url = json.loads(line)["url"].rstrip("/")

    def start_bot(self, *, wait: bool = True) -> Process:
        self.bot = self.start("bot", "bot", "run")
        if wait:
            self.wait_ready()
        return self.bot

    def wait_ready(self, seconds: float = 60) -> None:
        self.until(self.is_ready, seconds, "the product is ready")

    def is_ready(self) -> bool:
        try:
            return call(f"{self.bot_url}/readyz", timeout=5)[0] == 200
        except OSError:
            return False

    def kill_bot(self) -> None:
        assert self.bot is not None
        self.bot.kill()

    def run(self, *words: str, **changes: str) -> subprocess.CompletedProcess[str]:
        """One of the product's commands, to its end."""
        return self._finished("-m", "bot", *words, **changes)

    def _finished(self, *words: str, **changes: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(  # noqa: S603 - our own interpreter and modules
            [sys.executable, *words],
            cwd=self.tree,
            env=self.environment(**changes),
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )

    def command(self, *words: str) -> str:
        done = self.run(*words)
        assert done.returncode == 0, f"{words}: {done.stdout}{done.stderr}"
        return done.stdout

    def commands(self, *each: Sequence[str]) -> str:
        """Several commands in one process; none may fail."""
        module, words = "tests.e2e.commands", json.dumps([list(one) for one in each])
        done = self._finished("-m", module, words)
        assert done.returncode == 0, f"{done.stdout}{done.stderr}"
        return done.stdout

    def refused(self, *each: tuple[str, dict[str, str]]) -> list[str]:
        """What each command says that refuses to start under these changes; in one process."""
        asked = json.dumps([[[word], changes] for word, changes in each])
        done = self._finished("-m", "tests.e2e.commands", "--refused", asked)
        assert done.returncode == 0, f"{done.stdout}{done.stderr}"
        said: list[str] = json.loads(done.stdout)
        return said

    @staticmethod
    def seeding() -> list[str]:
        """The command that takes in the story."""
        files = sorted(str(path) for path in STORY.glob("*.csv"))
        assert len(files) == 4
        return ["seed", *files]

    def seed(self) -> None:
        self.command(*self.seeding())

    def connecting(self, email: str) -> list[str]:
        """The command that connects a mailbox."""
        path = self.folder / f"{email}.json"
        path.write_text(json.dumps(self.get(f"/control/gmail/credentials/{email}")))
        system = ["--system"] if email.startswith("understudy@") else []
        return ["mailbox", "add", email, "--credentials", str(path), *system]

    def connect(self, *emails: str) -> None:
        said = self.commands(*map(self.connecting, emails))
        assert said.count("is connected") == len(emails), said

    def close(self) -> None:
        for process in reversed(self.processes):
            process.stop()
        if self._watcher is not None:
            self._watcher.close()
        self._stop_postgres()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _stop_postgres(self) -> None:
        pid = self.postmaster()
        if pid is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGINT)
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline and Path(f"/proc/{pid}").exists():
            time.sleep(STEP)

    # ── the embedded database, seen from outside ────────────────────────────────────────────────
    def postmaster(self) -> int | None:
        """The embedded server's process, where it runs."""
        path = self.data / "postgres" / "postmaster.pid"
        try:
            return int(path.read_text().splitlines()[0])
        except (OSError, ValueError, IndexError):
            return None

    def admin_url(self) -> str:
        if self.database_url:
            return self.database_url
        lines = (self.data / "postgres" / "postmaster.pid").read_text().splitlines()
        query = urlencode({"host": lines[4], "port": lines[3]})
        return f"postgresql://postgres@/understudy?{query}"

    @property
    def db(self) -> Watcher:
        if self._watcher is None:
            self._watcher = Watcher(self.admin_url)
        return self._watcher

    def busy(self) -> list[str]:
        """Kinds of the jobs that are due or running, without those that come by the clock."""
        rows = self.db.fetch(BUSY)
        return [row["entrypoint"] for row in rows]

    # ── waiting, and telling what went wrong ────────────────────────────────────────────────────
    def until(self, look: Callable[[], Found], seconds: float, what: str) -> Found:
        """Look until there is something, and not much longer than that; a product that ended by
        itself is not waited for."""
        deadline = time.monotonic() + seconds * PATIENCE
        while True:
            found = look()
            if found:
                return found
            gone = self.bot is not None and self.bot.ended_by_itself
            assert not gone, f"the product ended by itself; wanted: {what}\n{self.tails()}"
            if time.monotonic() > deadline:
                raise AssertionError(f"not within {seconds:g} s: {what}\n{self.tails()}")
            time.sleep(STEP)

    def tails(self) -> str:
        return "\n".join(process.tail() for process in self.processes[-4:])

    # ── the sandbox ─────────────────────────────────────────────────────────────────────────────
    def get(self, path: str, **query: str) -> Json:
        tail = f"?{urlencode(query)}" if query else ""
        status, body = call(f"{self.url}{path}{tail}")
        assert status < 400, f"{path}: {status} {body}"
        return body

    def post(self, path: str, body: Json | None = None) -> Json:
        status, answer = call(f"{self.url}{path}", "POST", body or {})
        assert status < 400, f"{path}: {status} {answer}"
        return answer

    def delete(self, path: str) -> None:
        status, answer = call(f"{self.url}{path}", "DELETE")
        assert status < 400, f"{path}: {status} {answer}"

    def mailboxes(self) -> set[str]:
        return {box["email"] for box in self.get("/control/gmail/mailboxes")["mailboxes"]}

    def write(self, sender: str, to: str, subject: str, text: str, **more: Any) -> Json:
        """Somebody with a mailbox here writes a mail, by hand."""
        if sender not in self.mailboxes():
            name = sender.partition("@")[0].replace(".", " ").title()
            self.post("/control/gmail/mailboxes", {"email": sender, "name": name})
        body = {"mailbox": sender, "to": to, "subject": subject, "text": text, **more}
        return self.post("/ui/mail/send", body)

    def deliver(self, mailbox: str, raw: bytes, auth: str = "pass", **more: Any) -> Json:
        """Any bytes arrive in a mailbox."""
        body = {"mailbox": mailbox, "eml_base64": base64.b64encode(raw).decode(), "auth": auth}
        return self.post("/control/gmail/deliver", body | more)

    def sent(self, mailbox: str = "", subject: str = "") -> list[Json]:
        """What really left a mailbox, as bytes, with that subject in it."""
        found = self.get("/control/gmail/sent", mailbox=mailbox)["sent"]
        return [s for s in found if subject.encode() in base64.b64decode(s["raw"])]

    def left(self, mailbox: str, subject: str) -> list[Json]:
        """What the product sent, and not a person."""
        return [s for s in self.sent(mailbox, subject) if s["via"] != "ui"]

    def threads(self, mailbox: str, folder: str) -> list[Json]:
        return self.get("/ui/mail/threads", mailbox=mailbox, folder=folder)["threads"]

    def thread(self, mailbox: str, thread_id: str) -> list[Json]:
        return self.get("/ui/mail/thread", mailbox=mailbox, id=thread_id)["messages"]

    def find(self, mailbox: str, folder: str, subject: str) -> Json | None:
        """The newest thread of a folder with that in its subject."""
        found = [t for t in self.threads(mailbox, folder) if subject in t["subject"]]
        return found[0] if found else None

    def gmail_fault(self, op: str, kind: str, times: int = 1, mailbox: str = "") -> None:
        body = {"op": op, "kind": kind, "times": times, "mailbox": mailbox}
        self.post("/control/gmail/faults", body)

    def slack_fault(self, method: str, kind: str, times: int = 1) -> None:
        self.post("/control/slack/faults", {"method": method, "kind": kind, "times": times})

    def no_faults(self) -> None:
        self.delete("/control/gmail/faults")
        self.delete("/control/slack/faults")

    def calls(self, op: str) -> list[Json]:
        return self.get("/control/gmail/calls", op=op)["calls"]

    def events(self, body: Json, **more: Any) -> list[int]:
        """A raw request to the product's Slack door; the statuses it answered."""
        return self.post("/control/slack/deliver", {"body": body, **more})["statuses"]

    def credentials_path(self, email: str) -> str:
        return f"/control/gmail/credentials/{quote(email)}"


@contextlib.contextmanager
def rig(*, start: bool = True, **env: str) -> Iterator[Rig]:
    """A rig of one's own, taken down in the end whatever happened. Its folder is short, for the
    database's socket, and open to others, for the database's own user."""
    folder = Path(tempfile.mkdtemp(prefix="ue-", dir="/tmp"))
    folder.chmod(0o755)
    made = Rig(folder=folder, env=env)
    try:
        made.start_sandbox()
        if start:
            made.start_bot()
            made.commands(made.seeding(), *map(made.connecting, MAILBOXES))
        yield made
    finally:
        made.close()
