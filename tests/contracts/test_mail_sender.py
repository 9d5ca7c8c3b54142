"""What every MailSender keeps: the mail arrives byte for byte, refusals are told from doubts."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest

from bot.adapters.smtp import SmtpSender, read_mail_from, read_smtp_url
from bot.adapters.system_mailbox import SystemMailboxSender
from db import mailboxes
from db.models.mailboxes import Mailbox
from db.models.tenants import Tenant
from db.session import Database
from services.errors import Forbidden, InvalidInput, NotFound, TransientError
from services.mail.compose import compose
from services.ports import MailSender
from services.types.mail import Address
from tests.fakes.mail import FakeMail
from tests.fakes.mail_sender import FakeMailSender
from tests.fakes.smtp_stub import SmtpStub, smtp_stub

NOW = datetime(2026, 11, 20, 13, tzinfo=UTC)
TENANT = uuid4()
TO = Address(email="maya@brightpath.example", name="Maya Okafor")
FROM = Address(email="copilot@brightpath.example", name="Understudy")
RAW = compose(sender=FROM, to=[TO], subject="Grüße", text=".dot\n\nline", date=NOW)


def _without_id(raw: bytes) -> bytes:
    return re.sub(rb"(?m)^Message-ID: .*\r\n", b"", raw).rstrip()


@dataclass
class Side:
    sender: MailSender
    arrived: Callable[[], list[bytes]]
    break_connection: Callable[[], None]
    lose_answer: Callable[[], None]


async def _add_tenant(database: Database) -> UUID:
    async with database.transaction(TENANT) as tx:
        tx.session.add(
            Tenant(tenant_id=TENANT, created_at=NOW, team_id="T1", name="B", bot_user_id="U1")
        )
        await tx.session.flush()
        mailbox_id = uuid4()
        await mailboxes.add_mailbox(
            tx,
            Mailbox(
                tenant_id=TENANT, id=mailbox_id, created_at=NOW, address=FROM.email, is_system=True
            ),
        )
    return mailbox_id


class OneMailbox:
    """The Mails port over one mailbox in memory."""

    def __init__(self, mailbox_id: UUID, mail: FakeMail) -> None:
        self.mailbox_id, self.mail = mailbox_id, mail

    async def of(self, tenant_id: UUID, mailbox_id: UUID) -> FakeMail:
        assert (tenant_id, mailbox_id) == (TENANT, self.mailbox_id)
        return self.mail


async def _fake(_stack: AsyncExitStack, _database: Database) -> Side:
    fake = FakeMailSender(sender=FROM)
    broken = TransientError("down")
    lost = TransientError("lost", ambiguous=True)
    return Side(
        fake,
        lambda: [raw for _, raw in fake.sent],
        lambda: fake.fail.append(broken),
        lambda: fake.lose.append(lost),
    )


async def _smtp(stack: AsyncExitStack, _database: Database) -> Side:
    stub: SmtpStub = await stack.enter_async_context(smtp_stub())
    sender = SmtpSender(f"smtp://127.0.0.1:{stub.port}", "Understudy <copilot@brightpath.example>")
    stack.callback(sender.close)
    return Side(
        sender,
        lambda: [raw for _, _, raw in stub.mails],
        lambda: stub.answers.update(MAIL="drop"),
        lambda: stub.answers.update({".": "drop"}),
    )


async def _system(_stack: AsyncExitStack, database: Database) -> Side:
    mail = FakeMail(FROM.email)
    mailbox_id = await _add_tenant(database)
    return Side(
        SystemMailboxSender(database, OneMailbox(mailbox_id, mail)),
        lambda: [one.raw for one in mail.messages.values()],
        lambda: mail.fail.setdefault("create_draft", []).append(TransientError("down")),
        lambda: mail.lose.setdefault("send_draft", []).append(
            TransientError("lost", ambiguous=True)
        ),
    )


SIDES: dict[str, Callable[[AsyncExitStack, Database], Awaitable[Side]]] = {
    "fake": _fake,
    "smtp": _smtp,
    "system mailbox": _system,
}


@pytest.fixture(params=SIDES)
async def side(request: pytest.FixtureRequest, database: Database) -> AsyncIterator[Side]:
    async with AsyncExitStack() as stack:
        yield await SIDES[request.param](stack, database)


async def test_the_mail_arrives_byte_for_byte(side: Side):
    assert (await side.sender.address(TENANT)).email == FROM.email
    await side.sender.send(TENANT, to=TO, raw=RAW)
    # Gmail writes a Message-ID of its own; everything else stays.
    assert [_without_id(raw) for raw in side.arrived()] == [_without_id(RAW)]


async def test_a_break_before_the_text_is_no_doubt(side: Side):
    side.break_connection()
    with pytest.raises(TransientError) as caught:
        await side.sender.send(TENANT, to=TO, raw=RAW)
    assert not caught.value.ambiguous
    assert side.arrived() == []


async def test_a_lost_answer_is_in_doubt(side: Side):
    side.lose_answer()
    with pytest.raises(TransientError) as caught:
        await side.sender.send(TENANT, to=TO, raw=RAW)
    assert caught.value.ambiguous
    assert len(side.arrived()) == 1


async def test_no_mail_inside_a_transaction(side: Side, database: Database):
    async with database.transaction(TENANT):
        with pytest.raises(RuntimeError, match="transaction"):
            await side.sender.send(TENANT, to=TO, raw=RAW)
    assert side.arrived() == []


async def test_a_tenant_without_system_mailbox_has_no_address(database: Database):
    sender = SystemMailboxSender(database, OneMailbox(uuid4(), FakeMail("x@y.example")))
    assert sender.configured is None
    assert await sender.address(TENANT) is None
    with pytest.raises(NotFound):
        await sender.send(TENANT, to=TO, raw=RAW)


@pytest.mark.parametrize(
    ("answers", "error"),
    [
        ({"RCPT": "550 no such person"}, InvalidInput),
        ({"MAIL": "553 not yours"}, InvalidInput),
        ({"DATA": "554 no"}, InvalidInput),
        ({".": "552 too large"}, InvalidInput),
        ({"RCPT": "451 later"}, TransientError),
        ({".": "421 later"}, TransientError),
    ],
)
async def test_an_answer_is_never_a_doubt(answers: dict[str, str], error: type[Exception]):
    async with smtp_stub(answers=answers) as stub:
        sender = SmtpSender(f"smtp://127.0.0.1:{stub.port}", FROM.email)
        with pytest.raises(error) as caught:
            await sender.send(TENANT, to=TO, raw=RAW)
        sender.close()
    assert not getattr(caught.value, "ambiguous", False)
    assert stub.mails == []


async def test_signing_in():
    async with smtp_stub(login=("us@er", "p:w/d")) as stub:
        sender = SmtpSender(f"smtp://us%40er:p%3Aw%2Fd@127.0.0.1:{stub.port}", FROM.email)
        await sender.send(TENANT, to=TO, raw=RAW)
        wrong = SmtpSender(f"smtp://us%40er:nope@127.0.0.1:{stub.port}", FROM.email)
        with pytest.raises(Forbidden) as caught:
            await wrong.send(TENANT, to=TO, raw=RAW)
        sender.close()
        wrong.close()
    assert "nope" not in str(caught.value)
    assert len(stub.mails) == 1


async def test_starttls_is_required_where_it_is_named():
    async with smtp_stub() as stub:
        sender = SmtpSender(f"starttls://127.0.0.1:{stub.port}", FROM.email)
        with pytest.raises(Forbidden):
            await sender.send(TENANT, to=TO, raw=RAW)
        sender.close()
    assert "MAIL" not in stub.verbs


async def test_a_server_that_is_not_there_is_no_doubt():
    async with smtp_stub() as stub:
        port = stub.port
    sender = SmtpSender(f"smtp://127.0.0.1:{port}", FROM.email)
    with pytest.raises(TransientError) as caught:
        await sender.send(TENANT, to=TO, raw=RAW)
    sender.close()
    assert not caught.value.ambiguous


def test_a_password_never_crosses_a_network_in_the_clear():
    assert read_smtp_url("smtp://u:p@mail.example").upgrades
    assert not read_smtp_url("smtp://mail.example").upgrades
    assert not read_smtp_url("smtp://u:p@localhost:1025").upgrades
    assert read_smtp_url("smtps://u:p@mail.example").port == 465
    assert read_smtp_url("starttls://mail.example").port == 587


@pytest.mark.parametrize("url", ["", "mail.example", "http://secret@x", "smtp://u:secret@h:99999"])
def test_an_unreadable_url_is_not_repeated(url: str):
    with pytest.raises(InvalidInput) as caught:
        read_smtp_url(url)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("text", ["", "nobody", "a@b.example, c@d.example"])
def test_mail_from_is_one_address(text: str):
    with pytest.raises(InvalidInput):
        read_mail_from(text)
