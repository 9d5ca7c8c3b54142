"""The score and the lifecycle: bounds, order, one direction a reason, and what is not known."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.health.lifecycle import standing
from services.health.score import BASE, score, usual_gap
from services.types.health import (
    HealthFacts,
    HeldDeal,
    Lifecycle,
    Met,
    OpenAsk,
    OpenSignal,
    ReasonKind,
    StageMove,
    Tone,
)
from services.types.model import SignalKind
from services.types.qualification import Stage
from services.types.signals import CATALOGUE, Severity, SignalName

NOW = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)
ids = st.integers(1, 10**9).map(lambda number: UUID(int=number))
ago = st.integers(0, 200).map(lambda days: NOW - timedelta(days=days))
around = st.integers(-60, 200).map(lambda days: NOW - timedelta(days=days))
signals = st.builds(
    lambda id_, name, severity: OpenSignal(
        id=id_, name=name, kind=CATALOGUE[name].kind, severity=severity
    ),
    ids,
    st.sampled_from(SignalName),
    st.sampled_from(Severity),
)
meetings = st.builds(Met, id=ids, title=st.just("Sync"), starts_at=around, cancelled=st.booleans())
asks = st.builds(OpenAsk, message_id=ids, at=ago)
tones = st.builds(Tone, message_id=ids, at=ago, good=st.integers(0, 3), bad=st.integers(0, 3))
moves = st.builds(StageMove, at=ago, before=st.sampled_from(Stage), after=st.sampled_from(Stage))
deals = st.builds(
    HeldDeal,
    id=ids,
    name=st.sampled_from(["A", "B", "C"]),
    stage=st.sampled_from(Stage),
    stage_since=st.none() | ago,
    moves=st.lists(moves, max_size=2).map(tuple),
)


def several(values: st.SearchStrategy, most: int = 5) -> st.SearchStrategy:
    return st.lists(values, max_size=most).map(tuple)


facts = st.builds(
    HealthFacts,
    now=st.just(NOW),
    heard=several(ago, 12),
    signals=several(signals),
    asks=several(asks),
    meetings=several(meetings),
    deals=several(deals, 3),
    tones=several(tones),
    renewal=st.none() | st.integers(-90, 300).map(lambda days: NOW.date() + timedelta(days=days)),
)
FEW = settings(max_examples=30, deadline=None)


def points(found: HealthFacts) -> int:
    """The score; nothing known counts as the base, which is what unknown costs: nothing."""
    value = score(found).score
    return BASE if value is None else value


@FEW
@given(facts)
def test_it_stays_within_its_bounds_and_is_the_sum_of_its_reasons(found: HealthFacts) -> None:
    health = score(found)
    if health.score is not None:
        total = BASE + sum(reason.points for reason in health.reasons)
        assert health.score == min(max(total, 0), 100)
    assert {reason.kind for reason in health.reasons}.isdisjoint(health.unknown)
    life = standing(found, health)
    assert life is None or life.why


@FEW
@given(facts, st.randoms(use_true_random=False))
def test_the_order_of_things_changes_nothing(found: HealthFacts, chance: object) -> None:
    turned = {
        name: tuple(chance.sample(getattr(found, name), len(getattr(found, name))))  # type: ignore[attr-defined]
        for name in ("heard", "signals", "asks", "meetings", "deals", "tones")
    }
    other = replace(found, **turned)
    assert score(other) == score(found)
    assert standing(other, score(other)) == standing(found, score(found))


@FEW
@given(facts, signals, asks, meetings, tones, deals)
def test_each_reason_goes_one_way(  # noqa: PLR0917 - given by hypothesis
    found: HealthFacts,
    signal: OpenSignal,
    ask: OpenAsk,
    meeting: Met,
    tone: Tone,
    deal: HeldDeal,
) -> None:
    base = points(found)
    risk = replace(signal, kind=SignalKind.RISK, name=SignalName.CANCELLATION)
    chance = replace(signal, kind=SignalKind.BUYING, name=SignalName.EXPANSION)
    assert points(replace(found, signals=(*found.signals, risk))) <= base
    assert points(replace(found, signals=(*found.signals, chance))) >= base
    assert points(replace(found, asks=(*found.asks, ask))) <= base
    met, off = replace(meeting, cancelled=False), replace(meeting, cancelled=True)
    assert points(replace(found, meetings=(*found.meetings, met))) >= base
    assert points(replace(found, meetings=(*found.meetings, off))) <= base
    good, bad = replace(tone, bad=0), replace(tone, good=0)
    assert points(replace(found, tones=(*found.tones, good))) >= base
    assert points(replace(found, tones=(*found.tones, bad))) <= base
    lost = replace(deal, stage=Stage.CLOSED_LOST, moves=())
    assert points(replace(found, deals=(*found.deals, lost))) <= base
    if found.renewal is not None:
        nearer = found.renewal - timedelta(days=10)
        assert points(replace(found, renewal=nearer, deals=())) <= points(replace(found, deals=()))


@FEW
@given(several(ago, 12), st.integers(0, 60))
def test_longer_silence_never_helps(heard: tuple[datetime, ...], days: int) -> None:
    now, later = HealthFacts(now=NOW, heard=heard), NOW + timedelta(days=days)
    assert points(replace(now, now=later)) <= points(now)


def every(days: int, count: int = 8, since: int = 0) -> tuple[datetime, ...]:
    return tuple(NOW - timedelta(days=since + days * number) for number in range(count))


@pytest.mark.parametrize(
    ("silent", "expected"), [(0, 72), (3, 72), (6, 66), (9, 60), (15, 50), (16, 40)]
)
def test_silence_is_measured_by_their_own_rhythm(silent: int, expected: int) -> None:
    heard = every(3, since=silent)
    assert usual_gap(heard) == 3
    assert score(HealthFacts(now=NOW, heard=heard)).score == expected


def test_what_is_not_known_is_said_and_costs_nothing() -> None:
    assert score(HealthFacts(now=NOW)).score is None
    health = score(HealthFacts(now=NOW, heard=every(3)))
    assert set(health.unknown) == set(ReasonKind) - {
        ReasonKind.ENGAGEMENT,
        ReasonKind.SIGNALS,
        ReasonKind.ASKS,
    }
    # Three mails make no rhythm.
    assert ReasonKind.ENGAGEMENT in score(HealthFacts(now=NOW, heard=every(3, 3))).unknown


def test_silence_is_counted_once() -> None:
    quiet = HealthFacts(now=NOW, heard=every(3, since=20))
    silence = OpenSignal(
        id=UUID(int=1), name=SignalName.SILENCE, kind=SignalKind.RISK, severity=Severity.HIGH
    )
    assert points(replace(quiet, signals=(silence,))) == points(quiet) == 40
    assert points(HealthFacts(now=NOW, signals=(silence,), heard=every(3, 1))) == BASE - 12


def won(days: int) -> HeldDeal:
    return HeldDeal(
        id=UUID(int=7), name="Pilot", stage=Stage.CLOSED_WON, stage_since=NOW - timedelta(days=days)
    )


CRITICAL = OpenSignal(
    id=UUID(int=9),
    name=SignalName.CANCELLATION,
    kind=SignalKind.RISK,
    severity=Severity.CRITICAL,
)
DEMO = Met(id=UUID(int=3), title="Product demo", starts_at=NOW, cancelled=False)
OPEN = HeldDeal(id=UUID(int=4), name="Rollout", stage=Stage.EVALUATION, stage_since=None)
ENDED = date(2026, 10, 1)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (HealthFacts(now=NOW), None),
        (HealthFacts(now=NOW, heard=every(3)), Lifecycle.PROSPECT),
        (HealthFacts(now=NOW, meetings=(DEMO,)), Lifecycle.DEMO),
        (HealthFacts(now=NOW, meetings=(replace(DEMO, cancelled=True),)), None),
        (HealthFacts(now=NOW, deals=(OPEN,)), Lifecycle.DEMO),
        (HealthFacts(now=NOW, deals=(won(10),)), Lifecycle.ONBOARDING),
        (HealthFacts(now=NOW, deals=(won(200), OPEN)), Lifecycle.ACTIVE),
        (HealthFacts(now=NOW, deals=(won(200),), signals=(CRITICAL,)), Lifecycle.AT_RISK),
        (HealthFacts(now=NOW, deals=(won(400),), renewal=ENDED), Lifecycle.CHURNED),
        # They still write, or it was won anew: not gone.
        (
            HealthFacts(now=NOW, deals=(won(400),), renewal=ENDED, heard=every(3, since=6)),
            Lifecycle.AT_RISK,
        ),
        (HealthFacts(now=NOW, deals=(won(70),), renewal=ENDED), Lifecycle.ACTIVE),
    ],
)
def test_the_lifecycle_follows_from_facts(found: HealthFacts, expected: Lifecycle | None) -> None:
    life = standing(found, score(found))
    assert (life.lifecycle if life else None) == expected
