"""Faults, tokens, push and hand edits: what the product must survive."""

import base64
import json
from urllib.parse import urlencode

import aiohttp
import pytest
import pytest_asyncio
from aiohttp import web
from google.oauth2 import id_token

from sandbox.gmail.auth import CLIENT_ID, CLIENT_SECRET, SCOPE
from tests.unit.sandbox.gmail_server import CUSTOMER, REP, mail, raw64, running, serve, until

USERS = "/gmail/v1/users/me"


@pytest_asyncio.fixture
async def box():
    async for item in running():
        yield item


class Bot:
    """A stand-in for the product's push endpoint: answers as told, keeps what came."""

    def __init__(self):
        self.statuses = []
        self.got = []

    async def push(self, request):
        self.got.append((dict(request.headers), await request.read()))
        return web.Response(status=self.statuses.pop(0) if self.statuses else 204)

    def notes(self):
        return [
            json.loads(base64.urlsafe_b64decode(json.loads(body)["message"]["data"]))
            for _, body in self.got
        ]


@pytest_asyncio.fixture
async def bot(box):
    bot = Bot()
    app = web.Application()
    app.router.add_post("/gmail/push", bot.push)
    runner, url = await serve(app)
    await box.post("/control/gmail/push", bot_url=url, backoff=0.01)
    yield bot
    await runner.cleanup()


async def call(box, method, path, body=None, email=REP):
    headers = {"Authorization": f"Bearer {await box.token(email)}"}
    url = box.url + path
    async with box.session.request(method, url, json=body, headers=headers) as reply:
        text = await reply.text()
        return reply.status, json.loads(text) if text else None


async def new_draft(box):
    body = {"message": {"raw": raw64(mail())}}
    return (await call(box, "POST", f"{USERS}/drafts", body))[1]["id"]


async def watch(box, **more):
    body = {"topicName": "projects/p/topics/t", **more}
    status, answer = await call(box, "POST", f"{USERS}/watch", body)
    assert status == 200
    return answer


@pytest.mark.parametrize(
    ("kind", "status", "reason", "left"),
    [
        ("http_500", 500, "backendError", 0),
        ("http_503_after_accept", 503, "backendError", 1),
        ("rate_403", 403, "userRateLimitExceeded", 0),
        ("rate_429", 429, "rateLimitExceeded", 0),
        ("drop_before", None, None, 0),
        ("drop_after_accept", None, None, 1),
        ("slow:0.05", 200, None, 1),
    ],
)
async def test_a_planned_fault_happens_once(box, kind, status, reason, left):
    draft = await new_draft(box)
    await box.post("/control/gmail/faults", op="drafts.send", times=1, kind=kind)
    if status is None:
        with pytest.raises(aiohttp.ClientError):
            await call(box, "POST", f"{USERS}/drafts/send", {"id": draft})
    else:
        got, body = await call(box, "POST", f"{USERS}/drafts/send", {"id": draft})
        assert got == status
        if reason:
            assert body["error"]["errors"][0]["reason"] == reason
    assert len((await box.get("/control/gmail/sent"))["sent"]) == left
    again, _ = await call(box, "POST", f"{USERS}/drafts/send", {"id": draft})
    assert again == (404 if left else 200)
    assert len((await box.get("/control/gmail/sent"))["sent"]) == 1


async def test_an_unknown_fault_is_refused(box):
    await box.post("/control/gmail/faults", expect=400, op="*", kind="meteor")


async def test_calls_are_counted(box):
    await call(box, "GET", f"{USERS}/profile")
    calls = (await box.get("/control/gmail/calls?op=getProfile"))["calls"]
    assert [(c["mailbox"], c["status"]) for c in calls] == [(REP, 200)]
    assert (await box.json("DELETE", "/control/gmail/calls"))["calls"] == []


async def refresh(box, credentials):
    form = {**credentials, "grant_type": "refresh_token"}
    form.pop("scopes")
    async with box.session.post(credentials["token_uri"], data=form) as reply:
        return reply.status, await reply.json()


