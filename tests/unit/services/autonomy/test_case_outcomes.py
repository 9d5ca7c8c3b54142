"""What an outcome says for a level, and against it."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from services.autonomy.earning.cases import Measure, case_of
from services.types.earning import Case

NOW = datetime(2026, 11, 21, tzinfo=UTC)
RITA, MONA = uuid4(), uuid4()


def case(**fields: Any) -> Case:
    """A mail that left by itself, with what came of it."""
    known: dict[str, Any] = dict.fromkeys(
        [
            "account_id",
            "contact_id",
            "undone_at",
            "undone_by",
            "decided_at",
            "incident",
            "signals",
            "disliked_at",
            "disliked_by",
            "settled_at",
            "labelled_by",
            "outcome_until",
            "resolved_at",
            "decided_by",
        ]
    )
    row = known | {
        "action_id": uuid4(),
        "owner_id": RITA,
        "decision": "queued",
        "proposed_at": NOW,
        "lineage": "a",
        "trigger": "mail:1",
        "would": "send",
        "effect_status": "done",
        "claimed_at": NOW,
        "shown_at": NOW,
        "undeliverable": False,
        "outcome": "pending",
        "outcome_source": "automatic",
        "outcome_reason": "",
    }
    return case_of(row | fields, Measure(lineage="a", would={"send"}, now=NOW))


@pytest.mark.parametrize(
    ("fields", "answered"),
    [
        ({"outcome": "positive"}, True),
        ({"outcome": "positive", "outcome_until": NOW + timedelta(days=1)}, None),
        ({"outcome": "negative"}, False),
        ({"outcome": "expired"}, False),
        ({"outcome": "expired", "undeliverable": True}, None),
        ({"outcome": "undelivered"}, None),
        ({"outcome": "ambiguous"}, None),
        ({"outcome": "positive", "outcome_source": "human", "labelled_by": MONA}, True),
        ({"outcome": "positive", "outcome_source": "human", "labelled_by": RITA}, None),
        ({"outcome": "negative", "outcome_source": "human", "labelled_by": RITA}, False),
    ],
)
def test_only_what_others_say_speaks_for_a_level(
    fields: dict[str, Any],
    answered: bool | None,  # noqa: FBT001
) -> None:
    assert case(**fields).answered is answered


def test_to_decline_is_no_harm_to_complain_is() -> None:
    assert case(outcome="negative", outcome_reason="they said no").harm == ""
    assert case(outcome="negative", outcome_source="human", labelled_by=MONA).harm == ""
    assert case(outcome="negative", outcome_reason="they asked not to be written to").harm
    loud = [{"name": "escalation", "confidence": 0.9}]
    assert case(outcome="negative", outcome_reason="they said no", signals=loud).harm
