"""What stands around a person's words in every mail: banners, sign-offs, signatures, law."""

# ruff: noqa: E501, RUF001 - word lists in many scripts read best unbroken

import re
from collections.abc import Sequence

from services.patterns import late

_DEVICE = r"i-?phone|i-?pad|i-?pod|mobile|android|blackberry|samsung|galaxy|huawei|pixel|smartphone|cell|handy|t[ée]l[ée]phone|phone|tel[ée]fono|cellulare|telefoon|telem[óo]vel|celular|mobil\w*|puhelin|telefon\w*|outlook|yahoo|gmail|aol|windows|proton ?mail|mail\b|xperia|nokia|nexus|oneplus|xiaomi|ios"
_SENT_DEVICE = late(
    rf"[\s*_<\[(]{{0,4}}(?:(?:sent|gesendet|von mein\w+|diese nachricht wurde von|envoy[ée]e?|enviad[oa]|inviato|verzonden|verstuurd|skickat|skickades|sendt|l[äa]hetetty|wys[łl]an[oe]|odesl[áa]no|отправлено)\b.{{0,40}}(?:{_DEVICE}).{{0,80}}"
    rf"|(?:get|download|hol\w*|t[ée]l[ée]charge[rz]|obt[ée]n(?:er|ez|ha)?|scarica|ottieni|obter|h[äa]mta|hent|pobierz|z[íi]skat)\s.{{0,20}}outlook.{{0,60}}|outlook .{{0,10}}(?:ios|android).{{0,40}}"
    r"|(?:iphone|ipad|android|スマートフォン|携帯)\s?から送信.{0,10}|(?:发自|從|从)我的\s?.{1,20}|(?:나의|내)\s?.{1,20}에서\s?보냄.{0,5}|.{1,30}(?:发送|傳送)的?)\Z",
    re.IGNORECASE,
)
_SENT_OTHER = late(r"(?:sent|written) (?:from|via|with|using) [^,.;:?!]{2,45}\Z", re.IGNORECASE)
_SIGN_OFF = late(
    r"[\s*_]{0,4}(?:(?:(?:with )?(?:my |our )?(?:kind(?:est)?|best|warm(?:est)?|many|very best|with best|with kind|with warm)?[ ]?(?:regards|wishes)|best|all the best|all best|rgds|brgds|br|kr|cheers(?: mate)?|sincerely(?: yours)?|yours(?: sincerely| truly| faithfully)?|respectfully|cordially|talk soon|take care|warmly"
    r"|thanks?(?: you)?(?: so much| very much| again| a lot| in advance)?(?: (?:and|&) (?:kind |best |warm )?regards)?|many thanks|thx|ty|thanks (?:a lot|again|in advance|so much)|thank you (?:again|in advance|so much|very much)"
    r"|mit (?:freundlichen|besten|herzlichen|lieben|vielen) gr(?:[üu]|ue)(?:ß|ss)en|(?:mit )?freundliche(?:n)? gr(?:[üu]|ue)(?:ß|ss)en?|(?:viele|liebe|beste|sch[öo]ne|herzliche) gr(?:[üu]|ue)(?:ß|ss)e(?: aus .{2,20})?|gr(?:[üu]|ue)(?:ß|ss)e|gru(?:ß|ss)|(?:lieben|besten|sch[öo]nen) gru(?:ß|ss)|mfg|vg|lg|danke(?: und gru(?:ß|ss))?|vielen dank(?: und .{3,30})?|besten dank|herzlichst|hochachtungsvoll"
    r"|(?:bien )?cordialement|bien [àa] (?:vous|toi)|(?:meilleures|sinc[èe]res|cordiales) salutations|(?:tr[èe]s )?cordialement|amicalement|bonne journ[ée]e|merci(?: d['’]avance| beaucoup)?|salutations(?: distingu[ée]es)?|cdlt|belle journ[ée]e|[àa] bient[ôo]t"
    r"|(?:un )?(?:cordial(?:es)? )?saludos?(?: cordial(?:es)?)?|atentamente|atte|muchas gracias|gracias|un abrazo|reciba un cordial saludo|quedo atent[oa]"
    r"|(?:cordiali|distinti|cari|un) salut[oi]|cordialmente|saluti|grazie(?: mille)?|buona giornata|a presto"
    r"|(?:met )?(?:vriendelijke|hartelijke|beste) groet(?:en|jes)?|groet(?:en|jes)?|mvg|alvast bedankt|bedankt|hartelijk dank"
    r"|atenciosamente|(?:com os )?(?:melhores )?cumprimentos|att|abra[çc]os?|obrigad[oa]|cordialmente|(?:muito )?obrigad[oa]"
    r"|(?:med )?(?:v[äa]nlig(?:a)?|b[äa]sta|varma) h[äa]lsning(?:ar|en)?|h[äa]lsningar|mvh|tack(?: p[åa] f[öo]rhand)?|(?:med )?(?:venlig|de bedste|bedste|vennlig|beste|k[æa]rlig) hilsen(?:er)?|hilsen|hilsner|vh|kh|dbh|(?:de )?bedste hilsner|p[åa] forh[åa]nd tak|tak|takk"
    r"|yst[äa]v[äa]llisin terveisin|(?:parhain )?terveisin|terveisin|t|kiitos|kiitt[äa]en"
    r"|(?:z )?(?:powa[żz]aniem|powazaniem|wyrazami szacunku)|pozdrawiam(?: serdecznie)?|(?:serdecznie |z )?pozdrowieni(?:a|ami)|dzi[ęe]kuj[ęe]|pozdr|(?:s )?(?:pozdravem|p[řr][áa]n[íi]m (?:hezk|p[ěe]kn).{3,15})|d[ěe]kuj[ui]|s [úu]ctou|zdrav[íi]m"
    r"|с уважением|с наилучшими пожеланиями|спасибо|以上|よろしくお願い(?:いた|致)?し?(?:ます|申し上げます)|敬具|此致|敬礼|祝好|谢谢|감사합니다|드림))"
    r"(?P<end>\s?[,.!;*_、。]{0,4})(?P<name>\s+[^\W\d_][\w.'’ -]{0,40})?[\s*_]{0,4}\Z",
    re.IGNORECASE,
)
_WORDY_THANKS = late(
    r"[\s*_]{0,4}(?:thank|thx|ty\b|danke|vielen dank|besten dank|merci|gracias|muchas gracias|grazie|bedankt|hartelijk|obrigad|muito|tack|tak|takk|kiitos|dzi|d[ěe]k|спасибо|谢谢|감사|cheers|talk soon|take care|以上|よろしく)",
    re.IGNORECASE,
)
_DELIMITER = late(r"\s{0,3}(?:--|—-?|–|-- ?|__+|\*{4,}|={4,}|#{4,})\s*\Z")
_LONG_RULE = late(r"\s{0,3}[-_=*]{10,}\s*\Z")
_DASH_NAME = late(r"\s{0,3}[-–—~/]\s?[^\W\d_a-z][\w.'’]*(?: [\w.'’-]+){0,3}\Z")
_CONTACT = late(
    r"(?:tel|phone|mobile|mob|cell|fax|direct|office|telefon|mobil|handy|t[ée]l|m[óo]vil|telefono|cellulare|telefoon|puh|tlf|kom|\b[tmpdew])\s?[.:]+\s?[+(\d\w]|\+?\(?\d[\d\s().\-/]{6,}\d|www\.|https?://|[^\s@]{1,64}@[^\s@]{2,100}\.\w{2,}|linkedin",
    re.IGNORECASE,
)
_POSTSCRIPT = late(r"\s{0,3}(?:p\.?\s?s\.?|n\.?b\.?|ps)(?:\s?[:.,\-–)]|\s)", re.IGNORECASE)
_BANNER = late(
    r"[\s*_#\[<(!⚠️]{0,8}(?:caution|warning|attention|external(?: e-?mail| sender| message)?|notice|security notice|achtung|vorsicht|warnung|extern(?:e)?(?: e-?mail| absender)?|hinweis|avertissement|prudence|atenci[óo]n|precauci[óo]n|attenzione|let op|waarschuwing|aten[çc][ãa]o|varning|advarsel|obs|varoitus|uwaga|pozor|внимание|注意)[\s*_\]>):!.-]",
    re.IGNORECASE,
)
_BANNER_WORDS = late(
    r"outside|external|originat|unknown sender|do not click|links|attachment|au(?:ß|ss)erhalb|externe|anh[äa]ng|extérieur|pi[èe]ces jointes|externo|fuera de|esterno|allegat|extern|bijlage|utanf|bilag|vedlegg|ulkopuol|zewn[ęe]trz|extern[íi]|внешн|外部",
    re.IGNORECASE,
)
_LEARN_WHY = late(
    r"(?:you don['’]t often get e-?mail from|some people who received this message don['’]t often|this (?:e-?mail|message) (?:was sent from|originated(?: from)?|came from) (?:outside|an external))",
    re.IGNORECASE,
)
_LAW = late(
    r"[\s*_<\[(]{0,4}(?:(?:legal |e-?mail |confidentiality |important |privileged |privacy )?(?:disclaimer|confidentiality (?:notice|note|statement)|legal notice|privileged (?:and|&|/) ?confidential|confidential(?:ity)?:|vertraulichkeitshinweis|rechtlicher hinweis|haftungsausschluss|avis de confidentialit[ée]|aviso (?:legal|de confidencialidad)|avviso di riservatezza|aviso legal)\b"
    r"|(?:this|the|any) (?:e-?mail|message|communication|transmission|information|content)s?\b.{0,200}(?:confidential|privileged|intended (?:solely|only|for|recipient)|intended for the|proprietary|scanned)"
    r"|(?:diese|die in dieser) (?:e-?mail|nachricht|mail).{0,160}(?:vertraulich|bestimmt|rechtlich gesch)|(?:ce|cet|les informations).{0,30}(?:message|courriel|e-?mail).{0,160}confidenti|(?:este|la informaci[óo]n).{0,30}(?:mensaje|correo|e-?mail).{0,200}(?:confidencial|destinatari)|(?:questo|questa|le informazioni|il presente).{0,40}(?:messaggio|e-?mail).{0,200}(?:riservat|confidenzial|destinatari)"
    r"|(?:dit|deze|de informatie).{0,30}(?:bericht|e-?mail).{0,160}(?:vertrouwelijk|bestemd)|(?:esta|este).{0,20}(?:mensagem|e-?mail).{0,160}(?:confidencia|destinad)|(?:detta|denne|den h[äa]r).{0,30}(?:e-?post|e-?mail|mail|meddeland|meddelelse|melding).{0,160}(?:konfidentiell|fortroli|avsedd|beregnet)|(?:niniejsza|ta) wiadomo.{0,160}poufn|tato (?:zpr|e-?mail).{0,160}d[ůu]v[ěe]rn|настоящее (?:сообщение|письмо).{0,160}конфиденциал"
    r"|if you (?:are not the intended recipient|have received this (?:e-?mail|message|communication) in error)|please consider the environment|think before you print|bitte (?:denken|pr[üu]fen) sie.{0,60}(?:umwelt|drucken)|pensez [àa] l['’]environnement|this (?:e-?mail|message) (?:has been|was) (?:scanned|checked)|virus-free\.|you (?:are receiving|received) this (?:e-?mail|message|because)|to unsubscribe|you are subscribed to|reply to this e-?mail directly or)",
    re.IGNORECASE,
)
_IMAGE = late(
    r"\s{0,3}(?:\[(?:image|cid|logo|bild|photo)[^\]]{0,200}\]|<[\w .-]{1,60}\.(?:png|jpe?g|gif)>)\s*\Z",
    re.IGNORECASE,
)
_SENTENCE_END = late(r"[.?!:。？！]\s*\Z")
_MAX_LINE = 400
_SIGNATURE_LINES = 24
_SEARCHED = 60
_NAME_WORDS = 6


