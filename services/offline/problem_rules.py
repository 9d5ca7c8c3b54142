# ruff: noqa: E501 - a pattern of one idea reads better in one piece
"""Rules for needs, pains, measures and the criteria a choice is made by."""

from services.offline.rules import Rule, rule

_SOLUTION = (
    r"(?:solution|tool|tools|platform|system|software|product|crm|vendor|partner|way|provider|supplier|app|application|service|replacement|alternative|"
    r"integration|dashboard|dashboards|automation|reporting|reports|forecast\w*|pipeline|visibility|analytics|database|support for|api|module|feature|process|"
    r"capability|workflow\w*|something|functionality|insight\w*|seats|licen[cs]es|help (?:with|in)|sso|single sign-on|training|better|more|faster|one place|single source|central)"
)
_MEETING_NEED = r"\b(?:need|want|like) (?:to )?(?:talk|speak|chat|meet|reschedule|move our|cancel|postpone|check with|run (?:it|this) by|discuss (?:it|this)|think about|get back|wait|more time|some time|a (?:few|couple|bit)|your (?:address|signature|approval|reply)|a (?:quote|call|copy|demo|break|coffee|day)|apologi[sz]e|thank|say|let you know|point out|add|see (?:a|the|your) (?:demo|contract|quote))|\b(?:we|i)(?:'ll)? need (?:it|this|that|them)? ?(?:by|before|from you|to (?:sign|get|have) (?:it|this))|\bdon't need|do not need|no longer need|no need|need not\b|needn't|\bif you need|\byou need\b|need (?:approval|sign-?off|budget|the cfo|our cfo|to get (?:approval|sign))"
NEED: tuple[Rule, ...] = (
    rule(
        0.85,
        rf"\b(?:we|our (?:\w+ )?(?:team|company|reps|department|people|sales \w+|organisation|organization|business|staff|managers))(?:'re| are|'ve been| have been| really| urgently| desperately| also| currently| now| still| clearly| definitely|'ll)* (?:need|needs|require|requires|want|wants|are looking for|looking for|searching for|in (?:the )?(?:market|need) (?:for|of)|seeking|hoping to find|in search of)\b.{{0,60}}\b{_SOLUTION}",
        _MEETING_NEED,
    ),
    rule(
        0.82,
        r"\b(?:we|our (?:\w+ )?(?:team|company|reps|department|people|organisation|organization|business|staff))(?:'re| are| really| urgently| desperately| also| currently| now| still| definitely)* (?:need|needs|must|have|has|want|wants|would like|looking|seeking|trying|hoping|aiming) to (?:be able to )?(?:automate|consolidate|replace|centrali[sz]e|unify|integrate|connect|track|forecast|sync|streamline|standardi[sz]e|modernise|modernize|moderni[sz]e|digiti[sz]e|manage|report|see (?:our|all|every\w*|where|which|who)|improve|scale|migrate|onboard|measure|monitor|analyse|analyze|simplify|eliminate|stop|share|store|comply|support|get (?:rid|better|more|a (?:single|clear|better|grip|handle))|find a|give (?:our|the)|have (?:a|one|all|better)|move (?:off|away|from)|handle|capture|route|score|qualify|prioriti[sz]e|speed up|coordinate|collect|keep track|reach|know (?:which|where|who))\b",
        _MEETING_NEED,
    ),
    rule(
        0.8,
        r"\bwhat (?:we|our team)(?: really| actually|'re| are)* (?:need|require|missing|lack|looking for|want|after) (?:is|are)\b|\b(?:our|the) (?:main |biggest |key |primary |core |most urgent |real |top )?(?:need|requirement)s? (?:is|are|here is) (?:to|a|an|the|for)?\b|\b(?:we're|we are|we) (?:missing|lacking|lack) (?:a|an|any|the)\b|\bwe (?:have|see) (?:a|an) (?:real |clear |urgent |strong )?need (?:for|to)\b|\bwe're (?:in the market|shopping) for\b|\blooking to (?:replace|automate|consolidate|buy|implement|introduce|adopt|upgrade|move (?:to|away)|switch)\b",
        _MEETING_NEED,
    ),
    rule(
        0.78,
        r"\bwir (?:brauchen|benötigen|suchen)\b(?! (?:noch |mehr |etwas |ein wenig |ein paar )*(?:zeit|tage|bis|einen termin|ein angebot|das angebot|ihre))|\bnous (?:avons besoin d(?:e|'un)|cherchons|recherchons)\b(?!.{0,15}(?:temps|devis))|\bnecesitamos (?:una?|automatizar|integrar|mejorar|herramienta|sustituir|reemplazar)|\b(?:buscamos|estamos buscando)\b|\babbiamo bisogno di (?:un|una|uno|automatizzare|integrare|migliorare)|\b(?:cerchiamo|stiamo cercando)\b|\bwe (?:hebben) (?:een|behoefte) .{0,25}(?:nodig|oplossing)|\b(?:wij|we) zoeken\b|\b(?:precisamos de (?:um|uma)|estamos (?:à procura|procurando|buscando))\b|\bvi (?:behöver (?:en|ett|bättre|kunna)|söker|letar efter)\b",
    ),
)
PAIN: tuple[Rule, ...] = (
    rule(
        0.88,
        r"\b(?:we|our (?:\w+ ){0,2}(?:team|teams|reps|people|staff|managers|agents|company|department|process|salespeople|engineers|analysts))(?:'re| are|'ve been| have been| constantly| always| really| currently| still| often| all| keep| regularly)* (?:struggl(?:e|es|ing)|wast(?:e|es|ing)|los(?:e|es|ing)|suffer(?:s|ing)?|drown(?:ing)?|bleed(?:ing)?|miss(?:ing|es)? (?:deals|leads|follow|deadlines|targets?|quota|renewals|calls|opportunit)|spend(?:s|ing)? (?:too much|hours|far too|way too|so much|half|days|a lot of|most of|\w+ (?:hours|days))|hate|hates|complain(?:s|ing)?|frustrated|fed up|tired of|sick of|stuck|overwhelmed|overloaded|burn(?:ing)? out|can't (?:see|track|trust|forecast|keep up|find|tell|get|scale|report|rely|measure)|cannot (?:see|track|trust|forecast|keep up|find|tell|scale|report|measure)|have no (?:visibility|overview|idea|way|insight|clue|control)|has no (?:visibility|overview|idea|way|insight)|lack(?:s)? (?:visibility|insight|overview|transparency)|fall(?:ing)? behind|behind on)",
        r"\b(?:stuck in traffic|lose sight|tired of waiting for your|nothing to lose|losing money on your)\b",
    ),
    rule(
        0.86,
        r"\b(?:our|the|my) (?:biggest|main|key|real|major|primary|current|number one|largest|worst|core|top)? ?(?:problem|pain point|pain|challenge|issue|headache|frustration|bottleneck|struggle|concern) (?:is|right now is|today is|at the moment is|with|has been|here is|remains)\b|\b(?:pain points?|bottleneck|headache|nightmare)\b|\bis (?:killing|hurting|costing|slowing|crippling|hampering) (?:us|our)\b|\b(?:drives|driving) (?:us|me|everyone|my team|our team) (?:crazy|mad|nuts|up the wall)\b|\bcosts? us (?:\w+ ){0,3}(?:hours|days|deals|customers|money|thousands|[$€£]|\d)",
        r"\b(?:no problem|not a problem|the problem with your)\b",
    ),
    rule(
        0.82,
        r"\b(?:everything|all of (?:it|this)|this|that|reporting|forecasting|data entry|onboarding|the process|most of it|our \w+|it) (?:is|are|'s) (?:still |all |currently |completely |entirely |far |way |just |so |very |terribly )*(?:manual|done (?:manually|by hand|in (?:excel|spreadsheets))|in (?:excel|spreadsheets)|scattered|broken|a mess|chaotic|chaos|error[- ]prone|unreliable|inaccurate|outdated|out of date|too slow|painfully slow|fragmented|siloed|duplicated|time[- ]consuming|slow and|unusable|wrong half)|\b(?:copy(?:ing)?[- ]and[- ]past(?:e|ing)|copy[- ]past(?:e|ing)|manual (?:data entry|work|entry|process|reporting|steps|effort)|by hand|double (?:entry|work)|in spreadsheets|data silos?|duplicate (?:records|entries|data)|error[- ]prone|falls? (?:through|between) the cracks|slip(?:s|ping)? through the cracks|takes (?:us )?(?:far |way )?(?:too long|forever|ages|hours|days|weeks)|time[- ]consuming)\b",
        r"\b(?:want to avoid|without|no more|no longer|instead of)\b",
    ),
    rule(
        0.8,
        r"\b(?:keeps?|kept|constantly|always|frequently|regularly) (?:crash\w*|break\w*|fail\w*|going down|losing|dropping|time?ing out|timing out)|\bour (?:current |existing |old |legacy )?(?:tool|system|crm|software|vendor|provider|setup|process|solution|platform|spreadsheets?) (?:is|are|can't|cannot|doesn't|does not|keeps|crashes|fails|breaks|lacks|no longer)\b.{0,60}|\b(?:leads|deals|renewals|customers|opportunities|tickets|requests|invoices|orders) (?:are |get |keep |have been )*(?:lost|slipping|forgotten|going cold|missed|falling|leaving|churning|delayed|dropped)\b|\bchurn (?:is|has) (?:too high|rising|growing|increas\w+|up|doubled|gone up|killing)|\b(?:low|poor|bad|terrible) (?:adoption|data quality|visibility|conversion|win rates?|morale|forecast accuracy)\b",
        r"\b(?:is (?:great|fine|good|ok|working|excellent)|works|are (?:great|fine|happy)|is salesforce|is hubspot)\b",
    ),
    rule(
        0.78,
        r"\b(?:wir verlieren|wir verschwenden|wir kämpfen|(?:unser|das) (?:größtes |hauptsächliches )?(?:problem ist)|kostet uns|zu viel zeit|manuell|nous perdons|nous peinons|notre (?:principal )?problème|nous fait perdre|trop de temps|perdemos|nuestro (?:principal |mayor )?problema|demasiado tiempo|nos cuesta|perdiamo|il nostro (?:principale )?problema|troppo tempo|we verliezen|ons (?:grootste )?probleem|kost ons|te veel tijd|nosso (?:principal |maior )?problema|tempo demais|vi förlorar|vårt (?:största )?problem|tar för (?:lång|mycket) tid)\b",
    ),
)
METRICS: tuple[Rule, ...] = (
    rule(
        0.9,
        r"\b(?:cut|reduc(?:e|ing|tion)|lower|decreas(?:e|ing)|increas(?:e|ing)|grow|rais(?:e|ing)|improv(?:e|ing)|boost|lift|shortens?|halve|double|triple|sav(?:e|ing)|speed up|shrink|bring|get|drop|trim|shave|gain|win|hit|reach|achieve|drive|slash|accelerate|move|raise|push|take|decrease|handle|close|free up)\b(?:(?!\?).){0,60}?(?:(?:by|to|from|of|than|under|below|above|over|least|up|down|in|extra|additional|another|about|around|roughly|some)\s+(?:at least |about |around |roughly |over |under |more than |less than )?)?(?:\d+(?:[.,]\d+)?\s?(?:%|percent|per cent|pct|x\b|points?|hours?|days?|minutes?|mins?|weeks?|hrs?|basis points)|(?:ten|twenty|thirty|forty|fifty|five|fifteen|two|three|four|six|eight|twelve) (?:percent|per cent|hours|days|minutes|weeks)|(?:half|a third|a quarter|twofold|threefold|double)\b)",
        r"\b(?:discount|your (?:price|quote|fee)|off the (?:price|list)|extend|reply|get back|call me|meet|respond within|by \d{1,2} (?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)|\bbudget (?:was|has been|is|got)|\bbudgets?\b.{0,15}\bcut\b|(?:get|take|move|bring|push) (?:it |this |the (?:call|meeting)\w* )?(?:in|to|by|back)? ?(?:\w+ )?\d+ (?:days?|weeks?|minutes?)$)\b|% (?:discount|off|cheaper)|\b(?:price|fee|cost of the licen[cs]e|meeting|call|demo)\b.{0,20}\d",
    ),
    rule(
        0.85,
        r"\b(?:roi|return on investment|payback|nps|csat|kpi|kpis|sla|win rate|close rate|conversion(?: rate)?|churn(?: rate)?|retention|response time|cycle(?: time)?|handling time|ramp(?:-up)? time|quota attainment|forecast accuracy|error rate|uptime|mrr|adoption)\b.{0,40}?\b(?:of|from|to|by|below|above|under|over|at least|is|within|target|reach|goal|at|in)\b.{0,20}?(?:\d+(?:[.,]\d+)?\s?(?:%|percent|per cent|x\b|points?|hours?|days?|minutes?|months?|weeks?)|\b\d{2,3}\b)|\b(?:target|goal|kpi|objective|success metric|success criterion|success means|success for us|measure of success|measured (?:on|by))\b.{0,60}(?:\d+(?:[.,]\d+)?\s?(?:%|percent|x\b|hours?|days?|minutes?|deals|leads|customers|meetings|points|new|per)|double|halv)",
        r"\b(?:your (?:uptime|sla|nps))\b",
    ),
    rule(
        0.8,
        r"\b(?:reduzier\w+|senken|steigern|erhöhen|sparen|verkürzen|réduire|augmenter|diminuer|gagner|économiser|reducir|aumentar|ahorrar|mejorar|ridurre|aumentare|risparmiare|verlagen|verminderen|verhogen|besparen|reduzir|economizar|minska|öka|spara|sänka)\b.{0,50}\d+(?:[.,]\d+)?\s?(?:%|prozent|pour cent|por ciento|per cento|procent|stunden|heures|horas|ore|uur|timmar|tage|jours|días|giorni|dagen|dias|dagar)|\d+(?:[.,]\d+)?\s?(?:%|prozent|stunden|uur|procent)\b.{0,40}\b(?:reduzieren|senken|steigern|erhöhen|sparen|verkürzen|verlagen|verminderen|verhogen|besparen)",
    ),
)
DECISION_CRITERIA: tuple[Rule, ...] = (
    rule(
        0.88,
        r"\b(?:decision|selection|evaluation|key|main|top|buying|purchase|important|our|most important|deciding|shortlist|acceptance|award) (?:criteria|criterion|deciding factors?|factors?|requirements? (?:is|are))\b|\b(?:deal[- ]?breaker|must[- ]haves?|non[- ]negotiable|show[- ]?stopper|hard requirement|knock-?out criteri\w+|prerequisite|precondition|table stakes)\b",
        r"\b(?:what are your|send (?:me )?your|success factors?)\b",
    ),
    rule(
        0.85,
        r"\b(?:what|the thing|the most important thing|one thing|the (?:main|key|biggest|decisive|deciding) (?:thing|factor|point|consideration))s?(?: that)?(?: really| most)?(?: matters?| counts?| is important| decides?| tips?)?(?: most)?(?: to us| for us| to me)?(?: most)? (?:is|are|will be)\b|\bmatters? (?:most|more|a lot|the most)\b|\bwe (?:will |are going to |'ll |'re going to |are |'re )?(?:judge|score|scoring|rank|ranking|evaluate|evaluating|compare|comparing|assess|choose|choosing|decide|deciding|select|selecting|weigh|weighing|rate|rating|pick)\b.{0,35}\b(?:on|by|based on|according to|against|for)\b.{2,}|\b(?:weighted|weigh(?:s|t)?) (?:most |heavily )",
        r"\b(?:for (?:next|this) (?:week|month)|by (?:end|friday|monday|next)|thing is missing)\b",
    ),
    rule(
        0.84,
        r"\b(?:it|the (?:solution|tool|system|platform|product|software|vendor)|any (?:solution|tool|vendor|system|platform)|whatever we (?:choose|buy|pick)|your (?:product|tool|solution|platform|software)|suppliers must|data|all data|hosting|everything|the winner) (?:absolutely |also |simply )?(?:must|has to|have to|needs? to) (?:be(?!en) |also |not |run |support |offer |integrate |work |have |comply|stay |fit |meet |include |provide |allow |come |handle |remain |connect |sync |scale |pass |live |hold )",
    ),
    rule(
        0.8,
        r"\b(?:we|i) (?:only|can only|will only|won't|can't|cannot|would only|would never|'ll only) (?:consider|buy|choose|look at|work with|accept|go with|sign with|shortlist|pick)\b.{0,20}\b(?:vendors?|solutions?|tools?|products?|anything|suppliers?|something|a |if|without|one)|\b(?:integration|security|price|ease of use|support|compliance|gdpr|soc ?2|iso ?27001|sso|data residency|usability|scalability|reliability|uptime|total cost of ownership|references|implementation time|hosting|speed|flexibility|accessibility)\b(?:,? [\w ]{2,25}){0,3} (?:is|are|will be) (?:absolutely |very |really |most |more |extremely |the most |our |a |also |an |the )*(?:critical|crucial|essential|important|mandatory|must|key|decisive|required|vital|paramount|priority|top priorit\w+|deciding)|\b(?:essential|crucial|critical|vital|imperative|important|mandatory) (?:for us |to us |for our \w+ )?(?:that|is (?:that|the|a|an)|to (?:have|us|our))\b|\bwe (?:attach|place|put) (?:great|a lot of|particular|high|the most) (?:importance|value|weight|emphasis)\b",
        r"\b(?:it's important that (?:you|we) (?:reply|answer|meet|talk)|decide|important to (?:let|tell|note))\b",
    ),
    rule(
        0.76,
        r"\b(?:entscheidungskriteri\w+|auswahlkriteri\w+|entscheidend (?:ist|sind)|am wichtigsten|zwingend|muss zwingend|voraussetzung|critères? (?:de (?:choix|sélection|décision))|le plus important|indispensable|impératif|criterios? de (?:selección|decisión)|lo más importante|imprescindible|criteri(?:o)? di (?:scelta|selezione)|la cosa più importante|indispensabile|selectiecriteri\w+|het belangrijkste|doorslaggevend|critérios? de (?:seleção|decisão)|o mais importante|imprescindível|urvalskriteri\w+|viktigast(?:e)?|avgörande)\b",
    ),
)
