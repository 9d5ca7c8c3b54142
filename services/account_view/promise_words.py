# ruff: noqa: E501 - a pattern of one idea reads better in one piece
"""Word tables for promises, in English, German, French and Spanish: what is one, what only looks
like one, and what says that one was kept."""

import re
from enum import StrEnum

from services.patterns import late


class Sort(StrEnum):
    """What keeps it: something handed over, an answer, or a talk."""

    SEND = "send"
    ANSWER = "answer"
    MEET = "meet"


def _compile(pattern: str) -> re.Pattern[str]:
    return late(pattern, re.IGNORECASE)


_SOON = r"(?: also| then| gladly| happily| certainly| definitely| of course| now| personally| try to| make sure to| be sure to)*"
_WILL = rf"\b(?:i|we|i and \w+|my (?:colleague|team)|our (?:\w+ )?team)(?:'ll| will| shall| am going to|'m going to| are going to|'re going to){_SOON}"
_LET = r"\blet me (?:just |quickly )?"

# Each row: what keeps it, and how it is said. The first that fits decides.
PROMISES: tuple[tuple[Sort, re.Pattern[str]], ...] = (
    # English
    (Sort.MEET, _compile(rf"{_WILL} (?:call|ring|phone|schedule|set up|book|arrange|organi[sz]e|invite|send (?:you |over |out |across )*(?:an? |the )?(?:\w+ )?(?:invite|invitation))\b")),
    (Sort.SEND, _compile(rf"{_WILL} (?:send|share|forward|prepare|provide|deliver|draft|put together|pull together|email|mail|submit|upload|return|sign|countersign|pass on|supply|introduce|have (?:it|them|this|that|the [\w -]{{1,40}}|an? [\w -]{{1,40}}) (?:ready|to you|with you|for you|over)|get (?:you|it|them|that|this|the [\w -]{{1,40}}) (?:to you|over|the|a|an|ready|by|back)|follow up with (?:the|a|an))\b")),
    (Sort.ANSWER, _compile(rf"{_WILL} (?:get back|come back|follow up|let you know|check|confirm|find out|look into|look at|ask|clarify|update you|keep you|reply|respond|answer|revert|review|investigate|raise|chase|talk to|speak to|speak with|report back|tell you|make sure|ensure|fix|write)\b")),
    (Sort.ANSWER, _compile(rf"{_LET}(?:check|find out|ask|confirm|clarify|look into|talk to|speak to|get back|come back|dig)\b")),
    (Sort.SEND, _compile(r"\byou(?:'ll| will| shall) (?:have|receive|get) (?:it|them|this|that|the|a|an|our|my|your)\b.{0,80}\b(?:by|before|on|today|tomorrow|tonight|this|next|from (?:me|us)|within|shortly|soon)\b")),
    (Sort.ANSWER, _compile(r"\byou(?:'ll| will| shall) hear (?:back )?from (?:me|us)\b")),
    (Sort.ANSWER, _compile(r"\b(?:i|we) (?:promise|commit to|undertake to)\b")),
    # German
    (Sort.MEET, _compile(r"\b(?:(?:ich|wir) (?:werde|werden)\b.{0,80}\b(?:anrufen|einladen|(?:termin|einladung)\w* (?:schicken|senden|vereinbaren|vorschlagen))|(?:rufe|rufen) (?:ich|wir) (?:sie|dich|euch)\b|(?:ich|wir) (?:rufe|rufen) (?:sie|dich|euch)\b|(?:schicke|sende|schicken|senden) (?:ich |wir )?(?:ihnen|dir|euch) (?:gleich |noch |heute |morgen )?eine (?:termin)?einladung)")),
    (Sort.SEND, _compile(r"\b(?:ich|wir) (?:werde|werden)\b.{0,90}\b(?:schicken|senden|zusenden|zuschicken|zukommen lassen|nachreichen|vorbereiten|erstellen|liefern|weiterleiten|bereitstellen|übermitteln|einreichen|unterschreiben)\b|\b(?:werde|werden) (?:ich|wir)\b.{0,90}\b(?:schicken|senden|zusenden|zuschicken|zukommen lassen|nachreichen|vorbereiten|erstellen|liefern|weiterleiten|bereitstellen|übermitteln)\b")),
    (Sort.SEND, _compile(r"\b(?:(?:ich|wir) (?:schicke|schicken|sende|senden|reiche|reichen|leite|leiten|liefere|liefern|bereite|bereiten|erstelle|erstellen|lasse|lassen)|(?:schicke|schicken|sende|senden|reiche|reichen|leite|leiten|liefere|liefern|bereite|bereiten|erstelle|erstellen|lasse|lassen) (?:ich|wir))\b(?=.{0,90}\b(?:ihnen|dir|euch|nach|weiter|vor|zukommen)\b)|\b(?:sie|ihr|du) (?:erhalten|erhaltet|erhältst|bekommen|bekommt|bekommst)\b.{0,80}\b(?:von (?:mir|uns)|bis|heute|morgen|diese woche|nächste woche|in kürze|umgehend)\b")),
    (Sort.ANSWER, _compile(r"\b(?:ich|wir) (?:werde|werden)\b.{0,90}\b(?:melden|klären|prüfen|bestätigen|mitteilen|informieren|nachfragen|abklären|antworten|kümmern|geben|nachhaken)\b|\b(?:werde|werden) (?:ich|wir)\b.{0,90}\b(?:melden|klären|prüfen|bestätigen|mitteilen|nachfragen|abklären|antworten|kümmern)\b")),
    (Sort.ANSWER, _compile(r"\b(?:(?:ich|wir) (?:melde|melden|kläre|klären|prüfe|prüfen|gebe|geben|kümmere|kümmern|frage|fragen|hake|haken|teile|teilen)|(?:melde|melden|kläre|klären|prüfe|prüfen|gebe|geben|kümmere|kümmern|frage|fragen|hake|haken) (?:ich|wir))\b(?=.{0,90}\b(?:mich|uns|das|es|dies|bescheid|rückmeldung|darum|nach|mit|intern|ihnen|dir|euch)\b)|\b(?:sie|ihr|du) (?:hören|hört|hörst) von (?:mir|uns)\b")),
    # French
    (Sort.MEET, _compile(r"\b(?:je|nous) (?:vous |te |t')?(?:(?:r?appellerai|r?appellerons|inviterai|inviterons)|(?:enverrai|enverrons|envoie|envoyons) une invitation|(?:vais|allons) (?:vous |te )?(?:r?appeler|inviter|proposer un (?:créneau|rendez-vous)))\b")),
    (Sort.SEND, _compile(r"\b(?:je|nous) (?:vous |te |t'|le |la |les |l'|lui |leur )*(?:enverrai|enverrons|transmettrai|transmettrons|préparerai|préparerons|fournirai|fournirons|partagerai|partagerons|ferai parvenir|ferons parvenir|livrerai|livrerons|communiquerai|communiquerons)\b|\b(?:je vais|nous allons) (?:vous |te |le |la |les )*(?:envoyer|transmettre|préparer|fournir|partager|faire parvenir|communiquer)\b|\b(?:je|nous) (?:vous|te) (?:envoie|envoyons|transmets|transmettons|prépare|préparons|fais parvenir)\b(?=.{0,90}\b(?:d'ici|avant|demain|lundi|mardi|mercredi|jeudi|vendredi|cette semaine|la semaine prochaine|sous|dans la journée|rapidement)\b)|\bvous (?:recevrez|aurez)\b")),
    (Sort.ANSWER, _compile(r"\b(?:je|nous) (?:vous |te |t'|le |la |les |l')*(?:confirmerai|confirmerons|tiendrai|tiendrons|reviendrai|reviendrons|vérifierai|vérifierons|donnerai|donnerons|dirai|dirons|répondrai|répondrons|recontacterai|recontacterons|informerai|informerons)\b|\b(?:je vais|nous allons) (?:vous |te |le |la |les )*(?:vérifier|confirmer|demander|regarder|répondre|revenir|tenir|voir avec|me renseigner)\b|\b(?:je reviens|nous revenons) vers vous\b|\b(?:je|nous) (?:vous|te) (?:tiens|tenons) (?:au courant|informée?s?)\b")),
    # Spanish
    (Sort.MEET, _compile(r"\b(?:(?:te|le|les|os) )?(?:llamaré|llamaremos|invitaré|invitaremos|agendaré|agendaremos)\b|\b(?:voy|vamos) a (?:llamar(?:te|le|les|os)?|agendar|convocar(?:te|le|les|os)?)\b|\b(?:te|le|les|os) (?:enviaré|enviaremos|mandaré|mandaremos) (?:una|la) (?:invitación|convocatoria)\b")),
    (Sort.SEND, _compile(r"\b(?:enviaré|enviaremos|mandaré|mandaremos|prepararé|prepararemos|compartiré|compartiremos|facilitaré|facilitaremos|entregaré|entregaremos|remitiré|remitiremos|haré llegar|haremos llegar|pasaré|pasaremos)\b|\b(?:voy|vamos) a (?:enviar|mandar|preparar|compartir|facilitar|entregar|remitir|pasar)(?:te|le|les|os|lo|la|los|las|telo|selo)?\b|\b(?:recibirás?|recibirán|recibiréis|tendrás?|tendrán)\b")),
    (Sort.ANSWER, _compile(r"\b(?:(?:te|le|les|os|lo|la) )?(?:confirmaré|confirmaremos|revisaré|revisaremos|consultaré|consultaremos|avisaré|avisaremos|responderé|responderemos|escribiré|escribiremos|informaré|informaremos|comprobaré|comprobaremos|diré|diremos|contactaré|contactaremos|averiguaré)\b|\b(?:voy|vamos) a (?:confirmar|revisar|consultar|comprobar|preguntar|averiguar|avisar|responder)(?:te|le|les|os|lo)?\b|\b(?:te|le|les|os) (?:digo algo|cuento|aviso|confirmo)\b(?=.{0,60}\b(?:mañana|lunes|martes|miércoles|jueves|viernes|esta semana|la semana que viene|en cuanto|antes|hoy)\b)")),
)  # fmt: skip

