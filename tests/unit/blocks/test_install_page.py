"""The pages of an install say what happened, what was kept and what to do, and never more."""

import re
from html import unescape

import pytest

from blocks.install_page import install_page
from blocks.paused_mail import paused_mail
from services.types.installs import InstallPage, InstallStep, PausedView

TAGS = re.compile(r"<style>.*?</style>|<[^>]+>", re.DOTALL)
EVIL = '<script>alert("x")</script>'


def words(page: InstallPage) -> str:
    return " ".join(unescape(TAGS.sub(" ", install_page(page))).split())


@pytest.mark.parametrize("step", InstallStep)
def test_every_step_has_a_page_of_its_own(step: InstallStep) -> None:
    html = install_page(
        InstallPage(step=step, team=EVIL, sentence=EVIL, url=f"https://x/{EVIL}", detail=(EVIL,))
    )
    assert "<script" not in html
    assert '<h1 dir="auto">' in html
    assert html.count('class="button"') == (0 if step is InstallStep.NOT_SET_UP else 1)
    assert "!" not in words(InstallPage(step=step, team="New Co", sentence="It is so."))


@pytest.mark.parametrize("step", [step for step in InstallStep if step.status >= 400])
def test_a_failure_says_that_nothing_was_kept(step: InstallStep) -> None:
    said = words(InstallPage(step=step, team="New Co", sentence="It is so.", detail=("a:b",)))
    kept = {InstallStep.UNKNOWN: "changed nothing", InstallStep.NOT_SET_UP: "isn't set up"}
    assert kept.get(step, "Nothing was stored") in said
    assert not step.installed


def test_what_became_of_it_is_told_with_the_next_step() -> None:
    admin = words(InstallPage(step=InstallStep.ADMIN, team="New Co"))
    assert "New Co is connected" in admin
    assert "You are Understudy's admin here" in admin
    assert "shadow mode" in admin
    wanted = words(InstallPage(step=InstallStep.ADMIN_WANTED, team="New Co"))
    assert "Ask a Slack admin to open Understudy's Home tab" in wanted
    again = words(InstallPage(step=InstallStep.AGAIN, team="New Co"))
    assert "New Co is connected again" in again
    assert "Nobody's role has changed" in again
    assert "shadow" not in again


def test_the_offer_leads_to_slack_and_says_what_is_asked() -> None:
    page = InstallPage(step=InstallStep.OFFER, url="https://slack.com/oauth/v2/authorize?a=1&b=2")
    assert 'href="https://slack.com/oauth/v2/authorize?a=1&amp;b=2"' in install_page(page)
    assert "Add to Slack" in words(page)
    assert "e-mail addresses" in words(page)


def make_paused(**changes: object) -> PausedView:
    values = {
        "team": "New <Co>",
        "reader": "Ada",
        "why": "the app was removed",
        "since": "21 November 2026 at 10:00",
        "held_sends": 1,
        "install_url": "https://bot.example/slack/install?team=T1",
        **changes,
    }
    return PausedView(**values)  # type: ignore[arg-type]


def test_the_mail_about_a_pause_tells_what_waits_and_the_way_back() -> None:
    subject, html, text = paused_mail(make_paused())
    assert subject == "Understudy is disconnected from New <Co>"
    assert "New <Co>" not in html
    assert "1 approved mail waits with it." in text
    assert "2 approved mails wait with it." in paused_mail(make_paused(held_sends=2))[2]
    none = paused_mail(make_paused(held_sends=0, install_url=None))
    assert "approved" not in none[2]
    assert "whoever runs Understudy" in none[2]
    assert "https://" not in none[2]
    assert "prefers-color-scheme: dark" in html
