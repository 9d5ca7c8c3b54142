# ruff: noqa: E501 - sentences are kept whole so that they can be read and translated
"""A mail that answers nothing, from phrase tables: true as it stands, one call to action, no fact
that isn't stored or said by the person who asked for it."""

import re
from dataclasses import dataclass

from services.mail.subject import short_subject
from services.offline.instructions import read_instruction

_ABOUT = re.compile(
    r"\b(?:about|regarding|concerning|because of|über|wegen|bezüglich|à propos d[eu]|au sujet d[eu]|concernant|sobre|acerca de|(?:follow(?:ing)?[ -]?up|nudge|update|news|check(?:ing)? in|word|answer|reply) on)\s+(.{2,160})$",
    re.IGNORECASE,
)
_TRAILING = re.compile(r"\s*(?:[.;]|,\s*(?:and|but|please|und|bitte)\b).*$", re.IGNORECASE)
_THEIRS = re.compile(r"\b(?:their|his|her)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMail:
    """The sentences of one language. `opening` has one with and one without a topic."""

    subjects: dict[str, str]
    topic: str
    openings: dict[str, str]
    plain: dict[str, str]
    asks: dict[str, str]


EN = NewMail(
    subjects={
        "outreach": "A short introduction",
        "follow_up": "Following up",
        "update": "A short update",
        "escalation": "Something I would like to solve with you",
        "reply": "Getting back to you",
    },
    topic="{subject}: {topic}",
    openings={
        "outreach": "I am writing about {topic}, and would like to hear how you see it at {account}.",
        "follow_up": "I wanted to come back to you about {topic}.",
        "update": "I would like to bring you up to date on {topic}.",
        "escalation": "I am writing because {topic} needs attention from both of us.",
        "reply": "I wanted to come back to you about {topic}.",
    },
    plain={
        "outreach": "I look after {account} here and would like to get to know what matters to you at the moment.",
        "follow_up": "I wanted to come back to you and see where things stand.",
        "update": "I would like to bring you up to date.",
        "escalation": "I am writing because there is something that needs attention from both of us.",
        "reply": "I wanted to come back to you myself.",
    },
    asks={
        "outreach": "Would a short call suit you, and if so, when?",
        "follow_up": "Could you tell me where things stand on your side?",
        "update": "Is there anything you would like to know beyond this?",
        "escalation": "When could we talk about how to solve it?",
        "reply": "Is there anything you need from me at the moment?",
    },
)
DE = NewMail(
    subjects={
        "outreach": "Eine kurze Vorstellung",
        "follow_up": "Kurze Nachfrage",
        "update": "Ein kurzer Stand",
        "escalation": "Etwas, das ich mit Ihnen lösen möchte",
        "reply": "Meine Rückmeldung",
    },
    topic="{subject}: {topic}",
    openings={
        "outreach": "es geht mir um Folgendes: {topic}. Gern möchte ich hören, wie Sie das bei {account} sehen.",
        "follow_up": "ich komme noch einmal auf Folgendes zurück: {topic}.",
        "update": "ich möchte Sie zu Folgendem auf den Stand bringen: {topic}.",
        "escalation": "ich schreibe Ihnen, weil Folgendes unser beider Aufmerksamkeit braucht: {topic}.",
        "reply": "ich melde mich bei Ihnen zu Folgendem: {topic}.",
    },
    plain={
        "outreach": "ich betreue bei uns {account} und möchte gern erfahren, was Sie zurzeit beschäftigt.",
        "follow_up": "ich möchte noch einmal nachfragen, wie der Stand ist.",
        "update": "ich möchte Sie auf den Stand bringen.",
        "escalation": "ich schreibe Ihnen, weil etwas unser beider Aufmerksamkeit braucht.",
        "reply": "ich melde mich noch einmal selbst bei Ihnen.",
    },
    asks={
        "outreach": "Passt Ihnen ein kurzes Gespräch, und wenn ja, wann?",
        "follow_up": "Können Sie mir sagen, wie es bei Ihnen steht?",
        "update": "Möchten Sie darüber hinaus etwas wissen?",
        "escalation": "Wann können wir darüber sprechen, wie wir es lösen?",
        "reply": "Brauchen Sie im Moment etwas von mir?",
    },
)
FR = NewMail(
    subjects={
        "outreach": "Une courte présentation",
        "follow_up": "Je reviens vers vous",
        "update": "Un point d'étape",
        "escalation": "Un point à régler ensemble",
        "reply": "Je reviens vers vous",
    },
    topic="{subject} : {topic}",
    openings={
        "outreach": "je vous écris au sujet de ceci : {topic}. J'aimerais savoir comment vous le voyez chez {account}.",
        "follow_up": "je reviens vers vous au sujet de ceci : {topic}.",
        "update": "je souhaite vous tenir au courant de ceci : {topic}.",
        "escalation": "je vous écris parce que ceci demande notre attention : {topic}.",
        "reply": "je reviens vers vous au sujet de ceci : {topic}.",
    },
    plain={
        "outreach": "je suis votre interlocuteur pour {account} et j'aimerais savoir ce qui compte pour vous en ce moment.",
        "follow_up": "je reviens vers vous pour savoir où en sont les choses.",
        "update": "je souhaite vous tenir au courant.",
        "escalation": "je vous écris parce qu'un point demande notre attention.",
        "reply": "je reviens moi-même vers vous.",
    },
    asks={
        "outreach": "Un court appel vous conviendrait-il, et quand ?",
        "follow_up": "Pourriez-vous me dire où vous en êtes ?",
        "update": "Souhaitez-vous savoir autre chose ?",
        "escalation": "Quand pourrions-nous en parler ?",
        "reply": "Avez-vous besoin de quelque chose de ma part en ce moment ?",
    },
)
ES = NewMail(
    subjects={
        "outreach": "Una breve presentación",
        "follow_up": "Un breve seguimiento",
        "update": "Una breve puesta al día",
        "escalation": "Algo que quisiera resolver con usted",
        "reply": "Vuelvo a escribirle",
    },
    topic="{subject}: {topic}",
    openings={
        "outreach": "le escribo por lo siguiente: {topic}. Me gustaría saber cómo lo ven en {account}.",
        "follow_up": "vuelvo a escribirle por lo siguiente: {topic}.",
        "update": "quisiera ponerle al día sobre lo siguiente: {topic}.",
        "escalation": "le escribo porque esto necesita nuestra atención: {topic}.",
        "reply": "vuelvo a escribirle por lo siguiente: {topic}.",
    },
    plain={
        "outreach": "me ocupo aquí de {account} y me gustaría saber qué es lo importante para ustedes ahora.",
        "follow_up": "vuelvo a escribirle para saber cómo va todo.",
        "update": "quisiera ponerle al día.",
        "escalation": "le escribo porque hay algo que necesita nuestra atención.",
        "reply": "vuelvo a escribirle personalmente.",
    },
    asks={
        "outreach": "¿Le vendría bien una breve llamada, y cuándo?",
        "follow_up": "¿Podría decirme cómo están las cosas por su parte?",
        "update": "¿Hay algo más que le gustaría saber?",
        "escalation": "¿Cuándo podríamos hablar de cómo resolverlo?",
        "reply": "¿Necesita algo de mi parte en este momento?",
    },
)
IT = NewMail(
    subjects={
        "outreach": "Una breve presentazione",
        "follow_up": "Torno a scriverle",
        "update": "Un breve aggiornamento",
        "escalation": "Un punto da risolvere insieme",
        "reply": "La mia risposta",
    },
    topic="{subject}: {topic}",
    openings={
        "outreach": "le scrivo per quanto segue: {topic}. Mi piacerebbe sapere come lo vede {account}.",
        "follow_up": "torno a scriverle per quanto segue: {topic}.",
        "update": "vorrei aggiornarla su quanto segue: {topic}.",
        "escalation": "le scrivo perché questo punto richiede la nostra attenzione: {topic}.",
        "reply": "torno da lei per quanto segue: {topic}.",
    },
    plain={
        "outreach": "seguo {account} da parte nostra e vorrei sapere che cosa conta per voi in questo momento.",
        "follow_up": "torno a scriverle per sapere a che punto siamo.",
        "update": "vorrei aggiornarla.",
        "escalation": "le scrivo perché c'è un punto che richiede la nostra attenzione.",
        "reply": "torno da lei personalmente.",
    },
    asks={
        "outreach": "Le andrebbe bene una breve telefonata, e quando?",
        "follow_up": "Mi può dire a che punto siete?",
        "update": "C'è altro che vorrebbe sapere?",
        "escalation": "Quando potremmo parlare di come risolverlo?",
        "reply": "Ha bisogno di qualcosa da parte mia in questo momento?",
    },
)
NL = NewMail(
    subjects={
        "outreach": "Een korte kennismaking",
        "follow_up": "Nog even over ons contact",
        "update": "Een korte stand van zaken",
        "escalation": "Iets dat ik met u wil oplossen",
        "reply": "Mijn reactie",
    },
    topic="{subject}: {topic}",
    openings={
        "outreach": "Ik schrijf u over het volgende: {topic}. Graag hoor ik hoe u dat bij {account} ziet.",
        "follow_up": "Ik kom nog even terug op het volgende: {topic}.",
        "update": "Ik wil u bijpraten over het volgende: {topic}.",
        "escalation": "Ik schrijf u omdat het volgende onze aandacht vraagt: {topic}.",
        "reply": "Ik kom bij u terug over het volgende: {topic}.",
    },
    plain={
        "outreach": "Ik ben bij ons uw aanspreekpunt voor {account} en hoor graag wat er nu voor u speelt.",
        "follow_up": "Ik kom nog even terug om te horen hoe het ervoor staat.",
        "update": "Ik wil u graag bijpraten.",
        "escalation": "Ik schrijf u omdat er iets is dat onze aandacht vraagt.",
        "reply": "Ik kom zelf nog even bij u terug.",
    },
    asks={
        "outreach": "Komt een kort gesprek u uit, en zo ja, wanneer?",
        "follow_up": "Kunt u mij zeggen hoe het er bij u voor staat?",
        "update": "Is er nog iets dat u wilt weten?",
        "escalation": "Wanneer kunnen we bespreken hoe we het oplossen?",
        "reply": "Heeft u op dit moment iets van mij nodig?",
    },
)
PT = NewMail(
    subjects={
        "outreach": "Uma breve apresentação",
        "follow_up": "Volto ao seu contacto",
        "update": "Um breve ponto de situação",
        "escalation": "Algo que gostaria de resolver consigo",
        "reply": "A minha resposta",
    },
    topic="{subject}: {topic}",
    openings={
        "outreach": "escrevo-lhe sobre o seguinte: {topic}. Gostaria de saber como a {account} vê o assunto.",
        "follow_up": "volto ao seu contacto sobre o seguinte: {topic}.",
        "update": "gostaria de lhe dar um ponto de situação sobre o seguinte: {topic}.",
        "escalation": "escrevo-lhe porque isto precisa da nossa atenção: {topic}.",
        "reply": "volto ao seu contacto sobre o seguinte: {topic}.",
    },
    plain={
        "outreach": "acompanho a {account} do nosso lado e gostaria de saber o que é importante para vocês neste momento.",
        "follow_up": "volto ao seu contacto para saber em que ponto estamos.",
        "update": "gostaria de lhe dar um ponto de situação.",
        "escalation": "escrevo-lhe porque há algo que precisa da nossa atenção.",
        "reply": "volto pessoalmente ao seu contacto.",
    },
    asks={
        "outreach": "Uma breve chamada seria possível, e quando?",
        "follow_up": "Pode dizer-me em que ponto estão?",
        "update": "Há mais alguma coisa que gostaria de saber?",
        "escalation": "Quando podemos falar sobre como resolver isto?",
        "reply": "Precisa de alguma coisa da minha parte neste momento?",
    },
)
SV = NewMail(
    subjects={
        "outreach": "En kort presentation",
        "follow_up": "En kort uppföljning",
        "update": "En kort lägesrapport",
        "escalation": "Något jag vill lösa med er",
        "reply": "Min återkoppling",
    },
    topic="{subject}: {topic}",
    openings={
        "outreach": "Jag skriver om följande: {topic}. Jag vill gärna höra hur ni ser på det hos {account}.",
        "follow_up": "Jag återkommer om följande: {topic}.",
        "update": "Jag vill gärna berätta hur det går med följande: {topic}.",
        "escalation": "Jag skriver eftersom följande behöver vår uppmärksamhet: {topic}.",
        "reply": "Jag återkommer till er om följande: {topic}.",
    },
    plain={
        "outreach": "Jag ansvarar för {account} hos oss och vill gärna höra vad som är viktigt för er just nu.",
        "follow_up": "Jag återkommer för att höra hur det ligger till.",
        "update": "Jag vill gärna berätta hur det går.",
        "escalation": "Jag skriver eftersom det är något som behöver vår uppmärksamhet.",
        "reply": "Jag återkommer till er själv.",
    },
    asks={
        "outreach": "Skulle ett kort samtal passa, och i så fall när?",
        "follow_up": "Kan ni säga hur det ligger till hos er?",
        "update": "Är det något mer ni vill veta?",
        "escalation": "När kan vi prata om hur vi löser det?",
        "reply": "Behöver ni något från mig just nu?",
    },
)
TABLES = {"en": EN, "de": DE, "fr": FR, "es": ES, "it": IT, "nl": NL, "pt": PT, "sv": SV}


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A mail's parts but for greeting and signature."""

    subject: str
    opening: str
    ask: str
    understood: bool


def write_new(purpose: str, instruction: str, *, account: str, language: str) -> Written:
    """The sentences for a purpose; what the person said it is about stands in them."""
    table = TABLES.get(language, EN)
    topic = topic_of(instruction)
    subject = table.subjects[purpose]
    if topic:
        subject = table.topic.format(subject=subject, topic=topic)
        opening = table.openings[purpose].format(topic=topic, account=account)
    else:
        opening = table.plain[purpose].format(account=account)
    wished = read_instruction(instruction).understood
    return Written(
        subject=short_subject(subject),
        opening=opening,
        ask=table.asks[purpose],
        understood=bool(topic) or wished or not instruction.strip(),
    )


def topic_of(instruction: str) -> str:
    """`a nudge about the pilot` is about the pilot. Nothing where that can't be read."""
    flat = " ".join(instruction.split())
    found = _ABOUT.search(flat)
    if found is None:
        return ""
    topic = _TRAILING.sub("", found[1]).strip(" .,;:!?\"'")
    # Who asks speaks of them, the mail speaks to them.
    return _THEIRS.sub("your", topic)
