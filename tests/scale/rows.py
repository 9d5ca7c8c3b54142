"""What stands in the tables of people and customers. `tests/scale/size.py` says how much.

Ids follow from a number. Member 1 is the rep that is looked at, 2 an admin, 3 an executive;
every tenth one leads the nine before. Account n belongs to member 1 + (n - 1) % members.
"""

from tests.scale.filling import Fill


def key(sort: str, n: str) -> str:
    """The id of the n-th of a sort."""
    return f"md5($tenant::text || '{sort}' || {n})::uuid"


EARLY = "$now - interval '800 days'"
ACCOUNT_OWNER = "1 + (a - 1) % $members"

PEOPLE = (
    Fill(
        "members",
        "generate_series(1, $members) n",
        {
            "id": key("m", "n"),
            "created_at": EARLY,
            "email": "'m' || n || '@northwind.example'",
            "name": "'Member ' || n",
            "role": "case when n = 2 then 'admin' when n = 3 then 'executive' "
            "when n % 10 = 0 then 'manager' else 'rep' end",
            "slack_user_id": "'U' || n",
            "dm_channel": "'D' || n",
            "manager_id": f"case when n % 10 > 0 and n <= $members / 10 * 10 then "
            f"{key('m', '((n + 9) / 10 * 10)')} end",
            "enabled_at": EARLY,
        },
    ),
    Fill(
        "mailboxes",
        "generate_series(1, $members) n",
        {
            "id": key("b", "n"),
            "created_at": EARLY,
            "member_id": key("m", "n"),
            "address": "'m' || n || '@northwind.example'",
            "history_id": "1",
            "synced_at": "$now",
            "connected_at": EARLY,
        },
    ),
    Fill(
        "home_visits",
        "generate_series(1, $members) n",
        {
            "id": key("hv", "n"),
            "created_at": EARLY,
            "member_id": key("m", "n"),
            "seen_at": "$now - interval '1 hour'",
            "since": "$now - interval '2 days'",
        },
    ),
    Fill(
        "timers",
        "generate_series(1, $members) n",
        {
            "kind": "'digest'",
            "subject_id": key("m", "n"),
            "due_at": "$now + interval '20 hours'",
        },
    ),
    Fill(
        "digests",
        "generate_series(1, $members) n, generate_series(1, 60) d",
        {
            "id": key("dg", "n || '.' || d"),
            "created_at": "$now - d * interval '1 day'",
            "member_id": key("m", "n"),
            "day": "($now - d * interval '1 day')::date",
        },
    ),
    Fill(
        "goals",
        "generate_series(1, $members) n, generate_series(0, 1) g",
        {
            "id": key("g", "n || '.' || g"),
            "created_at": "$now - interval '40 days'",
            "kind": "'activity'",
            "scope": "'member'",
            "member_id": key("m", "n"),
            "starts_on": "($now - interval '30 days')::date - g * 60",
            "ends_on": "($now + interval '30 days')::date - g * 60",
            "status": "case g when 0 then 'active' else 'met' end",
            "target": "100",
        },
    ),
    Fill(
        "goal_progress",
        "generate_series(1, $members) n, generate_series(1, 30) d",
        {
            "id": key("gp", "n || '.' || d"),
            "created_at": "$now - d * interval '1 day'",
            "goal_id": key("g", "n || '.0'"),
            "day": "($now - d * interval '1 day')::date",
            "value": "d",
        },
    ),
    Fill(
        "edit_habits",
        "generate_series(1, $members) n, generate_series(1, 10) d",
        {
            "id": key("eh", "n || '.' || d"),
            "created_at": EARLY,
            "member_id": key("m", "n"),
            "key": "'habit ' || d",
            "change": "'cut'",
            "before": "'just checking in ' || d",
            "place": "'phrase'",
            "status": "case d when 1 then 'accepted' else 'seen' end",
            "times": "d",
        },
    ),
    Fill(
        "approval_requests",
        "generate_series(1, $members) n, generate_series(1, 10) d",
        {
            "id": key("ar", "n || '.' || d"),
            "created_at": "$now - d * interval '9 days'",
            "type": "'discount'",
            "status": "case d when 1 then 'pending' else 'approved' end",
            "requester_id": key("m", "n"),
            "account_id": key("a", "n"),
            "deal_id": key("d", "n"),
            "percentage": "10",
            "reason": "'They have a better offer.'",
            "payload": """'{"type": "discount", "percentage": "10"}'""",
            "payload_hash": "repeat('a', 64)",
            "rule_version": "1",
            "rule_id": "'discount'",
            "route": """'{"remind_before": [3600], "escalate": ["manager", "admin"],
                "sla": 86400, "expires_after": 604800, "read_at_least": 10}'""",
            "route_sentence": "'A discount from 10 % is decided by a manager.'",
            "due_at": "$now - d * interval '9 days' + interval '10 days'",
            "settled_at": "case when d > 1 then $now - d * interval '9 days' end",
            "settled_by": f"case when d > 1 then {key('m', '((n + 9) / 10 * 10)')} end",
        },
    ),
    Fill(
        "approval_seats",
        "generate_series(1, $members) n, generate_series(1, 10) d",
        {
            "id": key("as", "n || '.' || d"),
            "created_at": "$now - d * interval '9 days'",
            "request_id": key("ar", "n || '.' || d"),
            "number": "1",
            "title": "'sales_manager'",
            "holder_id": key("m", "least((n + 9) / 10 * 10, $members)"),
            "waiting": "d = 1",
        },
    ),
)

