"""Reports over a real database: counted right, told once, mailed once, by whoever may read them."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import text

from db.lost_work import list_lost
from db.models.coaching import ReportMail, ReportWish
from db.report_words import words_of
from db.session import Database
from services.errors import Forbidden, InvalidInput, NotFound, TransientError
from services.mail.parse import parse
from services.reports.pages import NOT_COUNTED
from services.types.reports import Figure, Report, ReportPeriod, WayBack
from tests.integration.services.reports.desk import TOLD, Desk, make_desk
from tests.unit.services.reports.test_words import SAMPLES

DAY = timedelta(days=1)
OCTOBER = date(2026, 10, 1)


@pytest.fixture
async def desk(database: Database) -> Desk:
    return await make_desk(database)


def by_key(report: Report) -> dict[str, Figure]:
    return {one.key: one for one in report.figures}


def pairs(figure: Figure) -> list[tuple[int | None, int | None]]:
    return [(one.part, one.of) for one in figure.parts]


def values(figure: Figure) -> list[Decimal | None]:
    return [one.value for one in figure.parts]


async def test_a_month_from_its_rows_to_the_mail_in_the_post(desk: Desk) -> None:
    await desk.september()
    await desk.october()
    await desk.beside()
    await desk.due(desk.ada)
    assert await desk.queued("report.make") == 1
    await asyncio.gather(*(desk.teller.make(desk.tenant, desk.ada.id) for _ in range(3)))
    (row,) = await desk.reports()
    assert (row.period, row.starts_on, row.ends_on) == ("month", OCTOBER, date(2026, 10, 31))
    assert row.member_id is None
    view = await desk.shown(desk.ada, "")
    found = by_key(view.report)
    # Twenty times 100 words less 5 typed: 1,995 words; 22 texts of 50 words were read.
    (saved,) = found["effort"].parts
    assert (saved.low, saved.high) == (round(1995 / 33 - 1100 / 175), round(1995 / 19 - 1100 / 300))
    assert (
        found["effort"].sample == "mails of mine that left: 20; by hand: 24 on 6 days of watching"
    )
    assert values(found["cost"]) == [Decimal("0.0182"), Decimal("0.4"), Decimal(22)]
    assert pairs(found["engagement"])[:2] == [(15, 20), (12, 24)]
    assert found["engagement"].parts[1].label == "by hand when I only watched, answered"
    assert found["engagement"].parts[2].value == Decimal("0.2500")
    moved, worth, mine, others, apart = found["pipeline"].parts
    assert (moved.part, moved.of, worth.value, worth.currency) == (1, 1, 100, "EUR")
    assert (mine.of, others.part, others.of, apart.known) == (0, 1, 1, False)
    assert pairs(found["adoption"]) == [(1, 3), (19, 22)]
    assert values(found["quality"]) == [Decimal("0.05"), Decimal("0.25")]
    assert _seen(found["risks"]) == {"demotions": 1, "texts with orders to a machine": 1}
    assert pairs(found["goals"]) == [(1, 1)]
    # One mail, by however many jobs.
    (mail,) = await desk.mails()
    await asyncio.gather(*(desk.mailer.send(desk.tenant, mail.id) for _ in range(3)))
    ((to, raw),) = desk.sender.sent
    assert to.email == desk.ada.email
    sent = parse(raw)
    assert sent.subject == "October 2026: Understudy's report"
    assert "54 min to 1 h 41 min" in sent.visible_reply
    (mail,) = await desk.mails()
    assert (mail.status, mail.sent_at) == ("sent", TOLD)
    assert not await desk.cards()
    assert await desk.due_at(desk.ada) == datetime(2026, 12, 1, 7, tzinfo=UTC)


def _seen(figure: Figure) -> dict[str, int]:
    return {one.label: int(one.value) for one in figure.parts if one.value}


async def test_what_came_late_is_told_a_month_later(desk: Desk) -> None:
    await desk.october(sent=6, answered=2)
    await desk.teller.make(desk.tenant, desk.ada.id)
    (told,) = await desk.reports()
    view = await desk.shown(desk.ada, "2026-10")
    assert pairs(by_key(view.report)["engagement"])[0] == (2, 6)
    assert by_key(view.report)["effort"].unknown, "no shadow day, no baseline"
    # What a machine, a forger or somebody with orders wrote is no answer.
    await desk.late_answer(kind="auto_reply")
    await desk.late_answer(proof="fail")
    await desk.late_answer(analysis={"suspicious": {"injection": True}})
    assert not await desk.counted_anew(OCTOBER) - {2}
    await desk.late_answer()
    assert (await desk.reports())[0].body == told.body
    again = await desk.shown(desk.ada, "2026-10")
    assert again.report == view.report
    desk.clock.at = datetime(2026, 12, 1, 7, tzinfo=UTC)
    await desk.teller.make(desk.tenant, desk.ada.id)
    november = (await desk.shown(desk.ada, "")).report
    assert november.corrections == ("October 2026, mails of mine answered: 2 were told, now 3",)
    assert by_key(november)["effort"].unknown == "no mail of mine left"


async def test_the_first_month_is_partial_and_there_is_none_before(desk: Desk) -> None:
    await desk.september()
    view = await desk.shown(desk.ada, "2026-09")
    assert view.report.since == date(2026, 9, 5)
    assert {one.since for one in view.report.figures} == {date(2026, 9, 5)}
    assert view.report.notes == (
        "On 6 days of these I only watched: nothing of mine was shown or left.",
    )
    assert by_key(view.report)["cost"].unknown == "no conversation was handled"
    assert view.earlier is None
    with pytest.raises(InvalidInput, match="5 September 2026"):
        await desk.shown(desk.ada, "2026-08")


async def test_the_running_month_is_counted_by_a_job_and_not_mailed(desk: Desk) -> None:
    """Nobody waits for a count: it comes by the way back, once, and the next one has it at once, as
    of then; what has changed since is counted anew by one job for all who look."""
    ada = desk.actor(desk.ada)
    for _ in range(2):
        way = WayBack(command_id="c1", response_url="https://hooks.slack.test/1")
        assert await desk.pages.wished(ada, "now", way) is None
    assert await desk.queued("report.count") == 1
    (work,) = await desk.count()
    assert work.view is not None
    assert work.response_url == "https://hooks.slack.test/1"
    assert not any(one.response_url for one in await desk.rows(ReportWish))
    assert await desk.pages.work(desk.tenant, work.wish_id) is None, "told once"
    view = await desk.shown(desk.ada, "now")
    assert view.report == work.view.report
    assert view.report.report_id is None
    assert (view.report.as_of, view.report.fresh) == (TOLD, True)
    desk.clock.move(timedelta(minutes=6))
    old = [await desk.shown(desk.ada, "now") for _ in range(3)]
    assert {(one.report.as_of, one.report.fresh) for one in old} == {(TOLD, False)}
    assert len(await desk.count()) == 1
    assert (await desk.shown(desk.ada, "now")).report.as_of == TOLD + timedelta(minutes=6)
    # Her people are others now: what was counted of the ones before is nobody's any more.
    assert await desk.pages.wished(desk.actor(desk.mona), "now", WayBack(command_id="m")) is None
    await desk.count()
    await desk.change(desk.rita, manager_id=desk.ada.id)
    again = await desk.pages.wished(desk.actor(desk.mona), "now", WayBack(command_id="m2"))
    assert again is None
    desk.clock.move(timedelta(minutes=30))
    assert not await desk.count(), "Slack's way back is over by now"
    assert not await desk.reports()
    assert not await desk.mails()


async def test_words_are_the_same_in_sql(desk: Desk) -> None:
    query = text(f"select {words_of('given')} from unnest(cast(:texts as text[])) given")
    async with desk.database.read(desk.tenant) as tx:
        found = (await tx.session.scalars(query, {"texts": list(SAMPLES)})).all()
    assert found == list(SAMPLES.values())


async def test_what_is_not_over_is_not_mailed(desk: Desk) -> None:
    view = await desk.shown(desk.ada, "now")
    assert not view.may_mail
    assert not await desk.reports()
    first = view.report.first
    said = await desk.pages.mail_me(desk.actor(desk.ada), ReportPeriod.MONTH, first, command_id="c")
    assert "aren't over" in said
    assert not await desk.mails()


async def test_a_manager_sees_their_peoples_days_and_a_rep_is_shown_the_way(desk: Desk) -> None:
    """Monday's report of the week before, and none of what is the whole company's."""
    await desk.october()
    await desk.teller.make(desk.tenant, desk.mona.id)
    assert not await desk.mails(), "a week without anything disturbs nobody"
    (row,) = await desk.reports()
    assert (row.period, row.starts_on, row.member_id) == ("week", date(2026, 10, 26), desk.mona.id)
    assert await desk.due_at(desk.mona) == datetime(2026, 11, 9, 7, tzinfo=UTC)
    view = await desk.shown(desk.mona, "")
    assert not view.report.whole
    assert "cost" not in by_key(view.report)
    assert "whole company" in by_key(view.report)["quality"].notes[0]
    assert by_key(view.report)["effort"].told == {"mails of mine that left": 20}
    # Somebody else's people wrote nothing, and Ada may not open what was made for Mona.
    await desk.change(desk.rita, manager_id=desk.ada.id)
    assert await desk.pages.card(desk.tenant, row.id, desk.ada.id) is None
    assert await desk.pages.card(desk.tenant, row.id, desk.mona.id) is not None
    with pytest.raises(Forbidden, match="/understudy me"):
        await desk.shown(desk.rita, "")


async def test_another_tenant_reads_nothing_of_it(desk: Desk, database: Database) -> None:
    await desk.october()
    await desk.teller.make(desk.tenant, desk.ada.id)
    (row,), other = await desk.reports(), await make_desk(database)
    view = await other.shown(other.ada, "")
    assert by_key(view.report)["effort"].told == {"mails of mine that left": 0}
    assert await other.pages.card(other.tenant, row.id, other.ada.id) is None
    (mail,) = await desk.mails()
    await other.mailer.send(other.tenant, mail.id)
    assert not other.sender.sent
    stranger = desk.actor(other.ada)
    with pytest.raises(NotFound):
        await desk.pages.wished(stranger, "", WayBack(command_id="c"))


async def test_a_mail_that_may_have_left_is_never_sent_again(desk: Desk) -> None:
    """The post is down: it comes again. The answer is lost: nobody knows, and Slack says so."""
    await desk.teller.make(desk.tenant, desk.ada.id)
    (mail,) = await desk.mails()
    desk.sender.fail = [TransientError("down")]
    with pytest.raises(TransientError):
        await desk.mailer.send(desk.tenant, mail.id)
    assert (await desk.mails())[0].status == "queued"
    desk.sender.lose = [TransientError("gone", ambiguous=True)]
    await desk.mailer.send(desk.tenant, mail.id)
    await desk.mailer.send(desk.tenant, mail.id)
    assert len(desk.sender.sent) == 1
    (mail,) = await desk.mails()
    assert mail.status == "unknown"
    (card,) = await desk.cards()
    view = await desk.pages.card(desk.tenant, card.subject_id, desk.ada.id)
    assert view is not None
    assert "may or may not have arrived" in view.by_mail


async def test_a_worker_that_dies_between_claim_and_settling_leaves_no_second_mail(
    desk: Desk,
) -> None:
    await desk.teller.make(desk.tenant, desk.ada.id)
    (mail,) = await desk.mails()
    await desk.alter(ReportMail, mail.id, status="sending", lease_until=TOLD + 60 * _SECOND)
    await desk.mailer.send(desk.tenant, mail.id)
    assert (await desk.mails())[0].status == "sending", "somebody is at it"
    assert not await _lost(desk)
    desk.clock.move(timedelta(minutes=3))
    assert await _lost(desk) == [mail.id]
    await desk.mailer.send(desk.tenant, mail.id)
    assert (await desk.mails())[0].status == "unknown"
    assert not desk.sender.sent
    assert len(await desk.cards()) == 1


_SECOND = timedelta(seconds=1)


async def _lost(desk: Desk) -> list[object]:
    now = desk.clock.now()
    async with desk.database.read(desk.tenant) as tx:
        found = await list_lost(tx, now, now - 30 * _SECOND, paused=False, shadow=False)
    return [one.subject_id for one in found if one.kind == "report.mail"]


async def test_what_cannot_be_mailed_comes_in_slack_and_what_is_unwanted_nowhere(
    desk: Desk,
) -> None:
    await desk.teller.make(desk.tenant, desk.ada.id)
    (mail,) = await desk.mails()
    await desk.change(desk.ada, preferences={"report_mail": "off"})
    await desk.mailer.send(desk.tenant, mail.id)
    assert (await desk.mails())[0].status == "failed"
    assert not await desk.cards()
    await desk.change(desk.ada, preferences={})
    await desk.alter(ReportMail, mail.id, status="queued")
    desk.sender.sender = None
    await desk.mailer.send(desk.tenant, mail.id)
    assert len(await desk.cards()) == 1
    view = await desk.shown(desk.ada, "")
    assert "No mail address is set up" in view.by_mail
    assert not view.may_mail


async def test_asked_for_it_comes_again_once_per_click(desk: Desk) -> None:
    await desk.change(desk.ada, preferences={"report_mail": "off"})
    ask = desk.pages.mail_me
    ada, month = desk.actor(desk.ada), ReportPeriod.MONTH
    assert await ask(ada, month, OCTOBER, command_id="c0") == NOT_COUNTED
    assert len(await desk.count()) == 1
    for command in ("c1", "c1", "c2"):
        await ask(ada, month, OCTOBER, command_id=command)
        (mail,) = await desk.mails()
        await desk.mailer.send(desk.tenant, mail.id)
    assert len(desk.sender.sent) == 2


async def test_nobody_is_told_who_is_not_to_be(desk: Desk) -> None:
    """What is held back is looked at again in the morning, and begun by no job that runs late."""
    morning = datetime(2026, 11, 3, 7, tzinfo=UTC)
    held: list[tuple[dict[str, object], dict[str, object]]] = [
        ({"paused_until": TOLD + 3 * DAY}, {"paused_until": None}),
        ({"enabled_at": None}, {"enabled_at": TOLD}),
        ({"slack_user_id": None}, {"slack_user_id": "U0ADA"}),
    ]
    for changes, back in held:
        await desk.change(desk.ada, **changes)
        await _is_held(desk, morning)
        await desk.change(desk.ada, **back)
    await desk.set_shadow(on=True)
    await _is_held(desk, morning)
    await desk.set_shadow(on=False)
    # Who wants none, and what is old by now, waits for the next one.
    december = datetime(2026, 12, 1, 7, tzinfo=UTC)
    await desk.change(desk.ada, preferences={"report_mail": "off"})
    await desk.due(desk.ada)
    assert await desk.due_at(desk.ada) == december
    await desk.change(desk.ada, preferences={})
    desk.clock.move(14 * DAY)
    await desk.due(desk.ada)
    assert await desk.due_at(desk.ada) == december
    assert not await desk.queued("report.make")


async def _is_held(desk: Desk, until: datetime) -> None:
    await desk.due(desk.ada)
    assert await desk.due_at(desk.ada) == until
    await desk.teller.make(desk.tenant, desk.ada.id)
    assert not await desk.mails()
    assert not await desk.queued("report.make")


async def test_a_reader_ahead_of_the_company_waits_until_its_month_is_over(desk: Desk) -> None:
    """Two o'clock in Auckland is yesterday for most: the month still runs where they are."""
    await desk.change(desk.ada, timezone="Pacific/Auckland")
    desk.clock.at = datetime(2026, 11, 30, 19, tzinfo=UTC)  # eight on 1 December in Auckland
    await desk.due(desk.ada)
    assert not await desk.queued("report.make")
    assert await desk.due_at(desk.ada) == datetime(2026, 12, 1, 19, tzinfo=UTC)


async def test_readers_get_a_timer_and_others_none(desk: Desk) -> None:
    desk.clock.at = datetime(2026, 10, 20, 12, tzinfo=UTC)
    for _ in range(2):
        await desk.teller.arm(desk.tenant)
    assert await desk.due_at(desk.ada) == datetime(2026, 11, 2, 7, tzinfo=UTC)
    assert await desk.due_at(desk.mona) == datetime(2026, 10, 26, 7, tzinfo=UTC)
    assert await desk.due_at(desk.rita) is None
