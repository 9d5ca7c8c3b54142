# ruff: noqa: E501 - one idea per pattern
"""Understands what a person wants changed about a draft."""

import re
from dataclasses import dataclass

_LANGUAGES = {
    "en": r"english|englisch|anglais|inglés|inglese|engels|inglês|engelska",
    "de": r"german|deutsch|allemand|alemán|tedesco|duits|alemão|tyska",
    "fr": r"french|französisch|français|francés|francese|frans|francês|franska",
    "es": r"spanish|spanisch|espagnol|español|spagnolo|spaans|espanhol|spanska",
    "it": r"italian|italienisch|italien|italiano|italiaans|italienska",
    "nl": r"dutch|niederländisch|néerlandais|neerlandés|olandese|nederlands|holandês|nederländska",
    "pt": r"portuguese|portugiesisch|portugais|portugués|portoghese|portugees|português|portugisiska",
    "sv": r"swedish|schwedisch|suédois|sueco|svedese|zweeds|svenska",
}
_SHORTER = r"\b(?:short(?:er)?|brief(?:er)?|concise|trim|cut (?:it )?down|less (?:text|words)|tighten|kürzer|knapper|plus court|más corto|più breve|korter|mais curto|kortare)\b"
_LONGER = r"\b(?:longer|more (?:detail|detailed|thorough)|expand|elaborate|länger|ausführlicher|plus long|más largo|più lungo|langer|uitgebreider|mais longo|längre)\b"
_FORMAL = r"\b(?:more formal(?:ly)?|formal(?:er|ly)?|förmlicher|formeller|plus formel|más formal|più formale|formeler|mais formal|mer formellt?)\b"
_FRIENDLY = r"\b(?:friendl(?:y|ier)|warm(?:er)?|casual|less formal|informal|nicer|freundlicher|lockerer|plus (?:amical|chaleureux)|más (?:amable|cercano)|più (?:cordiale|amichevole)|vriendelijker|mais (?:amigável|simpático)|vänligare)\b"
_CALL = r"\b(?:(?:ask|suggest|propose|offer|request|invite|push)\b.{0,20}\b(?:call|meeting|chat|talk|demo|phone)|call to action.{0,10}call|anruf vorschlagen|proposer un appel|proponer una llamada|proponi una chiamata|bel(?:afspraak)? voorstellen|propor uma chamada|föreslå ett samtal)\b"
_MENTION = r"\b(?:mention(?:ing)?|add(?:ing)? that|include that|tell (?:them|him|her) (?:that|about)|say that|point out(?: that)?|refer to|erwähne?|mentionne[rz]?|menciona|vermeld|mencione|nämn)\s+(?:also |that |dass |que |che |dat |att )?(.{2,200})$"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What is to change."""

    shorter: bool = False
    longer: bool = False
    formal: bool = False
    friendly: bool = False
    call: bool = False
    mention: str | None = None
    language: str | None = None

    @property
    def understood(self) -> bool:
        """Whether the instruction held anything that can be done."""
        return self != Wishes()


def read_instruction(instruction: str | None) -> Wishes:
    """The wishes the rules understand; the rest of an instruction has no effect."""
    if not instruction:
        return Wishes()
    text = " ".join(instruction.split())
    mention = re.search(_MENTION, text, re.IGNORECASE)
    plain = text[: mention.start()] if mention else text
    casual = _has(r"\b(?:less formal|informal)\b", plain)
    return Wishes(
        shorter=_has(_SHORTER, plain),
        longer=_has(_LONGER, plain),
        formal=_has(_FORMAL, plain) and not casual,
        friendly=_has(_FRIENDLY, plain),
        call=_has(_CALL, plain),
        mention=mention.group(1).strip(" .\"'") if mention else None,
        language=_language(plain),
    )


def _has(pattern: str, text: str) -> bool:
    return re.search(pattern, text, re.IGNORECASE) is not None


def _language(text: str) -> str | None:
    for code, names in _LANGUAGES.items():
        if _has(rf"\b(?:in(?: het| to)?|into|auf|ins|en|em|al|på|till|to)\s+(?:{names})\b", text):
            return code
    return None
