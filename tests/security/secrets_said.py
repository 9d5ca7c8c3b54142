"""What the product says while everything fails around it: no secret, no mail's words, no whole
address; in its logs at their most talkative, its metrics, its pages, its audit and its queue."""

import base64
import contextlib
import http.client
import re
import secrets
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from services.vault import generate
from tests.e2e.rig import Rig, rig
from tests.security.google_key import Key
from tests.security.rows import Row, Tally, Trial, not_checked
from tests.security.telltales import telltales

TITLE = "Secrets in what is said"
MAYA, WRITER = "maya@brightpath.example", "wilma.canary.whisper@northwind-canary.example"
TOKENS = re.compile(r"(xox[a-z]|xoxe|xapp)[.-][A-Za-z0-9.-]{6,}|ya29\.[\w-]{6,}|eyJ[\w-]{20,}\.eyJ")
"""What looks like a token of Slack's or Google's, whosever it is."""
CUT = """
select pg_terminate_backend(pid) from pg_stat_activity
where pid <> pg_backend_pid() and datname = current_database()
"""
"""What a restart of the database is to whoever is connected."""
SAID = {
    "audit entries": "select row_to_json(t)::text from audit_entries t",
    "the queue": "select convert_from(payload, 'utf8') from jobs.pgqueuer",
    "the queue's log": "select row_to_json(t)::text from jobs.pgqueuer_log t",
}


@dataclass
class Walk:
    rig: Rig
    secrets: dict[str, str] = field(default_factory=dict)
    pages: list[str] = field(default_factory=list)

    def get(self, path: str, method: str = "GET", body: str = "", **headers: str) -> None:
        """A request, and the page that came of it."""
        connection = http.client.HTTPConnection(f"127.0.0.1:{self.rig.port}", timeout=30)
        try:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, body or None, named)
            answer = connection.getresponse()
            told = answer.read().decode("utf-8", "replace")
            # What isn't HTTP is quoted back to its sender, whom it tells nothing new.
            garbage = told.startswith(("400", "Invalid")) or "Invalid header" in told
            self.pages.append("" if garbage else f"{answer.status} {told}")
        except (OSError, http.client.HTTPException):
            self.pages.append("")
        finally:
            connection.close()


def rows(trial: Trial) -> list[Row]:
    if trial.quick:
        return [not_checked(TITLE, "the whole walk", "it takes a minute; the full run has it")]
    tally = Tally(TITLE)
    kept = {name: f"CANARY{secrets.token_hex(10)}" for name in ("model key", "SMTP password")}
    with telltales() as (model, post), rig(start=False, **_settings(kept, model, post)) as made:
        walk = Walk(rig=made, secrets=kept)
        walk.secrets["signing secret"] = made.secret
        _start(walk)
        _ask(walk)
        _mail(walk)
        _break(walk)
        _starts_that_fail(walk, tally)
        _look(walk, tally)
    return tally.rows()


def _settings(kept: Mapping[str, str], model: int, post: int) -> dict[str, str]:
    return {
        "LOG_LEVEL": "DEBUG",
        "LLM_MODEL": "openai/gpt-4o",
        "LLM_API_BASE": f"http://127.0.0.1:{model}/v1",
        "LLM_API_KEY": f"sk-{kept['model key']}",
        "SMTP_URL": f"smtp://app:{kept['SMTP password']}@127.0.0.1:{post}",
        "MAIL_FROM": "Understudy <understudy@brightpath.example>",
        "ENCRYPTION_KEYS": generate(),
    }


def _start(walk: Walk) -> None:
    made = walk.rig
    made.env["PUBLIC_URL"] = made.bot_url
    walk.secrets["encryption key"] = made.env["ENCRYPTION_KEYS"].partition(":")[2]
    made.start_bot()
    made.commands(made.seeding(), made.connecting(MAYA))
    held = made.get(made.credentials_path(MAYA))
    for name in ("token", "refresh_token"):
        if held.get(name):
            walk.secrets[f"Gmail {name}"] = str(held[name])
    told = made.command("token", "add", "--member", MAYA, "--name", "canary")
    walk.secrets["API token"] = next(word for word in told.split() if word.startswith("us_"))


def _ask(walk: Walk) -> None:
    """Good and bad credentials at every door, in every place they might stand."""
    token, key = walk.secrets["API token"], Key("canary")
    walk.secrets["OAuth code"] = code = f"CANARY{secrets.token_hex(10)}"
    walk.secrets["push JWT"] = jwt = key.token()
    walk.secrets["push JWT's signature"] = jwt.rpartition(".")[2]
    summary = "/api/v1/learning/summary"
    walk.get(summary, Authorization=f"Bearer {token}")
    walk.get(f"{summary}?access_token={token}")
    walk.get(summary, Authorization=f"Bearer {token}\x01")
    walk.get(summary, Cookie=f"device={token}\x7f\x00")
    walk.get("/api/v1/learning/feedback", "POST", "{" + token, Authorization=f"Bearer {token}",
             Content_Type="application/json")  # fmt: skip
    walk.get("/gmail/push", "POST", "{}", Authorization=f"Bearer {jwt}")
    walk.get(
        "/gmail/push",
        "POST",
        '{"message": {"data": "%"}}',
        Authorization=f"Bearer {jwt}x",
    )
    for path in ("/slack/oauth_redirect", "/gmail/oauth_redirect"):
        walk.get(f"{path}?code={code}&state=i-{code}", Cookie=f"understudy_install={code}")
    walk.get("/slack/install")
    state = re.search(r"state=([^&\"]+)", walk.pages[-1])
    if state:
        walk.get(f"/slack/oauth_redirect?code={quote(code)}&state={state[1]}")
    walk.get(
        f"/act/{token}", "POST", f"csrf={token}", Content_Type="application/x-www-form-urlencoded"
    )
    walk.get(
        "/slack/events", "POST", "{}", X_Slack_Signature=f"v0={code}", X_Slack_Request_Timestamp="1"
    )


