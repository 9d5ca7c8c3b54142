"""What stands in the tables of work: two years of actions, and all that hangs on the newest.

Ids begin with their time, as the product's own do: rows made together lie together.
"""

from tests.scale.filling import Fill
from tests.scale.rows import key

AT = "$now - interval '1 minute' - ($actions - {n}) * interval '$step seconds'"


def key_at(sort: str, n: str, at: str) -> str:
    """The id of the n-th of a sort, beginning with a moment."""
    return (
        f"(lpad(to_hex((extract(epoch from {at}) * 1000)::bigint), 12, '0') "
        f"|| substr(md5($tenant::text || '{sort}' || {n}), 1, 20))::uuid"
    )


def dice(n: str, sides: int) -> str:
    """A number from 0 on that follows from n, and from nothing that n is divided by."""
    return f"((hashint8({n}) & 2147483647) % {sides})"


# One action after the other: its conversation, whose it is, and what became of it.
WORK = f"""(
    select *, {AT.format(n="c")} as began, 1 + (c - 1) % $members as who,
        1 + (c - 1) % $members + $members * (((c - 1) / $members) % $each) as acct,
        (array['send_routine_response', 'send_follow_up_email', 'schedule_meeting'])[1 + h % 3]
            as type,
        case when n > $actions - $waiting then 'pending' when h < 60 then 'done'
            when h < 70 then 'rejected' when h < 85 then 'voided' when h < 97 then 'handled'
            when h < 98 then 'failed' else 'held' end as became
    from (select n, 1 + (n - 1) % $recent as c, {dice("n", 100)} as h, {AT.format(n="n")} as at
          from generate_series({{first}}, $actions) n) one
) w"""
RECENT = WORK.format(first="$actions - $recent + 1")
DECIDED = "became in ('done', 'rejected', 'failed')"
ACTION = key_at("x", "n", "at")
DRAFT = key_at("y", "n", "at")
MAIL = key_at("i", "n", "at")
TALK = key_at("v", "c", "began")
TEXT = "'Hello, could you send me the security report by Friday? It is for audit ' || n"

