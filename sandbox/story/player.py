"""Brightpath's mail: the past at the start, the fresh mails when the demo is ready."""

import asyncio
import json
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
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
_PARTS = ("mailboxes", "threads", "arrivals", "transcripts", "talk")
_SATURDAY = 5
_ANSWERED_AFTER = timedelta(minutes=47)


_DATE = re.compile(r"\{(date|weekday)\+(\d+)\}")


@dataclass(frozen=True, kw_only=True)
class Line:
    """What a later mail of the thread refers to and quotes."""

    message_id: str
    author: str
    moment: datetime
    text: str
    now: datetime


def fill(text: str, moment: datetime) -> str:
    """Days named relative to the writing, moved off weekends: the story never goes stale."""

    def day(match: re.Match[str]) -> str:
        found = moment + timedelta(days=int(match[2]))
        while found.weekday() >= _SATURDAY:
            found += timedelta(days=1)
        if match[1] == "weekday":
            return found.strftime("%A")
        return f"{found.day} {found.strftime('%B %Y')}"

    return _DATE.sub(day, text)


def office_hours(now: datetime, days_ago: float) -> datetime:
    """About so many days ago, on a working day, between noon and nine in the evening UTC."""
    found = now - timedelta(days=int(days_ago))
    if found.weekday() >= _SATURDAY:
        found -= timedelta(days=found.weekday() - _SATURDAY + 1)
    minutes = int((1 - days_ago % 1) * 9 * 60)
    return found.replace(hour=12, minute=0) + timedelta(minutes=minutes)


def _compose(spec: Json, subject: str, line: Line, chain: list[Line]) -> bytes:
    mail = EmailMessage(policy=policy.SMTP)
    mail["From"] = spec["from"]
    mail["To"] = ", ".join(spec["to"])
    if spec.get("cc"):
        mail["Cc"] = ", ".join(spec["cc"])
    mail["Subject"] = spec.get("prefix", "Re: " if chain else "") + subject
    mail["Date"] = format_datetime(line.moment)
    mail["Message-ID"] = line.message_id
    if chain:
        mail["In-Reply-To"] = chain[-1].message_id
        mail["References"] = " ".join(earlier.message_id for earlier in chain)
    for name, value in spec.get("headers", {}).items():
        mail[name] = value
    text = line.text
    if spec.get("quote") and chain:
        last = chain[-1]
        when = last.moment.strftime("%a, %d %b %Y at %H:%M")
        quoted = "\n".join(f"> {row}".rstrip() for row in last.text.splitlines())
        text = f"{text}\n\nOn {when}, {last.author} wrote:\n\n{quoted}"
    mail.set_content(text + "\n")
    if spec.get("invite"):
        mail.add_alternative(
            _calendar(spec, line), subtype="calendar", params={"method": "REQUEST"}
        )
    return mail.as_bytes()


def _calendar(spec: Json, line: Line) -> str:
    """The meeting a mail invites to, as calendars write it."""
    invite = spec["invite"]
    starts = office_hours(line.now, float(invite["days_ago"]))
    ends = starts + timedelta(minutes=int(invite["minutes"]))
    (_, organizer), *_ = mime.addresses(spec["from"])
    guests = mime.addresses(*spec["to"], *spec.get("cc", []))
    lines = [
        *("BEGIN:VCALENDAR", "VERSION:2.0", "METHOD:REQUEST", "BEGIN:VEVENT"),
        f"UID:{line.message_id.strip('<>')}",
        f"DTSTAMP:{line.moment:%Y%m%dT%H%M%SZ}",
        f"DTSTART:{starts:%Y%m%dT%H%M%SZ}",
        f"DTEND:{ends:%Y%m%dT%H%M%SZ}",
        f"SUMMARY:{invite['title']}",
        f"ORGANIZER:mailto:{organizer}",
        *(f"ATTENDEE;CN={name};PARTSTAT=ACCEPTED:mailto:{email}" for name, email in guests),
        *("END:VEVENT", "END:VCALENDAR", ""),
    ]
    return "\r\n".join(lines)


class Player:
    """Reads story/mail.json and plays it into the mailboxes."""

    def __init__(self, world: World, folder: Path = _HERE) -> None:
        self._world = world
        self._folder = folder
        script = folder / "mail.json"
        self._script: Json = dict.fromkeys(_PARTS, ())
        if script.exists():
            self._script |= json.loads(script.read_text("utf-8"))
        self._chains: dict[str, list[Line]] = {}
        self._playing: asyncio.Task[None] | None = None
        self.begun = False

    def files(self) -> dict[str, str]:
        paths = {name: str(self._folder / f"{name}.csv") for name in _TABLES}
        return {**paths, "slack": str(self._folder / "slack.json")}

    def mailboxes(self) -> list[Json]:
        return list(self._script["mailboxes"])

    def transcripts(self) -> list[Json]:
        """What was said in meetings: a file, whose it is, what it was called and when it was."""
        now = self._world.clock.now()
        return [
            {
                "file": str(self._folder / one["file"]),
                "account": one["account"],
                "title": one["title"],
                "at": f"{office_hours(now, float(one['days_ago'])):%Y-%m-%d %H:%M}",
            }
            for one in self._script["transcripts"]
        ]

    def talk(self) -> list[Json]:
        """Threads of channels: each its channel and its posts, the first of them the root."""
        return list(self._script["talk"])

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
        """One mail: into its writer's Sent, when the writer is ours, and to everyone it names."""
        past = "days_ago" in spec
        chain = self._chains.setdefault(key, [])
        now = moment = self._world.clock.now()
        if past:
            moment = office_hours(now, float(spec["days_ago"]))
            if chain and moment <= chain[-1].moment:
                moment = chain[-1].moment + _ANSWERED_AFTER
        sender = mime.addresses(spec["from"])[0][1]
        line = Line(
            message_id=f"<{key}.{len(chain) + 1}@{sender.partition('@')[2]}>",
            author=spec["from"],
            moment=moment,
            text=fill("\n\n".join(spec["text"]), moment),
            now=now,
        )
        raw = _compose(spec, subject, line, chain)
        chain.append(line)
        internal = int(moment.timestamp() * 1000)
        own = self._world.store.mailboxes.get(sender)
        if own is not None:
            self._world.store.add(own, raw, {"SENT"}, internal_ms=internal)
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
        told = {
            "mailboxes": player.mailboxes(),
            "transcripts": player.transcripts(),
            "talk": player.talk(),
            "begun": player.begun,
        }
        return answer(player.files() | told)

    async def begin(request: web.Request) -> web.Response:
        del request
        started = player.begin()
        return answer({"started": started, "arrivals": player.arrivals()})

    app.router.add_get("/control/story", story)
    app.router.add_post("/control/story/begin", begin)
