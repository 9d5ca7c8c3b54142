"""What would be done about a trigger: a table of ours. Neither the deed nor whom it reaches is
chosen by what somebody wrote to us, or by what a model makes of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from services.signals.recommendations import RECOMMENDED
from services.types.actions import ActionType
from services.types.alerts import Recommendation, Target
from services.types.compose import ContactChoice, MailPurpose
from services.types.outreach import Found, TriggerKind
from services.types.signals import AccountFacts, EvidenceSource, SignalName


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """`purpose`: what it would be for in one word; of one account at most one is open for each.
    `words` begin a sentence (`A check-in`); `instruction` is what the mail is written from.
    `strict`: only those it is about may get it; `champion`: else whoever speaks for us there.
    """

    action_type: ActionType
    purpose: str
    mail: MailPurpose
    words: str
    instruction: str
    strict: bool = False
    champion: bool = False


def _mail(
    purpose: str,
    words: str,
    instruction: str,
    *,
    mail: MailPurpose = MailPurpose.FOLLOW_UP,
    strict: bool = False,
    champion: bool = False,
) -> Candidate:
    return Candidate(
        action_type=ActionType.SEND_FOLLOW_UP_EMAIL,
        purpose=purpose,
        mail=mail,
        words=words,
        instruction=instruction,
        strict=strict,
        champion=champion,
    )


TABLE: Mapping[TriggerKind, Candidate] = {
    TriggerKind.RENEWAL_WINDOW: _mail(
        "renewal",
        "A mail that asks how they see the renewal",
        "a follow-up about the renewal",
        champion=True,
    ),
    TriggerKind.BUYING_SIGNAL: _mail(
        "next_step", "A mail with the next step", "a follow-up about the next step"
    ),
    TriggerKind.PROMISE_DUE: _mail(
        "promise",
        "A word on what was promised",
        "an update about what I promised you",
        mail=MailPurpose.UPDATE,
        strict=True,
    ),
    TriggerKind.RECAP_DUE: _mail(
        "recap",
        "A recap of the meeting",
        "an update about our meeting and the next steps",
        mail=MailPurpose.UPDATE,
        strict=True,
    ),
    TriggerKind.FOLLOW_UP_DUE: _mail(
        "follow_up", "A follow-up", "a follow-up about my last mail", strict=True
    ),
    # The same purpose: who hasn't answered and who has gone quiet get one mail, not two.
    TriggerKind.SILENCE: _mail(
        "follow_up", "A check-in", "a follow-up about our last mails", champion=True
    ),
    TriggerKind.STAGE_STUCK: _mail(
        "next_step",
        "A mail that asks what they need for the next step",
        "a follow-up about what you need for the next step",
        champion=True,
    ),
}
# An alert and a proposal about one signal suggest the same mail.
_AS_ALERTED = frozenset(
    {
        SignalName.SILENCE,
        SignalName.CHAMPION_QUIET,
        SignalName.READY_TO_BUY,
        SignalName.EXPANSION,
        SignalName.PRICING_ASKED,
    }
)


def candidate_of(kind: TriggerKind, name: str = "") -> Candidate:
    base = TABLE[kind]
    signal = next((one for one in _AS_ALERTED if one == name), None)
    if signal is None:
        return base
    recommended: Recommendation = RECOMMENDED[signal]
    pricing = signal is SignalName.PRICING_ASKED
    return Candidate(
        action_type=ActionType.DISCUSS_PRICING if pricing else base.action_type,
        purpose=base.purpose,
        mail=recommended.purpose,
        words=recommended.words,
        instruction=recommended.instruction,
        strict=base.strict,
        champion=recommended.to is Target.CHAMPION,
    )


def whom(
    found: Found, people: Sequence[ContactChoice], facts: AccountFacts
) -> ContactChoice | None:
    """One of the account's confirmed contacts who can be reached: the one it is about, who got or
    wrote the mail it stands on, who speaks for us there, who wrote last. None: there is nobody.

    `people`: all contacts of the account, who wrote last first.
    """
    candidate = candidate_of(found.kind, found.name)
    free = [one for one in people if one.barred is None]
    champions = {one.id for one in facts.contacts if one.champion}
    asked = [[one for one in free if one.id == found.contact_id]]
    if candidate.champion:
        asked.append([one for one in free if one.id in champions])
    asked.append(_named(found.to, free, ordered=found.kind is TriggerKind.RECAP_DUE))
    if not candidate.strict:
        asked.append(free)
    return next((one for some in asked for one in some), None)


def thread_for(found: Found, choice: ContactChoice | None, facts: AccountFacts) -> UUID | None:
    """The conversation a mail continues: the one it is about, or the last one with its recipient,
    so that whatever they write there first voids it. A recap and a renewal begin one."""
    if found.thread_id is not None or choice is None:
        return found.thread_id
    if found.kind in (TriggerKind.RECAP_DUE, TriggerKind.RENEWAL_WINDOW):
        return None
    mails = [one for one in facts.texts if one.source is EvidenceSource.MESSAGE and one.human]
    with_them = (one for one in reversed(mails) if choice.email in one.people)
    return next((one.conversation_id for one in with_them), None)


def _named(
    emails: Sequence[str], free: Sequence[ContactChoice], *, ordered: bool
) -> list[ContactChoice]:
    """Those with these addresses: in the order of the addresses, or who wrote last first."""
    known = [one for one in free if one.email in emails]
    return sorted(known, key=lambda one: emails.index(one.email)) if ordered else known
