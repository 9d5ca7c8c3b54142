"""How I should sound: the form's two steps, the samples, and the page of an active persona."""

from tests.pictures.studio import DESK, PHONE, Studio

MAYA = "U0MAYAOKA"
NAME = "Calm and precise"
EXAMPLE = """Hello Anna,

thank you for the good questions on Tuesday. Two short answers below, the rest when we talk.

Until then
Maya"""
WORDS = "Short paragraphs. British spelling. Mention our discounts early."


def shaped(studio: Studio) -> None:
    """The first step, as it reads on a phone."""
    screen = studio.screen
    screen.size(*PHONE)
    studio.sit(MAYA)
    studio.use("/understudy persona new")
    screen.sees("A new persona", ".modal h2")
    screen.write(".modal input[type=text]", NAME)
    _choose(studio, "3 · In between", "4 · Formal, full sentences")
    _choose(studio, "3 · Friendly, briefly", "4 · Warm, a personal line")
    _choose(studio, "None: as each customer writes", "DACH")
    screen.script("document.querySelectorAll('.modal *').forEach((one) => one.scrollTo(0, 0))")
    studio.take("persona-form")
    screen.size(*DESK)
    screen.click("Next", ".modal button[type=submit]")
    screen.sees("Your own voice", ".modal h2")
    screen.write(".modal textarea", EXAMPLE)
    screen.write(".modal textarea", WORDS, 3)
    studio.take("persona-voice")


def seen(studio: Studio) -> None:
    """The samples, and what of one's words has no effect; then it holds."""
    screen = studio.screen
    screen.click("Write samples", ".modal button[type=submit]")
    screen.sees("I'm writing a mail", ".modal")
    screen.click("Close", ".modal button")
    studio.up("does this sound right?")
    studio.take("persona-preview")
    studio.press("does this sound right?", "persona.activate")
    screen.sees(f"“{NAME}” is active", ".message")
    studio.press(f"“{NAME}” is active", "persona.open")
    screen.sees("How it goes", ".modal")
    studio.take("persona-page")
    screen.click("Close", ".modal button")


def _choose(studio: Studio, standing: str, wanted: str) -> None:
    studio.screen.click(standing, ".modal button")
    studio.screen.click(wanted, "[role=option]")


ALL = (shaped, seen)
