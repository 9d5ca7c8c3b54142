"""The tokens in our own mail: how they look, where a reply carries them, and how they are cut out
of everything that is stored or shown to a model. Whoever quotes or forwards our mail quotes them
along."""

import re
from collections.abc import Iterable
from dataclasses import replace

from services.types.mail import Address, ParsedMail

REMOVED = "[removed]"
CODE_LENGTH = 32
_CODE = rf"ua\.([a-z2-7]{{{CODE_LENGTH}}})(?![a-z2-7])"
_ANY_CODE = re.compile(_CODE, re.IGNORECASE)
_PLUS_CODE = re.compile(rf"\+{_CODE}(?=@)", re.IGNORECASE)
# A link in any dress: as it is, escaped by a mail filter, wrapped by a mailer, or its token alone.
_PIECE = r"[A-Za-z0-9_.\-]"
_LINK = re.compile(
    rf"(?P<path>(?:\b|%2F|%252F)act(?:/|%2F|%252F))"
    rf"(?:{_PIECE}{{80,}}|{_PIECE}{{4,}}(?:=?\s*\n[> \t]*{_PIECE}{{40,}})+)",
    re.IGNORECASE,
)
_BARE = re.compile(r"(?<![A-Za-z0-9_-])[A-Za-z0-9_-]{86}\.[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])")


def reply_tag(code: str) -> str:
    """How a reply token is written in addresses, ids and footers."""
    return f"ua.{code}"


def plus_address(address: str, code: str) -> str:
    """The mailbox's own address, marked: what is sent there still arrives."""
    local, _, domain = address.rpartition("@")
    return f"{local}+{reply_tag(code)}@{domain}"


def plain_address(address: str) -> str:
    """The mailbox behind a marked address."""
    return _PLUS_CODE.sub("", address)


def find_codes(texts: Iterable[str]) -> tuple[str, ...]:
    """The reply tokens in these texts, in order, each once."""
    found = (match.lower() for text in texts for match in _ANY_CODE.findall(text))
    return tuple(dict.fromkeys(found))


def reply_codes(mail: ParsedMail) -> tuple[str, ...]:
    """The tokens of a reply, the surest first: the address it was sent to, what it answers, its
    subject, and what it quotes."""
    addressed = find_codes(person.email for person in (*mail.to, *mail.cc))
    answered = find_codes(filter(None, (mail.in_reply_to, *reversed(mail.references))))
    quoted = find_codes((mail.subject, mail.text))
    return tuple(dict.fromkeys((*addressed, *answered, *quoted)))


def without_tokens(text: str) -> str:
    """The text with every token of ours cut out."""
    text = _PLUS_CODE.sub("", text)
    text = _LINK.sub(lambda match: f"{match['path']}{REMOVED}", text)
    return _ANY_CODE.sub(REMOVED, _BARE.sub(REMOVED, text))


def redacted(mail: ParsedMail) -> ParsedMail:
    """The mail without our tokens, in all that may be kept of it."""
    answers = mail.in_reply_to if mail.in_reply_to and not find_codes([mail.in_reply_to]) else None
    return replace(
        mail,
        in_reply_to=answers,
        references=tuple(one for one in mail.references if not find_codes([one])),
        reply_to=_people(mail.reply_to),
        to=_people(mail.to),
        cc=_people(mail.cc),
        bcc=_people(mail.bcc),
        subject=without_tokens(mail.subject),
        text=without_tokens(mail.text),
        visible_reply=without_tokens(mail.visible_reply),
        headers={name: without_tokens(value) for name, value in mail.headers.items()},
        invitations=tuple(
            replace(one, title=without_tokens(one.title)) for one in mail.invitations
        ),
    )


def _people(people: tuple[Address, ...]) -> tuple[Address, ...]:
    return tuple(
        replace(one, email=plain_address(one.email), name=without_tokens(one.name))
        for one in people
    )
