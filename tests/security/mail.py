"""Every e-mail through the whole loop: delivered to the sandbox's Gmail, read, linked, shown or put
aside with a reason; spoilt in every way, and made up from nothing."""

import time
from collections.abc import Iterator
from itertools import islice
from typing import Any

from services.mail.parse import parse
from tests.attacks.product import QUEUED
from tests.security.hostile import EVIL
from tests.security.mailroom import Room, mailroom
from tests.security.rows import Row, Tally, Trial, not_checked
from tests.security.spoilt import LARGE, WAYS, corpus, made_up
from tests.security.trap import trap

TITLE = "E-mail through the whole loop"
BATCH = 40
SLOWEST = 3.0
"""Seconds of processor time to take one mail apart; the largest of them has 2 MB of headers."""
FATE = """
select e.external_id, e.status, e.note, m.attention, m.analysis->>'quiet_reason' as why,
  m.text is null as bare,
  exists (select 1 from drafts d where d.conversation_id = m.conversation_id) as asked
from inbound_events e
left join mailbox_messages p on p.gmail_message_id = e.external_id
left join messages m on m.id = p.message_id
where e.source = 'gmail'
"""
ADDRESSED = 'select r."to", r.cc, r.bcc, r.reply_to from draft_revisions r'
Mail = tuple[str, bytes]


async def rows(trial: Trial) -> list[Row]:
    tally = Tally(TITLE)
    async with trial.database() as url, trap() as net, mailroom(url) as room:
        if not corpus():
            return [not_checked(TITLE, "the corpus", "shared/data/rfc822 is not here")]
        for batch in _batches(list(mails(trial, net.url))):
            await _through(room, tally, batch)
        await _afterwards(room, tally)
        tally.add(
            "nothing a mail names is fetched", held=not net.seen.here, fault=str(net.seen.here[:3])
        )
    return tally.rows()


def mails(trial: Trial, image: str) -> Iterator[Mail]:
    """(how it was spoilt, the mail). `quick`: two of each way."""
    dice = trial.random("mails")
    known = corpus()
    for way, spoil in WAYS.items():
        chosen = known if not trial.quick else dice.sample(known, 2)
        yield from ((way, spoil(raw, dice)) for raw in chosen)
    for way, spoil in LARGE.items():
        yield from ((way, spoil(raw, dice)) for raw in dice.sample(known, trial.some(4, 0)))
    for _ in range(trial.some(400, 4)):
        yield "made up", made_up(dice, image)


def _batches(all_of_them: list[Mail]) -> Iterator[list[Mail]]:
    left = iter(all_of_them)
    while batch := list(islice(left, BATCH)):
        yield batch


async def _through(room: Room, tally: Tally, batch: list[Mail]) -> None:
    """One batch in, all jobs done, and each mail accounted for."""
    ids: dict[str, Mail] = {}
    before = len(room.broken)
    for way, raw in batch:
        begun = time.process_time()
        parse(raw)
        spent = time.process_time() - begun
        tally.add("taken apart in time", held=spent < SLOWEST, fault=f"{way}: {spent:.1f} s")
        ids[await room.deliver(raw)] = (way, raw)
    await room.read()
    found = {row.external_id: row for row in await room.rows(room.tenant, FATE)}
    for gmail_id, (way, _raw) in ids.items():
        fate = _fate(found.get(gmail_id))
        tally.add(f"{way}: accounted for", held=not fate.startswith("?"), fault=fate)
    for told in room.broken[before:]:
        tally.add("no error that nobody foresaw", held=False, fault=told)
    tally.add("no error that nobody foresaw", held=True)


def _fate(row: Any) -> str:
    """In a word what became of it; begins with ? when nobody can tell."""
    if row is None:
        return "? never received"
    settled = {"done": str(row.attention), "set_aside": "set aside"}.get(row.status)
    wrong = {
        "in no final state": settled is None,
        "without a reason": row.status == "set_aside" and not row.note,
        "waits for ever": row.status == "done" and row.attention in (None, "new"),
        "quiet, nobody says why": row.attention == "quiet" and not row.why,
        "a card about nothing": row.attention == "card" and not row.asked,
        "nobody's mail, and its text is kept": row.attention == "unlinked" and not row.bare,
    }
    return next((f"? {name}" for name, holds in wrong.items() if holds), str(settled))


async def _afterwards(room: Room, tally: Tally) -> None:
    sent = (await room.control("GET", "sent"))["sent"]
    tally.add("nothing is sent", held=not sent, fault=f"{len(sent)} were")
    late = await _waiting(room)
    tally.add("no job is held or left", held=not late, fault=str(late[:5]))
    for refusal in room.refused:
        tally.add("no job is refused", held=False, fault=str(refusal))
    for row in await room.rows(room.tenant, ADDRESSED):
        named = " ".join([*row.to, *row.cc, *row.bcc, row.reply_to or ""])
        tally.add("drafts go to confirmed people", held=EVIL not in named, fault=named)
    for message in room.chat.messages.values():
        shown = f"{message.text} {message.blocks}"
        bells = [
            bell
            for bell in ("<!channel", "<!here", "<@U0EVIL", f"<https://{EVIL}")
            if bell in shown
        ]
        tally.add("cards ring no bell", held=not bells, fault=f"{bells}: {shown[:80]}")


async def _waiting(room: Room) -> list[str]:
    async with room.database.directory() as tx:
        queued = list(await tx.session.execute(QUEUED))
    # A card that waits for its turn among others asked for a later moment: that is its turn.
    now = room.clock.now()
    return [row.entrypoint for row in queued if room.later.get(row.id, now) <= now]
