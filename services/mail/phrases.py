"""What machines say, language by language: absences, acknowledgements, bounces, newsletters."""

# ruff: noqa: E501, RUF001 - word lists in many scripts read best unbroken

import re

from services.patterns import late

# A subject that starts like this was written by a machine (no person types it).
AUTO_SUBJECT = late(
    r"(?:\[?(?:automatic|automated|auto)[ -]?(?:reply|response|answer|matic reply|acknowledge?ment)\b"
    r"|autoreply\b|auto:\s|out of (?:the )?office auto-?reply|(?:re: )?\[?auto(?:-| )?generated"
    r"|automatische (?:antwort|r[üu]ckmeldung)|abwesenheits(?:notiz|nachricht|meldung|assistent)"
    r"|r[ée]ponse automatique|notification d'absence|message d'absence|respuesta autom[áa]tica"
    r"|contestaci[óo]n autom[áa]tica|risposta automatica|automatisch antwoord|automatische reactie"
    r"|afwezigheidsbericht|afwezigheidsmelding|resposta autom[áa]tica|mensagem autom[áa]tica"
    r"|autosvar|auto-svar|automatiskt svar|automatisk svar|fr[åa]nvaromeddelande|automatisk svarmelding"
    r"|fraværsmelding|fraværsbesked|automaattinen (?:vastaus|poissaoloviesti)|poissaoloviesti|otomatik (?:yan[ıi]t|cevap)|automatikus v[áa]lasz|r[ăa]spuns automat|automatski odgovor|αυτόματη απάντηση|автоматична відповідь|автовідповідь|автоматичен отговор|(?:الرد|رد) (?:ال)?تلقائي|(?:מענה|תשובה) אוטומטי|balasan otomatis|trả lời tự động|ตอบกลับอัตโนมัติ|स्वचालित (?:उत्तर|जवाब)"
    r"|automatyczna odpowied[źz]|odpowied[źz] automatyczna|autoodpowied[źz]|automatick[áa] odpov[ěe][ďd]"
    r"|автоответ|автоматический ответ|自動返信|自動応答|【自動返信】|\[自動返信\]|自动(?:回复|答复)|自動(?:回覆|回復)"
    r"|자동\s?(?:회신|응답|답장))",
    re.IGNORECASE,
)
# A subject that may be a machine's; the text has to agree (or say nothing else).
ABSENT_SUBJECT = late(
    r"(?:(?:i(?:'|’)?m |i am )?(?:currently )?out of (?:the )?office|ooo\b|oof\b|away from (?:my|the) (?:desk|office)"
    r"|on (?:annual |parental |maternity |paternity )?(?:leave|vacation|holiday)\b|abwesen(?:d|heit)"
    r"|nicht im (?:b[üu]ro|haus)|im urlaub|absen(?:t|ce) du bureau|absence\b|absent\b|en cong[ée]s?|en vacances"
    r"|fuera de (?:la )?oficina|ausente|ausencia|de vacaciones|fuori (?:sede|ufficio)|assenza|assente|in ferie"
    r"|afwezig|niet op kantoor|met vakantie|fora do escrit[óo]rio|ausência|de férias|fr[åa]nvaro|fr[åa]nvarande"
    r"|inte p[åa] kontoret|fravær|ikke på kontoret|på ferie|ude af kontoret|poissa\b|poissaolo|lomalla"
    r"|nieobecno[śs][ćc]|poza biurem|na urlopie|mimo kancel[áa][řr]|nep[řr][íi]tomnost|dovolen[áa]|нет на месте|отсутстви"
    r"|в отпуске|不在|外出|休暇|休假|不在办公室|外出中|부재|휴가|외근)",
    re.IGNORECASE,
)

