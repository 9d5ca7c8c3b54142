"""What alerts show, read afresh at every delivery."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import asyncpg

from db import actions as action_rows
from db import alert_quality, customers, members, signals
from db import alerts as rows
from db import drafts as draft_rows
from db.models.customers import Account, Deal
from db.models.signals import Signal
from db.models.tenants import Member
from db.session import Database, ReadTx
from db.visibility import may_see
from services.actors import require_member
from services.card_views import deal_view
from services.errors import NotFound
from services.ports import Clock
from services.reader import reader_of
from services.signals.evidence import from_json
from services.signals.proofs import proof_of
from services.signals.readers import keepers_of
from services.signals.recommendations import RECOMMENDED
from services.signals.sketches import Planned, plan_of
from services.types.alert_lines import AlertLine
from services.types.alerts import (
    AlertDraft,
    AlertRollupView,
    AlertsView,
    AlertView,
    EvidenceLine,
)
from services.types.links import gmail_link, permalink
from services.types.model import SignalKind
from services.types.people import Actor, Role
from services.types.signals import Evidence, EvidenceSource, Severity, SignalName, SignalStatus
from services.visibility import leads, only_of

GONE = "This alert is no longer there, or the account isn't one of yours."
LISTED = 10
SOURCES = {
    EvidenceSource.MESSAGE: "mail",
    EvidenceSource.TRANSCRIPT: "transcript",
    EvidenceSource.SLACK_POST: "Slack",
    EvidenceSource.MEETING: "meeting",
    EvidenceSource.DEAL: "deal",
    EvidenceSource.CONTACT: "contact",
    EvidenceSource.FIGURE: "counted",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertViews:
    db: Database
    clock: Clock

    async def card(self, tenant_id: UUID, signal_id: UUID, member_id: UUID) -> AlertView | None:
        """The alert for one reader; None when it or they are gone."""
        async with self.db.read(tenant_id) as tx:
            member = await members.get_member(tx, member_id)
            signal = await signals.get_signal(tx, signal_id)
            if member is None or signal is None:
                return None
            return await self._view(tx, signal, member)

    async def look(self, actor: Actor, signal_id: UUID) -> AlertView:
        """The same for somebody who asks to see it: only where they may see the account."""
        async with self.db.read(actor.tenant_id) as tx:
            member = await require_member(tx, actor)
            signal = await signals.get_signal(tx, signal_id)
            if signal is None or not await _may_look(tx, signal, member):
                raise NotFound(GONE)
            view = await self._view(tx, signal, member)
            if view is None:
                raise NotFound(GONE)
            return view

    async def rollup(self, tenant_id: UUID, member_id: UUID) -> AlertRollupView | None:
        async with self.db.read(tenant_id) as tx:
            member = await members.get_member(tx, member_id)
            if member is None:
                return None
            found = await rows.list_rolled_up(tx, member_id, now=self.clock.now(), limit=LISTED)
            return AlertRollupView(
                reader=reader_of(member, self.clock),
                lines=tuple(_line(row) for row in found),
                total=found[0]["total"] if found else 0,
                accounts=found[0]["accounts"] if found else 0,
            )

    async def mine(self, actor: Actor) -> AlertsView:
        """The actor's open alerts."""
        async with self.db.read(actor.tenant_id) as tx:
            return await alerts_of(tx, await require_member(tx, actor), self.clock, LISTED)

    async def _view(self, tx: ReadTx, signal: Signal, member: Member) -> AlertView | None:
        account = await customers.get_account(tx, signal.account_id)
        name = {one.value: one for one in SignalName}.get(signal.name)
        if account is None or name is None:
            return None
        evidence = from_json(signal.evidence)
        recommended = RECOMMENDED[name]
        status = SignalStatus(signal.status)
        planned = (
            await plan_of(tx, signal, account, recommended, evidence) if status.open else Planned()
        )
        deal = await _deal(tx, signal)
        return AlertView(
            reader=reader_of(member, self.clock),
            signal_id=signal.id,
            version=signal.version,
            name=name,
            kind=SignalKind(signal.kind),
            severity=Severity(signal.severity),
            status=status,
            account_id=account.id,
            account_name=account.name,
            deal=deal_view(deal) if deal is not None else None,
            why=signal.why,
            evidence=await evidence_lines(tx, member, evidence),
            recommendation=recommended,
            sketch=planned.sketch,
            no_mail=planned.why_not,
            draft=await _draft(tx, signal, member),
            confidence=signal.confidence,
            threshold=signal.threshold,
            detectors=tuple(signal.detectors),
            raised_at=signal.raised_at,
            seen_at=signal.seen_at,
            shared_with=tuple(
                one.name for one in await rows.list_readers(tx, signal.id) if one.id != member.id
            ),
            acknowledged_by=await _name(tx, signal.acknowledged_by),
            acknowledged_at=signal.acknowledged_at,
            snoozed_until=signal.snoozed_until,
            snoozed_by=await _name(tx, signal.snoozed_by),
            settled_at=signal.settled_at,
            settled_by=await _name(tx, signal.settled_by),
            settled_why=signal.settled_why,
            rating=await alert_quality.rating_of(tx, signal.id, member.id),
            moved_to=await moved_to(tx, member, account),
        )


