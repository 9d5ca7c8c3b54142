"""Google's own client against the sandbox: the calls the product makes."""

from email.message import EmailMessage

import pytest
import pytest_asyncio
from googleapiclient.errors import HttpError
from googleapiclient.http import BatchHttpRequest

from tests.unit.sandbox.gmail_server import CUSTOMER, REP, mail, raw64, running, unraw


@pytest_asyncio.fixture
async def box():
    async for item in running():
        yield item


async def test_profile_and_lists_of_an_empty_mailbox(box):
    def work(users):
        return (
            users.getProfile(userId="me").execute(),
            users.messages().list(userId=REP, q="newer_than:7d").execute(),
            users.settings().sendAs().list(userId="me").execute(),
        )

    profile, listed, aliases = await box.google(work)
    assert profile["emailAddress"] == REP
    assert int(profile["historyId"]) > 0
    assert "messages" not in listed
    assert aliases["sendAs"][0]["sendAsEmail"] == REP


async def test_a_draft_keeps_its_id_and_is_sent_once(box):
    def work(users):
        drafts = users.drafts()
        first = drafts.create(userId="me", body={"message": {"raw": raw64(mail())}}).execute()
        second = drafts.update(
            userId="me", id=first["id"], body={"message": {"raw": raw64(mail(text="Better"))}}
        ).execute()
        content = raw64(mail(text="Approved", X_Understudy_Action="a1", Message_ID="<own@x>"))
        sent = drafts.send(
            userId="me", body={"id": first["id"], "message": {"raw": content}}
        ).execute()
        back = users.messages().get(userId="me", id=sent["id"], format="raw").execute()
        with pytest.raises(HttpError) as again:
            drafts.send(userId="me", body={"id": first["id"]}).execute()
        with pytest.raises(HttpError) as gone:
            drafts.get(userId="me", id=first["id"]).execute()
        return first, second, sent, back, again.value, gone.value

    first, second, sent, back, again, gone = await box.google(work)
    assert first["id"] == second["id"]
    assert len({first["message"]["id"], second["message"]["id"], sent["id"]}) == 3
    assert sent["labelIds"] == ["SENT"]
    assert again.status_code == gone.status_code == 404
    assert again.error_details[0]["reason"] == "notFound"
    raw = unraw(back)
    assert b"Approved" in raw
    assert b"X-Understudy-Action: a1" in raw
    assert b"<own@x>" not in raw
    assert b"@mail.gmail.com>" in raw
    log = (await box.get(f"/control/gmail/sent?mailbox={REP}"))["sent"]
    assert [(s["via"], s["recipients"]) for s in log] == [("drafts.send", [CUSTOMER])]


async def test_mail_reaches_the_other_mailbox_without_bcc(box):
    raw = mail(to="someone@elsewhere.example", Bcc=CUSTOMER)

    def send(users):
        return users.messages().send(userId="me", body={"raw": raw64(raw)}).execute()

    def read(users):
        listed = users.messages().list(userId="me", q="in:inbox from:rep subject:pricing").execute()
        identity = listed["messages"][0]["id"]
        return users.messages().get(userId="me", id=identity, format="full").execute()

    sent = await box.google(send)
    got = await box.google(read, CUSTOMER)
    names = [h["name"] for h in got["payload"]["headers"]]
    assert names[:4] == ["Delivered-To", "Received", "Authentication-Results", "Return-Path"]
    assert "Bcc" not in names
    results = next(h for h in got["payload"]["headers"] if h["name"] == names[2])["value"]
    assert results.startswith("mx.google.com;")
    assert "dmarc=pass" in results
    assert set(got["labelIds"]) == {"INBOX", "UNREAD"}
    own = await box.google(
        lambda u: u.messages().get(userId="me", id=sent["id"], format="raw").execute()
    )
    assert b"Bcc: " in unraw(own)


async def test_history_has_gaps_and_forgets(box):
    start = (await box.google(lambda u: u.getProfile(userId="me").execute()))["historyId"]
    ids = [(await box.deliver(mail(sender=CUSTOMER, to=REP, text=str(n))))["id"] for n in range(5)]

    def walk(users):
        rows, token = [], None
        while True:
            page = (
                users.history()
                .list(
                    userId="me",
                    startHistoryId=start,
                    historyTypes=["messageAdded"],
                    labelId="INBOX",
                    maxResults=2,
                    pageToken=token,
                )
                .execute()
            )
            rows += page["history"]
            token = page.get("nextPageToken")
            if not token:
                return rows, page["historyId"]

    rows, cursor = await box.google(walk)
    assert [r["messagesAdded"][0]["message"]["id"] for r in rows] == ids
    numbers = [int(r["id"]) for r in rows]
    assert numbers == sorted(set(numbers))
    assert numbers[-1] - numbers[0] > 4
    assert int(cursor) == numbers[-1]
    await box.post("/control/gmail/expire-history", mailbox=REP)
    with pytest.raises(HttpError) as old:
        await box.google(walk)
    assert old.value.status_code == 404