# It hangs on the other side, was said before, or is a way of speaking.
NO_PROMISE = _compile(
    r"\b(?:if you|if that|if this|if it|if so|if needed|unless|once you|when you|after you|as soon as you|should you|in case|whenever you|would be happy|happy to|glad to|could|might|maybe|perhaps|possibly|as promised|already|out of (?:the )?office|on (?:vacation|holiday|leave)|sign off)\b|"
    r"\b(?:falls|wenn (?:sie|du|ihr|das|es)|sobald (?:sie|du|ihr)|sofern|gerne? (?:auch )?(?:können|kann)|könnte|vielleicht|bereits|wie (?:versprochen|besprochen))\b|"
    r"\b(?:si (?:vous|tu|cela|besoin|ça)|dès que vous|une fois que vous|lorsque vous|quand vous|peut-être|pourrais|comme (?:promis|convenu)|déjà)\b|"
    r"\b(?:si (?:quieres|quiere|lo desea|te parece|le parece|necesitas|necesita)|en cuanto (?:tú|usted|me|nos) (?:confirmes?|envíes?|digas?)|cuando (?:tú|usted|me|nos) (?:confirmes?|envíes?|digas?)|podría|quizás?|tal vez|como (?:prometí|acordamos)|ya (?:te|le|les) )"
)

# It is done in this very mail, or was.
DONE = _compile(
    r"\b(?:attached|enclosed|attaching|here (?:is|are|'s)|here you (?:go|are)|please find|as promised|as requested|i(?:'ve| have) (?:sent|shared|forwarded|uploaded|attached|signed|prepared|added|checked|confirmed)|we(?:'ve| have) (?:sent|shared|forwarded|uploaded|signed|prepared|added)|see below|below (?:is|are)|just sent|has been sent)\b|"
    r"\b(?:anbei|im anhang|angehängt|beigefügt|hiermit|hier (?:ist|sind|kommt)|wie (?:versprochen|besprochen|gewünscht)|habe ich (?:ihnen|dir|euch)?|haben wir (?:ihnen|dir|euch)?)\b|"
    r"\b(?:ci-joint|en pièce jointe|pièces? jointes?|ci-dessous|voici|comme (?:promis|convenu|demandé)|vous trouverez|je viens de)\b|"
    r"\b(?:adjunto|adjunta|adjuntamos|aquí (?:tienes?|está|van|va)|como (?:prometí|acordamos|solicitó|pediste)|acabo de|le he|te he)\b"
)
