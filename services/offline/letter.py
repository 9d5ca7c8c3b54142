# ruff: noqa: E501 - a pattern of one idea reads better in one piece
"""A letter taken apart, and its forms of address."""

import re
from dataclasses import dataclass, replace

from services.offline.phrase_types import Phrases
from services.offline.phrases_north import EN
from services.types.model import DraftRequest

_TITLES = frozenset({"mr", "mrs", "ms", "dr", "prof", "herr", "frau", "mme", "m", "sr", "sra"})
# A first sentence that answers nothing: what 'shorter' leaves out.
COURTESY = re.compile(
    r"^(?:thank you|that is good news|i'm sorry about|i am sorry about|it is good to hear|vielen dank|schön, von|merci|gracias|me alegra|grazie|mi fa piacere|bedankt|fijn om|obrigado|é bom|tack för|roligt att)\b[^.]*\.$",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"(?<=[.!?])\s+")
_IN_A_CHAT = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """A reply taken apart: a greeting, paragraphs, one call to action, a signature."""

    greeting: str
    paragraphs: tuple[str, ...]
    closing: str
    signature: str

    def body(self) -> str:
        parts = (self.greeting, *self.paragraphs, self.closing, self.signature)
        return "\n\n".join(part for part in parts if part)

    def chat(self) -> str:
        """Two sentences and the call to action, unsigned."""
        said = [one for part in self.paragraphs for one in _SENTENCE.split(part)]
        text = " ".join([*said[:_IN_A_CHAT], self.closing]).strip()
        return "\n".join(part for part in (self.greeting, text) if part)


def greeting(template: str, request: DraftRequest, phrases: Phrases) -> str:
    name = first_name(request.sender_name)
    return template.format(name=name) if name else phrases.greeting_unknown


def first_name(name: str) -> str:
    """'Müller, Anna' and 'Dr. Anna Müller' are both Anna; an address is nobody's name."""
    if "@" in name:
        return ""
    last, comma, first = name.partition(",")
    words = [word for word in (first if comma else last).split() if word.isprintable()]
    while words and words[0].lower().rstrip(".") in _TITLES:
        words = words[1:]
    return words[0].strip("\"'()") if words else ""


def made_formal(parts: Parts, request: DraftRequest, phrases: Phrases) -> Parts:
    """A formal address and closing, nothing shortened."""

    def whole(text: str) -> str:
        for spoken, written in (("'ll ", " will "), ("I'm ", "I am "), ("I'd ", "I would ")):
            text = text.replace(spoken, written)
        return text

    paragraphs = tuple(whole(one) if phrases is EN else one for one in parts.paragraphs)
    return replace(
        parts,
        greeting=greeting(phrases.greeting_formal, request, phrases),
        paragraphs=paragraphs,
        closing=whole(parts.closing) if phrases is EN else parts.closing,
        signature=f"{phrases.sign_formal}\n{request.author_name}".strip(),
    )
