"""Phrases of a reply per language. `{thing}` and the like are filled from the customer's own mail;
no phrase states a fact, a price or a date of ours."""

from dataclasses import dataclass

from services.types.model import AskKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrases:
    """One language's building blocks."""

    greeting: str
    greeting_formal: str
    greeting_unknown: str
    thanks: str
    thanks_warm: str
    about: str
    answers: dict[AskKind, str]
    due: str
    closing: dict[AskKind, str]
    closing_plain: str
    call: str
    mention: str
    more: str
    sign: str
    sign_formal: str
    sign_warm: str


EN = Phrases(
    greeting="Hi {name},",
    greeting_formal="Dear {name},",
    greeting_unknown="Hello,",
    thanks="Thank you for your message.",
    thanks_warm="Thank you for writing, it is good to hear from you.",
    about="This is about {deal}.",
    answers={
        AskKind.PRICING: "On the price: I will check the terms that fit your situation and come back to you with them in writing.",
        AskKind.DOCUMENT: "On the document you asked for: I will look for the current version and get back to you with it.",
        AskKind.MEETING: "I am glad to talk.",
        AskKind.SUPPORT: "I am sorry for the trouble. I am passing this to the people who can look into it and will keep you posted.",
        AskKind.CONTRACT: "On the contract: I will go over it with the colleagues responsible and come back to you.",
        AskKind.QUESTION: "On your question: I will check so that the answer is right, and come back to you.",
        AskKind.OTHER: "I have noted your request and will follow it up.",
    },
    due="I have noted {day} as your date.",
    closing={
        AskKind.MEETING: "Which two or three times would suit you?",
        AskKind.PRICING: "So that it fits: how many people would use it?",
        AskKind.SUPPORT: "Could you tell me since when you see this and who is affected?",
        AskKind.CONTRACT: "Who on your side should be included in the review?",
        AskKind.DOCUMENT: "Is there anyone else who should receive it?",
    },
    closing_plain="Is there anything else I should take into account?",
    call="Would a short call help? If so, which times suit you?",
    mention="I would also like to mention {what}.",
    more="If something matters to you that I have not addressed, please tell me and I will take it up.",
    sign="Best regards",
    sign_formal="Kind regards",
    sign_warm="All the best",
)
