# ruff: noqa: E501 - a pattern of one idea reads better in one piece
"""Word tables for ending or not renewing what they have, and going over to somebody else."""

from services.offline.rules import Rule, rule
from services.types.model import Sign

_CONTRACT = r"(?:contract|subscription|agreement|partnership|licen[cs]es?|\w*vertr[aä]g\w*|abo(?:nnement)?s?|zusammenarbeit|lizenz\w*|contrats?|collaboration|contratos?|suscripci\w+|colaboraci\w+|contratt[oi]|abbonament[oi]|collaborazione|overeenkomst|samenwerking|licenties?|assinatura|subscrição|colaboração|avtal\w*|abonnemang\w*|samarbet\w*|prenumeration\w*)"
_END = r"(?:beend\w*|auflös\w*|nicht (?:mehr )?(?:zu )?(?:verläng\w*|fort\w*)|met(?:tre|tons) (?:un terme|fin)|ne (?:pas |plus )(?:renouveler|reconduire|poursuivre)|ne (?:sera|serons|renouvel\w+|reconduis\w+) (?:\w+ )?(?:pas|plus)|cancel(?:ar|amos|aremos)|rescind\w+|finalizar|no (?:\w+ ){0,2}?(?:renov\w+|prorrog\w+|(?:seguir|continuar) con)|disdi(?:re|ciamo)|receder\w*|interromper\w*|cessar\w*|non (?:\w+ ){0,2}?rinnov\w+|opzeg\w*|opgezegd|beëindig\w*|stop(?:zetten|gezet)|niet (?:\w+ ){0,2}?verleng\w*|encerrar|não (?:\w+ ){0,2}?(?:renov\w+|continuar com|prosseguir com)|avslut\w*|säg\w+ (?:\w+ ){0,3}?upp|inte (?:\w+ ){0,2}?förny\w*|inte (?:\w+ ){0,2}?förläng\w*)"
_OTHER = r"\b(?:salesforce|hubspot|pipedrive|old|legacy|former|previous|current (?:vendor|provider|tool)|alte[nmrs]?|früher\w*|bisherig\w*|ancien\w*|précédent\w*|anterior|antigu[oa]|vecchi[oa]|precedente|oude|vorige|antig[oa]|gamla|förra|meeting|call|demo|appointment|termin(?:e|s|en)?|raum|rendez-vous|réunion|reunión|llamada|riunione|incontro|afspraak|vergadering|reunião|möte\w*|notice period|kündigungsfrist\w*|préavis|polic(?:y|ies)|clause|if (?:we|i) (?:wanted|want))\b"
_NOT_US = rf"{_OTHER}|\b(?:don't|do not|not|nicht|no) (?:want|intend|plan|going|vorhaben|beabsichtigen|queremos) (?:to )?(?:leave|cancel|kündigen|cancelar)\b"

LEAVING: tuple[Rule, ...] = (
    rule(
        0.9,
        r"\b(?:decided|chosen|plan(?:ning)?|going|intend|voted|agreed|prefer|want) (?:\w+ ){0,2}?(?:not|against) (?:to |be )?(?:renew\w*|continu\w+|extend\w*|stay\w*|prolong\w*)\b|\b(?:switch(?:ing|ed)?|mov(?:e|ing|ed)|chang(?:e|ing|ed)) to (?:another|a different|a new) (?:provider|vendor|supplier|tool|platform|solution)\b|\b(?:let|letting) (?:the |our )?(?:contract|subscription|agreement|licen[cs]es?) (?:expire|lapse|run out)\b|\b(?:last|final) (?:month|term|year) with you\b|"
        r"\bnicht (?:zu )?verlängern\b|\b(?:wechseln|umsteigen) (?:\w+ ){0,3}?(?:zu|auf) (?:einem|einen|eine) anderen\b(?! (?:termin|raum|tag|zeitpunkt|ansprechpartner))|\bne (?:pas )?(?:souhaitons |voulons |allons )?(?:pas )?(?:renouveler|reconduire)\b|\bno (?:vamos a )?renovar\b|\bnon (?:vogliamo |intendiamo )?rinnov\w+\b|\bniet (?:te )?verlengen\b|\bnão (?:vamos )?renovar\b|\binte förnya\b|\bdar(?:me|nos)? de baja\b|\bsäger (?:\w+ ){0,2}?upp\b|\bsagt upp\b",
        r"\b(?:salesforce|hubspot|old|legacy|former|previous|meeting|call)\b",
        name=Sign.CANCELLATION,
    ),
    rule(
        0.88,
        rf"\b{_CONTRACT}\b.{{0,30}}\b(?:will|is|shall) (?:not|no longer) be (?:renewed|extended|continued|prolonged)\b|\b(?:treat|consider|take|regard|see) this (?:\w+ )?as (?:\w+ ){{0,2}}?(?:notice|termination|cancellation)\b|\b(?:close|delete|deactivate|shut down) (?:our|my) (?:\w+ ){{0,2}}?account\b|\bleave (?:you )?(?:at|by|after) the end of\b|\b(?:no longer|don't|do not) (?:want|wish|intend|plan) to (?:continue|work with you|stay|renew|carry on|go on)\b|\bstop (?:all |the )?billing\b|\b(?:confirm|acknowledge|process|effect)\w* (?:\w+ ){{0,3}}?(?:termination|cancellation)\b|\b(?:are|be|is) leaving you\b|\b(?:want|get|getting) out of (?:the|our|this) (?:\w+ )?(?:contract|agreement|deal)\b|\bwir (?:\w+ )?verlängern (?:\w+ ){{0,2}}?nicht\b|\bverleng\w* (?:\w+ ){{0,3}}?niet\b|\bkündigen (?:wir )?(?:zum|fristgerecht|hiermit)\b|\b(?:our|the) last (?:month|day|invoice|quarter) (?:with you|as (?:a|your) customer)\b",
        _NOT_US,
        name=Sign.CANCELLATION,
    ),
    rule(
        0.88,
        rf"\b{_END}\b.{{0,35}}\b{_CONTRACT}\b|\b{_CONTRACT}\b.{{0,35}}\b{_END}\b|\b(?:zeg\w*|säg\w*)\b.{{0,15}}\b{_CONTRACT} (?:op|upp)\b|\bvertragsende\b.{{0,30}}\bbestätig\w*|\bbestätig\w*.{{0,30}}\bvertragsende\b",
        _NOT_US,
        name=Sign.CANCELLATION,
    ),
    rule(
        0.85,
        r"\b(?:wechseln|gewechselt|umsteigen|steigen)\b.{0,25}\b(?:anbieter|dienstleister|lieferanten|software|lösung|system)\b|\bchang(?:eons|er|é) de (?:prestataire|fournisseur|outil|solution|logiciel|éditeur)\b|\bcambi(?:amos|ar|ado) de (?:proveedor|herramienta|solución|plataforma)\b|\b(?:pass(?:iamo|are)|cambi(?:amo|are)) (?:a un altro )?(?:fornitore|software|strumento|piattaforma)\b|\bstap\w* over (?:op|naar) (?:een )?ander\w*|\boverstappen (?:op|naar) (?:een )?ander\w*|\b(?:mudar|mudamos|trocar|trocamos) de (?:fornecedor|ferramenta|plataforma|solução)\b|\bbyt(?:er|a|t) (?:till en annan )?(?:leverantör|system|plattform)\b",
        rf"{_OTHER}|\b(?:zu ihnen|zu euch|vers vous|chez vous|a ustedes|a vosotros|da voi|naar jullie|para vocês|till er)\b",
        name=Sign.CANCELLATION,
    ),
)
