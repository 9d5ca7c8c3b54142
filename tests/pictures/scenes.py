"""The scenes of the story, in the order they have to be played."""

import time
from collections.abc import Callable

from tests.e2e.people import person
from tests.pictures import alerts, approvals, personas
from tests.pictures.studio import DESK, PHONE, Studio

WIDE = (1440, 1120)
MAYA, TOM, INGRID, PRIYA = "U0MAYAOKA", "U0TOMREYE", "U0INGRIDS", "U0PRIYANA"
MAYAS, TOMS, INGRIDS = (f"{name}@brightpath.example" for name in ("maya", "tom", "ingrid"))
SYSTEM = "understudy@brightpath.example"
SOC = "asks for our SOC 2"
VERITY = "asks whether we accept section 9"
NEWARK = "Dashboard for the Newark hub"
# What the check will find: nothing is attached.
RISKY = """Hi Rachel,

That is good news, thank you. I attach our SOC 2 report.

Your budget of $95,000 covers Newark in the first year.

Best regards
Maya Okafor"""


def arrived(studio: Studio) -> None:
    """The story's mails are there, read and answered."""
    people = (
        (MAYA, MAYAS, (SOC, VERITY)),
        (TOM, TOMS, ("Gavin Moss",)),
        (INGRID, INGRIDS, ("Henrik",)),
    )
    for user, email, parts in people:
        for part in parts:
            person(studio.office, user, email).card(part, "Approve", seconds=30)


def card(studio: Studio) -> None:
    thread = studio.office.find(MAYAS, "inbox", NEWARK)
    assert thread is not None
    studio.screen.size(*WIDE)
    studio.sit(MAYA, side="both", mailbox=MAYAS, thread=thread["id"])
    studio.up(SOC)
    studio.take("card")


def drafts(studio: Studio) -> None:
    thread = studio.office.find(MAYAS, "drafts", NEWARK)
    assert thread is not None
    studio.screen.size(*DESK)
    studio.sit(MAYA, side="gmail", mailbox=MAYAS, folder="drafts", thread=thread["id"])
    studio.screen.sees("not sent yet")
    studio.take("gmail-draft")


def home(studio: Studio) -> None:
    studio.screen.size(*DESK)
    studio.sit(MAYA, "home")
    studio.screen.sees("Your deals", ".home")
    studio.take("home-rep")


def asides(studio: Studio) -> None:
    """What stands behind the card, and what came without one."""
    studio.screen.size(*DESK)
    studio.sit(MAYA)
    studio.up(SOC)
    studio.press(SOC, "draft.why")
    studio.screen.sees("What set it off", ".modal")
    studio.take("why")
    studio.screen.click("Close", ".modal button")
    studio.screen.sees_no(".modal")
    studio.sit(MAYA)
    studio.up("from people I don't know")
    studio.take("unsorted")


def others(studio: Studio) -> None:
    studio.screen.size(*DESK)
    studio.sit(TOM)
    studio.up("Gavin Moss")
    studio.take("suspicious")


def answer(studio: Studio) -> None:
    studio.screen.size(*DESK)
    studio.sit(MAYA)
    asked = "What changed at Northwind Freight this month?"
    studio.use(asked)
    studio.screen.sees("Sources", ".message")
    studio.up(asked)
    studio.take("agent")


def findings(studio: Studio) -> None:
    """An edit that says more than is true."""
    studio.screen.size(*DESK)
    studio.sit(MAYA)
    studio.up(SOC)
    studio.press(SOC, "draft.edit")
    studio.screen.sees("Edit the draft", ".modal")
    studio.screen.script("document.querySelector('.modal textarea').select()")
    studio.screen.write(".modal textarea", RISKY)
    studio.screen.click("Save", ".modal button[type=submit]")
    studio.screen.sees("Send anyway", ".message")
    studio.screen.script("document.querySelector('.message-scroll').scrollTop = 0")
    studio.up("Send anyway")
    studio.take("findings")


def undo(studio: Studio) -> None:
    studio.screen.size(1200, 620)
    studio.sit(MAYA)
    studio.up(VERITY)
    studio.screen.click("Approve & send", ".message button")
    studio.up("Leaves at")
    studio.take("undo")
    end = time.monotonic() + 60
    while time.monotonic() < end and not studio.office.left(MAYAS, "Verity"):
        time.sleep(0.5)
    studio.up("Sent by Maya Okafor")
    studio.take("sent")


def digest(studio: Studio) -> None:
    studio.screen.size(*DESK)
    studio.sit(INGRID)
    studio.use("/understudy digest now")
    studio.screen.sees("Your digest for today")
    page = studio.page_of(SYSTEM, "wait")
    studio.screen.size(680, 100)
    studio.screen.go(page)
    height = int(studio.screen.script("document.documentElement.scrollHeight"))
    studio.screen.size(680, min(height, 1400))
    studio.take("digest")


def manager(studio: Studio) -> None:
    """Something to decide, between two meetings."""
    studio.screen.size(*DESK)
    studio.sit(MAYA)
    studio.use("/understudy request discount Arden")
    studio.screen.sees("Request: discount", ".modal h2")
    studio.screen.write(".modal input[type=number]", "8")
    studio.screen.write(".modal textarea", "Kestrel is cheaper, and they decide this week")
    studio.screen.click("Ask", ".modal button[type=submit]")
    studio.screen.sees("Priya Nair", ".modal")
    studio.screen.click("Close", ".modal button")
    studio.screen.size(*PHONE, 2)
    studio.sit(PRIYA, "home")
    studio.screen.sees("discount for Arden", ".home")
    studio.screen.sees("Your team", ".home")
    studio.take("home-manager")


ALL: tuple[Callable[[Studio], None], ...] = (
    arrived,
    alerts.said,
    card,
    drafts,
    home,
    alerts.alert,
    asides,
    others,
    answer,
    findings,
    undo,
    digest,
    manager,
    alerts.quality,
    alerts.cleared,
    approvals.asked,
    approvals.decided,
    *personas.ALL,
)
