"""How it goes: a rep on the phone, a manager with a team, an executive with the month, an admin
with what was corrected. A quarter's mails come from lived.py; the product counts them itself."""

import time
from collections.abc import Callable, Sequence

from tests.pictures.lived import Lived
from tests.pictures.png import Picture, beside
from tests.pictures.studio import DESK, PHONE, Studio

MAYA, TOM, PRIYA, VICTOR, SAM = "U0MAYAOKA", "U0TOMREYE", "U0PRIYANA", "U0VICTORH", "U0SAMLIND"
SYSTEM = "understudy@brightpath.example"
MAILS, DAYS = 420, 91
WATCHED, FROM, UNTIL = 40, 120, 95
"""Mails by hand, and from when until when only to watch, in days ago."""
NIGHTS = 8
TALL = (390, 1180)
WIDE_MAIL = 640
LETTER = 1100
BEGUN = "update tenants set created_at = created_at - interval '130 days'"
ENABLED = "update members set enabled_at = enabled_at - interval '130 days'"
ROUSED = 4
"""Seconds that what the quarter stirs up takes to settle."""


def lived(studio: Studio) -> None:
    """A quarter, with the days before in which everything was held."""
    studio.office.db.fetch(BEGUN)
    studio.office.db.fetch(ENABLED)
    past = Lived(office=studio.office)
    past.held(WATCHED, first=FROM, last=UNTIL)
    past.lived(MAILS, days=DAYS)
    past.counted(DAYS + 1)
    past.nights(NIGHTS)
    past.noted()
    past.looked()
    time.sleep(ROUSED)


# ── A rep ───────────────────────────────────────────────────────────────────────────────────────
def me(studio: Studio) -> None:
    """Her page, and the mails behind what there is to try."""
    studio.screen.size(*TALL)
    studio.sit(MAYA)
    studio.use("/understudy me")
    studio.up("How your drafts fared")
    page = studio.look()
    studio.press("How your drafts fared", "finding.mails#0")
    studio.take("me", beside(page, _window(studio, "Your newest")))


def label(studio: Studio) -> None:
    screen = studio.screen
    screen.size(*DESK)
    studio.sit(MAYA)
    studio.up("How your drafts fared")
    studio.press("How your drafts fared", "label.list")
    screen.sees("Did this come to something?", ".modal")
    screen.script("document.querySelector('.modal [data-action=\"label.say#0\"]').click()")
    screen.sees("Noted: it came true", ".modal")
    studio.take("what-came-of-it")
    _close(studio)


def habit(studio: Studio) -> None:
    """What he is asked, and what became of a rule of hers."""
    studio.screen.size(*PHONE)
    studio.sit(TOM)
    studio.up("You've cut")
    asked = studio.look()
    studio.sit(MAYA)
    studio.use("/understudy rules")
    studio.take("habit", beside(asked, _window(studio, "for what I write for you")))


# ── A manager ───────────────────────────────────────────────────────────────────────────────────
def team(studio: Studio) -> None:
    """Her team, and one person of it."""
    studio.screen.size(*TALL)
    studio.sit(PRIYA)
    studio.use("/understudy team")
    studio.up("Your team")
    page = studio.look()
    studio.press("Your team", "team.person#1")
    studio.take("team", beside(page, _window(studio, "What came back")))


def calibration(studio: Studio) -> None:
    studio.screen.size(*PHONE)
    studio.sit(PRIYA)
    studio.use("/understudy calibration")
    studio.up("How well my percentages hold")
    page = studio.look()
    studio.press("How well my percentages hold", "calibration.chart")
    studio.up("As of just now")
    studio.take("calibration", beside(page, studio.look()))


# ── Those who answer for all of it ──────────────────────────────────────────────────────────────
def report(studio: Studio) -> None:
    """An executive's month, on the phone and as the mail."""
    screen = studio.screen
    screen.size(390, LETTER)
    studio.sit(VICTOR)
    studio.use("/understudy report")
    studio.up("the whole company")
    page = studio.look()
    studio.press("the whole company", "report.mail")
    letter = studio.page_of(SYSTEM, "Understudy's report")
    screen.size(WIDE_MAIL, LETTER)
    screen.go(letter)
    studio.take("report", beside(page, studio.look()))


def adjustments(studio: Studio) -> None:
    studio.screen.size(*DESK)
    studio.sit(SAM)
    studio.use("/understudy calibration")
    studio.up("How well my percentages hold")
    studio.press("How well my percentages hold", "calibration.moves#0")
    studio.take("adjustments", _window(studio, "What was adjusted"))


def _window(studio: Studio, words: str) -> Picture:
    studio.screen.sees(words, ".modal")
    picture = studio.look()
    _close(studio)
    return picture


def _close(studio: Studio) -> None:
    """Else it would stand open wherever this person looks next."""
    studio.screen.click("Close", ".modal button")
    studio.screen.sees_no(".modal")


ALL: Sequence[Callable[[Studio], None]] = (
    lived,
    me,
    label,
    habit,
    team,
    calibration,
    report,
    adjustments,
)