async def test_tokens_are_refreshed_expire_and_are_revoked(box):
    credentials = await box.get(f"/control/gmail/credentials/{REP}")
    assert "expiry" not in credentials
    status, answer = await refresh(box, credentials)
    assert (status, answer["expires_in"]) == (200, 3599)
    headers = {"Authorization": f"Bearer {answer['access_token']}"}

    async def profile():
        async with box.session.get(f"{box.url}{USERS}/profile", headers=headers) as reply:
            return reply.status

    assert await profile() == 200
    await box.post("/control/gmail/tokens", mailbox=REP, do="expire")
    assert await profile() == 401
    assert (await refresh(box, credentials))[0] == 200
    await box.post("/control/gmail/faults", op="token", kind="invalid_grant")
    assert (await refresh(box, credentials))[1]["error"] == "invalid_grant"
    assert (await refresh(box, credentials))[0] == 200
    await box.post("/control/gmail/tokens", mailbox=REP, do="revoke")
    assert (await refresh(box, credentials))[1]["error"] == "invalid_grant"


async def test_a_person_connects_with_a_code(box):
    asked = {
        "client_id": CLIENT_ID,
        "response_type": "code",
        "scope": SCOPE,
        "redirect_uri": "http://127.0.0.1/back",
        "state": "s1",
        "access_type": "offline",
    }
    path = f"{box.url}/o/oauth2/v2/auth?{urlencode(asked)}"

    async def answered(**form: str) -> aiohttp.client.URL:
        async with box.session.post(path, data=form, allow_redirects=False) as reply:
            return aiohttp.client.URL(reply.headers["Location"])

    async def token(code: str, **more: str) -> tuple[int, dict[str, str]]:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "client_id": CLIENT_ID,
            "client_secret": CLIENT_SECRET,
            "redirect_uri": "http://127.0.0.1/back",
        } | more
        async with box.session.post(f"{box.url}/token", data=form) as reply:
            return reply.status, await reply.json()

    back = await answered(account=REP, do="allow", scope=SCOPE)
    assert back.query["state"] == "s1"
    status, given = await token(back.query["code"])
    assert (status, given["scope"]) == (200, SCOPE)
    assert given["refresh_token"]
    assert (await token(back.query["code"]))[0] == 400
    # Not asked for consent again, a person who gave it gets no second lasting token.
    again = await token((await answered(account=REP, do="allow", scope=SCOPE)).query["code"])
    assert "refresh_token" not in again[1]
    elsewhere = (await answered(account=REP, do="allow", scope=SCOPE)).query["code"]
    assert (await token(elsewhere, redirect_uri="http://127.0.0.1/other"))[0] == 400
    assert (await answered(account=REP, do="deny")).query["error"] == "access_denied"
    # What was unticked isn't granted, and the API says so.
    less = await token((await answered(account=REP, do="allow")).query["code"])
    headers = {"Authorization": f"Bearer {less[1]['access_token']}"}
    async with box.session.get(f"{box.url}{USERS}/profile", headers=headers) as reply:
        assert reply.status == 403
    async with box.session.get(path.replace("code", "token", 1)) as reply:
        assert reply.status == 400


async def test_a_push_is_signed_and_names_the_history(box, bot):
    await watch(box, labelIds=["INBOX"])
    await box.deliver(mail(sender=CUSTOMER, to=REP))
    await until(lambda: bot.got)
    headers, body = bot.got[0]
    envelope = json.loads(body)
    assert set(envelope["message"]) >= {"data", "messageId", "publishTime"}
    note = bot.notes()[0]
    assert note["emailAddress"] == REP
    assert note["historyId"] == box.world.store.mailbox(REP).history_id
    certificates = json.dumps(await box.get("/oauth2/v1/certs")).encode()

    class Reply:
        status, data = 200, certificates

    state = await box.get("/control/gmail/push")
    claims = id_token.verify_oauth2_token(
        headers["Authorization"].removeprefix("Bearer "),
        lambda *_, **__: Reply,
        audience=state["settings"]["bot_url"] + "/gmail/push",
    )
    assert claims["email"] == state["settings"]["email"]
    assert claims["email_verified"] is True
    await box.post("/control/gmail/push", bad_jwt=True)
    with pytest.raises(ValueError, match="signature"):
        id_token.verify_oauth2_token(box.world.push.bearer(), lambda *_, **__: Reply)


