"""Just enough CSS to know whether a reader can see a piece of text."""

import re
from dataclasses import dataclass, replace

_MAX_SHEET = 200_000
_MAX_RULES = 60
_SIMPLE = re.compile(r"(?:[a-z][a-z0-9]{0,15})?(?:[.#][a-z_][\w-]{0,60}){0,3}\Z", re.IGNORECASE)
_NUMBER = re.compile(r"(-?\d{0,6}(?:\.\d{1,6})?)(px|pt|em|rem|%|ex|ch|vw|vh)?\Z")
_HEX = re.compile(r"#([0-9a-f]{3,8})\Z")
_RGB = re.compile(r"rgba?\(([\d.,%\s/]{1,60})\)\Z")
_NAMES = {
    "white": (255, 255, 255),
    "snow": (255, 250, 250),
    "ivory": (255, 255, 240),
    "ghostwhite": (248, 248, 255),
    "black": (0, 0, 0),
    "red": (255, 0, 0),
    "blue": (0, 0, 255),
    "navy": (0, 0, 128),
    "green": (0, 128, 0),
    "gray": (128, 128, 128),
    "grey": (128, 128, 128),
    "yellow": (255, 255, 0),
    "silver": (192, 192, 192),
    "orange": (255, 165, 0),
}
_ALIKE = 14
_FAINT = 0.06
_SMALLEST = 2.0
_FAR = -900.0
_RELEVANT = frozenset(
    [
        "display",
        "visibility",
        "opacity",
        "font",
        "font-size",
        "color",
        "background",
        "background-color",
        "background-image",
        "width",
        "height",
        "max-width",
        "max-height",
        "overflow",
        "text-indent",
        "position",
        "left",
        "top",
        "clip",
        "mso-hide",
    ]
)
Colour = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Look:
    """How text would look here. `background` None: an image or gradient, so nobody knows."""

    gone: bool = False
    invisible: bool = False
    tiny: bool = False
    clear: bool = False
    colour: Colour = (0, 0, 0)
    background: Colour | None = (255, 255, 255)

    @property
    def seen(self) -> bool:
        if self.gone or self.invisible or self.tiny or self.clear:
            return False
        if self.background is None:
            return True
        pairs = zip(self.colour, self.background, strict=True)
        return max(abs(ink - paper) for ink, paper in pairs) > _ALIKE


def declarations(text: str) -> dict[str, str]:
    """`display:none; color:#fff` → the properties that decide visibility."""
    found: dict[str, str] = {}
    for item in _without_comments(text[:20_000]).split(";"):
        name, _, value = item.partition(":")
        name = name.strip().lower()
        if name in _RELEVANT:
            found[name] = value.replace("!important", "").strip().lower()
    return found


def sheet_rules(css: str) -> list[tuple[str, dict[str, str]]]:
    """Rules with plain selectors. Blocks under @media depend on the device and are left out."""
    rules: list[tuple[str, dict[str, str]]] = []
    depth = 0
    selector = ""
    pieces = re.split(r"([{}])", _without_comments(css[:_MAX_SHEET]))
    for piece, brace in zip(pieces[::2], pieces[1::2], strict=False):
        if brace == "{":
            depth += 1
            selector = piece.rpartition(";")[2].strip() if depth == 1 else ""
        else:
            depth = max(depth - 1, 0)
            if depth == 0 and selector and not selector.startswith("@"):
                found = declarations(piece)
                names = [one.strip() for one in selector.split(",")][:20]
                rules += [(one, found) for one in names if found and one and _SIMPLE.match(one)]
            selector = ""
    return rules[:_MAX_RULES]


def _without_comments(css: str) -> str:
    first, *rest = css.split("/*")
    return first + " ".join(piece.partition("*/")[2] for piece in rest)


def look_of(parent: Look, found: dict[str, str], attributes: dict[str, str | None]) -> Look:
    """The look inside an element from its parent's look, its declarations and old attributes."""
    colour, clear = _ink(found.get("color") or attributes.get("color") or "", parent)
    return replace(
        parent,
        gone=parent.gone or _gone(found, attributes),
        invisible=_inherited(found.get("visibility"), {"hidden", "collapse"}, parent.invisible),
        tiny=_tiny(found, attributes, parent),
        colour=colour,
        clear=clear,
        background=_paper(found, attributes, parent),
    )


