"""Subjects: the marks of a reply in every usual language, and one way to write our own."""

import re

from services.mail.characters import one_line

_REPLY = (
    "re|aw|antw|antwort|sv|vs|odp|odpov[ěe][ďd]|res|rif|r|ynt|bls|re\\^\\d|"
    "回复|回覆|答复|答覆|返信|답장|회신|отв|на"
)
_FORWARD = "fw|fwd|wg|tr|rv|enc|vb|doorst|vl|pd|i|vid|vidarebefordrat|転送|转发|轉寄|전달"
_COUNT = r"(?:\s?[\[(]\d{1,3}[\])])?\s*[:\uff1a]\s*"
REPLY_PREFIX = re.compile(rf"\s*(?:(?:{_REPLY}){_COUNT})+", re.IGNORECASE)
MARK_PREFIX = re.compile(rf"\s*(?:(?:{_REPLY}|{_FORWARD}){_COUNT})+", re.IGNORECASE)
FORWARD_PREFIX = re.compile(rf"\s*(?:{_FORWARD}){_COUNT}", re.IGNORECASE)


SHORT = 60
"""A subject of ours is shorter than this: phones show no more."""


def short_subject(subject: str) -> str:
    """A subject that begins a thread: no mark of a reply, cut between words where it is long."""
    plain = one_line(subject)
    bare = plain[_prefix_length(plain) :].strip()
    if len(bare) < SHORT:
        return bare
    head = bare[: SHORT - 1]
    return head[: head.rfind(" ")].rstrip(" ,;:-") if " " in head else head


def reply_subject(subject: str) -> str:
    """The subject of an answer: one `Re:`, whatever marks the mail already carried."""
    plain = one_line(subject)
    bare = plain[_prefix_length(plain) :].strip()
    return f"Re: {bare}".strip()


def _prefix_length(subject: str) -> int:
    match = REPLY_PREFIX.match(subject)
    return match.end() if match else 0
