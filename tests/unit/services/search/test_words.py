"""Passages, the words of a find, and how two lists become one. Pure."""

from datetime import UTC, datetime
from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.agent_aims import read_aim
from services.search.finding import near_enough
from services.search.passages import LONGEST, digest_of, passages
from services.search.ranking import fused
from services.search.wording import (
    content_words,
    held,
    query_text,
    sought,
    split_place,
    without_name,
)
from services.types.agent import Aim
from services.types.search import Hit, SearchSource, SourceText

AT = datetime(2026, 11, 30, tzinfo=UTC)


@settings(max_examples=80, deadline=None)
@given(st.text(alphabet="ab .!?\n\t。é", max_size=1500))
def test_passages_hold_every_word_once_and_in_order(text: str) -> None:
    cuts = passages(text)
    assert all(a.end <= b.start for a, b in pairwise(cuts))
    assert all(0 < cut.end - cut.start <= 2 * LONGEST for cut in cuts)
    left = "".join(text[cut.start : cut.end] for cut in cuts)
    assert "".join(left.split()) == "".join(text.split())
    assert all(text[cut.start : cut.end].strip() == text[cut.start : cut.end] for cut in cuts)


def test_a_passage_is_a_few_sentences() -> None:
    one = "We need the report before Friday, or the board won't decide this year."
    text = " ".join([one] * 12)
    quotes = [text[cut.start : cut.end] for cut in passages(text)]
    assert all(quote.endswith("year.") for quote in quotes)
    assert [quote.count("Friday") for quote in quotes] == [5, 5, 2]
    apart = "First.\n\nSecond."
    assert [apart[c.start : c.end] for c in passages(apart)] == ["First.", "Second."]


def test_another_text_account_subject_or_model_is_another_digest() -> None:
    def text(**more: object) -> SourceText:
        base = {
            "source": SearchSource.NOTE,
            "source_id": UUID(int=1),
            "account_id": UUID(int=2),
            "text": "a",
            "at": AT,
        }
        return SourceText(**(base | more))  # type: ignore[arg-type]

    one = digest_of(text(), "m")
    others = {
        digest_of(text(text="b"), "m"),
        digest_of(text(account_id=UUID(int=3)), "m"),
        digest_of(text(title="t"), "m"),
        digest_of(text(), "n"),
    }
    assert len(others) == 4
    assert one not in others
    assert one == digest_of(text(who="somebody", url="x"), "m")


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ("find where they talked about security review", "security review"),
        ("Find where they talked about the security review?", "the security review"),
        ("please find mails about SSO", "SSO"),
        ("where did they mention pricing", "pricing"),
        ("who asked for a discount?", "a discount"),
        ("search for penetration test", "penetration test"),
        ("security review", "security review"),
        ("find", "find"),
        ("  when did she say anything about the renewal  ", "the renewal"),
        ("finder's fee", "finder's fee"),
        ("", ""),
    ],
)
def test_the_wish_around_the_words_is_taken_off(asked: str, words: str) -> None:
    assert sought(asked) == words


@pytest.mark.parametrize(
    ("words", "rest", "place"),
    [
        ("security review at Acme", "security review", "Acme"),
        ("emails from Dana at Acme Corp.?", "emails from Dana", "Acme Corp"),
        ("discount", "discount", ""),
        ("at Acme", "at Acme", ""),
    ],
)
def test_the_account_is_named_behind_the_words(words: str, rest: str, place: str) -> None:
    assert split_place(words) in {(rest, place), ("emails", "Dana at Acme Corp")}


@pytest.mark.parametrize(
    ("words", "name", "rest"),
    [
        ("security review at Acme", "Acme", "security review"),
        ("where did Acme mention SSO?", "Acme Industries", "SSO"),
        ("Acme's security review", "Acme", "security review"),
        ("Acme", "Acme", "Acme"),
        ("acmeology at Acme", "Acme", "acmeology"),
    ],
)
def test_a_known_accounts_name_isnt_looked_for(words: str, name: str, rest: str) -> None:
    assert without_name(words, name) == rest


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=60))
def test_whatever_is_typed_makes_a_query_postgresql_can_read(words: str) -> None:
    said = content_words(words)
    text = query_text(said, every=True)
    assert text.count("'") == 2 * len(said)
    assert not set(text) & set('()!<"\\')


def test_words_are_held_in_their_inflections() -> None:
    said = content_words("the security reviews")
    assert said == ("security", "reviews")
    assert query_text(said, every=True) == "'security':* & 'review':*"
    assert held(said, "Security: a review was done") == 2
    assert held(("sso",), "SSO, please; ssomething") == 1
    assert content_words("the and of") == ("the", "and", "of")


def test_what_both_lists_hold_comes_first() -> None:
    assert fused(["a", "b", "c"], ["c", "d"]) == ["c", "a", "b", "d"]
    assert fused([], ["x", "x", "y"]) == ["x", "y"]
    assert fused(["m"], []) == ["m"]


def test_middling_hits_beside_a_good_one_are_noise() -> None:
    def hit(score: float) -> Hit:
        return Hit(
            source=SearchSource.NOTE, source_id=UUID(int=1), start=0, end=1, digest="", score=score
        )

    kept = near_enough([hit(0.6), hit(0.4), hit(0.3), hit(0.1)], 0.24)
    assert [one.score for one in kept] == [0.6, 0.4]
    assert near_enough([hit(0.2)], 0.24) == ()
    assert near_enough([], 0.24) == ()


@pytest.mark.parametrize(
    ("question", "aim"),
    [
        ("find where they talked about security review", Aim.FIND),
        ("where did Acme mention SSO?", Aim.FIND),
        ("who brought up the discount at Acme?", Aim.FIND),
        ("can you search for the penetration test", Aim.FIND),
        ("Find out what changed at Acme", Aim.CHANGES),
        ("what changed at Acme this month?", Aim.CHANGES),
        ("who decides at Acme?", Aim.PERSON),
        ("where does the deal stand?", Aim.OTHER),
        ("draft a mail that finds out who decides", Aim.DRAFT),
        ("what waits for me?", Aim.WAITING),
    ],
)
def test_a_find_is_told_from_other_questions(question: str, aim: Aim) -> None:
    assert read_aim(question) is aim
