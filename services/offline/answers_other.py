# ruff: noqa: E501 - sentences are kept whole so that they can be read
"""Answers asks for documents, meetings and answers in German, French and Spanish by name."""

import re
from datetime import date

from services.offline.answers_en import named_exactly
from services.offline.phrase_types import Phrases
from services.offline.text import fold
from services.offline.when import as_told
from services.types.model import Ask, AskKind

_UNTIL = {
    "de": r"(?:\bbis\b|\bvor\b|\bspätestens\b|\bam\b|\bfür uns\b)",
    "fr": r"(?:\bavant\b|\bd'ici\b|\bpour (?:lundi|mardi|mercredi|jeudi|vendredi)|\bdès que\b|\bs'il)",
    "es": r"(?:\bantes\b|\bpara el\b|\bhasta\b|\bpor favor\b)",
}
_OBJECT = {
    "de": r"\b(?:können|könnten|kannst|könntest|würden|schicken|senden) (?:sie|du|ihr) (?:(?:mir|uns|bitte|noch|auch) )*(?P<what>.+?) (?:(?:bis|vor|spätestens|am|für) .+? )?(?:zu|zukommen )?(?:schicken|senden|lassen|stellen|geben|weiterleiten|übermitteln)\b|\bwir (?:brauchen|benötigen) (?P<what2>.+?)(?: (?:bis|vor|spätestens) .+)?$",
    "fr": r"\b(?:envoyer|transmettre|fournir|partager|communiquer|adresser|faire parvenir) (?P<what>.+?)(?:,? (?:d'ici|avant|pour (?:lundi|mardi|mercredi|jeudi|vendredi)|s'il vous plaît|par mail)\b.*)?$",
    "es": r"\b(?:enviar|mandar|pasar|facilitar|compartir|envíe|mande|remitir)(?:me|nos)? (?P<what>.+?)(?:,? (?:antes de|para el|hasta|por favor|por correo)\b.*)?$",
}
_OURS = {
    "de": (
        (r"\bIhr(e|en|em|er|es)?\b", r"unser\1"),
        (r"\bunser(e|en|em|er|es)? (?=\w+ ?$)(?!)", ""),
    ),
    "fr": ((r"\bvotre\b", "notre"), (r"\bvos\b", "nos")),
    "es": (
        (r"\bsus\b", "nuestros"),
        (r"\bsu (?=\w+(?:a|ción|dad)\b)", "nuestra "),
        (r"\bsu\b", "nuestro"),
    ),
}
_SEND = {
    "de": ("Gern schicke ich Ihnen {what}{by}.", "Ich schicke Ihnen {what}{by} zu."),
    "fr": ("Je vous envoie {what}{by}.", "Vous recevrez {what}{by}."),
    "es": ("Le envío {what}{by}.", "Le haré llegar {what}{by}."),
}
_MEET = {
    "de": ("{Day} passt mir gut, ich schicke Ihnen eine Einladung.", "Gern sprechen wir darüber."),
    "fr": ("{Day} me convient, je vous envoie une invitation.", "Parlons-en volontiers."),
    "es": ("{Day} me viene bien, le envío una invitación.", "Con gusto lo hablamos."),
}
_ASKED = {
    "de": (
        "Ich kläre, {what}, und melde mich{by} bei Ihnen.",
        "Ihre Frage „{what}“ kläre ich und melde mich{by} bei Ihnen.",
    ),
    "fr": (
        "Je vérifie {what} et je reviens vers vous{by}.",
        "Votre question « {what} » : je vérifie et je reviens vers vous{by}.",
    ),
    "es": (
        "Compruebo {what} y le respondo{by}.",
        "Sobre su pregunta «{what}»: lo compruebo y le respondo{by}.",
    ),
}
_BY = {"de": " bis {day}", "fr": " d'ici {day}", "es": " antes del {day}"}
_SEPARABLE = frozenset(("an", "ab", "auf", "aus", "ein", "mit", "zu", "vor", "bereit", "her"))
_LONGEST = 120


def answer_other(ask: Ask, text: str, today: date, language: str, phrases: Phrases) -> str:
    """The sentence for one ask; the phrase table's where nothing can be named."""
    flat = re.sub(r"^(?:und|et|y|e)\s+", "", " ".join(fold(ask.quote).split()).strip(" ?!.¿¡"))
    by = ""
    day = ""
    if ask.due is not None:
        day = as_told(ask.due, ask.quote, text, today, language)
        by = _BY[language].format(day=_safe(day))
    if ask.kind is AskKind.DOCUMENT:
        thing = _object(flat, language)
        if thing:
            choice = _SEND[language][len(thing) % len(_SEND[language])]
            return choice.format(what=_safe(thing), by=by)
    if ask.kind is AskKind.MEETING:
        # `Next week` names no day that we could take.
        if not day or not named_exactly(ask, today):
            return _MEET[language][1]
        return _MEET[language][0].format(Day=_cap(_safe(day), language))
    if ask.kind is AskKind.QUESTION and len(flat) <= _LONGEST:
        named, quoted = _ASKED[language]
        told = _TOLD[language](flat)
        shown = flat if flat.endswith("?") else f"{flat}?"
        return (named if told else quoted).format(what=_safe(told or shown), by=by)
    return phrases.answers[ask.kind]


