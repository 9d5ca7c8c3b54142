"""Who or what wrote a mail: a person, an absence note, a bounce, a list or a calendar.

Headers made by machines decide first; words decide only when several of them agree, because a
person may write about an absence, quote a bounce or answer below a newsletter's footer.
"""

import re
from collections.abc import Collection, Mapping

from services.mail import phrases
from services.mail.characters import clean_text
from services.mail.subject import MARK_PREFIX
from services.types.mail import Address, MailKind

_DAEMONS = re.compile(
    r"(?:mailer-?daemon|postmaster|mail-?delivery|mdaemon|bounces?)(?:[+._=-].*)?\Z"
)
_NO_REPLY = re.compile(
    r"(?:.*[._+-])?(?:no-?_?\.?reply|do-?_?not-?_?reply|donotreply|noreply\d*|notifications?|notify|"
    r"newsletters?|newsflash|mailings?|announcements?|alerts?|automated|auto|robot|request|ne-?pas-?repondre|nicht-?antworten|"
    r"no-?responder|nao-?responda|non-?rispondere)(?:[._+-].*)?\Z"
)
_SENTENCE = re.compile(r"(?<=[.!?\u3002\uff01\uff1f])\s+|\n+")
_MARKUP = re.compile(r"https?://\S{1,500}")
_HEADER_LINE = re.compile(r"([A-Za-z][A-Za-z0-9-]{1,40}):[ \t]*(.{0,2000})")
_GREETING_WORDS = 6
_JUDGED = 6_000
_SHORT = 1_500
_FEW_LINES = 400
_AFTER_A_TITLE = (":", "\uff1a", "]", "\u3011", "-", "\u2013")


def classify(
    headers: Mapping[str, str],
    *,
    subject: str,
    text: str,
    sender: Address | None,
    types: Collection[str] = (),
    own: str = "",
) -> MailKind:
    """`headers` with lower-case names, decoded; `text` what was written this time; `types` the
    content types of all parts, with `report/…` and `calendar/…` for their kinds; `own`
    what was written this time with its footer, where `text` has none."""
    text = text[:_JUDGED]
    local = sender.email.partition("@")[0] if sender else ""
    if _is_bounce(headers, subject, text, local, types):
        return MailKind.BOUNCE
    if _is_calendar(headers, subject, text, types):
        return MailKind.CALENDAR
    if _is_auto_reply(headers, subject, text, types):
        return MailKind.AUTO_REPLY
    if _is_list(headers, local) or _reads_like_newsletter(own[-_JUDGED:] or text, local):
        return MailKind.LIST
    return MailKind.HUMAN


def classify_text(text: str) -> MailKind:
    """The same for a bare text. Header lines at its top (Subject:, From:, …) are understood."""
    cleaned = clean_text(text[: 4 * _JUDGED]).lstrip("\n")
    headers, rest = _leading_headers(cleaned)
    address = re.search(r"[^\s<>]{1,100}@[^\s<>]{1,200}", headers.get("from", ""))
    sender = Address(email=address[0].lower()) if address else None
    return classify(headers, subject=headers.get("subject", ""), text=rest, sender=sender)


def _leading_headers(text: str) -> tuple[dict[str, str], str]:
    headers: dict[str, str] = {}
    lines = text.split("\n")
    at = 0
    while at < len(lines) and (match := _HEADER_LINE.fullmatch(lines[at])):
        headers.setdefault(match[1].lower(), match[2].strip())
        at += 1
    if not headers.keys() & {"subject", "from", "to", "auto-submitted", "precedence", "list-id"}:
        return {}, text
    return headers, "\n".join(lines[at:]).strip("\n")


def _is_bounce(
    headers: Mapping[str, str], subject: str, text: str, local: str, types: Collection[str]
) -> bool:
    if "report/delivery-status" in types or "x-failed-recipients" in headers:
        return True
    daemon = bool(_DAEMONS.match(local)) or headers.get("return-path", "").strip() == "<>"
    named = bool(phrases.BOUNCE_SUBJECT.match(subject))
    told = bool(phrases.BOUNCE_TEXT.search(text))
    voice = bool(phrases.BOUNCE_VOICE.search(text[:2_000]))
    if daemon:
        return (named or (told and voice)) or (bool(_DAEMONS.match(local)) and told)
    if subject:
        return named and (voice or told) and not _reads_personal(text)
    return told and voice and not _reads_personal(text)


def _reads_personal(text: str) -> bool:
    return bool(phrases.WANTS.search(text[:600]))


def _is_calendar(
    headers: Mapping[str, str], subject: str, text: str, types: Collection[str]
) -> bool:
    if any(kind.startswith("calendar/") for kind in types):
        return True
    if "text/calendar" in types and not MARK_PREFIX.match(subject):
        return bool(phrases.CALENDAR_SUBJECT.match(subject)) or len(text) < 40  # noqa: PLR2004 - the invitation is all there is
    if "x-microsoft-cdo-busystatus" in headers or "begin:vcalendar" in text.lower():
        return True
    if not subject and len(phrases.CALENDAR_TEXT.findall(text)) > 1:
        return not _reads_personal(text)
    if not phrases.CALENDAR_SUBJECT.match(subject):
        return False
    dated = " @ " in subject and any(char.isdigit() for char in subject)
    return dated or bool(phrases.CALENDAR_TEXT.search(text)) or not text.strip()


