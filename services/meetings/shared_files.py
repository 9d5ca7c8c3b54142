"""A transcript somebody shared in Slack: taken up from its message, fetched by a job, imported.

Whoever chose it sees at once that it is being fetched, and what became of it in the same window, or
as a card when the window is closed by then.
"""

from dataclasses import dataclass
from pathlib import PurePath
from uuid import UUID

from db import commands, customers, jobs, members
from db import notes as capture_rows
from db.models.compose import Capture
from db.session import Database, ReadTx
from db.visibility import may_see
from services.actors import require_member
from services.captures import GONE, guess_of
from services.errors import Conflict, InvalidInput, NotFound, ServiceError, TransientError
from services.mail.characters import one_line
from services.meetings.transcript_text import KINDS, LARGEST
from services.meetings.transcripts import TITLE, TranscriptFile, TranscriptService
from services.ports import Chats, Clock, Ids
from services.types.compose import CaptureKind
from services.types.links import permalink
from services.types.people import Actor
from services.types.slack_threads import FollowView
from services.visibility import only_of

FETCH = "transcript.fetch"
NO_FILE = "This message holds no transcript. I read .vtt and .txt files."
SEVERAL = "This message holds several files. Share the transcript in a message of its own."
AGAIN = "It is being fetched already."


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedFile:
    """A file of a message, by Slack's id for it."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class SharedFileService:
    db: Database
    clock: Clock
    ids: Ids
    transcripts: TranscriptService
    chats: Chats

    async def begin(
        self,
        actor: Actor,
        files: tuple[SharedFile, ...],
        *,
        channel: str,
        ts: str,
        text: str,
        command_id: str,
    ) -> UUID:
        """Take the message's transcript up. `text` only helps to guess the account."""
        fitting = [one for one in files if PurePath(one.name).suffix.lower() in KINDS]
        if len(fitting) != 1:
            raise InvalidInput(SEVERAL if fitting else NO_FILE)
        async with self.db.transaction(actor.tenant_id) as tx:
            member = await require_member(tx, actor)
            done = await commands.claim_command(
                tx,
                result_id=self.ids.new(),
                command_id=command_id,
                verb=f"capture.{CaptureKind.TRANSCRIPT}",
                now=self.clock.now(),
            )
            if done is not None and done.get("capture_id"):
                return UUID(done["capture_id"])
            guess = (await guess_of(tx, f"{text}\n{_words(fitting[0].name)}")).account_id
            if guess is not None and not await may_see(tx, guess, only_of(member)):
                guess = None
            capture = Capture(
                tenant_id=tx.tenant_id,
                id=self.ids.new(),
                created_at=self.clock.now(),
                member_id=member.id,
                kind=CaptureKind.TRANSCRIPT.value,
                author=member.name,
                source_key=f"{channel}:{ts}",
                permalink=None if channel.startswith("D") else permalink(channel, ts),
                account_id=guess,
                result={"file": fitting[0].id, "name": one_line(fitting[0].name)[:TITLE]},
            )
            await capture_rows.add_capture(tx, capture)
            await commands.set_command_result(tx, command_id, {"capture_id": str(capture.id)})
            return capture.id

    async def look(self, actor: Actor, capture_id: UUID) -> FollowView:
        """What the window shows."""
        async with self.db.read(actor.tenant_id) as tx:
            capture = await _own(tx, actor, capture_id)
            account = await customers.get_account(tx, capture.account_id)
        return FollowView(
            capture_id=capture_id,
            account=(account.id, account.name) if account else None,
            file_name=str(capture.result["name"]),
            title=_words(str(capture.result["name"])),
        )

    async def submit(
        self,
        actor: Actor,
        capture_id: UUID,
        account_id: UUID,
        *,
        title: str,
        at: str,
        view_id: str,
        zone: str,
    ) -> None:
        """The account is chosen: the file is fetched now. Said again, it changes nothing."""
        async with self.db.transaction(actor.tenant_id) as tx:
            member = await require_member(tx, actor)
            capture = await _own(tx, actor, capture_id)
            account = await customers.get_account(tx, account_id)
            if account is None or not await may_see(tx, account_id, only_of(member)):
                raise InvalidInput("Choose the account.", field="account")
            if account.excluded:
                raise InvalidInput(
                    f"{account.name} is excluded: nothing is kept about it.", field="account"
                )
            wishes = {"title": one_line(title)[:TITLE], "at": at[:40], "zone": zone}
            if not await capture_rows.settle_capture(
                tx,
                capture_id,
                expect=("open",),
                status="reading",
                account_id=account_id,
                view_id=view_id or None,
                reading_since=self.clock.now(),
                result={**capture.result, **wishes},
            ):
                raise Conflict(AGAIN)
            await jobs.enqueue(tx, FETCH, {"capture_id": capture_id})

    async def fetch(self, tenant_id: UUID, capture_id: UUID) -> None:
        """The job: fetch the file and import it; what can't be done is told. An outage passes."""
        async with self.db.read(tenant_id) as tx:
            capture = await capture_rows.get_capture(tx, capture_id)
        if capture is None or capture.status != "reading" or "file" not in capture.result:
            return
        try:
            chat = await self.chats.of(tenant_id)
            file = await chat.file(str(capture.result["file"]), largest=LARGEST)
            status, told = "done", await self._import(tenant_id, capture, file.data)
        except TransientError:
            raise
        except ServiceError as refusal:
            status, told = "failed", str(refusal)
        async with self.db.transaction(tenant_id) as tx:
            await capture_rows.settle_capture(
                tx,
                capture_id,
                expect=("reading",),
                status=status,
                result={**capture.result, "told": told},
            )

    async def _import(self, tenant_id: UUID, capture: Capture, data: bytes) -> str:
        file = TranscriptFile(
            name=str(capture.result["name"]),
            data=data,
            title=str(capture.result["title"]),
            at=str(capture.result["at"]),
            timezone=str(capture.result["zone"]),
            permalink=capture.permalink,
        )
        async with self.db.transaction(tenant_id) as tx:
            account = await customers.get_account(tx, capture.account_id)
            member = await members.get_member(tx, capture.member_id)
            if account is None or member is None:
                raise NotFound("The account is no longer there.")
            return (await self.transcripts.take(tx, account, file, by=member.id)).told


async def _own(tx: ReadTx, actor: Actor, capture_id: UUID) -> Capture:
    capture = await capture_rows.get_capture(tx, capture_id)
    if capture is None or capture.member_id != actor.member_id or "file" not in capture.result:
        raise NotFound(GONE)
    return capture


def _words(name: str) -> str:
    """A file's name as words: underscores and its ending say nothing."""
    return " ".join(one_line(PurePath(name).stem).replace("_", " ").split())[:TITLE]
