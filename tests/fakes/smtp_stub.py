"""A mail server on loopback that says what it is told to say."""

import asyncio
import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field


@dataclass
class SmtpStub:
    """`answers` replaces the reply to a verb ("MAIL", "RCPT", "DATA", "."); "drop" hangs up there.
    `login` is the name and password it accepts; None offers no AUTH."""

    answers: dict[str, str] = field(default_factory=dict)
    login: tuple[str, str] | None = None
    port: int = 0
    mails: list[tuple[str, str, bytes]] = field(default_factory=list)
    verbs: list[str] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._session(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _session(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 stub\r\n")
        sender = to = ""
        while line := (await reader.readline()).decode().rstrip("\r\n"):
            verb = line.split(" ")[0].upper()
            self.verbs.append(verb)
            answer = self.answers.get(verb, self._usual(verb, line))
            if answer == "drop":
                return
            sender = line if verb == "MAIL" else sender
            to = line if verb == "RCPT" else to
            writer.write(f"{answer}\r\n".encode())
            if verb == "QUIT":
                return
            if verb == "DATA" and answer.startswith("354"):
                raw = (await reader.readuntil(b"\r\n.\r\n"))[:-3]
                answer = self.answers.get(".", "250 taken")
                if answer.startswith("250") or answer == "drop":
                    self.mails.append((sender, to, raw.replace(b"\r\n..", b"\r\n.")))
                if answer == "drop":
                    return
                writer.write(f"{answer}\r\n".encode())

    def _usual(self, verb: str, line: str) -> str:
        if verb == "EHLO":
            return "250-stub\r\n250 AUTH PLAIN" if self.login else "250 stub"
        if verb == "AUTH":
            said = base64.b64decode(line.rsplit(" ", maxsplit=1)[-1]).decode().split("\0")
            good = self.login is not None and tuple(said[1:]) == self.login
            return "235 welcome" if good else "535 5.7.8 no such name or password"
        return {"DATA": "354 go on", "QUIT": "221 bye", "STARTTLS": "502 no"}.get(verb, "250 fine")


@asynccontextmanager
async def smtp_stub(**options: object) -> AsyncIterator[SmtpStub]:
    """A running stub on a free port."""
    stub = SmtpStub(**options)
    server = await asyncio.start_server(stub.serve, "127.0.0.1", 0)
    stub.port = server.sockets[0].getsockname()[1]
    async with server:
        yield stub
