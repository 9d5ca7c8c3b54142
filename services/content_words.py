"""Words by which a text names prices, discounts, terms and contracts, changes them, and binds us:
in English, German, French and Spanish. Patterns over services/content_spelling's spelling; bounded,
as in services/content_money."""

from services.content_money import AMOUNT, SHARE, WORD_NUMBER, any_of

DISCOUNT = any_of(
    r"discount\w*|\brebates?\b|\b(?:price|cost) (?:cut|reduction)s?\b",
    # "20 off", but neither "20 off-site backups" nor somebody who is off sick.
    rf"{AMOUNT}\s?{SHARE}?\s*off\b(?!-)(?! (?:sick|duty|work|line|site|today|on))",
    r"\b(?:half|third|quarter|tenth)[ -]off\b|\bhalf (?:of )?(?:the |its |their )?"
    r"(?:price|cost|fee)\b",
    rf"{SHARE}\s*(?:less|below|cheaper|reduction|rabatt|nachlass|weniger|g[uü]nstiger|billiger|"
    r"de (?:moins|remise|rabais|r[ée]duction|descuento|rebaja)|menos|moins)",
    r"\b(?:by|um|de|un) (?:a |an )?(?:tenth|quarter|third|half|zehntel|viertel|drittel)\b",
    r"\b(?:free of charge|for free|for nothing|on the house|complimentary|at cost|"
    r"(?:at )?no (?:extra |additional )?(?:cost|charge)|waiv(?:e|es|ed|ing|er)|freebies?)\b",
    r"\b(?:months?|weeks?|years?|seats?|users?|set-?up|onboarding|training|support) "
    r"(?:is |are |comes? |stays? )?(?:for )?free\b|\bfree (?:months?|years?|seats?|set-?up)\b",
    r"\b(?:fees?|costs?|charges?) (?:is |are |will be )?(?:gone|off|dropped|on us)\b",
    r"\b(?:cut|lower|reduc|drop|slash|halv|knock)\w* (?:down )?(?:the |your |our |that )?"
    r"(?:price|fee|rate|cost|bill|charge)s?\b|\b(?:shave|knock|take|drop|cut) "
    r"(?:something|a bit|a little|some|\d[\d.,]{0,9}) (?:off|from)\b",
    r"\bforget (?:about )?(?:the|that|your) (?:invoice|fee|bill|charge|cost)s?\b|"
    r"\buse [a-z]{4,12}\d{2}\b|\b(?:loyalty|sign-?up|welcome) bonus\b",
    r"\b(?:match|beat)(?:es|ing)? (?:their|any|that|the|your) (?:offer|quote|price|rate|deal)s?\b",
    r"\b(?:coupon|voucher|gift card|promo)s?\b|\bpromo(?:tional|tion)? (?:code|price|offer)s?\b|"
    r"\bcodes? (?:is |lautet |est |es )?[a-z]{4,20}\d{1,3}\b|\bbuy one\b|\btwo for (?:one|1)\b|"
    r"\b2 for 1\b|\bbogo\b",
    r"\brabatt\w*|\bpreisnachl\w+|\bnachlass\b|\bskonto\b|\bkostenlos\w*|\bgratis\b|\bumsonst\b|"
    r"\bgeschenkt\b|\bschenk(?:en|e|t)\b|\bgutschein\w*|\bsonderangebot\w*|\bverzicht\w* auf\b|"
    r"\berlass(?:e|en|t|ene?n?)\b|\berl[aä]sst\b|"
    rf"\b(?:geben?|bekommen|erhalten) (?:ich |wir |sie |ihnen |euch |dir ){{0,2}}{AMOUNT}\s?"
    rf"{SHARE}",
    rf"\b(?:fai(?:t|s|sons)|accord\w+|donn\w+) {AMOUNT}\s?{SHARE}",
    r"\bremises?\b|\brabais\b|\br[ée]ductions?\b|\bgratuit\w*|"
    rf"\boffr\w+ (?:{AMOUNT}|une?|l[ae]) ?(?:mois|semaines?|ans?|ann[ée]es?|licences?|postes?)\b|"
    r"\boffert(?:e?s?)\b|\bcadeaux?\b|"
    r"\bmoiti[ée] (?:prix|moins)\b|\bgeste commercial\b|\bcodes? promo\w*|\bbons? d'achat\b|"
    r"\bgr[aâ]ce d(?:es|u|e la|e l')",
    r"\bdescuentos?\b|\brebajas?\b|\bgratuit[oa]s?\b|\bsin (?:coste|costo|cargo)\b|"
    r"\bpromocional(?:es)?\b|\bcup[oó]n(?:es)?\b|\bmitad de precio\b|\bregal(?:amos|o|amo|ar)\b",
)
PRICE = any_of(
    r"\bpric(?:e|es|ed|ing)\b|\bquot(?:e|es|ation|ations)\b|\brate card\b|\bfees?\b|\bcosts?\b",
    r"\b(?:per|a) (?:seat|user|license|licence|head)\b|\blist price\b|\binvoices?\b",
    r"\b(?:going|day|daily|hourly|monthly|annual|flat|special|reduced) rates?\b|\brefund\w*|"
    r"\breimburs\w*|\bmoney[ -]back\b|\bbilled\b|\bcheap(?:er|est)?\b|\b(?:in)?expensive\b|"
    r"\b(?:more|less|most) affordable\b|\bballpark\b|\b(?:a|one|another) (?:grand|tenner|fiver)\b",
    r"\bbilling\b|\bpurchase orders?\b|\b(?:vat|tax(?:es)?|mwst|tva|iva)\b|"
    rf"\bspend (?:on|about|around|under|up to|{AMOUNT})",
    r"\bsurcharges?\b|\bmark-?up\b|\bpay(?:s|ing)?\b(?! (?:attention|heed|close|a visit))|"
    r"(?<!\bin )\bcharg(?:e|es|ed|ing)\b(?! (?:of|ahead|your|my|the (?:phone|laptop|battery)))",
    rf"\b(?:offer|angebot|offre|oferta|(?:what|how) about|was halten|parece|diriez)\b.{{0,40}}"
    rf"{AMOUNT}\s?{SHARE}",
    rf"\bsav(?:e|es|ings? of) (?:you |them |of )?(?:about |up to |around )?{AMOUNT}"
    r"(?! ?(?:minute|hour|day|week|click|step|people|place|time)s?\b)",
    r"\bpreis\w*|preis(?:e|en)?\b|\bkosten\b|\bkostet\b|\bgeb[uü]hr(?:en)?\b|\bpro (?:platz|"
    r"nutzer|lizenz)\b",
    r"\brechnung(?:en)?\b|\b(?:g[uü]nstig|billig|teuer|teur)(?:e[rmns]?|er|ste[rn]?)?\b",
    r"\bfactur(?:e[sr]?|ation|as?|amos|ar)\b|\b(?:moins|plus) ch[eè]re?s?\b|\bfrais\b|"
    r"\bm[aá]s (?:barat|car)[oa]s?\b|\bbarat[oa]s?\b",
    r"\bprix\b|\btarif\w*|\bdevis\b|\bco[uû]t(?:s|e|ent)?\b|\bpar (?:utilisateur|licence|"
    r"poste)\b",
    r"\bprecios?\b|\btarifas?\b|\bcotizaci[oó]n\w*|\bcostes?\b|\bcuestan?\b|\bpor (?:usuario|"
    r"licencia|puesto)\b",
)
TERMS = any_of(
    rf"(?<![.\w])net[\s-]?(?:\d+|{WORD_NUMBER})\b|\bpayment terms?\b|\bterms of payment\b",
    r"\b(?:contract|vertrag|contrat|contrato)\b.{0,40}\b\d{1,3} (?:months?|years?|monate|jahre|"
    r"mois|ans|meses|a[nñ]os)\b",
    r"\bdue (?:on|upon) receipt\b|\b(?:down|upfront|advance) payments?\b|\bprepa(?:y|id)\w*|"
    r"\binstal?l?ments?\b|\bin arrears\b|"
    r"\bpenalt(?:y|ies)\b|\blate (?:payments?|fees?)\b|\b\d+ days? net\b|"
    r"\bpayments? (?:is|are|within|in|due|plans?|schedules?|by)\b|"
    r"\bpa(?:y|ys|id|yable|ying) (?:\w+ ){0,2}(?:annually|yearly|monthly|quarterly|up ?front|"
    r"in advance|later|within|over|on receipt|in (?:two|three|four|six|twelve|\d+))\b",
    r"\bzahlbar\b|\banzahlung\w*|\bratenzahlung\w*|\bin raten\b|\bvorkasse\b|"
    r"\bnetto \d+ tagen?\b",
    r"\br[eè]glement\b.{0,20}\bjours\b|\bpayables?\b|\bacompte\b|\bpagader[oa]s?\b|"
    r"\bpago (?:a|en|por) \w+|\bplazos\b",
    r"\b(?:contract|commercial|legal|renewal|cancellation|termination) terms?\b|\bour terms\b",
    r"\b(?:notice period|opt[\s-]?out clause|auto-?renew\w*|minimum (?:term|commitment))\b",
    r"\b(?:liability|indemnit\w+|indemnif\w+|warrant(?:y|ies)|exclusivity|service credits?)\b",
    r"\b(?:annual|multi-?year|\w{1,12}-year|\d{1,3}-month) (?:commitment|term|contract)\b|"
    r"\bsla\b",
    r"\bzahlungs(?:ziel|bedingung|frist)\w*|\bk[uü]ndigungsfrist\w*|\bhaftung\w*|"
    r"\bvertragslaufzeit\b|\bkonditionen\b",
    r"\b(?:conditions|d[ée]lais?) de paiement\b|\bpr[ée]avis\b|\bresponsabilit[ée]\b|"
    r"\bconditions (?:commerciales|contractuelles)\b",
    r"\b(?:condiciones|plazos?) de pago\b|\bpreaviso\b|\bcondiciones (?:comerciales|"
    r"contractuales)\b|\bresponsabilidad civil\b",
    r"\b\d+ (?:tage netto|jours nets?|d[ií]as netos?)\b",
)
CONTRACT = any_of(
    r"\bcontract(?:s|ual)?\b|\bagreements?\b|\b(?:msa|dpa|sow)\b|\border forms?\b|\bclauses?\b",
    r"\baddend(?:um|a)\b|\bamendments?\b|\bsection \d+",
    r"\bvertr(?:ag|[aä]ge)\w*|\bklauseln?\b|\bzusatzvereinbarung\w*|\bavv\b",
    r"\bcontrats?\b|\bavenants?\b|\baccord-cadre\b",
    r"\bcontratos?\b|\bcl[aá]usulas?\b|\badendas?\b|\banexos?\b",
)
CHANGE = any_of(
    r"\b(?:chang|amend|modif|remov|strik|struck|delet|extend|waiv|rewrit|redlin|revis|adjust)\w*",
    # "I'll give you an update on the contract" changes nothing.
    r"(?<!\ban )(?<!\bthe )(?<!\bany )\bupdat(?:e|ed|ing)\b(?! (?:you|on|about|regarding))",
    r"\b(?:add|adding|added|drop|dropping|dropped|cancel|cancelling)\b",
    r"\b(?:[aä]nder|ge[aä]ndert|streich|gestrichen|entfern|erg[aä]nz|verl[aä]nger|anpass|"
    r"angepasst)\w*|\bpassen\b",
    r"\b(?:modifi|chang|supprim|retir|ajout|prolong|amend|rev[ou]|adapt)\w*",
    r"\b(?:cambi|elimin|quit(?:ar|amos|o)\b|a[ñn]ad|agreg|prorrog|ampli|ajust|enmend)\w*",
)
# Our own name with a verb that binds, or a statement of what the reader is going to have.
COMMIT = any_of(
    r"\b(?:we|i)(?: can|'ll|'d| would be able to| will| could| would| are able to|"
    r"'re able to)? ?(?:also |gladly |happily |definitely )?"
    r"(?:offer|give|grant|do|provide|guarantee|promise|commit|agree|accept|lock|drop|cut|match|"
    r"lower|reduce|apply|"
    r"approve|include|waive|change|amend|modify|remove|strike|update|extend|add|honou?r|knock|"
    r"beat|throw in|shave|slash|halve|absorb|eat|forget|get you|take [\w.,]{1,10} off|"
    r"take off|let you have)\b",
    r"\b(?:we|i)(?:'ve| have|'re|'m| are| am)? (?:just |already )?(?:agreed|approved|accepted|"
    r"giving|offering|"
    r"changed|amended|removed|updated|applied|reduced|granting|waiving|cutting|"
    r"lowering|reducing|dropping|slashing|halving|knocking|throwing in|happy to (?:offer|give|"
    r"do|accept|agree|waive|"
    r"change|amend|remove|update)|prepared to|willing to|pleased to offer)\b",
    r"\b(?:we|i)(?:'d| would) be (?:happy|glad|able|willing|pleased|delighted) to\b|"
    r"\b(?:we|i)(?:'ll| will) have (?:it|that|the [\w -]{1,30}) (?:struck|removed|changed|waived|"
    r"deleted|lowered|cut)\b|\byou have (?:my|our) word\b|"
    r"\bon (?:vous|te) (?:fait|offre|accorde|donne)\b",
    r"\byou(?:'ll| will) have\b|\byou(?:'ll| will| can)? (?:get|receive|pay|only pay)\b|"
    r"\byours? (?:price|rate|"
    r"total) (?:is|will be)\b",
    r"\b(?:for you|just for you|you pay|it's a deal|deal at|final (?:price|offer)|locked in|"
    r"consider (?:it|this|that|the [\w -]{1,30}) (?:done|gone|waived|off|yours))\b",
    r"\blet's (?:do|say|go with|agree on|settle (?:on|at))\b|\b(?:legally )?binding\b|"
    r"\bspecial (?:price|offer)\b",
    r"\b(?:will be|has been|have been|is|are) (?:amended|changed|removed|updated|waived|"
    r"modified|extended|reduced|approved|applied|"
    r"struck|deleted)\b",
    r"\b(?:wir|ich) (?:k[oö]nnen?|werden?|bieten?|geben?|gew[aä]hren?|garantieren?|[aä]ndern?|"
    r"streichen?|akzeptieren?|passen|"
    r"machen?|verlängern?|sagen|erlassen?|schenken?|kommen?|senken?|verzichten?|gehen?)\b|\b(?:k[oö]nnen|bieten|geben|gew[aä]hren|garantieren|"
    r"[aä]ndern|machen|werden|streichen|"
    r"schenken|erlassen|senken) wir\b|"
    r"\b(?:kann|biete|gebe|gew[aä]hre|garantiere|[aä]ndere|werde) ich\b|\bsie (?:bekommen|"
    r"erhalten|zahlen)\b",
    r"\b(?:nous|je) (?:vous |te |t')?(?:pouvons|peux|offrons|offre|accordons|accorde|proposons|"
    r"propose|garantissons|garantis|"
    r"acceptons|accepte|modifions|modifie|supprimons|ajoutons|faisons|fais|allons|vais)\b|"
    r"\bvous (?:aurez|payez|paierez|b[ée]n[ée]ficiez)\b",
    r"\b(?:podemos|puedo|ofrecemos|ofrezco|le damos|les damos|te damos|damos|garantizamos|"
    r"garantizo|aceptamos|acepto|"
    r"modificamos|cambiamos|eliminamos|vamos a|haremos|har[eé]|aplicamos|regalamos|regalo|"
    r"(?:le|les|te|os) (?:hacemos|hago|dejamos|dejo|doy|bajamos|bajo))\b|"
    r"\b(?:usted )?(?:pagar[aá]|recibir[aá])n?\b",
)
PROMISE = any_of(
    r"\b(?:we|i)(?:'ll| will| can)? ?(?:hereby )?(?:guarantee|promise|commit (?:to|that|"
    r"ourselves)|warrant)\b",
    r"\bour guarantee\b|\blegally binding\b|\b(?:wir|ich) (?:garantier|versprech|verpflicht)\w+",
    r"\b(?:nous|je) (?:vous )?(?:garanti|promet|nous engageons|m'engage)\w*|\b(?:garantiz|"
    r"promet|nos compromet)\w+",
)
HEDGE = any_of(
    r"\b(?:can ?not|can't|cannot|won't|not able|unable|unfortunately|don't|doesn't)\b",
    r"\b(?:check|ask|find out|clarify|discuss|whether|let me know|get back)\b",
    r"\b(?:kl[aä]r|pr[uü]f|frag|ob wir|leider|nicht)\w*|\b(?:v[ée]rifi|demand|"
    r"malheureusement)\w*|\bne .{1,20} pas\b",
    r"\b(?:consult|pregunt|comprob|desafortunadamente|lamentablemente)\w*|\bno (?:podemos|"
    r"puedo)\b",
)
# What the customer named is theirs: saying it back isn't our price.
MIRROR = any_of(
    r"\byour (?:\w+ ){0,2}(?:budget|spend|target|limit|range|figure)\b|\byou (?:mentioned|said|"
    r"told|named|wrote|have|set aside)\b",
    r"\b(?:ihr|euer|dein)\w* budget\b|\bsie (?:erw[aä]hnt|nannten|sagten|haben)\b",
    r"\b(?:votre|ton) budget\b|\bvous (?:avez|aviez) (?:mentionn|indiqu|parl|dit)\w*",
    r"\b(?:su|tu|vuestro) presupuesto\b|\b(?:mencion|indic|coment)(?:aron|[oó]|aste|aba)\b",
)
PROPOSAL = any_of(
    r"\b(?:attached|enclosed|here)\b.{0,40}\b(?:proposal|offer|quote|quotation)\b",
    r"\b(?:our|the|a|this) (?:commercial )?proposal\b",
    r"\b(?:unser|das|im anhang).{0,30}\bangebot\b|\bnotre (?:proposition|offre)\b|"
    r"\bci-joint.{0,40}(?:proposition|offre|devis)\b",
    r"\b(?:nuestra|adjunto|adjunta).{0,30}(?:propuesta|oferta)\b",
)
_DAY = (
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)day|tomorrow|today|next week|noon|\d{1,2}(?::\d\d)? ?"
    r"(?:am|pm)\b|\d{1,2}[:h]\d\d|(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch|morgen|"
    r"lundi|mardi|mercredi|jeudi|vendredi|demain|lunes|martes|mi[ée]rcoles|jueves|viernes|ma[ñn]ana"
)
MEETING = any_of(
    rf"\b(?:let's|we can|shall we|i can|i could|happy to)\b.{{0,40}}\b(?:{_DAY})",
    r"\b(?:send|sent|sending|set up|put)\w*\b.{0,40}\b(?:invite|invitation|calendar|diary)\b",
    rf"\bsee you\b.{{0,20}}\b(?:{_DAY}|then|there)\b|\b(?:{_DAY})\b.{{0,20}}\bworks (?:for|well)\b",
    rf"\b(?:nehmen|treffen|sprechen|sehen) wir\b.{{0,40}}\b(?:{_DAY})|\b(?:{_DAY})\b.{{0,20}}"
    r"\bpasst\b",
    r"\b(?:schick|send|stell)\w*\b.{0,40}\b(?:termin)?einladung\b|\bich lade\b.{0,30}\bein\b",
    rf"\b(?:retenons|prenons|voyons-nous|parlons)\b.{{0,40}}\b(?:{_DAY})|\benvoie\w*\b.{{0,30}}"
    r"\binvitation\b",
    rf"\b(?:quedamos|nos vemos|hablamos|tomemos)\b.{{0,40}}\b(?:{_DAY})|\benv[ií]\w*\b.{{0,30}}"
    r"\b(?:invitaci[oó]n|convocatoria)\b",
)
"""A date is agreed on, or will be: what happens in somebody's calendar, whatever was asked."""
