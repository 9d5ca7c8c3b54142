# ruff: noqa: E501 - a pattern of one idea reads better in one piece
"""Word tables for wanting more of what they have: who asks for more seats buys nothing new."""

from services.offline.rules import Rule, rule
from services.types.model import Sign

_NOT = r"\b(?:not|\w{0,6}n't|no longer|never|fewer|less|instead of|cancel\w*|no (?:necesit|quer|hace falt|van a)\w*|kein\w*|nicht|pas|non|niet|geen|inte|não|fewer|remove|minder|färre|weniger|menos|meno|moins|too expensive)\b"
_COUNT = r"(?:\d+|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty|sixty|eighty|a (?:few|dozen|couple of|hundred)|several|zwei|drei|vier|fünf|sechs|acht|zehn|zwölf|fünfzehn|zwanzig|dreißig|fünfzig|deux|trois|quatre|cinq|six|huit|dix|douze|quinze|vingt|trente|cinquante|dos|tres|cuatro|cinco|seis|ocho|diez|doce|veinte|treinta|cincuenta|due|tre|quattro|cinque|sei|otto|dieci|dodici|venti|trenta|cinquanta|twee|drie|vier|vijf|zes|acht|tien|twaalf|vijftien|twintig|dertig|dois|duas|três|oito|dez|doze|vinte|trinta|två|fyra|fem|sex|åtta|tio|tolv|femton|tjugo|trettio)(?:-\w+)?"
_UNIT = r"(?:seats?|licen[cs]es?|users?|accounts?|log-?ins?|workspaces?|lizenz\w*|nutzer\w*|benutzer\w*|zugänge|arbeitsplätze|plätze|utilisateurs?|comptes?|cuentas|contas?|postes?|accès|sièges?|usuari[oa]s?|licencias?|puestos|accesos|licenz[ae]|utent[ei]|postazion[ei]|access[oi]|licenties?|gebruikers?|werkplekken|licenças?|utilizador\w*|usuários?|licens\w*|användar\w*|platser)"
_FURTHER = r"(?:more|extra|additional|further|another|weitere[nrs]?|zusätzliche[nrs]?|mehr|de plus|supplémentaires?|en plus|autres|más|adicionales|otr[oa]s|in più|aggiuntiv[ei]|altr[ei]|meer|mais|adicionais|fler|ytterligare|till)"
_ADDING = r"(?:add|adding|hinzufügen|dazunehmen|dazubuchen|aufnehmen|aufstocken|ajouter|rajouter|añadir|agregar|sumar|aggiungere|toevoegen|bijbestellen|adicionar|acrescentar|lägga till)"
_GROUP = r"(?:team|department|office|branch|branches|subsidiar\w+|plants?|sites?|division|unit|warehouse|colleagues|(?:sister|daughter) company|finance|marketing|support|sales|standort|abteilung|niederlassung|vertrieb|werk|tochter\w*|kollegen|filiale|agence|service|équipe|usine|collègues|delegación|sede|filial|departamento|equipo|fábrica|oficina|stabilimento|reparto|ufficio|colleghi|kantoor|vestiging|afdeling|fabriek|collega's|escritório|equipa|equipe|kontor\w*|avdelning\w*|dotterbolag\w*|kollegor\w*)"
_ALSO = r"(?:also|too|as well|likewise|now|on board|ebenfalls|auch|aussi|également|también|anche|pure|ook|eveneens|também|också|även)"
_WISH = r"(?:wants?|would like|'d like|would love|asked|asking|asks|let's|keen|möchte\w*|will|wollen|würde\w*|aimerai\w*|veut|veulent|voudrai\w*|souhait\w*|quier\w*|querr\w*|gustaría|vuole|vogliono|vorrebb\w*|wil|willen|zou\w*|quer|querem|gostaria\w*|vill|skulle)"
_USE = r"(?:(?:us(?:e|ing)|have|want|try) (?:it|this|you|your|the)|join|have it|come on board|get on board|bring|on(?:to)? (?:it|the (?:platform|system|tool)|your (?:platform|system|tool))|same (?:tool|setup|thing|package)|nutzen|verwenden|einsetzen|damit arbeiten|dabei sein|l'utiliser|utiliser|s'en servir|usar\w*|utilizar\w*|unirse|sumarse|utilizz\w*|gebruiken|ermee werken|mee(?:doen|werken)|använda|vara med|jobba med)"
_PLACE = r"(?:call|meeting|demo|session|webinar|termin|besprechung|réunion|reunión|llamada|riunione|incontro|afspraak|vergadering|reunião|möte\w*)"
_PLAN = r"(?:plan|tier|package|edition|paket|tarif|stufe|version|formule|offre|forfait|abonnement|paquete|piano|pacchetto|versione|pakket|plano|pacote|paketet|planen|enterprise|business|premium|professional)"

