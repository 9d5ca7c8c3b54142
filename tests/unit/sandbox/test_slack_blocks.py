"""Block Kit's limits, one row each: the largest payload Slack takes, and one step beyond."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from sandbox.slack.kit.payloads import message_problems, too_long, view_problems
from tests.unit.sandbox.slack_rig import Rig, running

Json = dict[str, Any]


def plain(text: str = "x") -> Json:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str = "x") -> Json:
    return {"type": "mrkdwn", "text": text}


def button(number: int = 0, **more: Any) -> Json:
    return {"type": "button", "action_id": f"a{number}", "text": plain(), **more}


def actions(*elements: Json) -> Json:
    return {"type": "actions", "elements": list(elements)}


def section(**more: Any) -> Json:
    return {"type": "section", **({"text": mrkdwn()} | more)}


def option(value: str = "v", text: str = "x", **more: Any) -> Json:
    return {"text": plain(text), "value": value, **more}


def options(count: int) -> list[Json]:
    return [option(str(number)) for number in range(count)]


def select(count: int = 1, **more: Any) -> Json:
    return {"type": "static_select", "action_id": "s", "options": options(count), **more}


def field(element: Json, **more: Any) -> Json:
    return {"type": "input", "label": plain(), "element": element, **more}


def line(**more: Any) -> Json:
    return {"type": "plain_text_input", "action_id": "t", **more}


def raw(text: str = "x") -> Json:
    return {"type": "raw_text", "text": text}


def data_table(rows: int = 2, columns: int = 1, **more: Any) -> Json:
    return {"type": "data_table", "caption": "c",
            "rows": [[raw()] * columns for _ in range(rows)], **more}  # fmt: skip


def table(rows: int = 1, columns: int = 1) -> Json:
    return {"type": "table", "rows": [[raw()] * columns for _ in range(rows)]}


def feedback(**more: Any) -> Json:
    side = {"text": plain(), "value": "v"}
    return {"type": "feedback_buttons", "action_id": "f",
            "positive_button": {**side, **more}, "negative_button": side}  # fmt: skip


def card(**more: Any) -> Json:
    return {"type": "card", "title": plain(), **more}


def container(*children: Json, **more: Any) -> Json:
    return {"type": "container", "title": plain(), "child_blocks": list(children), **more}


def pie(count: int, value: float = 1, label: str = "l") -> Json:
    segments = [{"label": label, "value": value}] * count
    return {"type": "data_visualization", "title": "t",
            "chart": {"type": "pie", "segments": segments}}  # fmt: skip


def bars(series: int = 1, categories: int = 1, points: int | None = None) -> Json:
    names = [f"c{number}" for number in range(categories)]
    data = [{"label": name, "value": 1} for name in names[: points if points is not None else 99]]
    chart = {
        "type": "bar",
        "axis_config": {"categories": names},
        "series": [{"name": f"s{number}", "data": data} for number in range(series)],
    }
    return {"type": "data_visualization", "title": "t", "chart": chart}


def tasks(count: int, *, same: bool = False) -> Json:
    return {"type": "plan", "title": "p",
            "tasks": [{"task_id": "t" if same else f"t{n}", "title": "x", "status": "pending"}
                      for n in range(count)]}  # fmt: skip


def rich(indent: int = 0) -> Json:
    inner = {"type": "rich_text_section", "elements": [{"type": "text", "text": "x"}]}
    bullets = {"type": "rich_text_list", "style": "bullet", "indent": indent, "elements": [inner]}
    return {"type": "rich_text", "elements": [bullets]}


def confirm(**more: Any) -> Json:
    return {"title": plain(), "text": mrkdwn(), "confirm": plain(), "deny": plain(), **more}


DIVIDER = {"type": "divider"}
IMAGE = {"type": "image", "alt_text": "a", "image_url": "https://x.example/i.png"}

# name, what still passes, what no longer does, where the pointer leads
LIMITS: list[tuple[str, list[Json], list[Json], str]] = [
    ("50 blocks", [DIVIDER] * 50, [DIVIDER] * 51, "/blocks"),
    ("section text", [section(text=mrkdwn("x" * 3000))], [section(text=mrkdwn("x" * 3001))],
     "/blocks/0/text/text"),
    ("section needs text", [section()], [{"type": "section"}], "/blocks/0"),
    ("empty text", [section()], [section(text=mrkdwn(""))], "/blocks/0/text/text"),
    ("fields", [section(fields=[mrkdwn()] * 10)], [section(fields=[mrkdwn()] * 11)],
     "/blocks/0/fields"),
    ("field", [section(fields=[mrkdwn("x" * 2000)])], [section(fields=[mrkdwn("x" * 2001)])],
     "/blocks/0/fields/0/text"),
    ("header", [{"type": "header", "text": plain("x" * 150)}],
     [{"type": "header", "text": plain("x" * 151)}], "/blocks/0/text/text"),
    ("header is plain", [{"type": "header", "text": plain()}],
     [{"type": "header", "text": mrkdwn()}], "/blocks/0/text/type"),
    ("image url", [{**IMAGE, "image_url": "u" * 3000}], [{**IMAGE, "image_url": "u" * 3001}],
     "/blocks/0/image_url"),
    ("image alt", [{**IMAGE, "alt_text": "u" * 2000}], [{**IMAGE, "alt_text": "u" * 2001}],
     "/blocks/0/alt_text"),
    ("context", [{"type": "context", "elements": [mrkdwn()] * 10}],
     [{"type": "context", "elements": [mrkdwn()] * 11}], "/blocks/0/elements"),
    ("actions", [actions(*map(button, range(25)))], [actions(*map(button, range(26)))],
     "/blocks/0/elements"),
    ("actions not empty", [actions(button())], [actions()], "/blocks/0/elements"),
    ("action_id twice", [actions(button(1), button(2))], [actions(button(1), button(1))],
     "/blocks/0/elements/1/action_id"),
    ("action_id length", [actions(button(action_id="a" * 255))],
     [actions(button(action_id="a" * 256))], "/blocks/0/elements/0/action_id"),
    ("block_id twice", [{**DIVIDER, "block_id": "a"}, {**DIVIDER, "block_id": "b"}],
     [{**DIVIDER, "block_id": "a"}, {**DIVIDER, "block_id": "a"}], "/blocks/1/block_id"),
    ("block_id twice in a container", [container(DIVIDER), {**DIVIDER, "block_id": "a"}],
     [container({**DIVIDER, "block_id": "a"}), {**DIVIDER, "block_id": "a"}],
     "/blocks/1/block_id"),
    ("button text", [actions(button(text=plain("x" * 75)))],
     [actions(button(text=plain("x" * 76)))], "/blocks/0/elements/0/text/text"),
    ("button value", [actions(button(value="x" * 2000))], [actions(button(value="x" * 2001))],
     "/blocks/0/elements/0/value"),
    ("button url", [actions(button(url="x" * 3000))], [actions(button(url="x" * 3001))],
     "/blocks/0/elements/0/url"),
    ("button style", [actions(button(style="danger"))], [actions(button(style="green"))],
     "/blocks/0/elements/0/style"),
    ("button label", [actions(button(accessibility_label="x" * 75))],
     [actions(button(accessibility_label="x" * 76))], "/blocks/0/elements/0/accessibility_label"),
    ("confirm title", [actions(button(confirm=confirm(title=plain("x" * 100))))],
     [actions(button(confirm=confirm(title=plain("x" * 101))))],
     "/blocks/0/elements/0/confirm/title/text"),
    ("confirm text", [actions(button(confirm=confirm(text=plain("x" * 300))))],
     [actions(button(confirm=confirm(text=plain("x" * 301))))],
     "/blocks/0/elements/0/confirm/text/text"),
    ("confirm deny", [actions(button(confirm=confirm(deny=plain("x" * 30))))],
     [actions(button(confirm=confirm(deny=plain("x" * 31))))],
     "/blocks/0/elements/0/confirm/deny/text"),
    ("options", [actions(select(100))], [actions(select(101))], "/blocks/0/elements/0/options"),
    ("option text", [actions(select(options=[option(text="x" * 75)]))],
     [actions(select(options=[option(text="x" * 76)]))],
     "/blocks/0/elements/0/options/0/text/text"),
    ("option value", [actions(select(options=[option("v" * 150)]))],
     [actions(select(options=[option("v" * 151)]))], "/blocks/0/elements/0/options/0/value"),
    ("initial option", [actions(select(2, initial_option=option("1")))],
     [actions(select(2, initial_option=option("9")))], "/blocks/0/elements/0"),
    ("overflow", [actions({"type": "overflow", "action_id": "o", "options": options(5)})],
     [actions({"type": "overflow", "action_id": "o", "options": options(6)})],
     "/blocks/0/elements/0/options"),
    ("checkboxes", [actions({"type": "checkboxes", "action_id": "o", "options": options(10)})],
     [actions({"type": "checkboxes", "action_id": "o", "options": options(11)})],
     "/blocks/0/elements/0/options"),
    ("radio", [actions({"type": "radio_buttons", "action_id": "o", "options": options(10)})],
     [actions({"type": "radio_buttons", "action_id": "o", "options": options(11)})],
     "/blocks/0/elements/0/options"),
    ("input label", [field(line(), label=plain("x" * 2000))],
     [field(line(), label=plain("x" * 2001))], "/blocks/0/label/text"),
    ("input hint", [field(line(), hint=plain("x" * 2000))],
     [field(line(), hint=plain("x" * 2001))], "/blocks/0/hint/text"),
    ("input length", [field(line(max_length=3000))], [field(line(max_length=3001))],
     "/blocks/0/element/max_length"),
    ("first value", [field(line(initial_value="x" * 3000))],
     [field(line(initial_value="x" * 3001))], "/blocks/0/element/initial_value"),
    ("files", [field({"type": "file_input", "action_id": "f", "max_files": 10})],
     [field({"type": "file_input", "action_id": "f", "max_files": 11})],
     "/blocks/0/element/max_files"),
    ("list indent", [rich(8)], [rich(9)], "/blocks/0/elements/0/indent"),
    ("markdown, one", [{"type": "markdown", "text": "x" * 12_000}],
     [{"type": "markdown", "text": "x" * 12_001}], "/blocks/0/text"),
    ("markdown, together", [{"type": "markdown", "text": "x" * 6000}] * 2,
     [{"type": "markdown", "text": "x" * 6001}] * 2, "/blocks"),
    ("table rows", [table(100)], [table(101)], "/blocks/0/rows"),
    ("table columns", [table(1, 20)], [table(1, 21)], "/blocks/0/rows/0"),
    ("one table", [table()], [table(), table()], "/blocks"),
    ("context_actions", [{"type": "context_actions", "elements": [
        {**feedback(), "action_id": str(n)} for n in range(5)]}],
     [{"type": "context_actions", "elements": [
         {**feedback(), "action_id": str(n)} for n in range(6)]}], "/blocks/0/elements"),
    ("feedback value", [{"type": "context_actions", "elements": [feedback(value="v" * 2000)]}],
     [{"type": "context_actions", "elements": [feedback(value="v" * 2001)]}],
     "/blocks/0/elements/0/positive_button/value"),
    ("feedback without value", [{"type": "context_actions", "elements": [feedback()]}],
     [{"type": "context_actions", "elements": [feedback(value=None)]}],
     "/blocks/0/elements/0/positive_button"),
    ("icon", [{"type": "context_actions", "elements": [
        {"type": "icon_button", "icon": "trash", "text": plain()}]}],
     [{"type": "context_actions", "elements": [
         {"type": "icon_button", "icon": "star", "text": plain()}]}],
     "/blocks/0/elements/0/icon"),
    ("no button in context_actions", [actions(button())],
     [{"type": "context_actions", "elements": [button()]}], "/blocks/0/elements/0/type"),
    ("card title", [card(title=plain("x" * 150))], [card(title=plain("x" * 151))],
     "/blocks/0/title/text"),
    ("card body", [card(body=mrkdwn("x" * 200))], [card(body=mrkdwn("x" * 201))],
     "/blocks/0/body/text"),
    ("card buttons", [card(actions=[button(n) for n in range(3)])],
     [card(actions=[button(n) for n in range(4)])], "/blocks/0/actions"),
    ("card says something", [card()], [{"type": "card", "subtitle": plain()}], "/blocks/0"),
    ("card has one icon", [card(icon=IMAGE)],
     [card(icon=IMAGE, slack_icon={"type": "icon", "name": "bot"})], "/blocks/0"),
    ("carousel", [{"type": "carousel", "elements": [card()] * 10}],
     [{"type": "carousel", "elements": [card()] * 11}], "/blocks/0/elements"),
    ("container children", [container(*[DIVIDER] * 10)], [container(*[DIVIDER] * 11)],
     "/blocks/0/child_blocks"),
    ("container child types", [container(section())], [container(card())],
     "/blocks/0/child_blocks/0/type"),
    ("container title", [container(DIVIDER, title=plain("x" * 150))],
     [container(DIVIDER, title=plain("x" * 151))], "/blocks/0/title/text"),
    ("container width", [container(DIVIDER, width="wide")], [container(DIVIDER, width="huge")],
     "/blocks/0/width"),
    ("container collapsed", [container(DIVIDER, is_collapsible=True, default_collapsed=True)],
     [container(DIVIDER, default_collapsed=True)], "/blocks/0/default_collapsed"),
    ("data_table rows", [data_table(101)], [data_table(102)], "/blocks/0/rows"),
    ("data_table needs a row", [data_table(2)], [data_table(1)], "/blocks/0/rows"),
    ("data_table columns", [data_table(2, 20)], [data_table(2, 21)], "/blocks/0/rows/0"),
    ("data_table page", [data_table(page_size=100)], [data_table(page_size=101)],
     "/blocks/0/page_size"),
    ("data_table caption", [data_table()], [data_table(caption=None)], "/blocks/0"),
    ("data_table shape", [data_table()], [data_table(rows=2) | {"rows": [[raw()], [raw(), raw()]]}],
     "/blocks/0/rows"),
    ("data_table empty cell", [data_table()], [data_table() | {"rows": [[raw()], [raw("")]]}],
     "/blocks/0/rows/1/0/text"),
    ("data_table header", [data_table()], [data_table() | {"rows": [[rich()], [raw()]]}],
     "/blocks/0/rows/0/0/type"),
    ("data_table text", [data_table() | {"rows": [[raw("x" * 10_000)], [raw("x" * 10_000)]]}],
     [data_table() | {"rows": [[raw("x" * 10_000)], [raw("x" * 10_000)], [raw()]]}],
     "/blocks/0/rows"),
    ("pie segments", [pie(12)], [pie(13)], "/blocks/0/chart/segments"),
    ("pie value", [pie(1)], [pie(1, 0)], "/blocks/0/chart/segments/0/value"),
    ("chart label", [pie(1, label="x" * 20)], [pie(1, label="x" * 21)],
     "/blocks/0/chart/segments/0/label"),
    ("series", [bars(12)], [bars(13)], "/blocks/0/chart/series"),
    ("categories", [bars(1, 20)], [bars(1, 21)], "/blocks/0/chart/axis_config/categories"),
    ("a point for each category", [bars(1, 2)], [bars(1, 2, 1)], "/blocks/0/chart/series/0/data"),
    ("two charts", [pie(1)] * 2, [pie(1)] * 3, "/blocks"),
    ("plan tasks", [tasks(50)], [tasks(51)], "/blocks/0/tasks"),
    ("plan ids", [tasks(2)], [tasks(2, same=True)], "/blocks/0/tasks"),
    ("pending card", [{"type": "task_card", "task_id": "t", "title": "x", "status": "complete"}],
     [{"type": "task_card", "task_id": "t", "title": "x", "status": "pending"}],
     "/blocks/0/status"),
    ("unknown block", [DIVIDER], [{"type": "nonsense"}], "/blocks/0/type"),
    ("unknown element", [actions(button())], [actions({"type": "nonsense"})],
     "/blocks/0/elements/0/type"),
    ("unknown field", [DIVIDER], [{**DIVIDER, "colour": "red"}], "/blocks/0"),
    ("no alert in a message", [DIVIDER], [{"type": "alert", "text": plain()}], "/blocks/0/type"),
    ("no text input in actions", [actions(button())], [actions(line())],
     "/blocks/0/elements/0/type"),
]  # fmt: skip


@pytest.mark.parametrize(("fits", "breaks", "pointer"), [row[1:] for row in LIMITS],
                         ids=[row[0] for row in LIMITS])  # fmt: skip
def test_a_message_at_and_beyond_each_limit(fits: list, breaks: list, pointer: str):
    assert message_problems(fits) == []
    assert [p for p in message_problems(breaks) if p.endswith(f"[json-pointer:{pointer}]")]


def modal(*blocks: Json, **more: Any) -> Json:
    return {"type": "modal", "title": plain(), "blocks": list(blocks or [DIVIDER]), **more}


VIEWS: list[tuple[str, Json, Json, str]] = [
    ("100 blocks", modal(*[DIVIDER] * 100), modal(*[DIVIDER] * 101), "/view/blocks"),
    ("title", modal(title=plain("x" * 24)), modal(title=plain("x" * 25)), "/view/title/text"),
    ("title is needed", modal(), modal(title=None), "/view"),
    ("submit", modal(submit=plain("x" * 24)), modal(submit=plain("x" * 25)), "/view/submit/text"),
    ("close", modal(close=plain("x" * 24)), modal(close=plain("x" * 25)), "/view/close/text"),
    ("input needs submit", modal(field(line()), submit=plain()), modal(field(line())), "/view"),
    ("metadata", modal(private_metadata="x" * 3000), modal(private_metadata="x" * 3001),
     "/view/private_metadata"),
    ("callback_id", modal(callback_id="x" * 255), modal(callback_id="x" * 256),
     "/view/callback_id"),
    ("alert", modal({"type": "alert", "text": plain("x" * 200)}),
     modal({"type": "alert", "text": plain("x" * 201)}), "/view/blocks/0/text/text"),
    ("alert level", modal({"type": "alert", "text": plain(), "level": "info"}),
     modal({"type": "alert", "text": plain(), "level": "loud"}), "/view/blocks/0/level"),
    ("no context_actions", modal(card()),
     modal({"type": "context_actions", "elements": [feedback()]}), "/view/blocks/0/type"),
    ("no markdown", modal(), modal({"type": "markdown", "text": "x"}), "/view/blocks/0/type"),
    ("no container", modal(), modal(container(DIVIDER)), "/view/blocks/0/type"),
    ("one focus", modal(field(line(focus_on_load=True)), submit=plain()),
     modal(field(line(focus_on_load=True)), field(line(focus_on_load=True)), submit=plain()),
     "/view/blocks/1/element/focus_on_load"),
    ("home", {"type": "home", "blocks": [DIVIDER] * 100},
     {"type": "home", "blocks": [DIVIDER] * 101}, "/view/blocks"),
    ("home carousel", {"type": "home", "blocks": [{"type": "carousel", "elements": [card()]}]},
     {"type": "home", "blocks": [data_table()]}, "/view/blocks/0/type"),
    ("type", modal(), {"type": "sheet", "blocks": []}, "/view/type"),
]  # fmt: skip


@pytest.mark.parametrize(("fits", "breaks", "pointer"), [row[1:] for row in VIEWS],
                         ids=[row[0] for row in VIEWS])  # fmt: skip
def test_a_view_at_and_beyond_each_limit(fits: Json, breaks: Json, pointer: str):
    assert view_problems(fits) == []
    assert [p for p in view_problems(breaks) if p.endswith(f"[json-pointer:{pointer}]")]


JUNK: list[Any] = [
    None,
    "x",
    1,
    [None],
    ["x"],
    [{}],
    [{"type": None}],
    [{"type": []}],
    [{"type": "section", "text": "x"}],
    [{"type": "actions", "elements": [None]}],
    [{"type": "actions", "elements": [{"type": "button", "action_id": []}]}],
    [{"type": "data_table", "caption": 1, "rows": [1, None]}],
    [{"type": "card", "actions": "x"}],
]


@pytest.mark.parametrize("junk", JUNK)
def test_junk_is_refused_and_never_crashes(junk: Any):
    assert message_problems(junk)
    assert view_problems({"type": "modal", "title": plain(), "blocks": junk})
    assert view_problems(junk)


def test_the_undocumented_cap_on_a_whole_message():
    def text(length: int) -> list[Json]:
        return [{"type": "markdown", "text": "x" * length}]

    assert not too_long(text(13_297))
    assert too_long(text(13_298))
    assert not too_long([*text(13_172), DIVIDER])
    assert too_long([*text(13_173), DIVIDER])


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    async with running(tmp_path) as made:
        yield made


async def test_the_api_refuses_with_slacks_codes(rig: Rig):
    bad = [section(text=mrkdwn("x" * 3001))]
    for method, where in (("chat.postMessage", {}), ("chat.postEphemeral", {"user": "UANA"})):
        refused = await rig.api(method, channel="CDEALS", text="x", blocks=bad, **where)
        assert refused["error"] == "invalid_blocks"
        assert refused["response_metadata"]["messages"] == [
            "[ERROR] must be less than 3001 characters [json-pointer:/blocks/0/text/text]"
        ]
    long = [section(text=mrkdwn("x" * 2900)) for _ in range(5)]
    refused = await rig.api("chat.postMessage", channel="CDEALS", text="x", blocks=long)
    assert refused["error"] == "msg_blocks_too_long"
    refused = await rig.api("views.publish", user_id="UANA", view=modal())
    assert refused["error"] == "invalid_arguments"
    checked = await rig.api("blocks.validate", token="", blocks=bad)
    assert checked["error"] == "invalid_blocks"


async def test_text_is_cut_at_forty_thousand(rig: Rig):
    made = await rig.api("chat.postMessage", channel="CDEALS", text="x" * 40_001)
    assert len(made["message"]["text"]) == 40_000


async def test_missing_ids_are_filled_in(rig: Rig):
    bare = [actions({"type": "button", "text": plain()}), container(section(accessory=select()))]
    made = await rig.api("chat.postMessage", channel="CDEALS", text="x", blocks=bare)
    first, second = made["message"]["blocks"]
    assert first["block_id"]
    assert first["elements"][0]["action_id"]
    assert second["child_blocks"][0]["block_id"]
