"""Sends into a list. `fail` plans errors: the next send raises it and nothing is kept; `lose`
keeps the mail and raises all the same, as when the answer is lost."""

from dataclasses import dataclass, field
from uuid import UUID

from db.session import refuse_inside_transaction
from services.types.mail import Address

FROM = Address(email="copilot@brightpath.example", name="Understudy")


@dataclass
class FakeMailSender:
    sender: Address | None = FROM
    sent: list[tuple[Address, bytes]] = field(default_factory=list)
    fail: list[Exception] = field(default_factory=list)
    lose: list[Exception] = field(default_factory=list)

    @property
    def configured(self) -> Address | None:
        return self.sender

    async def address(self, tenant_id: UUID) -> Address | None:  # noqa: ARG002 - the port
        return self.sender

    async def send(self, tenant_id: UUID, *, to: Address, raw: bytes) -> None:  # noqa: ARG002 - the port
        refuse_inside_transaction()
        if self.fail:
            raise self.fail.pop(0)
        self.sent.append((to, raw))
        if self.lose:
            raise self.lose.pop(0)