def _object(flat: str, language: str) -> str:
    found = re.search(_OBJECT[language], flat, re.IGNORECASE)
    if found is None:
        return ""
    groups = found.groupdict()
    words = re.sub(rf"\s*{_UNTIL[language]}.*$", "", groups["what"] or groups.get("what2") or "")
    for pattern, ours in _OURS[language]:
        words = re.sub(pattern, ours, words)
    words = words.strip(" ,")
    return words if 0 < len(words) <= _LONGEST else ""


def _german(flat: str) -> str:
    """The verb of a German question goes to its end: 'wie lange die Einführung dauert'."""
    told = re.search(r"\b(ob|wie|was|wann|wo|wer|welche\w*|warum) (.+)$", flat)
    if told and told.start() > 0 and flat[: told.start()].rstrip().endswith(","):
        return _turned_german(f"{told[1]} {told[2]}")
    opened = re.match(r"((?:wie (?:lange|viele?|oft|hoch|schnell)|was|wann|wo|wer|wie|warum|welche\w* \w+)) (\w+) (.+)$", flat, re.IGNORECASE)  # fmt: skip
    if opened:
        return _turned_german(
            f"{opened[1][0].lower()}{opened[1][1:]} {_verb_last(opened[2], opened[3])}"
        )
    closed = re.match(r"(\w+) ((?:sie|es|ihr|ihre|das|die|der|man|wir)\b.+)$", flat, re.IGNORECASE)
    if closed:
        return _turned_german(f"ob {_verb_last(closed[1].lower(), closed[2])}")
    return ""


def _verb_last(verb: str, rest: str) -> str:
    words = rest.split()
    if words[-1].lower() in _SEPARABLE and len(words) > 1:
        return f"{' '.join(words[:-1])} {words[-1]}{verb}"
    return f"{rest} {verb}"


def _turned_german(words: str) -> str:
    def swap(match: re.Match[str]) -> str:
        word = match.group()
        fixed = {"Sie": "wir", "Ihnen": "uns", "wir": "Sie", "uns": "Ihnen"}
        if word in fixed:
            return fixed[word]
        return re.sub(r"^Ihr", "unser", word) if word.startswith("Ihr") else re.sub(r"^unser", "Ihr", word)  # fmt: skip

    if re.search(r"\b(?:ich|mir|mich|mein\w*)\b", words):
        return ""
    return re.sub(r"\b(?:Sie|Ihnen|wir|uns|Ihr(?:e[nmrs]?)?|unser(?:e[nmrs]?)?)\b", swap, words)


def _french(flat: str) -> str:
    found = re.match(r"est-ce qu(?:e |')(.+)$", flat, re.IGNORECASE)
    told = f"si {found[1]}" if found else ""
    indirect = re.search(r"\b(?:dire|savoir|confirmer|préciser) (si|comment|quand|où|combien|quel\w*) (.+)$", flat, re.IGNORECASE)  # fmt: skip
    if indirect:
        told = f"{indirect[1]} {indirect[2]}"
    if not told or re.search(r"\b(?:nous|je|j'|notre|nos|mon|ma|mes)", told):
        return ""
    told = re.sub(r"\bvous êtes\b", "nous sommes", told)
    told = re.sub(r"\bvous (\w+)ez\b", r"nous \1ons", told)
    return (
        ""
        if re.search(r"\bvous\b", told)
        else told.replace("votre ", "notre ").replace("vos ", "nos ")
    )


def _spanish(flat: str) -> str:
    told = re.search(r"\b(?:decir|saber|confirmar|indicar)(?:me|nos)? (si|cómo|cuándo|dónde|cuánto|qué) (.+)$", flat, re.IGNORECASE)  # fmt: skip
    return (
        f"{told[1]} {told[2]}"
        if told and not re.search(r"\b(?:su|sus|nuestr\w+|mi)\b", told[2])
        else ""
    )


_TOLD = {"de": _german, "fr": _french, "es": _spanish}


def _cap(day: str, language: str) -> str:
    told = {"de": day, "fr": day, "es": f"el {day}"}[language]
    return told[:1].upper() + told[1:]


def _safe(words: str) -> str:
    return words.replace("{", "(").replace("}", ")")
