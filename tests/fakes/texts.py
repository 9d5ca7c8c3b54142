"""Phones in memory, behind the TextMessages port. Faults are put in `trouble`, one per call;
`drop_answer` takes the next text and loses the answer."""

from dataclasses import dataclass, field

from db.session import refuse_inside_transaction
from services.errors import TransientError


@dataclass
class FakeTexts:
    texts: list[tuple[str, str]] = field(default_factory=list)
    trouble: list[Exception] = field(default_factory=list)
    drop_answer: bool = False

    async def send(self, *, to: str, text: str) -> None:
        refuse_inside_transaction()
        if self.trouble:
            raise self.trouble.pop(0)
        self.texts.append((to, text))
        if self.drop_answer:
            self.drop_answer = False
            raise TransientError("The answer was lost.", ambiguous=True)