ACTIONS = Fill(
    "actions",
    WORK.format(first="1"),
    {
        "id": ACTION,
        "created_at": "at",
        "type": "type",
        "status": "became",
        "account_id": key("a", "acct"),
        "deal_id": key("d", "acct"),
        "conversation_id": TALK,
        "draft_id": f"case when n > $actions - $recent then {DRAFT} end",
        "owner_id": key("m", "who"),
        "trigger": "'mail'",
        "verdict": "'approval_required'",
        "confidence": "0.3 + h % 50 / 100.0",
        "lineage": "'offline'",
        "decided_by": f"case when {DECIDED} then {key('m', 'who')} end",
        "decided_at": f"case when {DECIDED} or became = 'handled' "
        "then at + (1 + h % 50) * interval '1 minute' end",
        "decided_surface": f"case when {DECIDED} then 'slack' end",
        "decided_revision": f"case when {DECIDED} then 1 end",
    },
)
TALKS = (
    Fill(
        "conversations",
        RECENT,
        {
            "id": TALK,
            "created_at": "began",
            "subject": "'Security questions ' || c",
            "account_id": key("a", "acct"),
            "deal_id": key("d", "acct"),
            "responder_id": key("m", "who"),
            "responder_mailbox_id": key("b", "who"),
            "link": "'linked'",
            "head_message_id": MAIL,
            "last_message_at": "at",
        },
    ),
    Fill(
        "messages",
        RECENT,
        {
            "id": MAIL,
            "created_at": "at",
            "conversation_id": TALK,
            "contact_id": key("c", "acct"),
            "rfc_message_id": "'<i' || n || '@company.example>'",
            "direction": "'inbound'",
            "kind": "'human'",
            "proof": "'pass'",
            "sender": "jsonb_build_object('name', 'Person ' || acct, 'email', "
            "'p' || acct || '@company' || acct || '.example')",
            "subject": "'Security questions ' || c",
            "text": TEXT,
            "language": "'en'",
            "received_at": "at - interval '1 minute'",
            "attention": "case when h % 4 = 0 then 'quiet' else 'card' end",
        },
    ),
    Fill(
        "mailbox_messages",
        RECENT,
        {
            "id": key_at("mm", "n", "at"),
            "created_at": "at",
            "mailbox_id": key("b", "who"),
            "message_id": MAIL,
            "gmail_message_id": "'g' || n",
            "gmail_thread_id": "'t' || c",
        },
    ),
    Fill(
        "drafts",
        RECENT,
        {
            "id": DRAFT,
            "created_at": "at",
            "conversation_id": TALK,
            "message_id": MAIL,
            "mailbox_id": key("b", "who"),
            "status": "case became when 'pending' then 'ready' when 'done' then 'sent' "
            "when 'handled' then 'sent_by_hand' when 'held' then 'held' "
            "when 'failed' then 'failed' when 'rejected' then 'rejected' else 'voided' end",
            "revision": "1",
            "gmail_draft_id": "'r' || n",
            "gmail_thread_id": "'t' || c",
            "gmail_revision": "1",
        },
    ),
    Fill(
        "draft_revisions",
        RECENT,
        {
            "id": key_at("z", "n", "at"),
            "created_at": "at",
            "draft_id": DRAFT,
            "number": "1",
            "author": "'model'",
            "model": "'offline'",
            "sender": "'m' || who || '@northwind.example'",
            "to": "jsonb_build_array('p' || acct || '@company' || acct || '.example')",
            "subject": "'Re: Security questions ' || c",
            "text": "'Hello, the report is on its way. Best regards, Member ' || who",
            "thread_head_id": MAIL,
            "content_hash": "md5(n::text)",
        },
    ),
    Fill(
        "cards",
        RECENT,
        {
            "id": key_at("k", "n", "at"),
            "created_at": "at",
            "kind": "'mail'",
            "subject_id": ACTION,
            "recipient_id": key("m", "who"),
            "channel": "'D' || who",
            "ts": "n || '.0001'",
            "wanted_rev": "1",
            "delivered_rev": "1",
            "first_shown_at": "at + interval '20 seconds'",
        },
    ),
    Fill(
        "judgements",
        RECENT,
        {
            "id": key_at("j", "n", "at"),
            "created_at": "at",
            "action_id": ACTION,
            "revision": "1",
            "level": "'approve'",
            "verdict": "'approval_required'",
            "decision": "'asked'",
            "would": "'send'",
            "types": "jsonb_build_array(type)",
            "lineage": "'offline'",
        },
    ),
    Fill(
        "audit_entries",
        RECENT,
        {
            "id": key_at("e", "n", "at"),
            "created_at": "at",
            "verb": "'action.proposed'",
            "subject_id": ACTION,
            "body": "convert_to(repeat('{\"verb\": \"action.proposed\"} ', 8), 'utf8')",
        },
    ),
    Fill(
        "inbound_events",
        RECENT,
        {
            "id": key_at("ie", "n", "at"),
            "created_at": "at",
            "scope": f"({key('b', 'who')})::text",
            "source": "'gmail'",
            "external_id": "'g' || n",
            "body_sha256": "md5(n::text)",
            "status": "'done'",
        },
    ),
    Fill(
        "command_results",
        RECENT,
        {
            "id": key_at("cr", "n", "at"),
            "created_at": "at",
            "command_id": "'trigger.' || n",
            "verb": "'approve'",
        },
    ),
    Fill(
        "model_calls",
        RECENT,
        {
            "id": key_at("mc", "n", "at"),
            "created_at": "at",
            "purpose": "'draft'",
            "model": "'some/model'",
            "status": "'ok'",
            "conversation_id": TALK,
            "tokens_in": "900",
            "tokens_out": "100",
            "cost_usd": "0.001",
        },
    ),
    Fill(
        "feedback",
        f"(select * from {RECENT} where n % 10 = 0) f",
        {
            "id": key_at("f", "n", "at"),
            "created_at": "at",
            "member_id": key("m", "who"),
            "target": "'decision'",
            "target_id": ACTION,
            "rating": "case when h % 5 = 0 then -1 else 1 end",
            "changed_at": "at",
        },
    ),
    Fill(
        "search_entries",
        f"(select * from {RECENT} where n % 5 = 0) f",
        {
            "id": key_at("se", "n", "at"),
            "created_at": "at",
            "source": "'message'",
            "source_id": MAIL,
            "account_id": key("a", "acct"),
            "passages": "1",
            "words": f"to_tsvector('simple', {TEXT} || ' project' || n % 1000)",
            "wanted_at": "at",
            "indexed_at": "at",
        },
    ),
    # Mail that belongs to no account yet: three a member.
    Fill(
        "conversations",
        "generate_series(1, $members * 3) n",
        {
            "id": key("uv", "n"),
            "created_at": "$now - n % 30 * interval '1 day'",
            "subject": "'An offer ' || n",
            "responder_id": key("m", "(1 + (n - 1) % $members)"),
            "head_message_id": key("um", "n"),
            "last_message_at": "$now - n % 30 * interval '1 day'",
        },
    ),
    Fill(
        "messages",
        "generate_series(1, $members * 3) n",
        {
            "id": key("um", "n"),
            "created_at": "$now - n % 30 * interval '1 day'",
            "conversation_id": key("uv", "n"),
            "rfc_message_id": "'<u' || n || '@nowhere.example>'",
            "direction": "'inbound'",
            "kind": "'human'",
            "proof": "'pass'",
            "sender": """'{"email": "someone@nowhere.example", "name": ""}'""",
            "received_at": "$now - n % 30 * interval '1 day'",
            "attention": "'unlinked'",
        },
    ),
    # One account's long history: its first, in conversations of two hundred mails.
    Fill(
        "conversations",
        "generate_series(0, ($history - 1) / 200) c",
        {
            "id": key("hc", "c"),
            "created_at": "$now - interval '730 days'",
            "subject": "'History ' || c",
            "account_id": key("a", "1"),
            "deal_id": key("d", "1"),
            "responder_id": key("m", "1"),
            "responder_mailbox_id": key("b", "1"),
            "link": "'linked'",
            "head_message_id": key("hm", "least(c * 200 + 200, $history)"),
            "last_message_at": "$now - interval '2 hours' - ($history - least(c * 200 + 200, "
            "$history)) * (interval '729 days' / $history)",
        },
    ),
    Fill(
        "messages",
        "(select n, $now - interval '2 hours' - ($history - n) * (interval '729 days' / $history) "
        "as at from generate_series(1, $history) n) h",
        {
            "id": key("hm", "n"),
            "created_at": "at",
            "conversation_id": key("hc", "((n - 1) / 200)"),
            "contact_id": f"case when n % 2 = 1 then {key('c', '1')} end",
            "rfc_message_id": "'<h' || n || '@company.example>'",
            "direction": "case n % 2 when 1 then 'inbound' else 'outbound' end",
            "kind": "'human'",
            "proof": "'pass'",
            "sender": "case n % 2 when 1 then jsonb_build_object('email', "
            "'p1@company1.example', 'name', 'Person 1') else jsonb_build_object('email', "
            "'m1@northwind.example', 'name', 'Member 1') end",
            "subject": "'History ' || (n - 1) / 200",
            "text": TEXT,
            "language": "'en'",
            "received_at": "at",
            "attention": "case n % 2 when 1 then 'quiet' else 'ours' end",
        },
    ),
)

