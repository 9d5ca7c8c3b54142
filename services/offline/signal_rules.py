# ruff: noqa: E501 - a pattern of one idea reads better in one piece
"""Word tables for signals. Names are what a card shows."""

import re

from services.offline.rules import Rule, rule
from services.types.model import Sign

_NOT = r"\b(?:not|\w{0,6}n't|no longer|never|unable|won't|isn't)\b"
_OTHERS = (
    r"\b(?:with (?:another|a different|a competitor|someone else|your competitor)|elsewhere)\b"
)

# What is asked about the end of a contract is no wish for one.
ENDING = re.compile(
    r"(?:\b|vertrags)(?:terminat|cancel|end(?:ing)? (?:the|our|this)|ende\b|kündig|beend|résili|rescis|rescind|dar(?:nos|me)? de baja|baja del|disdett|disdire|recess|met(?:tre|tons) fin|opzeg|beëindig|uppsäg|säga upp)\w*",
    re.IGNORECASE,
)

BUYING: tuple[Rule, ...] = (
    rule(
        0.9,
        r"\b(?:ready|keen|happy|excited|prepared|want|like|love|decided|agreed|going|plan|pleased|able|cleared|approved) (?:to|for us to) (?:sign|buy|purchase|move (?:forward|ahead)|go ahead|proceed|order|get started|start with you|commit|close (?:this|the deal)|finali[sz]e|kick (?:this )?off|renew)\b|\b(?:we've|we have|i've|the board has|the committee has|the team has)? ?(?:decided|chosen|selected|agreed|voted) (?:to go (?:ahead )?with|on|to proceed with|to choose|to select|for) you\w*|\b(?:let's|we'll|we will) (?:do it|go ahead|move (?:forward|ahead)|proceed|sign|get (?:this|it) (?:done|signed)|make it happen|get started)\b|\bgo with you\b|\bwe're in\b|\byou(?:'re| are) our (?:preferred|first|top) (?:vendor|choice|supplier|partner|option)|\bverbal (?:yes|agreement|commitment)\b",
        rf"{_NOT}|{_OTHERS}|\bif\b|\bonce\b|\buntil\b|\bsign (?:up|in|out|on)\b",
        name=Sign.READY_TO_BUY,
    ),
    rule(
        0.85,
        r"\b(?:send|share|prepare|draft|forward|provide|get|receive|see|have|need)\b.{0,30}\b(?:contract|order form|agreement|msa|statement of work|sow|paperwork|dpa|purchase order|docusign)\b|\b(?:sign|countersign)\b.{0,15}\b(?:contract|agreement|order form|nda|today|tomorrow|this week|next week)\b|\bpurchase order (?:is|will be|attached|number|on its way)|\bpo (?:number|is attached|will)\b|\b(?:vertrag|bestellformular)\b.{0,30}\b(?:schicken|senden|zusenden|zukommen)|\b(?:envoy\w+|transmet\w+)\b.{0,20}\b(?:contrat|bon de commande)|\benvi\w+\b.{0,20}\bcontrato|\binvi\w+\b.{0,20}\bcontratto|\bstur\w+\b.{0,20}\b(?:contract|overeenkomst)|\bskicka\b.{0,20}\b(?:avtal|kontrakt)\w*",
        rf"{ENDING.pattern}|\b(?:my lawyer|breach)\w*|\b(?:noch nicht|nicht mehr|pas encore|todavía no|non ancora|nog niet|ainda não|inte än)\b",
        name=Sign.CONTRACT_REQUESTED,
    ),
    rule(
        0.8,
        r"\b(?:what|how much)\b.{0,30}\b(?:cost|price|pricing|charge|pay|rate|fee|discount)s?\b|\b(?:send|share|give|provide|get|see|have|need|receive|prepare|like|want|request)\b.{0,40}\b(?:pric\w+|quote|quotation|cost breakdown|rate card|estimate|proposal|commercial (?:offer|terms))\b|\b(?:volume|multi-?year|annual|upfront|bulk|quantity) (?:discount|pricing|price)\b|\bis there a discount\b|\b(?:was kostet|wie viel kostet|angebot (?:schicken|senden|machen|zukommen|erstellen)|combien (?:coûte|ça coûte)|un devis|cuánto (?:cuesta|costaría)|una cotización|quanto costa|un preventivo|wat kost|een offerte|quanto custa|um orçamento|vad kostar|en offert|ett anbud)\b",
        r"\b(?:price (?:is|was) too|cancel|too expensive|too high|invoice (?:is )?wrong|cost us|(?:get|getting|got) what)\b",
        name=Sign.PRICING_ASKED,
    ),
    rule(
        0.8,
        r"\b(?:next steps?|let's (?:schedule|set up|book|arrange|meet|talk|get (?:a|some) (?:call|time|meeting))|(?:schedule|book|set up|arrange|organi[sz]e|plan|get|have|like|see)\b.{0,25}\b(?:a |another |the |your |full |live |quick |short |second |follow-?up |technical |product )*(?:demo|call|meeting|workshop|session|walk-?through|poc|pilot|trial|kick-?off)\b|(?:start|begin|run|do|launch|try)\b.{0,20}\b(?:pilot|trial|poc|proof of concept|free trial|sandbox)|can we (?:meet|talk|speak|hop on|jump on|schedule|set up|start)|could we (?:meet|talk|speak|schedule|set up|start)|when can we (?:start|begin|meet|talk|go live|get started|onboard|kick off)|how (?:soon|quickly|fast) (?:can|could) (?:we|you)|how long does (?:onboarding|implementation|setup|the rollout)|"
        r"termin vereinbaren|wann können wir (?:starten|beginnen|uns)|nächste schritte|prochaines étapes|fixer un rendez-vous|organiser une (?:réunion|démo)|planifier (?:une|un)|quand (?:pouvons|pourrions)-nous|próximos pasos|agendar una|podemos reunirnos|programar una|prossimi passi|fissare (?:una|un)|organizzare una|volgende stappen|een afspraak (?:maken|plannen|inplannen)|een demo (?:plannen|inplannen)|próximos passos|agendar uma|marcar uma|nästa steg|boka (?:ett|en) (?:möte|demo|tid))\b",
        r"\b(?:cancel|can't make|cannot make|postpone|reschedule|no need|complain|escalat\w*|outage|unhappy|disappointed|not (?:interested|ready))\b",
        name=Sign.NEXT_STEP,
    ),
    rule(
        0.8,
        r"\b(?:cc'?(?:ing|ed|'d)|copying(?: in)?|copied(?: in)?|looping (?:in)|looped in|adding|added|bringing in|including|i(?:'ve| have)? (?:added|copied|included|invited|brought in)|introduc(?:e|ing) you to|i'd like you to meet|connecting you (?:with|to)|putting you in touch with|meet (?:my|our) (?!you))\b.{0,50}\b(?:cfo|ceo|cto|cio|coo|ciso|vp|director|head|lead|manager|colleague|team|boss|procurement|legal|it|security|finance|who|here|our|my|to (?:this|the) (?:thread|email|conversation)|[A-Z]\w+)\b|\b(?:my|our) (?:\w+ ){0,3}(?:cfo|ceo|cto|cio|boss|manager|director|colleagues?|vp|head of \w+|team|lead) (?:will|would like to|wants to|is going to|is joining|also wants to|'d like to|would love to|should) (?:join|attend|participate|see (?:it|the|a)|meet you|be (?:on|there|joining)|take part|also)\b|\b(?:ich nehme|setze) .{0,40} (?:in kopie|cc)\b|\bje mets .{0,40} en copie\b|\bpongo en copia\b|\bmetto in copia\b|\bin cc\b|\bik zet .{0,40} in (?:de )?cc\b|\bem cópia\b|\blägger till .{0,30}\b(?:kopia|tråden)",
        r"\b(?:complain|escalat\w*|lawyer|features?|adding (?:a|the) (?:feature|integration))\b",
        name=Sign.STAKEHOLDER_ADDED,
    ),
    rule(
        0.75,
        r"\b(?:need|want|must|have to|would like|hope|hoping)\b.{0,60}\b(?:asap|as soon as possible|urgently|immediately|right away|without delay)\b|\b(?:time is (?:of the essence|running out|tight)|tight (?:timeline|deadline|schedule)|under (?:a lot of |some )?time pressure|we(?:'re| are) in a (?:hurry|rush)|es eilt|il y a urgence|corre prisa)\b",
        r"\b(?:refund|cancel|fix|broken|down|complain|unsubscribe|resolve|bug|outage|not (?:in|urgent))\w*\b",
        name=Sign.URGENCY,
    ),
    rule(
        0.75,
        r"\b(?:customer |client )?references?\b.{0,30}\b(?:call|customers?|from|we could|could|similar|speak|talk)|\b(?:speak|talk) (?:to|with) (?:one|some|a couple|a few|two|an existing)\b.{0,15}\bcustomers?|\b(?:renew|extend) (?:our|the|for|early|another)\b|\b(?:the |your )?demo (?:was|went) (?:really |very |extremely )?(?:great|impressive|excellent|well|amazing|fantastic|convincing|superb)|\b(?:team|everyone|we|cfo|ceo|boss|board|they)(?: \w+)? (?:was|were|is|are) (?:really |very |extremely |quite |hugely |genuinely |seriously )?(?:impressed|excited|convinced|thrilled|keen|enthusiastic)\b|\b(?:loved|love) (?:the|your|what you|it)\b.{0,20}\b(?:demo|product|presentation|showed|pilot|trial|platform|tool|proposal)\b|\bpilot (?:was|went|has been) (?:a (?:big |great |huge )?success|great|very well|well|successful)|\b(?:very|really|seriously|definitely|quite|still) interested\b|\bbudget (?:has been|is|was|got) (?:now |finally |just )?(?:approved|signed off|allocated|secured|confirmed|released)\b",
        rf"{_NOT}|\b(?:nobody|no one|none of|hardly anyone)\b|\b(?:don't|won't|will not|would not) renew|\bonce\b|\buntil\b|\bif\b|\bunless\b|\bcompetitor|\bby (?:hubspot|salesforce)",
        name=Sign.STRONG_INTEREST,
    ),
)
RISK: tuple[Rule, ...] = (
    rule(
        0.9,
        r"\b(?:cancel(?:l?ing|l?ed)?|terminat(?:e|ing|ion of)|end|ending|discontinu(?:e|ing)|not (?:be )?(?:renew|extend)(?:ing)?|\w{0,6}n't (?:be )?renew(?:ing)?|stop(?:ping)? using|stop|leave|leaving|unsubscrib\w+ from|churn(?:ing)?|moving off|switch(?:ing)? away from|migrat\w+ away from|drop(?:ping)?|give notice|notice of)\b.{0,30}\b(?:contract|subscription|agreement|account|licen[cs]es?|renew\w*|service|plan|your (?:platform|product|tool|service|software|solution)|membership|order|partnership)\b|\b(?:not|\w{0,6}n't) (?:be |going to |planning to |want to |intend to |plan to |likely to )*(?:renew(?:ing)?|extend(?:ing)? (?:the|our) (?:contract|subscription))\b|\b(?:want|need|like|have|going|decided|wish|intend|plan|forced|considering|thinking (?:about|of)|thinking) (?:to |of |about )?(?:cancel\w*|terminat\w+|churn\w*|switch\w* (?:away|provider|vendor|to (?:another|a different|a competitor)))\b(?! (?:our|the|my|today's|tomorrow's|this|next|that)? ?(?:meeting|call|demo|appointment|session|webinar))|\b(?:kündigen|kündigung|résili\w+|rescindir|cancelar (?:el|nuestro|o|nosso) (?:contrato|suscripción|assinatura)|dar de baja|disdire|disdetta|recedere|opzeggen|opzegging|säga upp|uppsägning)\b",
        r"\b(?:meeting|call|demo|appointment|how do (?:i|we|you)|if (?:i|we) (?:wanted|want)|cancellation (?:policy|terms|period|clause)|termination clause|notice period|hubspot|salesforce|pipedrive|zoho|old|legacy|current (?:vendor|provider|tool|contract with))\b",
        name=Sign.CANCELLATION,
    ),
    rule(
        0.88,
        r"\b(?:decided|chosen|going|gone|went|opted|moving|agreed|elected|proceed|proceeding|signed)\b.{0,25}\b(?:with (?:another|a different|someone else|a competitor|your competitor|one of your competitors|an alternative)|elsewhere|in (?:another|a different) direction|against (?:it|this|you|moving|your|buying|proceeding))\b|\b(?:not|\w{0,6}n't|no longer|decided not to) (?:be |going to |to )*(?:mov(?:e|ing) (?:forward|ahead)|proceed(?:ing)?|interested|pursu(?:e|ing)|continu(?:e|ing) (?:with|the|our)|tak(?:e|ing) (?:this|it) (?:further|forward)|a (?:good )?fit|a priority|the right (?:fit|time)|going ahead|go(?:ing)? forward)\b|\bwe(?:'ll| will) pass\b|\b(?:chose|chosen|selected|picked|signed with|opted for|awarded (?:it|this) to) (?:another|a different|your competitor|someone else|one of your competitors|an alternative)\b|\bbuild (?:it|this|something) (?:in-?house|ourselves|internally)\b|\bhave to decline\b|\bkein interesse\b|\bnicht (?:mehr )?interessiert\b|\bplus intéressés?\b|\bno (?:nos|me) interesa\b|\bnon siamo (?:più )?interessati\b|\bgeen interesse\b|\bnão temos interesse\b|\binte (?:längre )?intresserade\b",
        r"\bnot (?:only|just) interested\b|\bif you(?:'re| are) not\b|\bwhy not\b",
        name=Sign.DEAL_LOST,
    ),
    rule(
        0.85,
        r"\b(?:put(?:ting)?|place[d]?|is|are|been|everything|project|initiative|purchase|evaluation|it|this)\b.{0,30}\b(?:on hold|on ice|on the back burner|on pause|paused|parked|shelved|postponed|deferred|delayed|frozen|stalled|deprioriti[sz]ed|suspended)\b|\b(?:postpon\w+|deferr?\w*|delay\w*|push(?:ed|ing)? (?:back|out)|pause|shelve|park|suspend|deprioriti[sz]e)\b.{0,40}\b(?:project|decision|purchase|evaluation|rollout|start|launch|initiative|this|it|everything|implementation|until|to (?:next|q\d|20\d\d))\b|\b(?:revisit|pick (?:this|it) up(?: again)?|come back to (?:this|it|you)|reconsider|look at (?:this|it) again|resume|talk again|circle back|reconnect)\b.{0,20}\b(?:next (?:year|quarter|fiscal|spring|summer)|later (?:this|in)|in (?:q\d|a few months|six months|the (?:new year|spring|summer|fall|autumn))|in 20\d\d|after)\b|\b(?:not|isn't|no longer) (?:a |our )?(?:top )?priority\b|\b(?:other|different|competing|shifting) priorities\b|\bpriorities (?:have |has )?(?:changed|shifted)\b|\bnot the right time\b|\bneed(?:s)? (?:some |more )?time to (?:think|rethink|reconsider)|\b(?:hiring freeze|reorgani[sz]ation|restructur\w+|layoffs?|laid off|merger|being acquired)\b|\b(?:verschieben|verschoben|zurückgestellt|auf eis|pausier\w*|reporté\w*|en pause|en attente|aplaza\w*|pospuest\w*|pospon\w*|en pausa|rimanda\w+|in sospeso|rinviat\w+|uitgesteld|uitstellen|on hold|adiad\w+|adiar|suspenso|skjuta upp|skjutits|pausat|pausa)\b",
        r"\b(?:not|\w{0,6}n't|without|avoid|apolog\w+ for|sorry for) (?:\w+ ){0,3}(?:delay\w*|postpone|push back)|\b(?:meeting|call|our demo|flight|train)\b|\bafter (?:my|the) (?:meeting|vacation|holiday)",
        name=Sign.GOING_QUIET,
    ),
    rule(
        0.86,
        r"\b(?:disappoint\w+|unacceptable|frustrat\w+ (?:with|by) (?:your|the (?:service|support|lack|product|response))|(?:very|really|extremely|increasingly|deeply|quite|so|getting|not|are|am|'m|'re) (?:unhappy|dissatisfied|unsatisfied|annoyed|frustrated|upset|angry)\b|not (?:at all |very |really )?(?:happy|satisfied|pleased|impressed)|fed up with (?:your|the)|(?:terrible|awful|horrible|poor|bad|appalling|slow|useless|abysmal) (?:support|service|experience|response|communication|quality|performance)|let (?:us )?down|lost (?:confidence|trust|faith|patience)|losing (?:confidence|trust|faith|patience)|running out of patience|below (?:our )?expectations|does(?:\w{0,6}n't| not) (?:meet|deliver)|did(?:\w{0,6}n't| not) (?:meet|deliver|live up)|failed to (?:deliver|meet|respond|fix)|still (?:not|hasn't been|isn't) (?:fixed|resolved|working|solved)|third time (?:this|we|i)|nobody (?:has )?(?:replied|responded|answered|gets back)|no one (?:has )?(?:replied|responded|answered|gets back)|has(?:\w{0,6}n't| not) been (?:fixed|resolved|answered)|waste of (?:time|money)|regret (?:buying|choosing|signing)|worse than|went down again|down again|keeps? (?:crashing|breaking|failing)|makes? (?:your|the) (?:product|platform|tool) unusable|"
        r"enttäusch\w+|unzufrieden|inakzeptabel|nicht zufrieden|verärgert|déçue?s?|inacceptable|mécontent\w*|insatisfait\w*|pas satisfait\w*|decepcionad\w+|inaceptable|insatisfech\w+|descontent\w+|delus[oiae]\b|insoddisfatt\w+|inaccettabile|teleurgesteld|ontevreden|onacceptabel|decepcionad\w+|insatisfeit\w+|inaceitável|besvik\w*|missnöjd\w*|oacceptabelt)\b",
        r"\b(?:won't be|not be|\w{0,6}n't be|never|wasn't|weren't|aren't|not) disappoint\w*|\bdisappoint(?:ed)? (?:with|by|in) (?:our|hubspot|salesforce|the (?:weather|other))|\bfed up with the (?:weather|traffic)|\b(?:current|old|other|previous) (?:vendor|provider|tool|supplier|crm)\b|\b(?:not|\w{0,6}n't|never) (?:\w+ )?(?:unhappy|dissatisfied|unsatisfied|annoyed|upset|angry)\b|\bhope not to disappoint|\bour (?:customers|clients|users|reps|team) (?:are|were|is)\b",
        name=Sign.DISSATISFACTION,
    ),
    rule(
        0.88,
        r"\b(?:escalat(?:e|ing|ed) (?:this|it|the|to|internally|further)|(?:speak|talk) (?:to|with) your (?:manager|supervisor|boss|ceo|director|management)|(?:your|a) (?:manager|supervisor) (?:to )?(?:call|contact)|legal (?:action|steps|counsel|department (?:about|regarding) (?:this|your)|proceedings)|(?:our|my) (?:lawyers?|attorneys?|legal team|counsel) (?:will|is|are|has|have been) (?:contact|in touch|look|involved|prepar|writ)\w*|involve (?:our|my) (?:lawyers?|attorneys?|legal)|(?:formal|official) complaint|file a complaint|breach of contract|in breach|take (?:this|it) (?:higher|further up|to your)|claim (?:damages|compensation)|withhold(?:ing)? payment|chargeback|dispute the|rechtliche schritte|anwalt|eskalier\w*|beschwerde|mise en demeure|avocat|réclamation|acciones legales|abogad\w+|reclamación formal|queja formal|azioni legali|avvocat\w+|reclamo|juridische stappen|advocaat|klacht|medidas legais|advogad\w+|rättsliga åtgärder|klagomål|eskalera)\b",
        r"\b(?:escalation (?:process|path|matrix|rules|workflow)|auto(?:matically)?[- ]escalat|our legal team will review|review)\b",
        name=Sign.ESCALATION,
    ),
    rule(
        0.86,
        r"\b(?:i|she|he|they|[A-Z]\w+|our (?:\w+ )?(?:champion|sponsor|contact|cfo|ceo|vp|manager|director|head of \w+|project lead)|who)(?: has|'s|'ve| have|'m| am| is| are|'ll| will)? (?:be |been |just |also |recently |already |unfortunately |sadly )*(?:leaving|left|leave|departing|departed|resigned|moving on|stepping down|retiring|laid off|let go|no longer (?:with|at|works?|working|employed|part of|be with)|handed in (?:my|his|her) notice)\b(?=.{0,40}\b(?:compan\w*|us|firm|team|role|position|job|organi[sz]ation|[A-Z]\w+|end|next|last|month|week|friday|the business|here|employed|today)\b|[.!]?$)|\b(?:my|his|her) (?:last|final) (?:working )?(?:day|week)\b|\bi(?:'m| am) (?:changing|starting a new) (?:jobs?|roles?|companies|job)|\b(?:ich verlasse|verlässt (?:das|unser)|nicht mehr (?:bei uns|im unternehmen|für)|mein letzter (?:arbeits)?tag|je quitte|quitte (?:la société|l'entreprise)|mon dernier jour|ne travaille plus|dejo la empresa|deja la empresa|mi último día|ya no trabaja|lascio l'azienda|lascia l'azienda|il mio ultimo giorno|non lavora più|ik verlaat|verlaat (?:het bedrijf|ons)|mijn laatste (?:werk)?dag|werkt niet meer|deixo a empresa|deixa a empresa|meu último dia|não trabalha mais|jag slutar|slutar hos|min sista (?:arbets)?dag|jobbar inte kvar)\b",
        r"\b(?:on (?:vacation|holiday|leave)|for the day|leave (?:it|this|that|you|a|the|room|early|the office|for)\b|left (?:it|a (?:message|voicemail|comment)|you|to (?:do|discuss|decide)|the (?:office|meeting|call))|days left|leaving (?:it|this|that|aside|early|the office|for (?:the airport|vacation|holiday))|time left|few questions left|nothing left|what's left)\b",
        name=Sign.CHAMPION_LEAVING,
    ),
    rule(
        0.82,
        r"\b(?:too|very|quite|rather|a bit|way too|far too|so|prohibitively|significantly|more) (?:expensive|costly|pricey|high|steep)\b|\b(?:price|pricing|cost|quote|offer|fee|it|that|proposal)\b.{0,30}\b(?:too high|above (?:our|the) budget|over (?:our|the) budget|exceeds? (?:our|the|what)|out of (?:our )?(?:budget|reach|range)|beyond (?:our|what)|higher than (?:we|expected|the|your)|hard to justify|more than we|ridiculous|steep)\b|\b(?:outside|above|over|exceeds|beyond) (?:of )?our (?:budget|price range)\b|\b(?:zu teuer|trop (?:cher|chère|élevé)|demasiado (?:caro|cara|alto)|troppo (?:caro|cara|alto|costoso)|te duur|muito caro|caro demais|för dyr\w*)\b",
        r"\b(?:churn|workload|expectations|current (?:tool|vendor|crm|provider)|hubspot|salesforce|not (?:too|very|that)|wasn't|isn't|rates?) (?:is|are)?\s?(?:too)?|\b(?:salesforce|hubspot|they) (?:is|was|are) (?:too|very|far)\b",
        name=Sign.PRICE_OBJECTION,
    ),
)
ENGAGEMENT: tuple[Rule, ...] = (
    rule(
        0.8,
        r"\b(?:sorry|apolog(?:ies|i[sz]e)|excuse|forgive)\b.{0,30}\b(?:silence|radio silence|late (?:reply|response|answer)|delay(?:ed)?(?: (?:in|reply|response))?|slow (?:reply|response)|not (?:getting back|replying|responding|answering)|for (?:going|being) (?:quiet|silent|absent)|long (?:time|silence|wait))\b|\b(?:been|gone|going) (?:really |very |so |a bit )?(?:quiet|silent|swamped|snowed under|dark)\b|\bhaven't (?:had|found) (?:the |any |much |a )?(?:time|chance|moment|bandwidth|opportunity)\b|\b(?:less|limited|little|not much|reduced) (?:time|bandwidth|capacity|availability)\b|\b(?:stop (?:emailing|contacting|writing|calling|sending)|take me off|remove me from|unsubscribe me)\b",
        name=Sign.ENGAGEMENT_DOWN,
    ),
    rule(
        0.8,
        r"\b(?:your )?(?:new|main|primary) (?:contact|point of contact)\b.{0,20}\b(?:is|will be|for)\b|\b(?:i(?:'ll| will| am|'m)|we(?:'ll| will| are|'re)) (?:be )?(?:tak(?:e|ing) over|hand(?:ing)? (?:this|it|things|the project)? ?over|pass(?:ing)? (?:this|it|you) (?:on|over) to)\b|\b(?:has|have) taken over\b|\btaking over (?:from|for|the)\b|\bplease (?:contact|reach out to|write to|direct)\b.{0,40}\b(?:instead|from now on|going forward|in (?:the )?future)\b|\b(?:i am|i'm|as) (?:the |your )?new (?:contact|point of contact|project lead|owner)\b",
        name=Sign.CONTACT_CHANGED,
    ),
    rule(
        0.75,
        r"\b(?:usage|adoption|logins?|log-?ins|active users|activity|engagement)\b.{0,40}\b(?:dropp\w+|declin\w+|fell|fallen|down|decreas\w+|lower|dwindl\w+|slump\w*|stopped|halved)\b|\b(?:nobody|no one|hardly anyone|barely anyone|few people|fewer people|half of (?:us|the team)) (?:is |are |in the team |on the team |here |still )*(?:us(?:es|ing|e)|logs?|logging|opens?)\b|\b(?:team|we|people|reps|users|they) (?:have |has |'ve )?(?:stopped|barely|hardly|rarely|no longer) (?:us(?:ing|es?)|log\w*|open\w*)\b",
        name=Sign.USAGE_DOWN,
    ),
    rule(
        0.75,
        r"\b(?:usage|adoption|logins?|log-?ins|active users|activity|engagement)\b.{0,40}\b(?:doubl\w+|tripl\w+|increas\w+|up\b|grow\w*|grew|ris\w+|rose|soar\w*|climb\w*)\b|\b(?:the (?:whole|entire) team|everyone|all (?:our )?(?:reps|teams|users)|more (?:and more )?(?:people|colleagues|teams|users)|everybody) (?:is |are |now |has |have |already |started )+(?:us(?:es|ing|e)|log\w*|adopt\w*)\b|\bus(?:e|es|ing) (?:it|your \w+|the \w+) (?:every day|daily|constantly|all the time|more and more)\b",
        name=Sign.USAGE_UP,
    ),
)
