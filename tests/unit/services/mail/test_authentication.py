"""Only the first verdict of the receiving server counts."""

import pytest

from services.mail.authentication import proof
from services.types.mail import SenderProof

FROM = ("From", "Ann <ann@customer.example>")
OURS = "Authentication-Results"
PASS = (
    "mx.google.com; dkim=pass header.i=@customer.example; dmarc=pass header.from=customer.example"
)

CASES = [
    ([(OURS, PASS)], SenderProof.PASS),
    ([(OURS, "mx.google.com; dmarc=fail header.from=customer.example")], SenderProof.FAIL),
    ([], SenderProof.NONE),
    ([(OURS, "mx.evil.example; dmarc=pass header.from=customer.example")], SenderProof.NONE),
    (
        [(OURS, "mx.google.com; spf=pass smtp.mailfrom=customer.example"), (OURS, PASS)],
        SenderProof.NONE,
    ),
    (
        [(OURS, "mx.google.com; dmarc=fail header.from=customer.example"), (OURS, PASS)],
        SenderProof.FAIL,
    ),
    ([(OURS, "mx.google.com; dkim=pass header.i=@customer.example")], SenderProof.PASS),
    ([(OURS, "mx.google.com; dkim=pass header.i=@evil.example")], SenderProof.NONE),
    ([(OURS, "mx.google.com; dmarc=pass header.from=evil.example")], SenderProof.NONE),
    ([(OURS, "mx.google.com; dkim=pass header.i=@mail.customer.example")], SenderProof.PASS),
    ([(OURS, "mx.google.com; dkim=pass header.i=@example")], SenderProof.NONE),
    ([("From", "boss@customer.example"), (OURS, PASS)], SenderProof.FAIL),
]


@pytest.mark.parametrize(("extra", "verdict"), CASES)
def test_the_first_verdict_of_our_server(extra, verdict):
    assert proof([*extra, FROM], "customer.example") is verdict


def test_two_addresses_in_one_from_fail():
    headers = [(OURS, PASS), ("From", "ann@customer.example, boss@seller.example")]
    assert proof(headers, "customer.example") is SenderProof.FAIL