DONE = (
    "(select *, (uuid_hash(id) & 2147483647) % 100 as h from actions "
    "where tenant_id = $tenant and status = 'done') a"
)
RESULT = (
    "case when decided_at + interval '7 days' > $now then 'pending' when h < 40 then 'positive' "
    "when h < 95 then 'expired' when h < 98 then 'negative' when h < 99 then 'ambiguous' "
    "else 'undelivered' end"
)
SCORE = f"case {RESULT} when 'positive' then 1 when 'expired' then 0 when 'negative' then 0 end"
OUTCOMES = Fill(
    "outcomes",
    DONE,
    {
        "id": "id",
        "created_at": "decided_at",
        "action_id": "id",
        "conversation_id": "conversation_id",
        "account_id": "account_id",
        "deal_id": "deal_id",
        "member_id": "owner_id",
        "action_type": "type",
        "lineage": "lineage",
        "kind": "'email_engagement'",
        "event": "'human reply within 7 days'",
        "predicted": "confidence",
        "status": RESULT,
        "score": SCORE,
        "counted": SCORE,
        "window_ends_at": "decided_at + interval '7 days'",
        "resolved_at": f"case {RESULT} when 'pending' then null when 'expired' "
        "then decided_at + interval '7 days' else decided_at + h % 6 * interval '1 day' end",
    },
)
EFFECTS = Fill(
    "effects",
    DONE,
    {
        "id": "id",
        "created_at": "decided_at",
        "action_id": "id",
        "draft_id": "draft_id",
        "kind": "'send_draft'",
        "revision": "1",
        "status": "'done'",
        "due_at": "decided_at",
        "claimed_at": "decided_at + interval '2 seconds'",
        "settled_at": "decided_at + interval '4 seconds'",
    },
)
DAYS = Fill(
    "learning_days",
    """(select (created_at at time zone 'UTC')::date as day, owner_id, type, count(*) as n,
        count(*) filter (where status = 'done') as sent,
        count(*) filter (where status = 'rejected') as rejected,
        count(*) filter (where status = 'voided') as voided,
        count(*) filter (where status = 'handled') as handled
        from actions where tenant_id = $tenant and status <> 'held'
        group by 1, 2, 3 order by 1) d""",
    {
        "id": "md5(concat_ws('|', $tenant, day, owner_id, type))::uuid",
        "created_at": "$now",
        "changed_at": "$now - interval '1 hour'",
        "day": "day",
        "member_id": "owner_id",
        "action_type": "type",
        "proposed": "n",
        "unchanged": "sent",
        "rejected": "rejected",
        "overtaken": "voided",
        "handled": "handled",
        "sent": "sent",
        "answered": "sent * 2 / 5",
        "expired": "sent - sent * 2 / 5",
        "timed": "sent",
        "seconds": "sent * 900",
    },
)
HANGING = (
    OUTCOMES,
    EFFECTS,
    DAYS,
    Fill(
        "messages",
        "(select * from actions where tenant_id = $tenant and status = 'done' "
        "and draft_id is not null) a",
        {
            "id": "id",
            "created_at": "decided_at",
            "conversation_id": "conversation_id",
            "rfc_message_id": "'<' || id || '@northwind.example>'",
            "direction": "'outbound'",
            "kind": "'human'",
            "proof": "'pass'",
            "sender": """'{"email": "m@northwind.example", "name": "Member"}'""",
            "text": "'Hello, the report is on its way.'",
            "language": "'en'",
            "received_at": "decided_at",
            "attention": "'ours'",
        },
    ),
    Fill(
        "outcome_credits",
        "(select * from actions where tenant_id = $tenant and status = 'done' "
        "and draft_id is not null and (uuid_hash(id) & 2147483647) % 100 < 40) a",
        {
            "id": "id",
            "created_at": "decided_at",
            "event_kind": "'reply'",
            "event_id": "id",
            "happened_at": "decided_at + interval '1 day'",
            "action_id": "id",
            "conversation_id": "conversation_id",
            "account_id": "account_id",
            "deal_id": "deal_id",
            "member_id": "owner_id",
            "weight": "1",
        },
    ),
    Fill(
        "audit_links",
        "(select *, row_number() over (order by position) as number from audit_entries "
        "where tenant_id = $tenant) e",
        {
            "sequence": "number",
            "entry_id": "id",
            "previous": "sha256(id::text::bytea)",
            "hash": "sha256(body)",
            "created_at": "created_at",
        },
    ),
    Fill(
        "calibration_bins",
        "unnest(array['send_routine_response', 'send_follow_up_email', 'schedule_meeting']) t, "
        "generate_series(0, 1) h, generate_series(0, 9) b",
        {
            "id": key("cb", "t || h || b"),
            "created_at": "$now",
            "action_type": "t",
            "kind": "'email_engagement'",
            "lineage": "'offline'",
            "edited": "false",
            "half": "h",
            "bin": "b",
            "count": "$actions / 60",
            "predicted_sum": "$actions / 60 * (b + 0.5) / 10",
            "score_sum": "$actions / 150",
            "square_sum": "$actions / 250",
        },
    ),
    Fill(
        "earned_levels",
        "unnest(array['send_routine_response', 'send_follow_up_email', 'schedule_meeting']) t",
        {
            "id": key("el", "t"),
            "created_at": "$now",
            "action_type": "t",
            "earned": "'approve'",
            "lineage": "'offline'",
            "since": "$now - interval '60 days'",
        },
    ),
    Fill(
        "learning_states",
        "generate_series(1, 1) n",
        {
            "id": key("ls", "n"),
            "created_at": "$now",
            "version": "1",
            "shown_version": "1",
            "shown_at": "$now",
        },
    ),
)
