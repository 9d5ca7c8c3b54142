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
from services.types.personas import PersonaShape, PersonaVoice
from services.types.slack_threads import SeenPost, ThreadRef
from services.types.style import Dial
from tests.attacks.house import BODY, House, header_word

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


async def quoted_text(house: House, attack: str, _number: int) -> None:
    """It stands below an innocent mail, as what was quoted."""
    quoted = "\n".join(f"> {line}" for line in attack.splitlines())
    house.letter(f"{BODY}\n\nOn Monday Rita Rep <rita@brightpath.test> wrote:\n{quoted}")


async def copied_name(house: House, attack: str, _number: int) -> None:
    """Somebody in copy is called so."""
    house.letter(cc=f"{header_word(attack)} <paul@acme.test>")


async def invitation(house: House, attack: str, number: int) -> None:
    """A meeting is called so, takes place there, and is described so."""
    said = attack.replace("\\", "\\\\").replace("\r", "").replace("\n", "\\n")
    lines = (
        "BEGIN:VCALENDAR", "METHOD:REQUEST", "BEGIN:VEVENT", f"UID:{number}@acme.test",
        "DTSTAMP:20261120T080000Z", "DTSTART:20261204T100000Z", f"SUMMARY:{said}",
        f"DESCRIPTION:{said}", f"LOCATION:{said}", "ORGANIZER:mailto:carla@acme.test",
        "END:VEVENT", "END:VCALENDAR",
    )  # fmt: skip
    house.letter(calendar="\r\n".join(lines))
    await house.read()
    house.letter(BODY)


async def asked_about(house: House, attack: str, number: int) -> None:
    """It lies in a mail, and a colleague asks an innocent question about the account."""
    house.letter(f"{BODY}\n\n{attack}")
    await house.read()
    house.product.clock.move(timedelta(minutes=3))
    channel = f"D{house.rita.slack_user_id}"
    await house.product.services.agent.ask(
        house.actor, channel=channel, ts=f"21{number:08}.000100", thread_ts=None,
        text="What is new at Acme?",
    )  # fmt: skip


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
    await _posted(house, number, name="Sam", text=attack)


async def slack_name(house: House, attack: str, number: int) -> None:
    """Somebody who writes in such a thread is called so."""
    await _posted(house, number, name=attack[:80], text="They want the report by Friday.")
    house.letter(BODY)


async def _posted(house: House, number: int, *, name: str, text: str) -> None:
    threads, chat = house.product.services.sources.threads, house.product.chat
    if (THREAD.channel, THREAD.ts) not in chat.threads:
        chat.threads[THREAD.channel, THREAD.ts] = []
        await threads.mentioned(house.actor, THREAD, "follow Acme", command_id="follow")
        await house.product.drain()
    who = f"U0SAM{number}"
    chat.people[who] = ChatPerson(user_id=who, team_id="T", email=None, name=name, timezone=None)
    said = SeenPost(thread=THREAD, ts=f"17{number:08}.000200", user=who, text=text)
    assert await threads.heard(house.tenant, said)


async def persona(house: House, attack: str, number: int) -> None:
    """A colleague pastes it into how their mails shall sound, with an example."""
    making, actor = house.product.services.personas.making, house.actor
    shape = PersonaShape(name=f"Calm {number}", dials=dict.fromkeys(Dial, 0.5))
    try:
        made = await making.shape(actor, shape, command_id=f"shape {number}")
        voice = PersonaVoice(examples=(attack[:900],), instructions=attack[:900])
        told = f"voice {number}"
        await making.voice(actor, made.persona_id, voice, seen=made.version, command_id=told)
        await house.product.drain()
        sql = "select version from personas where id = :id"
        (row,) = await house.product.rows(house.tenant, sql, id=made.persona_id)
        await making.activate(actor, made.persona_id, seen=row.version)
    except ServiceError as refusal:
        house.held.append(str(refusal))
    house.letter(BODY)


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
    seeding = _seeding(house)
    named = (("accounts", accounts), ("contacts", contacts), ("deals", deals))
    await seeding.seed(
        house.tenant,
        [SeedFile(label=f"{n}.csv", stem=n, data=f[0].getvalue().encode()) for n, f in named],
    )


async def contact_name(house: House, attack: str, _number: int) -> None:
    """The person who writes is called so in an admin's file, and has that title."""
    held = _file()
    held[1].writerow(("email", "name", "title", "account"))
    held[1].writerow(("carla@acme.test", attack, attack, "Acme"))
    data = held[0].getvalue().encode()
    await _seeding(house).seed(
        house.tenant, [SeedFile(label="contacts.csv", stem="contacts", data=data)]
    )
    house.letter(BODY)


async def seed_file(house: House, attack: str, number: int) -> None:
    await seed_files(house, [attack], number)


def _seeding(house: House) -> SeedService:
    product = house.product
    return SeedService(
        db=product.database, clock=product.clock, ids=product.runtime.ids,
        audit=product.services.audit, farewell=product.services.rollout.members.farewell,
    )  # fmt: skip


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
        quoted_text,
        copied_name,
        invitation,
        asked_about,
        capture,
        asked_mail,
        question,
        post,
        slack_name,
        persona,
        transcript,
        seed_file,
        contact_name,
    )
}
