"""What a mail is written from, and how it would begin before anybody has asked for it."""

from db import compose
from db.models.customers import Account, Contact
from db.session import ReadTx
from services.offline.new_mails import write_new
from services.outreach.candidates import Candidate
from services.types.alerts import MailSketch

ENGLISH = "en"


async def instruction_for(tx: ReadTx, candidate: Candidate, contact: Contact) -> str:
    """The table's words are English: in another language the mail's own phrases stand alone."""
    return candidate.instruction if await _language(tx, contact) == ENGLISH else ""


async def sketch_of(
    tx: ReadTx, candidate: Candidate, account: Account, contact: Contact
) -> MailSketch:
    language = await _language(tx, contact)
    instruction = candidate.instruction if language == ENGLISH else ""
    written = write_new(candidate.mail.value, instruction, account=account.name, language=language)
    return MailSketch(
        contact_id=contact.id,
        name=contact.name or contact.email,
        title=contact.title,
        subject=written.subject,
        opening=written.opening,
        ask=written.ask,
    )


async def _language(tx: ReadTx, contact: Contact) -> str:
    """How they wrote last."""
    heard = await compose.last_from(tx, contact)
    return heard.language if heard is not None and heard.language != "und" else ENGLISH
