# ruff: noqa: E501 - a pattern of one idea reads better in one piece
"""Further ways in which people say what they need, suffer from, measure, decide by and stand for."""

from services.offline.rules import Rule, rule
from services.types.model import Sign

_US = r"(?:we|our|us|my|i|unser\w*|wir|nous|notre|nos|nuestr[oa]s?|estamos)"
_BODY = r"(?:committee|board|panel|council|steering group|steering committee|management team|works council|(?:our|the) it|it (?:team|department)|legal|procurement|purchasing|security|finance|compliance|infosec)"

MORE_NEED: tuple[Rule, ...] = (
    rule(
        0.7,
        r"\bit would (?:really |greatly )?help (?:us|our \w+|the team) (?:a lot )?(?:to|if we) (?:have|had|get|could|be able)\b|\bwhat(?:'s| is) missing (?:for us |today |here )?is\b|\bwe(?:'re| are) missing (?:a|an|the)\b|\bwe (?:lack|could (?:really )?use|would benefit from) (?:a|an|some|better|proper|one|automatic|automated)\b|\bthe (?:aim|idea|plan|goal|point) (?:for us )?is to (?:replace|automate|centrali[sz]e|consolidate|unify|modernis\w+|moderniz\w+|get rid of)\b",
        r"\b(?:advice|minute|hand|coffee|break|holiday|more time|few days)\b",
    ),
    rule(
        0.72,
        r"\b(?:uns fehlt|es fehlt uns|uns würde .{0,30} helfen|unser ziel ist es|wir wollen .{3,60} (?:ablösen|automatisieren|ersetzen|zentralisieren|digitalisieren))\b|\b(?:il nous (?:faut|manque)|nous recherchons|nous cherchons (?:un|une|à)|notre objectif est de|nous voulons (?:remplacer|automatiser|centraliser))\b|\b(?:nos falta|nos hace falta|nuestro objetivo es|queremos (?:sustituir|automatizar|centralizar|reemplazar))\b",
        r"\b(?:noch etwas zeit|zeit|temps|tiempo|votre réponse|un devis|una oferta|ein angebot|unterlagen)\b",
    ),
)
MORE_PAIN: tuple[Rule, ...] = (
    rule(
        0.75,
        r"\bcustomers? (?:keep |often |constantly |regularly )?complain(?:ing)? (?:about|that|to us)\b(?! your)|\b(?:it|this|that|reporting|planning) (?:currently |now |still |today )?takes (?:us |our \w+ |\w+ people )?(?:[\w.,]+ (?:\w+ )?(?:people|colleagues) )?(?:hours|days|weeks|months|ages|forever|(?:about |around |over |more than |up to |at least |nearly |roughly )?(?:\d+|an?|two|three|four|five|six|seven|eight|ten|several|half a) (?:full |whole |working )?(?:hours?|days?|weeks?|months?))\b.{0,30}\b(?:to|per|every|each|before)\b|\btoday it takes\b|\bit(?:'s| is) (?:really |so |very )?(?:painful|exhausting|tedious|cumbersome|frustrating) (?:to|for (?:us|our|my))\b|\b(?:we|our \w+) (?:\w+ )?(?:chase|chasing|re-?type|re-?typing|re-?key|copy|copies|copying) .{0,40}\b(?:by hand|manually|between|from .{2,30} (?:to|into)|for (?:weeks|days))\b|\b(?:slips?|falls?|slipping|falling) through the (?:cracks|net)\b|\b(?:no|zero|hardly any|little) (?:visibility|overview|transparency|insight) (?:of|into|over|on)\b|\b(?:we|nobody|no one) (?:never |can't |cannot |don't |has no way to )?(?:know|knows|tell|see) (?:where|which|who|when|how much|what) .{0,40}\b(?:is|are|was|were|stuck|stands?|owns?|spend|cost)\b",
        r"\b(?:flight|drive|commute|train|parking|to reply to your|solved|no longer|used to|not sure|need to know|want to know|let you know|like to know|if you|competitor'?s)\b",
    ),
    rule(
        0.72,
        r"\b(?:doppelt (?:ein|erfass\w+|gepfleg\w+)|von hand|händisch|alles manuell|zettelwirtschaft|verlieren (?:viel|jede\w*|täglich|ständig)|fehleranfällig|chaotisch|zeitraubend|keinen überblick|geht (?:unter|verloren)|gehen verloren|kostet uns (?:viel|jede\w*|täglich))\b|\b(?:à la main|double saisie|ressais\w+|source d'erreurs|nous perdons|chronophage|ingérable|aucune visibilité|pas de visibilité)\b|\b(?:a mano|doble (?:carga|entrada)|perdemos|propenso a errores|un caos|sin visibilidad|no tenemos visibilidad|nos cuesta (?:mucho|horas))\b",
        r"\b(?:verlieren wir (?:keine|sie)|hoffe|geschrieben|handgeschrieben|fabriqu\w+|hech[oa]s a mano|nicht verloren)\b",
    ),
)
MORE_METRICS: tuple[Rule, ...] = (
    rule(
        0.75,
        r"\b(?:must|has to|needs? to|should|have to|want(?:s)? (?:it )?to) (?:drop|fall|go down|come down|rise|increase|improve|go up|shrink) (?:below|under|to|by|above|over|from)\b|\b(?:return on investment|roi|payback)\b.{0,40}\b(?:within|in|under|after|of|below)\b.{0,15}\b(?:\w+ (?:months?|years?|weeks)|\d+ ?%)|\b(?:kpis?|metric|we (?:measure|track|monitor|are measured))\b.{0,60}(?:\d|\bbelow\b|\babove\b|\bone hour\b|\bper (?:day|week|month|rep|agent)\b)",
        r"\b(?:your (?:price|quote|offer)|last year we)\b",
    ),
    rule(
        0.75,
        r"\b(?:um|auf|unter|von)\s(?:etwa |rund |mindestens |ca\. )?\d[\d.,]* ?(?:%|prozent\b|stunden\b|tage\b|minuten\b).{0,40}\b(?:senken|reduzieren|verkürzen|steigern|erhöhen|verbessern|drücken|verringern)\b|\b(?:senken|reduzieren|verkürzen|steigern|erhöhen|verringern)\b.{0,40}\b(?:um|auf|unter)\s\d[\d.,]* ?(?:%|prozent|stunden|tage|minuten)|\b(?:réduire|baisser|diminuer|augmenter|améliorer|gagner)\b.{0,50}\d[\d.,]* ?(?:%|heures|jours|minutes|points)|\b(?:reducir|bajar|disminuir|aumentar|mejorar|ahorrar)\b.{0,50}\d[\d.,]* ?(?:%|horas|días|minutos|puntos)",
        r"\b(?:rabatt|remise|descuento|preis\w*|prix|precio)\b",
    ),
)
MORE_CRITERIA: tuple[Rule, ...] = (
    rule(
        0.78,
        r"\bwe(?:'ll| will| would)? (?:choose|pick|select|go with|take|decide for) (?:the |whichever |whoever )(?:vendor|supplier|solution|provider|tool|product|offer|one)?\s?(?:with|that|which|who|offers|has|is)\b.{0,20}\b(?:best|lowest|cheapest|fastest|easiest|strongest|most|integrates?|fits|supports?)\b|\b(?:deciding|decisive|key|main|biggest|most important) (?:factors?|points?|aspects?|considerations?) (?:for us |here )?(?:is|are|will be)\b|\bwe (?:compare|evaluate|score|judge|rate|rank) (?:all |the |every |each )?(?:vendors?|offers?|suppliers?|tools?|solutions?|providers?) (?:on|by|according to|against)\b|\b(?:is|are) (?:a )?(?:must(?:-have)?|deal-?breakers?|non-?negotiable|knock-?out criteri\w+) (?:for us|here)\b",
        r"\b(?:not|isn't|aren't) (?:a )?(?:must|deal-?breaker|decisive)\b",
    ),
)
MORE_PROCESS: tuple[Rule, ...] = (
    rule(
        0.82,
        rf"\b(?:our|the|internal) (?:usual |internal |normal |standard )?(?:buying |purchasing |selection |approval )?(?:process|procedure|steps?)\s?(?:is|are|goes|looks|:|-)\s?.{{0,120}}\b(?:demo|trial|pilot|review|contract|legal|approval|board|tender|offers|security|sign)\b|\b{_BODY} (?:team |department )?(?:usually |always |typically |normally |also )?(?:needs?|takes?|requires?|wants?|asks? for|has|will need) (?:about |around |at least |up to |roughly )?(?:\w+ )?(?:weeks?|days|months?)\b.{{0,30}}\b(?:to |for |review|check|before)|\b{_BODY} (?:team |department )?(?:will |has to |must |needs to |would )?(?:send|fill|run|do|conduct|perform|issue|start)s?\b.{{0,60}}\bbefore\b.{{0,40}}\b(?:sign\w*|contract|approv\w*|buy|purchase|order|go ahead|start)\b|\b(?:the |our )?(?:\w+ )?(?:committee|board|panel|council)\b.{{0,15}}\bmeets\b.{{0,60}}\b(?:approv\w+|decid\w+|purchas\w+|budget|vote|sign)\b|\bevery (?:purchase|order|contract|investment)\b.{{0,40}}\b(?:goes|has to go|needs|requires|must)\b|\b(?:after|following) (?:the |a )?(?:pilot|trial|demo|review|poc)\b.{{0,20}}\b(?:committee|board|team|management|group|panel)\b.{{0,25}}\b(?:decid\w+|vot\w+|approv\w+|sign\w*)\b",
        r"\b(?:your (?:process|legal|procurement|board|committee)|invoice processing|our customers' process)\b",
    ),
    rule(
        0.8,
        r"\b(?:zuerst|zunächst|erst|als erstes)\b.{3,80}\b(?:dann|danach|anschließend|schließlich|zum schluss)\b.{0,60}\b(?:einkauf|vorstand|geschäftsführ\w+|recht\w*|it|vertrag|freigabe|entscheid\w+|prüf\w+|unterschr\w+)\b|\b(?:d'abord|en premier)\b.{3,80}\b(?:puis|ensuite|enfin|après)\b.{0,60}\b(?:achats?|direction|comité|juridique|contrat|valid\w+|sign\w+|décid\w+)\b|\b(?:primero)\b.{3,80}\b(?:después|luego|finalmente|por último)\b.{0,60}\b(?:compras|dirección|comité|legal|contrato|aprueb\w+|firm\w+|decid\w+)\b|\b(?:der|das|die) (?:\w+)?(?:ausschuss|gremium|vorstand|lenkungskreis)\b.{0,30}\b(?:tagt|trifft sich|stimmt)\b|\ble (?:comité|conseil)\b.{0,20}\b(?:se réunit|vote|statue)\b|\bel (?:comité|consejo)\b.{0,20}\b(?:se reúne|vota)\b",
    ),
)
MORE_CHAMPION: tuple[Rule, ...] = (
    rule(
        0.8,
        r"\bi(?:'ve| have)? (?:already |just |also )?(?:told|convinced|persuaded|assured) (?:my|our|the) (?:boss|manager|director|ceo|cfo|cto|vp|board|team|leadership|colleagues)\b.{0,40}\b(?:you|your|this (?:is )?(?:the )?(?:tool|one|solution|product)?|buy|go with|should|right)\b|\bi(?:'d| would|'m| am|'ll| will)? (?:be )?(?:happy|glad|willing|ready|pleased|delighted) to (?:present|pitch|champion|defend|promote|recommend|introduce|vouch for|back|support|show) (?:this|it|you|your \w+)\b|\b(?:is|are|has been|keeps?|started) (?:\w+ )?(?:rallying|lobbying|pushing|campaigning|promoting|advocating|evangeli[sz]ing|vouching)\b|\b(?:rally|lobby)(?:ing)? (?:the team|support|everyone|colleagues)\b",
        r"\b(?:not|\w{0,6}n't|never|no longer|against|competitor|another|stop|too hard)\b",
    ),
    rule(
        0.8,
        r"\bich (?:werde|setze|mache|will|kann|würde)\b.{0,40}\b(?:intern\w*|dafür|für (?:sie|euch|ihr produkt|eure lösung))\b.{0,25}\b(?:einsetzen|stark|werben|ein|kämpfen|empfehlen|vorstellen)\b|\bje (?:vais|compte|peux|suis prêt\w* à|veux)\b.{0,12}\b(?:défendre|porter|soutenir|pousser|recommander|appuyer)\b.{0,40}\b(?:projet|solution|interne|direction|équipe|outil|offre)\b|\b(?:voy a|pienso|quiero|puedo)\b.{0,12}\b(?:defender|impulsar|apoyar|recomendar|promover)\b.{0,40}\b(?:proyecto|solución|internamente|dirección|equipo|herramienta|propuesta)\b",
        r"\b(?:nicht|pas|no|kein\w*)\b",
    ),
)
MORE_AUTHORITY: tuple[Rule, ...] = (
    rule(
        0.85,
        r"\b(?:will|would|has|have|having) (?:also |always )?(?:have )?the (?:last|final) (?:word|say|call)\b",
        r"\b(?:your (?:ceo|cfo|boss|team)|customer|wife|husband)\b",
    ),
)
MORE_BUYING: tuple[Rule, ...] = (
    rule(
        0.85,
        r"\bwhere (?:do|can|should) (?:i|we) sign\b|\b(?:we|i)(?:'re| are|'m| am) (?:all )?(?:set|good to go) (?:to|for|on our side)\b|\b(?:let's|we can|we could|please) (?:get|go ahead and get) (?:this|it) (?:started|signed|rolling|ordered)\b",
        r"\b(?:not|\w{0,6}n't|petition|birthday card)\b",
        name=Sign.READY_TO_BUY,
    ),
    rule(
        0.75,
        r"\bwann (?:können|könnten) wir (?:\w+ )?(?:anfangen|beginnen|starten|loslegen)\b|\bquand (?:pouvons|pourrions|peut)-(?:nous|on) (?:commencer|démarrer)\b|\b¿?cuándo (?:podemos|podríamos) (?:empezar|comenzar|arrancar)\b",
        name=Sign.NEXT_STEP,
    ),
)
MORE_RISK: tuple[Rule, ...] = (
    rule(
        0.7,
        r"\b(?:another|yet another|one more) (?:price (?:increase|hike|rise)|outage|delay|bug|crash|failure)\b|\b(?:great|wonderful|fantastic|brilliant|lovely|perfect|oh joy),? .{0,30}\b(?:again|yet another|down|broken|failed|fails)\b|\b(?:way |far |much |a bit |simply |just )?(?:too|zu|trop|demasiado) (?:expensive|pricey|costly|teuer|cher|car[oa])\b",
        r"\b(?:\w{0,6}n't|not) too\b|\bcompetitor\b|\bwould be too expensive to (?:stay|wait)\b",
        name=Sign.DISSATISFACTION,
    ),
    rule(
        0.88,
        r"\bwir haben uns (?:für|gegen) (?:einen anderen|eine andere|sie|ihr angebot|das projekt)\b.{0,40}\bentschieden\b(?!.{0,10}für sie)|\bnous avons (?:choisi|retenu|opté pour) un autre\b|\bhemos (?:elegido|optado por|seleccionado) (?:a )?otr[oa]\b",
        r"\bfür sie entschieden\b",
        name=Sign.DEAL_LOST,
    ),
    rule(
        0.8,
        r"\bbudget\b.{0,40}\b(?:ausgeschöpft|verbraucht|erschöpft|nicht (?:bewilligt|genehmigt|freigegeben))\b|\bbudget\b.{0,30}\b(?:épuisé|consommé|refusé)\b|\bpresupuesto\b.{0,30}\b(?:agotado|recortado|rechazado)\b",
        name=Sign.BUDGET_CUT,
    ),
)
