"""Old and new code run over one database while an upgrade rolls: a migration only adds, or says
from which revision on code may run."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

VERSIONS = Path(__file__).parents[3] / "migrations" / "versions"
# Older ones were written before anything ran that could have been upgraded under load.
FIRST_HELD_TO_IT = "0029"

TAKES_AWAY = {"drop_column", "drop_table", "rename_table"}
"""Old code reads and writes these."""
DEMANDS = {"create_check_constraint", "create_unique_constraint", "create_foreign_key"}
"""Old code may write what these refuse, unless one of the same name is only widened."""
WORDS = ("drop column", "drop table", "rename ", "set not null", "drop view", "drop function")


def contractions(source: str) -> Iterator[str]:
    """What in `upgrade` the release before would fail on."""
    upgrade = next(
        node
        for node in ast.parse(source).body
        if isinstance(node, ast.FunctionDef) and node.name == "upgrade"
    )
    dropped: set[str] = set()
    for call in (node for node in ast.walk(upgrade) if isinstance(node, ast.Call)):
        name = call.func.attr if isinstance(call.func, ast.Attribute) else ""
        told = ast.unparse(call)
        first = ast.unparse(call.args[0]) if call.args else ""
        if name == "drop_constraint":
            dropped.add(first)
        elif (
            name in TAKES_AWAY
            or (name in DEMANDS and first not in dropped)
            or (name == "alter_column" and _changes(call))
            or (name == "add_column" and _demands(told))
            or (name == "execute" and any(word in told.lower() for word in WORDS))
        ):
            yield told


def _changes(call: ast.Call) -> bool:
    given = {word.arg: ast.unparse(word.value) for word in call.keywords}
    return "type_" in given or "new_column_name" in given or given.get("nullable") == "False"


def _demands(told: str) -> bool:
    return "nullable=False" in told and "server_default" not in told


def says_so(source: str) -> bool:
    return "needs_code(" in source


HELD = sorted(path for path in VERSIONS.glob("*.py") if path.stem[:4] >= FIRST_HELD_TO_IT)


@pytest.mark.parametrize("path", HELD, ids=lambda path: path.stem)
def test_a_migration_only_adds_or_says_who_may_run(path: Path) -> None:
    source = path.read_text()
    assert says_so(source) or not list(contractions(source))


@pytest.mark.parametrize(
    ("line", "contracts"),
    [
        ("op.add_column('drafts', sa.Column('mood', sa.String(), nullable=True))", False),
        ("op.add_column('drafts', sa.Column('mood', sa.String(), nullable=False))", True),
        (
            "op.add_column('d', sa.Column('n', sa.Integer(), server_default='0', nullable=False))",
            False,
        ),
        ("op.create_index('ix_drafts_mood', 'drafts', ['mood'])", False),
        ("op.drop_column('drafts', 'mood')", True),
        ("op.alter_column('drafts', 'mood', nullable=False)", True),
        ("op.alter_column('drafts', 'mood', nullable=True)", False),
        ("op.alter_column('drafts', 'mood', new_column_name='tone')", True),
        ("op.execute('alter table drafts rename column mood to tone')", True),
        ("op.create_check_constraint('ck_drafts_mood', 'drafts', 'mood > 0')", True),
    ],
)
def test_what_takes_away_is_told_from_what_adds(line: str, contracts: bool) -> None:  # noqa: FBT001 - a table
    assert bool(list(contractions(f"def upgrade():\n    {line}"))) is contracts


def test_a_check_may_be_widened() -> None:
    source = (
        "def upgrade():\n"
        "    op.drop_constraint('ck_drafts_status', 'drafts')\n"
        "    op.create_check_constraint('ck_drafts_status', 'drafts', 'status in (1, 2)')\n"
    )
    assert not list(contractions(source))
