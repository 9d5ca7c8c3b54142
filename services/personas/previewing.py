"""The samples of a persona: one mail and one chat message, written before it is activated.

They answer made-up words of a made-up customer, so that nothing of a real one is needed and two
personas can be compared. A model is asked between two transactions; what comes for a version that
is no longer the newest is thrown away.
"""

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import structlog

from db import members, tenants
from db import personas as rows
from db.session import Database
from services.cards import touch
from services.errors import LimitReached, ServiceError
from services.mail.characters import clean_text
from services.model_calls import ModelCallService
from services.offline.extract import extract
from services.personas.styling import fields_of, style_of
from services.personas.telling import KIND
from services.ports import Clock, Ids, LanguageModel
from services.types.model import DraftRequest, ExtractionRequest, Purpose

log = structlog.get_logger()

SENDER = "Carla Sample"
SUBJECT = "Next steps after the demo"
MAIL = (
    "Hi,\n\nthank you for the demo. Before we go on, could you send us the security report by "
    "Friday? And does your product support single sign-on?\n\nBest,\nCarla"
)
CHAT = "Quick one: does the import also read Excel files, and could we talk on Thursday?"
LONGEST = 1_500
FAILED = "The model could not write the samples just now."


@dataclass(frozen=True, slots=True)
class PersonaPreviews:
    db: Database
    clock: Clock
    ids: Ids
    model: LanguageModel
    offline: LanguageModel
    calls: ModelCallService

    async def write(self, tenant_id: UUID, persona_id: UUID, version: int) -> None:
        """The job `persona.preview`."""
        request = await self._request(tenant_id, persona_id, version)
        if request is None:
            return
        written = await self._written(tenant_id, request)
        async with self.db.transaction(tenant_id) as tx:
            persona = await rows.lock_persona(tx, persona_id)
            if persona is None or persona.status == "deleted":
                return
            if (persona.version, persona.preview) != (version, "asked"):
                return
            persona.preview = "failed" if "failure" in written else "ready"
            persona.previews = written
            await tx.session.flush()
            await touch(tx, KIND, persona_id, clock=self.clock, ids=self.ids)

    async def _request(
        self, tenant_id: UUID, persona_id: UUID, version: int
    ) -> DraftRequest | None:
        async with self.db.read(tenant_id) as tx:
            persona = await rows.get_persona(tx, persona_id)
            if persona is None or persona.status == "deleted" or persona.version != version:
                return None
            maker = await members.get_member(tx, persona.created_by or UUID(int=0))
            tenant = await tenants.get_tenant(tx)
        zone = ZoneInfo(maker.timezone if maker else "UTC")
        return DraftRequest(
            text=MAIL,
            subject=SUBJECT,
            sender_name=SENDER,
            author_name=maker.name if maker else "",
            company=tenant.name if tenant else "",
            account_name=None,
            deal_name=None,
            stage=None,
            language="en",
            today=self.clock.now().astimezone(zone).date(),
            style=style_of(persona.id, version, fields_of(persona)),
        )

    async def _written(self, tenant_id: UUID, request: DraftRequest) -> dict[str, Any]:
        """Both samples and who wrote them, or why there are none."""
        try:
            try:
                return await self._samples(tenant_id, request, self.model)
            except LimitReached as used_up:
                # Drafts are written by the rules now too: this is how they sound.
                return await self._samples(tenant_id, request, self.offline) | {"why": str(used_up)}
        except ServiceError as error:
            log.warning("a persona's samples could not be written", reason=str(error))
            return {"failure": f"{FAILED} ({error})"}

    async def _samples(
        self, tenant_id: UUID, request: DraftRequest, model: LanguageModel
    ) -> dict[str, Any]:
        mail = await self._one(tenant_id, request, model)
        chat = await self._one(tenant_id, replace(request, text=CHAT, subject="", chat=True), model)
        return {
            "subject": f"Re: {SUBJECT}",
            "mail": mail,
            "chat": chat,
            "model": model.name,
            "offline": model.offline,
        }

    async def _one(self, tenant_id: UUID, request: DraftRequest, model: LanguageModel) -> str:
        asked = ExtractionRequest(
            text=request.text,
            subject=request.subject,
            sender_name=request.sender_name,
            today=request.today,
        )
        whole = replace(request, asks=extract(asked).asks)
        answer = await self.calls.run(
            tenant_id,
            Purpose.DRAFT,
            lambda: model.draft(whole),
            model=model,
            conversation_id=None,
            text=whole.text,
        )
        return clean_text(answer.body).strip()[:LONGEST]
