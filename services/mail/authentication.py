"""Who vouches for the sender: only the first verdict of the server that received the mail."""

import re
from collections.abc import Sequence

import authres

from services.mail.addresses import ascii_domain, read_addresses
from services.mail.characters import one_line
from services.mail.headers import unfold
from services.mail.tokens import plain_address
from services.types.mail import SenderProof

TRUSTED_SERVER = "mx.google.com"
_MAX_HEADER = 20_000
# What forwarders add: somebody else's mail, or our own sent on.
_FORWARDED = frozenset(
    ["x-forwarded-for", "x-forwarded-to", "resent-from", "resent-to", "resent-sender"]
)
# A registrable domain under one of these has three labels.
_SECOND_LEVEL = frozenset(["co", "com", "org", "net", "gov", "edu", "ac", "or", "ne", "go", "gob"])


def proof(headers: Sequence[tuple[str, str]], from_domain: str) -> SenderProof:
    """`headers` are all fields in order, names in any case, values as they came."""
    senders = [value for name, value in headers if name.lower() == "from"]
    if len(senders) > 1:
        return SenderProof.FAIL
    addresses, broken = read_addresses(senders[0]) if senders else ((), False)
    if len(addresses) > 1 or (addresses and broken):
        return SenderProof.FAIL
    result = _trusted_result(headers)
    if result is None or not from_domain:
        return SenderProof.NONE
    return _judge(result, from_domain.lower().rstrip("."))


def vouched(headers: Sequence[tuple[str, str]], from_domain: str, mailbox: str) -> bool:
    """Whether this mail may give an order: Google's own server received it for this mailbox and
    found dmarc=pass for exactly the one domain in From. DKIM or SPF alone prove who relayed, not
    who wrote; a mail that was put into the mailbox, or forwarded to it, proves nothing."""
    if not from_domain or proof(headers, from_domain) is not SenderProof.PASS:
        return False
    forwarded = any(name.lower() in _FORWARDED for name, _ in headers)
    if forwarded or not _arrived(headers, mailbox.lower()):
        return False
    result = _trusted_result(headers)
    dmarc = [item for item in result.results if item.method == "dmarc"] if result else []
    return len(dmarc) == 1 and (
        (dmarc[0].result or "").lower() == "pass"
        and _property(dmarc[0], "header", "from").lower().strip(".") == from_domain.lower()
    )


def _arrived(headers: Sequence[tuple[str, str]], mailbox: str) -> bool:
    """The receiving server's own lines stand above its verdict: for whom, and from where."""
    delivered, received = "", ""
    for name, value in headers:
        field = name.lower()
        text = one_line(unfold(value[:_MAX_HEADER]))
        if field == "received" and "gmailapi.google.com" in text:
            return False
        if field == "delivered-to" and not delivered:
            delivered = plain_address(text.strip("<> ").lower())
        elif field == "received":
            received = text
        elif field == "authentication-results":
            by_google = bool(re.search(r"\bby mx\.google\.com\b", received))
            return by_google and delivered == mailbox
    return False


def _trusted_result(
    headers: Sequence[tuple[str, str]],
) -> authres.AuthenticationResultsHeader | None:
    """The first one that names our server. Further down, anybody could have written it."""
    for name, value in headers:
        if name.lower() != "authentication-results":
            continue
        text = one_line(unfold(value[:_MAX_HEADER]))
        server = re.split(r"[\s;]", text, maxsplit=1)[0].lower()
        if server != TRUSTED_SERVER:
            continue
        try:
            return authres.AuthenticationResultsHeader.parse(f"Authentication-Results: {text}")
        except (authres.AuthResError, ValueError, IndexError, TypeError, RecursionError):
            return None
    return None


def _judge(result: authres.AuthenticationResultsHeader, domain: str) -> SenderProof:
    dmarc = [item for item in result.results if item.method == "dmarc"]
    if any((item.result or "").lower() == "fail" for item in dmarc):
        return SenderProof.FAIL
    for item in dmarc:
        if (item.result or "").lower() == "pass":
            # Google vouches for whom it saw in From. If that is another than we see, it is a From
            # that two readers read differently, and one of them was meant to be misled.
            named = _property(item, "header", "from")
            return SenderProof.PASS if aligned(named, domain) else SenderProof.FAIL
    for item in result.results:
        if item.method == "dkim" and (item.result or "").lower() == "pass":
            signer = _property(item, "header", "d") or _property(item, "header", "i")
            if aligned(signer, domain):
                return SenderProof.PASS
    return SenderProof.NONE


def _property(item: authres.AuthenticationResult, kind: str, name: str) -> str:
    for prop in item.properties:
        if prop.type.lower() == kind and prop.name.lower() == name:
            return str(prop.value or "")
    return ""


def aligned(named: str, domain: str) -> bool:
    """The same organisation: equal, or one a subdomain of the other's registrable part."""
    vouched = ascii_domain(named.strip("\"' ").rpartition("@")[2].lower().rstrip(".")) or ""
    if not vouched or not domain:
        return False
    return (
        vouched == domain
        or (_is_registrable(vouched) and domain.endswith("." + vouched))
        or (_is_registrable(domain) and vouched.endswith("." + domain))
    )


def _is_registrable(domain: str) -> bool:
    """Not a public suffix such as `com` or `co.uk`, as far as one can tell without the list."""
    labels = domain.split(".")
    if len(labels) < 2:  # noqa: PLR2004 - name and top level
        return False
    return not (len(labels) == 2 and labels[0] in _SECOND_LEVEL and len(labels[1]) == 2)  # noqa: PLR2004 - like co.uk