CUSTOMERS = (
    Fill(
        "accounts",
        "generate_series(1, $accounts) a",
        {
            "id": key("a", "a"),
            "created_at": EARLY,
            "name": "'Company ' || a",
            "domain": "'company' || a || '.example'",
            "industry": "(array['Retail', 'Health', 'Energy', 'Public'])[1 + a % 4]",
            "owner_id": key("m", f"({ACCOUNT_OWNER})"),
            "health": "20 + a % 80",
            "lifecycle": "'active'",
            "renewal_date": "$now::date + a % 300",
        },
    ),
    Fill(
        "account_owners",
        "generate_series(1, $accounts) a",
        {
            "id": key("ao", "a"),
            "created_at": EARLY,
            "account_id": key("a", "a"),
            "member_id": key("m", f"({ACCOUNT_OWNER})"),
            "function": "'sales'",
        },
    ),
    Fill(
        "contacts",
        "generate_series(1, $accounts * 3) n, lateral (select 1 + (n - 1) % $accounts as a) x",
        {
            "id": key("c", "n"),
            "created_at": EARLY,
            "account_id": key("a", "a"),
            "email": "'p' || n || '@company' || a || '.example'",
            "name": "'Person ' || n",
            "title": "'Head of Operations'",
            "status": "'confirmed'",
        },
    ),
    Fill(
        "deals",
        "generate_series(1, $accounts * 2) n, lateral (select 1 + (n - 1) % $accounts as a) x",
        {
            "id": key("d", "n"),
            "created_at": EARLY,
            "account_id": key("a", "a"),
            "name": "'Rollout ' || n",
            "stage": "case when n <= $accounts then 'discovery' else 'closed_won' end",
            "amount": "1000 + n % 50000",
            "close_date": "$now::date + n % 200 - case when n > $accounts then 400 else 0 end",
            "owner_id": key("m", f"({ACCOUNT_OWNER})"),
            "stage_changed_at": "$now - (n % 300 + 3) * interval '1 day'",
        },
    ),
    Fill(
        "deal_changes",
        "generate_series(1, $accounts * 2) n, generate_series(1, 2) d",
        {
            "id": key("dc", "n || '.' || d"),
            "created_at": "$now - (n % 300 + 3 * d) * interval '1 day'",
            "deal_id": key("d", "n"),
            "field": "case d when 1 then 'stage' else 'amount' end",
            "before": "case d when 1 then 'initial' else '900' end",
            "after": "case d when 1 then 'discovery' else '1000' end",
        },
    ),
    Fill(
        "signals",
        "generate_series(1, $accounts) a, generate_series(1, 2) d",
        {
            "id": key("s", "a || '.' || d"),
            "created_at": "$now - a % 365 * interval '1 day'",
            "account_id": key("a", "a"),
            "kind": "'risk'",
            "name": "'cancellation'",
            "cause": "d::text",
            "severity": "'high'",
            "confidence": "0.8",
            "threshold": "0.7",
            "status": "case when d = 1 and a % 10 = 1 then 'raised' else 'cleared' end",
            "raised_at": "$now - a % 365 * interval '1 day'",
            "seen_at": "$now - a % 365 * interval '1 day'",
        },
    ),
    Fill(
        "detections",
        "generate_series(1, $accounts) a, generate_series(1, 2) d",
        {
            "id": key("dt", "a || '.' || d"),
            "created_at": "$now - a % 365 * interval '1 day'",
            "account_id": key("a", "a"),
            "kind": "'risk'",
            "name": "'cancellation'",
            "cause": "d::text",
            "severity": "'high'",
            "confidence": "0.8",
            "digest": "md5(d::text)",
            "found_at": "$now - a % 365 * interval '1 day'",
        },
    ),
    Fill(
        "health_records",
        "generate_series(1, $accounts) a, generate_series(1, 6) d",
        {
            "id": key("h", "a || '.' || d"),
            "created_at": "$now - d * interval '30 days'",
            "account_id": key("a", "a"),
            "health": "20 + (a + d) % 80",
            "before": "20 + a % 80",
            "lifecycle": "'active'",
            "source": "'computed'",
        },
    ),
    Fill(
        "meetings",
        "generate_series(1, $accounts) a, generate_series(1, 2) d",
        {
            "id": key("mt", "a || '.' || d"),
            "created_at": "$now - a % 300 * interval '1 day'",
            "account_id": key("a", "a"),
            "uid": "'meeting ' || a || '.' || d",
            "title": "'Review'",
            "starts_at": "$now + (d * 10 - a % 300) * interval '1 day'",
            "ends_at": "$now + (d * 10 - a % 300) * interval '1 day' + interval '1 hour'",
            "source": "'invitation'",
            "changed_at": "$now - a % 300 * interval '1 day'",
        },
    ),
    Fill(
        "summaries",
        "generate_series(1, $accounts) a, generate_series(1, 4) d",
        {
            "id": key("sm", "a || '.' || d"),
            "created_at": "$now - d * interval '7 days'",
            "account_id": key("a", "a"),
            "period": "'week'",
            "starts_on": "date_trunc('week', $now - d * interval '7 days')::date",
            "ends_on": "date_trunc('week', $now - d * interval '7 days')::date + 6",
            "source_hash": "md5(a::text)",
            "source_count": "3",
            "made_at": "$now - d * interval '6 days'",
        },
    ),
    Fill(
        "account_looks",
        "generate_series(1, $accounts) a",
        {
            "id": key("al", "a"),
            "created_at": EARLY,
            "account_id": key("a", "a"),
            "wanted_rev": "5",
            "looked_rev": "5",
            "wanted_at": "$now - interval '1 day'",
            "looked_at": "$now - interval '1 day'",
        },
    ),
    Fill(
        "triggers",
        "generate_series(1, $accounts) a, generate_series(1, 4) d",
        {
            "id": key("tr", "a || '.' || d"),
            "created_at": "$now - (a % 90 + d) * interval '1 day'",
            "kind": "'silence'",
            "key": "'silence ' || a || '.' || d",
            "account_id": key("a", "a"),
            "member_id": key("m", f"({ACCOUNT_OWNER})"),
            "purpose": "'follow_up'",
            "action_type": "'send_follow_up_email'",
            "status": "case when d = 1 and a % 20 = 0 then 'proposed' else 'lapsed' end",
            "seen_at": "$now - a % 90 * interval '1 day'",
            "proposed_at": "$now - a % 90 * interval '1 day'",
        },
    ),
)