def _is_auto_reply(
    headers: Mapping[str, str], subject: str, text: str, types: Collection[str]
) -> bool:
    if _declared_automatic(headers) or "report/disposition-notification" in types:
        return True
    if named := phrases.AUTO_SUBJECT.match(subject.strip()):
        # A person may ask about automatic replies; a machine puts a colon after the words.
        rest = subject.strip()[named.end() :].lstrip()
        return rest[:1] in _AFTER_A_TITLE or _agrees_with_absence(text) or not _reads_personal(text)
    if phrases.RECEIPT_SUBJECT.match(subject.strip()) and phrases.RECEIPT_TEXT.search(text):
        return True
    if phrases.ABSENT_SUBJECT.match(subject.strip()):
        return _agrees_with_absence(text)
    return reads_like_absence(text)


def _declared_automatic(headers: Mapping[str, str]) -> bool:
    """The sending machine says so itself. Exchange marks absences with Suppress: All; list
    servers and notifiers set it too, and those are lists."""
    submitted = headers.get("auto-submitted", "").lower()
    named = {"x-autoreply", "x-autorespond", "x-autoresponder", "x-autogenerated-reply"}
    suppressed = headers.get("x-auto-response-suppress", "").strip().lower() == "all"
    lists = headers.keys() & {"list-id", "list-unsubscribe"}
    return (
        submitted.startswith("auto-replied")
        or any(headers.get(name, "").lower() not in {"", "no", "false"} for name in named)
        or headers.get("precedence", "").lower() in {"auto_reply", "auto-reply"}
        or (suppressed and not lists and not submitted)
    )


def _agrees_with_absence(text: str) -> bool:
    """Under a subject that names an absence, one sentence about it will do."""
    if not text.strip():
        return True
    if phrases.WANTS.search(text):
        return False
    return any(p.search(text) for p in (phrases.ABSENCE, phrases.MACHINE, phrases.ACCESS))


def reads_like_absence(text: str) -> bool:
    """An absence note or an automatic acknowledgement, judged by its sentences alone."""
    if len(text) > _SHORT * 2:
        text = text[: _SHORT * 2]
    kinds: set[str] = set()
    others = 0
    for sentence in _sentences(text):
        found = _sentence_kinds(sentence)
        kinds |= found
        others += not found and _says_something(sentence)
    if "wants" in kinds:
        return "machine" in kinds and bool(kinds & {"absence", "received"})
    if "machine" in kinds and kinds & {"absence", "received", "return", "access"}:
        return True
    if "absence" in kinds:
        supported = len(kinds & {"return", "access", "contact", "thanks"})
        return supported >= 2 or (supported == 1 and others == 0)  # noqa: PLR2004 - two more kinds agree
    if "left" in kinds and "contact" in kinds:
        return others == 0
    return "received" in kinds and "thanks" in kinds and others == 0


def _says_something(sentence: str) -> bool:
    """Not a greeting, a wish or a name: four words that end like a sentence, or many words."""
    words = len(sentence.split())
    return words > _GREETING_WORDS or (words >= 4 and sentence[-1] in ".!")  # noqa: PLR2004 - subject, verb and more


def _sentences(text: str) -> list[str]:
    joined = re.sub(r"(?<=[^\n.!?:,])\n(?=[^\n])", " ", _MARKUP.sub("", text))
    return [piece.strip() for piece in _SENTENCE.split(joined) if piece.strip()]


_KINDS = {
    "absence": phrases.ABSENCE,
    "return": phrases.RETURN,
    "access": phrases.ACCESS,
    "contact": phrases.CONTACT,
    "left": phrases.LEFT,
    "machine": phrases.MACHINE,
    "received": phrases.RECEIVED,
    "thanks": phrases.THANKS,
    "wants": phrases.WANTS,
}


def _sentence_kinds(sentence: str) -> set[str]:
    found = {name for name, pattern in _KINDS.items() if pattern.search(sentence)}
    away = phrases.ABSENCE.search(sentence)
    if away and phrases.OTHERS_AWAY.search(sentence[: away.start()]):
        found.discard("absence")
    if "contact" in found and "wants" in found:
        found.discard("wants")
    return found


def _is_list(headers: Mapping[str, str], local: str) -> bool:
    if headers.keys() & {"list-id", "list-unsubscribe", "list-post", "list-help", "x-campaign-id"}:
        return True
    if headers.get("precedence", "").strip().lower() in {"bulk", "list", "junk"}:
        return True
    if headers.get("auto-submitted", "no").strip().lower() not in {"", "no"}:
        return True
    if "feedback-id" in headers or "x-mailchimp-campaign" in headers:
        return True
    return bool(_NO_REPLY.match(local)) or bool(_DAEMONS.match(local))


def _reads_like_newsletter(text: str, local: str) -> bool:
    """Two different ways of saying so, or one beside several links, a footer's line or a mailbox
    that writes to many. A few lines that ask something are a person's."""
    found = {match[0].lower() for match in phrases.NEWSLETTER.finditer(text)}
    links = len(re.findall(r"https?://", text))
    if found and not links and len(text) < _FEW_LINES and _reads_personal(text):
        return False
    footer = phrases.NEWSLETTER_LINE.search(text)
    if footer and text[: footer.start()].strip():
        return True
    if found and phrases.BULK_LOCAL.match(local):
        return True
    return len(found) >= 2 or (len(found) == 1 and links >= 4)  # noqa: PLR2004 - few enough to be a footer
