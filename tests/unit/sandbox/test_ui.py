"""The sandbox's page: what is served, how strictly, and whether a browser can run it."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from sandbox import ui

CHROMIUM = Path("/usr/bin/chromium")
BROWSER_SECONDS = 60
SWITCHES = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1440,900",
    "--virtual-time-budget=4000",
    "--dump-dom",
)

EVIL = "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>"
USERS = [
    {"id": "U1", "name": "nora", "real_name": "Nora Lind", "is_bot": False},
    {"id": "UB", "name": "understudy", "real_name": "Understudy", "is_bot": True},
]
BLOCKS = [
    {"type": "header", "text": {"type": "plain_text", "text": "A card"}},
    {"type": "section", "text": {"type": "mrkdwn", "text": f"*Priya* asks, <@U1> {EVIL}"}},
    {"type": "markdown", "text": f"**What I suggest** {EVIL}\n\n1. one\n2. two"},
    {
        "type": "data_table",
        "caption": "Deals",
        "rows": [[{"type": "raw_text", "text": "Deal"}], [{"type": "raw_text", "text": "Halden"}]],
    },
    {
        "type": "container",
        "title": {"type": "plain_text", "text": "Why"},
        "is_collapsible": True,
        "default_collapsed": True,
        "child_blocks": [{"type": "divider"}],
    },
    {
        "type": "actions",
        "elements": [
            {
                "type": "button",
                "action_id": "approve",
                "style": "primary",
                "text": {"type": "plain_text", "text": "Approve & send"},
            }
        ],
    },
    {"type": "unheard_of"},
]
MODAL = {
    "id": "V1",
    "title": {"type": "plain_text", "text": "Edit the draft"},
    "submit": {"type": "plain_text", "text": "Save"},
    "blocks": [
        {
            "type": "input",
            "block_id": "text",
            "label": {"type": "plain_text", "text": "Text"},
            "element": {"type": "plain_text_input", "action_id": "t", "multiline": True},
        }
    ],
    "errors": {"text": "Write at least a sentence."},
}
MAIL = {
    "id": "m1",
    "message_id": "<a@example>",
    "from": f"Priya <priya@halden.example>, {EVIL}",
    "to": "nora@brightwater.example",
    "subject": f"Review {EVIL}",
    "date": "2026-11-20T14:02:00Z",
    "text": "",
    "html": f"<p>Hello <b>Nora</b> {EVIL}</p><a href='javascript:document.title=1'>press</a>",
    "labels": ["INBOX"],
    "headers": [{"name": "Subject", "value": EVIL}],
}
ANSWERS: dict[str, Any] = {
    "/ui/slack/state": {
        "team": {"id": "T1", "name": "Brightwater"},
        "users": USERS,
        "me": {"id": "U1"},
        "channels": [{"id": "D1", "name": "understudy", "is_im": True, "user": "UB", "unread": 1}],
        "command": "/understudy",
    },
    "/ui/slack/messages": {
        "messages": [
            {
                "ts": "1763647200.0001",
                "bot_id": "B1",
                "user": "UB",
                "text": "card",
                "blocks": BLOCKS,
            },
            {"ts": "1763647300.0001", "bot_id": "B1", "text": "psst", "ephemeral": True},
        ]
    },
    "/ui/slack/modals": {"views": [MODAL]},
    "/ui/slack/home": {"view": None},
    "/ui/mail/mailboxes": {
        "mailboxes": [
            {"email": "nora@brightwater.example", "name": "Nora Lind", "kind": "rep", "unread": 1}
        ]
    },
    "/ui/mail/threads": {
        "threads": [{"id": "t1", "subject": EVIL, "from": EVIL, "date": MAIL["date"], "count": 1}]
    },
    "/ui/mail/thread": {"messages": [MAIL]},
}


async def _answer(request: web.Request) -> web.Response:
    return web.json_response(ANSWERS.get(request.path, {"ok": True}))


@pytest.fixture
async def client() -> AsyncIterator[TestClient[web.Request, web.Application]]:
    app = web.Application()
    ui.attach(app)
    app.router.add_route("*", "/ui/{rest:.*}", _answer)
    async with TestClient(TestServer(app)) as made:
        yield made


async def test_the_page_is_served_under_a_strict_policy(client):
    response = await client.get("/")
    body = await response.text()
    assert response.status == 200
    assert response.content_type == "text/html"
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "<script>" not in body
    assert " style=" not in body
    assert re.search(r"\son\w+=", body) is None


async def test_everything_the_page_asks_for_is_there(client):
    wanted = {"/static/app.js"}
    page = await (await client.get("/")).text()
    wanted |= set(re.findall(r'(?:href|src)="(/static/[^"]+)"', page))
    seen: set[str] = set()
    while wanted - seen:
        path = (wanted - seen).pop()
        seen.add(path)
        response = await client.get(path)
        assert response.status == 200, path
        assert response.content_type == ui.CONTENT_TYPES[Path(path).suffix].split(";")[0]
        assert "Content-Security-Policy" in response.headers
        if path.endswith(".js"):
            names = re.findall(r'from "\./([^"]+)"', await response.text())
            wanted |= {f"/static/{name}" for name in names}
    assert seen == {f"/static/{path.name}" for path in ui.STATIC.iterdir()} - {"/static/index.html"}


@pytest.mark.parametrize(
    "path",
    [
        "/static/",
        "/static/nothing.js",
        "/static/..%2fui.py",
        "/static/%2e%2e/ui.py",
        "/static/x.py",
    ],
)
async def test_nothing_else_is_served(client, path):
    assert (await client.get(path)).status == 404


def test_the_parts_stay_small_and_ask_nothing_from_outside():
    for path in ui.STATIC.iterdir():
        text = path.read_text()
        assert len(text.splitlines()) <= 400, path.name
        assert "innerHTML" not in text, path.name
        assert "insertAdjacentHTML" not in text, path.name
        loads = re.findall(r'(?:@import|url\(|from "|import\(")\s*["\']?(?:https?:)?//', text)
        assert not loads, path.name


async def _dom(url: str, profile: Path) -> str:
    process = await asyncio.create_subprocess_exec(
        str(CHROMIUM),
        *SWITCHES,
        f"--user-data-dir={profile}",
        url,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        out, _ = await asyncio.wait_for(process.communicate(), BROWSER_SECONDS)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return out.decode()


@pytest.mark.browser
@pytest.mark.skipif(not CHROMIUM.exists(), reason="no chromium here")
async def test_a_browser_shows_both_sides_and_runs_nothing_a_stranger_wrote(client, tmp_path):
    url = str(client.make_url("/#mailbox=nora@brightwater.example&thread=t1"))
    dom = await _dom(url, tmp_path)
    assert "<title>Understudy sandbox</title>" in dom
    assert "Approve &amp; send" in dom
    assert "@Nora Lind" in dom
    assert "Only visible to you" in dom
    assert "What I suggest" in dom
    assert "Write at least a sentence." in dom
    assert "unheard_of" in dom
    assert '<div class="mail-html"><p>Hello <b>Nora</b>' in dom
    assert re.search(r"<img[^>]*\bonerror", dom) is None
    assert "<script>document" not in dom
    assert 'href="javascript' not in dom
