# ruff: noqa: E501, RUF001 - a pattern of one idea in one piece; look-alike letters are its subject
"""Judges whether a text tries to give orders to a machine that reads it. Pure; never an executor.

Ordinary business mail also says 'please ignore my last mail' or 'forward this': what gives an order
to a machine away is whom it addresses, what it wants dropped or revealed, or how it hides.
"""

import base64
import binascii
import codecs
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any
from urllib.parse import unquote

from services.machine_orders import FURTHER_RULES
from services.mail.reply import own_text
from services.patterns import late
from services.types.mail import ParsedMail
from services.types.model import Suspicion

_FLAG_AT = 0.6
_TAG_FIRST, _TAG_LAST = 0xE0020, 0xE007E  # Unicode's invisible copies of ASCII
_BEYOND_LATIN = 0x370
_MOST_TEXT = 100_000
_QUOTE = 120


def _rule(weight: float, pattern: str) -> tuple[float, re.Pattern[str]]:
    return weight, late(pattern, re.IGNORECASE | re.DOTALL)


_PRIOR = r"(?:previous|prior|preceding|earlier|above|foregoing|existing|current|initial|original|past|former|any other|all other|other|your|system|default|following|safety|developer|given|these|those|such|content)"
_ORDERS = r"(?:instructions?|prompts?|directives?|directions?|commands?|guidelines?|guidance|rules?|programming|guardrails?|constraints?|restrictions?|polic(?:y|ies)|context|system message|training|safeguards|protocols?|orders)"
_DROP = r"(?:ignor(?:e|ing)|disregard(?:ing)?|forget(?:ting)?|overrid(?:e|ing)|bypass(?:ing)?|neglect|dismiss|discard|skip|drop|violate|suspend|do not follow|don't follow|stop following|pay no attention to|set aside|abandon|cancel|erase|nevermind|never mind|delete|replace|supersedes?(?! (?:all|any) (?:prior|previous|earlier) [\w, ]{0,80}(?:agreement|understanding|negotiation|representation|arrangement))|overrule)"
_MACHINE = r"(?:ai(?:[- ](?:assistant|agent|model|system|bot|tool|copilot|reader|summari[sz]er)s?)?|a\.i\.|llms?|large language models?|language models?|chat ?gpt|gpt-?\d\w*|(?:virtual|digital|email|e-mail|mail|automated|smart|helpful|crm) (?:assistant|agent|copilot|bot)s?|chat ?bots?|understudy|automated (?:system|reader|agent)s?|the (?:bot|model|agent))"
# Also people's names and jobs: only what no person would be told gives these away.
_MAYBE_MACHINE = (
    r"(?:(?:the |dear |my |your )?assistants?|claude|gemini|copilot|bot|agent|model|system)"
)
_RULES: tuple[tuple[float, re.Pattern[str]], ...] = (
    # Wants earlier orders dropped.
    _rule(
        0.9,
        rf"(?<!n't )(?<!\bnot )(?<!\bnever )\b{_DROP}\b(?:\s+(?:to|about|with|of|please|completely|fully|entirely|absolutely|simply|now))*\s+(?:(?:all|any|every|each|the|of|your|my|our|these|those|and|or|both|everything in)\s+)*(?:(?:{_PRIOR})(?:\s*(?:,|and|or|/)?\s*))+(?:\w+\s+){{0,2}}?{_ORDERS}\b(?! (?:manual|sheet|i sent|we sent|in my|from my|in the (?:pdf|attach|manual)|for (?:the )?(?:installation|assembly|delivery)|about (?:delivery|parking)))",
    ),
    _rule(
        0.85,
        rf"\b{_DROP}\s+(?:all |any |the |of |your |every(?:thing)? )*{_ORDERS}\s+(?:you (?:were|have been|had|have)|that (?:were|came|you)|given|above|before|prior|so far|from (?:your )?(?:developer|system|openai|anthropic)|until now|and (?:instead|do|say|print|write|reply|output))\b",
    ),
    _rule(
        0.85,
        r"\b(?:ignore|disregard|forget)\s+(?:everything|anything|all|whatever|what(?:ever)?)\s+(?:that\s+|of that\s+)?(?:(?:was|were|has been|is|you were|you've been|you have been|you)\s+)?(?:told|said|instructed|written|above|before|previously|prior|learned|programmed|you know|you were)\b(?! (?:about|on the phone|in my last|yesterday|regarding))",
    ),
    _rule(
        0.9,
        r"\b(?:ignore|disregard) (?:any|all) (?:previous|prior|preceding) and (?:following|subsequent)\b|\b(?:new|updated|revised|actual|real|true) (?:system )?(?:instructions?|directives?|orders|task) ?(?:for (?:you|the (?:ai|assistant|model))|follow\b|:)(?!\s*(?:attached|see the))|\b(?:strictly )?adhere to the following instructions?\b|\bthe (?:above|previous|preceding) (?:was|were|is) (?:just )?(?:a |an )?(?:test|example|fake|decoy|placeholder|only)\b.{0,60}\b(?:real|actual|instead|now)\b.{0,20}(?:task|instruction|request)",
    ),
    _rule(
        0.85,
        r"(?<!n')\b(?:ignorez|oubliez|ignore (?:toutes|les|tes|vos)|ne tenez pas compte)\b.{0,30}\b(?:instructions?|consignes|directives|ordres)\b|\b(?:ignorier\w*|vergiss|vergessen sie|missachte\w*|übergeh\w*)\b(?!.{0,20}\bnicht\b).{0,30}\b(?:anweisung\w*|instruktion\w*|vorgaben|regeln|befehle\w*|anordnung\w*)|(?<!\bno )\b(?:ignor[ae]n?|olvid[ae]n?|descart[ae]|omit[ae]|haz caso omiso)\b.{0,35}\b(?:instrucciones|indicaciones|órdenes|directrices|reglas)\b|(?<!\bnon )\b(?:ignor[ai]|ignorate|dimentica(?:te)?|trascura)\b.{0,30}\b(?:istruzioni|indicazioni|direttive|regole|ordini)\b|\b(?:negeer|vergeet|sla)\b(?!.{0,50}\bniet\b).{0,30}\b(?:instructies|aanwijzingen|opdrachten|regels)\b|(?<!\bnão )\b(?:ignor[ae]m?|esqueç[ao]m?|desconsider[ae]|esquece)\b.{0,30}\b(?:instruções|indicações|ordens|diretrizes|regras)\b|\b(?:ignorera|glöm|bortse från|strunta i)\b(?! inte).{0,30}\b(?:instruktioner\w*|anvisningar\w*|regler\w*|order)\b",
    ),
    _rule(
        0.85,
        r"\b(?:zignoruj|pomiń|zapomnij)\b.{0,30}\b(?:instrukcj\w+|polecen\w+)|(?:игнорируй\w*|забудь\w*|проигнорируй\w*|не обращай\w*).{0,40}(?:инструкци\w+|указани\w+|команд\w+)|(?:忽略|无视|無視|忘记|忘掉|忽視).{0,15}(?:指令|指示|提示|说明|規則|规则|命令)|(?:以前|前|上記|これまで|すべて)の?.{0,8}(?:指示|命令|プロンプト|ルール).{0,8}(?:無視|忘れ)|(?:이전|앞의|위의|모든).{0,10}(?:지시|명령|지침).{0,10}(?:무시|잊)|(?:önceki|yukarıdaki|tüm).{0,25}(?:talimat\w*|komut\w*).{0,25}(?:yok say|görmezden|unut)|(?:تجاهل|انس).{0,25}(?:التعليمات|الأوامر|تعليمات)|(?:पिछले|सभी|पूर्व).{0,25}(?:निर्देश\w*).{0,25}(?:अनदेखा|भूल|नज़रअंदाज़)|\b(?:abaikan|lupakan)\b.{0,25}\b(?:instruksi|perintah)|\b(?:bỏ qua|quên)\b.{0,30}(?:hướng dẫn|chỉ thị|lệnh)|(?:התעלם|התעלמי|שכח).{0,30}(?:הוראות|ההוראות)|\bignoruj(?:te)?\b.{0,25}\b(?:pokyn\w+|instrukc\w+)|(?:αγνόησε|αγνοήστε).{0,30}(?:οδηγίες|εντολές)|(?:ігноруй|забудь).{0,30}(?:інструкції|вказівки)",
    ),
    # Wants a hidden text revealed.
    _rule(
        0.5,  # People who buy software speak of these too.
        r"\b(?:system|initial|hidden|original|secret|base|starting|developer) ?prompts?\b(?! (?:users?|you|me|us|for|them|everyone|the|appears?|to|delivery|reply|response|payment|answer|support))",
    ),
    _rule(
        0.8,
        r"\b(?:reveal|repeat|print|output|show|display|dump|leak|disclose|recite|encode|translate|summari[sz]e|tell me|give me|write(?: out| down)?|expose|share|provide|list|spell out|paste|return|echo)\b.{0,40}\b(?:your|its|the (?:system|initial|hidden|original|secret|ai'?s?|assistant'?s|model'?s)) (?:\w+ )?(?:initial |original |hidden |system |secret |exact |starting |internal |full |core |first |current |given |own )*(?:instructions|prompt|directives|system message|configuration|programming|guidelines you|rules you)\b|\b(?:what (?:are|were|is|was)|tell me) your (?:initial|original|system|hidden|secret|first|exact|starting|core|internal) (?:instructions|prompt|directives|rules|message)",
    ),
    _rule(
        0.75,
        r"\b(?:repeat|output|print|copy|recite|encode|translate|reproduce|return|show|echo|write)\b.{0,25}\b(?:the |all |every(?:thing)? |any )*(?:text|words?|content|instructions?|sentences?|lines?|messages?|everything|information|tokens)\b.{0,15}\b(?:above|preceding|before this|(?:you were|you've been|you have been) (?:given|told|instructed)|at the (?:beginning|start) of (?:this|the) (?:conversation|chat|prompt|context)|in your (?:context|memory|prompt))|\bwhat were you told\b.{0,25}\bconversation|\binstructions? (?:that )?you (?:were|have been|'ve been) given\b|\bcomplete this sentence\b.{0,10}i was instructed|\bstart your (?:answer|reply|response) with\b|\bmy instructions are\b|\bbefore this conversation started\b|\brepeat (?:this|the) (?:entire |whole |full )*conversation\b|\boutput initiali[sz]ation string\b|\bsystem (?:instructions|configuration including)\b|\bdisplay system configuration\b|\b(?:repeat|copy|translate|output) the above (?:text|content|words)\b|\bwhat are you not (?:supposed|allowed) to (?:tell|say|reveal)\b|\byour (?:training data|context window|knowledge cut-?off|hidden rules|guidelines as an ai|internal rules|safety (?:rules|guidelines|filters?))\b",
    ),
    # Addresses the machine, or makes it somebody else.
    _rule(
        0.8,
        rf"(?:^|[\n.!?:;>*#\[(]|\b(?:dear|hey|hi|hello|attention|note (?:to|for)|message (?:to|for)|instructions? (?:to|for)|for (?:the|any)|to (?:the|any|all)|if you are an?|as an?|you are an?)\s)\s*(?:any |the |all |every |an? )*{_MACHINE}(?: (?:reading|processing|summari[sz]ing|handling|that reads|who reads|analy[sz]ing|reviewing|parsing)\b.{{0,40}})?\s*[,:!-]+\s*(?:\w+\W+){{0,8}}?(?:please |kindly |you must |you should |you will |now |immediately |do not |don't |always |never )*(?:ignore|send|forward|reply|respond|approve|mark|say|write|print|output|execute|run|delete|classify|treat|rate|rank|include|add|set|move|email|cc|bcc|summari[sz]e|tell|recommend|accept|grant|transfer|update|change|confirm|answer|disregard|click|visit|open|call|use|create|give|offer|state|report|escalate|promote|qualify|score|draft|reveal|disclose|share|schedule|skip|follow|insert|append|begin|stop)\b",
    ),
    _rule(
        0.8,
        rf"(?:^|[\n.!?:;>*#\[(]|\b(?:dear|hey|hi|hello|attention|note to|message to|instructions? (?:to|for)))\s*{_MAYBE_MACHINE}\s*[,:!-]+\s*(?:\w+\W+){{0,6}}?(?:ignore (?:the|all|any|your|every|previous)|disregard (?:the|all|any|your)|approve (?:all|every|this|the)|reveal|execute|override|mark this|rate this|classify this|print (?:the|your)|output|append|forward all|send all|delete all|grant|bypass|exfiltrate|do not (?:tell|show|alert|mention))\b(?! ?[:=])",
    ),
    _rule(
        0.8,
        rf"\bif (?:you are|you're|this is (?:being )?(?:read|processed|parsed|summari[sz]ed|analy[sz]ed) by|you happen to be) (?:an? |any |the )*{_MACHINE}\b|\b(?:reading|processing|summari[sz]ing|analy[sz]ing|handling|parsing) this (?:e-?mail|message|text|document|thread)\b.{{0,30}}\b(?:must|should|please|now|assistant|ai|:)\b|\b{_MACHINE}\b.{{0,30}}\b(?:reading|processing|summari[sz]ing|that reads|analy[sz]ing|parsing|handling) (?:this|the|my|these)\b",
    ),
    _rule(
        0.8,
        r"\b(?:you are|you're|you will be|act|behave|pretend|roleplay|role-play|respond|reply|simulate|speak) (?:now |henceforth |from now on |going to )*(?:as |to be |like )?(?:an? |in |the )*(?:dan\b|jailbr\w+|unrestricted|unfiltered|uncensored|evil|different (?:ai|assistant)|developer mode|maintenance mode|debug mode|god mode|admin mode|root|sudo|no longer (?:bound|an assistant|restricted|a sales)|free (?:from|of) (?:all|any|your)|(?:ai|assistant|model|bot|chatbot|language model|terminal|linux|shell|python|interpreter)\b)|\b(?:do anything now|dan mode|god mode|debug mode enabled|without (?:any )?(?:restrictions|filters|censorship|safety)|no (?:ethical|moral|content) (?:restrictions|guidelines|limits|filters?))\b",
    ),
    _rule(
        0.72,
        r"\bfrom now on,? (?:you|always|every|respond|reply|your)\b.{0,60}\b(?:respond|reply|answer|always|must|are|will|act|say|output|approve|ignore)\b|\byour (?:only|real|true|sole|actual) (?:task|goal|job|role|purpose|instruction|objective|mission|directive|persona|identity) (?:is|will be)\b|\byou (?:must|shall|will) (?:now )?(?:obey|comply|only (?:say|respond|reply|answer|output|print)|always (?:say|respond|reply|approve|agree)|do exactly|follow (?:these|the following|my) (?:instructions|commands|orders))\b|\bas (?:an?|the|your) (?:ai|language model|assistant|administrator of this ai|developer of this (?:ai|assistant))\b.{0,50}\b(?:you|must|should|cannot)\b",
    ),
    # Role tags, fake delimiters and templates of chats.
    _rule(
        0.9,
        r"<\|?/?(?:im_start|im_end|system|assistant|endoftext|user|begin_of_text|end_of_text|start_header_id|eot_id|end_header_id|tool_call|function_call|endofprompt)\|?>|\[/?(?:INST|SYS|SYSTEM|SYSTEM_MESSAGE|ASSISTANT)\]|<</?SYS>>|</?(?:system[_ -]?(?:prompt|message|instructions?|note)?|instructions?|admin|developer|prompt|important_instructions?|information|untrusted|email_body|user_input|context|data|tool_result|function_results?|assistant)>|###?\s*\(?(?:(?:system|instructions?|assistant|new instructions?|end of (?:prompt|instructions|email|context))(?:[_ ](?:message|prompt|instructions?))?\s*\)?\s*:?(?=\s*(?:\n|\Z)|\s*[:)]|(?<=\)))|(?:response|human|user|context)\s*:)|\{\{?\s*(?:system|#system|#assistant)|(?:={3}|-{3}|\*{3}|#{3}|`{3}|~{3})\s{0,3}(?:begin|end|start|new|system|admin|developer)\b(?! (?:forwarded|of forwarded|original|pgp|forward|certificate|of (?:agenda|original)))[\w ]{0,20}\b(?:prompt|instructions?|context|system|email|message|input|data|conversation|override)\b",
    ),
    _rule(
        0.75,
        r"(?:^|\n)[ >]{0,4}(?:\*\*|\[|\()?(?:system|assistant|developer|root|sudo|ai|override|system override)(?:\*\*|\]|\))?\s*(?:message|note|prompt|instruction|command|override|alert|update|directive)?\s*:\s*(?!\w+:\s)\S.{0,80}\b(?:ignore|you|must|approve|send|forward|reveal|print|delete|grant|set|mark|override|execute|respond|reply|disable|transfer|output|are now|new (?:instruction|rule|polic|task|order|role|directive)\w*|say)\b|\b(?:system|admin|security|policy|guardrail|safety) (?:override|bypass)\b(?! (?:code|key|switch|panel|button|for|in|of))|\boverride (?:code|mode)\b\s?(?:[:=]|activated|enabled|engaged|accepted)|\boverride (?:protocol|the (?:guardrails|safety|system|approval))\b|\b(?:end of (?:email|user input|customer message|system prompt|untrusted (?:text|content)))\b.{0,10}(?:\n|:|-|\]|\.)",
    ),
    # Orders about the machine's own actions: approve, send, reveal, exfiltrate.
    _rule(
        0.8,
        r"\b(?:before|after) you (?:can )?(?:solve|complete|finish|do|continue with|answer|perform) (?:the|your|this|any) (?:\w+ )?task\b|\b(?:solve|complete|continue with) the task (?:that )?i gave you\b|\bimportant message from me\b.{0,60}\bto you\b|\A\s*(?:TODO|COMMAND)\s*:\s*(?:\w+\s+)?(?:send|email|forward|delete|transfer|create|make|post|visit|invite|update|change|buy|book|reserve|concatenate|approve|retrieve|get|find|say|look|add|click|share|read|write|schedule|provide|reply|please|cancel|remove|download|upload|print|give|tell|recommend)\b",
    ),
    _rule(
        0.85,
        r"\b(?:approve|accept|auto-?approve|authori[sz]e|confirm|send|forward|release|grant|execute|sign)\b.{0,30}\b(?:all (?:pending|open|waiting|outstanding|drafts?|requests?|approvals?|e-?mails?|messages|contacts|customer|conversations)|every (?:pending|draft|request|e-?mail|approval)|pending (?:approvals|drafts|requests))\b.{0,60}\b(?:without|immediately|now|automatically|silently|no (?:review|questions)|skip|bypass|to (?:me|this address)|at once|waiting)\b|\b(?:do not|don't|never|without) (?:tell|telling|inform|informing|alert|alerting|notify|notifying|mention(?:ing)?|show(?:ing)?|reveal(?:ing)?|disclose|disclosing)\b.{0,30}\b(?:the |your |this |to |any )*(?:user|human|operator|sales ?rep|rep|salesperson|account (?:manager|owner|executive)|anyone about this instruction|these instructions)\b",
    ),
    _rule(
        0.45,
        r"\b(?:without|skip(?:ping)?|bypass(?:ing)?) (?:(?:any |further |human |waiting for |asking for |asking |manager |the )+)(?:approval|review|confirmation|oversight|permission|human)\b|\bjailbr\w+|\bdeveloper mode\b|\byour (?:new|next) (?:task|goal|job|role) is\b|\b(?:mark|treat|classify|qualify|flag)\b.{0,30}\b(?:as|to)\b.{0,15}\b(?:closed[_ ]won|critical|high(?:est)? priority|top priority|vip)\b|\bset\b.{0,20}\b(?:discount|stage|approval)\b.{0,10}\b(?:to|=)\s*\S|(?:^|\n)[ >]{0,4}(?:admin(?:istrator)?|user|human)(?: (?:note|message|command))?\s*:\s*.{0,60}\b(?:ignore|must|approve|grant|override|disable)\b",
    ),
    _rule(
        0.5,
        r"\b(?:send|forward|e-?mail|post|upload|export|share|give|bcc|copy)\b.{0,40}\b(?:all |every |the |your |entire |full |whole |complete )+(?:\w+ )?(?:crm (?:data|records|contacts|entries|database)|customer (?:database|list|data|records|e-?mails)|contacts? (?:list|database)|contacts|inbox|mailbox)\b.{0,60}?\b(?:to \S+@\S+|to (?:this|the following|my) (?:address|url|server|site|endpoint|webhook)|https?://|www\.)",
    ),
    _rule(
        0.75,
        r"\b(?:send|forward|email|e-mail|post|upload|exfiltrate|leak|transmit|copy|bcc|dump|export|append|embed|include|share|give|return|provide|reveal)\b.{0,50}\b(?:all |every |the |your |any |our |entire |full |whole |complete |internal )+(?:\w+ )?(?:crm (?:database|records)|conversation history|chat history|previous (?:conversations?|e-?mails|messages)|passwords?|api[- ]?keys?|credentials|access tokens?|secrets?|internal (?:notes|data|documents|pricing|emails)|private (?:notes|data|keys?)|confidential (?:data|information|notes)|other customers'?|deal notes|pipeline data|environment variables|tool outputs?)\b.{0,60}?\b(?:to \S+@\S+|to (?:this|the following|my) (?:e-?mail |address|url|server|site|endpoint|webhook)|https?://|www\.|in (?:your|the) (?:reply|response|answer|draft|next)|as (?:base64|json|csv)|to \w+\.\w{2,})|\b(?:what is|give me|tell me|reveal|print|show|output) (?:me )?(?:your|the) (?:api[- ]?keys?|admin password|secret key|access token|environment variables|credentials)\b",
    ),
    _rule(
        0.85,
        r"!\[[^\[\]]{0,200}\]\(\s{0,3}https?://[^()\s]{0,300}(?:\{|%7B|\[|<|=[A-Z_]{4,}|[?&](?:data|d|q|c|x|secret|info|leak|payload|content|msg|text|history|summary|body)=)[^()]{0,500}\)|<img\b[^<>]{0,200}\bsrc\s{0,3}=\s{0,3}[\"']?https?://[^\"'<>\s]{0,300}(?:\{|\[|%7B|(?:data|secret|q|token|history|chat|leak|exfil)=(?:\W|[A-Z_]{3,}|\{))[^<>]{0,300}>|\[[^\[\]]{0,200}\]\(\s{0,3}https?://[^()\s]{0,300}(?:\{|\[)[^()]{0,500}\)|\bmarkdown image\b.{0,80}\b(?:http|url|encode|replac)|\b(?:with|as|is) an? (?:base64|url|quoted-printable|mime|\{\w+\})[- ]encoded .{0,60}(?:conversation|history|summary|\{)|\breplac(?:e|ing) \[[\w{}]+\] with\b|\bwhereas \[[\w{}]+\] is\b",
    ),
    _rule(
        0.75,
        r"\b(?:call|use|invoke|trigger|execute|run) (?:the |your |a )?[`'\"]?(?:\w+_\w+|\w+\(\)|(?:send|delete|search|read|email|gmail|crm|slack|shell|bash|python|browser|code)[ _-]?(?:email|mail|tool|message|function|api|file|data|interpreter|command)s?)[`'\"]?(?: (?:tool|function|command|api|plugin|action))?\b(?! (?:is|was|are))|\b(?:tool_calls?|function_calls?|tool[- ]use)\b|\"(?:function|tool|tool_name|recipient_name|function_call)\"\s*:|\brm -rf\b|\bos\.system\b|\bsubprocess\b|\bcurl (?:-\w+ )*https?://|<script\b|javascript:|\bonerror\s*=|\bdrop table\b|\bunion select\b|\$\((?:touch|curl|wget|rm|cat|ls)\b|__import__\(|\beval\(|\bexec\(",
    ),
    _rule(
        0.8,
        r"\b(?:mark|classify|treat|label|flag|score|rate|rank|set|categori[sz]e|qualify|evaluate|grade|report)\b.{0,30}\b(?:this|the|our|my|me|us) (?:\w+ )?(?:e-?mail|message|lead|deal|account|opportunity|sender|request|candidate|vendor|contact|conversation|stage|company|application|confidence|priority)?\s?(?:as|to|with)\b.{0,25}\b(?:safe|trusted|verified|approved|qualified|highest|100|1\.0|not (?:spam|suspicious|an injection|malicious)|autonomous|whitelisted|benign|maximum|perfect)\b|\bset\b.{0,30}\b(?:confidence|autonomy|autonomy level|verdict|injection|suspicious)\b.{0,15}(?:\bto|=|:)\s*(?:\d|true|false|autonomous|approved|closed|max|none|safe|full)|\"?(?:injection|suspicious|approved|verdict)\"?\s*[:=]\s*\"?(?:false|true|autonomous|approved|0)\b",
    ),
    _rule(
        0.72,
        r"\b(?:just |only |instead,? |simply )(?:print|say|output|respond with|reply with|answer with|write|type|return)\b\s*:?\s*(?:[\"'“«`]|the (?:word|phrase|text|string|following))|\b(?:respond|reply|answer) (?:only |exclusively |exactly )(?:with|in|using|by)\b.{0,40}[\"'“]|\bdo not (?:summari[sz]e|analy[sz]e|process|classify) this (?:e-?mail|message|text)\b|\b(?:your|the) (?:response|output|reply|answer|summary) (?:must|should|has to|needs to) (?:only |always |exactly )*(?:contain|include|be|start|begin|end|say|consist|state)\b.{0,40}(?:[\"'“]|http|exactly|only|the (?:word|phrase|link))|\bprompt[- ]?injection\b.{0,40}\b(?:succe|payload|test string|here)",
    ),
    # Orders about how the answer is to be written or whom it is copied to.
    _rule(
        0.7,
        r"\b(?:when|while|before|after|in) (?:you )?(?:writ(?:e|ing)|draft(?:ing)?|generat(?:e|ing)|compos(?:e|ing)|summari[sz](?:e|ing)|answer(?:ing)?|repl(?:y|ying)|respond(?:ing)?|process(?:ing)?)\b(?! (?:the|a|an|our|this|your) (?:\w+ )?(?:contract|agreement|offer|proposal|order|report|minutes|invoice|letter|sow|documents?|spec\w*|quote|rfp|tender)\b).{0,40}\b(?:bcc|include (?:the|all|your|every)|append|insert|add \S+@\S+|always say|state that|claim|offer|recommend (?:us|our)|mention that (?:the|our|we))\b|\b(?:summari[sz]e|read|search|list|collect|go through) (?:your|the user's|their|all) (?:inbox|mailbox|e-?mails|messages|conversations|crm|files|contacts)\b.{0,60}\b(?:reply|send|include|forward|post|to me)\b|\b(?:contents?|copy|dump|export) of (?:the|your) (?:crm|mailbox|inbox|database|system)\b.{0,20}\b(?:to|at)\b.{0,10}(?:https?:|www|\S+@)|\bassistant,? (?:please )?(?:forward|send) (?:the|all|every|me the) (?:last|latest|previous)?\s?\w* ?(?:e-?mails|messages|conversations|contacts|notes)\b|\b(?:update|change|modify|rewrite|reset) your (?:instructions|rules|guidelines|policy|policies|prompt|system|settings):|\b(?:respond|reply|answer) only with\b.{0,12}\b(?-i:[A-Z]{3,})\b|\b(?:you|your system|the system) (?:must|shall|will) (?:now |always )?approve\b.{0,60}\b(?:automatically|without)\b|\bhttps?://[^\s?]{1,200}\?[^\s={]{0,100}=\{\w+\}",
    ),
)
_INVISIBLE = late(
    r"[\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\u00ad\u180e\U000e0000-\U000e007f]"
)
_HIDDEN_HTML = late(
    r"<[^<>]{0,100}style\s{0,3}=\s{0,3}[\"'][^\"'<>]{0,200}(?:display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*[01](?:px|pt)?\b|color\s*:\s*(?:#f{3,6}|white|transparent)|opacity\s*:\s*0\b)[^\"'<>]{0,200}[\"'][^<>]{0,100}>([^<]{3,400})|<!--(.{3,400}?)-->",
    re.IGNORECASE | re.DOTALL,
)
_BASE64 = late(r"(?<![\w+/=])[A-Za-z0-9+/_-]{24,}={0,2}(?![\w+/=])")
_HEX = late(r"(?<!\w)(?:0x|\\x)?(?:[0-9a-fA-F]{2}[\s\\x]{0,2}){16,}(?!\w)")
_PERCENT = late(r"(?:%[0-9A-Fa-f]{2}|[\w.~-]){4,200}%[0-9A-Fa-f]{2}(?:%[0-9A-Fa-f]{2}|[\w.~-])+")
_TAGS = str.maketrans({code: code - 0xE0000 for code in range(_TAG_FIRST, _TAG_LAST + 1)})
_ENGLISH = late(
    r"\b(?:the|and|you|your|all|to|ignore|instructions?|send|previous)\b", re.IGNORECASE
)
_LOOKALIKE = str.maketrans(
    "аеорсухіјѕԁһӏԛԝАВЕКМНОРСТХІЈЅΑΒΕΖΗΙΚΜΝΟΡΤΥΧαεικνορτυχ0134@$5",
    "aeopcyxijsdhlqwABEKMHOPCTXIJSABEZHIKMNOPTYXaeikvoptuxoieaass",
)
_ROT_MARKS = late(
    r"\b(?:vtaber|vafgehpgvbaf?|cebzcg|qvfertneq|sbejneq|cerivbhf|flfgrz|cnffjbeq)\b", re.IGNORECASE
)
_HIDDEN_ADDRESS = late(
    r"\s*(?:to |for |note to |dear )?(?:the |any |all )?(?:system|ai|assistant|bot|llm|model|agent|copilot|instructions?)\b[^:,\n]{0,30}[:,]",
    re.IGNORECASE,
)
_HIDDEN_WISH = late(
    r"\b(?:ignore|approve|treat|you|skip|reveal|send|reply|forward|grant|mark|say|add|include|offer|disregard|rate)\b",
    re.IGNORECASE,
)
_REPORTED = 0.3
_NEAR = 120
_OPENED = late(r"(?:\A|[\s(:])[\"'“„«`][^\"“”„«»]*\Z")
_CLOSED = late(r"\A[^\"“”„«»]{0,80}?[\"'”“»`](?:\W|\Z)")
_TALKS_OF_ATTACKS = late(
    r"\b(?:test(?:er|ers|ed)?|typed|red team|phrases? (?:like|such as)|attempts?|attack\w*|injection"
    r"|(?:your|our) (?:filter|widget|product|chat ?bot|bot|scanner|tool)|prevent|protect|detect)\b",
    re.IGNORECASE,
)
_SPACED = late(r"\b(?:[A-Za-z](?:[ .\-_*]{1,3}|\s*[|/]\s*)){5,}[A-Za-z]\b")


