"""Before a draft may leave it is read once more, by rules that would rather say nothing than be
wrong: a missing attachment, a weekday that isn't, a name that isn't theirs, a time nobody offered,
a figure that contradicts what was written before; and, in what the copilot wrote, words that only
an attacker wants. Pure: the words and their surroundings go in."""

from services.draft_checks.attachments import missing_attachment
from services.draft_checks.figures import contradicted_figures
from services.draft_checks.names import wrong_name
from services.draft_checks.strange import strange_words
from services.draft_checks.times import unoffered_times
from services.draft_checks.weekdays import wrong_weekdays
from services.mail.reply import own_text
from services.types.findings import CheckContext, Finding

MOST = 5
MAX_TEXT = 20_000
"""Characters that are looked at: nobody reads findings about the end of a longer mail."""


def check_draft(text: str, subject: str, context: CheckContext) -> tuple[Finding, ...]:
    """What a person should look at, in the order of the kinds; each thing once. What the draft
    quotes from earlier mails is not its own word."""
    own = own_text(text[:MAX_TEXT])
    found = [
        *strange_words(f"{subject}\n\n{text}"[:MAX_TEXT], context),
        *missing_attachment(own, subject, context),
        *wrong_name(own, context),
        *wrong_weekdays(own, context),
        *unoffered_times(own, context),
        *contradicted_figures(own, context),
    ]
    return tuple(dict.fromkeys(found))[:MOST]
