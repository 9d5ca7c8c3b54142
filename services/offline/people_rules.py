# ruff: noqa: E501 - a pattern of one idea reads better in one piece
"""Rules for who decides, who pays, how it is decided and who pushes for us."""

from services.offline.rules import Rule, rule

TITLE = (
    r"(?:cfo|ceo|coo|cto|cio|cro|cmo|cso|ciso|cpo|chief \w+(?: \w+)? officer|vp(?: of)?(?: \w+)?|svp|evp|vice president(?: of \w+)?|"
    r"(?:managing|finance|financial|sales|it|operations|commercial|marketing|executive|regional|hr) director|director(?: of)?(?: \w+)?|"
    r"head of [\w ]{2,20}?|president|owner|founders?|co-founders?|board(?: of directors)?|general manager|controller|treasurer|"
    r"procurement(?: team)?|purchasing|finance(?: team| department)?|leadership(?: team)?|management(?: team)?|executive (?:team|committee|sponsor)|steering committee|committee|"
    r"boss|manager|partners?|parent company|head office|headquarters|principal|dean|minister|"
    r"geschäftsführ\w+|vorstand|finanzchef\w*|vertriebsleit\w+|einkauf|bereichsleit\w+|inhaber\w*|"
    r"directeur(?: \w+)?|directrice(?: \w+)?|daf|pdg|dg|direction(?: \w+)?|direct(?:or|ora)(?: \w+)?|gerente|jefe|consejo|"
    r"direttore(?: \w+)?|direttrice|amministratore(?: \w+)?|titolare|consiglio|directeur|directie|bestuur|eigenaar|"
    r"diretor(?:a)?(?: \w+)?|sócio|conselho|vd|ekonomichef\w*|finanschef\w*|styrelsen|ledningen)"
)
MONEY_TITLE = (
    r"(?:cfo|ceo|coo|cro|chief (?:financial|executive|operating|revenue) officer|(?:finance|financial|managing|executive) director|vp(?: of)? finance|vice president of finance|"
    r"head of finance|director of finance|svp(?: finance)?|evp|president|owner|founder|board(?: of directors)?|general manager|controller|"
    r"geschäftsführ\w+|vorstand|finanzchef\w*|finanzvorstand|daf|pdg|directeur financier|directrice financière|directeur général|"
    r"director(?:a)? (?:financier[oa]|general)|direttore (?:finanziario|generale)|amministratore delegato|financieel directeur|"
    r"diretor(?:a)? financeir[oa]|ekonomichef\w*|finanschef\w*|vd)"
)
_APPROVES = (
    r"(?:sign(?:s|ed)? (?:it |this |that |everything |all \w+ |them )?off|signing off|approv(?:es?|al|ing)|decides?|has the (?:final|last) (?:say|word|call|decision)|makes? the (?:final |ultimate |purchasing |buying )?(?:call|decision|choice)s?|"
    r"authori[sz]es?|holds? the (?:budget|purse strings)|controls? the (?:budget|purse|money)|owns? the (?:budget|decision|p&l)|green[- ]?lights?|okays?|give (?:us )?(?:the|their|his|her) (?:go-ahead|ok|okay|approval|blessing|green light)|gives (?:the|her|his) (?:ok|okay|go-ahead|approval|green light)|"
    r"sign (?:the|this|any|every|it|contracts?)|signs (?:the|all|every|any|contracts?)|countersigns?|has (?:signing|budget|signature|spending|purchasing) authority|release the (?:money|budget|funds)|releases the (?:money|budget|funds)|pays? for)"
)
_NOT_YET = r"\b(?:approved your|approved holiday|approval rating)\b"

