"""Which facts stand plainly in the audit, and what becomes of the others."""

from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.audit_facts import ERASED, UNREADABLE, join, outline, split
from services.audit_seals import FactSeal
from services.vault import Vault, generate

ID = "0190ab12-3456-7890-abcd-ef0123456789"
PLAIN = {
    "revision": 3,
    "hash": "ab" * 32,
    "surface": "slack",
    "request": ID,
    "due_at": "2026-11-21T09:30:00+00:00",
    "predicted": "0.6000",
    "types": ["send_routine_response", "discuss_pricing"],
    "currency": "USD",
    "event": "human reply within 7 days",
    "nothing": None,
    "counts": {"messages": 3},
}
PERSONAL = {
    "reason": "no",
    "why": "Rita Rep undid it before it left.",
    "name": "carla",
    "file": "carla.vtt",
    "address": "carla@acme.test",
    "surface": "carla@acme.test",
    "conditions": ["Paid within 14 days"],
    "members.csv": {"created": 1},
    "thought_of_by_nobody": "Acme",
}


@pytest.mark.parametrize("key", PLAIN)
def test_codes_figures_and_ids_stand_plainly(key: str) -> None:
    assert split({key: PLAIN[key]}) == ({key: PLAIN[key]}, {})


@pytest.mark.parametrize("key", PERSONAL)
def test_everything_else_is_personal(key: str) -> None:
    assert split({key: PERSONAL[key]}) == ({}, {key: PERSONAL[key]})


def test_a_table_is_taken_apart_and_put_together() -> None:
    facts = {"effect": {"amount": Decimal("12.5"), "type": "discount", "text": "For Carla."}}
    plain, personal = split(facts)
    assert plain == {"effect": {"amount": Decimal("12.5"), "type": "discount"}}
    assert outline(personal) == {"effect": {"text": ERASED}}
    assert join(plain, personal) == facts


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)


@given(st.dictionaries(st.text(max_size=8), values, max_size=6))
def test_nothing_is_lost_or_shown_on_the_way(facts: dict[str, object]) -> None:
    plain, personal = split(facts)
    assert join(plain, personal) == facts
    for word in ("@", " "):
        told = [one for one in _words(plain) if word in one]
        assert not told


def _words(value: object) -> list[str]:
    if isinstance(value, str):
        return [value] if value.strip() not in {"", "%"} and not value[:1].isdigit() else []
    if isinstance(value, dict):
        return [one for inner in value.values() for one in _words(inner)]
    return [one for inner in value for one in _words(inner)] if isinstance(value, list) else []


def test_only_its_own_key_opens_an_entry_and_without_one_it_says_nothing() -> None:
    seal, tenant, entry = FactSeal(Vault.parse(generate())), uuid4(), uuid4()
    facts = {"reason": "Carla says no", "revision": 2}
    body, key = seal.seal(tenant, entry, facts)
    assert key is not None
    assert "Carla" not in str(body)
    assert seal.read(tenant, entry, body, key.key) == facts
    assert seal.read(tenant, entry, body, None) == {"reason": ERASED, "revision": 2}
    for wrong in ((UUID(int=1), entry, seal), (tenant, UUID(int=1), seal)):
        assert wrong[2].read(wrong[0], wrong[1], body, key.key)["reason"] == UNREADABLE
    other = FactSeal(Vault.parse(generate("k2")))
    assert other.read(tenant, entry, body, key.key)["reason"] == UNREADABLE
    assert seal.seal(tenant, entry, {"revision": 2}) == ({"facts": {"revision": 2}}, None)


def test_a_key_moves_under_the_present_encryption_key() -> None:
    old, new = generate("k1"), generate("k2")
    tenant, entry = uuid4(), uuid4()
    body, key = FactSeal(Vault.parse(old)).seal(tenant, entry, {"reason": "No, thanks"})
    assert key is not None
    moved = FactSeal(Vault.parse(f"{new},{old}")).reseal(tenant, entry, key.key)
    assert moved.key_id == "k2"
    read = FactSeal(Vault.parse(new)).read(tenant, entry, body, moved.key)
    assert read == {"reason": "No, thanks"}