async def _may_look(tx: ReadTx, signal: Signal, member: Member) -> bool:
    """Who may see the account; executives only what they were told of, as somebody's manager."""
    if member.role == Role.EXECUTIVE:
        return await rows.is_reader(tx, signal.id, member.id)
    return await may_see(tx, signal.account_id, only_of(member))


async def alerts_of(tx: ReadTx, member: Member, clock: Clock, limit: int) -> AlertsView:
    """A member's open alerts; an executive's numbers."""
    reader = reader_of(member, clock)
    if member.role == Role.EXECUTIVE:
        counted = await rows.count_open(tx)
        counts = [(one, counted[one.value]) for one in reversed(Severity) if one.value in counted]
        total = sum(counted.values())
        return AlertsView(reader=reader, lines=(), total=total, counts=tuple(counts))
    found = await rows.list_open(tx, member.id, leads=leads(member), now=clock.now(), limit=limit)
    return AlertsView(
        reader=reader,
        lines=tuple(_line(row) for row in found),
        total=found[0]["total"] if found else 0,
        may_manage=leads(member),
    )


def _line(row: asyncpg.Record) -> AlertLine:
    return AlertLine(
        signal_id=row["id"],
        account_name=row["account"],
        name=SignalName(row["name"]),
        severity=Severity(row["severity"]),
        why=row["why"],
        proof=proof_of(from_json(rows.evidence_of(row))),
        raised_at=row["raised_at"],
        acknowledged=row["status"] == SignalStatus.ACKNOWLEDGED,
    )


async def _deal(tx: ReadTx, signal: Signal) -> Deal | None:
    """The deal it is about; of an account with one open deal, that one."""
    if signal.deal_id is not None:
        return await customers.get_deal(tx, signal.deal_id)
    found = await customers.list_open_deals(tx, signal.account_id)
    return found[0] if len(found) == 1 else None


async def evidence_lines(
    tx: ReadTx, member: Member, evidence: Sequence[Evidence]
) -> tuple[EvidenceLine, ...]:
    """Each piece with where this member can read it."""
    of = {
        source: [one.source_id for one in evidence if one.source is source and one.source_id]
        for source in (EvidenceSource.MESSAGE, EvidenceSource.SLACK_POST)
    }
    places = await rows.places_of(
        tx, member.id, of[EvidenceSource.MESSAGE], of[EvidenceSource.SLACK_POST]
    )
    lines = []
    for one in evidence:
        place = places.get(one.source_id) if one.source_id else None
        url = ""
        if place is not None and place.thread:
            url = gmail_link(place.address, place.thread)
        elif place is not None and place.channel:
            url = permalink(place.channel, place.ts)
        lines.append(EvidenceLine(evidence=one, source=SOURCES[one.source], url=url))
    return tuple(lines)


async def _draft(tx: ReadTx, signal: Signal, member: Member) -> AlertDraft | None:
    """The mail begun for it, while it is one that goes on or has left."""
    action = await action_rows.get_action(tx, signal.action_id) if signal.action_id else None
    draft = await draft_rows.get_draft(tx, action.draft_id) if action and action.draft_id else None
    if action is None or draft is None or action.status in ("rejected", "voided"):
        return None
    revision = await draft_rows.get_revision(tx, draft.id, draft.revision)
    contact = await customers.get_contact(tx, draft.contact_id)
    return AlertDraft(
        action_id=action.id,
        status=action.status,
        to=(contact.name or contact.email) if contact else "",
        subject=revision.subject if revision else "",
        text=revision.text if revision else "",
        mine=action.owner_id == member.id,
    )


async def moved_to(tx: ReadTx, member: Member, account: Account) -> str | None:
    """Somebody else's by now: for who may no longer see the account."""
    if await may_see(tx, account.id, only_of(member)):
        return None
    keepers = await keepers_of(tx, account.id)
    return keepers[0].name if keepers else "Somebody else"


async def _name(tx: ReadTx, member_id: UUID | None) -> str | None:
    member = await members.get_member(tx, member_id) if member_id else None
    return member.name if member else None
