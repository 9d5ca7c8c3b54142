# ruff: noqa: E501 - a pattern of one idea reads better in one piece
"""Word tables for a yes: an offer accepted, an order placed, leave given to buy."""

from services.offline.rules import Rule, rule
from services.types.model import Sign

_NOT = r"\b(?:not|\w{0,6}n't|never|no longer|cannot|nicht|kein\w*|pas|no|non|niet|geen|não|inte|ingen)\b"
_UNSURE = r"\b(?:if|once|until|unless|when|as soon as|before|waiting|whether|falls|wenn|sobald|bevor|ob|si|dès que|quand|avant|cuando|antes|se|quando|appena|prima|als|zodra|wanneer|voordat|om(?! te\b| att\b)|när|innan|assim que)\b"
_BACK = rf"{_NOT}|{_UNSURE}"
_OFFER = r"(?:offer|proposal|quote|quotation|terms|angebot\w*|offre|proposition|devis|oferta|propuesta|presupuesto|offerta|proposta|preventivo|offerte|voorstel|aanbod|orçamento|offert\w*|anbud\w*|förslag\w*)"

READY: tuple[Rule, ...] = (
    rule(
        0.88,
        r"\bhaben uns für (?:sie|euch|ihr \w+) entschieden\b|\b(?:queremos|vamos a) (?:firmar|contratar)\b|\b(?:adelante|avanzamos) con (?:vosotros|ustedes|la propuesta)\b|\bandiamo avanti con voi\b|\b(?:abbiamo deciso|decidimos) (?:di )?(?:avançar|procedere|firmare|partire)\b|\bdecidimos avançar\b|\bnous (?:avons décidé de|allons|voulons|souhaitons) (?:signer|vous choisir|travailler avec vous|avancer avec vous)\b|\bnous vous avons choisis?\b|\bwe (?:gaan voor jullie|kiezen voor jullie|nemen (?:het|jullie) (?:aanbod|voorstel) aan)\b|\bvi (?:har bestämt oss för er|vill skriva på|väljer er|kör på)\b|\bwir (?:unterschreiben|unterzeichnen|beauftragen sie)\b",
        r"\b(?:nicht|kein\w*|pas|non|niet|não|inte|falls|wenn|sobald|si|se|als|om|quando|cuando)\b",
        name=Sign.READY_TO_BUY,
    ),
    rule(
        0.88,
        rf"\b(?:we|i)(?:'ve| have)? (?:\w+ )?(?:accept|accepted|agree to|agreed to) (?:your|the) (?:\w+ )?{_OFFER}\b|\b(?:happy|fine|ok(?:ay)?|good|comfortable) with (?:the|your|all) (?:\w+ )?(?:terms|offer|proposal|contract)\b|\b(?:given|gives?|gave|giving|got|have|has) (?:\w+ ){{0,3}}?(?:green light|go-?ahead|thumbs up)\b|\bcount us in\b|\bgo(?:ing)? ahead,? (?:and |so |please )*(?:invoice|bill|send|order|sign)|\byou have (?:our|my|the) (?:\w+ )?(?:approval|permission|ok|okay|authori[sz]ation|commitment)\b|\b(?:we|i)(?:'d| would) like to (?:sign|order|buy)\b(?! (?:up|in|out|off))|\b(?:it|that|this)(?:'s| is)? (?:as )?a (?:clear |firm )?yes\b|\b(?:place|placing|confirm|confirming|submit) (?:the|an|our|this|my) (?:\w+ )?(?:order|purchase)\b|\b(?:start|begin|prepare|draw up|get going with) the paperwork\b|\bapproved (?:the|our|this) (?:\w+ )?(?:purchase|order|deal|contract|investment)\b|\b(?:the|our|this) (?:purchase|deal|contract|order) (?:has been|was|is|got) (?:\w+ )?(?:approved|signed off|cleared)\b",
        rf"{_BACK}|\b(?:meeting|invitation|apology|flight|your order)\b",
        name=Sign.READY_TO_BUY,
    ),
    rule(
        0.88,
        rf"\bnehm(?:en|e)\b.{{0,15}}\bangebot\b.{{0,10}}\ban\b|\bnous acceptons\b.{{0,10}}\b{_OFFER}|\bj'accepte\b.{{0,10}}\b{_OFFER}|\bacept(?:amos|o)\b.{{0,12}}\b{_OFFER}|\baccett(?:iamo|o)\b.{{0,14}}\b{_OFFER}|\b(?:gaan?|zijn) akkoord met\b.{{0,12}}\b{_OFFER}|\baceit(?:amos|o)\b.{{0,12}}\b{_OFFER}|\b(?:d'accord|de acuerdo|d'accordo|de acordo|akkoord|einverstanden|överens|zugestimmt)\b.{{0,25}}\b(?:on signe|nous signons|on y va|adelante|procediamo|firmiamo|podemos avançar|avançamos|avanzamos|stuur|schicken|wir machen|unterschreib\w*|los geht|firmamos|assinamos|skicka|kör)\b|\bvi kör\b.{{0,15}}\b(?:avtal\w*|offert\w*)|\baccepter(?:ar|at)\b.{{0,12}}\b{_OFFER}|\b(?:grünes licht|feu vert|luz verde|via libera|groen licht|grönt ljus)\b",
        _BACK,
        name=Sign.READY_TO_BUY,
    ),
    rule(
        0.85,
        r"\b(?:möchten|wollen|würden gerne?|werden) (?:\w+ ){0,4}?(?:bestellen|beauftragen|unterschreiben|unterzeichnen|abschließen)\b|\bbereit\b.{0,15}\b(?:zu unterschreiben|zu unterzeichnen|zur unterschrift)\b|\bprêt(?:e|s|es)? à (?:signer|commander|avancer|démarrer)\b|\bpasser (?:la |une |notre )?commande\b|\blist[oa]s? para (?:firmar|empezar|contratar|avanzar)\b|\bdecidido contratar\b|\bpront[oi] (?:a|per) (?:firmare|partire|procedere|ordinare)\b|\bklaar om (?:te |het )?(?:tekenen|starten|bestellen|beginnen)\b|\bpront[oa]s? (?:para|a) (?:assinar|avançar|começar|encomendar)\b|\bredo att (?:skriva|signera|köra|beställa|börja)\b|\b(?:volevamo|vorremmo|vogliamo|queremos|willen|gostaríamos de|vill) (?:\w+ ){0,2}?(?:firmare|ordinare|firmar|hacer el pedido|tekenen|bestellen|assinar|encomendar|skriva under|beställa)\b",
        _BACK,
        name=Sign.READY_TO_BUY,
    ),
)
