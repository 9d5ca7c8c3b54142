"""The mail that is recommended: whom it may go to, and how it begins. Recipients come from code:
contacts of the account that somebody has confirmed, and nobody else."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from db import compose, customers, messages
from db.models.customers import Account
from db.models.signals import Signal
from db.session import ReadTx
from services.compose_choices import people_of
from services.offline.new_mails import write_new
from services.types.alerts import MailSketch, Recommendation, Target, Way
from services.types.compose import ContactChoice
from services.types.signals import Evidence, EvidenceSource

NOBODY = "Nobody there is confirmed yet, so there is no one I may write to."
EXCLUDED = "This account is excluded: nothing is written to it."
ENGLISH = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """The mail, or why there is none. `instruction` is what it is written from."""

    sketch: MailSketch | None = None
    instruction: str = ""
    why_not: str = ""


async def plan_of(
    tx: ReadTx,
    signal: Signal,
    account: Account,
    recommended: Recommendation,
    evidence: Sequence[Evidence],
) -> Planned:
    if recommended.way is not Way.MAIL:
        return Planned()
    if account.excluded:
        return Planned(why_not=EXCLUDED)
    people = [one for one in await people_of(tx, account) if one.barred is None]
    if not people:
        return Planned(why_not=NOBODY)
    chosen = await _chosen(tx, signal, recommended, evidence, people)
    contact = await customers.get_contact(tx, chosen.id)
    heard = await compose.last_from(tx, contact) if contact else None
    language = heard.language if heard is not None and heard.language != "und" else ENGLISH
    # The table's words are English: in another language the mail's own phrases stand alone.
    instruction = recommended.instruction if language == ENGLISH else ""
    written = write_new(
        recommended.purpose.value, instruction, account=account.name, language=language
    )
    return Planned(
        sketch=MailSketch(
            contact_id=chosen.id,
            name=chosen.name,
            title=chosen.title,
            subject=written.subject,
            opening=written.opening,
            ask=written.ask,
        ),
        instruction=instruction,
    )


async def _chosen(
    tx: ReadTx,
    signal: Signal,
    recommended: Recommendation,
    evidence: Sequence[Evidence],
    people: Sequence[ContactChoice],
) -> ContactChoice:
    """The one it is about; who wrote what it stands on; else who was heard from last."""
    known = {one.id: one for one in people}
    wanted: list[UUID | None] = [signal.contact_id]
    if recommended.to is Target.WHO_SAID_IT:
        for piece in evidence:
            if piece.source is EvidenceSource.MESSAGE and piece.source_id is not None:
                message = await messages.get_message(tx, piece.source_id)
                wanted.append(message.contact_id if message is not None else None)
    return next((known[one] for one in wanted if one is not None and one in known), people[0])
