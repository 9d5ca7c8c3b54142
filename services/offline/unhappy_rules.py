# ruff: noqa: E501 - a pattern of one idea reads better in one piece
"""Word tables for being unhappy with us without one of the plain words for it."""

from services.offline.rules import Rule, rule
from services.types.model import Sign

_THEIRS = r"\b(?:from|of|by) (?:our|my) |\b(?:weather|traffic|finance|legal|signature|our (?:boss|director|board|management|carrier|bank|landlord))\b|\b(?:unser\w*|notre|nos|nuestr[oa]s?|nostr[oa]|onze|nossa|nosso|vår\w*) (?:direktion|geschäftsführung|direction|chef|banque|dirección|banco|direzione|banca|directie|bank|direção|ledning\w*)\b"
_WAIT = r"(?:antwort|rückmeldung|rückruf|lösung|réponse|solution|retour|respuesta|solución|risposta|soluzione|antwoord|reactie|oplossing|resposta|solução|svar|besked|lösning)"

UNHAPPY: tuple[Rule, ...] = (
    rule(
        0.82,
        r"\bexpected (?:\w+ ){0,3}?(?:more|better) (?:from|of) (?:you|your|this)\b|\blet-?down\b|\bstill (?:waiting|wait) (?:for|on) (?:\w+ ){0,3}?(?:answer|reply|response|fix|solution|update|you|your|call-?back)\b|\b(?:not|\w{0,6}n't) (?:at all )?what (?:we|i) (?:were|was|had been|have been|'d been)? ?(?:promised|sold|expected|agreed|signed up for|ordered|paid for|pay for)\b|\b(?:not|\w{0,6}n't) (?:get|getting) what (?:we|i)\b.{0,12}\bpa(?:y|id)|\brefus(?:e|es|ing) to (?:work with|use) (?:it|your|this)\b|\b(?:gone|going|went) downhill\b|\b(?:had|have) enough of\b|\b(?:sick|tired|weary) (?:and tired )?of (?:your|the|these|this|all|waiting|chasing|hearing)\b|\bfed up\b|\b(?:not|\w{0,6}n't) (?:\w+ )?good enough\b|\b(?:second|third|fourth|fifth|sixth|\d+(?:rd|th)) (?:outage|failure|incident|bug|crash|breakdown|time this)\b|\b(?:this|it|that)(?:'s| is| was)? (?:\w+ )?(?:a|an) (?:disgrace|joke|shambles|disaster|mess|nightmare|shame)\b|\bnothing works\b|\b(?:your )?(?:help ?desk|support|team) (?:is|has gone|has been|stays) silent\b|\bnobody (?:tells|answers|responds|reacts|cares|helps|calls|picks up)\b",
        _THEIRS,
        name=Sign.DISSATISFACTION,
    ),
    rule(
        0.82,
        r"\b(?:your|the) (?:\w+ ){0,2}?(?:response times?|support|service|system|tool|app|platform|software|team|product|quality|performance) (?:is|are|was|were|has been|have been|has become) (?:\w+ ){0,2}?(?:slow|terrible|awful|poor|useless|unreliable|unacceptable|unusable|disappointing|(?:a )?(?:disaster|joke|mess|disgrace|catastrophe|nightmare|shame))\b",
        rf"{_THEIRS}|\b(?:not|\w{{0,6}}n't|never|no longer|old|previous|former)\b",
        name=Sign.DISSATISFACTION,
    ),
    rule(
        0.82,
        rf"\b(?:warten|warte)\b.{{0,12}}\bseit\b.{{1,30}}\b{_WAIT}\b|\b(?:attendons|attends)\b.{{0,20}}\b{_WAIT}\b.{{0,12}}\bdepuis\b|\bdepuis\b.{{1,30}}\b(?:attendons|sans {_WAIT})\b|\b(?:llevamos|llevo)\b.{{1,30}}\b(?:esperando|sin)\b.{{0,12}}\b{_WAIT}\b|\b(?:aspettiamo|attendiamo)\b.{{0,20}}\b{_WAIT}\b.{{0,6}}\bda\b|\bda\b.{{1,20}}\b(?:aspettiamo|attendiamo)\b.{{0,12}}\b{_WAIT}\b|\bwachten\b.{{0,12}}\bal\b.{{1,25}}\b{_WAIT}\b|\bhá\b.{{1,25}}\b(?:à espera|esperando|aguardando|sem)\b.{{0,12}}\b{_WAIT}\b|\bväntat (?:på {_WAIT} )?i\b.{{1,20}}|\bväntar fortfarande på {_WAIT}\b",
        _THEIRS,
        name=Sign.DISSATISFACTION,
    ),
    rule(
        0.82,
        r"\b(?:support|service|hotline|kundendienst) (?:reagiert|antwortet|meldet sich|hilft) (?:\w+ ){0,2}?nicht\b|\bniemand (?:reagiert|antwortet|meldet sich|hilft)\b|\b(?:inadmissible|scandaleux|inadmisible|vergonzoso|inammissibile|vergognoso|schandalig|inadmissível|vergonhoso|skandal\w*|unverschämt\w*|unzumutbar\w*)\b|\bpersonne ne (?:répond|réagit)\b|\bnadie (?:responde|contesta)\b|\bnessuno risponde\b|\bniemand (?:reageert|antwoordt)\b|\bninguém responde\b|\bingen svarar\b|\b(?:nicht|kaum) (?:\w+ )?(?:hinnehmbar|tragbar|akzeptabel|in ordnung so)\b|\bhaben wir uns (?:\w+ ){0,2}?(?:nicht|anders) (?:\w+ )?vorgestellt\b|\blässt\b.{0,30}\bzu wünschen übrig\b|\b(?:sind|bin) es leid\b|\bdie nase (?:gestrichen )?voll\b|\bpas ce (?:qui|que|qu')\b.{0,25}\b(?:promis|promettiez|convenu|annoncé|attendions|vendu)\w*|\blaisse\w*\b.{0,15}\bà désirer\b|\b(?:en avons|en ai|on en a) (?:\w+ )?(?:assez|marre|ras-le-bol)\b|\bno es lo que\b.{0,20}\b(?:promet\w*|acord\w*|esper\w*|vendi\w*|contrat\w*)\b|\b(?:estamos|estoy) (?:\w+ )?(?:hart[oa]s?|cansad[oa]s?) de\b|\bdeja\w*\b.{0,12}\bque desear\b|\bnon è (?:quello|ciò|quanto) (?:che )?.{0,20}\b(?:promess\w*|concordat\w*|aspettav\w*)\b|\b(?:siamo|sono) (?:\w+ )?(?:stuf|stanch)[oaie]h?[ie]? d\w+|\blascia\w*\b.{0,12}\ba desiderare\b",
        r"\b(?:not|nicht mehr der fall)\b|\b(?:du|le) (?:temps|trafic)\b",
        name=Sign.DISSATISFACTION,
    ),
    rule(
        0.82,
        r"\bniet wat\b.{0,25}\b(?:beloofd|afgesproken|verwacht\w*)\b|\b(?:zijn|ben) (?:\w+ ){1,3}?(?:beu|zat)\b|\blaat\b.{0,20}\bte wensen over\b|\bnão (?:é|foi|era) (?:isto|isso|aquilo|o)\b.{0,6}\bque\b.{0,15}\b(?:promet\w*|combin\w*|esper\w*)\b|\b(?:estamos|estou) (?:\w+ )?(?:fart|cansad)[oa]s? d\w+|\bdeixa\w*\b.{0,12}\ba desejar\b|\binte (?:vad|det) (?:ni|vi|som)\b.{0,12}\b(?:lovade\w*|utlovades|utlovat|kom överens|förväntade\w*)\b|\b(?:trött|trötta|less|utless) på\b|\blämnar\b.{0,15}\batt önska\b",
        name=Sign.DISSATISFACTION,
    ),
)
