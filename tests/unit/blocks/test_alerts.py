"""Every state of an alert, its lists and windows: what Slack takes, and what they say."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from blocks.alert import alert_card, alert_text
from blocks.alert_lists import (
    alert_rollup_card,
    alert_rollup_text,
    alerts_blocks,
    digest_alerts,
    home_alerts,
)
from blocks.alert_modals import (
    alert_modal,
    alert_why_modal,
    amount_modal,
    false_alarm_modal,
    note_modal,
)
from blocks.alert_quality import (
    quality_blocks,
    quality_modal,
    replay_modal,
    replay_result,
    share_words,
    threshold_modal,
    warning_card,
)
from blocks.lint import faults, view_faults
from blocks.values import Target
from services.intervals import share_of
from services.signals.recommendations import RECOMMENDED
from services.types.alerts import (
    AlertDraft,
    AlertRollupView,
    AlertsView,
    Firing,
    MoveLine,
    NameQuality,
    QualityView,
    ReplayView,
    ThresholdView,
    WarningView,
)
from services.types.signals import Severity, SignalName, SignalStatus
from tests.unit.alert_view_factory import make_alert, make_line
from tests.unit.view_factory import NOW, make_reader

TAKEN = SignalStatus.ACKNOWLEDGED
DRAFT = AlertDraft(
    action_id=UUID(int=7), status="pending", to="Dana", subject="S", text="Hi", mine=True
)


@pytest.mark.parametrize(
    ("changes", "says", "offers"),
    [
        ({}, "Critical risk · Renewal, negotiation, €84,000", "Draft it"),
        ({"sketch": None, "no_mail": "Nobody is confirmed."}, "Nobody is confirmed.", "I'm on it"),
        ({"name": SignalName.STAGE_STUCK}, "A note on what holds", "Write the note"),
        ({"draft": DRAFT}, "waits for a decision", "Open the draft"),
        ({"draft": replace(DRAFT, text="")}, "is being written", "Open the draft"),
        ({"draft": replace(DRAFT, mine=False)}, "waits for a decision", ""),
        (
            {
                "status": SignalStatus.ACKNOWLEDGED,
                "acknowledged_by": "Mona",
                "acknowledged_at": NOW,
            },
            "Mona took it",
            "Done",
        ),
        (
            {"snoozed_until": NOW + timedelta(days=1), "snoozed_by": "Mona"},
            "Mona has put it off until",
            "Draft it",
        ),
        ({"moved_to": "Sam"}, "Sam has this account now.", ""),
        (
            {"status": SignalStatus.CLEARED, "settled_at": NOW, "settled_why": "They answered."},
            "It no longer holds: They answered. Nothing is left to do.",
            "",
        ),
        (
            {"status": SignalStatus.CLEARED, "settled_at": NOW, "draft": DRAFT},
            "The mail begun for it still waits.",
            "Open the mail",
        ),
        (
            {"status": SignalStatus.DISMISSED, "settled_at": NOW, "settled_by": "Mona"},
            "Mona called it a false alarm, just now.",
            "",
        ),
        (
            {
                "status": SignalStatus.ACTED,
                "settled_at": NOW,
                "settled_by": "Mona",
                "settled_why": "the mail was sent",
            },
            "Mona, just now: the mail was sent.",
            "",
        ),
    ],
)
def test_the_card_says_how_it_stands(changes: dict[str, Any], says: str, offers: str) -> None:
    view = make_alert(**changes)
    blocks = alert_card(view)
    assert faults(blocks, text=alert_text(view)) == []
    assert says in str(blocks)
    assert offers in str(blocks)
    if not offers and not view.open:
        assert "button" not in str(blocks)
    assert view_faults(alert_modal(view)) == []


def test_what_came_from_outside_stays_inert_and_short() -> None:
    blocks = alert_card(make_alert(why="<!channel> *all* of <https://evil.test|this>"))
    texts = [b["text"]["text"] for b in blocks if b["type"] == "section"]
    assert not any("<!channel>" in text or "<https" in text for text in texts)
    (proofs, _sketch) = (b for b in blocks if b["type"] == "rich_text")
    pieces = proofs["elements"][0]["elements"]
    assert [p["url"] for p in pieces if p["type"] == "link"] == [
        "https://mail.google.com/mail/u/#all/t1"
    ]
    assert len(pieces[0]["text"]) <= 115, "two lines on a phone"
    primary = [e for b in blocks for e in b.get("elements", ()) if e.get("style") == "primary"]
    assert len(primary) == 1


def test_every_name_has_something_to_do_and_fits() -> None:
    for name in SignalName:
        assert name in RECOMMENDED
        view = make_alert(name=name)
        assert faults(alert_card(view), text=alert_text(view)) == []
        assert view_faults(alert_why_modal(view)) == []


def test_lists_and_windows() -> None:
    reader = make_reader()
    lines = tuple(make_line(signal_id=UUID(int=n)) for n in range(10))
    rolled = AlertRollupView(reader=reader, lines=lines, total=14, accounts=10)
    assert alert_rollup_text(rolled) == "Ten accounts need you"
    assert faults(alert_rollup_card(rolled), text=alert_rollup_text(rolled)) == []
    assert "4 more alerts after these." in str(alert_rollup_card(rolled))
    empty = replace(rolled, lines=(), total=0)
    assert "settled" in alert_rollup_text(empty)
    assert len(alert_rollup_card(empty)) == 1
    mine = AlertsView(reader=reader, lines=lines, total=14, may_manage=True)
    assert faults(alerts_blocks(mine), text="alerts") == []
    assert "9 more" in str(home_alerts(mine))
    assert "Alert quality" in str(home_alerts(mine))
    assert home_alerts(AlertsView(reader=reader, lines=(), total=0)) == []
    assert "Nothing needs you" in str(alerts_blocks(AlertsView(reader=reader, lines=(), total=0)))
    boss = AlertsView(
        reader=reader, lines=(), total=3, counts=((Severity.CRITICAL, 1), (Severity.LOW, 2))
    )
    assert "1 critical, 2 low" in str(home_alerts(boss))
    assert "button" not in str(home_alerts(boss))
    assert faults(digest_alerts(lines, 14, reader), text="digest") == []
    assert digest_alerts((), 0, reader) == []
    windows = (
        false_alarm_modal(Target(id=UUID(int=1), rev=2)),
        note_modal(make_alert(name=SignalName.STAGE_STUCK)),
        amount_modal(Decimal(50_000)),
        replay_modal([SignalName.SILENCE]),
    )
    assert [view_faults(one) for one in windows] == [[], [], [], []]


def _name(name: SignalName, **changes: Any) -> NameQuality:
    return NameQuality(
        **{
            "name": name,
            "raised": 20,
            "useful": share_of(4, 10),
            "false_alarm": share_of(6, 10),
            "acted": share_of(3, 20),
            "minutes_to_action": 150.0,
            "threshold": 0.72,
            "paused_until": None,
            **changes,
        }
    )


def test_quality_prints_unknown_as_unknown_and_fits() -> None:
    reader = make_reader()
    names = tuple(_name(one, paused_until=NOW + timedelta(days=9)) for one in SignalName)
    view = QualityView(
        reader=reader,
        since=NOW,
        days=30,
        names=names,
        total=_name(SignalName.SILENCE),
        may_change=True,
        whole=True,
    )
    assert faults(quality_blocks(view), text="quality") == []
    assert view_faults(quality_modal(view)) == []
    shown = str(quality_blocks(view))
    assert "false alarms 60 % of 10 (31 to 83 %)" in shown
    assert "time to action 2.5 h" in shown
    assert "more than half are wrong" in shown
    unknown = _name(SignalName.SILENCE, useful=share_of(0, 0), minutes_to_action=None)
    assert share_words(unknown.useful) == "not known yet"
    totals = replace(view, names=(), whole=False, may_change=False)
    assert "Threshold" not in str(quality_blocks(totals))
    assert "Nothing was raised" in str(quality_blocks(replace(view, total=None, names=())))


def test_thresholds_replays_and_the_warning() -> None:
    reader = make_reader()
    moves = tuple(
        MoveLine(
            move_id=UUID(int=n),
            at=NOW - timedelta(days=n),
            before=0.7,
            value=0.72,
            by="Mona" if n else None,
            reason="6 of 10 rated alerts were false alarms.",
            undone_at=NOW if n == 2 else None,
            undone_by=None,
            undoable=n == 0,
        )
        for n in range(3)
    )
    view = ThresholdView(
        reader=reader,
        name=SignalName.SILENCE,
        threshold=0.72,
        moves=moves,
        paused_until=NOW + timedelta(days=3),
        told="Undone.",
    )
    modal = threshold_modal(view)
    assert view_faults(modal) == []
    assert str(modal).count("'Undo'") == 2, "one button, and its confirmation"
    replay = ReplayView(
        reader=reader,
        names=(SignalName.SILENCE,),
        threshold=0.6,
        days=30,
        firings=tuple(
            Firing(
                account_name="A <b>",
                name=SignalName.SILENCE,
                at=NOW,
                confidence=0.61,
                outcome="useful" if n else "",
            )
            for n in range(20)
        ),
        total=25,
        raised=19,
        whole=False,
    )
    shown = replay_result(replay)
    assert view_faults(shown) == []
    assert "25 signals at 0.60 in the last 30 days" in str(shown)
    assert "never raised" in str(shown)
    warning = WarningView(
        reader=reader,
        name=SignalName.SILENCE,
        month=NOW.date(),
        false_alarms=6,
        rated=10,
        threshold=0.7,
    )
    assert faults(warning_card(warning), text="warning") == []