def assess(text: str) -> Suspicion:
    """How much a text tries to give orders to a machine, and the words that gave it away."""
    source = text[:_MOST_TEXT]
    best = _plain(source)
    if best.score < 1.0:
        for layer, hidden in _layers(source):
            inner = _hidden_order(hidden) if layer == "hidden markup" else _plain(hidden)
            if inner.score >= _FLAG_AT and inner.score > best.score:
                best = Suspicion(
                    injection=True, score=min(inner.score + 0.08, 1.0), why=f"{layer}: {inner.why}"
                )
    if best.score < _FLAG_AT and len(_INVISIBLE.findall(_without_emoji(source))) > _MANY_INVISIBLE:
        return Suspicion(injection=False, score=max(best.score, 0.4), why="invisible characters")
    return best


def orders_beneath(mail: ParsedMail) -> dict[str, Any]:
    """What the sender's own lines order a machine to do, signature and footer included: those are
    cut off before anything is read, and a mail that hides orders there isn't answered unseen.
    Kept with the message until it is looked at; empty where there is nothing."""
    found = assess(own_text(mail.text))
    return {"suspicious": asdict(found)} if found.injection else {}


_MANY_INVISIBLE = 20


def _hidden_order(text: str) -> Suspicion:
    """What readers can't see and names a machine as its reader is no comment of a designer."""
    inner = _plain(text)
    named = _HIDDEN_ADDRESS.match(text)
    if inner.score >= _FLAG_AT or not (named and _HIDDEN_WISH.search(text)):
        return inner
    return Suspicion(injection=True, score=0.75, why=" ".join(text.split())[:_QUOTE])