def _mail(walk: Walk) -> None:
    """A mail the model's server quotes back, and a person clicks on."""
    walk.secrets["a mail's words"] = said = f"CANARY{secrets.token_hex(10)}"
    walk.secrets["an address"] = WRITER.partition("@")[0]
    made = walk.rig
    known = "marco.bellini@castellanfoods.example"
    for sender in (WRITER, known):
        made.write(sender, MAYA, "Question", f"Hello, {said}: could you send the sheet? {WRITER}")
    made.until(lambda: made.db.value("select count(*) from messages") >= 2, 30, "mails are read")
    asked = "select count(*) from model_calls"
    made.until(lambda: made.db.value(asked) > 0, 40, "the model was asked, and refused")


def _break(walk: Walk) -> None:
    """Both outsides fail in turn, the database hangs up again and again, mail comes meanwhile."""
    made, said = walk.rig, walk.secrets["a mail's words"]
    for method, kind in (("chat.postMessage", "error:internal_error"), ("chat.update", "http_500")):
        with contextlib.suppress(AssertionError):
            made.slack_fault(method, kind, 3)
    for op in ("messages.get", "drafts.create", "history.list"):
        with contextlib.suppress(AssertionError):
            made.gmail_fault(op, "http_500", 2)
    made.write("marco.bellini@castellanfoods.example", MAYA, "Another", f"And {said}, by Friday?")
    for _ in range(10):
        made.db.fetch(CUT)
        for path in ("/readyz", "/slack/install", "/api/v1/learning/summary"):
            walk.get(path, Authorization=f"Bearer {walk.secrets['API token']}")
        time.sleep(0.2)
    made.no_faults()
    with contextlib.suppress(AssertionError):
        made.until(lambda: not made.busy(), 15, "nothing is left to do")


def _starts_that_fail(walk: Walk, tally: Tally) -> None:
    """Commands with addresses that hold a password and lead nowhere."""
    walk.secrets["database password"] = word = f"CANARY{secrets.token_hex(10)}"
    for words, url in (
        (("run",), f"postgresql://app:{word}@127.0.0.1:9/x"),
        (("migrate",), f"postgresql://app:{word}@127.0.0.1:9/x"),
        (("doctor",), f"postgresql://app:{word}@no-such-host.invalid/x"),
        (("token", "list"), f"postgres://app:{word}@127.0.0.1:port/x"),
        (("worker",), f"mysql://app:{word}@127.0.0.1/x"),
    ):
        done = walk.rig.run(*words, DATABASE_URL=url, DATABASE_OWNER_URL=url)
        held = word not in done.stdout + done.stderr and done.returncode != 0
        tally.add("a command that can't reach its database keeps the password", held=held,
                  fault=f"{words} {url.partition(':')[0]}: {done.returncode}")  # fmt: skip
    for name in ("SMTP_URL", "ENCRYPTION_KEYS", "UNDO_SECONDS"):
        done = walk.rig.run("run", **{name: f"k1:{word}:// y"})
        tally.add("a setting that can't be read isn't repeated", fault=name,
                  held=word not in done.stdout + done.stderr)  # fmt: skip


def _look(walk: Walk, tally: Tally) -> None:
    made = walk.rig
    walk.get("/metrics")
    metrics = walk.pages[-1]
    said: dict[str, str] = {
        "the logs (DEBUG)": "\n".join(_logs(made.folder)),
        "the metrics": metrics,
        "pages and answers": "\n".join(walk.pages),
    }
    for name, sql in SAID.items():
        said[name] = "\n".join(str(row[0]) for row in made.db.fetch(sql))
    told = said["the logs (DEBUG)"]
    for word in ("ready", "push refused", "unreadable request", "lost the database"):
        tally.add("control: what went wrong was told", held=word in told, fault=word)
    for where, text in said.items():
        for name, secret in walk.secrets.items():
            found = next((form for form in _forms(secret) if form in text), None)
            tally.add(f"{where}: nothing that must not be there", held=found is None,
                      fault=f"{name}: …{_around(text, found)}…")  # fmt: skip
        loose = TOKENS.search(text)
        tally.add(f"{where}: nothing that looks like a token", held=loose is None,
                  fault=_around(text, loose[0]) if loose else "")  # fmt: skip


def _logs(folder: Path) -> Iterator[str]:
    """What the product said; not what the sandbox did."""
    return (
        log.read_text(errors="replace") for log in folder.glob("*.log") if log.stem != "sandbox"
    )


def _forms(secret: str) -> tuple[str, ...]:
    """As it is, in an address, and as SMTP and HTTP carry it."""
    return (secret, quote(secret), base64.b64encode(f"\0app\0{secret}".encode()).decode(),
            base64.b64encode(secret.encode()).decode())  # fmt: skip


def _around(text: str, found: Any) -> str:
    at = text.find(found) if found else -1
    return text[max(at - 90, 0) : at + 20].replace("\n", " ") if at >= 0 else ""