async def test_a_mailbox_hears_nothing_before_watch_and_after_stop(box, bot):
    await box.deliver(mail(sender=CUSTOMER, to=REP))
    await watch(box)
    await call(box, "POST", f"{USERS}/stop")
    await box.deliver(mail(sender=CUSTOMER, to=REP))
    assert (await box.get("/control/gmail/push"))["deliveries"] == []
    assert bot.got == []


async def test_a_watch_on_the_inbox_is_quiet_about_drafts(box, bot):
    await watch(box, labelIds=["INBOX"])
    await new_draft(box)
    assert (await box.get("/control/gmail/push"))["deliveries"] == []
    await watch(box, labelIds=["INBOX"], labelFilterBehavior="exclude")
    await new_draft(box)
    await until(lambda: bot.got)


async def test_at_most_one_push_a_second(box, bot):
    await watch(box)
    for number in range(4):
        await box.deliver(mail(sender=CUSTOMER, to=REP, text=str(number)))
    await until(lambda: bot.got)
    deliveries = (await box.get("/control/gmail/push"))["deliveries"]
    assert [d["outcome"] for d in deliveries[1:]] == ["rate_limited"] * 3
    assert len(bot.got) == 1


async def test_a_refused_push_comes_again_with_the_same_id(box, bot):
    bot.statuses = [500, 401]
    await watch(box)
    await box.deliver(mail(sender=CUSTOMER, to=REP))
    await until(lambda: len(bot.got) == 3)
    assert len({json.loads(body)["message"]["messageId"] for _, body in bot.got}) == 1
    log = box.world.push.log
    await until(lambda: log[0]["outcome"] == "acknowledged")
    assert log[0]["statuses"] == [500, 401, 204]


@pytest.mark.parametrize(
    ("setting", "copies", "outcome"),
    [({"drop": 1}, 0, "dropped"), ({"duplicate": 1}, 2, "acknowledged")],
)
async def test_pushes_are_lost_and_doubled_on_demand(box, bot, setting, copies, outcome):
    await watch(box)
    await box.post("/control/gmail/push", **setting)
    await box.deliver(mail(sender=CUSTOMER, to=REP))
    await until(lambda: box.world.push.log[0]["outcome"] == outcome)
    await until(lambda: len(bot.got) == copies)


async def test_a_held_push_is_overtaken(box, bot):
    await watch(box)
    await box.post("/control/gmail/push", rate_seconds=0, reorder=1)
    await box.deliver(mail(sender=CUSTOMER, to=REP))
    await box.post("/control/gmail/push", reorder=0)
    await box.deliver(mail(sender=CUSTOMER, to=REP, text="second"))
    await until(lambda: len(bot.got) == 2)
    first, second = bot.notes()
    assert first["historyId"] > second["historyId"]


async def test_anything_can_be_posted_to_the_bot(box, bot):
    done = await box.post("/control/gmail/push/raw", body="{not json", headers={"X-Odd": "1"})
    assert done["status"] == 204
    headers, body = bot.got[0]
    assert body == b"{not json"
    assert headers["X-Odd"] == "1"
    assert "Authorization" not in headers
    await box.post("/control/gmail/push/raw", json={"a": 1}, sign=True)
    assert bot.got[1][0]["Authorization"].startswith("Bearer ey")


