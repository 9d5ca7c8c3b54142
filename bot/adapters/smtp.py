"""Mail that leaves by SMTP. The standard library's client, in threads of its own."""

import asyncio
import smtplib
import ssl
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import unquote, urlsplit
from uuid import UUID

from bot.adapters.meter import VendorCall
from db.session import refuse_inside_transaction
from services.errors import Forbidden, InvalidInput, ServiceError, TransientError
from services.mail.addresses import normal_email, read_addresses
from services.mail.characters import one_line
from services.types.mail import Address

TIMEOUT = 20.0
PORTS = {"smtp": 25, "starttls": 587, "smtps": 465}
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
PASSING = range(400, 500)
ACCEPTED = 250
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpServer:
    """Where SMTP_URL points. `scheme` is smtp (plain), starttls or smtps (TLS from the start)."""

    scheme: str
    host: str
    port: int
    username: str | None
    password: str | None

    @property
    def upgrades(self) -> bool:
        """A password never crosses a network in the clear: such a session is upgraded or ended."""
        exposed = self.username is not None and self.host not in LOOPBACK
        return self.scheme == "starttls" or (self.scheme == "smtp" and exposed)


def read_smtp_url(url: str) -> SmtpServer:
    """SMTP_URL taken apart. InvalidInput never repeats it, because it may carry a password."""
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:
        raise InvalidInput("SMTP_URL can't be read. Example: smtps://name:pw@host") from None
    if parts.scheme not in PORTS or not parts.hostname:
        raise InvalidInput("SMTP_URL starts with smtp://, starttls:// or smtps:// and a host.")
    return SmtpServer(
        scheme=parts.scheme,
        host=parts.hostname,
        port=port or PORTS[parts.scheme],
        username=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password or ""),
    )


def read_mail_from(text: str) -> Address:
    """MAIL_FROM: `name@host` or `Name <name@host>`."""
    found, broken = read_addresses(text)
    if broken or len(found) != 1 or normal_email(found[0].email) is None:
        raise InvalidInput("MAIL_FROM isn't one mail address.")
    return found[0]


class SmtpSender:
    """Implements the MailSender port: every tenant's mail leaves from MAIL_FROM."""

    def __init__(
        self,
        url: str,
        mail_from: str,
        *,
        timeout: float = TIMEOUT,
        context: ssl.SSLContext | None = None,
    ) -> None:
        self._server = read_smtp_url(url)
        self._from = read_mail_from(mail_from)
        self._timeout = timeout
        self._context = context or ssl.create_default_context()
        self._threads = ThreadPoolExecutor(max_workers=2, thread_name_prefix="smtp")

    @property
    def configured(self) -> Address | None:
        return self._from

    async def address(self, tenant_id: UUID) -> Address | None:  # noqa: ARG002 - the port's shape
        return self._from

    async def send(self, tenant_id: UUID, *, to: Address, raw: bytes) -> None:  # noqa: ARG002 - the port's shape
        """Hand the mail over. Ambiguous is only what happens after its text began to leave."""
        refuse_inside_transaction()
        loop = asyncio.get_running_loop()
        with VendorCall("smtp", "send"):
            await loop.run_in_executor(self._threads, self._send, to, raw)

    def close(self) -> None:
        """Let what is under way end, and take nothing new."""
        self._threads.shutdown(wait=False)

    def _send(self, to: Address, raw: bytes) -> None:
        connection = _step(self._connect)
        try:
            _step(lambda: _expect(connection.mail(self._from.email)))
            _step(lambda: _expect(connection.rcpt(to.email)))
            _step(lambda: _expect(connection.data(raw)), ambiguous=True)
        except ServiceError:
            connection.close()
            raise
        # It is accepted: a connection that breaks while saying goodbye changes nothing.
        with suppress(smtplib.SMTPException, OSError):
            connection.quit()

    def _connect(self) -> smtplib.SMTP:
        server = self._server
        connection: smtplib.SMTP
        if server.scheme == "smtps":
            connection = smtplib.SMTP_SSL(
                server.host, server.port, timeout=self._timeout, context=self._context
            )
        else:
            connection = smtplib.SMTP(server.host, server.port, timeout=self._timeout)
        try:
            connection.ehlo_or_helo_if_needed()
            if server.upgrades:
                connection.starttls(context=self._context)
                connection.ehlo()
            if server.username is not None:
                connection.login(server.username, server.password or "")
        except BaseException:
            connection.close()
            raise
        return connection


def _expect(answer: tuple[int, bytes]) -> None:
    code, text = answer
    if code not in {ACCEPTED, ACCEPTED + 1}:
        raise smtplib.SMTPResponseException(code, text)


def _step(work: Callable[[], T], *, ambiguous: bool = False) -> T:
    """One exchange with the server. A plain answer is never ambiguous; silence may be."""
    try:
        return work()
    except smtplib.SMTPAuthenticationError as error:
        if error.smtp_code in PASSING:
            raise TransientError("The mail server can't check our sign-in just now.") from None
        raise Forbidden("The mail server refuses the name or password of SMTP_URL.") from None
    except smtplib.SMTPResponseException as error:
        said = f"{error.smtp_code} {_words(error.smtp_error)}"
        if error.smtp_code in PASSING:
            raise TransientError(f"The mail server asks for patience: {said}") from None
        raise InvalidInput(f"The mail server refused the mail: {said}") from None
    except smtplib.SMTPNotSupportedError:
        raise Forbidden("The mail server offers no safe way to sign in (STARTTLS, AUTH).") from None
    except ssl.SSLCertVerificationError:
        raise Forbidden("The mail server's certificate can't be trusted.") from None
    except (smtplib.SMTPException, OSError) as error:
        raise TransientError(
            f"The mail server doesn't answer ({type(error).__name__}).", ambiguous=ambiguous
        ) from None


def _words(said: bytes | str) -> str:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return one_line(text)[:200]