def without_banner(lines: list[str]) -> list[str]:
    """Drop the warnings that a mail gateway writes above a letter."""
    at = 0
    while at < len(lines):
        if not lines[at].strip() or _IMAGE.match(lines[at][:_MAX_LINE]):
            at += 1
            continue
        end = at
        while end < len(lines) and lines[end].strip():
            end += 1
        paragraph = " ".join(lines[at : min(end, at + 8)])[:1_500]
        bare_tag = bool(re.fullmatch(r"\s*\[\s?extern\w*\s?\]\s*", paragraph, re.IGNORECASE))
        marked = _BANNER.match(paragraph) and _BANNER_WORDS.search(paragraph)
        if not (bare_tag or marked or _LEARN_WHY.match(paragraph)):
            break
        # A banner glued to the letter ends where its own line ends.
        at = end if end - at <= 3 and not _has_letter_below(lines, at, end) else at + 1  # noqa: PLR2004 - as long as banners are
    return lines[at:]


def _has_letter_below(lines: Sequence[str], at: int, end: int) -> bool:
    greeting = late(
        r"\s{0,3}(?:hi|hello|dear|hey|hallo|guten|sehr|bonjour|hola|ciao|buongiorno|beste|ol[áa]|hej|hei|ahoj|dzie[ńn])\b",
        re.IGNORECASE,
    )
    return any(greeting.match(line) for line in lines[at + 1 : end])


