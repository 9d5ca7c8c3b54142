"""What is counted, all of it in one place but the database's own (db/metrics.py).

A name begins with `understudy_` and ends with its unit, or `_total` where it counts. Label values
are bounded by the code: route names, kinds, purposes, vendors' methods, outcomes. Never a tenant,
a person, an address or anything somebody wrote: /metrics tells strangers how busy we are, no more.
docs/observability.md tells what each means; a test holds this list and that page together.
"""

from prometheus_client import Counter, Gauge, Histogram, disable_created_metrics

# A second series for each one, which nobody reads.
disable_created_metrics()  # type: ignore[no-untyped-call] # the library's own gap

QUICK = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
LONG = (0.01, 0.05, 0.1, 0.5, 1, 5, 15, 60, 300, 1800)

# ── Doors ────────────────────────────────────────────────────────────────────────────────────────
HTTP_REQUESTS = Counter(
    "understudy_http_requests_total",
    "HTTP requests by route as registered, method and class of status. Probes are left out.",
    ["route", "method", "status"],
)
HTTP_SECONDS = Histogram(
    "understudy_http_request_seconds", "Time to answer an HTTP request.", ["route"], buckets=QUICK
)
SLACK_REQUESTS = Counter(
    "understudy_slack_requests_total", "Requests at Slack's door by outcome.", ["outcome"]
)
SLACK_ACK_SECONDS = Histogram(
    "understudy_slack_ack_seconds",
    "Time until Slack had its answer, by kind of request. Slack gives up after three seconds.",
    ["kind"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.2, 0.35, 0.5, 0.75, 1, 1.5, 2, 2.5, 3, 5),
)
FEATURE_USES = Counter(
    "understudy_feature_uses_total",
    "What people used: a command, button, form or shortcut, by feature.",
    ["feature", "by"],
)
ERRORS_TOLD = Counter(
    "understudy_errors_told_total",
    "Answers at Slack's door that said no: refused (decided), or failed (a fault of ours).",
    ["sort"],
)
GMAIL_PUSHES = Counter("understudy_gmail_pushes_total", "Pushes from Gmail by result.", ["result"])
ACT_PAGES = Counter(
    "understudy_act_pages_total", "Pages behind links in mails, by state.", ["method", "state"]
)
CONNECT_PAGES = Counter(
    "understudy_connect_pages_total", "Pages of connecting a mailbox, by state.", ["state"]
)
INSTALL_PAGES = Counter("understudy_install_pages_total", "Pages of installing, by step.", ["step"])
TOKENS_REFUSED = Counter(
    "understudy_tokens_refused_total",
    "Tokens in mails and links that were refused.",
    ["surface", "why"],
)
STREAMS = Gauge("understudy_figure_streams", "Streams of figures that are open at /api.")

# ── Vendors ──────────────────────────────────────────────────────────────────────────────────────
VENDOR_CALLS = Counter(
    "understudy_vendor_calls_total",
    "Calls to Slack, Gmail and mail servers by method and outcome.",
    ["vendor", "method", "outcome"],
)
VENDOR_SECONDS = Histogram(
    "understudy_vendor_call_seconds",
    "Time such a call took.",
    ["vendor", "method"],
    buckets=QUICK,
)
VENDOR_WAIT = Counter(
    "understudy_vendor_wait_seconds_total",
    "Seconds a vendor asked us to wait (Retry-After of its rate limits).",
    ["vendor"],
)
MODEL_CALLS = Counter(
    "understudy_model_calls_total",
    "Model calls by purpose, family of models and outcome.",
    ["purpose", "family", "outcome"],
)
MODEL_SECONDS = Histogram(
    "understudy_model_call_seconds",
    "Time a model call took, its retries included.",
    ["purpose"],
    buckets=(0.1, 0.25, 0.5, 1, 2, 5, 10, 20, 30, 60),
)
MODEL_TOKENS = Counter(
    "understudy_model_tokens_total",
    "Tokens sent and received.",
    ["purpose", "family", "direction"],
)
MODEL_COST = Counter(
    "understudy_model_cost_usd_total",
    "What model calls cost in US dollars, where the price is known.",
    ["purpose", "family"],
)
MODEL_REFUSED = Counter(
    "understudy_model_refused_total",
    "Calls that were not made: the budget is used up, or the breaker is open.",
    ["why"],
)
BREAKER_OPEN = Gauge(
    "understudy_model_breaker_open",
    "1 while a model (language, embedding) keeps failing and isn't asked.",
    ["model"],
)

