# ruff: noqa: E501 - a pattern of one idea reads better in one piece
"""Finds when the customer wants to decide, sign, start or be live."""

import re
from datetime import date, timedelta

from services.offline.context import ELSEWHERE, HYPOTHETICAL
from services.offline.dates import NamedDay, find_days
from services.offline.rules import Rule, best, rule
from services.offline.when import dated
from services.patterns import late

_PLAN = late(
    r"\b(?:go(?:ing|es)?[- ]live|listo|lista|fertig|stehen|laufen|prêts?|prête|live (?:by|in|before|on|from)|be live|launch\w*|roll(?:ing)?[- ]?out|rollout|start(?:ing)? (?:using|with|the (?:project|rollout|implementation|pilot|contract))|kick(?:ing)?[- ]?off|implement\w*|deploy\w*|"
    r"decide|deciding|decision|sign(?:ed|ing)?|purchase|buy(?:ing)?|in place|up and running|operational|in production|ready|complete[d]?|finali[sz]e\w*|switch\w*|migrat\w*|cut ?over|onboard\w*|"
    r"contract (?:with [\w ]+ )?(?:ends|expires|runs out|is up|renews|lapses)|(?:renewal|licen[cs]e|subscription|agreement)s?\b.{0,30}\b(?:ends?|expires?|due|is up|runs? out|comes? up|date|lapses?)|renewal (?:is|comes)|expires?|runs out|"
    r"deadline|timeline|time ?frame|timing|target(?:ing)? (?:date)?|need (?:it|this|a solution|something|the (?:system|tool|solution|platform)|to (?:have|be|get|start|make|replace|choose|select|move|finish|wrap|close))|want (?:it|this|to (?:have|be|start|get|go|move|make|begin|finish|wrap|close))|plan(?:ning)? to|aim(?:ing)? (?:to|for)|hope to|hoping to|"
    r"looking to|expect(?:ing)? to|intend to|have to (?:be|have|choose|replace)|must (?:be|have|go)|needs to be|has to be|should be|would like to (?:start|be|have|go|begin|sign|decide|move|close)|choose a|select a|pick a|choose|wrap (?:this |it )?up|make a (?:decision|choice)|move forward|begin|pilot|phase|project (?:starts|begins)|start(?:s|ing)? (?:in|on|by|from|at|before)|start"
    r"|einführ\w*|starten|live gehen|livegang|produktiv|entscheid\w*|unterschreiben|benötigen|brauchen|wollen|möchten|planen|vertrag läuft|läuft\b.{0,30}aus|ziel ist|umstell\w*|frist|"
    r"démarr\w*|lancer|lancement|décid\w*|décision|déploy\w*|mettre en place|mise en (?:place|service|production)|opérationnel\w*|signer|échéance|souhait\w*|besoin|voulons|expire|prévoyons|objectif|"
    r"arrancar|lanzar|lanzamiento|implantar|implementar|decidir|decisión|firmar|empezar|necesitamos|queremos|poner en marcha|plazo|vence|esperamos|"
    r"partire|lanciare|decidere|decisione|firmare|iniziare|vogliamo|dobbiamo|abbiamo bisogno|attivo|operativ\w*|avviare|scade|scadenza|"
    r"live gaan|van start|beslissen|beslissing|tekenen|invoeren|willen|moeten|nodig|starten|operationeel|loopt af|deadline|"
    r"começar|iniciar|lançar|decisão|assinar|precisamos|implantação|prazo|vence|"
    r"komma igång|lansera|besluta|beslut|bestämma|skriva på|vill|behöver|måste|införa|på plats|går ut|driftsätt\w*|igång)\b",
    re.IGNORECASE,
)
_SOON: tuple[Rule, ...] = (
    rule(
        0.65,
        r"\b(?:need|want|require|have to|must|like to|looking|would like|needed)\b.{0,60}\b(?:as soon as possible|asap|a\.s\.a\.p|urgently|immediately|right away|quickly|very soon|without delay)\b",
        r"\bplease\b|\bcall\b|\breply\b|\banswer\b|\bsend\b|\b(?:not|\w{0,6}n't) (?:need|urgent)",
    ),
    rule(
        0.65,
        r"\b(?:time is (?:of the essence|tight|running out)|(?:we're|we are) (?:under|on) (?:\w+ )?(?:time pressure|a (?:very )?tight (?:timeline|deadline|schedule))|(?:it|this|the project|matter) is (?:very |quite |really |extremely )?urgent|we(?:'re| are) in a (?:hurry|rush)|es eilt|dringend|c'est urgent|es urgente|è urgente|het is dringend|é urgente|det är bråttom)\b",
        r"\b(?:not|\w{0,6}n't|isn't|nicht|pas|kein|niet|inte|non)\b",
    ),
)
_EXCLUDED = late(
    r"\b(?:meet(?:ing)?|call|demo|webinar|lunch|coffee|dinner|available|availability|free|slot|out of (?:the )?office|on (?:vacation|holiday|leave)|vacation|holidays?|(?:back|return\w*) (?:on|in|to the office)|travel\w*|conference|catch up|speak|talk|chat|"
    r"reply|get back|follow(?:ing)? up|reach out|come back to (?:you|this)|touch base|check in|reconnect|circle back|birthday|weekend|last day|leaving|invoice|your (?:mail|email|message|note|call|proposal|quote|offer)|paid|was founded|founded|joined|attend\w*|"
    r"treffen|anruf|termin|urlaub|besprechung|réunion|appel|congés|vacances|reunión|llamada|vacaciones|riunione|chiamata|ferie|vergadering|vakantie|reunião|férias|möte|semester)\b",
    re.IGNORECASE,
)
_FORCES = late(
    r"\b(?:go[- ]?live|live (?:by|in|before)|decision|decide|sign(?:ed)?|contract|deadline|rollout|roll out|launch|"
    r"implementation|implement|in place|up and running|expires?|purchase)\b",
    re.IGNORECASE,
)
_DONE = late(
    r"\b(?:we|i|they|it) (?:\w+ )?(?:launched|started|went live|signed|bought|decided|implemented|switched|migrated|completed|finished|rolled out|deployed|have been|has been)\b(?!.{0,20}\b(?:to|that we|on)\b)|\bsince\b|\bago\b|\blast (?:week|month|year|quarter)\b",
    re.IGNORECASE,
)
_NONE = late(
    r"\b(?:no (?:rush|hurry|timeline|deadline|fixed (?:date|timeline)|urgency|particular (?:date|timeline))|not urgent|isn't urgent|no time pressure|not (?:before|in a (?:hurry|rush))|not (?:a )?priority|\w{0,6}n't (?:a )?priority|postpon\w+|on hold|delay\w*|push(?:ed|ing)? (?:back|out)|"
    r"put (?:off|this off)|don't (?:plan|expect|intend|need|want)|do not (?:plan|expect|intend|need|want)|won't|will not|not (?:going|planning|looking|ready)|can't|cannot|cancel\w*|nicht|keine eile|pas (?:urgent|avant)|no (?:es urgente|hay prisa)|non è urgente|geen haast|sem pressa|ingen brådska|revisit|"
    r"haven't (?:set|got|decided)|if (?:all|everything|we)|might|maybe|perhaps)\b",
    re.IGNORECASE,
)
_TO_US = late(
    r"\b(?:please|can you|could you|would you|send (?:me|us|over)|let (?:me|us) know|get (?:me|us)|bitte|"
    r"merci de|veuillez|por favor|per favore|alstublieft|graag|vänligen)\b|\b(?:need|want|have|get) (?:the |your |a |an |that |this )?(?:\w+ )?(?:quote|proposal|offer|document|report|pdf|contract|slides|answer|reply|response|feedback|information|details|invoice|sow|nda|msa|dpa|certificate|questionnaire|paperwork|numbers)\b",
    re.IGNORECASE,
)


