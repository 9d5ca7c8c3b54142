"""A file in an admin's direct message: the list of actions, or what another part writes down.

A command makes one file, as far as Slack allows it: the file is brought first, which shows nothing
and may be repeated; its id is written down before it is shown; and a wish that is found with an id
is settled by asking Slack, never by another file.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

from db import autonomy_figures as figures
from db import exports as rows
from db import jobs, members, tenants
from db.autonomy_figures import Chosen
from db.models.exports import AutonomyExport
from db.session import Database
from services.actors import require_admin
from services.audit import AuditService
from services.autonomy.exporting import ExportService, head_line, line_of, values_of
from services.errors import Forbidden, InvalidInput, NotFound, TransientError
from services.ports import ChatGateway, ChatMessage, Chats, Clock, Ids
from services.types.autonomy_views import DoingsFilter
from services.types.people import Actor

JOB = "autonomy.export"
FILE = "file"
"""In what was chosen: the name of another part's file. Without it, the list of actions."""
LEASE = timedelta(minutes=2)
MOST = 20_000
"""Actions in one file; more would be slow to make and to open on a phone."""
COMMAND = "`understudy autonomy export` on the server"
ASKED = "I'm writing the file. It comes in our direct message."
TOO_MANY = (
    f"The list you asked for has more than {MOST:,} actions, too many for a file in Slack. "
    f"Choose fewer days, or run {COMMAND}."
)
NO_RIGHT = (
    "Slack doesn't let me send files in this workspace. An admin of Slack can add that right by "
    f"installing Understudy again; until then run {COMMAND}."
)
REFUSED = f"Slack didn't take the file I made for you. {COMMAND.capitalize()} writes it instead."
NO_RIGHT_OTHER = (
    "Slack doesn't let me send files in this workspace. An admin of Slack can add that right by "
    "installing Understudy again."
)
REFUSED_OTHER = "Slack didn't take the file I made for you. Ask for it once more in a while."


