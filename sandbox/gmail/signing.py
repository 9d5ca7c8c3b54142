"""A self-made Google: one RSA key, its certificate, and OIDC tokens signed with it."""

import base64
import hashlib
import json
from datetime import timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID

from sandbox.gmail.clock import Clock

ISSUER = "https://accounts.google.com"
_HOUR_S = 3600
_KEY_BITS = 2048


class Signer:
    """Makes its key when it is first needed; that takes a tenth of a second."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._keys: dict[bool, rsa.RSAPrivateKey] = {}
        self._certificate = b""

    def certificates(self) -> dict[str, str]:
        """{kid: PEM}, as GET /oauth2/v1/certs answers."""
        if not self._certificate:
            self._certificate = self._issue()
        return {self._kid(): self._certificate.decode("ascii")}

    def token(self, *, audience: str, email: str, forged: bool = False) -> str:
        """An OIDC token; a forged one carries the right key id over another key's signature."""
        now = self._clock.real_seconds()
        head = {"alg": "RS256", "kid": self._kid(), "typ": "JWT"}
        claims = {
            "aud": audience,
            "azp": "100000000000000000001",
            "email": email,
            "email_verified": True,
            "exp": now + _HOUR_S,
            "iat": now,
            "iss": ISSUER,
            "sub": "100000000000000000001",
        }
        signed = b".".join(_part(json.dumps(part).encode()) for part in (head, claims))
        signature = self._key(forged=forged).sign(signed, padding.PKCS1v15(), hashes.SHA256())
        return b".".join((signed, _part(signature))).decode("ascii")

    def _key(self, *, forged: bool = False) -> rsa.RSAPrivateKey:
        if forged not in self._keys:
            self._keys[forged] = rsa.generate_private_key(public_exponent=65537, key_size=_KEY_BITS)
        return self._keys[forged]

    def _kid(self) -> str:
        public = self._key().public_key()
        der = public.public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        return hashlib.sha256(der).hexdigest()[:40]

    def _issue(self) -> bytes:
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sandbox.local")])
        now = self._clock.now()
        certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(self._key().public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=365))
            .sign(self._key(), hashes.SHA256())
        )
        return certificate.public_bytes(serialization.Encoding.PEM)


def _part(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")
