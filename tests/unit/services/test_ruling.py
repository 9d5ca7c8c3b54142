"""What becomes of a text the copilot wrote by itself: the table, and that nothing loosens it."""

from itertools import product

import pytest

from services.autonomy.comparing import Did, agrees, deadline, did, similarity
from services.autonomy.lineage import PARTS, lineage_of
from services.autonomy.ruling import Decision, Objection, Would, decide, hides, would
from services.guardrails import OUTSIDE_HOURS
from services.types.actions import AutonomyLevel, GuardrailResult, Verdict
from services.zones import zone_of
from tests.factories import NOW

GATE = Objection(rule="gate", reason="The rules ask.")


def judged(verdict: Verdict, *rules: str) -> GuardrailResult:
    return GuardrailResult(
        verdict=verdict, action_type="send_routine_response", reasons=rules, rules=rules
    )


FREE = judged(Verdict.AUTONOMOUS)
LATE = judged(Verdict.APPROVAL_REQUIRED, OUTSIDE_HOURS)
ASKS = judged(Verdict.APPROVAL_REQUIRED, OUTSIDE_HOURS, "stage")
STOPS = judged(Verdict.HARD_STOP, "hard_stop")


@pytest.mark.parametrize(
    ("level", "verdict", "expected"),
    [
        (AutonomyLevel.OFF, FREE, Decision.STOPPED),
        (AutonomyLevel.SHADOW, FREE, Decision.HELD),
        (AutonomyLevel.SHADOW, STOPS, Decision.HELD),
        (AutonomyLevel.SUGGEST, FREE, Decision.SUGGESTED),
        (AutonomyLevel.APPROVE, FREE, Decision.ASKED),
        (AutonomyLevel.APPROVE, STOPS, Decision.STOPPED),
        (AutonomyLevel.UNDO_WINDOW, FREE, Decision.QUEUED),
        (AutonomyLevel.UNDO_WINDOW, LATE, Decision.QUEUED),
        (AutonomyLevel.AUTONOMOUS, ASKS, Decision.ASKED),
        (AutonomyLevel.AUTONOMOUS, STOPS, Decision.STOPPED),
    ],
)
def test_level_and_verdict_decide(
    level: AutonomyLevel, verdict: GuardrailResult, expected: Decision
) -> None:
    assert decide(level, verdict, own=True, in_shadow=False, objections=()) is expected


def test_only_an_own_text_that_nothing_speaks_against_is_queued() -> None:
    queued = [
        (level, verdict, own, shadow, against)
        for level, verdict, own, shadow, against in product(
            AutonomyLevel, (FREE, LATE, ASKS, STOPS), (True, False), (True, False), ((), (GATE,))
        )
        if decide(level, verdict, own=own, in_shadow=shadow, objections=against) is Decision.QUEUED
    ]
    assert queued == [
        (level, verdict, True, False, ())
        for level in (AutonomyLevel.UNDO_WINDOW, AutonomyLevel.AUTONOMOUS)
        for verdict in (FREE, LATE)
    ]


def test_below_approve_only_own_texts_are_hidden() -> None:
    assert [level for level in AutonomyLevel if hides(level, own=True)] == [
        AutonomyLevel.OFF,
        AutonomyLevel.SHADOW,
        AutonomyLevel.SUGGEST,
    ]
    assert not any(hides(level, own=False) for level in AutonomyLevel)


def test_what_it_would_do_knows_no_level_and_no_hour() -> None:
    assert would(FREE, gated=False) is would(LATE, gated=False) is Would.SEND
    assert would(FREE, gated=True) is would(ASKS, gated=False) is Would.ASK
    assert would(STOPS, gated=True) is Would.STOP


def test_another_model_prompt_or_rule_is_another_lineage() -> None:
    here = lineage_of("gpt")
    assert len(here) == 12
    assert here == lineage_of("gpt") != lineage_of("offline")
    for at, part in enumerate(PARTS):
        changed = (*PARTS[:at], f"{part}x", *PARTS[at + 1 :])
        assert lineage_of("gpt", changed) != here


# ── comparing ───────────────────────────────────────────────────────────────────────────────────
MINE = "Hello Carla,\n\nthe report is on its way. You get it by Friday.\n\nBest regards\nRita Rep"


def test_a_greeting_and_a_signature_change_nothing() -> None:
    assert similarity(MINE, "Hi Carla,\n\nThe report is on its way! You get it by Friday.") > 0.8
    assert similarity(MINE, "No, we can't share that. Please ask our lawyers.") < 0.3
    assert similarity(MINE, "") == 0.0


def test_what_people_did_is_read_off_the_first_mail_in_time() -> None:
    until = deadline(NOW, zone_of("UTC"))
    assert until.isoformat() == "2026-11-25T00:00:00+00:00", "a Saturday's two days are over then"
    late = until.replace(day=27)
    assert did(MINE, MINE, until, until=until, now=late) is Did.LIKE
    assert did(MINE, "Never.", NOW, until=until, now=late) is Did.OTHER
    assert did(MINE, None, NOW, until=until, now=late) is Did.OTHER
    assert did(MINE, MINE, late, until=until, now=late) is Did.LATER
    assert did(MINE, None, None, until=until, now=late) is Did.NOTHING
    assert did(MINE, None, None, until=until, now=NOW) is Did.OPEN


def test_it_agrees_where_both_send_the_like_or_neither_does() -> None:
    agreed = {(what, came) for what, came in product(Would, Did) if agrees(what, came)}
    assert (Would.SEND, Did.LIKE) in agreed
    assert (Would.SEND, Did.NOTHING) not in agreed
    assert (Would.ASK, Did.LIKE) not in agreed
    assert (Would.ASK, Did.OTHER) in agreed
    assert (Would.STOP, Did.NOTHING) in agreed