# Sentences of an absence note. Each kind counts once; one kind alone proves nothing.
ABSENCE = late(
    r"out of (?:the |my )?office|away from (?:the office|my desk|my email|work)|\bon (?:annual|parental|maternity|paternity|sick|medical|study )?\s?leave\b"
    r"|\bon (?:vacation|holidays?|pto|sabbatical)\b|out on (?:vacation|leave|pto)|travel(?:l)?ing (?:with|until|and)|not (?:in|at) the office"
    r"|(?:i am|i'm|i’m|i will be|i'll be|i’ll be) (?:currently )?(?:away|unavailable|ooo|offline)\b"
    r"|nicht (?:im (?:b[üu]ro|haus|office)|am arbeitsplatz|erreichbar|pers[öo]nlich erreichbar)|au(?:ß|ss)er haus|abwesend|im urlaub\b|in elternzeit"
    r"|absente? (?:du bureau|jusqu|du|actuellement|pour)|en (?:cong[ée]s?|vacances|d[ée]placement)\b|actuellement absente?|hors du bureau"
    r"|fuera de (?:la |mi )?oficina|(?:estoy|estar[ée]|me encuentro) (?:ausente|de vacaciones|de viaje|de baja|fuera)|de vacaciones"
    r"|fuori (?:ufficio|sede)|(?:sono|sar[òo]) (?:assente|in ferie|in vacanza|fuori)|assente dall"
    r"|niet (?:op kantoor|aanwezig|bereikbaar)|\bafwezig\b|met (?:vakantie|verlof)|op vakantie"
    r"|fora do escrit[óo]rio|ausente (?:do|at[ée])|(?:estou|estarei) (?:de f[ée]rias|ausente|fora)|de f[ée]rias"
    r"|inte p[åa] (?:kontoret|plats)|p[åa] semester|har semester|tj[äa]nstledig|f[öo]r[äa]ldraledig|fr[åa]nvarande"
    r"|ikke (?:på|til stede på|tilgjengelig på) kontoret|på ferie\b|holder ferie|har ferie|ude af kontoret|på barsel|bortreist|ikke til stede"
    r"|en ole (?:toimistolla|paikalla|tavoitettavissa|töissä)|olen (?:lomalla|poissa)|poissa toimistosta|lomalla\b"
    r"|poza biurem|na urlopie|nieobecn[ya]|przebywam na|nie ma mnie w"
    r"|mimo kancel[áa][řr]|na dovolen[ée]|nejsem (?:v kancel|p[řr][íi]tom)|nep[řr][íi]tom"
    r"|в отпуске|отсутству|не в офисе|нет на (?:рабочем )?месте"
    r"|不在に?(?:して|です|にいたし|となり)|休暇を?(?:いただ|取得|中|のため|頂)|外出(?:して|中)|出張中|お休みをいただ|夏季休業"
    r"|不在办公室|不在辦公室|正在(?:休假|度假|出差)|休假(?:中|期间|，|,)|外出(?:休假|出差)|年假|부재\s?중|휴가\s?(?:중|로|기간)|자리를 비|출장\s?중|외근",
    re.IGNORECASE,
)
RETURN = late(
    r"(?:un)?till? (?:my return|i (?:am|get) back|the \d|\w+day|\d|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec))|(?:up)?on my return|when i(?:'m| am|’m)? (?:return|back|get back)|(?:i(?:'ll| will|’ll)|i am|returning|return(?:ing)? (?:on|to))\b.{0,30}\b(?:be back|return|back (?:in|on|at))|back (?:in the office )?on \w+"
    r"|bis (?:zum|einschlie|zu meiner|\d)|ab (?:dem|montag|dienstag|mittwoch|donnerstag|freitag) .{0,40}(?:wieder|erreichbar)|wieder (?:im b[üu]ro|erreichbar|da|f[üu]r sie)|nach meiner r[üu]ckkehr"
    r"|jusqu['’]au|[àa] mon retour|d[èe]s mon retour|(?:serai )?de retour|hasta el|a mi (?:regreso|vuelta)|(?:regreso|vuelvo|volver[ée]|regresar[ée]) "
    r"|fino al|al mio (?:rientro|ritorno)|rientr(?:o|er[òo]) (?:il|in|luned)|tot (?:en met|\w+dag|\d)|(?:ben|weer) .{0,30}terug|na mijn terugkomst|bij terugkomst"
    r"|at[ée] (?:o dia|ao dia|\d|dia)|(?:ao|no) (?:meu )?(?:regresso|retorno)|(?:retorno|regresso|voltarei|retornarei) |tillbaka|\båter\b|till och med|til og med|\btilbake\b|\btilbage\b|tilbage (?:igen|d)|frem til|indtil|fram til|takaisin|\d asti|palaan|palattuani|do dnia|\bdo \d|po powrocie|wracam|wr[óo]c[ęe]|do \d{1,2}\.|zp[ěe]t|po n[áa]vratu|vr[áa]t[íi]m|вернусь|до \d|после возвращения"
    r"|まで|戻り次第|以降|帰社|至\s?\d|到\s?\d|回来后|返回|回到|까지|복귀|돌아",
    re.IGNORECASE,
)
ACCESS = late(
    r"(?:limited|no|intermittent|sporadic|restricted|infrequent|little|without) (?:\w+ )?access|(?:checking|check|read|monitor(?:ing)?) (?:my )?e?-?mails? (?:only )?(?:infrequently|periodically|sporadically|occasionally|intermittently|regularly)|not (?:be )?(?:checking|reading|monitoring|able to (?:read|check|answer|reply|respond))|(?:will|may|shall) (?:respond|reply|get back|answer|be delayed)|(?:response|reply|replies) (?:may|will|might) be (?:delayed|slow)|respond to your (?:e-?mail|message)|e?-?mails? will not be (?:read|forwarded|monitored)|slow(?:er)? to respond"
    r"|(?:wird|werden) nicht (?:automatisch )?(?:weitergeleitet|gelesen|bearbeitet)|nicht weitergeleitet|(?:eingeschr[äa]nkt|nur (?:gelegentlich|sporadisch|unregelm[äa](?:ß|ss)ig)|keinen zugriff)|(?:werde|antworte) .{0,60}(?:beantworten|melden|antworten|bearbeiten)"
    r"|acc[èe]s (?:limit[ée]|restreint)|(?:r[ée]pondrai|traiterai|reviendrai vers)|ne sera pas (?:lu|transf[ée]r)|acceso limitado|(?:responder[ée]|contestar[ée]|atender[ée])|accesso limitato|(?:risponder[òo]|legger[òo])|beperkt(?:e)? (?:toegang|bereikbaar)|(?:beantwoord|reageer|zal .{0,40}(?:beantwoorden|reageren))|niet doorgestuurd|acesso limitado|(?:responderei|retornarei seu)|begr[äa]nsad|l[äa]ser inte|svarar (?:jag|n[äa]r)|begrænset|begrenset|(?:vender tilbage|svarer (?:jeg|på|når))|vil svare|rajoitetusti|vastaan (?:viest|sinulle|heti|sähk)|ograniczony dost[ęe]p|odpowiem|odpisz[ęe]|omezen[ýy]|odpov[íi]m|ответить смогу|отвечу|ограничен"
    r"|ご(?:返信|連絡|返答)(?:が遅|いたし|させて|申し上げ|は)|返信(?:が遅|は)|(?:メールの)?確認(?:が|は)?(?:遅|でき)|(?:无法|不能)(?:及时)?(?:回复|查看|答复)|(?:尽快|再)(?:回复|与您联系|处理|答复)|(?:확인|회신|답변)(?:이|은|을)? ?(?:어렵|어려|늦|지연|드리|하겠|불가)",
    re.IGNORECASE,
)
CONTACT = late(
    r"(?:urgent|immediate|emergency|pressing|time[- ]sensitive)|(?:in my absence|in the meantime|meanwhile|while i(?:'m| am) (?:away|out))|(?:please|kindly) (?:contact|reach out to|call|e-?mail|direct|write to)"
    r"|in dringenden|dringende[nr]? (?:f[äa]lle|anliegen|angelegenheit|anfrage)|(?:wenden|richten) sie (?:sich|ihre)|meine vertretung|vertritt mich|cas d['’]urgence|urgen(?:t|ce|te)|(?:veuillez|merci de|vous pouvez) (?:contacter|joindre|vous adresser)|en mon absence"
    r"|urgenc?i?a|urgente|(?:p[óo]ngase|puede ponerse|ponerse) en contacto|contact(?:ar|e) (?:con|a)|in mia assenza|contattare|rivolgersi|dringende|spoed|contact (?:opnemen|op)|neem(?:t)? .{0,30}contact|entre em contato|contact(?:e|ar)|br[åa]dskande|akut|kontakta|haster|hastesager|presserende|kontakt(?:e)? |ring til|kiireellis|ota(?:thaan)? yhteytt|yhteytt[äa]|piln(?:ych|ej|e)|prosz[ęe] o kontakt|kontaktowa[ćc]|nal[ée]hav|kontaktujte|obra[ťt]te|срочн|обращайтесь|свяжитесь"
    r"|お急ぎ|緊急|至急|ご連絡(?:ください|下さい|をお願い)|紧急|緊急|急事|请联系|請聯繫|请致电|긴급|급한|연락(?:해|하여|주|바랍)|문의",
    re.IGNORECASE,
)
MACHINE = late(
    r"this is an (?:automat(?:ic|ed)|auto)[ -]?(?:generated )?(?:reply|response|message|e-?mail|notification|acknowledge?ment)|(?:automatically|auto)[ -]generated|automated (?:reply|response|message|e-?mail)|(?:do|please do) not (?:reply|respond) to this|(?:no longer|not) (?:being )?monitored|no longer (?:work|with|employed|an employee)"
    r"|dies ist eine automati|automatisch (?:generiert|erstellt|erzeugt|versand|erzeugte)|automatische (?:antwort|nachricht|abwesenheit)|nicht (?:auf diese (?:e-?)?mail|an diese adresse) (?:zu )?antworten|ceci est (?:un|une) (?:r[ée]ponse|message) automatique|(?:message|r[ée]ponse) automatique|ne (?:pas )?r[ée]pond(?:ez|re) (?:pas )?[àa] ce|(?:mensaje|respuesta|correo) (?:es )?(?:generad[oa] )?autom[áa]tic|no (?:responda|conteste) a este|(?:messaggio|risposta) automatic|non rispondere a questa|dit is een automati|automatisch (?:gegenereerd|bericht|antwoord)|niet op dit bericht|(?:mensagem|resposta|e-mail) autom[áa]tic|n[ãa]o responda a est|automatisk(?:t)? (?:svar|meddelande|besked|melding|genere|skapa)|autosvar|detta [äa]r ett auto|automaattinen (?:vastaus|viesti|poissaolo)|automaattisesti|wiadomo[śs][ćc] (?:zosta[łl]a )?(?:wygenerowana )?automatyczn|automatyczn[aąe] (?:odpowied|wiadomo)|prosimy nie odpowiada|automatick[áaoýy] (?:odpov|zpr|vygener)|автоматическ|не отвечайте на это"
    r"|自動(?:返信|送信|配信|応答)|このメールに返信|自动(?:回复|发送|生成|答复)|請勿回覆|请勿回复|자동\s?(?:회신|응답|발송|으로 발송)|발신\s?전용",
    re.IGNORECASE,
)
RECEIVED = late(
    r"(?:we(?:'ve| have)?|has been) (?:successfully )?received (?:your|and)|your (?:request|message|enquiry|inquiry|ticket|e-?mail|case|application) (?:\S+ )?(?:has been|was|is) (?:received|created|logged|opened|registered|assigned)|ticket (?:number|id|#)|a member of our (?:\w+ )?team will|(?:within|in) \d+ (?:business|working) (?:hours|days)|case (?:number|id|#)"
    r"|(?:ihre (?:anfrage|nachricht|e-?mail)|ihr (?:ticket|anliegen)) (?:ist|wurde|haben|erhalten|eingegangen)|haben wir erhalten|ticketnummer|avons bien re[çc]u votre|votre (?:message|demande|e-?mail|courriel) a (?:bien |[ée]t[ée] )+re[çc]u|(?:su|tu) (?:mensaje|solicitud|correo) ha sido recibid|(?:il (?:suo|tuo) messaggio|la (?:sua|tua) richiesta) [èe] stat[oa] ricevut|(?:sua|seu) (?:mensagem|solicita[çc][ãa]o|e-?mail) foi recebid|hemos recibido (?:su|tu)|abbiamo ricevuto|hebben (?:uw|je) .{0,30}ontvangen|recebemos (?:sua|seu|a sua|o seu)|(?:vi har|har vi) (?:mottagit|modtaget|mottatt)|olemme vastaanottaneet|otrzymali[śs]my|obdr[žz]eli jsme|получили ваш|受け付け(?:まし|いたし|致し)|受付(?:いたし|完了)|已收到您|접수(?:되|하였|했)",
    re.IGNORECASE,
)
THANKS = late(
    r"thank(?:s| you) (?:\w+ )?for (?:your (?:\w+ )?(?:e-?mail|mail|message|note|inquiry|enquiry|interest|request|patience|understanding)|the (?:e-?mail|message)|contacting|reaching out|getting in touch|writing|e-?mailing)|vielen dank f[üu]r ihre|danke f[üu]r (?:ihre|deine)|merci (?:de|pour) votre|gracias por (?:su|tu|contactar|escribir|ponerse)|grazie per (?:la|il|aver)|(?:bedankt|dank) voor (?:uw|je)|obrigad[oa] (?:pelo|pela|por)|tack f[öo]r (?:ditt|ert|mailet|din)|tak for (?:din|jeres|mailen)|takk for (?:din|e-post|meldingen)|kiitos (?:viesti|yhteyden|s[äa]hk)|dzi[ęe]kuj[ęe](?:my)? za|d[ěe]kuj[iu](?:eme)? za|спасибо за|благодарю за|(?:メール|ご連絡|お問い合わせ).{0,12}ありがとう|感谢您(?:的)?|谢谢您的|(?:메일|연락|문의).{0,10}감사",
    re.IGNORECASE,
)
# The mail says of itself that nobody wrote it.
SELF_DECLARED = late(
    r"(?:this|the following|it) is an? (?:auto(?:mated|matic)?(?:ally)?)[ -]?(?:generated )?(?:reply|response|message|e-?mail|notification|confirmation|acknowledge?ment)|dies(?:e [\w-]+)? (?:ist eine|wurde) automatisch|ceci est (?:un|une) (?:r[ée]ponse|message|e-?mail|notification) automatique|est[ea] es (?:un|una) (?:mensaje|respuesta|correo) (?:generad[oa] )?autom[áa]tic|quest[oa] è un[a']? ?(?:messaggio|risposta|e-?mail) automatic|dit is een automatisch|esta é uma (?:mensagem|resposta) autom[áa]tica|detta [äa]r ett auto|dette er (?:en|et) auto|to jest (?:wiadomość|odpowiedź) (?:wygenerowana )?automatyczn|это автоматическ|自動(?:送信|配信|返信)(?:メール)?(?:です|され|して)|此(?:邮件|郵件)(?:为|為|由).{0,6}自动|자동으로? ?(?:발송|회신)",
    re.IGNORECASE,
)
# Somebody who has left for good.
LEFT = late(
    r"(?:no longer|not longer) (?:work|with|at|employed|part of)|(?:have|has) left (?:the company|the organi[sz]ation)|nicht mehr (?:im unternehmen|für .{0,30} tätig|bei)|ne (?:fais|travaille) plus|ya no (?:trabajo|trabaja|formo)|non lavor[oa] più|werk(?:t)? niet (?:meer|langer)|não trabalh[oa] mais|退職",
    re.IGNORECASE,
)
# The absence of somebody else.
OTHERS_AWAY = late(
    r"\b(?:our|my|his|her|their|the|he|she|they|unser\w*|mein\w*|er|notre|mon|ma|nuestr[oa]|mi|nostr[oa])\b(?: [\w-]+){0,3} (?:is|are|will be|ist|sind|est|sont|está|è)\b|\bhe's\b|\bshe's\b",
    re.IGNORECASE,
)
# Words that only a person who wants something from this very reader would write.
WANTS = late(
    r"[?？]|let'?s |let’s |could you|can you|would you|please send|send (?:me|us)|how about|what about|can we|could we|shall we|k[öo]nnten (?:sie|wir)|k[öo]nnen (?:sie|wir)|bitte schicken|lassen sie uns|pouvez-vous|pourriez-vous|envoyez|podr[íi]a(?:s|n|mos)?|env[íi]e|potrebbe|possiamo|kunt u|kunnen we|poderia|kan (?:du|vi|ni)|voisitko|czy mo[żz]|m[ůu][žz]ete|いただけますか|でしょうか|能否|可以吗|가능할까요",
    re.IGNORECASE,
)

