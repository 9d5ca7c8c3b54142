"""The text a person would read in a message, and what is attached to it."""

import hashlib
import re
from dataclasses import dataclass, field

from services.mail.characters import clean_text, decode, hidden_characters, trim
from services.mail.html import html_to_text
from services.mail.mime import Part, Tree, leaves, take_uuencoded
from services.mail.tnef import tnef_text
from services.types.mail import Attachment

MAX_TEXT = 1_000_000
_MAX_ATTACHMENTS = 500
_REPORT_TYPES = frozenset({"message/delivery-status", "message/global-delivery-status"})
_CALENDARS = frozenset({"text/calendar", "application/ics", "text/x-vcalendar"})
_MAX_CALENDARS = 5
_NO_HTML = re.compile(
    r"(?i)(?:html|graphical).{0,60}(?:e-?mail|mail|message|viewer|client|support|version)"
    r"|(?:e-?mail|mail|message|nachricht).{0,60}html"
)


@dataclass(slots=True)
class Body:
    """`types` are all content types with method or report type; `reports` are delivery reports,
    `calendars` the calendar parts."""

    text: str = ""
    attachments: tuple[Attachment, ...] = ()
    types: frozenset[str] = frozenset()
    reports: list[str] = field(default_factory=list)
    returned: list[str] = field(default_factory=list)
    calendars: list[str] = field(default_factory=list)


def read_body(tree: Tree) -> Body:
    body = Body()
    found = leaves(tree.root)
    shown = _shown_leaves(tree, found)
    texts: list[str] = []
    attached: list[Attachment] = []
    for part in found:
        if id(part) in shown:
            text, files = _leaf_text(tree, part)
            texts.append(text)
            attached += [
                _attachment(name, "application/octet-stream", data) for name, data in files
            ]
        elif not _is_alternative_text(part):
            _keep(tree, part, body, attached, texts)
    if len(attached) > _MAX_ATTACHMENTS:
        tree.note("There are too many attachments; the last ones were left out.")
    joined = "\n\n".join(text for text in texts if text.strip())
    if not joined.strip():
        joined = _last_resort(tree, found)
    if len(joined) > MAX_TEXT:
        tree.note("The text is very long; its end was left out.")
        joined = joined[:MAX_TEXT]
    tree.note(hidden_characters(joined))
    body.text = trim(clean_text(joined))
    body.attachments = tuple(attached[:_MAX_ATTACHMENTS])
    body.types = _types(tree)
    return body


def _types(tree: Tree) -> frozenset[str]:
    kinds = {tree.root.declared}
    for part in leaves(tree.root):
        kinds.add(part.content_type)
        method = part.params.get("method", "").lower()
        if part.content_type == "text/calendar" and method:
            kinds.add(f"calendar/{method}")
    report = tree.root.params.get("report-type", "").lower()
    kinds |= {f"report/{report}"} if report else set()
    return frozenset(kinds)


def _keep(tree: Tree, part: Part, body: Body, attached: list[Attachment], texts: list[str]) -> None:
    """A part that isn't shown as text: a delivery report, a returned mail, an attachment."""
    data = tree.data(part)
    if part.content_type in _REPORT_TYPES:
        body.reports.append(decode(data[:100_000], None)[0])
        return
    if part.content_type in {"message/rfc822", "text/rfc822-headers", "message/global"}:
        body.returned.append(decode(data[:20_000], None)[0])
    if _is_calendar(part) and len(body.calendars) < _MAX_CALENDARS:
        body.calendars.append(tree.text(part))
    if part.content_type == "application/ms-tnef" or part.name.lower() == "winmail.dat":
        found = tnef_text(data)
        tree.note("Part of this mail is in Outlook's own format (winmail.dat).")
        if found and not any(text.strip() for text in texts):
            texts.append(found)
    if data or part.name:
        name = part.name or _default_name(part.content_type)
        attached.append(_attachment(name, part.content_type, data))


def _is_calendar(part: Part) -> bool:
    return part.content_type in _CALENDARS or part.name.lower().endswith(".ics")


def _attachment(name: str, content_type: str, data: bytes) -> Attachment:
    digest = hashlib.sha256(data).hexdigest()
    return Attachment(name=name, content_type=content_type, size=len(data), sha256=digest)


def _default_name(content_type: str) -> str:
    if content_type in {"message/rfc822", "message/global"}:
        return "message.eml"
    return "invite.ics" if content_type == "text/calendar" else "attachment"


def _is_text(part: Part) -> bool:
    return part.content_type in {"text/plain", "text/html", "text/enriched"}


def _is_attached(part: Part) -> bool:
    return part.disposition == "attachment" or (bool(part.name) and part.disposition != "inline")


def _is_alternative_text(part: Part) -> bool:
    """The other form of a text already shown."""
    return _is_text(part) and not _is_attached(part)