def _plain(text: str) -> Suspicion:
    """Independent hints add up: each further one takes away a part of what is left of doubt."""
    flat = _flatten(text)
    doubt, why, top = 1.0, "", 0.0
    for full_weight, pattern in (*_RULES, *FURTHER_RULES):
        found = pattern.search(flat)
        if found is None:
            continue
        weight = full_weight * (_REPORTED if _is_reported(flat, found) else 1.0)
        doubt *= 1.0 - weight
        if weight > top:
            top, why = weight, " ".join(found.group().split())[:_QUOTE]
    score = round(1.0 - doubt, 3) if top else 0.0
    return Suspicion(injection=score >= _FLAG_AT, score=score, why=why)


def _is_reported(flat: str, found: re.Match[str]) -> bool:
    """An order in quotation marks, in a sentence about such orders, is talk about an attack."""
    before = re.split(r"[\n.!?]", flat[max(0, found.start() - _NEAR) : found.start() + 1])[-1]
    after = re.split(r"\n", flat[found.end() - 1 : found.end() + _NEAR])[0]
    quoted = _OPENED.search(before) and _CLOSED.search(after)
    return bool(quoted and _TALKS_OF_ATTACKS.search(before + after))


def _flatten(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text.translate({0x2019: "'", 0x2018: "'", 0xA0: " "}))
    # Line breaks stay, because role tags stand at the start of a line; runs of spaces do not.
    # One break is enough, and long runs of them would make the patterns slow.
    return re.sub(r"\s*\n\s*", "\n", re.sub(r"[^\S\n]+", " ", plain))