async def test_a_hand_edit_keeps_the_draft_and_loses_our_headers(box):
    raw = mail(X_Understudy_Draft="d1", Bcc="keep@x.example")
    body = {"message": {"raw": raw64(raw)}}
    draft = (await call(box, "POST", f"{USERS}/drafts", body))[1]
    path = f"/control/gmail/drafts/{REP}/{draft['id']}/edit"
    kept = await box.post(path, text="By hand", keep_x_headers=True)
    store = box.world.store.mailbox(REP)
    assert b"X-Understudy-Draft: d1" in store.messages[kept["message"]["id"]].raw
    untouched = await box.post(path, text="By hand\n", subject="Pricing", to=CUSTOMER)
    assert untouched["message"]["id"] == kept["message"]["id"]
    edited = await box.post(path, text="By hand again", cc="boss@x.example")
    assert edited["id"] == draft["id"]
    stored = store.messages[edited["message"]["id"]]
    assert b"X-Understudy" not in stored.raw
    assert (stored.meta.cc, stored.meta.bcc) == ("boss@x.example", "keep@x.example")
    assert draft["message"]["id"] not in store.messages


async def test_the_browsers_draft_is_edited_sent_and_deleted(box):
    start = await box.post("/ui/mail/draft", mailbox=REP, to=CUSTOMER, subject="Hi", text="One")
    draft = start["draft_id"]
    await box.post("/ui/mail/draft", mailbox=REP, draft_id=draft, text="Two")
    row = (await box.get(f"/ui/mail/threads?mailbox={REP}&folder=drafts"))["threads"][0]
    assert row["draft_id"] == draft
    await box.post("/ui/mail/draft_send", mailbox=REP, draft_id=draft)
    await box.post("/ui/mail/draft_send", expect=404, mailbox=REP, draft_id=draft)
    sent = (await box.get(f"/control/gmail/sent?mailbox={REP}"))["sent"]
    assert [(s["via"], s["draft_id"]) for s in sent] == [("ui", draft)]
    assert b"Two" in base64.b64decode(sent[0]["raw"])
    other = await box.post("/ui/mail/draft", mailbox=REP, to=CUSTOMER, subject="x", text="y")
    await box.post("/ui/mail/draft_delete", mailbox=REP, draft_id=other["draft_id"])
    assert (await box.get(f"/ui/mail/threads?mailbox={REP}&folder=drafts"))["threads"] == []


async def test_looking_at_a_thread_marks_it_read(box):
    await box.deliver(mail(sender=CUSTOMER, to=REP))
    boxes = (await box.get("/ui/mail/mailboxes"))["mailboxes"]
    assert [b["unread"] for b in boxes] == [1, 0]
    row = (await box.get(f"/ui/mail/threads?mailbox={REP}"))["threads"][0]
    assert row["unread"]
    await box.get(f"/ui/mail/thread?mailbox={REP}&id={row['id']}")
    assert not (await box.get(f"/ui/mail/threads?mailbox={REP}"))["threads"][0]["unread"]


@pytest.mark.parametrize(
    "fields",
    [
        {"to": "a <"},
        {"to": "Bo\r\nBcc: spy@x.example <b@x.example>"},
        {"to": [CUSTOMER, 7]},
        {"to": "@@, <>"},
        {"subject": "one\r\nX-Injected: 1"},
        {"text": "half a pair \ud800"},
        {"text": ["a", "b"]},
        {"cc": {"a": 1}},
    ],
)
async def test_odd_letters_are_sent_or_refused_never_a_crash(box, fields):
    body = {"mailbox": REP, "to": CUSTOMER, "subject": "s", "text": "t", **fields}
    async with box.session.post(box.url + "/ui/mail/send", json=body) as reply:
        assert reply.status in {200, 400}
    for sent in (await box.get("/control/gmail/sent"))["sent"]:
        raw = base64.b64decode(sent["raw"])
        assert b"\nX-Injected" not in raw
        assert b"\nBcc" not in raw


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/control/gmail/deliver"),
        ("POST", "/ui/mail/send"),
        ("GET", "/ui/mail/threads?mailbox=nobody@x.example"),
        ("POST", "/control/gmail/tokens"),
        ("GET", "/control/gmail/credentials/nobody@x.example"),
    ],
)
async def test_wrong_use_is_told_as_json(box, method, path):
    async with box.session.request(method, box.url + path, data=b"[]") as reply:
        assert reply.status in {400, 404}
        assert (await reply.json())["error"]["message"]
