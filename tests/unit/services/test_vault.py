"""Secrets open only where they were sealed, and addresses are found again after a rotation."""

from dataclasses import replace
from uuid import uuid4

import pytest

from services.vault import Cell, Vault, VaultError, generate

CELL = Cell(tenant_id=uuid4(), table="mailboxes", column="credentials", row=uuid4())


def test_what_was_sealed_opens_in_its_own_cell() -> None:
    vault = Vault.parse(generate())
    sealed = vault.seal(b"token", CELL)
    assert b"token" not in sealed
    assert sealed != vault.seal(b"token", CELL)
    assert vault.open(sealed, CELL) == b"token"


@pytest.mark.parametrize(
    "elsewhere",
    [
        replace(CELL, tenant_id=uuid4()),
        replace(CELL, row=uuid4()),
        replace(CELL, table="tenants"),
        replace(CELL, column="bot_token"),
    ],
)
def test_a_copied_ciphertext_opens_nowhere_else(elsewhere: Cell) -> None:
    vault = Vault.parse(generate())
    with pytest.raises(VaultError):
        vault.open(vault.seal(b"token", CELL), elsewhere)


def test_a_flipped_bit_anywhere_is_noticed() -> None:
    vault = Vault.parse(generate())
    sealed = vault.seal(b"token", CELL)
    for at in range(len(sealed)):
        broken = bytearray(sealed)
        broken[at] ^= 1
        with pytest.raises(VaultError):
            vault.open(bytes(broken), CELL)
    for size in range(len(sealed)):
        with pytest.raises(VaultError):
            vault.open(sealed[:size], CELL)


def test_after_a_rotation_old_values_open_and_new_ones_use_the_new_key() -> None:
    old_key, new_key = generate("old"), generate("new")
    old, both, new = (Vault.parse(t) for t in (old_key, f"{new_key},{old_key}", new_key))
    sealed = old.seal(b"token", CELL)
    assert both.open(sealed, CELL) == b"token"
    assert not both.is_current(sealed)
    again = both.seal(b"token", CELL)
    assert both.is_current(again)
    assert new.open(again, CELL) == b"token"
    with pytest.raises(VaultError, match="old"):
        new.open(sealed, CELL)


def test_an_address_is_known_by_every_key_whatever_their_order() -> None:
    old_key, new_key = generate("old"), generate("new")
    (before,) = Vault.parse(old_key).address_hashes("Rep@Acme.test")
    after = Vault.parse(f"{new_key},{old_key}").address_hashes(" rep@acme.test ")
    assert after[1] == before
    assert after[0].version != before.version
    assert after[0].digest != before.digest
    assert {h.version for h in after} == {
        h.version for h in Vault.parse(f"{old_key},{new_key}").address_hashes("x")
    }


def test_derived_keys_differ_by_purpose_and_key() -> None:
    vault = Vault.parse(f"{generate('b')},{generate('a')}")
    made = [*vault.derived("links"), *vault.derived("devices")]
    assert len(set(made)) == 4
    assert not set(made) & set(vault.keys.values())


TWICE = f"{generate('k1')},{generate('k1')}"


@pytest.mark.parametrize(
    "text",
    ["", "k1", "k1:", "k1:c2hvcnQ=", pytest.param(TWICE, id="twice"), "a b:x", "k1:*" * 11],
)
def test_unusable_keys_are_refused_without_being_shown(text: str) -> None:
    with pytest.raises(VaultError) as caught:
        Vault.parse(text)
    assert "c2hvcnQ" not in str(caught.value)


def test_a_vault_doesnt_show_its_keys() -> None:
    assert "keys" not in repr(Vault.parse(generate()))
