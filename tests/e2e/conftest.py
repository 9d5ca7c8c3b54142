"""One workspace for all happy paths; tests that break things take a rig of their own."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.e2e.people import Person, person
from tests.e2e.rig import Rig, rig


@dataclass(frozen=True, kw_only=True)
class Team:
    """The people of the story who have a part in the tests."""

    maya: Person
    tom: Person
    ingrid: Person
    dev: Person
    priya: Person


def team_of(made: Rig) -> Team:
    return Team(
        maya=person(made, "U0MAYAOKA", "maya@brightpath.example"),
        tom=person(made, "U0TOMREYE", "tom@brightpath.example"),
        ingrid=person(made, "U0INGRIDS", "ingrid@brightpath.example"),
        dev=person(made, "U0DEVPATE", "dev@brightpath.example"),
        priya=person(made, "U0PRIYANA", "priya@brightpath.example"),
    )


@pytest.fixture(scope="package")
def workspace() -> Iterator[Rig]:
    """Running, seeded, four mailboxes connected. It ends with the last test of this folder: a
    product that only polls takes a fifth of a core from all that come after."""
    with rig() as made:
        yield made


@pytest.fixture(scope="package")
def team(workspace: Rig) -> Team:
    return team_of(workspace)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Any:
    """A failed test shows what the processes said last."""
    report = yield
    if report.failed:
        given = getattr(item, "funcargs", {}).values()
        made = next((one for one in given if isinstance(one, Rig)), None) or next(
            (one.rig for one in given if isinstance(getattr(one, "rig", None), Rig)), None
        )
        if made is not None:
            report.sections.append(("processes", made.tails()))
    return report
