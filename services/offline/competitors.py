# ruff: noqa: E501 - a pattern of one idea reads better in one piece
"""Names of vendors a deal may be lost to, and the phrases that name one we don't list."""

import re

from services.patterns import late

_NAMES = (
    "Salesforce",
    "HubSpot",
    "Pipedrive",
    "Zoho",
    "Microsoft Dynamics",
    "Dynamics 365",
    "Freshsales",
    "Freshworks",
    "Close.com",
    "Copper CRM",
    "SugarCRM",
    "Insightly",
    "Nutshell",
    "Monday.com",
    "Keap",
    "Bullhorn",
    "Creatio",
    "Zendesk",
    "Intercom",
    "Gong",
    "Chorus.ai",
    "Clari",
    "Outreach.io",
    "Salesloft",
    "Apollo.io",
    "ZoomInfo",
    "Lusha",
    "Cognism",
    "Gainsight",
    "Totango",
    "ChurnZero",
    "Planhat",
    "Vitally",
    "Catalyst Software",
    "Marketo",
    "Pardot",
    "Eloqua",
    "Mailchimp",
    "ActiveCampaign",
    "Klaviyo",
    "Braze",
    "Iterable",
    "Drift",
    "Tableau",
    "Power BI",
    "Looker",
    "Qlik",
    "QlikView",
    "ThoughtSpot",
    "Domo",
    "Sisense",
    "Metabase",
    "Mixpanel",
    "Amplitude",
    "Snowflake",
    "Databricks",
    "SAP",
    "Oracle",
    "NetSuite",
    "Workday",
    "Sage Intacct",
    "Odoo",
    "Infor",
    "Epicor",
    "Xero",
    "QuickBooks",
    "ServiceNow",
    "Freshdesk",
    "Jira Service Management",
    "Notion",
    "Airtable",
    "Asana",
    "ClickUp",
    "Smartsheet",
    "Attio",
    "Affinity CRM",
    "Pega",
    "PandaDoc",
    "DocuSign CLM",
    "Conga",
    "Seismic",
    "Highspot",
    "Showpad",
    "Mindtickle",
    "6sense",
    "Demandbase",
    "Bombora",
    "Lemlist",
    "Instantly.ai",
    "Reply.io",
    "Groove",
    "Aviso",
    "BoostUp",
    "People.ai",
    "Avoma",
    "Fireflies",
    "Copy.ai",
    "Segment",
    "Lavender",
    "Mixmax",
    "Streak",
    "Act-On",
    "Kommo",
    "Bitrix24",
    "Capsule CRM",
    "Efficy",
    "CentralStationCRM",
    "weclapp",
)
_LISTED = late(
    r"(?<![\w@./-])("
    + "|".join(sorted(map(re.escape, _NAMES), key=len, reverse=True))
    + r")(?!\w|\.\w|@)"
)
# Without capitals these are everyday words; the list above is matched with its own case only.
_ANY_CASE = late(
    r"(?<![\w@./-])(salesforce|hubspot|pipedrive|zoho|netsuite|zendesk|gainsight|salesloft|power bi|sugarcrm|"
    r"freshsales|zoominfo|odoo|servicenow|dynamics 365|sfdc)(?!\w|\.\w|@)",
    re.IGNORECASE,
)
_NAMED = r"(?-i:(?P<name>[A-Z][\w.&]*[\w&](?: [A-Z][\w&]+)?))"
_UNLISTED = late(
    rf"\b(?:also (?:looking at|evaluating|considering|talking (?:to|with)|speaking (?:to|with)|testing|trialing|trialling|reviewing|comparing)|compared? (?:to|with)|"
    rf"(?:an? )?(?:offer|quote|proposal|demo|bid) from|(?:currently|already) (?:using|with|on)|"
    rf"alternative(?:s)? (?:to|like|such as)|competitors? (?:like|such as)|competing (?:offer|bid|quote) from|leaning towards?|going with|decided (?:for|on)|shortlisted|up against|prefer|switch(?:ing)? to|moving to|"
    rf"(?:compar(?:e|es|ing|ed)|benchmark\w*|weigh(?:ing|ed)?|pit(?:ting)?) (?:you|it|this|your \w+) (?:to|with|against)|(?:differ\w*|different) from|(?:you|your \w+) (?:over|rather than)|"
    rf"(?:sprechen|reden|verhandeln) (?:\w+ )?(?:parallel|auch|gerade|derzeit|zurzeit|ebenfalls) mit|unterscheide\w+ (?:sie|ihr|euch|ihr \w+) (?:sich )?von|vergleichen (?:\w+ ){{0,4}}?mit|angebot (?:von|der firma)|"
    rf"(?:une? |l')(?:offre|proposition|démo) (?:de|d'|chez)|un devis (?:de|d'|chez)|compar\w+ (?:\w+ ){{0,4}}?(?:avec|à)|(?:entre vous et|zwischen (?:ihnen|euch) und|entre (?:ustedes|vosotros) y|tra voi e|tussen jullie en|entre (?:vocês|vós) e|mellan er och|between you and)|(?:una|la) (?:oferta|propuesta|demo) de|compara\w+ (?:\w+ ){{0,5}}?con(?: la de| el de)?|un presupuesto de|"
    rf"(?:un'|l'|un |il |una )(?:offerta|preventivo|proposta|demo) (?:da|di|dalla)|confronta\w+ (?:\w+ ){{0,4}}?con|een (?:offerte|voorstel|demo) van|vergelijk\w+ (?:\w+ ){{0,4}}?met|uma (?:proposta|oferta|demo) (?:da|do|de)|um orçamento (?:da|do|de)|comparar (?:\w+ ){{0,4}}?com|"
    rf"(?:offert|anbud|förslag|demo) från|jämför\w* (?:\w+ ){{0,4}}?med|"
    rf"versus|vs\.?|in talks with|auch (?:mit|bei)|vergleichen (?:sie |euch |das )?mit|comparons (?:avec|à)|également avec|comparando con|también con|"
    rf"confrontando con|anche con|ook met|vergelijken met|também com|också med|jämför med) {_NAMED}",
    re.IGNORECASE,
)
_UNNAMED = late(
    r"\b(?:(?:also |currently |already )?(?:looking at|evaluating|considering|talking (?:to|with)|speaking (?:to|with)|comparing|in talks with|testing|reviewing|received (?:an? )?(?:offers?|quotes?|proposals?) from|have (?:an? )?(?:offer|quote|proposal)s? from|got (?:an? )?(?:offer|quote|proposal)s? from|meeting with|shortlisted)"
    r"(?: with| from| you (?:to|with|against))? (?:\w+ ){0,2}(?:other|another|competing|alternative|different|cheaper|several|two|three|four) (?:\w+ )?(?:vendors?|suppliers?|providers?|tools?|solutions?|options?|products?|platforms?|companies|competitors?|alternatives?|offers?|quotes?|candidates)|"
    r"your (?:biggest |main |closest )?competitors?|(?:a|one|another|the) (?:competing|rival|cheaper|competitor's) (?:offer|quote|vendor|bid|product|proposal)|(?:other|another|competing|rival|a second) (?:vendors?|suppliers?|providers?|manufacturers?) (?:\w+ )?(?:is|are|has|have|offers?|offered|quoted|came|proposes?|on (?:the|our) short-?list)|(?:one|two|three|several|some|another|any) (?:of your competitors?|competitors? of yours)|(?:insists? on|collect\w*|obtain\w*|requires?|needs?|wants?|gets?|getting) (?:at least )?(?:two|three|four|several|multiple|\d) (?:\w+ )?(?:offers|quotes|bids|quotations|tenders)|a competitor (?:of yours|offers?|offered|quoted|has|is)|"
    r"andere(?:n)? anbieter\w*|(?:mit|wett)bewerber\w*|(?:vos|votre) concurrents?|autres? (?:fournisseurs?|solutions?|prestataires?)|otr[oa]s? (?:proveedor\w*|empresa)|(?:la|su) competencia|"
    r"altr[oi] fornitor[ei]|concorren(?:te|ti|za)|andere (?:leveranciers?|aanbieders?|partijen)|concurrent(?:en)?|outros? fornecedor\w*|concorrente|(?:andra|annan) leverantör\w*|konkurrent\w*)\b",
    re.IGNORECASE,
)
_NOT_RIVAL = late(
    r"\b(?:integrat\w+|connect\w*|connector|sync\w*|import\w*|export\w*|plug-?in|work(?:s)? with|compatible|talks? to|data from|api|on top of|alongside|push (?:to|into)|into our|"
    r"integrier\w*|anbind\w*|schnittstelle|intégr\w*|integr\w*|koppel\w*|partner(?:s)? (?:of|with)|certified|my (?:former|previous)|used to work (?:at|for)|work(?:ed)? (?:at|for)|invoice|"
    r"migrat\w+ (?:away )?from|mov(?:e|ing) (?:away )?from|leav(?:e|ing)|replac(?:e|ing)|switch(?:ing)? (?:away )?from|instead of|left|dropped|ditched|got rid of|no longer (?:use|using|considering|looking)|ruled out|not (?:considering|looking at|evaluating|interested in)|aren't (?:considering|looking at|evaluating))\b",
    re.IGNORECASE,
)
_RIVAL = late(
    r"\b(?:currently (?:using|on|with)|(?:we|they|team) (?:currently |already |still |now |also )?(?:use|run on|have|are on|are using|run)|we're (?:on|using|with)|looking at|evaluat\w+|consider\w*|compar\w*|versus|vs\.?|against|cheaper|better|offer(?:s|ed)?|quot(?:e|ed|es)|demo (?:with|from|of)|pricing|price|prefer\w*|"
    r"leaning|lean|alternative\w*|competitor\w*|shortlist\w*|choose|chose|chosen|decided|going with|go with|switch(?:ing)? to|mov(?:e|ing) to|talk(?:ing)? (?:to|with)|speak(?:ing)? (?:to|with)|spoke (?:to|with)|trial\w*|testing|pilot\w*|proposal|contract with|renew\w*|stick(?:ing)? with|stay(?:ing)? with|pitch\w*|meeting with|"
    r"nutzen|verwenden|vergleich\w*|angebot|im einsatz|utilisons|compar\w+|étudi\w+|offre|usamos|utilizamos|oferta|evaluando|usiamo|utilizziamo|offerta|valutando|gebruiken|vergelijk\w*|offerte|använder|jämför\w*|offert|utvärderar|avaliando)\b",
    re.IGNORECASE,
)


def find_competitor(sentence: str) -> tuple[str, float] | None:
    """A vendor named as an alternative, or an unnamed one; with how sure that is."""
    denied = _NOT_RIVAL.search(sentence)
    listed = _LISTED.search(sentence) or _ANY_CASE.search(sentence)
    if listed and not denied:
        return (listed.group(1), 0.88) if _RIVAL.search(sentence) else (listed.group(1), 0.45)
    if denied:
        return None
    named = _UNLISTED.search(sentence)
    if named and named["name"].lower() not in _NOT_NAMES:
        return named["name"], 0.75
    return ("another vendor", 0.75) if _UNNAMED.search(sentence) else None


_NOT_NAMES = frozenset(
    {
        "excel",
        "google",
        "gmail",
        "outlook",
        "slack",
        "teams",
        "q1",
        "q2",
        "q3",
        "q4",
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "i",
        "you",
        "option",
        "it",
        "plan",
        "english",
        "legal",
        "procurement",
        "finance",
        "it security",
    }
)
