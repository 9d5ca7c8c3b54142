"""How mailboxes are, in states people understand, for Home and for those who look after all of
them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from db import first_readings, mailbox_delegations, mailbox_pushes, mailboxes, members, overviews
from db.models.mailboxes import Mailbox
from db.models.tenants import Member
from db.session import ReadTx
from services.mailbox_connect import ConnectLinks
from services.ports import Clock
from services.reader import reader_of
from services.types.mailbox_health import (
    DelegationView,
    MailboxesView,
    MailboxHealth,
    MailboxState,
    PushCardView,
)
from services.types.people import Role

BEHIND_AFTER = timedelta(minutes=15)
MISSING = (
    "To let people connect Gmail from here, set {names}, and register {redirect} as a redirect "
    "address of the OAuth client."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class GmailFacts:
    """What this installation is set up with, as far as people are told. `missing` names what has to
    be set before anybody can connect."""

    links: ConnectLinks | None = None
    pushes: bool = False
    poll_seconds: float = 60
    missing: tuple[str, ...] = ()
    redirect: str = "PUBLIC_URL/gmail/oauth_redirect"

    @property
    def not_set_up(self) -> str | None:
        if not self.missing:
            return None
        return MISSING.format(names=" and ".join(self.missing), redirect=self.redirect)

    def url(self, tenant_id: UUID, member_id: UUID, *, system: bool = False) -> str | None:
        if self.links is None:
            return None
        return self.links.url(tenant_id, member_id, "system" if system else "own")


async def mailboxes_view(
    tx: ReadTx, member: Member, clock: Clock, gmail: GmailFacts
) -> MailboxesView:
    """The member's mailboxes; for an admin everybody's, the workspace's own and the delegation."""
    admin = member.role == Role.ADMIN
    found = await overviews.list_mailboxes(tx, None if admin else member.id)
    names = {row.id: row.name for row in await members.list_members(tx)} if admin else {}
    sight = _Sight(member=member, names=names, now=clock.now(), gmail=gmail)
    shown = [await _health(tx, box, sight) for box in found]
    system = next((box for box in shown if box.is_system), None)
    mine = tuple(box for box in shown if box.mine)
    return MailboxesView(
        reader=reader_of(member, clock),
        mine=mine,
        others=tuple(box for box in shown if not box.mine),
        connect_url=None if mine else gmail.url(tx.tenant_id, member.id),
        system_connect_url=(
            gmail.url(tx.tenant_id, member.id, system=True) if admin and system is None else None
        ),
        system_missing=admin and system is None,
        not_set_up=gmail.not_set_up,
        delegation=await _delegation(tx) if admin else None,
        silent_since=await _silent_since(tx) if admin else None,
    )


async def push_view(
    tx: ReadTx, member_id: UUID, clock: Clock, gmail: GmailFacts
) -> PushCardView | None:
    """What the card about silent pushes says now: who is silent, or that they are back."""
    member = await members.get_member(tx, member_id)
    if member is None:
        return None
    silent = await mailbox_pushes.list_silent(tx)
    return PushCardView(
        reader=reader_of(member, clock),
        silent=tuple(box.address for box in silent),
        since=await _silent_since(tx),
        last_push_at=await mailbox_pushes.last_push(tx),
        poll_seconds=gmail.poll_seconds,
    )


def state_of(box: Mailbox, now: datetime, *, pushes: bool, reading: bool) -> MailboxState:
    """The worst that holds."""
    last = box.synced_at or box.connected_at or box.created_at
    unwatched = box.watch_expires_at is None or box.watch_expires_at <= now
    cases = (
        (box.status == "disconnected", MailboxState.DISCONNECTED),
        (box.status == "reconnect", MailboxState.RECONNECT),
        (reading and box.history_id is None, MailboxState.READING),
        (now - last > BEHIND_AFTER, MailboxState.BEHIND),
        (pushes and box.push_silent_since is not None, MailboxState.NO_PUSH),
        (pushes and unwatched and box.watch_tried_at is not None, MailboxState.NO_PUSH),
    )
    return next((state for holds, state in cases if holds), MailboxState.WELL)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sight:
    """Who looks, and at what moment."""

    member: Member
    names: dict[UUID, str]
    now: datetime
    gmail: GmailFacts


async def _health(tx: ReadTx, box: Mailbox, sight: _Sight) -> MailboxHealth:
    member, gmail = sight.member, sight.gmail
    reading = box.history_id is None and await first_readings.is_reading(tx, box.id)
    state = state_of(box, sight.now, pushes=gmail.pushes, reading=reading)
    reasons = {
        MailboxState.RECONNECT: box.reconnect_reason,
        MailboxState.NO_PUSH: box.watch_trouble,
    }
    return MailboxHealth(
        mailbox_id=box.id,
        address=box.address,
        owner_name=sight.names.get(box.member_id) if box.member_id else None,
        mine=box.member_id == member.id,
        is_system=box.is_system,
        via=box.via,  # type: ignore[arg-type]  # the column's check knows the same words
        state=state,
        reason=reasons.get(state),
        connected_at=box.connected_at or box.created_at,
        synced_at=box.synced_at,
        last_message_at=box.last_message_at,
        push_seen_at=box.push_seen_at,
        watch_expires_at=box.watch_expires_at,
        pushes=gmail.pushes,
        poll_seconds=gmail.poll_seconds,
        connect_url=reconnect_url(box, member, gmail),
    )


def reconnect_url(box: Mailbox, member: Member, gmail: GmailFacts) -> str | None:
    """Where this reader connects a broken mailbox anew. Who isn't its person can't stand in for
    them at Google; the workspace's own has no person, so any admin may."""
    if box.status == "connected":
        return None
    if box.is_system:
        if member.role != Role.ADMIN:
            return None
        return gmail.url(box.tenant_id, member.id, system=True)
    return gmail.url(box.tenant_id, member.id) if box.member_id == member.id else None


async def _delegation(tx: ReadTx) -> DelegationView | None:
    row = await mailbox_delegations.get_delegation(tx)
    if row is None:
        return None
    without = await mailboxes.list_without_mailbox(tx)
    return DelegationView(
        client_email=row.client_email,
        client_id=row.client_id,
        connectable=tuple(member.name for member in without),
        connected=len(await mailboxes.list_via(tx, "delegation")),
        failures=tuple(sorted((str(who), str(why)) for who, why in row.failures.items())),
    )


async def _silent_since(tx: ReadTx) -> datetime | None:
    silent = await mailbox_pushes.list_silent(tx)
    return min((m.push_missed_since for m in silent if m.push_missed_since), default=None)
