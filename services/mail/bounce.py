"""Whose address failed, according to a bounce."""

import re
from collections.abc import Mapping

from services.mail.addresses import normal_email
from services.mail.body import Body

_FINAL = re.compile(r"(?im)^final-recipient:[ \t]*(?:[\w-]{1,20};)?[ \t]*(\S{1,320})")
_ORIGINAL = re.compile(r"(?im)^original-recipient:[ \t]*(?:[\w-]{1,20};)?[ \t]*(\S{1,320})")
_ACTION = re.compile(r"(?im)^action:[ \t]*(\w{1,20})")
_ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
_QUOTED_MAIL = re.compile(
    r"(?im)^.{0,40}(?:original message|returned message|copy of the message|"
    r"message headers follow|urspr[üu]ngliche nachricht|reporting-mta|received: from).*$"
)
_OURS = re.compile(r"(?:mailer-?daemon|postmaster|no-?reply)", re.IGNORECASE)
_MAX_FOUND = 100
_MAX_TEXT = 20_000


def failed_recipients(headers: Mapping[str, str], body: Body) -> tuple[str, ...]:
    """Addresses that can't be reached: from the report, the header, or else the words."""
    found: dict[str, None] = {}
    delayed_only = bool(body.reports)
    for report in body.reports:
        for block in re.split(r"\n[ \t]*\r?\n", report.replace("\r\n", "\n")):
            address = _FINAL.search(block) or _ORIGINAL.search(block)
            action = _ACTION.search(block)
            if address and (action is None or action[1].lower() == "failed"):
                _add(found, address[1])
            delayed_only = delayed_only and (action is None or action[1].lower() != "failed")
    for address_text in headers.get("x-failed-recipients", "")[:_MAX_TEXT].split(","):
        _add(found, address_text)
    if not found and not (body.reports and delayed_only):
        text = body.text[:_MAX_TEXT]
        cut = _QUOTED_MAIL.search(text)
        for match in _ADDRESS.finditer(text[: cut.start()] if cut else text):
            if not _OURS.match(match[0]):
                _add(found, match[0])
    return tuple(found)[:_MAX_FOUND]


def _add(found: dict[str, None], text: str) -> None:
    email = normal_email(text.strip("<>;,. \t"))
    if email:
        found.setdefault(email)