def _shown_leaves(tree: Tree, found: list[Part]) -> set[int]:
    """The leaves whose text is shown: of alternatives the best one, of the rest all."""
    candidates = {id(part) for part in found if _is_text(part) and not _is_attached(part)}
    shown = set(candidates)
    waiting = [tree.root]
    while waiting:
        part = waiting.pop()
        waiting.extend(part.children)
        if part.content_type == "multipart/alternative":
            shown -= _not_chosen(tree, part, candidates)
    if not shown and len(found) == 1 and _is_text(found[0]):
        shown = {id(found[0])}
    return shown


def _not_chosen(tree: Tree, part: Part, candidates: set[int]) -> set[int]:
    plain = [one for one in leaves(part) if id(one) in candidates and _is_plain(one)]
    html = [one for one in leaves(part) if id(one) in candidates and not _is_plain(one)]
    if not plain or not html:
        return set()
    words = trim(clean_text("\n".join(tree.text(one) for one in plain)[:MAX_TEXT]))
    shown = html_to_text(tree.text(html[0])).text
    useless = len(words) < 3 or (len(words) < 300 and _NO_HTML.search(words))  # noqa: PLR2004 - an excuse, not a letter
    if useless and _letters(shown) > _letters(words):
        return {id(one) for one in plain}
    if _tell_different_things(words, shown):
        tree.note("The plain and the HTML version of this mail say different things.")
    return {id(one) for one in html}


def _letters(text: str) -> int:
    """How much there is to read; blanks that lay a page out are nothing."""
    return sum(map(len, text.split()))


def _tell_different_things(plain: str, html: str) -> bool:
    """Most words of the version a person sees are missing from the one read here."""
    seen = set(re.findall(r"\w{3,40}", html.lower()))
    missing = seen - set(re.findall(r"\w{3,40}", plain.lower()))
    return len(missing) > 3 and len(missing) * 2 > len(seen)  # noqa: PLR2004 - more than a greeting


def _is_plain(part: Part) -> bool:
    return part.content_type == "text/plain"


def _leaf_text(tree: Tree, part: Part) -> tuple[str, list[tuple[str, bytes]]]:
    text = tree.text(part)
    if len(text) > 3 * MAX_TEXT:
        tree.note("The text is very long; its end was left out.")
        text = text[: 3 * MAX_TEXT]
    if part.content_type == "text/html":
        tree.note(hidden_characters(text))
        page = html_to_text(text)
        for note in page.notes:
            tree.note(note)
        return page.text, []
    if part.content_type == "text/enriched":
        return re.sub(r"<[^<>]{0,100}>", "", text), []
    text = text.replace("\r\n", "\n")
    if part.params.get("format", "").lower() == "flowed":
        text = unflow(text, delete_space=part.params.get("delsp", "").lower() == "yes")
    rest, files = take_uuencoded(text)
    if files:
        tree.note("A file was written into the text (uuencode).")
    return rest, files


def unflow(text: str, *, delete_space: bool = False) -> str:
    """RFC 3676: join lines that end in a space with the next one of the same quote depth."""
    out: list[list[str]] = []
    open_depth: int | None = None
    for line in text.split("\n"):
        content = line.lstrip(">")
        depth = len(line) - len(content)
        content = content.removeprefix(" ")
        flows = content.endswith(" ") and content != "-- "
        piece = content[:-1] if flows and delete_space else content
        if open_depth == depth and content != "-- ":
            out[-1].append(piece)
        else:
            out.append([">" * depth + " " if depth else "", piece])
        open_depth = depth if flows else None
    return "\n".join("".join(pieces) for pieces in out)


def _last_resort(tree: Tree, found: list[Part]) -> str:
    """Nothing to show: the text of a mail inside this one, or of a text file attached alone."""
    for part in found:
        if part.content_type == "message/rfc822":
            inner = decode(tree.data(part)[:MAX_TEXT], None)[0]
            _, _, text = inner.replace("\r\n", "\n").partition("\n\n")
            if text.strip() and "content-type: multipart" not in inner[:4_000].lower():
                tree.note("The text is that of a mail inside this one.")
                return text
    return ""


def read_html(tree: Tree) -> str:
    """The text of the HTML version alone; empty when the mail has none."""
    return _texts_of(tree, "text/html")


def read_plain(tree: Tree) -> str:
    """The text of the plain version alone; empty when the mail has none."""
    return _texts_of(tree, "text/plain")


def _texts_of(tree: Tree, content_type: str) -> str:
    found = [
        _leaf_text(tree, part)[0]
        for part in leaves(tree.root)
        if part.content_type == content_type and not _is_attached(part)
    ]
    return trim(clean_text("\n\n".join(found)[:MAX_TEXT]))
