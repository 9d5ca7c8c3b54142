"""Brightpath's mail: the past at the start, the fresh mails when the demo is ready."""

import asyncio
import json
from datetime import timedelta
from email import policy
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path

from aiohttp import web

from sandbox.gmail import mime
from sandbox.gmail.model import Json, Mailbox
from sandbox.gmail.web_tools import answer
from sandbox.gmail.world import World

_HERE = Path(__file__).parent
_TABLES = ("members", "accounts", "contacts", "deals")


class Player:
    """Reads story/mail.json and plays it into the mailboxes."""

    def __init__(self, world: World, folder: Path = _HERE) -> None:
        self._world = world
        self._folder = folder
        script = folder / "mail.json"
        self._script: Json = {"mailboxes": [], "threads": [], "arrivals": []}
        if script.exists():
            self._script |= json.loads(script.read_text("utf-8"))
        self._chains: dict[str, list[str]] = {}
        self._playing: asyncio.Task[None] | None = None
        self.begun = False

    def files(self) -> dict[str, str]:
        paths = {name: str(self._folder / f"{name}.csv") for name in _TABLES}
        return {**paths, "slack": str(self._folder / "slack.json")}

    def mailboxes(self) -> list[Json]:
        return list(self._script["mailboxes"])

    def arrivals(self) -> int:
        return len(self._script["arrivals"])

    def prepare(self) -> None:
        """Mailboxes and everything that was written before today."""
        for box in self._script["mailboxes"]:
            self._world.store.add_mailbox(box["email"], box["name"], box["kind"])
        past = [
            (message, thread)
            for thread in self._script["threads"]
            for message in thread["messages"]
        ]
        # History ids must grow with time across threads, as they would have.
        for message, thread in sorted(past, key=lambda item: -float(item[0]["days_ago"])):
            self._write(thread["key"], thread["subject"], message)
        for box in self._world.store.mailboxes.values():
            self._world.store.expire_history(box)

    async def arrive(self) -> None:
        """The fresh mails, each after its delay."""
        waited = 0.0
        for mail in sorted(self._script["arrivals"], key=lambda m: float(m["delay"])):
            await asyncio.sleep(max(0.0, float(mail["delay"]) - waited))
            waited = float(mail["delay"])
            self._write(mail["thread"], mail["subject"], mail)

    def reset(self) -> None:
        """Back to before the first mail."""
        if self._playing is not None:
            self._playing.cancel()
        self._chains.clear()
        self._playing = None
        self.begun = False

    def begin(self) -> bool:
        """Starts the arrivals once; a second call changes nothing."""
        if self.begun:
            return False
        self.begun = True
        self._playing = self._world.push.start(self.arrive())
        return True

    def _write(self, key: str, subject: str, spec: Json) -> None:
        store = self._world.store
        past = "days_ago" in spec
        moment = self._world.clock.now() - timedelta(days=float(spec.get("days_ago", 0)))
        chain = self._chains.setdefault(key, [])
        mail = EmailMessage(policy=policy.SMTP)
        mail["From"] = spec["from"]
        mail["To"] = ", ".join(spec["to"])
        if spec.get("cc"):
            mail["Cc"] = ", ".join(spec["cc"])
        mail["Subject"] = f"Re: {subject}" if chain and not spec.get("bare") else subject
        mail["Date"] = format_datetime(moment)
        sender = mime.addresses(spec["from"])[0][1]
        own_id = f"<{key}.{len(chain) + 1}@{sender.partition('@')[2]}>"
        mail["Message-ID"] = own_id
        if chain and not spec.get("bare"):
            mail["In-Reply-To"] = chain[-1]
            mail["References"] = " ".join(chain)
        for name, value in spec.get("headers", {}).items():
            mail[name] = value
        mail.set_content("\n".join(spec["text"]) + "\n")
        chain.append(own_id)
        raw = mail.as_bytes()
        internal = int(moment.timestamp() * 1000)
        own = store.mailboxes.get(sender)
        if own is not None:
            store.add(own, raw, {"SENT"}, internal_ms=internal)
        self._hand_over(spec, raw, sender, own, internal, past=past)

    def _hand_over(
        self, spec: Json, raw: bytes, sender: str, own: Mailbox | None, internal: int, *, past: bool
    ) -> None:
        labels = {"INBOX"} if past else {"INBOX", "UNREAD"}
        done = {own.email} if own else set()
        for _, address in mime.addresses(*spec["to"], *spec.get("cc", [])):
            target = self._world.store.recipient(address)
            if target is None or target.email in done:
                continue
            done.add(target.email)
            self._world.delivery.deliver(
                target,
                raw,
                auth=spec.get("auth", "pass"),
                envelope=spec.get("envelope", sender),
                labels=labels,
                internal_ms=internal,
            )


def attach_story(app: web.Application, player: Player) -> None:
    async def story(request: web.Request) -> web.Response:
        del request
        script = player.mailboxes()
        return answer({**player.files(), "mailboxes": script, "begun": player.begun})

    async def begin(request: web.Request) -> web.Response:
        del request
        started = player.begin()
        return answer({"started": started, "arrivals": player.arrivals()})

    app.router.add_get("/control/story", story)
    app.router.add_post("/control/story/begin", begin)
