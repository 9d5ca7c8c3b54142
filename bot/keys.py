"""Encryption keys: named by the admin, or made once for embedded data."""

import os

from bot.config import Settings
from services.errors import InvalidInput
from services.vault import Vault, VaultError, generate

FILE = "encryption_keys"


def load_vault(settings: Settings) -> Vault:
    """The vault of this installation. Keys are generated only beside embedded data: for an external
    database a lost key would lose every token in it. Raises InvalidInput."""
    given = settings.encryption_keys
    try:
        if given is not None:
            return Vault.parse(given.get_secret_value())
        if not settings.embedded:
            raise InvalidInput(
                "Set ENCRYPTION_KEYS: with a database of your own, keys aren't made up for you. "
                "A fresh one: understudy keys generate"
            )
        return Vault.parse(_kept(settings))
    except VaultError as error:
        raise InvalidInput(f"ENCRYPTION_KEYS: {error}") from error


def _kept(settings: Settings) -> str:
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    path = settings.data_dir / FILE
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    with os.fdopen(handle, "w") as file:
        file.write(generate() + "\n")
    return path.read_text().strip()
