"""One of Google's keys with its certificate, to sign pushes with: rightly, or not quite."""

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID

AUDIENCE = "https://understudy.test/gmail/push"
ACCOUNT = "push@project.iam.gserviceaccount.com"
# google-auth reads the machine's clock, so tokens are made by it too.
NOW = datetime.now(UTC)  # noqa: TID251 - see above


def b64(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")


class Key:
    def __init__(self, name: str) -> None:
        self.name = name
        self.private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "g")])
        built = x509.CertificateBuilder(subject, subject, self.private.public_key(), 1)
        built = built.not_valid_before(NOW - timedelta(days=1))
        built = built.not_valid_after(NOW + timedelta(days=1))
        made = built.sign(self.private, hashes.SHA256())
        self.pem = made.public_bytes(serialization.Encoding.PEM).decode()

    def token(self, *, kid: str | None = None, **changes: Any) -> str:
        claims = {
            "iss": "https://accounts.google.com",
            "aud": AUDIENCE,
            "email": ACCOUNT,
            "email_verified": True,
            "iat": int(NOW.timestamp()) - 5,
            "exp": int(NOW.timestamp()) + 600,
        } | changes
        head = {"alg": "RS256", "kid": kid or self.name, "typ": "JWT"}
        signed = b".".join(b64(json.dumps(part).encode()) for part in (head, claims))
        signature = self.private.sign(signed, padding.PKCS1v15(), hashes.SHA256())
        return (signed + b"." + b64(signature)).decode()
