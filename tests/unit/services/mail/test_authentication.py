"""Only the first verdict of the receiving server counts."""

import pytest

from services.mail.authentication import proof, vouched
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
    ([(OURS, "mx.google.com; dmarc=pass header.from=evil.example")], SenderProof.FAIL),
    ([(OURS, "mx.google.com; dmarc=pass header.from=")], SenderProof.FAIL),
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


BOX = "copilot@brightpath.example"
ARRIVED = [
    ("Delivered-To", BOX),
    ("Received", "by 2002:a05:6a10:1 with SMTP id x; Fri, 20 Nov 2026"),
    ("Received", "from mail.customer.example\r\n by mx.google.com with ESMTPS id y"),
]
DMARC = "mx.google.com; dmarc=pass (p=REJECT) header.from=customer.example"
BELOW = [(OURS, DMARC), FROM]


def test_an_order_needs_googles_own_dmarc():
    assert vouched([*ARRIVED, *BELOW], "customer.example", BOX)
    marked = ("Delivered-To", f"copilot+ua.{'a' * 32}@brightpath.example")
    assert vouched([marked, *ARRIVED[1:], *BELOW], "customer.example", BOX)


@pytest.mark.parametrize(
    "headers",
    [
        # DKIM or SPF alone, another domain, nothing, or a verdict that is not the first.
        [*ARRIVED, (OURS, "mx.google.com; dkim=pass header.i=@customer.example"), FROM],
        [*ARRIVED, (OURS, "mx.google.com; spf=pass smtp.mailfrom=a@customer.example"), FROM],
        [*ARRIVED, (OURS, "mx.google.com; dmarc=pass header.from=mail.customer.example"), FROM],
        [*ARRIVED, FROM],
        [*ARRIVED, (OURS, "mx.google.com; dmarc=fail header.from=customer.example"), *BELOW],
        [*ARRIVED, (OURS, "mx.google.com; spf=pass smtp.mailfrom=x@y.example"), *BELOW],
        # Put into the mailbox: no server of Google's received it.
        BELOW,
        [("Delivered-To", BOX), *BELOW],
        [*ARRIVED[1:], *BELOW],
        [ARRIVED[0], ("Received", "from 1 named unknown by gmailapi.google.com"), *ARRIVED, *BELOW],
        [ARRIVED[0], ("Received", "from a by mx.evil.example"), *BELOW],
        [ARRIVED[0], *BELOW, *ARRIVED[1:]],
        # Received for somebody else, or forwarded.
        [("Delivered-To", "rita@brightpath.example"), *ARRIVED, *BELOW],
        [*ARRIVED, ("X-Forwarded-For", f"ann@customer.example {BOX}"), *BELOW],
        [*ARRIVED, *BELOW, ("Resent-From", "rita@brightpath.example")],
        # Two senders.
        [*ARRIVED, *BELOW, ("From", "boss@customer.example")],
    ],
)
def test_anything_less_gives_no_orders(headers):
    assert not vouched(headers, "customer.example", BOX)
