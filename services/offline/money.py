# ruff: noqa: E501 - a pattern of one idea reads better in one piece
"""Recognises amounts of money, in figures and in words."""

import re

from services.patterns import late

_SYMBOL = (
    r"(?:US\$|A\$|C\$|AU\$|CA\$|NZ\$|S\$|HK\$|R\$|MX\$|\$|€|£|¥|₹|₩|₪|₺|₽|zł|Rs\.?|kr\.?|Fr\.)"
)
_CODE = (
    r"(?:USD|EUR|GBP|CHF|SEK|NOK|DKK|PLN|CZK|HUF|JPY|CNY|RMB|INR|AUD|CAD|NZD|SGD|HKD|BRL|MXN|ZAR|"
    r"AED|SAR|ILS|TRY|KRW|dollars?|euros?|pounds?(?: sterling)?|francs?|franken|kronor|kroner|"
    r"rupees?|yen|reais|pesos|bucks|quid|dólares|libras|sterline|pond|dollari|livres)"
)
_SCALE = (
    r"(?:k|K|m|M|mn|mm|MM|bn|thousand|grand|million|lakhs?|lacs?|crores?|cr|Mio\.?|Mill?\.?|Tsd\.?|"
    r"tausend|T|mille|mila|mil|millones|milioni|milhões|miljoen|miljoner|mkr|tkr|tusen|duizend|"
    r"Millionen|millions?|ton)"
)
_FIGURE = r"\d{1,3}(?:[.,' ]\d{3})+(?:[.,]\d{1,2})?|\d+(?:[.,]\d{1,2})?"
_RANGE = rf"(?:{_FIGURE})(?:\s?{_SCALE}\b)?(?:\s?(?:-|to|and|bis|à|a|och|e|y)\s?{_SYMBOL}?\s?(?:{_FIGURE}))?"
_WORDS = (
    r"(?:(?:a|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|"
    r"forty|fifty|sixty|seventy|eighty|ninety|half a|quarter of a|hundred|few|couple of)[ -]){1,4}"
    r"(?:hundred |thousand |million |lakh |grand )*(?:hundred|thousand|million|lakh|crore|grand)"
)
_WORDS_OTHER = (
    r"(?:(?:zehn|zwanzig|dreißig|vierzig|fünfzig|sechzig|siebzig|achtzig|neunzig|hundert|"
    r"zweihundert|dreihundert|fünfhundert)tausend|(?:dix|vingt|trente|quarante|cinquante|soixante|"
    r"cent|deux cents|trois cents) mille|(?:diez|veinte|treinta|cuarenta|cincuenta|sesenta|cien|"
    r"doscientos) mil|(?:dieci|venti|trenta|quaranta|cinquanta|cento)mila|"
    r"(?:tien|twintig|dertig|veertig|vijftig|zestig|honderd)duizend|"
    r"(?:dez|vinte|trinta|quarenta|cinquenta|cem) mil|"
    r"(?:tio|tjugo|trettio|fyrtio|femtio|hundra)\s?tusen)"
)
# With a currency it is money anywhere; a bare '120k' or '40 thousand' only where budget is spoken of.
MONEY = late(
    rf"(?<![\w.])(?:{_SYMBOL}\s?(?:{_RANGE})(?:\s?{_SCALE}\b)?|"
    rf"\b{_CODE}\s?(?:{_RANGE})(?:\s?{_SCALE}\b)?|"
    rf"\b(?:{_RANGE})\s?(?:{_SCALE}\s?)?(?:de |d')?(?:{_SYMBOL}(?!\w)|{_CODE}\b)|"
    rf"\b(?:{_WORDS}|{_WORDS_OTHER}) (?:de |d')?(?:US )?{_CODE}\b)",
    re.IGNORECASE,
)
BARE = late(
    rf"(?<![\w.$€£])(?:{_RANGE})\s?(?:k|K|m|M|mn|thousand|grand|million|lakhs?|lacs?|crores?|Tsd\.?|"
    rf"tausend|Mio\.?|mille|mila|mil|millones|milioni|tusen|duizend|miljoen)\b(?! (?:users|people|"
    rf"contacts|records|employees|customers|leads|rows|emails|seats|deals|visitors))"
    rf"|\b(?:{_WORDS}|{_WORDS_OTHER})\b(?! (?:users|people|contacts|records|employees|customers))"
    rf"|\b(?:low |mid |high )?(?:five|six|seven)[- ]figures?\b|(?<![\w.,])\d{{1,3}}(?:[.,']\d{{3}})+(?![\w%])"
    rf"|(?<![\w.,])\d{{5,7}}(?![\w%])",
    re.IGNORECASE,
)


def find_amount(text: str, *, bare: bool = False) -> str | None:
    """The first amount of money as written, or None. `bare` takes one without a currency too."""
    found = MONEY.search(text) or (BARE.search(text) if bare else None)
    return found.group().strip(" .,-") if found else None
