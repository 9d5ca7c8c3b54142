"""What can be told of a mail without a model: the same text gives the same answer. Pure.

It is read off the visible part of the mail, in any language; what a text doesn't tell is None, and
such a mail takes no part in that comparison.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.offline.letter import first_name
from services.zones import zone_of

_WORD = re.compile(r"[^\W_]+(?:['\u2019\-][^\W_]+)*")
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
"""Scripts that put no spaces between words: Thai, Lao, Burmese, Khmer, Japanese, Chinese."""
_QUESTION = re.compile(r"[?\uff1f\u061f;\u037e]+")
_GREEK = re.compile(r"[\u0370-\u03ff]")
_LINK = re.compile(r"\b[a-z][a-z0-9+.\-]{0,30}://\S*|\bwww\.\S*", re.IGNORECASE)
_NUMBER = re.compile(r"\d[\d.,:/]*\d")
_LEGAL = re.compile(
    r"[\s,]+(?:inc|incorporated|corp|corporation|co|company|llc|llp|ltd|limited|plc|gmbh|ag|kg|ug|se"
    r"|sas|sarl|sa|srl|spa|s\.p\.a|bv|b\.v|nv|n\.v|ab|oy|as|aps|kft|sp\.? z o\.?o|s\.a|s\.r\.l"
    r"|pty|pte|kk)\.?$",
    re.IGNORECASE,
)
_GREETING_LINES = 2
_PHRASE = 4
"""Words in a row that are taken up from somebody's mail, so that it is no accident."""
_LEAST_NAME, _LONG_NAME = 3, 100


@dataclass(frozen=True, slots=True, kw_only=True)
class MailText:
    """One mail that left, as it is looked at. `text` is its visible part. `theirs` is what the
    recipient wrote last in the thread, `answers_after` how long that had been there; `gap`: how
    long our own mail before it had stood unanswered. `begins`: it opens its thread. `zone` is the
    sender's: the recipient's isn't known. `persona` and `edited` are None for mail by hand."""

    subject: str
    text: str
    sent_at: datetime
    zone: str
    recipient: str = ""
    company: str = ""
    theirs: str | None = None
    answers_after: timedelta | None = None
    gap: timedelta | None = None
    begins: bool = False
    persona: bool | None = None
    edited: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attributes:
    hour: float
    """On the sender's clock, from 0 to 24."""
    weekday: int
    """Monday is 0, in the sender's zone."""
    words: int | None
    questions: int
    answered_after: timedelta | None
    gap: timedelta | None
    by_name: bool | None
    """Greets the recipient by their first name."""
    company: bool | None
    """Names their company."""
    taken_up: bool | None
    """Takes up a figure or four words in a row of what they wrote last."""
    subject_words: int | None
    """Only where the mail opens its thread: an answer's subject isn't the writer's choice."""
    persona: bool | None
    edited: bool | None


def attributes_of(mail: MailText) -> Attributes:
    local = mail.sent_at.astimezone(zone_of(mail.zone))
    return Attributes(
        hour=local.hour + local.minute / 60,
        weekday=local.weekday(),
        words=words_in(mail.text),
        questions=questions_in(mail.text),
        answered_after=mail.answers_after,
        gap=mail.gap,
        by_name=greets(mail.text, mail.recipient),
        company=names_company(mail.text, mail.company),
        taken_up=takes_up(mail.text, mail.theirs),
        subject_words=words_in(mail.subject) if mail.begins and mail.subject.strip() else None,
        persona=mail.persona,
        edited=mail.edited,
    )


def words_in(text: str) -> int | None:
    """None where the script doesn't separate words: nobody counted them then."""
    plain = _unlinked(text)
    if _UNSPACED.search(plain):
        return None
    return len(_WORD.findall(plain))


def questions_in(text: str) -> int:
    """Question marks of any script, several in a row as one; those in links ask nothing. The
    semicolon asks in Greek only."""
    plain = _unlinked(text)
    greek = bool(_GREEK.search(plain))
    return sum(1 for mark in _QUESTION.findall(plain) if greek or mark.strip(";"))


def greets(text: str, recipient: str) -> bool | None:
    """Whether the first lines name the recipient by their first name, accents and case aside; None
    where their name isn't known."""
    name = _folded(first_name(recipient))
    if not name:
        return None
    lines = [line for line in text.splitlines() if line.strip()][:_GREETING_LINES]
    opening = _folded(" ".join(lines))
    if _UNSPACED.search(name):
        return name in opening
    return name in _WORD.findall(opening)


def names_company(text: str, company: str) -> bool | None:
    name = _folded(_LEGAL.sub("", company.strip()[:_LONG_NAME])).strip()
    if len(name) < _LEAST_NAME and not _UNSPACED.search(name):
        return None
    if _UNSPACED.search(name):
        return name in _folded(text)
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", _folded(_unlinked(text))) is not None


def takes_up(text: str, theirs: str | None) -> bool | None:
    """None where they have written nothing yet, or in a script without spaces."""
    if theirs is None or not theirs.strip() or _UNSPACED.search(text) or _UNSPACED.search(theirs):
        return None
    ours, said = _folded(_unlinked(text)), _folded(_unlinked(theirs))
    if set(_NUMBER.findall(ours)) & set(_NUMBER.findall(said)):
        return True
    return bool(_phrases(ours) & _phrases(said))


def _unlinked(text: str) -> str:
    """What stands in a link was chosen by nobody."""
    return _LINK.sub(" ", text) if "://" in text or "www." in text.lower() else text


def _phrases(text: str) -> set[tuple[str, ...]]:
    words = _WORD.findall(text)
    return {tuple(words[at : at + _PHRASE]) for at in range(len(words) - _PHRASE + 1)}


def _folded(text: str) -> str:
    """Case and accents aside: Zoë is zoe, MÜLLER is muller, Straße is strasse."""
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(one for one in apart if not unicodedata.combining(one))
