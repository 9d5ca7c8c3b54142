"""Regions are tone only; a word nobody knows is no region."""

import pytest

from services.content import classify_content
from services.regions import REGIONS, region_of
from services.suspicion import assess


@pytest.mark.parametrize(
    ("words", "key"),
    [
        ("dach", "dach"),
        ("DACH", "dach"),
        ("UK & Ireland", "uk_ireland"),
        ("uk and ireland", "uk_ireland"),
        ("  Latin   America ", "latin_america"),
        ("south_east_asia", "south_east_asia"),
        ("South-East Asia", "south_east_asia"),
        ("americas", "north_america"),
        ("EMEA", "uk_ireland"),
        ("Apac", "south_east_asia"),
        ("new zealand", "australia_nz"),
    ],
)
def test_a_region_is_known_by_its_usual_words(words: str, key: str) -> None:
    found = region_of(words)
    assert found is not None
    assert found.key == key


@pytest.mark.parametrize("words", ["", None, "Atlantis", "none", "emea2"])
def test_an_unknown_region_is_none(words: str | None) -> None:
    assert region_of(words) is None


def test_twelve_profiles_that_speak_of_tone_alone() -> None:
    assert len(REGIONS) == 12
    for region in REGIONS.values():
        assert all(line.partition(": ")[2] for line in region.lines())
        text = "\n".join(region.lines())
        assert not classify_content(text, "en").matches, region.key
        assert not assess(text).injection, region.key
