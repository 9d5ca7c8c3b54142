"""The pages of the copilot's autonomy: Slack takes each, for every role and however much there is;
nothing from outside becomes markup; lines stay short enough for a phone."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from blocks.autonomy import autonomy_blocks, autonomy_text
from blocks.autonomy_doings import doings_modal, story_modal
from blocks.autonomy_shadow import shadow_modal
from blocks.autonomy_type import (
    cap_modal,
    limit_modal,
    narrow_modal,
    order_blocks,
    order_text,
    type_modal,
)
from blocks.autonomy_values import Order
from blocks.autonomy_words import evidence_words
from blocks.doing_words import doing_state, judgement_words
from blocks.lint import faults, view_faults
from handlers.autonomy_words import read_order
from sandbox.slack.kit.payloads import message_problems, too_long, view_problems
from services.intervals import share_of
from services.types.actions import ActionType, AutonomyLevel
from services.types.autonomy_views import (
    Because,
    DoingsFilter,
    EvidenceView,
    NarrowForm,
    PendingPromotion,
    Standing,
)
from services.types.autonomy_words import LEVEL_MEANS, LEVEL_WORDS, TYPE_WORDS
from services.types.people import Role
from services.types.shadow import ShadowExample, ShadowLine, ShadowView
from tests.unit.autonomy_view_factory import (
    ID,
    make_doing,
    make_left_out,
    make_list,
    make_move,
    make_narrowing,
    make_page,
    make_story,
    make_type,
    make_type_view,
    make_types,
)
from tests.unit.view_factory import NOW, make_reader

HOSTILE = "<!channel> *Bold* <https://evil.example|click> &amp; `code` \u202e" + "x" * 300
ROLES: dict[Role, dict[str, Any]] = {
    Role.ADMIN: {"may_change": True},
    Role.MANAGER: {"may_change": False, "may_narrow": True},
    Role.REP: {"may_change": False, "may_narrow": True},
    Role.EXECUTIVE: {"may_change": False, "types": ()},
}


def test_every_type_and_level_has_words():
    assert set(TYPE_WORDS) == set(ActionType)
    assert set(LEVEL_WORDS) == set(LEVEL_MEANS) == set(AutonomyLevel)
    assert len(set(TYPE_WORDS.values())) == len(TYPE_WORDS)


def _taken(blocks: list[Any], text: str) -> None:
    assert faults(blocks, text=text) == []
    assert message_problems(blocks) == []
    assert not too_long(blocks)


def _fits(view: Any) -> None:
    assert view_faults(view) == []
    assert view_problems(view) == []


def _inert(built: Any) -> None:
    """Nothing from outside is active where markup is read; plain text knows none."""
    for said in _markup(built):
        assert "<!channel>" not in said
        assert "<https://evil" not in said
        assert "*Bold*" not in said
        assert "`code`" not in said
    assert "\\u202e" not in json.dumps(built)


def _markup(built: Any) -> Iterator[str]:
    if isinstance(built, dict):
        if built.get("type") == "mrkdwn":
            yield built["text"]
        for part in built.values():
            yield from _markup(part)
    elif isinstance(built, list):
        for part in built:
            yield from _markup(part)


# ── The page ────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("stopped", [False, True])
def test_slack_takes_the_page_for_every_role_at_its_fullest(role, stopped):
    types = make_types(
        because=Because.LIMIT,
        ceiling=AutonomyLevel.APPROVE,
        pending=PendingPromotion(before="approve", after="undo_window", since=NOW),
        evidence=EvidenceView(decided=99_999, good=0.999, undone=999, success=0.999, spread=0.005),
    )
    full = {
        "reader": make_reader(role=role, name=HOSTILE),
        "types": types,
        "narrowings": tuple(make_narrowing(account=HOSTILE) for _ in range(20)),
        "daily_cap": 50,
        "shadow": True,
        "stopped": stopped,
        "stopped_since": NOW if stopped else None,
        "stopped_by": HOSTILE if stopped else "",
    }
    view = make_page(**(full | ROLES[role]))
    blocks = autonomy_blocks(view, told=HOSTILE)
    _taken(blocks, autonomy_text(view))
    _inert(blocks)
    said = json.dumps(blocks, ensure_ascii=False)
    assert "doesn't fit" not in said
    assert ("pause." in said) is (role is Role.ADMIN)
    assert ("doings.export" in said) is (role is Role.ADMIN)
    assert ("autonomy.narrow" in said) is (role in (Role.REP, Role.MANAGER))
    assert ("autonomy.shadow" in said) is (role in (Role.ADMIN, Role.MANAGER))
    assert ("Follow-ups" in said) is (role is not Role.EXECUTIVE)


def test_the_page_groups_by_what_happens_and_never_has_no_button():
    types = list(make_types())
    types[1] = replace(types[1], standing=Standing.WAITS, level=AutonomyLevel.APPROVE)
    types[2] = replace(types[2], standing=Standing.RESTS, stopped=True, because=Because.STOPPED)
    blocks = autonomy_blocks(make_page(types=tuple(types)))
    texts = [json.dumps(one, ensure_ascii=False) for one in blocks]
    heads = [at for at, one in enumerate(texts) if one.startswith('{"type": "context"')]
    order = [texts[at] for at in heads]
    for at, title in enumerate(("Acts by itself", "Waits for a person", "Rests"), 1):
        assert title in order[at]
    assert "Meeting times* · stopped" in texts[heads[3] + 1]
    never = next(one for one in blocks if "Never, whoever asks:" in json.dumps(one))
    assert "accessory" not in never
    assert never["text"]["text"].count(",") == 4


def test_lines_of_a_type_are_short_enough_for_a_phone():
    (block,) = [one for one in autonomy_blocks(make_page()) if "*Follow-ups*" in json.dumps(one)]
    lines = block["text"]["text"].split("\n")
    assert lines == [
        "*Follow-ups* · undo window",
        "Earned",
        "62 decided, 97 % not stopped, none undone · success 0.71 ± 0.05",
    ]
    assert max(map(len, lines)) <= 64
    nothing = EvidenceView(decided=0)
    assert evidence_words(nothing, AutonomyLevel.APPROVE) == "Nothing decided yet"
    some = EvidenceView(decided=62, good=0.97, undone=2)
    said = evidence_words(some, AutonomyLevel.APPROVE)
    assert said == "62 decided, 97 % unchanged, 2 undone"


def test_who_stopped_everything_stands_first():
    view = make_page(stopped=True, stopped_since=NOW - timedelta(minutes=2), stopped_by="Dana")
    first = autonomy_blocks(view)[0]
    assert first["text"]["text"].startswith("*Everything is stopped since 10:28 by Dana*")
    assert first["accessory"]["action_id"] == "pause.end_all"
    assert "confirm" in first["accessory"]
    narrowed = autonomy_blocks(
        make_page(may_change=False, may_narrow=True, narrowings=(make_narrowing(),))
    )
    assert "On Arden Foods: ask me first" in json.dumps(narrowed)


# ── One kind of action ──────────────────────────────────────────────────────────────────────────
def test_slack_takes_a_type_with_its_moves_and_each_form():
    line = make_type(
        evidence=EvidenceView(decided=9, still_needs=(HOSTILE,) * 3),
        pending=PendingPromotion(before="approve", after="undo_window", since=NOW),
    )
    moves = tuple(make_move(n, by=HOSTILE, why=HOSTILE * 3, kind="odd_kind") for n in range(10))
    view = type_modal(
        make_type_view(
            line=line, moves=moves, moves_in_all=500, older=ID, first_page=False, may_narrow=True
        ),
        told=HOSTILE,
    )
    _fits(view)
    _inert(view)
    assert "500 times" in json.dumps(view)
    never = type_modal(make_type_view(line=make_types()[-1], moves=(), moves_in_all=0))
    _fits(never)
    assert "action_id" not in json.dumps(never)
    for one in ActionType:
        _fits(type_modal(make_type_view(line=make_type(one, stopped=True))))
        _fits(limit_modal(make_type(one, ceiling=AutonomyLevel.SHADOW)))
    _fits(cap_modal(7))
    _fits(cap_modal(None))


def test_a_narrowing_offers_only_what_lies_below_what_is_in_force():
    types = (("send_follow_up_email", AutonomyLevel.UNDO_WINDOW), ("schedule_meeting", "suggest"))
    form = NarrowForm(types=tuple((name, AutonomyLevel(level)) for name, level in types))

    def offered(form: NarrowForm) -> list[str]:
        view = narrow_modal(form)
        _fits(view)
        (block,) = [one for one in view["blocks"] if one.get("block_id") == "level"]
        return [one["value"] for one in block["element"]["options"]]

    assert offered(form) == ["off", "shadow", "suggest", "approve"]
    assert offered(replace(form, action_type="schedule_meeting")) == ["off", "shadow"]
    assert offered(replace(form, types=())) == ["off"]


# ── The list and the story ──────────────────────────────────────────────────────────────────────
def test_slack_takes_the_list_at_its_fullest_and_a_story_without_end():
    full = make_list(
        chosen=DoingsFilter(
            action_type="initiate_executive_relationship",
            which="undo_window",
            account_id=ID,
            member_id=ID,
            days=90,
        ),
        account=HOSTILE,
        member=HOSTILE,
        lines=tuple(make_doing(id=UUID(int=n), account=HOSTILE, owner=HOSTILE) for n in range(10)),
        older=ID,
        newer=ID,
        may_export=True,
        may_choose_people=True,
    )
    for view in (
        doings_modal(full),
        doings_modal(make_list(lines=())),
        doings_modal(
            make_list(
                chosen=DoingsFilter(left_out=True),
                left_out=tuple(
                    make_left_out(account=HOSTILE, why_not=HOSTILE, settled_by=HOSTILE)
                    for _ in range(10)
                ),
            )
        ),
        story_modal(make_story(HOSTILE, 30)),
        story_modal(make_story("", 0)),
    ):
        _fits(view)
        _inert(view)
    assert "24 before these" in json.dumps(story_modal(make_story(HOSTILE, 30)))
    assert "40 % of their answer" in json.dumps(story_modal(make_story("", 1)))


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({}, "Waits for Rita Rep since 09:30"),
        ({"decided": "held"}, "Only written down, 09:30"),
        ({"verdict": "hard_stop"}, "Never leaves, 09:30"),
        ({"status": "rejected", "decided_by": "Mona"}, "Rejected by Mona, at an unknown time"),
        (
            {"status": "approved", "surface": "rule", "effect": "queued",
             "due_at": NOW + timedelta(minutes=5)},
            "By itself, leaves at 10:35 (in 5 minutes)",
        ),
        (
            {"status": "done", "surface": "rule", "effect": "done",
             "settled_at": NOW - timedelta(hours=2)},
            "By itself, left 08:30",
        ),
        (
            {"status": "done", "surface": "slack", "decided_by": "Rita", "effect": "done",
             "settled_at": NOW - timedelta(hours=2)},
            "Approved by Rita, left 08:30",
        ),
        (
            {"status": "approved", "surface": "rule", "effect": "unknown"},
            "By itself, not known whether it left",
        ),
        (
            {"status": "pending", "effect": "cancelled", "undone_by": "Rita",
             "undone_at": NOW - timedelta(minutes=3)},
            "Undone by Rita, 3 min ago",
        ),
        ({"status": "voided"}, "Overtaken by a newer mail, 09:30"),
    ],
)  # fmt: skip
def test_what_became_of_an_action_is_one_line(changes, says):
    assert doing_state(make_doing(**changes), make_reader()) == says


def test_a_judgement_says_what_it_was_of_and_what_would_have_happened():
    (one,) = make_story("Large deal.", 1).judgements
    said = judgement_words(replace(one, reasons=("Large deal.",)), make_reader()).split("\n")
    assert said == [
        "Text 1, just now: needs a person · level approve: only written down, would have left",
        "• Large deal.",
    ]
    wish = replace(one, revision=0, decision="queued", verdict="autonomous", reasons=())
    assert judgement_words(wish, make_reader()) == (
        "Before the text, just now: may leave by itself · level approve: leaves by itself"
    )


# ── The report, and what people type ────────────────────────────────────────────────────────────
def test_the_shadow_report_says_what_isnt_known_and_fits():
    example = ShadowExample(account=HOSTILE, mine=HOSTILE * 5, theirs=HOSTILE * 5)
    line = ShadowLine(
        action_type="send_follow_up_email",
        would_send=10,
        would_ask=2,
        would_stop=1,
        people_did_alike=6,
        people_did_otherwise=3,
        people_did_nothing=4,
        agreement=share_of(6, 10),
        examples=(example,) * 9,
    )
    unknown = replace(line, agreement=share_of(0, 0), examples=())
    view = shadow_modal(ShadowView(reader=make_reader(), days=30, lines=(line, unknown) * 7))
    _fits(view)
    _inert(view)
    said = json.dumps(view, ensure_ascii=False)
    assert "agreed 60 % of 10 (31 to 83 %)" in said
    assert "not known yet" in said
    _fits(shadow_modal(ShadowView(reader=make_reader(), days=30, lines=())))


FOLLOW_UP = "send_follow_up_email"


@pytest.mark.parametrize(
    ("typed", "order"),
    [
        ("stop follow-ups", Order(do="stop", type=FOLLOW_UP)),
        ("Stop  Followups", Order(do="stop", type=FOLLOW_UP)),
        ("stpo send_follow_up_email", Order(do="stop", type=FOLLOW_UP)),
        ("release meeting times", Order(do="release", type="schedule_meeting")),
        ("limit follow-ups to undo window",
         Order(do="limit", type=FOLLOW_UP, level="undo_window")),
        ("limit answers to questions to undo_window",
         Order(do="limit", type="send_routine_response", level="undo_window")),
        ("limit prices to aprove", Order(do="limit", type="discuss_pricing", level="approve")),
        ("limit prices to no limit", Order(do="limit", type="discuss_pricing")),
        ("stop everything", Order(do="stop")),
        ("resume all", Order(do="release")),
        ("limit everything to off", None),
        ("limit follow-ups", None),
        ("limit follow-ups to the moon", None),
        ("stop", None),
        ("stop the world", None),
        ("sing", None),
    ],
)  # fmt: skip
def test_typed_orders_are_read_kindly_and_never_guessed(typed, order):
    assert read_order(typed) == order
    if order is not None:
        blocks = order_blocks(order)
        _taken(blocks, order_text(order))
        (button,) = blocks[1]["elements"]
        assert Order.model_validate_json(button["value"]) == order
        assert ("confirm" in button) is (order.do == "release" or order_text(order)[:4] == "Lift")
