"""Connecting a mailbox by its owner's consent at Google.

The link on Home names the member and the purpose, for an hour. Whoever follows it is sent to Google
with a state that comes back once, to the browser it was made in; the PKCE verifier stays here,
sealed. What comes back must be the mailbox of the link's own member: a link that was passed on
connects nobody else's mail to anybody. Until all of it holds, nothing is stored.
"""

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import cast
from uuid import UUID

import structlog

from db import connect_attempts, members
from db.connect_attempts import TakenAttempt
from db.models.mailboxes import ConnectAttempt
from db.models.tenants import Member
from db.session import Database
from services.consent_port import Consent, ConsentGateway
from services.devices import Sign, Verify
from services.errors import Conflict, Forbidden, ServiceError, TransientError
from services.mailbox_access import HeldTokens
from services.mailboxes import ELSEWHERE, MailboxService
from services.members import actor_of
from services.ports import Clock, Ids, MailGateways
from services.types.mailbox_connect import ConnectPage, ConnectState, Purpose
from services.types.people import Role
from services.vault import Cell, Vault

log = structlog.get_logger()

LINK_LASTS = timedelta(hours=1)
ATTEMPT_LASTS = timedelta(minutes=10)
CONNECT_PATH = "/gmail/connect"
# All of Gmail includes what we ask for; somebody may have granted that before.
WIDER = "https://mail.google.com/"
_LINK, _STATE, _BROWSER = "gmail link", "gmail state", "gmail browser"
_ID, _SECRET = 16, 32
_PURPOSES: tuple[Purpose, ...] = ("own", "system")

NOTHING_STORED = "Nothing was stored."
NOT_SET_UP = "Connecting Gmail isn't set up here yet. An admin finds in App Home what is missing."
NOT_OURS = "This link isn't one of mine. Open App Home in Slack and choose Connect Gmail."
LINK_OVER = "This link was good for an hour. Open App Home in Slack again and choose Connect Gmail."
ATTEMPT_OVER = (
    "This sign-in is over, was finished already, or was begun in another browser. Open App Home in "
    "Slack and choose Connect Gmail."
)
LEFT = "You are no longer a member here, so there is nothing to connect."
NO_ADMIN = "Only an admin can connect the workspace's own mailbox."
DENIED = "You said no at Google, so I can't read your mail."
UNTICKED = (
    "Google didn't give me what I need: on its page, the box beside reading, composing and sending "
    "mail has to stay ticked."
)
NOT_LASTING = "Google gave me access for an hour only. Please try again."
AWAY = "Google didn't answer. Please try again in a minute."
REFUSED = "Google didn't accept this sign-in. Please try again."
FAILED = "Something went wrong on my side. Please try again."


