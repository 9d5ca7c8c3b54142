"""The ways by which a stranger's text comes in. Each takes one string and puts it where a model
will read it; what follows is the product's own business."""

import csv
import io
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta

from services.errors import ServiceError
from services.meetings.transcripts import TranscriptFile
from services.ports import ChatPerson
from services.seed_files import SeedFile
from services.seeding import SeedService
from services.types.compose import CaptureKind, ComposeForm, MailPurpose, SlackSource
from services.types.slack_threads import SeenPost, ThreadRef
from tests.attacks.house import BODY, House

Way = Callable[[House, str, int], Awaitable[None]]
THREAD = ThreadRef(channel="C1", ts="1700000000.000100")


async def mail_body(house: House, attack: str, _number: int) -> None:
    house.letter(f"{BODY}\n\n{attack}")


async def mail_subject(house: House, attack: str, _number: int) -> None:
    house.letter(subject=attack)


async def sender_name(house: House, attack: str, _number: int) -> None:
    house.letter(name=attack)


async def file_name(house: House, attack: str, _number: int) -> None:
    house.letter(file_name=f"{attack[:200]}.pdf")


async def hidden_html(house: House, attack: str, _number: int) -> None:
    shown = f"<p>{BODY}</p><div style='display:none;color:#fff;font-size:0'>{attack}</div>"
    house.letter(BODY, html=f"<html><body>{shown}<!-- {attack} --></body></html>")


async def earlier_mail(house: House, attack: str, number: int) -> None:
    """The attack lies in the thread already when an innocent mail follows it."""
    thread = f"thread-{number}"
    house.letter(attack, thread=thread)
    await house.read()
    house.letter(BODY, thread=thread)


async def capture(house: House, attack: str, number: int) -> None:
    """Somebody takes a Slack message up, qualifies by it and notes it with the deal."""
    services, actor = house.product.services, house.actor
    source = SlackSource(text=f"Acme: {attack}", channel="C2", ts=f"18{number:08}.000100")
    taken = await services.compose.captures.take(
        actor, CaptureKind.QUALIFY, source, command_id=f"take {number}"
    )
    await services.compose.captures.opened(actor, taken, view_id=f"V{number}")
    await house.product.drain()
    for verb in (services.compose.notes.qualify, services.compose.notes.log):
        more = {"comment": attack} if verb == services.compose.notes.log else {}
        try:
            await verb(actor, taken, house.deal.id, command_id=f"{verb.__name__} {number}", **more)
        except ServiceError as refusal:
            house.held.append(str(refusal))


async def asked_mail(house: House, attack: str, number: int) -> None:
    """Somebody asks for a mail on such a message, to a confirmed contact."""
    services, actor = house.product.services, house.actor
    source = SlackSource(text=attack, channel="C3", ts=f"19{number:08}.000100")
    taken = await services.compose.captures.take(
        actor, CaptureKind.COMPOSE, source, command_id=f"compose {number}"
    )
    form = ComposeForm(
        capture_id=taken, account_id=house.account.id, contact_id=house.carla.id,
        purpose=MailPurpose.REPLY, instruction="",
    )  # fmt: skip
    await services.compose.mails.start(actor, form, command_id=f"start {number}")


async def question(house: House, attack: str, number: int) -> None:
    """The rep pastes it into the direct message."""
    channel = f"D{house.rita.slack_user_id}"
    words = f"What about Acme? {attack}"[:2_000]
    house.product.clock.move(timedelta(minutes=3))  # a person has thirty an hour
    await house.product.services.agent.ask(
        house.actor, channel=channel, ts=f"20{number:08}.000100", thread_ts=None, text=words
    )


async def post(house: House, attack: str, number: int) -> None:
    """Somebody writes it in a thread that is followed for Acme."""
    threads, chat = house.product.services.sources.threads, house.product.chat
    if (THREAD.channel, THREAD.ts) not in chat.threads:
        chat.people["U0SAM"] = ChatPerson(
            user_id="U0SAM", team_id="T", email=None, name="Sam", timezone=None
        )
        chat.threads[THREAD.channel, THREAD.ts] = []
        await threads.mentioned(house.actor, THREAD, "follow Acme", command_id="follow")
        await house.product.drain()
    said = SeenPost(thread=THREAD, ts=f"17{number:08}.000200", user="U0SAM", text=attack)
    assert await threads.heard(house.tenant, said)


async def transcript(house: House, attack: str, number: int) -> None:
    """It was said in a meeting."""
    data = f"Carla Customer: {attack}\nRita Rep: I see.\n".encode()
    said = TranscriptFile(name=f"call-{number}.txt", data=data, at="2026-11-23 10:00")
    try:
        await house.product.services.sources.transcripts.import_named(house.tenant, "Acme", said)
    except ServiceError as refusal:
        house.held.append(str(refusal))


async def seed_files(house: House, attacks: Sequence[str], number: int) -> None:
    """An admin's files carry them: as names, titles, industries of new rows."""
    accounts, contacts, deals = _file(), _file(), _file()
    accounts[1].writerow(("name", "domain", "industry", "owner_email"))
    contacts[1].writerow(("email", "name", "title", "account"))
    deals[1].writerow(("name", "account", "amount", "currency"))
    for place, attack in enumerate(attacks):
        name = f"{attack} {number}.{place}"
        accounts[1].writerow((name, f"a{number}-{place}.test", attack, house.rita.email))
        contacts[1].writerow((f"p@a{number}-{place}.test", attack, attack, name))
        deals[1].writerow((attack, name, "1", "USD"))
    product = house.product
    seeding = SeedService(
        db=product.database, clock=product.clock, ids=product.runtime.ids,
        audit=product.services.audit, farewell=product.services.rollout.members.farewell,
    )  # fmt: skip
    named = (("accounts", accounts), ("contacts", contacts), ("deals", deals))
    await seeding.seed(
        house.tenant,
        [SeedFile(label=f"{n}.csv", stem=n, data=f[0].getvalue().encode()) for n, f in named],
    )


async def seed_file(house: House, attack: str, number: int) -> None:
    await seed_files(house, [attack], number)


def _file() -> tuple[io.StringIO, "csv.Writer"]:
    held = io.StringIO()
    return held, csv.writer(held)


WAYS: dict[str, Way] = {
    one.__name__: one
    for one in (
        mail_body,
        mail_subject,
        sender_name,
        file_name,
        hidden_html,
        earlier_mail,
        capture,
        asked_mail,
        question,
        post,
        transcript,
        seed_file,
    )
}
