"""What the copilot may do by itself: asked for, used, taken back, stopped. Weeks of decisions come
from past.py; everything else is done by people. On a weekend nothing leaves by itself, so these
pictures are taken on a weekday."""

from datetime import UTC
from zoneinfo import ZoneInfo

from services.types.actions import ActionType, AutonomyLevel
from tests.e2e.rig import Rig
from tests.pictures.past import Past
from tests.pictures.studio import DESK, PHONE, Studio

MAYA, INGRID, PRIYA, SAM = "U0MAYAOKA", "U0INGRIDS", "U0PRIYANA", "U0SAMLIND"
MAYAS, TOMS, INGRIDS = (f"{name}@brightpath.example" for name in ("maya", "tom", "ingrid"))
SIGRID = "sigrid.dahl@haldenmaritime.example"
ASKS = "Follow-ups: allow them to leave"
ANSWERS = ActionType.SEND_ROUTINE_RESPONSE.value
PAGE = "What I may do by myself"
DEAL = """name,account,stage,amount,currency,close_date,owner_email
Halden port pilot,Halden Maritime,qualification,24000,EUR,2027-03-31,ingrid@brightpath.example
"""
QUESTION = """Hei Ingrid,

how many people can join the first training for the port pilot?

Hilsen
Sigrid"""
TARGET = ".modal input[data-action=target]"
MORNING, EARLIEST, LATEST = 11, 8, 17
ZONE = "select timezone from members where email = $1"
MOVE = "update members set timezone = $2 where email = $1"
QUEUED = "select count(*) from effects where status = 'queued'"


def asked(studio: Studio) -> None:
    """Fifty days of decisions: a manager is asked, on her phone."""
    Past(office=studio.office).decided(200, days=50, edited=60)
    studio.screen.size(*PHONE)
    studio.sit(PRIYA)
    studio.up(ASKS)
    studio.take("promotion")
    studio.press(ASKS, "promotion.allow")
    studio.screen.click("Allow", "dialog button")
    studio.screen.sees("Allowed by Priya Nair", ".message")


def by_itself(studio: Studio) -> None:
    """An answer that nobody has to decide on, while it can still be undone."""
    office, screen = studio.office, studio.screen
    path = office.folder / "deals.csv"
    path.write_text(DEAL)
    office.command("seed", str(path))
    Past(office=office).stands(ANSWERS, AutonomyLevel.UNDO_WINDOW)
    at_work(office, INGRIDS)
    office.write(SIGRID, INGRIDS, "Port pilot: training", QUESTION)
    office.until(lambda: office.db.value(QUEUED), 60, "an answer leaves by itself")
    screen.size(1200, 860)
    studio.sit(INGRID)
    studio.up("I'm sending this by myself")
    studio.take("undo-by-itself")


def page(studio: Studio) -> None:
    studio.screen.size(*DESK)
    studio.sit(SAM)
    studio.use("/understudy autonomy")
    studio.screen.sees("Reading conversations", ".message")
    studio.up(PAGE)
    studio.take("autonomy")


def stopped(studio: Studio) -> None:
    """The switch: the page says so in place."""
    screen = studio.screen
    studio.press(PAGE, "pause.all")
    screen.click("Stop everything", "dialog button")
    screen.sees("Everything is stopped since", ".message")
    studio.up("Everything is stopped since")
    studio.take("kill-switch")
    studio.use("/understudy resume everything")
    screen.sees("Resumed.", ".message")


def lowered(studio: Studio) -> None:
    """Two of the last were stopped by two people: it goes back by itself and says why."""
    Past(office=studio.office).left(24, days=8, stopped=(MAYAS, TOMS, MAYAS))
    studio.screen.size(1200, 520)
    studio.sit(MAYA)
    studio.up("I no longer send follow-ups by myself")
    studio.take("demotion")


def proposed(studio: Studio) -> None:
    """While follow-ups are only suggested: what it would write, and why now."""
    home = studio.office.db.value(ZONE, MAYAS)
    at_work(studio.office, MAYAS)
    studio.office.db.fetch("delete from outreach_checks")
    opened = "select count(*) from triggers where status = 'proposed'"
    studio.office.until(lambda: studio.office.db.value(opened), 120, "a proposal")
    studio.screen.size(1200, 640)
    studio.sit(MAYA)
    studio.up("Arden Biologics hasn't answered")
    studio.take("proposal")
    studio.office.db.fetch(MOVE, MAYAS, home)


def goal(studio: Studio) -> None:
    """Mails and meetings of this quarter, and how far they have come."""
    screen = studio.screen
    screen.size(*DESK)
    studio.sit(MAYA)
    studio.use("/understudy goals")
    screen.sees("Goals", ".modal h2")
    screen.click("New goal", ".modal button")
    screen.sees("New goal", ".modal h2")
    screen.click("Revenue", ".modal button")
    screen.click("Activity", "[role=option]")
    screen.write(TARGET, "180")
    screen.click("Make it", ".modal button[type=submit]")
    screen.sees("Expected by now", ".modal")
    studio.take("goal")
    screen.click("Close", ".modal button")


def at_work(office: Rig, email: str) -> None:
    """Whatever the hour here, this person is at work: if need be, it is morning where they sit."""
    now = office.db.value("select now()")
    if EARLIEST <= now.astimezone(ZoneInfo(office.db.value(ZONE, email))).hour < LATEST:
        return
    ahead = (MORNING - now.astimezone(UTC).hour + 12) % 24 - 12
    # POSIX counts to the west.
    zone = f"Etc/GMT{-ahead:+d}" if ahead else "Etc/GMT"
    office.db.fetch(MOVE, email, zone)


ALL = (proposed, asked, by_itself, page, stopped, lowered, goal)
