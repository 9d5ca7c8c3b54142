"""The corpus is what its datasheet says: well formed, balanced, and labelled on words it holds."""

from collections import Counter

import pytest

from services.stages import Stage
from services.types.signals import SignalName
from tests.evals.corpus import CASES, KINDS, REP, Case, load, read

LEAST_CASES, LEAST_POSITIVES, LEAST_HELD_OUT, LEAST_NEGATIVES = 150, 8, 2, 40
OTHER_LANGUAGES = 0.25


@pytest.fixture(scope="module")
def cases() -> tuple[Case, ...]:
    return load()


def test_every_case_is_well_formed(cases: tuple[Case, ...]) -> None:
    faults = [f"{case.id}: {fault}" for case in cases for fault in faults_of(case)]
    assert not faults, "\n".join(faults)
    assert {case.id for case in cases} == {path.stem for path in CASES.glob("*.yml")}


def faults_of(case: Case) -> list[str]:
    """What would make a case say something else than its author meant."""
    times = [one.at for one in case.messages]
    people = case.people.keys() | {REP}
    checks = {
        "messages are out of order": times != sorted(times),
        "a message is younger than the look": times[-1] > case.look,
        "somebody isn't among the people": any(
            not {one.sender, one.to, *one.cc} <= people for one in case.messages
        ),
        "a message has no words": any(not one.text.strip() for one in case.messages),
        "a message is of no kind": any(one.kind not in KINDS for one in case.messages),
        "a deal is in no stage": any(deal["stage"] not in set(Stage) for deal in case.deals),
        "two people share an address": len({one.email for one in case.people.values()})
        < len(case.people),
        "a negative doesn't say what it tests": not case.expect and not case.note,
        "something is expected and arguable": bool(case.may & case.expect.keys()),
    }
    return [*(name for name, wrong in checks.items() if wrong), *_label_faults(case)]


def _label_faults(case: Case) -> list[str]:
    theirs = {one.number for one in case.messages if one.theirs}
    found = []
    for name, labels in case.expect.items():
        if not labels:
            found.append(f"{name} stands on nothing")
        for label in labels:
            if label.thing:
                continue
            if len(label.messages) != 1 or not label.messages <= theirs:
                found.append(f"{name}: no single message of theirs holds {label.words!r}")
    return found


def test_it_is_large_and_mixed_enough(cases: tuple[Case, ...]) -> None:
    positives = Counter(name for case in cases for name in case.expect)
    held_out = Counter(name for case in cases if case.held_out for name in case.expect)
    others = sum(case.language != "en" for case in cases)
    negatives = [case for case in cases if not case.expect]
    assert len(cases) >= LEAST_CASES
    assert not {name for name in SignalName if positives[name] < LEAST_POSITIVES}
    assert not {name for name in SignalName if held_out[name] < LEAST_HELD_OUT}
    assert others >= OTHER_LANGUAGES * len(cases)
    assert len(negatives) >= LEAST_NEGATIVES
    assert 1 / 4 <= sum(case.held_out for case in cases) / len(cases) <= 2 / 5


def test_no_two_cases_are_the_same_thread_in_other_names(cases: tuple[Case, ...]) -> None:
    seen: dict[str, str] = {}
    for case in cases:
        for one in case.messages:
            if one.theirs and len(one.text) > 60:
                assert seen.setdefault(one.text, case.id) == case.id


def test_a_broken_case_is_named(tmp_path) -> None:
    broken = tmp_path / "broken.yml"
    broken.write_text("id: broken\nlook: 2026-09-15 09:00\n")
    with pytest.raises(ValueError, match=r"broken\.yml"):
        read(broken)
