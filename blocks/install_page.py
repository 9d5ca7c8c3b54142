"""The pages of an install: the one that leads to Slack, and what became of it."""

from dataclasses import dataclass

from blocks.page import page_css, page_template
from services.types.installs import InstallPage, InstallStep

AGAIN_URL = "/slack/install"
ASKED = (
    (
        "What Slack will ask you to allow",
        (
            "Write to the people who use it, and answer its command",
            "Read what people write to it directly, and their reactions to its cards",
            "Know who works here: names, e-mail addresses, groups",
        ),
    ),
    ("What it doesn't ask for", ("Your channels, your files, or to act as you",)),
)
SHADOW = (
    "It begins in shadow mode: it reads, decides and keeps a log, but shows nothing to anybody "
    "and sends nothing until you switch that off."
)
NOTHING = "Nothing was stored."


@dataclass(frozen=True, slots=True, kw_only=True)
class _Words:
    heading: str
    lines: tuple[str, ...]
    facts: tuple[tuple[str, tuple[str, ...]], ...] = ()
    button: str = ""
    url: str = AGAIN_URL
    quiet: str = ""


def install_page(page: InstallPage) -> str:
    """The whole page."""
    words = _installed(page) if page.step.installed else _words(page)
    return page_template("install_page.html").render(
        css=page_css(),
        heading=words.heading,
        lines=tuple(filter(None, words.lines)),
        facts=words.facts,
        button=words.button,
        url=words.url,
        quiet=words.quiet,
    )


def _installed(page: InstallPage) -> _Words:
    again = page.step is InstallStep.AGAIN
    lines: tuple[str, ...]
    if again:
        lines = (
            "Slack's access is renewed, and what waited for it goes on.",
            "Nobody's role has changed.",
        )
    elif page.step is InstallStep.ADMIN:
        lines = (
            "You are Understudy's admin here. Its Home tab shows what to set up next.",
            SHADOW,
        )
    else:
        lines = (
            "Slack doesn't list you as an admin of this workspace, so Understudy has none yet.",
            (
                "Ask a Slack admin to open Understudy's Home tab: the first who does becomes its "
                "admin and sees what to set up next."
            ),
            SHADOW,
        )
    return _Words(
        heading=f"{page.team} is connected again" if again else f"{page.team} is connected",
        lines=lines,
        facts=(("Slack left out, so what needs it won't work yet", page.detail),)
        if page.detail
        else (),
        button="Open Understudy in Slack",
        url=page.url,
    )


def _words(page: InstallPage) -> _Words:
    match page.step:
        case InstallStep.OFFER:
            return _Words(
                heading="Add Understudy to Slack",
                lines=(
                    (
                        "Understudy reads your customers' mail, drafts the answers and asks before "
                        "anything leaves."
                    ),
                    SHADOW,
                ),
                facts=ASKED,
                button="Add to Slack",
                url=page.url,
                quiet="This link works once, for ten minutes, in this browser.",
            )
        case InstallStep.NOT_SET_UP:
            return _Words(heading="Installing isn't set up here", lines=(page.sentence,))
        case InstallStep.UNKNOWN:
            return _Words(
                heading="This link is over",
                lines=(
                    (
                        "It works once, for ten minutes, in the browser that began it. This visit "
                        "changed nothing."
                    ),
                    "If you have just installed Understudy, it is there: look in Slack.",
                ),
                button="Begin again",
            )
        case InstallStep.DENIED:
            return _Words(
                heading="Nothing was installed",
                lines=(
                    f"You declined in Slack. {NOTHING}",
                    "You can begin again at any time. Where only admins may add apps, ask one.",
                ),
                button="Begin again",
            )
        case InstallStep.TROUBLE:
            return _Words(
                heading="Try again in a moment",
                lines=(page.sentence, NOTHING),
                button="Begin again",
            )
        case _:
            return _refused(page)


def _refused(page: InstallPage) -> _Words:
    match page.step:
        case InstallStep.ORG_WIDE:
            return _Words(
                heading="Understudy works in one workspace at a time",
                lines=(
                    f"This was for the whole organisation {page.team}".rstrip()
                    + ". Understudy keeps workspaces apart, so it can't be installed for all of "
                    "them at once.",
                    f"{NOTHING} The access that Slack gave was handed back.",
                    "Begin again and choose one workspace.",
                ),
                button="Begin again",
            )
        case InstallStep.OTHER_WORKSPACE:
            return _Words(
                heading="That was another workspace",
                lines=(
                    (
                        f"This link connects one certain workspace again, and Slack came back with "
                        f"{page.team}. {NOTHING}"
                    ),
                    (
                        "Open the link from your mail once more and choose the right one in "
                        "Slack, or begin a new install."
                    ),
                ),
                button="Begin a new install",
            )
        case InstallStep.TOO_LITTLE:
            return _Words(
                heading="Some permissions are missing",
                lines=(f"Slack gave less than Understudy needs. {NOTHING}",),
                facts=(("Missing", page.detail),),
                button="Begin again",
            )
        case _:
            return _Words(
                heading="Nothing was installed",
                lines=(page.sentence, *page.detail, NOTHING),
                button="Begin again",
            )
