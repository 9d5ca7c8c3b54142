"""How what the copilot says holds, read for whoever asks: the page, its charts, one kind's
adjustments with the one that may be taken back, and the file.

Everything is read from the sums by bin, so it costs the same after a thousand outcomes and after a
million. Everybody may read the sentences: they are about the copilot, over the whole workspace, and
name nobody. Charts are for whoever leads people; figures, taking back and the file for admins.
"""

from dataclasses import dataclass
from uuid import UUID

from db import confidence as rows
from db import members
from db.confidence import HeldKind
from db.models.tenants import Member
from db.session import Database, ReadTx
from services.actors import require_admin, require_member
from services.calibration.service import CalibrationService
from services.calibration.state import LeftOut, kept_left_out, summaries_of, summary_of
from services.cards import surface_again
from services.errors import Forbidden
from services.ports import Clock, Ids
from services.reader import reader_of
from services.types.calibration import Key
from services.types.calibration_views import CARD, AdjustmentsView, CalibrationView, KindHealth
from services.types.model import Lineage
from services.types.people import Actor, Role
from services.visibility import leads

MOST_KINDS = 8
FOR_LEADS = "The charts are for managers and admins. `/understudy calibration` says it in words."
SHOWN = "It comes here in a moment."
TAKEN_BACK = "Taken back: what held before holds again from the next mail on."


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibrationPages:
    """`lineage`: what texts are made with today."""

    db: Database
    clock: Clock
    ids: Ids
    lineage: Lineage
    calibration: CalibrationService

    async def page(self, actor: Actor) -> CalibrationView:
        left_out = await self._left_out(actor.tenant_id)
        async with self.db.read(actor.tenant_id) as tx:
            return await self._view(tx, await require_member(tx, actor), left_out)

    async def card(
        self, tenant_id: UUID, _subject_id: UUID, member_id: UUID
    ) -> CalibrationView | None:
        """None for whoever doesn't lead people any more."""
        left_out = await self._left_out(tenant_id)
        async with self.db.read(tenant_id) as tx:
            member = await members.get_member(tx, member_id)
            if member is None or not leads(member):
                return None
            return await self._view(tx, member, left_out)

    async def show_charts(self, actor: Actor) -> str:
        """As a card, because Slack draws charts in messages only; again at the bottom of the
        conversation if one stands there."""
        async with self.db.transaction(actor.tenant_id) as tx:
            member = await require_member(tx, actor)
            if not leads(member):
                raise Forbidden(FOR_LEADS)
            await surface_again(tx, CARD, member.id, [member.id], clock=self.clock, ids=self.ids)
        return SHOWN

    async def adjustments(self, actor: Actor, key: Key) -> AdjustmentsView:
        async with self.db.read(actor.tenant_id) as tx:
            admin = await require_admin(tx, actor)
            summary = await summary_of(tx, key.action_type, key.kind, key.lineage)
            return AdjustmentsView(reader=reader_of(admin, self.clock), summary=summary)

    async def take_back(self, actor: Actor, move_id: UUID, *, command_id: str) -> AdjustmentsView:
        """One adjustment; then the list as it stands."""
        summary = await self.calibration.undo_move(actor, move_id, command_id)
        async with self.db.read(actor.tenant_id) as tx:
            reader = reader_of(await require_admin(tx, actor), self.clock)
        return AdjustmentsView(reader=reader, summary=summary, told=TAKEN_BACK)

    async def _left_out(self, tenant_id: UUID) -> LeftOut:
        async with self.db.transaction(tenant_id) as tx:
            return await kept_left_out(tx, clock=self.clock, ids=self.ids)

    async def _view(self, tx: ReadTx, member: Member, left_out: LeftOut) -> CalibrationView:
        held = await self._of_today(tx)
        keys = [(one.action_type, one.kind, one.lineage) for one, _ in held]
        found = await summaries_of(tx, keys, left_out)
        return CalibrationView(
            reader=reader_of(member, self.clock),
            kinds=tuple(
                KindHealth(summary=summary, earlier=earlier)
                for summary, (_, earlier) in zip(found, held, strict=True)
            ),
            leads=leads(member),
            admin=member.role == Role.ADMIN,
        )

    async def _of_today(self, tx: ReadTx) -> list[tuple[Key, int]]:
        """The kinds with the most outcomes, each with how many others it has under other lineages.
        What was learned of another model says nothing of today's."""
        today, found = self.lineage(), await rows.list_kinds(tx)
        known: dict[tuple[str, str], list[HeldKind]] = {}
        for one in found:
            known.setdefault((one.action_type, one.kind), []).append(one)
        keys = []
        for (action_type, kind), held in known.items():
            earlier = sum(one.count for one in held if one.lineage != today)
            keys.append((Key(action_type=action_type, kind=kind, lineage=today), earlier))
        return keys[:MOST_KINDS]
