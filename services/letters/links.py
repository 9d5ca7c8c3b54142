"""Signed links and reply tokens of our own mails.

One secret a mail, kept nowhere: the link carries it under a signature that also names the tenant
and the mail; the reply token is derived from it, short enough for a plus-address; what is stored is
only that token's hash. From a reply token nobody can make a link, from the hash neither.

A link to a draft, and one that ends a kind of mail, names its subject instead: nothing is kept for
it, and what it may do is decided by how things stand when it is used.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from uuid import UUID

from itsdangerous import BadSignature, Signer

from services.vault import Vault

PURPOSE = "links"
SECRET_BYTES = 32
CODE_BYTES = 20
LONGEST = 400
_KEY_BYTES = 16
# The rest of a subject link: its end. All links are 64 bytes, so that they are all found where
# tokens are cut out of text.
_REST = 15


def reply_code(secret: bytes) -> str:
    """The short form of a secret: lower-case base32, because addresses forget their case."""
    digest = hmac.digest(secret, b"understudy reply", "sha256")[:CODE_BYTES]
    return base64.b32encode(digest).decode("ascii").lower()


def code_hash(code: str) -> bytes:
    """What is stored of a reply token, and so of its secret."""
    return hashlib.sha256(b"understudy code|" + code.lower().encode()).digest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """What a link says, once its signature has been found to be ours."""

    tenant_id: UUID
    mail_id: UUID
    secret: bytes = field(repr=False)

    @property
    def token_hash(self) -> bytes:
        return code_hash(reply_code(self.secret))


def unknown_hash() -> bytes:
    """Until a mail leaves no token opens it."""
    return code_hash(reply_code(Links.new_secret()))


SlackLink = Callable[[str, str], str]
"""Team and conversation → where it opens; empty where that leads nowhere."""


def no_slack_link(_team: str, _channel: str) -> str:
    return ""


class Purpose(StrEnum):
    """What a link that names its subject is for. The values are its first byte."""

    DRAFT = "d"
    NO_DIGEST = "u"
    NO_DRAFTS = "n"
    NO_REPORTS = "r"


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectLink:
    """A link for one person about one thing. The end is the link's own, whatever becomes of the
    thing; None for one that never ends."""

    purpose: Purpose
    tenant_id: UUID
    member_id: UUID
    subject_id: UUID
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Links:
    """Signs with the first key, believes all of them. `salt` keeps purposes apart: what was signed
    for one is worth nothing for another."""

    keys: tuple[bytes, ...] = field(repr=False)

    @classmethod
    def of(cls, vault: Vault) -> "Links":
        return cls(vault.derived(PURPOSE))

    @staticmethod
    def new_secret() -> bytes:
        return secrets.token_bytes(SECRET_BYTES)

    def write(self, link: Link) -> str:
        """The token of a link."""
        body = link.tenant_id.bytes + link.mail_id.bytes + link.secret
        return self.sign("link", body)

    def read(self, token: str) -> Link | None:
        """What the token says; None when we didn't sign it."""
        body = self.verified("link", token)
        if body is None or len(body) != 2 * _KEY_BYTES + SECRET_BYTES:
            return None
        return Link(
            tenant_id=UUID(bytes=body[:_KEY_BYTES]),
            mail_id=UUID(bytes=body[_KEY_BYTES : 2 * _KEY_BYTES]),
            secret=body[2 * _KEY_BYTES :],
        )

    def write_subject(self, link: SubjectLink) -> str:
        """The token of a link that names its subject; as long as any other link's."""
        end = int(link.expires_at.timestamp()) if link.expires_at else 0
        keys = link.tenant_id.bytes + link.member_id.bytes + link.subject_id.bytes
        body = link.purpose.value.encode() + keys + end.to_bytes(_REST, "big")
        return self.sign("subject", body)

    def url(self, public_url: str | None, link: SubjectLink) -> str | None:
        """The whole address; None where people's browsers don't find us."""
        return f"{public_url.rstrip('/')}/act/{self.write_subject(link)}" if public_url else None

    def read_subject(self, token: str) -> SubjectLink | None:
        """What the token says; None when we didn't sign it."""
        body = self.verified("subject", token)
        if body is None or len(body) != 1 + 3 * _KEY_BYTES + _REST:
            return None
        purpose = chr(body[0])
        if purpose not in {one.value for one in Purpose}:
            return None
        keys = [
            UUID(bytes=body[at : at + _KEY_BYTES]) for at in range(1, 3 * _KEY_BYTES, _KEY_BYTES)
        ]
        end = int.from_bytes(body[-_REST:], "big")
        return SubjectLink(
            purpose=Purpose(purpose),
            tenant_id=keys[0],
            member_id=keys[1],
            subject_id=keys[2],
            expires_at=datetime.fromtimestamp(end, UTC) if end else None,
        )

    def sign(self, salt: str, body: bytes) -> str:
        return self._signer(salt).sign(_encoded(body)).decode("ascii")

    def verified(self, salt: str, token: str) -> bytes | None:
        """The body that was signed for this purpose; None for anything else."""
        if len(token) > LONGEST * 2 or not token.isascii():
            return None
        try:
            encoded = self._signer(salt).unsign(token)
            body, signature = _decoded(encoded), token.rpartition(".")[2].encode("ascii")
        except (BadSignature, ValueError):
            return None
        # One token has one spelling: stray bits at the end of base64 would make several.
        same = _encoded(body) == encoded and _encoded(_decoded(signature)) == signature
        return body if same else None

    def _signer(self, salt: str) -> Signer:
        # The library signs with the last of its keys; ours come with the current one first.
        return Signer(
            list(reversed(self.keys)),
            salt=f"understudy.{salt}",
            key_derivation="hmac",
            digest_method=hashlib.sha256,
        )


def _encoded(body: bytes) -> bytes:
    return base64.urlsafe_b64encode(body).rstrip(b"=")


def _decoded(text: bytes) -> bytes:
    return base64.b64decode(text + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
