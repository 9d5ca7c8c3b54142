"""What happens to bytes: kept for what arrives, threaded by the documented rule, searchable."""

import base64

import pytest
import pytest_asyncio
from googleapiclient.errors import HttpError

from sandbox.gmail import mime, parts
from sandbox.gmail.archive import messages_in
from tests.shared import DATA
from tests.unit.sandbox.gmail_server import CUSTOMER, REP, mail, raw64, running, unraw

CORPUS = DATA / "rfc822"
ODD = {
    "empty": b"",
    "no headers": b"just text, no colon\nmore text\n",
    "only headers": b"Subject: nothing else\r\n",
    "bad charset": b"Subject: =?klingon?Q?x=FF?=\r\n"
    b"Content-Type: text/plain; charset=klingon\r\n\r\n\xff\xfe",
    "bare 8 bit": b"From: J\xf6rg <j@x.example>\nSubject: gr\xfc\xdfe\n\n\xe4\xf6\xfc",
    "nul bytes": b"Subject: a\x00b\r\n\r\n\x00\x00",
    "mac newlines": b"Subject: x\rFrom: y\r\rbody",
    "open multipart": b"Content-Type: multipart/mixed; boundary=b\n\n"
    b"--b\nContent-Type: text/html\n\n<p>",
    "one long line": b"Subject: long\r\n\r\n" + b"a" * 100_000,
    "nested": b"".join(
        f"Content-Type: multipart/mixed; boundary=b{n}\r\n\r\n--b{n}\r\n".encode()
        for n in range(600)
    ),
}


@pytest_asyncio.fixture
async def box():
    async for item in running():
        yield item


async def read_all(box, ids):
    """(raw bytes, full, metadata) of each message."""

    def work(users):
        get = users.messages().get
        out = []
        for identity in ids:
            raw = get(userId="me", id=identity, format="raw").execute()
            full = get(userId="me", id=identity).execute()
            meta = get(userId="me", id=identity, format="metadata").execute()
            out.append((unraw(raw), full, meta))
        return out

    return await box.google(work)


async def test_odd_mail_is_kept_byte_for_byte_and_never_crashes(box):
    ids = [(await box.deliver(raw))["id"] for raw in ODD.values()]
    for raw, (got, full, meta) in zip(ODD.values(), await read_all(box, ids), strict=True):
        assert got == raw
        assert full["payload"]["headers"] == meta["payload"]["headers"]
    for folder in ("inbox", "all"):
        rows = await box.get(f"/ui/mail/threads?mailbox={REP}&folder={folder}")
        assert len(rows["threads"]) == len(ODD)
    for row in rows["threads"]:
        await box.get(f"/ui/mail/thread?mailbox={REP}&id={row['id']}")
    listed = await box.google(
        lambda u: u.messages().list(userId="me", q="body -filename:x OR other").execute()
    )
    assert listed["resultSizeEstimate"] >= 1


def collected():
    return sorted(p for p in CORPUS.rglob("*") if p.is_file())


@pytest.mark.skipif(not CORPUS.exists(), reason="the collection of real mail is not here")
async def test_all_real_mail_comes_back_byte_for_byte(box):
    files = collected()
    assert len(files) > 276
    originals = [p.read_bytes() for p in files]
    ids = [(await box.deliver(raw))["id"] for raw in originals]
    for path, raw, (got, full, _) in zip(files, originals, await read_all(box, ids), strict=True):
        assert got == raw, path
        assert full["snippet"] is not None


async def test_25_megabytes_go_in_and_come_out(box):
    raw = b"Subject: big\r\nContent-Type: text/plain\r\n\r\n" + b"x" * 76 * 330_000
    one = await box.deliver(raw)
    got = await box.google(
        lambda u: u.messages().get(userId="me", id=one["id"], format="raw").execute()
    )
    assert unraw(got) == raw
    assert got["sizeEstimate"] == len(raw) > 25_000_000


@pytest.mark.parametrize(
    ("auth", "expected"),
    [
        ("pass", b"dmarc=pass"),
        ("fail", b"dmarc=fail"),
        ("none", b"dmarc=none"),
        ("keep", None),
    ],
)
async def test_authentication_results_stand_above_a_forged_one(box, auth, expected):
    forged = "mx.google.com; dmarc=pass header.from=brightpath.example"
    raw = mail(sender=CUSTOMER, to=REP, Authentication_Results=forged)
    one = await box.deliver(raw, auth=auth)
    stored = box.world.store.mailbox(REP).messages[one["id"]].raw
    assert stored.endswith(raw)
    first = mime.header(mime.split_head(stored)[0], "Authentication-Results").encode()
    assert (expected in first) if expected else stored == raw


