"""The lines of one period: asked in as many calls as its texts need, then put together in one."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from services.model_calls import ModelCallService
from services.ports import LanguageModel
from services.prompts.summarise import messages, size
from services.summaries.lines import checked
from services.summaries.material import (
    Given,
    Material,
    StoredLine,
    given_line,
    keyed,
    packed,
    too_many,
)
from services.summaries.periods import Period
from services.types.model import Purpose, Usage
from services.types.summaries import SummaryRequest, SummaryText

REQUEST_TOKENS = 8_000
"""The most one call may take, both ways, the model's own count or more."""
MOST_CALLS = 6
"""So many for the parts of a period, and one to put them together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What is summarised: a period of an account, as it is called in the prompt."""

    tenant_id: UUID
    account_name: str
    period: Period
    today: date


@dataclass(slots=True, kw_only=True)
class Made:
    """Lines, by whom, and what they cost. `provisional` while a real model has still to be
    asked."""

    lines: list[StoredLine] = field(default_factory=list)
    model: str
    provisional: bool = False
    tokens_in: int = 0
    tokens_out: int = 0

    def add(self, usage: Usage) -> None:
        self.tokens_in += usage.tokens_in
        self.tokens_out += usage.tokens_out


@dataclass(frozen=True, slots=True)
class Maker:
    """Asks the model. Raises TransientError or LimitReached with nothing made; then `by_rules`
    still says what can be said without one."""

    model: LanguageModel
    offline: LanguageModel
    calls: ModelCallService

    async def by_model(self, subject: Subject, material: Material) -> Made:
        """When nothing of what the model says can be kept, the rules' lines stand, and they are not
        called the model's. They are not provisional either: asking again would cost the same for
        the same."""
        if self.model.offline or not material.given:
            return await self.by_rules(subject, material)
        made = Made(model=self.model.name)
        lines = await self._told(subject, material.given, made)
        if lines is None:
            rules = await self.by_rules(subject, material)
            made.lines, made.model = rules.lines, rules.model
            return made
        made.lines = [*lines, *material.left_out]
        return made

    async def by_rules(self, subject: Subject, material: Material) -> Made:
        request = _request(subject, material.given)
        answer, _ = await self.offline.summarise(request)
        return Made(
            lines=[*checked(answer, material.given), *material.left_out],
            model=self.offline.name,
            provisional=bool(material.given),
        )

    async def _told(
        self, subject: Subject, given: Sequence[Given], made: Made
    ) -> list[StoredLine] | None:
        """None when the model answered, but with nothing that holds."""
        room = REQUEST_TOKENS - size(_request(subject, ()), self.model.name)
        # Counting a thousand texts takes a while, and nobody else should wait for it.
        packs, dropped = await asyncio.to_thread(
            packed, given, tokens=room, most=MOST_CALLS, model=self.model.name
        )
        parts: list[StoredLine] = []
        unsound = False
        for pack in packs:
            answer = await self._ask(subject, pack, made)
            lines = checked(answer, pack)
            unsound = unsound or bool(answer.lines and not lines)
            parts += lines
        if len(packs) == 1 or not parts:
            return None if unsound and not parts else [*parts, *too_many(dropped)]
        pack = _together(parts, room, self.model.name)
        # A merge that says nothing sound leaves the parts, which are: the latest of them.
        lines = checked(await self._ask(subject, pack, made), pack) or parts[-MOST_CALLS:]
        return [*lines, *too_many(dropped)]

    async def _ask(self, subject: Subject, given: Sequence[Given], made: Made) -> SummaryText:
        request = _request(subject, given)

        async def call() -> tuple[SummaryText, Usage]:
            answer, usage = await self.model.summarise(request)
            made.add(usage)
            return answer, usage

        return await self.calls.run(
            subject.tenant_id,
            Purpose.SUMMARISE,
            call,
            model=self.model,
            conversation_id=None,
            text="\n".join(message["content"] for message in messages(request, "")),
        )


def _together(parts: Sequence[StoredLine], room: int, model: str) -> tuple[Given, ...]:
    packs, _ = packed(keyed(map(given_line, parts)), tokens=room, most=1, model=model)
    return packs[-1]


def _request(subject: Subject, given: Sequence[Given]) -> SummaryRequest:
    return SummaryRequest(
        account_name=subject.account_name,
        start=subject.period.start,
        end=subject.period.end,
        today=subject.today,
        entries=tuple(one.entry for one in given),
    )
