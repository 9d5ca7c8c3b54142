"""Addresses in headers: taken apart in one pass, and left out when they can't be addresses."""

import re
from unicodedata import normalize

from services.mail.characters import one_line
from services.mail.headers import decode_words, unfold
from services.types.mail import Address

MAX_ADDRESSES = 2_000
_MAX_LENGTH = 320
_MAX_DOMAIN = 253
_BAD_LOCAL = re.compile(r'[\s<>()\[\],;:"\x00-\x1f\x7f]')
_GOOD_DOMAIN = re.compile(r"(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9-]{1,63}\Z")
_DEVIATING = frozenset("ßς")
_DOTS = re.compile("[.\u3002\uff0e\uff61]")
_LITERAL = re.compile(r"\[[0-9a-f:.]{2,60}\]\Z")


def normal_email(text: str) -> str | None:
    """Lower case, domain in its ASCII form; None when this is no address."""
    email = one_line(text).strip("<>' ").lower()
    email = email.removeprefix("mailto:")
    local, at, domain = email.rpartition("@")
    if not at or not local or len(email) > _MAX_LENGTH or _BAD_LOCAL.search(local):
        return None
    if "@" in local:
        return None
    ascii_only = ascii_domain(domain.rstrip("."))
    return f"{local}@{ascii_only}" if ascii_only else None


def ascii_domain(domain: str) -> str | None:
    """The domain as it stands in DNS; None when it can't stand there."""
    if not domain.isascii():
        if len(domain) > _MAX_DOMAIN:
            return None
        try:
            domain = ".".join(_ascii_label(one) for one in _DOTS.split(domain)).lower()
        except UnicodeError:
            return None
    if len(domain) > _MAX_DOMAIN:
        return None
    return domain if _GOOD_DOMAIN.match(domain) or _LITERAL.match(domain) else None


def _ascii_label(label: str) -> str:
    """Python's codec is of 2003, when ß was ss and a final sigma any sigma. Since then such a name
    can be bought beside the other, and nobody may pass for its owner."""
    if _DEVIATING.isdisjoint(label):
        return label.encode("idna").decode("ascii")
    return f"xn--{normalize('NFC', label.lower()).encode('punycode').decode('ascii')}"


def read_addresses(value: str) -> tuple[tuple[Address, ...], bool]:
    """The addresses of one header, and whether something in it couldn't be read as one."""
    found: dict[str, Address] = {}
    broken = False
    pieces = _pieces(unfold(value))
    for name, email in pieces[:MAX_ADDRESSES]:
        address = _address(name, email)
        if address is None:
            broken = broken or bool(name.strip() or email.strip())
        else:
            found.setdefault(address.email, address)
    return tuple(found.values()), broken or len(pieces) > MAX_ADDRESSES


def _address(name: str, email: str) -> Address | None:
    normal = normal_email(email)
    if normal is None and "=?" in email:
        # Whole addresses inside an encoded word are wrong, but they are sent.
        decoded = one_line(decode_words(email))
        name, _, email = decoded.rpartition("<")
        normal = normal_email(email.partition(">")[0])
    if normal is None:
        return None
    shown = one_line(decode_words(one_line(name))).strip("\"' ")
    return Address(email=normal, name="" if shown.lower() == normal else shown)


class _Scanner:
    """One mailbox at a time: words outside brackets, the bracketed address, the comment."""

    def __init__(self) -> None:
        self.done: list[tuple[str, str]] = []
        self.words: list[str] = []
        self.angle: list[str] | None = None
        self.comment: list[str] = []

    def finish(self) -> None:
        words = "".join(self.words).strip()
        if self.angle is not None:
            self.done.append((words or "".join(self.comment), "".join(self.angle)))
        elif words:
            self.done.append(_bare(words, "".join(self.comment)))
        self.words, self.angle, self.comment = [], None, []


def _bare(words: str, comment: str) -> tuple[str, str]:
    """`Name mail@host` without brackets: the last word with an @ is the address."""
    if "@" in words and " " in words:
        candidates = [word for word in words.split() if "@" in word]
        email = candidates[-1].strip("[]")
        return words.replace(candidates[-1], ""), email
    return comment, words


def _pieces(value: str) -> list[tuple[str, str]]:
    scan = _Scanner()
    quoted, depth, inside, skip = False, 0, False, False
    for char in value:
        if skip or (char == "\\" and (quoted or depth)):
            if skip:
                (scan.comment if depth else scan.words).append(char)
            skip = not skip
        elif depth:
            depth += (char == "(") - (char == ")")
            if depth:
                scan.comment.append(char)
        elif char == '"' and not inside:
            quoted = not quoted
        elif quoted:
            scan.words.append(char)
        elif inside:
            inside = char != ">"
            if inside and scan.angle is not None:
                scan.angle.append(char)
        else:
            depth, inside = _outside(scan, char)
    scan.finish()
    return scan.done


def _outside(scan: _Scanner, char: str) -> tuple[int, bool]:
    if char in ",;":
        scan.finish()
    elif char == "<":
        scan.angle = []
        return 0, True
    elif char == ":":
        scan.words = []  # the name of a group
    elif char == "(":
        return 1, False
    else:
        scan.words.append(char)
    return 0, False
