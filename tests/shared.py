"""Where the real material lies when somebody has it: in `shared`, beside the checkout. And the
keys of tests that need some."""

from pathlib import Path

from services.vault import Vault, generate

SHARED = Path(__file__).resolve().parents[2] / "shared"
DATA = SHARED / "data"
VAULT = Vault.parse(generate())
"""One a process: what one service seals, another one opens."""