BOUNCE_SUBJECT = late(
    r"(?:undeliver(?:able|ed)|(?:mail |message )?(?:rejected|bounced|blocked)\s?:|message (?:rejected|blocked|bounced)|(?:mail|message) (?:delivery|could not be) (?:fail|has fail|deliver|problem|system|error)|mail delivery (?:fail|sub)|delivery (?:status notification|fail|has fail|problem|incomplete|notification)|delivery status notification|returned mail|failure notice|mail failure|message (?:not delivered|undeliverable|delayed)|warning: (?:could not send|message .* delayed)|undelivered mail|delayed mail|non.?deliver"
    r"|unzustellbar|nicht zustellbar|zustellung (?:fehlgeschlagen|nicht)|zustellungsfehler|unzustellbare|non remis|non distribuable|[ée]chec (?:de (?:la )?(?:remise|distribution)|d'envoi)|message non d[ée]livr|no se (?:puede|pudo|ha podido) entregar|no entregado|correo devuelto|error de entrega|fallo en la entrega|mancata consegna|non recapitabile|impossibile (?:recapitare|consegnare)|onbestelbaar|niet (?:bezorgd|afgeleverd)|mislukte bezorging|n[ãa]o entregue|n[ãa]o [ée] poss[íi]vel entregar|falha (?:na|de) entrega|messaggio non recapitato|teslim edilem|kézbesítési hiba|αδύνατη η παράδοση|لم يتم (?:تسليم|التسليم)|n[ãa]o foi poss[íi]vel entregar|kan inte levereras|oleverans\w*|olevererbar\w*|gick inte att leverera|olevererbart|kan ikke leveres|ikke leveret|kunne ikke leveres|toimittaminen ep[äa]onnistui|ei voitu toimittaa|nie mo[żz]na dostarczy[ćc]|niedostarczon|zwrot wiadomo|nedoru[čc]iteln|nelze doru[čc]it|не доставлен|не удалось доставить|недоставлен|配信(?:不能|エラー|できません)|送信(?:エラー|できません)|配送失敗|未送达|退信|无法投递|投递失败|배달(?:되지| 실패)|전송 실패|반송)",
    re.IGNORECASE,
)
BOUNCE_TEXT = late(
    r"\b[45]\.\d{1,3}\.\d{1,3}\b|\b55[0-4][ -]|(?:address|recipient|mailbox|user) (?:not found|unknown|rejected|unavailable|(?:does not|doesn't|couldn't be) (?:exist|found))|(?:wasn't|was not|could not be|couldn't be|not be) delivered|(?:user|mailbox|recipient) unknown|mailbox (?:is )?full|(?:over|exceeded) (?:its |the )?quota|permanent (?:error|failure)|undeliverable|delivery (?:to the following|has failed|failed)|final-recipient|diagnostic[- ]code|mail delivery (?:system|subsystem)|could not be found|unable to (?:receive|deliver)|nicht zugestellt|konnte nicht|n'a pas pu|pas [ée]t[ée] (?:remis|distribu)|no se ha (?:podido )?entregad|non (?:[èe] stato|[èe] stata) (?:recapitat|consegnat)|niet (?:worden )?bezorgd|n[ãa]o (?:foi|p[ôo]de ser) entregue|kunde inte levereras|kunne ikke leveres|nie zosta[łl]a dostarczona|nebyla doru[čc]ena|не (?:было|может быть) доставлен|配信できません|宛先不明|无法送达|배달할 수 없",
    re.IGNORECASE,
)
BOUNCE_VOICE = late(
    r"(?:^|\n)\s*(?:this is the (?:mail system|mail delivery|postfix|qmail)|this message was created automatically by mail delivery software|i'm sorry to have to inform you|hi\. this is the qmail|a message that you sent could not be delivered|address not found|message (?:not delivered|blocked|rejected)|delivery has failed to these recipients|your (?:message|e-?mail) (?:was|has been) (?:rejected|blocked|returned|refused)|your message (?:to|wasn't|was not|couldn't|could not|has been blocked)|the following (?:address|recipient|message)|(?:the )?e-?mail account that you tried to reach|final-recipient:|reporting-mta:|diese nachricht wurde automatisch|ihre nachricht (?:an|konnte|wurde nicht)|(?:votre message|le message) n'a|no se (?:pudo|ha podido) entregar|(?:il|impossibile) (?:messaggio|recapitare)|uw bericht (?:aan|kan|kon|is niet))",
    re.IGNORECASE,
)
NEWSLETTER = late(
    r"unsubscribe|opt[- ]out|manage (?:your )?(?:e-?mail )?(?:preferences|subscription)|update your preferences|view (?:this e-?mail )?(?:in|on) (?:your |the )?(?:web ?)?browser|view (?:it )?online|you(?:'re| are)? receiv(?:ed|ing) this (?:e-?mail|message|newsletter|because)|abmelden|abbestellen|newsletter|im browser (?:ansehen|anzeigen|[öo]ffnen)|se d[ée]sabonner|d[ée]sinscri|version en ligne|darse de baja|cancelar (?:la |su )?suscripci|disiscri|annulla l'iscrizione|uitschrijven|afmelden|bekijk .{0,20}browser|cancelar inscri|descadastr|avregistrera|avprenumerera|afmeld|avmeld|peruuta tilaus|wypisz|rezygnacj|odhl[áa]sit|отписаться|配信停止|退订|수신\s?거부",
    re.IGNORECASE,
)
# A footer's own line: only who mails many people offers it.
NEWSLETTER_LINE = late(
    r"(?:^|\n)\W{0,4}(?:(?:click here |here )?to )?(?:unsubscribe|opt[- ]out|abmelden|(?:vom )?newsletter (?:abbestellen|abmelden)|se d[ée](?:sinscrire|sabonner)|d[ée]sabonnement|darse de baja|cancelar (?:la |su )?suscripci[óo]n|disiscri\w+|annulla l'iscrizione|uitschrijven|afmelden|cancelar (?:a )?(?:inscri[çc][ãa]o|assinatura)|descadastrar|avregistrera(?: dig)?|avprenumerera|afmeld(?: dig)?|avmeld(?: deg)?|peruuta tilaus|wypisz si[ęe]|odhl[áa]sit(?: se)?|отписаться|配信停止|退订|退訂|수신\s?거부)(?:\s?(?:here|from (?:this|these|our|all)|at any time|hier|ici|aqu[íi]|qui|aqui)[^\n]{0,60}|\s?[:|<(\[]\s?\S[^\n]{0,200}|\s?https?://\S{1,300})?\s?(?:\n|\Z)",
    re.IGNORECASE,
)
# Mailboxes that write to many; one of the footer's phrases has to agree.
BULK_LOCAL = late(
    r"(?:.*[._+-])?(?:news|newsletter\w*|nieuws\w*|nyhetsbrev|lettre|actu\w*|bolet[ií]n\w*|marketing|promo\w*|offers?|deals|updates?|digest|mailer|campaigns?|events?|webinars?|community)(?:[._+-].*)?\Z"
)
# What a mail program writes when a mail was opened or deleted.
RECEIPT_SUBJECT = late(
    r"(?:read|not read|opened|displayed|lu|non lu|gelesen|ungelesen gel[öo]scht|le[íi]do|letto|gelezen|lida|l[äa]st|l[æe]st|luettu|przeczytan[eo]|p[řr]e[čc]teno|прочитано|開封済み|已读|읽음|return receipt \(displayed\)|lesebest[äa]tigung)\s*(?:[:：-]|\Z)",
    re.IGNORECASE,
)
RECEIPT_TEXT = late(
    r"was (?:read|displayed|opened|deleted without being read) on|this is a (?:return|read) receipt|wurde (?:am .{0,40})?(?:gelesen|ge[öo]ffnet|angezeigt)|a [ée]t[ée] lu|fue le[íi]do|[èe] stato letto|is gelezen|foi lida|l[äa]stes|blev l[æe]st|zosta[łl]a przeczytana|было прочитано|開封され|已被?阅读",
    re.IGNORECASE,
)
CALENDAR_SUBJECT = late(
    r"(?:updated |new |forwarded )?(?:invitation|invite|meeting (?:invitation|request|cancel\w+|update\w*)|event (?:invitation|cancel\w+))\b|(?:accepted|declined|tentative(?:ly accepted)?|cancel(?:l)?ed(?: event)?|canceled event with note|new time proposed|meeting forward notification)\s*:|(?:aktualisierte )?(?:einladung|termineinladung|besprechungsanfrage|besprechungseinladung)|(?:zugesagt|abgesagt|angenommen|abgelehnt|mit vorbehalt|unter vorbehalt|vorbehaltlich)(?: \S+)?\s*:|invitation(?: mise [àa] jour)?\s*:|(?:accept[ée]e?|refus[ée]e?|annul[ée]e?|provisoire)\s*:|(?:invitaci[óo]n(?: actualizada)?|aceptad[oa]|rechazad[oa]|cancelad[oa]|convocatoria)\s*:|(?:invito(?: aggiornato)?|accettat[oa]|rifiutat[oa]|annullat[oa])\s*:|(?:uitnodiging|geaccepteerd|afgewezen|geweigerd|geannuleerd|bijgewerkte uitnodiging)\s*:|(?:convite|aceit[oa]|recusad[oa])\s*:|(?:inbjudan|accepterat|avb[öo]jt|inst[äa]llt|uppdaterad inbjudan|accepteret|afvist|invitasjon|akseptert|avsl[åa]tt|avlyst|aflyst)\s*:|(?:kutsu|hyv[äa]ksytty|hyl[äa]tty|peruttu)\s*:|(?:zaproszenie|zaakceptowano|odrzucono|anulowano)\s*:|(?:pozv[áa]nka|p[řr]ijato|odm[íi]tnuto|zru[šs]eno)\s*:|(?:приглашение|принято|отклонено)\s*:|(?:招待|予定の招待|承諾|辞退|会議出席依頼|邀请|已接受|已拒绝|초대|수락|거절)\s*[:：]",
    re.IGNORECASE,
)
CALENDAR_TEXT = late(
    r"(?:^|\n)\s*(?:when|where|who|wann|wo|quand|o[ùu]|cu[áa]ndo|d[óo]nde|quando|dove|wanneer|waar|quando|onde|n[äa]r|var|hvorn[åa]r|hvor|milloin|kiedy|gdzie|kdy|kde|日時|場所|时间|地点|일시|장소)\s*[:：]|invite\.ics|google (?:calendar|meet)|microsoft teams (?:meeting|besprechung)|join (?:the|your) (?:meeting|call)|teams-besprechung|begin:vcalendar|has (?:accepted|declined|tentatively accepted) (?:this|your) (?:invitation|meeting|event)|has proposed a new time|(?:this|the following|your) (?:event|meeting|invitation|appointment) (?:has been|was|is) (?:cancel|updat|chang|moved|rescheduled)|you have been invited to|dieser termin wurde|die besprechung wurde|(?:cet |cette )(?:[ée]v[ée]nement|r[ée]union) a [ée]t[ée]|(?:est[ae]) (?:evento|reuni[óo]n) (?:ha sido|se ha|foi)|quest[oa] (?:evento|riunione) [èe]|dit evenement (?:is|werd)|(?:hat|a|ha|heeft) .{0,30}(?:diese einladung|cette invitation|esta invitaci[óo]n|questo invito|deze uitnodiging)|reply for \S+@|zoom meeting|webex|attending\?",
    re.IGNORECASE,
)
