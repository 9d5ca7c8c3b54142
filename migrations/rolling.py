"""What lets an old and a new release run side by side over one database.

A migration that only adds (expands) says nothing. One after which code older than some revision
would fail (a column dropped, renamed, made required: the contraction, a release later) calls
`needs_code`. The word stands in the database itself, where code that knows nothing of the newer
migration can read it before it starts.
"""

from alembic import op

VERSIONS = "alembic_version"
PREFIX = "needs code of "
READ_NEED = f"select obj_description('{VERSIONS}'::regclass)"


def needs_code(revision: str | None) -> None:
    """From here on only code that knows `revision` may start; going down, name the one before, or
    None where there was none."""
    if revision is not None and not revision.isalnum():
        raise ValueError(f"not a revision: {revision}")
    comment = f"'{PREFIX}{revision}'" if revision else "null"
    op.execute(f"comment on table {VERSIONS} is {comment}")


def needed_code(comment: str | None) -> str | None:
    """The revision that `needs_code` wrote, or None."""
    return comment.removeprefix(PREFIX) if comment and comment.startswith(PREFIX) else None