REPLY = {"In_Reply_To": "<p@x>", "References": "<p@x>"}


@pytest.mark.parametrize(
    ("subject", "headers", "with_id", "joins"),
    [
        ("Re: Plan", REPLY, True, True),
        ("AW: re:  plan", REPLY, True, True),
        ("Re: Plan", REPLY, False, False),
        ("Re: Plan", {}, True, False),
        ("Re: Plan", {"References": "<other@x>"}, True, False),
        ("Another plan", REPLY, True, False),
    ],
)
async def test_a_message_joins_its_thread_only_with_all_three(
    box, subject, headers, with_id, joins
):
    parent = await box.deliver(mail(sender=CUSTOMER, to=REP, subject="Plan", Message_ID="<p@x>"))
    message = {"raw": raw64(mail(subject=subject, **headers))}
    if with_id:
        message["threadId"] = parent["threadId"]

    def work(users):
        draft = users.drafts().create(userId="me", body={"message": message}).execute()
        sent = users.drafts().send(userId="me", body={"id": draft["id"]}).execute()
        return draft["message"]["threadId"], sent["threadId"]

    draft_thread, sent_thread = await box.google(work)
    assert (draft_thread == parent["threadId"]) is joins
    assert sent_thread == draft_thread


@pytest.mark.parametrize(("thread", "status"), [("00000000000000ab", 404), ("<p@x>", 400)])
async def test_an_unknown_thread_is_refused(box, thread, status):
    body = {"raw": raw64(mail()), "threadId": thread}
    with pytest.raises(HttpError) as refused:
        await box.google(lambda u: u.messages().send(userId="me", body=body).execute())
    assert refused.value.status_code == status


async def test_a_draft_with_another_subject_moves_to_another_thread(box):
    parent = await box.deliver(mail(sender=CUSTOMER, to=REP, subject="Plan", Message_ID="<p@x>"))

    def body(subject, thread=parent["threadId"]):
        raw = raw64(mail(subject=subject, **REPLY))
        return {"message": {"raw": raw, "threadId": thread}}

    def work(users):
        drafts = users.drafts()
        first = drafts.create(userId="me", body=body("Re: Plan")).execute()
        second = drafts.update(userId="me", id=first["id"], body=body("New")).execute()
        thread = users.threads().get(userId="me", id=parent["threadId"]).execute()
        return first, second, thread

    first, second, thread = await box.google(work)
    assert first["message"]["threadId"] == parent["threadId"]
    assert second["message"]["threadId"] != parent["threadId"]
    assert [m["id"] for m in thread["messages"]] == [parent["id"]]


async def test_a_reply_lands_in_the_other_sides_thread(box):
    sent = await box.post("/ui/mail/send", mailbox=CUSTOMER, to=REP, subject="Plan", text="Hi")
    rows = (await box.get(f"/ui/mail/threads?mailbox={REP}"))["threads"]
    theirs = (await box.get(f"/ui/mail/thread?mailbox={REP}&id={rows[0]['id']}"))["messages"][0]
    await box.post(
        "/ui/mail/send",
        mailbox=REP,
        to=CUSTOMER,
        subject="Re: Plan",
        text="Yes",
        in_reply_to=theirs["message_id"],
    )
    back = (await box.get(f"/ui/mail/thread?mailbox={CUSTOMER}&id={sent['thread_id']}"))["messages"]
    assert [m["text"].strip() for m in back] == ["Hi", "Yes"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("newer_than:7d", {"new"}),
        ("older_than:7d", {"old"}),
        ("after:2015/01/01 before:2016/01/01", {"old"}),
        ("after:1420070400", {"old", "new"}),
        ("from:buyer subject:plan", {"new"}),
        ('subject:"big plan"', {"new"}),
        ("to:rep@brightpath.example", {"old", "new"}),
        ("rfc822msgid:<new@x>", {"new"}),
        ("rfc822msgid:new@x", {"new"}),
        ("subject:plan OR subject:lunch", {"old", "new"}),
        ("{subject:plan subject:lunch}", {"old", "new"}),
        ("subject:(big plan)", {"new"}),
        ("subject:{plan lunch} from:buyer", {"new"}),
        ('subject:("big plan" OR lunch)', {"old", "new"}),
        ("-subject:plan", {"old"}),
        ("in:spam", {"spam"}),
        ("in:anywhere", {"old", "new", "spam"}),
        ("is:unread", {"new", "old"}),
        ("in:sent", set()),
        ("aardvark", {"old"}),
        ('say "what', set()),
    ],
)
async def test_the_search_box(box, query, found):
    made = {
        "new": mail(sender=CUSTOMER, to=REP, subject="A big plan", Message_ID="<new@x>"),
        "old": mail(sender="x@y.example", to=REP, subject="Lunch", text="an aardvark"),
        "spam": mail(sender="z@y.example", to=REP, subject="Win"),
    }
    ids = {}
    for name, raw in made.items():
        more = {"old": {"date_ms": 1_430_000_000_000}, "spam": {"labels": ["SPAM"]}}
        ids[(await box.deliver(raw, **more.get(name, {})))["id"]] = name
    listed = await box.google(lambda u: u.messages().list(userId="me", q=query).execute())
    assert {ids[m["id"]] for m in listed.get("messages", [])} == found


