# ruff: noqa: E501 - a pattern of one idea reads better in one piece
"""Whoever wanted to leave and stays after all says so: what was said of leaving until then is over.
Pure."""

import re
from collections.abc import Sequence
from datetime import datetime

from services.offline.context import ELSEWHERE, HYPOTHETICAL
from services.offline.text import sentences
from services.types.signals import SeenText

_MOST_TEXT = 20_000
_STAYS = re.compile(
    r"\b(?:decided|agreed|going|chosen|happy|glad|want|wish|would like|plan) (?:after all )?to (?:stay|remain|continue|carry on|keep (?:you|it|using|the (?:contract|subscription|licen[cs]e))|renew)\b|"
    r"\bwe(?:'re| are| will|'ll| do| shall)(?: now| all| happily| gladly| therefore)* (?:staying|stay|remain(?:ing)?|renew(?:ing)?|continu(?:e|ing) with you|keep(?:ing)? (?:you|it|the (?:contract|subscription|licen[cs]e)))\b|"
    r"\b(?:forget|disregard|ignore|scrap) (?:about )?(?:what (?:we|i)|(?:my|our) (?:last |previous |earlier )?(?:notice|cancellation|termination|mail|e-?mail|message|letter))\b|"
    r"\b(?:changed (?:our|my) minds?|(?:withdraw|take back|retract|revoke|rescind)\w* (?:the |our |my )?(?:notice|cancellation|termination))\b|"
    r"\b(?:wir bleiben|(?:wir )?verlängern (?:nun |jetzt )?doch|kündigung (?:\w+ ){0,2}?(?:zurück|hinfällig|gegenstandslos))\b|\bnous (?:restons|renouvelons|retirons)\b|\b(?:nos quedamos|renovamos finalmente|retiramos (?:la|nuestra) (?:baja|cancelación))\b|\b(?:restiamo con voi|rinnoviamo|ritiriamo la disdetta)\b|\b(?:wij?|we) (?:blijven|verlengen (?:toch|wel))\b|\b(?:ficamos convosco|vamos renovar|retiramos o cancelamento)\b|\bvi (?:stannar|förnyar|drar tillbaka)\b",
    re.IGNORECASE,
)
_NOT = re.compile(
    r"\b(?:not|never|no longer|\w{1,6}n['’]t|cannot|unable|if|unless|until|till|only|before|whether|nicht|kein\w*|wenn|falls|bis|ne|pas|si|hasta|non|se|fino|niet|als|tot|não|até|inte|om|tills)\b",  # noqa: RUF001 - the apostrophe people type
    re.IGNORECASE,
)
_ABOUT_WRITING = re.compile(r"\b(?:forget|disregard|ignore|scrap|withdraw|take back|retract|revoke|rescind)", re.IGNORECASE)  # fmt: skip


def staying_since(texts: Sequence[SeenText]) -> datetime | None:
    """When they last said that they stay; None when nobody did."""
    said = (one.happened_at for one in texts if _stays(one.text[:_MOST_TEXT]))
    return max(said, default=None)


def _stays(text: str) -> bool:
    for sentence in sentences(text):
        flat = sentence.flat
        found = _STAYS.search(flat)
        if found is None or sentence.question:
            continue
        if HYPOTHETICAL.search(flat) or ELSEWHERE.search(flat):
            continue
        # `Forget what I wrote about not renewing`: there the denial is what is taken back.
        around = flat[: found.start()] if _ABOUT_WRITING.match(found.group()) else flat
        if not _NOT.search(around):
            return True
    return False