def without_law(lines: list[str]) -> list[str]:
    """Cut legal text and list footers, which go on to the end."""
    for at, line in enumerate(lines):
        above = lines[at - 1].strip() if at else "first"
        if not line.strip() or (above and not _LONG_RULE.match(above[:_MAX_LINE])):
            continue
        head = " ".join(lines[at : at + 3])[:700]
        if _LAW.match(head) and (len(" ".join(lines[at:])) > 60 or at == len(lines) - 1):  # noqa: PLR2004 - a sentence, not a word
            return lines[:at]
    return lines


def without_signature(lines: list[str], *, may_vanish: bool = False) -> list[str]:
    """Cut at the first line from which on there is only a signature; a postscript stays.
    Only a part that stands beside others (`may_vanish`) may be a signature as a whole."""
    lines = _without_tail(without_law(lines))
    for at in range(max(0, len(lines) - _SEARCHED), len(lines)):
        line = lines[at]
        if len(line) > _MAX_LINE or not line.strip():
            continue
        if _starts_signature(lines, at):
            kept = lines[:at]
            extra = _postscript(lines[at:])
            if may_vanish or any(one.strip() for one in kept) or extra:
                return _without_tail(kept) + ([""] if extra else []) + extra
    return lines


def _postscript(lines: list[str]) -> list[str]:
    for at, line in enumerate(lines):
        if _POSTSCRIPT.match(line[:_MAX_LINE]):
            end = at
            while end < len(lines) and lines[end].strip():
                end += 1
            return lines[at:end]
    return []