async def test_pages_of_a_list_hold_every_message_once(box):
    for number in range(5):
        await box.deliver(mail(sender=CUSTOMER, to=REP, text=str(number)))

    def work(users):
        seen, request = [], users.messages().list(userId="me", maxResults=2)
        while request is not None:
            page = request.execute()
            seen += [m["id"] for m in page["messages"]]
            request = users.messages().list_next(request, page)
        return seen

    seen = await box.google(work)
    assert len(seen) == len(set(seen)) == 5


async def test_the_sender_can_only_be_oneself(box):
    raw = raw64(mail(sender="Boss <boss@brightpath.example>"))
    sent = await box.google(lambda u: u.messages().send(userId="me", body={"raw": raw}).execute())
    stored = box.world.store.mailbox(REP).messages[sent["id"]]
    assert mime.addresses(stored.meta.sender)[0][1] == REP


async def test_mail_to_nobody_is_refused_and_the_draft_stays(box):
    def work(users):
        body = {"message": {"raw": raw64(mail(to=""))}}
        draft = users.drafts().create(userId="me", body=body).execute()
        with pytest.raises(HttpError) as refused:
            users.drafts().send(userId="me", body={"id": draft["id"]}).execute()
        return refused.value, users.drafts().get(userId="me", id=draft["id"]).execute()

    refused, still = await box.google(work)
    assert refused.status_code == 400
    assert still["message"]["labelIds"] == ["DRAFT"]


async def test_plus_addresses_and_self_reach_one_mailbox(box):
    body = {"mailbox": REP, "subject": "Note", "text": "x"}
    await box.post("/ui/mail/send", to="rep+token@brightpath.example", **body)
    messages = list(box.world.store.mailbox(REP).messages.values())
    assert [m.labels for m in messages] == [{"SENT", "INBOX", "UNREAD"}]


async def test_an_mbox_is_cut_at_its_from_lines(box):
    one, two = b"Subject: a\n\nFirst\n>From here\n", b"Subject: b\n\nSecond\n"
    archive = (
        b"From x Mon Jan  5 10:00:00 2026\n" + one + b"\nFrom y Mon Jan  5 10:00:00 2026\n" + two
    )
    assert messages_in("old.mbox", archive) == [one, two]
    files = [
        {"name": "old.mbox", "base64": base64.b64encode(archive).decode()},
        {"name": "one.eml", "base64": base64.b64encode(ODD["bare 8 bit"]).decode()},
        {"name": "bad.eml", "base64": "%%%"},
    ]
    done = await box.post("/ui/mail/import", mailbox=REP, files=files)
    assert done["delivered"] == 3
    assert [f["name"] for f in done["failed"]] == ["bad.eml"]
    stored = [m.raw for m in box.world.store.mailbox(REP).messages.values()]
    assert stored == [one, two, ODD["bare 8 bit"]]


async def test_files_may_be_uploaded_as_a_form(box):
    raw = ODD["bare 8 bit"]
    frame = (
        b'--q\r\nContent-Disposition: form-data; name="mailbox"\r\n\r\n'
        + REP.encode()
        + b'\r\n--q\r\nContent-Disposition: form-data; name="files"; filename="a.eml"\r\n\r\n'
        + raw
        + b"\r\n--q--\r\n"
    )
    headers = {"Content-Type": "multipart/form-data; boundary=q"}
    async with box.session.post(box.url + "/ui/mail/import", data=frame, headers=headers) as reply:
        assert await reply.json() == {"delivered": 1, "failed": []}
    assert [m.raw for m in box.world.store.mailbox(REP).messages.values()] == [raw]


def test_parts_are_split_without_touching_line_ends():
    body = b"--b\r\nA: 1\r\n\r\nx\n\r\ny\r\r\n--b\r\n\r\n\r\n--b--\r\n"
    assert [p.body for p in parts.split("multipart/mixed; boundary=b", body)] == [
        b"x\n\r\ny\r",
        b"",
    ]
