"""An account's past weeks and months in a few lines, each with the sources it rests on.

`service` is the daily look and the job; `planning` says what is stale, by `periods` and `hashing`.
`material` makes the sources ready for a model, `making` asks it, `lines` keeps what holds.
`history` is the way out: an account's past within a budget of tokens (services/tokens.py counts).
What stands behind a line, and whether it still does, is in db/summary_sources.py.
"""
