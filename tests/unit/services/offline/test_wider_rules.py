import pytest

from tests.unit.services.offline.labelled import found


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Customers complain about slow replies.", "identify_pain"),
        ("We measure response time, and it must drop below one hour.", "metrics"),
        ("Wir wollen die Bearbeitungszeit um 20 % senken.", "metrics"),
        ("We will choose the vendor with the best support.", "decision_criteria"),
        ("Legal needs about two weeks to review the contract.", "decision_process"),
        ("Primero lo revisa legal y despu\u00e9s lo aprueba el comit\u00e9.", "decision_process"),
        ("I've already told my boss this is the tool we should buy.", "champion"),
        ("Je vais d\u00e9fendre le projet en interne.", "champion"),
        ("It would help us to have automatic reminders.", "need"),
        ("Notre budget est d'environ 25 k\u20ac.", "budget"),
        ("We want to go live by the first of September.", "timeline"),
        ("I wonder how long the migration takes.", "ask:question"),
        ("Where do I sign?", "buying"),
    ],
)
def test_is_shown(text: str, shown: str) -> None:
    assert shown in found(text)


@pytest.mark.parametrize(
    ("text", "absent"),
    [
        ("Notre budget est d'environ 25 k\u20ac.", "risk"),
        ("Nobody on the team is excited about this.", "buying"),
        ("I'm a big fan of football.", "champion"),
        ("It takes us days to build a report.", "decision_process"),
        ("Wir brauchen noch etwas Zeit.", "need"),
        ("Necesitamos una herramienta para el equipo.", "ask:other"),
        ("I'm not sure what our budget will look like.", "ask:pricing"),
    ],
)
def test_is_not_shown(text: str, absent: str) -> None:
    assert absent not in found(text)
