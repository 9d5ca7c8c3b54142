"""The security matrix: what was tried at every door, table, payload, mail and injection, and how
much of it held.

A section is a module of this package with two names:

    TITLE = "Tables"                         # its heading in the table

    async def rows(trial: Trial) -> list[Row]:   # or a plain function

`python -m tests.security --only tables` runs the module `tables.py`; without `--only` every module
that has `rows` runs, in alphabetical order. Row and Trial are in `rows.py`: a row says how many
cases of one sort were tried and how many held; what could not be tried says so in its note by
`not_checked`, and never counts as held. `trial.database()` gives a migrated database of one's own,
`trial.seed` makes random choices repeatable, `trial.some(all, quick)` is how many.
"""
