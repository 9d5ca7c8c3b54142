"""What no answer of ours holds unless somebody talked the model into it: a link or an address that
is nobody's here, bank details, orders to a machine, code, the words of our own prompts. Looked for
in what the copilot wrote only: people may write what they like."""

import re
from collections.abc import Iterator

from services.mail_domains import PUBLIC_DOMAINS
from services.prompts import compose, draft
from services.suspicion import assess
from services.types.findings import CheckContext, Finding, FindingKind

_SHOWN = 120
_LINK = re.compile(
    r"(?:\bhttps?://|\bwww\.)(?P<host>[\w.-]{3,253})|\b[\w.+-]{1,64}@(?P<box>[\w-]+(?:\.[\w-]+)+)",
    re.IGNORECASE,
)
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b")
_BANK = re.compile(
    r"\bbank (?:account|details|transfer)|\baccount (?:number|no\b)|\bsort code|\brouting number"
    r"|\b(?:iban|bic|swift)\b|\bwire\b.{0,40}\b(?:sum|money|amount|payment|funds|account|to)\b"
    r"|\b(?:bitcoin|btc|crypto\w*) (?:wallet|address)|\b(?:gift ?cards?)\b"
    r"|\bkontonummer|\bbankverbindung|\bbankdaten|\büberweis\w+|\bcoordonnées bancaires"
    r"|\bvirement\b|\bcuenta bancaria|\bdatos bancarios|\btransferencia bancaria"
    r"|\bcoordinate bancarie|\bbonifico\b|\bdados bancários|\brekeningnummer|\bbankgiro",
    re.IGNORECASE,
)
_CODE = re.compile(
    r"[{\[]\s*\"\w+\"\s*:|</?\w+(?:\s[^<>]{0,80})?>|^\s*(?:to|cc|bcc|from|subject):\s*\S"
    r"|\b\w+_\w+\s*\(",
    re.IGNORECASE | re.MULTILINE,
)
_WORD = re.compile(r"\w+")
_RUN = 8
"""Words in a row that nobody writes by chance."""


def strange_words(text: str, context: CheckContext) -> Iterator[Finding]:
    """One finding of each sort at most; the quick looks first, and none more than is asked for."""
    if not context.by_model:
        return
    for look in (_foreign, _bank, _told, _orders):
        found = look(text, context)
        if found is not None:
            yield found


def _foreign(text: str, context: CheckContext) -> Finding | None:
    """A link or an address outside our own domain, the recipients', and what we wrote before."""
    theirs = {one.email.lower().rpartition("@")[2] for one in context.recipients} - PUBLIC_DOMAINS
    known = (theirs | {context.home}) - {""}
    named = {one.email.lower() for one in context.recipients}
    ours = " ".join(mail.text.lower() for mail in context.earlier if mail.ours and mail.text)
    for match in _LINK.finditer(text):
        host = (match["host"] or match["box"]).lower().strip(".").removeprefix("www.")
        whole = match.group().lower()
        if whole in named or whole in ours or _is_of(host, known):
            continue
        return _finding(f"It names {host}, which is neither ours nor theirs.", match)
    return None


def _is_of(host: str, known: set[str]) -> bool:
    return any(host == one or host.endswith(f".{one}") for one in known)


def _bank(text: str, _context: CheckContext) -> Finding | None:
    match = _IBAN.search(text) or _BANK.search(text)
    return _finding("It speaks of bank details or of a payment.", match) if match else None


def _orders(text: str, _context: CheckContext) -> Finding | None:
    """What gives orders to the reader's own machine would go on from house to house."""
    match = _CODE.search(text)
    if match:
        return _finding("It holds something that looks like code or a mail's header.", match)
    suspicion = assess(text)
    if not suspicion.injection:
        return None
    return Finding(
        kind=FindingKind.STRANGE,
        sentence="It gives orders to a machine.",
        quote=suspicion.why[:_SHOWN],
    )


def _told(text: str, _context: CheckContext) -> Finding | None:
    words = [word.lower() for word in _WORD.findall(text)]
    for start in range(len(words) - _RUN + 1):
        run = tuple(words[start : start + _RUN])
        if run in _PROMPTS:
            return Finding(
                kind=FindingKind.STRANGE,
                sentence="It repeats what I was told to do.",
                quote=" ".join(run)[:_SHOWN],
            )
    return None


def _finding(sentence: str, match: re.Match[str]) -> Finding:
    quote = " ".join(match.group().split())[:_SHOWN]
    return Finding(kind=FindingKind.STRANGE, sentence=sentence, quote=quote)


def _runs(prompt: str) -> Iterator[tuple[str, ...]]:
    words = [word.lower() for word in _WORD.findall(prompt)]
    yield from (tuple(words[start : start + _RUN]) for start in range(len(words) - _RUN + 1))


_PROMPTS = frozenset(run for one in (draft.SYSTEM, compose.SYSTEM) for run in _runs(one))
