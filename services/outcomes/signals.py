"""What an event means for a prediction: by content, deterministic, no model. Pure.

An answer of a person is what was predicted, unless it clearly says the opposite. What can't be
read as an answer is ambiguous, and a person may label it.
"""

# ruff: noqa: E501 - one alternative a language reads best unbroken

import re
from collections.abc import Iterable
from datetime import datetime, timedelta

from services.mail import phrases
from services.mail.subject import FORWARD_PREFIX
from services.patterns import late
from services.stages import ahead, parse_stage
from services.types.model import Sign, Signal
from services.types.outcomes import OutcomeStatus, Verdict

ANSWERED = "they answered"
UNWANTED = "they asked not to be written to"
COMPLAINED = "they complained"
SAID_NO = "they said no"
ANSWERS_NO = (UNWANTED, COMPLAINED, SAID_NO)
FORWARDED = "it was forwarded, without an answer"
WORDLESS = "the answer has no words of its own"
ORDERS = "the answer gives orders to a machine"
BOUNCED = "the mail could not be delivered"
MOVED_ON = "the deal moved forward"
MOVED_BACK = "the deal moved back or was lost"
HELD = "a meeting was held"
CALLED_OFF = "the meeting was called off"
APPROVED = "the request was approved"
REFUSED = "the request was refused"
TAKEN_BACK = "the request was taken back before anybody decided"
SILENT = "the window closed empty"

SURE = 0.6
"""A sign found with less confidence says nothing. As in what harm costs a level."""
MOST_EXTENSIONS = 2
ABSENT_FOR = timedelta(days=7)
"""Where a notice names no day."""
LONGEST_ABSENCE = timedelta(days=30)

_COMPLAINTS = frozenset({Sign.DISSATISFACTION, Sign.ESCALATION, Sign.CANCELLATION})
_STOP = late(
    r"\b(?:unsubscribe (?:me|us)|(?:please|kindly|just) unsubscribe|(?:stop|quit|cease) (?:e-?mailing|contacting|writing|messaging|spamming|sending (?:me|us|these|your|any|more|e-?mails?|mails?|messages))|(?:take|remove) (?:me|us|my (?:address|e-?mail|name)) (?:off|from)\b(?! (?:the|this|that|our|your)(?: \w+){0,2} (?:call|invit\w+|meeting|thread)\b)|leave (?:me|us) alone\b|rather not (?:receive|get|be contacted)|(?:do not|don't|never) (?:contact|e-?mail|write(?: to)?|message|send) (?:me|us)\b(?! (?:the|a|an|until|before|your|that|this|it)\b)(?:.{0,20}\b(?:again|anymore|any more|any longer))?|no (?:more|further) (?:e-?mails?|messages|mails)\b)"
    r"|(?:^|\n)[^\w\n]{0,9}(?:stop|unsubscribe)[^\w\n]{0,9}(?:$|\n)"
    r"|\b(?:(?:schreiben|kontaktieren|mailen) sie (?:mir|mich|uns) (?:bitte )?(?:nicht|nie) (?:mehr|wieder)|keine (?:weiteren )?(?:e-?mails|mails|nachrichten) mehr|bitte (?:senden sie (?:mir|uns) )?keine weiteren (?:e-?mails|mails|nachrichten)|lassen sie (?:mich|uns) (?:bitte )?in ruhe|(?:nehmen|streichen|l[öo]schen) sie (?:mich|uns|meine adresse) (?:bitte )?(?:von|aus))"
    r"|\b(?:ne (?:me|nous) (?:contactez|[ée]crivez) plus|(?:arr[êe]tez|cessez) de (?:m'|me |nous )(?:[ée]crire|contacter|envoyer)|(?:merci de|veuillez|pri[èe]re de|souhaite|souhaitons) ne plus (?:m'|me |nous )?(?:[ée]crire|contacter|envoyer|recevoir)|(?:retirez|supprimez|d[ée]sinscrivez)[- ](?:moi|nous|mon adresse))"
    r"|\b(?:(?:dejen?|pare[n]?) de (?:escribir|contactar|enviar)\w*|no me (?:escriban?|contacten?|env[íi]en?)(?: m[áa]s)?\b|(?:elim[íi]n|b[óo]rr|qu[íi]t)\w*me de (?:su|la|esta) lista)",
    re.IGNORECASE,
)
_NO = late(
    r"\b(?:(?:we(?:'re| are)|i(?:'m| am)) (?:really |just |simply )?(?:not|no longer) interested\b(?! in (?:delay|wait|postpon))(?!.{0,80}\bbut (?!thank))|(?<![^\n])[^\w\n]{0,9}(?:sorry,? )?not interested(?=[.,!\s]*(?:$|\n|at this time|right now|sorry|thank))|not something (?:we|i)(?:'re| are|'m| am) interested in|not interested,? thank|no,? thank(?:s| you)(?=[.,!\s]*(?:$|\n))|we(?:'ve| have)? (?:decided|chosen|opted) (?:not to (?!wait|delay|postpone)|against|to (?:go|stay) with (?:another|a competitor|a different|someone|our (?:current|existing)))|we(?:'ll| will) pass\b|we (?:won't|will not|'ll not) be (?:buying|continuing|going|moving|needing|proceeding|pursuing|renewing|taking)|there is no interest)"
    r"|\b(?:(?:wir haben|ich habe|es besteht) (?:leider )?kein(?:en|erlei)? (?:interesse|bedarf)|kein interesse\b|(?<![^\n])[^\w\n]{0,9}kein bedarf\b|nein,? danke)"
    r"|\b(?:(?:nous ne sommes|je ne suis) pas int[ée]ress[ée]\w*|ne (?:nous |m')int[ée]resse(?:nt)? pas|non,? merci(?=[.,!\s]*(?:$|\n)))"
    r"|\b(?:no (?:estamos|estoy) interesad\w+|no nos interesa|no,? gracias(?=[.,!\s]*(?:$|\n)))",
    re.IGNORECASE,
)


