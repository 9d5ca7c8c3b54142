# ruff: noqa: E501 - a language's phrases stand on one line, as they are written
"""The draft says that something is attached, and nothing is."""

import re
from collections.abc import Iterator

from services.offline.text import sentences
from services.types.findings import CheckContext, Finding, FindingKind

_CLAIMS = {
    "en": r"\b(?:i|we)(?:'ve| have|'m| am|'re| are)? (?:also |just |now )?attach(?:ed|ing)?\b(?! great| importance| value)|\b(?:please )?(?:find|see|review|note) (?:the |our )?(?:attached|enclosed|attachment)\b|\b(?:is|are) (?:also |now )?(?:attached|enclosed)\b(?! (?:to|by)\b(?! (?:this|the) (?:e-?mail|message|mail|note)))|^(?:attached|enclosed)\b|\battaching (?:the|our|a|an|my|both|two)\b|\bthe (?:attached|enclosed) (?:\w+ ){0,2}(?:file|document|pdf|report|proposal|contract|quote|deck|slides|agreement|invoice|sheet|spreadsheet|overview|summary|plan|list|brochure|form)\b|\b(?:in|as) (?:the|an) attachment\b|\bas attached\b|\battached (?:you(?:'ll| will| can)? find|please find|herewith|hereto|below)\b|\bwith (?:the|our) \w+ attached\b",
    "de": r"\banbei\b|\bim anhang\b|\bals anhang\b|\b(?:in der|als) anlage (?:\w+ )?(?:find\w*|send\w*|schick\w*|erh[aä]lt\w*|erhalten|übersend\w*|beigefügt)|\b(?:habe|haben|ist|sind) (?:\w+ ){0,5}(?:angehängt|beigefügt|angefügt)\b|\bbeiliegend\w*\b|\b(?:ich|wir) hänge\w* (?:\w+ ){1,6}an\b|\bfüge\w* (?:ich|wir) (?:\w+ ){1,6}bei\b|\bdie? (?:angehängte|beigefügte)n? ",
    "fr": r"\bci-joint(?:e|s|es)?\b|\bci-inclus\w*\b|\ben pi[eè]ces? jointes?\b|\b(?:je|nous) (?:vous |te )?(?:joins|joignons)\b(?! [àa] )|\bj'ai joint\b|\bnous avons joint\b|\best joint(?:e)? [àa] (?:ce|cet)\b",
    "es": r"\b(?:le|te|les|os) adjunt(?:o|amos)\b|^adjunt(?:o|amos|a|os|as)\b|\badjunt(?:o|amos) (?:el|la|los|las|un|una|nuestr\w+|encontrar\w*|te|le)\b|\ben (?:el )?(?:archivo |documento )?adjunto\b|\bhe(?:mos)? adjuntado\b|\bva(?:n)? adjunt[oa]s?\b|\best[áa]n? adjunt[oa]s?\b|\bcomo (?:archivo )?adjunto\b",
    "it": r"\bin allegato\b|\b(?:le |ti |vi )?alleg(?:o|hiamo) (?:il|la|lo|i|gli|le|un|una|l')|\b(?:è|sono|trova|trovi|trovate) (?:\w+ )?allegat[oaie]\b|\bho allegato\b|\babbiamo allegato\b|\bcome allegato\b",
    "nl": r"\bbijgevoegd\b|\bbijgaand\w*\b|\bbijgesloten\b|\bin (?:de )?bijlage\b|\bals bijlage\b|\b(?:ik|we|wij) voeg\w* (?:\w+ ){1,6}bij\b",
    "pt": r"\bem anexo\b|\bsegu(?:e|em) (?:\w+ )?anex[oa]s?\b|\banex(?:o|ei|amos|ámos) (?:o|a|os|as|um|uma|noss\w+)\b|\bcomo anexo\b|\bestá anexad[oa]\b",
    "sv": r"\bbifoga(?:t|d|de|r)\b|\bi bilaga(?:n)?\b|\bse bilaga(?:n)?\b|\bsom bilaga\b",
}
_CLAIM = re.compile("|".join(f"(?:{pattern})" for pattern in _CLAIMS.values()), re.IGNORECASE)
# Theirs, not ours; or not now; or that there is none.
_NOT_OURS = re.compile(
    r"\byou(?:'ve| have)? (?:attach|enclos|sen[dt])\w*|\byour (?:attachment|attached|enclosed)|\battached by you|\bthey attached"
    r"|\b(?:not|never|n't|without|no|cannot|forgot to) (?:\w+ ){0,2}(?:attach|enclos)\w*|\bno strings\b|\bstrings attached|\bconditions attached|\battached to (?:the|our|your) (?:deal|account|team|idea|price)|\bonce (?:\w+ )?(?:attached|enclosed)|\battached link|\bwill (?:be )?(?:attach|enclos)\w*|\b(?:could|can|would) you\b"
    r"|\bihr(?:e|en|em|er)? (?:anhang|anlage|angehängte|beigefügte)\w*|\bvon ihnen (?:angehängt|beigefügt)|\b(?:die|den|das) sie (?:\w+ )?(?:angehängt|beigefügt)|\bhaben sie (?:\w+ ){0,4}(?:angehängt|beigefügt)|\bnicht (?:\w+ ){0,2}(?:angehängt|beigefügt|im anhang)|\bohne anhang|\bin ihrer anlage"
    r"|\b(?:votre|vos|ta|ton) pi[eè]ces? jointes?|\bvous avez joint|\bsans pi[eè]ce jointe|\bpas (?:\w+ )?joint"
    r"|\bsu (?:archivo )?adjunto|\bque (?:usted )?(?:adjunt[óo]|ha adjuntado|adjuntaron)|\bsin adjunto|\bno (?:he |hemos )?adjunt|\bdirector\w* adjunt|\bha(?:n)? adjuntado"
    r"|\b(?:il suo|la sua|nel suo|al suo|vostro) allegat|\bha allegato|\bavete allegato|\bsenza allegat|\bnon (?:ho |è |abbiamo )?allegat"
    r"|\b(?:uw|je|jouw|jullie) (?:bijlage|bijgevoegde)|\b(?:u|je|jij|jullie) (?:\w+ ){0,3}bijgevoegd|\bniet bijgevoegd|\bzonder bijlage"
    r"|\b(?:seu|sua|vosso) (?:anexo|ficheiro)|\bque (?:você )?anexou|\bsem anexo|\bnão (?:\w+ )?anex"
    r"|\b(?:du|ni) bifoga(?:t|de|r)|\b(?:din|er|ert|ditt) (?:bilaga|bifogade)|\binte bifoga|\butan bilaga|\bni har bifogat|\bdu har bifogat",
    re.IGNORECASE,
)
_SHOWN = 120


def missing_attachment(text: str, _subject: str, context: CheckContext) -> Iterator[Finding]:
    """One finding, however often the draft speaks of it."""
    if context.attachments:
        return
    for sentence in sentences(text):
        if sentence.question or _NOT_OURS.search(sentence.flat):
            continue
        if _CLAIM.search(sentence.flat):
            yield Finding(
                kind=FindingKind.ATTACHMENT,
                sentence="It speaks of an attachment, and nothing is attached.",
                quote=sentence.quote[:_SHOWN],
            )
            return
