"""The sorts of data that end by themselves: how long each is kept unless an admin says otherwise,
between which bounds, and why. docs/security.md shows the same table, and a test compares them.

What a person still has to do something about is never taken, however old: open actions, drafts and
requests keep their mails, and what is on its way keeps its rows. Figures, outcomes and codes stay;
of what is taken only the words go.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

YEAR = 365
NEVER = 0
"""Days: time alone takes nothing."""


@dataclass(frozen=True, slots=True)
class Sort:
    """`least` and `most` are the bounds in days; `forever`: an admin may say NEVER."""

    name: str
    what: str
    days: int
    least: int
    most: int
    why: str
    forever: bool = False

    def allows(self, days: int) -> bool:
        return (days == NEVER and self.forever) or self.least <= days <= self.most


def _sorts() -> tuple[Sort, ...]:
    return (
        Sort(
            "mail",
            "Texts, subjects and addresses of an account's mail",
            3 * YEAR,
            180,
            10 * YEAR,
            "a deal and its renewals are understood from three years of mail",
            forever=True,
        ),
        Sort(
            "headers",
            "Headers of mail that belongs to no account",
            180,
            30,
            2 * YEAR,
            "somebody may still link it to an account",
        ),
        Sort(
            "drafts",
            "Texts of drafts that are settled",
            3 * YEAR,
            180,
            10 * YEAR,
            "what was approved and sent, word for word, as long as the mail it answers",
            forever=True,
        ),
        Sort(
            "transcripts",
            "Transcripts of meetings",
            2 * YEAR,
            30,
            10 * YEAR,
            "they say more than mail does, so they are kept less long",
            forever=True,
        ),
        Sort(
            "slack_posts",
            "Posts of followed Slack threads",
            2 * YEAR,
            30,
            10 * YEAR,
            "Slack has its own retention; ours must not outlive it without need",
            forever=True,
        ),
        Sort(
            "answers",
            "Questions asked in the direct message, and their answers",
            YEAR,
            7,
            3 * YEAR,
            "a thread is gone on with months later",
        ),
        Sort(
            "finds",
            "What was looked for with /understudy find",
            30,
            1,
            90,
            "only to count and to answer once",
        ),
        Sort(
            "captures",
            "Slack messages somebody took up for a form",
            90,
            7,
            YEAR,
            "the form is done within minutes; a quarter to look into a complaint",
        ),
        Sort(
            "digests",
            "Daily digests as they were shown",
            YEAR,
            30,
            3 * YEAR,
            "what somebody was told on a day",
        ),
        Sort(
            "triggers",
            "Reasons for outreach that are settled",
            2 * YEAR,
            90,
            5 * YEAR,
            "the same reason isn't brought up twice",
        ),
        Sort(
            "detections",
            "What detectors found and what is gone since",
            YEAR,
            92,
            3 * YEAR,
            "thresholds are replayed on a quarter of it",
        ),
        Sort(
            "first_readings",
            "What was noticed in a mailbox when it was connected",
            YEAR,
            30,
            3 * YEAR,
            "its owner corrects it in the first weeks",
        ),
        Sort(
            "inbound",
            "What was received, so that nothing is taken twice",
            120,
            100,
            YEAR,
            "a mailbox that is read anew goes 90 days back",
        ),
        Sort(
            "letters",
            "Our own mails with their tokens' hashes",
            YEAR,
            30,
            3 * YEAR,
            "a late reply is told why it comes to nothing",
        ),
        Sort(
            "exports",
            "Who asked for a file",
            YEAR,
            30,
            3 * YEAR,
            "who took data out, for a year",
        ),
        Sort(
            "wishes",
            "Figures somebody asked for",
            30,
            1,
            90,
            "they are told within half an hour",
        ),
        Sort(
            "commands",
            "Answers to commands, for their repeats",
            30,
            2,
            90,
            "Slack and clients repeat within minutes",
        ),
        Sort("sign_ins", "Sign-ins that were begun", 1, 1, 7, "a state comes back once"),
        Sort(
            "devices",
            "Browsers that were signed in, after that ended",
            30,
            1,
            YEAR,
            "to look into what a device did",
        ),
        Sort(
            "tokens",
            "Bearer tokens after they ended",
            180,
            30,
            3 * YEAR,
            "who could read what, for half a year",
        ),
        Sort(
            "absences",
            "Times out of office that are over",
            2 * YEAR,
            90,
            5 * YEAR,
            "why a seat moved",
        ),
        Sort(
            "imports", "Lists of people who were brought in", YEAR, 30, 3 * YEAR, "who enabled whom"
        ),
        Sort(
            "scans",
            "Looks for signals, with their cost",
            400,
            62,
            3 * YEAR,
            "a year's costs compared",
        ),
        Sort(
            "model_calls",
            "Calls of models: purpose, tokens, cost; no text",
            400,
            62,
            3 * YEAR,
            "the budget needs this month, its figures a year",
        ),
        Sort(
            "audit",
            "What the audit tells of people (the entries stay, and the chain with them)",
            NEVER,
            YEAR,
            20 * YEAR,
            "a record of who allowed what has to outlast its year",
            forever=True,
        ),
    )


SORTS: Mapping[str, Sort] = {one.name: one for one in _sorts()}
JOBS_LOG = timedelta(days=30)
"""What the queue remembers of jobs that ran: kinds and times, of all workspaces together."""
HELD_JOBS = timedelta(days=180)
"""Jobs held after their last failure: ids only. Whoever looks into one has half a year."""


def days_of(stored: Mapping[str, object]) -> dict[str, int]:
    """What is in force: `retention` of a tenant's settings over the defaults. A number that is out
    of bounds, from an older or newer version of us, counts as none."""
    found = {}
    for name, sort in SORTS.items():
        wanted = stored.get(name)
        given = wanted if isinstance(wanted, int) and not isinstance(wanted, bool) else sort.days
        found[name] = given if sort.allows(given) else sort.days
    return found