@dataclass(frozen=True, slots=True, kw_only=True)
class BegunAtGoogle:
    """Where the browser goes now, and what it keeps until it comes back."""

    url: str
    browser: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Link:
    tenant_id: UUID
    member_id: UUID
    purpose: Purpose
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectLinks:
    """Makes and reads the links on Home. None are made where nobody could follow them."""

    clock: Clock
    sign: Sign
    verify: Verify
    public_url: str | None
    configured: bool

    def url(self, tenant_id: UUID, member_id: UUID, purpose: Purpose) -> str | None:
        if not self.configured or self.public_url is None:
            return None
        until = int((self.clock.now() + LINK_LASTS).timestamp())
        which = bytes([_PURPOSES.index(purpose)])
        body = tenant_id.bytes + member_id.bytes + which + until.to_bytes(8)
        return f"{self.public_url}{CONNECT_PATH}?link={self.sign(_LINK, body)}"

    def read(self, token: str) -> _Link | None:
        body = self.verify(_LINK, token)
        if body is None or len(body) != 2 * _ID + 9 or body[2 * _ID] >= len(_PURPOSES):
            return None
        return _Link(
            tenant_id=UUID(bytes=body[:_ID]),
            member_id=UUID(bytes=body[_ID : 2 * _ID]),
            purpose=_PURPOSES[body[2 * _ID]],
            until=datetime.fromtimestamp(int.from_bytes(body[2 * _ID + 1 :]), UTC),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class MailboxConnectService:
    """`consent` is None where no OAuth client is configured."""

    db: Database
    clock: Clock
    ids: Ids
    vault: Vault
    links: ConnectLinks
    consent: ConsentGateway | None
    gateways: MailGateways
    mailboxes: MailboxService

    async def begin(self, token: str, browser: str | None) -> BegunAtGoogle | ConnectPage:
        """Somebody followed a link. `browser` is what this browser kept of an earlier attempt."""
        if self.consent is None or self.links.public_url is None:
            return ConnectPage(state=ConnectState.NOT_SET_UP, sentences=(NOT_SET_UP,))
        link = self.links.read(token)
        if link is None:
            return ConnectPage(state=ConnectState.UNKNOWN, sentences=(NOT_OURS,))
        if link.until <= self.clock.now():
            return ConnectPage(state=ConnectState.EXPIRED, sentences=(LINK_OVER,))
        async with self.db.read(link.tenant_id) as tx:
            member = await members.get_member(tx, link.member_id)
        refused = _may_not(member, link.purpose)
        if refused or member is None:
            return ConnectPage(state=ConnectState.NOT_YOURS, sentences=(refused or LEFT,))
        return await self._send_off(link, member, browser)

    async def _send_off(
        self, link: _Link, member: Member, browser: str | None
    ) -> BegunAtGoogle | ConnectPage:
        consent = self.consent
        if consent is None:
            return ConnectPage(state=ConnectState.NOT_SET_UP, sentences=(NOT_SET_UP,))
        now, key, attempt_id = self.clock.now(), secrets.token_bytes(_SECRET), self.ids.new()
        # Two tabs of one browser are one browser: the second doesn't end what the first began.
        kept = self.links.verify(_BROWSER, browser) if browser else None
        secret = kept if kept and len(kept) == _SECRET else secrets.token_bytes(_SECRET)
        verifier = secrets.token_urlsafe(64)
        cell = _cell(link.tenant_id, attempt_id)
        async with self.db.transaction(link.tenant_id) as tx:
            await connect_attempts.drop_old_attempts(tx, now)
            await connect_attempts.add_attempt(
                tx,
                ConnectAttempt(
                    tenant_id=link.tenant_id,
                    id=attempt_id,
                    created_at=now,
                    member_id=link.member_id,
                    purpose=link.purpose,
                    state_hash=_hash(key),
                    browser_hash=_hash(secret),
                    verifier=self.vault.seal(verifier.encode(), cell),
                    expires_at=now + ATTEMPT_LASTS,
                ),
            )
        url = consent.authorize_url(
            state=self.links.sign(_STATE, link.tenant_id.bytes + key),
            challenge=_challenge(verifier),
            login_hint=member.email if link.purpose == "own" else None,
        )
        return BegunAtGoogle(url=url, browser=self.links.sign(_BROWSER, secret))

    async def finish(
        self, *, state: str, code: str, error: str, browser: str | None
    ) -> ConnectPage:
        """Back from Google. The state is used up by the first who brings it, whatever follows."""
        if self.consent is None:
            return ConnectPage(state=ConnectState.NOT_SET_UP, sentences=(NOT_SET_UP,))
        body = self.links.verify(_STATE, state)
        secret = self.links.verify(_BROWSER, browser) if browser else None
        if body is None or secret is None or len(body) != _ID + _SECRET:
            return ConnectPage(state=ConnectState.UNKNOWN, sentences=(ATTEMPT_OVER, NOTHING_STORED))
        tenant_id = UUID(bytes=body[:_ID])
        async with self.db.transaction(tenant_id) as tx:
            taken = await connect_attempts.take_attempt(
                tx,
                state_hash=_hash(body[_ID:]),
                browser_hash=_hash(secret),
                now=self.clock.now(),
            )
            member = await members.get_member(tx, taken.member_id) if taken else None
        if taken is None:
            return ConnectPage(state=ConnectState.UNKNOWN, sentences=(ATTEMPT_OVER, NOTHING_STORED))
        purpose = cast("Purpose", taken.purpose)
        refused = _may_not(member, purpose)
        if refused or member is None:
            return _told(ConnectState.NOT_YOURS, refused or LEFT)
        again = self.links.url(tenant_id, member.id, purpose)
        if error or not code:
            denied = error == "access_denied"
            page = (ConnectState.DENIED, DENIED) if denied else (ConnectState.TROUBLE, REFUSED)
            return _told(*page, again=again)
        return await self._connect(taken, member, code, again)

    async def _connect(
        self, taken: TakenAttempt, member: Member, code: str, again: str | None
    ) -> ConnectPage:
        sealed = self.vault.open(taken.verifier, _cell(member.tenant_id, taken.attempt_id))
        own = taken.purpose == "own"
        try:
            granted = await self._granted(code, sealed.decode())
            if isinstance(granted, ConnectPage):
                return _with(granted, again)
            source = HeldTokens(gateways=self.gateways, held=granted.credentials)
            address, _ = await self.gateways.open(source).profile()
            stranger = _stranger(address, member, own=own)
            if stranger:
                return _told(ConnectState.NOT_YOURS, stranger, again=again)
            await self.mailboxes.add(
                member.tenant_id,
                address,
                source.held,
                member.id if own else None,
                is_system=not own,
                via="consent",
                actor=actor_of(member),
            )
        except Conflict as conflict:
            where = ConnectState.ELSEWHERE if str(conflict) == ELSEWHERE else ConnectState.NOT_YOURS
            return _told(where, str(conflict), again=again)
        except TransientError:
            return _told(ConnectState.TROUBLE, AWAY, again=again)
        except ServiceError as error:
            log.warning("a mailbox could not be connected", reason=str(error))
            return _told(ConnectState.TROUBLE, REFUSED, again=again)
        return ConnectPage(state=ConnectState.CONNECTED, sentences=_welcome(address, own=own))

    async def _granted(self, code: str, verifier: str) -> Consent | ConnectPage:
        """What Google gave, if it is enough to work with."""
        consent = self.consent
        if consent is None:
            raise Forbidden(NOT_SET_UP)
        granted = await consent.exchange(code, verifier)
        if granted.scopes is not None and granted.scopes.isdisjoint({consent.scope, WIDER}):
            return _told(ConnectState.NOT_ENOUGH, UNTICKED)
        if granted.credentials.refresh_token is None:
            return _told(ConnectState.NOT_ENOUGH, NOT_LASTING)
        return granted


def _may_not(member: Member | None, purpose: str) -> str | None:
    """Why this member can't connect for this purpose; read again when they come back."""
    if member is None or not member.active:
        return LEFT
    return NO_ADMIN if purpose == "system" and member.role != Role.ADMIN else None


def _stranger(address: str, member: Member, *, own: bool) -> str | None:
    """Why this isn't the mailbox that was to be connected."""
    if own and address.lower() != member.email.lower():
        return (
            f"At Google you chose {address}, but I know you as {member.email}. Choose "
            f"{member.email} there. If your mailbox really is {address}, ask an admin."
        )
    return None


def _welcome(address: str, *, own: bool) -> tuple[str, ...]:
    if not own:
        return (
            f"{address} is connected. Digests and notices leave from it from now on.",
            "You can close this page.",
        )
    return (
        f"{address} is connected.",
        (
            "I now read the mail of the last 90 days, quietly: nobody is asked anything about it. "
            "When I am through, I tell you once in Slack what I found."
        ),
        (
            "Mail labelled Understudy/never in Gmail I don't read, and forget if I had. You can "
            "disconnect at any time in App Home."
        ),
        "You can close this page.",
    )


def _told(state: ConnectState, sentence: str, *, again: str | None = None) -> ConnectPage:
    return ConnectPage(state=state, sentences=(sentence, NOTHING_STORED), again=again)


def _with(page: ConnectPage, again: str | None) -> ConnectPage:
    return ConnectPage(state=page.state, sentences=page.sentences, again=again)


def _challenge(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode("ascii")).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")


def _hash(secret: bytes) -> bytes:
    return hmac.digest(b"understudy connect", secret, "sha256")


def _cell(tenant_id: UUID, attempt_id: UUID) -> Cell:
    return Cell(tenant_id=tenant_id, table="connect_attempts", column="verifier", row=attempt_id)
