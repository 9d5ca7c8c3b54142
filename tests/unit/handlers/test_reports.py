"""`/understudy report` and the buttons of a report."""

import json
from datetime import date

from blocks.action_ids import ActionId
from blocks.report_values import ReportDays
from handlers.commands import reply
from handlers.reports import AGAIN, COUNTING
from services.errors import Forbidden
from services.reports.pages import NOT_FOR_REPS
from services.types.reports import ReportPeriod
from tests.fakes.verbs import MAYA
from tests.unit.handlers.slack_rig import Rig, click
from tests.unit.report_factory import make_report_view

OCTOBER = ReportDays(period=ReportPeriod.MONTH, first=date(2026, 10, 1)).encode()


async def test_the_page_comes_with_the_answer(rig: Rig) -> None:
    rig.book.answers["reports.wished"] = make_report_view()
    _, body = await rig.command("report 2026-10")
    assert "Cost per handled conversation" in json.dumps(body)
    (((_, words, way), _),) = rig.book.named("reports.wished")
    assert words == "2026-10"
    assert way.response_url


async def test_what_has_to_be_counted_comes_by_the_way_back(rig: Rig) -> None:
    """In the direct message there is none: there they ask again."""
    rig.book.answers["reports.wished"] = None
    _, body = await rig.command("report now")
    assert body["text"] == COUNTING
    said = await reply(rig.book.verbs(), MAYA, "report now", command_id="c")
    assert said.text == AGAIN


async def test_a_rep_is_shown_the_way(rig: Rig) -> None:
    rig.book.errors["reports.wished"] = [Forbidden(NOT_FOR_REPS)]
    _, body = await rig.command("report")
    assert "/understudy me" in json.dumps(body)


async def test_how_opens_a_window(rig: Rig) -> None:
    rig.book.answers["reports.page"] = make_report_view()
    await rig.interact(click(ActionId.REPORT_HOW, OCTOBER))
    assert "_Formula_" in json.dumps(rig.chat.modals, default=str)
    (((_, period, first, _), _),) = rig.book.named("reports.page")
    assert (period, first) == ("month", date(2026, 10, 1))


async def test_by_mail_carries_the_clicks_id(rig: Rig) -> None:
    rig.book.answers["reports.mail_me"] = "It is on its way to ada@x.example."
    await rig.interact(click(ActionId.REPORT_MAIL, OCTOBER))
    ((_, more),) = rig.book.named("reports.mail_me")
    assert more["command_id"]


async def test_a_foreign_value_does_nothing(rig: Rig) -> None:
    await rig.interact(click(ActionId.REPORT_MAIL, '{"period":"year","first":"2026-10-01"}'))
    assert not rig.book.named("reports.mail_me")