def _without_emoji(text: str) -> str:
    """Joiners inside emoji and in scripts that need them are ordinary."""
    return re.sub(r"(?<=[^\x00-\x7f])[\u200c\u200d]|[\u00ad\ufeff]", "", text)


def _layers(text: str) -> Iterator[tuple[str, str]]:
    """What the text holds under another face: hidden, encoded, spaced out or look-alike."""
    if _INVISIBLE.search(text):
        tags = "".join(c for c in text if _TAG_FIRST <= ord(c) <= _TAG_LAST)
        if tags:
            yield "invisible tag characters", tags.translate(_TAGS)
        yield "invisible characters", _INVISIBLE.sub("", text)
    for match in _HIDDEN_HTML.finditer(text):
        yield "hidden markup", match.group(1) or match.group(2) or ""
    yield from _decoded(text)
    if _ROT_MARKS.search(text):
        yield "rot13", codecs.decode(text, "rot13")
    if any(ord(character) > _BEYOND_LATIN for character in text) or re.search(
        r"[a-z][0134@$][a-z]", text, re.IGNORECASE
    ):
        yield "look-alike letters", text.translate(_LOOKALIKE)
    for match in _SPACED.finditer(text):
        yield "spaced-out letters", _respaced(match) + text[match.end() : match.end() + _NEAR]
    if _reversed_order(text):
        yield "reversed", text[::-1]


