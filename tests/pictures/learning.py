"""How it goes: a rep's own page on the phone, a manager's team, and one click's word on an answer
that says neither yes nor no. Weeks of decisions come from past.py."""

import time

from tests.pictures.past import Past
from tests.pictures.studio import DESK, PHONE, Studio

MAYA, PRIYA = "U0MAYAOKA", "U0PRIYANA"
WEEKS, DRAFTS, EVERY, UNCLEAR = 13, 280, 5, 3
ROUSED = 4
"""Seconds that what the decisions stir up takes to settle."""


def me(studio: Studio) -> None:
    past = Past(office=studio.office)
    past.decided(DRAFTS, days=7 * WEEKS, edited=EVERY)
    past.counted(7 * WEEKS + 1)
    past.unclear(UNCLEAR)
    past.counted(7 * WEEKS + 1)
    time.sleep(ROUSED)
    studio.screen.size(*PHONE)
    studio.sit(MAYA)
    studio.use("/understudy me")
    studio.up("How your drafts fared")
    studio.take("me")


def team(studio: Studio) -> None:
    studio.screen.size(*DESK)
    studio.sit(PRIYA)
    studio.use("/understudy team")
    studio.up("Your team")
    studio.take("team")


def label(studio: Studio) -> None:
    screen = studio.screen
    studio.press("Your team", "label.list")
    screen.sees("Did this come to something?", ".modal")
    screen.script("document.querySelector('.modal [data-action=\"label.say#0\"]').click()")
    screen.sees("Noted: it came true", ".modal")
    studio.take("what-came-of-it")
    screen.click("Close", ".modal button")
    screen.sees_no(".modal")


ALL = (me, team, label)