def _gone(found: dict[str, str], attributes: dict[str, str | None]) -> bool:
    if found.get("display") == "none" or "hidden" in attributes:
        return True
    opacity = _number(found.get("opacity", ""))
    if opacity is not None and opacity <= _FAINT:
        return True
    sizes = [
        _number(found.get(name, "")) for name in ("height", "width", "max-height", "max-width")
    ]
    cut_off = "hidden" in found.get("overflow", "")
    if cut_off and any(size is not None and size <= 1 for size in sizes):
        return True
    indent = _number(found.get("text-indent", ""))
    if indent is not None and indent < _FAR:
        return True
    if found.get("position") not in {"absolute", "fixed"}:
        return False
    moved = [_number(found.get(name, "")) for name in ("left", "top")]
    clip = found.get("clip", "").replace(" ", "")
    return any(at is not None and at < _FAR for at in moved) or clip.startswith(
        ("rect(0", "rect(1px")
    )


def _inherited(value: str | None, yes: set[str], before: bool) -> bool:  # noqa: FBT001 - a private fold
    return before if value is None or value == "inherit" else value in yes


def _tiny(found: dict[str, str], attributes: dict[str, str | None], parent: Look) -> bool:
    size = found.get("font-size")
    if size is None and "font" in found:
        size = next((w for w in re.split(r"[\s/]+", found["font"]) if _number(w) is not None), None)
    if size is None:
        return parent.tiny and attributes.get("size") is None
    number = _number(size)
    if number is None:
        return False
    relative = size.endswith(("em", "%"))
    if relative and not size.endswith("rem"):
        return parent.tiny or number <= (0.1 if size.endswith("em") else 10)
    return number < _SMALLEST


def _number(text: str) -> float | None:
    match = _NUMBER.match(text.strip())
    return float(match[1]) if match and match[1] not in {"", "-", "."} else None


def _ink(value: str, parent: Look) -> tuple[Colour, bool]:
    if not value or value in {"inherit", "currentcolor"}:
        return parent.colour, parent.clear
    if value == "transparent":
        return parent.colour, True
    colour, alpha = _colour(value)
    return colour or (0, 0, 0), alpha <= _FAINT


def _paper(found: dict[str, str], attributes: dict[str, str | None], parent: Look) -> Colour | None:
    if "url(" in found.get("background-image", "") or attributes.get("background"):
        return None
    value = found.get("background-color") or found.get("background") or attributes.get("bgcolor")
    if not value or value in {"inherit", "none", "transparent", "initial", "unset"}:
        return parent.background
    if "url(" in value or "gradient" in value or "var(" in value:
        return None
    for word in re.findall(r"rgba?\([^)]{0,60}\)|[^\s]{1,40}", value.lower())[:8]:
        colour, alpha = _colour(word)
        if colour is not None:
            return colour if alpha > 0.5 else parent.background  # noqa: PLR2004 - half see-through
    return parent.background


def _colour(value: str) -> tuple[Colour | None, float]:
    value = value.strip().lower()
    if value in _NAMES:
        return _NAMES[value], 1.0
    if match := _HEX.match(value if value.startswith("#") else "#" + value):
        digits = match[1]
        if len(digits) in {3, 4}:
            digits = "".join(digit * 2 for digit in digits)
        if len(digits) in {6, 8}:
            red, green, blue = (int(digits[at : at + 2], 16) for at in (0, 2, 4))
            return (red, green, blue), int(digits[6:], 16) / 255 if digits[6:] else 1.0
    if match := _RGB.match(value):
        numbers = [_number(item) for item in re.split(r"[\s,/]+", match[1].strip())]
        if len(numbers) >= 3 and None not in numbers:  # noqa: PLR2004 - red, green, blue
            red, green, blue = (min(255, max(0, int(n or 0))) for n in numbers[:3])
            alpha = numbers[3] if len(numbers) > 3 else 1.0  # noqa: PLR2004 - and alpha
            return (red, green, blue), 1.0 if alpha is None else alpha
    return None, 1.0
