"""Signed links and the reply tokens derived from them."""

import base64
from uuid import uuid4

import pytest

from services.letters.links import Link, Links, code_hash, reply_code
from services.mail.parse import parse
from services.mail.tokens import (
    CODE_LENGTH,
    REMOVED,
    find_codes,
    plain_address,
    plus_address,
    redacted,
    reply_tag,
    without_tokens,
)
from services.vault import Vault, generate

VAULT = Vault.parse(generate("k1"))
LINKS = Links.of(VAULT)


def make_link() -> Link:
    return Link(tenant_id=uuid4(), mail_id=uuid4(), secret=LINKS.new_secret())


def test_a_link_says_what_it_was_made_for():
    link = make_link()
    token = LINKS.write(link)
    assert LINKS.read(token) == link
    assert token.isascii()
    assert len(token) == 130


def test_nobody_can_change_a_link():
    token = LINKS.write(make_link())
    for at in range(len(token)):
        changed = token[:at] + ("A" if token[at] != "A" else "B") + token[at + 1 :]
        assert LINKS.read(changed) is None, at
    for other in ("", ".", "x", token + "=", token + ".", " " + token, token * 9, "é" * 130):
        assert LINKS.read(other) is None


def test_keys_rotate_and_purposes_stay_apart():
    old = LINKS.write(make_link())
    both = Links.of(Vault.parse(f"{generate('k2')},k1:{_key()}"))
    assert both.read(old) is not None
    fresh = both.write(make_link())
    assert both.read(fresh) is not None
    assert LINKS.read(fresh) is None
    assert Links.of(Vault.parse(generate("k3"))).read(old) is None
    assert LINKS.read(LINKS.sign("device", b"x" * 64)) is None


def _key() -> str:
    return base64.urlsafe_b64encode(VAULT.keys["k1"]).decode()


def test_a_reply_token_is_short_and_tells_nothing_of_its_secret():
    secret = LINKS.new_secret()
    code = reply_code(secret)
    assert len(code) == CODE_LENGTH
    assert code == code.lower()
    assert code_hash(code.upper()) == code_hash(code)
    assert reply_code(LINKS.new_secret()) != code
    marked = plus_address("copilot@brightpath.example", code)
    assert find_codes([marked]) == (code,)
    assert plain_address(marked) == "copilot@brightpath.example"
    assert len(marked.partition("@")[0]) <= 64


CODE = reply_code(b"s" * 32)
TOKEN = LINKS.write(Link(tenant_id=uuid4(), mail_id=uuid4(), secret=b"s" * 32))


@pytest.mark.parametrize(
    "text",
    [
        f"Approve: https://copilot.example/act/{TOKEN}?choice=approve",
        f"https%3A%2F%2Fcopilot.example%2Fact%2F{TOKEN}&data=05",
        f"> see https://copilot.example/act/{TOKEN[:60]}=\n> {TOKEN[60:]}",
        f"https://copilot.example/act/{TOKEN[:20]}\n{TOKEN[20:]}",
        f"the token is {TOKEN}.",
        f"Reply token: {reply_tag(CODE)}",
        f"to copilot+{reply_tag(CODE)}@brightpath.example",
        f"<{reply_tag(CODE).upper()}.0011@brightpath.example>",
        f"mailto:copilot%2B{reply_tag(CODE)}@brightpath.example",
    ],
)
def test_no_token_survives(text: str):
    cleaned = without_tokens(text)
    assert CODE not in cleaned.lower()
    assert TOKEN[:40] not in cleaned
    assert TOKEN[-40:] not in cleaned
    assert without_tokens(cleaned) == cleaned


@pytest.mark.parametrize(
    "text",
    [
        "https://legislation.example/act/section-23-of-the-long-law",
        "We act/react as one. ua.example is a Ukrainian domain.",
        "a base64 word: " + "QUJD" * 30,
        "contact/" + "a" * 90,
    ],
)
def test_other_words_stay(text: str):
    assert without_tokens(text) == text


def test_a_forwarded_mail_keeps_no_token_anywhere():
    tag = reply_tag(CODE)
    raw = (
        f"From: Victor <victor@brightpath.example>\r\nTo: Rita <rita@brightpath.example>\r\n"
        f"Cc: copilot+{tag}@brightpath.example\r\nSubject: Fwd: decide {tag}\r\n"
        f"Message-ID: <m1@x.example>\r\nIn-Reply-To: <{tag}.aa@brightpath.example>\r\n"
        f"References: <a@x.example> <{tag}.aa@brightpath.example>\r\n\r\n"
        f"What do you think?\r\n\r\nhttps://c.example/act/{TOKEN}\r\nReply token: {tag}\r\n"
    ).encode()
    mail = redacted(parse(raw))
    everything = repr(mail)
    assert CODE not in everything
    assert TOKEN[:40] not in everything
    assert mail.references == ("<a@x.example>",)
    assert mail.in_reply_to is None
    assert [person.email for person in mail.cc] == ["copilot@brightpath.example"]
    assert REMOVED in mail.text
    assert "What do you think?" in mail.visible_reply
