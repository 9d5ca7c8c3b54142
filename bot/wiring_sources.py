"""Meetings, transcripts and followed Slack threads: put together."""

from bot.adapters.clock import DatabaseClock, TimeOrderedIds
from db.session import Database
from handlers.sources_verbs import SourceVerbs
from services.analysis import Analyst
from services.audit import AuditService
from services.bundle import SourceServices
from services.mailbox_access import MailboxAccess
from services.meetings.invitations import MeetingBook
from services.meetings.keeping import MeetingReader
from services.meetings.shared_files import SharedFileService
from services.meetings.transcripts import TranscriptService
from services.ports import Chats
from services.slack_threads import ThreadService


def source_services(
    database: Database,
    clock: DatabaseClock,
    ids: TimeOrderedIds,
    audit: AuditService,
    *,
    analyst: Analyst,
    chats: Chats,
    mails: MailboxAccess,
) -> SourceServices:
    transcripts = TranscriptService(database, clock, ids, audit, analyst)
    return SourceServices(
        meetings=MeetingReader(database, mails, MeetingBook(clock=clock, ids=ids)),
        transcripts=transcripts,
        shared=SharedFileService(database, clock, ids, transcripts, chats),
        threads=ThreadService(database, clock, ids, audit, chats),
    )


def source_verbs(services: SourceServices) -> SourceVerbs:
    """What the edge may ask of them."""
    return SourceVerbs(shared=services.shared, threads=services.threads)
