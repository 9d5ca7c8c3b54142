"""Gmail behind the MailGateway port, over google-api-python-client on threads of its own.

The default executor is left alone: the model's client waits in it, and forty blocking calls there
delay it by seconds.
"""

import asyncio
import base64
import io
import json
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.parser import BytesHeaderParser
from email.utils import parsedate_to_datetime
from functools import partial
from typing import Any
from urllib.parse import urlencode

from googleapiclient.discovery import build
from googleapiclient.http import HttpRequest, MediaIoBaseUpload

from bot.adapters.gmail_transport import (
    SERVER_ERROR,
    OnceHttp,
    Transport,
    UnauthorizedError,
)
from db.session import refuse_inside_transaction
from services.errors import Forbidden, NotFound, TransientError
from services.ports import (
    Clock,
    HistoryExpired,
    HistoryItem,
    HistoryPage,
    MailboxCredentials,
    MailDraft,
    MailGateway,
    StoredMail,
    ThreadEntry,
    TokenSource,
)

DRAFT_HEADER = "X-Understudy-Draft"
THREAD_HEADERS = [
    "From",
    "To",
    "Cc",
    "Subject",
    "Date",
    "Message-ID",
    "In-Reply-To",
    "References",
    "X-Understudy",
    DRAFT_HEADER,
]
HIDDEN = frozenset({"SPAM", "TRASH"})
# Above this a message travels as an upload; JSON requests are refused some way further up.
UPLOAD_OVER = 4_000_000
DRAFTS_SEARCHED = 500
RECONNECT = "Google no longer accepts this mailbox's connection. Please connect it again."
OK = 200


class GmailGateways:
    """Every mailbox of this process: one pool of threads, one transport, one API description."""

    def __init__(
        self, base_url: str, clock: Clock, *, threads: int = 8, timeout: float = 30
    ) -> None:
        self._clock = clock
        self._base_url = base_url
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="gmail")
        self._transport = Transport(timeout=timeout)
        # Given an Http of its own, the library looks for no credentials on this machine. It only
        # builds requests and may be shared; each request runs on its thread's own connection.
        self._api = build(
            "gmail",
            "v1",
            static_discovery=True,
            http=OnceHttp(timeout=timeout),
            client_options={"api_endpoint": base_url},
        ).users()

    def open(self, tokens: TokenSource) -> MailGateway:
        """One mailbox; opening costs nothing and speaks to nobody."""
        return Gmail(tokens=tokens, api=self._api, run=self._run)

    async def refresh(self, credentials: MailboxCredentials) -> MailboxCredentials:
        """A new access token. The answer may carry a new refresh token as well."""
        if credentials.refresh_token is None:
            raise Forbidden(RECONNECT)
        form = urlencode(
            {
                "grant_type": "refresh_token",
                "client_id": credentials.client_id,
                "client_secret": credentials.client_secret,
                "refresh_token": credentials.refresh_token,
            }
        )
        status, content = await self._on_thread(
            lambda: self._transport.post(credentials.token_uri, form)
        )
        return _granted(credentials, status, content, self._clock.now())

    def close(self) -> None:
        """Waits for calls in flight, then closes the connections."""
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._transport.close()
        self._api.close()

    async def _run(self, request: HttpRequest, token: str) -> Any:
        # The library insists on https for uploads, whatever the API's address.
        if self._base_url.startswith("http://"):
            request.uri = "http" + request.uri.removeprefix("https").removeprefix("http")
        return await self._on_thread(lambda: self._transport.run(request, token))

    async def _on_thread(self, work: Callable[[], Any]) -> Any:
        # Threads don't inherit the context, so the guard speaks before the work is handed over.
        refuse_inside_transaction()
        return await asyncio.get_running_loop().run_in_executor(self._pool, work)


