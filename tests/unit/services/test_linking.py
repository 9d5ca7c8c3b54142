"""Linking is exact: a person, or a company's own domain, and never anybody's mail provider."""

from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.linking import (
    Holder,
    Known,
    KnownAccount,
    KnownContact,
    choose_responder,
    decide,
    is_colleague,
    spellings,
)
from services.mail_domains import PUBLIC_DOMAINS
from services.types.mail import Address

ACME, OTHER, DANA = (UUID(int=n) for n in (1, 2, 3))


def at(email: str) -> Address:
    return Address(email=email)


def known(**changes) -> Known:
    return Known(
        **{
            "contacts": {"dana@acme.test": KnownContact(id=DANA, account_id=ACME, excluded=False)},
            "domains": {"acme.test": [KnownAccount(id=ACME, excluded=False)]},
            "accounts": {ACME: KnownAccount(id=ACME, excluded=False)},
            "own_addresses": frozenset({"ana@sell.test", "ben@gmail.com"}),
            "own_domains": frozenset({"sell.test", "gmail.com"}),
        }
        | changes
    )


@pytest.mark.parametrize("email", ["dana@acme.test", "dana+offers@acme.test"])
def test_a_contact_is_linked_by_address(email: str) -> None:
    link = decide([at(email)], known())
    assert (link.account_id, link.contact_id, link.learned) == (ACME, DANA, None)


def test_a_stranger_at_the_domain_is_linked_and_learned() -> None:
    link = decide([at("kim@acme.test")], known())
    assert (link.account_id, link.contact_id, link.learned) == (ACME, None, at("kim@acme.test"))


def test_a_domain_of_two_accounts_links_nobody() -> None:
    two = [KnownAccount(id=ACME, excluded=False), KnownAccount(id=OTHER, excluded=False)]
    assert decide([at("kim@acme.test")], known(domains={"acme.test": two})).account_id is None


@pytest.mark.parametrize("domain", ["sub.acme.test", "acme.test.evil.test", "notacme.test"])
def test_only_the_exact_domain_counts(domain: str) -> None:
    assert decide([at(f"kim@{domain}")], known()).account_id is None


@given(domain=st.sampled_from(sorted(PUBLIC_DOMAINS)), local=st.from_regex(r"[a-z]{1,9}\Z"))
def test_a_mail_provider_never_links(domain: str, local: str) -> None:
    everyone = known(domains={domain: [KnownAccount(id=ACME, excluded=False)]})
    link = decide([at(f"{local}@{domain}")], everyone)
    assert link.account_id is None
    assert not link.excluded


@given(
    parties=st.lists(
        st.sampled_from(["ana@sell.test", "new@sell.test", "ben@gmail.com", "ceo@sell.test"])
    )
)
def test_colleagues_never_link(parties: list[str]) -> None:
    everywhere = known(
        domains={"sell.test": [KnownAccount(id=OTHER, excluded=False)]},
        contacts={
            email: KnownContact(id=DANA, account_id=ACME, excluded=False) for email in parties
        },
    )
    link = decide([at(email) for email in parties], everywhere)
    assert (link.account_id, link.contact_id) == (None, None)


def test_a_shared_provider_makes_nobody_a_colleague() -> None:
    assert is_colleague(at("ben@gmail.com"), known())
    assert not is_colleague(at("stranger@gmail.com"), known())


@pytest.mark.parametrize(
    "changes",
    [
        {"domains": {"acme.test": [KnownAccount(id=ACME, excluded=True)]}, "contacts": {}},
        {"accounts": {ACME: KnownAccount(id=ACME, excluded=True)}},
        {"contacts": {"dana@acme.test": KnownContact(id=DANA, account_id=ACME, excluded=True)}},
    ],
)
def test_one_excluded_party_keeps_the_whole_mail_out(changes) -> None:
    link = decide([at("someone@else.test"), at("dana@acme.test")], known(**changes))
    assert link.excluded


def test_a_known_person_outranks_a_known_domain() -> None:
    link = decide([at("kim@acme.test"), at("dana@acme.test")], known())
    assert link.contact_id == DANA


@given(st.emails())
def test_spellings_begin_with_the_address_itself(email: str) -> None:
    found = spellings(at(email.lower()))
    assert found[0] == email.lower()
    assert all("@" in one for one in found)


ANA, BEN, CARA = (uuid4() for _ in range(3))


def holder(who: UUID, name: str) -> Holder:
    return Holder(mailbox_id=UUID(int=who.int ^ 1), member_id=who, address=f"{name}@sell.test")


def test_in_one_mailbox_the_owner_answers() -> None:
    chosen = choose_responder([holder(ANA, "ana")], [at("ana@sell.test")], CARA)
    assert chosen.member_id == CARA
    assert chosen.mailbox_id == holder(ANA, "ana").mailbox_id


@pytest.mark.parametrize("turn", [1, -1])
@pytest.mark.parametrize(
    ("to", "owner", "expected"),
    [
        (["ana"], BEN, ANA),
        (["ana", "ben"], BEN, BEN),
        (["ben", "ana"], CARA, BEN),
        (["ana", "ben"], None, ANA),
        ([], BEN, BEN),
    ],
)
def test_of_two_mailboxes_the_one_written_to_answers_whichever_came_first(
    to: list[str], owner: UUID | None, expected: UUID, turn: int
) -> None:
    holders = [holder(ANA, "ana"), holder(BEN, "ben")][::turn]
    chosen = choose_responder(holders, [at(f"{name}@sell.test") for name in to], owner)
    assert chosen.member_id == expected


def test_nobody_holds_it_and_nobody_owns_it() -> None:
    assert choose_responder([], [], None).member_id is None
