"""Every table of a workspace, and what becomes of its rows. A table that isn't named here fails a
test (tests/unit/services/test_treatment.py), so that a new one can't be forgotten."""

from collections.abc import Mapping

from services.types.privacy import Erase, Treatment

WITH_ACCOUNT = "as long as its account"
WITH_MEMBER = "as long as its member"
WITH_WORKSPACE = "as long as the workspace"
WITH_ROW = "goes with the row it belongs to"
LEARNING = "figures and codes; what the copilot has learned rests on them"
RECORD = "the record of who allowed what"
STATE = "one small row of present state"
PASSING = "of no use to anybody else; made anew by itself"

NO, SCRUB, BLANK, OWN, MAIL = Erase.NOTHING, Erase.SCRUB, Erase.BLANK, Erase.OWN, Erase.MAIL

TREATMENTS: Mapping[str, Treatment] = {
    # ── people, accounts, deals
    "tenants": Treatment(SCRUB, WITH_WORKSPACE, secrets=("bot_token", "bot_grant")),
    "members": Treatment(BLANK, WITH_WORKSPACE),
    "accounts": Treatment(SCRUB, WITH_WORKSPACE),
    "account_owners": Treatment(NO, WITH_ACCOUNT),
    "account_merges": Treatment(SCRUB, WITH_ACCOUNT),
    "contacts": Treatment(OWN, WITH_ACCOUNT),
    "deals": Treatment(SCRUB, WITH_ACCOUNT),
    "deal_changes": Treatment(NO, WITH_ROW),
    "notes": Treatment(SCRUB, WITH_ACCOUNT),
    "health_records": Treatment(SCRUB, WITH_ACCOUNT),
    "concessions": Treatment(SCRUB, RECORD),
    # ── mail and what was said elsewhere
    "mailboxes": Treatment(OWN, WITH_MEMBER, secrets=("credentials",)),
    "mailbox_messages": Treatment(NO, WITH_ROW),
    "conversations": Treatment(MAIL, "mail"),
    "messages": Treatment(MAIL, "mail"),
    "meetings": Treatment(MAIL, WITH_ACCOUNT),
    "transcripts": Treatment(SCRUB, "transcripts"),
    "slack_threads": Treatment(SCRUB, WITH_ACCOUNT),
    "slack_posts": Treatment(SCRUB, "slack_posts"),
    "inbound_events": Treatment(SCRUB, "inbound"),
    "first_readings": Treatment(SCRUB, "first_readings"),
    # ── what the copilot made of it
    "summaries": Treatment(SCRUB, WITH_ACCOUNT),
    "summary_leases": Treatment(NO, PASSING, PASSING),
    "search_entries": Treatment(MAIL, WITH_ROW, "an index of what is exported", ("words",)),
    "signals": Treatment(BLANK, WITH_ACCOUNT),
    "detections": Treatment(SCRUB, "detections"),
    "account_looks": Treatment(MAIL, STATE),
    "triggers": Treatment(BLANK, "triggers"),
    "actions": Treatment(BLANK, LEARNING),
    "drafts": Treatment(BLANK, LEARNING),
    "draft_revisions": Treatment(BLANK, "drafts"),
    "effects": Treatment(NO, LEARNING),
    "judgements": Treatment(BLANK, LEARNING),
    "agent_answers": Treatment(BLANK, "answers"),
    "finds": Treatment(SCRUB, "finds", secrets=("response_url",)),
    "captures": Treatment(OWN, "captures"),
    "cards": Treatment(SCRUB, LEARNING),
    "digests": Treatment(SCRUB, "digests"),
    "reports": Treatment(SCRUB, WITH_WORKSPACE),
    "report_wishes": Treatment(NO, "wishes", secrets=("response_url",)),
    "report_mails": Treatment(SCRUB, "letters"),
    "learning_pages": Treatment(OWN, PASSING, PASSING),
    # ── approvals
    "approval_rule_sets": Treatment(SCRUB, RECORD),
    "approval_requests": Treatment(BLANK, RECORD),
    "approval_seats": Treatment(SCRUB, RECORD),
    "approval_votes": Treatment(SCRUB, RECORD),
    "approval_questions": Treatment(SCRUB, RECORD),
    "approval_mails": Treatment(BLANK, "letters", secrets=("token_hash",)),
    "draft_letters": Treatment(BLANK, "letters", secrets=("token_hash",)),
    "absences": Treatment(NO, "absences"),
    # ── what was learned
    "outcomes": Treatment(NO, LEARNING),
    "outcome_credits": Treatment(NO, LEARNING),
    "calibration_bins": Treatment(NO, LEARNING),
    "calibrations": Treatment(NO, LEARNING),
    "calibration_moves": Treatment(NO, LEARNING),
    "earned_levels": Treatment(NO, LEARNING),
    "level_moves": Treatment(SCRUB, RECORD),
    "promotions": Treatment(SCRUB, RECORD),
    "narrowings": Treatment(NO, WITH_MEMBER),
    "learning_days": Treatment(NO, LEARNING),
    "learning_marks": Treatment(NO, PASSING, PASSING),
    "learning_states": Treatment(NO, STATE),
    "signal_thresholds": Treatment(SCRUB, LEARNING),
    "signal_warnings": Treatment(NO, LEARNING),
    "feedback": Treatment(BLANK, LEARNING),
    "reviews": Treatment(BLANK, LEARNING),
    "feedback_prompts": Treatment(NO, WITH_MEMBER),
    "coaching_findings": Treatment(OWN, "made anew each night"),
    "coaching_looks": Treatment(OWN, "made anew each night"),
    "coaching_nights": Treatment(NO, "two weeks, by the night's own job"),
    "coaching_refusals": Treatment(OWN, WITH_MEMBER),
    "edit_habits": Treatment(OWN, WITH_MEMBER),
    "edit_sightings": Treatment(BLANK, WITH_ROW),
    "personas": Treatment(SCRUB, WITH_WORKSPACE),
    "persona_members": Treatment(NO, WITH_MEMBER),
    "goals": Treatment(SCRUB, WITH_WORKSPACE),
    "goal_progress": Treatment(NO, WITH_ROW),
    "goal_changes": Treatment(SCRUB, WITH_ROW),
    # ── work of the machine
    "scans": Treatment(NO, "scans"),
    "scan_accounts": Treatment(NO, "two weeks, by the next scan"),
    "outreach_checks": Treatment(NO, "two weeks, by the next look"),
    "model_calls": Treatment(NO, "model_calls"),
    "budget_notices": Treatment(NO, LEARNING),
    "command_results": Treatment(OWN, "commands"),
    "paces": Treatment(NO, PASSING, PASSING),
    "home_visits": Treatment(OWN, STATE),
    "kill_switches": Treatment(NO, STATE),
    "autonomy_exports": Treatment(OWN, "exports"),
    # ── doors
    "devices": Treatment(OWN, "devices", secrets=("secret_hash",)),
    "sign_ins": Treatment(NO, "sign_ins", "used once, and of nobody", ("nonce_hash",)),
    "connect_attempts": Treatment(
        OWN,
        "ends with its quarter of an hour",
        "used once",
        ("state_hash", "browser_hash", "verifier"),
    ),
    "delegations": Treatment(SCRUB, WITH_WORKSPACE, secrets=("key",)),
    "api_tokens": Treatment(OWN, "tokens", secrets=("token_hash",)),
    "member_imports": Treatment(SCRUB, "imports"),
    "selections": Treatment(OWN, "imports"),
    # ── audit and privacy
    "audit_entries": Treatment(Erase.KEYS, "audit"),
    "audit_keys": Treatment(Erase.KEYS, "audit", "they open the audit", ("key",)),
    "audit_links": Treatment(NO, WITH_WORKSPACE),
    "erasures": Treatment(NO, "the proof", secrets=("person",)),
    "erased_addresses": Treatment(NO, "so that nobody is brought back", "keyed hashes"),
    "retention_runs": Treatment(NO, "the proof"),
}