@dataclass(frozen=True, kw_only=True)
class Gmail:
    """One mailbox."""

    tokens: TokenSource
    api: Any
    run: Callable[[HttpRequest, str], Awaitable[Any]]

    async def profile(self) -> tuple[str, int]:
        answer = await self._call(lambda: self.api.getProfile(userId="me"))
        return str(answer["emailAddress"]).lower(), int(answer["historyId"])

    async def history(self, since: int, page: str | None) -> HistoryPage:
        try:
            answer = await self._call(
                lambda: self.api.history().list(
                    userId="me",
                    startHistoryId=str(since),
                    historyTypes=["messageAdded", "messageDeleted", "labelRemoved"],
                    maxResults=500,
                    pageToken=page,
                )
            )
        except NotFound as error:
            raise HistoryExpired from error
        following = answer.get("nextPageToken")
        items = tuple(item for record in answer.get("history", ()) for item in _items(record))
        # Only the last page's id covers everything that was listed.
        cursor = None if following else int(answer["historyId"])
        return HistoryPage(items=items, page=following, history_id=cursor)

    async def recent(self, since: datetime, page: str | None) -> tuple[tuple[str, ...], str | None]:
        answer = await self._call(
            lambda: self.api.messages().list(
                userId="me",
                q=f"after:{int(since.timestamp())} -in:drafts",
                includeSpamTrash=False,
                maxResults=500,
                pageToken=page,
            )
        )
        ids = tuple(str(entry["id"]) for entry in answer.get("messages", ()))
        return ids, answer.get("nextPageToken")

    async def fetch(self, message_id: str) -> StoredMail:
        answer = await self._call(
            lambda: self.api.messages().get(userId="me", id=message_id, format="raw")
        )
        raw = _decoded(answer.get("raw", ""))
        return StoredMail(
            message_id=str(answer["id"]),
            thread_id=str(answer.get("threadId") or answer["id"]),
            labels=frozenset(answer.get("labelIds", ())),
            received_at=_received(answer, BytesHeaderParser().parsebytes(raw)["Date"]),
            raw=raw,
        )

    async def thread(self, thread_id: str) -> tuple[ThreadEntry, ...]:
        answer = await self._call(
            lambda: self.api.threads().get(
                userId="me", id=thread_id, format="metadata", metadataHeaders=THREAD_HEADERS
            )
        )
        entries = [_entry(message) for message in answer.get("messages", ())]
        return tuple(sorted(entries, key=lambda entry: entry.received_at))

    async def create_draft(self, raw: bytes, thread_id: str | None) -> MailDraft:
        answer = await self._call(
            lambda: self.api.drafts().create(userId="me", **_content(raw, thread_id))
        )
        return _written(answer, raw)

    async def update_draft(self, draft_id: str, raw: bytes, thread_id: str | None) -> MailDraft:
        answer = await self._call(
            lambda: self.api.drafts().update(
                userId="me", id=draft_id, **_content(raw, thread_id, draft_id)
            )
        )
        return _written(answer, raw)

    async def draft(self, draft_id: str) -> MailDraft | None:
        try:
            answer = await self._call(
                lambda: self.api.drafts().get(userId="me", id=draft_id, format="raw")
            )
        except NotFound:
            return None
        return _written(answer, _decoded(answer["message"].get("raw", "")))

    async def find_draft(self, token: str, thread_id: str | None) -> MailDraft | None:
        listed = await self._drafts()
        # Nearly always it lies in its thread; a changed subject may have moved it elsewhere.
        listed.sort(key=lambda entry: entry["message"].get("threadId") != thread_id)
        for entry in listed:
            if await self._draft_token(entry["message"]["id"]) == token:
                found = await self.draft(entry["id"])
                if found is not None:
                    return found
        return None

    async def send_draft(self, draft_id: str, raw: bytes, thread_id: str | None) -> str:
        answer = await self._call(
            lambda: self.api.drafts().send(userId="me", **_content(raw, thread_id, draft_id))
        )
        return str(answer["id"])

    async def send(self, raw: bytes) -> str:
        # A draft can be sent once, so a repeated answerless send finds nothing to send again.
        draft = await self.create_draft(raw, None)
        return await self.send_draft(draft.draft_id, raw, None)

    async def delete_draft(self, draft_id: str) -> bool:
        try:
            await self._call(lambda: self.api.drafts().delete(userId="me", id=draft_id))
        except NotFound:
            return False
        return True

    async def watch(self, topic: str) -> tuple[int, datetime]:
        # No label filter: mail that a rule moves past the inbox must be heard of as well.
        answer = await self._call(lambda: self.api.watch(userId="me", body={"topicName": topic}))
        return int(answer["historyId"]), _moment(answer["expiration"])

    async def aliases(self) -> tuple[str, ...]:
        answer = await self._call(lambda: self.api.settings().sendAs().list(userId="me"))
        return tuple(
            str(entry["sendAsEmail"]).lower()
            for entry in answer.get("sendAs", ())
            if not entry.get("isPrimary") and entry.get("verificationStatus") == "accepted"
        )

    async def _call(self, request: Callable[[], HttpRequest]) -> Any:
        """Ask once; with a refused token ask once more with a new one: nothing was done then."""
        refuse_inside_transaction()
        credentials = await self.tokens.current()
        if not credentials.token:
            credentials = await self.tokens.refreshed(credentials)
        try:
            return await self.run(request(), credentials.token or "")
        except UnauthorizedError:
            credentials = await self.tokens.refreshed(credentials)
        try:
            return await self.run(request(), credentials.token or "")
        except UnauthorizedError as error:
            raise Forbidden(RECONNECT) from error

    async def _drafts(self) -> list[dict[str, Any]]:
        listed: list[dict[str, Any]] = []
        page: str | None = None
        while len(listed) < DRAFTS_SEARCHED:
            answer = await self._call(
                partial(self.api.drafts().list, userId="me", maxResults=100, pageToken=page)
            )
            listed += answer.get("drafts", ())
            page = answer.get("nextPageToken")
            if page is None:
                break
        return listed

    async def _draft_token(self, message_id: str) -> str | None:
        try:
            answer = await self._call(
                lambda: self.api.messages().get(
                    userId="me", id=message_id, format="metadata", metadataHeaders=[DRAFT_HEADER]
                )
            )
        except NotFound:
            return None
        return _headers(answer).get(DRAFT_HEADER.lower())