def asks_to_stop(text: str) -> bool:
    """Whether they ask not to be written to."""
    return bool(_STOP.search(text.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")))


def read_reply(subject: str, text: str, signs: Iterable[Signal], *, suspicious: bool) -> Verdict:
    """What a person's answer comes to. `text`: their own words, without what they quote. A text
    that gives orders to a machine is no evidence either way."""
    plain = text.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    sure = {sign.name for sign in signs if sign.confidence >= SURE}
    cases = (
        (suspicious, OutcomeStatus.AMBIGUOUS, ORDERS),
        (not any(char.isalnum() for char in text), OutcomeStatus.AMBIGUOUS, WORDLESS),
        (asks_to_stop(text), OutcomeStatus.NEGATIVE, UNWANTED),
        (bool(sure & _COMPLAINTS), OutcomeStatus.NEGATIVE, COMPLAINED),
        (Sign.DEAL_LOST in sure or bool(_NO.search(plain)), OutcomeStatus.NEGATIVE, SAID_NO),
        (bool(FORWARD_PREFIX.match(subject)), OutcomeStatus.AMBIGUOUS, FORWARDED),
    )
    found = ((status, reason) for holds, status, reason in cases if holds)
    status, reason = next(found, (OutcomeStatus.POSITIVE, ANSWERED))
    return Verdict(status=status, reason=reason)


def absence_until(
    subject: str, text: str, returns_on: datetime | None, received_at: datetime
) -> datetime | None:
    """When whoever sent this automatic answer is back: the day it names, or in a week; at most in
    30 days, and never before the notice. None where it speaks of no absence."""
    told = phrases.ABSENT_SUBJECT.match(subject.strip()) or phrases.ABSENCE.search(text)
    if returns_on is None and not told:
        return None
    back = returns_on or received_at + ABSENT_FOR
    return min(max(back, received_at), received_at + LONGEST_ABSENCE)


def stage_verdict(before: str, after: str) -> Verdict | None:
    """A deal that goes on, or resumes, moves forward; one that goes back, stalls or is lost moves
    back. None for names that mean nothing here, and for what was no move."""
    old, new = parse_stage(before), parse_stage(after)
    if old is None or new is None or old is new:
        return None
    if ahead(old, new):
        return Verdict(status=OutcomeStatus.POSITIVE, reason=MOVED_ON)
    return Verdict(status=OutcomeStatus.NEGATIVE, reason=MOVED_BACK)


def request_verdict(status: str) -> Verdict | None:
    """What a settled approval request says; None while it is open. One that nobody decided on in
    time is left to the window."""
    found = {
        "approved": (OutcomeStatus.POSITIVE, APPROVED),
        "rejected": (OutcomeStatus.NEGATIVE, REFUSED),
        "withdrawn": (OutcomeStatus.UNDELIVERED, TAKEN_BACK),
        "voided": (OutcomeStatus.UNDELIVERED, TAKEN_BACK),
    }.get(status)
    return Verdict(status=found[0], reason=found[1]) if found else None