def _without_tail(lines: list[str]) -> list[str]:
    """Device lines, pictures, rules and a lone dash-name at the very end."""
    end = len(lines)
    while end:
        line = lines[end - 1].strip()
        if line and not (
            len(line) <= _MAX_LINE
            and (
                sent_from(line)
                or _IMAGE.match(line)
                or _LONG_RULE.match(line)
                or _DELIMITER.match(line)
            )
        ):
            break
        end -= 1
    if end > 1 and _DASH_NAME.match(lines[end - 1][:_MAX_LINE]) and not _is_bullet(lines, end - 1):
        end -= 1
    return lines[:end]


def sign_off_of(line: str) -> str:
    """`Best regards` of a line that says only that, with or without a name behind it; or nothing."""
    match = _SIGN_OFF.match(line[:_MAX_LINE])
    if match is None or any(word[:1].islower() for word in (match["name"] or "").split()):
        return ""  # "thanks for the call" signs nothing off
    return line[: match.start("end")].strip(" *_\t")


def _is_bullet(lines: Sequence[str], at: int) -> bool:
    above = lines[at - 1].strip()
    return (
        lines[at].lstrip().startswith("-") and above.startswith(("-", "*", "•"))
    ) or above.endswith(":")


def sent_from(line: str) -> bool:
    """`Sent from my iPhone` in many tongues; not a sentence that happens to start so."""
    text = line.strip().strip("*_")
    if len(text) > 140 or re.match(r"[\w ]{1,30}:\s", text):  # noqa: PLR2004 - longer than any
        return False
    if re.search(r",\s.{0,80}\b(?:is|are|was|were)\b.*\.\Z", text):
        return False
    return bool(_SENT_DEVICE.match(text) or _SENT_OTHER.match(text))


