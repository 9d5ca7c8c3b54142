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
# `We remain disappointed`, or stay with somebody else: only with us, or with nothing behind it.
_WITH_US = r"(?=\s*(?:with you\b|on board\b|(?:as )?(?:a |your )?customers?\b|after all\b|and renew\b|[.!]|$))"
_LEAVING = r"(?:leaving|cancell?ing|terminating|ending|(?:not )?renewing|the (?:notice|cancellation|termination))"
_STAYS = re.compile(
    rf"\b(?:decided|agreed|going|chosen|happy|glad|want|wish|would like|plan) (?:after all )?to (?:(?:stay|remain|continue|carry on){_WITH_US}|keep (?:the|our) (?:contract|subscription|licen[cs]es?)\b|renew\b)|"
    rf"\bwe(?:'re| are| will|'ll| shall)(?: now| all| happily| gladly| therefore)* (?:(?:stay|remain|continu(?:e|ing)|staying|remaining){_WITH_US}|renew(?:ing)?\b|keep(?:ing)? (?:the|our) (?:contract|subscription|licen[cs]es?)\b)|"
    rf"\b(?:forget|disregard|ignore) (?:what (?:we|i) (?:wrote|said) about {_LEAVING}|(?:my|our) (?:notice|cancellation|termination)\b)|"
    rf"\bchanged (?:our|my) minds? (?:about {_LEAVING}|and (?:will )?(?:stay|renew))|\b(?:withdraw|take back|retract|revoke|rescind)\w* (?:the |our |my )(?:notice|cancellation|termination)\b|"
    r"\bwir (?:bleiben (?:bei (?:ihnen|euch)|kunde\w*|doch)|verlängern (?:nun |jetzt )?doch)\b|\bkündigung (?:\w+ ){0,2}?(?:zurück|hinfällig|gegenstandslos)\b|\bnous (?:restons (?:clients?|avec vous|chez vous)|renouvelons (?:notre|le)|retirons (?:notre|la) (?:résiliation|demande))\b|\b(?:nos quedamos con (?:vosotros|ustedes)|retiramos (?:la|nuestra) (?:baja|cancelación))\b|\b(?:restiamo con voi|ritiriamo la disdetta)\b|\bwe blijven (?:bij jullie|klant|toch)\b|\b(?:ficamos convosco|retiramos o cancelamento)\b|\bvi (?:stannar (?:hos er|kvar)|drar tillbaka uppsägningen)\b",
    re.IGNORECASE,
)
_NOT = re.compile(
    r"\b(?:not|never|no longer|\w{1,6}n['’]t|cannot|unable|if|unless|until|till|only|before|whether|nicht|kein\w*|wenn|falls|bis|ne|pas|si|hasta|non|se|fino|niet|als|tot|não|até|inte|om|tills)\b",  # noqa: RUF001 - the apostrophe people type
    re.IGNORECASE,
)
_ABOUT_WRITING = re.compile(r"\b(?:forget|disregard|ignore|changed|withdraw|take back|retract|revoke|rescind)", re.IGNORECASE)  # fmt: skip


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
