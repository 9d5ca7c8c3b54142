"""Attack 18: an address that one program reads as a customer's and another as somebody else's. What
was bought beside it, or only looks like it, is never taken for it: neither as a contact nor, with a
tag behind the name, as a member who gives orders."""

import pytest

from services.linking import Known, KnownContact, decide
from services.mail.parse import parse
from services.types.mail import SenderProof
from tests.factories import uuid4

CARLA = "carla@weiss.test"
KNOWN = Known(contacts={CARLA: KnownContact(id=uuid4(), account_id=None, excluded=False)})
BOUGHT = (
    ("weiß.test", "xn--wei-8ka.test"),
    ("WEIß.test", "xn--wei-8ka.test"),
    ("wei\u1e9e.test", "xn--wei-8ka.test"),
    ("wеiss.test", "xn--wiss-qdd.test"),  # noqa: RUF001 - with a Cyrillic e
    ("weıss.test", "xn--wess-lza.test"),  # noqa: RUF001 - with a dotless i
    ("weiss.test.evil.test", "weiss.test.evil.test"),
    ("weiss-test.evil", "weiss-test.evil"),
)


def arrived(domain: str, vouched: str) -> bytes:
    return (
        f"Authentication-Results: mx.google.com; dmarc=pass header.from={vouched}\r\n"
        f"From: Carla Weiss <carla@{domain}>\r\nTo: rita@northwind.test\r\nSubject: It\r\n\r\nYes"
    ).encode()


@pytest.mark.parametrize(("domain", "registered"), BOUGHT)
def test_attack_18_a_domain_beside_it_is_another_one(domain: str, registered: str) -> None:
    mail = parse(arrived(domain, registered))
    assert mail.sender is not None
    assert mail.sender.email != CARLA
    assert decide([mail.sender], KNOWN).contact_id is None


@pytest.mark.parametrize(
    "domain",
    [
        "weiss.test",
        "\uff57\uff45\uff49\uff53\uff53.test",
        "weiss\u3002test",
        "wei\u00adss.test",
        "we\u200diss.test",
    ],
)
def test_attack_18_whom_google_saw_must_be_whom_we_see(domain: str) -> None:
    """What is folded into the same name is that name's only if Google says so too."""
    assert parse(arrived(domain, "evil.test")).proof is SenderProof.FAIL
    assert parse(arrived(domain, "xn--wei-8ka.test")).proof is SenderProof.FAIL
    assert parse(arrived(domain, "weiss.test")).proof is SenderProof.PASS


def test_attack_18_a_domain_of_its_own_letters_can_still_prove_itself() -> None:
    for named in ("xn--mller-kva.test", "m\u00fcller.test"):
        assert parse(arrived("m\u00fcller.test", named)).proof is not SenderProof.FAIL