def _starts_signature(lines: list[str], at: int) -> bool:
    rest = [line for line in lines[at + 1 :] if line.strip()]
    line = lines[at]
    if sent_from(line):
        return len(rest) <= _SIGNATURE_LINES and not any("?" in one for one in rest)
    if _DELIMITER.match(line) or _LONG_RULE.match(line):
        return (
            bool(rest)
            and len(rest) <= _SIGNATURE_LINES
            and not any("?" in one and "http" not in one for one in rest)
        )
    if _IMAGE.match(line):
        return len(rest) <= _SIGNATURE_LINES and not any(_SENTENCE_END.search(one) for one in rest)
    match = _SIGN_OFF.match(line.partition(" / ")[0])
    if match:
        return _is_sign_off(line, match, rest)
    starts_paragraph = at > 0 and not lines[at - 1].strip()
    return starts_paragraph and _is_card(lines[at:])


def _is_sign_off(line: str, match: re.Match[str], rest: list[str]) -> bool:
    wordy = bool(_WORDY_THANKS.match(line))
    if not rest:
        return bool(match["name"]) or not wordy
    if match["name"] and wordy and not match["end"].strip():
        return False  # "Thanks Bob" above a letter is a greeting
    block = rest[: next((i for i, one in enumerate(rest) if _POSTSCRIPT.match(one)), len(rest))]
    if len(block) > _SIGNATURE_LINES:
        return False
    if not block:
        return True
    return (
        _name_like(block[0])
        or _contact(block[0])
        or bool(
            _LONG_RULE.match(block[0])
            or _DELIMITER.match(block[0])
            or _IMAGE.match(block[0])
            or _SIGN_OFF.match(block[0])
        )
    )


def _name_like(line: str) -> bool:
    text = line.strip(" *_-–—~/|,")
    words = text.split()
    if not words or len(words) > _NAME_WORDS or len(text) > 60 or "?" in text:  # noqa: PLR2004 - longer than a name and title
        return False
    if _SENTENCE_END.search(text) and not re.search(r"\b[^\W\d_]\.\Z", text) and len(words) > 2:  # noqa: PLR2004 - "J. Doe."
        return False
    capitals = sum(not word[0].islower() for word in words)
    return capitals * 2 >= len(words) or len(words) == 1


def _contact(line: str) -> bool:
    return len(line) <= 160 and bool(_CONTACT.search(line))  # noqa: PLR2004 - a card's line


def _is_card(lines: list[str]) -> bool:
    """Name, title, telephone: at least two short lines to the end, one of them contact data."""
    rest = [line.strip() for line in lines if line.strip()]
    if not 2 <= len(rest) <= 10 or not _name_like(rest[0]) or _contact(rest[0]):  # noqa: PLR2004 - a card's size
        return False
    if _SENTENCE_END.search(rest[0]) or rest[0].endswith(","):
        return False
    if any(len(line) > 120 or "?" in line for line in rest):  # noqa: PLR2004 - prose, not a card
        return False
    sentences = sum(
        bool(_SENTENCE_END.search(line)) and len(line.split()) > _NAME_WORDS for line in rest
    )
    return not sentences and any(_contact(line) for line in rest[1:])
