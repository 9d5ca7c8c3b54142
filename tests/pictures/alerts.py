"""A customer gone quiet: the alert, the brief behind it, the answer, and how good alerts are."""

from tests.e2e.rig import Json
from tests.pictures.studio import DESK, PHONE, Studio

MAYA, INGRID, PRIYA = "U0MAYAOKA", "U0INGRIDS", "U0PRIYANA"
NADIA = "nadia.volkova@ardenbiologics.example"
QUIET, READY = "Arden Biologics: gone quiet", "Verity Health Group: ready to buy"
LEAVING = "Sable Energy: about to leave"
ANSWER = """Hi Maya,

I am sorry for the silence, I was at the plant in Warsaw. The annex is signed, you have it today.

Nadia"""


def said(studio: Studio) -> None:
    """What the demo brings in beside the mail: a transcript and a thread that is followed."""
    office = studio.office
    story: Json = office.get("/control/story")
    for one in story["transcripts"]:
        words = ("--account", one["account"], "--title", one["title"], "--at", one["at"])
        office.command("import-meeting", *words, one["file"])
    for thread in story["talk"]:
        root = {}
        for post in thread["posts"]:
            body = {**post, "channel": thread["channel"], **root}
            ts = office.post("/ui/slack/message", body)["ts"]
            root = root or {"thread_ts": ts}


def alert(studio: Studio) -> None:
    studio.screen.size(*DESK)
    studio.sit(MAYA)
    studio.up(QUIET)
    studio.take("alert")
    studio.press(QUIET, "alert.why")
    studio.screen.sees("How sure", ".modal")
    studio.take("alert-why")
    studio.screen.click("Close", ".modal button")
    studio.screen.sees_no(".modal")
    summed = "select count(*) from summaries"
    studio.office.until(lambda: studio.office.db.value(summed), 150, "earlier weeks are summed up")
    studio.screen.size(DESK[0], 1480)
    studio.sit(MAYA)
    studio.use("/understudy brief Arden")
    studio.up("Looked after by")
    studio.take("brief")


def quality(studio: Studio) -> None:
    studio.screen.size(*DESK)
    for user, about, action in (
        (MAYA, READY, "alert.useful"),
        (MAYA, QUIET, "alert.take"),
        (MAYA, QUIET, "alert.useful"),
        (INGRID, LEAVING, "alert.useful"),
    ):
        studio.sit(user)
        studio.up(about)
        studio.press(about, action)
        told = "You find it useful" if action == "alert.useful" else "took it"
        studio.screen.sees(told, ".message")
    studio.sit(PRIYA, "home")
    studio.screen.click("Alert quality", ".home button")
    studio.screen.sees("Gone quiet", ".modal")
    studio.take("alert-quality")


def cleared(studio: Studio) -> None:
    """She writes, and the card says so by itself."""
    thread = studio.office.find(NADIA, "inbox", "Contract for the cold chain lanes")
    assert thread is not None
    body = {"thread_id": thread["id"], "subject": "Re: Contract for the cold chain lanes"}
    studio.office.write(NADIA, "maya@brightpath.example", text=ANSWER, **body)
    studio.screen.size(*DESK)
    studio.sit(MAYA)
    studio.screen.sees("It no longer holds", ".message")
    studio.up("It no longer holds")
    studio.take("alert-cleared")
    studio.screen.size(*PHONE)
