"""Action types and levels as people read them: the one place that has these words."""

from services.types.actions import ActionType, AutonomyLevel

TYPE_WORDS: dict[str, str] = {
    ActionType.SEND_FOLLOW_UP_EMAIL: "Follow-ups",
    ActionType.SEND_ROUTINE_RESPONSE: "Answers to questions",
    ActionType.SCHEDULE_MEETING: "Meeting times",
    ActionType.QUALIFY_CONVERSATION: "Reading conversations",
    ActionType.PROGRESS_EARLY_STAGE: "Moves of early deals",
    ActionType.SEND_PROPOSAL: "Proposals",
    ActionType.DISCUSS_PRICING: "Mail about prices",
    ActionType.NEGOTIATE_TERMS: "Mail about terms",
    ActionType.PROGRESS_PAST_EVALUATION: "Moves of late deals",
    ActionType.CONTACT_C_SUITE: "Mail to top management",
    ActionType.COMMIT_PRICING: "Committing to a price",
    ActionType.MODIFY_CONTRACT: "Changing a contract",
    ActionType.STRATEGIC_DECISION: "Deciding on strategy",
    ActionType.INITIATE_EXECUTIVE_RELATIONSHIP: "Approaching top management first",
}
DEEDS: dict[str, str] = {
    ActionType.SEND_FOLLOW_UP_EMAIL: "send follow-ups",
    ActionType.SEND_ROUTINE_RESPONSE: "answer questions",
    ActionType.SCHEDULE_MEETING: "send meeting times",
    ActionType.QUALIFY_CONVERSATION: "read conversations",
    ActionType.PROGRESS_EARLY_STAGE: "move deals on in early stages",
    ActionType.SEND_PROPOSAL: "send proposals",
    ActionType.DISCUSS_PRICING: "write about prices",
    ActionType.NEGOTIATE_TERMS: "write about terms",
    ActionType.PROGRESS_PAST_EVALUATION: "move deals on past evaluation",
    ActionType.CONTACT_C_SUITE: "write to top management",
    ActionType.COMMIT_PRICING: "commit to a price",
    ActionType.MODIFY_CONTRACT: "change a contract",
    ActionType.STRATEGIC_DECISION: "decide on strategy",
    ActionType.INITIATE_EXECUTIVE_RELATIONSHIP: "approach top management first",
}
"""What I do when I do it: `I send follow-ups`."""
LEVEL_WORDS: dict[str, str] = {
    AutonomyLevel.OFF: "off",
    AutonomyLevel.SHADOW: "shadow",
    AutonomyLevel.SUGGEST: "suggest",
    AutonomyLevel.APPROVE: "approve",
    AutonomyLevel.UNDO_WINDOW: "undo window",
    AutonomyLevel.AUTONOMOUS: "autonomous",
}
LEVEL_MEANS: dict[str, str] = {
    AutonomyLevel.OFF: "nothing is prepared",
    AutonomyLevel.SHADOW: "prepared and written down, shown to nobody",
    AutonomyLevel.SUGGEST: "I say what I would do; you ask for the text",
    AutonomyLevel.APPROVE: "the text is there; a person decides",
    AutonomyLevel.UNDO_WINDOW: "leaves by itself; there is time to undo it",
    AutonomyLevel.AUTONOMOUS: "leaves by itself after a few seconds",
}


def type_words(action_type: str) -> str:
    """`Follow-ups`; a name nobody has heard of as it is, without its underscores."""
    return TYPE_WORDS.get(action_type) or action_type.replace("_", " ").capitalize()


def name_of(action_type: str) -> str:
    """The same inside a sentence: `follow-ups`; `''` is every type."""
    return type_words(action_type).lower() if action_type else "everything I do by myself"


def deed(action_type: str) -> str:
    """`send follow-ups`."""
    return DEEDS.get(action_type) or action_type.replace("_", " ")


def level_words(level: str) -> str:
    """`undo window`."""
    return LEVEL_WORDS.get(level) or level.replace("_", " ")


def level_means(level: str, action_type: str) -> str:
    """What happens at a level: of reading, nothing leaves."""
    acts = level in (AutonomyLevel.UNDO_WINDOW, AutonomyLevel.AUTONOMOUS)
    if acts and action_type == ActionType.QUALIFY_CONVERSATION:
        return "I note by myself what a customer needs"
    return LEVEL_MEANS[level]