def find_timeline(statement: str, today: date) -> tuple[str, float] | None:
    """The date or span in which the customer means to act, with its day; None when none is said."""
    if not statement or ELSEWHERE.search(statement) or HYPOTHETICAL.search(statement):
        return None
    if _NONE.search(statement) or _TO_US.search(statement):
        return None
    days = [day for day in find_days(statement, today) if _is_ahead(day, today)]
    if not days:
        soon = best(_SOON, statement)
        return (soon[1].group().strip(), soon[0].confidence) if soon else None
    if _DONE.search(statement) or not _PLAN.search(statement):
        return None
    if _EXCLUDED.search(statement) and not _FORCES.search(statement):
        return None
    return _told(statement, days)


def _told(statement: str, days: list[NamedDay]) -> tuple[str, float]:
    day = days[0]
    lead = re.search(
        r"(?:\b(?:by|before|until|in|on|from|no later than|not later than|at|for|this|around|bis(?: zum)?|vor|ab|avant|d'ici|antes de|para|"
        r"entro|prima di|voor|tegen|até|innan|senast|till)(?: the| le| la| el| il| de| den| dem)? )$",
        statement[: day.start],
        re.IGNORECASE,
    )
    sure = 0.88 if _FORCES.search(statement) or day.exact else 0.82
    if day.exact:
        return dated(day.day, None), sure
    phrase = (lead.group() if lead else "") + day.phrase
    return f"{phrase} ({dated(day.day, None)})", sure


def _is_ahead(day: NamedDay, today: date) -> bool:
    return today - timedelta(days=1) <= day.day <= today + timedelta(days=365 * 4)
