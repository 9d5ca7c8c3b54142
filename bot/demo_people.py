"""Who is behind the mail of `demo --mail`: accounts and contacts made from its senders, so that
real mail goes through the whole loop without anybody linking it by hand first."""

import csv
import re
from collections.abc import Iterable
from pathlib import Path

from services.mail.parse import parse
from services.mail_domains import PUBLIC_DOMAINS


def write_people(mails: Iterable[tuple[str, bytes]], folder: Path, owner_email: str) -> list[Path]:
    """accounts.csv and contacts.csv for the senders: one account per company domain, one per
    person at a public mail domain. Mail without a usable sender stays unlinked."""
    accounts: dict[str, tuple[str, str]] = {}
    contacts: dict[str, tuple[str, str]] = {}
    ours = owner_email.rpartition("@")[2]
    for _, raw in mails:
        sender = parse(raw).sender
        if sender is None or "@" not in sender.email or sender.domain == ours:
            continue
        public = sender.domain in PUBLIC_DOMAINS
        key = sender.email if public else sender.domain
        if key not in accounts:
            name = (sender.name or sender.email) if public else company_name(sender.domain)
            taken = {known for known, _ in accounts.values()}
            accounts[key] = (name if name not in taken else key, "" if public else sender.domain)
        contacts.setdefault(sender.email, (sender.name or sender.email, accounts[key][0]))
    return [
        _write(
            folder / "accounts.csv",
            ("name", "domain", "industry", "owner_email"),
            [(name, domain, "", owner_email) for name, domain in accounts.values()],
        ),
        _write(
            folder / "contacts.csv",
            ("email", "name", "title", "account"),
            [(email, name, "", account) for email, (name, account) in contacts.items()],
        ),
    ]


def company_name(domain: str) -> str:
    """A readable name from a mail domain: mail.acme-robotics.co.uk → Acme Robotics."""
    labels = [label for label in domain.split(".") if label not in {"mail", "www", "email", "smtp"}]
    short = {"co", "com", "org", "net", "ac", "gov", "edu"}
    meaningful = [label for label in labels[:-1] if label not in short] or labels[:1] or [domain]
    return " ".join(part.capitalize() for part in re.split(r"[-_]+", meaningful[-1]) if part)


def _write(path: Path, header: tuple[str, ...], rows: list[tuple[str, ...]]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)
    return path
