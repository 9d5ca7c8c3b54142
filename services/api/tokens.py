"""Bearer tokens for /api: made by an admin for themselves, or on the command line for any member.

A token acts as its member, with the role they have when it is used, and ends with them. It names
its tenant, which proves nothing: it opens only what that tenant itself has kept its hash of. The
hash is keyed, so that a copy of the table opens nothing and finds nobody.
"""

import base64
import binascii
import hmac
import secrets
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from db import api_tokens as rows
from db import commands, members
from db.models.analytics import ApiToken
from db.models.tenants import Member
from db.session import Database, ReadTx, Tx
from db.tenants import is_paused
from services.actors import require_admin
from services.audit import AuditService
from services.errors import Conflict, InvalidInput, LimitReached, NotFound
from services.mail.characters import clean_text, one_line
from services.members import actor_of
from services.ports import Clock, Ids
from services.types.api import Bearer, NewToken, TokenLine, TokensView
from services.types.people import Actor
from services.vault import Vault

PREFIX = "us_"
PURPOSE = "api tokens"
SECRET_BYTES = 32
TENANT_BYTES = 16
DAYS, MOST_DAYS = 90, 365
MOST_LIVE = 20
"""Of one member at a time."""
MAX_NAME = 60
LISTED = 30
USE_PACE = timedelta(minutes=1)
SHOWN_ONCE = (
    "This token was made and shown already, once. If it is lost, revoke it and make another."
)
GONE = "There is no such token here."


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenService:
    db: Database
    clock: Clock
    ids: Ids
    audit: AuditService
    vault: Vault

    async def make(self, actor: Actor, *, name: str, days: int, command_id: str) -> NewToken:
        """A token for the admin themselves. Conflict for a repeat: it isn't shown again."""
        async with self.db.transaction(actor.tenant_id) as tx:
            member = await require_admin(tx, actor)
            done = await commands.claim_command(
                tx,
                result_id=self.ids.new(),
                command_id=command_id,
                verb="token.make",
                now=self.clock.now(),
            )
            if done is not None:
                raise Conflict(SHOWN_ONCE)
            return await self._make(tx, member, name, days, actor)

    async def make_for(self, tenant_id: UUID, email: str, *, name: str, days: int) -> NewToken:
        """For the member with this address, whatever their role: from the command line."""
        async with self.db.transaction(tenant_id) as tx:
            member = await members.get_member_by_email(tx, email.strip().lower())
            if member is None or not member.active:
                raise NotFound(f"There is no active member {email}.")
            return await self._make(tx, member, name, days, None)

    async def view(self, actor: Actor) -> TokensView:
        """Admins only: the whole tenant's."""
        async with self.db.read(actor.tenant_id) as tx:
            await require_admin(tx, actor)
            tokens = await self._list(tx)
        return TokensView(timezone=actor.timezone, tokens=tokens)

    async def list_of(self, tenant_id: UUID) -> tuple[TokenLine, ...]:
        async with self.db.read(tenant_id) as tx:
            return await self._list(tx)

    async def revoke(self, actor: Actor, token_id: UUID) -> TokenLine:
        """From this moment it opens nothing; a repeat changes nothing."""
        async with self.db.transaction(actor.tenant_id) as tx:
            await require_admin(tx, actor)
            return await self._revoke(tx, token_id, actor)

    async def revoke_of(self, tenant_id: UUID, token_id: UUID) -> TokenLine:
        """From the command line."""
        async with self.db.transaction(tenant_id) as tx:
            return await self._revoke(tx, token_id, None)

    async def authenticate(self, text: str) -> Bearer | None:
        """The bearer behind a token, as they are now; None for whatever opens nothing: unknown,
        revoked, expired, of somebody who is gone or of a paused workspace. Which it was is nobody's
        business."""
        key = _read(text)
        if key is None:
            return None
        tenant_id = UUID(bytes=key[:TENANT_BYTES])
        now, hashes = self.clock.now(), self._hashes(key)
        async with self.db.read(tenant_id) as tx:
            found = await rows.find_token(tx, hashes)
            if found is None:
                return None
            token, member = found
            genuine = any(hmac.compare_digest(token.token_hash, one) for one in hashes)
            live = token.revoked_at is None and token.expires_at > now and member.active
            if not genuine or not live or await is_paused(tx):
                return None
        used = token.last_used_at
        if used is None or not now - USE_PACE < used <= now:
            async with self.db.transaction(tenant_id) as tx:
                await rows.note_use(tx, token.id, at=now, pace=USE_PACE)
        return Bearer(token_id=token.id, actor=actor_of(member), expires_at=token.expires_at)

    # ── shared ──────────────────────────────────────────────────────────────────────────────────
    async def _make(
        self, tx: Tx, member: Member, name: str, days: int, actor: Actor | None
    ) -> NewToken:
        name, now = one_line(clean_text(name)).strip(), self.clock.now()
        if not name or len(name) > MAX_NAME:
            raise InvalidInput(f"Name the token in up to {MAX_NAME} characters.", field="name")
        if not 1 <= days <= MOST_DAYS:
            raise InvalidInput(f"A token lives between 1 and {MOST_DAYS} days.", field="days")
        if await rows.count_live(tx, member.id, now) >= MOST_LIVE:
            raise LimitReached(f"{member.name} has {MOST_LIVE} tokens already. Revoke one first.")
        key = tx.tenant_id.bytes + secrets.token_bytes(SECRET_BYTES)
        token = ApiToken(
            tenant_id=tx.tenant_id,
            id=self.ids.new(),
            created_at=now,
            member_id=member.id,
            name=name,
            token_hash=self._hashes(key)[0],
            expires_at=now + timedelta(days=days),
        )
        await rows.add_token(tx, token)
        await self.audit.append(
            tx,
            "token.made",
            actor=actor,
            subject_id=token.id,
            facts={"member": str(member.id), "name": name, "ends": token.expires_at.isoformat()},
        )
        return NewToken(line=self._line(token, member), text=_write(key))

    async def _list(self, tx: ReadTx) -> tuple[TokenLine, ...]:
        return tuple(self._line(*one) for one in await rows.list_tokens(tx, LISTED))

    async def _revoke(self, tx: Tx, token_id: UUID, actor: Actor | None) -> TokenLine:
        token = await rows.lock_token(tx, token_id)
        member = await members.get_member(tx, token.member_id) if token else None
        if token is None or member is None:
            raise NotFound(GONE)
        if token.revoked_at is None:
            token.revoked_at = self.clock.now()
            token.revoked_by = actor.member_id if actor else None
            await tx.session.flush()
            facts = {"member": str(member.id), "name": token.name}
            await self.audit.append(
                tx, "token.revoked", actor=actor, subject_id=token.id, facts=facts
            )
        return self._line(token, member)

    def _line(self, token: ApiToken, member: Member) -> TokenLine:
        now = self.clock.now()
        return TokenLine(
            token_id=token.id,
            name=token.name,
            member=member.name,
            created_at=token.created_at,
            expires_at=token.expires_at,
            last_used_at=token.last_used_at,
            ended=token.revoked_at is not None or token.expires_at <= now or not member.active,
        )

    def _hashes(self, key: bytes) -> tuple[str, ...]:
        """Under every key we have, the current one first."""
        keys = self.vault.derived(PURPOSE)
        return tuple(hmac.digest(one, b"token|" + key, "sha256").hex() for one in keys)


def _write(key: bytes) -> str:
    return PREFIX + base64.urlsafe_b64encode(key).decode("ascii")


def _read(text: str) -> bytes | None:
    """Tenant and secret; None for anything that isn't spelt as we spell them (48 bytes are 64
    characters, of which every bit counts)."""
    if not text.startswith(PREFIX) or not text.isascii():
        return None
    try:
        key = base64.b64decode(text[len(PREFIX) :], altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    return key if len(key) == TENANT_BYTES + SECRET_BYTES and _write(key) == text else None