def _respaced(match: re.Match[str]) -> str:
    """'i g n o r e   a l l': wider gaps are the word breaks; without any, orders are looked for
    in the run of letters by putting back the breaks of the usual words."""
    part = match.group()
    words = re.split(r"\s{2,}|\s*[|/]\s*", part)
    joined = " ".join(re.sub(r"[ .\-_*]", "", word) for word in words)
    return re.sub(r"(?<=\w)(all|previous|prior|instructions?|your|rules)(?=\w|\b)", r" \1 ", joined)


def _reversed_order(text: str) -> bool:
    return (
        re.search(r"\b(?:erongi|snoitcurtsni|tpmorp|suoiverp)\b", text, re.IGNORECASE) is not None
    )


def _decoded(text: str) -> Iterator[tuple[str, str]]:
    for match in _BASE64.finditer(text):
        raw = _from_base64(match.group())
        if raw is not None:
            yield "base64", raw
    for match in _HEX.finditer(text):
        digits = re.sub(r"[^0-9a-fA-F]", "", re.sub(r"0x|\\x", "", match.group()))
        raw = _readable(bytes.fromhex(digits[: len(digits) // 2 * 2]))
        if raw is not None:
            yield "hex", raw
    for match in _PERCENT.finditer(text):
        yield "percent encoding", unquote(match.group())


def _from_base64(value: str) -> str | None:
    plain = value.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        raw = base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None
    return _readable(raw)


def _readable(raw: bytes) -> str | None:
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        return None
    printable = sum(character.isprintable() or character.isspace() for character in text)
    return text if text and printable >= 0.95 * len(text) else None
