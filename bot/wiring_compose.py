"""Mails somebody asks for, messages taken up from Slack, and notes: put together."""

from bot.adapters.clock import DatabaseClock, TimeOrderedIds
from db.session import Database
from handlers.compose_verbs import ComposeVerbs
from services.analysis import Analyst
from services.audit import AuditService
from services.bundle import ComposeServices
from services.captures import CaptureService
from services.compose import ComposeService
from services.notes import NoteService
from services.ports import Chats


def compose_services(
    database: Database,
    clock: DatabaseClock,
    ids: TimeOrderedIds,
    audit: AuditService,
    *,
    analyst: Analyst,
    chats: Chats,
) -> ComposeServices:
    return ComposeServices(
        mails=ComposeService(database, clock, ids, audit),
        captures=CaptureService(database, clock, ids, audit, analyst, chats),
        notes=NoteService(database, clock, ids, audit),
    )


def compose_verbs(services: ComposeServices) -> ComposeVerbs:
    """What the edge may ask of them."""
    return ComposeVerbs(mails=services.mails, captures=services.captures, notes=services.notes)
