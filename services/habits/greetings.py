"""Greetings as templates: whom they greet stands aside, and so does their gender. Pure."""

from services.habits.letter import Greeting
from services.habits.sameness import NAME, plain

_MALE = {
    "sehr geehrter": "sehr geehrte",
    "lieber": "liebe",
    "werter": "werte",
    "cher": "chère",
    "estimado": "estimada",
    "querido": "querida",
    "apreciado": "apreciada",
    "caro": "cara",
    "prezado": "prezada",
}
_FEMALE = {female: male for male, female in _MALE.items()}


def greeting_template(greeting: Greeting | None) -> str:
    """`Hi {name},` of `Hi Dana,`."""
    if greeting is None:
        return ""
    named = f" {NAME}" if greeting.name.strip() else ""
    return f"{greeting.salutation}{named}{greeting.end.strip()}".strip()


def same_greeting(words: str) -> str:
    """As it is compared: whether it is a man or a woman is of that mail; only `!` stays a mark."""
    salutation, named = _parted(words)
    flat = plain(salutation)
    return f"{_MALE.get(flat, flat)}{named}{'!' if words.rstrip().endswith('!') else ''}"


def is_gendered(words: str) -> bool:
    flat = plain(_parted(words)[0])
    return flat in _MALE or flat in _FEMALE


def greeted(words: str, standing: Greeting) -> Greeting | None:
    """The greeting that a template makes of the one that stands there: with the same name, and for
    the same gender. None where the name it wants is missing."""
    salutation, named = _parted(words)
    if named and not standing.name.strip():
        return None
    flat = plain(salutation)
    male = plain(standing.salutation) in _MALE
    if is_gendered(standing.salutation) and is_gendered(salutation):
        form = _FEMALE.get(flat, flat) if male else _MALE.get(flat, flat)
        if form != flat:
            salutation = form[:1].upper() + form[1:]
    end = words.rstrip()[-1:]
    name = standing.name.strip() if named else ""
    return Greeting(
        salutation=salutation,
        name=f" {name}" if salutation else name,
        end=end if end in {",", ":", "!", ";", ".", "-"} else "",
    )


def _parted(words: str) -> tuple[str, str]:
    """The salutation, and the placeholder if there is one."""
    salutation, named, _ = words.partition(NAME)
    return salutation.rstrip() if named else salutation.rstrip(" ,:!;.-"), named
