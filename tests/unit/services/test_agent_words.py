"""What a question names (accounts, times, aims) and what may be shown of a model's answer."""

import re
from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.agent_aims import Named, pick, read_aim, role_of
from services.agent_period import read_period
from services.agent_text import OPENING, REMOVED, UNPROVEN, Sieve, without_citations
from services.types.agent import Aim, Kind, Source
from services.types.qualification import Criterion

# A Monday, 23:30 UTC: in Berlin it is Tuesday already.
NOW = datetime(2026, 11, 16, 23, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("words", "first", "after"),
    [
        ("what changed at Acme this month?", "2026-11-01", "2026-11-18"),
        ("and last month", "2026-10-01", "2026-11-01"),
        ("this week", "2026-11-16", "2026-11-18"),
        ("last week please", "2026-11-09", "2026-11-16"),
        ("this quarter", "2026-10-01", "2026-11-18"),
        ("last quarter", "2026-07-01", "2026-10-01"),
        ("last year", "2025-01-01", "2026-01-01"),
        ("since Monday", "2026-11-16", "2026-11-18"),
        ("since Tuesday", "2026-11-10", "2026-11-18"),
        ("what came on Friday", "2026-11-13", "2026-11-14"),
        ("today", "2026-11-17", "2026-11-18"),
        ("since yesterday", "2026-11-16", "2026-11-18"),
        ("in the last 3 days", "2026-11-14", "2026-11-18"),
        ("over the past two weeks", "2026-11-03", "2026-11-18"),
        ("since 3 November", "2026-11-03", "2026-11-18"),
        ("since November 3rd", "2026-11-03", "2026-11-18"),
        ("in October", "2026-10-01", "2026-11-01"),
        ("in December", "2025-12-01", "2026-01-01"),
        ("since 2026-11-05", "2026-11-05", "2026-11-18"),
        # None named: the last thirty days.
        ("who is the champion?", "2026-10-18", "2026-11-18"),
        ("what may change?", "2026-10-18", "2026-11-18"),
        ("since 31 February", "2026-10-18", "2026-11-18"),
    ],
)
def test_times_are_read_in_the_members_own_zone(words: str, first: str, after: str) -> None:
    period = read_period(words, NOW, "Europe/Berlin")
    assert (f"{period.start:%Y-%m-%d}", f"{period.end:%Y-%m-%d}") == (first, after)
    assert f"{period.start:%H:%M %Z}" in ("00:00 CET", "00:00 CEST")


def test_an_odd_zone_is_no_reason_to_fail() -> None:
    assert read_period("today", NOW, "Nowhere/At all").start.date().isoformat() == "2026-11-16"


@given(st.text(max_size=80))
def test_no_question_breaks_the_reading(words: str) -> None:
    period = read_period(words, NOW, "Asia/Tokyo")
    assert period.start < period.end
    read_aim(words)
    pick(words, KNOWN)


KNOWN = (
    Named(account_id=UUID(int=1), name="Acme Robotics GmbH", domain="acme.example"),
    Named(account_id=UUID(int=2), name="Acme", domain="acme.test"),
    Named(account_id=UUID(int=3), name="Globex", domain="globex.test"),
    Named(account_id=UUID(int=4), name="The New Company", domain=None),
    Named(account_id=UUID(int=5), name="AT&T", domain="att.test"),
    Named(account_id=UUID(int=6), name="Umbrella Corp", contacts=("Dana Reyes",)),
)


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("What changed at Acme this month?", {"Acme"}),
        ("what changed at acme\u2019s side", {"Acme"}),
        ("Who decides at Acme Robotics?", {"Acme Robotics GmbH"}),
        ("Compare Acme and Globex.", {"Acme", "Globex"}),
        ("news of att.test?", {"AT&T"}),
        ("anything from AT&T", {"AT&T"}),
        ("Umbrella?", {"Umbrella Corp"}),
        ("what is new in the company", set()),
        ("what did Dana Reyes want", {"Umbrella Corp"}),
        ("draft a nudge to their champion", set()),
    ],
)
def test_accounts_are_picked_by_name_domain_and_people(question: str, found: set[str]) -> None:
    known = [one for one in KNOWN if not one.contacts or "Dana" in question or "Umb" in question]
    if "Umb" in question:
        known = [Named(account_id=one.account_id, name=one.name) for one in known]
    assert {one.name for one in pick(question, known)} == found


@pytest.mark.parametrize(
    ("question", "aim"),
    [
        ("what changed at Acme this month?", Aim.CHANGES),
        ("who is the champion at Globex?", Aim.PERSON),
        ("draft a nudge to their champion", Aim.DRAFT),
        ("Could you please write to Dana", Aim.DRAFT),
        ("what waits for me?", Aim.WAITING),
        ("when does the contract end?", Aim.OTHER),
    ],
)
def test_what_a_question_is_after(question: str, aim: Aim) -> None:
    assert read_aim(question) is aim


def test_roles_are_known_by_their_words() -> None:
    assert role_of("who is the decision maker") is Criterion.AUTHORITY
    assert role_of("their champion") is Criterion.CHAMPION
    assert role_of("the weather") is None


# ── What may be shown ───────────────────────────────────────────────────────────────────────────
SOURCES = (
    Source(number=1, kind=Kind.ACCOUNT, title="Acme: software"),
    Source(
        number=2,
        kind=Kind.MAIL,
        title="Dana Reyes, 12 Nov: Seats",
        text="We have a budget of $50k for this year. Write to dana@acme.test any time.",
    ),
    Source(number=3, kind=Kind.DEAL, title="Big rollout: discovery, $48,000"),
)