AUTHORITY: tuple[Rule, ...] = (
    rule(
        0.9,
        r"\b(?:i|we) (?:\w+ )?(?:have|has|hold) (?:the )?(?:final|full|sole|ultimate|signing|budget|spending|purchasing|buying|decision[- ]making|signature|last)\s*(?:\w+ )?(?:say|authority|decision|word|call|power|responsibility|rights?)\b",
        r"\b(?:don't|do not|no longer) have",
    ),
    rule(
        0.9,
        r"\b(?:i am|i'm|i will be|i'll be) (?:the )?(?:one |person )?(?:who |that )?(?:the )?(?:final |ultimate |sole |main |key )?(?:decision[- ]?maker|making the (?:final )?(?:decision|call)|decides|signs|approves|signing off|in charge of (?:the )?(?:budget|purchas\w+|decision|buying|procurement|vendor selection)|responsible for (?:the )?(?:budget|purchas\w+|buying|procurement|vendor selection|decision|choosing|selecting|this decision|this purchase)|authori[sz]ed to (?:sign|approve|buy|decide|spend))\b",
        r"\bi'm not|i am not",
    ),
    rule(
        0.88,
        r"\bi (?:can |will |personally |also |alone |ultimately |usually |normally )*(?:sign off|sign (?:the|all|any|every|contracts?|this|for)|approve|decide|make the (?:final |ultimate |purchasing )?(?:decision|call)s?|authori[sz]e|own the (?:budget|decision|p&l)|control the budget|hold the budget)\b",
        r"\b(?:can't|cannot|before i|when i|until i|once i|if i|let me|after i|i decide(?:d)? to (?:write|reach|contact))\b",
    ),
    rule(
        0.85,
        r"\b(?:the )?(?:final |buying |purchase |purchasing |ultimate )?(?:decision|call|sign-?off|approval|choice) (?:is|rests|lies|sits|will be|stays|belongs|falls|comes down)(?: ultimately| solely| entirely| up)? (?:mine|with (?:me|my|our|the)|to (?:me|our|the|my)|on me|ours|(?:my|our) \w+'s|made by (?:our|the|my|me)|up to (?:me|our|the|my))",
    ),
    rule(
        0.88,
        rf"\b{TITLE}\b(?: \w+| and (?:the |our )?{TITLE}|,? [A-Z][\w'-]+(?: [A-Z][\w'-]+)?,?)?(?: (?:also|always|ultimately|still|usually|normally|then|finally|personally|alone))? (?:has to |have to |must |needs? to |will |would need to |would have to |should |is the one who |is the person who |who |would |can |ultimately |has )?(?:also |first |always |ultimately |still |finally |to )*{_APPROVES}",
        r"\b(?:your (?:cfo|ceo|manager|boss)|pay for (?:itself|lunch))\b",
    ),
    rule(
        0.85,
        rf"\b(?:need|needs|require|requires|requiring|get|getting|subject to|pending|waiting (?:for|on)|await(?:ing)?|want|seek(?:ing)?|obtain)\b.{{0,25}}\b(?:approval|sign-?off|buy-?in|blessing|go-ahead|green light|consent|signature|ok|okay|authori[sz]ation)\b.{{0,15}}\b(?:from|by|of)\b.{{0,15}}\b{TITLE}",
    ),
    rule(
        0.85,
        rf"\b{TITLE}(?:'s)?\b.{{0,15}} (?:approval|sign-?off|buy-?in|blessing|go-ahead|green light|consent|signature|ok|okay) (?:is|before|will be|for|on|first|to)\b|\b(?:need|get|require|without|waiting for|pending) (?:my|our|the) {TITLE}'s?\b.{{0,12}}(?:approval|sign-?off|buy-?in|blessing|go-ahead|ok|okay|signature)",
    ),
    rule(
        0.85,
        rf"\b(?:run|take|bring|put|clear|discuss|get|go over|present|pass|check|agree)\b.{{0,12}}\b(?:it|this|that|the \w+)\b.{{0,10}}\b(?:by|past|to|with|before|in front of|approved by|signed off by|cleared by)\b (?:my|our|the) {TITLE}\b.{{0,20}}(?:decide|first|before|approv|sign|decision|ok)",
    ),
    rule(
        0.82,
        r"\b(?:i|we) (?:can't|cannot|can not|couldn't|am not able to|'m not able to|am not authori[sz]ed to|'m not authori[sz]ed to|'m not allowed to|am not allowed to|don't get to) (?:\w+ )?(?:decide|approve|sign|commit|make (?:this|that|the|a) (?:decision|call))\b",
    ),
    rule(
        0.8,
        r"\b(?:not|\w{0,6}n't|isn't) (?:just |only |solely |really |entirely )?(?:my|mine|our|up to me|the)\b.{0,12}(?:decision|call|decision[- ]?maker)\b|\b(?:not|\w{0,6}n't) (?:mine to (?:make|decide)|up to me)\b|\bit's (?:up to|my) (?:my (?:boss|manager|director)|our (?:\w+ )?(?:team|board|director|cfo|ceo))\b|\babove my pay grade\b",
    ),
    rule(
        0.8,
        r"\b(?:i |we )(?:don't|do not) have (?:the |any |signing |final |budget |purchasing |decision[- ]making )*(?:authority|say|signature rights)\b|\b(?:i report|reporting) (?:directly )?to (?:our|the) (?:cfo|ceo|coo|board|owner)\b",
    ),
    rule(
        0.7,
        rf"\b(?:as|i'm|i am|in my role as) (?:the |an? |our )?(?:new )?{TITLE}\b(?:.{{0,40}}\b(?:i|responsible|in charge|own|decide|budget))",
        r"\bnot\b",
    ),
    rule(
        0.75,
        r"\bdecision[- ]?makers?\b.{0,20}\b(?:is|are|will be|here is|for this)\b.{1,40}|\b\w+ is (?:the|our) (?:final |ultimate |main |key )?decision[- ]?maker\b",
        r"\bwho\b.{0,10}decision",
    ),
    # German
    rule(
        0.85,
        rf"\bich (?:entscheide|unterschreibe|genehmige|zeichne|verantworte das budget)\b|\bich kann (?:das |dies |darüber )?nicht (?:allein|selbst|alleine) (?:entscheiden|freigeben)\b|\bdie (?:endgültige |letzte )?entscheidung (?:liegt|trifft|treffe)\b|\b(?:muss|müssen|wird|entscheidet|genehmigt|unterschreibt|freigibt)\b.{{0,40}}\b{TITLE}\b.{{0,40}}(?:entscheid|genehmig|freigeb|zustimm|unterschreib)\w*|\b{TITLE}\b.{{0,50}}(?:entscheid|genehmig|freigeb|zustimm|unterschreib|freigibt)\w*",
    ),
    # French
    rule(
        0.85,
        rf"\bc'est moi qui (?:décide|signe|valide)\b|\bje ne peux pas (?:décider|valider|signer)\b|\bla décision (?:finale )?(?:revient|appartient|est prise)\b|\b(?:notre|le|la|mon|ma) {TITLE}\b.{{0,40}}\b(?:valid\w+|approuv\w+|décid\w+|sign(?:e|er|era)|donner son (?:accord|feu vert))|\b(?:accord|validation|signature|aval) (?:de|du|par) (?:notre|la|le|mon|ma)?\s?{TITLE}",
    ),
    # Spanish, Portuguese
    rule(
        0.85,
        rf"\b(?:yo|eu) (?:decido|firmo|apruebo|assino|aprovo)\b|\bno puedo decidir\b|\bnão posso decidir\b|\b(?:la|a) decis(?:ión|ão) (?:final )?(?:la |é |es |corresponde|depende|cabe|fica|está)\b.{{0,40}}|\b(?:nuestro|nuestra|el|la|mi|nosso|nossa|o|a) {TITLE}\b.{{0,40}}\b(?:aprob\w+|aprueb\w+|firm\w+|autoriz\w+|decid\w+|aprov\w+|assin\w+|dar el visto bueno)",
    ),
    # Italian
    rule(
        0.85,
        rf"\bdecido io\b|\bnon posso decidere\b|\bla decisione (?:finale )?(?:spetta|è|dipende)\b|\b(?:il|la|nostro|nostra|mio) {TITLE}\b.{{0,40}}\b(?:approv\w+|firm\w+|decid\w+|autorizz\w+)",
    ),
    # Dutch, Swedish
    rule(
        0.85,
        rf"\b(?:ik|jag) (?:beslis|teken|beslutar|bestämmer|skriver under)\b|\bik kan (?:dit|het) niet (?:alleen|zelf) beslissen\b|\bjag kan inte (?:själv |ensam )?(?:bestämma|besluta)\b|\bde (?:uiteindelijke |laatste )?beslissing ligt\b|\bbeslutet (?:ligger|fattas|tas)\b|\b{TITLE}\b.{{0,50}}\b(?:goedkeur\w*|beslis\w*|beslissen|tekent|tekenen|akkoord|godkänn\w*|beslut\w*|skriva under|skriver under)|\b(?:akkoord|goedkeuring|godkännande) (?:van|från|av) (?:onze|de|vår)?\s?{TITLE}",
    ),
)
ECONOMIC_BUYER: tuple[Rule, ...] = (
    rule(
        0.88,
        rf"\b{MONEY_TITLE}\b(?:,? [A-Z][\w'-]+(?: [A-Z][\w'-]+)?,?| and (?:the |our )?\w+)?(?: (?:also|always|ultimately|still|usually|normally|then|finally|personally|alone))? (?:has to |have to |must |needs? to |will |would need to |would have to |should |is the one who |is the person who |who |would |can |ultimately |has )?(?:also |first |always |ultimately |still |finally |to )*{_APPROVES}",
        r"\b(?:your (?:cfo|ceo)|pay for (?:itself|lunch))\b",
    ),
    rule(
        0.85,
        rf"\b(?:approval|sign-?off|go-ahead|green light|blessing|signature|consent)\b.{{0,15}}\b(?:from|by|of)\b.{{0,15}}\b{MONEY_TITLE}\b|\b{MONEY_TITLE}'s (?:approval|sign-?off|go-ahead|blessing|signature)\b",
    ),
    rule(
        0.85,
        r"\b(?:holds?|controls?|owns?|manages?|releases?) the (?:budget|purse strings|purse|p&l|money|funds|chequebook|checkbook)\b|\b(?:economic|budget) (?:buyer|owner|holder)\b|\bsigns? the (?:cheques?|checks?)\b|\bthe money comes (?:from|out of)\b|\bbudget (?:sits|lies|is|rests) with\b|\bpays? (?:for (?:this|it)|the bill) (?:from|out of)\b",
        r"\bwho\b.{0,8}(?:budget|controls|owns)",
    ),
    rule(
        0.85,
        rf"\b(?:as|i'm|i am) (?:the )?{MONEY_TITLE}\b.{{0,40}}\bi (?:sign|approve|decide|own|control|hold|release)",
    ),
    rule(
        0.85,
        rf"\b{MONEY_TITLE}\b.{{0,50}}(?:genehmig|freigeb|freigibt|unterschreib|entscheid|zustimm)\w*|\b(?:notre|le|la|mon|ma) {MONEY_TITLE}\b.{{0,40}}\b(?:valid\w+|approuv\w+|décid\w+|sign(?:e|er|era))|\b(?:nuestro|nuestra|el|la|nosso|nossa|o|a) {MONEY_TITLE}\b.{{0,40}}\b(?:aprob\w+|aprueb\w+|firm\w+|autoriz\w+|decid\w+|aprov\w+|assin\w+)|\b(?:il|la|nostro|nostra) {MONEY_TITLE}\b.{{0,40}}\b(?:approv\w+|firm\w+|decid\w+)|\b{MONEY_TITLE}\b.{{0,50}}\b(?:goedkeur\w*|beslis\w*|tekent|tekenen|godkänn\w*|beslut\w*)",
    ),
)
DECISION_PROCESS: tuple[Rule, ...] = (
    rule(
        0.88,
        r"\b(?:decision|approval|procurement|buying|purchasing|evaluation|selection|vendor|review|legal|security|sign-?off|sourcing|tender|rfp) (?:process|steps|workflow|procedure|cycle|stages?)\b",
        r"\b(?:your (?:\w+ )?(?:process|procedure|workflow)|what(?:'s| is)|improve|automate|streamline|manual|slow)\b",
    ),
    rule(
        0.85,
        r"\b(?:legal|procurement|purchasing|security|infosec|it|compliance|finance|privacy|data protection|the dpo|works council|the committee|steering committee|the board|our lawyers|legal team|security team|procurement team|it team)\b (?:team |department |then |also |first |still |will |has to |have to |needs? to |must |would |then has to |would need to |is going to |usually |always )+(?:review|approve|check|vet|assess|look (?:at|over)|sign off|go through|clear|evaluate|do (?:a|its|their)|run|negotiate|validate|meets?|redline|audit)\w*|\b(?:legal|procurement|security|infosec|compliance|vendor|privacy|data protection|contract|risk|architecture) (?:review|check|assessment|questionnaire|approval|vetting|audit|onboarding|sign-?off)\b.{0,40}\b(?:before|then|after|first|takes?|is (?:required|next|needed|mandatory|part)|needs?|required|usually|followed|will)|\b(?:goes?|going|go|has to go|must go|needs to go|pass|passes|run|moves?) (?:through|to|via|past|before) (?:our |the |a |full |internal )*(?:legal|procurement|purchasing|security|infosec|compliance|finance|committee|steering committee|board|it security|tender|rfp|works council|vendor)\b",
    ),
    rule(
        0.85,
        r"\b(?:first|next|step one|step 1|once)\b.{3,80}\b(?:then|after that|followed by|afterwards|and finally|finally|step two|step 2)\b.{0,80}\b(?:legal|procurement|contract|sign|board|committee|approv\w+|decid\w+|decision|security|pilot|finance|cfo|ceo|purchas\w+|vendor|shortlist)|\b(?:after|following) (?:the |a |our )?(?:pilot|poc|trial|demo|shortlist|evaluation|proof of concept|security review|legal review)\b.{0,60}\b(?:committee|board|legal|procurement|decid\w+|decision|sign|approv\w+|contract|cfo|ceo|purchas\w+)",
    ),
    rule(
        0.85,
        r"\b(?:buying|steering|evaluation|selection|purchasing|procurement|review|investment|decision|vendor) (?:committee|board|panel|team|group|council)\b.{0,60}\b(?:meets?|decides?|votes?|reviews?|scores?|will|approves?|makes|has to|must|needs|consists|picks|chooses|compares)|\bthe board (?:meets|votes|decides|will decide|will vote|takes)\b|\bwe (?:will |are going to |'ll |plan to |want to )?(?:run|do|start with|issue|publish|send out|require|need) (?:a |an |the |our )?(?:\w+ )?(?:rfp|rfi|tender|poc|proof of concept|bake-?off|vendor assessment|security (?:review|assessment|audit)|public tender)\b|\b(?:need|requires?|takes) (?:\w+ )?(?:three|two|four|\d) (?:quotes|bids|offers|signatures|approvals|vendors|rounds)\b|\b(?:short-?list(?:ing)?) (?:\w+ )?(?:two|three|four|\d) (?:vendors|suppliers|candidates)\b|\b(?:vendors|suppliers) (?:must|have to|need to|are) (?:be )?(?:registered|onboarded|approved|vetted)\b",
    ),
    rule(
        0.8,
        r"\b(?:einkauf|rechtsabteilung|datenschutz|betriebsrat|it-sicherheit|gremium|lenkungsausschuss)\b.{0,40}\b(?:muss|müssen|prüft|prüfen|prüfung|entscheidet|freigeben|zustimmen)|\b(?:service juridique|les achats|comité|la conformité|dsi)\b.{0,40}\b(?:doit|doivent|valid\w+|examin\w+|décid\w+|se réunit)|\b(?:departamento legal|jurídico|compras|comité)\b.{0,40}\b(?:debe|tiene que|revis\w+|aprob\w+|decid\w+|deve|precisa|aprov\w+)|\b(?:ufficio (?:legale|acquisti)|comitato)\b.{0,40}\b(?:deve|valut\w+|approv\w+|decid\w+)|\b(?:juridische afdeling|inkoop|stuurgroep)\b.{0,40}\b(?:moet|beoordeel\w+|beslis\w+|goedkeur\w+)|\b(?:jurist\w*|inköp\w*|styrgruppen)\b.{0,40}\b(?:måste|ska|granska\w*|beslut\w*|godkänn\w*)",
    ),
)
CHAMPION: tuple[Rule, ...] = (
    rule(
        0.88,
        r"\bi(?:'ll| will| am going to|'m going to|'m|'ve been| have been|'ve| have)? (?:be |been |already |personally |really |gladly |happily )*(?:champion(?:ing)?|push(?:ing|ed)? (?:hard )?(?:for|this|it|internally|to get)|advocat(?:e|ing|ed) (?:for|internally|this)(?: \w+)?|lobby(?:ing)?|fight(?:ing)? for|vouch(?:ed)? for|mak(?:e|ing|ade) the (?:internal |business )?case|made the (?:internal |business )?case|sell(?:ing)? (?:this|it|you|your \w+) internally|sold (?:this|it|you) internally|convinc(?:e|ing|ed) (?:my|our|the|him|her|them)|persuad(?:e|ing|ed) (?:my|our|the)|recommend(?:ing|ed)? (?:you|your|this|that we go|we go|going with)|root(?:ing)? for|spread(?:ing)? the word|put(?:ting)? (?:in )?(?:a |my )?(?:good word|weight|name) (?:in|behind|for)|got (?:my |our |the )?\w+ (?:team |manager |boss )?(?:on board|excited|interested))",
        r"\b(?:not|\w{0,6}n't|no longer)\b(?!.{0,6}only)",
    ),
    rule(
        0.85,
        r"\bi(?:'ll| will|'m going to| am going to| plan to| want to|'d like to|'m| have|'ve)? (?:present|presenting|presented|pitch|pitching|pitched|show|bring|take|share|shown|brought|showed)\b.{0,30}\b(?:to|before|with|in front of|up with) (?:my|our|the) (?:board|ceo|cfo|cto|coo|boss|manager|director|leadership|management|executive|exec|vp|team|steering|department|colleagues|whole)\b(?=.{0,60}\b(?:because|support|case|behind|love|great|strong|best|convinced|get (?:it|this)|recommend|push|favou?r|believe|and recommend|as (?:our|my|the)))",
    ),
    rule(
        0.82,
        r"\b(?:i'm|i am|i've become|i remain|count me as) (?:a |your |really |very |personally |absolutely |completely |totally |fully |already )*(?:big |huge |strong |firm |biggest |great )?(?:fan|advocate|champion|supporter|sold|convinced|behind (?:this|you)|ally|believer|in your corner|on your side)\b",
        r"\b(?:not|\w{0,6}n't|yet to be|no longer)\b|\bfan of (?!you|this|the (?:product|tool|platform|idea|solution|approach|demo)|what|it\b)",
    ),
    rule(
        0.8,
        r"\b(?:you have|you've got) (?:my|our) (?:full |complete )?(?:support|backing|vote)\b|\bi(?:'d| would) (?:really )?love to (?:see|make|get) (?:this|it|you) (?:happen|work|through|approved|on board|over the line)\b|\bi (?:really |truly |strongly |firmly |genuinely )?(?:want|believe|think) (?:this to (?:happen|work|succeed)|(?:this|your \w+|it) is (?:exactly |precisely )?(?:what|the right|the best)|you(?:'re| are) the (?:right|best))\b|\bmy (?:vote|preference|favou?rite|recommendation|top choice) (?:is|goes|would be|will be|remains) (?:for |to |with )?(?:you|your)\b|\blet me know what you need (?:from me )?to (?:get|win|convince)\b|\bhelp(?:s)? me (?:sell|make the case|convince|build the case|get this)\b|\bi(?:'ll| will) (?:help you|get you (?:in front of|a meeting with|time with)|introduce you|walk (?:it|this) (?:through|up)|set up a meeting with (?:our|the|my))\b",
    ),
    rule(
        0.75,
        r"\b(?:ich (?:setze|mache) mich (?:intern |dafür |stark )|ich bin (?:ein (?:großer )?fan|überzeugt)|ich werbe intern|ich empfehle (?:sie|euch) (?:intern|weiter)|je (?:défends|pousse|soutiens) (?:votre|ce|le) (?:projet|solution|dossier)|je suis convaincue?|estoy (?:impulsando|convencid\w|apoyando)|soy (?:un gran )?(?:fan|defensor)|sono (?:convint\w|un sostenitore|una sostenitrice)|sto spingendo|ik ben (?:een groot )?(?:fan|voorstander|overtuigd)|ik maak me (?:intern )?(?:hard|sterk)|estou (?:convencid\w|defendendo|apoiando)|jag är (?:övertygad|ett stort fan)|jag driver (?:på|detta) internt)\b",
    ),
)
