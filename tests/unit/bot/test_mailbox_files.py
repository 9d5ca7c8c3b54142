"""Key files of service accounts: what is missing is named before anything is kept."""

import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from bot.config import GMAIL_API_URL, Settings
from bot.mailbox import read_key
from bot.wiring_mailboxes import google_urls
from services.errors import InvalidInput


def key_file(**changes: object) -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return json.dumps(
        {
            "type": "service_account",
            "client_email": "mail@p.iam.gserviceaccount.com",
            "client_id": "117",
            "private_key_id": "k",
            "private_key": private.decode(),
            "token_uri": "https://oauth2.googleapis.com/token",
        }
        | changes
    )


def test_a_key_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "key.json"
    path.write_text(key_file())
    key = read_key(path)
    assert (key.client_email, key.client_id) == ("mail@p.iam.gserviceaccount.com", "117")
    assert "PRIVATE" not in repr(key)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("nonsense", "not JSON"),
        ("[]", "not a JSON object"),
        (key_file(type="authorized_user"), "no key of a service account"),
        (key_file(client_id="", token_uri=None), "lacks client_id, token_uri"),
        (key_file(private_key="x"), "can't be read"),
        (key_file(token_uri="http://evil.example/token"), "token_uri"),
        (key_file(token_uri="https://a:b@evil.example/token"), "token_uri"),
        (key_file(token_uri="file:///etc/passwd"), "token_uri"),
    ],
)
def test_what_is_wrong_with_it_is_named(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "key.json"
    path.write_text(text)
    with pytest.raises(InvalidInput, match=words):
        read_key(path)


def test_googles_addresses_follow_gmails(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GOOGLE_AUTH_URL", "GOOGLE_TOKEN_URL", "GOOGLE_REVOKE_URL"):
        monkeypatch.delenv(name, raising=False)
    assert google_urls(Settings(gmail_api_url=GMAIL_API_URL)) == (
        "https://accounts.google.com/o/oauth2/v2/auth",
        "https://oauth2.googleapis.com/token",
        "https://oauth2.googleapis.com/revoke",
    )
    assert google_urls(
        Settings(gmail_api_url="http://127.0.0.1:9", google_token_url="http://t")
    ) == (
        "http://127.0.0.1:9/o/oauth2/v2/auth",
        "http://t",
        "http://127.0.0.1:9/revoke",
    )
