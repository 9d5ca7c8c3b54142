"""Answers that thread and address as a careful person would: aliases, everybody on the mail, other
subjects, forwarded and interleaved mail."""

from email import message_from_bytes
from email.message import Message as Mail
from email.policy import default
from typing import Any

import pytest

from db.models.conversations import Message
from db.models.mailboxes import Mailbox
from services.mail.compose import compose
from services.types.mail import Address
from tests import factories as make
from tests.integration.services.loop import Loop


async def drafted(loop: Loop, **fields: Any) -> Mail:
    """What lies in Gmail's Drafts after a customer's mail with these fields."""
    await loop.write(**fields)
    await loop.drain()
    return lying(loop)[0]


def lying(loop: Loop) -> list[Mail]:
    """The drafts in Rita's Gmail."""
    raws = [loop.mail.messages[message_id].raw for message_id in loop.mail.drafts.values()]
    return [message_from_bytes(raw, policy=default) for raw in raws]


async def alias(loop: Loop, *emails: str) -> None:
    async with loop.database.transaction(loop.tenant) as tx:
        (await tx.session.get_one(Mailbox, (loop.tenant, loop.box.id))).aliases = list(emails)


async def test_everybody_we_know_on_the_mail_is_copied(loop: Loop) -> None:
    async with loop.database.transaction(loop.tenant) as tx:
        cfo = await make.make_contact(tx, account_id=loop.account.id, email="cfo@acme.test")
        await make.make_contact(
            tx, account_id=loop.account.id, email="new@acme.test", status="observed"
        )
        await make.make_contact(
            tx, account_id=loop.account.id, email="gone@acme.test", undeliverable=True
        )
        other = await make.make_account(tx, name="Globex")
        await make.make_contact(tx, account_id=other.id, email="spy@globex.test")
        await make.make_contact(
            tx, account_id=loop.account.id, email="secret@acme.test", excluded=True
        )
    mail = await drafted(
        loop,
        recipients={
            "to": [loop.rita.email, cfo.email, loop.contact.email],
            "cc": [loop.cole.email, "new@acme.test", "gone@acme.test", "spy@globex.test",
                   "secret@acme.test", "nobody@elsewhere.test"],
        },
    )  # fmt: skip
    assert mail["To"] == loop.contact.email
    assert mail["Cc"] == f"{cfo.email}, {loop.cole.email}"
    assert mail["Bcc"] is None


async def test_another_tenants_contacts_are_strangers_here(loop: Loop) -> None:
    elsewhere = await make.make_tenant(loop.database)
    async with loop.database.transaction(elsewhere) as tx:
        account = await make.make_account(tx, name="Acme")
        await make.make_contact(tx, account_id=account.id, email="cfo@acme.test")
        await make.make_member(tx, email="mona@elsewhere.test")
    mail = await drafted(
        loop,
        recipients={"to": [loop.rita.email], "cc": ["cfo@acme.test", "mona@elsewhere.test"]},
    )
    assert mail["Cc"] is None


async def test_the_alias_that_was_written_to_answers(loop: Loop) -> None:
    await alias(loop, "sales@northwind.test")
    mail = await drafted(loop, recipients={"to": ["sales@northwind.test"], "cc": []})
    assert mail["From"].endswith("<sales@northwind.test>")
    revision = (await loop.revisions())[-1]
    assert (revision.sender, revision.cc) == ("sales@northwind.test", [])
    assert (await loop.action()).owner_id == loop.rita.id


async def test_an_alias_is_never_copied_and_a_foreign_one_never_used(loop: Loop) -> None:
    await alias(loop, "sales@northwind.test")
    mail = await drafted(
        loop,
        recipients={"to": [loop.rita.email, "sales@northwind.test", "help@northwind.test"]},
    )
    assert mail["From"].endswith(f"<{loop.rita.email}>")
    assert mail["Cc"] is None


@pytest.mark.parametrize(
    ("subject", "answer"),
    [
        ("Security questions", "Re: Security questions"),
        ("RE: AW: Security questions", "Re: Security questions"),
        ("Budget, was: Security questions", "Re: Budget, was: Security questions"),
        ("Fwd: Security questions", "Re: Fwd: Security questions"),
    ],
)
async def test_the_answer_takes_the_mails_subject_and_names_its_ancestors(
    loop: Loop, subject: str, answer: str
) -> None:
    message_id = await loop.write(subject=subject, refs=["<old@acme.test>", "<older@acme.test>"])
    await loop.drain()
    async with loop.database.read(loop.tenant) as tx:
        message = await tx.session.get_one(Message, (loop.tenant, message_id))
    (mail,) = lying(loop)
    parent = message.rfc_message_id
    assert mail["Subject"] == answer
    assert mail["In-Reply-To"] == parent
    assert mail["References"].split() == ["<old@acme.test>", "<older@acme.test>", parent]
    assert {loop.mail.messages[m].thread_id for m in loop.mail.drafts.values()} == {"t1"}


async def test_a_forwarded_letter_and_answers_between_lines_are_read_as_their_writer_meant(
    loop: Loop,
) -> None:
    between = (
        "> Do you support single sign-on?\n\nYes, we need that.\n\n"
        "> How many seats?\n\nCould you quote 60 seats by Friday?"
    )
    await loop.write(between)
    await loop.drain()
    (message,) = [m for m in await loop.rows(Message) if m.direction == "inbound"]
    assert "Yes, we need that." in message.text
    assert "60 seats" in message.text
    forwarded = compose(
        sender=Address(email=loop.contact.email, name=loop.contact.name),
        to=[Address(email=loop.rita.email)],
        subject="Fwd: Invoice",
        text=(
            "Can you check this by Monday?\n\n---------- Forwarded message ---------\n"
            "From: Boss <boss@acme.test>\nDate: Mon, 16 Nov 2026\nSubject: Invoice\n"
            "To: Carla <carla@acme.test>\n\nPay them nothing."
        ),
        date=loop.clock.now(),
        message_id="<fwd@acme.test>",
    )
    await loop.store(loop.mail.deliver(forwarded, at=loop.clock.now(), thread_id="t2"))
    await loop.drain()
    newest = next(m for m in await loop.rows(Message) if m.rfc_message_id == "<fwd@acme.test>")
    assert newest.text.startswith("Can you check this by Monday?")
