"""What to do about a signal, by its name alone: a table of ours. What somebody wrote to us, and
what a model makes of it, choose neither the deed nor whom it reaches."""

from collections.abc import Mapping

from services.types.alerts import Recommendation, Target, Way
from services.types.compose import MailPurpose
from services.types.signals import SignalName

MAIL, NOTE = Way.MAIL, Way.NOTE
CHAMPION = Target.CHAMPION

RECOMMENDED: Mapping[SignalName, Recommendation] = {
    SignalName.SILENCE: Recommendation(
        way=MAIL,
        words="A check-in",
        instruction="a follow-up about our last mails",
        to=CHAMPION,
    ),
    SignalName.REPLY_DRIFT: Recommendation(
        way=MAIL,
        words="A short mail that is easy to answer",
        instruction="a follow-up about the open points",
        to=CHAMPION,
    ),
    SignalName.PARTICIPATION_SHRINKING: Recommendation(
        way=MAIL,
        words="A mail that asks who else should be part of it",
        instruction="a follow-up about who should be part of the next step",
        to=CHAMPION,
    ),
    SignalName.PARTICIPATION_GROWING: Recommendation(
        way=MAIL,
        words="A meeting for everybody who has joined",
        instruction="a follow-up about a meeting with everybody involved",
        to=CHAMPION,
    ),
    SignalName.SENIOR_CONTACT: Recommendation(
        way=MAIL,
        words="An introduction",
        instruction="an introduction about how we work together so far",
        purpose=MailPurpose.OUTREACH,
    ),
    SignalName.CHAMPION_QUIET: Recommendation(
        way=MAIL,
        words="A personal check-in",
        instruction="a follow-up about how you see the project",
    ),
    SignalName.STAGE_STUCK: Recommendation(
        way=NOTE,
        words="A note on what holds the deal up, and the next step with its date",
        instruction="Stuck because: \nNext step: \nBy when: ",
    ),
    SignalName.CLOSE_DATE_SLIPPING: Recommendation(
        way=MAIL,
        words="A mail that asks what the date depends on",
        instruction="a follow-up about the timeline",
        to=CHAMPION,
    ),
    SignalName.COMPETITOR_NAMED: Recommendation(
        way=MAIL,
        words="A mail that asks what matters most in the comparison",
        instruction="a follow-up about what matters most in your decision",
    ),
    SignalName.PRICING_ASKED: Recommendation(
        way=MAIL,
        words="An answer with the next step",
        instruction="a follow-up about your question on pricing",
    ),
    SignalName.MEETING_CANCELLED: Recommendation(
        way=MAIL,
        words="An offer of new times",
        instruction="a follow-up about a new time for our meeting",
    ),
    SignalName.SENTIMENT_TURN: Recommendation(
        way=MAIL,
        words="A personal word, and an offer to talk",
        instruction="an escalation about your feedback",
        purpose=MailPurpose.ESCALATION,
    ),
    SignalName.READY_TO_BUY: Recommendation(
        way=MAIL,
        words="A mail today that asks what is still open",
        instruction="a follow-up about what is still open before we can start",
    ),
    SignalName.EXPANSION: Recommendation(
        way=MAIL,
        words="An offer to talk about what they want on top",
        instruction="a follow-up about what you would like to add",
    ),
    SignalName.CANCELLATION: Recommendation(
        way=MAIL,
        words="A call today, and a mail that offers it",
        instruction="an escalation about your contract",
        purpose=MailPurpose.ESCALATION,
        inform_manager=True,
    ),
    SignalName.DISSATISFACTION: Recommendation(
        way=MAIL,
        words="A personal word, and an offer to talk",
        instruction="an escalation about your feedback",
        purpose=MailPurpose.ESCALATION,
    ),
    SignalName.BUDGET_TROUBLE: Recommendation(
        way=MAIL,
        words="A mail that asks what the budget depends on",
        instruction="a follow-up about the budget",
    ),
}
