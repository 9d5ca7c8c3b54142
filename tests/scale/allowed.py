"""Statements that may read a whole workspace's rows of some table: what tells each (a piece of it),
and why. Everything else is on an index by whose it is, or by when."""

ALLOWED: tuple[tuple[str, str], ...] = (
    (
        "s.status in ('raised', 'acknowledged')",
        "open signals of a workspace and their accounts: as many as are raised, not as there were",
    ),
    (
        "count(a.id) as accounts, avg(a.health)",
        "everybody's accounts on the page of who leads everybody; kept five minutes",
    ),
    (
        "select e.position from audit_links l",
        "goes back from the head over the links of ten minutes, and stops",
    ),
    (
        "accounts.id IN (SELECT accounts_1.id FROM accounts AS accounts_1",
        "a member's accounts: each is looked up, unless they are a good part of all there are",
    ),
    ("from judgements where tenant_id", "days without a shown text; a report's job, once a month"),
    ("with found as materialized", "a month of a report; a job counts it, once"),
    ("select count(distinct a.conversation_id)", "a month of a report; a job counts it, once"),
    ("with open_ as materialized", "open deals of a report; a job counts it, once"),
    (
        "select d.stage, d.currency, count(*) as deals",
        "the company's open deals, for executives: as many as are open",
    ),
    ("percentile_disc", "the usual amount of open deals, for a day's look at signals"),
    (
        "LEFT OUTER JOIN timers ON",
        "accounts whose timer is missing: a minute's look over the accounts, none over their past",
    ),
    ("SELECT EXISTS (SELECT * FROM accounts", "whether there is one: stops at the first"),
    ("with active as (", "accounts with something new, for a scan: a job four times a day"),
    ("LEFT OUTER JOIN search_entries", "the index beside its sources: a job of the night"),
    ("FROM search_entries LEFT OUTER JOIN", "the index beside its sources: a job of the night"),
    (
        "select a.id from accounts a where a.tenant_id = $1 and not a.excluded",
        "the hour's look for outreach: a page of accounts, job by job",
    ),
    (
        "SELECT count(*) AS count_1 FROM accounts WHERE accounts.tenant_id = $1::UUID",
        "how many accounts there are, on an admin's checklist",
    ),
    (
        "triggers.level != $2::VARCHAR AND coalesce(",
        "what everybody's outreach came to in some days, counted for who sees all; an index by day",
    ),
    ("SELECT count(*) AS count_1 FROM deals", "how many deals there are, on an admin's checklist"),
    (
        "select m.id from conversations c join messages m",
        "retention: a job of the night, in batches that stop when they are full",
    ),
    ("delete from conversations where tenant_id = $1 and id in", "retention, see above"),
    ("update draft_revisions set text", "retention, see above"),
    ("delete from digests where tenant_id = $1 and id in", "retention, see above"),
    ("delete from inbound_events where tenant_id = $1 and id in", "retention, see above"),
    ("delete from command_results where tenant_id = $1 and id in", "retention, see above"),
)


def allowed(statement: str) -> bool:
    plain = " ".join(statement.split())
    return any(piece in plain for piece, _ in ALLOWED)
