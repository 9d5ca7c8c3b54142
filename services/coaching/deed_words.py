"""What is said of things turned down, left standing or late: beside everybody else's, never beside
a colleague's. Pure."""

from services.coaching.words import counted
from services.types.coaching import Compared, Deed, Sort

_SEEN = {
    Sort.REQUEST: "requests of type {name} weren't allowed in {own}; everybody else's in {others}",
    Sort.DRAFT: "drafts ({name}) were rejected in {own}; everybody else's in {others}",
    Sort.WARNING: (
        "drafts with a warning about {name} left without a change in {own}; everybody else's in "
        "{others}"
    ),
    Sort.ALERT: (
        "alerts of the sort {name} were taken up by nobody for a day in {own}; everybody else's in "
        "{others}"
    ),
}
_WHY_BAD = {
    Sort.REQUEST: "What is often turned down costs the asking; the reasons say what was missing.",
    Sort.DRAFT: "A draft that doesn't fit costs reading: a persona or a rule may be missing.",
    Sort.WARNING: "A warning may be right: look at a few together, or tell us that it isn't.",
    Sort.ALERT: "An alert helps while there is time: perhaps they are too many, or come at night.",
}
_WHY_GOOD = {
    Sort.REQUEST: "They ask for what is allowed: worth asking how they prepare it.",
    Sort.DRAFT: "The drafts fit how they write: worth asking which persona and rules they use.",
    Sort.WARNING: "They take warnings up: worth asking what they look at.",
    Sort.ALERT: "They are there in time: worth asking how they keep them in view.",
}


def deed_sentence(deed: Deed, found: Compared) -> str:
    said = _SEEN[deed.sort].format(
        name=deed.name.replace("_", " "),
        own=counted(found.first),
        others=counted(found.second),
    )
    return f"Their {said}."


def deed_why(deed: Deed, *, good: bool) -> str:
    return (_WHY_GOOD if good else _WHY_BAD)[deed.sort]