# ── Jobs ─────────────────────────────────────────────────────────────────────────────────────────
JOBS_DONE = Counter("understudy_jobs_total", "Job runs by kind and result.", ["kind", "result"])
JOB_SECONDS = Histogram(
    "understudy_job_seconds", "Time one run of a job took.", ["kind"], buckets=LONG
)
JOB_WAIT = Histogram(
    "understudy_job_wait_seconds",
    "From when a job was due to when a worker took it.",
    ["kind"],
    buckets=LONG,
)
JOB_LAG = Histogram(
    "understudy_job_lag_seconds",
    "From the commit that wanted a job to its end, its retries included.",
    ["kind"],
    buckets=LONG,
)
JOB_RETRIES = Counter("understudy_job_retries_total", "Runs that were not a job's first.", ["kind"])

# ── Business ─────────────────────────────────────────────────────────────────────────────────────
CARDS = Counter(
    "understudy_cards_total",
    "Deliveries of cards by kind and result: posted, edited, failed, empty, postponed.",
    ["kind", "result"],
)
AUDIT_ENTRIES = Counter(
    "understudy_audit_entries_total", "Entries committed to the audit, by verb.", ["verb"]
)
DECISIONS = Counter(
    "understudy_decisions_total",
    "What people decided about drafts, and where.",
    ["decision", "surface"],
)
RECOMMENDATIONS = Counter(
    "understudy_recommendations_total",
    "What became of suggestions people were shown: taken, put off, dismissed.",
    ["sort", "answer"],
)
EFFECTS = Counter(
    "understudy_effects_total",
    "Mails on their way: claimed, sent, cancelled, undone, unknown, incident.",
    ["result"],
)
OUTCOMES = Counter(
    "understudy_outcomes_total", "Predictions that were settled.", ["kind", "status"]
)
VERDICTS = Counter(
    "understudy_guardrail_verdicts_total", "Verdicts on texts that were written.", ["verdict"]
)
VOTES = Counter(
    "understudy_approval_votes_total", "Votes on approval requests.", ["choice", "surface"]
)
HASTY_VOTES = Counter(
    "understudy_approval_hasty_votes_total", "Votes given sooner than the request can be read."
)
VOTE_SECONDS = Histogram(
    "understudy_approval_vote_seconds",
    "From the delivery of a request to the vote, where the delivery is known.",
    buckets=(5, 10, 30, 60, 300, 900, 3_600, 14_400, 86_400, 604_800),
)
INBOUND = Counter(
    "understudy_inbound_events_total",
    "Things received, by source: new, repeat, set_aside, done, failed.",
    ["source", "result"],
)
MAIL_LAG = Histogram(
    "understudy_mail_lag_seconds",
    "From when Gmail received a mail to when it was stored here; first readings left out.",
    buckets=(1, 2, 5, 10, 30, 60, 120, 300, 900, 3600),
)
MAIL_EXCLUDED = Counter("understudy_mail_excluded_total", "Mail of excluded people, not kept.")
MAIL_ORDERS = Counter(
    "understudy_mail_orders_total", "Mail read in system mailboxes, by outcome.", ["outcome"]
)

# ── Time and the process ─────────────────────────────────────────────────────────────────────────
CLOCK_OFFSET = Gauge(
    "understudy_clock_offset_seconds",
    "PostgreSQL's clock minus this process's Clock at the last look: what it drifted in a minute.",
)
CLOCK_SKEW = Gauge(
    "understudy_clock_skew_seconds", "PostgreSQL's clock minus this machine's own at the last look."
)
CLOCK_PAUSES = Counter(
    "understudy_clock_pauses_total", "Jumps of PostgreSQL's clock, at which claims paused."
)
TICKS_LOST = Counter("understudy_ticks_lost_total", "Ticks the scheduler could not write down.")
BUILD = Gauge("understudy_build_info", "1, with the version that runs.", ["version", "python"])
ROLE = Gauge("understudy_role", "1 for each part this process is.", ["role"])