def shown(*pieces: str, ours: bool = False) -> str:
    sieve = Sieve(SOURCES, ours=ours)
    return "".join([*(sieve.take(piece) for piece in pieces), sieve.rest()])


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("Dana named a budget [2].", "Dana named a budget [1]."),
        ("It grew [3], as she said [2, 3] [9].", "It grew [1], as she said [2] [1]."),
        ("Nothing is known [7][12].", "Nothing is known."),
        ("She wrote “We have a budget of $50k”.", "She wrote “We have a budget of $50k”."),
        ('She wrote "we have  a budget of $90k".', f"She wrote {UNPROVEN}."),
        ("„Wir haben ein Budget“, sagt sie.", f"{UNPROVEN}, sagt sie."),
        ("The deal “Big rollout” stands.", "The deal “Big rollout” stands."),
        ("They call it “Moonshot”.", "They call it Moonshot."),
        ("See [here](https://evil.example/x) now.", "See here now."),
        ("![x](https://evil.example/p.png) Look.", "x Look."),
        ("Go to https://evil.example/login.", f"Go to {REMOVED}"),
        ("Go to evil.example/login now.", f"Go to {REMOVED} now."),
        ("<https://evil.example|Click>.", f"<{REMOVED}|Click>."),
        ("Write to eve@evil.example now.", f"Write to {REMOVED} now."),
        ("Write to dana@acme.test now.", "Write to dana@acme.test now."),
        (
            "<!channel> and <@U0MAYA> and @here.",
            f"{OPENING}!channel> and {OPENING}@U0MAYA> and here.",
        ),
        ("a\u202eb\u200bc\x07 d", "abc d"),
        ("Less than 5 < 6 & more.", "Less than 5 < 6 & more."),
        ("&lt;!channel&gt; stays words.", "& lt;!channel& gt; stays words."),
        ("[1]: https://evil.example\nHello.", "Hello."),
        # What is taken out lets its neighbours meet.
        ("Go to https[99]://203.0.113.5/?q=secret now.", f"Go to {REMOVED} now."),
        ("A <[99]!channel> call.", f"A {OPENING}!channel> call."),
        ('A <"!channel"> call.', f"A {OPENING}!channel> call."),
        ("A @@channel call.", "A channel call."),
        ("See [[a](b)](evil.example) now.", "See [a] (evil.example) now."),
        # An address needs neither a scheme nor a path to carry something away.
        ("Go to evil.example?q=secret now.", f"Go to {REMOVED} now."),
        ("Go to 203.0.113.5:8080/secret now.", f"Go to {REMOVED} now."),
        ("Is it acme.com? At acme.com: yes.", "Is it acme.com? At acme.com: yes."),
    ],
)
def test_words_of_a_model_are_a_strangers(said: str, left: str) -> None:
    assert shown(said) == left
    # However it is cut into pieces.
    assert shown(*said) == left


def test_what_streams_are_whole_sentences() -> None:
    sieve = Sieve(SOURCES)
    assert sieve.take("Dana named a bud") == ""
    assert sieve.take("get [2]. She also said “We have") == "Dana named a budget [1]. "
    assert sieve.take(" a budget of $50k for this year.”") == ""
    assert sieve.take(" Then") == "She also said “We have a budget of $50k for this year.” "
    assert sieve.rest() == "Then"
    assert [(one.number, one.title) for one in sieve.cited] == [(1, "Dana Reyes, 12 Nov: Seats")]


def test_words_without_an_end_come_all_the_same() -> None:
    endless = "word " * 2_000
    assert len(shown(*[endless[at : at + 37] for at in range(0, len(endless), 37)])) > 9_900
    assert len(shown("x" * 50_000)) < 32_000


def test_our_own_rules_quote_rightly_by_nature() -> None:
    assert shown('- Dana wrote: a 3" pipe [2]\n', ours=True) == '- Dana wrote: a 3" pipe [1]'


def test_citations_can_be_taken_out() -> None:
    assert without_citations("A budget [1], and more [2] [3].") == "A budget, and more."


def test_no_address_is_made_of_two_halves() -> None:
    for before in range(680, 710):
        left = shown("x" * before + "https://203.0.113.5/secret and <!channel> call.")
        assert "203.0.113.5/" not in left
        assert "<!" not in left


PIECES = (
    "<",
    "!",
    "channel",
    ">",
    "@",
    "here",
    "#C1",
    "|x",
    "http",
    "s",
    "://",
    "/",
    "evil.example",
)
PIECES += (
    "[",
    "]",
    "(",
    ")",
    "[99]",
    "[2]",
    '"',
    "“",
    "”",
    "&lt;",
    "&",
    ";",
    " ",
    "\n",
    ".",
    "x" * 699,
)
PIECES += ("203.0.113.5", "?q=1", "![", "](", "\u200b", "dana@acme.test")


@given(
    st.one_of(st.text(max_size=400), st.lists(st.sampled_from(PIECES), max_size=30).map("".join)),
    st.integers(min_value=1, max_value=9),
)
def test_nothing_a_model_says_is_active(said: str, size: int) -> None:
    left = shown(*[said[at : at + size] for at in range(0, len(said), size)])
    for active in ("://", "<@", "<!", "<#", "evil.example/"):
        assert active not in left.lower()
    assert not re.search(r"@(?:channel|here|everyone)\b", left.lower())
    assert "](" not in left