EXPANSION: tuple[Rule, ...] = (
    rule(
        0.8,
        r"\badd(?:ing)? (?:another |a further )?\d+ (?:\w+ )?(?:seats?|users?|licen[cs]es?|people|sites?|accounts?)\b|\b(?:wants?|want) in (?:now|too|as well)\b|\b(?:team|department|colleagues|office|shift|group|unit) (?:also )?wants? (?:the same|it too|in)\b|\b(?:go|move|upgrade|step) up to the (?:\w+ ){1,2}(?:plan|tier|package|edition)\b|\b(?:use|using|have|take) (?:it|this|you) (?:there|for them|in \w+) (?:too|as well)\b|"
        r"\b(?:estendere|ampliare|extender|ampliar|étendre|élargir|erweitern|ausweiten|uitbreiden|alargar|utöka)\b.{0,40}\b(?:anche|también|aussi|auch|ook|também|också|a|auf|à|naar|till|au|aux|al|allo|alla)\b|\b(?:sarebbero|serían|ce serait|wären) (?:altr[ie]|otr[oa]s|d'autres|weitere) \w+|\b\d+ (?:extra|weitere|zusätzliche|autres|otr[oa]s|altr[ie]|fler|ytterligare|mais) \w+",
        _NOT,
        name=Sign.WANTS_MORE,
    ),
    rule(
        0.85,
        r"\b(?:add(?:ing)?|need|buy|order|want|require|get|purchase|like|for|take) (?:\w+ ){0,3}?(?:another|additional|extra|more|\d+ (?:more|additional|extra|further|new)) (?:\w+ ){0,2}?(?:seats?|licen[cs]es?|users?|accounts?|workspaces?|modules?|units?|sites?)\b|\b(?:increase|double|triple|raise|extend|expand) (?:our|the) (?:\w+ ){0,2}?(?:seats?|licen[cs]es?|plan|subscription|contract|number of (?:seats|users|licen[cs]es))\b",
        _NOT,
        name=Sign.WANTS_MORE,
    ),
    rule(
        0.8,
        r"\b(?:roll(?:ing)? (?:it|this|you|\w+) out|rollout|expand(?:ing)?|extend(?:ing)?|scale|scaling) (?:\w+ ){0,3}?(?:to|across|into|company-?wide|globally) ?(?:\w+ ){0,3}?(?:teams?|departments?|offices?|regions?|countries|company|sites?|subsidiar\w+|business units?|organi[sz]ation|europe|globally|group|plants?)?|\b(?:other|another|second|more|further|our (?:\w+ )?) ?(?:teams?|departments?|offices?|subsidiar\w+|business units?|sites?|regions?) (?:also |now |too )?(?:want|wants|would like|is asking|are asking|asked|is interested|are interested|need|needs)\b",
        _NOT,
        name=Sign.WANTS_MORE,
    ),
    rule(
        0.8,
        r"\b(?:weitere|zusätzliche|mehr) (?:\w+ )?(?:lizenzen|nutzer|benutzer|plätze|standorte|arbeitsplätze)\b|\bauf (?:weitere|andere|alle) (?:teams|abteilungen|standorte|länder) (?:aus\w+|erweitern)|\b(?:licences|utilisateurs|postes|licencias|usuarios|licenze|utenti|licenças) (?:supplémentaires|de plus|adicionales|más|aggiuntiv[ei]|in più|adicionais)\b|\b(?:extra|meer) (?:licenties|gebruikers)\b|\b(?:fler|ytterligare) (?:licenser|användare)\b",
        _NOT,
        name=Sign.WANTS_MORE,
    ),
    rule(
        0.85,
        rf"\b{_ADDING}\b.{{0,30}}\b{_COUNT} (?:\w+ ){{0,2}}?{_UNIT}\b|\b{_COUNT} (?:\w+ ){{0,2}}?{_UNIT}\b.{{0,20}}\b{_ADDING}\b|\b{_FURTHER} (?:{_COUNT} )?{_UNIT}\b|\b{_UNIT} {_FURTHER}\b|\b{_UNIT}\b.{{0,12}}\b(?:another|{_FURTHER}) {_COUNT}\b|\b{_UNIT}\b.{{0,12}}\b(?:aufstocken|erhöhen|verdoppeln)\b|\b(?:aufstocken|doubler|augmenter|ampliar|aumentar|duplicar|aumentare|raddoppiare|verhogen|verdubbelen|öka|utöka|dubbla)\b.{{0,25}}\b{_UNIT}\b|\b(?:hired|new (?:joiners|hires|starters|colleagues))\b.{{0,40}}\bneed\w* (?:\w+ )?(?:access|{_UNIT})\b",
        rf"{_NOT}|\b{_PLACE}\b|\b(?:how many|wie viele|combien|cuántos|quanti|hoeveel|quantos|hur många)\b",
        name=Sign.WANTS_MORE,
    ),
    rule(
        0.8,
        rf"^(?=.*\b{_GROUP}\b)(?=.*\b{_ALSO}\b)(?=.*\b{_WISH}(?!\w))(?=.*\b{_USE}(?!\w)).*$",
        rf"{_NOT}|\b{_PLACE}\b|\b(?:another|different) (?:tool|system|vendor)\b",
        name=Sign.WANTS_MORE,
    ),
    rule(
        0.82,
        rf"\b(?:upgrade|move up|step up|go up|switch|move|upgraden?|wechseln|umsteigen|passer|pasar|pasarnos|passare|overstappen|uppgradera|byta|gå över|passar|subir)\b.{{0,20}}\b(?:to|onto|auf|à|au|a|al|alla|naar|till|para|from \w+ to)\b.{{0,20}}\b(?:{_PLAN}|business)\b|\b(?:auf|naar) (?:\w+ ){{1,3}}?(?:{_PLAN}) (?:wechseln|umsteigen|overstappen|gaan|upgraden)\b|\boutgrow\w* (?:our|the|your)\b|\b(?:want|like|can we|could we|need|ready|decided|wish|considering|looking|plan|planning|happy|keen) (?:to |for us to )?upgrad(?:e|ing)\b|\b(?:ready|keen|happy|decided|agreed|going|plan|approved|want|like) (?:to|for us to) expand\b",
        rf"{_NOT}|\bversion \d|\b(?:browser|software update|since the)\b",
        name=Sign.WANTS_MORE,
    ),
)
