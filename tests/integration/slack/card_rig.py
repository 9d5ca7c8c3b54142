"""Cards under test: one subject, what its views say, and what stands in the workspace."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from db.cards import get_card_of
from db.jobs import live_payloads
from db.models.cards import Card
from services.cards import touch
from services.sweeps import SweepService
from tests.unit.home_view_factory import make_home
from tests.unit.view_factory import make_inbox, make_mail_card

if TYPE_CHECKING:  # the office's own module imports this one
    from collections.abc import Sequence

    from handlers.cards import CardDelivery
    from services.types.views import MailCardView
    from tests.integration.slack.conftest import Office

SUBJECT = UUID(int=0xA1)


class OneMail:
    """The views a delivery asks for. `meanwhile` runs while the card is being rendered."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.view: MailCardView | None = make_mail_card()
        self.touched_meanwhile = False
        self.waits = 1
        """How many mails the Home tab says wait."""

    async def mail_card(
        self, _tenant_id: UUID, _action_id: UUID, _member_id: UUID
    ) -> MailCardView | None:
        shown = self.view
        if self.touched_meanwhile:
            self.touched_meanwhile = False
            await want(self.office)
            self.view = make_mail_card(summary="newer than what is being delivered")
        return shown

    async def home(self, _tenant_id: UUID, _member_id: UUID) -> Any:
        return make_home(inbox=make_inbox(total=self.waits))


async def want(
    office: Office, recipients: Sequence[UUID] | None = None, kind: str = "mail"
) -> list[UUID]:
    async with office.db.transaction(office.tenant_id) as tx:
        return await touch(tx, kind, SUBJECT, recipients, clock=office.clock, ids=office.ids)


async def card_of(office: Office, member: UUID, kind: str = "mail") -> Card:
    async with office.db.read(office.tenant_id) as tx:
        card = await get_card_of(tx, kind=kind, subject_id=SUBJECT, recipient_id=member)
    assert card is not None
    return card


async def jobs_of(office: Office) -> list[dict[str, Any]]:
    async with office.db.read(office.tenant_id) as tx:
        return await live_payloads(tx, "card.deliver")


async def found_again(office: Office) -> list[str]:
    """What the sweep queues: the ids of cards whose job was lost."""
    before = len(await jobs_of(office))
    await SweepService(office.db, office.clock).recover(office.tenant_id)
    return [str(job["card_id"]) for job in (await jobs_of(office))[before:]]


async def run(office: Office, delivery: CardDelivery, card_id: UUID, **more: str) -> None:
    await delivery.deliver(office.tenant_id, {"card_id": str(card_id), **more})


def said(office: Office) -> list[str]:
    return [message.text for message in office.chat.messages.values()]
