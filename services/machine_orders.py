# ruff: noqa: E501, RUF001 - a pattern of one idea in one piece, in many scripts
"""Further ways to give orders to a machine: spoken to in the third person, declared rules void,
pretended results of tools, errands through a mailbox, and the same in other languages. Pure."""

import re

from services.patterns import late

_THINGS = r"(?:assistants?|agents?|bots?|copilots?|summari[sz]ers?|models?|systems?|tools?|readers?|responders?|detectors?|classifiers?|scanners?|pipelines?)"
_MACHINES = rf"(?:ai(?:[- ]{_THINGS})?|l\.?l\.?ms?|(?:large )?language models?|chat ?bots?|chat ?gpt|copilot|(?:ai|automated|automatic|virtual|digital|smart|e-?mail|mail|inbox|crm)(?:[- ](?:e-?mail|mail|inbox|ai|sales))?[- ]{_THINGS})"
_RULES = r"(?:instructions?|directives?|rules|guidelines|orders|commands|prompts?|restrictions|polic(?:y|ies)|constraints)"
_OVER = r"(?:obsolete|void|null|replaced|superseded|suspended|lifted|revoked|withdrawn|overridden|cancell?ed|no longer (?:apply|valid|in force|binding|in effect))"
_INBOX = r"(?:inbox|mailbox|e-?mails|messages|conversations?|threads?|crm|contacts|address book)"


def _rule(weight: float, pattern: str) -> tuple[float, re.Pattern[str]]:
    return weight, late(pattern, re.IGNORECASE | re.DOTALL)


