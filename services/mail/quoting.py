"""Where somebody else's words begin: attribution lines, copied headers, separators."""

# ruff: noqa: E501, RUF001 - word lists in many scripts read best unbroken

import re
from collections.abc import Sequence

from services.patterns import late

_LONGEST = 400
_WINDOW = 4
VERBS = (
    r"wrote|writes|has written|schrieb|hat geschrieben|geschrieben|a [ée]crit|[ée]crivait|escribi[óo]|ha escrit[oa]|"
    r"va escriure|ha scritto|scrive|schreef|heeft .{0,60}geschreven|escreveu|skrev|följande|kirjoitti|napisa[łl](?:a|\(a\))?|pisze|"
    r"napsala?|napsal\(a\)|odes[íi]latel|написала?|пишет|yazd[ıi]|[íi]rta|a scris|έγραψε|写道|寫道|のメール|さんは書きました|작성|님이 작성"
)
_VERB = late(rf"(?:^|[\s>,)\].\d])(?:{VERBS})(?:$|[\s:：(<.,])", re.IGNORECASE)
_MOMENT = late(
    r"\d{1,2}\s?[:.h時시点]\s?\d{2}|\b(?:19|20)\d{2}\b|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{4}[年년]"
)
_EMAIL = late(r"[^\s<>()@]{1,64}@[^\s<>()@]{2,100}")
_DAYS = (
    r"mon|tue|wed|thu|fri|sat|sun|mo|di|mi|do|fr|sa|so|lun|mar|mer|mié|mie|jue|jeu|vie|ven|sam|sáb|sab|dim|dom|gio|"
    r"ma|wo|vr|za|zo|seg|ter|qua|qui|sex|m[åa]n|tis|tirs?|ons|tors?|fre|l[öø]r|s[öø]n|ke|pe|la|su|ti|to|"
    r"pon|wt|śr|czw|pt|sob|niedz|po|út|st|čt|pá|ne|пн|вт|ср|чт|пт|сб|вс"
)
_START = late(
    rf"[\s*_]{{0,6}}(?:(?:on|am|le|el|il(?: giorno)?|op|em|den|d|dnia|dne|w dniu|a|za dzie[ńn]|em)\s+(?=.{{0,40}}\d)"
    rf"|(?:{_DAYS})[a-zčéíáøåöůúñę]{{0,9}}[.,]{{0,2}}\s+(?:den\s+)?\d|\d{{1,4}}[./年년\s-].{{0,12}}\d"
    rf"|在\s?.{{0,20}}\d|\"?[^.!?:<>\n]{{2,60}}[<(\[](?:mailto:)?[^\s<>()@]{{1,64}}@)",
    re.IGNORECASE,
)
_ENDS = late(rf"(?:[:：]|(?:{VERBS})\.?)[\s*_]{{0,4}}\Z", re.IGNORECASE)
_NAME_WROTE = late(rf"[^.!?:\d\n]{{2,60}}\s(?:{VERBS})\s?[:：]\Z", re.IGNORECASE)
QUOTED = late(r"\s{0,3}(?:>|&gt;)")

_FROM = r"from|von|de|da|van|från|fra|lähettäjä|od|от|от кого|差出人|送信者|发件人|發件人|寄件者|보낸\s?사람|보낸이|kimden|expéditeur|feladó|mittente|remitente"
_SUBJECT = r"subject|betreff|objet|asunto|oggetto|onderwerp|assunto|ämne|emne|aihe|temat|předmět|тема|件名|主题|主題|主旨|제목|konu|tárgy"
_OTHERS = (
    r"sent|date|to|cc|bcc|reply-to|organization|importance|attachments|gesendet|datum|an|kopie|envoyé(?: le)?|à|date|cc|enviado(?: el)?|fecha|para|inviato|data|a|"
    r"verzonden|aan|enviada(?: em)?|enviado em|skickat|datum|till|kopia|sendt|dato|til|kopi|lähetetty|päivämäärä|vastaanottaja|kopio|"
    r"wysłano|wysłane|do|dw|odesláno|komu|kopie|отправлено|дата|кому|копия|送信日時|日付|日時|宛先|发送时间|发送日期|日期|收件人|抄送|寄件日期|보낸\s?날짜|받는\s?사람|날짜|참조|tarih|kime|wichtigkeit|anlagen|priorité|prioridad"
)
_LABEL = late(
    rf"[>\s*_|]{{0,12}}(?:(?P<from>{_FROM})|(?P<subject>{_SUBJECT})|(?P<other>{_OTHERS}))\s?[*_]{{0,2}}\s?[:：][*_]{{0,2}}\s?(?P<value>.*)\Z",
    re.IGNORECASE,
)
_TITLES = (
    r"original (?:message|appointment|e-?mail)|forwarded (?:message|by|mail)|reply (?:message|above)|ursprüngliche (?:nachricht|mail)|originalnachricht|original-?nachricht|weitergeleitete (?:nachricht|mail)|"
    r"message (?:d['’]origine|original|transféré|initial)|mensaje (?:original|reenviado)|messaggio (?:originale|inoltrato)|(?:oorspronkelijk|doorgestuurd|origineel) bericht|"
    r"mensagem (?:original|encaminhada)|(?:ursprungligt|vidarebefordrat) meddelande|(?:oprindelig|videresendt) (?:meddelelse|besked|mail)|(?:opprinnelig|videresendt) (?:melding|e-post)|"
    r"alkuperäinen viesti|välitetty viesti|(?:oryginalna|przekazana) wiadomość|wiadomość (?:oryginalna|przekazana)|(?:původní|přeposlaná|předchozí) (?:zpráva|e-?mail)|исходное сообщение|пересылаемое сообщение|пересланное сообщение|"
    r"元のメッセージ|転送(?:メッセージ|された)|forwarded|原始邮件|原始郵件|转发的?邮件|轉寄郵件|원본\s?메시지|전달된\s?메시지"
)
_SEPARATOR = late(
    rf"[>\s]{{0,12}}(?:[-_*=—–]{{2,60}}\s{{0,3}}(?:{_TITLES}).{{0,80}}|(?:begin forwarded message|anfang der weitergeleiteten (?:nachricht|e-?mail)|début du message (?:transféré|réexpédié)|"
    r"inicio del mensaje reenviado|inizio messaggio inoltrato|begin doorgestuurd bericht|início da mensagem (?:encaminhada|reencaminhada)|vidarebefordrat brev|start på videresendt|"
    r"videresendt (?:melding|besked)|välitetty viesti alkaa|początek przekazywanej wiadomości|začátek přeposílané zprávy|начало переадресованного сообщения|"
    r"original message processed by).{0,60})\Z",
    re.IGNORECASE,
)
_REPLY_LINE = late(
    r".{0,30}(?:(?:reply|type your (?:reply|response)|write) above this line|antworten sie (?:bitte )?(?:oberhalb|über)|répondre au-dessus de cette ligne|"
    r"responda (?:por )?encima de esta línea).{0,40}\Z",
    re.IGNORECASE,
)
# Some mailers put the line between dashes and leave the colon out.
_DASHED = late(r"\s{0,3}-{2,10}\s(.{5,400}?)\s-{2,10}\s*\Z")
_RULE = late(r"\s{0,3}(?:[-_*=—–]\s?){3,120}\Z")