class OtherFile(Protocol):
    """A file of another part that is handed out the same way."""

    @property
    def comment(self) -> str:
        """What stands above it."""
        ...

    async def written(self, tenant_id: UUID) -> str:
        """The whole file, CSV."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOutService:
    """`others`: files of other parts, by name."""

    db: Database
    clock: Clock
    ids: Ids
    audit: AuditService
    chats: Chats
    export: ExportService
    most: int = MOST
    others: Mapping[str, OtherFile] = field(default_factory=dict)

    async def request(self, actor: Actor, chosen: DoingsFilter, *, command_id: str) -> str:
        """Take an admin's wish for the list of actions, once a command."""
        stored = _stored(chosen, self.clock.now())
        return await self._take(actor, stored, "autonomy.exported", command_id)

    async def request_other(self, actor: Actor, name: str, *, command_id: str) -> str:
        """The same for a file of another part."""
        return await self._take(actor, {FILE: name}, f"{name}.exported", command_id)

    async def _take(
        self, actor: Actor, stored: dict[str, Any], audited: str, command_id: str
    ) -> str:
        now = self.clock.now()
        async with self.db.transaction(actor.tenant_id) as tx:
            admin = await require_admin(tx, actor)
            export_id = await rows.add_export(
                tx,
                id=self.ids.new(),
                created_at=now,
                member_id=admin.id,
                command_id=command_id,
                chosen=stored,
                status="asked",
                why="",
            )
            if export_id is not None:
                await self.audit.append(
                    tx, audited, actor=actor, subject_id=export_id, facts=stored
                )
                await jobs.enqueue(tx, JOB, {"export_id": export_id})
        return ASKED

    async def run(self, tenant_id: UUID, export_id: UUID) -> None:
        """Make the file and show it. Safe to repeat at any time."""
        token, now = self.ids.new(), self.clock.now()
        async with self.db.transaction(tenant_id) as tx:
            wish = await rows.claim_export(tx, export_id, now=now, token=token, until=now + LEASE)
            member = await members.get_member(tx, wish.member_id) if wish else None
            tenant = await tenants.get_tenant(tx)
        if wish is None or tenant is None:
            return
        other = self.others.get(str(wish.chosen.get(FILE, "")))
        work = _Work(tenant_id=tenant_id, wish=wish, token=token, team=tenant.team_id, other=other)
        if member is None or not member.active or member.slack_user_id is None:
            await self._settle(work, "refused", "Whoever asked for it isn't here any more.")
            return
        try:
            chat = await self.chats.of(tenant_id)
            await self._carry(work, chat, member.dm_channel, member.slack_user_id)
        finally:
            await self._note(work, lease_until=None)

    async def _carry(
        self, work: "_Work", chat: ChatGateway, channel: str | None, user_id: str
    ) -> None:
        try:
            channel = channel or await chat.open_dm(user_id)
            refusal = await self._hand_over(work, chat, channel)
            if refusal:
                await self._say(work, chat, channel, refusal)
        except NotFound as gone:
            await self._settle(work, "refused", str(gone))
        else:
            await self._settle(work, "refused" if refusal else "done", refusal)

    async def _hand_over(self, work: "_Work", chat: ChatGateway, channel: str) -> str:
        """Why it can't be, in a sentence for the admin; empty when the file stands there."""
        try:
            if await self._shown_before(work, chat, channel):
                return ""
            text = await self._written(work)
            if text is None:
                return TOO_MANY
            file_id = await chat.upload(work.name, text.encode())
            if not await self._note(work, file_id=file_id):
                raise TransientError("somebody else is at this file", retry_after=LEASE)
            await chat.share_upload(file_id, channel, title=work.name, comment=work.comment)
        except Forbidden:
            return NO_RIGHT_OTHER if work.other else NO_RIGHT
        except InvalidInput:
            return REFUSED_OTHER if work.other else REFUSED
        return ""

    async def _shown_before(self, work: "_Work", chat: ChatGateway, channel: str) -> bool:
        """Whether a file of an earlier attempt stands there, if need be by showing it now."""
        if work.wish.file_id is None:
            return False
        shown = await chat.is_shared(work.wish.file_id, channel)
        if shown is False:
            await chat.share_upload(
                work.wish.file_id, channel, title=work.name, comment=work.comment
            )
        return shown is not None

    async def _written(self, work: "_Work") -> str | None:
        """The whole file; None when it would be too long."""
        if work.other is not None:
            return await work.other.written(work.tenant_id)
        chosen = _read(work.wish.chosen)
        async with self.db.read(work.tenant_id) as tx:
            if await figures.count_actions(tx, chosen, most=self.most + 1) > self.most:
                return None
        rows_ = self.export.rows(work.tenant_id, chosen)
        lines = [line_of(values_of(work.team, row), "csv") async for row in rows_]
        return "".join([head_line("csv"), *lines])

    async def _say(self, work: "_Work", chat: ChatGateway, channel: str, sentence: str) -> None:
        """Once: what was said before a crash is found."""
        name = str(work.wish.id)
        if await chat.find(channel, name) is None:
            await chat.post(channel, ChatMessage(text=sentence, blocks=(), metadata_id=name))

    async def _settle(self, work: "_Work", status: str, why: str = "") -> None:
        await self._note(work, status=status, why=why, settled_at=self.clock.now())

    async def _note(self, work: "_Work", **values: Any) -> bool:
        async with self.db.transaction(work.tenant_id) as tx:
            return await rows.set_export(tx, work.wish.id, work.token, **values)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Work:
    """A wish under our lease."""

    tenant_id: UUID
    wish: AutonomyExport
    token: UUID
    team: str
    other: OtherFile | None = None

    @property
    def name(self) -> str:
        about = self.wish.chosen.get(FILE, "actions")
        return f"understudy-{about}-{self.wish.created_at:%Y-%m-%d}.csv"

    @property
    def comment(self) -> str:
        if self.other is not None:
            return self.other.comment
        since = datetime.fromisoformat(str(self.wish.chosen["since"]))
        return f"What I did since {since.day} {since:%b %Y}, one line an action."


def _stored(chosen: DoingsFilter, now: datetime) -> dict[str, Any]:
    """Moments instead of days: a file that is made again holds the same."""
    return {
        "type": chosen.action_type,
        "account_id": str(chosen.account_id) if chosen.account_id else None,
        "member_id": str(chosen.member_id) if chosen.member_id else None,
        "which": chosen.which,
        "since": (now - timedelta(days=chosen.days)).astimezone(UTC).isoformat(),
        "until": now.astimezone(UTC).isoformat(),
    }


def _read(stored: dict[str, Any]) -> Chosen:
    account, member = stored["account_id"], stored["member_id"]
    return Chosen(
        since=datetime.fromisoformat(stored["since"]),
        until=datetime.fromisoformat(stored["until"]),
        types=(stored["type"],) if stored["type"] else (),
        account_id=UUID(account) if account else None,
        member_id=UUID(member) if member else None,
        which=stored["which"],
    )
