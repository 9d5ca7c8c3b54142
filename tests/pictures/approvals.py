"""A discount, from the form to what took effect."""

from tests.pictures.studio import DESK, Studio

MAYA, VICTOR, ELENA, SAM = "U0MAYAOKA", "U0VICTORH", "U0ELENACO", "U0SAMLIND"
TITLE = "12 % discount for Verity Health Group"


def asked(studio: Studio) -> None:
    screen = studio.screen
    screen.size(*DESK)
    studio.sit(MAYA)
    studio.use("/understudy request discount Verity")
    screen.sees("Request: discount", ".modal h2")
    screen.write(".modal input[type=number]", "12")
    screen.write(".modal textarea", "They sign this year, for three years")
    studio.take("approval-request")
    screen.click("Ask", ".modal button[type=submit]")
    screen.sees("Victor Hahn", ".modal")
    screen.click("Close", ".modal button")
    studio.sit(VICTOR)
    studio.up(TITLE)
    studio.take("approval-card")


def decided(studio: Studio) -> None:
    screen = studio.screen
    studio.press(TITLE, "approval.more")
    screen.click("Delegate", "[role=menuitem]")
    screen.click("A colleague", ".modal button")
    screen.click("Elena Costa", "[role=option]")
    screen.click("Delegate", ".modal button[type=submit]")
    screen.sees_no(".modal")
    studio.sit(ELENA)
    screen.sees("you decide for Victor Hahn")
    screen.click("Approve with conditions")
    screen.sees("Meets a competing offer", ".modal")
    screen.write(".modal textarea", "Three-year term")
    screen.click("Meets a competing offer", ".modal label")
    screen.click("Approve", ".modal button[type=submit]")
    screen.sees("Elena Costa approved this for Victor Hahn")
    screen.size(1200, 520)
    studio.sit(MAYA)
    studio.up("Three-year term")
    screen.sees("In effect.")
    studio.take("approval-approved")
