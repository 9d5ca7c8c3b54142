"""What the database's own layer counts. Everything else is in services/metrics.py.

Each name begins with `understudy_`, ends with its unit, and each label's values are written down in
the code: never an id, an address, or anything a person wrote. docs/observability.md tells what each
means and when to worry.
"""

from prometheus_client import Counter, Gauge, Histogram

TRANSACTION_SECONDS = Histogram(
    "understudy_db_transaction_seconds",
    "Time a transaction was open, by its sort (write, read, directory) and how it ended.",
    ["sort", "result"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)
WAIT_SECONDS = Histogram(
    "understudy_db_connection_wait_seconds",
    "Time a transaction waited for one of the process's connections.",
    buckets=(0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5),
)
IN_USE = Gauge("understudy_db_connections_in_use", "Connections of the pool with a transaction on.")
WAITING = Gauge("understudy_db_connections_waiting", "Transactions that wait for a connection.")
LIMIT = Gauge("understudy_db_connections_limit", "Connections the process's pools may open.")
RECONNECTS = Counter(
    "understudy_db_reconnects_total", "Times the database was found gone when a transaction began."
)
ENQUEUED = Counter("understudy_jobs_enqueued_total", "Jobs added to the queue, by kind.", ["kind"])
