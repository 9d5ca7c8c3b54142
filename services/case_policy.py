"""What policy says of a case that waits for a decision, from the facts its decision has read. Pure:
the same for a click, for a mail's link and for what an approval request allowed."""

from db.approvals import CaseFacts
from services.autonomy.levels import stopped_words
from services.content import kept_or_classified
from services.revisions import judge_content, policy_context
from services.seniority import titles_of_all
from services.types.actions import GuardrailResult

SWITCHED_OFF = "Sending is switched off for the whole workspace right now."


def judged_case(facts: CaseFacts) -> GuardrailResult:
    context = policy_context(
        stage=facts.stage,
        amount=facts.amount,
        currency=facts.currency,
        recipient_title=titles_of_all(
            facts.recipient_title,
            confirmed=facts.recipient_confirmed,
            others=facts.copied_titles or (),
        ),
        sender_proof=facts.sender_proof,
        suspicious=facts.suspicious,
        doubtful=bool(facts.found),
        first_contact=facts.first_contact,
        recipient_barred=facts.recipient_barred,
    )
    content = kept_or_classified(facts.kept_content, facts.text)
    return judge_content(context, content, purpose=facts.purpose)


def switched_off(facts: CaseFacts, judged: GuardrailResult) -> str | None:
    """Why a kill switch, of everything or of a type it amounts to, holds it; whoever decides."""
    if facts.switched_off:
        return SWITCHED_OFF
    held = stopped_words(facts.stopped_types, (judged.action_type, *judged.types))
    return f"{held} Nothing was sent, and the draft stays." if held is not None else None
