"""Who is copied, and from which of our addresses an answer leaves."""

import pytest

from services.recipients import MOST, copied, written_to

REP = "rita@northwind.test"
KNOWN = {"cfo@acme.test", "it@acme.test", "cole@northwind.test"}


@pytest.mark.parametrize(
    ("named", "own", "expected"),
    [
        ([REP], {REP}, REP),
        (["sales@northwind.test"], {REP, "sales@northwind.test"}, "sales@northwind.test"),
        (["it@acme.test", "sales@northwind.test", REP], {REP, "sales@northwind.test"},
         "sales@northwind.test"),
        (["sales@northwind.test"], {REP}, REP),
        ([], {REP}, REP),
    ],
)  # fmt: skip
def test_the_address_that_was_written_to_answers(named, own, expected):
    assert written_to(named, REP, own) == expected


@pytest.mark.parametrize(
    ("named", "expected"),
    [
        ([REP], ()),
        ([REP, "cfo@acme.test"], ("cfo@acme.test",)),
        (["cfo@acme.test", REP, "cole@northwind.test"], ("cfo@acme.test", "cole@northwind.test")),
        ([REP, "carla@acme.test"], ()),
        ([REP, "carla+tickets@acme.test"], ()),
        (["rita+acme@northwind.test", "it@acme.test"], ("it@acme.test",)),
        ([REP, "stranger@elsewhere.test", "it@acme.test"], ("it@acme.test",)),
        ([REP, "it+lab@acme.test", "it@acme.test"], ("it+lab@acme.test",)),
    ],
)
def test_those_we_know_are_copied_once(named, expected):
    writer = "carla@acme.test"
    assert copied(named, without={writer, REP}, known=KNOWN) == expected


def test_a_crowd_is_cut():
    crowd = [f"p{n}@acme.test" for n in range(MOST + 30)]
    assert copied(crowd, without={REP}, known=set(crowd)) == tuple(crowd[:MOST])