def attribution_length(lines: Sequence[str], at: int) -> int:
    """How many lines from `at` say "on … somebody wrote:"; 0 when they don't."""
    first = lines[at]
    if len(first) > _LONGEST or not first.strip():
        return 0
    dashed = _DASHED.match(first)
    if dashed and _is_attribution(f"{dashed[1]}:"):
        return 1
    if _NAME_WROTE.match(first.strip()) and _next_is_quoted(lines, at + 1):
        return 1
    return _window_length(lines, at) if _START.match(first) else 0


def _window_length(lines: Sequence[str], at: int) -> int:
    joined = ""
    for length, line in enumerate(lines[at : at + _WINDOW], start=1):
        begins_another = length > 1 and (_dated_start(line) or bool(QUOTED.match(line)))
        joined = _join(joined, line)
        if not line.strip() or begins_another or len(joined) > _LONGEST:
            return 0
        if _is_attribution(joined):
            return length
    return 0


def _join(before: str, line: str) -> str:
    # A line end of quoted-printable that nobody decoded cuts words in two.
    return before[:-1] + line if before.endswith("=") else f"{before} {line}".strip()


def _dated_start(line: str) -> bool:
    return bool(_START.match(line)) and bool(_MOMENT.search(line))


def _is_attribution(joined: str) -> bool:
    if not _ENDS.search(joined[-60:]) or not _MOMENT.search(joined):
        return False
    return bool(_VERB.search(joined)) or bool(_EMAIL.search(joined))


def _next_is_quoted(lines: Sequence[str], at: int) -> bool:
    for line in lines[at : at + 3]:
        if line.strip():
            return bool(QUOTED.match(line))
    return False


def copied_headers(lines: Sequence[str], at: int) -> bool:
    """Whether a block From/Sent/To/Subject starts here."""
    first = _label(lines[at])
    if first is None:
        return False
    block = _label_run(lines, at)
    sender = next((match["value"] for match in block if match["from"]), None)
    whole = len(block) >= 3  # noqa: PLR2004 - from, when, to or subject
    if sender is None or not (first["from"] or whole):
        return False
    others = sum(bool(match["other"]) for match in block)
    if others and any(match["subject"] for match in block):
        return True
    return others > 1 and bool(_EMAIL.search(sender))


def _label_run(lines: Sequence[str], at: int) -> list[re.Match[str]]:
    """The labelled lines of a block; up to two lines between them may be wrapped values."""
    found: list[re.Match[str]] = []
    wrapped = 0
    for line in lines[at : at + 12]:
        match = _label(line)
        if match is not None:
            found.append(match)
        elif not line.strip(" >*"):
            if len(found) >= 3:  # noqa: PLR2004 - a whole block
                break
        else:
            wrapped += 1
            if wrapped > 2:  # noqa: PLR2004 - a letter has begun
                break
    return found


def _label(line: str) -> re.Match[str] | None:
    return _LABEL.match(line) if len(line) <= 2_000 else None  # noqa: PLR2004 - longer than any header shown


def separator(lines: Sequence[str], at: int) -> bool:
    """`-----Original Message-----`, a rule above copied headers, "reply above this line"."""
    line = lines[at]
    if len(line) > _LONGEST:
        return False
    if _SEPARATOR.match(line) or _REPLY_LINE.match(line):
        return True
    if _RULE.match(line):
        for after, text in enumerate(lines[at + 1 : at + 4]):
            if text.strip():
                where = at + 1 + after
                return copied_headers(lines, where) or bool(_SEPARATOR.match(text[:_LONGEST]))
    return False
