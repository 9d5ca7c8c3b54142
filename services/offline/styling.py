"""A persona's dials where no model is asked: greeting, closing and one sentence more or less. What
templates can do honestly: they know no region, no examples and no words of one's own."""

from dataclasses import dataclass, replace

from services.offline.letter import COURTESY, Parts, greeting, made_formal
from services.offline.phrase_types import Phrases
from services.types.model import DraftRequest
from services.types.style import Band, Dial, Style


@dataclass(frozen=True, slots=True, kw_only=True)
class Tone:
    """The sentences of one language. None states a fact, names a day or promises a result."""

    greeting: str
    sign: str
    spoken: tuple[tuple[str, str], ...]
    warm: str
    direct: str
    patient: str
    technical: str
    plain: str


TONES: dict[str, Tone] = {
    "en": Tone(
        greeting="Hey {name},",
        sign="Cheers",
        spoken=(("I will ", "I'll "), ("I am ", "I'm "), ("I would ", "I'd "), ("It is ", "It's ")),
        warm="I hope you are doing well.",
        direct="What do you need from me to go ahead?",
        patient="Please take the time you need.",
        technical="If it helps, I will gladly go into the technical details.",
        plain="I will keep it free of technical terms.",
    ),
    "de": Tone(
        greeting="Hallo {name},",
        sign="Schöne Grüße",
        spoken=(),
        warm="ich hoffe, es geht Ihnen gut.",
        direct="Was brauchen Sie von mir, damit es weitergeht?",
        patient="Nehmen Sie sich gern die Zeit, die Sie brauchen.",
        technical="Wenn es hilft, gehe ich gern auf die technischen Einzelheiten ein.",
        plain="Ich halte es frei von Fachbegriffen.",
    ),
    "fr": Tone(
        greeting="Bonjour {name},",
        sign="Bonne journée",
        spoken=(),
        warm="j'espère que vous allez bien.",
        direct="De quoi avez-vous besoin de ma part pour avancer ?",
        patient="Prenez le temps qu'il vous faut.",
        technical="Si cela vous aide, j'entrerai volontiers dans les détails techniques.",
        plain="Je laisse de côté les termes techniques.",
    ),
    "es": Tone(
        greeting="Hola, {name}:",
        sign="Un saludo",
        spoken=(),
        warm="Espero que se encuentre bien.",
        direct="¿Qué necesita de mi parte para avanzar?",
        patient="Tómese el tiempo que necesite.",
        technical="Si le ayuda, entraré con gusto en los detalles técnicos.",
        plain="Dejaré de lado los términos técnicos.",
    ),
}


def styled(parts: Parts, request: DraftRequest, phrases: Phrases, language: str) -> Parts:
    """The letter as the style has it; in a language without sentences of its own only a formal
    address is known."""
    style, tone = request.style, TONES.get(language)
    if style is None:
        return parts
    if style.band(Dial.FORMALITY) is Band.HIGH:
        parts = made_formal(parts, request, phrases)
    if tone is None:
        return parts
    if style.band(Dial.FORMALITY) is Band.LOW:
        parts = _relaxed(parts, tone, request, phrases)
    return _warmed(_paced(_deepened(parts, tone, style), tone, style), tone, style)


def _relaxed(parts: Parts, tone: Tone, request: DraftRequest, phrases: Phrases) -> Parts:
    def spoken(text: str) -> str:
        for written, said in tone.spoken:
            text = text.replace(written, said)
        return text

    return replace(
        parts,
        greeting=greeting(tone.greeting, request, phrases),
        paragraphs=tuple(spoken(one) for one in parts.paragraphs),
        closing=spoken(parts.closing),
        signature=f"{tone.sign}\n{request.author_name}".strip(),
    )


def _deepened(parts: Parts, tone: Tone, style: Style) -> Parts:
    more = {Band.HIGH: tone.technical, Band.LOW: tone.plain}.get(style.band(Dial.TECHNICAL_DEPTH))
    return replace(parts, paragraphs=(*parts.paragraphs, more)) if more else parts


def _paced(parts: Parts, tone: Tone, style: Style) -> Parts:
    """Direct: no courtesies, and a question that moves it on. Patient: the time is theirs."""
    pace = style.band(Dial.AGGRESSIVENESS)
    if pace is Band.HIGH:
        return replace(_short(parts), closing=parts.closing or tone.direct)
    if pace is Band.LOW:
        return replace(parts, paragraphs=(*parts.paragraphs, tone.patient))
    return parts


def _warmed(parts: Parts, tone: Tone, style: Style) -> Parts:
    warmth = style.band(Dial.RELATIONSHIP_FOCUS)
    if warmth is Band.LOW:
        return _short(parts)
    if warmth is Band.MIDDLE:
        return parts
    first, *others = parts.paragraphs or ("",)
    opening = f"{tone.warm} {first[:1].upper()}{first[1:]}".strip()
    return replace(parts, paragraphs=(opening, *others))


def _short(parts: Parts) -> Parts:
    """Without what only leads in, unless nothing else would be left."""
    kept = tuple(one for one in parts.paragraphs if not COURTESY.match(one))
    return replace(parts, paragraphs=kept) if kept else parts
