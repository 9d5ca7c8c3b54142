"""Looking before anybody is told anything, and then telling them: preview, enable.

An admin chooses people or a user group; the choice is kept as a row, because many people don't fit
into a button. The preview is what shadow work has left behind: the very cards, without a button
that acts.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol
from uuid import UUID

from db import commands, jobs, tenants
from db import rollout as rows
from db.models.rollout import Selection
from db.models.tenants import Member
from db.session import Database, ReadTx
from services.actors import require_admin
from services.errors import InvalidInput, NotFound
from services.home_cards import touch_homes
from services.ports import Chats
from services.reach import in_shadow
from services.reader import reader_of
from services.rollout.deps import RolloutDeps, id_of, told_before
from services.rollout.waiting import GREET
from services.types.people import Actor
from services.types.rollout import PreviewPerson, PreviewView
from services.types.views import MailCardView
from services.zones import zone_of

DAYS = 7
MOST_CARDS = 60
NO_ONE = "None of them is a member yet. Import them first."
EVERYBODY_IS = "Everybody is enabled already."
GONE = "This preview is no longer there. Open it again from `/understudy members`."


class MailCards(Protocol):
    async def mail_card(
        self, tenant_id: UUID, action_id: UUID, member_id: UUID
    ) -> MailCardView | None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class EnablingService:
    db: Database
    deps: RolloutDeps
    chats: Chats
    cards: MailCards

    async def select(
        self,
        actor: Actor,
        *,
        user_ids: Sequence[str] = (),
        group_id: str | None = None,
        member_ids: Sequence[UUID] = (),
        command_id: str,
    ) -> UUID:
        """Keep the choice; its id is what travels. With nothing chosen: everybody who waits."""
        named = set(user_ids)
        if group_id:
            async with self.db.read(actor.tenant_id) as reading:
                await require_admin(reading, actor)
            named |= set(await (await self.chats.of(actor.tenant_id)).group_members(group_id))
        async with self.db.transaction(actor.tenant_id) as tx:
            done = await told_before(tx, self.deps, "members.select", command_id)
            if done is not None:
                return id_of(done)
            await require_admin(tx, actor)
            if member_ids:
                found = await rows.list_members_of(tx, member_ids)
            elif named or group_id:
                found = await rows.list_by_slack_ids(tx, named)
            else:
                found = await rows.list_waiting_members(tx)
            chosen = [member for member in found if member.active]
            if not chosen:
                nothing = not (named or group_id or member_ids)
                raise InvalidInput(EVERYBODY_IS if nothing else NO_ONE, field="people")
            selection = Selection(
                tenant_id=tx.tenant_id,
                id=self.deps.ids.new(),
                created_at=self.deps.clock.now(),
                requested_by=actor.member_id,
                member_ids=[str(member.id) for member in chosen],
            )
            await rows.add_selection(tx, selection)
            await commands.set_command_result(tx, command_id, {"id": str(selection.id)})
            return selection.id

    async def preview(self, actor: Actor, selection_id: UUID, page: int = 0) -> PreviewView:
        """A page of what they would have been shown in the last seven days."""
        since = self.deps.clock.now() - timedelta(days=DAYS)
        async with self.db.read(actor.tenant_id) as tx:
            admin = await require_admin(tx, actor)
            chosen = await self._chosen(tx, actor, selection_id)
            boxes = await rows.mailbox_status_by_member(tx)
            reader = reader_of(admin, self.deps.clock)
            zone, people = zone_of(reader.timezone), {m.id: m for m in chosen}
            seen = await rows.count_seen_by_day(tx, people, since, zone.key)
            shown = await rows.list_seen(tx, people, since, MOST_CARDS)
            shadow = in_shadow(await tenants.get_tenant(tx))
        page = min(max(page, 0), len(shown))
        member, card = None, None
        if page:
            member_id, action_id = shown[page - 1]
            member = people[member_id]
            card = await self.cards.mail_card(actor.tenant_id, action_id, member_id)
        totals: Counter[UUID] = Counter()
        for (whose, _), number in seen.items():
            totals[whose] += number
        week = _week(reader.now.astimezone(zone).date())
        return PreviewView(
            reader=reader,
            selection_id=selection_id,
            people=tuple(
                PreviewPerson(
                    member_id=m.id,
                    name=m.name,
                    enabled=m.enabled_at is not None,
                    mailbox=boxes.get(m.id) == "connected",
                    days=tuple((day, seen.get((m.id, day), 0)) for day in week),
                    total=totals[m.id],
                )
                for m in chosen
            ),
            page=page,
            pages=len(shown) + 1,
            card=card,
            card_of=member.name if member else None,
            to_enable=sum(m.enabled_at is None for m in chosen),
            shadow=shadow,
        )

    async def enable(self, actor: Actor, selection_id: UUID, *, command_id: str) -> str:
        """From now on these people are told things. One message each says what waits."""
        now = self.deps.clock.now()
        async with self.db.transaction(actor.tenant_id) as tx:
            done = await told_before(tx, self.deps, "members.enable", command_id)
            if done is not None:
                return str(done.get("sentence", ""))
            await require_admin(tx, actor)
            selection = await rows.lock_selection(tx, selection_id)
            if selection is None:
                raise NotFound(GONE)
            selection.enabled_at = now
            await tx.session.flush()
            enabled = await rows.enable_members(
                tx, [UUID(one) for one in selection.member_ids], now
            )
            if enabled:
                who = [str(member_id) for member_id, _ in enabled]
                await self.deps.audit.append(
                    tx,
                    "members.enabled",
                    actor=actor,
                    subject_id=selection.id,
                    facts={"members": who},
                )
                # In shadow mode their messages are held back as well, and come when that ends.
                await jobs.enqueue(tx, GREET, {"member_ids": who})
            shadow = in_shadow(await tenants.get_tenant(tx))
            sentence = _enabled_words([name for _, name in enabled], shadow=shadow)
            await commands.set_command_result(tx, command_id, {"sentence": sentence})
            await touch_homes(tx, [actor.member_id], now=self.deps.clock.now())
            return sentence

    @staticmethod
    async def _chosen(tx: ReadTx, actor: Actor, selection_id: UUID) -> Sequence[Member]:
        selection = await rows.get_selection(tx, selection_id)
        if selection is None or selection.requested_by != actor.member_id:
            raise NotFound(GONE)
        found = await rows.list_members_of(tx, [UUID(one) for one in selection.member_ids])
        return [member for member in found if member.active]


def _week(today: date) -> list[date]:
    """Every day of it, oldest first."""
    return [today - timedelta(days=back) for back in range(DAYS - 1, -1, -1)]


def _enabled_words(names: Sequence[str], *, shadow: bool) -> str:
    if not names:
        return "They were enabled already. Nothing has changed."
    who = names[0] if len(names) == 1 else f"{len(names)} people"
    are = "is" if len(names) == 1 else "are"
    if shadow:
        return f"{who} {are} enabled. Shadow mode is on, so they hear from me when it ends."
    return f"{who} {are} enabled. Each gets one message that says what waits."
