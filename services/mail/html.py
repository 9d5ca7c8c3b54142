"""HTML mail as plain text: what a reader sees, where links really lead, and what was hidden."""

import re
from collections import Counter
from dataclasses import dataclass, field

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from services.mail.characters import clean_text, one_line, trim
from services.mail.style import Look, declarations, look_of, sheet_rules

MAX_HTML = 2_000_000
_MAX_NODES = 300_000
_MAX_QUOTE = 20
# The parser's time grows with the square of the nesting: beyond this the tags are just dropped.
_MAX_OPEN = 1_500
_MAX_TAG = 6_000
_SKIPPED = frozenset(
    [
        "script",
        "style",
        "head",
        "title",
        "template",
        "noscript",
        "object",
        "embed",
        "iframe",
        "svg",
        "math",
        "audio",
        "video",
        "canvas",
        "select",
        "textarea",
        "meta",
        "link",
        "xml",
    ]
)
_BLOCKS = frozenset(
    [
        "p",
        "div",
        "table",
        "tr",
        "ul",
        "ol",
        "li",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "blockquote",
        "pre",
        "section",
        "article",
        "header",
        "footer",
        "center",
        "address",
        "dl",
        "dt",
        "dd",
        "form",
        "fieldset",
        "figure",
        "figcaption",
        "main",
        "nav",
        "aside",
        "body",
    ]
)
_SPACED = frozenset(["p", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre"])
_CLOSE_THEMSELVES = frozenset(
    [
        "p",
        "li",
        "td",
        "th",
        "tr",
        "dt",
        "dd",
        "option",
        "tbody",
        "thead",
        "tfoot",
        "body",
        "html",
        "head",
    ]
)
_VOID = frozenset(
    [
        "br",
        "img",
        "hr",
        "input",
        "meta",
        "link",
        "area",
        "base",
        "col",
        "embed",
        "source",
        "track",
        "wbr",
    ]
)
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:]{0,30})")
_QUOTED_VALUE = re.compile(r"""[\w:-]=\s{0,5}(?:"[^"]*"|'[^']*')""")
_BLANKS = re.compile(r"[ \t\r\n\f]+")
_LINK = re.compile(r"(?:https?|mailto|tel):", re.IGNORECASE)
_PLAIN = Look()


@dataclass(slots=True)
class HtmlText:
    text: str
    notes: list[str] = field(default_factory=list)


def html_to_text(html: str) -> HtmlText:
    """Never raises; `notes` says what a reader of the mail couldn't have seen."""
    notes: list[str] = []
    if len(html) > MAX_HTML:
        html = html[:MAX_HTML]
        notes.append("The HTML text is very long; its end was left out.")
    html = html.replace("\x00", "")
    if _too_tangled(html):
        notes.append("The HTML is too tangled to read; only its words were kept.")
        return HtmlText(_bare_words(html), notes)
    walk = _Walk(LexborHTMLParser(html))
    walk.run()
    if walk.hidden:
        notes.append("Text that a reader can't see was left out.")
    if walk.bad_link:
        notes.append("A link that leads to no address was left out.")
    if walk.left_out:
        notes.append("The HTML text has too many pieces; its end was left out.")
    return HtmlText(trim(clean_text(walk.out.result())), notes)


def _too_tangled(html: str) -> bool:
    """One pass over the tags: deeper than any real mail, or a tag as long as a letter."""
    open_tags: Counter[str] = Counter()
    depth = 0
    last = -1
    for match in _TAG.finditer(html):
        if last >= 0 and _endless(html, last, match.start()):
            return True
        last = match.start()
        name = match[2].lower()
        if name in _VOID or name in _CLOSE_THEMSELVES:
            continue
        if not match[1]:
            open_tags[name] += 1
            depth += 1
        elif open_tags[name]:
            open_tags[name] -= 1
            depth -= 1
        if depth > _MAX_OPEN:
            return True
    return last >= 0 and _endless(html, last, len(html))


def _endless(html: str, start: int, end: int) -> bool:
    """A tag with thousands of attributes (their values, like embedded images, may be long)."""
    if end - start <= _MAX_TAG:
        return False
    names = _QUOTED_VALUE.sub("", html[start:end])
    at = names.find(">")
    return (len(names) if at < 0 else at) > _MAX_TAG


def _bare_words(html: str) -> str:
    return trim(clean_text(re.sub(r"<[^<>]{0,2000}>", " ", html[:200_000])))


