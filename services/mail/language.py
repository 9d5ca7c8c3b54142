"""Which language a text is written in: scripts first, then small words and telling letters."""

# ruff: noqa: E501, RUF001 - word lists in many scripts read best unbroken

import re
from collections import Counter

_MAX = 4_000
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_NOISE = re.compile(r"https?://\S+|\S+@\S+")
_SCRIPTS = (
    ("ja", re.compile("[\u3040-\u30ff]"), 3),
    ("ko", re.compile("[\uac00-\ud7af\u1100-\u11ff]"), 3),
    ("zh", re.compile("[\u4e00-\u9fff]"), 3),
    ("ru", re.compile("[\u0400-\u04ff]"), 1),
    ("el", re.compile("[\u0370-\u03ff]"), 1),
    ("ar", re.compile("[\u0600-\u06ff]"), 1),
    ("he", re.compile("[\u0590-\u05ff]"), 1),
    ("th", re.compile("[\u0e00-\u0e7f]"), 1),
    ("hi", re.compile("[\u0900-\u097f]"), 1),
)
_WORDS = {
    "en": "the and you your for with this that have are is was will would can could we our from "
    "please thanks thank regards not be been it its if on at they what when how about just "
    "i i'm i'll don't let know hi hello of to in by or as me my there dear week",
    "de": "der die das und ist nicht wir sie ihr ihre ihnen für mit auf ein eine einen den dem zu "
    "von vielen dank danke grüße gruß bitte haben hat wird werden kann können auch ich es im "
    "am bei wie was noch nur schon hallo guten tag freundlichen sehr geehrte aber oder uns zum",
    "fr": "le la les des et est pas nous vous votre vos pour avec sur un une dans que qui ce cette "
    "je merci bonjour cordialement être avons avez sont du au aux ne mais plus bien si ou notre "
    "nos par sera suis c'est j'ai n'est d'un d'une l'offre merci",
    "es": "el la los las y es no nos su sus para con por un una en que se del al lo como más pero "
    "gracias hola saludos estimado estimada usted ustedes está están tenemos puede muy también "
    "cuando este esta buenos días nuestro nuestra le ha he hemos sobre si",
    "it": "il lo la gli le e è non ci vi suo sua per con un una di che del della dei nel nella sono "
    "grazie ciao buongiorno cordiali saluti abbiamo avete può anche come questo questa ma più "
    "se al alla dal dalla gentile vostra nostra ho hai siamo essere molto da",
    "nl": "de het een en is niet wij we u uw jullie voor met op dat van te zijn hebben heeft wordt "
    "kan kunnen ook ik bij maar als nog naar dank bedankt groet groeten vriendelijke beste geachte "
    "graag deze dit er aan om wat je mijn ons onze zou hoe alvast",
    "pt": "o os as e é não nos seu sua para com por um uma em que do da dos das no na ao mais mas "
    "obrigado obrigada olá atenciosamente prezado prezada você vocês está estão temos pode muito "
    "também quando este esta bom dia nosso nossa foi são já ou se",
    "sv": "och är inte vi ni för med på en ett att som det den av till har kan ska jag om från men "
    "eller också tack hej hälsningar vänliga mvh vår era er oss detta så när vad skulle mig din "
    "ditt här nu finns blir",
    "da": "og er ikke vi jeg for med på en et at som det den af til har kan skal om fra men eller "
    "også tak hej hilsen venlig mvh vores jeres os dette så når hvad ville mig din dit her nu "
    "hvis bliver være blev mange lige gerne kunne noget meget efter ud",
    "no": "og er ikke vi jeg for med på en et at som det den av til har kan skal om fra men eller "
    "også takk hei hilsen vennlig mvh vår deres oss dette så når hva ville meg din ditt her nå "
    "hvis blir være ble mange gjerne kunne noe mye etter ut dere fra",
    "fi": "ja on ei me te se että mutta tai kanssa ovat olen olemme kiitos hei terveisin ystävällisin "
    "voi voimme jos kun mitä tämä sekä myös niin ole minä hän olisi meille teille vielä nyt mukaan "
    "hyvää päivää oli joka",
    "pl": "i w na z że się nie jest do to jak dla ale czy są mamy państwa dziękuję dziękujemy "
    "pozdrawiam dzień dobry proszę przez od po tym być może już tylko będzie jestem nas nam oraz "
    "lub który która o co",
    "cs": "a v na se že je do to jak pro ale jsou máme děkuji děkujeme pozdravem dobrý den prosím "
    "od po by být může už jen bude jsem nás nám nebo který která o co ve s si ne tak jsme vám vás",
    "tr": "ve bir bu için ile çok değil var ne merhaba teşekkürler teşekkür ederim saygılarımla "
    "olarak daha da de mi ben biz siz",
    "hu": "és a az egy nem hogy van is de köszönöm üdvözlettel szia kedves vagy ha meg mint csak már",
    "ro": "și în la cu de pe nu este că o un mulțumesc salut bună ziua pentru sunt care din mai",
}
_LETTERS = {
    "de": "ßäöü",
    "fr": "çèêœàùûîë",
    "es": "ñ¿¡áíóú",
    "it": "òìàèù",
    "pt": "ãõçâêáó",
    "sv": "åäö",
    "da": "æøå",
    "no": "æøå",
    "fi": "äö",
    "pl": "ąćęłńśźż",
    "cs": "ěřůžščýťď",
    "tr": "ğışİ",
    "hu": "őű",
    "ro": "țșăî",
}
_LISTS: dict[str, frozenset[str]] = {
    code: frozenset(words.split()) for code, words in _WORDS.items()
}
_SPREAD = Counter(word for words in _LISTS.values() for word in words)


def detect(text: str) -> str:
    """ISO 639-1, or "und" when the text gives too little to go by."""
    sample = _NOISE.sub(" ", text[:_MAX])
    script = _by_script(sample)
    if script:
        return script
    words = [word.lower().replace("’", "'") for word in _WORD.findall(sample)]
    if not words:
        return "und"
    scores = dict.fromkeys(_LISTS, 0.0)
    for word in words:
        for code, known in _LISTS.items():
            if word in known:
                scores[code] += 1.0 / _SPREAD[word]
    lowered = sample.lower()
    for code, letters in _LETTERS.items():
        hits = sum(lowered.count(letter) for letter in letters)
        scores[code] += min(hits * 0.25, len(words) * 0.25)
    best, second = sorted(scores, key=lambda code: -scores[code])[:2]
    enough = scores[best] >= 0.5 and scores[best] > scores[second]  # noqa: PLR2004 - one half-telling word
    return best if enough else "und"


def _by_script(sample: str) -> str | None:
    """A script decides when it makes up a third of the letters (its weight counts dense scripts)."""
    letters = sum(char.isalpha() for char in sample)
    if not letters:
        return None
    counts = {code: len(pattern.findall(sample)) * weight for code, pattern, weight in _SCRIPTS}
    if counts["ja"] >= 3 * 2 and (counts["ja"] + counts["zh"]) * 3 > letters:
        return "ja"
    best = max(counts, key=lambda code: counts[code])
    if counts[best] * 3 <= letters:
        return None
    if best == "ru" and re.search("[іїєґ]", sample.lower()):
        return "uk"
    return best
