"""People made from mail."""

import csv
import mailbox
from pathlib import Path

import pytest

from bot.demo import DemoError, mails_in
from bot.demo_people import company_name, write_people


def _mail(sender: str) -> bytes:
    return f"From: {sender}\r\nTo: maya@brightpath.example\r\nSubject: Hi\r\n\r\nHello\r\n".encode()


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open() as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize(
    ("domain", "name"),
    [
        ("acme.example", "Acme"),
        ("mail.acme-robotics.co.uk", "Acme Robotics"),
        ("x", "X"),
        ("com", "Com"),
    ],
)
def test_a_company_is_called_by_its_domain(domain: str, name: str) -> None:
    assert company_name(domain) == name


def test_senders_become_accounts_and_contacts(tmp_path: Path) -> None:
    mails = [
        ("1", _mail("Dana <dana@acme.example>")),
        ("2", _mail("Eli <eli@acme.example>")),
        ("3", _mail("Fay <fay@gmail.com>")),
        ("4", _mail("Maya <maya@brightpath.example>")),
        ("5", b"no header at all"),
    ]
    accounts, contacts = write_people(mails, tmp_path, "maya@brightpath.example")
    assert [(r["name"], r["domain"]) for r in _rows(accounts)] == [
        ("Acme", "acme.example"),
        ("Fay", ""),
    ]
    assert {r["email"]: r["account"] for r in _rows(contacts)} == {
        "dana@acme.example": "Acme",
        "eli@acme.example": "Acme",
        "fay@gmail.com": "Fay",
    }


def test_mail_is_found_in_an_mbox_a_file_and_a_folder(tmp_path: Path) -> None:
    box = mailbox.mbox(tmp_path / "all.mbox")
    for sender in ("a@x.example", "b@x.example"):
        box.add(_mail(sender))
    box.flush()
    box.close()
    (tmp_path / "one.eml").write_bytes(_mail("c@x.example"))
    assert len(list(mails_in(tmp_path / "all.mbox"))) == 2
    assert len(list(mails_in(tmp_path))) == 3
    with pytest.raises(DemoError, match="There is no"):
        list(mails_in(tmp_path / "absent.eml"))
