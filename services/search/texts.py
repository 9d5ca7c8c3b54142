"""The texts that are searched, each as its source holds it now, with who said it and where it
stands. A text that may no longer be read isn't among them."""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from db import agent as agent_rows
from db import search as rows
from db import search_texts as sources
from db.models.conversations import Message
from db.models.meetings import Meeting, SlackPost, SlackThread, Transcript
from db.session import ReadTx
from db.summaries import StoredSummary, list_of_ids
from services.suspicion import assess
from services.types.links import gmail_link, permalink
from services.types.search import SearchSource, SourceText

Key = tuple[SearchSource, UUID]


async def load_texts(
    tx: ReadTx, keys: Collection[Key], *, reader_id: UUID | None = None
) -> dict[Key, SourceText]:
    """With a reader, each also has the address at which they can open it."""
    found: dict[Key, SourceText] = {}
    for source in SearchSource:
        ids = [source_id for kind, source_id in keys if kind is source]
        if not ids:
            continue
        readable = await rows.list_readable(tx, source, ids)
        for text in await _LOADERS[source](tx, readable, reader_id):
            found[source, text.source_id] = text
    return found


def is_suspicious(text: SourceText, words: str) -> bool:
    """Whether these words of it give orders to a machine."""
    return text.suspicious or assess(words).injection


async def _messages(
    tx: ReadTx, readable: Mapping[UUID, UUID], reader_id: UUID | None
) -> list[SourceText]:
    places = (
        await agent_rows.list_places(tx, list(readable), reader_id) if reader_id is not None else {}
    )
    return [
        _message(message, readable[message.id], places.get(message.id))
        for message in await sources.list_messages(tx, readable)
    ]


def _message(message: Message, account_id: UUID, place: tuple[str, str] | None) -> SourceText:
    sender = message.sender
    return SourceText(
        source=SearchSource.MESSAGE,
        source_id=message.id,
        account_id=account_id,
        text=message.text or "",
        title=message.subject,
        who=str(sender.get("name") or sender.get("email") or ""),
        at=message.received_at,
        channel="mail",
        url=gmail_link(*place) if place else None,
        suspicious=bool((message.analysis.get("suspicious") or {}).get("injection")),
    )


async def _transcripts(
    tx: ReadTx, readable: Mapping[UUID, UUID], _reader: UUID | None
) -> list[SourceText]:
    return [
        _transcript(transcript, meeting, readable[transcript.id])
        for transcript, meeting in await sources.list_transcripts(tx, readable)
    ]


def _transcript(transcript: Transcript, meeting: Meeting, account_id: UUID) -> SourceText:
    return SourceText(
        source=SearchSource.TRANSCRIPT,
        source_id=transcript.id,
        account_id=account_id,
        text="\n".join(_turn(turn) for turn in transcript.turns),
        title=meeting.title,
        who=meeting.title or transcript.file_name,
        at=meeting.starts_at,
        channel="call",
        url=transcript.permalink,
    )


def _turn(turn: Mapping[str, Any]) -> str:
    speaker, words = str(turn.get("speaker") or ""), str(turn.get("text") or "")
    return f"{speaker}: {words}" if speaker else words


async def _posts(
    tx: ReadTx, readable: Mapping[UUID, UUID], _reader: UUID | None
) -> list[SourceText]:
    return [
        _post(post, thread, readable[post.id])
        for post, thread in await sources.list_posts(tx, readable)
    ]


def _post(post: SlackPost, thread: SlackThread, account_id: UUID) -> SourceText:
    return SourceText(
        source=SearchSource.SLACK_POST,
        source_id=post.id,
        account_id=account_id,
        text=post.text,
        who=post.author,
        at=post.posted_at,
        channel="Slack",
        url=permalink(thread.channel, post.ts),
    )


async def _notes(
    tx: ReadTx, readable: Mapping[UUID, UUID], _reader: UUID | None
) -> list[SourceText]:
    return [
        SourceText(
            source=SearchSource.NOTE,
            source_id=note.id,
            account_id=readable[note.id],
            text="\n\n".join(filter(None, (note.text, note.comment))),
            who=note.said_by or author,
            at=note.created_at,
            channel="note",
            url=note.permalink,
        )
        for note, author in await sources.list_notes(tx, readable)
    ]


async def _summaries(
    tx: ReadTx, readable: Mapping[UUID, UUID], _reader: UUID | None
) -> list[SourceText]:
    return [_summary(one, readable[one.id]) for one in await list_of_ids(tx, readable)]


def _summary(summary: StoredSummary, account_id: UUID) -> SourceText:
    return SourceText(
        source=SearchSource.SUMMARY,
        source_id=summary.id,
        account_id=account_id,
        text="\n".join(str(line.get("text") or "") for line in summary.lines),
        who=f"{summary.period} of {summary.starts_on:%-d %b %Y}",
        at=datetime.combine(summary.starts_on, datetime.min.time(), UTC),
        channel="summary",
    )


_LOADERS = {
    SearchSource.MESSAGE: _messages,
    SearchSource.TRANSCRIPT: _transcripts,
    SearchSource.SLACK_POST: _posts,
    SearchSource.NOTE: _notes,
    SearchSource.SUMMARY: _summaries,
}