class _Writer:
    """Lines of text, with `> ` before what is quoted."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.line: list[str] = []
        self.quote = 0
        self.space = False
        self.empty = 0

    def words(self, text: str) -> None:
        if not text:
            return
        folded = _BLANKS.sub(" ", text)
        if folded == " ":
            self.space = bool(self.line)
            return
        if folded[0] == " " or self.space:
            folded = (" " if self.line else "") + folded.lstrip(" ")
        self.space = folded[-1] == " "
        self.line.append(folded.rstrip(" ") if self.space else folded)

    def raw_lines(self, text: str) -> None:
        first, *rest = text.replace("\r\n", "\n").split("\n")
        self.line.append(first)
        for one in rest:
            self.break_line()
            self.line.append(one)

    def end_line(self) -> None:
        if self.line:
            self.break_line()

    def break_line(self) -> None:
        text = "".join(self.line).rstrip()
        self.line = []
        self.space = False
        self.empty = 0 if text else self.empty + 1
        prefix = ">" * min(self.quote, _MAX_QUOTE)
        self.lines.append(f"{prefix} {text}".rstrip() if prefix else text)

    def empty_line(self) -> None:
        self.end_line()
        if self.lines and not self.empty:
            self.break_line()

    def result(self) -> str:
        self.end_line()
        return "\n".join(self.lines)


class _Walk:
    """Depth first over the nodes, without recursion."""

    def __init__(self, tree: LexborHTMLParser) -> None:
        self.out = _Writer()
        self.hidden = False
        self.bad_link = False
        self.left_out = False
        self.root = tree.root
        self.rules = _matched_rules(tree)
        self.lists: list[int | None] = []
        self.links: list[tuple[str, int, int]] = []
        self.pre = 0

    def run(self) -> None:
        """The stack holds nodes to enter (look set) and elements to leave (look None)."""
        if self.root is None:
            return
        stack: list[tuple[LexborNode, Look | None]] = [(self.root, _PLAIN)]
        seen = 0
        while stack:
            node, look = stack.pop()
            if look is None:
                self._leave(node.tag or "")
                continue
            seen += 1
            if seen > _MAX_NODES:
                self.left_out = True
                return
            inner = self._enter(node, look)
            if inner is not None:
                stack.append((node, None))
                children = []
                child = node.first_child
                while child is not None:
                    children.append((child, inner))
                    child = child.next
                stack.extend(reversed(children))

    def _enter(self, node: LexborNode, look: Look) -> Look | None:
        """Write what comes before an element's children; None when there is nothing to enter."""
        tag = node.tag or ""
        if node.is_text_node:
            self._text(node.text_content or "", look)
            return None
        if tag.startswith("-") or tag in _SKIPPED:
            return None
        attributes = node.attributes
        if attributes or node.mem_id in self.rules:
            found = dict(self.rules.get(node.mem_id, {}))
            found.update(declarations(attributes.get("style") or ""))
            look = look_of(look, found, attributes)
            if look.gone:
                self.hidden = self.hidden or bool(_has_words(node))
                return None
        self._open(tag, attributes, look)
        return look

    def _text(self, text: str, look: Look) -> None:
        if not look.seen:
            self.hidden = self.hidden or bool(text.strip(" \t\r\n\f\u00a0\u200c\u200b\u034f\xad"))
        elif self.pre:
            self.out.raw_lines(text)
        else:
            self.out.words(text)

    def _open(self, tag: str, attributes: dict[str, str | None], look: Look) -> None:
        out = self.out
        if tag in _SPACED and not (tag in {"ul", "ol"} and self.lists):
            out.empty_line()
        elif tag in _BLOCKS:
            out.end_line()
        if tag == "br":
            out.break_line()
        elif tag == "hr":
            out.end_line()
            out.words("---")
            out.end_line()
        elif tag in {"td", "th"} and out.line:
            out.words(" ")
        elif tag == "li":
            self._bullet()
        else:
            self._open_container(tag, attributes, look)

    def _open_container(self, tag: str, attributes: dict[str, str | None], look: Look) -> None:
        """Elements whose end matters too."""
        out = self.out
        if tag == "blockquote":
            out.quote += 1
        elif tag == "pre":
            self.pre += 1
        elif tag in {"ul", "ol"}:
            self.lists.append(1 if tag == "ol" else None)
        elif tag == "a":
            self.links.append((attributes.get("href") or "", len(out.lines), len(out.line)))
        elif tag == "img" and self.links and look.seen:
            out.words(one_line(attributes.get("alt") or "")[:200])

    def _bullet(self) -> None:
        number = self.lists[-1] if self.lists else None
        if number is None:
            self.out.words("- ")
        else:
            self.out.words(f"{number}. ")
            self.lists[-1] = number + 1

    def _leave(self, tag: str) -> None:
        out = self.out
        if tag == "a" and self.links:
            self._show_target(*self.links.pop())
        if tag in _SPACED and not (tag in {"ul", "ol"} and len(self.lists) > 1):
            out.empty_line()
        elif tag in _BLOCKS:
            out.end_line()
        if tag == "blockquote":
            out.quote = max(0, out.quote - 1)
        elif tag == "pre":
            self.pre = max(0, self.pre - 1)
        elif tag in {"ul", "ol"} and self.lists:
            self.lists.pop()

    def _show_target(self, href: str, line: int, column: int) -> None:
        """`text (https://…)` wherever the words aren't the address itself."""
        target = one_line(href).replace(" ", "%20")
        out = self.out
        last = "".join(out.line[column:] if len(out.lines) == line else out.line)
        words = [*out.lines[line : line + 50], last]
        text = one_line(" ".join(words)).strip()
        if not text or not target or target.startswith("#"):
            return
        if not _LINK.match(target):
            self.bad_link = self.bad_link or ":" in target.partition("/")[0]
            return
        if same_target(text, target):
            return
        space = out.space
        out.space = False
        out.line.append(f" ({target[:2000]})" if out.line else f"({target[:2000]})")
        out.space = space


def same_target(text: str, target: str) -> bool:
    """Whether the words of a link are its address, give or take scheme and final slash."""
    return _bare_address(text) == _bare_address(target)


def _bare_address(text: str) -> str:
    bare = re.sub(r"^(?:https?://|mailto:|tel:)", "", text.strip().lower())
    return bare.removeprefix("www.").rstrip("/").replace(" ", "") if len(text) < 4_000 else text  # noqa: PLR2004 - longer than any address


def _has_words(node: LexborNode) -> bool:
    return bool(re.search(r"\w", (node.text(deep=True) or "")[:5_000]))


def _matched_rules(tree: LexborHTMLParser) -> dict[int, dict[str, str]]:
    found: dict[int, dict[str, str]] = {}
    sheets = " ".join((style.text() or "") for style in tree.css("style")[:20])
    for selector, properties in sheet_rules(sheets):
        try:
            nodes = tree.css(selector)
        except (SelectolaxError, ValueError):
            continue
        for node in nodes:
            found.setdefault(node.mem_id, {}).update(properties)
    return found