async def test_labels_and_batch_modify(box):
    one = await box.deliver(mail(sender=CUSTOMER, to=REP))

    def work(users):
        label = users.labels().create(userId="me", body={"name": "Understudy/never"}).execute()
        users.messages().batchModify(
            userId="me",
            body={"ids": [one["id"]], "addLabelIds": [label["id"]], "removeLabelIds": ["UNREAD"]},
        ).execute()
        counts = users.labels().get(userId="me", id=label["id"]).execute()
        found = users.messages().list(userId="me", q="label:understudy-never is:read").execute()
        with pytest.raises(HttpError) as refused:
            users.messages().modify(
                userId="me", id=one["id"], body={"addLabelIds": ["SENT"]}
            ).execute()
        users.labels().delete(userId="me", id=label["id"]).execute()
        return counts, found, refused.value

    counts, found, refused = await box.google(work)
    assert counts["messagesTotal"] == 1
    assert counts["messagesUnread"] == 0
    assert [m["id"] for m in found["messages"]] == [one["id"]]
    assert refused.status_code == 400


async def test_uploads_are_byte_exact(box):
    """By hand: Google's client sends uploads to https whatever endpoint it was given."""
    raw = b"Subject: x\r\n\r\nline\r\n--boundary-like\r\n\xff\xfe\n"
    both = (
        b"--frame\r\nContent-Type: application/json\r\n\r\n"
        b'{"labelIds": ["INBOX"]}\r\n--frame\r\nContent-Type: message/rfc822\r\n\r\n'
        + raw
        + b"\r\n--frame--\r\n"
    )
    url = f"{box.url}/upload/gmail/v1/users/me/messages"
    token = {"Authorization": f"Bearer {await box.token()}"}
    stored = []
    for kind, body in (("message/rfc822", raw), ('multipart/related; boundary="frame"', both)):
        headers = {**token, "Content-Type": kind}
        async with box.session.post(url, data=body, headers=headers) as reply:
            assert reply.status == 200
            stored.append((await reply.json())["id"])

    def work(users):
        get = users.messages().get
        return [get(userId="me", id=m, format="raw").execute() for m in stored]

    simple, framed = await box.google(work)
    assert unraw(simple) == unraw(framed) == raw
    assert framed["labelIds"] == ["INBOX"]


async def test_a_batch_answers_each_call_by_itself(box):
    one = await box.deliver(mail(sender=CUSTOMER, to=REP))

    def work(users):
        answers = {}
        batch = BatchHttpRequest(
            callback=lambda key, reply, error: answers.update({key: (reply, error)}),
            batch_uri=f"{box.url}/batch/gmail/v1",
        )
        batch.add(users.messages().get(userId="me", id=one["id"]), request_id="there")
        batch.add(users.messages().get(userId="me", id="0123"), request_id="missing")
        batch.execute(http=users.getProfile(userId="me").http)
        return answers

    answers = await box.google(work)
    assert answers["there"][0]["id"] == one["id"]
    assert answers["missing"][1].status_code == 404


async def test_an_attachment_is_read_by_its_id(box):
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = CUSTOMER, REP, "File"
    message.set_content("See the file.\n")
    message.add_attachment(b"\x00\x01data", maintype="application", subtype="pdf", filename="a.pdf")
    one = await box.deliver(message.as_bytes())

    def work(users):
        got = users.messages().get(userId="me", id=one["id"]).execute()
        part = got["payload"]["parts"][1]
        attachments = users.messages().attachments()
        reply = attachments.get(
            userId="me", messageId=one["id"], id=part["body"]["attachmentId"]
        ).execute()
        return part, reply

    part, reply = await box.google(work)
    assert part["filename"] == "a.pdf"
    assert "data" not in part["body"]
    assert reply["size"] == part["body"]["size"] == 6
    assert unraw({"raw": reply["data"]}) == b"\x00\x01data"


@pytest.mark.parametrize("header", [{}, {"Authorization": "Bearer forged"}])
async def test_without_a_known_token_nothing_is_told(box, header):
    async with box.session.get(f"{box.url}/gmail/v1/users/me/profile", headers=header) as reply:
        body = await reply.json()
    assert reply.status == 401
    assert body["error"]["status"] == "UNAUTHENTICATED"
    assert body["error"]["errors"][0]["reason"] == "authError"


async def test_a_token_opens_no_other_mailbox(box):
    with pytest.raises(HttpError) as refused:
        await box.google(lambda u: u.getProfile(userId=CUSTOMER).execute())
    assert refused.value.status_code == 403
