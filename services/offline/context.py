# ruff: noqa: E501 - a pattern of one idea reads better in one piece
"""What makes a sentence no statement about now: hypotheticals, other people's pasts, denials."""

import re


def _compile(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


HYPOTHETICAL = _compile(
    r"\b(?:if (?:we|i|they|our \w+|the \w+|it) (?:had|were|could|ever|was|did|got|would)\b|would have (?:had|been|needed|"
    r"loved|bought|signed)|had we\b|if only|hypothetical|in theory|in an ideal world|let's say|suppose|"
    r"imagine|wenn wir .{0,40}hätten|hätten wir|falls wir|si nous avions|si on avait|si tuviéramos|"
    r"si hubiéramos|se avessimo|als we .{0,40}hadden|se tivéssemos|om vi hade|wish (?:we|i) (?:had|could))"
)
ELSEWHERE = _compile(
    r"\b(?:(?:my|our) (?:former|previous|last|old|ex)[- ](?:company|employer|job|role|firm|team|boss|manager|vendor)|"
    r"at my (?:former|previous|last|old)|in my (?:last|previous|former) (?:job|role|company)|"
    r"(?:one|some) of (?:our|my) (?:clients|customers)|a friend|my (?:brother|sister|wife|husband|neighbou?r)|"
    r"our (?:client|customer)s? (?:has|have|had)|i (?:read|heard) that|according to|the article|"
    r"bei meinem (?:früheren|alten|letzten)|dans mon ancien(?:ne)?|en mi (?:anterior|antigua)|"
    r"nella mia ex|bij mijn vorige|no meu antigo|på min förra)"
)
PAST = _compile(
    r"\b(?:last (?:year|quarter|month|spring|summer|autumn|winter)|(?:two|three|few|some|several|five) years ago|back in|in 20[01]\d|in 202[0-4]|used to|"
    r"years ago|months ago|previously|in the past|letztes jahr|im vergangenen|l'année dernière|"
    r"l'an dernier|el año pasado|l'anno scorso|vorig jaar|no ano passado|förra året)"
)
DENIED = _compile(
    r"\b(?:no|not|never|without|nobody|none|isn't|aren't|wasn't|don't|doesn't|didn't|won't|can't|"
    r"cannot|haven't|hasn't|hadn't|kein\w*|nicht|nie|ohne|ne|n'\w+|pas|aucun\w*|sans|sin|ningún|"
    r"nunca|non|nessun\w*|senza|geen|niet|zonder|não|nenhum\w*|sem|inte|ingen|inget|utan|neither|nor)\b"
)
# 'Our client's' or 'your' things are not the customer's own.
YOURS = _compile(
    r"\b(?:your (?:quote|price|prices|pricing|offer|proposal|estimate|fee|list price|company|"
    r"revenue|funding)|you (?:quoted|offered|charge|charged|asked)|ihr (?:angebot|preis)|"
    r"votre (?:offre|devis|prix)|(?:su|vuestra|tu) (?:oferta|presupuesto de ustedes|precio)|"
    r"(?:vostra|sua) offerta|jullie (?:offerte|prijs)|(?:sua|vossa) proposta|ert (?:pris|anbud))"
)
# Anger at somebody else is none at us.
OTHERS = _compile(
    r"\b(?:our|the|my) (?:\w+ )?(?:carrier|landlord|bank|courier|airline|couriers|phone company|internet provider|(?:previous|former|old|last) (?:vendor|supplier|provider|tool|system|software|agency))\b|\b(?:notre|nos) (?:ancien\w*|précédent\w*)|\b(?:unser\w*|vom|beim|dem|den|der) (?:alte\w*|früher\w*|vorherig\w*|bisherig\w*)|\b(?:nuestr[oa]|el) (?:anterior|antigu[oa])\b|\b(?:il nostro|la nostra) (?:vecchi[oa]|precedente)\b|\bonze (?:vorige|oude)\b|\b(?:o nosso|a nossa) (?:antig[oa]|anterior)\b|\bvår(?:t)? (?:förra|gamla)\b"
)
