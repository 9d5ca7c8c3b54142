"""A followed thread is kept with one account; of everything else in Slack nothing is."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text

from db.models.meetings import SlackPost, SlackThread
from db.slack_threads import list_posts
from handlers import threads as edge
from handlers.payloads import EventBody
from services.errors import Conflict, Forbidden, InvalidInput, NotFound
from services.never_label import Forgetting
from services.ports import ChatPerson
from services.slack_threads import ThreadService
from services.types.slack_threads import ChatPost, ThreadRef
from tests import factories as make
from tests.integration.services.loop import Loop
from tests.integration.services.test_transcripts import Parts

ROOT = "1700000000.000100"
HERE = ThreadRef(channel="C1", ts=ROOT)


class Room(Parts):
    """A channel with people, and the service that reads along in one of its threads."""

    def __init__(self, loop: Loop) -> None:
        super().__init__(loop)
        self.threads = ThreadService(loop.database, loop.clock, loop.ids, loop.audit, self.chat)
        self.chat.people["U0SAM"] = ChatPerson(
            user_id="U0SAM", team_id="T", email=None, name="Sam Solutions", timezone=None
        )
        self.chat.threads["C1", ROOT] = [
            ChatPost(ts=ROOT, user=str(loop.rita.slack_user_id), text="Carla wants 500 seats."),
            ChatPost(ts="1700000001.000100", user="UBOT", text="Hello", by_bot=True),
            ChatPost(ts="1700000002.000100", user="U0SAM", text="Can we do 10 % less?"),
            ChatPost(ts="1700000003.000100", user="U0SAM", text="@UBOT follow Acme"),
        ]

    async def event(self, **event: Any) -> bool:
        body = EventBody.model_validate(
            {"type": "message", "channel": "C1", "channel_type": "channel", **event}
        )
        assert edge.in_channel(body)
        post = edge.seen_post(body)
        return post is not None and await self.threads.heard(self.loop.tenant, post)

    async def say(self, words: str, second: int, **more: Any) -> bool:
        ts = f"17000000{second}.000100"
        return await self.event(user="U0SAM", ts=ts, thread_ts=ROOT, text=words, **more)

    async def follow(self, words: str = "follow for Acme", command: str = "c") -> Any:
        found = await self.threads.mentioned(self.rita, HERE, words, command_id=command)
        await self.run("thread.catch_up")
        return found

    async def posts(self) -> list[tuple[str, str]]:
        async with self.loop.database.read(self.loop.tenant) as tx:
            at = self.loop.clock.now()
            found = await list_posts(tx, self.loop.account.id, at - timedelta(days=9999), at)
            return [(post.author, post.text) for post, _ in found]

    async def everything(self) -> str:
        """All that is stored of this tenant, in every table."""
        async with self.loop.database.read(self.loop.tenant) as tx:
            names = await tx.session.scalars(
                text(
                    "select table_name from information_schema.columns "
                    "where table_schema = 'public' and column_name = 'tenant_id'"
                )
            )
            rows = [
                str(row)
                for name in names.all()
                for row in await tx.session.scalars(text(f"select to_jsonb(t) from {name} t"))
            ]
        return " ".join(rows)


@pytest.fixture
def room(loop: Loop) -> Room:
    return Room(loop)


async def test_it_is_followed_from_its_beginning_until_somebody_ends_it(room: Room) -> None:
    assert (await room.follow()).status == "followed"
    first = [("Rita Rep", "Carla wants 500 seats."), ("Sam Solutions", "Can we do 10 % less?")]
    assert await room.posts() == first
    # Everybody there is told, once.
    (notice,) = room.chat.messages.values()
    assert ("for Acme" in notice.text, notice.thread_ts) == (True, ROOT)
    await room.run("thread.catch_up")
    assert len(room.chat.messages) == 1
    for _ in range(2):
        await room.say("It goes to their board &amp; CFO.", 10)
    assert await room.posts() == [*first, ("Sam Solutions", "It goes to their board & CFO.")]
    changed = {"user": "U0SAM", "ts": "1700000010.000100", "thread_ts": ROOT}
    for words, at in (("It goes to their CFO.", "20.5"), ("It goes to Bo.", "15.5")):
        post = {**changed, "text": words, "edited": {"ts": f"17000000{at}"}}
        await room.event(subtype="message_changed", message=post)
    await room.say("It goes to their board &amp; CFO.", 10)
    assert (await room.posts())[-1][1] == "It goes to their CFO."
    await room.event(subtype="message_deleted", deleted_ts=changed["ts"], previous_message=changed)
    await room.say("It goes to their board &amp; CFO.", 10)
    late = {**changed, "ts": "1700000011.000100"}
    await room.event(subtype="message_deleted", deleted_ts=late["ts"], previous_message=late)
    await room.say("never mind", 11)
    assert await room.posts() == first
    assert "CFO" not in await room.everything()
    assert "never mind" not in await room.everything()
    for stranger in (
        {"bot_id": "B1"},
        {"subtype": "bot_message"},
        {"subtype": "channel_join"},
    ):
        await room.say("beep", 12, **stranger)
    assert (await room.follow("unfollow please", "c2")).status == "ended"
    await room.say("after the end", 13)
    assert await room.posts() == first
    assert (await room.follow("unfollow", "c3")).status == "nothing"
    async with room.loop.database.read(UUID(int=9)) as tx:
        assert await list_posts(tx, room.loop.account.id, *[room.loop.clock.now()] * 2) == []


async def test_of_other_messages_nothing_is_stored_anywhere(room: Room) -> None:
    await room.follow()
    other = {"user": "U0SAM", "text": "a private secret"}
    assert not await room.event(ts="1700000050.000100", **other)
    assert not await room.event(ts="1700000051.000100", thread_ts="1600000000.000100", **other)
    assert not await room.event(
        ts="1700000052.000100", thread_ts=ROOT, **{**other, "channel": "C2"}
    )
    await room.event(
        subtype="message_changed",
        message={**other, "ts": "1700000050.000100", "edited": {"ts": "1700000060.1"}},
    )
    begun = ThreadRef(channel="C1", ts="1700000050.000100")
    await room.threads.begin(room.rita, begun, "a private secret of Acme", command_id="s")
    assert "private secret" not in await room.everything()


async def test_one_thread_is_for_one_account_and_an_unclear_one_is_asked(room: Room) -> None:
    loop = room.loop
    async with loop.database.transaction(loop.tenant) as tx:
        other = await make.make_account(tx, name="Nordwind", owner_id=loop.rita.id)
        hidden = await make.make_account(tx, name="Hidden", owner_id=loop.mona.id)
        never = await make.make_account(tx, name="Never", excluded=True)
    for words in ("", "follow this please", "follow for Hidden"):
        asked = await room.threads.mentioned(room.rita, HERE, words, command_id=f"c{words}")
        assert asked.status == "ask"
        assert asked.ask is not None
    room.chat.threads.clear()
    with pytest.raises(InvalidInput, match="Invite me"):
        await room.threads.follow(room.rita, asked.ask, loop.account.id, command_id="f")
    room.chat.threads["C1", ROOT] = []
    for account in (hidden, never):
        with pytest.raises(InvalidInput):
            await room.threads.follow(room.rita, asked.ask, account.id, command_id="f")
    for _ in range(2):
        told = await room.threads.follow(room.rita, asked.ask, loop.account.id, command_id="f2")
    assert "for Acme" in told
    with pytest.raises(Conflict, match="Say unfollow first"):
        await room.threads.mentioned(room.rita, HERE, "follow Nordwind", command_id="c9")
    assert (await room.follow("", "c10")).status == "already"
    with pytest.raises(Conflict):
        await room.threads.begin(room.rita, HERE, "", command_id="c11")
    await room.follow("unfollow", "c12")
    assert (await room.follow("for Nordwind", "c13")).status == "followed"
    async with loop.database.read(loop.tenant) as tx:
        (thread,) = await tx.session.scalars(select(SlackThread))
        assert thread.account_id == other.id
    with pytest.raises(InvalidInput, match="in channels only"):
        await room.threads.begin(room.rita, ThreadRef(channel="D1", ts=ROOT), "", command_id="c14")
    with pytest.raises(NotFound):
        await room.threads.look(loop.actor(loop.cole), asked.ask)


async def test_put_out_of_the_channel_it_ends_and_an_excluded_accounts_goes(room: Room) -> None:
    loop = room.loop
    await room.follow()
    forgetting = Forgetting(db=loop.database, clock=loop.clock, ids=loop.ids, audit=loop.audit)
    async with loop.database.transaction(loop.tenant) as tx:
        await tx.session.execute(text("update accounts set excluded = true"))
    await forgetting.check(loop.tenant)
    async with loop.database.read(loop.tenant) as tx:
        assert (await tx.session.scalars(select(SlackPost))).all() == []
    async with loop.database.transaction(loop.tenant) as tx:
        await tx.session.execute(text("update accounts set excluded = false"))
    told = len(room.chat.messages)
    for trouble, said in (([], 0), ([Forbidden("missing_scope")], 1)):
        room.chat.threads.clear()
        room.chat.trouble = list(trouble)
        await room.follow(command=f"again{said}")
        assert len(room.chat.messages) == told + said
        async with loop.database.read(loop.tenant) as tx:
            (thread,) = await tx.session.scalars(select(SlackThread))
            assert thread.ended_at is not None
