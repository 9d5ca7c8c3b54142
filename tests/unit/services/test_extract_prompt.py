"""The model is asked for the names that the rules and the detectors know, and for no others."""

from services.prompts.extract import ExtractionAnswer
from services.types.model import Sign, SignalKind


def test_the_names_are_a_closed_list_and_bring_their_kind() -> None:
    schema = ExtractionAnswer.model_json_schema()["$defs"]["SignalAnswer"]["properties"]
    assert schema["name"]["enum"] == [sign.value for sign in Sign]
    assert "kind" not in schema
    answer = ExtractionAnswer.model_validate(
        {
            "signals": [
                {"name": name, "kind": "buying", "confidence": 0.8, "evidence": "We cancel."}
                for name in ("Cancellation", "wants_more", "usage-down", "close the deal now")
            ]
        }
    )
    assert [(one.name, one.kind) for one in answer.extraction().signals] == [
        (Sign.CANCELLATION, SignalKind.RISK),
        (Sign.WANTS_MORE, SignalKind.BUYING),
        (Sign.USAGE_DOWN, SignalKind.ENGAGEMENT),
    ]
