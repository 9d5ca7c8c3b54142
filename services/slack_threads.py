"""Following a Slack thread for one account: from then on, and from its beginning, what is written
there is kept with the account. Of every other message in Slack nothing is.

An event settles by state: the same message twice is one post, an older edit changes nothing, and
what was deleted doesn't come back. So no event is stored beside it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from db import commands, customers, jobs, members, tenants
from db import notes as capture_rows
from db import slack_threads as rows
from db.models.compose import Capture
from db.models.customers import Account
from db.models.meetings import SlackPost, SlackThread
from db.models.tenants import Member
from db.session import Database, ReadTx, Tx
from db.visibility import may_see
from services.actors import require_member
from services.audit import AuditService
from services.captures import GONE, guess_of
from services.derived import forget_made_of
from services.errors import Conflict, Forbidden, InvalidInput, NotFound
from services.mail.characters import clean_text
from services.mail.tokens import without_tokens
from services.meetings.transcripts import exactly
from services.ports import Chats, Clock, Ids
from services.search import entries
from services.signals.wanting import want_look
from services.slack_names import name_in_slack
from services.slack_thread_words import (
    DIRECT,
    ENDED,
    NO_RIGHT,
    NOT_THERE,
    already,
    follows,
    is_end,
    is_to_bot,
    wished_account,
)
from services.suspicion import assess
from services.suspicion_audit import note_suspicion
from services.types.compose import CaptureKind
from services.types.links import permalink
from services.types.people import Actor
from services.types.search import SearchSource
from services.types.slack_threads import (
    Followed,
    FollowView,
    Notice,
    SeenPost,
    ThreadRef,
    moment_of,
)
from services.visibility import only_of

CATCH_UP = "thread.catch_up"
LONGEST = 12_000


@dataclass(frozen=True, slots=True)
class ThreadService:
    db: Database
    clock: Clock
    ids: Ids
    audit: AuditService
    chats: Chats

    # ── Asked for ───────────────────────────────────────────────────────────────────────────────
    async def mentioned(
        self, actor: Actor, thread: ThreadRef, words: str, *, command_id: str
    ) -> Followed:
        """Somebody named the bot in a thread: follow it for the account they say, end it, or ask
        which account. `words` are theirs without the mention."""
        async with self.db.transaction(actor.tenant_id) as tx:
            member = await require_member(tx, actor)
            there = await rows.lock_thread(tx, thread.channel, thread.ts)
            if is_end(words):
                return await self._end(tx, actor, there)
            followed = await self._followed(tx, there)
            account = await _meant(tx, member, words)
            if followed is not None and (account is None or account.id == followed.id):
                return Followed(status="already", told=already(followed.name))
            if account is not None:
                return await self._follow(tx, actor, thread, there, account)
            ask = await self._ask(tx, member, thread, None, command_id)
            return Followed(status="ask", told="For which account shall I follow it?", ask=ask)

    async def begin(self, actor: Actor, thread: ThreadRef, text: str, *, command_id: str) -> UUID:
        """The shortcut: what its window is about. `text` only helps to guess whose matter it is;
        nothing of it is kept."""
        if thread.channel.startswith("D"):
            raise InvalidInput(DIRECT)
        async with self.db.transaction(actor.tenant_id) as tx:
            member = await require_member(tx, actor)
            there = await self._followed(tx, await rows.find_thread(tx, thread.channel, thread.ts))
            if there is not None:
                raise Conflict(already(there.name))
            guess = (await guess_of(tx, text)).account_id
            if guess is not None and not await may_see(tx, guess, only_of(member)):
                guess = None
            return await self._ask(tx, member, thread, guess, command_id)

    async def look(self, actor: Actor, capture_id: UUID) -> FollowView:
        """What the window shows."""
        async with self.db.read(actor.tenant_id) as tx:
            capture = await _own(tx, actor, capture_id)
            account = await customers.get_account(tx, capture.account_id)
        chosen = (account.id, account.name) if account else None
        return FollowView(capture_id=capture_id, account=chosen)

    async def follow(
        self, actor: Actor, capture_id: UUID, account_id: UUID, *, command_id: str
    ) -> str:
        """The account is chosen: follow the thread, once. Says what stands now."""
        async with self.db.read(actor.tenant_id) as tx:
            capture = await _own(tx, actor, capture_id)
            thread = ThreadRef(
                channel=str(capture.result["channel"]), ts=str(capture.result["thread"])
            )
        await self._see(actor.tenant_id, thread)
        async with self.db.transaction(actor.tenant_id) as tx:
            done = await commands.claim_command(
                tx,
                result_id=self.ids.new(),
                command_id=command_id,
                verb="thread.follow",
                now=self.clock.now(),
            )
            if done:
                return str(done["told"])
            member = await require_member(tx, actor)
            account = await customers.get_account(tx, account_id)
            if account is None or not await may_see(tx, account_id, only_of(member)):
                raise InvalidInput("Choose the account.", field="account")
            there = await rows.lock_thread(tx, thread.channel, thread.ts)
            told = (await self._follow(tx, actor, thread, there, account)).told
            await capture_rows.settle_capture(tx, capture_id, expect=("open",), status="done")
            await commands.set_command_result(tx, command_id, {"told": told})
            return told

    async def _see(self, tenant_id: UUID, thread: ThreadRef) -> None:
        try:
            await (await self.chats.of(tenant_id)).thread(thread.channel, thread.ts)
        except NotFound:
            raise InvalidInput(NOT_THERE, field="account") from None

    # ── What is written ─────────────────────────────────────────────────────────────────────────
    async def heard(self, tenant_id: UUID, post: SeenPost) -> bool:
        """A message in some channel. Kept when its thread is followed; whether it was."""
        async with self.db.read(tenant_id) as tx:
            thread = await rows.find_thread(tx, post.thread.channel, post.thread.ts)
            bot = await _bot(tx)
        if thread is None or thread.ended_at is not None or is_to_bot(post.text, bot):
            return False
        author = ""
        if not post.removed:
            author = await name_in_slack(self.db, self.chats, tenant_id, post.user)
        async with self.db.transaction(tenant_id) as tx:
            there = await rows.lock_thread(tx, post.thread.channel, post.thread.ts)
            if there is None or there.ended_at is not None:
                return False
            return await self._keep(tx, there, post, author)

    async def catch_up(self, tenant_id: UUID, thread_id: UUID) -> Notice | None:
        """The job: what was written before the thread was followed, read once. What is to be said
        in the thread then, so that everybody there knows; `caught_up` follows it."""
        async with self.db.read(tenant_id) as tx:
            thread = await rows.get_thread(tx, thread_id)
            bot = await _bot(tx)
            account = await customers.get_account(tx, thread.account_id) if thread else None
        if thread is None or thread.ended_at is not None or thread.caught_up_at is not None:
            return None
        ref = ThreadRef(channel=thread.channel, ts=thread.thread_ts)
        chat = await self.chats.of(tenant_id)
        cursor = ""
        while True:
            try:
                page, cursor = await chat.thread(ref.channel, ref.ts, cursor)
            except (NotFound, Forbidden) as refusal:
                # Put out of the channel, the thread was deleted, or a right is missing.
                async with self.db.transaction(tenant_id) as tx:
                    await rows.end_thread(tx, thread_id, self.clock.now())
                told = Notice(thread=ref, told=NO_RIGHT)
                return told if isinstance(refusal, Forbidden) else None
            posts = [
                SeenPost(thread=ref, ts=p.ts, user=p.user, text=p.text, edited=p.edited)
                for p in page
                if not p.by_bot and p.user != bot and not is_to_bot(p.text, bot)
            ]
            await self._keep_page(tenant_id, thread_id, posts)
            if not cursor:
                break
        return Notice(thread=ref, told=follows(account.name if account else "an account"))

    async def caught_up(self, tenant_id: UUID, thread_id: UUID) -> None:
        async with self.db.transaction(tenant_id) as tx:
            await rows.set_caught_up(tx, thread_id, self.clock.now())

    async def _keep_page(self, tenant_id: UUID, thread_id: UUID, posts: list[SeenPost]) -> None:
        people = dict.fromkeys(post.user for post in posts)
        names = {user: await name_in_slack(self.db, self.chats, tenant_id, user) for user in people}
        async with self.db.transaction(tenant_id) as tx:
            thread = await rows.get_thread(tx, thread_id)
            if thread is None or thread.ended_at is not None:
                return
            for post in posts:
                await self._keep(tx, thread, post, names[post.user])

    async def _keep(self, tx: Tx, thread: SlackThread, post: SeenPost, author: str) -> bool:
        posted_at = moment_of(post.removed_ts or post.ts)
        if posted_at is None:
            return False
        member = await members.get_member_by_slack_id(tx, post.user) if post.user else None
        row = SlackPost(
            tenant_id=tx.tenant_id,
            id=self.ids.new(),
            created_at=self.clock.now(),
            thread_id=thread.id,
            ts=post.removed_ts or post.ts,
            slack_user_id=post.user,
            author=author,
            member_id=member.id if member else None,
            text=without_tokens(clean_text(post.text)).strip()[:LONGEST],
            edited_at=moment_of(post.edited) if post.edited else None,
            removed_at=self.clock.now() if post.removed else None,
            posted_at=posted_at,
        )
        now = self.clock.now()
        if post.removed:
            kept: UUID | None = (emptied := await rows.remove_post(tx, row))
            await entries.withdraw(tx, SearchSource.SLACK_POST, [emptied], at=now)
        elif row.text and (kept := await rows.keep_post(tx, row)):
            await entries.enqueue(tx, SearchSource.SLACK_POST, kept, thread.account_id, at=now)
            found = assess(row.text)
            await note_suspicion(tx, self.audit, found, came_by="slack thread", subject_id=kept)
        else:
            return False
        await want_look(tx, thread.account_id, ids=self.ids, now=now)
        if kept is not None and kept != row.id:
            # It stood there before, in other words.
            await self._unsaid(tx, thread.account_id, [kept])
        return True

    async def _unsaid(self, tx: Tx, account_id: UUID, post_ids: Sequence[UUID]) -> None:
        gone = [("slack_post", one) for one in post_ids]
        await forget_made_of(
            tx, [account_id], gone, clock=self.clock, ids=self.ids, audit=self.audit
        )

    # ── inside a transaction ────────────────────────────────────────────────────────────────────
    async def _follow(
        self,
        tx: Tx,
        actor: Actor,
        thread: ThreadRef,
        there: SlackThread | None,
        account: Account,
    ) -> Followed:
        if account.excluded:
            raise InvalidInput(f"{account.name} is excluded: nothing is kept about it.")
        before = await self._followed(tx, there)
        if before is not None and before.id != account.id:
            raise Conflict(
                f"This thread is followed for {before.name}. Say unfollow first: a thread belongs "
                "to one account."
            )
        if before is not None:
            return Followed(status="already", told=already(before.name))
        there = await self._begun(tx, actor, thread, there, account)
        await jobs.enqueue(tx, CATCH_UP, {"thread_id": there.id})
        await self.audit.append(
            tx,
            "thread.followed",
            actor=actor,
            subject_id=there.id,
            facts={"account": str(account.id), "channel": thread.channel, "thread": thread.ts},
        )
        return Followed(status="followed", told=follows(account.name))

    async def _begun(
        self,
        tx: Tx,
        actor: Actor,
        thread: ThreadRef,
        there: SlackThread | None,
        account: Account,
    ) -> SlackThread:
        now = self.clock.now()
        if there is not None:
            before = there.account_id
            there.account_id, there.followed_by = account.id, actor.member_id
            there.ended_at = there.caught_up_at = None
            await tx.session.flush()
            if before != account.id:
                await self._moved(tx, there, before)
            return there
        fresh = SlackThread(
            tenant_id=tx.tenant_id,
            id=self.ids.new(),
            created_at=now,
            channel=thread.channel,
            thread_ts=thread.ts,
            account_id=account.id,
            followed_by=actor.member_id,
            permalink=permalink(thread.channel, thread.ts),
            last_at=moment_of(thread.ts) or now,
            caught_up_at=None,
            ended_at=None,
        )
        if not await rows.add_thread(tx, fresh):
            raise Conflict("Somebody was faster and follows this thread already.")
        return fresh

    async def _moved(self, tx: Tx, thread: SlackThread, before: UUID) -> None:
        """Its posts go along to the other account, and what was made of them stays with neither."""
        posts = await rows.list_post_ids(tx, thread.id)
        now = self.clock.now()
        for post_id in posts:
            await entries.enqueue(tx, SearchSource.SLACK_POST, post_id, thread.account_id, at=now)
        await want_look(tx, thread.account_id, ids=self.ids, now=now)
        await self._unsaid(tx, before, posts)

    async def _end(self, tx: Tx, actor: Actor, there: SlackThread | None) -> Followed:
        if there is None or there.ended_at is not None:
            return Followed(status="nothing", told="I don't follow this thread.")
        await rows.end_thread(tx, there.id, self.clock.now())
        await self.audit.append(tx, "thread.unfollowed", actor=actor, subject_id=there.id)
        return Followed(
            status="ended",
            told=ENDED,
        )

    @staticmethod
    async def _followed(tx: ReadTx, there: SlackThread | None) -> Account | None:
        """The account it is followed for now."""
        if there is None or there.ended_at is not None:
            return None
        return await customers.get_account(tx, there.account_id)

    async def _ask(
        self, tx: Tx, member: Member, thread: ThreadRef, guess: UUID | None, command_id: str
    ) -> UUID:
        capture_id = self.ids.new()
        done = await commands.claim_command(
            tx,
            result_id=self.ids.new(),
            command_id=command_id,
            verb=f"capture.{CaptureKind.FOLLOW}",
            now=self.clock.now(),
        )
        if done is not None and done.get("capture_id"):
            return UUID(done["capture_id"])
        await capture_rows.add_capture(
            tx,
            Capture(
                tenant_id=tx.tenant_id,
                id=capture_id,
                created_at=self.clock.now(),
                member_id=member.id,
                kind=CaptureKind.FOLLOW.value,
                source_key=f"{thread.channel}:{thread.ts}",
                account_id=guess,
                result={"channel": thread.channel, "thread": thread.ts},
            ),
        )
        await commands.set_command_result(tx, command_id, {"capture_id": str(capture_id)})
        return capture_id


async def _own(tx: ReadTx, actor: Actor, capture_id: UUID) -> Capture:
    capture = await capture_rows.get_capture(tx, capture_id)
    if capture is None or capture.member_id != actor.member_id or "thread" not in capture.result:
        raise NotFound(GONE)
    return capture


async def _meant(tx: ReadTx, member: Member, words: str) -> Account | None:
    """The account somebody names; None where they name none, or one that isn't clear or theirs."""
    name = wished_account(words)
    if not name:
        return None
    try:
        account: Account | None = await exactly(tx, name)
    except (NotFound, InvalidInput):
        guess = (await guess_of(tx, words)).account_id
        account = await customers.get_account(tx, guess)
    if account is None or not await may_see(tx, account.id, only_of(member)):
        return None
    return account


async def _bot(tx: ReadTx) -> str:
    tenant = await tenants.get_tenant(tx)
    return tenant.bot_user_id if tenant else ""