def _granted(
    old: MailboxCredentials, status: int, content: bytes, now: datetime
) -> MailboxCredentials:
    try:
        answer = json.loads(content)
    except ValueError:
        answer = None
    if not isinstance(answer, dict) or status >= SERVER_ERROR:
        raise TransientError("Google's token service has a problem of its own.")
    if status != OK or not answer.get("access_token"):
        if answer.get("error") in {"invalid_grant", "unauthorized_client", "invalid_client"}:
            raise Forbidden(RECONNECT)
        raise TransientError("Google's token service gave no token.")
    lifetime = timedelta(seconds=int(answer.get("expires_in") or 0))
    return replace(
        old,
        token=str(answer["access_token"]),
        refresh_token=str(answer.get("refresh_token") or old.refresh_token),
        expires_at=now + lifetime if lifetime else None,
    )


def _items(record: dict[str, Any]) -> Iterator[HistoryItem]:
    for change in record.get("messagesAdded", ()):
        yield _item(change["message"], added=True)
    for change in record.get("messagesDeleted", ()):
        yield _item(change["message"], added=False)
    for change in record.get("labelsRemoved", ()):
        # Taken out of spam or the bin: to us it arrives only now.
        if HIDDEN & set(change.get("labelIds", ())):
            yield _item(change["message"], added=True)


def _item(message: dict[str, Any], *, added: bool) -> HistoryItem:
    return HistoryItem(
        message_id=str(message["id"]),
        thread_id=str(message.get("threadId", "")),
        added=added,
        labels=frozenset(message.get("labelIds", ())),
    )


def _entry(message: dict[str, Any]) -> ThreadEntry:
    headers = _headers(message)
    return ThreadEntry(
        message_id=str(message["id"]),
        labels=frozenset(message.get("labelIds", ())),
        received_at=_received(message, headers.get("date")),
        headers=headers,
    )


def _headers(message: dict[str, Any]) -> dict[str, str]:
    found: dict[str, str] = {}
    for header in message.get("payload", {}).get("headers", ()):
        # The first of a name counts: what a sender adds below is not Gmail's.
        found.setdefault(str(header["name"]).lower(), str(header["value"]))
    return found


def _content(raw: bytes, thread_id: str | None, draft_id: str | None = None) -> dict[str, Any]:
    message: dict[str, Any] = {"threadId": thread_id} if thread_id else {}
    body: dict[str, Any] = {"message": message} | ({"id": draft_id} if draft_id else {})
    if len(raw) > UPLOAD_OVER:
        media = MediaIoBaseUpload(io.BytesIO(raw), mimetype="message/rfc822", resumable=False)
        return {"body": body, "media_body": media}
    message["raw"] = base64.urlsafe_b64encode(raw).decode("ascii")
    return {"body": body}


def _written(answer: dict[str, Any], raw: bytes) -> MailDraft:
    message = answer["message"]
    return MailDraft(
        draft_id=str(answer["id"]),
        message_id=str(message["id"]),
        thread_id=str(message.get("threadId", "")),
        raw=raw,
    )


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _received(message: dict[str, Any], date: str | None) -> datetime:
    """When Gmail took it in. No field of an answer is promised: else what the sender says."""
    if message.get("internalDate"):
        return _moment(message["internalDate"])
    said = parsedate_to_datetime(str(date))
    return said if said.tzinfo else said.replace(tzinfo=UTC)


def _moment(milliseconds: str | int) -> datetime:
    return datetime.fromtimestamp(int(milliseconds) / 1000, UTC)