FURTHER_RULES: tuple[tuple[float, re.Pattern[str]], ...] = (
    # What a machine is to find, put into its mouth.
    _rule(
        0.75,
        r"[\"']confidence[\"']\s?:\s?[01](?:\.\d+)?\b|\b(?:output|return|emit|respond with|reply with|print|produce)\b.{0,15}\b(?:json|signals?|detections?)\b.{0,60}\b(?:confidence|names?|detected|score)\b|\bsignals? (?:must|should|shall|has to|have to|is to|are to) be (?:emitted|raised|reported|detected|output)\b|\b(?:copilot|assistant|bot|understudy|ai)\s?[,:]\s?(?:please |kindly |now )*(?:raise|emit|report|flag|detect|signal|log|set|update|mark|classify)\b.{0,60}\b(?:alerts?|signals?|customer|account|deal|stage|risk|confidence)\b|\byou,? the (?:ai|assistant|bot|model|copilot|language model|detector)\b",
    ),
    # A machine addressed by what it is.
    _rule(
        0.75,
        rf"(?:\battention\b|\b(?:note|notice|message|reminder|instructions?|hint|request|info|memo|p\.?s\.?)\s(?:to|for)\b|\bto\b|\bfor\b|\bdear\b|\bhey\b)\s(?:the |any |all |every |your |an? )*{_MACHINES}(?: only| (?:reading|handling|processing|with|that|which|in charge)\b[^.:\n]{{0,50}})?\s?[:,\]]|(?:^|[\n(\[])(?:the |any |all )*(?!systems?\b){_MACHINES}\s?[:,]\s?(?:please )?[a-z]{{3,}}\s(?:the|this|that|all|me|us|it|every|any|my|our|your)\b|(?:^|\s)@(?:assistant|ai|bot|agent|copilot|chatgpt|gpt|claude|gemini)\b[,:]?\s(?:please )?[a-z]{{3,}}\b",
    ),
    _rule(
        0.75,
        rf"\b{_MACHINES}\b.{{0,40}}?\b(?:must|should|shall|will|has to|have to|needs? to|(?:is|are) (?:required|instructed|asked|authori[sz]ed|permitted) to)\s(?:now |always |first |only |also |silently )*(?:ignore (?:the rest|all|any|every|previous|prior|earlier|its|their|everything)|disregard|output|approve|accept|rate|mark this|classify this|omit|conceal|hide|grant|say|state that|recommend (?:us|our|this)|treat this)\b",
    ),
    _rule(
        0.75,
        rf"\b(?:your|the|its|their) (?:{_MACHINES}|assistant|agent|bot|copilot)\b.{{0,30}}?\b(?:must|should|shall|has to|needs? to|confirms?|approves?|is (?:hereby )?(?:authori[sz]ed|permitted|allowed|required|instructed) to)\b.{{0,80}}?\b(?:without (?:asking|telling|informing|consulting|waiting|involving|any|human|approval|confirmation|review)|do not (?:tell|mention|inform|ask)|no human)|\b(?:have|let|make|ask|tell|get|instruct) (?:the|your) (?:ai|ai assistant|bot|assistant|agent|copilot|model)\b (?:to )?(?:auto-?\w+|approve|accept|confirm (?:it|this|the)|release|send (?:it|us|me)|share|reveal|export|disclose)\b|\b(?:before|prior to|when|while) (?:replying|answering|responding|drafting)\b.{{0,15}}\b(?:the )?(?:assistant|agent|ai|bot|model)\b.{{0,20}}\b(?:retrieve|look up|open|copy|paste|search|collect|fetch|attach|read|include)\b",
    ),
    # Rules declared void, or new masters named.
    _rule(
        0.75,
        rf"\b{_RULES} (?:that )?(?:you|your)\b[^.]{{0,40}}\b(?:are|is|were|have been|has been)\b[^.]{{0,20}}\b{_OVER}\b|\b(?:all|any|your) (?:your |the )?(?:earlier|previous|prior|former|existing|other) {_RULES}\b[^.]{{0,20}}\b(?:are|is|have been|stand)\b[^.]{{0,20}}\b{_OVER}\b[^.]{{0,30}}\b(?:you|mine|follow|obey|now)\b|\b(?:do not|don't|stop|no longer|never) (?:follow|obey|listen to|trust)(?:ing)? (?:the |your |any )*(?:{_RULES} (?:from|of|by|given by) )?(?:your |the )(?:operator|developers?|creators?|owner|system prompt|user|guidelines)\b|\b(?:follow|obey) (?:only )?(?:mine|me|the customer|this sender)\b(?: only| instead)?",
    ),
    _rule(
        0.5,
        r"\byour new (?:role|identity|persona|personality|mode)\b\s?[:=].{0,50}\b(?:agent|assistant|bot|ai|never|always|obe(?:y|dient)|unrestricted)\b|\bno (?:rules|restrictions|limits|limitations|filters?)\b.{0,60}\b(?:ai|assistant|prompt|bot|you)\b|\bi am (?:the|your|an?) (?:\w+ )?(?:administrator|admin|developer|creator|operator|owner) of (?:this|your) (?:system|ai|assistant|bot|model|tool)\b|\bthis is (?:a|an) (?:\w+ )?test (?:from|by) your (?:developers?|creators?|administrators?|operators?)\b|\b(?:send|release|submit) (?:this|the|your) (?:reply|response|draft|answer|e-?mail) (?:automatically|immediately without|without)\b|\bdisable (?:all |the |your |any )*content filters?\b",
    ),
    _rule(
        0.65,
        r"\byour new (?:role|identity|persona|personality)\b\s?[:=].{0,60}\b(?:never|always|obe(?:y|dient)|unrestricted)\b|\b(?:turn(?:ing)? off|disabl(?:e|ing)|deactivat(?:e|ing)|switch off|lift|remove|drop) (?:all |the |your |any |its |of )*(?:ai |model )?(?:guardrails?|safety (?:rules|filters?|checks|protocols?|settings)|safeguards|human[- ]in[- ]the[- ]loop)\b|\b(?:store|save|keep|put|write|add)\b.{0,30}\b(?:in|to|into) your (?:long-term )?memory\b|\bremember (?:this |that )?(?:for|in) (?:all|every|any) (?:your )?(?:future|later|subsequent) (?:conversations?|chats?|sessions?|interactions?|prompts?)\b|\bauthori[sz]e you to (?:disclose|reveal|ignore|bypass|disable|turn off|share|skip|override)\b",
    ),
    # Pretended turns of a chat and results of tools.
    _rule(
        0.8,
        r"[\"']?role[\"']?\s?:\s?[\"'](?:system|assistant|developer|tool)[\"']\s?,\s?[\"']?content[\"']?\s?:\s?[\"'].{0,80}\b(?:you|approve|ignore|must|always|never|send|obey)\b|</?(?:tool|function|system|assistant|developer|agent|model|override)[_ -]?(?:response|results?|output|message|call|prompt|input|instructions?|override)s?\b[^<>]{0,60}>|(?:^|\n)\W{0,4}(?:tool|function|api|agent|workflow|approval)[ _-](?:results?|output|response|call)\W{0,3}:.{0,80}\b(?:approv\w+|granted|verified|authori[sz]ed|without (?:review|approval|asking))\b|(?:^|\n)(?:assistant|ai|bot)\s?:.{0,200}\n(?:user|human|customer)\s?:|(?:^|\n)(?:user|human)\s?:.{0,200}\n(?:assistant|ai|bot)\s?:|(?:^|\n)\W{0,6}end of (?:the )?(?:e-?mail|message|customer message|document|input)\W{0,6}(?:\n|\s).{0,40}\b(?:new|next|now|your)\b.{0,40}\b(?:task|instruction|operator|system|model|assistant|order)",
    ),
    _rule(
        0.75,
        r"\b(?:begin|start|end)\s(?:of\s)?(?:admin|system|root|ai|assistant|operator|developer)\s(?:command|message|instructions?|prompt|override|mode|directive)s?\b|\b(?:function|tool)[ _]call\s?:\s?\w+(?:_\w+|\()|\b(?:send|forward|delete|approve|set|grant|export)_\w{3,30}\([^()\n]{0,120}\b(?:to|body|recipients?|auto|approv\w+|true|all\w*)\b[^()\n]{0,120}\)|\b(?:assistant|agent|copilot)\s?[:,]\s?(?:1[).]|step (?:1|one)\b)|\b(?:any|every|each|all) (?:bots?|ai|agents?|assistants?|scripts?|crawlers?|models?) (?:that|who|which) (?:reads?|process(?:es)?|parses?|sees?|scans?) (?:this|these)\b\s?[:,]?",
    ),
    _rule(
        0.65,
        r"\bwhen (?:generating|writing|drafting|preparing|creating|producing) your (?:summary|draft|output|completion|analysis)\b.{0,40}\b(?:omit|state|leave out|include|mention|say|add|ignore|do not|don't|claim|conceal)\b|\bin this (?:role ?-?play|game|scenario|simulation|story)\b,? (?:you are|you're|you play|your role)\b.{0,80}\b(?:approv\w+|reveal\w*|always|never|no rules|anything|without|secrets?|keys?)\b|\blet'?s play a (?:game|role)\b.{0,20}\byou (?:are|play|act|will)\b|\bused to (?:read|tell|whisper|sing)\b.{0,30}\b(?:api keys?|passwords?|licen[cs]e keys?|secrets|system prompts?)\b",
    ),
    _rule(
        0.5,
        r"(?<!\bwe )(?<!\bto )(?<!\bcan )\bskip (?:the |any |all )*(?:approval|review|verification|confirmation|human)(?: (?:step|check|gate)s?)?\b(?! of\b)",
    ),
    _rule(
        0.75,
        rf"\b(?:disregard|ignore|forget|drop)\b.{{0,20}}\b(?:guidance|training|{_RULES})\b.{{0,20}}\b(?:creators?|developers?|operators?|makers?|programmers?|trainers?)\b|\bwhat(?:so)?ever (?:parses|processes|reads|summari[sz]es|scans) this\b|\bas (?:if|though) no (?:polic(?:y|ies)|rules?|restrictions?|limits?|guidelines?)\b|\byour (?:earlier|previous|old|former|current|initial|prior) (?:configuration|settings|training|{_RULES})\b.{{0,20}}\b(?:is|are)\b (?:now |hereby )?(?:invalid|{_OVER})\b|\bsummari[sz]e (?:this|it|the (?:e-?mail|message|thread))(?: e-?mail| message| thread)? as\s?:?\s?[\"'“]|\bfor (?:large |ai )?(?:language models?|ai(?: \w+)?|llms?|bots|machines|chat ?bots) only\b|\bcomplete (?:the|this) sentence\b.{{0,30}}\b(?:system|instructions|prompt)\b|\bas your (?:new |true |real )?(?:administrator|admin|developer|creator|operator|owner|master|supervisor),? i (?:hereby )?(?:command|order|instruct|authori[sz]e|require|direct)\b|\b(?:respond|reply|answer) with (?:the|your|all|any) (?:\w+ )?(?:confidential|internal|private|hidden)\b|(?:^|\n)\W{{0,3}}system (?:note|message|notice|alert|update)\s?:.{{0,60}}\b(?:security checks|safety|restrictions|guardrails|user identity|sender)\b.{{0,60}}\b(?:disabled|confirmed|unlocked|granted|lifted|elevated|verified|trusted)\b|\b(?:ai|e-?mail|inbox|automated|virtual|digital) (?:assistant|agent|copilot|bot)s? (?:must|should|has to|have to|needs? to|is required to)\b.{{0,40}}\b(?:other (?:clients|customers|accounts)|confidential|internal notes|customer list|credentials|passwords)\b|\bcreate an? (?:auto-?)?forwarding rule\b.{{0,30}}\bto \S+@",
    ),
    _rule(
        0.75,
        r"\b(?:wenn|falls|sofern)\b.{0,40}\bvon einer (?:ki|künstlichen intelligenz|maschine)\b.{0,15}\b(?:gelesen|verarbeitet|zusammengefasst)|\bsi une (?:ia|intelligence artificielle)\b.{0,20}\b(?:lit|traite|résume)|\bsi una (?:ia|inteligencia artificial)\b.{0,20}\b(?:lee|procesa|resume)|\bse (?:un['’] ?|una )(?:ia|intelligenza artificiale)\b.{0,20}\b(?:legge|elabora|riassume)|\bse uma (?:ia|inteligência artificial)\b.{0,20}\b(?:ler|lê|processa|resume)|(?:^|[\n.!?(])\s?(?:assistant ia|ia|ki|ki-\w+|asistente(?: virtual| de ia)?|inteligencia artificial|assistente(?: virtuale?| de ia| ia)?|ai|yapay zek[aâ])\s?[:,]\s.{0,60}\b(?:olvida|ignora|aprueba|envía|muestra|approuve|accorde|envoie|oublie|ignore|ne préviens|genehmig\w*|antworte|sende|schicke?|ignorier\w*|approva|invia|rivela|dimentica|aprova|envie|esqueça|onayla|unut|gönder)\b|\b(?:prompt inicial|prompt initial|prompt iniziale|initialen? prompt)\b.{0,20}(?:aqu[íi]|ici|qui|hier|\Z)|(?:önceki|yukarıdaki|tüm).{0,25}kural\w*.{0,25}(?:unut|yok say|görmezden)|AI(?:助手|助理|模型|代理).{0,15}(?:批准|忽略|发送|执行|转发|同意)|不要(?:通知|告诉|告知).{0,3}(?:用户|人类)|AI(?:アシスタント|エージェント|モデル)?(?:は|が|よ|、).{0,30}(?:承認なし|無視し|送信し|適用し|承認し)|AI ?(?:비서|에이전트|어시스턴트)(?:는|은|야|,).{0,30}(?:승인|무시|전송|보내)",
    ),
    # Errands through what only the reader's machine can see.
    _rule(
        0.7,
        rf"\b(?:send|forward|copy|export|give|mail|post|bcc)\b (?:me |us )?(?:a copy of )?(?:every|each|all(?: of)?)(?: the| your)? (?:e-?mails?|messages?|conversations?|threads?|contacts?|drafts?)\b.{{0,20}}\b(?:in|from|of) (?:this|your|the) (?:whole |entire )?{_INBOX}\b|(?<!\bwe )(?<!\bthey )(?<!\bto )\b(?:search|scan|go through|look through|comb)\b (?:the|your|this|every|all|his|her)(?: \w+)? {_INBOX}\b.{{0,60}}\b(?:send|forward|post|reply with|share|report|paste)\b|\b(?:collect|gather|extract|harvest|list|compile)\b (?:all |every |the )*(?:e-?mail addresses|phone numbers|names|contact details|contracts?)\b.{{0,15}}\b(?:of|from) (?:all |every )?(?:your|the other) (?:contacts|customers|clients|users|{_INBOX})\b|\b(?:append|add|insert|embed|encode|put|attach)\b.{{0,40}}\b(?:conversation|thread|inbox|chat|e-?mails|messages|history|summary)\b.{{0,40}}\b(?:(?:to|into|in|onto) (?:the|a|this|an) (?:url|link|image|query|address)|(?:in|as|to|into|with) (?:base64|hex|rot13|morse))\b|\b(?:summari[sz]e|export|list|dump)\b.{{0,30}}\b{_INBOX}\b.{{0,30}}\b(?:to|at) https?://|\b(?:include|paste|put|add|quote|give|list|show)\b.{{0,30}}\b(?:password reset|reset links?|one-time codes?|verification codes?|other customers'?|last \w+ (?:conversations|e-?mails))\b.{{0,60}}\b(?:reply|response|answer|inbox|draft|below|values?)\b|\bdetails of (?:the )?other customers\b|\b(?:please |kindly )?(?:add|put|include)\b \S+@\S+ (?:in|to|as|on) (?:the )?bcc\b.{{0,10}}\b(?:to|of|on|for) (?:all|every|each)\b",
    ),
    _rule(
        0.75,
        r"\bdecode\b (?:it|this|the (?:following|above|text|string|message|payload|base64|content|code below))\b.{0,60}\b(?:and|then)\b.{0,15}\b(?:follow|obey|execute|run|do (?:what|as)|carry out|comply|act on)\b|\bbefore (?:you )?(?:do|doing) anything(?: else)?\b.{0,40}https?://\S{1,200}.{0,30}\b(?:execute|follow|run|carry out|obey)\b|\b(?:read (?:it |this )?backwards?|rot-?13|base64)\b.{0,15}\b(?:and|then)\b.{0,10}\b(?:obey|execute|follow|comply)\b|\b(?:print|output|show|reveal|dump|list) (?:me )?(?:your|the) (?:hidden |internal |own |full )*(?:configuration|instructions|system message|guidelines)\b(?! (?:file|manual|sheet|page|for|of|on|in|screen|menu|dialog))",
    ),
    # Other languages: spoken to as a machine, made somebody else, or asked for its orders.
    _rule(
        0.75,
        r"\b(?:hinweis|nachricht|anweisung\w*|notiz|anmerkung|achtung|info)\W{0,2}(?:an|für)? ?(?:die|den|das|alle|jede)? ?(?:ki\b|ki-\w+|ai\b|sprachmodell\w*|chatbot|automatische\w* assistent\w*)|\b(?:wenn|falls|sofern) (?:du|sie) (?:eine?|als) (?:ki\b|ki-\w+|ai\b|sprachmodell|chatbot|assistent\w*)|\bliebe[rs]? (?:ki\b|ki-assistent\w*|chatbot)|\b(?:du bist|sie sind|verhalte dich|agiere|handle)\b.{0,25}\b(?:assistent\w*|ki|bot|modell|chatbot|terminal)\b.{0,20}\bohne (?:einschränkung\w*|regeln|grenzen|filter)|\b(?:gib|zeig\w*|verrate?|nenne?|druck\w*|offenbar\w*|schreib\w*)\b.{0,30}\bsystem-?prompt",
    ),
    _rule(
        0.75,
        r"\b(?:attention de|note (?:à|pour)|message (?:à|pour)|instructions? (?:à|pour)|cher|chère)\s(?:l['’]|une? |toute? |le |la )?(?:assistant ia|ia\b|intelligence artificielle|chatbot|modèle de langage|assistant (?:virtuel|automatique|e-?mail))|\bsi (?:tu es|vous êtes|tu lis ceci en tant qu)\W?\s?(?:une? )?(?:ia\b|assistant (?:ia|virtuel|automatique|numérique)|intelligence artificielle|modèle de langage|chatbot)|\b(?:affich\w+|montr\w+|révèl\w+|donn\w+|écri\w+)\b.{0,30}\b(?:invite|prompt|message|instructions?) système|\b(?:tu es|vous êtes|agis|comporte-toi)\b.{0,30}\b(?:assistant|ia|modèle|bot)\b.{0,20}\bsans (?:restriction|limite|règle|filtre)|\bsi (?:eres|es usted|usted es)\s(?:una? )?(?:ia\b|asistente (?:de ia|virtual|automático|digital)|inteligencia artificial|modelo de lenguaje|chatbot)|\b(?:nota|mensaje|instrucci\w+|aviso|querid[oa]|estimad[oa])\s(?:para |a )?(?:la |el |las |los )?(?:ia\b|asistente (?:de ia|virtual|automátic\w+)|inteligencia artificial|modelo de lenguaje|chatbot)|\b(?:muestra|revela|imprime|escribe|dime)\b.{0,30}\b(?:prompt|mensaje|instrucciones) (?:del|de) sistema|\bactúa\b.{0,25}\b(?:asistente|ia|modelo)\b.{0,20}\bsin (?:límites|restricciones|reglas|filtros)",
    ),
    _rule(
        0.75,
        r"\bse (?:sei|lei è)\s(?:un['’]? ?|una )(?:ia\b|intelligenza artificiale|assistente (?:ia|virtuale|digitale)|modello linguistico|chatbot)|\b(?:nota|messaggio|istruzioni|caro|gentile)\s(?:per |a )?(?:l['’]|il |la )?(?:ia\b|assistente (?:ia|virtuale|automatico)|intelligenza artificiale|chatbot)|\b(?:rivela|mostra|stampa|scrivi)\b.{0,30}\bprompt (?:di|del) sistema|\bse (?:você é|fores|és|for)\s(?:uma? )?(?:ia\b|inteligência artificial|assistente (?:de ia|virtual|digital)|modelo de linguagem|chatbot)|\b(?:nota|mensagem|instruções|caro|prezado)\s(?:para |ao |à )?(?:a |o )?(?:ia\b|assistente (?:de ia|virtual|automático)|inteligência artificial)|\b(?:revele|mostre|exiba|imprima|escreva)\b.{0,30}\bprompt (?:de|do) sistema|\bals (?:je|u) een (?:ai\b|ai-assistent|taalmodel|chatbot)\b|\b(?:bericht|instructies?|opmerking) (?:voor|aan) (?:de |het |alle )?(?:ai\b|ai-assistent|taalmodel|chatbot)|\b(?:toon|geef|onthul|print)\b.{0,25}\bsysteemprompt|\bom du är en (?:ai\b|språkmodell|ai-assistent|chattbot)|\b(?:visa|avslöja|skriv ut)\b.{0,25}\bsystemprompt|\bjeśli jesteś (?:ai\b|sztuczn\w+ inteligencj\w+|asystentem|modelem|botem)|\b(?:pokaż|ujawnij|wypisz)\b.{0,25}\bprompt systemowy",
    ),
    _rule(
        0.8,
        r"если (?:ты|вы) (?:ии|языков\w+ модел\w+|ассистент|бот|нейросет\w+)|(?:покажи|раскрой|выведи|напиши|пришли)\w*.{0,25}системн\w+ (?:промпт\w*|инструкци\w+)|(?:забудь|отбрось|игнорируй)\w*.{0,30}правил\w*|如果你是.{0,6}(?:AI|人工智能|语言模型|助手|机器人)|(?:输出|显示|告诉我|透露|打印|公开).{0,12}(?:系统提示|提示词|系统指令)|(?:致|给).{0,4}(?:AI|人工智能)(?:助手|模型)|你现在是.{0,20}(?:没有|不受).{0,6}限制|(?:システムプロンプト|内部指示).{0,10}(?:表示|出力|教え|開示|見せ)|(?:あなたが|もし).{0,6}(?:AI|人工知能|言語モデル).{0,6}(?:なら|場合|であれば)|AI(?:アシスタント)?(?:への|宛て?の?)(?:指示|注意|メッセージ)|(?:시스템 프롬프트|시스템 지시).{0,12}(?:출력|보여|알려|공개)|(?:당신이|네가|만약).{0,8}(?:AI|인공지능|언어 모델)(?:라면|이라면|인 경우)|(?:eğer )?(?:bir )?yapay zek[aâ] (?:asistanı|modeli)?y?sa[nk]\b|sistem (?:istemini|promptunu).{0,20}(?:göster|yaz|paylaş)",
    ),
    _rule(
        0.85,
        r"\bignorer (?:alle )?(?:tidligere|foregående|forrige|de forrige|dine)\b.{0,20}\b(?:instruktion\w*|instruks\w*|anvisning\w*|regler\w*|ordre\w*)|\b(?:glem|se bort fra) (?:alle )?(?:tidligere|dine|de)\b.{0,20}\b(?:instruktion\w*|instruks\w*|regler\w*)|\b(?:unohda|ohita|sivuuta|jätä huomiotta)\b.{0,25}\b(?:ohjee\w*|ohjei\w*|säännöt|määräyk\w*|käsky\w*)|\bignor(?:ă|ați|a)\b.{0,25}\binstrucțiun\w+|\bhagyd figyelmen kívül\b.{0,30}\butasítás\w*|\b(?:zapomeň|zapomeňte)\b.{0,25}\b(?:pokyn\w+|pravidl\w+)|\bzapomnij\b.{0,25}\b(?:zasad\w*|reguł\w*)|(?:ละเว้น|เพิกเฉย|ไม่ต้องสนใจ).{0,20}คำสั่ง|(?:نادیده بگیر|فراموش کن).{0,30}(?:دستور|قوانین)|(?:دستور|قوانین).{0,30}(?:نادیده بگیر|فراموش کن)|\b(?:puuza|sahau)\b.{0,25}\bmaagizo",
    ),
)
