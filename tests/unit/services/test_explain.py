from datetime import date

from services.explain import explain_mail, explain_text
from services.mail.parse import parse
from services.offline.model import OfflineModel
from services.types.model import (
    Ask,
    DraftRequest,
    DraftText,
    Extraction,
    ExtractionRequest,
    Finding,
    Usage,
)
from services.types.qualification import Criterion

TODAY = date(2026, 11, 20)
MAIL = (
    b"From: Anna Berg <anna@acme.example>\r\nTo: Tom Reed <tom@us.example>\r\n"
    b"Subject: Offer\r\nDate: Mon, 02 Nov 2026 10:00:00 +0000\r\nMessage-ID: <1@acme.example>\r\n"
)
BODY = b"\r\nHi Tom,\r\n\r\nour budget is $50k. Could you send a quote by Friday?\r\n\r\nAnna\r\n"


class Inventive:
    """A model that quotes what nobody wrote."""

    name = "inventive"
    offline = False

    async def extract(self, request: ExtractionRequest) -> tuple[Extraction, Usage]:
        made_up = Finding(
            criterion=Criterion.BUDGET, value="$1m", confidence=0.9, quote="a million dollars"
        )
        found = Extraction(findings=(made_up,), asks=(Ask(quote=request.text + "x"),))
        return found, Usage(model=self.name)

    async def draft(self, request: DraftRequest) -> tuple[DraftText, Usage]:
        return DraftText(body=request.subject, confidence=0.5), Usage(model=self.name)


async def test_a_mail_is_explained_from_the_day_it_was_sent() -> None:
    told = await explain_mail(OfflineModel(), parse(MAIL + BODY), id_="m", today=TODAY)
    assert (told["id"], told["kind"], told["language"]) == ("m", "human", "en")
    assert told["asks"][0]["kind"] == "pricing"
    assert told["asks"][0]["due"] == "2026-11-06"
    assert told["qualification"]["budget"]["value"] == "$50k"
    assert told["qualification"]["budget"]["evidence"] in told["visible_reply"]
    assert told["draft"].startswith("Hi Anna,")
    assert told["draft"].endswith("Tom Reed")
    assert told["suspicious"] == {"injection": False, "score": 0.0, "why": ""}


async def test_mail_no_person_wrote_asks_nothing_and_gets_no_draft() -> None:
    raw = MAIL + b"Auto-Submitted: auto-replied\r\n" + BODY
    told = await explain_mail(OfflineModel(), parse(raw), id_=1, today=TODAY)
    assert told["kind"] == "auto_reply"
    assert (told["asks"], told["qualification"], told["signals"]) == ([], {}, [])
    assert told["draft"] is None


async def test_a_text_that_asks_nothing_gets_no_draft() -> None:
    told = await explain_text(OfflineModel(), "Thanks, see you then.", id_=2, today=TODAY)
    assert told["draft"] is None
    assert told["asks"] == []


async def test_what_a_model_can_not_quote_is_dropped() -> None:
    told = await explain_text(Inventive(), "Could you call me?", id_=3, today=TODAY)
    assert told["qualification"] == {}
    assert told["asks"] == []
    assert told["draft"] is None
