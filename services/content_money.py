"""How sums of money, shares and numbers are written in the languages the classifier reads: in
digits, in words, with any currency's sign, code or name, or by what is paid for. Patterns over
services/content_spelling's spelling; bounded everywhere, because the text is somebody else's and a
long run of digits must stay cheap."""

import re

from services.patterns import late


def any_of(*patterns: str) -> re.Pattern[str]:
    return late("|".join(f"(?:{pattern})" for pattern in patterns))


_SIGNS = r"(?:[a-z]{0,2}\$|[€£¥₹₩₽₺₴₦₫฿₪₡₲₱₸₼₾])"
# Codes that are also everyday words or software (try, all, mad, php) aren't among them.
_CODES = (
    r"(?:usd|eur|gbp|chf|jpy|cad|aud|nzd|sgd|hkd|cny|rmb|krw|inr|pln|czk|huf|sek|nok|dkk|isk|brl|"
    r"mxn|ars|clp|cop|zar|aed|sar|qar|ils|rub|uah|thb|idr|twd|btc|eth|kr|z[lł]|rs)"
)
_NAMES = (
    r"(?:dollars?|euros?|pounds?|bucks|quid|francs?|franken|rappen|grand|tenners?|fivers?|yen|yuan|rupees?|rand|pesos?|"
    r"reais|rubles?|roubles?|won|kron(?:a|or|er|e|en)|z[lł]oty(?:ch|s)?|forint|shekels?|dirhams?|"
    r"bitcoins?|d[oó]lares|livres|libras|francos)"
)
_CURRENCY = rf"(?:{_SIGNS}|{_CODES}|{_NAMES})"
NUMBER = r"(?<!\d)\d[\d.,' ]{0,20}(?:k\b|m\b|mio\b|tsd\b|mille\b|mil\b)?"
_WORDS = (
    # English
    r"one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|"
    r"sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|"
    r"hundred|thousand|million|"
    # German; compounds are several of these without a blank
    r"eins|ein|zwei|drei|vier|f[uü]nf|sechs?|sieben|sieb|acht|neun|zehn|elf|zw[oö]lf|zwanzig|"
    r"drei(?:ß|ss)ig|vierzig|f[uü]nfzig|sechzig|siebzig|achtzig|neunzig|hundert|tausend|und|"
    # French
    r"deux|trois|quatre|cinq|sept|huit|neuf|dix|onze|douze|treize|quatorze|quinze|seize|vingts?|"
    r"trente|quarante|cinquante|soixante|cents?|mille|"
    # Spanish
    r"dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|doce|quince|veinte|treinta|cuarenta|"
    r"cincuenta|sesenta|setenta|ochenta|noventa|ciento|cien|(?:dos|tres|cuatro|seis|ocho)cientos|"
    r"quinientos|setecientos|novecientos|mil|mill[oó]n"
)
WORD_NUMBER = rf"(?:(?:{_WORDS})[\s-]{{0,2}}){{1,8}}"
AMOUNT = rf"(?:{NUMBER}|\b{WORD_NUMBER})"
_PAID_FOR = (
    r"(?:seat|user|head|licen[cs]e|person|employee|month|mo|quarter|year|yr|annum|"
    r"platz|nutzer|lizenz|kopf|monat|quartal|jahr|utilisateur|licence|poste|mois|an|trimestre|"
    r"usuario|licencia|puesto|mes|a[nñ]o)\b"
)
MONEY = any_of(
    rf"(?<![a-z]){_CURRENCY}\s?{NUMBER}",
    rf"(?<![a-z])(?:{_SIGNS}|{_CODES})\s?{WORD_NUMBER}\b",
    rf"{NUMBER}\s?{_CURRENCY}(?![a-z])",
    rf"\b{WORD_NUMBER}\s*{_CURRENCY}(?![a-z])",
    # "49/user/month", "five hundred a month", "doscientos al mes": without any currency.
    rf"{AMOUNT}\s?(?:/|per|a|an|each|pro|im|par|por|al)\s?{_PAID_FOR}",
    rf"\b(?:rate|fee|price|subscription|bill|total) (?:is|of|was|would be|comes to|runs at) "
    rf"(?:about |around |roughly |just )?{AMOUNT}",
    r"\b(?:\w{1,12}[ -])?figure (?:sum|amount|price|fee|budget|deal)\b",
)
_SOLD = (
    r"(?:tier|edition|package|licen[cs]es?|lizenz(?:en)?|subscription|abo|renewal|upgrade|module)"
)
# A sum that says of what is a count ("500 jobs"); one that is left standing may be a price.
_LEFT_STANDING = (
    r"(?=\s?(?:[.,;!?)](?!\d)|$|or so\b|,-|zu buche\b|(?<=k )(?:what|as|for|if|is|too|enough)\b))"
)
SOLD_FOR = any_of(
    rf"\b{_SOLD}\b.{{0,40}}?\b(?:at|is|for|from|mit|bei|auf|to|by|up) {AMOUNT}"
    rf"(?:{_LEFT_STANDING}|\s?(?:%|percent|prozent))"
)
SUM = any_of(
    rf"(?<![\w.,:/#+-])(?:\d{{1,3}}(?:[., ]\d{{3}}){{1,3}}|\d{{1,4}}k){_LEFT_STANDING}",
    rf"(?<![\w.,:/#+-])(?!(?:19|20)\d\d\b)\d{{3,7}}{_LEFT_STANDING}",
)
"""A large number that nothing explains."""
NAMED = late(
    r"\b(?:pages?|seiten?|rooms?|raum|tickets?|orders?|codes?|pin|ids?|numbers?|nr|no|ports?|ext|"
    r"versions?|builds?|dial|call|phone|tel|telefon|fax|rows?|logins?|users?|passcode)"
    r"(?:[ :.#]+[\w.]{1,8}){0,2}[ :.#]*$"
)
"""Words right before a number that say what it is."""
SHARE = r"(?:%|percent\b|per cent\b|prozent\b|pour ?cents?\b|por ?ciento\b)"
PERCENT = any_of(rf"(?<!\d)\d[\d.,]{{0,9}}\s?{SHARE}", rf"\b{WORD_NUMBER}\s*{SHARE}")
