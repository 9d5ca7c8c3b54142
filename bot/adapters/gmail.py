"""Gmail behind the MailGateway port, over google-api-python-client on threads of its own.

The default executor is left alone: the model's client waits in it, and forty blocking calls there
delay it by seconds.
"""

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from email.parser import BytesHeaderParser
from functools import partial
from typing import Any

from googleapiclient.discovery import build
from googleapiclient.http import HttpRequest

from bot.adapters import gmail_answers as answers
from bot.adapters import google_tokens
from bot.adapters.gmail_transport import OnceHttp, Transport, UnauthorizedError
from bot.adapters.google_tokens import RECONNECT
from bot.adapters.meter import VendorCall
from db.session import refuse_inside_transaction
from services.errors import Forbidden, InvalidInput, NotFound
from services.ports import (
    Clock,
    HistoryExpired,
    HistoryPage,
    MailboxCredentials,
    MailDraft,
    MailGateway,
    StoredMail,
    ThreadEntry,
    TokenSource,
)
from services.types.google import ServiceAccountKey

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
HISTORY_TYPES = ["messageAdded", "messageDeleted", "labelAdded", "labelRemoved"]
DRAFTS_SEARCHED = 500
PUBLISHER = "gmail-api-push@system.gserviceaccount.com"
NO_TOPIC = "Gmail can't send pushes: there is no Pub/Sub topic {topic}. Check GMAIL_TOPIC."
TOPIC_CLOSED = (
    "Gmail can't send pushes: it may not publish to {topic}. In Google Cloud give {publisher} the "
    "role Pub/Sub Publisher on that topic."
)
TOPIC_ODD = (
    "Gmail can't send pushes: it doesn't accept {topic}. GMAIL_TOPIC reads "
    "projects/PROJECT/topics/NAME, in the Google Cloud project of the OAuth client."
)


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
        form = google_tokens.renewal(credentials)
        with VendorCall("google", "token"):
            status, content = await self._on_thread(
                lambda: self._transport.post(credentials.token_uri, form)
            )
        return google_tokens.renewed(credentials, status, content, self._clock.now())

    async def delegated(self, key: ServiceAccountKey, address: str) -> MailboxCredentials:
        """A token for this address, asked for in the service account's name."""
        now = self._clock.now()

        def ask() -> tuple[int, bytes]:
            form = google_tokens.assertion(key, address, now)
            return self._transport.post(key.token_uri, form)

        with VendorCall("google", "token"):
            status, content = await self._on_thread(ask)
        return google_tokens.delegated(key, address, status, content, self._clock.now())

    def close(self) -> None:
        """Waits for calls in flight, then closes the connections."""
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._transport.close()
        self._api.close()

    async def _run(self, request: HttpRequest, token: str) -> Any:
        # The library insists on https for uploads, whatever the API's address.
        if self._base_url.startswith("http://"):
            request.uri = "http" + request.uri.removeprefix("https").removeprefix("http")
        with VendorCall("gmail", str(request.methodId).removeprefix("gmail.users.")):
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
                    historyTypes=HISTORY_TYPES,
                    maxResults=500,
                    pageToken=page,
                )
            )
        except NotFound as error:
            raise HistoryExpired from error
        following = answer.get("nextPageToken")
        items = tuple(
            item for record in answer.get("history", ()) for item in answers.items(record)
        )
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
        raw = answers.decoded(answer.get("raw", ""))
        return StoredMail(
            message_id=str(answer["id"]),
            thread_id=str(answer.get("threadId") or answer["id"]),
            labels=frozenset(answer.get("labelIds", ())),
            received_at=answers.received(answer, _date_of(raw, answer)),
            raw=raw,
        )

    async def thread(self, thread_id: str) -> tuple[ThreadEntry, ...]:
        answer = await self._call(
            lambda: self.api.threads().get(
                userId="me", id=thread_id, format="metadata", metadataHeaders=THREAD_HEADERS
            )
        )
        entries = [answers.entry(message) for message in answer.get("messages", ())]
        return tuple(sorted(entries, key=lambda entry: entry.received_at))

    async def create_draft(self, raw: bytes, thread_id: str | None) -> MailDraft:
        answer = await self._call(
            lambda: self.api.drafts().create(userId="me", **answers.content(raw, thread_id))
        )
        return answers.written(answer, raw)

    async def update_draft(self, draft_id: str, raw: bytes, thread_id: str | None) -> MailDraft:
        answer = await self._call(
            lambda: self.api.drafts().update(
                userId="me", id=draft_id, **answers.content(raw, thread_id, draft_id)
            )
        )
        return answers.written(answer, raw)

    async def draft(self, draft_id: str) -> MailDraft | None:
        try:
            answer = await self._call(
                lambda: self.api.drafts().get(userId="me", id=draft_id, format="raw")
            )
        except NotFound:
            return None
        return answers.written(answer, answers.decoded(answer["message"].get("raw", "")))

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
            lambda: self.api.drafts().send(userId="me", **answers.content(raw, thread_id, draft_id))
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
        try:
            answer = await self._call(
                lambda: self.api.watch(userId="me", body={"topicName": topic})
            )
        except NotFound as error:
            raise InvalidInput(NO_TOPIC.format(topic=topic)) from error
        except InvalidInput as error:
            raise InvalidInput(TOPIC_ODD.format(topic=topic)) from error
        except Forbidden as error:
            if str(error) == RECONNECT:
                raise
            raise InvalidInput(TOPIC_CLOSED.format(topic=topic, publisher=PUBLISHER)) from error
        return int(answer["historyId"]), answers.moment(answer["expiration"])

    async def stop_watch(self) -> None:
        await self._call(lambda: self.api.stop(userId="me"))

    async def labels(self) -> dict[str, str]:
        answer = await self._call(lambda: self.api.labels().list(userId="me"))
        return {str(label["id"]): str(label["name"]) for label in answer.get("labels", ())}

    async def labelled(self, label_id: str, page: str | None) -> tuple[tuple[str, ...], str | None]:
        answer = await self._call(
            lambda: self.api.messages().list(
                userId="me",
                labelIds=[label_id],
                includeSpamTrash=True,
                maxResults=500,
                pageToken=page,
            )
        )
        ids = tuple(str(entry["id"]) for entry in answer.get("messages", ()))
        return ids, answer.get("nextPageToken")

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
        return answers.headers(answer).get(DRAFT_HEADER.lower())


def _date_of(raw: bytes, answer: dict[str, Any]) -> str | None:
    """What the sender says, where Gmail says nothing: taking a large mail apart takes its time."""
    if answer.get("internalDate"):
        return None
    return BytesHeaderParser().parsebytes(raw)["Date"]
